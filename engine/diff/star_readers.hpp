// Views that would go on naming what another view's star gives no more.
#pragma once

#include "engine/model/spec.hpp"

namespace forge {

// Looks for views of `after` that name a column of a view which selects `*`, where a column behind the star is renamed or goes: that
// view follows by itself, and what reads it does not. What cannot be told for sure (another source may have such a column) is let pass.
// Errors (policy), at the place of the view that names it.
Result<void> check_star_readers(const Spec& spec);

}  // namespace forge
