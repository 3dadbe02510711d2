// `forgelua test`: packages proved on copies that are made for them, and what it says of those that are not right.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/base/files.hpp"
#include "engine/base/hash.hpp"
#include "engine/emit/evidence.hpp"
#include "tests/support/apply_bench.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/left_behind.hpp"
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

std::string file_text(const std::string& path) { return read_file(path).value_or(""); }

// One case's package.
class Proof {
 public:
  Proof(Case given, Engine& engine) : case_(std::move(given)), engine_(engine) { run(); }

  void run() {
    std::string options;
    for (const auto& option : case_.run) options += " " + shell_quote(option);
    const auto made = run_product("run " + shell_quote("tests/cases/" + case_.name + "/spec.migration.lua") +
                                  " --db=" + engine_.name() + options + " --out " + shell_quote(package()) +
                                  " --status " + shell_quote(folder_.file("status.yml")));
    INFO(made.err << made.out);
    REQUIRE(made.exit_code == 0);
  }
  Outcome test(const std::string& options = "--rows 200") {
    const std::string server = engine_.name() == "sqlite" ? "" : " --dev-url " + shell_quote(engine_.url(""));
    return run_product("test " + shell_quote(package()) + server + " " + options);
  }
  std::string package() const { return folder_.file("package"); }
  std::string text(const std::string& file) const {
    auto read = read_file(package() + "/" + file);
    REQUIRE(read);
    return *read;
  }
  Evidence evidence() const {
    auto read = read_evidence_text(text("evidence.json"), "evidence.json");
    REQUIRE(read);
    return *read;
  }
  // Makes a plan of another text, which then has its own hash.
  void change(const std::string& from, const std::string& to) {
    std::string plan = text("plan.json");
    const auto at = plan.find(from);
    REQUIRE(at != std::string::npos);
    plan.replace(at, from.size(), to);
    const auto cut = plan.rfind(",\n  \"hash\": \"");
    const auto hash = sha256_hex(plan.substr(0, cut) + "\n}");
    REQUIRE(write_file_atomic(package() + "/plan.json", plan.substr(0, cut) + ",\n  \"hash\": \"" + hash + "\"\n}\n"));
  }

 private:
  Case case_;
  Engine& engine_;
  TemporaryFolder folder_;
};

Case one_case(const std::string& case_name, const std::string& engine) {
  for (auto& given : read_cases(source_folder() + "/tests/cases", engine)) {
    if (given.name == case_name) return given;
  }
  FAIL("no case " << case_name);
  return {};
}

// Their SQL, or the application's triggers, do to rows what no plan can know; the test says so.
bool proves_not(const Case& given) {
  return given.name == "raw_sql" || given.name == "trigger" || given.name == "triggers_told_apart" ||
         given.name == "trigger_bodies_renamed";
}

// Whose old key comes back over a single row alone, or whose trigger lets no statement write two rows with a mark: rows that are made up
// do not return, or are not filled, and the test says so. Numbers that are made up are no years, and may be too large to be multiplied;
// what refers to a parent that comes back empty must let go first.
bool needs_its_rows(const Case& given) {
  return given.name == "references_move" || given.name == "pair_seen_by_function" ||
         given.name == "years_become_numbers" || given.name == "backfill_says_its_table" ||
         given.name == "copied_parent_required";
}

// On the case's own rows.
void prove_sampled(const Case& given, Engine& engine) {
  ApplyBench bench(given, engine);
  const auto database = bench.name("sampled");
  bench.fresh(database);
  const std::string server = engine.name() == "sqlite" ? "" : " --dev-url " + shell_quote(engine.url(""));
  const auto done =
      run_product("test " + shell_quote(bench.package()) + server + " --url " + shell_quote(engine.url(database)));
  INFO(done.err);
  // What triggers of these set of other columns stays on the way back, and the test says so.
  const bool stays = given.name == "trigger" || given.name == "pair_seen_by_function";
  CHECK(done.exit_code == (stays ? 1 : 0));
  engine.drop_database(database);
}

// Some of the cases, so that all tests stay within their time; FORGELUA_PROVED=all takes them all, =sampled all on their own rows.
void every_case(const std::string& name) {
  constexpr std::size_t kStride = 13;
  const auto engine = engine_or_skip(name);
  const bool sampled = environment("FORGELUA_PROVED") == "sampled";
  const bool all = sampled || environment("FORGELUA_PROVED") == "all";
  std::size_t at = 0;
  for (const auto& given : read_cases(source_folder() + "/tests/cases", name)) {
    if (!all && !proves_not(given) && at++ % kStride != 0) continue;
    DYNAMIC_SECTION(given.name) {
      if (sampled || needs_its_rows(given)) {
        prove_sampled(given, *engine);
        continue;
      }
      Proof proof(given, *engine);
      const auto done = proof.test();
      INFO(done.err);
      CHECK(done.exit_code == (proves_not(given) ? 1 : 0));
      const auto evidence = proof.evidence();
      CHECK(evidence.proved == !proves_not(given));
      CHECK(evidence.failures.empty() == evidence.proved);
      CHECK(evidence.forward.steps.size() == evidence.backward.steps.size());
      if (!evidence.proved) CHECK(done.err.find("rows differ from the start") != std::string::npos);
    }
  }
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

void documents_say_it(const std::string& name) {
  const auto engine = engine_or_skip(name);
  Proof proof(one_case("emc_backfill_not_null", name), *engine);
  CHECK(proof.text("digest.md").find("| Rollback tested | no |") != std::string::npos);
  const auto plan = proof.text("plan.json");
  REQUIRE(proof.test().exit_code == 0);
  CHECK(proof.text("plan.json") == plan);
  const auto tested = proof.text("migration-plan.md"), digest = proof.text("digest.md");
  CHECK(tested.find("- Rollback tested: yes, on ") != std::string::npos);
  CHECK(tested.find("with 200 generated rows in 1 table: there in under 1 s, back in under 1 s; schema and rows were "
                    "then as before.") != std::string::npos);
  CHECK(digest.find("| Rollback tested | yes, on ") != std::string::npos);
  CHECK(tested.find("## Test on a copy\n\nProved on ") != std::string::npos);
  CHECK(count_of(tested, "## Test on a copy") == 1);
  const auto steps = proof.evidence().forward.steps;
  for (const auto& step : steps)
    CHECK(tested.find(fmt::format("| {} | {} | ", step.number, step.id)) != std::string::npos);
  if (name == "postgres") {
    CHECK(tested.find("users (ACCESS EXCLUSIVE)") != std::string::npos);
    CHECK(tested.find("scans users") != std::string::npos);
  }

  // Writing the same plan again keeps the evidence, and gives the same bytes.
  proof.run();
  CHECK(proof.text("migration-plan.md") == tested);
  CHECK(proof.text("digest.md") == digest);
  // Evidence of another plan says nothing of this one.
  auto other = proof.evidence();
  other.hash[0] = other.hash[0] == '0' ? '1' : '0';
  REQUIRE(write_file_atomic(proof.package() + "/evidence.json", evidence_text(other)));
  proof.run();
  CHECK(proof.text("digest.md").find("| Rollback tested | no |") != std::string::npos);
  if (name != "sqlite") CHECK(left_behind(*engine) == std::vector<std::string>{});
}

// The first statement of a step, as the plan writes it.
std::string sql_of(const std::string& plan, const std::string& member) {
  const std::string begin = "\"sql\": \"";
  const auto at = plan.find(begin, plan.find("\"" + member + "\": [", plan.find("\"steps\""))) + begin.size();
  auto end = at;
  while (plan[end] != '"') end += plan[end] == '\\' ? 2 : 1;
  return plan.substr(at, end - at);
}

// A way back that forgets something, one that does not run, and a step that does not run.
void wrong_plans(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("add_column_nullable", name);
  const auto says = [&](const std::string& from, const std::string& to, const std::string& text) {
    Proof proof(given, *engine);
    proof.change(from, to);
    const auto done = proof.test("--rows 20");
    INFO(done.err);
    CHECK(done.exit_code == 1);
    CHECK(done.err.find("is not proved") != std::string::npos);
    CHECK(done.err.find(text) != std::string::npos);
    CHECK_FALSE(proof.evidence().proved);
    CHECK(proof.text("digest.md").find("| Rollback tested | no |") != std::string::npos);
    const auto document = proof.text("migration-plan.md");
    CHECK(document.find("## Test on a copy\n\n**Not proved** on ") != std::string::npos);
    CHECK(document.find("- Finding: " + text) != std::string::npos);
  };
  Proof proof(given, *engine);
  const auto plan = proof.text("plan.json");
  const auto there = sql_of(plan, "forward"), back = sql_of(plan, "backward");
  says(back, "SELECT 1", "the way back does not end with the schema of the start: column users.");
  says(back, "ALTER TABLE users DROP COLUMN nothing_of_this", "the way back does not run: ");
  says(there, "ALTER TABLE nobody ADD COLUMN x integer", "it does not run: ");
}

// What a step takes is looked at while it runs, and held against what the plan says of it.
void wrong_impacts(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto finding = [&](const std::string& case_name, const std::string& from, const std::string& to) {
    Proof proof(one_case(case_name, name), *engine);
    if (!from.empty()) proof.change(from, to);
    const auto done = proof.test("--rows 50");
    CHECK(proof.evidence().proved == from.empty());
    CHECK(done.exit_code == (from.empty() ? 0 : 1));
    if (from.empty()) CHECK_FALSE(proof.evidence().forward.steps.front().locks.empty());
    return done.err;
  };
  using Catch::Matchers::ContainsSubstring;
  if (name == "postgres") {
    finding("add_column_nullable", "", "");
    CHECK_THAT(finding("add_column_nullable", "\"lock\": \"ACCESS EXCLUSIVE\"", "\"lock\": \"SHARE\""),
               ContainsSubstring("it took the lock ACCESS EXCLUSIVE (on users), and the plan says SHARE"));
    CHECK_THAT(finding("emc_backfill_not_null", "\"scan\": true", "\"scan\": false"),
               ContainsSubstring("it read the rows of users under its lock, and the plan says that none are"));
  }
  CHECK_THAT(finding("add_column_nullable", "\"impact\": {", "\"impact\": {\"rewrite\": true,"),
             ContainsSubstring("it wrote no table anew, and the plan says that one is"));
}

// Rows of a database of somebody's: they are taken, what they meet is said, and the database stays as it is.
void sampled(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("add_unique", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("sampled");
  bench.fresh(database);
  const auto rows = engine->dump_rows(database);
  const auto test = [&] {
    const std::string server = name == "sqlite" ? "" : " --dev-url " + shell_quote(engine->url(""));
    return run_product("test " + shell_quote(bench.package()) + server + " --url " +
                       shell_quote(engine->url(database)) + " --rows 20");
  };
  const auto evidence = [&] {
    return read_evidence_text(bench.text("evidence.json"), "evidence.json").value_or(Evidence{});
  };
  const auto done = test();
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(evidence().data == "sampled");
  CHECK(evidence().rows == 20);
  CHECK(engine->dump_rows(database) == rows);

  // Two rows that the new constraint refuses are among the newest.
  REQUIRE(engine->run_script(database, "INSERT INTO users (id, name) VALUES (9001, 'twice'), (9002, 'twice');\n")
              .exit_code == 0);
  const auto twice = test();
  INFO(twice.err);
  CHECK(twice.exit_code == 1);
  CHECK_FALSE(evidence().proved);
  CHECK(twice.err.find("it does not run: ") != std::string::npos);

  REQUIRE(engine->run_script(database, "ALTER TABLE users ADD COLUMN odd integer;\n").exit_code == 0);
  const auto drifted = test();
  CHECK(drifted.exit_code == 3);
  CHECK(drifted.err.find("odd") != std::string::npos);
  engine->drop_database(database);
}

// An environment that asks for a proof of whatever is applied there; `status` says of each package whether it has one.
void proof_asked_for(const std::string& name) {
  const auto engine = engine_or_skip(name);
  const auto given = one_case("add_column_nullable", name);
  ApplyBench bench(given, *engine);
  const auto database = bench.name("asked");
  bench.fresh(database);
  const TemporaryFolder project;
  REQUIRE(write_file_atomic(project.file("forgelua.yml"),
                            "output: packages\nenvironments: { live: { url: env:DATABASE, requireProof: true } }\n"));
  const auto said = [&](const std::string& arguments) {
    return run_shell("DATABASE=" + shell_quote(engine->url(database)) + " DEV=" + shell_quote(engine->url("")) + " " +
                         product_line(arguments),
                     {}, project.path());
  };
  REQUIRE(run_shell("mkdir packages && cp -r " + shell_quote(bench.package()) + " packages/one", {}, project.path())
              .exit_code == 0);
  const std::string dev = name == "sqlite" ? "" : " --dev-url env:DEV";
  const auto apply = "apply packages/one --env live --yes" + dev;
  CHECK(said("status --env live").out.find("pending; not tested on a copy") != std::string::npos);
  const auto refused = said(apply);
  INFO(refused.err);
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find("the environment asks for a proof") != std::string::npos);
  CHECK(said(apply + " --dry-run").exit_code == 0);
  REQUIRE(said("test packages/one --rows 20" + dev).exit_code == 0);
  CHECK(said("status --env live").out.find("pending; proved 2") != std::string::npos);
  CHECK(said(apply).exit_code == 0);
  CHECK(said("status --env live").out.find(" s; proved 2") != std::string::npos);
  CHECK(said("--json status --env live").out.find("\"proof\":\"proved 2") != std::string::npos);
  CHECK(said("rollback packages/one --env live --yes" + dev).exit_code == 0);

  // Evidence that speaks against the package, and none.
  auto evidence = read_evidence_text(file_text(project.file("packages/one/evidence.json")), "evidence.json");
  REQUIRE(evidence);
  evidence->proved = false;
  evidence->failures = {"it does not run: no"};
  REQUIRE(write_file_atomic(project.file("packages/one/evidence.json"), evidence_text(*evidence)));
  CHECK(said(apply).exit_code == 3);
  CHECK(said("status --env live").out.find("rows: it does not run: no") != std::string::npos);
  engine->drop_database(database);
}

}  // namespace

TEST_CASE("proved cases on sqlite", "[proof][sqlite]") { every_case("sqlite"); }
TEST_CASE("proved cases on postgres", "[proof][postgres]") { every_case("postgres"); }
TEST_CASE("proved cases on mysql", "[proof][mysql]") { every_case("mysql"); }
TEST_CASE("proved cases on mariadb", "[proof][mariadb]") { every_case("mariadb"); }

TEST_CASE("documents say that a package is proved", "[proof]") {
  documents_say_it(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}
TEST_CASE("an environment asks for a proof", "[proof]") { proof_asked_for(GENERATE("sqlite", "postgres")); }
TEST_CASE("a step that takes what the plan does not say is not proved", "[proof]") {
  wrong_impacts(GENERATE("postgres", "mysql", "mariadb"));
}
TEST_CASE("a package is proved on rows that are taken from a database", "[proof]") {
  sampled(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}
TEST_CASE("a package for MongoDB is tested on a server that is named", "[proof]") {
  const TemporaryFolder folder;
  const auto out = shell_quote(folder.file("p"));
  REQUIRE(run_product("run examples/quickstart.migration.lua --db=mongodb --out " + out + " --status " +
                      shell_quote(folder.file("s.yml")))
              .exit_code == 0);
  const auto done = run_product("test " + out);
  CHECK(done.exit_code == 1);
  CHECK(done.err ==
        "no throw-away server of mongodb can be started\n"
        "  hint: name a database, beside which the copy is made: --url or --env; or a server: --dev-url\n");
}
TEST_CASE("a package that is not right is not proved", "[proof]") {
  wrong_plans(GENERATE("sqlite", "postgres", "mysql", "mariadb"));
}

}  // namespace forge::test
