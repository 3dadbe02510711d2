// Which database a plan is for, where the environments of forgelua.yml say it by their URLs.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

struct Project {
  TemporaryFolder folder;
  Project(const std::string& config, const std::string& targets) {
    std::ofstream(folder.file("forgelua.yml")) << config;
    std::ofstream(folder.file("m.migration.lua"))
        << "migration \"m\" { " << targets
        << " before = schema {}, after = schema { table \"t\" { column \"id\" :integer() } } }";
  }
  // The engine and version that the plan says it is for, or what is said instead.
  std::string planned(const std::string& options = {}) const {
    const auto outcome =
        run_shell(product_line("run m.migration.lua --json --out o --status s.yml " + options), {}, folder.path());
    const std::string key = "\"engine\":\"";
    const auto at = outcome.out.find(key);
    if (at == std::string::npos) return outcome.out + outcome.err;
    return outcome.out.substr(at + key.size(), outcome.out.find('"', at + key.size()) - at - key.size());
  }
};

constexpr const char* kEnvironments =
    "environments:\n"
    "  production: { url: \"mysql://app@db/shop\" }\n"
    "  local: { url: \"sqlite:shop.db\" }\n"
    "  elsewhere: { url: \"env:FORGELUA_NO_SUCH_VARIABLE\" }\n";

}  // namespace

TEST_CASE("the URL of an environment says which database a plan is for", "[cli][environment]") {
  const Project project(kEnvironments, "");
  CHECK(project.planned("--env production") == "mysql");
  CHECK(project.planned("--env local") == "sqlite");
  CHECK(project.planned("--env local --db postgres") == "postgres");
  CHECK(project.planned("--env elsewhere").find("nothing says which database this is for") != std::string::npos);
}

TEST_CASE("of several targets the URL of an environment chooses one", "[cli][environment]") {
  const Project project(kEnvironments, "targets = { \"postgres:15\", \"mysql:8.0\" },");
  CHECK(project.planned("--env production") == "mysql");
  CHECK(project.planned("--env elsewhere").find("the spec is for several databases") != std::string::npos);
}
