// Databases of MongoDB as they are read, and the sessions behind that.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "engine/db/session.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/journal.hpp"
#include "engine/exec/runner_lock.hpp"
#include "tests/support/mongo_database.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge;
using namespace forge::test;

namespace {

class Silent : public Listener {
 public:
  void tell(std::string_view, const Json&, const std::string&) override {}
  void rows(const std::string&, long, long, double) override {}
  bool stopping() const override { return false; }
};

// A package that adds a field to the collection users, which is there.
std::string package_in(const TemporaryFolder& folder) {
  std::ofstream(folder.file("m.migration.lua")) << R"lua(migration "m" {
    before = schema { collection "users" { field "name" :string() } },
    after = schema { collection "users" { field "name" :string(), field "age" :int() } } })lua";
  const auto made = run_product("run " + folder.file("m.migration.lua") + " --db=mongodb --out " + folder.file("m") +
                                " --status " + folder.file("status.yml"));
  REQUIRE(made.exit_code == 0);
  return folder.file("m");
}

constexpr const char* kUsers = R"({"collMod": "users", "validator": {"$jsonSchema": {"properties":
  {"name": {"bsonType": ["null", "string"]}}, "bsonType": "object"}}})";

}  // namespace

TEST_CASE("a session answers commands and questions", "[mongodb][session]") {
  const MongoDatabase db("session");
  CHECK(db.run(R"({"insert": "a", "documents": [{"_id": 1, "x": 5}, {"_id": 2, "x": {"$numberLong": "6"}}]})") == "2");
  CHECK(db.run(R"({"count": "a", "query": {"x": {"$gt": 5}}})") == "1");
  CHECK(db.run(R"({"update": "a", "updates": [{"q": {}, "u": {"$set": {"y": 1}}, "multi": true}]})") == "2");
  CHECK(db.run(R"({"aggregate": "a", "pipeline": [{"$match": {"x": 5}}, {"$project": {"x": 1}}], "cursor": {}})") ==
        "5");
  CHECK(db.run(R"({"aggregate": "a", "pipeline": [{"$match": {"x": 7}}], "cursor": {}})") == "0");
  // Operators of queries that look like values of extended JSON, and values that are.
  CHECK(db.run(R"({"count": "a", "query": {"x": {"$type": ["long", "string"]}}})") == "1");
  CHECK(db.run(R"({"insert": "v", "documents": [{"_id": {"$uuid": "00112233-4455-6677-8899-aabbccddeeff"}, "s": "abc",
    "d": {"$date": "2020-01-01T00:00:00Z"}, "n": {"$numberDecimal": "1.5"}, "o": {"$oid": "507f1f77bcf86cd799439011"}}]})") ==
        "1");
  CHECK(
      db.run(
          R"({"count": "v", "query": {"s": {"$regex": "^A", "$options": "i"}, "d": {"$type": "date"}, "n": {"$type": 19}}})") ==
      "1");
  CHECK(
      db.run(
          R"({"count": "v", "query": {"_id": {"$binary": {"base64": "ABEiM0RVZneImaq7zN3u/w==", "subType": "04"}}}})") ==
      "1");
  CHECK_FALSE(db.session->query(R"({"count": "v", "query": {"o": {"$oid": "none"}}})").has_value());
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

TEST_CASE("a runner whose lease has ended writes nothing more", "[mongodb][apply]") {
  const MongoDatabase db("lease");
  const TemporaryFolder folder;
  const auto plan = read_plan_file(package_in(folder));
  REQUIRE(plan.has_value());
  Silent listener;
  auto first = RunnerLock::take(*db.session, nullptr, plan->client, std::chrono::seconds(0), listener);
  REQUIRE(first.has_value());
  Journal journal(*db.session, plan->client, first->epoch());
  REQUIRE(journal.begin(*plan, "first").has_value());
  REQUIRE(journal.set_step("m", {1, StepRow::State::running, 0, {}, {}, 0}).has_value());

  const auto held = RunnerLock::take(*db.session, nullptr, plan->client, std::chrono::seconds(0), listener);
  REQUIRE_FALSE(held.has_value());
  CHECK(held.error().code == ErrorCode::locked);

  db.run(
      R"({"update": "forgelua_runner", "updates": [{"q": {}, "u": {"$set": {"lease_until": {"$date": "2020-01-01T00:00:00Z"}}}}]})");
  auto second = RunnerLock::take(*db.session, nullptr, plan->client, std::chrono::seconds(0), listener);
  REQUIRE(second.has_value());
  CHECK(second->epoch() == first->epoch() + 1);
  CHECK(first->renew().error().code == ErrorCode::locked);
  for (const auto& late : {journal.set_step("m", {1, StepRow::State::done, 1, {}, {}, 0}),
                           journal.set_state("m", "applied", 5), journal.begin(*plan, "first")}) {
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == ErrorCode::locked);
  }
  Journal later(*db.session, plan->client, second->epoch());
  REQUIRE(later.set_step("m", {1, StepRow::State::done, 1, {}, {}, 0}).has_value());
  const auto steps = later.steps("m");
  REQUIRE(steps.has_value());
  CHECK(steps->at(1).state == StepRow::State::done);
  CHECK(steps->at(1).finished_ago <= 5);
}

TEST_CASE("a lease is kept while a command takes its time", "[mongodb][apply]") {
  const MongoDatabase db("pulse");
  const OwnTables tables(Client{Client::Family::mongodb, ""});
  const auto nobody = [](const std::string&) { return false; };
  const auto epoch = take_lease(*db.session, tables, "me", nobody);
  REQUIRE(epoch.has_value());
  db.run(
      R"({"update": "forgelua_runner", "updates": [{"q": {}, "u": {"$set": {"lease_until": {"$date": "2020-01-01T00:00:00Z"}}}}]})");
  auto other = open_session(db.url, {.for_plan = true});
  REQUIRE(other.has_value());
  {
    const LeaseKeeper keeper(**other, tables, *epoch, std::chrono::milliseconds(20));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  CHECK(take_lease(*db.session, tables, "another", nobody) == 0);
  CHECK(lease_holder(*db.session, tables) == "me");
}

TEST_CASE("apply refuses a database that is not what the plan begins with", "[mongodb][apply]") {
  const MongoDatabase db("drift");
  const TemporaryFolder folder;
  const auto package = package_in(folder);
  db.run(R"({"create": "users"})");
  db.run(kUsers);
  db.run(R"({"insert": "users", "documents": [{"_id": 1, "name": "x", "age": "old"}]})");
  const auto apply = "apply " + package + " --yes --url " + db.url;
  db.run(R"({"createIndexes": "users", "indexes": [{"key": {"name": 1}, "name": "name_1"}]})");
  const auto drifted = run_product(apply);
  CHECK(drifted.exit_code == 3);
  CHECK(drifted.err.find("index name_1 is there already") != std::string::npos);
  CHECK(db.run(R"({"count": "forgelua_schema_migrations"})") == "0");
  db.run(R"({"dropIndexes": "users", "index": "name_1"})");

  db.run(R"({"update": "forgelua_runner", "updates": [{"q": {}, "u": {"$set": {"holder": "anna@elsewhere pid 1 born 1",
    "lease_until": {"$date": "2999-01-01T00:00:00Z"}}}}]})");
  const auto held = run_product(apply);
  CHECK(held.exit_code == 4);
  CHECK(held.err.find("anna@elsewhere pid 1") != std::string::npos);
  db.run(
      R"({"update": "forgelua_runner", "updates": [{"q": {}, "u": {"$set": {"lease_until": {"$date": "2020-01-01T00:00:00Z"}}}}]})");
  CHECK(run_product(apply + " --to expand").exit_code == 0);
  const auto status = run_product("status --url " + db.url);
  CHECK(status.out.find("m  ") == 0);
  const auto back = run_product("rollback " + package + " --yes --url " + db.url);
  CHECK(back.exit_code == 0);
  CHECK(back.err.find("rows: users has 1") != std::string::npos);
  CHECK(db.run(R"({"count": "users", "query": {"age": "old"}})") == "1");
}

namespace {

std::string document(const std::string& members) {
  const auto size = static_cast<char>(members.size() + 5);
  return std::string{size, 0, 0, 0} + members + std::string(1, '\0');
}

// What mongodump would write of collections of these databases, as far as it is looked at.
std::string archive(const std::vector<std::string>& databases) {
  std::string out = "\x6d\xe2\x99\x81" + document("");
  for (const auto& name : databases) {
    const auto size = static_cast<char>(name.size() + 1);
    out += document(std::string("\x02"
                                "db\0",
                                4) +
                    std::string{size, 0, 0, 0} + name + std::string(1, '\0'));
  }
  return run_shell("gzip -c", out + "\xff\xff\xff\xff" + "and documents").out;
}

// Stand-ins for MongoDB's tools: they keep what they are given in the folder, and mongodump gives `archive` or fails.
class Tools {
 public:
  Tools() {
    run_shell("mkdir bare tools; for one in sh gzip head; do ln -s \"$(command -v $one)\" bare/; done", {},
              folder.path());
    write("tools/mongodump", R"sh(#!/bin/sh
printf '%s\n' "$@" > dump.args; cat "${1#--config=}" > dump.settings
[ ! -e fails ] || { seq 5000 >&2; echo "Failed: no way to $(cat dump.settings)" >&2; exit 1; }
cat archive
)sh");
    write("tools/mongorestore", R"sh(#!/bin/sh
printf '%s\n' "$@" > restore.args; cat "${1#--config=}" > restore.settings; cat > restored
)sh");
    run_shell("chmod +x tools/*", {}, folder.path());
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.file(name), std::ios::binary) << text;
  }
  std::string text(const std::string& name) const { return run_shell("cat " + name, {}, folder.path()).out; }
  Outcome run(const std::string& arguments) const {
    return run_shell("PATH=\"$PWD/tools:$PATH\" " + product_line(arguments), {}, folder.path());
  }
  Outcome run_without(const std::string& arguments) const {
    return run_shell("PATH=\"$PWD/bare\" " + product_line(arguments), {}, folder.path());
  }
  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("a database is put aside by mongodump, which alone learns the password", "[mongodb][backup]") {
  const Tools tools;
  const std::string backup = "backup --url mongodb://app:s3cr%40t@127.0.0.1:1/shop";
  const auto without = tools.run_without(backup);
  CHECK(without.exit_code == 1);
  CHECK(without.err.find("mongodb-database-tools") != std::string::npos);
  CHECK(tools.run("backup --url mongodb://127.0.0.1:1").exit_code == 64);
  tools.write("archive", archive({"shop", "shop"}));
  const auto done = tools.run(backup);
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  CHECK(run_shell("ls backups/shop_*.archive.gz | wc -l; cmp archive backups/*", {}, tools.folder.path()).out == "1\n");
  const auto arguments = tools.text("dump.args");
  CHECK(arguments.starts_with("--config=/dev/fd/"));
  CHECK(arguments.ends_with("\n--archive\n--gzip\n"));
  CHECK(arguments.find("s3cr") == std::string::npos);
  CHECK(tools.text("dump.settings") == "uri: \"mongodb://app:s3cr%40t@127.0.0.1:1/shop\"\n");
  // What is torn, or something else, is no backup; what the tool says last is told without the password.
  tools.write("fails", "");
  const auto failed = tools.run(backup + " --out failed");
  CHECK(failed.exit_code == 1);
  CHECK(failed.err.find("Failed: no way to uri: \"mongodb://app:***@127") != std::string::npos);
  CHECK(failed.err.find("s3cr") == std::string::npos);
  run_shell("rm fails", {}, tools.folder.path());
  const auto whole = archive({"shop"});
  for (const auto& bad :
       {whole.substr(0, whole.size() - 9), run_shell("gzip -c", "-- Dump completed").out, archive({"shop", "admin"})}) {
    tools.write("archive", bad);
    CHECK(tools.run(backup + " --out failed").exit_code == 1);
  }
  CHECK(run_shell("ls", {}, tools.folder.path()).out.find("failed") == std::string::npos);
}

TEST_CASE("a database is brought back by mongorestore, under its own name", "[mongodb][backup]") {
  const MongoDatabase db("aside");
  const Tools tools;
  db.run(R"({"insert": "users", "documents": [{"_id": 1}]})");
  tools.write("b.gz", archive({"sh*p"}));
  tools.write("torn.gz", archive({"shop"}).substr(0, 20));
  const auto line = " --yes --url '" + db.url + "'";
  const auto without = tools.run_without("restore b.gz --replace" + line);
  CHECK(without.exit_code == 1);
  CHECK(without.err.find("mongodb-database-tools") != std::string::npos);
  CHECK(tools.run("restore torn.gz --replace" + line).exit_code == 1);
  CHECK(tools.run("restore b.gz" + line).exit_code == 3);
  CHECK(db.run(R"({"count": "users"})") == "1");
  const auto done = tools.run("restore b.gz --replace" + line);
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  CHECK(db.run(R"({"count": "users"})") == "0");
  CHECK(tools.text("restore.args")
            .find("\n--archive\n--gzip\n--stopOnError\n--bypassDocumentValidation\n"
                  "--nsFrom=sh\\*p.*\n--nsTo=forgelua_test_aside.*\n") != std::string::npos);
  CHECK(tools.text("restore.settings").find("forgelua_test_aside\"") == std::string::npos);
  CHECK(tools.text("restored") == tools.text("b.gz"));
  // Into an empty one, under the name that it had.
  tools.write("b.gz", archive({"forgelua_test_aside"}));
  CHECK(tools.run("restore b.gz" + line).exit_code == 0);
  CHECK(tools.text("restore.args").find("--ns") == std::string::npos);

  db.run(R"({"create": "users"})");
  db.run(kUsers);
  tools.write("archive", archive({"forgelua_test_aside"}));
  const auto package = package_in(tools.folder);
  tools.write("fails", "");
  const auto apply = "apply " + package + " --backup --to expand" + line;
  CHECK(tools.run(apply).exit_code == 1);
  CHECK(db.run(R"({"count": "forgelua_journal"})") == "0");
  run_shell("rm fails", {}, tools.folder.path());
  CHECK(tools.run(apply).err.find("put aside in backups/pre_migration_m.archive.gz") != std::string::npos);
}
