#include "engine/emit/status.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "sample_plan.hpp"

using namespace forge;

namespace {

std::string updated(const std::string& existing) {
  const auto text = updated_status(existing, ".forge-status.yml", test::sample_plan("postgres"), "migrations/m",
                                   "2026-09-01T10:00:00Z");
  INFO((text ? "" : render(text.error())));
  REQUIRE(text);
  return *text;
}

constexpr const char* kPhase =
    "  migration_plan:\n    status: \"completed\"\n    started_at: \"2026-09-01T10:00:00Z\"\n"
    "    completed_at: \"2026-09-01T10:00:00Z\"\n    digest_path: \"migrations/m/digest.md\"\n";
constexpr const char* kMigration =
    "migration:\n  db_kind: \"postgres\"\n  strategy: \"expand_migrate_contract\"\n  destructive_changes: true\n"
    "  files:\n    plan: \"migrations/m/migration-plan.md\"\n    forward: \"migrations/m/forward.sql\"\n"
    "    rollback: \"migrations/m/rollback.sql\"\n    validation: \"migrations/m/validation.sql\"\n";

}  // namespace

TEST_CASE("an empty status file gets both entries", "[emit][status]") {
  CHECK(updated("") == std::string("phases:\n") + kPhase + kMigration);
}

TEST_CASE("everything else in the file stays byte for byte", "[emit][status]") {
  const std::string before = "# ours\nfeature:   'push'   # named so\nphases:\n  research:\n    status:  done\n";
  const std::string after = "\n# later\n\nother: [1,  2]\n";
  CHECK(updated(before + after) == before + kPhase + after + kMigration);
}

TEST_CASE("older entries are replaced, their other keys kept", "[emit][status]") {
  const std::string text =
      "migration:\n  strategy: x\n  reviewer: ann\nphases:\n    migration_plan:\n        started_at: 2026-08-01\n"
      "        note: 'keep'\n    tests: {a: 1}\n";
  CHECK(updated(text) ==
        "migration:\n  strategy: \"expand_migrate_contract\"\n  reviewer: ann\n  db_kind: \"postgres\"\n"
        "  destructive_changes: true\n  files:\n    plan: \"migrations/m/migration-plan.md\"\n"
        "    forward: \"migrations/m/forward.sql\"\n    rollback: \"migrations/m/rollback.sql\"\n"
        "    validation: \"migrations/m/validation.sql\"\nphases:\n    migration_plan:\n      started_at: 2026-08-01\n"
        "      note: \"keep\"\n      status: \"completed\"\n      completed_at: \"2026-09-01T10:00:00Z\"\n"
        "      digest_path: \"migrations/m/digest.md\"\n    tests: {a: 1}\n");
}

TEST_CASE("another migration begins anew, and none ends before it began", "[emit][status]") {
  const auto entry = [](const std::string& started, const std::string& digest) {
    return "phases:\n  migration_plan:\n    started_at: \"" + started + "\"\n    digest_path: \"" + digest + "\"\n";
  };
  const auto starts = [&](const std::string& text) {
    const auto now = updated(text);
    return now.substr(now.find("started_at: \"") + 13, 10);
  };
  CHECK(starts(entry("2026-08-01T10:00:00Z", "migrations/m/digest.md")) == "2026-08-01");
  CHECK(starts(entry("2026-08-01T10:00:00Z", "")) == "2026-08-01");
  CHECK(starts(entry("2026-08-01T10:00:00Z", "migrations/other/digest.md")) == "2026-09-01");
  CHECK(starts(entry("2026-10-01T10:00:00Z", "migrations/m/digest.md")) == "2026-09-01");
}

TEST_CASE("updating twice changes nothing more", "[emit][status]") {
  for (const std::string text :
       {"", "a: 1", "{phases: {x: 1}, b: 2}", "phases: {x: {y: z}}\nb: 1\n", "phases:\nb: 1\n"}) {
    const auto once = updated(text);
    CHECK(updated(once) == once);
  }
  CHECK_THAT(updated("{phases: {x: 1}, b: 2}"), Catch::Matchers::StartsWith("phases:\n  x: 1\n  migration_plan:\n"));
}

TEST_CASE("a status file that is not a plain map is refused", "[emit][status]") {
  const Plan plan = test::sample_plan("postgres");
  const auto refused = [&](const std::string& text) {
    const auto out = updated_status(text, "s.yml", plan, "m", "2026-09-01T10:00:00Z");
    REQUIRE_FALSE(out);
    return render(out.error());
  };
  CHECK(refused("- a\n") == "s.yml:1:1: the status file must be a map of keys\n    - a\n    ^\n");
  CHECK(refused("phases: 3\n") == "s.yml:1:9: 'phases' must be a map of keys\n    phases: 3\n            ^\n");
  CHECK(refused("phases: { migration_plan: 3 }\n") ==
        "s.yml:1:27: 'migration_plan' must be a map of keys\n    phases: { migration_plan: 3 }\n                       "
        "       ^\n");
  CHECK(refused("a: &x 1\nmigration: *x\n").find("anchors") != std::string::npos);
}
