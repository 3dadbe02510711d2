#include "engine/diff/editor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/diff/rewrite.hpp"
#include "engine/model/equivalence.hpp"

namespace forge {
namespace {

template <class... Args>
std::unexpected<Error> wrong(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::internal, fmt::format(format, std::forward<Args>(args)...));
}

template <class T>
std::unexpected<Error> differs(std::string_view kind, const std::string& name, const T& expected, const T& found) {
  return wrong("{} '{}' is not as the plan expects it at this point: {}", kind, name,
               fmt::join(differing_fields(expected, found), ", "));
}

// An object that stands in a map under its own name.
template <class T, class Touch>
Result<void> change_object(std::map<QName, T>& objects, const Delta<T>& delta, std::string_view kind, Touch touch) {
  if (delta.before) touch(delta.before->name);
  if (delta.after) touch(delta.after->name);
  if (delta.before) {
    const auto found = objects.find(delta.before->name);
    if (found == objects.end()) {
      return wrong("{} '{}' is not there at this point", kind, display(delta.before->name));
    }
    if (!equivalent(found->second, *delta.before)) {
      return differs(kind, display(delta.before->name), *delta.before, found->second);
    }
    objects.erase(found);
  }
  if (!delta.after) return {};
  if (!objects.emplace(delta.after->name, *delta.after).second) {
    return wrong("{} '{}' is already there at this point", kind, display(delta.after->name));
  }
  return {};
}

template <class T>
using Where = typename std::vector<T>::iterator;

// The member that `like` describes; its position is kept when it is altered.
template <class T>
Result<Where<T>> find_member(std::vector<T>& members, const T& like, std::string_view kind, const QName& table) {
  const auto same =
      std::ranges::find_if(members, [&](const T& one) { return one.name == like.name && equivalent(one, like); });
  if (same != members.end()) return same;
  const auto named = std::ranges::find(members, like.name, &T::name);
  if (named == members.end()) {
    return wrong("{} '{}' of table '{}' is not there at this point", kind, like.name, display(table));
  }
  return differs(kind, fmt::format("{}.{}", display(table), like.name), like, *named);
}

template <class T>
Result<void> change_member(std::vector<T>& members, const Delta<T>& delta, std::string_view kind) {
  auto place = members.end();
  if (delta.before) {
    FORGE_ASSIGN(place, find_member(members, *delta.before, kind, delta.table));
  }
  if (delta.after && !delta.after->name.empty()) {
    const auto clash = std::ranges::find(members, delta.after->name, &T::name);
    if (clash != members.end() && clash != place) {
      return wrong("{} '{}' of table '{}' is already there at this point", kind, delta.after->name,
                   display(delta.table));
    }
  }
  if (!delta.after) {
    members.erase(place);
  } else if (delta.before) {
    *place = *delta.after;
  } else {
    members.push_back(*delta.after);
  }
  return {};
}

// A path into a field ("address.city"), that of every field, or the key of every document: MongoDB's.
bool is_path(const Table& table, const std::string& name) {
  const auto dot = name.find('.');
  return name == "$**" || name == "_id" ||
         (dot != std::string::npos && find_column(table, name.substr(0, dot)) != nullptr);
}

// Columns that a table inherits are not among its own: there the server is the judge.
Result<void> check_columns(const Table& table, const std::vector<std::string>& names, std::string_view what) {
  if (!table.options.inherits.empty()) return {};
  for (const auto& name : names) {
    if (!name.empty() && !find_column(table, name) && !is_path(table, name)) {
      return wrong("{} names column '{}', which table '{}' does not have at this point", what, name,
                   display(table.name));
    }
  }
  return {};
}

template <class Part>
std::vector<std::string> part_columns(const std::vector<Part>& parts) {
  std::vector<std::string> out;
  out.reserve(parts.size());
  for (const auto& part : parts) out.push_back(part.column);
  return out;
}

}  // namespace

Result<void> SchemaEditor::apply(const Change& change) {
  return std::visit(
      [&](const auto& delta) -> Result<void> {
        if (!delta.before && !delta.after) return wrong("a change has neither a before nor an after");
        return run(delta);
      },
      change);
}

Result<Table*> SchemaEditor::editable(const QName& name) {
  if (!schema_.tables.contains(name)) {
    return wrong("table '{}' is not there at this point", display(name));
  }
  return &edit(name);
}

Table& SchemaEditor::edit(const QName& table) {
  if (journal_) journal_->touch_table(schema_, table);
  return *schema_.edit_table(table);
}

Result<void> SchemaEditor::check_free(const QName& name) {
  if (schema_.tables.contains(name) || schema_.views.contains(name)) {
    return wrong("'{}' is already there at this point", display(name));
  }
  return {};
}

Result<void> SchemaEditor::check_type(const Column& column, const QName& table) const {
  const auto& type = column.type;
  if (type.name != "enum" || type.more->ref.empty()) return {};
  if (schema_.enums.contains(parse_qname(type.more->ref))) return {};
  return wrong("column '{}.{}' is of enum '{}', which is not there at this point", display(table), column.name,
               type.more->ref);
}

Result<void> SchemaEditor::check_key_target(const ForeignKey& key, const Table& table) const {
  const auto what = fmt::format("foreign key '{}'", key.name);
  FORGE_TRY(check_columns(table, key.columns, what));
  const Table* target = key.ref == table.name ? &table : schema_.table(key.ref);
  const auto lacks = [&](const Schema* schema) { return !schema->table(key.ref); };
  if (!target && !outer_.empty() && std::ranges::all_of(outer_, lacks)) return {};
  if (!target) {
    return wrong("{} of table '{}' refers to table '{}', which is not there at this point", what, display(table.name),
                 display(key.ref));
  }
  return check_columns(*target, key.ref_columns, what);
}

Result<void> SchemaEditor::check_unused(const QName& object) {
  for (const auto& name : references_.tables_referring_to(schema_, object)) {
    if (name != object) {
      return wrong("table '{}' still has a foreign key to '{}'", display(name), display(object));
    }
  }
  for (const auto& name : references_.views_reading(schema_, object)) {
    return wrong("view '{}' still reads '{}'", display(name), display(object));
  }
  for (const auto& name : references_.heirs_of(schema_, object)) {
    return wrong("table '{}' still inherits from '{}'", display(name), display(object));
  }
  for (const auto& [name, definition] : schema_.definitions) {
    if (definition.on == object) return wrong("the {} still belongs to '{}'", name.name, display(object));
  }
  for (const auto& [name, sync] : schema_.syncs) {
    if (sync.table == object || sync.target == object) {
      return wrong("sync '{}' still works on '{}'", display(name), display(object));
    }
  }
  return {};
}

Result<void> SchemaEditor::run(const Delta<Namespace>& delta) {
  return change_object(schema_.namespaces, delta, "schema", [&](const QName& name) {
    if (journal_) journal_->touch_namespace(schema_, name);
  });
}

Result<void> SchemaEditor::run(const Delta<EnumType>& delta) {
  FORGE_TRY(change_object(schema_.enums, delta, "enum", [&](const QName& name) {
    if (journal_) journal_->touch_enum(schema_, name);
  }));
  if (delta.before && delta.after) {
    if (delta.before->name != delta.after->name) {
      rename_enum_everywhere(delta.before->name, delta.after->name);
    }
    return {};
  }
  if (!delta.before) return {};
  const auto gone = display(delta.before->name);
  for (const auto& [name, table] : schema_.tables) {
    for (const auto& column : table->columns) {
      if (column.type.name == "enum" && column.type.more->ref == gone) {
        return wrong("column '{}.{}' is still of enum '{}'", display(name), column.name, gone);
      }
    }
  }
  return {};
}

Result<void> SchemaEditor::run(const Delta<Sequence>& delta) {
  return change_object(schema_.sequences, delta, "sequence", [&](const QName& name) {
    if (journal_) journal_->touch_sequence(schema_, name);
  });
}

Result<void> SchemaEditor::run(const Delta<Table>& delta) {
  if (delta.before && delta.after) {
    return wrong("table '{}' is altered as a whole: its parts must be", display(delta.after->name));
  }
  if (delta.after) {
    FORGE_TRY(check_free(delta.after->name));
    for (const auto& column : delta.after->columns) {
      FORGE_TRY(check_type(column, delta.after->name));
    }
    for (const auto& key : delta.after->foreign_keys) {
      FORGE_TRY(check_key_target(key, *delta.after));
    }
    if (journal_) journal_->touch_table(schema_, delta.after->name);
    schema_.put_table(*delta.after);
    references_.note(*delta.after);
    return {};
  }
  const auto& name = delta.before->name;
  const Table* table = schema_.table(name);
  if (!table) return wrong("table '{}' is not there at this point", display(name));
  if (!equivalent(*table, *delta.before)) {
    Schema found, expected;
    found.put_table(*table);
    expected.put_table(*delta.before);
    return wrong("table '{}' is not as the plan expects it at this point: {}", display(name),
                 first_difference(expected, found));
  }
  FORGE_TRY(check_unused(name));
  if (journal_) journal_->touch_table(schema_, name);
  schema_.tables.erase(name);
  return {};
}

Result<void> SchemaEditor::run(const Delta<TableShell>& delta) {
  if (!delta.before || !delta.after) return wrong("a table's shell can only be altered");
  const auto& before = *delta.before;
  const auto& after = *delta.after;
  FORGE_ASSIGN(Table * table, editable(before.name));
  if (shell_of(*table) != before) {
    return differs("table", display(before.name), before, shell_of(*table));
  }
  table->options = after.options;
  table->comment = after.comment;
  references_.note(*table);
  if (before.name == after.name) return {};
  FORGE_TRY(check_free(after.name));
  rename_table_everywhere(before.name, after.name);
  return {};
}

Result<void> SchemaEditor::run(const Delta<Column>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  if (delta.after) FORGE_TRY(check_type(*delta.after, delta.table));
  if (delta.before && !delta.after) FORGE_TRY(check_column_unused(*table, delta.before->name));
  if (delta.before && delta.after && delta.before->name != delta.after->name) {
    FORGE_TRY(find_member(table->columns, *delta.before, "column", delta.table));
    if (find_column(*table, delta.after->name)) {
      return wrong("column '{}.{}' is already there at this point", display(delta.table), delta.after->name);
    }
    rename_everywhere(delta.table, delta.before->name, delta.after->name);
    *find_column(*table, delta.after->name) = *delta.after;
    return {};
  }
  return change_member(table->columns, delta, "column");
}

Result<void> SchemaEditor::run(const Delta<Key>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  if (delta.after) {
    const auto what = fmt::format("key '{}'", delta.after->name);
    FORGE_TRY(check_columns(*table, part_columns(delta.after->parts), what));
    FORGE_TRY(check_columns(*table, delta.after->include, what));
  }
  const Key& key = delta.after ? *delta.after : *delta.before;
  if (!key.primary) return change_member(table->uniques, delta, "unique");
  std::vector<Key> primary;
  if (table->primary_key) primary.push_back(*table->primary_key);
  FORGE_TRY(change_member(primary, delta, "primary key"));
  if (primary.size() > 1) {
    return wrong("table '{}' already has a primary key at this point", display(delta.table));
  }
  table->primary_key.reset();
  if (!primary.empty()) table->primary_key = std::move(primary.front());
  return {};
}

Result<void> SchemaEditor::run(const Delta<Index>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  if (delta.after) {
    const auto what = fmt::format("index '{}'", delta.after->name);
    FORGE_TRY(check_columns(*table, part_columns(delta.after->parts), what));
    FORGE_TRY(check_columns(*table, delta.after->include, what));
  }
  return change_member(table->indexes, delta, "index");
}

Result<void> SchemaEditor::run(const Delta<ForeignKey>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  if (delta.after) {
    FORGE_TRY(check_key_target(*delta.after, *table));
    references_.note(*delta.after, delta.table);
  }
  return change_member(table->foreign_keys, delta, "foreign key");
}

Result<void> SchemaEditor::run(const Delta<Check>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  return change_member(table->checks, delta, "check");
}

Result<void> SchemaEditor::run(const Delta<Exclusion>& delta) {
  FORGE_ASSIGN(Table * table, editable(delta.table));
  if (delta.after) {
    FORGE_TRY(
        check_columns(*table, part_columns(delta.after->parts), fmt::format("exclusion '{}'", delta.after->name)));
  }
  return change_member(table->exclusions, delta, "exclusion");
}

Result<void> SchemaEditor::run(const Delta<View>& delta) {
  const bool stays = delta.before && delta.after;
  if (delta.after && (!stays || delta.before->name != delta.after->name)) {
    FORGE_TRY(check_free(delta.after->name));
  }
  if (delta.after) {
    for (const auto& used : delta.after->uses) {
      if (!schema_.tables.contains(used) && !schema_.views.contains(used)) {
        return wrong("view '{}' reads '{}', which is not there at this point", display(delta.after->name),
                     display(used));
      }
    }
  }
  if (delta.before && !delta.after) FORGE_TRY(check_unused(delta.before->name));
  FORGE_TRY(change_object(schema_.views, delta, "view", [&](const QName& name) {
    if (journal_) journal_->touch_view(schema_, name);
  }));
  if (delta.after) references_.note(*delta.after);
  if (stays && delta.before->name != delta.after->name) {
    rename_in_views(delta.before->name, delta.after->name);
  }
  return {};
}

Result<void> SchemaEditor::run(const Delta<Definition>& delta) {
  if (delta.after && !delta.after->on.empty()) {
    const QName& on = delta.after->on;
    if (!schema_.tables.contains(on) && !schema_.views.contains(on)) {
      return wrong("the {} belongs to '{}', which is not there at this point", delta.after->name.name, display(on));
    }
  }
  return change_object(schema_.definitions, delta, "definition", [&](const QName& name) {
    if (journal_) journal_->touch_definition(schema_, name);
  });
}

Result<void> SchemaEditor::run(const Delta<Sync>& delta) {
  if (delta.after && !schema_.tables.contains(delta.after->table)) {
    return wrong("sync '{}' works on table '{}', which is not there at this point", display(delta.after->name),
                 display(delta.after->table));
  }
  return change_object(schema_.syncs, delta, "sync", [&](const QName& name) {
    if (journal_) journal_->touch_sync(schema_, name);
  });
}

Result<void> SchemaEditor::run(const Delta<Raw>& delta) {
  return change_object(schema_.raws, delta, "raw SQL", [](const QName&) {});
}

Result<void> apply(Schema& schema, const Change& change) { return SchemaEditor(schema).apply(change); }

}  // namespace forge
