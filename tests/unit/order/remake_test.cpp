#include "engine/order/remake.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/plan/checks.hpp"
#include "tests/unit/diff/samples.hpp"

using namespace forge;
using namespace forge::samples;

namespace {

Definition function(const std::string& name, const std::string& result) {
  Definition out;
  out.name = {"", "function " + name + "(integer)"};
  out.kind = "function";
  out.create = "CREATE OR REPLACE FUNCTION " + name + "(x integer) RETURNS " + result;
  out.body = "AS 'SELECT x'";
  out.drop = "DROP FUNCTION " + name + "(integer)";
  out.shape = result;
  out.replaces = true;
  return out;
}

Definition on(const std::string& kind, const std::string& own, const std::string& table, const std::string& create) {
  Definition out;
  out.on = {"", table};
  out.kind = kind;
  out.name = definition_name(kind, own, out.on);
  out.create = create;
  return out;
}

// orders.total with a default, a check and an index that call f; views v (calls f) and w (reads v); a grant on w.
Schema orders() {
  Schema out;
  Table table;
  table.name.name = "orders";
  table.columns = {column("id", "bigint", false), column("total", "integer")};
  table.columns[1].default_value = Expr{Expr::Kind::sql, "f(1)"};
  table.checks = {{"positive", "f(total) > 0"}};
  out.put_table(std::move(table));
  View v, w;
  v.name.name = "v";
  v.query = "SELECT f(id::integer) AS n FROM orders";
  v.uses = {{"", "orders"}};
  w.name.name = "w";
  w.query = "SELECT n FROM v";
  w.uses = {{"", "v"}};
  out.views = {{v.name, v}, {w.name, w}};
  for (const auto& one : {function("f", "integer"), on("grant", "SELECT to app", "w", "GRANT SELECT ON w TO app"),
                          on("trigger", "note", "orders", "CREATE TRIGGER note BEFORE UPDATE OF total ON orders")}) {
    out.definitions.emplace(one.name, one);
  }
  return out;
}

std::vector<std::string> objects(const Step& step) {
  std::vector<std::string> out;
  for (const auto& op : step.ops) out.push_back(word_of(op) + " " + object_of(op));
  return out;
}
using Words = std::vector<std::string>;

Step change(Change op) {
  Step out;
  out.id = "step";
  out.ops = {std::move(op)};
  return out;
}

}  // namespace

TEST_CASE("what calls a function that cannot be replaced goes before it and comes back after", "[order]") {
  const Schema before = orders();
  Step step = change(Delta<Definition>{{}, function("f", "integer"), function("f", "bigint")});
  SECTION("where the engine holds them to it") {
    REQUIRE(remake_dependents(step, before, before, before, true));
    CHECK(objects(step) == Words{"drop_definition grant SELECT to app on w", "drop_view w", "drop_view v",
                                 "alter_column orders.total", "drop_check positive",
                                 "alter_definition function f(integer)", "add_check positive",
                                 "alter_column orders.total", "create_view v", "create_view w",
                                 "create_definition grant SELECT to app on w"});
    Schema after = before;
    after.definitions.at({"", "function f(integer)"}) = function("f", "bigint");
    std::vector<Step> steps = {step};
    CHECK(check_plan(before, after, steps));
  }
  SECTION("elsewhere it is changed alone") {
    REQUIRE(remake_dependents(step, before, before, before, false));
    CHECK(step.ops.size() == 1);
  }
  SECTION("one that takes the other's place leaves all as it is") {
    Definition other = function("f", "integer");
    other.body = "AS 'SELECT x + 1'";
    step = change(Delta<Definition>{{}, function("f", "integer"), other});
    REQUIRE(remake_dependents(step, before, before, before, true));
    CHECK(step.ops.size() == 1);
  }
}

TEST_CASE("what is on a view goes and comes with it", "[order]") {
  const Schema before = orders();
  Step step = change(Delta<View>{{}, before.views.at({"", "w"}), std::nullopt});
  step.ops.emplace_back(Delta<View>{{}, std::nullopt, before.views.at({"", "w"})});
  REQUIRE(remake_dependents(step, before, before, before, false));
  CHECK(objects(step) == Words{"drop_definition grant SELECT to app on w", "drop_view w", "create_view w",
                               "create_definition grant SELECT to app on w"});
}

TEST_CASE("a trigger that names a column is away while the column's type changes", "[order]") {
  const Schema before = orders();
  Column wide = before.table({"", "orders"})->columns[1];
  wide.type.name = "bigint";
  Step step = change(Delta<Column>{{"", "orders"}, before.table({"", "orders"})->columns[1], wide});
  REQUIRE(remake_dependents(step, before, before, before, true));
  CHECK(objects(step) == Words{"drop_definition trigger note on orders", "alter_column orders.total",
                               "create_definition trigger note on orders"});
}

TEST_CASE("what cannot be away refuses the step", "[order]") {
  Schema before = orders();
  Table* table = before.edit_table({"", "orders"});
  table->columns[1].more.edit().generated = Generated{"f(id)", true};
  Step step = change(Delta<Definition>{{}, function("f", "integer"), function("f", "bigint")});
  const auto result = remake_dependents(step, before, before, before, true);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::refused);
  CHECK(result.error().message ==
        "step 'step' must take something away for a moment, but the generated column orders.total uses the function "
        "f(integer)");
}
