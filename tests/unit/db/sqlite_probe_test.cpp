#include "engine/db/sqlite_probe.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

Table orders() {
  Table table;
  table.name = {"", "orders"};
  for (const auto* name : {"id", "total", "select"}) table.columns.push_back({.name = name, .type = {.name = "text"}});
  return table;
}

std::string said(const std::optional<SqlComplaint>& complaint) {
  if (!complaint) return "";
  return complaint->message + (complaint->at ? " @" + std::to_string(*complaint->at) : "");
}

}  // namespace

TEST_CASE("SQLite says what it would not take, and where", "[sqlite][probe]") {
  SqliteProbe probe;
  const auto table = orders();
  CHECK(said(probe.check(table, "orders.total > 0 AND \"select\" <> ''")) == "");
  CHECK(said(probe.check(table, "1 = 1 AND totl > 0")) == "SQLite says: no such column: totl @10");
  CHECK(said(probe.check(table, "total > (SELECT 1)")) == "SQLite says: subqueries prohibited in CHECK constraints");
  CHECK(said(probe.check(table, "total total")).starts_with("SQLite says: near \"total\": syntax error @6"));
  CHECK(said(probe.check(table, "CASE WHEN total THEN 1")) == "it ends too early: something is missing at its end @22");
  CHECK(probe.check(table, "lowr(total) = 1")->unknown == "lowr");
  CHECK(said(probe.generated(table, "total", "id * 2")) == "");
  CHECK(said(probe.generated(table, "total", "idd * 2")) == "SQLite says: no such column: idd @0");
  CHECK(said(probe.default_value("CURRENT_TIMESTAMP")) == "");
  CHECK(said(probe.default_value("datetime('now')")) == "");
  CHECK(said(probe.default_value("id + 1")) == "a default must be constant");
  CHECK(said(probe.index_expression(table, "lower(total)")) == "");
  CHECK(said(probe.index_expression(table, "random()")).find("non-deterministic") != std::string::npos);
  CHECK(said(probe.index_condition(table, "total > 0 AND rowid > 5")) == "");
  CHECK(said(probe.index_condition(table, "orders.totl > 0")) == "SQLite says: no such column: orders.totl @0");
}

TEST_CASE("what the sqlite3 shell has is no mistake", "[sqlite][probe]") {
  SqliteProbe probe;
  for (const auto* text : {"total REGEXP '^a'", "sqrt(total) > 1", "total COLLATE uint > '1'", "json_valid(total)"}) {
    INFO(text);
    CHECK(said(probe.check(orders(), text)) == "");
  }
}

TEST_CASE("values and views may read the whole schema", "[sqlite][probe]") {
  Schema schema;
  schema.put_table(orders());
  const auto add = [&](const char* name, const char* query, std::vector<QName> uses) -> const View& {
    View view;
    view.name = {"", name};
    view.query = query;
    view.uses = std::move(uses);
    return schema.views[view.name] = view;
  };
  const auto& outer =
      add("a_outer", "SELECT x FROM inner_view WHERE x IN (SELECT id FROM Orders)", {{"", "inner_view"}});
  const auto& inner = add("inner_view", "SELECT id AS x FROM orders; -- all", {{"", "orders"}});
  const auto& broken = add("broken", "SELECT idd FROM orders", {{"", "orders"}});
  const auto& above = add("above", "SELECT y FROM broken", {{"", "broken"}});
  const auto& stranger = add("stranger", "SELECT 1 FROM nowhere", {});
  SqliteWorld world(schema);
  CHECK(said(world.view(outer)) == "");
  CHECK(said(world.view(inner)) == "");
  CHECK(said(world.view(above)) == "");  // the fault is that of the view below
  CHECK(said(world.view(broken)) == "SQLite says: no such column: idd @7");
  CHECK(said(world.view(stranger)) == "SQLite says: no such table: nowhere");
  CHECK(said(world.value(orders(), "(SELECT max(x) FROM inner_view) + total")) == "");
  CHECK(world.value(orders(), "totl")->near == std::vector<std::string>{"id", "total", "select"});
}

TEST_CASE("a view's own column names must fit its query", "[sqlite][probe]") {
  Schema schema;
  schema.put_table(orders());
  View view{.name = {"", "v"}, .query = "SELECT id, total FROM orders", .columns = {"a"}, .uses = {{"", "orders"}}};
  schema.views[view.name] = view;
  CHECK(said(SqliteWorld(schema).view(view)) == "SQLite says: expected 1 columns for 'v' but got 2");
}
