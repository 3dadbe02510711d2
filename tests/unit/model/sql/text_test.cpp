#include "engine/model/sql/text.hpp"
#include "engine/model/sql/renaming.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace forge;

namespace {

std::vector<std::string> texts(std::string_view sql, TokenKind kind) {
  std::vector<std::string> out;
  for (const auto& token : sql_tokens(sql)) {
    if (token.kind == kind) out.emplace_back(token.text);
  }
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("tokens joined are the text again, whatever the text", "[sql]") {
  for (const std::string text : {"",
                                 "a",
                                 "'it''s",
                                 "\"x",
                                 "/* a /* b */ c",
                                 "$q$ ' $q$ + 1",
                                 "$1",
                                 "a[1]",
                                 "[a b]",
                                 "1e-5.x",
                                 "E'\\'' b",
                                 "--x",
                                 "-- x\ny",
                                 "a->>'b'::text",
                                 "\xC3\xA9t\xC3\xA9 = 1",
                                 "`a``b`",
                                 "\x01\xff(",
                                 "$tag$",
                                 "1e+",
                                 "E'\\"}) {
    std::string joined;
    for (const auto& token : sql_tokens(text)) joined += token.text;
    CHECK(joined == text);
  }
}

TEST_CASE("strings, comments and dollar quotes hold no names", "[sql]") {
  CHECK(identifiers("a + 'b' -- c\n/* d */ + $x$ e $x$ + E'f\\'g' + \"h i\" + `j` + [k]") ==
        Texts{"a", "h i", "j", "k"});
  CHECK(identifiers("lower(name) = name AND n > 1.5e3") == Texts{"name", "AND", "n"});
  CHECK(texts("x = 'a''b' and y", TokenKind::string) == Texts{"'a''b'"});
  CHECK(names_object("SELECT * FROM \"Odd\"", "Odd"));
  CHECK_FALSE(names_object("SELECT 'orders' -- orders", "orders"));
  CHECK(names_object("SELECT 1 FROM ORDERS", "orders"));
  CHECK_FALSE(names_object("SELECT 1 FROM \"ORDERS\"", "orders"));
}

TEST_CASE("renaming an identifier", "[sql]") {
  struct Row {
    std::string text, from, to, want;
  };
  const std::vector<Row> rows = {
      {"amount > 0", "amount", "total", "total > 0"},
      {"AMOUNT > 0 and b = 'amount'", "amount", "total", "total > 0 and b = 'amount'"},
      {"\"amount\" > 0", "amount", "total", "total > 0"},
      {"`amount` > 0", "amount", "order", "`order` > 0"},
      {"amount > 0", "amount", "order", "\"order\" > 0"},
      {"amount > `b`", "amount", "order", "`order` > `b`"},
      {"amount > 0", "amount", "Total", "\"Total\" > 0"},
      {"amount(amount)", "amount", "total", "amount(total)"},
      {"amounts + amount_x", "amount", "total", "amounts + amount_x"},
      {"\"AMOUNT\" > 0", "amount", "total", "\"AMOUNT\" > 0"},
      {"length(amount) -- amount", "amount", "a\"b", "length(\"a\"\"b\") -- amount"},
  };
  for (const auto& row : rows) {
    CHECK(rename_identifier(row.text, row.from, row.to) == row.want);
  }
}

TEST_CASE("renaming a column in a query keeps what the query gives", "[sql]") {
  const QName orders{"", "orders"};
  struct Row {
    std::string query, want;
  };
  const std::vector<Row> rows = {
      {"SELECT id, amount FROM orders", "SELECT id, total AS amount FROM orders"},
      {"SELECT o.amount FROM orders o", "SELECT o.total AS amount FROM orders o"},
      {"SELECT amount AS x FROM orders", "SELECT total AS x FROM orders"},
      {"SELECT amount AS total FROM orders", "SELECT total FROM orders"},
      {"SELECT id FROM orders WHERE amount > 0", "SELECT id FROM orders WHERE total > 0"},
      {"SELECT amount + 1 AS amount FROM orders", "SELECT total + 1 AS amount FROM orders"},
      {"SELECT i.amount FROM orders o, items i", "SELECT i.amount FROM orders o, items i"},
      {"SELECT sum(amount) FROM orders", "SELECT sum(total) FROM orders"},
      {"SELECT id FROM orders JOIN amount ON amount.id = amount",
       "SELECT id FROM orders JOIN amount ON amount.id = total"},
      {"SELECT id FROM (orders JOIN amount USING (amount)), amount",
       "SELECT id FROM (orders JOIN amount USING (total)), amount"},
      {"SELECT sum(extract(year FROM amount)) FROM orders", "SELECT sum(extract(year FROM total)) FROM orders"},
      {"SELECT id IS DISTINCT FROM amount FROM orders", "SELECT id IS DISTINCT FROM total FROM orders"},
  };
  for (const auto& row : rows) {
    const auto there = rename_column_in_query(row.query, orders, "amount", "total", false);
    CHECK(there == row.want);
    CHECK(rename_column_in_query(there, orders, "total", "amount", false) == row.query);
  }
  CHECK(rename_column_in_query("SELECT amount FROM orders", orders, "amount", "total", true) ==
        "SELECT total FROM orders");
  CHECK(query_reads_column("SELECT o.amount FROM orders AS o", orders, "amount"));
  CHECK_FALSE(query_reads_column("SELECT x AS amount FROM orders AS o", orders, "amount"));
}

TEST_CASE("renaming a column in a definition leaves tables of its name alone", "[sql]") {
  const std::string before =
      "CREATE TRIGGER x AFTER UPDATE OF city ON city BEGIN UPDATE city SET city = NEW.city WHERE city.id = 1; "
      "INSERT INTO city (city) SELECT city FROM city JOIN city c ON city = c.city; END";
  CHECK(rename_column_in_definition(before, "city", "name") ==
        "CREATE TRIGGER x AFTER UPDATE OF name ON city BEGIN UPDATE city SET name = NEW.name WHERE city.id = 1; "
        "INSERT INTO city (name) SELECT name FROM city JOIN city c ON name = c.name; END");
}

TEST_CASE("renaming a table in a query", "[sql]") {
  const QName from{"", "orders"}, to{"", "sales"};
  CHECK(rename_table_in_query("SELECT orders.id, orders FROM orders JOIN orders o ON 1=1", from, to) ==
        "SELECT sales.id, orders FROM sales JOIN sales o ON 1=1");
  CHECK(rename_table_in_query("SELECT 1 FROM a, orders", from, to) == "SELECT 1 FROM a, sales");
  CHECK(rename_table_in_query("SELECT 1 FROM app.orders", {"app", "orders"}, {"app", "sales"}) ==
        "SELECT 1 FROM app.sales");
  CHECK(rename_table_in_query("SELECT 1 FROM orders", from, {"app", "sales"}) == "SELECT 1 FROM app.sales");
  CHECK(rename_table_in_query("SELECT 1 FROM app.orders", from, to) == "SELECT 1 FROM app.orders");
}

TEST_CASE("spellings of one expression are equal, others are not", "[sql]") {
  CHECK(same_expression("a  >  0", "A>0"));
  CHECK(same_expression("((a > 0))", "a > 0 -- really\n"));
  CHECK(same_expression("\"a\" != 1", "a <> 1;"));
  CHECK(same_expression("SELECT a AS a FROM t", "select a from t"));
  CHECK_FALSE(same_expression("(a) + (b)", "a) + (b"));
  CHECK_FALSE(same_expression("a = 'X'", "a = 'x'"));
  CHECK_FALSE(same_expression("\"A\" > 0", "a > 0"));
  CHECK_FALSE(same_expression("a > 0", "a > 00"));
}

TEST_CASE("a column is renamed where its own SELECT reads the table, through a WITH too", "[sql]") {
  const QName books{"", "books"};
  struct Row {
    std::string query, renamed;
  };
  const std::vector<Row> rows = {
      {"WITH o AS (SELECT name FROM owners) SELECT id FROM books WHERE name IN (SELECT name FROM o)",
       "WITH o AS (SELECT name FROM owners) SELECT id FROM books WHERE title IN (SELECT name FROM o)"},
      {"WITH x AS (SELECT id, name FROM books) SELECT name FROM x",
       "WITH x AS (SELECT id, title AS name FROM books) SELECT name FROM x"},
      {"SELECT x.name FROM (SELECT name FROM books) x WHERE x.name <> ''",
       "SELECT x.name FROM (SELECT title AS name FROM books) x WHERE x.name <> ''"},
      {"WITH x (a) AS (SELECT * FROM books) SELECT max(name) FROM x",
       "WITH x (a) AS (SELECT * FROM books) SELECT max(title) FROM x"},
  };
  for (const auto& row : rows) {
    INFO(row.query);
    CHECK(rename_column_in_query(row.query, books, "name", "title", false) == row.renamed);
    CHECK(rename_column_in_query(row.renamed, books, "title", "name", false) == row.query);
  }
}
