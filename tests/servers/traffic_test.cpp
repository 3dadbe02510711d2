// A deployed application and a new one read and write while a package is run there and back: no statement of theirs fails, no row is
// lost, none is wrong. FORGELUA_TRAFFIC_ROWS=n: all scenarios on a table of so many rows, in place of some on a small one.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <iostream>
#include <memory>

#include "tests/support/product.hpp"
#include "tests/support/project.hpp"
#include "tests/support/traffic.hpp"

namespace forge::test {
namespace {

std::unique_ptr<Engine> engine_or_skip(const std::string& name) {
  auto engine = open_engine(name);
  if (!engine || engine->url("x").empty()) {
    if (!environment("CI").empty()) FAIL("no server of " << name << ": FORGELUA_TEST_… is not set");
    SKIP("no server of " << name << ": run ./dev servers start, then source the file that it names");
  }
  return engine;
}

// One way of changing the table `users` (id, name, n).
struct Scenario {
  std::string name;
  std::string before = "column \"n\" :integer() :not_null()", after;  // the column that is changed
  std::string options;                                                // of `run`
  std::string old_column = "n", new_column = "n";                     // by which each application knows it
  std::string stated;                                                 // what the new one states besides
  bool always = false;                                                // false: only where it is asked for
};

const std::vector<Scenario> kScenarios{
    {.name = "direct", .after = "column \"n\" :integer() :not_null(), column \"extra\" :integer()", .stated = "extra"},
    {.name = "expand_migrate_contract",
     .after = "column \"n\" :integer() :not_null(), column \"extra\" :integer() :not_null() :backfill \"id % 7\"",
     .stated = "extra"},
    {.name = "shadow_column, renamed",
     .after = "column \"total\" :integer() :not_null() :renamed_from \"n\"",
     .new_column = "total",
     .always = true},
    {.name = "shadow_column, of another type", .after = "column \"n\" :bigint() :not_null()"},
    {.name = "shadow_table",
     .after = "column \"n\" :bigint() :not_null()",
     .options = " --strategy shadow_table",
     .always = true},
    {.name = "blue_green", .after = "column \"n\" :bigint() :not_null()", .options = " --strategy blue_green"},
};

// One session of an application, which alone writes its rows and so knows what each must be.
class Writer {
 public:
  Writer(int number, int of, long rows)
      : number_(number), of_(of), base_(rows / of), next_(10'000'000L * (number + 1)) {
    for (long i = 0; i < base_; ++i) rows_[own(i)] = own(i) % 90;
  }

  std::string statement(const std::string& column, const std::string& stated) {
    const int i = sent_++;
    const long id = own((i * 7919L) % base_);
    if (i % 5 == 2) return fmt::format("SELECT name, {} FROM users WHERE id = {}", column, id);
    if (i % 5 == 3) {
      rows_[next_] = i;
      return fmt::format("INSERT INTO users (id, name, {}{}) VALUES ({}, 'new', {}{})", column,
                         stated.empty() ? "" : ", " + stated, next_++, i, stated.empty() ? "" : ", 1");
    }
    if (i % 10 == 9) {  // the one that came ten statements ago
      rows_.erase(next_ - 2);
      return fmt::format("DELETE FROM users WHERE id = {}", next_ - 2);
    }
    ++rows_[id];
    return fmt::format("UPDATE users SET {0} = {0} + 1 WHERE id = {1}", column, id);
  }
  const std::map<long, long>& rows() const { return rows_; }

 private:
  long own(long i) const { return i * of_ + number_ + 1; }

  int number_, of_, sent_ = 0;
  long base_, next_;
  std::map<long, long> rows_;
};

class Life {
 public:
  static constexpr int kSessions = 2;  // of each application

  Life(Engine& engine, const Scenario& scenario, long rows)
      : engine_(engine), scenario_(scenario), project_(engine, fmt::format("fl_traffic_{}", ::getpid())) {
    for (int i = 0; i < 2 * kSessions; ++i) writers_.emplace_back(i, 2 * kSessions, rows);
    const auto schema = [](const std::string& column) {
      return "schema { table \"users\" { column \"id\" :bigint() :primary_key(), column \"name\" :varchar(80) "
             ":not_null(), " +
             column + " } }";
    };
    project_.configure("environments: { live: { url: env:DATABASE } }\n");
    write_file(
        project_.file("v1.migration.lua"),
        fmt::format(
            "migration \"v1\" {{ before = {}, after = {}, hints = {{ users = {{ rows = {}, hot = true }} }} }}\n",
            schema(scenario.before), schema(scenario.after), std::max(rows, 100'000L)));
    project_.must("run v1.migration.lua" + scenario.options);
    fill(rows);
  }

  void run() {
    old_app(true);
    product("apply --to migrate");
    new_app(true);
    product("apply --to switch");
    old_app(false);
    product("apply");
    new_app(false);
    compare(scenario_.new_column, "with the whole plan run");
    new_app(true);
    product("rollback --to contract");
    old_app(true);
    product("rollback --to switch");
    new_app(false);
    product("rollback");
    old_app(false);
    compare(scenario_.old_column, "with nothing of it standing");
  }

 private:
  void fill(long rows) {
    std::string sql = project_.must("inspect v1.migration.lua --state before --format sql").out +
                      "INSERT INTO users (id, name, n) VALUES ";
    for (int i = 1; i <= 1000; ++i) sql += fmt::format("{}({}, 'name', {})", i == 1 ? "" : ", ", i, i % 90);
    for (long have = 1000; have < rows; have = std::min(2 * have, rows))
      sql += fmt::format(
          ";\nINSERT INTO users (id, name, n) SELECT id + {0}, name, (id + {0}) % 90 FROM users WHERE id <= {1}", have,
          std::min(have, rows - have));
    project_.sql(sql + ";\n");
  }

  void old_app(bool runs) { app(old_, runs, 0, scenario_.old_column, ""); }
  void new_app(bool runs) { app(new_, runs, kSessions, scenario_.new_column, scenario_.stated); }

  void app(std::unique_ptr<Traffic>& traffic, bool runs, int first, const std::string& column,
           const std::string& stated) {
    if (runs) {
      traffic = std::make_unique<Traffic>(engine_.url(project_.database()), kSessions, [=, this](int session, int) {
        return writers_[static_cast<std::size_t>(first + session)].statement(column, stated);
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      return;
    }
    traffic->stop();
    felt(*traffic, "its end");
    traffic.reset();
  }

  void product(const std::string& command) {
    project_.must(command + " --yes" + project_.dev());
    for (auto* traffic : {old_.get(), new_.get()}) {
      if (traffic) felt(*traffic, command);
    }
  }

  // No statement may have failed.
  void felt(Traffic& traffic, const std::string& when) {
    const auto report = traffic.cut();
    INFO(scenario_.name << " on " << engine_.name() << ", " << when << ": " << report.failures.size() << " of "
                        << report.statements << " statements failed");
    CHECK((report.failures.empty() ? "" : report.failures.front()) == "");
    if (!environment("FORGELUA_TRAFFIC_ROWS").empty()) {
      std::cout << fmt::format("{} on {}, {}: {} statements, p50 {:.1f} ms, p99 {:.1f} ms, max {:.0f} ms\n",
                               scenario_.name, engine_.name(), when, report.statements, report.p50, report.p99,
                               report.max);
    }
  }

  void compare(const std::string& column, const std::string& when) {
    std::map<long, long> wanted, found;
    for (const auto& writer : writers_) wanted.insert(writer.rows().begin(), writer.rows().end());
    for (const auto& row : engine_.query(project_.database(), "SELECT id, " + column + " FROM users"))
      found[std::stol(row[0])] = std::stol(row[1]);
    std::string apart;
    int differing = 0;
    for (const auto& [id, n] : wanted) {
      const auto one = found.find(id);
      if (one != found.end() && one->second == n) continue;
      if (++differing <= 5)
        apart +=
            fmt::format("{}: {} in place of {}\n", id, one == found.end() ? "nothing" : std::to_string(one->second), n);
    }
    INFO(scenario_.name << " on " << engine_.name() << ", " << when << ": " << differing << " rows differ\n" << apart);
    CHECK(apart == "");
    CHECK(found.size() == wanted.size());
  }

  Engine& engine_;
  const Scenario& scenario_;
  Project project_;
  std::vector<Writer> writers_;
  std::unique_ptr<Traffic> old_, new_;
};

void whole_life(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto rows = environment("FORGELUA_TRAFFIC_ROWS"), only = environment("FORGELUA_CASE");
  for (const auto& scenario : kScenarios) {
    if ((rows.empty() && only.empty() && !scenario.always) || scenario.name.find(only) == std::string::npos) continue;
    Life(*engine, scenario, rows.empty() ? 4000 : std::stol(rows)).run();
  }
}

// A reader that holds the table is waited for aside: no statement of the application queues up behind ours.
void behind_a_reader(const std::string& name, const std::string& told) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, fmt::format("fl_reader_{}", ::getpid()));
  project.configure("environments: { live: { url: env:DATABASE } }\n");
  project.make_notes();
  project.sql("INSERT INTO notes (id) VALUES (1), (2);\n");
  project.plan("v1", {}, "a");
  std::thread reader([&] {
    // Long enough for the product to come to its lock on a busy machine as well.
    const auto* sleep = name == "postgres" ? "SELECT pg_sleep(5);" : "DO SLEEP(5);";
    engine->run_script(project.database(), fmt::format("BEGIN;\nSELECT count(*) FROM notes;\n{}\nCOMMIT;\n", sleep));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  Traffic traffic(engine->url(project.database()), 1,
                  [](int, int i) { return fmt::format("UPDATE notes SET id = id WHERE id = {}", i % 2 + 1); });
  const auto applied = project.product("apply --yes" + project.dev());
  reader.join();
  traffic.stop();
  const auto report = traffic.cut();
  INFO(applied.err << "the longest statement took " << report.max << " ms");
  CHECK(applied.exit_code == 0);
  CHECK(applied.err.find(told) != std::string::npos);
  CHECK((report.failures.empty() ? "" : report.failures.front()) == "");
}

}  // namespace

TEST_CASE("a long reader is waited for aside", "[traffic]") {
  behind_a_reader("postgres", "attempt 1 did not get its lock");
  behind_a_reader("mysql", "its table is held by somebody");
  behind_a_reader("mariadb", "attempt 1 did not get its lock");
}

TEST_CASE("applications write through the whole life of a plan on postgres", "[traffic][postgres]") {
  whole_life("postgres");
}
TEST_CASE("applications write through the whole life of a plan on mysql", "[traffic][mysql]") { whole_life("mysql"); }

}  // namespace forge::test
