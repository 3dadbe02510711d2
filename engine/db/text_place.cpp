#include "engine/db/text_place.hpp"

#include <algorithm>

namespace forge {

Place place_in(std::string_view text, std::size_t at, const std::string& file) {
  at = std::min(at, text.size());
  Place place{.file = file};
  const auto before = text.substr(0, at);
  place.line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  place.column = static_cast<int>(at - start) + 1;
  auto line = text.substr(start, text.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  place.source_line = std::string(line);
  return place;
}

}  // namespace forge
