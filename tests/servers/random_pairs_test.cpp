// Random pairs of schemas, each the whole way on a real database: plan, rows, forward, equal to a fresh build of the new
// schema, validation, back, equal to the start, rows too. FORGELUA_PAIRS says how many per engine (200), FORGELUA_SEED
// where the seeds begin, FORGELUA_PAIRS_KEEP a folder in which the specs and packages of failing pairs are kept.

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "engine/emit/spec_writer.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/product.hpp"
#include "tests/support/random_objects.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/random_schema.hpp"
#include "tests/support/texts.hpp"

namespace forge::test {
namespace {

constexpr int kRows = 12;
constexpr int kShrinkTries = 0;

int setting(const char* name, int otherwise) {
  const auto text = environment(name);
  return text.empty() ? otherwise : std::atoi(text.c_str());
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

// Sizes that lead to different strategies, from the seed alone.
std::map<QName, Hint> hints_for(const Pair& pair, std::uint64_t seed) {
  std::map<QName, Hint> hints;
  Rng rng(seed);
  for (const auto& [name, table] : pair.before.tables) {
    Hint hint;
    switch (rng.below(4)) {
      case 0:
        break;
      case 1:
        hint.rows = 100;
        hint.critical = false;
        break;
      case 2:
        hint.rows = 8000;
        break;
      default:
        hint.rows = 5e6;
        break;
    }
    hints[name] = hint;
  }
  return hints;
}

// One pair on one engine. Gives what went wrong, or nothing.
class PairRun {
 public:
  // `more` is run behind the random rows.
  PairRun(Engine& engine, const Pair& pair, std::uint64_t seed, std::string more = {})
      : engine_(engine), pair_(pair), seed_(seed), more_(std::move(more)) {}

  std::optional<std::string> run() {
    const auto problem = attempt();
    if (const auto kept = environment("FORGELUA_PAIRS_KEEP"); problem && !kept.empty()) {
      const auto copy = std::filesystem::path(kept) / fmt::format("{}-{}", engine_.name(), seed_);
      std::filesystem::remove_all(copy);
      std::filesystem::copy(folder_.path(), copy, std::filesystem::copy_options::recursive);
    }
    return problem;
  }
  bool refused() const { return refused_; }
  bool empty() const { return empty_; }

 private:
  std::optional<std::string> attempt() {
    try {
      return walk();
    } catch (const std::exception& broken) {
      return std::string(broken.what());
    }
  }

  std::optional<std::string> walk() {
    Spec spec;
    spec.id = "pair";
    spec.before = pair_.before;
    spec.after = pair_.after;
    spec.intents = pair_.intents;
    spec.hints = hints_for(pair_, seed_);
    std::ofstream(folder_.file("spec.migration.lua")) << write_spec(spec);
    const auto made = product("run", "--now 2026-01-01T00:00:00Z --out " + shell_quote(folder_.file("package")) +
                                         " --status " + shell_quote(folder_.file("status.yml")));
    refused_ = made.exit_code == 3;
    if (refused_) return std::nullopt;
    if (made.exit_code != 0) return "run: " + made.err + made.out;
    empty_ = !std::filesystem::exists(folder_.file("package/forward.sql"));
    if (empty_) return std::nullopt;
    return on_database();
  }

  Outcome product(const std::string& command, const std::string& options) {
    return run_product(command + " " + shell_quote(folder_.file("spec.migration.lua")) + " --db=" + engine_.name() +
                       " " + options);
  }

  std::string state(const std::string& name) {
    const auto made = product("inspect", "--format sql --state " + name);
    if (made.exit_code != 0) throw std::runtime_error("inspect " + name + ": " + made.err);
    return made.out;
  }

  std::optional<std::string> script(const std::string& sql, const std::string& what) {
    const auto outcome = engine_.run_script(database_, sql);
    if (outcome.exit_code == 0 && outcome.err.find("ERROR") == std::string::npos) return std::nullopt;
    return what + ": " + outcome.err + outcome.out;
  }

  std::optional<std::string> on_database() {
    const std::string before = state("before"), after = state("after");
    engine_.create_database(database_);
    if (auto bad = script(after, "the new schema, built afresh")) return bad;
    const auto wanted = dump();
    engine_.create_database(database_);
    if (auto bad = script(before, "the old schema")) return bad;
    // A row that a random check refuses is simply not there.
    engine_.run_script(database_, tolerant(random_rows(without_partitions(pair_.before),
                                                       without_partitions(pair_.after), engine_.name(), kRows)));
    if (auto bad = script(more_, "rows of partitions")) return bad;
    const auto schema = dump();
    const auto rows = engine_.dump_rows(database_);
    if (auto bad = blind(schema != wanted)) return bad;
    if (auto bad = script(slurp(folder_.file("package/forward.sql")), "forward.sql")) return bad;
    if (auto bad = same(dump(), wanted, "forward.sql does not end in the new schema")) return bad;
    if (auto bad = script(slurp(folder_.file("package/validation.sql")), "validation.sql")) return bad;

    if (auto bad = script(slurp(folder_.file("package/rollback.sql")), "rollback.sql")) return bad;
    if (auto bad = same(dump(), schema, "rollback.sql does not end in the old schema")) return bad;
    const bool lossy =
        slurp(folder_.file("package/rollback.sql")).find("WARNING: rollback is destructive") != std::string::npos;
    if (!lossy && engine_.dump_rows(database_) != rows) return "rollback.sql does not give the rows back";
    return std::nullopt;
  }

  // The schema, on MySQL and MariaDB with the texts of triggers and routines.
  std::vector<std::string> dump() {
    auto out = engine_.dump_schema(database_);
    if (engine_.name() != "mysql" && engine_.name() != "mariadb") return out;
    for (const auto& row : engine_.query(database_,
                                         "SELECT CONCAT_WS(' ', trigger_name, action_timing, event_manipulation, "
                                         "event_object_table, action_statement) FROM "
                                         "information_schema.triggers WHERE trigger_schema = DATABASE() UNION ALL "
                                         "SELECT CONCAT_WS(' ', routine_name, "
                                         "dtd_identifier, routine_definition) FROM information_schema.routines WHERE "
                                         "routine_schema = DATABASE() ORDER BY 1")) {
      out.push_back(row[0]);
    }
    return out;
  }

  // A validation that holds before anything has run proves nothing.
  std::optional<std::string> blind(bool differs) {
    if (!differs || engine_.run_script(database_, slurp(folder_.file("package/validation.sql"))).exit_code != 0) {
      return std::nullopt;
    }
    return "validation.sql holds on the old schema";
  }

  // The clients stop at an error unless they are told not to.
  std::string tolerant(const std::string& inserts) const {
    if (engine_.name() == "postgres" || engine_.name() == "sqlite") return inserts;
    std::string out;
    for (std::size_t at = 0; at < inserts.size();) {
      const auto end = inserts.find('\n', at);
      std::string line = inserts.substr(at, end - at);
      if (line.starts_with("INSERT INTO")) line.replace(0, 11, "INSERT IGNORE INTO");
      out += line + "\n";
      at = end == std::string::npos ? inserts.size() : end + 1;
    }
    return out;
  }

  static std::optional<std::string> same(const std::vector<std::string>& got, const std::vector<std::string>& wanted,
                                         const std::string& what) {
    if (got == wanted) return std::nullopt;
    return what + "\n--- got\n" + lines_of(got) + "--- wanted\n" + lines_of(wanted);
  }

  // Several test programs may share one server.
  const std::string database_ = "fl_pair_" + std::to_string(::getpid());
  Engine& engine_;
  const Pair& pair_;
  std::uint64_t seed_;
  std::string more_;
  TemporaryFolder folder_;
  bool refused_ = false, empty_ = false;
};

std::string smallest(Engine& engine, const Pair& pair, std::uint64_t seed) {
  int tries = 0;
  const Pair small = shrink(pair, [&](const Pair& candidate) {
    return ++tries <= setting("FORGELUA_SHRINK", kShrinkTries) && PairRun(engine, candidate, seed).run().has_value();
  });
  const auto problem = PairRun(engine, small, seed).run();
  return describe(small) + "\n" + problem.value_or("(the smallest pair passes: its failure needs the whole)");
}

void run_pairs(const std::string& name) {
  auto engine = open_engine(name);
  if (!engine) {
    if (!environment("CI").empty()) FAIL("no client for " << name << ": FORGELUA_TEST_… is not set");
    SKIP("no client for " << name << ": run ./dev servers start, then source the file that it names");
  }
  const auto first = static_cast<std::uint64_t>(setting("FORGELUA_SEED", 1));
  const auto count = static_cast<std::uint64_t>(setting("FORGELUA_PAIRS", 200));
  const auto options = options_for(name);
  int passed = 0, refused = 0, empty = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Rng rng(seed);
    const Schema before = random_schema(rng, options);
    const Pair pair = mutate(before, rng, options);
    PairRun run(*engine, pair, seed);
    const auto problem = run.run();
    if (problem) {
      FAIL_CHECK("seed " << seed << " on " << name << " (FORGELUA_SEED=" << seed << " FORGELUA_PAIRS=1): " << *problem
                         << "\nsmallest:\n"
                         << smallest(*engine, pair, seed));
      if (setting("FORGELUA_PAIRS_GO_ON", 0) == 0) break;
      continue;
    }
    ++(run.refused() ? refused : run.empty() ? empty : passed);
  }
  std::cout << fmt::format(
      "{}: {} random pairs there and back, {} without a change, {} refused by policy (seeds {} to {})\n", name, passed,
      empty, refused, first, first + count - 1);
}

// The same with triggers, routines, policies and partitions.
void run_objects(const std::string& name) {
  constexpr int kUsual = 20;
  auto engine = open_engine(name);
  if (!engine) SKIP("no client for " << name << ": run ./dev servers start, then source the file that it names");
  const auto first = static_cast<std::uint64_t>(setting("FORGELUA_SEED", 1));
  const auto count = static_cast<std::uint64_t>(setting("FORGELUA_PAIRS", kUsual));
  auto options = options_for(name);
  options.tables = 3;
  int passed = 0, refused = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Rng rng(seed);
    const Schema before = random_schema(rng, options);
    Pair pair = mutate(before, rng, options);
    const auto more = add_objects(pair, rng, options);
    PairRun run(*engine, pair, seed, more);
    if (const auto problem = run.run()) {
      FAIL_CHECK("seed " << seed << " of objects on " << name << " (FORGELUA_SEED=" << seed
                         << " FORGELUA_PAIRS=1): " << *problem);
      if (setting("FORGELUA_PAIRS_GO_ON", 0) == 0) break;
      continue;
    }
    ++(run.refused() ? refused : passed);
  }
  std::cout << fmt::format("{}: {} random pairs with objects there and back, {} refused (seeds {} to {})\n", name,
                           passed, refused, first, first + count - 1);
}

}  // namespace

TEST_CASE("random objects on postgres", "[pairs][objects][postgres]") { run_objects("postgres"); }
TEST_CASE("random objects on mysql", "[pairs][objects][mysql]") { run_objects("mysql"); }
TEST_CASE("random objects on mariadb", "[pairs][objects][mariadb]") { run_objects("mariadb"); }

TEST_CASE("random pairs on sqlite", "[pairs][sqlite]") { run_pairs("sqlite"); }
TEST_CASE("random pairs on postgres", "[pairs][postgres]") { run_pairs("postgres"); }
TEST_CASE("random pairs on mysql", "[pairs][mysql]") { run_pairs("mysql"); }
TEST_CASE("random pairs on mariadb", "[pairs][mariadb]") { run_pairs("mariadb"); }

}  // namespace forge::test
