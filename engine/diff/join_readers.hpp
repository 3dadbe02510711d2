// Views that join tables by the names of columns which change.
#pragma once

#include "engine/model/spec.hpp"

namespace forge {

// Looks for views that stand before and after, and join by USING or NATURAL: such a join says one name for a column of each side, so
// that no text says the same while one of them has its new name, or stands twice. A view whose text is another one afterwards is looked
// at by that as well. Errors (refused), at the place of the view, or of the table.
Result<void> check_join_readers(const Spec& spec);

}  // namespace forge
