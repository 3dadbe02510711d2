// A Lua machine in which a dialect is at work.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/lua/dialect.hpp"
#include "engine/lua/modules.hpp"

namespace forge {

struct DialectMachine {
  std::unique_ptr<LuaState> state;
  std::unique_ptr<Modules> modules;
  std::unique_ptr<DialectHost> dialect;

  DialectMachine() = default;
  DialectMachine(DialectMachine&&) = default;
  // What was there ends with `other`, in the order in which one part needs the next.
  DialectMachine& operator=(DialectMachine&& other) noexcept {
    state.swap(other.state);
    modules.swap(other.modules);
    dialect.swap(other.dialect);
    return *this;
  }
};

// Starts a machine with `require` and loads the dialect into it; `version` "" is the dialect's default.
// Errors: as LuaState::create and DialectHost::open give them.
Result<DialectMachine> start_machine(const Limits& limits, const ModuleRoots& roots, const std::string& engine,
                                     const std::string& version);

// What it takes to start a machine like one that stands: the same dialect, and the same modules run in the same order, so
// that what one of them changed in another as it was loaded is changed there, too.
struct MachineRecipe {
  Limits limits;
  ModuleRoots roots;
  std::string engine, version;
  std::vector<std::string> modules;
};

MachineRecipe recipe_of(const DialectMachine& machine);

// Errors: those of the modules as well.
Result<DialectMachine> start_machine(const MachineRecipe& recipe);

}  // namespace forge
