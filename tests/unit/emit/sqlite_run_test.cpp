// A package's scripts, run by the real sqlite3 shell.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/emit/package.hpp"
#include "engine/emit/validation.hpp"
#include "sample_plan.hpp"
#include "tests/support/process.hpp"

using namespace forge;
using Catch::Matchers::ContainsSubstring;

namespace {

// A folder with the sample package and a database that holds its table.
class Sandbox {
 public:
  explicit Sandbox(const Plan& plan = test::sample_plan("sqlite")) {
    REQUIRE(write_package(plan, folder_.file("package")));
    REQUIRE(test::run_shell("sqlite3 ../db", test::sample_seed("sqlite"), folder_.file("package")).exit_code == 0);
  }
  test::Outcome run(const std::string& file) const {
    return test::run_shell("sqlite3 ../db < " + file, {}, folder_.file("package"));
  }
  std::string query(const std::string& sql) const {
    return test::run_shell("sqlite3 db", sql + ";\n", folder_.path()).out;
  }

 private:
  test::TemporaryFolder folder_;
};

const std::vector<std::string> kPhases = {"1-expand", "2-backfill", "3-switch", "4-contract"};

}  // namespace

TEST_CASE("forward gives the wanted rows, validation holds, rollback gives the table back", "[emit][sqlite]") {
  const Sandbox box;
  const auto before = box.query("SELECT sql FROM sqlite_master");
  CHECK(box.run("validation.sql").exit_code != 0);
  const auto forward = box.run("forward.sql");
  INFO(forward.err);
  CHECK(forward.exit_code == 0);
  CHECK(box.query("SELECT id, currency FROM orders ORDER BY id") == "1|EUR\n2|USD\n3|USD\n");
  const auto valid = box.run("validation.sql");
  INFO(valid.err);
  CHECK(valid.exit_code == 0);
  CHECK_THAT(valid.out, ContainsSubstring("1 | orders.currency is filled in every row | 0 | 0 | ok"));
  CHECK_THAT(valid.out, ContainsSubstring("NULL in orders.currency is refused | refused | refused | ok"));
  CHECK(box.run("rollback.sql").exit_code == 0);
  CHECK(box.query("SELECT name, type FROM pragma_table_info('orders')") == "id|INTEGER\nregion|TEXT\ntotal|INTEGER\n");
  CHECK(box.query("SELECT count(*) FROM sqlite_master") == "1\n");
  CHECK(before.find("region text") != std::string::npos);
}

TEST_CASE("the phases run one by one, each with its validation, and back", "[emit][sqlite]") {
  const Sandbox box;
  CHECK_THAT(box.run("phases/0-baseline.sql").out, ContainsSubstring("rows of orders |  | 3 | "));
  for (const auto& phase : kPhases) {
    INFO(phase);
    CHECK(box.run("phases/" + phase + ".sql").exit_code == 0);
    CHECK(box.run("phases/" + phase + ".validation.sql").exit_code == 0);
  }
  CHECK(box.run("validation.sql").exit_code == 0);
  for (auto phase = kPhases.rbegin(); phase != kPhases.rend(); ++phase) {
    CHECK(box.run("phases/" + *phase + ".rollback.sql").exit_code == 0);
  }
  CHECK(box.query("SELECT count(*) FROM pragma_table_info('orders') WHERE name = 'currency'") == "0\n");
}

TEST_CASE("a phase's validation sees rows that are wrong or unfilled", "[emit][sqlite]") {
  const Sandbox box;
  REQUIRE(box.run("phases/1-expand.sql").exit_code == 0);
  const auto unfilled = box.run("phases/2-backfill.validation.sql");
  CHECK(unfilled.exit_code != 0);
  CHECK_THAT(unfilled.out, ContainsSubstring("rows written lately included | 0 | 3 | FAIL"));
  REQUIRE(box.run("phases/2-backfill.sql").exit_code == 0);
  box.query("UPDATE orders SET currency = 'GBP' WHERE id = 1");
  const auto wrong = box.run("phases/2-backfill.validation.sql");
  CHECK(wrong.exit_code != 0);
  CHECK_THAT(wrong.out, ContainsSubstring("holds what its source gives | 0 | 1 | FAIL"));
  CHECK_THAT(wrong.out, ContainsSubstring("100 random rows of orders: new column against old | 0 | 1 | FAIL"));
}

TEST_CASE("a check before a step stops the script where it does not hold", "[emit][sqlite]") {
  const Sandbox box;
  REQUIRE(box.run("phases/1-expand.sql").exit_code == 0);
  const auto stopped = box.run("phases/3-switch.sql");
  CHECK(stopped.exit_code != 0);
  CHECK_THAT(stopped.err, ContainsSubstring("check failed"));
  CHECK_THAT(stopped.out, ContainsSubstring("check failed: no order lacks a currency: expected 0, found "));
  CHECK(box.query("SELECT \"notnull\" FROM pragma_table_info('orders') WHERE name = 'currency'") == "0\n");
}

TEST_CASE("a write that is not refused fails the validation and leaves no trace", "[emit][sqlite]") {
  const Sandbox box;
  REQUIRE(box.run("forward.sql").exit_code == 0);
  box.query("CREATE TABLE o AS SELECT * FROM orders; DROP TABLE orders; ALTER TABLE o RENAME TO orders");
  CHECK(box.run("validation.sql").exit_code != 0);
  CHECK(box.query("SELECT count(*) FROM orders WHERE currency IS NULL") == "0\n");
}

TEST_CASE("a copy is compared row by row, with counts, keys and sums", "[emit][sqlite]") {
  const Plan plan = test::sample_copy_plan("sqlite");
  const Client client = client_of(plan).value();
  const auto script =
      validation_script(plan, client, {"copy", "x.sql"}, segment_expectations(plan, client, segments_of(plan).at(0)));
  test::TemporaryFolder folder;
  const auto run = [&](const std::string& sql) { return test::run_shell("sqlite3 db", sql, folder.path()); };
  REQUIRE(run("CREATE TABLE orders (id integer, code text, amount numeric);\n"
              "INSERT INTO orders VALUES (1, 'a', 1.00), (2, 'b', NULL), (3, 'c', 3.33);\n"
              "CREATE TABLE orders__new AS SELECT id, upper(code) AS code, round(amount * 1.001, 2) AS amount FROM "
              "orders;\n")
              .exit_code == 0);
  const auto good = run(script);
  INFO(good.out << good.err);
  CHECK(good.exit_code == 0);
  CHECK_THAT(good.out,
             ContainsSubstring("rows of orders and orders__new with the same key hold the same values | 0 | 0 | ok"));
  run("UPDATE orders__new SET code = 'x' WHERE id = 1; UPDATE orders__new SET id = 9 WHERE id = 3;");
  const auto bad = run(script);
  CHECK(bad.exit_code != 0);
  CHECK_THAT(bad.out, ContainsSubstring("hold the same values | 0 | 1 | FAIL"));
  CHECK_THAT(bad.out, ContainsSubstring("every key of orders is in orders__new | 0 | 1 | FAIL"));
  CHECK_THAT(bad.out, ContainsSubstring("every key of orders__new is in orders | 0 | 1 | FAIL"));
  CHECK_THAT(bad.out, ContainsSubstring("the sum of id is the same in orders and orders__new | 0 | 1 | FAIL"));
}
