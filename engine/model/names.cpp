#include "engine/model/names.hpp"

namespace forge {
namespace {

bool needs_quotes(std::string_view part) { return part.find_first_of(".\"") != std::string::npos; }

std::string show(std::string_view part) {
  if (!needs_quotes(part)) return std::string(part);
  std::string out = "\"";
  for (const char c : part) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

// Takes one part off the front of `text`, and the dot behind it.
std::string take_part(std::string_view& text) {
  std::string part;
  if (!text.starts_with('"')) {
    const auto dot = text.find('.');
    part = text.substr(0, dot);
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
    return part;
  }
  std::size_t i = 1;
  for (; i < text.size(); ++i) {
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      ++i;
    } else if (text[i] == '"') {
      break;
    }
    part += text[i];
  }
  i = i < text.size() ? i + 1 : i;
  if (i < text.size() && text[i] == '.') ++i;
  text.remove_prefix(i);
  return part;
}

}  // namespace

std::string display(const QName& name) {
  return name.schema.empty() ? show(name.name) : show(name.schema) + "." + show(name.name);
}

QName parse_qname(std::string_view text) {
  std::string first = take_part(text);
  if (text.empty()) return {"", std::move(first)};
  return {std::move(first), take_part(text)};
}

}  // namespace forge
