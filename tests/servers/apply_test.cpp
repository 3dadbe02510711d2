// Packages that the product runs itself: forward and back on every case, against what their scripts make of the same database.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

void by_script(ApplyBench& bench, const std::string& database) {
  bench.fresh(database);
  const auto done = bench.engine().run_script(database, bench.text("forward.sql"));
  INFO(done.err << done.out);
  REQUIRE(done.exit_code == 0);
}

std::string compared(ApplyBench& bench, const std::string& database) {
  std::string text;
  if (bench.given().compare.empty()) {
    for (const auto& [table, dump] : bench.rows(database)) text += table + ":\n" + dump;
    return text;
  }
  for (const auto& query : bench.given().compare) {
    for (const auto& row : bench.engine().query(database, query)) {
      for (const auto& field : row) text += field + "|";
      text += "\n";
    }
  }
  return text;
}

void there_and_back(ApplyBench& bench) {
  const auto scripted = bench.name("scripted"), applied = bench.name("applied");
  by_script(bench, scripted);
  bench.fresh(applied);
  const auto schema = bench.schema(applied);
  const auto rows = compared(bench, applied);
  bench.apply(applied);
  CHECK(text_of(bench.schema(applied)) == text_of(bench.schema(scripted)));
  if (bench.given().random_values) {
    CHECK(compared(bench, applied) == compared(bench, scripted));
  } else {
    CHECK(bench.rows(applied) == bench.rows(scripted));
  }
  bench.must("verify", applied);
  bench.must("rollback", applied);
  CHECK(text_of(bench.schema(applied)) == text_of(schema));
  CHECK(compared(bench, applied) == rows);
  for (const auto& database : {scripted, applied}) bench.engine().drop_database(database);
}

// Every fifth case, so that all tests stay within their time; FORGELUA_APPLIED=all takes them all.
void every_case(const std::string& name) {
  constexpr std::size_t kStride = 5;
  const auto engine = engine_or_skip(name);
  const bool all = environment("FORGELUA_APPLIED") == "all";
  std::size_t at = 0;
  for (const auto& given : read_cases(source_folder() + "/tests/cases", name)) {
    if (!all && at++ % kStride != 0) continue;
    DYNAMIC_SECTION(given.name) {
      ApplyBench bench(given, *engine);
      there_and_back(bench);
    }
  }
}

Case one_case(const std::string& case_name, const std::string& engine) {
  for (auto& given : read_cases(source_folder() + "/tests/cases", engine)) {
    if (given.name == case_name) return given;
  }
  FAIL("no case " << case_name);
  return {};
}

void refusals(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("emc_backfill_not_null", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("refused");
  bench.fresh(database);

  // A dry run prints what would be done and leaves nothing behind.
  const auto schema = engine->dump_schema(database);
  const auto dry = bench.product("apply", database, "--dry-run");
  CHECK(dry.exit_code == 0);
  CHECK(dry.out.find("ALTER TABLE") != std::string::npos);
  CHECK(engine->dump_schema(database) == schema);

  // A database that is not what the plan begins with.
  REQUIRE(engine->run_script(database, "ALTER TABLE users ADD COLUMN odd integer;\n").exit_code == 0);
  const auto drifted = bench.product("apply", database);
  INFO(drifted.err);
  CHECK(drifted.exit_code == 3);
  CHECK(drifted.err.find("odd") != std::string::npos);
  CHECK(drifted.err.find("differences") != std::string::npos);
  REQUIRE(engine->run_script(database, "ALTER TABLE users DROP COLUMN odd;\n").exit_code == 0);

  // Contract waits for the bake time, and says for how long.
  const auto early = bench.product("apply", database);
  INFO(early.err);
  CHECK(early.exit_code == 3);
  CHECK(early.err.find("contract waits") != std::string::npos);
  bench.age(database);
  bench.must("apply", database);

  // Where all has run, nothing is left to do; a plan that was changed is refused.
  const auto again = bench.product("apply", database);
  CHECK(again.exit_code == 0);
  CHECK(again.err.find("0 steps carried out") != std::string::npos);
  REQUIRE(run_shell("sed -i 's/young/younger/' " + shell_quote(bench.package() + "/plan.json")).exit_code == 0);
  const auto changed = bench.product("apply", database);
  CHECK(changed.exit_code == 3);
  CHECK(changed.err.find("its hash says so") != std::string::npos);
  engine->drop_database(database);
}

// A specification may name a routine with parentheses, the catalog of MySQL does not.
void routine_in_parentheses(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("trigger_bodies_renamed", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("routine");
  bench.fresh(database);
  bench.apply(database);
  bench.must("verify", database);
  const auto spec = source_folder() + "/tests/cases/" + given.name + "/spec.migration.lua";
  const auto diff = run_product("diff --exit-code --db=" + engine->target() + " " + shell_quote(engine->url(database)) +
                                " " + shell_quote(spec) + " --dev-url " + shell_quote(engine->url("")));
  INFO(diff.out << diff.err);
  CHECK(diff.exit_code == 0);
  engine->drop_database(database);
}

}  // namespace

TEST_CASE("applied cases on sqlite", "[apply][sqlite]") { every_case("sqlite"); }
TEST_CASE("applied cases on postgres", "[apply][postgres]") { every_case("postgres"); }
TEST_CASE("applied cases on mysql", "[apply][mysql]") { every_case("mysql"); }
TEST_CASE("applied cases on mariadb", "[apply][mariadb]") { every_case("mariadb"); }

TEST_CASE("the quotes that SQLite writes in texts as it renames a table are no difference", "[apply][sqlite]") {
  const auto engine = engine_or_skip("sqlite");
  const auto given = one_case("capital_names_renamed", "sqlite");
  ApplyBench bench(given, *engine);
  there_and_back(bench);
}

TEST_CASE("a routine named with parentheses is the one that MySQL tells of", "[apply][mysql]") {
  routine_in_parentheses("mysql");
}
TEST_CASE("a routine named with parentheses is the one that MariaDB tells of", "[apply][mariadb]") {
  routine_in_parentheses("mariadb");
}

TEST_CASE("apply refuses what it must", "[apply]") { refusals(GENERATE("sqlite", "postgres", "mysql", "mariadb")); }

}  // namespace forge::test
