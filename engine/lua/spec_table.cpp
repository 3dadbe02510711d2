// The members of one table.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "engine/lua/spec_draft.hpp"
#include "engine/lua/spec_sql.hpp"

namespace forge::spec {
namespace {

std::vector<std::string> column_names(const Table& table) {
  std::vector<std::string> names;
  names.reserve(table.columns.size());
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

bool counts_by_itself(const Type& type) { return type.name == "serial" || type.name == "bigserial"; }

bool can_count(const Type& type) {
  static const std::set<std::string> kWhole = {"tinyint", "smallint",  "mediumint", "integer", "bigint",
                                               "serial",  "bigserial", "numeric",   "decimal"};
  return type.name == "native" || (kWhole.contains(type.name) && (type.args.size() < 2 || type.args[1] == 0));
}

// Text that is no number, as the default of a number: PostgreSQL and MySQL refuse it, SQLite keeps it.
bool is_no_number(const Column& column) {
  static const std::set<std::string> kNumbers = {"tinyint", "smallint", "mediumint", "integer", "bigint",
                                                 "numeric", "decimal",  "real",      "double",  "float"};
  const auto& value = column.default_value;
  if (!value || value->kind != Expr::Kind::string || column.type.more->array > 0) return false;
  if (!kNumbers.contains(column.type.name)) return false;
  double number = 0;
  const char* end = value->text.data() + value->text.size();
  return std::from_chars(value->text.data(), end, number).ptr != end || value->text.empty();
}

// A path into a field's value ("address.city"), every field's ("$**"), or _id, which every document has.
bool is_path(const Table& table, const std::string& name) {
  return name == "_id" || name == "$**" || find_column(table, name.substr(0, name.find('.'))) != nullptr;
}

std::string listed(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace

Result<void> TableReader::members(int index) {
  const int size = static_cast<int>(lua_objlen(c.L, index));
  table.columns.reserve(table.columns.size() + static_cast<std::size_t>(size));
  luaL_checkstack(c.L, 12, "a table has too many levels");
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(c.L, index, i);
    auto done = member(lua_gettop(c.L));
    lua_pop(c.L, 1);
    if (!done) return done;
  }
  return {};
}

Result<void> TableReader::member(int i) {
  switch (c.kind(i)) {
    case NodeKind::column:
      return column(i);
    case NodeKind::key:
      return key(i);
    case NodeKind::index:
      return index(i);
    case NodeKind::foreign_key:
      return foreign_key(i);
    case NodeKind::check:
      return check_member(i);
    case NodeKind::exclude:
      return exclusion(i);
    default:
      return c.wrong(at, {}, table.name.name,
                     fmt::format("table '{}' holds something else than its members", display(table.name)));
  }
}

Result<void> TableReader::column(int i) {
  ColumnNode node;
  FORGE_TRY(c.read(i, node, "column"));
  const auto place = c.place_of(i);
  const auto& name = node.column.name;
  const auto same = std::ranges::find_if(table.columns, [&](const Column& other) {
    return other.name == name ||
           (c.folds_case() && other.name.size() == name.size() && lower_case(other.name) == lower_case(name));
  });
  if (same != table.columns.end()) {
    return c.wrong(place, name, {}, fmt::format("table '{}' has two columns '{}'", display(table.name), name));
  }
  FORGE_TRY(printable(c, name, place));
  if (node.column.type.name.empty() && node.references.empty()) {
    return c.wrong(place, name, {}, fmt::format("column '{}' has no type", name),
                   fmt::format("write it after the name: column \"{}\" :text()", name));
  }
  const bool never_null = node.primary || node.column.more->identity || counts_by_itself(node.column.type);
  if (never_null) {
    lua_pushliteral(c.L, "_nullable");
    lua_rawget(c.L, i);
    const bool said_null = lua_toboolean(c.L, -1) != 0;
    lua_pop(c.L, 1);
    if (said_null) {
      const char* why = node.primary ? "a primary key" : "counted by the database";
      return c.wrong(place, "null", name, fmt::format("column '{}' is {} and cannot be null", name, why));
    }
    node.column.nullable = false;
  }
  if (node.column.more->identity && !node.column.type.name.empty() && !can_count(node.column.type)) {
    return c.wrong(place, "identity", name,
                   fmt::format("column '{}' of type {} cannot be counted by the database", name, node.column.type.name),
                   "identity needs a whole-number type");
  }
  FORGE_TRY(default_is_of_type(c, place, node.column));
  table.columns.push_back(node.column);
  places.columns.push_back(place);
  return column_words(node, place);
}

Result<void> default_is_of_type(Context& c, NodePlace place, const Column& column) {
  if (!is_no_number(column)) return {};
  return c.wrong(place, "default", column.name,
                 fmt::format("the default of column '{}' is the text '{}', and its type is {}", column.name,
                             column.default_value->text, column.type.name),
                 "write an expression as sql \"…\"");
}

Result<void> TableReader::column_words(const ColumnNode& node, NodePlace place) {
  const auto& name = node.column.name;
  if (node.primary) {
    if (table.primary_key) {
      return c.wrong(place, "primary_key", name, fmt::format("table '{}' has two primary keys", display(table.name)),
                     "a key over several columns stands by itself: primary_key { \"a\", \"b\" }");
    }
    table.primary_key = Key{.name = {}, .primary = true, .parts = {{.column = name}}};
  }
  if (node.unique) {
    table.uniques.push_back({.name = *node.unique, .parts = {{.column = name}}});
    if (!node.unique->empty()) names_.emplace_back(*node.unique, place);
  }
  for (const auto& expr : node.checks) {
    table.checks.push_back({.name = {}, .expr = expr});
    texts_.push_back({WrittenSql::Role::check, expr, {}, place, name});
  }
  if (const auto& value = node.column.default_value; value && value->kind == Expr::Kind::sql) {
    texts_.push_back({WrittenSql::Role::default_value, value->text, name, place, name});
  }
  if (const auto& made = node.column.more->generated) {
    texts_.push_back({WrittenSql::Role::generated, made->expr, name, place, name});
  }
  if (!node.references.empty()) {
    const bool infer = node.column.type.name.empty();
    draft.keys.push_back(
        {table.name, table.foreign_keys.size(), node.references, !node.ref_columns.empty(), place, name, infer});
    table.foreign_keys.push_back({.name = {},
                                  .columns = {name},
                                  .ref_columns = node.ref_columns,
                                  .on_delete = node.fk_on_delete,
                                  .on_update = node.fk_on_update});
  } else if (!node.fk_on_delete.empty() || !node.fk_on_update.empty()) {
    const char* word = node.fk_on_delete.empty() ? "on_update" : "on_delete";
    return c.wrong(place, word, name, fmt::format("column '{}' has {} and references nothing", name, word),
                   "write :references \"table.column\" before it");
  }
  if (node.renamed_from.empty() && node.backfill_up.empty() && node.strategy.empty()) return {};
  auto& said = intent.columns[name];
  said.renamed_from = node.renamed_from;
  said.backfill_up = node.backfill_up;
  said.backfill_down = node.backfill_down;
  said.strategy = node.strategy;
  said.place = c.line_place(place, name);
  return {};
}

Result<void> TableReader::parts(int i, std::vector<IndexPart>& out, std::string_view what) {
  const auto place = c.place_of(i);
  if (!c.push_body(i)) {
    return c.wrong(place, what, {}, fmt::format("an '{}' of table '{}' has no columns", what, display(table.name)));
  }
  const int body = lua_gettop(c.L);
  std::vector<std::string> columns;
  const int size = static_cast<int>(lua_objlen(c.L, body));
  for (int n = 1; n <= size; ++n) {
    lua_rawgeti(c.L, body, n);
    PartNode part;
    if (lua_type(c.L, -1) == LUA_TSTRING) {
      part.part.column = lua_tostring(c.L, -1);
    } else {
      FORGE_TRY(c.read(lua_gettop(c.L), part, "part"));
    }
    lua_pop(c.L, 1);
    if (!part.part.expr.empty()) {
      const auto about = fmt::format("'{}' of table '{}'", what, display(table.name));
      texts_.push_back({WrittenSql::Role::index_expression, part.part.expr, about, place, {}});
    }
    auto& nulls = part.part.nulls;
    if (nulls == (part.part.desc ? "first" : "last")) nulls.clear();
    if (!part.part.column.empty()) {
      if (std::ranges::find(columns, part.part.column) != columns.end()) {
        return c.wrong(place, part.part.column, {},
                       fmt::format("'{}' names column '{}' twice", what, part.part.column));
      }
      columns.push_back(part.part.column);
    }
    out.push_back(std::move(part.part));
  }
  lua_pop(c.L, 1);
  if (!columns.empty()) uses_.push_back({columns, {place, std::string(what)}});
  return {};
}

Result<void> TableReader::renamed(const std::string& from, NodePlace place) {
  if (!from.empty()) draft.renamed_members.push_back({table.name, {from, place}});
  return {};
}

Result<void> TableReader::key(int i) {
  MemberNode<Key> node;
  FORGE_TRY(c.read(i, node, "key"));
  const auto place = c.place_of(i);
  const char* what = node.value.primary ? "primary_key" : "unique";
  FORGE_TRY(parts(i, node.value.parts, what));
  if (!node.value.include.empty()) uses_.push_back({node.value.include, {place, "include"}});
  if (!node.value.name.empty()) names_.emplace_back(node.value.name, place);
  FORGE_TRY(renamed(node.renamed_from, place));
  if (!node.value.primary) {
    table.uniques.push_back(std::move(node.value));
    return {};
  }
  if (table.primary_key) {
    return c.wrong(place, what, {}, fmt::format("table '{}' has two primary keys", display(table.name)));
  }
  table.primary_key = std::move(node.value);
  return {};
}

Result<void> TableReader::index(int i) {
  MemberNode<Index> node;
  FORGE_TRY(c.read(i, node, "index"));
  const auto place = c.place_of(i);
  FORGE_TRY(parts(i, node.value.parts, "index"));
  if (!node.value.include.empty()) uses_.push_back({node.value.include, {place, "include"}});
  if (!node.value.where.empty()) {
    const auto about = node.value.name.empty() ? fmt::format("an index of table '{}'", display(table.name))
                                               : fmt::format("index '{}'", node.value.name);
    texts_.push_back({WrittenSql::Role::condition, node.value.where, about, place, node.value.name});
  }
  for (const auto& other : table.indexes) {
    if (!node.value.name.empty() && other.name == node.value.name) {
      return c.wrong(place, node.value.name, {},
                     fmt::format("table '{}' has two indexes '{}'", display(table.name), node.value.name));
    }
  }
  table.indexes.push_back(std::move(node.value));
  return renamed(node.renamed_from, place);
}

Result<void> TableReader::foreign_key(int i) {
  MemberNode<ForeignKey> node;
  FORGE_TRY(c.read(i, node, "foreign_key"));
  const auto place = c.place_of(i);
  if (!c.push_body(i)) {
    return c.wrong(place, "foreign_key", {},
                   fmt::format("a foreign key of table '{}' has no columns", display(table.name)));
  }
  Error error;
  const bool ok = nodes::read_into(c.L, lua_gettop(c.L), node.value.columns, "foreign_key", {}, error);
  lua_pop(c.L, 1);
  if (!ok) return fail(std::move(error));
  if (node.references.empty()) {
    return c.wrong(place, "foreign_key", {},
                   fmt::format("the foreign key over {} references nothing", listed(node.value.columns)),
                   "write :references \"table.column\" after it");
  }
  uses_.push_back({node.value.columns, {place, "foreign_key"}});
  if (!node.value.name.empty()) names_.emplace_back(node.value.name, place);
  draft.keys.push_back({table.name, table.foreign_keys.size(), node.references, !node.value.ref_columns.empty(), place,
                        "foreign_key", false});
  table.foreign_keys.push_back(std::move(node.value));
  return renamed(node.renamed_from, place);
}

Result<void> TableReader::check_member(int i) {
  MemberNode<Check> node;
  FORGE_TRY(c.read(i, node, "check"));
  const auto place = c.place_of(i);
  // `check "name" "condition"`: the first text has become the name once the second came.
  if (auto condition = c.string_body(i); !condition.empty()) node.value.expr = std::move(condition);
  if (!node.value.name.empty()) names_.emplace_back(node.value.name, place);
  texts_.push_back({WrittenSql::Role::check, node.value.expr, node.value.name, place, node.value.name});
  table.checks.push_back(std::move(node.value));
  return renamed(node.renamed_from, place);
}

Result<void> TableReader::exclusion(int i) {
  MemberNode<Exclusion> node;
  FORGE_TRY(c.read(i, node, "exclude"));
  const auto place = c.place_of(i);
  if (!c.push_body(i)) {
    return c.wrong(place, "exclude", {}, fmt::format("an exclusion of table '{}' has no parts", display(table.name)));
  }
  Error error;
  const bool ok = nodes::read_into(c.L, lua_gettop(c.L), node.value.parts, "exclude", {}, error);
  lua_pop(c.L, 1);
  if (!ok) return fail(std::move(error));
  std::vector<std::string> columns;
  for (const auto& part : node.value.parts) {
    if (!part.column.empty()) columns.push_back(part.column);
    if (!part.expr.empty()) texts_.push_back({WrittenSql::Role::exclusion, part.expr, {}, place, node.value.name});
  }
  uses_.push_back({columns, {place, "exclude"}});
  if (!node.value.where.empty()) {
    texts_.push_back({WrittenSql::Role::exclusion, node.value.where, {}, place, node.value.name});
  }
  if (!node.value.name.empty()) names_.emplace_back(node.value.name, place);
  table.exclusions.push_back(std::move(node.value));
  return renamed(node.renamed_from, place);
}

Result<void> TableReader::known_columns(const std::vector<std::string>& names, NodePlace place, std::string_view what) {
  if (!table.options.inherits.empty()) return {};  // it may be another table's
  for (const auto& name : names) {
    if (find_column(table, name) != nullptr) continue;
    if (c.engine == "mongodb" && is_path(table, name)) continue;
    return c.wrong(place, name, {},
                   fmt::format("'{}' names column '{}', which table '{}' lacks", what, name, display(table.name)),
                   suggest(name, column_names(table)));
  }
  return {};
}

Result<void> TableReader::primary_columns() {
  if (!table.primary_key) return {};
  for (const auto& part : table.primary_key->parts) {
    if (auto* column = find_column(table, part.column)) column->nullable = false;
  }
  return {};
}

std::vector<std::string> constraint_names(const Table& table) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) names.push_back(name);
  };
  if (table.primary_key) add(table.primary_key->name);
  for (const auto& key : table.uniques) add(key.name);
  for (const auto& key : table.foreign_keys) add(key.name);
  for (const auto& check : table.checks) add(check.name);
  for (const auto& exclusion : table.exclusions) add(exclusion.name);
  return names;
}

Result<void> TableReader::check() {
  for (const auto& [names, use] : uses_) FORGE_TRY(known_columns(names, use.first, use.second));
  std::map<std::string, int> borne;  // by those that the table had before this reading
  const auto as_compared = [&](const std::string& name) { return c.folds_case() ? lower_case(name) : name; };
  for (const auto& name : constraint_names(table)) ++borne[as_compared(name)];
  for (const auto& [name, place] : names_) --borne[as_compared(name)];
  for (const auto& [name, place] : names_) {
    if (borne[as_compared(name)]++ <= 0) continue;
    return c.wrong(place, name, {}, fmt::format("table '{}' has two constraints '{}'", display(table.name), name));
  }
  FORGE_TRY(primary_columns());
  return review_table(c, table, texts_);
}

}  // namespace forge::spec
