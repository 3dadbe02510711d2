// Strategies name a table as it was called before the plan; once a step has renamed it, later steps must use its new name.
#pragma once

#include <vector>

#include "engine/plan/step.hpp"

namespace forge {

// Rewrites the tables that ordered steps name to what they are called when each step runs. A name that is borne by a
// table at that moment is left alone.
void retarget(std::vector<Step>& steps, const Schema& before);

}  // namespace forge
