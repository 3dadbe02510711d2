// What is looked at and asked for while a plan is run: figures of the running system, the second approval, the server's health.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <future>

#include "tests/support/background.hpp"
#include "tests/support/product.hpp"
#include "tests/support/project.hpp"

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

bool says(const Outcome& done, const std::string& text) {
  return (done.out + done.err).find(text) != std::string::npos;
}

const std::string kLive = "environments: { live: { url: env:DATABASE } }\n";

// A plan of eight steps or so, of which the last destroys a column.
void plan_notes(Project& project) {
  project.sql(
      "CREATE TABLE notes (id integer PRIMARY KEY, word varchar(20));\n"
      "INSERT INTO notes (id, word) VALUES (1, 'é'), (2, NULL);\n");
  write_file(
      project.file("v1.migration.lua"),
      "migration \"v1\" { \n"
      "  before = schema { table \"notes\" { column \"id\" :integer() :primary_key(), column \"word\" :varchar(20) } "
      "},\n"
      "  after = schema { table \"notes\" { column \"id\" :integer() :primary_key(), column \"term\" :varchar(20) "
      ":renamed_from \"word\" } },\n"
      "  hints = { notes = { rows = 5e6 } } }\n");
  project.configure(kLive);
  project.must("run v1.migration.lua");
}

// The figure counts the looks at it.
std::string counted(const Project& project, const std::string& more) {
  write_file(project.file("n"), "0");
  return kLive +
         fmt::format(
             "watch:\n  everySeconds: 0\n  figures:\n    - {{ name: errors, command: \"n=$(cat {0}); echo $((n + 1)) "
             "> {0}; echo $n\", {1} }}\n",
             project.file("n"), more);
}

void figure_ends_a_run(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_watch_" + std::to_string(::getpid()));
  plan_notes(project);
  const std::string apply = "apply --yes" + project.dev();
  const auto words = [&](const std::string& column) {
    return engine->query(project.database(), "SELECT count(*) FROM notes WHERE " + column + " = 'é'").at(0).at(0);
  };
  // Too high from the fourth look on: the run ends there, and the same command goes on once it is well.
  project.configure(counted(project, "over: 2"));
  const auto ended = project.product(apply);
  INFO(ended.err);
  CHECK(ended.exit_code == 5);
  CHECK(says(ended, "watch: errors is 3, above 2"));
  CHECK(says(project.must("status"), "goes on at step"));
  project.configure(kLive);
  project.must(apply + " --to switch");
  CHECK(words("term") == "1");
  // What this run has done goes back, and what an earlier one did stays.
  project.must("rollback --yes --to migrate" + project.dev());
  project.configure(counted(project, "over: 3, then: rollback"));
  const auto back = project.product(apply);
  INFO(back.err);
  CHECK(back.exit_code == 5);
  CHECK(says(back, "errors is 4, above 3: what this run has done is undone"));
  CHECK(words("word") == "1");
  CHECK(says(project.must("status"), "v1  running"));
  project.must("rollback --yes" + project.dev());
  CHECK_FALSE(says(project.must("status"), "v1  running"));
}

void figure_behind_the_last_step(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_watch_end_" + std::to_string(::getpid()));
  plan_notes(project);
  const std::string apply = "apply --yes" + project.dev();
  const auto afterwards = [&](const std::string& figure) {
    project.configure(
        kLive + "thresholds: { sync_errors: 0 }\nwatch:\n  everySeconds: 0\n  afterwards: 1s\n  figures:\n    - { " +
        figure + " }\n");
  };
  // The application begins to fail once the old column is gone.
  afterwards("name: sync_errors, query: \"SELECT count(*) - 2 FROM notes\"");
  const auto well = project.must(apply + " --to switch");
  CHECK(says(well, "watches for 1 s"));
  project.sql("INSERT INTO notes (id, word) VALUES (3, 'late');\n");
  afterwards("name: sync_errors, lasting: 1h, query: \"SELECT count(*) - 2 FROM notes\"");
  CHECK(says(project.must(apply), "watch: sync_errors is 1, above 0"));
  CHECK(says(project.must("status"), "v1  applied"));
  project.must("rollback --yes" + project.dev());
  afterwards("name: gone, over: 5, then: rollback, command: \"test -f " + project.file("flag") +
             " && echo 9 || echo 0\"");
  write_file(project.file("flag"), "yes");
  const auto back = project.product(apply);
  INFO(back.err);
  CHECK(back.exit_code == 1);
  CHECK(says(back, "gone is 9, above 5"));
  CHECK(engine->query(project.database(), "SELECT count(*) FROM notes WHERE word = 'late'").at(0).at(0) == "1");
  CHECK(says(project.must("status"), "v1  rolled_back"));
  // A figure that cannot be had ends a run, and takes nothing back.
  afterwards("name: gone, over: 5, then: rollback, command: echo nothing");
  const auto unknown = project.product(apply);
  CHECK(unknown.exit_code == 5);
  CHECK(says(unknown, "gone is not to be had ('nothing' is no number)"));
  CHECK_FALSE(says(unknown, "undone"));
}

void second_approval(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_second_" + std::to_string(::getpid()));
  plan_notes(project);
  const std::string apply = "apply --yes" + project.dev();
  project.configure("environments: { live: { url: env:DATABASE, requireSecondApproval: true } }\n");
  const auto asked = project.product(apply);
  INFO(asked.err);
  CHECK(asked.exit_code == 3);
  CHECK(says(asked, "word of notes as the old schema held it: the environment asks for a second approval"));
  const std::string option = "--approve-irreversible ";
  const auto at = asked.err.find(option);
  REQUIRE(at != std::string::npos);
  const auto given = asked.err.substr(at, option.size() + 64);
  CHECK(engine->query(project.database(), "SELECT count(*) FROM notes WHERE word = term").at(0).at(0) == "1");
  CHECK_FALSE(says(asked, ", contract: "));  // nothing of the phase is begun
  const auto other = project.product(apply + " " + option + std::string(64, 'a'));
  CHECK(other.exit_code == 3);
  CHECK(says(other, "is none of this plan"));

  const auto now =
      std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now().time_since_epoch()).count() % 24;
  project.configure(
      fmt::format("environments: {{ live: {{ url: env:DATABASE, irreversibleWindow: \"{:02}:00-{:02}:00 UTC\" }} }}\n",
                  (now + 2) % 24, (now + 3) % 24));
  const auto closed = project.product(apply);
  CHECK(closed.exit_code == 3);
  CHECK(says(closed, "the irreversibleWindow "));
  project.configure("environments: { live: { url: env:DATABASE, requireSecondApproval: true } }\n");
  project.must(apply + " " + given);
  CHECK(says(project.must("status"), "v1  applied"));
}

void health_of_a_server(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_server_" + std::to_string(::getpid()));
  plan_notes(project);
  const auto calm = project.must("status");
  CHECK(says(calm, "health: answers in "));
  CHECK_FALSE(says(calm, "not known"));
  if (name == "sqlite") {
    CHECK(says(calm, " free on its disk"));
    return;
  }
  CHECK(says(calm, "nobody waits for a lock"));
  const auto json = project.must("status --json");
  CHECK(says(json, "\"type\":\"server\""));
  CHECK(says(json, "\"waiting\":0"));
  // One session holds the table, and another one waits for it.
  const std::string hold = name == "postgres" ? "BEGIN; LOCK TABLE notes; SELECT pg_sleep(8); COMMIT;\n"
                                              : "LOCK TABLES notes WRITE; SELECT SLEEP(8); UNLOCK TABLES;\n";
  const auto beside = [&](const std::string& sql) {
    return std::async(std::launch::async,
                      [&, sql] { return engine_or_skip(name)->run_script(project.database(), sql).exit_code; });
  };
  auto holds = beside(hold);
  const std::string asleep = name == "postgres"
                                 ? "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                                 : "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'";
  REQUIRE(within_seconds(6, [&] { return engine->query(project.database(), asleep).at(0).at(0) != "0"; }));
  auto waits = beside("SELECT count(*) FROM notes;\n");
  CHECK(within_seconds(7, [&] { return says(project.must("status"), "1 wait for a lock"); }));
  CHECK(holds.get() == 0);
  CHECK(waits.get() == 0);
}

// What `validation` says of a run: whether the server is looked at first, and the slowest steps are told.
void looks_that_can_be_left_out() {
  const auto engine = engine_or_skip("postgres");
  Project project(*engine, "fl_looks_" + std::to_string(::getpid()));
  project.make_notes();
  project.configure(kLive);
  write_file(project.file("v1.migration.lua"),
             "migration \"v1\" { before = schema { table \"notes\" { column \"id\" :integer() :primary_key() } },\n"
             "  changes = { execute { name = \"slow\", why = \"to wait\", up = \"SELECT pg_sleep(1.1)\", down = "
             "\"SELECT 1\" } } }\n");
  project.must("run v1.migration.lua");
  const auto told = project.must("apply --yes --json" + project.dev());
  CHECK(says(told, "\"type\":\"server\""));
  CHECK(says(told, "\"type\":\"slow\""));
  project.must("rollback --yes" + project.dev());
  project.configure(kLive + "validation: { safetyCheck: false, performanceAnalysis: false }\n");
  const auto still = project.must("apply --yes --json" + project.dev());
  CHECK_FALSE(says(still, "\"type\":\"server\""));
  CHECK_FALSE(says(still, "\"type\":\"slow\""));
  project.must("rollback --yes" + project.dev());
  project.configure(kLive);
  CHECK(says(project.must("apply --yes" + project.dev()), "took longest: step 1, "));
}

}  // namespace

TEST_CASE("a server is looked at before a run, and slow steps are told behind it, where nothing else is said",
          "[control][watch][postgres]") {
  looks_that_can_be_left_out();
}

TEST_CASE("a figure that is too high ends a run, or takes it back", "[control][watch]") {
  figure_ends_a_run(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

TEST_CASE("figures are looked at behind the last step", "[control][watch]") {
  figure_behind_the_last_step(GENERATE("sqlite", "postgres", "mysql"));
}

TEST_CASE("a step that destroys waits for a second approval, and for its hours", "[control][watch]") {
  second_approval(GENERATE("sqlite", "postgres"));
}

TEST_CASE("the status says how the server is", "[control][watch]") {
  health_of_a_server(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

}  // namespace forge::test
