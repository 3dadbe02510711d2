// What running a plan costs, and what an application feels of it meanwhile; figures alone, nothing is asserted about them.
// FORGELUA_BENCH_ROWS=n: rows of the big table (1,000,000). Run by ./dev bench --running, which starts the servers.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/product.hpp"
#include "tests/support/project.hpp"
#include "tests/support/traffic.hpp"

namespace forge::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kSessions = 4;
constexpr const char* kValue = "CASE WHEN age > 60 THEN 'old' ELSE 'young' END";

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

void sleep_seconds(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

long big() {
  const auto text = environment("FORGELUA_BENCH_ROWS");
  return text.empty() ? 1'000'000 : std::stol(text);
}

std::unique_ptr<Engine> engine_of(const std::string& name) {
  auto engine = open_engine(name);
  if (!engine || engine->url("x").empty()) SKIP("no server of " << name);
  return engine;
}

std::string users(const std::string& more) {
  return "schema { table \"users\" { column \"id\" :bigint() :primary_key(), column \"name\" :varchar(80) :not_null(), "
         "column \"age\" :integer()" +
         more + " } }";
}

// A project with the big table, and the plan that fills a new column of it.
class Bench {
 public:
  Bench(Engine& engine, long rows)
      : engine_(engine), project_(engine, fmt::format("fl_bench_{}", ::getpid())), rows_(rows) {
    project_.configure("environments: { live: { url: env:DATABASE } }\n");
    write_file(
        project_.file("v1.migration.lua"),
        fmt::format(
            "migration \"v1\" {{ before = {}, after = {}, hints = {{ users = {{ rows = {}, hot = true }} }} }}\n",
            users(""), users(fmt::format(", column \"grp\" :varchar(10) :not_null() :backfill \"{}\"", kValue)), rows));
    project_.must("run v1.migration.lua");
    project_.sql(project_.must("inspect v1.migration.lua --state before --format sql").out);
    fill();
  }
  // 1, 2, 4 … thousand rows, up to all of them.
  void fill() {
    std::string sql = "INSERT INTO users (id, name, age) VALUES ";
    for (int i = 1; i <= 1000; ++i) sql += fmt::format("{}({}, 'name {}', {})", i == 1 ? "" : ", ", i, i, i % 90);
    for (long have = 1000; have < rows_; have = std::min(2 * have, rows_))
      sql += fmt::format(";\nINSERT INTO users (id, name, age) SELECT id + {0}, name, age FROM users WHERE id <= {1}",
                         have, std::min(have, rows_ - have));
    project_.sql(sql + ";\n" + (engine_.name() == "postgres" ? "VACUUM ANALYZE users;\n" : "ANALYZE TABLE users;\n"));
  }
  // Half reads, half writes, over all rows.
  Traffic traffic() const {
    const long rows = rows_;
    return {engine_.url(project_.database()), kSessions, [rows](int session, int i) {
              const long id = (static_cast<long>(i) * 7919 + session * 104729) % rows + 1;
              return i % 2 == 0 ? fmt::format("SELECT name, age FROM users WHERE id = {}", id)
                                : fmt::format("UPDATE users SET age = {} WHERE id = {}", i % 90, id);
            }};
  }
  // How long the step of that number took in what a run with --json has told.
  static double step_seconds(const Outcome& done, int number) {
    std::istringstream lines(done.out);
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (json.is_object() && json.value("type", "") == "step_done" && json.value("step", 0) == number)
        return json.value("seconds", 0.0);
    }
    return 0;
  }
  // The same statement as somebody would write it by hand, with the column there already.
  void add_column() { project_.sql("ALTER TABLE users ADD COLUMN grp varchar(10);\n"); }
  void drop_column() {
    project_.sql("ALTER TABLE users DROP COLUMN grp;\n");
    if (engine_.name() == "postgres") project_.sql("VACUUM FULL ANALYZE users;\n");
  }
  Project& project() { return project_; }
  Engine& engine() { return engine_; }
  long rows() const { return rows_; }

 private:
  Engine& engine_;
  Project project_;
  long rows_;
};

void line(const std::string& engine, const std::string& what, const std::string& rate, const TrafficReport& felt) {
  std::cout << fmt::format("| {} | {} | {} | {:.1f} | {:.1f} | {:.0f} | {} |\n", engine, what, rate, felt.p50, felt.p99,
                           felt.max, felt.failures.size())
            << std::flush;
}

std::string rate(long rows, double seconds) { return fmt::format("{:.0f}", static_cast<double>(rows) / seconds); }

// One UPDATE, and the loop that looks for rows that have no value yet.
void by_hand(Bench& bench, Traffic& traffic) {
  auto& project = bench.project();
  const auto name = bench.engine().name();
  bench.add_column();
  traffic.cut();
  auto begin = Clock::now();
  project.sql(fmt::format("UPDATE users SET grp = {};\n", kValue));
  line(name, "one UPDATE", rate(bench.rows(), seconds_since(begin)), traffic.cut());
  bench.drop_column();
  bench.add_column();
  traffic.cut();
  begin = Clock::now();
  const auto batch =
      name == "postgres"
          ? fmt::format("UPDATE users SET grp = {} WHERE id IN (SELECT id FROM users WHERE grp IS NULL LIMIT 10000)",
                        kValue)
          : fmt::format("UPDATE users SET grp = {} WHERE grp IS NULL LIMIT 10000", kValue);
  std::string loop;
  for (long done = 0; done < bench.rows(); done += 10000) loop += batch + ";\n";
  project.sql(loop);
  line(name, "WHERE grp IS NULL LIMIT 10000", rate(bench.rows(), seconds_since(begin)), traffic.cut());
  bench.drop_column();
}

void backfill(const std::string& name) {
  const auto engine = engine_of(name);
  Bench bench(*engine, big());
  auto& project = bench.project();
  auto traffic = bench.traffic();
  sleep_seconds(1);
  traffic.cut();
  sleep_seconds(5);
  line(name, "idle", "", traffic.cut());
  by_hand(bench, traffic);
  const std::string apply = "--json apply --yes" + project.dev();
  for (const bool rests : {true, false}) {
    project.must(apply + " --to expand");
    if (!rests) project.must("backfill set --pause-ms 0 --url env:DATABASE");
    traffic.cut();
    const auto done = project.must(apply + " --to migrate");
    line(name, rests ? "forgelua" : "forgelua, --pause-ms 0", rate(bench.rows(), Bench::step_seconds(done, 3)),
         traffic.cut());
    project.must(apply);
    traffic.cut();
    const auto begin = Clock::now();
    project.must("--json rollback --yes" + project.dev());
    line(name, fmt::format("rollback: {:.1f} s", seconds_since(begin)), "", traffic.cut());
  }
  traffic.stop();
}

// Many steps that do little: what the runner itself takes.
void small_steps(const std::string& name) {
  const auto engine = engine_of(name);
  Project project(*engine, fmt::format("fl_bench_{}", ::getpid()));
  project.configure("environments: { live: { url: env:DATABASE } }\n");
  std::string before, after;
  for (int i = 0; i < 1000; ++i) {
    const auto table = fmt::format("table \"t{}\" {{ column \"id\" :bigint() :primary_key()", i);
    before += table + " },\n";
    after += table + ", column \"a\" :integer() },\n";
  }
  write_file(project.file("v1.migration.lua"),
             fmt::format("migration \"v1\" {{ before = schema {{ {} }}, after = schema {{ {} }} }}\n", before, after));
  project.must("run v1.migration.lua");
  project.sql(project.must("inspect v1.migration.lua --state before --format sql").out);
  auto begin = Clock::now();
  project.must("--json apply --yes" + project.dev());
  const double there = seconds_since(begin);
  begin = Clock::now();
  project.must("--json rollback --yes" + project.dev());
  std::cout << fmt::format("| {} | 1,000 steps | {:.1f} s there | {:.1f} s back |\n", name, there, seconds_since(begin))
            << std::flush;
}

// A reader holds the table for five seconds while a column is added: how long the application's statements wait.
void stall(const std::string& name) {
  const auto engine = engine_of(name);
  Bench bench(*engine, 10000);
  auto& project = bench.project();
  auto traffic = bench.traffic();
  sleep_seconds(2);
  line(name, "idle", "", traffic.cut());
  const std::string hold = name == "postgres" ? "BEGIN;\nSELECT count(*) FROM users;\nSELECT pg_sleep(5);\nCOMMIT;\n"
                                              : "BEGIN;\nSELECT count(*) FROM users;\nDO SLEEP(5);\nCOMMIT;\n";
  std::thread reader([&] { engine->run_script(project.database(), hold); });
  sleep_seconds(0.5);
  traffic.cut();
  const auto begin = Clock::now();
  project.must("--json apply --yes --to expand" + project.dev());
  line(name, fmt::format("a column is added behind a 5 s reader ({:.1f} s)", seconds_since(begin)), "", traffic.cut());
  reader.join();
  traffic.stop();
}

}  // namespace

TEST_CASE("backfill on postgres", "[backfill]") { backfill("postgres"); }
TEST_CASE("backfill on mysql", "[backfill]") { backfill("mysql"); }
TEST_CASE("backfill on mariadb", "[backfill]") { backfill("mariadb"); }
TEST_CASE("small steps on postgres", "[steps]") { small_steps("postgres"); }
TEST_CASE("small steps on mysql", "[steps]") { small_steps("mysql"); }
TEST_CASE("small steps on mariadb", "[steps]") { small_steps("mariadb"); }
TEST_CASE("a long reader on postgres", "[stall]") { stall("postgres"); }
TEST_CASE("a long reader on mysql", "[stall]") { stall("mysql"); }
TEST_CASE("a long reader on mariadb", "[stall]") { stall("mariadb"); }

}  // namespace forge::test
