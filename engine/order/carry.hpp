// Triggers, policies and the like belong to a table and name its columns. What happens to those tables must carry them along.
#pragma once

#include <vector>

#include "engine/model/spec.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Takes definitions away before, and makes them again after, the operations that would leave them behind: on a table that
// changes places with its copy, on a column that does, on a column that goes or whose rename their text does not follow.
// Where what they name is gone for good they come back as `after` has them; those that still differ at the end are changed
// in a last step. `steps` are in their final order; where one does not fit the schema the rest is left as it is, and
// check_plan says what is wrong. `texts_follow`: the engine's own catalog carries a rename into the text of a trigger; where it
// does not (MySQL), what names the renamed thing is made again in the same step.
// `intents` say which columns of a copy bear other names than those of the table whose place it takes.
// Errors (policy): a trigger goes on naming a column that is dropped.
Result<void> carry_definitions(std::vector<Step>& steps, const Schema& before, const Schema& after,
                               const Intents& intents, bool texts_follow);

}  // namespace forge
