#include "engine/model/schema.hpp"

#include <catch2/catch_test_macros.hpp>

#include "engine/model/equivalence.hpp"
#include "tests/unit/diff/samples.hpp"

using namespace forge;
using namespace forge::samples;

TEST_CASE("names are shown and read back", "[names]") {
  for (const QName& name : {QName{"", "orders"}, QName{"app", "orders"}, QName{"", "odd.name"}, QName{"a.b", "c\"d"}}) {
    CHECK(parse_qname(display(name)) == name);
  }
  CHECK(display({"app", "orders"}) == "app.orders");
  CHECK(display({"", "odd.name"}) == "\"odd.name\"");
  CHECK(parse_qname("\"open") == QName{"", "open"});
  CHECK(parse_qname("") == QName{});
}

TEST_CASE("tables are shared until one is edited", "[schema]") {
  const Schema schema = shop();
  Schema copy = schema;
  CHECK(copy.table(kOrders) == schema.table(kOrders));
  copy.edit_table(kOrders)->comment = "x";
  CHECK(copy.table(kOrders) != schema.table(kOrders));
  CHECK(schema.table(kOrders)->comment.empty());
  CHECK(copy.table(kCustomers) == schema.table(kCustomers));
  CHECK(copy.edit_table({"", "none"}) == nullptr);
  CHECK(copy.table({"", "none"}) == nullptr);
  CHECK(find_column(*schema.table(kOrders), "amount")->name == "amount");
  CHECK(find_column(*schema.table(kOrders), "none") == nullptr);
}

TEST_CASE("order, case of words and spacing are no difference; anything else is", "[schema]") {
  const Schema schema = shop();
  const auto differs = [&](auto change) {
    Schema other = shop();
    change(*other.edit_table(kOrders));
    return first_difference(schema, other);
  };
  CHECK(differs([](Table& t) { std::ranges::reverse(t.columns); }) == "");
  CHECK(differs([](Table& t) { t.checks[0].expr = "(AMOUNT >=  0)"; }) == "");
  CHECK(differs([](Table& t) { t.columns[2].more.edit(); }) == "");
  CHECK(differs([](Table& t) { t.columns[2].nullable = false; }) ==
        "table 'orders': column 'amount' differs in nullable");
  CHECK(differs([](Table& t) { t.columns[2].more.edit().comment = "c"; }) ==
        "table 'orders': column 'amount' differs in comment");
  CHECK(differs([](Table& t) { t.columns.pop_back(); }) == "table 'orders': column 'status' is only in the first");
  CHECK(differs([](Table& t) { t.indexes[0].where = "amount > 1"; }) ==
        "table 'orders': index 'orders_amount_idx' differs in where");
  CHECK(differs([](Table& t) { t.indexes[0].parts[0].desc = true; }) ==
        "table 'orders': index 'orders_amount_idx' differs in parts");
  CHECK(differs([](Table& t) { t.primary_key.reset(); }) == "table 'orders': the primary key is only in the first");
  CHECK(differs([](Table& t) { t.options.strict = true; }) == "table 'orders' differs in options");
  CHECK(differs([](Table& t) { t.checks.push_back(t.checks[0]); }) != "");
}

TEST_CASE("every field of every object counts", "[schema]") {
  Schema other = shop();
  other.views.at({"", "big"}).materialized = true;
  CHECK(first_difference(shop(), other) == "view 'big' differs in materialized");
  other = shop();
  other.sequences.at({"", "ids"}).cache = 5;
  CHECK(first_difference(shop(), other) == "sequence 'ids' differs in cache");
  other = shop();
  other.enums.at({"", "status"}).values.push_back("void");
  CHECK(first_difference(shop(), other) == "enum 'status' differs in values");
  other = shop();
  other.syncs[{"", "s"}] = {};
  CHECK(first_difference(shop(), other) == "sync 's' is only in the second");
  other = shop();
  other.raws[{"", "r"}] = {};
  other.unmanaged = {"trigger x"};
  CHECK(equivalent(shop(), other));
}

TEST_CASE("members without a name are told apart by what they say", "[schema]") {
  Table a;
  a.name = kOrders;
  a.columns = {column("x", "integer")};
  a.checks = {{"", "x > 0"}, {"", "x < 9"}};
  Table b = a;
  std::swap(b.checks[0], b.checks[1]);
  CHECK(equivalent(a, b));
  b.checks[0].expr = "x < 10";
  CHECK_FALSE(equivalent(a, b));
}
