// Calls a function of a Lua module with values of ours and reads what it gives.
#pragma once

#include <functional>
#include <string>

#include "engine/lua/state.hpp"

namespace forge::lua {

// Requires `module` as builtin code does, calls its `function` with what `arguments` pushes (it returns how many), and
// hands the single result, on top of the stack, to `result`. Everything happens inside `state.protect`.
Result<void> call(LuaState& state, const std::string& module, const std::string& function,
                  const std::function<int(lua_State*)>& arguments,
                  const std::function<Result<void>(lua_State*)>& result);

// A value of the machine that C++ keeps a hold of. Must not outlive the state.
class Kept {
 public:
  Kept() = default;
  // Inside protect: takes the value on top of the stack.
  explicit Kept(lua_State* L) : machine_(L), reference_(luaL_ref(L, LUA_REGISTRYINDEX)) {}
  Kept(Kept&& other) noexcept : machine_(other.machine_), reference_(other.reference_) { other.reference_ = LUA_NOREF; }
  Kept& operator=(Kept&& other) noexcept {
    std::swap(machine_, other.machine_);
    std::swap(reference_, other.reference_);
    return *this;
  }
  ~Kept() {
    if (machine_) luaL_unref(machine_, LUA_REGISTRYINDEX, reference_);
  }
  void push() const { lua_rawgeti(machine_, LUA_REGISTRYINDEX, reference_); }

 private:
  lua_State* machine_ = nullptr;
  int reference_ = LUA_NOREF;
};

}  // namespace forge::lua
