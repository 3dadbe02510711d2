// What hangs on an object that is taken away and made again within one step has to go before it and come back after it.
#pragma once

#include "engine/base/error.hpp"
#include "engine/diff/change.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// Extends `step`, whose operations run on the schema `now`, by what must go first and come again at its end:
//   - triggers, grants, comments and indexes of a view that goes and comes;
//   - the triggers of a dual-write that reads a column which gets another name in place, or, on PostgreSQL, is between tables of which
//     one gets another name;
// and, where the engine holds dependents to the very object (`bound`: PostgreSQL),
//   - views, routines, triggers, policies, rules, defaults, checks and indexes that use a routine that cannot be replaced
//     in place, or routines, triggers and the like that name an enum whose values are built anew;
//   - views, checks, defaults, indexes and the like that call a routine which goes where the plan makes another one of its name,
//     for other arguments, and that stay as they were in `before`;
//   - triggers, policies, rules and routines with a parsed body that name a column whose type changes.
// What comes again comes as it was, or, a routine whose parsed body follows the new type, as `after` has it. What the step's
// own operations name is left to them.
// Errors (refused): something that hangs on such an object and cannot be taken away for a moment, such as a column's type.
Result<void> remake_dependents(Step& step, const Schema& before, const Schema& now, const Schema& after, bool bound);

}  // namespace forge
