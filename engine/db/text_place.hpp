// Where a byte of a text stands, for messages.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace forge {

// Line and column of byte `at`, with the line's own text.
Place place_in(std::string_view text, std::size_t at, const std::string& file);

}  // namespace forge
