// A whole package, forward and back, while two applications write: no statement of theirs fails, and no write is lost.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

namespace forge::test {
namespace {

// What one application does, each statement a transaction of its own; every third row is changed and every fifth goes.
std::string traffic(int first, int count) {
  std::string sql = ".bail on\n.timeout 60000\n";
  for (int i = first; i < first + count; ++i) {
    sql += fmt::format("INSERT INTO users (id, name, age) VALUES ({0}, 'row {0}', 1);\n", i);
    if (i % 3 == 0) sql += fmt::format("UPDATE users SET name = 'changed', age = age + 1 WHERE id = {};\n", i);
    if (i % 20 == 0) sql += ".shell sleep 0.02\n";  // an application does not write without a pause
    if (i % 5 == 0) sql += fmt::format("DELETE FROM users WHERE id = {};\n", i);
  }
  return sql;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void must_run(const std::string& sql, const std::string& folder, const std::string& what) {
  const auto outcome = run_shell("sqlite3 db", sql, folder);
  INFO(what << "\n" << outcome.err);
  REQUIRE(outcome.err.empty());
  REQUIRE(outcome.exit_code == 0);
}

}  // namespace

TEST_CASE("a table is swapped on SQLite while two applications write to it", "[sqlite][traffic]") {
  const TemporaryFolder folder;
  const std::string spec = "tests/cases/narrow_varchar/spec.migration.lua --db=sqlite";
  const auto made =
      run_product("run " + spec + " --out " + shell_quote(folder.file("package")) + " --now 2026-01-01T00:00:00Z");
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  must_run("PRAGMA journal_mode = WAL;" + run_product("inspect " + spec + " --format sql --state before").out +
               "WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 30000) "
               "INSERT INTO users SELECT n, 'name ' || n, n % 90 FROM g;",
           folder.path(), "the old schema");

  const int count = 1200, first[] = {100000, 200000};
  Outcome writers[2];
  std::thread one([&] { writers[0] = run_shell("sqlite3 db", traffic(first[0], count), folder.path()); });
  std::thread two([&] { writers[1] = run_shell("sqlite3 db", traffic(first[1], count), folder.path()); });
  const auto forward = run_shell("sqlite3 db", text_of(folder.file("package/forward.sql")), folder.path());
  const auto back = run_shell("sqlite3 db", text_of(folder.file("package/rollback.sql")), folder.path());
  one.join();
  two.join();
  CHECK(forward.err == "");
  CHECK(back.err == "");
  for (const auto& writer : writers) {
    CHECK(writer.err == "");
    CHECK(writer.exit_code == 0);
  }
  int kept = 0, changed = 0;
  for (const int from : first) {
    for (int i = from; i < from + count; ++i) {
      kept += i % 5 != 0 ? 1 : 0;
      changed += i % 5 != 0 && i % 3 == 0 ? 1 : 0;
    }
  }
  const auto rows = run_shell("sqlite3 db",
                              "SELECT count(*), sum(name = 'changed' AND age = 2) FROM users WHERE id >= 100000;"
                              "SELECT count(*) FROM users WHERE id < 100000; SELECT count(*) FROM sqlite_master "
                              "WHERE name LIKE 'forgelua%' OR type = 'trigger';",
                              folder.path());
  CHECK(rows.out == fmt::format("{}|{}\n30000\n0\n", kept, changed));
}

}  // namespace forge::test
