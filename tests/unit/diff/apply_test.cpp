#include <catch2/catch_test_macros.hpp>

#include "engine/diff/change.hpp"
#include "engine/model/equivalence.hpp"
#include "tests/unit/diff/samples.hpp"

using namespace forge;
using namespace forge::samples;

namespace {

void roundtrip(const Schema& before, const Change& change) {
  Schema schema = before;
  REQUIRE(forge::apply(schema, change));
  CHECK_FALSE(equivalent(before, schema));
  REQUIRE(forge::apply(schema, reverse(change)));
  CHECK(first_difference(before, schema) == "");
}

std::string refusal(const Schema& before, const Change& change) {
  Schema schema = before;
  const auto result = forge::apply(schema, change);
  return result ? "" : result.error().message;
}

}  // namespace

TEST_CASE("a renamed column is renamed in everything that names it", "[apply]") {
  Schema schema = shop();
  const Column before = *find_column(*schema.table(kOrders), "amount");
  Column after = before;
  after.name = "total";
  after.nullable = false;
  const Change change = Delta<Column>{kOrders, before, after};
  CHECK(word_of(change) == "alter_column");
  CHECK(facets_of(change) == std::vector<std::string>{"name", "nullable"});
  CHECK(object_of(change) == "orders.total");
  roundtrip(schema, change);
  REQUIRE(forge::apply(schema, change));
  const Table& orders = *schema.table(kOrders);
  CHECK(orders.indexes[0].parts[0].column == "total");
  CHECK(orders.indexes[0].where == "total > 0");
  CHECK(orders.checks[0].expr == "total >= 0");
  CHECK(find_column(orders, "double")->more->generated->expr == "total * 2");
  CHECK(schema.views.at({"", "big"}).query == "SELECT id, total AS amount FROM orders WHERE total > 100");
}

TEST_CASE("a renamed key column is renamed in the keys that refer to it", "[apply]") {
  Schema schema = shop();
  const Column before = *find_column(*schema.table(kCustomers), "id");
  Column after = before;
  after.name = "customer_id";
  const Change change = Delta<Column>{kCustomers, before, after};
  CHECK(word_of(change) == "rename_column");
  roundtrip(schema, change);
  REQUIRE(forge::apply(schema, change));
  CHECK(schema.table(kCustomers)->primary_key->parts[0].column == "customer_id");
  CHECK(schema.table(kCustomers)->foreign_keys[0].ref_columns[0] == "customer_id");
  CHECK(schema.table(kOrders)->foreign_keys[0].ref_columns[0] == "customer_id");
}

TEST_CASE("a renamed table takes keys, views and syncs along", "[apply]") {
  Schema schema = shop();
  TableShell before = shell_of(*schema.table(kCustomers)), after = before;
  after.name = {"", "clients"};
  roundtrip(schema, Delta<TableShell>{{}, before, after});
  REQUIRE(forge::apply(schema, Delta<TableShell>{{}, before, after}));
  CHECK(schema.table(kOrders)->foreign_keys[0].ref.name == "clients");
  CHECK(schema.table({"", "clients"})->foreign_keys[0].ref.name == "clients");
  CHECK(schema.views.at({"", "names"}).query == "SELECT clients.name FROM clients");
  CHECK(schema.views.at({"", "names"}).uses == std::vector<QName>{{"", "clients"}});
  CHECK(schema.sequences.at({"", "ids"}).owned_by == "clients.id");
}

TEST_CASE("a change that does not fit is refused with the reason", "[apply]") {
  const Schema schema = shop();
  const Table& orders = *schema.table(kOrders);
  const Column amount = *find_column(orders, "amount");
  Column other = amount;
  other.nullable = false;
  CHECK(refusal(schema, Delta<Column>{kOrders, other, amount}) ==
        "column 'orders.amount' is not as the plan expects it at this point: nullable");
  CHECK(refusal(schema, Delta<Column>{kOrders, std::nullopt, amount}) ==
        "column 'amount' of table 'orders' is already there at this point");
  CHECK(refusal(schema, Delta<Column>{kOrders, amount, std::nullopt}) ==
        "generated column 'double' still names column 'orders.amount'");
  CHECK(refusal(schema, Delta<Column>{{"", "gone"}, amount, std::nullopt}) ==
        "table 'gone' is not there at this point");
  CHECK(refusal(schema, Delta<Table>{{}, *schema.table(kCustomers), std::nullopt}) ==
        "table 'orders' still has a foreign key to 'customers'");
  CHECK(refusal(schema, Delta<Table>{{}, std::nullopt, orders}) == "'orders' is already there at this point");
  CHECK(refusal(schema, Delta<EnumType>{{}, schema.enums.at({"", "status"}), std::nullopt}) ==
        "column 'orders.status' is still of enum 'status'");
  CHECK(refusal(schema, Delta<Column>{kOrders}) == "a change has neither a before nor an after");
  Index index{"i", {{.column = "nope"}}};
  CHECK(refusal(schema, Delta<Index>{kOrders, std::nullopt, index}) ==
        "index 'i' names column 'nope', which table 'orders' does not have at this point");
}

TEST_CASE("every kind of change comes back", "[apply]") {
  const Schema schema = shop();
  const Table& orders = *schema.table(kOrders);
  roundtrip(schema, Delta<Index>{kOrders, orders.indexes[0], std::nullopt});
  roundtrip(schema, Delta<Check>{kOrders, orders.checks[0], std::nullopt});
  roundtrip(schema, Delta<ForeignKey>{kOrders, orders.foreign_keys[0], std::nullopt});
  roundtrip(schema, Delta<Key>{kOrders, *orders.primary_key, std::nullopt});
  roundtrip(schema, Delta<View>{{}, schema.views.at({"", "big"}), std::nullopt});
  roundtrip(schema, Delta<EnumType>{{}, std::nullopt, EnumType{{"", "mood"}, {"good", "bad"}}});
  roundtrip(schema, Delta<EnumType>{{}, schema.enums.at({"", "status"}), EnumType{{"", "state"}, {"new", "paid"}}});
  roundtrip(schema, Delta<Sequence>{{}, schema.sequences.at({"", "ids"}), std::nullopt});
  roundtrip(schema, Delta<Namespace>{{}, std::nullopt, Namespace{{"", "app"}, ""}});
  roundtrip(schema, Delta<Sync>{{}, std::nullopt, Sync{{"", "s"}, "columns", kOrders}});
}

TEST_CASE("the vocabulary's words", "[change]") {
  const Schema schema = shop();
  const Table& orders = *schema.table(kOrders);
  const Index& index = orders.indexes[0];
  Index renamed = index;
  renamed.name = "x";
  Key unique{"u", false, {{.column = "id"}}};
  CHECK(word_of(Delta<Index>{kOrders, index, renamed}) == "rename_index");
  CHECK(word_of(Delta<Index>{kOrders, {}, index}) == "create_index");
  CHECK(word_of(Delta<Key>{kOrders, {}, orders.primary_key}) == "add_primary_key");
  CHECK(word_of(Delta<Key>{kOrders, unique, {}}) == "drop_unique");
  CHECK(word_of(Delta<Table>{{}, {}, orders}) == "create_table");
  CHECK(word_of(Delta<Raw>{{}, {}, Raw{{"", "x"}, "SELECT 1"}}) == "run_raw");
  CHECK(word_of(Delta<Raw>{{}, Raw{{"", "x"}, "SELECT 1"}, {}}) == "undo_raw");
  TableShell shell = shell_of(orders), other = shell;
  other.name.name = "sales";
  CHECK(word_of(Delta<TableShell>{{}, shell, other}) == "rename_table");
  other.comment = "c";
  CHECK(word_of(Delta<TableShell>{{}, shell, other}) == "alter_table");
  CHECK(facets_of(Delta<TableShell>{{}, shell, other}) == std::vector<std::string>{"name", "comment"});
  CHECK(object_of(Delta<Key>{kOrders, {}, Key{"", true, {}}}) == "orders (primary key)");
  CHECK(table_of(Delta<Index>{kOrders, {}, index}) == kOrders);
}
