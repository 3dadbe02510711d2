// How planning grows: a spec of N tables × 20 columns with N/10 changes, as a whole process, from 100 to 10,000 tables.
// Figures to hold: 10,000 tables in under a second and 400 MB, linear growth, start-up under 20 ms.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {
namespace fs = std::filesystem;

constexpr int kColumns = 20;

std::string table_text(int number) {
  std::string out =
      fmt::format("    table \"t{}\" {{\n      column \"id\" :bigint() :identity() :primary_key(),\n", number);
  for (int c = 1; c < kColumns; ++c) {
    switch (c % 4) {
      case 0:
        out += fmt::format("      column \"c{}\" :varchar(80) :not_null(),\n", c);
        break;
      case 1:
        out += fmt::format("      column \"c{}\" :integer() :default(0),\n", c);
        break;
      case 2:
        out += fmt::format("      column \"c{}\" :timestamptz(),\n", c);
        break;
      default:
        out += fmt::format("      column \"c{}\" :numeric(12, 2),\n", c);
        break;
    }
  }
  return out + fmt::format("      index \"t{}_c1_idx\" {{ \"c1\" }},\n    }},\n", number);
}

// One change in ten tables: columns added, indexes added, defaults changed, NOT NULL set.
std::string change_text(int number) {
  switch (number % 4) {
    case 0:
      return fmt::format("    add_column \"t{}\" {{ column \"extra\" :varchar(20) }},\n", number);
    case 1:
      return fmt::format("    add_index \"t{}\" {{ index \"t{}_c4_idx\" {{ \"c4\" }} }},\n", number, number);
    case 2:
      return fmt::format("    drop_column \"t{}.c7\",\n", number);
    default:
      return fmt::format("    rename_column \"t{}.c8\" \"renamed\",\n", number);
  }
}

std::string spec_text(int tables, int changes) {
  std::string out = "migration \"bench\" {\n  before = schema {\n";
  for (int i = 1; i <= tables; ++i) out += table_text(i);
  out += "  },\n  changes = {\n";
  for (int i = 1; i <= changes; ++i) out += change_text(i * (tables / changes));
  return out + "  },\n}\n";
}

struct Measured {
  double seconds = 0;
  double peak_mb = 0;
  int exit_code = 0;
};

std::string binary() {
  const char* named = std::getenv("FORGELUA_BENCH_BINARY");
  return named ? named : (fs::read_symlink("/proc/self/exe").parent_path() / "forgelua").string();
}

Measured run_process(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stdout)) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {took.count(), static_cast<double>(usage.ru_maxrss) / 1024.0, WIFEXITED(status) ? WEXITSTATUS(status) : 128};
}

class Workspace {
 public:
  Workspace() : folder_(fs::temp_directory_path() / fmt::format("forgelua-bench-{}", getpid())) {
    fs::create_directories(folder_);
  }
  ~Workspace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  fs::path file(const std::string& name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

std::map<int, double> whole_runs;  // tables → seconds, for the fitted exponent

void whole_run(benchmark::State& state) {
  const int tables = static_cast<int>(state.range(0));
  const Workspace workspace;
  const auto spec = workspace.file("bench.migration.lua");
  std::ofstream(spec) << spec_text(tables, tables / 10);
  Measured last;
  double best = 1e9;
  for (auto _ : state) {
    last = run_process({binary(), "run", spec.string(), "--db=postgres", "--out", workspace.file("out").string(),
                        "--now", "2026-01-01T00:00:00Z", "--status", workspace.file("status.yml").string()});
    if (last.exit_code != 0) {
      state.SkipWithError(fmt::format("forgelua run gave {}", last.exit_code).c_str());
      return;
    }
    state.SetIterationTime(last.seconds);
    best = std::min(best, last.seconds);
  }
  whole_runs[tables] = best;
  state.counters["peak_MB"] = last.peak_mb;
  state.counters["changes"] = tables / 10;
}

void start_up(benchmark::State& state) {
  const Workspace workspace;
  const auto spec = workspace.file("small.migration.lua");
  std::ofstream(spec) << spec_text(10, 1);
  for (auto _ : state) {
    const auto measured =
        run_process({binary(), "run", spec.string(), "--db=sqlite", "--out", workspace.file("out").string(), "--status",
                     workspace.file("status.yml").string()});
    state.SetIterationTime(measured.seconds);
  }
}

// The slope of log(seconds) over log(tables), by least squares: 1 is linear.
double fitted_exponent(const std::map<int, double>& runs) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [tables, seconds] : runs) {
    const double lx = std::log(tables), ly = std::log(seconds);
    n += 1;
    x += lx;
    y += ly;
    xx += lx * lx;
    xy += lx * ly;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

BENCHMARK(start_up)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(10);
BENCHMARK(whole_run)->UseManualTime()->Unit(benchmark::kMillisecond)->Arg(100)->Arg(1000)->Arg(10000)->Iterations(5);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  if (whole_runs.size() > 1) fmt::print("whole run: seconds grow as tables^{:.2f}\n", fitted_exponent(whole_runs));
  return 0;
}
