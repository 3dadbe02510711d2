// Runs that are broken off: killed at any point, many at once, their sessions ended by the server, while an application writes.
// Always resumed by the same command, and always with the result of a run that nobody disturbed.
// FORGELUA_CRASHES=n: so many runs on each engine, over all cases in place of some, and so many that are broken off with their session
// or their server; FORGELUA_SEED repeats them.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/apply_bench.hpp"
#include "tests/support/product.hpp"

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

unsigned number(const char* variable, unsigned otherwise) {
  const auto text = environment(variable);
  return text.empty() ? otherwise : static_cast<unsigned>(std::stoul(text));
}

// One for each way of carrying out a change, with what an application writes meanwhile: both schemas accept it, and its end does
// not hang on when it is written.
struct Written {
  std::string name, sql;  // {} is a number from 1
  bool always = true;     // false: only where more runs are asked for
};
constexpr const char* kUsers =
    "INSERT INTO users (id, name, age) VALUES (800000 + {0}, 'meanwhile', {0});\n"
    "UPDATE users SET age = {0} WHERE id = 100 + {0} * 40;\n"
    "UPDATE users SET id = 900000 + {0} WHERE id = 110 + {0} * 40;\n"
    "DELETE FROM users WHERE id = 120 + {0} * 40;\n";
const std::vector<Written> kWritten{
    {"emc_backfill_not_null", kUsers},
    {"text_to_int", "UPDATE items SET id = 800000 + {0} WHERE id = 100 + {0} * 40;\n"},
    {"blue_green_set",
     "INSERT INTO entries (id, cart) VALUES (800000 + {0}, 1 + {0});\n"
     "UPDATE entries SET cart = 7 WHERE id = {0} * 5;\n"},
    {"emc_composite_key",
     "UPDATE votes SET v = {0} WHERE person = 'p{0}';\nDELETE FROM votes WHERE person = 'p8{0}';\n"},
    {"asked_shadow_table", kUsers, false},
    {"rename_column", kUsers, false},
    {"int_to_bigint", kUsers, false},
    {"numeric_scale",
     "INSERT INTO products (id, price) VALUES (800000 + {0}, {0});\nUPDATE products SET price = {0} WHERE id = 100 + "
     "{0} * 40;\n"
     "DELETE FROM products WHERE id = 120 + {0} * 40;\n",
     false},
};

std::string writes_of(const std::string& name, const Engine& engine, bool slowly) {
  const auto found = std::ranges::find(kWritten, name, &Written::name);
  if (found == kWritten.end()) return "";
  const std::string pause = !slowly                       ? ""
                            : engine.name() == "postgres" ? "SELECT pg_sleep(0.01);\n"
                            : engine.name() == "sqlite"   ? ".timeout 10000\n.shell sleep 0.02\n"
                                                          : "DO SLEEP(0.01);\n";
  std::string out;
  for (int i = 1; i <= 40; ++i) out += pause + fmt::format(fmt::runtime(found->sql), i);
  return out;
}

// The variables of a run that counts its points, and ends itself at one of them where `more` names it.
std::string counting(const std::string& file, const std::string& more = {}) {
  std::filesystem::remove(file);
  const auto library = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "crash_point.so";
  return fmt::format("LD_PRELOAD={} FORGELUA_CRASH_COUNT={} {}", shell_quote(library.string()), shell_quote(file),
                     more);
}

// The product with a point at which it ends itself, one of about so many.
class Killer {
 public:
  Killer(ApplyBench& bench, std::mt19937& random, int points) : bench_(bench), random_(random), points_(points) {}

  // Runs the command on the database until it has done all, killing it again and again; what contract waits for is let pass.
  void through(const std::string& command, const std::string& database, const std::function<void()>& before_contract) {
    for (int kills = 0;;) {
      const auto done = run(command, database, kills < 2);
      INFO(command << " on " << bench_.engine().name() << ", " << last_ << "\n" << done.err << done.out);
      if (done.exit_code == 0) return;
      if (done.exit_code == 137) {
        ++kills;
        ++killed_;
        continue;
      }
      REQUIRE(done.exit_code == 3);
      REQUIRE(done.err.find("contract waits") != std::string::npos);
      before_contract();
      bench_.age(database);
    }
  }
  int killed() const { return killed_; }

 private:
  Outcome run(const std::string& command, const std::string& database, bool to_be_killed) {
    last_ = "undisturbed";
    if (!to_be_killed) return bench_.product(command, database, "--wait 60");
    // More often late than early: a run begins with reading.
    std::uniform_int_distribution<int> point(1, points_);
    const int at = std::max(point(random_), point(random_));
    const int late = std::uniform_int_distribution<int>(-1, 3)(random_);
    const auto counted = folder_.file("count");
    last_ = fmt::format("FORGELUA_CRASH_AT={} ", at);
    if (late >= 0) last_ += fmt::format("FORGELUA_CRASH_LATE={} ", late * late * 3000);
    auto done = bench_.product(command, database, "--wait 60", counting(counted, last_));
    // A run that ended by itself says how many points there are.
    if (std::ifstream in(counted); in) in >> points_;
    return done;
  }

  ApplyBench& bench_;
  std::mt19937& random_;
  TemporaryFolder folder_;
  int points_, killed_ = 0;
  std::string last_;
};

// What a run that nobody disturbs makes of a case.
struct Calm {
  std::vector<std::string> before, after;
  std::map<std::string, std::string> rows;
  int points = 0;  // at which its run could have been ended
};

Calm calm_run(ApplyBench& bench) {
  Calm out;
  const auto database = bench.name("calm");
  bench.fresh(database);
  const auto written = bench.engine().run_script(database, writes_of(bench.given().name, bench.engine(), false));
  REQUIRE(written.exit_code == 0);
  out.before = bench.schema(database);
  TemporaryFolder folder;
  const auto applied = bench.product("apply", database, "--to switch", counting(folder.file("count")));
  INFO(applied.err << applied.out);
  REQUIRE(applied.exit_code == 0);
  std::ifstream(folder.file("count")) >> out.points;
  REQUIRE(out.points > 0);
  bench.age(database);
  bench.must("apply", database);
  out.after = bench.schema(database);
  out.rows = bench.rows(database);
  bench.engine().drop_database(database);
  return out;
}

// The first lines that only one of two tables' rows has.
std::string differing(const std::map<std::string, std::string>& left, const std::map<std::string, std::string>& right) {
  const auto lines = [](const auto& all) {
    std::set<std::string> out;
    for (const auto& [table, text] : all) {
      std::istringstream in(text);
      for (std::string line; std::getline(in, line);) out.insert(table + ": " + line);
    }
    return out;
  };
  const auto a = lines(left), b = lines(right);
  std::vector<std::string> apart;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(apart));
  std::string out;
  for (std::size_t i = 0; i < apart.size() && i < 10; ++i)
    out += (a.contains(apart[i]) ? "< " : "> ") + apart[i] + "\n";
  return out;
}

int crash(ApplyBench& bench, const Calm& calm, std::mt19937& random) {
  const auto database = bench.name("crashed");
  bench.fresh(database);
  Outcome written;
  std::thread application(
      [&] { written = bench.engine().run_script(database, writes_of(bench.given().name, bench.engine(), true)); });
  const auto wait = [&] {
    if (application.joinable()) application.join();
  };
  Killer killer(bench, random, calm.points);
  try {
    killer.through("apply", database, wait);
  } catch (...) {
    wait();
    throw;
  }
  wait();
  INFO("the application: " << written.err << written.out);
  CHECK(written.exit_code == 0);
  CHECK(written.err.find("ERROR") == std::string::npos);
  CHECK(bench.schema(database) == calm.after);
  if (!bench.given().random_values) CHECK(differing(bench.rows(database), calm.rows) == "");
  killer.through("rollback", database, [] {});
  CHECK(bench.schema(database) == calm.before);
  bench.engine().drop_database(database);
  return killer.killed();
}

void crashes(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto seed = number("FORGELUA_SEED", 20260101);
  const auto times = number("FORGELUA_CRASHES", 0);
  std::vector<Case> cases;
  for (auto& given : read_cases(source_folder() + "/tests/cases", name)) {
    const auto written = std::ranges::find(kWritten, given.name, &Written::name);
    if (times == 0 && (written == kWritten.end() || !written->always)) continue;
    cases.push_back(std::move(given));
  }
  const std::size_t runs = times == 0 ? cases.size() : times;
  int killed = 0;
  for (std::size_t i = 0; i < runs; ++i) {
    // Each run has a seed of its own, so that one of them can be repeated by its case.
    std::mt19937 random(seed + static_cast<unsigned>(i));
    const auto& given = cases[i % cases.size()];
    INFO("FORGELUA_SEED=" << seed + i << " FORGELUA_CASE=" << given.name << " FORGELUA_CRASHES=1");
    ApplyBench bench(given, *engine);
    const auto calm = calm_run(bench);
    killed += crash(bench, calm, random);
  }
  INFO("FORGELUA_SEED=" << seed);
  if (runs > 3) CHECK(killed > static_cast<int>(runs));
  if (times != 0) std::cout << name << ": " << runs << " runs, killed " << killed << " times\n";
}

std::string file_text(const std::string& path) { return run_shell("cat " + path).out; }

Case one_case(const std::string& case_name, const std::string& engine) {
  for (auto& given : read_cases(source_folder() + "/tests/cases", engine)) {
    if (given.name == case_name) return given;
  }
  SKIP("FORGELUA_CASE leaves it out");
  return {};
}

// 50 started together: one applies, the others leave with 4 or find nothing to do; those that wait come to their turn.
void many_at_once(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("emc_backfill_not_null", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("many");
  bench.fresh(database);
  TemporaryFolder folder;
  const auto line = bench.command("apply", database, "--to switch");
  const auto done =
      run_shell(fmt::format("for i in $(seq 50); do ({0} $([ $i -gt 47 ] && echo --wait 60) > {1}/$i.out 2>&1; "
                            "echo $? > {1}/$i.rc) & done; wait",
                            line, folder.path()),
                {}, source_folder());
  REQUIRE(done.exit_code == 0);
  INFO(file_text(folder.path() + "/*.rc | sort | uniq -c") << file_text(folder.path() + "/*.out").substr(0, 4000));
  CHECK(file_text(folder.path() + "/*.rc | grep -vx -e 0 -e 4").empty());
  CHECK(file_text(folder.path() + "/48.rc " + folder.path() + "/49.rc " + folder.path() + "/50.rc") == "0\n0\n0\n");
  CHECK(run_shell("grep -l 'step 1 of' " + folder.path() + "/*.out | wc -l").out == "1\n");
  engine->drop_database(database);
}

// Ends the sessions of a database, but for the one that asks.
void end_sessions(Engine& engine, const std::string& database) {
  if (engine.name() == "postgres") {
    engine.query("postgres",
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database + "'");
    return;
  }
  std::string kills;
  for (const auto& row :
       engine.query("mysql", "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '" + database + "'"))
    kills += "KILL " + row.front() + ";\n";
  (void)engine.run_script("mysql", kills);  // one that is gone by itself is no matter
}

// Breaks a run off again and again, some milliseconds after it began, until two were in the midst of it; then lets it end.
void broken_off(Engine& engine, const std::function<void(const std::string& database)>& break_off,
                const std::function<void()>& wait_for_server) {
  const auto given = one_case("emc_backfill_not_null", engine.name());
  ApplyBench bench(given, engine);
  const auto calm = calm_run(bench);
  const auto database = bench.name("ended");
  const auto begin = [&] {
    bench.fresh(database);
    REQUIRE(engine.run_script(database, writes_of(given.name, engine, false)).exit_code == 0);
  };
  begin();
  int ended = 0;
  for (int ms = 40, tries = 0; ended < 2; ms += 25) {
    REQUIRE(++tries < 100);
    Outcome done;
    std::thread runner([&] { done = bench.product("apply", database, "--to switch --wait 30"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    break_off(database);
    runner.join();
    wait_for_server();
    INFO(done.out << done.err);
    // 1: before anything was begun. One that came to its end was too quick.
    REQUIRE((done.exit_code == 0 || done.exit_code == 5 || done.exit_code == 1));
    ended += done.exit_code == 5 ? 1 : 0;
    if (done.exit_code == 0) begin();
    if (done.exit_code == 0 || ms > 2000) ms = 40;
  }
  bench.apply(database, "--wait 30");  // a server takes its time to end a session
  CHECK(bench.schema(database) == calm.after);
  CHECK(differing(bench.rows(database), calm.rows) == "");
  engine.drop_database(database);
}

// The same at random moments of all cases, there and back: FORGELUA_CRASHES=n breaks off n runs or more.
void broken_off_at_random(Engine& engine, const std::function<void(const std::string& database)>& break_off,
                          const std::function<void()>& wait_for_server) {
  const auto seed = number("FORGELUA_SEED", 20260101);
  const int wanted = static_cast<int>(number("FORGELUA_CRASHES", 0));
  const auto cases = read_cases(source_folder() + "/tests/cases", engine.name());
  int ended = 0;
  for (unsigned i = 0; ended < wanted; ++i) {
    std::mt19937 random(seed + i);
    const auto& given = cases[i % cases.size()];
    INFO("FORGELUA_SEED=" << seed + i << " FORGELUA_CASE=" << given.name << " FORGELUA_CRASHES=1");
    ApplyBench bench(given, engine);
    const auto calm = calm_run(bench);
    const auto database = bench.name("ended");
    bench.fresh(database);
    REQUIRE(engine.run_script(database, writes_of(given.name, engine, false)).exit_code == 0);
    std::string story;
    const auto through = [&](const std::string& command) {
      for (int tries = 0;; ++tries) {
        const bool left_alone = tries > 3;
        Outcome done;
        std::thread runner([&] { done = bench.product(command, database, "--wait 60"); });
        std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(5, 400)(random)));
        if (!left_alone) break_off(database);
        runner.join();
        wait_for_server();
        story += fmt::format("{}: {}\n{}{}\n", command, done.exit_code, done.err, done.out);
        INFO(story);
        if (done.exit_code == 0) return;
        if (done.exit_code == 3 && done.err.find("contract waits") != std::string::npos) {
          bench.age(database);
          continue;
        }
        // 1: before anything was begun.
        REQUIRE((!left_alone && (done.exit_code == 5 || done.exit_code == 1)));
        ended += done.exit_code == 5 ? 1 : 0;
      }
    };
    through("apply");
    INFO(story);
    CHECK(bench.schema(database) == calm.after);
    if (!given.random_values) CHECK(differing(bench.rows(database), calm.rows) == "");
    through("rollback");
    INFO(story);
    CHECK(bench.schema(database) == calm.before);
    engine.drop_database(database);
  }
  std::cout << engine.name() << ": broken off " << ended << " times\n";
}

void sessions_ended(const std::string& name) {
  const auto engine = engine_or_skip(name);
  if (number("FORGELUA_CRASHES", 0) != 0) {
    return broken_off_at_random(*engine, [&](const std::string& database) { end_sessions(*engine, database); }, [] {});
  }
  broken_off(*engine, [&](const std::string& database) { end_sessions(*engine, database); }, [] {});
}

// A server of this test's own, which the variables name as long as it runs.
class OwnServer {
 public:
  OwnServer() {
    const auto started = run_shell("tests/support/servers.sh start postgres", {}, source_folder());
    INFO(started.err);
    REQUIRE(started.exit_code == 0);
    file_ = started.out.substr(0, started.out.find('\n'));
    for (const auto* name : {"FORGELUA_TEST_POSTGRES_URL", "FORGELUA_TEST_PSQL", "FORGELUA_TEST_PG_DUMP"}) {
      before_[name] = environment(name);
      const auto value = run_shell(fmt::format(". {}; printf %s \"${}\"", shell_quote(file_), name)).out;
      ::setenv(name, value.c_str(), 1);
    }
  }
  ~OwnServer() {
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
    run_shell("tests/support/servers.sh stop " + shell_quote(file_), {}, source_folder());
  }
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

 private:
  std::string file_;
  std::map<std::string, std::string> before_;
};

// PostgreSQL takes the death of one of its processes for damage: it ends all sessions, recovers and starts again.
void server_dies() {
  if (!environment("FORGELUA_TEST_POSTGRES_VERSION").empty()) SKIP("the tests' own server is of another version");
  (void)engine_or_skip("postgres");
  const OwnServer server;
  const auto engine = open_engine("postgres");
  const auto one = [](const std::string& sql) {
    return run_shell(environment("FORGELUA_TEST_PSQL") + " -X -q -A -t -d postgres", sql);
  };
  // The tests' servers put commits off, which is what a death would lose.
  REQUIRE(one("ALTER SYSTEM SET synchronous_commit = on;\nSELECT pg_reload_conf();").exit_code == 0);
  const auto broken = number("FORGELUA_CRASHES", 0) != 0 ? broken_off_at_random : broken_off;
  broken(
      *engine,
      [&](const std::string& database) {
        const auto pid = one("SELECT pid FROM pg_stat_activity WHERE datname = '" + database + "' LIMIT 1;").out;
        if (!pid.empty()) run_shell("kill -KILL " + pid.substr(0, pid.find('\n')));
      },
      [&] {
        for (int i = 0; i < 300 && one("SELECT 1;").exit_code != 0; ++i)
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
      });
}

}  // namespace

TEST_CASE("killed runs are resumed on sqlite", "[crash][sqlite]") { crashes("sqlite"); }
TEST_CASE("killed runs are resumed on postgres", "[crash][postgres]") { crashes("postgres"); }
TEST_CASE("killed runs are resumed on mysql", "[crash][mysql]") { crashes("mysql"); }
TEST_CASE("killed runs are resumed on mariadb", "[crash][mariadb]") { crashes("mariadb"); }

TEST_CASE("fifty runners start together on sqlite", "[crash][sqlite]") { many_at_once("sqlite"); }
TEST_CASE("fifty runners start together on postgres", "[crash][postgres]") { many_at_once("postgres"); }
TEST_CASE("fifty runners start together on mysql", "[crash][mysql]") { many_at_once("mysql"); }
TEST_CASE("fifty runners start together on mariadb", "[crash][mariadb]") { many_at_once("mariadb"); }

TEST_CASE("sessions of a runner are ended on postgres", "[crash][postgres]") { sessions_ended("postgres"); }
TEST_CASE("sessions of a runner are ended on mysql", "[crash][mysql]") { sessions_ended("mysql"); }
TEST_CASE("sessions of a runner are ended on mariadb", "[crash][mariadb]") { sessions_ended("mariadb"); }

TEST_CASE("a server dies and comes back", "[crash][postgres]") { server_dies(); }

}  // namespace forge::test
