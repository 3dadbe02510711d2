#include "engine/db/dev_server_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace forge {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{250};
constexpr int kKeepSeconds = 90;

// The user that the server runs as; we ourselves where we are not root.
struct RunAs {
  uid_t user = 0;
  gid_t group = 0;
};

Result<RunAs> run_as(const ServerKind& kind) {
  if (geteuid() != 0) return RunAs{geteuid(), getegid()};
  for (const auto& name : kind.users()) {
    if (const passwd* found = getpwnam(name.c_str())) return RunAs{found->pw_uid, found->pw_gid};
  }
  return fail(ErrorCode::database,
              fmt::format("the server of {} refuses to run as root, and no other user was found for it", kind.engine()),
              "run forgelua as another user, or give --dev-url");
}

// What follows runs in children of the caller, which must not go back into its code.

[[noreturn]] void become(const std::vector<std::string>& command, const RunAs& user, const ServerFolder& folder) {
  // However the supervisor ends, the server ends with it.
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setgid(user.group) != 0 || setuid(user.user) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGINT);
  if (chdir(folder.server().c_str()) != 0) _exit(126);
  setenv("LC_ALL", "C", 1);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execv's signature
  words.push_back(nullptr);
  execv(words[0], words.data());
  std::fprintf(stderr, "cannot run %s: %s\n", words[0], std::strerror(errno));
  _exit(127);
}

pid_t start(const std::vector<std::string>& command, const RunAs& user, const ServerFolder& folder) {
  const pid_t child = fork();
  if (child == 0) become(command, user, folder);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

int keep_seconds() {
  const char* given = std::getenv("FORGELUA_DEV_KEEP");
  return given != nullptr && *given != '\0' ? std::atoi(given) : kKeepSeconds;
}

volatile std::sig_atomic_t stop_asked = 0;

class Supervisor {
 public:
  Supervisor(const ServerKind& kind, ServerFolder folder, RunAs user)
      : kind_(kind), folder_(std::move(folder)), user_(user) {}

  int run() {
    const pid_t maker = start(kind_.make(folder_.server()), user_, folder_);
    if (maker < 0 || wait_for(maker) != 0) return give_up();
    server_ = start(kind_.serve(folder_.server()), user_, folder_);
    if (server_ < 0) return give_up();
    watch();
    return 0;
  }

 private:
  int give_up() {
    close(open(folder_.failed().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    return 1;
  }

  // Until nobody has used it for a while, or it has ended by itself.
  void watch() {
    start_lock_ = open(folder_.start().c_str(), O_RDWR | O_CLOEXEC);
    use_lock_ = open(folder_.use().c_str(), O_RDWR | O_CLOEXEC);
    auto used = Clock::now();
    while (true) {
      std::this_thread::sleep_for(kTick);
      int status = 0;
      if (waitpid(server_, &status, WNOHANG) == server_) {
        give_up();
        return;
      }
      const bool idle = take_locks();
      if (!idle) used = Clock::now();
      if ((idle && Clock::now() - used >= std::chrono::seconds(keep_seconds())) || stop_asked != 0) {
        if (!idle) flock(start_lock_, LOCK_EX);
        stop();
        return;
      }
      release_locks();
    }
  }

  bool take_locks() const {
    if (flock(start_lock_, LOCK_EX | LOCK_NB) != 0) return false;
    if (flock(use_lock_, LOCK_EX | LOCK_NB) == 0) return true;
    flock(start_lock_, LOCK_UN);
    return false;
  }
  void release_locks() const {
    flock(use_lock_, LOCK_UN);
    flock(start_lock_, LOCK_UN);
  }

  // With the locks held: who waits for them finds the folder gone and makes a new one.
  void stop() const {
    kill(server_, kind_.stop_signal());
    const auto limit = Clock::now() + std::chrono::seconds(15);
    while (Clock::now() < limit && waitpid(server_, nullptr, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    kill(server_, SIGKILL);
    std::error_code ignored;
    fs::remove_all(folder_.root, ignored);
    fs::remove(folder_.root.parent_path(), ignored);  // only where it is empty
  }

  const ServerKind& kind_;
  ServerFolder folder_;
  RunAs user_;
  pid_t server_ = -1;
  int start_lock_ = -1, use_lock_ = -1;
};

// Cuts every tie with the caller: its terminal, its pipes, its locks.
void detach(const ServerFolder& folder) {
  setsid();
  for (const int signal : {SIGINT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  std::signal(SIGTERM, [](int) { stop_asked = 1; });
  const int nothing = open("/dev/null", O_RDWR);
  const int log = open(folder.log().c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const int sink = log < 0 ? nothing : log;
  if (nothing >= 0) dup2(nothing, 0);
  for (const int output : {1, 2}) {
    if (sink >= 0) dup2(sink, output);
  }
  close_range(3, ~0U, 0);
  prctl(PR_SET_NAME, "forgelua-dev");
  if (chdir("/") != 0) _exit(126);
}

}  // namespace

Result<void> start_supervised(const ServerKind& kind, const ServerFolder& folder) {
  FORGE_ASSIGN(const RunAs user, run_as(kind));
  std::error_code code;
  fs::create_directory(folder.server(), code);
  if (code || chmod(folder.server().c_str(), 0700) != 0 ||
      (geteuid() == 0 && chown(folder.server().c_str(), user.user, user.group) != 0)) {
    return fail(ErrorCode::io, fmt::format("cannot make the folder '{}'", folder.server().string()),
                "check the rights on it");
  }
  const pid_t between = fork();
  if (between < 0) return fail(ErrorCode::io, "cannot start a process for the dev database's server");
  if (between == 0) {
    if (fork() == 0) {
      detach(folder);
      _exit(Supervisor(kind, folder, user).run());
    }
    _exit(0);  // the supervisor is no child of ours, so that nobody need wait for it
  }
  wait_for(between);
  return {};
}

}  // namespace forge
