// Drops beside adds that look like renames.
#pragma once

#include <string>
#include <vector>

#include "engine/diff/change.hpp"

namespace forge {

// One line for each likely rename among the changes, with the words to add to the spec. Each drop and each add is named
// once at most; of several candidates the one with the nearest name.
std::vector<std::string> rename_hints(const std::vector<Change>& changes);

}  // namespace forge
