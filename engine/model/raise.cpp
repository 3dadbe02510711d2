#include "engine/model/raise.hpp"

#include <algorithm>

#include "engine/model/generated_names.hpp"

namespace forge {
namespace {

template <class Change>
void each_name(Table& table, Change change) {
  if (table.primary_key) change(table.primary_key->name);
  for (auto& key : table.uniques) change(key.name);
  for (auto& key : table.foreign_keys) change(key.name);
  for (auto& check : table.checks) change(check.name);
}

std::vector<std::string> names_of(const Table& table) {
  Table copy = table;
  std::vector<std::string> out;
  each_name(copy, [&](const std::string& name) { out.push_back(name); });
  return out;
}

// Those names go that the engine gives when all are left out; unless they come out otherwise beside those that stay.
void leave_out_names(Table& table, Naming naming) {
  const auto given = names_of(table);
  Table bare = table;
  each_name(bare, [](std::string& name) { name.clear(); });
  name_members(bare, naming);
  const auto made = names_of(bare);
  Table out = table;
  std::size_t i = 0;
  each_name(out, [&](std::string& name) {
    if (made[i] == given[i]) name.clear();
    ++i;
  });
  Table named = out;
  name_members(named, naming);
  if (names_of(named) == given) table = std::move(out);
}

void leave_out_not_null(Table& table) {
  for (auto& column : table.columns) {
    const bool counts = column.more->identity || column.type.name == "serial" || column.type.name == "bigserial";
    const bool key = table.primary_key && std::ranges::any_of(table.primary_key->parts, [&](const IndexPart& part) {
                       return part.column == column.name;
                     });
    if (counts || key) column.nullable = true;
  }
}

}  // namespace

Schema raised(const Schema& schema, Naming naming) {
  Schema out = schema;
  for (const auto& [name, table] : schema.tables) {
    Table copy = *table;
    leave_out_names(copy, naming);
    if (naming != Naming::sqlite) leave_out_not_null(copy);
    out.put_table(std::move(copy));
  }
  return out;
}

}  // namespace forge
