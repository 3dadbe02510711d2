// What is asked besides the plan's own checks: whether the system is well while it runs, and what a way back has made of rows.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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

void asked_at_gates(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_health_" + std::to_string(::getpid()));
  project.make_notes();
  project.sql("INSERT INTO notes (id) VALUES (1), (2);\n");
  const std::string table = "table \"notes\" { column \"id\" :integer() :primary_key()";
  write_file(project.file("v1.migration.lua"), "migration \"v1\" { before = schema { " + table +
                                                   " } }, after = schema { " + table +
                                                   ", column \"a\" :integer() :not_null() :backfill \"id * 2\" } }, "
                                                   "hints = { notes = { rows = 100000, hot = true } } }\n");
  const std::string live = "environments: { live: { url: env:DATABASE } }\n";
  const auto checks = [&](const std::string& more) {
    project.configure(
        live + fmt::format("healthChecks:\n  - {{ name: api, url: \"file://{}\" }}\n", project.file("well")) + more);
  };
  checks("  - { name: asked, query: \"SELECT COUNT(*) FROM notes\", withinMs: 20000 }\n");
  project.must("run v1.migration.lua");
  const std::string apply = "apply --yes" + project.dev();
  const auto sick = project.product(apply);
  INFO(sick.err);
  CHECK(sick.exit_code == 3);
  CHECK(says(sick, "1 of 2 health checks say that something is wrong"));
  CHECK(says(sick, "api: curl failed"));
  CHECK(says(project.must("status"), "pending"));

  write_file(project.file("well"), "yes");
  project.must(apply + " --to expand");
  const auto verified = project.must("verify");
  CHECK(says(verified, "ok      health check asked: "));
  checks("  - { name: slow, command: sleep 0.2, withinMs: 50 }\n  - { query: SELECT nothing FROM nowhere }\n");
  const auto slow = project.product(apply);
  INFO(slow.err);
  CHECK(slow.exit_code == 5);
  CHECK(says(slow, "slow: it took "));
  CHECK(says(slow, "SELECT nothing FROM nowhere: "));
  CHECK(says(project.product("verify"), "FAILED  health check slow: it took "));
  // Between two phases, and behind the last step: it says yes so many times.
  const auto times = [&](int yes) {
    write_file(project.file("n"), "0");
    checks(fmt::format("  - {{ name: gate, command: \"n=$(cat {0}); echo $((n + 1)) > {0}; test $n -lt {1}\" }}\n",
                       project.file("n"), yes));
  };
  times(1);
  const auto gate = project.product(apply);
  INFO(gate.err);
  CHECK(gate.exit_code == 5);
  CHECK(says(gate, "gate: sh failed"));
  CHECK(engine->query(project.database(), "SELECT count(*) FROM notes WHERE a = id * 2").at(0).at(0) == "2");
  CHECK(says(project.must("status"), "goes on at step 4"));
  times(name == "sqlite" ? 1 : 2);
  const auto end = project.product(apply);
  INFO(end.err);
  CHECK(end.exit_code == 1);
  CHECK(says(end, "what was to be run has run"));
  CHECK(says(project.must("status"), "v1  applied"));
}

void rows_behind_a_way_back(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_orphans_" + std::to_string(::getpid()));
  project.configure("environments: { live: { url: env:DATABASE } }\n");
  const auto schema = [](const std::string& more) {
    return "schema { table \"notes\" { column \"id\" :integer() :primary_key()" + more +
           " }, table \"pieces\" { column \"id\" :integer() :primary_key(), column \"note\" :integer() :references "
           "\"notes.id\" } }";
  };
  write_file(project.file("v1.migration.lua"),
             "migration \"v1\" { before = " + schema("") + ", after = " + schema(", column \"a\" :integer()") + " }\n");
  project.sql(
      project.must("inspect v1.migration.lua --state before --format sql").out +
      "\nINSERT INTO notes (id) VALUES (1), (2), (3);\nINSERT INTO pieces (id, note) VALUES (10, 1), (11, NULL);\n");
  project.must("run v1.migration.lua");
  project.must("apply --yes" + project.dev());
  const auto whole = project.must("rollback --yes" + project.dev());
  CHECK(says(whole, "rows: notes has 3, as before the way back"));
  CHECK_FALSE(says(whole, "pieces"));
  project.must("apply --yes" + project.dev());
  const std::string unseen = name == "postgres" ? "SET session_replication_role = replica;\n"
                             : name == "sqlite" ? "PRAGMA foreign_keys = OFF;\n"
                                                : "SET foreign_key_checks = 0;\n";
  project.sql(unseen + "INSERT INTO pieces (id, note) VALUES (12, 77);\n");
  const auto orphan = project.product("rollback --yes" + project.dev());
  INFO(orphan.err);
  CHECK(orphan.exit_code == 1);
  CHECK(says(orphan, "'v1' is rolled back, and rows point at nothing"));
  CHECK(says(orphan, "pieces: (note) that point at no row of notes: 1, such as id = 12, note = 77"));
}

// The command that the project states is shown, and run with the instant in it.
void to_an_instant(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_instant_" + std::to_string(::getpid()));
  const auto environment = [&](const std::string& more) {
    project.configure("environments: { live: { url: env:DATABASE" + more + " } }\n");
  };
  environment("");
  const std::string restore = "restore --timestamp 2026-01-31T23:59:00Z";
  const auto unsaid = project.product(restore + " --yes");
  CHECK(unsaid.exit_code == 3);
  CHECK(says(unsaid, "nothing says how the database is recovered"));
  environment(", pointInTime: \"echo to {timestamp} > recovered; echo {timestamp} >> recovered\"");
  CHECK(project.must(restore + " --dry-run").out ==
        "echo to 2026-01-31T23:59:00Z > recovered; echo 2026-01-31T23:59:00Z >> recovered\n");
  CHECK(run_shell("cat recovered", {}, project.folder()).exit_code != 0);
  CHECK(project.product(restore).exit_code == 3);  // nobody is there to be asked
  project.must(restore + " --yes");
  CHECK(run_shell("cat recovered", {}, project.folder()).out == "to 2026-01-31T23:59:00Z\n2026-01-31T23:59:00Z\n");
  CHECK(project.product("restore --timestamp 2026-13-31T23:59:00Z --yes").exit_code == 64);
  CHECK(project.product("restore --timestamp 2999-01-31T23:59:00Z --yes").exit_code == 64);
  CHECK(project.product("restore --yes").exit_code == 64);
  environment(", pointInTime: \"echo {timestamp} is gone >&2; exit 1\"");
  const auto failed = project.product(restore + " --yes");
  CHECK(failed.exit_code == 1);
  CHECK(says(failed, "sh failed: 2026-01-31T23:59:00Z is gone"));
}

}  // namespace

TEST_CASE("a database is recovered to an instant by the project's own command", "[control][sqlite]") {
  to_an_instant("sqlite");
}

TEST_CASE("health checks are asked at every gate", "[control]") { asked_at_gates(GENERATE("sqlite", "postgres")); }

TEST_CASE("rows are looked at behind a way back", "[control]") {
  rows_behind_a_way_back(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

}  // namespace forge::test
