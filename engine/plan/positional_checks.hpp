// Views and triggers that take a table's columns as they come, where those are not the same all through a plan.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/spec.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Runs the ordered steps on the model and looks for what stands while a table gets, loses or moves a column and takes that table by
// position: a view by a star in an arm of UNION, a trigger or routine by an INSERT of NEW.* or SELECT *, or by one that names no
// columns. A column that is renamed where it is, one that no star gives (INVISIBLE) and a copy of the same columns are the same.
// `fewer_values`: an INSERT may give fewer values than there are columns (PostgreSQL). Where a step does not fit the schema nothing
// is said: check_plan does that.
// Errors (policy), where the specification speaks of the change, or of the view or trigger.
Result<void> check_positional(const Spec& spec, const std::vector<Step>& steps, bool fewer_values);

}  // namespace forge
