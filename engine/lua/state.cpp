#include "engine/lua/state.hpp"

#include <fmt/format.h>
#include <luajit.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "engine/lua/core.hpp"

namespace forge {
namespace lua {
namespace {

void stop_hook(lua_State* L, lua_Debug*) {
  auto& core = core_of(L);
  if (!core.expired_at) core.expired_at = running_place(L);
  lua_pushliteral(L, "the time limit is reached");
  lua_error(L);
}

// Notes where the code stands and leaves it running.
void note_hook(lua_State* L, lua_Debug* record) {
  lua_sethook(L, nullptr, 0, 0);
  auto& core = core_of(L);
  // The alarm's own hook may be the one that has just been taken away.
  if (core.expired) return stop_hook(L, record);
  std::tie(core.filled_from, core.filled_line) = running_line(L);
}

// An allocation may not look at the stack, so the place is noted before the limit, by the next instruction. Tables and strings
// that grow double: the last step may begin at a third of the memory.
void note_filling(Core& core) {
  constexpr std::size_t kFirst = 4, kStep = 8;
  if (core.machine == nullptr || core.used < std::max(core.note_at, core.limit / kFirst)) return;
  core.note_at = core.used + core.limit / kStep;
  if (!core.expired) lua_sethook(core.machine, note_hook, LUA_MASKCOUNT, 1);
}

void* counted_alloc(void* data, void* block, std::size_t old_size, std::size_t new_size) {
  auto& core = *static_cast<Core*>(data);
  if (new_size > old_size && core.used + (new_size - old_size) > core.limit) return nullptr;
  void* made = core.arena.change(block, old_size, new_size);
  if (made != nullptr || new_size == 0) {
    core.used = core.used + new_size - old_size;
    core.peak = std::max(core.peak, core.used);
    note_filling(core);
  }
  return made;
}

// An error outside every protected call is a defect of ours; the process must not go on with a broken machine.
int panic(lua_State* L) {
  const char* text = lua_tostring(L, -1);
  std::fprintf(stderr, "forgelua: error outside a protected call: %s\n", text != nullptr ? text : "?");
  std::_Exit(1);
}

// Where the user's code runs. A message of ours that states no place is about what the user wrote: our own line, which is
// what would be left, tells nobody anything. `return extend "x"` leaves no trace of its line, and the file is told alone.
std::optional<Place> user_place(lua_State* L) {
  auto& core = core_of(L);
  const auto [source, line] = running_line(L);
  if (source != nullptr && source->layer != Layer::builtin) return core.sources.locate(*source, line);
  if (core.loading == nullptr || core.loading->layer == Layer::builtin) return std::nullopt;
  return Place{core.loading->path, 0, 0, 1, ""};
}

int handle_error(lua_State* L) {
  auto& core = core_of(L);
  core.error = to_error(L, 1);
  if (!core.error->place) core.error->place = user_place(L);
  lua_settop(L, 1);
  return 1;
}

struct Call {
  const std::function<Result<void>(lua_State*)>* body;
  Result<void> result;
};

int run_body(lua_State* L) {
  auto* call = static_cast<Call*>(lua_touserdata(L, 1));
  lua_settop(L, 0);
  call->result = (*call->body)(L);
  return 0;
}

// Specs and plans are built up and kept: what is walked early is walked for nothing. The first collection begins at a share
// of the memory that is allowed, the next ones each time that it has doubled.
void defer_collection(lua_State* L, const Core& core) {
  constexpr std::size_t kShare = 8;
  const auto percent = core.limit / kShare * 100 / std::max(core.used, std::size_t{1});
  lua_gc(L, LUA_GCSETPAUSE, static_cast<int>(std::clamp(percent, std::size_t{200}, std::size_t{1000000})));
  lua_gc(L, LUA_GCRESTART, -1);  // sets the first threshold by the pause
  lua_gc(L, LUA_GCSETPAUSE, 200);
}

void start_machine(lua_State* L, Core& core) {
  core.machine = L;
  lua_atpanic(L, panic);
  // A count hook never fires inside compiled code, so nothing is compiled.
  luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  defer_collection(L, core);
}

int open_machine(lua_State* L) {
  install_sandbox(L);
  auto& core = core_of(L);
  lua_pushcfunction(L, bound<handle_error>);
  core.handler = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushcfunction(L, bound<run_body>);
  core.trampoline = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

std::string seconds(int milliseconds) {
  return milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000) : fmt::format("{} ms", milliseconds);
}

void start_clocks(lua_State* L, Core& core, const Limits& limits) {
  core.milliseconds = limits.milliseconds;
  core.process_milliseconds = limits.process_milliseconds;
  if (limits.milliseconds > 0) {
    core.alarm = std::make_unique<Timer>(limits.milliseconds, [&core, L] {
      core.expired = true;
      lua_sethook(L, stop_hook, LUA_MASKCOUNT, 1);
    });
  }
  if (limits.process_milliseconds > 0) {
    core.process_deadline = std::make_unique<ProcessDeadline>(
        limits.process_milliseconds,
        fmt::format("forgelua: the specification's Lua code did not finish within {} and could not be "
                    "interrupted; nothing was written",
                    seconds(limits.process_milliseconds)));
  }
}

Error time_error(const Core& core) {
  Error error;
  error.code = ErrorCode::limit;
  error.message = fmt::format("the Lua code did not finish within {}", seconds(core.milliseconds));
  error.hint = "look for a loop that never ends; --time-limit states another limit, in milliseconds";
  error.place = core.expired_at;
  return error;
}

Error memory_error(const Core& core) {
  Error error;
  error.code = ErrorCode::limit;
  error.message = fmt::format("the Lua code needs more than {} MB of memory", core.limit / (std::size_t{1024} * 1024));
  error.hint = "look for a table or a string that grows without end; --memory-limit states another limit, in MB";
  if (core.filled_from != nullptr) error.place = core.sources.locate(*core.filled_from, core.filled_line);
  return error;
}

// A stack that is full has no room for the message handler either, so nothing is known of the place but whose code it is.
Error stack_error(const Core& core) {
  std::string whose = "the Lua code";
  for (int id = 1; const auto* source = core.sources.find(id); ++id) {
    if (source->layer != Layer::builtin) whose += fmt::format(" of '{}'", source->path);
    if (source->layer != Layer::builtin) break;
  }
  Error error;
  error.code = ErrorCode::limit;
  error.message = whose + " calls itself until its stack is full";
  error.hint = "look for a function that calls itself and never ends";
  return error;
}

}  // namespace

Core& core_of(lua_State* L) {
  void* data = nullptr;
  lua_getallocf(L, &data);
  return *static_cast<Core*>(data);
}

}  // namespace lua

LuaState::LuaState() : core_(std::make_unique<lua::Core>()) {}

// The machine is not closed: it holds no userdata, hence no finalizer, and its blocks go at once with the arena and not one
// by one.
LuaState::~LuaState() { stop_clocks(); }

void LuaState::stop_clocks() {
  core_->alarm.reset();
  core_->process_deadline.reset();
}

void LuaState::restart_clocks() { lua::start_clocks(machine_, *core_, limits()); }

Limits LuaState::limits() const { return {core_->limit, core_->milliseconds, core_->process_milliseconds}; }

Result<std::unique_ptr<LuaState>> LuaState::create(const Limits& limits) {
  std::unique_ptr<LuaState> state(new LuaState());
  auto& core = *state->core_;
  core.limit = limits.memory_bytes;
  state->machine_ = lua_newstate(lua::counted_alloc, &core);
  if (state->machine_ == nullptr) return fail(ErrorCode::limit, "there is no memory for a Lua machine");
  lua::start_machine(state->machine_, core);
  if (lua_cpcall(state->machine_, lua::bound<lua::open_machine>, nullptr) != 0) {
    const char* text = lua_tostring(state->machine_, -1);
    return fail(ErrorCode::limit,
                fmt::format("the Lua machine cannot start: {}", text != nullptr ? text : "no memory"));
  }
  lua::start_clocks(state->machine_, core, limits);
  return state;
}

Sources& LuaState::sources() { return core_->sources; }
const Sources& LuaState::sources() const { return core_->sources; }
std::size_t LuaState::memory_used() const { return core_->used; }
std::size_t LuaState::memory_peak() const { return core_->peak; }

Result<void> LuaState::protect(const std::function<Result<void>(lua_State*)>& body) {
  auto& core = *core_;
  if (core.expired) return fail(lua::time_error(core));
  lua::Call call{&body, {}};
  const int top = lua_gettop(machine_);
  lua_rawgeti(machine_, LUA_REGISTRYINDEX, core.handler);
  lua_rawgeti(machine_, LUA_REGISTRYINDEX, core.trampoline);
  lua_pushlightuserdata(machine_, &call);
  core.error.reset();
  const int status = lua_pcall(machine_, 1, 0, top + 1);
  lua_settop(machine_, top);
  // Code that caught the stop and ended well has still been stopped.
  if (core.expired) return fail(lua::time_error(core));
  if (status == 0) return std::move(call.result);
  if (status == LUA_ERRMEM) return fail(lua::memory_error(core));
  if (core.error) return fail(*std::exchange(core.error, std::nullopt));
  return fail(lua::stack_error(core));
}

Result<void> LuaState::load(std::string text, const std::string& path, Layer layer, std::string_view compiled) {
  lua_State* L = machine_;
  if (text.starts_with('\x1b')) {
    return fail(ErrorCode::spec, fmt::format("'{}' is bytecode, and only Lua text is run", path));
  }
  const auto& source = core_->sources.add(path, std::move(text), layer);
  const std::string chunk = "@" + path;
  int status = LUA_ERRSYNTAX;
  if (!compiled.empty()) {
    status = luaL_loadbufferx(L, compiled.data(), compiled.size(), chunk.c_str(), "b");
    if (status != 0) lua_pop(L, 1);
  }
  if (status != 0) status = luaL_loadbufferx(L, source.text.data(), source.text.size(), chunk.c_str(), "t");
  if (status != 0 && status != LUA_ERRMEM) {
    // Lua cuts long names in its message; a second try under the name "?" gives one that can be taken apart.
    lua_pop(L, 1);
    status = luaL_loadbufferx(L, source.text.data(), source.text.size(), "=?", "t");
  }
  if (status == LUA_ERRMEM) return fail(lua::memory_error(*core_));
  if (status != 0) {
    auto error = lua::to_error(L, -1);
    lua_pop(L, 1);
    lua::explain_syntax(error, core_->sources, source);
    return fail(std::move(error));
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, layer == Layer::builtin ? core_->builtin_env : core_->user_env);
  lua_setfenv(L, -2);
  return {};
}

void LuaState::push_globals(lua::Trust trust) {
  lua_rawgeti(machine_, LUA_REGISTRYINDEX, trust == lua::Trust::user ? core_->user_globals : core_->builtin_globals);
}

}  // namespace forge
