#include "engine/model/schema.hpp"

#include <fmt/format.h>

#include "engine/model/equivalence.hpp"

namespace forge {
namespace {

bool same_object(const std::shared_ptr<const Table>& a, const std::shared_ptr<const Table>& b) {
  return a == b || equivalent(*a, *b);
}
template <class T>
bool same_object(const T& a, const T& b) {
  return equivalent(a, b);
}

template <class Map>
bool same_objects(const Map& a, const Map& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.first == y.first && same_object(x.second, y.second); });
}

// Which field of two values differs first: both are walked in the order of `fields`.
template <class T>
std::string differing_field(const T& a, const T& b) {
  return fmt::format("{}", fmt::join(differing_fields(a, b), ", "));
}

template <class T>
std::string member_difference(const std::string& where, std::string_view kind, const std::vector<T>& a,
                              const std::vector<T>& b) {
  if (same_members(a, b)) return {};
  const auto find = [](const std::vector<T>& list, const T& like) {
    return std::ranges::find(list, like.name, &T::name);
  };
  for (const T& one : a) {
    const auto other = find(b, one);
    if (other == b.end()) return fmt::format("{}: {} '{}' is only in the first", where, kind, one.name);
    if (!equivalent(one, *other)) {
      return fmt::format("{}: {} '{}' differs in {}", where, kind, one.name, differing_field(one, *other));
    }
  }
  for (const T& one : b) {
    if (find(a, one) == a.end()) {
      return fmt::format("{}: {} '{}' is only in the second", where, kind, one.name);
    }
  }
  return fmt::format("{}: the two have a different number of {} objects of one name", where, kind);
}

std::string key_difference(const std::string& where, const std::optional<Key>& a, const std::optional<Key>& b) {
  if (!a && !b) return {};
  if (!b) return fmt::format("{}: the primary key is only in the first", where);
  if (!a) return fmt::format("{}: the primary key is only in the second", where);
  if (equivalent(*a, *b)) return {};
  return fmt::format("{}: the primary key differs in {}", where, differing_field(*a, *b));
}

std::string object_difference(const std::shared_ptr<const Table>& x, const std::shared_ptr<const Table>& y) {
  const Table& a = *x;
  const Table& b = *y;
  const std::string where = "table '" + display(a.name) + "'";
  if (shell_of(a) != shell_of(b)) {
    return fmt::format("{} differs in {}", where, differing_field(shell_of(a), shell_of(b)));
  }
  for (auto text :
       {member_difference(where, "column", a.columns, b.columns), key_difference(where, a.primary_key, b.primary_key),
        member_difference(where, "unique", a.uniques, b.uniques),
        member_difference(where, "index", a.indexes, b.indexes),
        member_difference(where, "foreign key", a.foreign_keys, b.foreign_keys),
        member_difference(where, "check", a.checks, b.checks),
        member_difference(where, "exclusion", a.exclusions, b.exclusions)}) {
    if (!text.empty()) return text;
  }
  return {};
}
template <class T>
std::string object_difference(const T& a, const T& b) {
  return fmt::format("'{}' differs in {}", display(a.name), differing_field(a, b));
}

template <class Map>
std::string map_difference(std::string_view kind, const Map& a, const Map& b) {
  for (const auto& [name, object] : a) {
    const auto other = b.find(name);
    if (other == b.end()) return fmt::format("{} '{}' is only in the first", kind, display(name));
    if (same_object(object, other->second)) continue;
    const auto text = object_difference(object, other->second);
    return text.starts_with(kind) ? text : fmt::format("{} {}", kind, text);
  }
  for (const auto& entry : b) {
    if (!a.contains(entry.first)) {
      return fmt::format("{} '{}' is only in the second", kind, display(entry.first));
    }
  }
  return {};
}

}  // namespace

const Table* Schema::table(const QName& name) const {
  const auto found = tables.find(name);
  return found == tables.end() ? nullptr : found->second.get();
}

Table* Schema::edit_table(const QName& name) {
  const auto found = tables.find(name);
  return found == tables.end() ? nullptr : &private_table(found->second);
}

Table& private_table(std::shared_ptr<const Table>& held) {
  // A table that another schema still holds must not change under it.
  if (held.use_count() > 1) held = std::make_shared<Table>(*held);
  return const_cast<Table&>(*held);  // NOLINT: made by make_shared above or in put_table, never const itself
}

void Schema::put_table(Table table) {
  auto name = table.name;
  tables[std::move(name)] = std::make_shared<Table>(std::move(table));
}

bool equivalent(const Schema& a, const Schema& b) {
  return same_objects(a.namespaces, b.namespaces) && same_objects(a.enums, b.enums) &&
         same_objects(a.sequences, b.sequences) && same_objects(a.tables, b.tables) && same_objects(a.views, b.views) &&
         same_objects(a.definitions, b.definitions) && same_objects(a.syncs, b.syncs);
}

std::string first_difference(const Schema& a, const Schema& b) {
  for (auto text :
       {map_difference("schema", a.namespaces, b.namespaces), map_difference("enum", a.enums, b.enums),
        map_difference("sequence", a.sequences, b.sequences), map_difference("table", a.tables, b.tables),
        map_difference("view", a.views, b.views), map_difference("definition", a.definitions, b.definitions),
        map_difference("sync", a.syncs, b.syncs)}) {
    if (!text.empty()) return text;
  }
  return {};
}

const Column* find_column(const Table& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

Column* find_column(Table& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

}  // namespace forge
