#include "engine/lua/pushed_steps.hpp"

#include <algorithm>

#include "engine/base/letters.hpp"
#include "engine/diff/editor.hpp"
#include "engine/lua/values.hpp"

namespace forge {
namespace lua {
namespace {

// Sets `tables` and `direction` of the step on top of the stack.
void set_scene(lua_State* L, PushedTables& tables, const Tables& before, const Tables& after, const char* direction) {
  lua_createtable(L, 0, 2);
  tables.push(L, before);
  lua_setfield(L, -2, "before");
  tables.push(L, after);
  lua_setfield(L, -2, "after");
  lua_setfield(L, -2, "tables");
  lua_pushstring(L, direction);
  lua_setfield(L, -2, "direction");
}

// Sets `searched` of the step on top of the stack: true by the names of the tables.
void set_searched(lua_State* L, const std::set<QName>& tables) {
  if (tables.empty()) return lua_pushnil(L), lua_setfield(L, -2, "searched");
  lua_createtable(L, 0, static_cast<int>(tables.size()));
  for (const auto& name : tables) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, display(name).c_str());
  }
  lua_setfield(L, -2, "searched");
}

// In the table on top of the stack: `name` becomes the field `of` of the table at `from`.
void take(lua_State* L, int from, const char* of, const char* name) {
  lua_getfield(L, from, of);
  lua_setfield(L, -2, name);
}

// Pushes the reverse of the operation whose Lua value is on top of the stack, in its place.
void turn_op(lua_State* L, const Change& op) {
  const int forward = lua_gettop(L);
  const Change back = reverse(op);
  lua_createtable(L, 0, 6);
  take(L, forward, "table", "table");
  take(L, forward, "after", "before");
  take(L, forward, "before", "after");
  take(L, forward, "kind", "kind");
  values_detail::Pusher pusher{L};
  pusher("op", word_of(back));
  pusher("facets", facets_of(back));
  lua_remove(L, forward);
}

// Pushes the operations of the step at `forward` turned round: the last one first.
void push_turned_ops(lua_State* L, int forward, const std::vector<Change>& ops) {
  const int count = static_cast<int>(ops.size());
  lua_getfield(L, forward, "ops");
  lua_createtable(L, count, 0);
  for (int i = 1; i <= count; ++i) {
    const int from = count - i + 1;
    lua_rawgeti(L, -2, from);
    turn_op(L, ops[static_cast<std::size_t>(from) - 1]);
    lua_rawseti(L, -2, i);
  }
  lua_remove(L, -2);
}

// Pushes a table with the fields of the one at `from`.
void push_copy(lua_State* L, int from, int size) {
  lua_createtable(L, 0, size);
  const int copy = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, from) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, copy);
  }
}

// The syncs of kind fill on the tables, where the step makes or ends one of another kind.
std::vector<Sync> fills_on(const Schema& schema, const std::set<QName>& tables, const Step& step) {
  std::vector<Sync> out;
  const auto of_pairs = [](const Change& op) {
    const auto* sync = std::get_if<Delta<Sync>>(&op);
    return sync != nullptr && (sync->after ? *sync->after : *sync->before).kind == "columns";
  };
  if (std::ranges::none_of(step.ops, of_pairs)) return out;
  for (const auto& [name, sync] : schema.syncs) {
    if (sync.kind == "fill" && tables.contains(sync.table)) out.push_back(sync);
  }
  return out;
}

// Gathers the tables with a FULLTEXT index, and gives those of them that were gathered before.
std::set<QName> gather_searched(std::set<QName>& gathered, const Tables& from, const Tables& to) {
  std::set<QName> out;
  for (const auto& [name, table] : from) {
    const bool has =
        std::ranges::any_of(table->indexes, [](const Index& one) { return folded(one.method) == "fulltext"; });
    if (has) gathered.insert(name);
    if (gathered.contains(name)) out.insert(name);
  }
  for (const auto& [name, table] : to) {
    if (gathered.contains(name)) out.insert(name);
  }
  return out;
}

}  // namespace

std::set<QName> tables_of(const Step& step) {
  std::set<QName> names;
  const auto add = [&](const QName& name) {
    if (!name.empty()) names.insert(name);
  };
  for (const auto& op : step.ops) {
    std::visit(
        [&]<class T>(const Delta<T>& delta) {
          add(delta.table);
          for (const auto* side : {&delta.before, &delta.after}) {
            if (!*side) continue;
            if constexpr (std::is_same_v<T, Table> || std::is_same_v<T, TableShell>) add((*side)->name);
            if constexpr (std::is_same_v<T, ForeignKey>) add((*side)->ref);
            if constexpr (std::is_same_v<T, Sync>) {
              add((*side)->table);
              add((*side)->target);
            }
          }
        },
        op);
  }
  for (const auto* work : {&step.work, &step.reverse_work}) {
    if (!*work) continue;
    add((*work)->table);
    add((*work)->target);
  }
  return names;
}

Tables pick(const Schema& schema, const std::set<QName>& names) {
  Tables tables;
  for (const auto& name : names) {
    const auto found = schema.tables.find(name);
    if (found != schema.tables.end()) tables.insert(*found);
  }
  return tables;
}

void push_step(lua_State* L, PushedTables& tables, const Step& step, const Tables& earlier, const Tables& later) {
  lua::push(L, step);
  set_scene(L, tables, earlier, later, "forward");
}

void push_both_ways(lua_State* L, PushedTables& tables, const Scene& scene) {
  constexpr int kFields = 32;  // a step's, and its scene
  luaL_checkstack(L, 16, "a step is nested too deeply");
  const Step& step = *scene.step;
  push_step(L, tables, step, scene.earlier, scene.later);
  const int forward = lua_gettop(L);
  if (!scene.fills.empty()) {
    lua::push(L, scene.fills);
    lua_setfield(L, forward, "fills");
  }
  set_searched(L, scene.searched);
  push_copy(L, forward, kFields);
  push_turned_ops(L, forward, step.ops);
  lua_setfield(L, -2, "ops");
  take(L, forward, "reverse_work", "work");
  take(L, forward, "work", "reverse_work");
  if (!step.reverse_form.empty()) take(L, forward, "reverse_form", "form");
  set_searched(L, scene.searched_back);
  set_scene(L, tables, scene.later, scene.earlier, "backward");
}

}  // namespace lua

Result<std::vector<Scene>> scenes_of(std::vector<Step>& steps, const Schema& before) {
  Schema state = before;
  SchemaEditor editor(state);
  editor.carry_missing_targets(before, before);  // what is not to be so is for the checks
  std::vector<Scene> scenes;
  std::set<QName> searched;
  scenes.reserve(steps.size());
  for (auto& step : steps) {
    const auto names = lua::tables_of(step);
    auto earlier = lua::pick(state, names);
    auto fills = lua::fills_on(state, names, step);
    for (const auto& op : step.ops) FORGE_TRY(editor.apply(op));
    std::erase_if(fills, [&](const Sync& fill) { return !state.syncs.contains(fill.name); });
    scenes.push_back({&step, std::move(earlier), lua::pick(state, names), std::move(fills), {}, {}});
    scenes.back().searched = lua::gather_searched(searched, scenes.back().earlier, scenes.back().later);
  }
  searched.clear();
  for (auto scene = scenes.rbegin(); scene != scenes.rend(); ++scene) {
    scene->searched_back = lua::gather_searched(searched, scene->later, scene->earlier);
  }
  return scenes;
}

}  // namespace forge
