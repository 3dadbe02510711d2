// What belongs to a machine besides the machine itself, and the helpers that bound C++ functions are written with.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/lua/arena.hpp"
#include "engine/lua/state.hpp"
#include "engine/lua/watchdog.hpp"

namespace forge::lua {

struct Core {
  // Allocation, counted.
  Arena arena;
  std::size_t used = 0, peak = 0, limit = 0;
  lua_State* machine = nullptr;
  std::size_t note_at = 0;  // the use of memory from which on to note again where the code is; 0: at no use yet
  const Source* filled_from = nullptr;  // where the code was when that was last noted
  int filled_line = 0;
  // Time.
  int milliseconds = 0, process_milliseconds = 0;
  std::atomic<bool> expired{false};
  std::optional<Place> expired_at;  // where the code was when it was stopped
  std::unique_ptr<Timer> alarm;
  std::unique_ptr<ProcessDeadline> process_deadline;
  // Errors.
  std::optional<Error> error;  // of the call that just failed, made by the message handler
  Sources sources;
  // The last chunk name looked up, by its address in the machine, and what it is the name of.
  const char* last_name = nullptr;
  const Source* last_source = nullptr;
  // The line on which the last node of a specification was made, and how many have been made on each line (spec_nodes.hpp).
  std::int64_t last_node_line = 0;
  std::unordered_map<std::int64_t, int> nodes_on_line;
  // Registry references.
  int handler = LUA_NOREF, trampoline = LUA_NOREF, error_meta = LUA_NOREF;
  int user_globals = LUA_NOREF, user_env = LUA_NOREF;
  int builtin_globals = LUA_NOREF, builtin_env = LUA_NOREF;
  // Values (values.hpp): per struct type, the machine's own pointers to its field names.
  std::vector<std::vector<const char*>> field_names;
  // Modules.
  void* modules = nullptr;
  const Source* loading = nullptr;  // the module whose text runs for the first time
};

Core& core_of(lua_State* L);

// Raises a Lua error that carries `error`, placed where the user's code stands where it has no place yet.
[[noreturn]] void raise(lua_State* L, Error error);

// The Error that the value at `index` carries: one raised by `raise`, or a message of Lua's own.
Error to_error(lua_State* L, int index);

// The place of the innermost running user code; of builtin code where there is none.
std::optional<Place> running_place(lua_State* L);

// The same, where nothing is to be shown yet: the source, or null, and the line. Cheap.
std::pair<const Source*, int> running_line(lua_State* L);

// The source that an activation record's function came from, or null.
const Source* source_of(Core& core, const lua_Debug& record);

// Gives an error of Lua's compiler its place in the source, and a hint where the usual slips lead to it.
void explain_syntax(Error& error, const Sources& sources, const Source& source);

// Makes a function safe to bind: a C++ exception that leaves it becomes a Lua error. (`catch (...)` would swallow Lua's own.)
template <lua_CFunction Function>
int bound(lua_State* L) {
  try {
    return Function(L);
  } catch (const std::exception& e) {
    lua_pushstring(L, e.what());
  }
  return lua_error(L);
}

void install_sandbox(lua_State* L);         // sandbox.cpp
void install_plain_tables(lua_State* L);    // plain_tables.cpp: into the table on top of the stack, for built-in code
void install_query_renames(lua_State* L);   // query_renames.cpp: the same
void install_string_library(lua_State* L);  // string_library.cpp: into the table on top of the stack

}  // namespace forge::lua
