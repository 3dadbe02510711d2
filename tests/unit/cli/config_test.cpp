#include "engine/cli/config.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/cli/window.hpp"

using namespace forge;

namespace {

std::string complaint(const std::string& text) {
  const auto read = read_config(text, "forgelua.yml");
  REQUIRE_FALSE(read);
  return render(read.error());
}

std::optional<std::string> engine_of(const std::string& stack) {
  const auto found = stack_engine(stack, "config.yml");
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("a whole configuration is read", "[cli][config]") {
  const auto config = read_config(R"(
db: mysql:8.4
environment: staging
strategy: shadow_table
policy: acme.policy
organisation: ../org
output: db/packages
bake: 2w
autoBackup: false
rollback: { autoOnFailure: true, keepBackups: 3 }
validation:
  preCheck: false
environments:
  staging: { url: env:STAGING_URL }
  production:
    url: env:DATABASE_URL
    requireApproval: true
    requireProof: true
    maintenanceWindow: "02:00-04:00 UTC"
throttle: { replicaLagSeconds: 1.5, replicas: [env:REPLICA], threadsRunning: 40, query: SELECT 0 }
thresholds: { replica_lag: 2.5 }
healthChecks:
  - { name: api, url: "http://localhost/health", withinMs: 500 }
)",
                                  "forgelua.yml");
  REQUIRE(config);
  CHECK(config->db == "mysql:8.4");
  CHECK(config->strategy == "shadow_table");
  CHECK(config->organisation == "../org");
  CHECK(config->output == "db/packages");
  CHECK(config->bake == "2w");
  CHECK_FALSE(config->auto_backup);
  CHECK(config->rollback_on_failure);
  CHECK(config->keep_backups == 3);
  CHECK_FALSE(config->pre_check);
  CHECK(config->safety_check);
  CHECK(config->environments.at("production").require_approval);
  CHECK(config->environments.at("production").require_proof);
  CHECK(config->environments.at("production").maintenance_window == "02:00-04:00 UTC");
  CHECK(config->environments.at("staging").url == "env:STAGING_URL");
  CHECK(config->throttle.replica_lag_seconds == 1.5);
  CHECK(config->throttle.replicas == std::vector<std::string>{"env:REPLICA"});
  CHECK(config->throttle.threads_running == 40);
  CHECK(config->throttle.query == "SELECT 0");
  CHECK(config->throttle.wait_seconds == 600);
  CHECK(config->thresholds.at("replica_lag") == 2.5);
  CHECK(config->health_checks.at(0).within_ms == 500);
}

TEST_CASE("an empty configuration is the default one", "[cli][config]") {
  const auto config = read_config("# nothing yet\n", "forgelua.yml");
  REQUIRE(config);
  CHECK(config->bake == "7d");
  CHECK(config->keep_backups == 7);
  CHECK(config->output == "migrations");
}

TEST_CASE("unknown keys are named with what was meant", "[cli][config]") {
  CHECK(complaint("bakee: 7d\n") ==
        "forgelua.yml:1:1: unknown key 'bakee' in the configuration\n    bakee: 7d\n    ^~~~~\n  hint: did you mean "
        "'bake'?\n");
  CHECK(complaint("environments:\n  prod:\n    requireAproval: true\n") ==
        "forgelua.yml:3:5: unknown key 'requireAproval' in environment prod\n        requireAproval: true\n"
        "        ^~~~~~~~~~~~~~\n  hint: did you mean 'requireApproval'?\n");
  CHECK(complaint("throttle: { replicaLagSecond: 2 }\n").find("did you mean 'replicaLagSeconds'?") !=
        std::string::npos);
}

TEST_CASE("a list where a word is due is named as one", "[cli][config]") {
  CHECK(complaint("db: [sqlite]\n").starts_with("forgelua.yml:1:5: expected a word\n"));
  CHECK(complaint("strategy: { a: b }\n").starts_with("forgelua.yml:1:11: expected a word\n"));
}

TEST_CASE("a window opens and closes, also over midnight", "[cli][config]") {
  using std::chrono::hours;
  using std::chrono::minutes;
  const std::chrono::system_clock::time_point midnight{std::chrono::days(20000)};
  CHECK(within_window("", midnight));
  CHECK(within_window("02:00-04:00 UTC", midnight + hours(2)));
  CHECK_FALSE(within_window("02:00-04:00 UTC", midnight + hours(4)));
  CHECK(within_window("22:30-04:00 UTC", midnight + hours(23)));
  CHECK(within_window("22:30-04:00 UTC", midnight + hours(3)));
  const auto closed = within_window("22:30-04:00 UTC", midnight + hours(20) + minutes(15));
  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == ErrorCode::refused);
  CHECK(closed.error().message.find("it opens in 2 h 15 min") != std::string::npos);
}

TEST_CASE("figures that are watched go by the thresholds", "[cli][config]") {
  const auto config = read_config(
      "watch: { everySeconds: 5, afterwards: 10m, figures: [{ name: lag, query: SELECT 1, lasting: 90s, then: rollback "
      "},\n"
      "  { name: own, command: echo 1, over: 0.5 }] }\nthresholds: { lag: 7 }\n",
      "forgelua.yml");
  REQUIRE(config);
  CHECK(config->watch.every == std::chrono::seconds(5));
  CHECK(config->watch.afterwards == std::chrono::minutes(10));
  REQUIRE(config->watch.figures.size() == 2);
  CHECK(config->watch.figures[0].over == 7);
  CHECK(config->watch.figures[0].lasting == std::chrono::seconds(90));
  CHECK(config->watch.figures[0].back);
  CHECK(config->watch.figures[1].over == 0.5);
  CHECK_FALSE(config->watch.figures[1].back);
  CHECK(complaint("watch: { figures: [{ name: own, command: echo 1 }] }\n").find("state over, or thresholds.own") !=
        std::string::npos);
  CHECK(complaint("watch: { figures: [{ name: own, over: 1 }] }\n").find("states one of query, command") !=
        std::string::npos);
  CHECK(complaint("watch: { figures: [{ name: own, over: 1, query: q, lasting: soon }] }\n").find("write it as 90s") !=
        std::string::npos);
  CHECK(
      complaint("watch: { figures: [{ name: own, over: 1, query: q, then: back }] }\n").find("one of stop, rollback") !=
      std::string::npos);
}

TEST_CASE("values of the wrong kind are refused where they stand", "[cli][config]") {
  CHECK(complaint("bake: soon\n").find("1:7: 'soon' is not understood") != std::string::npos);
  CHECK(complaint("autoBackup: 'true'\n").find("expected true or false") != std::string::npos);
  CHECK(complaint("keepBackups: -1\n").find("expected a number that is not negative") != std::string::npos);
  CHECK(complaint("strategy: shadow_tabel\n").find("did you mean 'shadow_table'?") != std::string::npos);
  CHECK(complaint("environments:\n  p: {maintenanceWindow: 2-4}\n").find("02:00-04:00 UTC") != std::string::npos);
  CHECK(complaint("db: oracle\n").find("one of postgres, mysql") != std::string::npos);
  CHECK(complaint("policy: [a]\n").find("expected a word") != std::string::npos);
  CHECK(complaint("healthChecks:\n  - {name: x}\n").find("one of url, command, query") != std::string::npos);
  CHECK(complaint("validation: yes please\n").find("validation must be a map") != std::string::npos);
}

TEST_CASE("the engine is read from the project's stack", "[cli][config]") {
  CHECK(engine_of("project_tech_stack: Next.js, PostgreSQL 15, Redis\n") == "postgres:15");
  CHECK(engine_of("project_tech_stack:\n  - Rails\n  - mysql:8.4\n") == "mysql:8.4");
  CHECK(engine_of("project_tech_stack:\n  database: MariaDB\nother: 1\n") == "mariadb");
  CHECK(engine_of("project_tech_stack: Go\n") == std::nullopt);
  CHECK(engine_of("name: x\n") == std::nullopt);
}

TEST_CASE("a stack with two databases is an error that lists them", "[cli][config]") {
  const auto found = stack_engine("project_tech_stack: [postgres, mysql]\n", "config.yml");
  REQUIRE_FALSE(found);
  CHECK(render(found.error()) ==
        "config.yml:1:1: project_tech_stack names several databases: postgres, mysql\n"
        "    project_tech_stack: [postgres, mysql]\n    ^\n  hint: choose one with --db=postgres\n");
}
