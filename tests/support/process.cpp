#include "tests/support/process.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/texts.hpp"

namespace forge::test {

std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "forgelua-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
  // Servers' clients may run as another user.
  std::filesystem::permissions(path_, std::filesystem::perms::all);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Outcome run_shell(const std::string& command, std::string_view input, const std::string& cwd) {
  const TemporaryFolder io;
  std::ofstream(io.file("in"), std::ios::binary).write(input.data(), static_cast<std::streamsize>(input.size()));
  std::string line = cwd.empty() ? "" : "cd " + shell_quote(cwd) + " && ";
  line += "{ " + command + "\n} <" + shell_quote(io.file("in")) + " >" + shell_quote(io.file("out")) + " 2>" +
          shell_quote(io.file("err"));
  const int status = std::system(line.c_str());
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = slurp(io.file("out"));
  outcome.err = slurp(io.file("err"));
  return outcome;
}

}  // namespace forge::test
