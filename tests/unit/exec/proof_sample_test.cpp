// Rows taken from a database: the ends of each table, and everything that they point at.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "engine/base/files.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/db/sqlite_session.hpp"
#include "engine/exec/connection.hpp"
#include "engine/exec/proof_sample.hpp"
#include "tests/support/process.hpp"

namespace forge {
namespace {

constexpr const char* kTables =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES people (id), name TEXT);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people (id), note BLOB);"
    "CREATE TABLE loose (a TEXT, b TEXT GENERATED ALWAYS AS (a || '!') STORED);";

std::unique_ptr<Session> database(const test::TemporaryFolder& folder, const std::string& name) {
  REQUIRE(write_new_file(folder.file(name), ""));
  auto opened = open_sqlite("sqlite:" + folder.file(name));
  REQUIRE(opened);
  REQUIRE((*opened)->query(kTables));
  return std::move(*opened);
}

std::string one(Session& session, const std::string& query) {
  const auto rows = session.query(query);
  REQUIRE(rows);
  return rows->rows.front().front().value_or("NULL");
}

}  // namespace

TEST_CASE("a sample holds together", "[exec][proof]") {
  const test::TemporaryFolder folder;
  const auto source = database(folder, "source"), copy = database(folder, "copy");
  // Each person's boss is the next one up to 60; order n is of person 30.
  REQUIRE(
      source->query("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                    "INSERT INTO people SELECT i, CASE WHEN i BETWEEN 30 AND 59 THEN i + 1 END, 'O''B' || i FROM n"));
  REQUIRE(
      source->query("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                    "INSERT INTO orders SELECT i, 30, CASE WHEN i > 1 THEN x'00ff' END FROM n"));
  REQUIRE(source->query("INSERT INTO loose (a) VALUES ('x'), (NULL)"));
  const auto schema = schema_from_sqlite_sql(kTables, "tables");
  REQUIRE(schema);
  const auto client = client_of_engine("sqlite");
  REQUIRE(client);
  const auto made = sample_rows(*source, *copy, *client, *schema, 4);
  REQUIRE(made);
  CHECK(one(*copy, "SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY id)") == "1,2,99,100");
  CHECK(made->rows.at(QName{"", "people"}) == 35);  // 1, 2, 99, 100; 30, and its bosses up to 60
  CHECK(one(*copy, "SELECT count(*) FROM pragma_foreign_key_check") == "0");
  CHECK(one(*copy, "SELECT name FROM people WHERE id = 44") == "O'B44");
  CHECK(one(*copy, "SELECT hex(note) FROM orders WHERE id = 2") == "00FF");
  CHECK(one(*copy, "SELECT typeof(note) FROM orders WHERE id = 1") == "null");
  CHECK(one(*copy, "SELECT count(*) FROM loose") == "2");
  CHECK(one(*source, "SELECT count(*) FROM people") == "100");
}

}  // namespace forge
