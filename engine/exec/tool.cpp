#include "engine/exec/tool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "engine/base/files.hpp"
#include "engine/db/url.hpp"

extern char** environ;

namespace forge {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> environment_of(const Tool& tool) {
  std::vector<std::string> out;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string entry = *one;
    if (!tool.environment.contains(entry.substr(0, entry.find('=')))) out.push_back(entry);
  }
  for (const auto& [name, value] : tool.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size());
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn(const Tool& tool, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  auto command = tool.command, environment = environment_of(tool);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, command.front().c_str(), &actions, nullptr, pointers(command).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return child;
  return fail(ErrorCode::database, fmt::format("cannot run {}: {}", command.front(), std::strerror(failed)));
}

Descriptor opened(const std::string& path, int flags) {
  return Descriptor(::open(path.empty() ? "/dev/null" : path.c_str(), flags | O_CLOEXEC, 0600));
}

Descriptor nameless_file() {
  return Descriptor(::open(fs::temp_directory_path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

constexpr off_t kMost = 4000;

// What a tool has said, from a file without a name.
std::string said(int file, off_t from = 0) {
  std::string text(kMost, '\0');
  const auto size = ::pread(file, text.data(), text.size(), from);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  if (from > 0) text.erase(0, text.find('\n') + 1);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// Why a tool fails stands behind all that it has told of its progress.
std::string said_last(int file) { return said(file, std::max<off_t>(::lseek(file, 0, SEEK_END) - kMost, 0)); }

Result<void> run_between(const std::vector<Tool>& tools, Descriptor input, const Descriptor& last,
                         const std::string& url) {
  const Descriptor err = nameless_file();
  if (err.get() < 0) return io_error("open", fs::temp_directory_path(), last_error());
  std::vector<pid_t> children;
  Result<void> done;
  for (std::size_t i = 0; i < tools.size() && done; ++i) {
    std::array<int, 2> ends{-1, -1};
    if (i + 1 < tools.size() && ::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("open", "a pipe", last_error());
    Descriptor next(ends[0]), writes(ends[1]);
    const auto child = spawn(tools[i], input.get(), writes.get() >= 0 ? writes.get() : last.get(), err.get());
    input = std::move(next);
    if (child) {
      children.push_back(*child);
    } else {
      done = std::unexpected(child.error());
    }
  }
  input = Descriptor();
  for (std::size_t i = 0; i < children.size(); ++i) {
    int status = 0;
    while (::waitpid(children[i], &status, 0) < 0 && errno == EINTR) {
    }
    if (status == 0 || !done) continue;
    done =
        fail(ErrorCode::database, fmt::format("{} failed: {}", fs::path(tools[i].command.front()).filename().string(),
                                              without_secrets(said_last(err.get()), url)));
  }
  return done;
}

}  // namespace

ScratchFile::ScratchFile() {
  std::string pattern = (fs::temp_directory_path() / "forgelua-XXXXXX").string();
  const Descriptor file(::mkstemp(pattern.data()));
  if (file.get() >= 0) path_ = pattern;
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

Result<SecretFile> SecretFile::with(const std::string& text) {
  // Unlike all other files of ours, this one is there in the programs that we start.
  Descriptor file(::open(fs::temp_directory_path().c_str(), O_TMPFILE | O_RDWR, 0600));
  if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return io_error("write", fs::temp_directory_path(), last_error());
  return SecretFile(std::move(file));
}

Result<void> run_tools(const std::vector<Tool>& tools, const std::string& in, const std::string& out,
                       const std::string& url) {
  Descriptor input = opened(in, O_RDONLY);
  const Descriptor last = opened(out, O_WRONLY | O_CREAT | O_TRUNC);
  if (input.get() < 0 || last.get() < 0) return io_error("open", out.empty() ? in : out, last_error());
  return run_between(tools, std::move(input), last, url);
}

Result<std::string> shell_says(const std::string& command, const std::string& url) {
  const Descriptor out = nameless_file();
  if (out.get() < 0) return io_error("open", fs::temp_directory_path(), last_error());
  FORGE_TRY(run_between({{{"/bin/sh", "-c", command}, {}}}, opened("", O_RDONLY), out, url));
  return said(out.get());
}

Result<std::string> program(const std::vector<std::string>& names) {
  const char* path = std::getenv("PATH");
  for (const auto& name : names) {
    std::string rest = path != nullptr ? path : "";
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      const auto file = fs::path(rest.substr(0, end)) / name;
      if (::access(file.c_str(), X_OK) == 0) return file.string();
      rest.erase(0, end + 1);
    }
  }
  return fail(ErrorCode::database, fmt::format("none of the programs {} is on PATH", fmt::join(names, ", ")),
              "install the engine's own client tools");
}

}  // namespace forge
