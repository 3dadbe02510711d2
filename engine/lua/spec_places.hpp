// Places in the text of a specification that nothing keeps: an error that needs one looks for it there.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace forge {

// The place of the text `value` in what `migration "…" { … }` of the file says of `field`. Where it is not written there as it
// stands (a variable, two texts joined), the field's own; the file alone where the header does not name the field.
Place header_place(const std::string& file, std::string_view field, std::string_view value);

// The place of a name (a string of exactly that text) at or behind `from`; `from` itself where it does not stand there so.
Place name_place(const Place& from, std::string_view name);

}  // namespace forge
