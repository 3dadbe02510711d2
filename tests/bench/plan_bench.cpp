// How planning grows: whole runs as a user starts them, the stages of one, shapes in which a loop over a loop would show,
// and what SQLite takes to find the same differences. Times are processor time. docs/benchmarks.md says how to read them.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/request.hpp"
#include "engine/emit/package.hpp"
#include "engine/lua/spec.hpp"
#include "engine/order/order.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/specs.hpp"

namespace forge::bench {
namespace {

constexpr const char* kNow = "2026-01-01T00:00:00Z";
constexpr int kNoLimit = 600'000;  // milliseconds: a slow machine is to be measured, not stopped

// By benchmark: what the fastest round took at each size.
std::map<std::string, std::map<int, double>> best;

void note(const std::string& name, int size, double seconds) {
  const auto [found, fresh] = best[name].emplace(size, seconds);
  if (!fresh) found->second = std::min(found->second, seconds);
}

// One round of `forgelua run` on a spec; false ends the benchmark.
bool run_once(benchmark::State& state, const Workspace& workspace, const std::string& spec, const std::string& name,
              int size) {
  const auto measured =
      run_process({forgelua(), "run", spec, "--db=postgres", "--out", workspace.fresh("out"), "--now", kNow, "--status",
                   workspace.fresh("status.yml"), "--time-limit", std::to_string(kNoLimit)});
  if (measured.exit_code != 0) {
    state.SkipWithError(fmt::format("forgelua run gave {}", measured.exit_code).c_str());
    return false;
  }
  state.SetIterationTime(measured.processor);
  state.counters["wall_ms"] = measured.wall * 1000;
  state.counters["peak_MB"] = measured.peak_mb;
  note(name, size, measured.processor);
  return true;
}

void whole_run(benchmark::State& state) {
  const int tables = static_cast<int>(state.range(0));
  const Workspace workspace;
  const auto spec = workspace.write("bench.migration.lua", wide_spec(tables, tables / 10));
  for (auto _ : state) {
    if (!run_once(state, workspace, spec, "whole run", tables)) return;
  }
}

using Shape = std::string (*)(int);

void shape(benchmark::State& state, const char* name, Shape text) {
  const int size = static_cast<int>(state.range(0));
  const Workspace workspace;
  const auto spec = workspace.write("bench.migration.lua", text(size));
  for (auto _ : state) {
    if (!run_once(state, workspace, spec, name, size)) return;
  }
}

void start_up(benchmark::State& state) {
  const Workspace workspace;
  const std::string small = wide_spec(4, 1);
  const auto spec = workspace.write("small.migration.lua", small);
  for (auto _ : state) {
    if (!run_once(state, workspace, spec, "start-up", 4)) return;
  }
}

// The stages of one run, in this process.
enum class Stage { spec, diff, plan, order, emit };

struct Staged {
  SpecRequest request;
  Prepared prepared;
  Plan plan;
};

Result<Staged> staged(const std::string& spec) {
  Staged out;
  out.request.spec = spec;
  out.request.db = "postgres";
  out.request.time_limit_ms = kNoLimit;
  FORGE_ASSIGN(out.prepared, prepare(out.request));
  FORGE_ASSIGN(out.plan, make_plan(out.prepared, kNow));
  return out;
}

Result<void> run_stage(Stage which, Staged& on, std::vector<Step> steps) {
  if (which == Stage::spec) {
    FORGE_ASSIGN(const auto read, prepare(on.request));
    benchmark::DoNotOptimize(read.spec.id.data());
  } else if (which == Stage::diff) {
    benchmark::DoNotOptimize(diff(on.prepared.spec.before, on.prepared.spec.after, on.prepared.spec.intents));
  } else if (which == Stage::plan) {
    FORGE_ASSIGN(const auto plan, make_plan(on.prepared, kNow));
    benchmark::DoNotOptimize(plan.id.data());
  } else if (which == Stage::order) {
    FORGE_ASSIGN(const auto ordered, order_steps(std::move(steps), on.prepared.spec.before, on.prepared.spec.after));
    benchmark::DoNotOptimize(ordered.data());
  } else {
    FORGE_ASSIGN(const auto files, build_package(on.plan));
    benchmark::DoNotOptimize(files.data());
  }
  return {};
}

void stage(benchmark::State& state, const char* name, Stage which) {
  const int tables = static_cast<int>(state.range(0));
  const Workspace workspace;
  auto on = staged(workspace.write("bench.migration.lua", wide_spec(tables, tables / 10)));
  if (!on) {
    state.SkipWithError(on.error().message.c_str());
    return;
  }
  for (auto _ : state) {
    auto steps = on->plan.steps;
    const double start = processor_seconds();
    const auto done = run_stage(which, *on, std::move(steps));
    const double taken = processor_seconds() - start;
    if (!done) {
      state.SkipWithError(done.error().message.c_str());
      return;
    }
    state.SetIterationTime(taken);
    note(name, tables, taken);
  }
}

// The catalog of a database that has read the SQL: each object's name and definition.
std::map<std::string, std::string> catalog_of(const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  std::map<std::string, std::string> out;
  const std::string whole = "BEGIN;\n" + sql + "COMMIT;\n";
  if (sqlite3_exec(database, whole.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    const auto row = [](void* all, int, char** values, char**) {
      (*static_cast<std::map<std::string, std::string>*>(all))[values[0]] = values[1] ? values[1] : "";
      return 0;
    };
    sqlite3_exec(database, "SELECT name, sql FROM sqlite_master", row, &out, nullptr);
  }
  sqlite3_close(database);
  return out;
}

// What one does without a tool: has SQLite read both schemas, and compares the catalogs.
void sqlite_compare(benchmark::State& state) {
  const int tables = static_cast<int>(state.range(0));
  const auto before = wide_sql(tables, tables / 10, false), after = wide_sql(tables, tables / 10, true);
  for (auto _ : state) {
    const double start = processor_seconds();
    const auto old_catalog = catalog_of(before), new_catalog = catalog_of(after);
    std::size_t differ = 0;
    for (const auto& [name, sql] : new_catalog) {
      const auto found = old_catalog.find(name);
      if (found == old_catalog.end() || found->second != sql) ++differ;
    }
    const double taken = processor_seconds() - start;
    if (differ != static_cast<std::size_t>(tables / 10)) {
      state.SkipWithError(fmt::format("{} objects differ, of {}", differ, tables / 10).c_str());
      return;
    }
    state.SetIterationTime(taken);
    note("SQLite reads both schemas and compares its catalogs", tables, taken);
  }
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->UseManualTime()->Unit(benchmark::kMillisecond)->Arg(100)->Arg(1000)->Arg(10000)->Iterations(3);
}

void register_all() {
  benchmark::RegisterBenchmark("start_up", start_up)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(10);
  benchmark::RegisterBenchmark("whole_run", whole_run)->Apply(sizes);
  const std::vector<std::pair<const char*, Stage>> stages = {
      {"stage: read the spec, lower both schemas", Stage::spec},
      {"stage: diff", Stage::diff},
      {"stage: diff, strategies, order, checks, rendering", Stage::plan},
      {"stage: order", Stage::order},
      {"stage: emission", Stage::emit}};
  for (const auto& [name, which] : stages) benchmark::RegisterBenchmark(name, stage, name, which)->Apply(sizes);
  struct Row {
    const char* name;
    Shape text;
    int largest;
  };
  const std::vector<Row> shapes = {{"shape: one table, by columns", one_table_spec, 2000},
                                   {"shape: foreign keys to one table", star_spec, 5000},
                                   {"shape: views, each on the one before", chain_spec, 2000},
                                   {"shape: enums", enum_spec, 1000},
                                   {"shape: changes, one a table", changes_spec, 10000}};
  for (const auto& [name, text, largest] : shapes) {
    auto* bench = benchmark::RegisterBenchmark(name, shape, name, text);
    bench->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
    for (const int part : {8, 4, 2, 1}) bench->Arg(largest / part);
  }
  benchmark::RegisterBenchmark("sqlite_compare", sqlite_compare)->Apply(sizes);
}

void print_summary() {
  fmt::print("\nProcessor time, the fastest round of each size:\n");
  for (const auto& [name, seconds] : best) {
    std::string line;
    for (const auto& [size, taken] : seconds)
      line += fmt::format("{}{}: {:.1f} ms", line.empty() ? "" : ", ", size, taken * 1000);
    if (seconds.size() > 1) line += fmt::format("; grows as size^{:.2f}", fitted_exponent(seconds));
    fmt::print("  {}: {}\n", name, line);
  }
  const auto& whole = best["whole run"];
  const auto& compare = best["SQLite reads both schemas and compares its catalogs"];
  if (whole.empty() || compare.empty()) return;
  fmt::print("  a whole run is {:.1f} times what SQLite takes to find which objects differ, at {} tables\n",
             whole.rbegin()->second / compare.rbegin()->second, whole.rbegin()->first);
}

}  // namespace
}  // namespace forge::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  forge::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  forge::bench::print_summary();
  return 0;
}
