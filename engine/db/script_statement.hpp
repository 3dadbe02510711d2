// One statement of a client script, as the engines' cutters give it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forge {

struct ScriptStatement {
  std::string_view text;           // without its end; points into the script
  std::size_t at = 0;              // the byte where it begins
  std::vector<std::string> words;  // its first words, at most four, in upper case

  // The n-th of its first words, from 0; "" where there is none.
  std::string word(std::size_t n) const { return n < words.size() ? words[n] : std::string(); }
};

}  // namespace forge
