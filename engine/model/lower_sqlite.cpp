// What SQLite makes of a table's columns because of its key and its options.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model/lower.hpp"

namespace forge {
namespace {

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// STRICT tables know INT, INTEGER, REAL, TEXT, BLOB and ANY (https://sqlite.org/stricttables.html).
Type strict_type(const Type& type) {
  const std::string& name = type.name;
  if (one_of(name, {"integer", "real", "text", "blob", "native"})) return type;
  if (one_of(name, {"smallint", "bigint", "tinyint", "mediumint", "boolean"})) return {"integer", {}, {}};
  if (one_of(name, {"double", "float"})) return {"real", {}, {}};
  if (name.ends_with("blob")) return {"blob", {}, {}};
  if (one_of(name, {"numeric", "decimal"})) {
    Type any{"native", {}, {}};
    any.more.edit().ref = "ANY";
    return any;
  }
  return {"text", {}, {}};
}

Column* sole_key_column(Table& table) {
  if (!table.primary_key || table.primary_key->parts.size() != 1) return nullptr;
  return find_column(table, table.primary_key->parts[0].column);
}

}  // namespace

void Lowering::lower_sqlite_table(Table& table) {
  if (table.options.strict) {
    for (auto& column : table.columns) column.type = strict_type(column.type);
  }
  if (table.options.without_rowid && table.primary_key) {
    for (const auto& part : table.primary_key->parts) {
      if (Column* column = find_column(table, part.column)) column->nullable = false;
    }
  }
  Column* key = table.options.without_rowid ? nullptr : sole_key_column(table);
  for (auto& column : table.columns) {
    if (!column.more->identity) continue;
    const Identity plain;
    const bool more = !(*column.more->identity == plain);
    const std::string object = display(table.name) + "." + column.name;
    if (more) without(object, "options of AUTOINCREMENT: it counts up by one from the highest key");
    if (&column == key) {
      column.more.edit().identity = plain;
      // Only a key that is declared INTEGER, to the letter, counts up.
      column.type = Type{"integer", {}, {}};
    } else {
      without(object, "counting but in a sole primary key: the column is an ordinary one");
      column.more.edit().identity.reset();
    }
  }
  // Another name of the rowid is never NULL.
  const bool alias = key && key->type == Type{"integer", {}, {}} && !table.primary_key->parts[0].desc;
  if (alias) key->nullable = false;
}

}  // namespace forge
