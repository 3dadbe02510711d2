// Letters, whatever the locale.
#pragma once

#include <string>

namespace forge {

// A name as those see it who tell no capital letters apart: ASCII letters in small, all else as it is.
inline std::string folded(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

}  // namespace forge
