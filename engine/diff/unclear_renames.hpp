// Texts that follow a rename by themselves, where they do not tell what is meant.
#pragma once

#include "engine/model/spec.hpp"

namespace forge {

// Views, policies, routines, triggers … that stand before and after have their texts follow the renames of tables and columns. Looks
// for those in which the old name may mean something else as well: a column of another table that the text names, a name that the text
// gives itself. A text that is another one afterwards than the renames make of it is the user's own, and is let pass.
// Errors (refused), at the place of the object, or of the table.
Result<void> check_unclear_renames(const Spec& spec);

}  // namespace forge
