// "did you mean …?" for every place where a user names something.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace forge {

// The number of insertions, deletions, replacements and swaps of neighbours between two words.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to `word`, where one is near enough to be a likely slip (at most a third of its
// length, at least one letter); the first of equals. Letter case costs nothing.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace forge
