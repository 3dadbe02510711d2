// A small schema that has one of most things, for the tests of changes.
#pragma once

#include "engine/model/schema.hpp"

namespace forge::samples {

inline const QName kOrders{"", "orders"};
inline const QName kCustomers{"", "customers"};

inline Column column(std::string name, std::string type, bool nullable = true) {
  return {std::move(name), {std::move(type), {}, {}}, nullable, {}, {}};
}

// customers(id, name, parent → customers) and orders(id, customer → customers, amount, double, status), two views, an
// enum and a sequence.
inline Schema shop() {
  Schema schema;
  Table customers;
  customers.name = kCustomers;
  customers.columns = {column("id", "bigint", false), column("name", "text"), column("parent", "bigint")};
  customers.primary_key = Key{"customers_pkey", true, {{.column = "id"}}};
  customers.foreign_keys = {{"customers_parent_fkey", {"parent"}, kCustomers, {"id"}}};
  schema.put_table(customers);
  Table orders;
  orders.name = kOrders;
  orders.columns = {column("id", "bigint", false), column("customer", "bigint"), column("amount", "integer"),
                    column("double", "integer"), column("status", "enum")};
  orders.columns[3].more.edit().generated = Generated{"amount * 2", true};
  orders.columns[4].type.more.edit().ref = "status";
  orders.primary_key = Key{"orders_pkey", true, {{.column = "id"}}};
  orders.foreign_keys = {{"orders_customer_fkey", {"customer"}, kCustomers, {"id"}}};
  orders.indexes = {{"orders_amount_idx", {{.column = "amount"}}, false, "amount > 0"}};
  orders.checks = {{"orders_amount_check", "amount >= 0"}};
  schema.put_table(orders);
  schema.enums[{"", "status"}] = {{"", "status"}, {"new", "paid"}};
  schema.sequences[{"", "ids"}] = {{"", "ids"}};
  schema.sequences[{"", "ids"}].owned_by = "customers.id";
  schema.views[{"", "big"}] = {{"", "big"}, "SELECT id, amount FROM orders WHERE amount > 100"};
  schema.views[{"", "big"}].uses = {kOrders};
  schema.views[{"", "names"}] = {{"", "names"}, "SELECT customers.name FROM customers"};
  schema.views[{"", "names"}].uses = {kCustomers};
  return schema;
}

}  // namespace forge::samples
