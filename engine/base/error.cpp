#include "engine/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/secrets.hpp"

namespace forge {
namespace {

std::string position(const Place& place) {
  if (place.line <= 0) return place.file;
  if (place.column <= 0) return fmt::format("{}:{}", place.file, place.line);
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

// The caret line keeps the tabs of the source line, so that it stands under the right column.
std::string caret_line(const Place& place) {
  std::string indent;
  const auto end = std::min(place.source_line.size(), static_cast<std::size_t>(place.column - 1));
  for (std::size_t i = 0; i < end; ++i) indent += place.source_line[i] == '\t' ? '\t' : ' ';
  return indent + "^" + std::string(static_cast<std::size_t>(std::max(0, place.length - 1)), '~');
}

}  // namespace

std::string escape_control(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // U+0080..U+009F reach a terminal as C1 controls: in UTF-8 they are C2 80 .. C2 9F.
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) <= 0x9F;
    if (c1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      out += fmt::format("\\x{:02x}", c);
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string render(const Error& error) {
  std::string out;
  if (error.place) out += position(*error.place) + ": ";
  out += error.message + "\n";
  if (error.place && !error.place->source_line.empty()) {
    out += "    " + error.place->source_line + "\n";
    if (error.place->column > 0) out += "    " + caret_line(*error.place) + "\n";
  }
  if (!error.sql.empty()) out += "  statement: " + error.sql + "\n";
  if (!error.hint.empty()) out += "  hint: " + error.hint + "\n";
  for (const auto& note : error.notes) out += "  note: " + note + "\n";
  return escape_control(without_secrets(std::move(out)));
}

int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
      return 64;
    case ErrorCode::refused:
      return 3;
    case ErrorCode::locked:
      return 4;
    case ErrorCode::partly:
      return 5;
    default:
      return 1;
  }
}

}  // namespace forge
