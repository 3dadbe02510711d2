// What the policy refuses, as an error.
#pragma once

#include <vector>

#include "engine/lua/planner.hpp"

namespace forge {

// Errors (refused): the policy forbids a change, or its strategy cannot serve it; at the place of the change.
Result<void> check_refusals(const PlannerAnswer& answer, const std::vector<Group>& groups,
                            const std::vector<Change>& changes, const Spec& spec);

}  // namespace forge
