// Names that strategies derive from an object's own: "users__new", "users__old_2", "users__sync".
#pragma once

#include <string>

namespace forge {

// The object's own name: "users" for each of those; any other name as it is.
std::string own_name(std::string name);

}  // namespace forge
