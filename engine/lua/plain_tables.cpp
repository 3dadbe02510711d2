// What the built-in code asks of tables more often than anything else, without an order: the sandbox's own pairs() sorts.
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

}  // namespace

void install_plain_tables(lua_State* L) {
  lua_pushcfunction(L, bound<copy_of>);
  lua_setfield(L, -2, "copy_of");
  lua_pushcfunction(L, bound<is_bare>);
  lua_setfield(L, -2, "is_bare");
  lua_pushcfunction(L, bound<is_list>);
  lua_setfield(L, -2, "is_list");
}

}  // namespace forge::lua
