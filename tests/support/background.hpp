// A program in the background, whose output can be read while it goes on.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "tests/support/process.hpp"

namespace forge::test {

// Whether it holds within so many seconds; asked again and again.
bool within_seconds(int seconds, const std::function<bool()>& holds);

class Background {
 public:
  // Begins a line of the shell, in the folder of the sources.
  explicit Background(const std::string& line);
  ~Background();  // ends it where nobody waited for its end
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Whether it says that within 20 seconds.
  bool says(const std::string& text);
  std::string text() const;  // all that it has said
  void signal(const std::string& name);
  int code();  // waits for its end

 private:
  TemporaryFolder folder_;
  std::thread thread_;
  int code_ = -1;
};

}  // namespace forge::test
