#include "engine/plan/classify.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/emit/sample_plan.hpp"

using namespace forge;

namespace {

const QName kOrders{"", "orders"};

Column column(std::string type, bool nullable = true) {
  return {.name = "c", .type = {.name = std::move(type)}, .nullable = nullable};
}

Change altered(const Column& before, const Column& after) { return Delta<Column>{kOrders, before, after}; }

template <class T>
Change created(T value) {
  return Delta<T>{kOrders, {}, std::move(value)};
}

template <class T>
Change dropped(T value) {
  return Delta<T>{kOrders, std::move(value), {}};
}

}  // namespace

TEST_CASE("what can be taken back", "[plan][classify]") {
  CHECK(reversibility(created(column("text"))) == "yes");
  CHECK(reversibility(dropped(column("text"))) == "destructive");
  CHECK(reversibility(altered(column("integer"), column("bigint"))) == "data-dependent");
  CHECK(reversibility(altered(column("integer"), column("integer", false))) == "yes");
  CHECK(reversibility(altered(column("integer", false), column("integer"))) == "data-dependent");
  CHECK(reversibility(dropped(Table{.name = kOrders})) == "destructive");
  CHECK(reversibility(dropped(Check{.name = "k", .expr = "c > 0"})) == "data-dependent");
  CHECK(reversibility(dropped(Index{.name = "i"})) == "yes");
  CHECK(reversibility(created(Raw{.name = {"", "r"}, .up = "x"})) == "destructive");
  CHECK(reversibility(created(Raw{.name = {"", "r"}, .up = "x", .down = "y"})) == "yes");
}

TEST_CASE("an enum that loses a value depends on the rows", "[plan][classify]") {
  const EnumType two{.name = {"", "e"}, .values = {"a", "b"}}, three{.name = {"", "e"}, .values = {"a", "b", "c"}};
  CHECK(reversibility(Delta<EnumType>{{}, two, three}) == "yes");
  CHECK(reversibility(Delta<EnumType>{{}, three, two}) == "data-dependent");
  CHECK(plain_risk(Delta<EnumType>{{}, three, two}) == "high");
}

TEST_CASE("risk by kind of change", "[plan][classify]") {
  CHECK(plain_risk(created(column("text"))) == "low");
  CHECK(plain_risk(created(column("text", false))) == "high");
  CHECK(plain_risk(dropped(column("text"))) == "high");
  CHECK(plain_risk(altered(column("integer"), column("bigint"))) == "high");
  CHECK(plain_risk(altered(column("integer"), column("integer", false))) == "medium");
  CHECK(plain_risk(created(Index{.name = "i"})) == "medium");
  CHECK(plain_risk(created(ForeignKey{.name = "f"})) == "medium");
  CHECK(plain_risk(created(Table{.name = kOrders})) == "low");
  CHECK(plain_risk(dropped(Table{.name = kOrders})) == "high");
}

TEST_CASE("a plan is completed from its steps", "[plan][classify]") {
  const Plan plan = test::sample_plan("postgres");
  const auto& added = plan.changes.at(0);
  CHECK(added.steps == std::vector<int>{1, 2, 3});
  CHECK(added.reversible == "yes");
  CHECK_FALSE(added.compatibility->old_app);
  CHECK(added.compatibility->note == "from step 3 on: it inserts orders without a currency");
  const auto& gone = plan.changes.at(1);
  CHECK(gone.steps == std::vector<int>{4});
  CHECK(gone.risk == "high");
  CHECK(gone.loses == "orders.region");
  CHECK(plan.steps.at(0).risk == "medium");
  CHECK(plan.steps.at(2).risk == "high");
  CHECK(plan.steps.at(3).risk == "high");
}

TEST_CASE("a destructive change is high risk whatever a policy says", "[plan][classify]") {
  Plan plan = test::sample_plan("postgres");
  plan.changes.at(1).risk = "low";
  complete(plan);
  CHECK(plan.changes.at(1).risk == "high");
}

TEST_CASE("steps of a shadow are steps of its object", "[plan][classify]") {
  Plan plan = test::sample_plan("postgres");
  plan.changes.resize(1);
  plan.changes[0] = {
      .change = altered(column("integer"), column("bigint")), .group = "orders", .strategy = "shadow_column"};
  Column shadow = column("bigint");
  shadow.name = "c__new";
  for (auto& step : plan.steps) step.work.reset();
  plan.steps[0].ops = {Delta<Column>{kOrders, {}, shadow}};
  Sync sync{.name = {"", "orders__sync"}, .kind = "columns", .table = kOrders};
  sync.pairs = {{.old_column = "c", .new_column = "c__new"}};
  plan.steps[1].ops = {Delta<Sync>{{}, {}, sync}};
  CHECK(steps_of(plan, plan.changes[0]) == std::vector<int>{1, 2});
}

TEST_CASE("the summary counts releases, waits and points of no return", "[plan][summary]") {
  const Plan plan = test::sample_plan("postgres");
  const Summary s = summarise(plan);
  CHECK(s.strategy == "expand_migrate_contract");
  CHECK(s.risk == "high");
  CHECK(s.kind == "additive + backfill + restructure");
  CHECK(s.downtime == "writes wait while step 3 runs, 4 s by the estimate");
  CHECK(s.seconds == 16);
  CHECK(s.destructive);
  CHECK(s.point_of_no_return == 4);
  CHECK(s.first_loss == 1);
  CHECK(s.rows_moved == 480000);
  CHECK(releases(plan) == std::vector<std::string>{"schema: expand (step 1)", "application: after expand",
                                                   "schema: migrate + switch (steps 2-3)",
                                                   "schema: contract (step 4)"});
  CHECK(s.deployments == 4);
  CHECK(release_counts(plan) == "3 of the schema, 1 of the application");
  CHECK(s.deployments_why ==
        "needs 4 releases (3 of the schema, 1 of the application) because steps 3 and 4 are not compatible with the "
        "application that is deployed now");
}

TEST_CASE("a plan of brief steps has no downtime", "[plan][summary]") {
  Plan plan = test::sample_plan("postgres");
  plan.steps.at(2).impact.brief = true;
  CHECK(summarise(plan).downtime == "none");
  plan.steps.at(0).strategy = "big_bang";
  CHECK(summarise(plan).downtime == "the application is stopped while the steps run");
  plan.header["downtime"] = "30m";
  CHECK(summarise(plan).downtime == "a window of 30m");
  CHECK(summarise(plan).strategy == "big_bang");
}

TEST_CASE("durations follow from rows; unknown rows make them unknown", "[plan][estimate]") {
  Plan plan = test::sample_plan("postgres");
  Step& fill = plan.steps.at(1);
  fill.work->rows = 1'150'000;
  CHECK(estimate(plan, fill) == 10 + 11.5);  // 115 batches of 10,000 with 100 ms between
  fill.work->rows = -1;
  CHECK(estimate(plan, fill) == kUnknownSeconds);
  Step& enforce = plan.steps.at(2);
  plan.hints[kOrders].rows = 860e3;
  CHECK(estimate(plan, enforce) == 2);
  enforce.impact.rewrite = true;
  plan.hints.clear();
  CHECK(estimate(plan, enforce) == kUnknownSeconds);
  CHECK(estimate(plan, plan.steps.at(0)) == 0);
  enforce.seconds = kUnknownSeconds;
  CHECK(summarise(plan).rows_unknown);
  CHECK(summarise(plan).seconds == 12);
}
