#include "tests/support/random_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace forge::test {
namespace {

std::string quoted(const std::string& name, const std::string& engine) {
  const char quote = engine == "mysql" || engine == "mariadb" ? '`' : '"';
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string quoted(const QName& name, const std::string& engine) {
  return name.schema.empty() ? quoted(name.name, engine)
                             : quoted(name.schema, engine) + "." + quoted(name.name, engine);
}

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string text_literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string enum_literal(const Schema& schema, const Type& type) {
  if (!type.more->values.empty()) return text_literal(type.more->values.front());
  const auto found = schema.enums.find(parse_qname(type.more->ref));
  return found == schema.enums.end() || found->second.values.empty() ? "NULL"
                                                                     : text_literal(found->second.values.front());
}

// The value of row `i`, the same for every column of one type: a foreign key finds its parent by it.
std::string literal(const Schema& schema, const Type& type, const std::string& engine, int i) {
  const std::string& word = type.name;
  if (type.more->array > 0) return "NULL";
  if (one_of(word, {"tinyint", "smallint", "mediumint", "integer", "bigint", "serial", "bigserial", "numeric",
                    "decimal", "real", "double", "float", "money", "year"})) {
    return std::to_string(word == "year" ? 2000 + i : i);
  }
  if (word == "boolean") return engine == "postgres" ? (i % 2 ? "true" : "false") : std::to_string(i % 2);
  if (one_of(word, {"char", "varchar", "text", "tinytext", "mediumtext", "longtext", "citext", "native"})) {
    return fmt::format("'{}'", i);
  }
  if (word == "enum" || word == "set") return enum_literal(schema, type);
  if (word == "uuid") return fmt::format("'00000000-0000-0000-0000-{:012}'", i);
  if (word == "date") return fmt::format("'2024-01-{:02}'", 1 + i % 28);
  if (one_of(word, {"timestamp", "timestamptz", "datetime"}))
    return fmt::format("'2024-01-01 00:{:02}:{:02}'", i / 60, i % 60);
  if (one_of(word, {"time", "timetz"})) return fmt::format("'00:{:02}:{:02}'", i / 60, i % 60);
  if (one_of(word, {"json", "jsonb"})) return fmt::format("'{{\"a\": {}}}'", i);
  if (word == "inet") return fmt::format("'10.0.0.{}'", i);
  if (word == "interval") return fmt::format("'{} seconds'", i);
  if (one_of(word, {"blob", "bytea", "binary", "varbinary", "tinyblob", "mediumblob", "longblob"})) {
    return engine == "postgres" ? fmt::format("'\\x{:02x}'", i) : fmt::format("X'{:02x}'", i);
  }
  return "NULL";
}

const Column* named(const Table* table, const std::string& name) {
  if (!table) return nullptr;
  const auto found = std::ranges::find(table->columns, name, &Column::name);
  return found == table->columns.end() ? nullptr : &*found;
}

class Rows {
 public:
  Rows(const Schema& before, const Schema& after, const std::string& engine, int rows)
      : before_(before), after_(after), engine_(engine), rows_(rows) {}

  std::string run() {
    for (const auto& [name, table] : before_.tables) visit(name, *table);
    return sql_;
  }

 private:
  void visit(const QName& name, const Table& table) {
    if (!seen_.insert(name).second) return;
    for (const auto& key : table.foreign_keys) {
      if (const Table* parent = before_.table(key.ref)) visit(key.ref, *parent);
    }
    for (int i = 1; i <= rows_; ++i) insert(table, i);
    written_.insert(name);
  }

  // A parent that has no rows yet (the table itself, or one in a circle) cannot be referred to.
  bool unreachable(const Table& table, const Column& column) const {
    return std::ranges::any_of(table.foreign_keys, [&](const ForeignKey& key) {
      return std::ranges::find(key.columns, column.name) != key.columns.end() && !written_.contains(key.ref);
    });
  }

  void insert(const Table& table, int i) {
    std::string columns, values;
    for (const auto& column : table.columns) {
      if (column.more->generated) continue;
      columns += (columns.empty() ? "" : ", ") + quoted(column.name, engine_);
      values += (values.empty() ? "" : ", ") + value(table, column, i);
    }
    const bool identity =
        std::ranges::any_of(table.columns, [](const Column& c) { return c.more->identity.has_value(); });
    sql_ += fmt::format("INSERT INTO {} ({}){} VALUES ({});\n", quoted(table.name, engine_), columns,
                        identity && engine_ == "postgres" ? " OVERRIDING SYSTEM VALUE" : "", values);
  }

  std::string value(const Table& table, const Column& column, int i) const {
    if (column.nullable && (i % 3 == 0 || unreachable(table, column)) && stays_nullable(table, column)) return "NULL";
    // An enum whose values change keeps its rows on a value that both sides know.
    const Column* later = named(after_.table(table.name), column.name);
    if (later && column.type.name == "enum" && later->type.name == "enum") {
      return literal(after_, later->type, engine_, i);
    }
    return literal(before_, column.type, engine_, i);
  }

  bool stays_nullable(const Table& table, const Column& column) const {
    const Column* later = named(after_.table(table.name), column.name);
    return later && later->nullable;
  }

  const Schema& before_;
  const Schema& after_;
  std::string engine_;
  int rows_;
  std::set<QName> seen_, written_;
  std::string sql_;
};

}  // namespace

std::string random_rows(const Schema& before, const Schema& after, const std::string& engine, int rows) {
  return Rows(before, after, engine, rows).run();
}

}  // namespace forge::test
