#include "engine/lua/call.hpp"

#include <fmt/format.h>

namespace forge::lua {

Result<void> call(LuaState& state, const std::string& module, const std::string& function,
                  const std::function<int(lua_State*)>& arguments,
                  const std::function<Result<void>(lua_State*)>& result) {
  return state.protect([&](lua_State* L) -> Result<void> {
    state.push_globals(Trust::builtin);
    lua_getfield(L, -1, "require");
    lua_pushlstring(L, module.data(), module.size());
    lua_call(L, 1, 1);
    if (!lua_istable(L, -1)) {
      return fail(ErrorCode::policy, fmt::format("module '{}' gives a {}, not a table", module, luaL_typename(L, -1)));
    }
    lua_getfield(L, -1, function.c_str());
    if (!lua_isfunction(L, -1)) {
      return fail(ErrorCode::policy, fmt::format("module '{}' has no function '{}'", module, function));
    }
    const int count = arguments(L);
    lua_call(L, count, 1);
    return result(L);
  });
}

}  // namespace forge::lua
