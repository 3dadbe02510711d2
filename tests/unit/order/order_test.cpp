#include "engine/order/order.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/diff/diff.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/order/group.hpp"
#include "engine/plan/checks.hpp"
#include "tests/unit/diff/samples.hpp"

using namespace forge;
using namespace forge::samples;

namespace {

Step step(std::string id, std::string group, std::vector<Change> ops, Phase phase = Phase::expand) {
  Step out;
  out.id = std::move(id);
  out.group = std::move(group);
  out.ops = std::move(ops);
  out.phase = phase;
  return out;
}

Table table(std::string name, const std::string& refers_to = {}) {
  Table out;
  out.name.name = std::move(name);
  out.columns = {column("id", "bigint", false), column("other", "bigint")};
  out.primary_key = Key{out.name.name + "_pkey", true, {{.column = "id"}}};
  if (!refers_to.empty()) {
    out.foreign_keys = {{out.name.name + "_fkey", {"other"}, {"", refers_to}, {"id"}}};
  }
  return out;
}

Change create(const Table& made) { return Delta<Table>{{}, {}, made}; }
Change drop(const Table& gone) { return Delta<Table>{{}, gone, {}}; }

std::vector<std::string> ids(const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const auto& one : steps) out.push_back(one.id);
  return out;
}
using Ids = std::vector<std::string>;

// Orders the steps in place.
Result<void> order(std::vector<Step>& steps, const Schema& before) {
  FORGE_ASSIGN(steps, order_steps(steps, before, before));
  return {};
}

std::string message(const Result<void>& result) { return result ? "" : result.error().message; }

}  // namespace

TEST_CASE("what is created comes before its use, ties as given", "[order]") {
  std::vector<Step> steps = {step("b", "b", {create(table("b", "a"))}), step("z", "z", {create(table("z"))}),
                             step("a", "a", {create(table("a"))})};
  REQUIRE(order(steps, {}));
  CHECK(ids(steps) == Ids{"z", "a", "b"});
}

TEST_CASE("what is used goes last", "[order]") {
  Schema before;
  before.put_table(table("a"));
  before.put_table(table("b", "a"));
  before.views[{"", "v"}] = {{"", "v"}, "SELECT id FROM b"};
  before.views[{"", "v"}].uses = {{"", "b"}};
  std::vector<Step> steps = {step("drop-a", "a", {drop(table("a"))}, Phase::contract),
                             step("drop-b", "b", {drop(table("b", "a"))}, Phase::contract),
                             step("drop-v", "v", {Delta<View>{{}, before.views[{"", "v"}], {}}}, Phase::contract)};
  REQUIRE(order(steps, before));
  CHECK(ids(steps) == Ids{"drop-v", "drop-b", "drop-a"});
  CHECK(message(check_plan(before, {}, steps)) == "");
}

TEST_CASE("a name is freed before it is taken again, even in a later phase", "[order]") {
  Schema before;
  Table a = table("a"), b = table("b");
  a.indexes = {{"idx", {{.column = "other"}}}};
  before.put_table(a);
  before.put_table(b);
  const Index idx{"idx", {{.column = "id"}}};
  std::vector<Step> steps = {step("take", "b", {Delta<Index>{{"", "b"}, {}, idx}}),
                             step("free", "a", {Delta<Index>{{"", "a"}, a.indexes[0], {}}}, Phase::contract)};
  REQUIRE(order(steps, before));
  CHECK(ids(steps) == Ids{"free", "take"});
  CHECK(steps[1].phase == Phase::contract);
}

TEST_CASE("tables that refer to each other are created and dropped in either direction", "[order]") {
  for (const bool one_step : {false, true}) {
    Schema after;
    after.put_table(table("a", "b"));
    after.put_table(table("b", "c"));
    after.put_table(table("c", "a"));
    after.put_table(table("self", "self"));
    std::vector<Step> there = {step("a", "a", {create(table("a", "b"))}), step("b", "b", {create(table("b", "c"))}),
                               step("c", "c", {create(table("c", "a"))}),
                               step("self", "self", {create(table("self", "self"))})};
    std::vector<Step> back = {step("self", "self", {drop(table("self", "self"))}, Phase::contract),
                              step("c", "c", {drop(table("c", "a"))}, Phase::contract),
                              step("a", "a", {drop(table("a", "b"))}, Phase::contract),
                              step("b", "b", {drop(table("b", "c"))}, Phase::contract)};
    if (one_step) {
      there = {step("all", "all", {there[0].ops[0], there[1].ops[0], there[2].ops[0], there[3].ops[0]})};
      back = {step("all", "all", {back[0].ops[0], back[1].ops[0], back[2].ops[0], back[3].ops[0]}, Phase::contract)};
    }
    split_mutual_foreign_keys(there);
    REQUIRE(message(order(there, {})) == "");
    CHECK(message(check_plan({}, after, there)) == "");
    split_mutual_foreign_keys(back);
    REQUIRE(message(order(back, after)) == "");
    CHECK(message(check_plan(after, {}, back)) == "");
  }
}

TEST_CASE("a circle is told in sentences", "[order]") {
  std::vector<Step> steps = {step("a", "a", {create(table("a", "b"))}), step("b", "b", {create(table("b", "a"))})};
  const auto result = order(steps, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::policy);
  REQUIRE(result.error().notes.size() == 2);
  CHECK(result.error().notes[0] == "'a' comes before 'b': it creates table or view 'a', which the other uses");
  CHECK(result.error().notes[1] == "'b' comes before 'a': it creates table or view 'b', which the other uses");
}

TEST_CASE("operations are told the name that a table has by then", "[order]") {
  Schema before;
  before.put_table(table("old"));
  before.put_table(table("child", "old"));
  const auto shell = shell_of(table("old"));
  auto renamed = shell;
  renamed.name.name = "new";
  std::vector<Step> steps = {
      step("early", "x", {Delta<Column>{{"", "new"}, {}, column("c", "text")}}),
      step("rename", "x", {Delta<TableShell>{{}, shell, renamed}}, Phase::switch_over),
      step("late", "x", {Delta<Column>{{"", "old"}, {}, column("d", "text")}}, Phase::contract),
      step("key", "y", {Delta<ForeignKey>{{"", "child"}, table("child", "old").foreign_keys[0], {}}}, Phase::contract)};
  REQUIRE(message(order(steps, before)) == "");
  CHECK(std::get<Delta<Column>>(steps[0].ops[0]).table.name == "old");
  CHECK(std::get<Delta<Column>>(steps[2].ops[0]).table.name == "new");
  CHECK(std::get<Delta<ForeignKey>>(steps[3].ops[0]).before->ref.name == "new");
}

TEST_CASE("ten thousand steps that hang on one another are ordered", "[order]") {
  std::vector<Step> steps;
  for (int i = 9999; i >= 0; --i) {
    const auto name = "t" + std::to_string(i);
    steps.push_back(step(name, name, {create(table(name, i > 0 ? "t" + std::to_string(i / 2) : ""))}));
  }
  REQUIRE(order(steps, {}));
  CHECK(steps.front().id == "t0");
}

TEST_CASE("the fold refuses plans that are not right", "[checks]") {
  const Schema before = shop();
  const Table& orders = *before.table(kOrders);
  const Change drop_check = Delta<Check>{kOrders, orders.checks[0], {}};
  Schema after = before;
  REQUIRE(forge::apply(after, drop_check));
  CHECK(message(check_plan(before, after, {step("s", "g", {drop_check})})) == "");
  CHECK(message(check_plan(before, after, {})) ==
        "the steps do not lead to the schema that is asked for: table 'orders': check 'orders_amount_check' is "
        "only in the first (the first is what the steps give, the second what is asked for)");
  CHECK(message(check_plan(before, after, {step("s", "g", {drop_check}), step("s", "g", {})})) ==
        "step 's': another step has the same id");
  CHECK(message(check_plan(before, after, {step("s", "g", {drop_check, drop_check})})) ==
        "step 's': check 'orders_amount_check' of table 'orders' is not there at this point");
  CHECK(message(check_plan(before, after, {step("s", "g", {drop_check}, Phase::contract), step("t", "g", {})})) ==
        "step 't': it is of phase expand, but stands after a step of phase contract");
  const Change drop_view = Delta<View>{{}, before.views.at({"", "big"}), {}};
  REQUIRE(forge::apply(after, drop_view));
  REQUIRE(forge::apply(after, Delta<Table>{{}, *after.table(kOrders), {}}));
  Table bare = orders;
  bare.checks.clear();
  CHECK(message(check_plan(before, after, {step("s", "g", {drop_check, drop_view, Delta<Table>{{}, bare, {}}})})) ==
        "step 's': it drops table 'orders' and its rows in phase expand: data may only go in contract");
}

TEST_CASE("data is followed under every name, and our own shadows may go", "[checks]") {
  Schema before;
  before.put_table(table("a"));
  const auto col = column("other", "bigint");
  auto aside = col;
  aside.name = "other__old";
  Schema after = before;
  const std::vector<Change> drops = {Delta<Column>{{"", "a"}, col, aside}, Delta<Column>{{"", "a"}, aside, {}}};
  for (const auto& op : drops) REQUIRE(forge::apply(after, op));
  CHECK(message(check_plan(before, after, {step("s", "g", drops, Phase::switch_over)})) ==
        "step 's': it drops column 'a.other__old' and its values in phase switch: data may only go in contract");
  const Change add = Delta<Column>{{"", "a"}, {}, column("own", "text")};
  CHECK(message(check_plan(before, before, {step("s", "g", {add, reverse(add)})})) == "");
}

TEST_CASE("changes are grouped by what they share", "[group]") {
  const Schema before = shop();
  Schema after = before;
  Table orders = *after.table(kOrders), customers = *after.table(kCustomers);
  find_column(orders, "customer")->type.name = "numeric";
  find_column(customers, "id")->type.name = "numeric";
  find_column(customers, "parent")->type.name = "numeric";
  after.put_table(orders);
  after.put_table(customers);
  after.put_table(table("apart"));
  const auto set = diff(before, after);
  const auto groups = group_changes(set.changes, before);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].id == "apart");
  CHECK(groups[1].id == "customers");
  CHECK(groups[1].tables == std::vector<QName>{kCustomers, kOrders});
  CHECK(groups[1].changes.size() == 3);
  REQUIRE(groups[1].views.size() == 2);
  CHECK(groups[1].incoming.empty());
}

TEST_CASE("tables that change shape share the views that read them", "[group]") {
  Schema before = shop();
  before.views[{"", "both"}] = {{"", "both"}, "SELECT o.amount, c.name FROM orders o, customers c"};
  before.views[{"", "both"}].uses = {kCustomers, kOrders};
  Schema after = before;
  find_column(*after.edit_table(kOrders), "amount")->type.name = "bigint";
  find_column(*after.edit_table(kCustomers), "name")->nullable = false;
  CHECK(group_changes(diff(before, after).changes, before).size() == 2);
  find_column(*after.edit_table(kCustomers), "name")->type.name = "varchar";
  CHECK(group_changes(diff(before, after).changes, before).size() == 1);
}

TEST_CASE("incoming keys and dependent views are found", "[group]") {
  Schema before = shop();
  before.views[{"", "above"}] = {{"", "above"}, "SELECT id FROM big"};
  before.views[{"", "above"}].uses = {{"", "big"}};
  Schema after = before;
  find_column(*after.edit_table(kCustomers), "name")->nullable = false;
  auto groups = group_changes(diff(before, after).changes, before);
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].incoming.size() == 1);
  CHECK(groups[0].incoming[0].table == kOrders);
  after = before;
  find_column(*after.edit_table(kOrders), "amount")->type.name = "bigint";
  groups = group_changes(diff(before, after).changes, before);
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].views.size() == 2);
  CHECK(groups[0].views[0].name.name == "big");
  CHECK(groups[0].views[1].name.name == "above");
}
