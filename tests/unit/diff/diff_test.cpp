#include "engine/diff/diff.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/model/equivalence.hpp"
#include "tests/unit/diff/samples.hpp"

using namespace forge;
using namespace forge::samples;

namespace {

std::vector<std::string> words(const ChangeSet& set) {
  std::vector<std::string> out;
  for (const auto& change : set.changes) out.push_back(word_of(change) + " " + object_of(change));
  return out;
}

using Words = std::vector<std::string>;

Schema renamed_column_shop() {
  Schema schema = shop();
  const Column before = *find_column(*schema.table(kOrders), "amount");
  Column after = before;
  after.name = "total";
  REQUIRE(forge::apply(schema, Delta<Column>{kOrders, before, after}));
  return schema;
}

}  // namespace

TEST_CASE("a schema does not differ from itself", "[diff]") {
  const Schema schema = shop();
  CHECK(diff(schema, schema).changes.empty());
  Schema rebuilt = shop();
  CHECK(diff(schema, rebuilt).changes.empty());
  Table shuffled = *rebuilt.table(kOrders);
  std::ranges::reverse(shuffled.columns);
  shuffled.checks[0].expr = "( AMOUNT  >= 0 )";
  rebuilt.put_table(shuffled);
  CHECK(diff(schema, rebuilt).changes.empty());
}

TEST_CASE("what merely follows a declared rename is no change", "[diff]") {
  const Schema before = shop(), after = renamed_column_shop();
  Intents intents;
  intents.tables[kOrders].columns["total"].renamed_from = "amount";
  const auto set = diff(before, after, intents);
  CHECK(words(set) == Words{"rename_column orders.total"});
  CHECK(set.notes.empty());
  Schema folded = before;
  for (const auto& change : set.changes) REQUIRE(forge::apply(folded, change));
  CHECK(first_difference(folded, after) == "");
}

TEST_CASE("an undeclared rename is a drop, an add and a hint", "[diff]") {
  const auto set = diff(shop(), renamed_column_shop());
  CHECK(words(set) == Words{"drop_column orders.amount", "add_column orders.total", "alter_column orders.double",
                            "alter_index orders_amount_idx", "alter_check orders_amount_check", "alter_view big"});
  REQUIRE(set.notes.size() == 1);
  CHECK(set.notes[0] ==
        "column 'orders.amount' goes and 'orders.total' of the same type comes: if this is a rename, add "
        ":renamed_from \"amount\" to column \"total\"");
}

TEST_CASE("one change per object, however much of it differs", "[diff]") {
  Schema after = renamed_column_shop();
  Table orders = *after.table(kOrders);
  Column& total = *find_column(orders, "total");
  total.type.name = "bigint";
  total.nullable = false;
  orders.indexes[0].unique = true;
  after.put_table(orders);
  Intents intents;
  intents.tables[kOrders].columns["total"].renamed_from = "amount";
  const auto set = diff(shop(), after, intents);
  CHECK(words(set) == Words{"alter_column orders.total", "alter_index orders_amount_idx"});
  CHECK(facets_of(set.changes[0]) == Words{"name", "type", "nullable"});
  const auto& index = std::get<Delta<Index>>(set.changes[1]);
  CHECK(index.before->parts[0].column == "amount");
  CHECK(index.after->parts[0].column == "total");
}

TEST_CASE("members of a renamed table carry its old name", "[diff]") {
  Schema after = shop();
  TableShell before = shell_of(*after.table(kCustomers)), clients = before;
  clients.name.name = "clients";
  REQUIRE(forge::apply(after, Delta<TableShell>{{}, before, clients}));
  Table table = *after.table({"", "clients"});
  table.columns.push_back(column("mail", "text"));
  after.put_table(table);
  Table orders = *after.table(kOrders);
  orders.foreign_keys[0].on_delete = "cascade";
  after.put_table(orders);
  Intents intents;
  intents.tables[{"", "clients"}].renamed_from = kCustomers;
  const auto set = diff(shop(), after, intents);
  CHECK(words(set) ==
        Words{"rename_table clients", "add_column customers.mail", "alter_foreign_key orders_customer_fkey"});
  CHECK(std::get<Delta<ForeignKey>>(set.changes[2]).after->ref == kCustomers);
}

TEST_CASE("an index or constraint that changed its name alone is renamed", "[diff]") {
  Schema after = shop();
  Table orders = *after.table(kOrders);
  orders.indexes[0].name = "x";
  orders.primary_key->name = "pk";
  orders.checks.push_back({"more", "id > 0"});
  after.put_table(orders);
  const auto set = diff(shop(), after);
  CHECK(words(set) == Words{"rename_primary_key pk", "rename_index x", "add_check more"});
}

TEST_CASE("a member that follows a renamed column and gets a new name is renamed", "[diff]") {
  Schema after = renamed_column_shop();
  Table orders = *after.table(kOrders);
  orders.indexes[0].name = "orders_total_idx";
  orders.checks[0].name = "orders_total_check";
  after.put_table(orders);
  Intents intents;
  intents.tables[kOrders].columns["total"].renamed_from = "amount";
  CHECK(words(diff(shop(), after, intents)) ==
        Words{"rename_column orders.total", "rename_index orders_total_idx", "rename_check orders_total_check"});
}

TEST_CASE("names can be exchanged", "[diff]") {
  Schema after = shop();
  Table orders = *after.table(kOrders);
  std::swap(find_column(orders, "id")->name, find_column(orders, "customer")->name);
  orders.primary_key->parts[0].column = "customer";
  orders.foreign_keys[0].columns[0] = "id";
  after.put_table(orders);
  after.views.at({"", "big"}).query = "SELECT customer AS id, amount FROM orders WHERE amount > 100";
  Intents intents;
  intents.tables[kOrders].columns["id"].renamed_from = "customer";
  intents.tables[kOrders].columns["customer"].renamed_from = "id";
  const auto set = diff(shop(), after, intents);
  CHECK(words(set) == Words{"rename_column orders.customer", "rename_column orders.id"});
}

TEST_CASE("a rename whose source is gone, or whose target stood already, is none", "[diff]") {
  Intents intents;
  intents.tables[kOrders].columns["amount"].renamed_from = "never";
  intents.tables[kOrders].columns["status"].renamed_from = "id";
  intents.tables[kCustomers].renamed_from = {"", "nobody"};
  CHECK(diff(shop(), shop(), intents).changes.empty());
}

TEST_CASE("what a change can lose", "[diff]") {
  const Schema schema = shop();
  const Table& orders = *schema.table(kOrders);
  CHECK(loses_of(Delta<Table>{{}, orders, {}}) == "the rows of orders");
  CHECK(loses_of(Delta<Column>{kOrders, orders.columns[2], {}}) == "the values of orders.amount");
  CHECK(loses_of(Delta<Column>{kOrders, {}, orders.columns[2]}) == "");
  CHECK(loses_of(Delta<EnumType>{{}, EnumType{{"", "s"}, {"a", "b"}}, EnumType{{"", "s"}, {"b"}}}) ==
        "which rows held 'a'");
  CHECK(loses_of(Delta<Index>{kOrders, orders.indexes[0], {}}) == "");
}

TEST_CASE("one difference is found in a large schema", "[diff]") {
  Schema before, after;
  for (int i = 0; i < 2000; ++i) {
    Table table;
    table.name = {"", "t" + std::to_string(i)};
    for (int j = 0; j < 20; ++j) table.columns.push_back(column("c" + std::to_string(j), "varchar"));
    before.put_table(table);
    after.put_table(table);
  }
  after.edit_table({"", "t7"})->columns[3].nullable = false;
  CHECK(words(diff(before, after)) == Words{"alter_column t7.c3"});
}
