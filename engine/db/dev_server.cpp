#include "engine/db/dev_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "engine/base/files.hpp"
#include "engine/db/dev_server_process.hpp"
#include "engine/db/session.hpp"

namespace forge {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kStartLimit{90};

// A folder of ours alone: nobody else may have put it there, or write in it.
Result<void> own_folder(const fs::path& path) {
  if (mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) {
    return fail(ErrorCode::io, fmt::format("cannot make the folder '{}'", path.string()),
                "set TMPDIR to a folder that can be written");
  }
  struct stat found{};
  const bool good = lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid() &&
                    (found.st_mode & 022) == 0;
  if (!good)
    return fail(ErrorCode::io,
                fmt::format("the folder '{}' belongs to somebody else, or others may write in it", path.string()));
  return {};
}

// As root, the server's own user must be able to reach it: never below root's own folders.
fs::path base_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (geteuid() != 0 && runtime != nullptr && *runtime == '/' && access(runtime, W_OK) == 0)
    return fs::path(runtime) / "forgelua";
  const char* temporary = std::getenv("TMPDIR");
  const fs::path base = temporary != nullptr && *temporary == '/' ? temporary : "/tmp";
  return base / fmt::format("forgelua-{}", geteuid());
}

// Opens and locks a file, again where it was removed meanwhile. -1 where that fails.
int locked(const fs::path& path, int how) {
  while (true) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    struct stat held{}, there{};
    const bool same = flock(file, how) == 0 && fstat(file, &held) == 0 && stat(path.c_str(), &there) == 0 &&
                      held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    if (same) return file;
    close(file);
    if (access(path.parent_path().c_str(), X_OK) != 0) return -1;
  }
}

bool answers(const std::string& url) {
  SessionOptions options;
  options.connect_timeout = std::chrono::seconds(2);
  return open_session(url, options).has_value();
}

Error not_started(const ServerKind& kind, const ServerFolder& folder) {
  Error error{ErrorCode::database,
              fmt::format("the throw-away server of {} did not start", kind.engine()),
              "give a database for development instead: --dev-url",
              {},
              {},
              {}};
  if (const auto log = read_file(folder.log())) {
    constexpr std::size_t kEnd = 1000;
    error.notes.push_back("its log ends: " + log->substr(log->size() > kEnd ? log->size() - kEnd : 0));
  }
  return error;
}

// With the start lock held.
Result<void> start(const ServerKind& kind, const ServerFolder& folder, const std::string& url) {
  std::error_code ignored;
  fs::remove_all(folder.server(), ignored);
  fs::remove(folder.failed(), ignored);
  fs::remove(folder.log(), ignored);
  FORGE_TRY(start_supervised(kind, folder));
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  while (std::chrono::steady_clock::now() < limit) {
    if (answers(url)) return {};
    if (fs::exists(folder.failed(), ignored)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
  }
  return fail(not_started(kind, folder));
}

}  // namespace

Result<DevServer> DevServer::acquire(const ServerKind& kind) {
  const auto base = base_folder();
  const ServerFolder folder{base / fmt::format("{}-{}", kind.engine(), kind.identity())};
  const auto url = kind.url(folder.server());
  // Its supervisor may just be removing the folder: then it is made once more.
  int starting = -1;
  for (int tries = 0; starting < 0; ++tries) {
    FORGE_TRY(own_folder(base));
    FORGE_TRY(own_folder(folder.root));
    starting = locked(folder.start(), LOCK_EX);
    if (starting < 0 && tries > 20)
      return fail(ErrorCode::io, fmt::format("cannot lock '{}'", folder.start().string()));
  }
  const int use = locked(folder.use(), LOCK_SH);
  Result<void> ready;
  if (use < 0) {
    ready = fail(ErrorCode::io, fmt::format("cannot lock '{}'", folder.use().string()));
  } else if (!answers(url)) {
    ready = start(kind, folder, url);
  }
  close(starting);
  if (!ready) {
    if (use >= 0) close(use);
    return fail(std::move(ready).error());
  }
  return DevServer(url, use);
}

DevServer::DevServer(DevServer&& other) noexcept : url_(std::move(other.url_)), lock_(std::exchange(other.lock_, -1)) {}

DevServer::~DevServer() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace forge
