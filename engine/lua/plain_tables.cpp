// What the built-in code asks of tables more often than anything else, without an order: the sandbox's own pairs() sorts.
#include <string_view>

#include "engine/lua/core.hpp"

namespace forge::lua {
namespace {

int entries(lua_State* L, int index) {
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    ++count;
  }
  return count;
}

// copy_of(table): another table with the same entries.
int copy_of(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const int listed = static_cast<int>(lua_objlen(L, 1));
  lua_createtable(L, listed, entries(L, 1) - listed);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, 2);
  }
  return 1;
}

// is_bare(table): has it no entry?
int is_bare(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushnil(L);
  lua_pushboolean(L, lua_next(L, 1) == 0 ? 1 : 0);
  return 1;
}

// is_list(table): are 1, 2, 3 … all of its keys?
int is_list(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const auto listed = static_cast<int>(lua_objlen(L, 1));
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TNUMBER || ++count > listed) {
      lua_pushboolean(L, 0);
      return 1;
    }
  }
  lua_pushboolean(L, count == listed ? 1 : 0);
  return 1;
}

// has_types(table, types): is each of its keys one of `types`, and its value of the type that stands there?
int has_types(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pushvalue(L, 3);
    lua_rawget(L, 2);
    const char* wanted = lua_type(L, 5) == LUA_TSTRING ? lua_tostring(L, 5) : nullptr;
    if (wanted == nullptr || std::string_view(wanted) != luaL_typename(L, 4)) {
      lua_pushboolean(L, 0);
      return 1;
    }
    lua_settop(L, 3);
  }
  lua_pushboolean(L, 1);
  return 1;
}

// Is the value what a field holds that was never set?
bool is_empty(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return true;
    case LUA_TBOOLEAN:
      return lua_toboolean(L, index) == 0;
    case LUA_TSTRING:
      return lua_objlen(L, index) == 0;
    case LUA_TNUMBER:
      return lua_tonumber(L, index) == 0;
    case LUA_TTABLE: {
      lua_pushnil(L);
      if (lua_next(L, index) == 0) return true;
      lua_pop(L, 2);
      return false;
    }
    default:
      return false;
  }
}

bool same(lua_State* L, int a, int b);

// Is each field of `a` the same in `b`, or (`others` alone) is each that `b` lacks empty?
bool same_fields(lua_State* L, int a, int b, bool others_alone) {
  const int top = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, a) != 0) {
    lua_pushvalue(L, top + 1);
    lua_gettable(L, b);
    const bool fine = others_alone ? !lua_isnil(L, top + 3) || is_empty(L, top + 2) : same(L, top + 2, top + 3);
    if (!fine) {
      lua_settop(L, top);
      return false;
    }
    lua_settop(L, top + 1);
  }
  return true;
}

// Does a list begin with something? What stands in one is not missing, though it be a 0: (0) is a precision, none is another.
bool begins(lua_State* L, int table) {
  lua_rawgeti(L, table, 1);
  const bool found = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return found;
}

bool same(lua_State* L, int a, int b) {
  luaL_checkstack(L, 8, "values are nested too deep");
  if (lua_rawequal(L, a, b) != 0) return true;
  if (!lua_istable(L, a) || !lua_istable(L, b)) return is_empty(L, a) && is_empty(L, b);
  return begins(L, a) == begins(L, b) && same_fields(L, a, b, false) && same_fields(L, b, a, true);
}

// is_same(a, b): true where every field of the one is that of the other, a missing one being an empty one. Texts are
// compared as they are written.
int is_same(lua_State* L) {
  lua_settop(L, 2);
  lua_pushboolean(L, same(L, 1, 2) ? 1 : 0);
  return 1;
}

}  // namespace

void install_plain_tables(lua_State* L) {
  lua_pushcfunction(L, bound<copy_of>);
  lua_setfield(L, -2, "copy_of");
  lua_pushcfunction(L, bound<is_bare>);
  lua_setfield(L, -2, "is_bare");
  lua_pushcfunction(L, bound<is_list>);
  lua_setfield(L, -2, "is_list");
  lua_pushcfunction(L, bound<is_same>);
  lua_setfield(L, -2, "is_same");
  lua_pushcfunction(L, bound<has_types>);
  lua_setfield(L, -2, "has_types");
}

}  // namespace forge::lua
