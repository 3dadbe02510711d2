// The editor's renames and drops: what reaches beyond the one object.
#include <fmt/format.h>

#include <algorithm>

#include "engine/diff/editor.hpp"
#include "engine/diff/rewrite.hpp"
#include "engine/model/schema_columns.hpp"

namespace forge {

Result<void> SchemaEditor::check_column_unused(const Table& table, const std::string& column) {
  const auto still = [&](const std::string& user) {
    return fail(ErrorCode::internal, fmt::format("{} still names column '{}.{}'", user, display(table.name), column));
  };
  // What names a column that passes to a table above means that one from then on.
  const bool heir = !table.options.inherits.empty();
  if (const auto user = names_column(table, column); !user.empty() && !heir) return still(user);
  for (const auto& name : references_.tables_referring_to(schema_, table.name)) {
    for (const auto& key : schema_.table(name)->foreign_keys) {
      const bool named = std::ranges::find(key.ref_columns, column) != key.ref_columns.end();
      if (key.ref == table.name && named) {
        return still(fmt::format("foreign key '{}' of table '{}'", key.name, display(name)));
      }
    }
  }
  const auto has = columns_of(schema_);
  for (const auto& name : references_.views_reading(schema_, table.name)) {
    View renamed = schema_.views.at(name);
    rename_column(renamed, table.name, column, column + "__gone", has);
    if (renamed.query != schema_.views.at(name).query) {
      return still(fmt::format("view '{}'", display(name)));
    }
  }
  for (const auto& [name, sync] : schema_.syncs) {
    Sync renamed = sync;
    rename_column(renamed, table.name, column, column + "__gone");
    if (!(renamed == sync)) return still(fmt::format("sync '{}'", display(name)));
  }
  return {};
}

template <class Rename>
void SchemaEditor::rename_in_definitions(Rename rename) {
  std::vector<std::pair<QName, Definition>> changed;
  for (const auto& [name, definition] : schema_.definitions) {
    Definition renamed = definition;
    rename(renamed);
    if (!(renamed == definition)) changed.emplace_back(name, std::move(renamed));
  }
  for (auto& [name, renamed] : changed) {
    if (journal_) {
      journal_->touch_definition(schema_, name);
      journal_->touch_definition(schema_, renamed.name);
    }
    schema_.definitions.erase(name);
  }
  for (auto& [name, renamed] : changed) {
    const QName now = renamed.name;
    schema_.definitions.insert_or_assign(now, std::move(renamed));
  }
}

void SchemaEditor::rename_everywhere(const QName& table, const std::string& from, const std::string& to) {
  const auto has = columns_of(schema_);
  for (const auto& name : references_.views_reading(schema_, table)) {
    if (journal_) journal_->touch_view(schema_, name);
    rename_column(schema_.views.at(name), table, from, to, has);
  }
  rename_in_definitions([&](Definition& one) { rename_column(one, table, from, to, has); });
  rename_column_in_table(edit(table), from, to);
  for (const auto& heir : references_.heirs_of(schema_, table)) rename_everywhere(heir, from, to);
  for (const auto& name : references_.tables_referring_to(schema_, table)) {
    if (name == table) continue;  // done with the table itself
    for (auto& key : edit(name).foreign_keys) {
      if (key.ref == table) rename_referred_column(key, from, to);
    }
  }
  for (auto& [name, sync] : schema_.syncs) {
    if (journal_) journal_->touch_sync(schema_, name);
    rename_column(sync, table, from, to);
  }
  for (auto& [name, sequence] : schema_.sequences) {
    if (!sequence.owned_by.empty() && journal_) journal_->touch_sequence(schema_, name);
    rename_column(sequence, table, from, to);
  }
}

void SchemaEditor::rename_table_everywhere(const QName& from, const QName& to) {
  const auto referring = references_.tables_referring_to(schema_, from);
  const auto heirs = references_.heirs_of(schema_, from);
  const auto has = columns_of(schema_);
  rename_in_views(from, to);
  rename_in_definitions([&](Definition& one) { rename_table(one, from, to, has); });
  edit(from);  // written down under both names, and no longer shared
  if (journal_) journal_->touch_table(schema_, to);
  auto node = schema_.tables.extract(from);
  node.key() = to;
  schema_.tables.insert(std::move(node));
  schema_.edit_table(to)->name = to;
  for (const auto& name : referring) {
    Table& table = edit(name == from ? to : name);
    for (auto& key : table.foreign_keys) {
      if (key.ref == from) key.ref = to;
    }
    references_.note(table);
  }
  for (const auto& name : heirs) {
    Table& table = edit(name);
    std::ranges::replace(table.options.inherits, display(from), display(to));
    references_.note(table);
  }
  references_.note(*schema_.table(to));
  for (auto& [name, sync] : schema_.syncs) {
    if (journal_) journal_->touch_sync(schema_, name);
    rename_table(sync, from, to);
  }
  for (auto& [name, sequence] : schema_.sequences) {
    if (!sequence.owned_by.empty() && journal_) journal_->touch_sequence(schema_, name);
    rename_table(sequence, from, to);
  }
}

void SchemaEditor::rename_in_views(const QName& from, const QName& to) {
  const auto has = columns_of(schema_);
  for (const auto& name : references_.views_reading(schema_, from)) {
    if (journal_) journal_->touch_view(schema_, name);
    View& view = schema_.views.at(name);
    rename_table(view, from, to, has);
    references_.note(view);
  }
}

void SchemaEditor::rename_enum_everywhere(const QName& from, const QName& to) {
  const auto old_name = display(from);
  const auto uses = [&](const Column& column) {
    return column.type.name == "enum" && column.type.more->ref == old_name;
  };
  for (const auto& entry : schema_.tables) {
    if (std::ranges::none_of(entry.second->columns, uses)) continue;
    for (auto& column : edit(entry.first).columns) {
      if (uses(column)) column.type.more.edit().ref = display(to);
    }
  }
}

}  // namespace forge
