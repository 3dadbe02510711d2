// Programs that are not ours: the engines' own tools.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/descriptor.hpp"
#include "engine/base/error.hpp"

namespace forge {

// A file that goes with the object, readable by nobody else. Its path is "" where it could not be made.
class ScratchFile {
 public:
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A text for programs that we start, and for nobody else: a file without a name, of which nothing is left however we end.
class SecretFile {
 public:
  // Errors: io.
  static Result<SecretFile> with(const std::string& text);
  // Where programs that we start read it while the object stands.
  std::string path() const { return "/dev/fd/" + std::to_string(file_.get()); }

 private:
  explicit SecretFile(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

struct Tool {
  std::vector<std::string> command;                // the program, looked for along PATH, and its arguments
  std::map<std::string, std::string> environment;  // besides our own
};

// Runs programs, each one's output the next one's input. `in` and `out` are files; "" is nothing and nowhere. Errors (database): one
// of them is not there or failed, with the last that it said on its standard error, without the password of `url`.
Result<void> run_tools(const std::vector<Tool>& tools, const std::string& in, const std::string& out,
                       const std::string& url);

// What a command of the shell says on its standard output, 4,000 bytes at the most. Errors: as run_tools.
Result<std::string> shell_says(const std::string& command, const std::string& url);

// The first of these programs that is there. Errors (database): none is.
Result<std::string> program(const std::vector<std::string>& names);

}  // namespace forge
