#include "engine/base/secrets.hpp"

namespace forge {

std::string without_secrets(std::string text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const auto begin = at + 3;
    const auto end = text.find_first_of(" \t\r\n/?#\"'", begin);
    const auto sign = text.rfind('@', end == std::string::npos ? text.size() : end);
    if (sign == std::string::npos || sign < begin) continue;
    const auto colon = text.find(':', begin);
    if (colon != std::string::npos && colon < sign) text.replace(colon + 1, sign - colon - 1, "***");
  }
  return text;
}

}  // namespace forge
