#include "engine/emit/script.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "sample_plan.hpp"

using namespace forge;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

Client client(const Plan& plan) { return client_of(plan).value(); }

// A plan of one step with these statements.
Plan one_step(const std::string& engine, std::vector<Statement> forward, bool transaction = true) {
  Plan plan = test::sample_plan(engine);
  plan.steps.resize(1);
  Step& step = plan.steps.front();
  step.forward = std::move(forward);
  step.transaction = transaction;
  step.app.clear();
  return plan;
}

// What stands between the heading of the first step and the end.
std::string body(const std::string& script) {
  const auto rule = script.rfind("-- ====");
  return script.substr(script.find('\n', script.find('\n', rule) + 1) + 1);
}

}  // namespace

TEST_CASE("statements of a step share transactions, save those that must stand alone", "[emit][script]") {
  const Plan plan = one_step(
      "postgres", {{"A", true, ""}, {"B", true, ""}, {"CREATE INDEX CONCURRENTLY i", false, ""}, {"C", true, ""}});
  CHECK(body(Scripts(plan, client(plan)).forward()) ==
        "BEGIN;\nA;\nB;\nCOMMIT;\nSET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY i;\nSET lock_timeout = '2s';\n"
        "BEGIN;\nC;\nCOMMIT;\n\\echo 'step 1 of 1: done'\n\\echo 'forward: done'\n");
}

TEST_CASE("a step without a transaction is run statement by statement", "[emit][script]") {
  const Plan plan = one_step("sqlite", {{"A", true, ""}, {"B", true, ""}}, false);
  CHECK(body(Scripts(plan, client(plan)).forward()) == "A;\nB;\n.print 'step 1 of 1: done'\n.print 'forward: done'\n");
}

TEST_CASE("SQLite takes its write lock when a transaction starts", "[emit][script]") {
  const Plan plan =
      one_step("sqlite", {{"PRAGMA foreign_keys = OFF", false, ""}, {"A", true, ""}, {".once x.sql", false, ""}});
  CHECK(body(Scripts(plan, client(plan)).forward()) ==
        "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\nA;\nCOMMIT;\n.once x.sql\n"
        ".print 'step 1 of 1: done'\n.print 'forward: done'\n");
}

TEST_CASE("MySQL opens no transaction, and bodies get their delimiter", "[emit][script]") {
  const Plan plan = one_step("mysql", {{"A", true, ""}, {"CREATE TRIGGER t BEGIN x; END", true, "//"}});
  CHECK(body(Scripts(plan, client(plan)).forward()) ==
        "A;\nDELIMITER //\nCREATE TRIGGER t BEGIN x; END\n//\nDELIMITER ;\n"
        "SELECT 'step 1 of 1: done' AS `forgelua`;\nSELECT 'forward: done' AS `forgelua`;\n");
}

TEST_CASE("a user's SQL may end in semicolons or in a comment", "[emit][script]") {
  const Plan plan = one_step("postgres", {{"UPDATE a SET b = 1;;\n", true, ""}, {"DELETE FROM a -- all", true, ""}});
  CHECK_THAT(Scripts(plan, client(plan)).forward(),
             ContainsSubstring("BEGIN;\nUPDATE a SET b = 1;\nDELETE FROM a -- all\n;\nCOMMIT;\n"));
}

TEST_CASE("text of the spec cannot leave its comment or its client command", "[emit][script]") {
  Plan plan = one_step("postgres", {{"A", true, ""}});
  plan.steps[0].title = "x'\\\n\\! touch y";
  plan.steps[0].why = "a\nDROP TABLE orders;";
  plan.header["description"] = "first\n\\! second\x1b[2J";
  const auto script = Scripts(plan, client(plan)).forward();
  CHECK_THAT(script, ContainsSubstring("-- \\! second\\x1b[2J\n"));
  CHECK_THAT(script, ContainsSubstring("-- Step 1 of 1, expand: x'\\ \\! touch y\n"));
  CHECK_THAT(script, ContainsSubstring("--   Why:          a DROP TABLE orders;\n"));
  CHECK_THAT(script, ContainsSubstring("\\echo 'step 1 of 1: x''\\\\ \\\\! touch y'\n"));
}

TEST_CASE("a rollback that loses data says so in its first lines", "[emit][script]") {
  const Plan plan = test::sample_plan("postgres");
  CHECK_THAT(Scripts(plan, client(plan)).rollback(),
             StartsWith("-- WARNING: rollback is destructive — orders.currency data will be lost.\n"
                        "-- WARNING: rollback is destructive — orders.region data will be lost.\n"
                        "-- Take a backup before applying forward.sql.\n"));
  const auto segments = segments_of(plan);
  CHECK_THAT(Scripts(plan, client(plan)).rollback(segments.at(2)), StartsWith("-- Rollback of phase switch"));
}

TEST_CASE("a loss in words names the object that it is about", "[emit][script]") {
  Plan plan = test::sample_plan("postgres");
  plan.steps[0].loses = "what was written since";
  CHECK_THAT(
      Scripts(plan, client(plan)).rollback(),
      StartsWith("-- WARNING: rollback is destructive — orders.currency data will be lost: what was written since.\n"));
}

TEST_CASE("a rollback runs its steps from the last to the first", "[emit][script]") {
  const Plan plan = test::sample_plan("sqlite");
  const auto script = Scripts(plan, client(plan)).rollback();
  CHECK(script.find("Undo step 4 of 4") < script.find("Undo step 3 of 4"));
  CHECK(script.find("Undo step 2 of 4") < script.find("Undo step 1 of 4"));
  CHECK_THAT(script, !ContainsSubstring("forgelua_guard"));
}

TEST_CASE("rows and schema of a phase are cut into files of their own", "[emit][script]") {
  Plan plan = test::sample_plan("postgres");
  Step index = plan.steps[0];
  index.phase = Phase::migrate;
  index.number = 3;
  plan.steps.insert(plan.steps.begin() + 2, index);
  Step again = plan.steps[1];
  plan.steps.insert(plan.steps.begin() + 3, again);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) plan.steps[i].number = static_cast<int>(i) + 1;
  std::string names;
  for (const auto& segment : segments_of(plan)) names += segment.name + " ";
  CHECK(names == "1-expand 2-backfill 2-migrate 2-backfill-part2 3-switch 4-contract ");
  CHECK(segment_names(plan) == std::vector<std::string>{"", "1-expand", "2-backfill", "2-migrate", "2-backfill-part2",
                                                        "3-switch", "4-contract"});
}

TEST_CASE("an engine without a client is an error that lists the choices", "[emit][script]") {
  Plan plan = test::sample_plan("postgres");
  plan.engine = "oracle";
  const auto none = client_of(plan);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "no scripts can be written for the engine 'oracle'");
  plan.family = "mariadb";
  CHECK(client_of(plan).value().program == "mariadb");
}
