// Pairs of schemas planned by the built-in strategies, and the whole package run by the sqlite3 shell: it leads to the new
// schema, and back to the old one with its rows.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <set>

#include "engine/base/files.hpp"
#include "engine/cli/pipeline.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/diff/diff.hpp"
#include "engine/emit/package.hpp"
#include "tests/support/process.hpp"

namespace forge::test {
namespace {

template <class T>
T must(Result<T> result) {
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return std::move(*result);
}

Prepared prepared(const Schema& before, const Schema& after, std::optional<double> rows) {
  Prepared p;
  p.machine = must(start_machine({.milliseconds = 0, .process_milliseconds = 0}, {}, "sqlite", ""));
  p.spec.id = "pair";
  p.spec.file = "pair.migration.lua";
  p.spec.before = before;
  p.spec.after = after;
  for (const auto& [name, table] : before.tables) {
    if (rows) p.spec.hints[name].rows = rows;
  }
  const auto lowered = lower_spec(p.spec, *p.machine.dialect);
  INFO((lowered ? std::string() : render(lowered.error())));
  REQUIRE(lowered);
  return p;
}

// A database in a folder of its own, and the shell that runs scripts on it.
class Database {
 public:
  // An empty file is an empty database.
  Database() { run_shell("touch db", {}, folder_.path()); }
  void run(const std::string& sql, const std::string& what) {
    const auto done = run_shell("sqlite3 db", sql, folder_.path());
    INFO(what << "\n" << done.err << done.out);
    if (done.exit_code != 0 || !done.err.empty()) UNSCOPED_INFO(sql);
    CHECK(done.err.empty());
    REQUIRE(done.exit_code == 0);
  }
  Schema schema() const { return must(schema_from_sqlite_file(folder_.file("db"))); }
  std::string rows(const Schema& of) const {
    std::string out;
    auto database = must(SqliteDatabase::open_read_only(folder_.file("db")));
    for (const auto& [name, table] : of.tables) {
      std::string columns;
      for (const Column& column : table->columns) {
        std::string quoted;
        for (const char c : column.name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        columns += (columns.empty() ? "quote(\"" : " || ',' || quote(\"") + quoted + "\")";
      }
      std::string quoted;
      for (const char c : name.name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      for (const auto& row : must(database.query("SELECT " + columns + " FROM \"" + quoted + "\" ORDER BY 1"))) {
        out += name.name + ": " + row[0].value_or("") + "\n";
      }
    }
    return out;
  }
  bool empty_folder() const {
    const auto entries = std::filesystem::directory_iterator(folder_.path());
    return std::distance(begin(entries), end(entries)) == 1;
  }

 private:
  TemporaryFolder folder_;
};

std::string file_of(const std::vector<FolderFile>& files, const std::string& name) {
  const auto found = std::ranges::find(files, name, &FolderFile::first);
  REQUIRE(found != files.end());
  return found->second;
}

Schema lowered(Schema schema, Prepared& p) {
  Spec spec;
  spec.before = std::move(schema);
  REQUIRE(lower_spec(spec, *p.machine.dialect));
  return spec.before;
}

// What became of a pair, for the table that is printed in the end.
struct Outcome {
  int plans = 0, same = 0;
  std::set<std::string> refused;
};

// The database is the same as one made from the schema's own text: nothing is left to do.
void check_arrived(const Database& database, const Schema& wanted, Prepared& p) {
  const Schema found = lowered(database.schema(), p);
  CHECK(first_difference(found, wanted) == "");
  CHECK(diff(found, wanted).changes.empty());
}

void check_pair(const std::string& before_sql, const std::string& after_sql, const std::string& what,
                const PlanningContext& context, std::optional<double> rows, Outcome& outcome) {
  INFO(what << ", " << context.environment << (rows ? ", few rows" : ""));
  const Schema before = must(schema_from_sqlite_sql(before_sql, what));
  const Schema after = must(schema_from_sqlite_sql(after_sql, what));
  Prepared p = prepared(before, after, rows);
  p.context = context;
  auto made = make_plan(p, "2026-01-01T00:00:00Z");
  if (!made && made.error().code == ErrorCode::refused) {
    INFO(made.error().message);
    // Some of the pairs ask for what no engine could do on rows: a value for a required column that nobody states.
    CHECK(made.error().message.find("neither a default nor a backfill") != std::string::npos);
    outcome.refused.insert(made.error().message);
    return;
  }
  const Plan plan = must(std::move(made));
  if (plan.steps.empty()) {
    CHECK(first_difference(p.spec.before, p.spec.after) == "");
    ++outcome.same;
    return;
  }
  ++outcome.plans;
  const auto files = must(build_package(plan));
  Database database;
  database.run(before_sql, "the old schema");
  const std::string old_rows = database.rows(before);
  database.run(file_of(files, "forward.sql"), "forward");
  check_arrived(database, p.spec.after, p);
  CHECK(database.empty_folder());
  database.run(file_of(files, "rollback.sql"), "rollback");
  check_arrived(database, p.spec.before, p);
  const bool loses = std::ranges::any_of(
      plan.steps, [](const Step& step) { return !step.loses.empty() || !step.loses_forward.empty(); });
  if (!loses) CHECK(database.rows(before) == old_rows);
}

Outcome check_pair_everywhere(const std::string& before, const std::string& after, const std::string& what) {
  Outcome outcome;
  check_pair(before, after, what, {.environment = "production"}, std::nullopt, outcome);
  check_pair(before, after, what, {.environment = "production"}, 500, outcome);
  check_pair(before, after, what, {.environment = "development"}, 500, outcome);
  return outcome;
}

struct Pair {
  std::filesystem::path before, after;
};

// before.sql with after.sql beside it, and of a history each version with the next one.
std::vector<Pair> pairs_in(const std::string& folder) {
  std::vector<std::filesystem::path> befores, history;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto& path = entry.path();
    if (path.string().find("/sqlite/") == std::string::npos || path.extension() != ".sql") continue;
    if (path.filename() == "before.sql") befores.push_back(path);
    if (path.string().find("/history/") != std::string::npos) history.push_back(path);
  }
  std::ranges::sort(befores);
  std::ranges::sort(history);
  std::vector<Pair> pairs;
  for (const auto& path : befores) pairs.push_back({path, path.parent_path() / "after.sql"});
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (history[i].parent_path() == history[i - 1].parent_path()) pairs.push_back({history[i - 1], history[i]});
  }
  return pairs;
}

}  // namespace

TEST_CASE("a pair of schemas is planned, run and taken back on SQLite", "[sqlite]") {
  check_pair_everywhere(
      "CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"
      "CREATE TABLE o (id INTEGER PRIMARY KEY, c INT REFERENCES c (id), amount TEXT NOT NULL, note TEXT);"
      "CREATE INDEX by_c ON o (c); INSERT INTO c (name) VALUES ('a'), ('b');"
      "INSERT INTO o VALUES (1, 1, '5', 'x'), (2, 2, '7', NULL);",
      "CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, code TEXT UNIQUE);"
      "CREATE TABLE o (id INTEGER PRIMARY KEY, c INT REFERENCES c (id) ON DELETE CASCADE, amount INTEGER NOT NULL,"
      " note TEXT CHECK (length(note) < 9)); CREATE INDEX by_c ON o (c); CREATE UNIQUE INDEX by_note ON o (note);",
      "own");
}

TEST_CASE("a column that counts up comes and goes with its key on SQLite", "[sqlite]") {
  const std::string bare = "CREATE TABLE t (a INT UNIQUE, b TEXT); INSERT INTO t VALUES (5, 'x'), (6, 'y');";
  const std::string keyed =
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT UNIQUE, b TEXT);"
      "INSERT INTO t (a, b) VALUES (5, 'x'), (6, 'y');";
  CHECK(check_pair_everywhere(bare, keyed, "comes").plans == 3);
  CHECK(check_pair_everywhere(keyed, bare, "goes").plans == 3);
}

TEST_CASE("values that the new type cannot hold stop the script before a row is copied", "[sqlite]") {
  const Schema before = must(schema_from_sqlite_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT);", "before"));
  const Schema after = must(schema_from_sqlite_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, c INTEGER);", "after"));
  for (const std::string strategy : {"shadow_table", "shadow_column"}) {
    INFO(strategy);
    Prepared p = prepared(before, after, std::nullopt);
    p.context = {.environment = "production"};
    p.context.strategy = strategy;
    const auto files = must(build_package(must(make_plan(p, "2026-01-01T00:00:00Z"))));
    TemporaryFolder folder;
    run_shell("sqlite3 db",
              "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT); INSERT INTO t VALUES (1, '7'), (2, 'abc');",
              folder.path());
    const auto done = run_shell("sqlite3 db", file_of(files, "forward.sql"), folder.path());
    CHECK(done.exit_code != 0);
    CHECK(done.out.find("check failed: ") != std::string::npos);
    CHECK(run_shell("sqlite3 db", "SELECT id, c FROM t", folder.path()).out == "1|7\n2|abc\n");
  }
}

TEST_CASE("a script on a schema that lacks its columns writes nothing", "[sqlite]") {
  const Schema before = must(schema_from_sqlite_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT);", "before"));
  const Schema after =
      must(schema_from_sqlite_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT NOT NULL);", "after"));
  Prepared p = prepared(before, after, std::nullopt);
  const auto files = must(build_package(must(make_plan(p, "2026-01-01T00:00:00Z"))));
  TemporaryFolder folder;
  run_shell("sqlite3 db", "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);", folder.path());
  const auto done = run_shell("sqlite3 db", file_of(files, "forward.sql"), folder.path());
  CHECK(done.exit_code != 0);
  CHECK(done.err.find("no such column") != std::string::npos);
  CHECK(run_shell("sqlite3 db", "SELECT * FROM t", folder.path()).out == "1\n");
}

// As those of the other engines (products_test.cpp): both scripts of a pair, with `-- becomes` between them.
TEST_CASE("pairs of SQL scripts on SQLite", "[scripts][sqlite]") {
  std::vector<std::filesystem::path> files;
  for (const auto& one : std::filesystem::directory_iterator("tests/pairs/sqlite")) files.push_back(one.path());
  std::ranges::sort(files);
  REQUIRE_FALSE(files.empty());
  for (const auto& file : files) {
    const std::string text = must(read_file(file)), between = "\n-- becomes\n";
    const auto middle = text.find(between);
    REQUIRE(middle != std::string::npos);
    check_pair_everywhere(text.substr(0, middle + 1), text.substr(middle + between.size()), file.stem().string());
  }
}

TEST_CASE("real pairs of schemas are planned, run and taken back on SQLite", "[sqlite][corpora]") {
  const std::string folder = environment("FORGELUA_CORPORA");
  if (folder.empty()) SKIP("FORGELUA_CORPORA names no folder of schemas");
  const auto pairs = pairs_in(folder);
  CHECK_FALSE(pairs.empty());
  int run = 0, same = 0;
  std::string refused;
  for (const Pair& pair : pairs) {
    // Its two sides differ in the letter case of names, too, which mean the same to SQLite.
    if (pair.after.string().find("CaseMismatch") != std::string::npos) continue;
    const auto name = std::filesystem::relative(pair.after, folder).string();
    const auto outcome = check_pair_everywhere(must(read_file(pair.before)), must(read_file(pair.after)), name);
    run += outcome.plans > 0 ? 1 : 0;
    same += outcome.plans == 0 && outcome.refused.empty() ? 1 : 0;
    for (const auto& reason : outcome.refused) refused += "  " + name + ": " + reason + "\n";
  }
  WARN("real pairs on SQLite: " << pairs.size() << ", run forward and back " << run << ", without a difference " << same
                                << ", refused:\n"
                                << refused);
}

}  // namespace forge::test
