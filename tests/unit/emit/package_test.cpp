#include "engine/emit/package.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/files.hpp"
#include "engine/base/hash.hpp"
#include "sample_plan.hpp"
#include "tests/support/process.hpp"

using namespace forge;
using Catch::Matchers::ContainsSubstring;
using Json = nlohmann::ordered_json;

namespace {

std::map<std::string, std::string> package(const Plan& plan) {
  auto files = build_package(plan);
  REQUIRE(files);
  return {files->begin(), files->end()};
}

const std::vector<std::string> kEngines = {"postgres", "mysql", "mariadb", "sqlite"};

}  // namespace

TEST_CASE("a package holds every file, on every engine", "[emit][package]") {
  for (const auto& engine : kEngines) {
    std::set<std::string> names;
    for (const auto& [name, text] : package(test::sample_plan(engine))) names.insert(name);
    CHECK(names == std::set<std::string>{"backfill.md",
                                         "digest.md",
                                         "forward.sql",
                                         "migration-plan.md",
                                         "phases/0-baseline.sql",
                                         "phases/1-expand.rollback.sql",
                                         "phases/1-expand.sql",
                                         "phases/1-expand.validation.sql",
                                         "phases/2-backfill.rollback.sql",
                                         "phases/2-backfill.sql",
                                         "phases/2-backfill.validation.sql",
                                         "phases/3-switch.rollback.sql",
                                         "phases/3-switch.sql",
                                         "phases/3-switch.validation.sql",
                                         "phases/4-contract.rollback.sql",
                                         "phases/4-contract.sql",
                                         "phases/4-contract.validation.sql",
                                         "plan.json",
                                         "risk-matrix.md",
                                         "rollback.sql",
                                         "runbook.md",
                                         "validation.sql"});
  }
}

TEST_CASE("equal plans give equal bytes, and no line ends in a space", "[emit][package]") {
  for (const auto& engine : kEngines) {
    const auto first = package(test::sample_plan(engine));
    CHECK(first == package(test::sample_plan(engine)));
    for (const auto& [name, text] : first) {
      INFO(engine << " " << name);
      CHECK(text.find(" \n") == std::string::npos);
      CHECK(text.find("\n\n\n") == std::string::npos);
      CHECK(text.ends_with("\n"));
    }
  }
}

TEST_CASE("no rows moved, no backfill document", "[emit][package]") {
  Plan plan = test::sample_plan("postgres");
  plan.steps.erase(plan.steps.begin() + 1);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) plan.steps[i].number = static_cast<int>(i) + 1;
  for (auto& change : plan.changes) change.steps = {1};
  const auto files = package(plan);
  CHECK_FALSE(files.contains("backfill.md"));
  CHECK_THAT(files.at("migration-plan.md"), !ContainsSubstring("backfill.md"));
}

TEST_CASE("the diff table shows sign, object, shape and way back", "[emit][package]") {
  CHECK(render_diff_table(test::sample_plan("postgres")) ==
        "| Change | Object | Kind | From → to | Reversible |\n|---|---|---|---|---|\n"
        "| ADD | `orders.currency` | column | char not null | ✅ yes |\n"
        "| DROP | `orders.region` | column | text | ❌ destructive, HIGH RISK |\n\n");
}

TEST_CASE("a rename shows both names and each facet that changes", "[emit][package]") {
  Plan plan = test::sample_plan("postgres");
  Column before{.name = "amount", .type = {.name = "numeric", .args = {10, 2}}};
  Column after{.name = "total", .type = {.name = "numeric", .args = {12, 2}}, .nullable = false};
  plan.changes = {{.change = Delta<Column>{{"", "orders"}, before, after}, .reversible = "data-dependent"}};
  CHECK_THAT(
      render_diff_table(plan),
      ContainsSubstring("| RENAME | `orders.amount → orders.total` | column | amount, numeric(10,2), null → total, "
                        "numeric(12,2), not null | ⚠️ data-dependent |"));
}

TEST_CASE("the approval hash leaves out the instant, and nothing else", "[emit][package]") {
  Plan plan = test::sample_plan("mysql");
  const auto hash = plan_hash(plan);
  plan.now = "2027-01-01T00:00:00Z";
  plan.rollback_evidence = "tested on a copy";
  CHECK(plan_hash(plan) == hash);
  plan.steps[0].forward[0].sql += " ";
  CHECK(plan_hash(plan) != hash);
}

TEST_CASE("plan.json holds the hash of its other members, and every statement", "[emit][package]") {
  const Plan plan = test::sample_plan("postgres");
  const std::string text = package(plan).at("plan.json");
  Json json = Json::parse(text);
  CHECK(json.at("format_version") == 2);
  CHECK(json.at("generated_at") == "2026-09-01T10:00:00Z");
  const std::string hash = json.at("hash");
  const std::string end = ",\n  \"hash\": \"" + hash + "\",\n  \"generated_at\": \"2026-09-01T10:00:00Z\"\n}\n";
  REQUIRE(text.ends_with(end));
  CHECK(sha256_hex(text.substr(0, text.size() - end.size()) + "\n}") == hash);
  CHECK(plan_hash(plan) == hash);
  REQUIRE(json.at("steps").size() == 4);
  CHECK(json["steps"][2]["forward"][0]["sql"] == "ALTER TABLE orders ALTER COLUMN currency SET NOT NULL");
  CHECK(json["steps"][2]["ops"][0]["after"]["nullable"] == false);
  CHECK(json["summary"]["point_of_no_return"] == 4);
  CHECK(json["files"][1]["forward"] == "phases/2-backfill.sql");
}

TEST_CASE("the digest is one screen with what to do next", "[emit][package]") {
  const auto digest = render_digest(test::sample_plan("sqlite"));
  CHECK(std::ranges::count(digest, '\n') < 40);
  CHECK_THAT(digest, ContainsSubstring("| Risk | high |"));
  CHECK_THAT(digest, ContainsSubstring("| Rollback tested | no |"));
  CHECK_THAT(
      digest,
      ContainsSubstring(
          "| Way back | up to step 4, which makes data go: orders.region; from step 1 on it loses orders.currency |"));
  CHECK_THAT(digest, ContainsSubstring("sqlite3 \"$DATABASE_FILE\" < forward.sql"));
}

TEST_CASE("every risky step has a row in the risk matrix", "[emit][package]") {
  const auto risks = package(test::sample_plan("postgres")).at("risk-matrix.md");
  CHECK_THAT(risks, ContainsSubstring("| 1 | Drop orders.region: orders.region is gone for good | high | high |"));
  CHECK_THAT(risks, ContainsSubstring("| 2-3 |"));
}

TEST_CASE("documents invent no names", "[emit][package]") {
  const auto files = package(test::sample_plan("postgres"));
  CHECK_THAT(files.at("migration-plan.md"), ContainsSubstring("| Ticket | not stated: set `ticket` in the spec |"));
  CHECK_THAT(files.at("migration-plan.md"), ContainsSubstring("| Owner | payments |"));
  CHECK_THAT(files.at("runbook.md"), ContainsSubstring("| Decides on going on or back | payments |"));
}

TEST_CASE("a package takes the place of an older one and keeps its evidence", "[emit][package]") {
  const test::TemporaryFolder root;
  const std::filesystem::path folder = root.file("package");
  REQUIRE(write_package(test::sample_plan("postgres"), folder));
  REQUIRE(write_file_atomic(folder / "evidence.json", "{}"));
  REQUIRE(write_package(test::sample_plan("sqlite"), folder));
  CHECK(read_file(folder / "evidence.json") == "{}");
  CHECK_THAT(read_file(folder / "plan.json").value(), ContainsSubstring("\"engine\": \"sqlite\""));
  // What a package is made of, by its own account, is what it holds.
  const auto names = package_files(folder).value();
  const auto built = build_package(test::sample_plan("sqlite")).value();
  for (const auto& [name, bytes] : built) {
    CHECK(std::ranges::find(names, name) != names.end());
  }
}

TEST_CASE("a package takes the place of nothing else", "[emit][package]") {
  const test::TemporaryFolder root;
  const std::filesystem::path folder = root.file("package");
  const auto refused = [&](const std::string& message) {
    const auto done = write_package(test::sample_plan("sqlite"), folder);
    REQUIRE_FALSE(done);
    CHECK_THAT(done.error().message, ContainsSubstring(message));
  };
  SECTION("a package with a file beside it") {
    REQUIRE(write_package(test::sample_plan("sqlite"), folder));
    REQUIRE(write_file_atomic(folder / "phases/own.sql", "x"));
    refused("it holds 'phases/own.sql', which is no file of a package");
    CHECK(read_file(folder / "phases/own.sql") == "x");
  }
  SECTION("no plan.json") {
    REQUIRE(write_file_atomic(folder / "forward.sql", "x"));
    refused("is not empty and holds no package: cannot read");
  }
  SECTION("another program's plan.json") {
    for (const auto* text : {"", "[]", "{\"files\": []}", "{\"format\": 1, \"files\": []}", "\0"}) {
      REQUIRE(write_file_atomic(folder / "plan.json", text));
      refused("its plan.json is none of forgelua's");
    }
  }
  SECTION("a list of files that reaches outside, or is none") {
    for (const auto* list :
         {R"([{"forward": "../../x", "rollback": "y", "validation": "z"}])", R"([{"forward": "x", "rollback": "y"}])",
          R"([{"forward": "x", "rollback": "y", "validation": 1}])", R"([["x", "y", "z"]])", R"(["x"])",
          R"([{"forward": ["x"], "rollback": "y", "validation": "z"}])", R"({"forward": "x"})", "1", "\"x\"", "null"}) {
      INFO(list);
      REQUIRE(
          write_file_atomic(folder / "plan.json", fmt::format(R"({{"format": "forgelua.plan", "files": {}}})", list)));
      refused("the list of files in its plan.json is broken");
    }
  }
  SECTION("a plan.json that breaks off before its list") {
    for (const auto* text :
         {R"({"format": "forgelua.plan", "steps": [{"files": [)", R"({"format": "forgelua.plan", "files": [)"}) {
      REQUIRE(write_file_atomic(folder / "plan.json", text));
      refused("its plan.json is none of forgelua's");
    }
  }
}
