#include "engine/lua/spec_changes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/diff/change.hpp"
#include "engine/lua/spec_sql.hpp"
#include "engine/model/publication.hpp"
#include "engine/model/statistics.hpp"

namespace forge::spec {
namespace {

TableShell shell_of(const Table& table) { return {table.name, table.options, table.comment}; }

}  // namespace

const std::vector<std::pair<std::string_view, Changer::Handler>>& Changer::handlers() {
  static const std::vector<std::pair<std::string_view, Handler>> kHandlers = {
      {"create_table", &Changer::create_table},
      {"drop_table", &Changer::drop_table},
      {"rename_table", &Changer::rename_table},
      {"alter_table", &Changer::alter_table},
      {"add_column", &Changer::add_members},
      {"add_primary_key", &Changer::add_members},
      {"add_unique", &Changer::add_members},
      {"add_index", &Changer::add_members},
      {"add_foreign_key", &Changer::add_members},
      {"add_check", &Changer::add_members},
      {"add_exclude", &Changer::add_members},
      {"drop_column", &Changer::drop_column},
      {"rename_column", &Changer::rename_column},
      {"alter_column", &Changer::alter_column},
      {"comment", &Changer::comment},
      {"execute", &Changer::execute},
      {"drop_primary_key", &Changer::drop_primary_key},
      {"drop_unique", &Changer::drop_by_columns},
      {"drop_foreign_key", &Changer::drop_by_columns},
      {"drop_index", &Changer::drop_index},
      {"rename_index", &Changer::rename_index},
      {"drop_check", &Changer::drop_constraint},
      {"drop_exclude", &Changer::drop_constraint},
      {"drop_constraint", &Changer::drop_constraint},
      {"rename_constraint", &Changer::rename_constraint},
      {"create_enum", &Changer::create_object},
      {"create_sequence", &Changer::create_object},
      {"create_view", &Changer::create_object},
      {"create_materialized_view", &Changer::create_object},
      {"create_definition", &Changer::create_object},
      {"create_namespace", &Changer::create_object},
      {"alter_enum", &Changer::alter_object},
      {"alter_sequence", &Changer::alter_object},
      {"alter_view", &Changer::alter_object},
      {"alter_definition", &Changer::alter_object},
      {"drop_enum", &Changer::drop_object},
      {"drop_sequence", &Changer::drop_object},
      {"drop_view", &Changer::drop_object},
      {"drop_definition", &Changer::drop_object},
      {"drop_namespace", &Changer::drop_object},
      {"add_value", &Changer::add_value},
  };
  return kHandlers;
}

Result<void> Changer::run(int index) {
  node_ = {};
  place_ = c_.place_of(index);
  for (auto [key, member] : {std::pair{"_do", &node_.word}, std::pair{"_name", &node_.name}}) {
    lua_pushstring(c_.L, key);
    lua_rawget(c_.L, index);
    if (lua_type(c_.L, -1) == LUA_TSTRING) *member = lua_tostring(c_.L, -1);
    lua_pop(c_.L, 1);
  }
  const auto& known = handlers();
  const auto it = std::ranges::find(known, std::string_view(node_.word), &std::pair<std::string_view, Handler>::first);
  if (it == known.end()) return wrong(fmt::format("'{}' is no change", node_.word));
  FORGE_TRY((this->*it->second)(index));
  FORGE_TRY(resolve(c_, draft_));
  note_references();
  draft_.keys.clear();
  return {};
}

// What came after a view, and is read by it, shows in the end.
SchemaDraft Changer::take() {
  for (const auto& name : guessed_) {
    if (const auto view = draft_.schema.views.find(name); view != draft_.schema.views.end()) view->second.uses.clear();
  }
  return std::move(draft_);
}

// What the change that was just made lets refer to other objects.
void Changer::note_references() {
  for (const auto& key : draft_.keys) editor_.references().note(*draft_.schema.table(key.table));
  const auto view = draft_.schema.views.find(object_name(c_, node_.name));
  if (view != draft_.schema.views.end()) editor_.references().note(view->second);
}

std::unexpected<Error> Changer::wrong(std::string message, std::string hint, std::string_view token) const {
  return c_.wrong(place_, token.empty() ? std::string_view(node_.name) : token, {}, std::move(message),
                  std::move(hint));
}

Result<void> Changer::missing(std::string_view what, std::string_view name,
                              const std::vector<std::string>& known) const {
  return wrong(fmt::format("there is no {} '{}'", what, name), suggest(name, known));
}

Result<void> Changer::missing_column(const std::string& name, const Table& found) const {
  std::vector<std::string> known;
  known.reserve(found.columns.size());
  for (const auto& column : found.columns) known.push_back(column.name);
  return wrong(fmt::format("there is no column '{}'", node_.name), suggest(name, known));
}

Result<Table*> Changer::table(const QName& name, std::string_view shown) {
  if (auto* found = draft_.schema.edit_table(name)) return found;
  std::vector<std::string> known;
  known.reserve(draft_.schema.tables.size());
  for (const auto& [other, value] : draft_.schema.tables) known.push_back(display(other));
  auto missed = missing("table", shown, known);
  return fail(std::move(missed).error());
}

Result<std::pair<QName, std::string>> Changer::member_name(std::string_view what) const {
  const auto dot = node_.name.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == node_.name.size()) {
    return wrong(fmt::format("'{}' takes \"table.{}\", got '{}'", node_.word, what, node_.name));
  }
  return std::pair{object_name(c_, std::string_view(node_.name).substr(0, dot)), node_.name.substr(dot + 1)};
}

Result<void> Changer::carry_out(const Change& change) {
  auto done = editor_.apply(change);
  if (done) return {};
  auto error = std::move(done).error();
  if (!error.place) error.place = c_.place(place_, node_.name);
  return fail(std::move(error));
}

Result<void> Changer::create_table(int index) {
  const auto name = object_name(c_, node_.name);
  FORGE_TRY(read_table(c_, index, draft_));
  for (auto& key : draft_.keys) key.table = name;
  return {};
}

Result<void> Changer::drop_table(int index) {
  TableNode said;
  FORGE_TRY(c_.read(index, said, "drop_table"));
  const auto name = object_name(c_, node_.name);
  FORGE_TRY(table(name, node_.name));
  for (const auto& other : editor_.references().tables_referring_to(draft_.schema, name)) {
    if (other == name) continue;
    return wrong(fmt::format("table '{}' cannot go: table '{}' references it", node_.name, display(other)),
                 "drop that foreign key first");
  }
  for (const auto& view_name : editor_.references().views_reading(draft_.schema, name)) {
    return wrong(fmt::format("table '{}' cannot go: view '{}' reads it", node_.name, display(view_name)),
                 "drop or alter the view first");
  }
  TableIntent intent;
  read_table_intent(c_, said, place_, intent);
  const auto earlier = draft_.intents.tables.find(name);
  const bool was_renamed = earlier != draft_.intents.tables.end() && !earlier->second.renamed_from.empty();
  const auto old = was_renamed ? earlier->second.renamed_from : name;
  draft_.intents.tables.erase(name);
  if (before_.table(old) != nullptr) draft_.intents.tables[old] = std::move(intent);
  draft_.schema.tables.erase(name);
  drop_what_stands_on(name);
  draft_.places.erase(name);
  return {};
}

void Changer::drop_what_stands_on(const QName& name) {
  auto& definitions = draft_.schema.definitions;
  std::erase_if(definitions,
                [&](const auto& one) { return one.second.on == name || is_statistics_of(one.second, name); });
  for (auto& [key, one] : definitions) {
    if (one.kind != "publication") continue;
    std::erase_if(one.parts, [&](const DefinitionPart& part) { return publishes(part, name); });
  }
}

Result<void> Changer::rename_table(int index) {
  TableNode said;
  FORGE_TRY(c_.read(index, said, "rename_table"));
  const auto from = object_name(c_, node_.name);
  auto to = object_name(c_, c_.string_body(index));
  if (to.schema.empty()) to.schema = from.schema;
  FORGE_ASSIGN(auto* was, table(from, node_.name));
  if (to.name.empty()) return wrong(fmt::format("'rename_table' of '{}' lacks the new name", node_.name));
  if (draft_.schema.table(to) != nullptr || draft_.schema.views.contains(to)) {
    return wrong(fmt::format("'{}' cannot be renamed to '{}': there is one already", node_.name, display(to)), {},
                 display(to));
  }
  auto after = shell_of(*was);
  after.name = to;
  FORGE_TRY(carry_out(Delta<TableShell>{{}, shell_of(*was), after}));
  auto moved = draft_.intents.tables.extract(from);
  auto& intent = draft_.intents.tables[to];
  if (!moved.empty()) intent = std::move(moved.mapped());
  const bool stood_before = intent.renamed_from.empty() ? before_.table(from) != nullptr : true;
  if (intent.renamed_from.empty() && stood_before) intent.renamed_from = from;
  if (intent.renamed_from == to) intent.renamed_from = {};
  read_table_intent(c_, said, place_, intent);
  if (auto places = draft_.places.extract(from); !places.empty()) {
    places.key() = to;
    draft_.places.insert(std::move(places));
  }
  return {};
}

Result<void> Changer::alter_table(int index) {
  const auto name = object_name(c_, node_.name);
  FORGE_ASSIGN(auto* found, table(name, node_.name));
  TableNode said;
  said.options = found->options;
  said.comment = found->comment;
  FORGE_TRY(c_.read(index, said, "alter_table"));
  found->options = said.options;
  found->comment = said.comment;
  read_table_intent(c_, said, place_, draft_.intents.tables[name]);
  return {};
}

Result<void> Changer::add_members(int index) {
  const auto name = object_name(c_, node_.name);
  FORGE_TRY(table(name, node_.name));
  Table copy = *draft_.schema.table(name);
  const auto old_size = copy.columns.size();
  if (!c_.push_body(index)) return wrong(fmt::format("'{}' of '{}' adds nothing", node_.word, node_.name));
  auto& places = draft_.places[name];
  if (places.table == 0) places.table = place_;
  places.columns.resize(old_size, place_);
  auto& intent = draft_.intents.tables[name];
  if (intent.place.line == 0) intent.place = c_.line_place(place_, node_.name);
  TableReader reader(c_, draft_, copy, intent, places, place_);
  auto done = reader.members(lua_gettop(c_.L));
  lua_pop(c_.L, 1);
  FORGE_TRY(std::move(done));
  FORGE_TRY(reader.check());
  draft_.schema.put_table(std::move(copy));
  return {};
}

Result<void> Changer::comment(int index) {
  const auto text = c_.string_body(index);
  const auto whole = object_name(c_, node_.name);
  if (auto* found = draft_.schema.edit_table(whole)) {
    found->comment = text;
    return {};
  }
  if (const auto view = draft_.schema.views.find(whole); view != draft_.schema.views.end()) {
    view->second.comment = text;
    return {};
  }
  if (node_.name.find('.') == std::string::npos) FORGE_TRY(table(whole, node_.name));
  FORGE_ASSIGN(auto named, member_name("column"));
  FORGE_ASSIGN(auto* found, table(named.first, display(named.first)));
  auto* column = find_column(*found, named.second);
  if (column == nullptr) return missing_column(named.second, *found);
  column->more.edit().comment = text;
  return {};
}

Result<void> Changer::execute(int index) {
  ChangeNode said;
  FORGE_TRY(c_.read(index, said, "execute"));
  Raw raw;
  raw.name.name = said.name.empty() ? fmt::format("execute_{}", raws_.size() + 1) : said.name;
  raw.up = said.up;
  raw.down = said.down;
  raw.why = said.why;
  raw.done_when = said.done_when;
  raw.phase = said.phase;
  for (const auto& other : raws_) {
    if (other.name == raw.name)
      return wrong(fmt::format("there are two 'execute' named '{}'", raw.name.name), {}, "execute");
  }
  FORGE_TRY(review_statements(c_, raw, place_));
  raws_.push_back(std::move(raw));
  return {};
}

Result<SchemaDraft> apply_changes(Context& c, int index, const Schema& before, std::vector<Raw>& raws) {
  Changer changer(c, before, raws);
  const int size = static_cast<int>(lua_objlen(c.L, index));
  luaL_checkstack(c.L, 12, "changes have too many levels");
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(c.L, index, i);
    auto done = changer.run(lua_gettop(c.L));
    lua_pop(c.L, 1);
    if (!done) return fail(std::move(done).error());
  }
  auto draft = changer.take();
  FORGE_TRY(check_schema(c, draft));
  return draft;
}

}  // namespace forge::spec
