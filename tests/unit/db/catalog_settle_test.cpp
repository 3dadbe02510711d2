#include "engine/db/catalog_settle.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

std::string unqualified(const std::string& text) {
  return without_database(text, "shop", [](const std::string& name) { return name == "orders" || name == "shop"; });
}

Table table_with(const std::vector<Index>& indexes, const std::vector<ForeignKey>& keys) {
  Table table;
  table.name = {"", "t"};
  table.indexes = indexes;
  table.foreign_keys = keys;
  return table;
}

}  // namespace

TEST_CASE("the database's own name is taken off, and nothing else of that name", "[db][catalog]") {
  CHECK(unqualified("select `shop`.`orders`.`id` from `shop`.`orders`") == "select `orders`.`id` from `orders`");
  CHECK(unqualified("select `shop`.`id`, 'shop' from `shop`.`shop` `shop`") ==
        "select `shop`.`id`, 'shop' from `shop` `shop`");
  CHECK(unqualified("`shop`.`total`(`other`.`shop`.`id`)") == "`total`(`other`.`shop`.`id`)");
  CHECK(without_database("select `a`.`b`", "", [](const std::string&) { return true; }) == "select `a`.`b`");
}

TEST_CASE("an index that a foreign key brings along is left out", "[db][catalog]") {
  const ForeignKey key{"fk", {"a"}, {"", "x"}, {"id"}};
  auto plain = table_with({{"fk", {{.column = "a"}}}}, {key});
  leave_out_foreign_key_indexes(plain, false);
  CHECK(plain.indexes.empty());
  // One with another name, other columns, or more to it has been stated.
  for (const auto& stated : {Index{"other", {{.column = "a"}}}, Index{"fk", {{.column = "a"}, {.column = "b"}}},
                             Index{"fk", {{.column = "a", .desc = true}}}, Index{"fk", {{.column = "a"}}, true}}) {
    auto kept = table_with({stated}, {key});
    leave_out_foreign_key_indexes(kept, false);
    CHECK(kept.indexes.size() == 1);
  }
  // Where another index begins with the columns the server would not have made it.
  auto served = table_with({{"fk", {{.column = "a"}}}, {"i", {{.column = "a"}, {.column = "b"}}}}, {key});
  leave_out_foreign_key_indexes(served, false);
  CHECK(served.indexes.size() == 2);
}

TEST_CASE("of several foreign keys over the same columns the first one gives the index its name", "[db][catalog]") {
  const std::vector<ForeignKey> keys{{"first", {"a"}, {"", "x"}, {"id"}}, {"second", {"a"}, {"", "y"}, {"id"}}};
  auto made = table_with({{"first", {{.column = "a"}}}}, keys),
       stated = table_with({{"second", {{.column = "a"}}}}, keys);
  leave_out_foreign_key_indexes(made, false);
  leave_out_foreign_key_indexes(stated, false);
  CHECK(made.indexes.empty());
  CHECK(stated.indexes.size() == 1);
}
