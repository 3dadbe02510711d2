// Reading a database takes a fixed number of queries, whatever its size: the servers' own logs are asked.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>

#include "tests/support/engines.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

constexpr int kAllowed = 25;

// `count` tables with all that hangs on tables, in the words that every engine has.
std::string many_tables(int count) {
  std::string out = "CREATE TABLE root (id integer PRIMARY KEY, name varchar(20) NOT NULL);\n";
  for (int i = 1; i <= count; ++i) {
    const auto t = "t" + std::to_string(i);
    out += "CREATE TABLE " + t + " (id integer PRIMARY KEY, root integer, name varchar(20) DEFAULT 'x', CONSTRAINT " +
           t + "_root FOREIGN KEY (root) REFERENCES root (id), CONSTRAINT " + t +
           "_name CHECK (name <> ''), CONSTRAINT " + t + "_own UNIQUE (name));\nCREATE INDEX " + t + "_by ON " + t +
           " (root, name);\nCREATE VIEW v" + std::to_string(i) + " AS SELECT id, name FROM " + t + ";\n";
  }
  return out;
}

// The URL of a database on the test server.
std::string url_of(const char* variable, const std::string& database) {
  const auto url = environment(variable);
  const auto options = url.find('?');
  return url.substr(0, url.rfind('/', options) + 1) + database + url.substr(options);
}

int lines_with(const std::string& file, const std::string& text) {
  std::ifstream in(file);
  int count = 0;
  for (std::string line; std::getline(in, line);) count += line.find(text) != std::string::npos ? 1 : 0;
  return count;
}

// What asks for rows; the settings of the session are none.
int queries_in(const std::string& log) {
  int count = 0;
  for (const std::string how : {"LOG:  statement: ", "LOG:  execute <unnamed>: "}) {
    for (const std::string word : {"SELECT", "WITH", "SHOW"}) count += lines_with(log, how + word);
  }
  return count;
}

std::string name_of(const std::string& what) { return "forgelua_count_" + what + "_" + std::to_string(::getpid()); }

// How many statements PostgreSQL logged for one `inspect`: those of this database alone are logged, under its name.
int asked_of_postgres(Engine& engine, int tables) {
  const auto log = environment("FORGELUA_TEST_POSTGRES_LOG");
  const auto database = name_of(std::to_string(tables));
  engine.create_database(database);
  REQUIRE(engine.run_script(database, many_tables(tables)).err.empty());
  const auto alter = "ALTER DATABASE \"" + database + "\" SET ";
  REQUIRE(engine.run_script("postgres", alter + "log_statement = 'all';\n").err.empty());
  const int before = queries_in(log);
  const auto outcome = run_product("inspect '" + url_of("FORGELUA_TEST_POSTGRES_URL", database) + "' --format json");
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const int after = queries_in(log);
  engine.drop_database(database);
  return after - before;
}

// The same of the general log, by the thread that connected to the database.
int asked_of_mysql(Engine& engine, const char* variable, int tables) {
  const auto database = name_of(std::to_string(tables));
  engine.create_database(database);
  REQUIRE(engine.run_script(database, many_tables(tables)).err.empty());
  REQUIRE(engine.run_script("mysql", "SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1;").err.empty());
  const auto outcome = run_product("inspect '" + url_of(variable, database) + "' --format json");
  REQUIRE(engine.run_script("mysql", "SET GLOBAL general_log = 0;").err.empty());
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const auto rows = engine.query(
      "mysql",
      "SELECT count(*) FROM general_log q WHERE q.command_type IN ('Query', 'Execute') AND q.argument REGEXP "
      "'^ *(SELECT|WITH|SHOW)' AND q.thread_id IN "
      "(SELECT c.thread_id FROM general_log c WHERE c.command_type = 'Connect' AND c.argument LIKE '% on " +
          database + " %')");
  engine.drop_database(database);
  return std::stoi(rows[0][0]);
}

}  // namespace

TEST_CASE("PostgreSQL is read by the same few queries, however many tables there are", "[postgres][read]") {
  const auto engine = open_engine("postgres");
  if (!engine || environment("FORGELUA_TEST_POSTGRES_LOG").empty()) SKIP("FORGELUA_TEST_POSTGRES_LOG is not set");
  const int few = asked_of_postgres(*engine, 2), many = asked_of_postgres(*engine, 300);
  CHECK(few > 0);
  CHECK(many == few);
  CHECK(many <= kAllowed);
}

TEST_CASE("MySQL is read by the same few queries, however many tables there are", "[mysql][read]") {
  const auto engine = open_engine("mysql");
  if (!engine) SKIP("FORGELUA_TEST_MYSQL_URL is not set");
  const int few = asked_of_mysql(*engine, "FORGELUA_TEST_MYSQL_URL", 2),
            many = asked_of_mysql(*engine, "FORGELUA_TEST_MYSQL_URL", 300);
  CHECK(few > 0);
  CHECK(many == few);
  CHECK(many <= kAllowed);
}

TEST_CASE("MariaDB is read by the same few queries, however many tables there are", "[mariadb][read]") {
  const auto engine = open_engine("mariadb");
  if (!engine) SKIP("FORGELUA_TEST_MARIADB_URL is not set");
  const int few = asked_of_mysql(*engine, "FORGELUA_TEST_MARIADB_URL", 2),
            many = asked_of_mysql(*engine, "FORGELUA_TEST_MARIADB_URL", 300);
  CHECK(few > 0);
  CHECK(many == few);
  CHECK(many <= kAllowed);
}
