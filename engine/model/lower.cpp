#include "engine/model/lower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/generated_names.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// Tells types apart; asked for every column.
std::string spelling(const Type& type) {
  std::string out = type.name;
  for (const auto value : type.args) {
    const fmt::format_int digits(value);
    out += ',';
    out.append(digits.data(), digits.size());
  }
  if (type.more.is_default()) return out;
  out += fmt::format("|{}|{}|{}", type.more->ref, type.more->is_unsigned, type.more->array);
  for (const auto& value : type.more->values) out += "|" + value;
  return out;
}

std::string place_of(const Table& table, const Column& column) { return display(table.name) + "." + column.name; }

std::string sql_string(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  if (text.empty()) return false;
  bool digit = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      digit = true;
    } else if (!((c == '-' || c == '+') && i == 0) && c != '.') {
      return false;
    }
  }
  return digit && std::ranges::count(text, '.') <= 1;
}

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool numeric_type(const Type& type) {
  return type.more->array == 0 && one_of(type.name, {"smallint", "integer", "bigint", "tinyint", "mediumint", "numeric",
                                                     "decimal", "real", "double", "float"});
}

// Does lowering the table need anything but the table itself? Then it cannot be shared between schemas that differ.
bool stands_alone(const Table& table) {
  const bool named_type = std::ranges::any_of(table.columns, [](const Column& c) { return c.type.name == "enum"; });
  const bool implied_key =
      std::ranges::any_of(table.foreign_keys, [](const ForeignKey& k) { return k.ref_columns.empty(); });
  return !named_type && !implied_key;
}

}  // namespace

void Lowering::without(const std::string& object, const std::string& what) {
  note(fmt::format("{}: {} has no {}", object, rules_.engine, what));
}

Result<void> Lowering::check_name(const std::string& name, const std::string& what) {
  if (rules_.identifier_limit == 0 || name.starts_with(kUnnamed)) return {};
  const std::size_t size = rules_.limit_in_bytes ? name.size() : characters(name);
  if (size <= rules_.identifier_limit) return {};
  about_.name = name;
  return fail(ErrorCode::spec,
              fmt::format("the name of {} '{}' is {} {} long; {} keeps {}", what, name, size,
                          rules_.limit_in_bytes ? "bytes" : "characters", rules_.engine, rules_.identifier_limit),
              "shorten it: the engine would cut it, or refuse it");
}

Result<void> Lowering::check_object_names(const Schema& schema) {
  const auto all = [&](const auto& objects, const char* what) -> Result<void> {
    for (const auto& entry : objects) {
      if (auto fits = check_name(entry.first.name, what); !fits) {
        about_.object = entry.first;
        return fits;
      }
    }
    return {};
  };
  FORGE_TRY(all(schema.enums, "enum"));
  FORGE_TRY(all(schema.sequences, "sequence"));
  return all(schema.views, "view");
}

Result<void> Lowering::check_names(const Table& table) {
  FORGE_TRY(check_name(table.name.name, "table"));
  const auto all = [&](const auto& list, const char* what) -> Result<void> {
    for (const auto& member : list) FORGE_TRY(check_name(member.name, what));
    return {};
  };
  FORGE_TRY(all(table.columns, "column"));
  if (table.primary_key) FORGE_TRY(check_name(table.primary_key->name, "primary key"));
  FORGE_TRY(all(table.uniques, "unique constraint"));
  FORGE_TRY(all(table.indexes, "index"));
  FORGE_TRY(all(table.foreign_keys, "foreign key"));
  FORGE_TRY(all(table.checks, "check"));
  return all(table.exclusions, "exclusion constraint");
}

Result<Type> Lowering::canonical(const Table& table, const Column& column) {
  const Type& type = column.type;
  const auto [at, fresh] = types_.try_emplace(spelling(type));
  auto& [made, stand_in] = at->second;
  if (fresh) {
    auto answer = rules_.canonical_type(type, stand_in);
    if (!answer) {
      types_.erase(at);
      answer.error().notes.push_back("in " + place_of(table, column));
      return answer;
    }
    made = *answer;
  }
  if (!stand_in.empty()) {
    note(fmt::format("{}: {} has no type {}; {} stands in for it", place_of(table, column), rules_.engine, type.name,
                     stand_in));
  }
  return made;
}

void Lowering::inline_enum(Table& table, Column& column, const EnumType& type) {
  if (rules_.naming != Naming::sqlite) {
    column.type = Type{"enum", {}, {}};
    column.type.more.edit().values = type.values;
    return;
  }
  std::string list;
  for (const auto& value : type.values) list += (list.empty() ? "" : ", ") + sql_string(value);
  table.checks.push_back({"", fmt::format("{} IN ({})", quote_where_needed(column.name), list)});
  column.type = Type{"text", {}, {}};
}

Result<void> Lowering::lower_type(const Schema& schema, Table& table, Column& column) {
  if (column.type.name == "enum" && !rules_.can("named_enums")) {
    EnumType written{{}, column.type.more->values, ""};
    const auto named = schema.enums.find(parse_qname(column.type.more->ref));
    if (named != schema.enums.end()) written = named->second;
    if (written.values.empty()) {
      return fail(ErrorCode::spec,
                  fmt::format("{}: there is no enum '{}'", place_of(table, column), column.type.more->ref));
    }
    inline_enum(table, column, written);
  }
  if (column.type.name == "enum" && column.type.more->ref.empty() && rules_.can("named_enums")) {
    return fail(ErrorCode::spec,
                fmt::format("{}: {} has no enum without a name", place_of(table, column), rules_.engine),
                "write enum \"name\" { … } in the schema, and :enum \"name\" for the column");
  }
  const bool serial = one_of(column.type.name, {"serial", "bigserial"});
  FORGE_ASSIGN(column.type, canonical(table, column));
  if (serial && !one_of(column.type.name, {"serial", "bigserial"}) && !column.more->identity) {
    column.more.edit().identity.emplace();
  }
  if (serial && rules_.naming != Naming::sqlite) column.nullable = false;
  if (!column.more->rules.empty() && rules_.naming != Naming::mongodb) {
    without(place_of(table, column), "rules of a field: state a check");
    column.more.edit().rules.clear();
  }
  return {};
}

void Lowering::lower_default(Column& column) {
  if (!column.default_value) return;
  Expr& value = *column.default_value;
  if (value.kind == Expr::Kind::null || (value.kind == Expr::Kind::sql && normalize_expression(value.text) == "null")) {
    column.default_value.reset();
    return;
  }
  const bool holds_booleans = column.type.name == "boolean" && rules_.naming == Naming::postgres;
  const bool mysql = rules_.naming == Naming::mysql || rules_.naming == Naming::mariadb;
  if (value.kind == Expr::Kind::boolean && !holds_booleans) {
    value = {Expr::Kind::number, value.text == "true" ? "1" : "0"};
  } else if (value.kind == Expr::Kind::number && holds_booleans) {
    value = {Expr::Kind::boolean, value.text == "0" ? "false" : "true"};
  } else if (const bool said = value.kind == Expr::Kind::string || (value.kind == Expr::Kind::sql && mysql);
             said && numeric_type(column.type) && is_number(value.text)) {
    // A number that Lua would write otherwise (0.0) is stated as SQL, where MySQL tells (0.0) from 0.0 and means the same.
    value.kind = Expr::Kind::number;
  }
  // PostgreSQL alone keeps now() under that name; SQLite has no such function.
  if (rules_.naming != Naming::postgres && value.kind == Expr::Kind::sql) {
    const auto text = normalize_expression(value.text);
    if (one_of(text, {"now ( )", "current_timestamp", "current_timestamp ( )", "localtimestamp", "localtime"})) {
      value.text = "CURRENT_TIMESTAMP";
    }
  }
}

void Lowering::lower_extras(const Table& table, Column& column) {
  if (column.more.is_default()) return;
  const std::string object = display(table.name) + "." + column.name;
  ColumnExtras& more = column.more.edit();
  const bool mysql = rules_.naming == Naming::mysql || rules_.naming == Naming::mariadb;
  if (!more.comment.empty() && !rules_.can("comments")) {
    without(object, "comments: this one stays in the spec");
    more.comment.clear();
  }
  if (more.generated && !more.generated->stored && !rules_.can("generated_virtual")) {
    without(object, "virtual columns at this version: it is stored");
    more.generated->stored = true;
  }
  if (!more.charset.empty() && !mysql) {
    without(object, "character set of a column");
    more.charset.clear();
  }
  if (!more.on_update.empty() && !mysql) {
    without(object, "ON UPDATE: the application, or a trigger of yours, must set it");
    more.on_update.clear();
  }
  if (more.invisible && !rules_.can("invisible_column")) {
    without(object, "invisible columns");
    more.invisible = false;
  }
  if (more.identity && rules_.naming != Naming::sqlite) column.nullable = false;
  if (more.identity && mysql) {
    const Identity kept{.start = more.identity->start};
    if (!(*more.identity == kept)) without(object, "options of AUTO_INCREMENT but where it starts");
    more.identity = kept;
  }
}

Result<void> Lowering::lower_column(const Schema& schema, Table& table, Column& column) {
  FORGE_TRY(lower_type(schema, table, column));
  if (rules_.naming == Naming::mongodb) return lower_mongodb_column(table, column), Result<void>();
  lower_default(column);
  lower_extras(table, column);
  return {};
}

Result<void> Lowering::lower_table(const Schema& schema, Table& table) {
  for (auto& column : table.columns) {
    if (auto lowered = lower_column(schema, table, column); !lowered) {
      about_.column = column.name;
      return lowered;
    }
  }
  lower_members(schema, table);
  lower_options(table);
  if (rules_.naming == Naming::sqlite) lower_sqlite_table(table);
  if (rules_.naming == Naming::mongodb) lower_mongodb_table(table);
  name_members(table, rules_.naming);
  return check_names(table);
}

Result<void> Lowering::lower_tables(Schema& schema) {
  for (auto& [name, table] : schema.tables) {
    const auto found = done_.find(table);
    if (found != done_.end()) {
      table = found->second;
      continue;
    }
    const bool alone = stands_alone(*table);
    const auto original = table.use_count() > 1 ? table : nullptr;
    if (auto lowered = lower_table(schema, private_table(table)); !lowered) {
      about_.object = name;
      return lowered;
    }
    if (!alone) continue;
    if (original) done_[original] = table;
    done_[table] = table;  // lowering it again gives it again
  }
  return {};
}

Result<void> Lowering::run(Schema& schema) {
  FORGE_TRY(lower_tables(schema));
  FORGE_TRY(check_object_names(schema));
  lower_objects(schema);
  lower_views(schema);
  return {};
}

Result<void> Lowering::run(Schema& before, Schema& after) {
  // What `after` shares it lets go of for as long as `before` is lowered, and takes back as it has become.
  std::vector<std::pair<const std::shared_ptr<const Table>*, std::shared_ptr<const Table>*>> shared;
  auto at = before.tables.begin();
  for (auto& [name, table] : after.tables) {
    while (at != before.tables.end() && at->first < name) ++at;
    if (at == before.tables.end() || at->second != table || !stands_alone(*table)) continue;
    table.reset();
    shared.emplace_back(&at->second, &table);
  }
  const auto lowered = run(before);
  for (const auto& [from, to] : shared) *to = *from;
  FORGE_TRY(lowered);
  return run(after);
}

}  // namespace forge
