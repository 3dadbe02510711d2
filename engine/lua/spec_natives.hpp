// What the engine does for stdlib/forge/spec.lua: places, errors, suggestions.
#pragma once

#include <lua.hpp>
#include <string>

namespace forge::spec {

// The text at an index of the stack; "" where it is none.
std::string optional_text(lua_State* L, int index);

// Pushes a table with these functions: here, fail, nearest, members.
void push_natives(lua_State* L);

}  // namespace forge::spec
