// Runs other programs: the product as its users run it, and the databases' own clients.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace forge::test {

struct Outcome {
  int exit_code = 0;  // 128 + n where signal n ended it
  std::string out;
  std::string err;
};

// Runs `command` by /bin/sh with `input` on its standard input, in folder `cwd` ("" is this one).
Outcome run_shell(const std::string& command, std::string_view input = {}, const std::string& cwd = {});

// `text` as one word of the shell.
std::string shell_quote(std::string_view text);

// The value of an environment variable, or "".
std::string environment(const char* name);

// A fresh folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

}  // namespace forge::test
