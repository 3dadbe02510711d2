// Loaded into the product before everything else (LD_PRELOAD): counts what it sends to servers and writes to database files, and
// ends it by SIGKILL at the point that it is told. FORGELUA_CRASH_AT=n: at the nth; FORGELUA_CRASH_LATE=us: behind it, so many
// microseconds later, else just before it. FORGELUA_CRASH_COUNT=file: how many there were, when the process ends by itself.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

long number(const char* name) {
  const char* text = std::getenv(name);
  return text ? std::strtol(text, nullptr, 10) : -1;
}

const long kAt = number("FORGELUA_CRASH_AT"), kLate = number("FORGELUA_CRASH_LATE");
std::atomic<long> count{0};

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

template <class Call>
auto counted(Call call) {
  const bool here = ++count == kAt;
  if (here && kLate < 0) kill(getpid(), SIGKILL);
  auto result = call();
  if (here) {
    usleep(static_cast<useconds_t>(kLate));
    kill(getpid(), SIGKILL);
  }
  return result;
}

struct Teller {
  ~Teller() {
    const char* path = std::getenv("FORGELUA_CRASH_COUNT");
    if (!path) return;
    if (auto* file = std::fopen(path, "w")) {
      std::fprintf(file, "%ld\n", count.load());
      std::fclose(file);
    }
  }
} teller;

}  // namespace

extern "C" {

ssize_t send(int socket, const void* data, size_t size, int flags) {
  static auto* real = next<ssize_t(int, const void*, size_t, int)>("send");
  return counted([&] { return real(socket, data, size, flags); });
}

ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
  static auto* real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return counted([&] { return real(file, data, size, at); });
}

int fdatasync(int file) {
  static auto* real = next<int(int)>("fdatasync");
  return counted([&] { return real(file); });
}

int fsync(int file) {
  static auto* real = next<int(int)>("fsync");
  return counted([&] { return real(file); });
}

int unlink(const char* path) noexcept {
  static auto* real = next<int(const char*)>("unlink");
  return counted([&] { return real(path); });
}

}  // extern "C"
