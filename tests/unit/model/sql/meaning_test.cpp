#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/model/sql/renaming.hpp"

namespace forge {
namespace {

// orders (id, x, buyer), items (id, x, "order"), notes (id, y); nothing is known of other names.
std::optional<bool> has(const QName& said, const Token& column) {
  static const std::map<std::string, std::set<std::string>> kTables = {
      {"orders", {"id", "x", "buyer"}}, {"items", {"id", "x", "order_id"}}, {"notes", {"id", "y"}}};
  const auto found = kTables.find(said.name);
  if (found == kTables.end()) return std::nullopt;
  return found->second.contains(token_name(column));
}

const QName kOrders{"", "orders"};

struct Row {
  std::string text, renamed;
  std::string unclear = "";
};

void check_columns(const std::vector<Row>& rows, const sql::About& about, sql::Results results) {
  for (const auto& row : rows) {
    INFO(row.text);
    const auto out = sql::rename_column(row.text, about, kOrders, "x", "z", results, has);
    CHECK(out.text == row.renamed);
    CHECK(out.unclear == row.unclear);
    CHECK(sql::rename_column(out.text, about, kOrders, "z", "x", results, [](const QName& said, const Token& column) {
            return said.name == "orders" ? std::optional(token_name(column) == "z" || token_name(column) == "id")
                                         : has(said, column);
          }).text == row.text);
  }
}

}  // namespace

TEST_CASE("a query's column is told from those of the tables beside and around it", "[sql]") {
  check_columns(
      {
          {"SELECT id FROM orders WHERE x IN (SELECT x FROM items)",
           "SELECT id FROM orders WHERE z IN (SELECT x FROM items)"},
          {"SELECT id FROM items WHERE x IN (SELECT x FROM orders)",
           "SELECT id FROM items WHERE x IN (SELECT z AS x FROM orders)"},
          // The inner table has no such column: it is the outer one's.
          {"SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM notes WHERE notes.y = x)",
           "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM notes WHERE notes.y = z)"},
          {"SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM items WHERE items.id = x)",
           "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM items WHERE items.id = x)"},
          {"SELECT orders.x, y FROM orders JOIN notes ON notes.id = x",
           "SELECT orders.z AS x, y FROM orders JOIN notes ON notes.id = z"},
          // Queries that stand for tables keep the names of their results.
          {"SELECT d.x FROM (SELECT x, id FROM orders) d WHERE x > 1",
           "SELECT d.x FROM (SELECT z AS x, id FROM orders) d WHERE x > 1"},
          {"SELECT d.x FROM (SELECT * FROM orders) d WHERE x > 1",
           "SELECT d.z AS x FROM (SELECT * FROM orders) d WHERE z > 1"},
          {"SELECT d.x FROM (SELECT o.* FROM orders o, items) d",
           "SELECT d.z AS x FROM (SELECT o.* FROM orders o, items) d"},
          {"WITH d (x) AS (SELECT id FROM orders) SELECT x FROM d",
           "WITH d (x) AS (SELECT id FROM orders) SELECT x FROM d"},
          {"WITH orders AS (SELECT 1 AS x) SELECT x, orders.x FROM orders",
           "WITH orders AS (SELECT 1 AS x) SELECT x, orders.x FROM orders"},
          {"WITH orders AS (SELECT x FROM orders) SELECT x FROM orders",
           "WITH orders AS (SELECT z AS x FROM orders) SELECT x FROM orders"},
          {"SELECT items.x FROM items AS orders, items WHERE orders.x = 1",
           "SELECT items.x FROM items AS orders, items WHERE orders.x = 1"},
          {"SELECT (o).x FROM orders o", "SELECT (o).z FROM orders o"},
          {"SELECT x FROM items UNION SELECT x FROM orders ORDER BY x",
           "SELECT x FROM items UNION SELECT z AS x FROM orders ORDER BY x"},
          {"SELECT s.x, t.id FROM items AS s JOIN orders AS t ON t.x = s.x",
           "SELECT s.x, t.id FROM items AS s JOIN orders AS t ON t.z = s.x"},
          {"SELECT sum(x) OVER (ORDER BY x) AS x FROM orders", "SELECT sum(z) OVER (ORDER BY z) AS x FROM orders"},
          {"SELECT id, x + 1 AS x FROM orders ORDER BY x", "SELECT id, z + 1 AS x FROM orders ORDER BY x"},
          {"SELECT id AS x FROM orders ORDER BY x", "SELECT id AS x FROM orders ORDER BY x"},
          {"SELECT id AS x, x + 1 FROM orders ORDER BY x + 1", "SELECT id AS x, z + 1 FROM orders ORDER BY z + 1"},
          {"SELECT x n FROM orders GROUP BY x HAVING max(x) > 1",
           "SELECT z n FROM orders GROUP BY z HAVING max(z) > 1"},
          {"SELECT CASE WHEN x > 1 THEN x ELSE 0 END FROM orders",
           "SELECT CASE WHEN z > 1 THEN z ELSE 0 END FROM orders"},
          {"SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM generate_series(1, 3) AS g (n) WHERE n = x)",
           "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM generate_series(1, 3) AS g (n) WHERE n = z)"},
          {"SELECT f FROM orders, ROWS FROM (f(orders.x)) AS f", "SELECT f FROM orders, ROWS FROM (f(orders.z)) AS f"},
          {"SELECT FROM orders WHERE x = 1", "SELECT FROM orders WHERE z = 1"},
          {"SELECT d.x FROM (SELECT (x) FROM orders) d", "SELECT d.x FROM (SELECT (z) AS x FROM orders) d"},
          {"SELECT d.x FROM (SELECT x::text FROM orders) d", "SELECT d.x FROM (SELECT z::text AS x FROM orders) d"},
          {"SELECT CAST(x AS text) FROM orders", "SELECT CAST(z AS text) AS x FROM orders"},
          {"SELECT mode() WITHIN GROUP (ORDER BY x) FROM items WHERE x > (SELECT max(x) FROM orders)",
           "SELECT mode() WITHIN GROUP (ORDER BY x) FROM items WHERE x > (SELECT max(z) FROM orders)"},
          {"SELECT id FROM items TABLESAMPLE system (100) REPEATABLE (1) WHERE x IN (SELECT x FROM orders)",
           "SELECT id FROM items TABLESAMPLE system (100) REPEATABLE (1) WHERE x IN (SELECT z AS x FROM orders)"},
          {"SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM (TABLE items) d WHERE x = 3)",
           "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM (TABLE items) d WHERE x = 3)"},
          {"WITH d AS (DELETE FROM orders RETURNING x) SELECT x FROM d",
           "WITH d AS (DELETE FROM orders RETURNING z AS x) SELECT x FROM d"},
          {"SELECT u FROM orders, unnest(x) AS u", "SELECT u FROM orders, unnest(z) AS u"},
          {"SELECT sum(x) OVER (PARTITION BY id ORDER BY x) FROM orders",
           "SELECT sum(z) OVER (PARTITION BY id ORDER BY z) FROM orders"},
          {"SELECT id FROM orders, LATERAL (SELECT y FROM notes WHERE y = x) n",
           "SELECT id FROM orders, LATERAL (SELECT y FROM notes WHERE y = z) n"},
      },
      {}, sql::Results::kept);
}

TEST_CASE("what a name means is unclear where it may be another's", "[sql]") {
  const std::string may = "something else that it reads may give x as well";
  const std::string other = "z would mean something else there";
  const auto unclear = [](const char* text, const sql::About& about = {}) {
    return sql::rename_column(text, about, kOrders, "x", "z", sql::Results::where_read, has).unclear;
  };
  CHECK(unclear("SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM elsewhere WHERE x = 1)") == may);
  CHECK(unclear("SELECT o.x FROM orders AS o (a, b)") == may);
  CHECK(unclear("SELECT o.a FROM orders AS o (a, b)") == "it names the columns by their places");
  CHECK(unclear("SELECT d.x FROM (SELECT * FROM orders AS o (a), elsewhere) d") == may);
  CHECK(unclear("SELECT x FROM orders WHERE EXISTS (SELECT 1 AS z FROM (SELECT 1 AS z) q WHERE z = x)") == other);
  CHECK(unclear("SELECT id AS z FROM orders ORDER BY x") == other);
  CHECK(unclear("SELECT y FROM orders JOIN items USING (x)") == "it joins by USING (x)");
  CHECK(unclear("BEGIN DECLARE x int; UPDATE orders SET x = x + 1; END") == "it declares x itself");
  CHECK(unclear("BEGIN DECLARE z int; UPDATE orders SET id = x + 1; END") == other);
  CHECK(unclear("CREATE PROCEDURE p (IN x int) UPDATE orders SET id = x") == "it declares x itself");
  CHECK(unclear("SELECT x FROM orders JOIN elsewhere ON true").empty());
  CHECK(unclear("SELECT j.x FROM (orders JOIN notes ON true) AS j") == may);
  CHECK(unclear("DELETE FROM notes WHERE EXISTS (SELECT 1 FROM orders NATURAL JOIN items)") == "it joins by NATURAL");
  CHECK(unclear(("SELECT x FROM orders WHERE " + std::string(30000, '(') + "x" + std::string(30000, ')') + " = 1")
                    .c_str()) == "its queries are nested too deeply to be read");
  std::string deep = "SELECT x FROM orders";
  for (int i = 0; i < 20000; ++i) deep = "SELECT x FROM (" + deep + ") q";
  CHECK(unclear(deep.c_str()) == "its queries are nested too deeply to be read");
  // What already says the new name.
  const auto taken = [](const char* text) {
    return sql::rename_column(text, {}, kOrders, "x", "y", sql::Results::kept, has).unclear;
  };
  CHECK(taken("SELECT id FROM notes WHERE EXISTS (SELECT 1 FROM orders WHERE y = 9)") ==
        "y would mean something else there");
  CHECK(taken("SELECT y FROM notes JOIN orders ON notes.id = orders.id") == "y would mean something else there");
  CHECK(taken("SELECT orders.id FROM orders WHERE EXISTS (SELECT 1 FROM notes WHERE y = 9)").empty());
}

TEST_CASE("a statement's column is told from variables and from what it writes", "[sql]") {
  check_columns(
      {
          {"INSERT INTO items (x) SELECT x FROM orders", "INSERT INTO items (x) SELECT z FROM orders"},
          {"INSERT INTO orders (x) SELECT x FROM items", "INSERT INTO orders (z) SELECT x FROM items"},
          {"INSERT INTO items (x) SELECT d.x FROM (SELECT x FROM orders) d",
           "INSERT INTO items (x) SELECT d.x FROM (SELECT z AS x FROM orders) d"},
          {"UPDATE items SET x = (SELECT max(x) FROM orders) WHERE x = NEW.x",
           "UPDATE items SET x = (SELECT max(z) FROM orders) WHERE x = NEW.z"},
          {"UPDATE orders SET x = items.x FROM items WHERE items.id = orders.x",
           "UPDATE orders SET z = items.x FROM items WHERE items.id = orders.z"},
          {"UPDATE orders o JOIN notes n ON n.id = o.id SET x = n.y",
           "UPDATE orders o JOIN notes n ON n.id = o.id SET z = n.y"},
          {"DELETE FROM items USING (SELECT x FROM orders) d WHERE d.x = items.x",
           "DELETE FROM items USING (SELECT z AS x FROM orders) d WHERE d.x = items.x"},
          {"INSERT INTO orders AS o (id, x) VALUES (1, 2)", "INSERT INTO orders AS o (id, z) VALUES (1, 2)"},
          {"CREATE TEMPORARY TABLE t AS SELECT x FROM orders; SELECT x FROM t",
           "CREATE TEMPORARY TABLE t AS SELECT z AS x FROM orders; SELECT x FROM t"},
          {"DELETE FROM items USING orders WHERE items.x = orders.x",
           "DELETE FROM items USING orders WHERE items.x = orders.z"},
          {"SELECT x INTO x FROM orders WHERE id = 1; SET y = x",
           "SELECT z INTO x FROM orders WHERE id = 1; SET y = x"},
          {"INSERT INTO orders (x) VALUES (x) ON CONFLICT (x) DO UPDATE SET x = excluded.x + x",
           "INSERT INTO orders (z) VALUES (x) ON CONFLICT (z) DO UPDATE SET z = excluded.z + z"},
          {"MERGE INTO orders o USING items i ON o.id = i.id WHEN MATCHED THEN UPDATE SET x = i.x WHEN NOT MATCHED "
           "THEN INSERT (x) VALUES (i.x)",
           "MERGE INTO orders o USING items i ON o.id = i.id WHEN MATCHED THEN UPDATE SET z = i.x WHEN NOT MATCHED "
           "THEN INSERT (z) VALUES (i.x)"},
          {"FOR r IN SELECT x FROM orders LOOP x := r.x; END LOOP",
           "FOR r IN SELECT z AS x FROM orders LOOP x := r.x; END LOOP"},
          {"IF EXISTS (SELECT 1 FROM orders WHERE x = NEW.x) THEN DELETE FROM items WHERE x = OLD.x; END IF",
           "IF EXISTS (SELECT 1 FROM orders WHERE z = NEW.z) THEN DELETE FROM items WHERE x = OLD.z; END IF"},
      },
      {kOrders, false}, sql::Results::where_read);
}

TEST_CASE("texts of MySQL are read by its rules", "[sql]") {
  const IdentifierQuote quote('`');
  check_columns(
      {
          {"SELECT id, \"x\" AS what, 'it\\'s x' FROM orders WHERE x > 3 # not x, it's said",
           "SELECT id, \"x\" AS what, 'it\\'s x' FROM orders WHERE z > 3 # not x, it's said"},
          {"SELECT max(x) AS x FROM orders GROUP BY id HAVING x > 3",
           "SELECT max(z) AS x FROM orders GROUP BY id HAVING x > 3"},
          {"SELECT SQL_NO_CACHE x FROM orders", "SELECT SQL_NO_CACHE z AS x FROM orders"},
      },
      {}, sql::Results::kept);
  CHECK(rename_column_in_query("SELECT id FROM orders WHERE `X` > 3", kOrders, "x", "Big", false) ==
        "SELECT id FROM orders WHERE `Big` > 3");
  CHECK(rename_column_in_query("SELECT id FROM orders WHERE x > 3", kOrders, "x", "Big", false) ==
        "SELECT id FROM orders WHERE `Big` > 3");
}

TEST_CASE("a policy says the columns of its own table by their names alone", "[sql]") {
  check_columns(
      {
          {"CREATE POLICY x ON orders FOR SELECT TO x USING (x = current_user AND x IN (SELECT x FROM items))",
           "CREATE POLICY x ON orders FOR SELECT TO x USING (z = current_user AND z IN (SELECT x FROM items))"},
          {"CREATE POLICY p ON orders USING (EXISTS (SELECT 1 FROM notes WHERE y = x)) WITH CHECK (x > 0)",
           "CREATE POLICY p ON orders USING (EXISTS (SELECT 1 FROM notes WHERE y = z)) WITH CHECK (z > 0)"},
      },
      {kOrders, true}, sql::Results::where_read);
}

TEST_CASE("a table is told from what is called like it", "[sql]") {
  struct Case {
    std::string text, renamed, unclear;
  };
  const std::vector<Case> rows = {
      {"SELECT orders.x FROM orders", "SELECT sales.x FROM sales", ""},
      {"SELECT orders.x FROM items AS orders", "SELECT orders.x FROM items AS orders", ""},
      {"WITH orders AS (SELECT 1 AS x) SELECT orders.x FROM orders",
       "WITH orders AS (SELECT 1 AS x) SELECT orders.x FROM orders", ""},
      {"DELETE orders, i FROM orders JOIN items i ON i.id = orders.id",
       "DELETE sales, i FROM sales JOIN items i ON i.id = sales.id", ""},
      {"SELECT row_to_json(orders) FROM orders", "SELECT row_to_json(sales) FROM sales", ""},
      {"SELECT x FROM orders WHERE x IN (WITH s AS (SELECT id FROM orders) SELECT id FROM s)",
       "SELECT x FROM sales WHERE x IN (WITH s AS (SELECT id FROM sales) SELECT id FROM s)", ""},
      {"SELECT sales.x, orders.x FROM items sales, orders", "SELECT sales.x, sales.x FROM items sales, sales",
       "sales would mean something else there"},
      {"CREATE FUNCTION f(orders, o orders) RETURNS SETOF orders LANGUAGE sql",
       "CREATE FUNCTION f(sales, o sales) RETURNS SETOF sales LANGUAGE sql", ""},
      {"TRUNCATE orders; INSERT INTO orders SELECT * FROM items; DELETE FROM orders",
       "TRUNCATE sales; INSERT INTO sales SELECT * FROM items; DELETE FROM sales", ""},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto out = sql::rename_table(row.text, {}, kOrders, {"", "sales"}, has);
    CHECK(out.text == row.renamed);
    CHECK(out.unclear == row.unclear);
  }
}

}  // namespace forge
