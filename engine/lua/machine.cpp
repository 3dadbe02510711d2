#include "engine/lua/machine.hpp"

namespace forge {

Result<DialectMachine> start_machine(const Limits& limits, const ModuleRoots& roots, const std::string& engine,
                                     const std::string& version) {
  DialectMachine made;
  FORGE_ASSIGN(made.state, LuaState::create(limits));
  made.modules = std::make_unique<Modules>(*made.state, roots);
  FORGE_TRY(made.state->protect([&](lua_State* L) -> Result<void> {
    made.modules->install(L);
    return {};
  }));
  FORGE_ASSIGN(made.dialect, DialectHost::open(*made.state, engine, version));
  return made;
}

MachineRecipe recipe_of(const DialectMachine& machine) {
  const auto& [state, modules, dialect] = machine;
  MachineRecipe recipe{state->limits(), modules->finder().roots(), dialect->engine(), dialect->facts().version, {}};
  for (const auto& used : modules->in_order()) recipe.modules.push_back(layered_name(used));
  return recipe;
}

Result<DialectMachine> start_machine(const MachineRecipe& recipe) {
  FORGE_ASSIGN(auto made, start_machine(recipe.limits, recipe.roots, recipe.engine, recipe.version));
  auto ran = made.state->protect([&](lua_State* L) -> Result<void> {
    for (const auto& module : recipe.modules) {
      FORGE_TRY(made.modules->require(L, module));
      lua_pop(L, 1);
    }
    return {};
  });
  FORGE_TRY(ran);
  return made;
}

}  // namespace forge
