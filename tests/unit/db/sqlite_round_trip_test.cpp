// What the reader reads, the SQLite dialect writes: a schema that is written anew and read again is the same.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>

#include "engine/base/files.hpp"
#include "engine/db/sqlite.hpp"
#include "engine/lua/embedded.hpp"
#include "engine/lua/values.hpp"

using namespace forge;

namespace {

std::string module_name(std::string_view path) {
  std::string name(path.starts_with("stdlib/") ? path.substr(7) : path);
  name.resize(name.size() - 4);  // .lua
  if (name.ends_with("/init")) name.resize(name.size() - 5);
  std::ranges::replace(name, '/', '.');
  return name;
}

// A bare Lua state with the product's modules and the SQLite dialect.
class Dialect {
 public:
  Dialect() : L_(luaL_newstate()) {
    luaL_openlibs(L_);
    lua_getglobal(L_, "package");
    lua_getfield(L_, -1, "preload");
    for (const auto& file : embedded_files()) {
      REQUIRE(luaL_loadbuffer(L_, file.text.data(), file.text.size(), std::string(file.path).c_str()) == 0);
      lua_setfield(L_, -2, module_name(file.path).c_str());
    }
    lua_settop(L_, 0);
    const char* code =
        "local ddl = require('dialects.sqlite.ddl')\n"
        "return function(kind, object, name) return ddl[kind .. '_sql'](object, name) end";
    const bool failed = luaL_dostring(L_, code) != 0;
    INFO((failed ? lua_tostring(L_, -1) : ""));
    REQUIRE_FALSE(failed);
  }
  Dialect(const Dialect&) = delete;
  Dialect& operator=(const Dialect&) = delete;
  ~Dialect() { lua_close(L_); }

  // The text of a table, an index of the named table, or a view.
  template <class T>
  std::string text(const char* kind, const T& object, const std::string& name = {}) {
    lua_pushvalue(L_, 1);
    lua_pushstring(L_, kind);
    lua::push(L_, object);
    if (name.empty()) {
      lua_pushnil(L_);
    } else {
      lua_pushlstring(L_, name.data(), name.size());
    }
    const bool failed = lua_pcall(L_, 3, 1, 0) != 0;
    const std::string out = lua_tostring(L_, -1);
    lua_pop(L_, 1);
    INFO(out);
    REQUIRE_FALSE(failed);
    return out + ";\n";
  }

 private:
  lua_State* L_;
};

// Views after what they read.
std::vector<const View*> in_order(const Schema& schema) {
  std::vector<const View*> out;
  while (out.size() < schema.views.size()) {
    for (const auto& [name, view] : schema.views) {
      const auto placed = [&](const QName& one) {
        return std::ranges::any_of(out, [&](const View* other) { return other->name == one; });
      };
      const bool ready =
          std::ranges::all_of(view.uses, [&](const QName& use) { return !schema.views.contains(use) || placed(use); });
      if (!placed(name) && ready) out.push_back(&view);
    }
  }
  return out;
}

std::string written(Dialect& dialect, const Schema& schema) {
  std::string sql;
  for (const auto& [name, table] : schema.tables) {
    sql += dialect.text("table", *table);
    for (const Index& index : table->indexes) sql += dialect.text("index", index, name.name);
  }
  for (const View* view : in_order(schema)) sql += dialect.text("view", *view);
  for (const auto& [name, definition] : schema.definitions) sql += definition.create + ";\n";
  return sql;
}

void check_round_trip(Dialect& dialect, std::string_view sql, const std::string& file) {
  const auto first = schema_from_sqlite_sql(sql, file);
  INFO(file << (first ? "" : ": " + render(first.error())));
  REQUIRE(first);
  const std::string again = written(dialect, *first);
  INFO(again);
  const auto second = schema_from_sqlite_sql(again, file + " written anew");
  INFO((second ? "" : render(second.error())));
  REQUIRE(second);
  CHECK(first_difference(*first, *second) == "");
  CHECK(written(dialect, *second) == again);
}

}  // namespace

TEST_CASE("what is read from SQLite is written again as it was", "[sqlite]") {
  Dialect dialect;
  check_round_trip(dialect, R"sql(
    CREATE TABLE "a ""b" (id INTEGER PRIMARY KEY, x INT DEFAULT (1 + 1), y DOUBLE PRECISION, z, w "odd type" (1, +2));
    CREATE TABLE d (id INTEGER PRIMARY KEY DESC, n TEXT COLLATE NOCASE UNIQUE, o TEXT CHECK (o IN ('a', 'b')) DEFAULT 'a');
    CREATE TABLE e (id INTEGER CONSTRAINT ek PRIMARY KEY AUTOINCREMENT, d INT REFERENCES d ON DELETE CASCADE);
    CREATE TABLE f (a INT, b TEXT, v INT AS (a * 2), PRIMARY KEY (a, b DESC), FOREIGN KEY (a, b) REFERENCES f (a, b)
      DEFERRABLE INITIALLY DEFERRED, CONSTRAINT c CHECK (a < v)) WITHOUT ROWID;
    CREATE TABLE s (a INTEGER PRIMARY KEY, b ANY, c INT NOT NULL) STRICT;
    CREATE TABLE g AS SELECT 1 AS one, 'x' AS two;
    CREATE INDEX i ON f (b COLLATE RTRIM DESC, abs(v)) WHERE a > 0;
    CREATE VIEW v AS SELECT * FROM w; CREATE VIEW w (p, q) AS SELECT a, b FROM f;)sql",
                   "own.sql");
}

TEST_CASE("real schemas survive being read and written", "[sqlite][corpora]") {
  const char* folder = std::getenv("FORGELUA_CORPORA");
  if (folder == nullptr) SKIP("FORGELUA_CORPORA names no folder of schemas");
  Dialect dialect;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const bool sqlite = path.find("/sqlite/") != std::string::npos || path.ends_with("/sqlite.sql");
    if (!entry.is_regular_file() || !sqlite || entry.path().extension() != ".sql") continue;
    const auto text = read_file(entry.path());
    REQUIRE(text);
    check_round_trip(dialect, *text, path);
    ++files;
  }
  CHECK(files > 0);
}
