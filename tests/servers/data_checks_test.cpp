// What rows speak against is found before the first step of a plan, with how many they are, some of them, and the query.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/base/files.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/product.hpp"

namespace forge::test {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr const char* kSpec = R"lua(
migration "data" {
  before = schema {
    table "people" { column "id" :integer() :primary_key(), column "mail" :varchar(80), column "age" :bigint(), column "note" :varchar(40) },
    table "orders" { column "id" :integer() :primary_key(), column "person" :integer(), column "total" :integer() },
    table "old" { column "id" :integer() :primary_key() },
  },
  after = schema {
    table "people" {
      column "id" :integer() :primary_key(), column "mail" :varchar(20) :not_null(), column "age" :smallint(),
      unique { "mail" } :name "people_mail_key",
    },
    table "orders" {
      column "id" :integer() :primary_key(), column "person" :integer() :references("people", "id"), column "total" :integer(),
      column "mail" :varchar(80) :not_null() :backfill "(SELECT p.mail FROM people p WHERE p.id = person)",
      check "positive" "total > 0",
    },
  },
}
)lua";

constexpr const char* kRows =
    "INSERT INTO people VALUES (1, 'a', 1, 'n'), (2, 'a', 70000, NULL), (3, NULL, 2, 'x'), (4, 'someone with a very "
    "long name', 3, '');\n"
    "INSERT INTO orders VALUES (1, 9, 0), (2, 1, 5);\nINSERT INTO old VALUES (1);\n";
constexpr const char* kMend =
    "UPDATE people SET mail = 'b', age = 7 WHERE id = 2;\nUPDATE people SET mail = 'c' WHERE id = 3;\n"
    "UPDATE people SET mail = 'd' WHERE id = 4;\nUPDATE orders SET person = 2, total = 1 WHERE id = 1;\n";

void found(const std::string& name) {
  const auto engine = open_engine(name);
  if (!engine || engine->url("x").empty()) {
    if (!environment("CI").empty()) FAIL("no server of " << name << ": FORGELUA_TEST_… is not set");
    SKIP("no server of " << name << ": run ./dev servers start, then source the file that it names");
  }
  const TemporaryFolder folder;
  REQUIRE(write_new_file(folder.file("data.migration.lua"), kSpec));
  const auto spec = shell_quote(folder.file("data.migration.lua")) + " --db=" + name;
  REQUIRE(run_product("run " + spec + " --out " + shell_quote(folder.file("p")) + " --status " +
                      shell_quote(folder.file("s.yml")))
              .exit_code == 0);
  const auto before = run_product("inspect " + spec + " --format sql --state before");
  const std::string database = "forgelua_data_" + name;
  engine->create_database(database);
  REQUIRE(engine->run_script(database, before.out + kRows).exit_code == 0);
  const auto apply = [&](const std::string& more) {
    return run_product("apply " + shell_quote(folder.file("p")) + " --yes --to switch --url " +
                       shell_quote(engine->url(database)) +
                       (name == "sqlite" ? "" : " --dev-url " + shell_quote(engine->url(""))) + more);
  };
  const auto schema = engine->dump_schema(database);
  const auto stopped = apply(" --dry-run");
  INFO(stopped.err);
  CHECK(stopped.exit_code == 3);
  CHECK_THAT(stopped.err, ContainsSubstring(name == "sqlite" ? "5 findings in the data" : "7 findings in the data"));
  CHECK_THAT(stopped.err,
             ContainsSubstring("orders: (person) that point at no row of people: 1, such as id = 1, person = 9"));
  CHECK_THAT(stopped.err, ContainsSubstring("orders: rows that the check positive refuses: 1, such as id = 1"));
  CHECK_THAT(stopped.err, ContainsSubstring("people.mail: NULL, where every row must have a value: 1, such as id = 3"));
  CHECK_THAT(stopped.err,
             ContainsSubstring(
                 "people: values of (mail) that stand in more rows than one: 1, at most 2, such as mail = a, n = 2"));
  CHECK_THAT(stopped.err,
             ContainsSubstring(
                 "orders.mail: rows for which its value is NULL, where every row must have one: 1, such as id = 1"));
  CHECK_THAT(stopped.err, ContainsSubstring("SELECT COUNT(*) FROM "));
  if (name != "sqlite") {  // which holds what it is given
    CHECK_THAT(stopped.err, ContainsSubstring("people.mail: longer than 20 characters: 1, at most 29, such as id = 4"));
    CHECK_THAT(stopped.err,
               ContainsSubstring("people.age: beyond what smallint holds: 1, at most 70000, such as id = 2"));
  }
  CHECK_THAT(stopped.err, ContainsSubstring("data: old: rows that go with the table: 1, such as id = 1"));
  CHECK_THAT(stopped.err,
             ContainsSubstring("data: people.note: values that go with the column: 3, such as id = 1, note = n"));
  CHECK(apply("").exit_code == 3);
  // In a folder without packages: those of the checkout would be listed as pending.
  const auto status = run_shell(product_line("status --url " + shell_quote(engine->url(database))), "", folder.path());
  INFO(status.err);
  CHECK(status.out.starts_with("health: "));  // nothing was begun
  CHECK(status.exit_code == 0);

  REQUIRE(engine->run_script(database, kMend).exit_code == 0);
  const auto done = apply("");
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(engine->dump_schema(database) != schema);
  engine->drop_database(database);
}

}  // namespace

TEST_CASE("rows that would stop a plan are found before its first step", "[apply]") {
  found(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

}  // namespace forge::test
