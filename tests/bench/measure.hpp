// What a piece of work takes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace forge::bench {

struct Measured {
  double processor = 0;  // seconds, user and system: other work on the machine does not count
  double wall = 0;       // seconds
  double peak_mb = 0;    // of a process: the most memory it held
  int exit_code = 0;
};

// Runs a program to its end, its output thrown away.
Measured run_process(const std::vector<std::string>& arguments);

// This process's own processor time so far, in seconds.
double processor_seconds();

// The program that is measured: $FORGELUA_BENCH_BINARY, or the one beside this program.
std::string forgelua();

// A folder of its own, in memory where the machine offers that: a disk's own work is not the program's.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const;  // gives the path
  // A name that is free; whatever stood there is taken away, outside what is measured.
  std::string fresh(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

// The slope of log(seconds) over log(size), by least squares: 1 is linear.
double fitted_exponent(const std::map<int, double>& seconds);

}  // namespace forge::bench
