#include "engine/lua/spec_natives.hpp"

#include <vector>

#include "engine/base/spelling.hpp"
#include "engine/lua/core.hpp"
#include "engine/lua/spec_draft.hpp"

namespace forge::spec {

std::string optional_text(lua_State* L, int index) {
  std::size_t size = 0;
  const char* text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : nullptr;
  return text == nullptr ? std::string() : std::string(text, size);
}

namespace {

// here(): the place of the innermost code that is not ours, as a number.
int here(lua_State* L) {
  auto& core = lua::core_of(L);
  lua_Debug record{};
  // Level 0 is this function, level 1 the word that asks.
  for (int level = 2; lua_getstack(L, level, &record) != 0; ++level) {
    lua_getinfo(L, "Sl", &record);
    if (record.currentline <= 0) continue;
    const auto* source = lua::source_of(core, record);
    if (source == nullptr || source->layer == Layer::builtin) continue;
    const auto line = place_of({source->id, record.currentline, 0});
    core.last_node_line = line;
    const int nth = core.nodes_on_line[line]++;
    lua_pushnumber(L, static_cast<lua_Number>(place_of({source->id, record.currentline, nth})));
    return 1;
  }
  lua_pushnumber(L, 0);
  return 1;
}

// The place of a word that is being said of an object, on the running line: of the object that was made last, where that was on the line.
Place said_place(lua_State* L, const std::string& word) {
  auto& core = lua::core_of(L);
  const auto last = core.last_node_line;
  here(L);  // complain() itself was called by builtin code, and so was what called it
  const auto spot = spot_of(static_cast<NodePlace>(lua_tonumber(L, -1)));
  lua_pop(L, 1);
  const auto* source = core.sources.find(spot.source);
  if (source == nullptr) return {};
  const bool made_here = last == place_of({spot.source, spot.line, 0});
  return core.sources.locate_said(*source, spot.line, word, made_here ? spot.nth - 1 : -1);
}

// fail(message, hint, token, anchor, place, said): ends the reading. Without a place, the running line is to blame; `said`: the token is a
// word that is being said of an object there.
int complain(lua_State* L) {
  Error error{ErrorCode::spec, optional_text(L, 1), optional_text(L, 2), {}, {}, {}};
  const auto token = optional_text(L, 3), anchor = optional_text(L, 4);
  if (lua_toboolean(L, 6) != 0) {
    error.place = said_place(L, token);
    if (error.place->file.empty()) error.place.reset();
    lua::raise(L, std::move(error));
  }
  auto spot = spot_of(static_cast<NodePlace>(lua_tonumber(L, 5)));
  auto& sources = lua::core_of(L).sources;
  const auto* source = sources.find(spot.source);
  if (source == nullptr) {
    here(L);  // complain() itself was called by builtin code, and so was what called it
    spot = spot_of(static_cast<NodePlace>(lua_tonumber(L, -1)));
    spot.nth = -1;
    lua_pop(L, 1);
    source = sources.find(spot.source);
  }
  if (source != nullptr) {
    error.place = sources.locate(*source, spot.line, token, anchor == token ? std::string() : anchor, spot.nth);
    if (error.place->column == 0 && !anchor.empty())
      error.place = sources.locate(*source, spot.line, anchor, {}, spot.nth);
  }
  lua::raise(L, std::move(error));
}

// members(body): whether the body is an array of a table's members and nothing else. Asked for every table.
int are_members(lua_State* L) {
  if (lua_type(L, 1) != LUA_TTABLE) return lua_pushboolean(L, 0), 1;
  Context c(L, lua::core_of(L).sources, {});
  const int size = static_cast<int>(lua_objlen(L, 1));
  int count = 0;
  bool ok = lua_getmetatable(L, 1) == 0;
  lua_settop(L, 1);
  lua_pushnil(L);
  while (ok && lua_next(L, 1) != 0) {
    const auto kind = c.kind(3);
    ok = lua_type(L, 2) == LUA_TNUMBER && kind >= NodeKind::column && kind <= NodeKind::exclude &&
         kind != NodeKind::table;
    lua_settop(L, 2);
    ++count;
  }
  lua_pushboolean(L, ok && count == size ? 1 : 0);
  return 1;
}

// nearest(word, candidates): the candidate that was probably meant, or nil.
int nearest_word(lua_State* L) {
  const std::string word = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  std::vector<std::string> candidates;
  for (std::size_t i = 1; i <= lua_objlen(L, 2); ++i) {
    lua_rawgeti(L, 2, static_cast<int>(i));
    candidates.push_back(optional_text(L, -1));
    lua_pop(L, 1);
  }
  if (const auto found = nearest(word, candidates)) {
    lua_pushlstring(L, found->data(), found->size());
  } else {
    lua_pushnil(L);
  }
  return 1;
}

}  // namespace

void push_natives(lua_State* L) {
  lua_createtable(L, 0, 5);
  lua_pushcfunction(L, lua::bound<here>);
  lua_setfield(L, -2, "here");
  lua_pushcfunction(L, lua::bound<complain>);
  lua_setfield(L, -2, "fail");
  lua_pushcfunction(L, lua::bound<nearest_word>);
  lua_setfield(L, -2, "nearest");
  lua_pushcfunction(L, lua::bound<are_members>);
  lua_setfield(L, -2, "members");
}

}  // namespace forge::spec
