// Text that people write is UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.hpp"

namespace forge {

// Where the first byte stands that is a zero or no part of UTF-8 text; nothing where all is well.
std::optional<std::size_t> utf8_fault(std::string_view text);

// The error (spec) about such a byte, with its place in `file`.
Error utf8_error(std::string_view text, std::size_t at, const std::string& file);

}  // namespace forge
