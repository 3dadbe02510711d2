// What statements that hold an object say of tables and columns: publications, statistics, routines.
#include <catch2/catch_test_macros.hpp>

#include "engine/model/publication.hpp"
#include "engine/model/statistics.hpp"

using namespace forge;

namespace {

Definition made(const char* kind, const char* name, const char* create) {
  Definition out;
  out.kind = kind;
  out.name = definition_name(kind, name);
  out.create = create;
  return out;
}

}  // namespace

TEST_CASE("each table of a publication becomes a part of it", "[model]") {
  auto one =
      made("publication", "p",
           "CREATE PUBLICATION p FOR TABLE ONLY a (id, \"X\") WHERE (id > 0 AND x IN (1, 2)), s.b, TABLES IN SCHEMA q, "
           "r WITH (publish = 'insert, update')");
  split_publication(one);
  CHECK(one.create == "CREATE PUBLICATION p WITH (publish = 'insert, update')");
  REQUIRE(one.parts.size() == 4);
  CHECK(one.parts[0].key == "table a");
  CHECK(one.parts[0].make == "ALTER PUBLICATION p ADD TABLE ONLY a (id, \"X\") WHERE (id > 0 AND x IN (1, 2))");
  CHECK(one.parts[0].undo == "ALTER PUBLICATION p DROP TABLE ONLY a");
  CHECK(one.parts[1].undo == "ALTER PUBLICATION p DROP TABLE s.b");
  CHECK(one.parts[2].make == "ALTER PUBLICATION p ADD TABLES IN SCHEMA q");
  CHECK(one.parts[3].undo == "ALTER PUBLICATION p DROP TABLES IN SCHEMA r");
  CHECK(published_table(one.parts[1]) == QName{"s", "b"});
  CHECK(!published_table(one.parts[2]));
  CHECK(publishes(one.parts[0], {"", "a"}));
  CHECK(!publishes(one.parts[1], {"", "b"}));
  CHECK(publishes_column(one.parts[0], "X"));
  CHECK(!publishes_column(one.parts[0], "a"));
}

TEST_CASE("a publication of all tables, or of none, stays as it is", "[model]") {
  for (const char* text : {"CREATE PUBLICATION p FOR ALL TABLES", "CREATE PUBLICATION p", "CREATE PUBLICATION p FOR"}) {
    auto one = made("publication", "p", text);
    split_publication(one);
    CHECK(one.create == text);
    CHECK(one.parts.empty());
  }
}

TEST_CASE("a publication's table and columns are renamed where they are meant", "[model]") {
  auto one = made("publication", "a", "CREATE PUBLICATION a FOR TABLE a (a, x) WHERE (a.x > 0), b (x)");
  split_publication(one);
  rename_table(one, {"", "a"}, {"", "Odd one"});
  rename_column(one, {"", "Odd one"}, "x", "y");
  CHECK(one.create == "CREATE PUBLICATION a");
  CHECK(one.parts[0].key == "table \"Odd one\"");
  CHECK(one.parts[0].make == "ALTER PUBLICATION a ADD TABLE \"Odd one\" (a, y) WHERE (\"Odd one\".y > 0)");
  CHECK(one.parts[0].undo == "ALTER PUBLICATION a DROP TABLE \"Odd one\"");
  CHECK(one.parts[1].make == "ALTER PUBLICATION a ADD TABLE b (x)");
}

TEST_CASE("the order of a publication's columns says nothing", "[model]") {
  CHECK(sorted_columns("ALTER PUBLICATION p ADD TABLE a (x, id, \"A b\") WHERE (x > 0)") ==
        "ALTER PUBLICATION p ADD TABLE a (\"A b\", id, x) WHERE (x > 0)");
  CHECK(sorted_columns("ALTER PUBLICATION p ADD TABLE a WHERE (x > 0)") ==
        "ALTER PUBLICATION p ADD TABLE a WHERE (x > 0)");
}

TEST_CASE("the order of a statistics object's columns says nothing", "[model]") {
  CHECK(sorted_statistics("CREATE STATISTICS st ON x, nm, (lower(a, b)) FROM t") ==
        sorted_statistics("CREATE STATISTICS st ON (lower(a, b)), nm,  x FROM t"));
  CHECK(sorted_statistics("CREATE STATISTICS st ON x, nm FROM t") !=
        sorted_statistics("CREATE STATISTICS st ON x FROM t"));
  CHECK(sorted_statistics("CREATE STATISTICS st (ndistinct, mcv) ON b, a FROM t") ==
        "CREATE STATISTICS st ( ndistinct , mcv ) ON a, b FROM t");
  CHECK(is_statistics_of(made("statistics", "st", "CREATE STATISTICS st ON b, a FROM public.t"), {"", "t"}));
  CHECK(!is_statistics_of(made("statistics", "st", "CREATE STATISTICS st ON b, a FROM s.t"), {"", "t"}));
  CHECK(is_statistics_of(made("statistics", "st", "CREATE STATISTICS st ON b, a FROM s.t"), {"s", "t"}));
}

TEST_CASE("a routine's name and result follow the rename of a table whose rows it takes", "[model]") {
  auto one = made("function", "f(customer, integer, customer[])",
                  "CREATE FUNCTION f(customer, customer integer, customer[]) RETURNS SETOF customer LANGUAGE sql AS");
  one.shape = "customer, integer, customer[] -> SETOF customer";
  one.drop = "DROP FUNCTION f(customer, integer, customer[])";
  rename_table(one, {"", "customer"}, {"", "client"});
  CHECK(one.name.name == "function f(client, integer, client[])");
  CHECK(one.shape == "client, integer, client[] -> SETOF client");
  CHECK(one.drop == "DROP FUNCTION f(client, integer, client[])");
}

TEST_CASE("what is said of a column is named by the column's new name", "[model]") {
  auto grant = made("grant", "SELECT of x to app on a", "GRANT SELECT (x) ON a TO app");
  grant.on = {"", "a"};
  rename_column(grant, {"", "b"}, "x", "z");
  CHECK(grant.name.name == "grant SELECT of x to app on a");
  rename_column(grant, {"", "a"}, "x", "to one");
  CHECK(grant.name.name == "grant SELECT of \"to one\" to app on a");
  CHECK(grant.create == "GRANT SELECT (\"to one\") ON a TO app");
  auto whole = made("grant", "SELECT to x on a", "GRANT SELECT ON a TO x");
  whole.on = {"", "a"};
  rename_column(whole, {"", "a"}, "x", "y");
  CHECK(whole.name.name == "grant SELECT to x on a");
  auto target = made("statistics target", "of x on a", "ALTER TABLE a ALTER COLUMN x SET STATISTICS 9");
  target.on = {"", "a"};
  rename_column(target, {"", "a"}, "x", "y");
  CHECK(target.name.name == "statistics target of y on a");
}

TEST_CASE("what is said of one column alone goes with it", "[model]") {
  auto grant = made("grant", "g", "GRANT SELECT (x) ON a TO PUBLIC");
  grant.on = {"", "a"};
  CHECK(goes_with_column(grant, {"", "a"}, "x"));
  CHECK(!goes_with_column(grant, {"", "a"}, "y"));
  CHECK(!goes_with_column(grant, {"", "b"}, "x"));
  grant.create = "GRANT SELECT (x, y) ON a TO PUBLIC";
  CHECK(!goes_with_column(grant, {"", "a"}, "x"));
  grant.create = "GRANT SELECT (x), UPDATE (y) ON a TO PUBLIC";
  CHECK(!goes_with_column(grant, {"", "a"}, "x"));
  auto storage = made("column storage", "of \"X y\" on a", "ALTER TABLE a ALTER COLUMN \"X y\" SET STORAGE PLAIN");
  storage.on = {"", "a"};
  CHECK(goes_with_column(storage, {"", "a"}, "X y"));
  CHECK(!goes_with_column(storage, {"", "a"}, "x"));
}
