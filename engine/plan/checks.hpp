// What every plan must pass before it is written, whatever policy made it. No server is needed.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Ordered steps converge and come back:
//   - every operation finds what it says it finds, and the last one leaves `after`;
//   - undoing the steps from the last to the first finds the same, and leaves `before`: so does undoing every prefix;
//   - dual-write that a step begins, a later step ends; shadow objects are gone;
//   - step ids are unique; phases never go back; a table or column that holds the user's rows goes in contract only.
// Errors (policy): the step, its strategy, and what does not hold.
Result<void> check_plan(const Schema& before, const Schema& after, const std::vector<Step>& steps);

}  // namespace forge
