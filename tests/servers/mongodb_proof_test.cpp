// `forgelua test` for MongoDB, beyond what the cases of tests/mongodb prove.
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "engine/base/files.hpp"
#include "engine/model/json.hpp"
#include "tests/support/mongo_database.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge;
using namespace forge::test;

namespace {

// A package from one schema to another.
std::string package(const TemporaryFolder& folder, const std::string& name, const std::string& before,
                    const std::string& after) {
  const auto spec = folder.file(name + ".migration.lua"), out = folder.file(name);
  std::ofstream(spec) << "migration \"" << name << "\" { before = schema {" << before << "}, after = schema {" << after
                      << "} }";
  const auto made =
      run_product("run " + spec + " --db=mongodb --out " + out + " --status " + folder.file("status.yml"));
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  return out;
}

Json evidence(const std::string& package) { return Json::parse(*read_file(package + "/evidence.json")); }

}  // namespace

TEST_CASE("a sample has the documents that foreign keys of a spec of tables point at", "[mongodb][proof]") {
  const MongoDatabase db("sample");
  const TemporaryFolder folder;
  const std::string invoices = R"(table "invoices" { column "id" :bigint() :primary_key(),
    column "customer" :references "customers.id" :not_null() })";
  const auto customers = [&](const std::string& more) {
    return "table \"customers\" { column \"id\" :bigint() :primary_key()" + more + " }, " + invoices;
  };
  const auto start = package(folder, "start", "", customers(""));
  REQUIRE(run_product("apply " + start + " --yes --to expand --url " + db.url).exit_code == 0);
  for (int i = 1; i <= 40; ++i) {
    const auto n = std::to_string(i), customer = std::to_string(20 + i % 3);
    const auto documents = [](const std::string& collection, const std::string& members) {
      return R"({"insert": ")" + collection + R"(", "documents": [{)" + members + "}]}";
    };
    const auto key = R"("_id": )" + n + R"(, "id": {"$numberLong": ")" + n + R"("})";
    db.run(documents("customers", key));
    db.run(documents("invoices", key + R"(, "customer": {"$numberLong": ")" + customer + R"("})"));
  }
  const auto out = package(folder, "named", customers(""), customers(", column \"name\" :text()"));
  const auto done = run_product("test " + out + " --rows 4 --url " + db.url);
  INFO(done.err);
  CHECK(done.exit_code == 0);
  // Invoices 1, 2, 39 and 40; the customers of these numbers, and 20, 21 and 22.
  CHECK(evidence(out).at("rows") == 11);
}

TEST_CASE("documents are made for a field of places and for a time series", "[mongodb][proof]") {
  const MongoDatabase db("places");
  const TemporaryFolder folder;
  const auto schema = [](const std::string& more) {
    return R"(collection "places" { field "spot" :object { field "type" :string() :required() :one_of { "Point" },
        field "coordinates" :array "double" :required() }, index "near" { "spot" } :using "2dsphere")" +
           more + R"( }, collection "heat" { field "at" :date(), field "station" :string() }
        :timeseries { timeField = "at", metaField = "station" })";
  };
  const auto out = package(folder, "places", schema(""), schema(", field \"name\" :string()"));
  const auto done = run_product("test " + out + " --rows 20 --dev-url " + db.url);
  INFO(done.err);
  const auto seen = evidence(out);
  CHECK(seen.at("rows") == 40);
  // Of a server that makes an ordinary collection of a time series, this and nothing else is said.
  const auto failures = seen.value("failures", Json::array());
  CHECK((failures.empty() || failures == Json::array({"with every step run, the schema is not the one that the plan "
                                                      "ends with: table heat differs: options"})));
}
