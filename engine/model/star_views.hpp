// Views that select whole rows by a star. A server writes out the columns that the star stands for when the view is made, in the
// order that they have in the table by then, which a migration does not keep.
#pragma once

#include "engine/model/schema.hpp"

namespace forge {

// Lets views of `settled` that differ from those of `other` in the order of their columns alone be as they are there, if they say
// a star in `written`: `settled` as it was before a server wrote it. Both others are as servers write them.
void adopt_star_order(Schema& settled, const Schema& written, const Schema& other);

}  // namespace forge
