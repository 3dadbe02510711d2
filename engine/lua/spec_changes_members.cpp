// Changes of keys, indexes, constraints, and of the objects that are not tables.
#include <fmt/format.h>

#include <algorithm>

#include "engine/diff/change.hpp"
#include "engine/lua/spec_changes.hpp"

namespace forge::spec {
namespace {

// Removes the element that `matches`; false where there is none.
template <class T, class Matches>
bool remove_one(std::vector<T>& list, Matches matches) {
  const auto it = std::ranges::find_if(list, matches);
  if (it == list.end()) return false;
  list.erase(it);
  return true;
}

template <class T>
bool remove_named(std::vector<T>& list, const std::string& name) {
  return remove_one(list, [&](const T& value) { return value.name == name; });
}

bool parts_are(const std::vector<IndexPart>& parts, const std::vector<std::string>& columns) {
  return std::ranges::equal(parts, columns, {}, &IndexPart::column);
}

template <class Map>
std::vector<std::string> names_in(const Map& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) names.push_back(display(name));
  return names;
}

template <class T>
bool rename_one(std::vector<T>& list, const std::string& from, const std::string& to) {
  const auto it = std::ranges::find(list, from, &T::name);
  if (it == list.end()) return false;
  it->name = to;
  return true;
}

}  // namespace

std::string Changer::meant(const std::string& name, const Table& table) const {
  const auto known = constraint_names(table);
  if (std::ranges::find(known, name) == known.end()) return suggest(name, known);
  return fmt::format("it is a constraint of another kind: drop_constraint \"{}.{}\" takes any", display(table.name),
                     name);
}

void Changer::note_place(const QName& table) {
  auto& said = draft_.intents.tables[table];
  if (said.place.line == 0) said.place = c_.line_place(place_, node_.name);
}

Result<void> Changer::drop_primary_key(int) {
  FORGE_ASSIGN(auto* found, table(object_name(c_, node_.name), node_.name));
  if (!found->primary_key) return wrong(fmt::format("table '{}' has no primary key", node_.name));
  found->primary_key.reset();
  note_place(found->name);
  return {};
}

// The constraint that is said by its table and its own name, as two words or as "table.constraint".
Result<std::pair<Table*, std::string>> Changer::named_constraint(int index) {
  auto name = c_.string_body(index);
  const auto dot = node_.name.rfind('.');
  // A name of three parts is that of a table with the constraint's behind it.
  const bool whole = name.empty() && dot != std::string::npos &&
                     (draft_.schema.table(object_name(c_, node_.name)) == nullptr ||
                      object_name(c_, node_.name) == object_name(c_, std::string_view(node_.name).substr(0, dot)));
  if (whole) {
    FORGE_ASSIGN(const auto named, member_name("constraint"));
    FORGE_ASSIGN(auto* found, table(named.first, display(named.first)));
    note_place(found->name);
    return std::pair{found, named.second};
  }
  FORGE_ASSIGN(auto* found, table(object_name(c_, node_.name), node_.name));
  if (name.empty()) return wrong(fmt::format("'{}' of '{}' lacks the constraint's name", node_.word, node_.name));
  note_place(found->name);
  return std::pair{found, std::move(name)};
}

// drop_unique and drop_foreign_key: by name, or by columns where the constraint has none.
Result<void> Changer::drop_by_columns(int index) {
  const bool unique = node_.word == "drop_unique";
  const char* what = unique ? "unique constraint" : "foreign key";
  if (!c_.push_body(index)) {
    FORGE_ASSIGN(const auto named, named_constraint(index));
    const auto& [of, name] = named;
    if (unique ? remove_named(of->uniques, name) : remove_named(of->foreign_keys, name)) return {};
    return wrong(fmt::format("table '{}' has no {} '{}'", display(of->name), what, name), meant(name, *of),
                 c_.string_body(index).empty() ? node_.name : name);
  }
  FORGE_ASSIGN(auto* found, table(object_name(c_, node_.name), node_.name));
  std::vector<std::string> columns;
  Error error;
  const bool ok = nodes::read_into(c_.L, lua_gettop(c_.L), columns, node_.word, {}, error);
  lua_pop(c_.L, 1);
  if (!ok) return fail(std::move(error));
  const bool gone =
      unique ? remove_one(found->uniques, [&](const Key& key) { return parts_are(key.parts, columns); })
             : remove_one(found->foreign_keys, [&](const ForeignKey& key) { return key.columns == columns; });
  if (gone) return {};
  return wrong(fmt::format("table '{}' has no {} over {}", node_.name, what, fmt::join(columns, ", ")));
}

// An index by "table.index", or by its own name where only one table has it.
Result<std::pair<Table*, std::size_t>> Changer::find_index() {
  std::vector<std::string> known;
  std::vector<std::pair<QName, std::size_t>> hits;
  for (const auto& [name, value] : draft_.schema.tables) {
    for (std::size_t i = 0; i < value->indexes.size(); ++i) {
      const auto& index = value->indexes[i].name;
      if (index == node_.name || display(name) + "." + index == node_.name) hits.emplace_back(name, i);
      known.push_back(index);
    }
  }
  if (hits.size() == 1) return std::pair{draft_.schema.edit_table(hits[0].first), hits[0].second};
  if (hits.size() > 1) {
    return wrong(fmt::format("more than one table has an index '{}'", node_.name), "write \"table.index\"");
  }
  auto missed = missing("index", node_.name, known);
  return fail(std::move(missed).error());
}

Result<void> Changer::drop_index(int) {
  FORGE_ASSIGN(auto found, find_index());
  auto& indexes = found.first->indexes;
  indexes.erase(indexes.begin() + static_cast<std::ptrdiff_t>(found.second));
  return {};
}

Result<void> Changer::rename_index(int index) {
  FORGE_ASSIGN(auto found, find_index());
  const auto to = c_.string_body(index);
  if (to.empty()) return wrong(fmt::format("'rename_index' of '{}' lacks the new name", node_.name));
  found.first->indexes[found.second].name = to;
  return {};
}

Result<void> Changer::drop_constraint(int index) {
  FORGE_ASSIGN(const auto named, named_constraint(index));
  const auto& [found, name] = named;
  const bool any = node_.word == "drop_constraint";
  if ((any || node_.word == "drop_check") && remove_named(found->checks, name)) return {};
  if ((any || node_.word == "drop_exclude") && remove_named(found->exclusions, name)) return {};
  if (any && (remove_named(found->uniques, name) || remove_named(found->foreign_keys, name))) return {};
  if (any && found->primary_key && found->primary_key->name == name) return found->primary_key.reset(), Result<void>();
  const auto what = any ? "constraint" : node_.word == "drop_check" ? "check" : "exclusion";
  return wrong(fmt::format("table '{}' has no {} '{}'", display(found->name), what, name), meant(name, *found),
               c_.string_body(index).empty() ? node_.name : name);
}

Result<void> Changer::rename_constraint(int index) {
  FORGE_ASSIGN(auto named, member_name("constraint"));
  FORGE_ASSIGN(auto* found, table(named.first, display(named.first)));
  const auto& from = named.second;
  const auto to = c_.string_body(index);
  if (to.empty()) return wrong(fmt::format("'rename_constraint' of '{}' lacks the new name", node_.name));
  if (std::ranges::count(constraint_names(*found), to) > 0) {
    return wrong(fmt::format("table '{}' already has a constraint '{}'", display(named.first), to), {}, to);
  }
  if (found->primary_key && found->primary_key->name == from) return found->primary_key->name = to, Result<void>();
  if (rename_one(found->uniques, from, to) || rename_one(found->foreign_keys, from, to) ||
      rename_one(found->checks, from, to) || rename_one(found->exclusions, from, to)) {
    return {};
  }
  return wrong(fmt::format("table '{}' has no constraint '{}'", display(named.first), from),
               suggest(from, constraint_names(*found)));
}

NodeKind Changer::object_kind() const {
  if (node_.word.ends_with("enum")) return NodeKind::enumeration;
  if (node_.word.ends_with("sequence")) return NodeKind::sequence;
  if (node_.word.ends_with("view")) return NodeKind::view;
  if (node_.word.ends_with("definition")) return NodeKind::definition;
  return NodeKind::name_space;
}

Result<void> Changer::create_object(int index) {
  FORGE_TRY(read_object(c_, index, object_kind(), draft_.schema, place_));
  const auto name = object_key(c_, object_kind(), node_.name);
  draft_.object_places[name] = place_;
  draft_.intents.places[name] = c_.line_place(place_, node_.name);
  if (object_kind() == NodeKind::view) guess_uses(name);
  return {};
}

void Changer::guess_uses(const QName& name) {
  auto& view = draft_.schema.views.at(name);
  if (!view.uses.empty()) return;
  view.uses = used_by(draft_.schema, view);
  guessed_.insert(name);
}

Result<void> Changer::alter_object(int index) {
  const auto name = object_key(c_, object_kind(), node_.name);
  auto& schema = draft_.schema;
  draft_.intents.places[name] = c_.line_place(place_, node_.name);
  ObjectNode said;
  if (object_kind() == NodeKind::sequence) {
    const auto found = schema.sequences.find(name);
    if (found == schema.sequences.end()) return missing("sequence", node_.name, names_in(schema.sequences));
    said.sequence = found->second;
    said.comment = found->second.comment;
    FORGE_TRY(c_.read(index, said, "sequence"));
    found->second = said.sequence;
    found->second.name = name;
    found->second.comment = said.comment;
    return {};
  }
  if (object_kind() == NodeKind::definition) {
    if (schema.definitions.erase(name) == 0) {
      return missing("definition", node_.name, names_in(schema.definitions));
    }
    return read_object(c_, index, NodeKind::definition, schema, place_);
  }
  if (object_kind() == NodeKind::enumeration) {
    if (schema.enums.erase(name) == 0) return missing("enum", node_.name, names_in(schema.enums));
    return read_object(c_, index, NodeKind::enumeration, schema, place_);
  }
  const auto found = schema.views.find(name);
  if (found == schema.views.end()) return missing("view", node_.name, names_in(schema.views));
  draft_.object_places[name] = place_;
  auto& view = found->second;
  said = {.name = node_.name,
          .security_invoker = view.security_invoker,
          .columns = view.columns,
          .definer = view.definer,
          .check_option = view.check_option,
          .comment = view.comment};
  FORGE_TRY(c_.read(index, said, "view"));
  if (const auto query = c_.string_body(index); !query.empty()) {
    view.query = query;
    view.uses.clear();
  }
  view.columns = said.columns;
  view.security_invoker = said.security_invoker;
  view.definer = said.definer;
  view.check_option = said.check_option;
  view.comment = said.comment;
  for (const auto& used : said.uses) view.uses.push_back(object_name(c_, used));
  guess_uses(name);
  return {};
}

Result<void> Changer::drop_object(int) {
  auto& schema = draft_.schema;
  const auto name = object_key(c_, object_kind(), node_.name);
  switch (object_kind()) {
    case NodeKind::enumeration:
      for (const auto& [other, value] : schema.tables) {
        for (const auto& column : value->columns) {
          if (column.type.name != "enum" || object_name(c_, column.type.more->ref) != name) continue;
          return wrong(fmt::format("enum '{}' cannot go: '{}.{}' uses it", node_.name, display(other), column.name),
                       "change that column's type first");
        }
      }
      return schema.enums.erase(name) == 0 ? missing("enum", node_.name, names_in(schema.enums)) : Result<void>();
    case NodeKind::definition:
      return schema.definitions.erase(name) == 0 ? missing("definition", node_.name, names_in(schema.definitions))
                                                 : Result<void>();
    case NodeKind::sequence:
      return schema.sequences.erase(name) == 0 ? missing("sequence", node_.name, names_in(schema.sequences))
                                               : Result<void>();
    case NodeKind::view:
      for (const auto& [other, view] : schema.views) {
        if (std::ranges::find(view.uses, name) == view.uses.end()) continue;
        return wrong(fmt::format("view '{}' cannot go: view '{}' reads it", node_.name, display(other)));
      }
      return schema.views.erase(name) == 0 ? missing("view", node_.name, names_in(schema.views)) : Result<void>();
    default:
      break;
  }
  for (const auto& [other, value] : schema.tables) {
    if (other.schema == node_.name) {
      return wrong(fmt::format("namespace '{}' cannot go: table '{}' lives in it", node_.name, display(other)));
    }
  }
  return schema.namespaces.erase(name) == 0 ? missing("namespace", node_.name, names_in(schema.namespaces))
                                            : Result<void>();
}

Result<void> Changer::add_value(int index) {
  ChangeNode said;
  FORGE_TRY(c_.read(index, said, "add_value"));
  const auto found = draft_.schema.enums.find(object_name(c_, node_.name));
  if (found == draft_.schema.enums.end()) return missing("enum", node_.name, names_in(draft_.schema.enums));
  auto& values = found->second.values;
  const auto value = c_.string_body(index);
  if (value.empty()) return wrong(fmt::format("'add_value' to '{}' lacks the value", node_.name));
  if (std::ranges::find(values, value) != values.end()) {
    return wrong(fmt::format("enum '{}' already has the value '{}'", node_.name, value), {}, value);
  }
  const auto& beside = said.before.empty() ? said.after : said.before;
  if (beside.empty()) return values.push_back(value), Result<void>();
  const auto at = std::ranges::find(values, beside);
  if (at == values.end()) {
    return wrong(fmt::format("enum '{}' has no value '{}'", node_.name, beside), suggest(beside, values), beside);
  }
  values.insert(said.before.empty() ? at + 1 : at, value);
  return {};
}

}  // namespace forge::spec
