// A LuaJIT machine for code that is not to be trusted: bounded memory and time, a sandbox of allowed functions, and errors
// that become forge::Error with their place in the user's text.
#pragma once

#include <functional>
#include <lua.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/error.hpp"
#include "engine/lua/sources.hpp"

namespace forge {

struct Limits {
  std::size_t memory_bytes = std::size_t{1} << 30;
  // Lua code is stopped this long after the state was made, which leaves time to give its memory back; 0: never. A pattern or a sort is stopped as well; what is left
  // (a huge concatenation) ends at `process_milliseconds`.
  int milliseconds = 4000;
  // The whole process ends with exit code 1 when the state has lived this long; 0: never. Only for work that has written
  // nothing yet.
  int process_milliseconds = 5000;
};

namespace lua {
struct Core;  // what belongs to one state besides the machine: core.hpp

// The number of a code environment in LuaState::load.
enum class Trust { user, builtin };
}  // namespace lua

// Owns one machine. Not copyable, not movable: the machine points back at it. One thread at a time.
class LuaState {
 public:
  // Errors (limit): the machine cannot be made in the memory that is allowed.
  static Result<std::unique_ptr<LuaState>> create(const Limits& limits = {});
  ~LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  lua_State* raw() const { return machine_; }
  Sources& sources();
  const Sources& sources() const;

  // Runs `body` with the machine. A Lua error raised inside (by a called function, or for want of memory) unwinds the C++
  // frames in between and becomes the error; an error that `body` gives is passed on; whatever `body` leaves on the
  // stack is dropped. May be nested. Everything that touches the machine belongs inside.
  Result<void> protect(const std::function<Result<void>(lua_State*)>& body);

  // Inside protect: compiles a text (never bytecode) and pushes it as a function that runs in the user's or the builtin
  // environment. `path` is the name that errors show; the text is kept for them. `compiled` is what the build made of the
  // same text under the same name, or empty; it saves the compiling, where this LuaJIT takes it.
  Result<void> load(std::string text, const std::string& path, Layer layer, std::string_view compiled = {});

  // Inside protect: pushes the table behind the globals of one kind of code; what is put there is a global.
  void push_globals(lua::Trust trust);

  // Runs `body`, which waits for something else than Lua code (a database), without the bounds on time; they begin anew
  // when it is done.
  template <class Body>
  auto outside(Body&& body) {
    stop_clocks();
    auto done = body();
    restart_clocks();
    return done;
  }

  // What it was made with.
  Limits limits() const;

  // The memory that the machine holds now, in bytes, and the most it has held.
  std::size_t memory_used() const;
  std::size_t memory_peak() const;

 private:
  LuaState();
  void stop_clocks();
  void restart_clocks();
  std::unique_ptr<lua::Core> core_;
  lua_State* machine_ = nullptr;
};

}  // namespace forge
