#include "engine/cli/rendering.hpp"

#include <algorithm>
#include <future>
#include <span>
#include <tuple>

#include "engine/cli/pipeline.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/plan/checks.hpp"

namespace forge {
namespace {

// The checks and the final questions go to the second machine as well: of the steps it gets what makes both end together.
std::size_t share_of_first(std::size_t steps) { return steps * 3 / 4; }

Result<Rendered> alone(DialectMachine& machine, std::vector<Step>& steps, const FinalState& final) {
  FORGE_TRY(check_plan(final.before, final.after, steps, machine.dialect->engine() == "sqlite"));
  FORGE_TRY(machine.dialect->render(steps, final.before));
  Rendered out;
  FORGE_ASSIGN(out.questions, machine.dialect->final_questions(final));
  return out;
}

// What the second machine does.
struct Beside {
  Result<void> checked, rendered;
  Result<FinalQuestions> questions;
  DialectMachine machine;
};

Beside beside(const MachineRecipe& recipe, std::span<Scene> scenes, const std::vector<Step>& steps,
              const FinalState& final) {
  Beside out;
  const IdentifierQuote quote(identifier_quote(recipe.engine));  // renames are this thread's own
  const CaselessNames names(recipe.engine == "sqlite");
  // Rendering, at work beside this, fills in other fields than those that are checked.
  out.checked = check_plan(final.before, final.after, steps, recipe.engine == "sqlite");
  if (!out.checked) return out;
  auto started = start_machine(recipe);
  if (!started) return out.rendered = std::unexpected(std::move(started).error()), std::move(out);
  out.machine = std::move(*started);
  out.rendered = out.machine.dialect->render(scenes);
  if (out.rendered) out.questions = out.machine.dialect->final_questions(final);
  return out;
}

Result<Rendered> by_two(DialectMachine& machine, std::span<Scene> scenes, const std::vector<Step>& steps,
                        const FinalState& final) {
  const auto first = share_of_first(scenes.size());
  auto recipe = recipe_of(machine);
  recipe.limits.memory_bytes /= 2;  // it has less than half of the work
  auto other = std::async(std::launch::async, [&] { return beside(recipe, scenes.subspan(first), steps, final); });
  const auto rendered = machine.dialect->render(scenes.first(first));
  auto done = other.get();
  FORGE_TRY(done.checked);
  FORGE_TRY(rendered);
  FORGE_TRY(done.rendered);
  Rendered out;
  FORGE_ASSIGN(out.questions, std::move(done.questions));
  out.modules = done.machine.modules->used();
  out.second = std::move(done.machine);
  return out;
}

}  // namespace

Result<Rendered> check_and_render(DialectMachine& machine, std::vector<Step>& steps, const FinalState& final,
                                  std::size_t for_two) {
  if (steps.size() < for_two) return alone(machine, steps, final);
  auto scenes = scenes_of(steps, final.before);
  // What does not fit the schema is for the checks to explain.
  if (!scenes) return alone(machine, steps, final);
  return by_two(machine, *scenes, steps, final);
}

std::vector<UsedModule> together(std::vector<UsedModule> one, const std::vector<UsedModule>& other) {
  const auto key = [](const UsedModule& module) { return std::tie(module.name, module.layer); };
  for (const auto& module : other) {
    if (std::ranges::find(one, key(module), key) == one.end()) one.push_back(module);
  }
  std::ranges::sort(one, [&](const UsedModule& a, const UsedModule& b) { return key(a) < key(b); });
  return one;
}

}  // namespace forge
