// Values of made-up documents: within what JSON schemas say.
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

#include "engine/exec/proof_fields.hpp"

using namespace forge;

TEST_CASE("a text is written along a pattern", "[proof][mongodb]") {
  for (const std::string pattern :
       {"^[0-9]{5}$", "^(new|paid)-[A-Z]{2,3}$", R"(^\d+\.\d{2}$)", "^[^@]+@[a-z.]+$", "a?b*c{2}", "^x(?:y|z)$"}) {
    std::set<std::string> seen;
    for (std::uint64_t n = 1; n <= 50; ++n) {
      const auto text = text_of_pattern(pattern, n);
      INFO(pattern << ": " << text);
      CHECK(std::regex_search(text, std::regex(pattern)));
      seen.insert(text);
    }
  }
}

TEST_CASE("a field holds what both ends of a plan take", "[proof][mongodb]") {
  const Json text{{"bsonType", "string"}}, number{{"bsonType", "int"}, {"minimum", 5}, {"maximum", 9}};
  const Json both = schema_within(text, number);
  for (std::uint64_t n = 0; n < 20; ++n) {
    const Json value = value_of_schema(both, n);
    REQUIRE(value.is_string());
    CHECK((std::stoi(value.get<std::string>()) >= 5 && std::stoi(value.get<std::string>()) <= 9));
  }
  const Json whole = schema_within({{"bsonType", "double"}}, {{"bsonType", Json::array({"int", "null"})}});
  for (std::uint64_t n = 0; n < 20; ++n)
    CHECK(value_of_schema(whole, n)["$numberDouble"].get<std::string>().ends_with(".0"));
  const Json list = schema_within({{"enum", Json::array({"a", "b"})}}, {{"enum", Json::array({"b", "c"})}});
  CHECK(value_of_schema(list, 7) == "b");
  const Json nested = schema_within(
      {{"bsonType", "object"}, {"properties", {{"zip", {{"bsonType", "string"}}}}}},
      {{"bsonType", "object"}, {"required", Json::array({"zip"})}, {"properties", {{"zip", {{"minLength", 9}}}}}});
  CHECK(value_of_schema(nested, 3)["zip"].get<std::string>().size() == 9);
}
