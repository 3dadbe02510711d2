// Triggers, routines and the like that would go on naming what a migration takes away or gives another name.
#pragma once

#include "engine/model/spec.hpp"

namespace forge {

// Looks through the text of every definition that `after` has. Servers take such a text as it is, and fail when it is run: each write
// of the table with the trigger, each call of the routine. `texts_follow`: the engine's catalog carries renames into the texts of
// triggers, policies and rules (not of routines). What cannot be told for sure (a column of that name is also in another table that
// the text names) is let pass.
// Errors (policy), at the definition's place: it names a table or view that goes or is called otherwise, or a column of one.
// A routine of a schema that was read as a whole (from SQL, a database, a snapshot), and that no trigger calls, is only noted.
Result<void> check_definitions(const Spec& spec, bool texts_follow, std::vector<std::string>& notes);

}  // namespace forge
