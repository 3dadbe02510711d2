#include "engine/model/json_text.hpp"

#include <algorithm>
#include <array>

namespace forge {
namespace {

enum : char { kPlain, kEscaped, kBeyondAscii };

// What each byte is in JSON text.
constexpr auto kBytes = [] {
  std::array<char, 256> out{};
  for (std::size_t byte = 0; byte < out.size(); ++byte)
    out[byte] = byte >= 0x80 ? kBeyondAscii : byte < 0x20 ? kEscaped : kPlain;
  out['"'] = out['\\'] = kEscaped;
  return out;
}();

void escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
      break;
  }
}

}  // namespace

void JsonText::line() {
  if (step_ < 0) return;
  out_ += '\n';
  out_.append(depth_ * static_cast<std::size_t>(step_), ' ');
}

void JsonText::open(char bracket) {
  out_ += bracket;
  ++depth_;
  empty_ = true;
}

void JsonText::close(char bracket) {
  --depth_;
  if (!empty_) line();
  out_ += bracket;
  empty_ = false;
}

void JsonText::item() {
  if (!empty_) out_ += ',';
  empty_ = false;
  line();
}

void JsonText::key(std::string_view name) {
  item();
  text(name);
  out_ += step_ < 0 ? ":" : ": ";
}

void JsonText::text(std::string_view text) {
  const auto start = out_.size();
  out_ += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char kind = kBytes[static_cast<unsigned char>(text[i])];
    if (kind == kPlain) continue;
    if (kind == kBeyondAscii) {
      out_.resize(start);
      out_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
      return;
    }
    out_.append(text, done, i - done);
    escape(out_, text[i]);
    done = i + 1;
  }
  out_.append(text, done);
  out_ += '"';
}

// A string in JSON holds no line end, so each one in the text begins a line of the document.
void JsonText::json(const Json& value) {
  for (const char c : value.dump(step_, ' ', false, Json::error_handler_t::replace)) {
    out_ += c;
    if (c == '\n') out_.append(depth_ * static_cast<std::size_t>(std::max(step_, 0)), ' ');
  }
}

}  // namespace forge
