#include "tests/bench/measure.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>

namespace forge::bench {
namespace fs = std::filesystem;
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double processor_of(const rusage& usage) { return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime); }

}  // namespace

Measured run_process(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr)) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {processor_of(usage), took.count(), static_cast<double>(usage.ru_maxrss) / 1024.0,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128};
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return processor_of(usage);
}

std::string forgelua() {
  const char* named = std::getenv("FORGELUA_BENCH_BINARY");
  return named ? named : (fs::read_symlink("/proc/self/exe").parent_path() / "forgelua").string();
}

Workspace::Workspace() {
  std::error_code ignored;
  const fs::path memory = "/dev/shm";
  const auto base = fs::is_directory(memory, ignored) ? memory : fs::temp_directory_path();
  folder_ = base / fmt::format("forgelua-bench-{}", getpid());
  fs::create_directories(folder_);
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Workspace::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name) << text;
  return path(name);
}

std::string Workspace::fresh(const std::string& name) const {
  fs::remove_all(folder_ / name);
  return path(name);
}

double fitted_exponent(const std::map<int, double>& seconds) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [size, taken] : seconds) {
    const double lx = std::log(size), ly = std::log(taken);
    n += 1;
    x += lx;
    y += ly;
    xx += lx * lx;
    xy += lx * ly;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

}  // namespace forge::bench
