// What people say to a run while it goes on, and what holds it back: pauses, limits, windows, signals, rows that do not fit, others.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "tests/support/apply_bench.hpp"
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

Case one_case(const std::string& case_name, const std::string& engine) {
  for (auto& given : read_cases(source_folder() + "/tests/cases", engine)) {
    if (given.name == case_name) return given;
  }
  SKIP("FORGELUA_CASE leaves it out");
  return {};
}

std::string own(const Engine& engine, const std::string& table) {
  return (engine.name() == "postgres" ? "forgelua." : "forgelua_") + table;
}

void paused_and_resumed(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("emc_backfill_not_null", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("paused");
  bench.fresh(database);
  const auto say = [&](const std::string& words) {
    const auto done = run_product("backfill " + words + " --url " + shell_quote(engine->url(database)));
    INFO(done.err);
    REQUIRE(done.exit_code == 0);
    return done.out;
  };
  const auto empty = [&] {
    return engine->query(database, "SELECT count(*) FROM users WHERE grp IS NULL").at(0).at(0);
  };
  CHECK(run_product("backfill pause --url " + shell_quote(engine->url(database))).exit_code == 3);
  bench.must("apply", database, "--to expand");
  say("pause");
  const auto line = bench.command("apply", database, "--to switch --json");
  {
    // Ctrl-C ends a run that waits; another runner is kept out meanwhile, or waits for its turn.
    Background run(line);
    REQUIRE(run.says("\"for\":\"forgelua backfill pause was said\""));
    CHECK(empty() == "12004");
    CHECK(bench.product("apply", database).exit_code == 4);
    Background next(bench.command("apply", database, "--to migrate --wait 60"));
    REQUIRE(next.says("waiting for another runner"));
    run.signal("INT");
    CHECK(run.code() == 5);
    CHECK(run.text().find("\"exit_code\":5") != std::string::npos);
    REQUIRE(next.says("waits: forgelua backfill pause was said"));
    // Whoever was taken for dead writes nothing more.
    REQUIRE(engine->run_script(database, "UPDATE " + own(*engine, "runner") + " SET epoch = epoch + 1;\n").exit_code ==
            0);
    say("resume");
    INFO(next.text());
    CHECK(next.code() == 4);
    CHECK(next.text().find("another runner has taken over") != std::string::npos);
    CHECK(empty() == "12004");
  }
  const auto told = say("set --most-rows 1000 --pause-ms 1 --target-ms 50");
  CHECK(told.find("a batch takes 50 ms and 1000 rows at the most") != std::string::npos);
  Background run(line);
  CHECK(run.code() == 0);
  INFO(run.text());
  CHECK(run.text().find("\"type\":\"rows\"") != std::string::npos);
  CHECK(run.text().find("\"type\":\"done\"") != std::string::npos);
  CHECK(run.text().find("\"done\":1000,") != std::string::npos);
  CHECK(empty() == "0");
  engine->drop_database(database);
}

void bad_rows(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("text_to_int", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("bad");
  bench.fresh(database);
  REQUIRE(engine->run_script(database, "INSERT INTO items (id, code) VALUES (77, 'x');\n").exit_code == 0);
  const auto stopped = bench.product("apply", database, "--to switch");
  INFO(stopped.err);
  CHECK(stopped.exit_code == 5);
  CHECK(stopped.err.find("the row of items with the key") != std::string::npos);
  CHECK(stopped.err.find("77") != std::string::npos);
  const auto skipped = bench.product("apply", database, "--to switch --skip-bad-rows");
  INFO(skipped.err);
  CHECK(skipped.exit_code == 0);
  CHECK(skipped.err.find("1 rows are kept aside") != std::string::npos);
  CHECK(engine->query(database, "SELECT count(*) FROM forgelua_backfill_errors").at(0).at(0) == "1");
  CHECK(engine->query(database, "SELECT count(*) FROM items WHERE number IS NULL AND code IS NOT NULL").at(0).at(0) ==
        "1");
  engine->drop_database(database);
}

void back_to_a_version(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_versions_" + std::to_string(::getpid()));
  project.configure("environments: { live: { url: env:DATABASE } }\n");
  project.make_notes();
  const auto start = engine->dump_schema(project.database());
  const std::vector<std::string> columns{"a", "b", "c"};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    project.plan("v" + std::to_string(i + 1), {columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i)},
                 columns[i]);
    project.must("apply migrations/v" + std::to_string(i + 1) + " --yes" + project.dev());
  }
  const auto unknown = project.product("rollback --yes --to v9" + project.dev());
  CHECK(unknown.exit_code == 3);
  CHECK(unknown.err.find("v3, v2, v1") != std::string::npos);
  const auto back = project.must("rollback --yes --to v1" + project.dev());
  CHECK(back.err.find("v3: 1 step undone") < back.err.find("v2: 1 step undone"));
  CHECK(project.must("status").out.find("v1  applied") != std::string::npos);
  CHECK(project.must("status").out.find("v2  rolled_back") != std::string::npos);
  // What somebody else has changed shows once all is undone.
  project.sql("ALTER TABLE notes ADD COLUMN odd integer;\n");
  const auto odd = project.product("rollback --yes" + project.dev());
  INFO(odd.err);
  CHECK(odd.exit_code == 1);
  CHECK(odd.err.find("odd") != std::string::npos);
  project.sql("ALTER TABLE notes DROP COLUMN odd;\n");
  CHECK(project.product("rollback --yes" + project.dev()).exit_code == 3);
  auto left = engine->dump_schema(project.database());
  std::erase_if(left, [](const auto& entry) { return entry.find("forgelua") != std::string::npos; });
  CHECK(left == start);
}

// A backup before the first step, as the project asks for it, and what stands there again once it is restored.
void put_aside(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_aside_" + std::to_string(::getpid()));
  project.configure("autoBackup: true\nkeepBackups: 2\nenvironments: { live: { url: env:DATABASE } }\n");
  project.make_notes();
  project.sql("INSERT INTO notes (id) VALUES (1), (2);\n");
  const auto start = engine->dump_schema(project.database());
  const auto rows = engine->dump_rows(project.database());
  project.plan("v1", {}, "a");
  CHECK(project.must("apply --yes" + project.dev()).err.find("put aside in backups/pre_migration_v1") !=
        std::string::npos);
  project.sql("INSERT INTO notes (id, a) VALUES (3, 3);\nCREATE TABLE later (n integer);\n");
  const auto file = run_shell("ls backups", {}, project.folder()).out;
  const auto restore = "restore --yes backups/" + file.substr(0, file.size() - 1);
  CHECK(project.product(restore).exit_code == 3);
  project.must(restore + " --replace");
  auto schema = engine->dump_schema(project.database());
  std::erase_if(schema, [](const auto& entry) { return entry.find("forgelua") != std::string::npos; });
  CHECK(schema == start);
  auto restored = engine->dump_rows(project.database());
  std::erase_if(restored, [](const auto& entry) { return entry.first.find("forgelua") != std::string::npos; });
  CHECK(restored == rows);
  // A backup that is not whole is none; no more are kept than the project says.
  run_shell("cd backups && head -c 300 " + file.substr(0, file.size() - 1) + " > torn", {}, project.folder());
  CHECK(project.product("restore --yes --replace backups/torn").exit_code == 1);
  for (const std::string id : {"pre_migration_x", "pre_migration_y"})
    run_shell("touch -d '1 day ago' backups/" + id, {}, project.folder());
  project.must("apply --yes" + project.dev());
  CHECK(run_shell("ls backups | grep -c pre_migration", {}, project.folder()).out == "2\n");
  project.must("backup --out whole");
}

// A run that fails takes back what it did, where the project says so.
void taken_back(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_taken_" + std::to_string(::getpid()));
  project.make_notes();
  project.sql("INSERT INTO notes (id) VALUES (1), (2);\n");
  const auto start = engine->dump_schema(project.database());
  write_file(
      project.file("v1.migration.lua"),
      "local id = column \"id\" :integer() :primary_key()\n"
      "migration \"v1\" { before = schema { table \"notes\" { id } }, after = schema { table \"notes\" { id, column "
      "\"a\" :integer() :not_null() :backfill \"CASE WHEN id = 2 THEN NULL ELSE id END\" } }, hints = { notes = { rows "
      "= 100000, hot = true } } }\n");
  // Asked beforehand, the rows would keep it from beginning.
  const std::string unasked = "validation: { preCheck: false }\nenvironments: { live: { url: env:DATABASE } }\n";
  project.configure(unasked);
  project.must("run v1.migration.lua");
  const auto stands = project.product("apply --yes" + project.dev());
  INFO(stands.err);
  CHECK(stands.exit_code == 5);
  project.must("rollback --yes" + project.dev());
  project.configure("rollback: { autoOnFailure: true }\n" + unasked);
  const auto failed = project.product("apply --yes" + project.dev());
  INFO(failed.err);
  CHECK(failed.exit_code == 1);
  CHECK(failed.err.find("that this run had carried out are undone") != std::string::npos);
  auto schema = engine->dump_schema(project.database());
  std::erase_if(schema, [](const auto& entry) { return entry.find("forgelua") != std::string::npos; });
  CHECK(schema == start);
  CHECK(project.must("status").out.find("rolled_back") != std::string::npos);
}

std::string clock_text(int minutes) {
  return run_shell(fmt::format("date -u -d '{} minutes' +%H:%M", minutes)).out.substr(0, 5);
}

void held_back(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Project project(*engine, "fl_held_" + std::to_string(::getpid()));
  project.make_notes();
  project.sql(
      "INSERT INTO notes (id) VALUES (1), (2);\nCREATE TABLE busy (n integer);\nINSERT INTO busy VALUES (1);\n");
  project.configure("");
  const std::string table = "table \"notes\" { column \"id\" :integer() :primary_key()";
  write_file(project.file("v1.migration.lua"), "migration \"v1\" { before = schema { " + table +
                                                   " } }, after = schema { " + table +
                                                   ", column \"a\" :integer() :not_null() :backfill \"id * 2\" } }, "
                                                   "hints = { notes = { rows = 100000, hot = true } } }\n");
  project.must("run v1.migration.lua");
  const std::string apply = "apply --yes --to migrate" + project.dev();

  const auto window = [](int from, int to) {
    return fmt::format("environments: {{ live: {{ url: env:DATABASE, maintenanceWindow: \"{}-{} UTC\" }} }}\n",
                       clock_text(from), clock_text(to));
  };
  project.configure(window(60, 120));
  const auto closed = project.product(apply);
  CHECK(closed.exit_code == 3);
  CHECK(closed.err.find("it opens in") != std::string::npos);

  // A figure that is too high, and one that cannot be had.
  project.configure(window(-60, 60) + "throttle: { query: SELECT n FROM busy, waitSeconds: 1 }\n");
  const auto high = project.product(apply);
  INFO(high.err);
  CHECK(high.exit_code == 5);
  CHECK(high.err.find("throttle.query is 1, above 0") != std::string::npos);
  project.sql("DELETE FROM busy;\n");
  const auto none = project.product(apply);
  INFO(none.err);
  CHECK(none.exit_code == 5);
  CHECK(none.err.find("throttle.query is not to be had") != std::string::npos);
  project.sql("INSERT INTO busy VALUES (0);\n");
  if (name != "sqlite") {
    project.configure(window(-60, 60) + "throttle: { replicaLagSeconds: 1, replicas: [\"" + name +
                      "://nobody@127.0.0.1:1/x\"], threadsRunning: 100, commitLatencyMs: 60000, waitSeconds: 1 }\n");
    const auto lag = project.product(apply);
    INFO(lag.err);
    CHECK(lag.exit_code == 5);
    CHECK(lag.err.find("the lag of") != std::string::npos);
  }
  const std::string limits = name == "sqlite" ? "" : ", threadsRunning: 100";
  project.configure(window(-60, 60) + "throttle: { query: SELECT n FROM busy, commitLatencyMs: 60000" + limits +
                    " }\n");
  project.must(apply);
  CHECK(engine->query(project.database(), "SELECT count(*) FROM notes WHERE a = id * 2").at(0).at(0) == "2");
}

}  // namespace

TEST_CASE("a backfill is paused, stopped, taken over and resumed on sqlite", "[control][sqlite]") {
  paused_and_resumed("sqlite");
}
TEST_CASE("a backfill is paused, stopped, taken over and resumed on postgres", "[control][postgres]") {
  paused_and_resumed("postgres");
}
TEST_CASE("a backfill is paused, stopped, taken over and resumed on mysql", "[control][mysql]") {
  paused_and_resumed("mysql");
}
TEST_CASE("a backfill is paused, stopped, taken over and resumed on mariadb", "[control][mariadb]") {
  paused_and_resumed("mariadb");
}

TEST_CASE("rows that do not fit are kept aside", "[control]") { bad_rows(GENERATE("postgres", "mysql", "mariadb")); }

TEST_CASE("a way back to a version", "[control]") {
  back_to_a_version(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

TEST_CASE("a database is put aside and brought back", "[control]") {
  put_aside(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

TEST_CASE("a run that fails takes back what it did", "[control]") {
  taken_back(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

TEST_CASE("windows and limits hold a run back", "[control]") { held_back(GENERATE("sqlite", "postgres", "mysql")); }

}  // namespace forge::test
