#include "tests/support/random_schema.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/sql/text.hpp"
#include "tests/support/random_parts.hpp"

namespace forge::test {

std::uint64_t Rng::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

GeneratorOptions options_for(const std::string& engine) {
  GeneratorOptions options;
  options.engine = engine;
  const bool postgres = engine == "postgres";
  options.named_enums = postgres;
  options.partial_index = postgres || engine == "sqlite";
  options.expression_index = postgres || engine == "sqlite" || engine == "mysql";
  options.include = postgres;
  options.deferrable = postgres || engine == "sqlite";
  options.comments = engine != "sqlite";
  return options;
}

std::string quoted_for(const GeneratorOptions& options, const std::string& name) {
  const bool mysql = options.engine == "mysql" || options.engine == "mariadb";
  return quote_where_needed(name, mysql ? '`' : '"');
}

namespace {

// The number behind every name is its own, so that names never clash, whatever the engine thinks of letter case.
std::size_t names_in(const Schema& schema) {
  std::size_t count = schema.tables.size() + schema.views.size() + schema.enums.size();
  for (const auto& [name, table] : schema.tables) {
    count += table->columns.size() + table->uniques.size() + table->indexes.size() + table->foreign_keys.size() +
             table->checks.size();
  }
  return count;
}

}  // namespace

Maker::Maker(Rng& source, const GeneratorOptions& what, Schema& target)
    : rng(source), options(what), schema(target), counter_(names_in(target) * 7 + 1) {}

std::string Maker::name(const std::string& stem) {
  static const std::vector<std::string> kOdd = {"Order", "größe", "two words", "group", "it's", "a-b", "UPPER"};
  ++counter_;
  if (rng.chance(options.odd_names)) return fmt::format("{} {}", rng.pick(kOdd), counter_);
  return fmt::format("{}_{}", stem, counter_);
}

Type Maker::type() {
  static const std::vector<Type> kCommon = {
      {"smallint", {}, {}},  {"integer", {}, {}},    {"bigint", {}, {}}, {"numeric", {10, 2}, {}},
      {"varchar", {40}, {}}, {"varchar", {120}, {}}, {"text", {}, {}},   {"boolean", {}, {}},
      {"timestamp", {}, {}}, {"date", {}, {}},       {"double", {}, {}}, {"integer", {}, {}},
  };
  if (rng.chance(8) && options.engine == "postgres") return {rng.chance(50) ? "uuid" : "jsonb", {}, {}};
  if (rng.chance(12) && !schema.enums.empty()) {
    Type type{"enum", {}, {}};
    auto at = schema.enums.begin();
    std::advance(at, static_cast<long>(rng.below(schema.enums.size())));
    type.more.edit().ref = display(at->first);
    return type;
  }
  return rng.pick(kCommon);
}

bool is_integer(const Column& column) {
  return column.type.name == "smallint" || column.type.name == "integer" || column.type.name == "bigint";
}
bool is_distinct(const Column& column) { return is_integer(column) || column.type.name == "varchar"; }

std::optional<Expr> Maker::default_for(const Type& type) {
  using Kind = Expr::Kind;
  const std::string& word = type.name;
  if (word == "boolean") return Expr{Kind::boolean, rng.chance(50) ? "true" : "false"};
  if (word == "varchar") return Expr{Kind::string, rng.chance(50) ? "it's" : ""};
  if (word == "timestamp") return Expr{Kind::sql, "CURRENT_TIMESTAMP"};
  if (word == "date") return Expr{Kind::string, "2024-02-29"};
  if (word == "numeric") return Expr{Kind::number, "1.50"};
  if (word == "smallint" || word == "integer" || word == "bigint" || word == "double") {
    return Expr{Kind::number, std::to_string(rng.below(100))};
  }
  if (word == "enum") {
    return Expr{Kind::string, schema.enums.at(parse_qname(type.more->ref)).values.front()};
  }
  // MySQL takes no literal default for long text and JSON.
  if (word == "text" && options.engine != "mysql" && options.engine != "mariadb") return Expr{Kind::string, "x"};
  return std::nullopt;
}

Column Maker::column() {
  Column made{name("c"), type(), rng.chance(60), {}, {}};
  if (rng.chance(40)) made.default_value = default_for(made.type);
  if (options.comments && rng.chance(10)) made.more.edit().comment = "It's a comment";
  return made;
}

// MySQL and MariaDB take no check and no stored column over a column that the server sets: by AUTO_INCREMENT, or by a foreign
// key's action.
bool set_by_server(const GeneratorOptions& options, const Table& table, const Column& column) {
  if (options.engine != "mysql" && options.engine != "mariadb") return false;
  if (column.more->identity) return true;
  return std::ranges::any_of(table.foreign_keys, [&](const ForeignKey& foreign) {
    return !foreign.on_delete.empty() && std::ranges::find(foreign.columns, column.name) != foreign.columns.end();
  });
}

const Column* Maker::pick_column(const Table& table, bool (*suits)(const Column&)) {
  std::vector<const Column*> list;
  for (const auto& column : table.columns) {
    if (suits(column) && !column.more->generated && !set_by_server(options, table, column)) list.push_back(&column);
  }
  return list.empty() ? nullptr : rng.pick(list);
}

void Maker::add_index(Table& table) {
  const Column* first = pick_column(table, is_distinct);
  if (!first) return;
  Index index{name("idx"), {{.column = first->name}}};
  const Column* second = pick_column(table, is_distinct);
  if (second && second != first && rng.chance(40)) index.parts.push_back({.column = second->name});
  if (options.desc_index && rng.chance(25)) index.parts.back().desc = true;
  if (options.include && rng.chance(15) && index.parts.size() == 1 && second != first) index.include = {second->name};
  if (options.partial_index && rng.chance(25) && is_integer(*first)) {
    index.where = quoted_for(options, first->name) + " > 0";
  }
  if (options.expression_index && rng.chance(15) && first->type.name == "varchar") {
    index.parts = {{.expr = "lower(" + quoted_for(options, first->name) + ")"}};
    index.include.clear();
  } else if (rng.chance(20) && index.where.empty()) {
    index.unique = true;
  }
  table.indexes.push_back(std::move(index));
}

void Maker::add_unique(Table& table) {
  const Column* column = pick_column(table, is_distinct);
  if (!column) return;
  const bool taken =
      std::ranges::any_of(table.uniques, [&](const Key& key) { return key.parts[0].column == column->name; });
  if (!taken) table.uniques.push_back({rng.chance(60) ? name("key") : "", false, {{.column = column->name}}});
}

void Maker::add_check(Table& table) {
  const Column* column = pick_column(table, is_integer);
  if (!column) return;
  // MySQL refuses a check on a column that a foreign key may set.
  for (const auto& key : table.foreign_keys) {
    if (key.columns[0] == column->name) return;
  }
  table.checks.push_back({rng.chance(60) ? name("check") : "", quoted_for(options, column->name) + " >= 0"});
}

void Maker::add_generated(Table& table) {
  const Column* source = pick_column(table, is_integer);
  if (!source || !options.generated) return;
  Column made{name("gen"), {"bigint", {}, {}}, true, {}, {}};
  made.more.edit().generated = Generated{quoted_for(options, source->name) + " * 2", true};
  table.columns.push_back(std::move(made));
}

void Maker::add_foreign_key(Table& table) {
  auto at = schema.tables.begin();
  std::advance(at, static_cast<long>(rng.below(schema.tables.size())));
  const Table& target = *at->second;
  if (!target.primary_key) return;
  const Column* key = find_column(target, target.primary_key->parts[0].column);
  Column made{name("ref"), key->type, true, {}, {}};
  ForeignKey foreign{rng.chance(60) ? name("fk") : "", {made.name}, target.name, {key->name}};
  if (rng.chance(30)) foreign.on_delete = rng.chance(50) ? "cascade" : "set null";
  if (options.deferrable && rng.chance(15)) foreign.deferrable = true;
  table.columns.push_back(std::move(made));
  table.foreign_keys.push_back(std::move(foreign));
}

Table Maker::table() {
  Table made;
  made.name = {"", name("t")};
  Column key{name("id"), {rng.chance(50) ? "integer" : "bigint", {}, {}}, false, {}, {}};
  const bool can_count = options.engine != "sqlite" || key.type.name == "integer";
  if (can_count && rng.chance(30)) key.more.edit().identity = Identity{};
  made.columns.push_back(key);
  made.primary_key = Key{"", true, {{.column = key.name}}};
  for (std::size_t i = 1 + rng.below(options.columns); i > 0; --i) made.columns.push_back(column());
  if (options.comments && rng.chance(10)) made.comment = "A table";
  if (rng.chance(20)) add_generated(made);
  return made;
}

void Maker::add_members(Table& table) {
  if (rng.chance(60)) add_index(table);
  if (rng.chance(30)) add_index(table);
  if (rng.chance(30)) add_unique(table);
  if (rng.chance(35)) add_check(table);
}

void Maker::add_view() {
  auto at = schema.tables.begin();
  std::advance(at, static_cast<long>(rng.below(schema.tables.size())));
  const Table& table = *at->second;
  const Column& first = table.columns.front();
  const Column& last = table.columns.back();
  View view;
  view.name = {"", name("v")};
  view.query = fmt::format("SELECT {} AS a{} FROM {} WHERE {} IS NOT NULL", quoted_for(options, first.name),
                           rng.chance(50) ? ", " + quoted_for(options, last.name) : "",
                           quoted_for(options, table.name.name), quoted_for(options, last.name));
  view.uses = {table.name};
  schema.views[view.name] = view;
}

void Maker::add_enum() {
  EnumType made{{"", name("mood")}, {"new", "it's", "done"}, ""};
  schema.enums[made.name] = made;
}

Schema random_schema(Rng& rng, const GeneratorOptions& options) {
  Schema schema;
  Maker maker(rng, options, schema);
  if (rng.chance(50)) maker.add_enum();
  for (std::size_t i = 1 + rng.below(options.tables); i > 0; --i) schema.put_table(maker.table());
  std::vector<QName> names;
  names.reserve(schema.tables.size());
  for (const auto& entry : schema.tables) names.push_back(entry.first);
  for (const auto& name : names) {
    Table table = *schema.table(name);
    // Any table may be the target, the table itself and one that refers back among them.
    if (rng.chance(40)) maker.add_foreign_key(table);
    if (rng.chance(15)) maker.add_foreign_key(table);
    maker.add_members(table);
    schema.put_table(std::move(table));
  }
  if (options.views && rng.chance(40)) maker.add_view();
  return schema;
}

}  // namespace forge::test
