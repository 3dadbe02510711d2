// Strategies name tables and columns as they were called before the plan, or as they will be called after it; a step must
// name what stands when it runs.
#pragma once

#include <vector>

#include "engine/base/error.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Runs the operations in the order given and rewrites what they say of the schema where an earlier rename has changed it,
// or a later one has not yet: names of tables in operations, foreign keys and work, columns in a member's `before`, the
// text of a view that goes. A name that something bears at that moment is left alone. At the first operation that does
// not fit it stops: check_plan says what is wrong. Linear in the steps. Beforehand each step takes along what hangs on the
// objects that it makes anew (remake.hpp, which says what `after` and `bound` are for and what is refused).
Result<void> retarget(std::vector<Step>& steps, const Schema& before, const Schema& after, bool bound);

}  // namespace forge
