// What must hold for every pair of schemas, tried on random ones without any server. A failure prints the seed and the
// smallest pair that still fails; FORGELUA_TEST_SEED starts from another seed, FORGELUA_TEST_PAIRS tries more.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "engine/diff/diff.hpp"
#include "engine/model/lower.hpp"
#include "engine/order/group.hpp"
#include "engine/order/order.hpp"
#include "engine/plan/checks.hpp"
#include "tests/support/random_schema.hpp"

using namespace forge;
using namespace forge::test;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Rules like those of the engine's dialect, as far as lowering itself depends on them; types stand as they are.
LowerRules rules_for(const std::string& engine) {
  LowerRules rules;
  rules.engine = engine;
  const bool postgres = engine == "postgres", sqlite = engine == "sqlite";
  rules.naming = postgres            ? Naming::postgres
                 : sqlite            ? Naming::sqlite
                 : engine == "mysql" ? Naming::mysql
                                     : Naming::mariadb;
  rules.has = {{"named_enums", postgres},
               {"comments", !sqlite},
               {"partial_index", postgres || sqlite},
               {"expression_index", engine != "mariadb"},
               {"include", postgres},
               {"deferrable", postgres || sqlite},
               {"generated_virtual", true},
               {"namespaces", postgres},
               {"sequences", postgres},
               {"materialized_view", postgres}};
  rules.identifier_limit = sqlite ? 0 : postgres ? 63 : 64;
  rules.limit_in_bytes = postgres;
  rules.canonical_type = [](const Type& type, std::string&) -> Result<Type> { return type; };
  return rules;
}

Pair lowered(const Pair& pair, const std::string& engine) {
  Lowering lowering(rules_for(engine));
  Pair out = pair;
  REQUIRE(lowering.run(out.before, out.after));
  return out;
}

Phase phase_of(const Change& change) {
  switch (verb_of(change)) {
    case Verb::create:
      return Phase::expand;
    case Verb::drop:
      return Phase::contract;
    default:
      return Phase::switch_over;
  }
}

// Each change as a step of its own, in the order that the rules give.
Result<std::vector<Step>> direct_steps(const Pair& pair) {
  std::vector<Step> steps;
  for (const auto& change : diff(pair.before, pair.after, pair.intents).changes) {
    Step step;
    step.id = std::to_string(steps.size()) + " " + word_of(change) + " " + object_of(change);
    step.phase = phase_of(change);
    step.group = step.id;
    step.ops = {change};
    steps.push_back(std::move(step));
  }
  split_mutual_foreign_keys(steps);
  return order_steps(std::move(steps), pair.before, pair.after);
}

// What is wrong with the pair; empty where everything holds.
std::string fold_complaint(const Pair& pair) {
  const auto steps = direct_steps(pair);
  if (!steps) return render(steps.error());
  const auto checked = check_plan(pair.before, pair.after, *steps);
  return checked ? "" : render(checked.error());
}

std::string diff_complaint(const Pair& pair) {
  for (const auto* schema : {&pair.before, &pair.after}) {
    Schema rebuilt;
    rebuilt.enums = schema->enums;
    rebuilt.views = schema->views;
    for (const auto& entry : schema->tables) {
      Table table = *entry.second;
      std::ranges::reverse(table.columns);
      std::ranges::reverse(table.indexes);
      std::ranges::reverse(table.checks);
      rebuilt.put_table(table);
    }
    const auto set = diff(*schema, rebuilt);
    if (!set.changes.empty())
      return "equal schemas differ: " + word_of(set.changes[0]) + " " + object_of(set.changes[0]);
  }
  return {};
}

std::string group_complaint(const Pair& pair) {
  const auto set = diff(pair.before, pair.after, pair.intents);
  std::vector<int> seen(set.changes.size());
  for (const auto& group : group_changes(set.changes, pair.before)) {
    for (const auto at : group.changes) ++seen[at];
    for (const auto& incoming : group.incoming) {
      const Table* table = pair.before.table(incoming.table);
      if (!table || std::ranges::find(table->foreign_keys, incoming.foreign_key) == table->foreign_keys.end()) {
        return "an incoming key that is not there";
      }
    }
  }
  return std::ranges::count(seen, 1) == static_cast<long>(seen.size()) ? "" : "a change is not in exactly one group";
}

using Complaint = std::string (*)(const Pair&);

void try_pairs(const std::string& engine, std::uint64_t pairs, Complaint complaint) {
  const auto first = from_environment("FORGELUA_TEST_SEED", 1);
  const auto options = options_for(engine);
  for (std::uint64_t seed = first; seed < first + pairs; ++seed) {
    Rng rng(seed);
    const Schema before = random_schema(rng, options);
    const Pair pair = lowered(mutate(before, rng, options), engine);
    if (complaint(pair).empty()) continue;
    const Pair smallest = shrink(pair, [&](const Pair& one) { return !complaint(one).empty(); });
    FAIL(engine << ", seed " << seed << ": " << complaint(smallest) << "\n" << describe(smallest));
  }
}

}  // namespace

TEST_CASE("every pair folds forward and every prefix back", "[property]") {
  const auto pairs = from_environment("FORGELUA_TEST_PAIRS", 1500);
  const auto start = std::chrono::steady_clock::now();
  for (const auto* engine : {"postgres", "sqlite", "mysql", "mariadb"}) try_pairs(engine, pairs, fold_complaint);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << "property: " << 4 * pairs << " pairs in " << took.count() << " s\n";
}

TEST_CASE("no schema differs from itself in another order", "[property]") {
  for (const auto* engine : {"postgres", "mysql"}) try_pairs(engine, 500, diff_complaint);
}

TEST_CASE("every change is in one group", "[property]") { try_pairs("postgres", 500, group_complaint); }

TEST_CASE("lowering twice is lowering once", "[property]") {
  for (const auto* engine : {"postgres", "sqlite", "mysql", "mariadb"}) {
    const auto options = options_for(engine);
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      Rng rng(seed);
      Schema once = random_schema(rng, options);
      REQUIRE(Lowering(rules_for(engine)).run(once));
      Schema twice = once;
      REQUIRE(Lowering(rules_for(engine)).run(twice));
      INFO(engine << ", seed " << seed);
      REQUIRE(first_difference(once, twice) == "");
    }
  }
}

// Each table made anew, and still shared where it was.
Pair apart(const Pair& pair) {
  Pair out = pair;
  for (auto& [name, table] : out.before.tables) {
    const auto original = table;
    table = std::make_shared<Table>(*original);
    const auto other = out.after.tables.find(name);
    if (other != out.after.tables.end() && other->second == original) other->second = table;
  }
  return out;
}

TEST_CASE("two schemas are lowered together as each by itself", "[property]") {
  for (const auto* engine : {"postgres", "sqlite", "mysql", "mariadb"}) {
    const auto options = options_for(engine);
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      INFO(engine << ", seed " << seed);
      Rng rng(seed);
      const Pair pair = mutate(random_schema(rng, options), rng, options);
      Pair by_itself = pair;
      REQUIRE(Lowering(rules_for(engine)).run(by_itself.before));
      REQUIRE(Lowering(rules_for(engine)).run(by_itself.after));
      const Pair untouched = apart(pair);
      const Pair held = lowered(pair, engine), alone = lowered(apart(pair), engine);
      REQUIRE(first_difference(pair.before, untouched.before) == "");
      REQUIRE(first_difference(pair.after, untouched.after) == "");
      for (const Pair* one : {&held, &alone}) {
        REQUIRE(first_difference(by_itself.before, one->before) == "");
        REQUIRE(first_difference(by_itself.after, one->after) == "");
      }
    }
  }
}

TEST_CASE("one seed gives one pair", "[property]") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    Rng a(seed), b(seed);
    const auto options = options_for("postgres");
    CHECK(describe(mutate(random_schema(a, options), a, options)) ==
          describe(mutate(random_schema(b, options), b, options)));
  }
}

TEST_CASE("shrinking keeps the failure and drops the rest", "[property]") {
  Rng rng(11);
  auto options = options_for("postgres");
  options.tables = 8;
  const auto fails = [](const Pair& pair) {
    return std::ranges::any_of(pair.after.tables, [](const auto& entry) { return !entry.second->indexes.empty(); });
  };
  Pair pair = mutate(random_schema(rng, options), rng, options);
  REQUIRE(fails(pair));
  const Pair smallest = shrink(pair, fails);
  CHECK(fails(smallest));
  CHECK(smallest.after.tables.size() == 1);
  CHECK(smallest.after.tables.begin()->second->columns.size() <= 3);
}
