// Texts of tests: files read whole, and words replaced.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace forge::test {

// Every `what` in `text` as `by`.
inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// The file's bytes; "" where it is not there.
inline std::string slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace forge::test
