// Behind a backfill, what its batches cannot have seen is found range by range, and mended.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/apply_bench.hpp"
#include "tests/support/background.hpp"
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

// Written as a replica or a bulk load may do it: no trigger sees it.
std::string unseen(const std::string& engine, const std::string& sql) {
  if (engine == "postgres") return "SET session_replication_role = replica;\n" + sql;
  if (engine == "sqlite")
    return "BEGIN IMMEDIATE;\nINSERT INTO forgelua_marker (name) VALUES ('backfill');\n" + sql +
           "DELETE FROM forgelua_marker;\nCOMMIT;\n";
  return "SET @forgelua_backfill = 1;\n" + sql;
}

// A row behind the batches loses what they gave it.
void written_behind(const std::string& name) {
  const auto engine = engine_or_skip(name);
  std::vector<Case> cases = read_cases(source_folder() + "/tests/cases", name);
  std::erase_if(cases, [](const Case& given) { return given.name != "emc_backfill_not_null"; });
  if (cases.empty()) SKIP("FORGELUA_CASE leaves it out");
  ApplyBench bench(cases.front(), *engine);
  const auto database = bench.name("behind");
  bench.fresh(database);
  const auto say = [&](const std::string& words) {
    return run_product("backfill " + words + " --url " + shell_quote(engine->url(database))).exit_code;
  };
  const auto count = [&](const std::string& where) {
    return engine->query(database, "SELECT count(*) FROM users WHERE " + where).at(0).at(0);
  };
  bench.must("apply", database, "--to expand");
  REQUIRE(say("set --most-rows 1000 --pause-ms 300") == 0);
  Background run(bench.command("apply", database, "--to migrate --json"));
  REQUIRE(run.says("\"done\":1000,"));
  CHECK(std::stoi(count("grp IS NULL")) > 5000);
  const auto written = engine->run_script(database, unseen(name, "UPDATE users SET grp = NULL WHERE id = 150;\n"));
  INFO(written.err);
  REQUIRE(written.exit_code == 0);
  CHECK(count("id = 150 AND grp IS NULL") == "1");
  REQUIRE(say("set --pause-ms 0") == 0);
  const auto code = run.code();
  INFO(run.text());
  CHECK(code == 0);
  CHECK(run.text().find("\"type\":\"again\",\"step\":3,\"rows\":1") != std::string::npos);
  CHECK(count("grp IS NULL") == "0");
  engine->drop_database(database);
}

}  // namespace

TEST_CASE("a row is written behind the batches on sqlite", "[control][sqlite]") { written_behind("sqlite"); }
TEST_CASE("a row is written behind the batches on postgres", "[control][postgres]") { written_behind("postgres"); }
TEST_CASE("a row is written behind the batches on mysql", "[control][mysql]") { written_behind("mysql"); }
TEST_CASE("a row is written behind the batches on mariadb", "[control][mariadb]") { written_behind("mariadb"); }

}  // namespace forge::test
