// A plan as it is shown before it is run.
#pragma once

#include <optional>
#include <string>

#include "engine/exec/journal.hpp"
#include "engine/exec/units.hpp"

namespace forge {

// One line for each step in the direction of running: number, phase, title, lock, what it blocks; those that are done are marked.
// Steps beyond `to` are left out.
std::string plan_lines(const PlanFile& plan, const std::map<int, StepRow>& rows, Way way, std::optional<Phase> to);

// The SQL of those steps that are not done, with their impact, as comments and statements.
std::string plan_sql(const PlanFile& plan, const std::map<int, StepRow>& rows, Way way, std::optional<Phase> to);

}  // namespace forge
