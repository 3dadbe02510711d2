// Where the user wrote what is wrong, for errors that come up once the specification has been read.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/diff/change.hpp"
#include "engine/lua/planner.hpp"
#include "engine/model/lower.hpp"
#include "engine/order/group.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// A policy that the configuration names wrongly is mended there, not where the planner loads it.
Error at_the_policy(Error error, const Prepared& prepared);

// What a specification asks for in vain, as an error at the object of the change or at the field of the header that asks for it.
Error at_its_change(const UnservedWish& wish, const std::vector<Group>& groups, const std::vector<Change>& changes,
                    const Prepared& prepared);

// What an error about a step needs of it, where the step itself may be gone by then.
struct StepOfGroup {
  std::string id, title, group, strategy;
};
std::vector<StepOfGroup> steps_of_groups(const std::vector<Step>& steps);

// Steps that cannot stand in a plan, as an error at the change that the first of them serves, in the words of the specification. Where
// the error names none, its text tells the object.
Error at_its_step(Error error, const std::vector<StepOfGroup>& steps, const std::vector<Group>& groups,
                  const std::vector<Change>& changes, const Prepared& prepared);

// What the engine cannot hold, at the object that is being lowered when it comes up.
Error at_its_object(Error error, const LoweredObject& about, const Spec& spec);

// Is every database that the specification `file` says it is for one that is served? The error is placed in its header.
Result<void> check_targets(const std::string& file, const std::vector<std::string>& targets);

}  // namespace forge
