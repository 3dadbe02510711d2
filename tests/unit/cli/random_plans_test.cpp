// Random pairs through the real policy, strategies and emitters of every engine, without a server: each plan must fold to
// the new schema, every prefix of it back, and render. FORGELUA_TEST_SEED and FORGELUA_TEST_PLANS choose which and how many.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "engine/cli/pipeline.hpp"
#include "tests/support/random_schema.hpp"

using namespace forge;
using namespace forge::test;

namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// One engine's planner, used for many pairs.
class Planner {
 public:
  explicit Planner(const std::string& engine) {
    Limits limits;
    limits.milliseconds = limits.process_milliseconds = 0;  // one machine plans many pairs
    auto machine = start_machine(limits, {}, engine, "");
    INFO((machine ? "" : render(machine.error())));
    REQUIRE(machine);
    prepared_.machine = std::move(*machine);
  }

  // What is wrong with the plan for the pair; empty where it is made, or the policy refuses it.
  std::string complaint(const Pair& pair, std::uint64_t seed) {
    prepared_.spec = Spec{};
    prepared_.spec.id = "pair";
    prepared_.spec.before = pair.before;
    prepared_.spec.after = pair.after;
    prepared_.spec.intents = pair.intents;
    hint(pair, seed);
    if (const auto lowered = lower_spec(prepared_.spec, *prepared_.machine.dialect); !lowered)
      return render(lowered.error());
    const auto plan = make_plan(prepared_, "");
    if (plan) return {};
    if (plan.error().code == ErrorCode::refused) {
      ++refused;
      return {};
    }
    return render(plan.error());
  }

  int refused = 0;

 private:
  // Sizes that lead to different strategies, from the seed alone.
  void hint(const Pair& pair, std::uint64_t seed) {
    static const std::vector<double> kRows = {0, 100, 8000, 5e6};
    Rng rng(seed * 31);
    for (const auto& entry : pair.before.tables) {
      Hint hint;
      if (rng.chance(75)) hint.rows = rng.pick(kRows);
      if (rng.chance(30)) hint.critical = rng.chance(50);
      prepared_.spec.hints[entry.first] = hint;
    }
    prepared_.context.environment = rng.chance(20) ? "development" : "production";
  }

  Prepared prepared_;
};

}  // namespace

TEST_CASE("the real policy's plans fold both ways on every engine", "[property][plans]") {
  const auto plans = from_environment("FORGELUA_TEST_PLANS", 60);
  const auto first = from_environment("FORGELUA_TEST_SEED", 1);
  for (const auto* engine : {"postgres", "sqlite", "mysql", "mariadb"}) {
    Planner planner(engine);
    const auto options = options_for(engine);
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < first + plans && failed < 3; ++seed) {
      Rng rng(seed);
      const Schema before = random_schema(rng, options);
      const Pair pair = mutate(before, rng, options);
      if (planner.complaint(pair, seed).empty()) continue;
      ++failed;
      const Pair small = shrink(pair, [&](const Pair& one) { return !planner.complaint(one, seed).empty(); });
      FAIL_CHECK(engine << ", seed " << seed << ": " << planner.complaint(small, seed) << "\n" << describe(small));
    }
    CHECK(static_cast<std::uint64_t>(planner.refused) < plans / 2 + 1);
  }
}
