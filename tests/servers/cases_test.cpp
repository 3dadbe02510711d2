// Every case of tests/cases on every engine that it is for: on rows, by the engine's own client, as a person would run
// the package by hand.

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "tests/support/case.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/product.hpp"

namespace forge::test {
namespace fs = std::filesystem;
namespace {

// The points between phases at which a case writes and looks.
const std::vector<std::string> kMoments{"expand", "migrate", "backfill", "switch", "contract"};

// One file of phases/ with those beside it.
struct Script {
  std::string forward, rollback, validation;
};

// The package of a case on one engine, with databases to run it in.
class Bench {
 public:
  Bench(const Case& given, Engine& engine) : case_(given), engine_(engine) {
    const auto made = run_product(arguments("run") + " --out " + shell_quote(out_.file("package")) +
                                  " --now 2026-01-01T00:00:00Z --status " + shell_quote(out_.file("status.yml")));
    INFO(made.err << made.out);
    REQUIRE(made.exit_code == 0);
    before_ = build("before");
    after_ = build("after");
    plan_ = nlohmann::json::parse(file("plan.json"));
  }

  std::string file(const std::string& name) const {
    std::ifstream in(out_.file("package/" + name), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  fs::path package() const { return out_.file("package"); }
  const nlohmann::json& plan() const { return plan_; }

  // The files of phases/ that are run up to a moment and after the one before it, in order. Rows move between "migrate" and
  // "backfill", and so does what a migrate phase does to the schema after them.
  std::vector<Script> scripts(const std::string& moment) const {
    std::vector<Script> out;
    bool moved = false;
    for (const auto& entry : plan_.at("files")) {
      const std::string phase = entry.at("phase");
      moved = moved || (phase == "migrate" && entry.at("rows"));
      if ((phase == "migrate" && moved ? "backfill" : phase) != moment) continue;
      out.push_back({entry.at("forward"), entry.at("rollback"), entry.at("validation")});
    }
    return out;
  }
  void forward(const std::string& database, const std::string& moment) {
    for (const auto& script : scripts(moment)) run(database, file(script.forward), script.forward);
  }
  void forward_and_validate(const std::string& database, const std::string& moment) {
    for (const auto& script : scripts(moment)) {
      run(database, file(script.forward), script.forward);
      run(database, file(script.validation), script.validation);
    }
  }
  void back(const std::string& database, const std::string& moment) {
    auto list = scripts(moment);
    std::ranges::reverse(list);
    for (const auto& script : list) run(database, file(script.rollback), script.rollback);
  }

  // A database in the old schema with the case's rows in it.
  void fresh(const std::string& database) {
    engine_.create_database(database);
    run(database, before_ + "\n" + seed_sql(case_), "the old schema and the seed");
  }
  const std::vector<std::string>& wanted_schema() {
    if (wanted_) return *wanted_;
    const std::string database = name("wanted");
    engine_.create_database(database);
    run(database, after_, "the new schema");
    wanted_ = engine_.dump_schema(database);
    engine_.drop_database(database);
    return *wanted_;
  }
  void run(const std::string& database, const std::string& sql, const std::string& what) {
    if (!sql.empty()) check(engine_.run_script(database, sql), what);
  }
  void write(const std::string& database, const std::string& sql, const std::string& what) {
    if (!sql.empty()) check(engine_.write(database, sql), what);
  }
  void check(const Outcome& outcome, const std::string& what) const {
    INFO(what << " on " << engine_.name() << "\n" << outcome.err << outcome.out);
    REQUIRE(outcome.exit_code == 0);
    // psql goes on after an error in a script that does not stop itself: an error message is a failure all the same.
    REQUIRE(outcome.err.find("ERROR") == std::string::npos);
  }
  void moments(const std::string& database, const std::string& after) {
    for (const auto& one : case_.writes) {
      if (one.after == after) write(database, one.sql, "a write after " + after + ": " + one.sql);
    }
    for (const auto& fail : case_.fails) {
      if (fail.after != after) continue;
      INFO("must be refused after " << after << ": " << fail.sql);
      CHECK(engine_.write(database, fail.sql).exit_code != 0);
    }
    expect(database, after);
  }
  void expect(const std::string& database, const std::string& after) {
    for (const auto& wanted : case_.expect) {
      if (wanted.after != after) continue;
      INFO("expected after " << after << ": " << wanted.sql);
      const auto rows = engine_.query(database, wanted.sql);
      REQUIRE(!rows.empty());
      CHECK(rows[0][0] == wanted.value);
    }
  }
  // What a rollback must give back: whole tables, or the case's own queries where the plan says that something is lost.
  std::string rows(const std::string& database) {
    std::string text;
    if (case_.compare.empty()) {
      for (const auto& [table, dump] : engine_.dump_rows(database)) text += table + ":\n" + dump;
      return text;
    }
    for (const auto& query : case_.compare) {
      text += query + "\n";
      for (const auto& row : engine_.query(database, query)) {
        for (const auto& field : row) text += field + "|";
        text += "\n";
      }
    }
    return text;
  }
  // Several test programs may share one server.
  static std::string name(const std::string& what) { return "fl_" + what + "_" + std::to_string(::getpid()); }
  void drop(const std::string& database) { engine_.drop_database(database); }
  // An archive of dropped rows stays behind on purpose: it is no part of the schema.
  std::vector<std::string> schema(const std::string& database) {
    auto dump = engine_.dump_schema(database);
    std::erase_if(dump, [](const std::string& entry) { return entry.find("__archive") != std::string::npos; });
    return dump;
  }
  // After the case's writes: a log of what could not be carried over is there if and only if it holds rows.
  std::vector<std::string> schema_and_logs(const std::string& database) {
    auto dump = schema(database);
    for (const auto& log : case_.keeps) {
      if (std::ranges::none_of(dump, [&](const std::string& entry) { return entry.find(log) != std::string::npos; }))
        continue;
      INFO(log << " stays behind");
      CHECK(engine_.query(database, "SELECT count(*) FROM " + log)[0][0] != "0");
      std::erase_if(dump, [&](const std::string& entry) { return entry.find(log) != std::string::npos; });
    }
    return dump;
  }
  const Case& given() const { return case_; }

 private:
  std::string arguments(const std::string& command) const {
    std::string line =
        command + " " + shell_quote("tests/cases/" + case_.name + "/spec.migration.lua") + " --db=" + engine_.target();
    if (command == "run") {
      for (const auto& option : case_.run) line += " " + shell_quote(option);
    }
    return line;
  }
  std::string build(const std::string& state) const {
    const auto made = run_product(arguments("inspect") + " --format sql --state " + state);
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    return made.out;
  }

  const Case& case_;
  Engine& engine_;
  TemporaryFolder out_;
  std::string before_, after_;
  nlohmann::json plan_;
  std::optional<std::vector<std::string>> wanted_;
};

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

void check_same(const std::vector<std::string>& got, const std::vector<std::string>& wanted, const std::string& what) {
  INFO(what);
  CHECK(text_of(got) == text_of(wanted));
}

void check_coverage(const Bench& bench) {
  if (bench.given().strategy.empty()) return;
  std::vector<std::string> served;
  const auto plan = bench.plan();
  for (const auto& change : plan.at("changes")) {
    if (change.at("strategy") == bench.given().strategy) served.push_back(change.at("change").at("op"));
  }
  for (const auto& word : bench.given().changes) {
    INFO(bench.given().strategy << " must serve " << word);
    CHECK(std::ranges::find(served, word) != served.end());
  }
  CHECK(!served.empty());
}

void check_whole(Bench& bench) {
  const std::string database = bench.name("whole");
  bench.fresh(database);
  const auto schema = bench.schema(database);
  const auto rows = bench.rows(database);
  bench.run(database, bench.file("forward.sql"), "forward.sql");
  bench.run(database, bench.file("validation.sql"), "validation.sql");
  check_same(bench.schema(database), bench.wanted_schema(), "forward.sql ends in the new schema");
  bench.run(database, bench.file("rollback.sql"), "rollback.sql");
  check_same(bench.schema(database), schema, "rollback.sql ends in the old schema");
  CHECK(bench.rows(database) == rows);
  bench.drop(database);
}

void check_phases(Bench& bench) {
  const std::string database = bench.name("phases");
  bench.fresh(database);
  for (const auto& moment : kMoments) {
    if (moment == "contract" && !bench.scripts(moment).empty()) {
      // Before the contract phase the schema is not the new one yet: validation must say so by its exit.
      const auto early = bench.schema(database);
      CHECK(early != bench.wanted_schema());
    }
    bench.forward(database, moment);
    bench.moments(database, moment);
  }
  check_same(bench.schema_and_logs(database), bench.wanted_schema(), "the phases end in the new schema");
  bench.drop(database);
}

// Forward to the end of each phase, each with its validation, then back phase by phase: to where the next one begins.
void check_way_back(Bench& bench) {
  const std::string database = bench.name("back");
  bench.fresh(database);
  const auto schema = bench.schema(database);
  const auto rows = bench.rows(database);
  for (std::size_t reached = 0; reached < kMoments.size(); ++reached) {
    if (kMoments[reached] == "migrate") continue;  // the backfill belongs to the same phase
    const bool backfill = kMoments[reached] == "backfill" && !bench.scripts("migrate").empty();
    if (bench.scripts(kMoments[reached]).empty() && !backfill) continue;
    for (std::size_t i = 0; i <= reached; ++i) bench.forward_and_validate(database, kMoments[i]);
    for (std::size_t i = reached + 1; i-- > 0;) bench.back(database, kMoments[i]);
    INFO("back from " << kMoments[reached]);
    check_same(bench.schema(database), schema, "phase rollbacks end in the old schema");
    CHECK(bench.rows(database) == rows);
  }
  bench.drop(database);
}

// Writes of both applications up to the end of a phase, then back: what the old schema can hold is kept.
void check_writes_kept(Bench& bench, const std::string& last, const std::string& wanted) {
  if (std::ranges::none_of(bench.given().expect, [&](const Moment& m) { return m.after == wanted; })) return;
  const std::string database = bench.name("kept");
  bench.fresh(database);
  const auto schema = bench.schema(database);
  const auto end = std::ranges::find(kMoments, last) + 1;
  for (auto moment = kMoments.begin(); moment != end; ++moment) {
    bench.forward(database, *moment);
    bench.moments(database, *moment);
  }
  for (auto moment = end; moment != kMoments.begin();) bench.back(database, *--moment);
  INFO("back from " << last);
  check_same(bench.schema_and_logs(database), schema, "the old schema is back");
  bench.expect(database, wanted);
  bench.drop(database);
}

// What only the new schema accepts stops the way back at its very beginning; once it is mended the way back runs.
void check_stops(Bench& bench, Engine& engine) {
  for (const auto& stop : bench.given().stops) {
    if (!stop.after.empty()) continue;
    INFO("the way back must stop at: " << stop.write);
    const std::string database = bench.name("stops");
    bench.fresh(database);
    const auto schema = bench.schema(database);
    bench.run(database, bench.file("forward.sql"), "forward.sql");
    bench.write(database, stop.write, "the write that only the new schema accepts");
    const auto outcome = engine.run_script(database, bench.file("rollback.sql"));
    INFO(outcome.err << outcome.out);
    CHECK((outcome.err + outcome.out).find(stop.says) != std::string::npos);
    check_same(bench.schema(database), bench.wanted_schema(), "nothing has been undone");
    bench.write(database, stop.mend, "the mending statement");
    bench.run(database, bench.file("rollback.sql"), "rollback.sql");
    check_same(bench.schema(database), schema, "rollback.sql ends in the old schema");
    bench.drop(database);
  }
}

// What the new schema cannot take stops the way there at its very beginning: forward.sql, and the first script of phases/.
void check_halts(Bench& bench, Engine& engine) {
  std::vector<std::string> files{"forward.sql"};
  for (const auto& script : bench.scripts("expand")) files.push_back(script.forward);
  for (const auto& halt : bench.given().halts) {
    for (const auto& file : files) {
      INFO(file << " must stop at: " << halt.write);
      const std::string database = bench.name("halts");
      bench.fresh(database);
      bench.write(database, halt.write, "the write that the new schema cannot take");
      const auto schema = bench.schema(database);
      const auto rows = bench.rows(database);
      const auto outcome = engine.run_script(database, bench.file(file));
      INFO(outcome.err << outcome.out);
      CHECK((outcome.exit_code != 0 || outcome.err.find("ERROR") != std::string::npos));
      CHECK((outcome.err + outcome.out).find(halt.says) != std::string::npos);
      check_same(bench.schema(database), schema, "nothing has been changed");
      CHECK(bench.rows(database) == rows);
      bench.write(database, halt.mend, "the mending statement");
      bench.run(database, bench.file(file), file);
      bench.drop(database);
    }
  }
}

// What the deployed application writes on the way and the new side cannot hold stops the next phase at its very beginning.
void check_stops_there(Bench& bench, Engine& engine) {
  for (const auto& stop : bench.given().stops) {
    if (stop.after.empty()) continue;
    INFO("the phase after " << stop.after << " must stop at: " << stop.write);
    const std::string database = bench.name("stops");
    bench.fresh(database);
    auto moment = std::ranges::find(kMoments, stop.after) + 1;
    for (auto done = kMoments.begin(); done != moment; ++done) bench.forward(database, *done);
    bench.write(database, stop.write, "the write that the new side cannot hold");
    const auto schema = bench.schema(database);
    const auto outcome = engine.run_script(database, bench.file(bench.scripts(*moment).at(0).forward));
    INFO(outcome.err << outcome.out);
    CHECK((outcome.exit_code != 0 && (outcome.err + outcome.out).find(stop.says) != std::string::npos));
    check_same(bench.schema(database), schema, "nothing has been changed");
    bench.write(database, stop.mend, "the mending statement");
    for (; moment != kMoments.end(); ++moment) bench.forward_and_validate(database, *moment);
    check_same(bench.schema(database), bench.wanted_schema(), "the phases end in the new schema");
    bench.drop(database);
  }
}

// A validation that cannot fail proves nothing: on the old schema it must exit with an error.
void check_validation_fails(Bench& bench, Engine& engine) {
  const std::string database = bench.name("unmigrated");
  bench.fresh(database);
  const auto outcome = engine.run_script(database, bench.file("validation.sql"));
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code != 0);
  bench.drop(database);
}

// Read once: a test begins anew for every section of it.
const std::vector<Case>& cases_of(const std::string& engine) {
  static std::map<std::string, std::vector<Case>> read;
  const auto [found, fresh] = read.try_emplace(engine);
  if (fresh) found->second = read_cases(source_folder() + "/tests/cases", engine);
  return found->second;
}

void run_cases(const std::string& engine_name) {
  auto engine = open_engine(engine_name);
  if (!engine) {
    if (!environment("CI").empty()) FAIL("no client for " << engine_name << ": FORGELUA_TEST_… is not set");
    SKIP("no client for " << engine_name << ": run ./dev servers start, then source the file that it names");
  }
  for (const auto& given : cases_of(engine_name)) {
    // No version is named where it is the usual one, which can carry out all of them.
    const auto version = engine->target().substr(std::min(engine->target().size(), engine_name.size() + 1));
    if (!version.empty() && std::stoi(version) < given.since) continue;
    DYNAMIC_SECTION(given.name) {
      Bench bench(given, *engine);
      check_coverage(bench);
      // What is approved is for the usual version.
      if (engine->target() == engine_name) check_approved(given, engine_name, bench.package());
      if (!given.loses.empty()) CHECK(bench.file("migration-plan.md").find(given.loses) != std::string::npos);
      check_whole(bench);
      check_stops(bench, *engine);
      check_halts(bench, *engine);
      check_stops_there(bench, *engine);
      if (!given.blind) check_validation_fails(bench, *engine);
      // On other versions than the usual one: the whole way there and back.
      if (given.phases && engine->target() == engine_name) {
        check_phases(bench);
        check_way_back(bench);
        check_writes_kept(bench, "switch", "rollback");
        check_writes_kept(bench, "contract", "rollback from contract");
      }
    }
  }
}

}  // namespace

TEST_CASE("cases on sqlite", "[cases][sqlite]") { run_cases("sqlite"); }
TEST_CASE("cases on postgres", "[cases][postgres]") { run_cases("postgres"); }
TEST_CASE("cases on mysql", "[cases][mysql]") { run_cases("mysql"); }
TEST_CASE("cases on mariadb", "[cases][mariadb]") { run_cases("mariadb"); }

}  // namespace forge::test
