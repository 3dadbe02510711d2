// What types have in common, as far as an engine refuses references across them.
#pragma once

#include "engine/model/table.hpp"

namespace forge {

// Can the engine compare the two, so that one may refer to the other? Where either type is not known well enough, yes.
// `strict`: as MySQL and MariaDB do, which ask for one type at both ends, and for one collation.
bool may_refer(const Column& own, const Column& other, bool strict);

}  // namespace forge
