// What `forgelua explain` takes for the name of an object.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

// Two tables get an index of the same name each, and one of them another column.
constexpr const char* kSpec = R"lua(
migration "m" {
  before = schema {
    table "a" { column "id" :bigint() :primary_key(), column "n" :integer() },
    table "b" { column "id" :bigint() :primary_key(), column "n" :integer() },
  },
  after = schema {
    table "a" { column "id" :bigint() :primary_key(), column "n" :integer(), index "by_n" { "n" } },
    table "b" { column "id" :bigint() :primary_key(), column "n" :integer(), column "m" :integer(), index "by_n" { "n" } },
  },
}
)lua";

}  // namespace

TEST_CASE("explain finds a member by its name, and by that with its table's", "[cli][explain]") {
  TemporaryFolder folder;
  const auto file = folder.file("m.migration.lua");
  std::ofstream(file) << kSpec;
  const auto explained = [&](const std::string& object) {
    const auto outcome = run_product("explain " + file + " " + object + " --db=mysql");
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
    return outcome.out;
  };
  const auto one = explained("a.by_n");
  CHECK(one.starts_with("create_index a.by_n\n"));
  CHECK(one.find("b.by_n") == std::string::npos);
  const auto both = explained("by_n");
  CHECK(both.find("create_index a.by_n\n") != std::string::npos);
  CHECK(both.find("create_index b.by_n\n") != std::string::npos);
  const auto of_table = explained("b");
  CHECK(of_table.find("add_column b.m\n") != std::string::npos);
  CHECK(of_table.find("create_index b.by_n\n") != std::string::npos);
  const auto wrong = run_product("explain " + file + " b.by_m --db=mysql");
  CHECK(wrong.exit_code == 64);
  CHECK(wrong.err.find("did you mean 'b.by_n'?") != std::string::npos);
}
