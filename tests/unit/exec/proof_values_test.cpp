// The values of generated rows: what a type can hold, and no two alike where they must differ.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/exec/proof_values.hpp"

namespace forge {
namespace {

Type type_of(const std::string& name, std::vector<std::int64_t> args = {}) { return Type{name, std::move(args), {}}; }

std::set<std::string> values(const ValueRange& range, std::int64_t count) {
  std::set<std::string> out;
  for (std::int64_t n = 1; n <= count; ++n) out.insert(value_of(range, n));
  return out;
}

}  // namespace

TEST_CASE("as many different values as a type's range says", "[exec][proof]") {
  for (const auto& type :
       {type_of("smallint"), type_of("integer"), type_of("numeric", {4, 2}), type_of("numeric", {3, 3}),
        type_of("char", {3}), type_of("varchar", {2}), type_of("text"), type_of("boolean"), type_of("date"),
        type_of("timestamp"), type_of("time"), type_of("uuid"), type_of("json"), type_of("binary", {2}),
        type_of("bit", {5}), type_of("inet"), type_of("macaddr"), type_of("year"), type_of("int4range")}) {
    const auto range = range_of(type, {});
    const auto count = std::min<std::int64_t>(size_of(range), 3000);
    INFO(type.name);
    CHECK(values(range, count).size() == static_cast<std::size_t>(count));
  }
}

TEST_CASE("values keep to lengths and precisions", "[exec][proof]") {
  for (const auto& value : values(range_of(type_of("varchar", {2}), {}), 3000)) CHECK(value.size() <= 2);
  for (const auto& value : values(range_of(type_of("numeric", {4, 2}), {}), 3000)) CHECK(value.find('.') <= 2);
  for (const auto& value : values(range_of(type_of("binary", {3}), {}), 300)) CHECK(value.size() == 6);
  CHECK(value_of(range_of(type_of("date"), {}), 17999) == "2033-07-24");
}

TEST_CASE("a value fits what the plan makes of its type", "[exec][proof]") {
  const auto text = range_within(range_of(type_of("varchar", {30}), {}), range_of(type_of("integer"), {}));
  CHECK(text.as_text);
  CHECK(value_of(text, 7) == "7");
  Client client;
  client.family = Client::Family::sqlite;
  CHECK(literal_of(text, "7", client) == "'7'");
  const auto narrow = range_within(range_of(type_of("bigint"), {}), range_of(type_of("smallint"), {}));
  CHECK(size_of(narrow) == 32767);
  const auto scale = range_within(range_of(type_of("numeric", {10, 4}), {}), range_of(type_of("integer"), {}));
  CHECK(value_of(scale, 12).find('.') == std::string::npos);
  Type before = type_of("enum"), after = type_of("enum");
  before.more.edit().values = {"a", "b", "c"};
  after.more.edit().values = {"c", "d"};
  CHECK(value_of(range_within(range_of(before, {}), range_of(after, {})), 1) == "c");
}

TEST_CASE("domains and native types are what they are made of", "[exec][proof]") {
  Schema schema;
  Definition domain;
  domain.name = QName{"", "domain money_amount"};
  domain.create = "CREATE DOMAIN money_amount AS numeric(10,2) CHECK (VALUE > 0)";
  schema.definitions[domain.name] = domain;
  Type type = type_of("native");
  type.more.edit().ref = "money_amount";
  CHECK(range_of(type, schema).kind == ValueRange::Kind::decimal);
  type.more.edit().ref = "integer";
  CHECK(range_of(type, schema).kind == ValueRange::Kind::integer);
}

TEST_CASE("the values that a check's author thought of", "[exec][proof]") {
  CHECK(literals_in("status IN ('new', 'paid')", true) == std::vector<std::string>{"new", "paid"});
  CHECK(literals_in("n BETWEEN 3 AND 9", true) == std::vector<std::string>{"3", "4", "2", "9", "10", "8"});
  CHECK(literals_in("n > 3", false).empty());
}

}  // namespace forge
