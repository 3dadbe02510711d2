// Where the header of a specification says something: its fields keep no places, so an error looks for them in the text.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace forge {

// The place of the text `value` in what `migration "…" { … }` of the file says of `field`. Where it is not written there as it
// stands (a variable, two texts joined), the field's own; the file alone where the header does not name the field.
Place header_place(const std::string& file, std::string_view field, std::string_view value);

}  // namespace forge
