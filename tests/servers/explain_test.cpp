// What `forgelua explain` takes for the name of an object, and what is said to slips on the command line.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
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

TEST_CASE("a slip on the command line is told with what was meant", "[cli][usage]") {
  const auto err = [](const std::string& line) {
    const auto outcome = run_product(line);
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(err("exlpain x") == "forgelua has no command 'exlpain'\n  hint: did you mean 'explain'?\n");
  CHECK(err("policy tst") == "forgelua policy has no command 'tst'\n  hint: did you mean 'test'?\n");
  CHECK(err("run x --ot y").find("did you mean '--out'?") != std::string::npos);
  CHECK(err("policy test --frmat=tap x").find("did you mean '--format'?") != std::string::npos);
  CHECK(err("run").find("forgelua run --help lists its options") != std::string::npos);
  CHECK(err("policy").find("the commands are test; forgelua policy --help") != std::string::npos);
  const auto bare = run_product("--json");
  CHECK(bare.exit_code == 64);
  CHECK(bare.out ==
        "{\"version\":1,\"type\":\"error\",\"message\":\"a command is required\",\"hint\":\"forgelua --help lists "
        "them\",\"exit_code\":64}\n");
  TemporaryFolder folder;
  const auto file = folder.file("m.migration.lua");
  std::ofstream(file) << kSpec;
  const auto none = run_product("run " + file + " --db=mysql --policy nope --out " + folder.file("out"));
  CHECK(none.exit_code == 1);
  CHECK(none.err.starts_with("no module 'nope'\n"));
}

TEST_CASE("an instant of the environment that is none is refused", "[cli][usage]") {
  TemporaryFolder folder;
  const auto file = folder.file("m.migration.lua");
  std::ofstream(file) << kSpec;
  for (const char* epoch : {"abc", "-1", "1e5", "99999999999999999"}) {
    setenv("SOURCE_DATE_EPOCH", epoch, 1);
    const auto outcome = run_product("run " + file + " --db=mysql --out " + folder.file("out"));
    unsetenv("SOURCE_DATE_EPOCH");
    INFO(epoch);
    CHECK(outcome.exit_code == 64);
    CHECK(outcome.err.find("is no instant") != std::string::npos);
  }
}
