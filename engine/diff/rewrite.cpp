#include "engine/diff/rewrite.hpp"

#include <algorithm>

#include "engine/model/derived_names.hpp"
#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

void in_list(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::ranges::replace(names, from, to);
}

void in_text(std::string& text, const std::string& from, const std::string& to) {
  if (!text.empty()) text = rename_identifier(text, from, to);
}

bool reads_rows(const std::string& text) {
  return std::ranges::any_of(sql_tokens(text), [](const Token& token) { return token_names(token, "select"); });
}

// An expression over the rows of the sync's table, which may read others.
void in_row_text(std::string& text, const Sync& sync, const QName& table, const std::string& from,
                 const std::string& to) {
  if (text.empty()) return;
  if (!reads_rows(text)) {
    if (sync.table == table) in_text(text, from, to);
    return;
  }
  const sql::About row{sync.table, true};
  const auto renamed = [&](const std::string& said, const std::string& old_name, const std::string& new_name) {
    return sql::rename_column(said, row, table, old_name, new_name, sql::Results::where_read).text;
  };
  // What could not be told apart on the way back stays as it is.
  auto made = renamed(text, from, to);
  if (renamed(made, to, from) == text) text = std::move(made);
}

template <class Part>
void in_parts(std::vector<Part>& parts, const std::string& from, const std::string& to) {
  for (auto& part : parts) {
    if (part.column == from) part.column = to;
    in_text(part.expr, from, to);
  }
}

bool text_names(const std::string& text, const std::string& column) {
  if (text.empty()) return false;
  const auto names = identifiers(text);
  return std::ranges::any_of(names,
                             [&](const std::string& name) { return token_names({TokenKind::word, name}, column); });
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

template <class Part>
bool parts_name(const std::vector<Part>& parts, const std::string& column) {
  return std::ranges::any_of(parts,
                             [&](const Part& part) { return part.column == column || text_names(part.expr, column); });
}

std::string quoted(const char* kind, const std::string& name) { return std::string(kind) + " '" + name + "'"; }

// The column of "table.column", where the table is `table`.
std::string owned_column(const Sequence& sequence, const QName& table) {
  const std::string prefix = display(table) + ".";
  return sequence.owned_by.starts_with(prefix) ? sequence.owned_by.substr(prefix.size()) : "";
}

}  // namespace

void rename_column(Column& column, const QName&, const std::string& from, const std::string& to) {
  if (column.more->generated) in_text(column.more.edit().generated->expr, from, to);
}

void rename_column(Key& key, const QName&, const std::string& from, const std::string& to) {
  in_parts(key.parts, from, to);
  in_list(key.include, from, to);
}

void rename_column(Index& index, const QName&, const std::string& from, const std::string& to) {
  in_parts(index.parts, from, to);
  in_text(index.where, from, to);
  in_list(index.include, from, to);
}

void rename_column(ForeignKey& key, const QName& table, const std::string& from, const std::string& to) {
  in_list(key.columns, from, to);
  if (key.ref == table) rename_referred_column(key, from, to);
}

void rename_column(Check& check, const QName&, const std::string& from, const std::string& to) {
  in_text(check.expr, from, to);
}

void rename_column(Exclusion& exclusion, const QName&, const std::string& from, const std::string& to) {
  in_parts(exclusion.parts, from, to);
  in_text(exclusion.where, from, to);
}

void rename_referred_column(ForeignKey& key, const std::string& from, const std::string& to) {
  in_list(key.ref_columns, from, to);
}

void rename_column_in_table(Table& table, const std::string& from, const std::string& to) {
  const auto each = [&](auto& members) {
    for (auto& member : members) rename_column(member, table.name, from, to);
  };
  if (Column* column = find_column(table, from)) column->name = to;
  each(table.columns);
  if (table.primary_key) rename_column(*table.primary_key, table.name, from, to);
  each(table.uniques);
  each(table.indexes);
  each(table.foreign_keys);
  each(table.checks);
  each(table.exclusions);
}

std::string rename_column(View& view, const QName& table, const std::string& from, const std::string& to,
                          const HasColumn& has) {
  const auto results = view.columns.empty() ? sql::Results::kept : sql::Results::where_read;
  auto renamed = sql::rename_column(view.query, {}, table, from, to, results, has);
  view.query = std::move(renamed.text);
  return renamed.unclear;
}

void rename_column(Sync& sync, const QName& table, const std::string& from, const std::string& to) {
  for (auto& pair : sync.pairs) {
    in_row_text(pair.up, sync, table, from, to);
    in_row_text(pair.down, sync, table, from, to);
  }
  for (auto& column : sync.columns) in_row_text(column.expr, sync, table, from, to);
  if (sync.table == table) {
    for (auto& pair : sync.pairs) {
      if (pair.old_column == from) pair.old_column = to;
      if (pair.new_column == from) pair.new_column = to;
    }
    in_list(sync.key, from, to);
  }
  if (sync.target == table) {
    for (auto& column : sync.columns) {
      if (column.to == from) column.to = to;
    }
  }
}

void rename_column(Sequence& sequence, const QName& table, const std::string& from, const std::string& to) {
  if (owned_column(sequence, table) == from) sequence.owned_by = display(table) + "." + to;
}

std::string rename_table(View& view, const QName& from, const QName& to, const HasColumn& has) {
  auto renamed = sql::rename_table(view.query, {}, from, to, has);
  view.query = std::move(renamed.text);
  std::ranges::replace(view.uses, from, to);
  return renamed.unclear;
}

// Is the table put aside, so that its copy takes the name at once?
static bool makes_room(const QName& from, const QName& to) {
  const auto own = own_name(to.name);
  return own != to.name && from.name.starts_with(own);
}

void rename_table(Sync& sync, const QName& from, const QName& to) {
  if (sync.table == from) sync.table = to;
  if (sync.target == from) sync.target = to;
  if (makes_room(from, to)) return;
  // A text that says the new name already, as an alias, could not be told from the renamed one on the way back.
  const auto in_query = [&](std::string& text) {
    if (text.empty()) return;
    auto renamed = rename_table_in_query(text, from, to);
    if (rename_table_in_query(renamed, to, from) == text) text = std::move(renamed);
  };
  for (auto& pair : sync.pairs) {
    in_query(pair.up);
    in_query(pair.down);
  }
  for (auto& column : sync.columns) in_query(column.expr);
}

void rename_table(Sequence& sequence, const QName& from, const QName& to) {
  const auto column = owned_column(sequence, from);
  if (!column.empty()) sequence.owned_by = display(to) + "." + column;
}

std::string names_column(const Table& table, const std::string& column) {
  for (const auto& other : table.columns) {
    if (other.name != column && other.more->generated && text_names(other.more->generated->expr, column)) {
      return quoted("generated column", other.name);
    }
  }
  const auto key_names = [&](const Key& key) { return parts_name(key.parts, column) || has(key.include, column); };
  if (table.primary_key && key_names(*table.primary_key)) return "the primary key";
  for (const auto& key : table.uniques) {
    if (key_names(key)) return quoted("unique", key.name);
  }
  for (const auto& index : table.indexes) {
    if (parts_name(index.parts, column) || has(index.include, column) || text_names(index.where, column)) {
      return quoted("index", index.name);
    }
  }
  for (const auto& key : table.foreign_keys) {
    if (has(key.columns, column)) return quoted("foreign key", key.name);
  }
  for (const auto& check : table.checks) {
    if (text_names(check.expr, column)) return quoted("check", check.name);
  }
  for (const auto& one : table.exclusions) {
    if (parts_name(one.parts, column) || text_names(one.where, column)) {
      return quoted("exclusion", one.name);
    }
  }
  return {};
}

}  // namespace forge
