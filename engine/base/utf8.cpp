#include "engine/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace forge {
namespace {

// The number of bytes of the character that begins with `text`, or 0 where none does.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  // No spelling that is longer than it must be, no half of a UTF-16 pair, nothing beyond U+10FFFF.
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// Are the next eight bytes all ASCII and none of them zero? Nearly all text is.
bool eight_plain(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighBits = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return ((word | (word - kOnes)) & kHighBits) == 0;
}

}  // namespace

std::optional<std::size_t> utf8_fault(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text.size() - at >= sizeof(std::uint64_t) && eight_plain(text.data() + at)) {
      at += sizeof(std::uint64_t);
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0) return at;
    const std::size_t size = byte < 0x80 ? 1 : character(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return std::nullopt;
}

Error utf8_error(std::string_view text, std::size_t at, const std::string& file) {
  const auto before = text.substr(0, at);
  const int line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto byte = static_cast<unsigned char>(text[at]);
  Error error{ErrorCode::spec, {}, "save the file as UTF-8", {}, {}, {}};
  error.message = byte == 0 ? "a zero byte stands here" : fmt::format("the byte 0x{:02x} is no UTF-8", byte);
  // Shown up to the fault: what follows may be no text at all.
  error.place = Place{file, line, static_cast<int>(at - start) + 1, 1, std::string(before.substr(start))};
  return error;
}

}  // namespace forge
