// Old schema + what the SQLite dialect writes for the difference = new schema, as SQLite itself tells it; and back.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/base/files.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/diff/diff.hpp"
#include "engine/lua/dialect.hpp"
#include "engine/lua/modules.hpp"
#include "engine/order/order.hpp"

using namespace forge;

namespace {

template <class T>
T must(Result<T> result) {
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return std::move(*result);
}

// What uses a column goes before it and comes after it.
int rank(const Change& change) {
  const bool column = kind_of(change) == "column";
  if (verb_of(change) == Verb::drop) return column ? 4 : 0;
  return column ? 1 : 3;
}

// All changes of one table in one step; every other object in a step of its own.
std::vector<Step> plain_steps(const ChangeSet& changes) {
  std::map<std::string, Step> by_object;
  std::vector<std::string> order;
  for (const Change& change : changes.changes) {
    const bool whole = kind_of(change) == "table" || kind_of(change) == "view";
    const std::string id = whole ? word_of(change) + " " + object_of(change) : "table " + display(table_of(change));
    if (!by_object.contains(id)) order.push_back(id);
    Step& step = by_object[id];
    step.id = step.title = step.group = id;
    step.ops.push_back(change);
  }
  std::vector<Step> steps;
  for (const auto& id : order) {
    std::ranges::stable_sort(by_object[id].ops, {}, rank);
    steps.push_back(std::move(by_object[id]));
  }
  return steps;
}

class Machine {
 public:
  Machine() : state_(must(LuaState::create())), modules_(*state_, {}) {
    const auto installed = state_->protect([this](lua_State* L) -> Result<void> {
      modules_.install(L);
      return {};
    });
    REQUIRE(installed);
    host_ = must(DialectHost::open(*state_, "sqlite", ""));
  }
  DialectHost& host() { return *host_; }

 private:
  std::unique_ptr<LuaState> state_;
  Modules modules_;
  std::unique_ptr<DialectHost> host_;
};

void run(SqliteDatabase& database, const std::vector<Statement>& statements, const std::string& what) {
  for (const Statement& statement : statements) {
    INFO(what << ":\n" << statement.sql);
    const auto done = database.run(statement.sql, what);
    INFO((done ? std::string() : render(done.error())));
    REQUIRE(done);
  }
}

std::string rows_of(SqliteDatabase& database, const Schema& schema) {
  std::string out;
  for (const auto& [name, table] : schema.tables) {
    std::string quoted = "\"";
    for (const char c : name.name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    const auto rows = must(database.query("SELECT * FROM " + quoted + "\" ORDER BY 1"));
    out += name.name + ": " + std::to_string(rows.size()) + "\n";
  }
  return out;
}

// Forward to `after`, then back to `before`.
void check_both_ways(std::string_view before_sql, std::string_view after_sql, const std::string& what) {
  INFO(what);
  Machine machine;
  auto database = must(SqliteDatabase::in_memory());
  REQUIRE(database.run(before_sql, what));
  const Schema before = must(read_sqlite(database));
  const Schema after = must(schema_from_sqlite_sql(after_sql, what));
  const std::string rows = rows_of(database, before);
  auto steps = must(order_steps(plain_steps(diff(before, after)), before, after));
  const auto rendered = machine.host().render(steps, before);
  INFO((rendered ? std::string() : render(rendered.error())));
  REQUIRE(rendered);
  for (const Step& step : steps) run(database, step.forward, what + " forward " + step.id);
  CHECK(first_difference(must(read_sqlite(database)), after) == "");
  CHECK(diff(must(read_sqlite(database)), after).changes.empty());
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    run(database, step->backward, what + " back " + step->id);
  CHECK(first_difference(must(read_sqlite(database)), before) == "");
  const bool drops = std::ranges::any_of(steps, [](const Step& step) {
    return std::ranges::any_of(step.ops, [](const Change& change) { return word_of(change) == "drop_table"; });
  });
  if (!drops) CHECK(rows_of(database, before) == rows);
}

}  // namespace

TEST_CASE("SQLite's ALTER TABLE and rebuilds lead to the new schema and back", "[sqlite]") {
  check_both_ways(R"sql(
    CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, region VARCHAR(10) DEFAULT 'EU');
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INT, total TEXT, note TEXT, parent INT REFERENCES orders,
      UNIQUE (customer, note), CHECK (length(note) < 100), FOREIGN KEY (customer) REFERENCES customers (id));
    CREATE TABLE items (o INT REFERENCES orders (id) ON DELETE CASCADE, n INT, PRIMARY KEY (o, n)) WITHOUT ROWID;
    CREATE INDEX by_note ON orders (note DESC) WHERE note IS NOT NULL;
    CREATE VIEW big AS SELECT id, total FROM orders WHERE total > 100;
    CREATE TABLE audit (what TEXT);
    CREATE TRIGGER watch AFTER UPDATE ON orders BEGIN INSERT INTO audit VALUES (new.note); END;
    INSERT INTO customers (name) VALUES ('a'), ('b');
    INSERT INTO orders VALUES (1, 1, '12', 'x', NULL), (2, 2, '13', NULL, 1);
    INSERT INTO items VALUES (1, 1), (2, 5);)sql",
                  R"sql(
    CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,
      region TEXT DEFAULT 'EU', code TEXT, UNIQUE (name)) STRICT;
    CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INT NOT NULL, total INTEGER NOT NULL, note TEXT,
      parent INT REFERENCES orders ON DELETE SET NULL, twice INT AS (total * 2) STORED,
      CONSTRAINT small CHECK (length(note) < 50), CONSTRAINT to_customer FOREIGN KEY (customer) REFERENCES customers (id));
    CREATE TABLE items (o INT REFERENCES orders (id) ON DELETE CASCADE, n INT, amount REAL DEFAULT 1, PRIMARY KEY (n, o))
      WITHOUT ROWID;
    CREATE UNIQUE INDEX by_note ON orders (note COLLATE NOCASE);
    CREATE VIEW big AS SELECT id, total, twice FROM orders WHERE total > 100;
    CREATE TABLE audit (what TEXT, "when" TEXT DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE added (a INT REFERENCES orders (id), b TEXT);)sql",
                  "own");
}

TEST_CASE("a trigger that nobody modelled survives a rebuild", "[sqlite]") {
  Machine machine;
  auto database = must(SqliteDatabase::in_memory());
  REQUIRE(
      database.run("CREATE TABLE t (a INT); CREATE TABLE log (a);"
                   "CREATE TRIGGER keep AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;"
                   "INSERT INTO t VALUES (1);",
                   "t"));
  const Schema before = must(read_sqlite(database));
  Schema after = before;
  find_column(*after.edit_table({"", "t"}), "a")->nullable = false;
  auto steps = plain_steps(diff(before, after));
  const auto rendered = machine.host().render(steps, before);
  INFO((rendered ? std::string() : render(rendered.error())));
  REQUIRE(rendered);
  run(database, steps.at(0).forward, "forward");
  REQUIRE(database.run("INSERT INTO t VALUES (2);", "t"));
  CHECK(must(database.query("SELECT count(*) FROM log")).at(0).at(0) == "2");
  CHECK_FALSE(database.run("INSERT INTO t VALUES (NULL);", "t"));
}

TEST_CASE("a rebuild that would lose a value changes nothing", "[sqlite]") {
  Machine machine;
  auto database = must(SqliteDatabase::in_memory());
  REQUIRE(database.run("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('12'), ('twelve');", "t"));
  const Schema before = must(read_sqlite(database));
  Schema after = before;
  find_column(*after.edit_table({"", "t"}), "a")->type = Type{.name = "integer"};
  auto steps = plain_steps(diff(before, after));
  const auto rendered = machine.host().render(steps, before);
  INFO((rendered ? std::string() : render(rendered.error())));
  REQUIRE(rendered);
  std::string message;
  for (const Statement& statement : steps.at(0).forward) {
    if (const auto done = database.run(statement.sql, "t"); !done) {
      message = done.error().message;
      break;
    }
  }
  CHECK(message.find("values of t.a cannot be held as integer") != std::string::npos);
  REQUIRE(database.run("ROLLBACK;", "t"));
  CHECK(first_difference(must(read_sqlite(database)), before) == "");
}

TEST_CASE("real pairs of schemas lead to the new one and back", "[sqlite][corpora]") {
  const char* folder = std::getenv("FORGELUA_CORPORA");
  if (folder == nullptr) SKIP("FORGELUA_CORPORA names no folder of schemas");
  std::vector<std::filesystem::path> befores, history;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto& path = entry.path();
    if (path.string().find("/sqlite/") == std::string::npos || path.extension() != ".sql") continue;
    if (path.filename() == "before.sql") befores.push_back(path);
    if (path.string().find("/history/") != std::string::npos) history.push_back(path);
  }
  std::ranges::sort(befores);
  std::ranges::sort(history);
  CHECK_FALSE(befores.empty());
  for (const auto& path : befores) {
    // Its two sides differ in nothing but the letter case of names, which mean the same to SQLite.
    if (path.string().find("CaseMismatch") != std::string::npos) continue;
    check_both_ways(must(read_file(path)), must(read_file(path.parent_path() / "after.sql")), path.string());
  }
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (history[i].parent_path() != history[i - 1].parent_path()) continue;
    check_both_ways(must(read_file(history[i - 1])), must(read_file(history[i])), history[i].string());
  }
}
