// Catalogs of MongoDB: what they become, and that specs made of them say the same.
#include <catch2/catch_test_macros.hpp>

#include "engine/db/mongodb_catalog.hpp"
#include "engine/emit/spec_writer.hpp"
#include "engine/model/mongodb_states.hpp"
#include "engine/model/mongodb_validator.hpp"
#include "tests/unit/lua/spec_support.hpp"

using namespace forge;
using namespace forge::test;

namespace {

// A validator of somebody else's, with what forgelua has no words for, in an order of its own.
constexpr const char* kForeign = R"json({"$and": [
  {"$jsonSchema": {"title": "users", "required": ["name", "kind", "gone"], "minProperties": 2, "properties": {
    "name": {"bsonType": "string", "description": "it's \"a\" name", "minLength": 1, "maxLength": 80},
    "kind": {"enum": ["a", null, 3]},
    "gone": {"bsonType": ["null", "date"]},
    "seen": {"bsonType": "date"},
    "n": {"bsonType": ["long", "int", "null"], "minimum": 0.5, "maximum": {"$numberLong": "9007199254740995"}, "multipleOf": 5.0},
    "nothing": {"bsonType": "null"}, "js": {"type": "string"}, "odd": {"bsonType": ["minKey", "string"]},
    "free": {"bsonType": "object", "additionalProperties": false, "patternProperties": {"^x": {"bsonType": "int"}}},
    "address": {"bsonType": "object", "required": ["city"], "properties": {
      "zip": {"bsonType": "string", "pattern": "^\\d{5}$"}, "city": {"bsonType": "string"}, "at": {"properties": {}}}},
    "tags": {"bsonType": "array", "uniqueItems": true, "items": {"bsonType": "string"}},
    "lines": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "object", "required": ["sku"],
      "properties": {"sku": {"bsonType": "string"}, "n": {"bsonType": "int", "minimum": 1}}}},
    "pairs": {"bsonType": "array", "items": [{"bsonType": "int"}, {"bsonType": "string"}]},
    "either": {"anyOf": [{"bsonType": "int"}, {"bsonType": "string", "enum": []}]}}}},
  {"$or": [{"name": {"$ne": "x"}}, {"at": {"$gt": {"$date": {"$numberLong": "1577836800000"}}}}]},
  {"$expr": {"$lt": ["$n", "$m"]}}]})json";

MongoCollection foreign() {
  MongoCollection one;
  one.name = "users";
  one.type = "collection";
  one.options = {{"validator", Json::parse(kForeign)}, {"validationAction", "warn"}};
  one.indexes = {
      Json::parse(R"({"v": 2, "key": {"_id": 1}, "name": "_id_"})"),
      Json::parse(R"({"v": 2, "key": {"a": 1, "_fts": "text", "_ftsx": 1}, "name": "t", "default_language": "english",
                                 "weights": {"note": 1, "body": 5}, "textIndexVersion": 3})"),
      Json::parse(R"({"v": 2, "key": {"n": -1.0, "at.x": "hashed"}, "name": "h", "sparse": true, "unique": false})"),
      Json::parse(R"({"v": 2, "key": {"at": 1}, "name": "e", "expireAfterSeconds": {"$numberLong": "60"},
                                 "hidden": true, "partialFilterExpression": {"n": {"$gt": {"$numberLong": "5"}}},
                                 "collation": {"locale": "de", "strength": 2, "caseLevel": false, "version": "57.1"}})")};
  return one;
}

MongoCollection series() {
  MongoCollection one;
  one.name = "weather.hourly";
  one.type = "timeseries";
  one.options =
      Json::parse(R"({"timeseries": {"timeField": "at", "granularity": "hours", "bucketMaxSpanSeconds": 2592000},
                                "expireAfterSeconds": {"$numberLong": "86400"}, "changeStreamPreAndPostImages": {"enabled": true}})");
  return one;
}

// The schema of a spec that has been written of another one.
Schema written_and_read(const Schema& schema) {
  Spec spec;
  spec.id = "inspected";
  spec.after = schema;
  const auto text = write_spec(spec, SpecForm::collections);
  INFO(text);
  return evaluate(text, "mongodb").after;
}

}  // namespace

TEST_CASE("a validator becomes fields, rules and checks", "[mongodb][catalog]") {
  const Schema schema = schema_of_collections({foreign()});
  const Table& users = *schema.table({"", "users"});
  const auto field = [&](const char* name) { return *find_column(users, name); };
  CHECK(field("name").type.name == "text");
  CHECK_FALSE(field("name").nullable);
  CHECK(field("gone").type.name == "timestamptz");
  CHECK(field("gone").more->rules == R"({"nullable":true})");
  CHECK(field("seen").nullable);
  CHECK(field("seen").more->rules == R"({"nullable":false})");
  CHECK(field("n").type.more->ref == "int|long");
  CHECK(field("n").more->rules == R"({"maximum":9007199254740995,"minimum":0.5,"multipleOf":5})");
  CHECK(field("kind").more->rules == R"({"enum":["a",null,3]})");
  CHECK(field("nothing").more->rules == R"({"bsonType":"null"})");
  CHECK(field("odd").more->rules == R"({"bsonType":["minKey","string"]})");
  REQUIRE(users.checks.size() == 2);
  CHECK(users.checks[0].expr ==
        R"json({"$or":[{"name":{"$ne":"x"}},{"at":{"$gt":{"$date":"2020-01-01T00:00:00Z"}}}]})json");
  CHECK(users.options.storage ==
        Settings{{"json_schema", R"({"minProperties":2,"title":"users"})"}, {"validation_action", "warn"}});
}

TEST_CASE("indexes of a catalog are spelled as a spec has them", "[mongodb][catalog]") {
  const Schema schema = schema_of_collections({foreign(), series()});
  const auto& indexes = schema.table({"", "users"})->indexes;
  REQUIRE(indexes.size() == 3);
  CHECK(indexes[0].method.empty());
  CHECK(indexes[0].parts.size() == 3);
  CHECK(indexes[0].parts[1].column == "body");
  CHECK(indexes[0].parts[1].opclass == "text");
  CHECK(indexes[0].storage == Settings{{"weights", R"({"body":5})"}});
  CHECK(indexes[1].parts[0].desc);
  CHECK(indexes[1].parts[1].opclass == "hashed");
  CHECK(indexes[2].where == R"({"n":{"$gt":5}})");
  CHECK(indexes[2].storage ==
        Settings{{"collation", R"({"locale":"de","strength":2})"}, {"expire_after_seconds", "60"}});
  const auto& storage = schema.table({"", "weather.hourly"})->options.storage;
  CHECK(storage ==
        Settings{{"expire_after_seconds", "86400"}, {"timeseries", R"({"timeField":"at","granularity":"hours"})"}});
  CHECK(schema.unmanaged ==
        std::vector<std::string>{"option changeStreamPreAndPostImages of collection weather.hourly"});
}

TEST_CASE("a spec that is written of a catalog reads back equal", "[mongodb][catalog][spec]") {
  const Schema schema = schema_of_collections({foreign(), series()});
  CHECK(first_difference(schema, written_and_read(schema)) == "");
}

TEST_CASE("validators are equal whatever their spelling", "[mongodb][catalog]") {
  const auto same = [](const char* a, const char* b) { return same_validator(Json::parse(a), Json::parse(b)); };
  CHECK(
      same(R"({"$jsonSchema": {"required": ["b", "a"], "properties": {"a": {"minimum": 1, "bsonType": ["int"]}}}})",
           R"({"$and": [{"$jsonSchema": {"bsonType": "object", "properties": {"a": {"bsonType": "int", "minimum": 1.0}},
                 "required": ["a", "b"]}}]})"));
  CHECK(same(R"({"a": 1, "b": {"$numberInt": "2"}})", R"({"$and": [{"b": 2}, {"a": 1}]})"));
  CHECK(same("{}", R"({"$jsonSchema": {"bsonType": "object"}})"));
  CHECK_FALSE(same(R"({"a": {"$in": [1, 2]}})", R"({"a": {"$in": [2, 1, 3]}})"));
  CHECK_FALSE(same(R"({"a": {"x": 1, "y": 2}})", R"({"a": {"y": 2, "x": 1}})"));
  CHECK_FALSE(same(R"({"$jsonSchema": {"properties": {"a": {"enum": [1, 2]}}}})",
                   R"({"$jsonSchema": {"properties": {"a": {"enum": [1]}}}})"));
}

TEST_CASE("fields that were only seen are in a plan where it speaks of them", "[mongodb][catalog]") {
  MongoCollection users;
  users.name = "users";
  users.shapes = {
      Json::parse(R"([{"k": "_id", "t": "objectId"}, {"k": "age", "t": "int"}, {"k": "fullName", "t": "string"},
                                  {"k": "extra", "t": "array", "e": [{"t": "int"}]}])")};
  auto spec = evaluate(in_schema(R"lua(collection "users" {
    field "age" :bson "int|long" :min(0), field "name" :string(), field "note" :any() })lua"),
                       "mongodb");
  spec.before = schema_of_collections({users});
  CHECK(is_inferred(*find_column(*spec.before.table({"", "users"}), "extra")));
  spec.intents.tables[{"", "users"}].columns["name"].renamed_from = "fullName";
  settle_unseen_fields(spec);
  const Table& before = *spec.before.table({"", "users"});
  CHECK_FALSE(find_column(before, "extra"));
  CHECK(find_column(before, "note"));  // no catalog would tell of it
  CHECK(find_column(before, "age")->type.more->ref == "int|long");
  CHECK(find_column(before, "fullName")->type.name == "text");
  CHECK(is_inferred(*find_column(before, "age")));
}
