#include "engine/db/sqlite.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "engine/model/schema_json.hpp"

using namespace forge;

namespace {

Schema load(std::string_view sql) {
  auto schema = schema_from_sqlite_sql(sql, "test.sql");
  INFO((schema ? std::string() : render(schema.error())));
  REQUIRE(schema);
  return *schema;
}

const Table& only_table(const Schema& schema) {
  REQUIRE(schema.tables.size() == 1);
  return *schema.tables.begin()->second;
}

}  // namespace

TEST_CASE("columns are read with type, nullability, default, collation and expression", "[sqlite]") {
  const Schema schema = load(R"sql(
    CREATE TABLE t (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name VARCHAR(255) NOT NULL DEFAULT 'it''s',
      price NUMERIC(12, 2) DEFAULT -1.5,
      flag BOOLEAN NOT NULL DEFAULT 1,
      odd UNSIGNED BIG INT,
      untyped,
      at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      made TEXT DEFAULT (strftime('%s', 'now')),
      email text COLLATE nocase DEFAULT NULL,
      plain text COLLATE binary DEFAULT "quoted",
      twice int AS (price * 2) STORED,
      low text GENERATED ALWAYS AS (lower(name)) VIRTUAL
    ))sql");
  const Table& t = only_table(schema);
  REQUIRE(t.columns.size() == 12);
  const auto column = [&](const char* name) { return *find_column(t, name); };
  CHECK(column("id").type.name == "integer");
  CHECK(column("id").more->identity.has_value());
  CHECK_FALSE(column("id").nullable);
  CHECK(column("name").type == Type{.name = "varchar", .args = {255}});
  CHECK(*column("name").default_value == Expr{Expr::Kind::string, "it's"});
  CHECK(column("price").type == Type{.name = "numeric", .args = {12, 2}});
  CHECK(*column("price").default_value == Expr{Expr::Kind::number, "-1.5"});
  CHECK(*column("flag").default_value == Expr{Expr::Kind::boolean, "true"});
  CHECK(column("odd").type.name == "native");
  CHECK(column("odd").type.more->ref == "UNSIGNED BIG INT");
  CHECK(column("untyped").type.name == "native");
  CHECK(column("untyped").type.more->ref.empty());
  CHECK(*column("at").default_value == Expr{Expr::Kind::sql, "CURRENT_TIMESTAMP"});
  CHECK(*column("made").default_value == Expr{Expr::Kind::sql, "strftime('%s', 'now')"});
  CHECK(column("email").more->collation == "NOCASE");
  CHECK_FALSE(column("email").default_value.has_value());
  CHECK(column("plain").more->collation.empty());
  CHECK(*column("plain").default_value == Expr{Expr::Kind::string, "quoted"});
  CHECK(*column("twice").more->generated == Generated{"price * 2", true});
  CHECK(*column("low").more->generated == Generated{"lower(name)", false});
}

TEST_CASE("constraints are read with their names, wherever they stand", "[sqlite]") {
  const Schema schema = load(R"sql(
    CREATE TABLE parent (a INT, b INT, PRIMARY KEY (a, b));
    CREATE TABLE child (
      id INT CONSTRAINT child_key PRIMARY KEY,
      a INT REFERENCES PARENT ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
      b INT CONSTRAINT positive CHECK (b > 0) UNIQUE,
      c INT, -- a comment with ) and CHECK (x)
      d TEXT CHECK (d <> 'CHECK (' AND length(d) < 10),
      CONSTRAINT "two ways" FOREIGN KEY (a, B) REFERENCES parent (A, b) ON DELETE NO ACTION,
      UNIQUE (c COLLATE NOCASE, d DESC) CONSTRAINT late CHECK (a < b) /* no comma needed */
    ))sql");
  const Table& t = *schema.table({"", "child"});
  CHECK(t.primary_key->name == "child_key");
  CHECK(find_column(t, "id")->type.name == "native");  // INT is not another name of the rowid
  REQUIRE(t.foreign_keys.size() == 2);
  const ForeignKey& first = t.foreign_keys[0];
  CHECK(first.ref.name == "parent");
  CHECK(first.ref_columns == std::vector<std::string>{"a", "b"});
  CHECK(first.on_delete == "set null");
  CHECK(first.on_update == "cascade");
  CHECK((first.deferrable && first.deferred));
  CHECK(t.foreign_keys[1].name == "two ways");
  CHECK(t.foreign_keys[1].columns == std::vector<std::string>{"a", "b"});
  CHECK(t.foreign_keys[1].ref_columns == std::vector<std::string>{"a", "b"});
  CHECK(t.foreign_keys[1].on_delete.empty());
  REQUIRE(t.checks.size() == 3);
  CHECK(t.checks[0].name == "positive");
  CHECK(t.checks[1].expr == "d <> 'CHECK (' AND length(d) < 10");
  CHECK(t.checks[2].name == "late");
  REQUIRE(t.uniques.size() == 2);
  CHECK(t.uniques[1].parts[0].collation == "NOCASE");
  CHECK(t.uniques[1].parts[1].desc);
}

TEST_CASE("indexes are read with expressions, order, collation and condition", "[sqlite]") {
  const Schema schema = load(R"sql(
    CREATE TABLE t (a TEXT COLLATE NOCASE, b INT, c INT);
    CREATE UNIQUE INDEX one ON t (a COLLATE nocase DESC, (b + c), lower(a) COLLATE RTRIM) WHERE b > 0 AND c IS NOT NULL;
    CREATE INDEX "two -- x" ON "t" ([c] ASC);)sql");
  const Table& t = only_table(schema);
  REQUIRE(t.indexes.size() == 2);
  const Index& one = t.indexes[0];
  CHECK(one.unique);
  CHECK(one.where == "b > 0 AND c IS NOT NULL");
  REQUIRE(one.parts.size() == 3);
  CHECK(one.parts[0] == IndexPart{.column = "a", .desc = true});
  CHECK(one.parts[1] == IndexPart{.expr = "b + c"});
  CHECK(one.parts[2] == IndexPart{.expr = "lower(a)", .collation = "RTRIM"});
  CHECK(t.indexes[1].name == "two -- x");
  CHECK(t.indexes[1].parts[0] == IndexPart{.column = "c"});
}

TEST_CASE("table options, views, and what the model does not hold", "[sqlite]") {
  const Schema schema = load(R"sql(
    CREATE TABLE kv (k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE u (a INT UNIQUE ON CONFLICT REPLACE);
    CREATE VIEW "v w" (one, "two") AS SELECT k, v FROM kv -- who reads this
      WHERE k <> ';';
    CREATE TRIGGER t AFTER INSERT ON u BEGIN DELETE FROM kv; END;
    CREATE TRIGGER ours AFTER INSERT ON u BEGIN DELETE FROM forgelua_marker; END;
    CREATE TABLE forgelua_marker (name TEXT);
    CREATE VIRTUAL TABLE docs USING fts5(body);)sql");
  const Table& kv = *schema.table({"", "kv"});
  CHECK(kv.options.strict);
  CHECK(kv.options.without_rowid);
  CHECK_FALSE(find_column(kv, "k")->nullable);
  CHECK(schema.table({"", "forgelua_marker"}) == nullptr);
  const View& view = schema.views.at({"", "v w"});
  CHECK(view.columns == std::vector<std::string>{"one", "two"});
  CHECK(view.uses == std::vector<QName>{{"", "kv"}});
  CHECK(view.query.starts_with("SELECT k, v FROM kv"));
  CHECK(view.query.ends_with("k <> ';'"));
  const auto& unmanaged = schema.unmanaged;
  CHECK(schema.definitions.at({"", "trigger t on u"}).drop == "DROP TRIGGER t");
  const Definition& docs = schema.definitions.at({"", "virtual table docs"});
  CHECK(docs.create == "CREATE VIRTUAL TABLE docs USING fts5(body)");
  CHECK(docs.drop == "DROP TABLE docs");
  CHECK(std::ranges::count(unmanaged, "shadow table docs_data") == 0);
  CHECK(std::ranges::count(unmanaged, "conflict clause of table u") == 1);
}

TEST_CASE("names that fight back", "[sqlite]") {
  const Schema schema = load(R"sql(
    CREATE TABLE "se""lect" ([a b] INT, `c``d` INT, "e,f)" INT, größe INT, "order" INT,
      "check" INT, CHECK ("check" > 0), UNIQUE ("e,f)", [a b]));
    CREATE INDEX [i x] ON "se""lect" ("e,f)", größe);)sql");
  const Table& t = only_table(schema);
  CHECK(t.name.name == "se\"lect");
  std::vector<std::string> names;
  for (const Column& column : t.columns) names.push_back(column.name);
  CHECK(names == std::vector<std::string>{"a b", "c`d", "e,f)", "größe", "order", "check"});
  CHECK(t.checks.at(0).expr == "\"check\" > 0");
  CHECK(t.uniques.at(0).parts.at(0).column == "e,f)");
  CHECK(t.indexes.at(0).parts.at(1).column == "größe");
}

TEST_CASE("an error in SQL text names the line, the column and SQLite's own words", "[sqlite]") {
  const auto schema = schema_from_sqlite_sql("CREATE TABLE a (x INT);\n\nCREATE TABLE b (\n  y INT,,\n);\n", "s.sql");
  REQUIRE_FALSE(schema);
  REQUIRE(schema.error().place);
  CHECK(schema.error().place->file == "s.sql");
  CHECK(schema.error().place->line == 4);
  CHECK(schema.error().place->column == 9);
  CHECK(schema.error().place->source_line == "  y INT,,");
  CHECK(schema.error().message.find("syntax error") != std::string::npos);
  CHECK_FALSE(schema_from_sqlite_sql(std::string_view("SELECT 1;\0", 10), "z.sql"));
  CHECK(schema_from_sqlite_sql("", "empty.sql"));
  CHECK(schema_from_sqlite_sql("-- only a comment\n.bail on\n/* open", "c.sql"));
}

TEST_CASE("SQL text reaches nothing but its own database in memory", "[sqlite]") {
  const auto folder = std::filesystem::temp_directory_path() / "forgelua-confined";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const std::string file = (folder / "x").string();
  for (const std::string& text :
       {"ATTACH '" + file + "' AS x; CREATE TABLE x.t (a);", "VACUUM INTO '" + file + "'",
        std::string("SELECT load_extension('x')"), "PRAGMA temp_store_directory = '" + folder.string() + "'",
        std::string("PRAGMA max_page_count = 1000000")}) {
    INFO(text);
    const auto schema = schema_from_sqlite_sql("CREATE TABLE t (a);\n" + text, "s.sql");
    REQUIRE_FALSE(schema);
    CHECK(schema.error().message.find("authoriz") != std::string::npos);
    REQUIRE(schema.error().place);
    CHECK(schema.error().place->line == 2);
  }
  CHECK(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST_CASE("SQL text that takes too much time or memory is stopped", "[sqlite]") {
  const std::string count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
  const auto memory = schema_from_sqlite_sql(
      "CREATE TABLE t (a);\nINSERT INTO t " + count + "SELECT zeroblob(1000000) FROM n", "s.sql");
  REQUIRE_FALSE(memory);
  CHECK(memory.error().code == ErrorCode::limit);
  CHECK(memory.error().place->line == 2);
  CHECK(memory.error().message.find("memory") != std::string::npos);
  CHECK_FALSE(schema_from_sqlite_sql("SELECT length(zeroblob(900000000))", "s.sql"));
}

TEST_CASE("SQL text that never ends is stopped", "[sqlite]") {
  const auto time = schema_from_sqlite_sql(
      "CREATE TABLE t (a);\nWITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;",
      "s.sql", 100);
  REQUIRE_FALSE(time);
  CHECK(time.error().code == ErrorCode::limit);
  CHECK(time.error().place->line == 2);
  CHECK(time.error().message.find("too long") != std::string::npos);
}

TEST_CASE("a command of the shell that does more than show results is refused", "[sqlite]") {
  const auto read =
      schema_from_sqlite_sql("CREATE TABLE t (a);\n.mode csv\n-- more\n.read more.sql\nCREATE nonsense", "s.sql");
  REQUIRE_FALSE(read);
  CHECK(render(read.error()) ==
        "s.sql:4:1: .read is a command of the sqlite3 shell, not SQL\n"
        "    .read more.sql\n"
        "    ^~~~~\n"
        "  hint: write what that file holds into this one: the schema is read from one text\n");
  CHECK(schema_from_sqlite_sql("CREATE TABLE t (a);\n.quit", "s.sql").error().place->line == 2);
  CHECK(schema_from_sqlite_sql("SELECT 1\n.5;", "s.sql").error().message.find("command") == std::string::npos);
}

TEST_CASE("rows, and commands of the shell, are no part of the schema", "[sqlite]") {
  const Schema schema = load(
      ".bail on\nPRAGMA foreign_keys=ON;\nCREATE TABLE t (a INT);\n.print x\n"
      "INSERT INTO t VALUES (1), (2);\nCREATE TABLE gone (a); DROP TABLE gone;");
  CHECK(only_table(schema).name.name == "t");
}

TEST_CASE("what .schema and .dump of the shell write is read as what was there", "[sqlite]") {
  const Schema made = load(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);\nCREATE VIRTUAL TABLE f USING fts5(a);\n"
      "CREATE INDEX i ON t (a);\nANALYZE;");
  // Both tell of tables that the engine makes by itself; a dump writes virtual ones straight into the schema.
  const std::string shadows =
      "CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);\n"
      "CREATE TABLE IF NOT EXISTS 'f_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;\n"
      "CREATE TABLE IF NOT EXISTS 'f_content'(id INTEGER PRIMARY KEY, c0);\n"
      "CREATE TABLE IF NOT EXISTS 'f_docsize'(id INTEGER PRIMARY KEY, sz BLOB);\n"
      "CREATE TABLE IF NOT EXISTS 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID;\n";
  const Schema shown = load(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);\nCREATE TABLE sqlite_sequence(name,seq);\n"
      "CREATE VIRTUAL TABLE f USING fts5(a)\n/* f(a) */;\n" +
      shadows +
      "CREATE INDEX i ON t (a);\nCREATE TABLE sqlite_stat1(tbl,idx,stat);\nCREATE TABLE sqlite_stat4(tbl,idx,neq);\n");
  CHECK(to_json(shown).dump() == to_json(made).dump());
  const Schema dumped = load(
      "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);\n"
      "PRAGMA writable_schema=ON;\nINSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)"
      "VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(a)');\n" +
      shadows +
      "INSERT INTO f_config VALUES('version',4);\nANALYZE sqlite_schema;\nDELETE FROM sqlite_sequence;\n"
      "CREATE INDEX i ON t (a);\nPRAGMA writable_schema=OFF;\nCOMMIT;\n");
  CHECK(to_json(dumped).dump() == to_json(made).dump());
  CHECK_FALSE(schema_from_sqlite_sql("CREATE TABLE sqlite_mine (a);", "s.sql"));
}

TEST_CASE("a database file is read and never written to", "[sqlite]") {
  const auto path = std::filesystem::temp_directory_path() / "forgelua-sqlite-test.db";
  std::filesystem::remove(path);
  CHECK_FALSE(schema_from_sqlite_file(path));
  CHECK_FALSE(std::filesystem::exists(path));
  std::ofstream(path) << "this is no database, only a text that is long enough to look at";
  const auto broken = schema_from_sqlite_file(path);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.find("not a database") != std::string::npos);
  std::filesystem::remove(path);
}
