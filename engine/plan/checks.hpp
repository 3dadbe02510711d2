// What every plan must pass before it is written, whatever policy made it. No server is needed.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Runs the ordered steps on the model alone:
//   - every operation finds what it says it finds, and the last one leaves `after`: every change is covered, dual-write that
//     a step begins has ended, shadow objects are gone;
//   - every step undone brings back exactly what stood before it, so every prefix undone gives `before`;
//   - tables and columns that stood in `before` go only in contract (or in a big bang), under whatever name they go;
//   - step ids are unique; phases never go back; no step both changes the schema and moves rows.
// `missing_targets`: foreign keys may refer to tables that are not there, where neither schema has them (SQLite).
// Errors (policy): the step, its strategy, and what does not hold. Linear in schema and steps.
Result<void> check_plan(const Schema& before, const Schema& after, const std::vector<Step>& steps,
                        bool missing_targets = false);

}  // namespace forge
