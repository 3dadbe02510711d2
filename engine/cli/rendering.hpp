// The checks of a plan's steps and what the dialect says of them; both cores of a machine have their share of a large plan.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/lua/machine.hpp"

namespace forge {

struct Rendered {
  FinalQuestions questions;
  // Of a second machine: what it has run, and itself, as ending it takes its time.
  std::vector<UsedModule> modules;
  DialectMachine second;
};

// From this many steps on, a second machine is worth its start.
inline constexpr std::size_t kStepsForTwo = 500;

// Checks the steps against the schemas (check_plan), fills in what DialectHost::render gives, and asks the final questions.
// Where there are `for_two` steps or more, a part is done in a second machine, which has run the same modules. What comes out
// is the same: an emitter answers from what it is given, and every part is cut by numbers of steps alone.
// Errors: of the checks first, then of the earliest step.
Result<Rendered> check_and_render(DialectMachine& machine, std::vector<Step>& steps, const FinalState& final,
                                  std::size_t for_two = kStepsForTwo);

// Both lists in order of name, each module once.
std::vector<UsedModule> together(std::vector<UsedModule> one, const std::vector<UsedModule>& other);

}  // namespace forge
