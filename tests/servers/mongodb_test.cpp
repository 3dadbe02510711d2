// Databases of MongoDB as they are read, and the sessions behind that.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fstream>

#include "engine/db/session.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge;
using namespace forge::test;

namespace {

// A database of one test, which goes with it.
class MongoDatabase {
 public:
  explicit MongoDatabase(const std::string& name) {
    const auto server = environment("FORGELUA_TEST_MONGODB_URL");
    if (server.empty()) SKIP("no MongoDB: FORGELUA_TEST_MONGODB_URL names none");
    url = server + (server.ends_with('/') ? "" : "/") + "forgelua_test_" + name;
    auto opened = open_session(url, {.for_plan = true});
    REQUIRE(opened.has_value());
    session = std::move(*opened);
    run(R"({"dropDatabase": 1})");
  }
  ~MongoDatabase() { (void)session->query(R"({"dropDatabase": 1})"); }
  MongoDatabase(const MongoDatabase&) = delete;
  MongoDatabase& operator=(const MongoDatabase&) = delete;

  std::string run(const std::string& statement) const {
    const auto rows = session->query(statement);
    INFO(statement);
    REQUIRE(rows.has_value());
    return rows->rows.empty() ? std::to_string(rows->affected) : rows->rows.front().front().value_or("NULL");
  }

  std::string url;
  std::unique_ptr<Session> session;
};

}  // namespace

TEST_CASE("a session answers commands and questions", "[mongodb][session]") {
  const MongoDatabase db("session");
  CHECK(db.run(R"({"insert": "a", "documents": [{"_id": 1, "x": 5}, {"_id": 2, "x": {"$numberLong": "6"}}]})") == "2");
  CHECK(db.run(R"({"count": "a", "query": {"x": {"$gt": 5}}})") == "1");
  CHECK(db.run(R"({"update": "a", "updates": [{"q": {}, "u": {"$set": {"y": 1}}, "multi": true}]})") == "2");
  CHECK(db.run(R"({"aggregate": "a", "pipeline": [{"$match": {"x": 5}}, {"$project": {"x": 1}}], "cursor": {}})") ==
        "5");
  CHECK(db.run(R"({"aggregate": "a", "pipeline": [{"$match": {"x": 7}}], "cursor": {}})") == "0");
  CHECK(db.run(R"({"forgelua": "lacks", "command": {"listIndexes": "a"}, "where": {"name": "x_1"}})") == "1");
  db.run(R"({"createIndexes": "a", "indexes": [{"key": {"x": 1}, "name": "x_1"}]})");
  CHECK(db.run(R"({"forgelua": "has", "command": {"listIndexes": "a"}, "where": {"name": "x_1", "key": {"x": 1}}})") ==
        "1");
  CHECK(db.run(R"({"forgelua": "has", "command": {"listIndexes": "none"}, "where": {"name": "x_1"}})") == "0");
  db.run(R"({"renameCollection": "a", "to": "b"})");
  CHECK(db.run(R"({"forgelua": "every", "of": [
    {"forgelua": "has", "command": {"listCollections": 1}, "where": {"name": "b"}},
    {"forgelua": "validator", "collection": "b", "validator": {}, "validationLevel": "strict", "validationAction": "error"}]})") ==
        "1");
}

TEST_CASE("a cursor of several batches is read to its end", "[mongodb][session]") {
  const MongoDatabase db("cursor");
  std::string documents;
  for (int i = 0; i < 250; ++i) documents += (i ? "," : "") + ("{\"_id\":" + std::to_string(i) + "}");
  db.run("{\"insert\":\"a\",\"documents\":[" + documents + "]}");
  const auto rows =
      db.session->query(R"({"forgelua": "documents", "command": {"find": "a", "sort": {"_id": 1}, "batchSize": 100}})");
  REQUIRE(rows.has_value());
  REQUIRE(rows->rows.size() == 250);
  CHECK(rows->rows.back().front() == R"({"_id":{"$numberInt":"249"}})");
}

TEST_CASE("an error says what it means for a plan", "[mongodb][session]") {
  const MongoDatabase db("errors");
  CHECK_FALSE(db.session->query("SELECT 1").has_value());
  CHECK(db.session->failure() == Failure::fatal);
  db.run(R"({"insert": "a", "documents": [{"_id": 1}]})");
  const auto twice = db.session->query(R"({"insert": "a", "documents": [{"_id": 1}]})");
  REQUIRE_FALSE(twice.has_value());
  CHECK(db.session->failure() == Failure::row);
  CHECK(twice.error().message.find("11000") != std::string::npos);
}

TEST_CASE("no message of a session holds a password", "[mongodb][session]") {
  const auto begun = std::chrono::steady_clock::now();
  const auto none = run_product("inspect 'mongodb://app:s3cret@127.0.0.1:1/shop?serverSelectionTimeoutMS=300'");
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  CHECK(none.exit_code == 1);
  CHECK(none.err.find("cannot connect to mongodb://app@127.0.0.1:1/shop") != std::string::npos);
  CHECK(none.err.find("s3cret") == std::string::npos);
  const auto odd = run_product("inspect 'mongodb://app:s3cr@t/shop'");
  CHECK(odd.exit_code != 0);
  CHECK(odd.err.find("s3cr") == std::string::npos);
  const auto nameless = run_product("inspect mongodb://app:s3cret@127.0.0.1:1");
  CHECK(nameless.exit_code == 64);
  CHECK(nameless.err.find("names no database") != std::string::npos);
}

TEST_CASE("a database is inspected, and differs from what it is not", "[mongodb][read]") {
  const MongoDatabase db("inspect");
  db.run(R"({"create": "users"})");
  db.run(R"({"collMod": "users", "validator": {"$jsonSchema": {"properties": {"name": {"bsonType": "string"}}}}})");
  db.run(R"({"insert": "users", "documents": [{"_id": 1, "name": "x", "age": 5, "home": {"city": "Ulm"}},
                                              {"_id": 2, "age": "old", "tags": ["a"]}]})");
  const auto read = run_product("inspect " + db.url);
  REQUIRE(read.exit_code == 0);
  CHECK(read.out.find(R"(field "name" :string() :nullable(false),)") != std::string::npos);
  CHECK(read.out.find(R"(field "age" :bson "int|string" :inferred(),)") != std::string::npos);
  CHECK(read.out.find(R"(field "home" :object { field "city" :string() } :inferred(),)") != std::string::npos);
  CHECK(read.out.find(R"(field "tags" :array "string" :inferred(),)") != std::string::npos);
  CHECK(run_product("inspect --format sql " + db.url).exit_code == 64);

  const TemporaryFolder folder;
  const auto snapshot = run_product("inspect --format json " + db.url);
  std::ofstream(folder.file("then.json")) << snapshot.out;
  std::ofstream(folder.file("spec.migration.lua")) << R"lua(migration "m" { before = schema {}, after = schema {
    collection "users" { field "name" :string(), field "age" :int() } } })lua";
  db.run(R"({"insert": "users", "documents": [{"_id": 3, "more": true}]})");
  CHECK(run_product("diff --exit-code " + folder.file("then.json") + " " + db.url).exit_code == 0);
  db.run(R"({"createIndexes": "users", "indexes": [{"key": {"age": 1}, "name": "age_1"}]})");
  const auto drifted = run_product("diff --exit-code " + folder.file("then.json") + " " + db.url);
  CHECK(drifted.exit_code == 2);
  CHECK(drifted.out == "create_index age_1\n");
  const auto wanted = run_product("diff --exit-code " + db.url + " " + folder.file("spec.migration.lua"));
  CHECK(wanted.exit_code == 2);
  CHECK(wanted.out == "alter_column users.name: rules\nadd_column users.age\ndrop_index age_1\n");
}
