// Databases whose catalogs hold hostile names: they are names, and nothing more.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"
#include "tests/support/texts.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

// Names that end strings, comments, blocks and lines, turn writing round, are words of the language, or as long as may be.
const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> kNames{"a\"b'c`d",
                                               "x; DROP TABLE victim; --",
                                               "$replace$",
                                               "$$ $forgelua$ $replace$",
                                               "*/ DROP TABLE victim /*",
                                               "back\\slash\\'",
                                               "%s %d {} {0}",
                                               "select",
                                               "order by",
                                               "NULL",
                                               "Ä漢字",
                                               "a\u202Eb\u2066c",
                                               "is it  two",
                                               "''",
                                               "\"\"",
                                               "-- x",
                                               "DELIMITER //",
                                               std::string(63, 'n'),
                                               "ON x TO y",
                                               "a.b",
                                               "[[ ]] ]==]",
                                               "@@x :y ?"};
  return kNames;
}

struct Dialect {
  std::string engine;
  char quote;

  std::string id(const std::string& name) const {
    return quote + replaced(name, std::string(1, quote), std::string(2, quote)) + quote;
  }
  // A literal: back-slashes stand for themselves on PostgreSQL and SQLite.
  std::string text(const std::string& value) const {
    const auto plain = replaced(value, "'", "''");
    return "'" + (quote == '`' ? replaced(plain, "\\", "\\\\") : plain) + "'";
  }
};

// Objects of every kind, all called by the name; `now` is the schema that they change to.
std::string objects(const Dialect& d, const std::string& name, int number, bool now) {
  const auto n = std::to_string(number);
  const std::string sql = d.engine == "postgres" ? R"sql(
CREATE SCHEMA @s@; CREATE SCHEMA @s2@;
CREATE TYPE @s2@.@n@ AS ENUM (@t@, 'other'@value@);
CREATE FUNCTION @s@.@n@() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN -- @word@
  RETURN NEW; END $body$;
CREATE TABLE @s@.@n@ (@n@ integer PRIMARY KEY, e @s2@.@n@ DEFAULT @t@, v @type@ DEFAULT @t@@more@, CONSTRAINT @n@ CHECK (v <> @t@ || 'x'));
CREATE INDEX i ON @s@.@n@ (v) WHERE v <> @t@;
CREATE SEQUENCE @s2@.@q@;
CREATE VIEW @s2@.@v@ AS SELECT @n@, v AS @c@@column@ FROM @s@.@n@;
CREATE TRIGGER @n@ BEFORE INSERT ON @s@.@n@ FOR EACH ROW EXECUTE FUNCTION @s@.@n@();
ALTER TABLE @s@.@n@ ENABLE ROW LEVEL SECURITY;
CREATE POLICY @n@ ON @s@.@n@ USING (v <> @t@ || '@word@');
COMMENT ON TABLE @s@.@n@ IS @t@;
COMMENT ON COLUMN @s@.@n@.v IS @t@;
)sql"
                                                 : R"sql(
CREATE TABLE @n@ (@n@ int NOT NULL PRIMARY KEY, v @type@ DEFAULT @t@@more@, CONSTRAINT @k@ CHECK (v <> @t@)@key@)@comment@;
CREATE INDEX @i@ ON @n@ (v);
CREATE VIEW @v@ AS SELECT @n@, v AS @c@@column@ FROM @n@;
CREATE TRIGGER @g@ BEFORE INSERT ON @n@ FOR EACH ROW @body@;
)sql";
  std::string out = sql;
  // What shares its names with the others of the database is told apart behind its end, or before it where it is long.
  const auto other = [&](const std::string& more) { return d.id(name.size() > 40 ? more + n : more + n + name); };
  const bool mysql = d.quote == '`';
  const std::vector<std::pair<std::string, std::string>> parts{
      {"@s@", d.id(name)},
      {"@s2@", other("s")},
      {"@q@", other("q")},
      {"@v@", other("v")},
      {"@k@", other("k")},
      {"@i@", other("i")},
      {"@g@", other("g")},
      {"@c@", other("c")},
      {"@n@", d.id(name)},
      {"@t@", d.text(name)},
      {"@type@", now ? "varchar(90)" : "varchar(80)"},
      {"@more@", now ? ", " + other("more") + " integer DEFAULT 7" : ""},
      {"@column@", now ? ", 1 AS one" : ""},
      {"@value@", now ? ", 'third'" : ""},
      {"@word@", now ? "new" : "old"},
      {"@key@", mysql ? ", KEY " + d.id(name) + " (v)" : ""},
      {"@comment@", mysql ? " COMMENT " + d.text(name) : ""},
      {"@body@", mysql ? std::string("SET NEW.v = CONCAT(NEW.v, '") + (now ? "n" : "o") + "')"
                       : std::string("BEGIN SELECT '") + (now ? "n" : "o") + "'; END"}};
  for (const auto& [mark, text] : parts) out = replaced(out, mark, text);
  return out;
}

std::string whole(const Dialect& d, bool now) {
  std::string out = "CREATE TABLE victim (id int NOT NULL PRIMARY KEY" + std::string(now ? ", b int" : "") + ");\n";
  int number = 0;
  for (const auto& name : hostile_names()) {
    out += objects(d, name, ++number, now);
  }
  return out;
}

// Read, printed in every form, planned from, carried out and taken back; nothing that a name says has happened.
void hostile_catalog(const Dialect& d) {
  const auto engine = open_engine(d.engine);
  if (!engine) SKIP("no client: FORGELUA_TEST_… is not set");
  const TemporaryFolder folder;
  const auto write = [&](const std::string& file, const std::string& text) {
    std::ofstream(folder.file(file), std::ios::binary) << text;
    return folder.file(file);
  };
  const auto product = [&](const std::string& arguments) {
    const std::string dev =
        d.engine == "sqlite" ? ""
                             : " --dev-url=" + shell_quote(engine->url(d.engine == "postgres" ? "postgres" : "mysql"));
    return run_product(arguments + " --db=" + d.engine + dev);
  };
  engine->create_database("fl_hostile");
  const auto made = engine->run_script("fl_hostile", whole(d, false) + "INSERT INTO victim VALUES (42);\n");
  INFO(made.err);
  REQUIRE(made.err.empty());
  const auto url = shell_quote(engine->url("fl_hostile"));
  const auto schema = engine->dump_schema("fl_hostile");

  std::vector<std::string> sources{url};
  for (const std::string form : {"lua", "json", "sql"}) {
    const auto printed = product("inspect " + url + " --format " + form);
    INFO(printed.err);
    REQUIRE(printed.exit_code == 0);
    sources.push_back(write(form == "lua" ? "p.migration.lua" : "p." + form, printed.out));
    const auto diff = product("diff --exit-code " + url + " " + sources.back());
    INFO(form << "\n" << diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
  write("after.sql", whole(d, true));
  const auto spec =
      write("spec.migration.lua", "migration \"hostile\" {\n  before = from_db [==[" + engine->url("fl_hostile") +
                                      "]==],\n  after = from_sql \"after.sql\",\n}\n");
  const auto plan = product("run " + spec + " --out " + folder.file("o") + " --status " + folder.file("s.yml"));
  INFO(plan.err << plan.out);
  REQUIRE(plan.exit_code == 0);

  const auto victim = [&] { return engine->query("fl_hostile", "SELECT id FROM victim"); };
  const auto script = [&](const std::string& file) {
    const auto done = engine->run_script("fl_hostile", slurp(folder.file("o/" + file)));
    INFO(file << "\n" << done.err << done.out);
    CHECK(done.exit_code == 0);
    CHECK(done.err.find("ERROR") == std::string::npos);
    CHECK(victim() == std::vector<Row>{{"42"}});
  };
  script("forward.sql");
  const auto there = product("diff --exit-code " + url + " " + folder.file("after.sql"));
  INFO(there.out << there.err);
  CHECK(there.exit_code == 0);
  script("validation.sql");
  script("rollback.sql");
  // SQLite's own texts tell how a table was made: there the snapshot is asked.
  if (d.engine != "sqlite") CHECK(engine->dump_schema("fl_hostile") == schema);
  const auto back = product("diff --exit-code " + url + " " + folder.file("p.json"));
  INFO(back.out << back.err);
  CHECK(back.exit_code == 0);
  // The same by the runner.
  const auto runner = [&](const std::string& command) {
    const auto done = run_product(command + " " + folder.file("o") + " --yes --url " + url + " --dev-url " +
                                  shell_quote(engine->url(d.engine == "postgres" ? "postgres" : "mysql")));
    INFO(command << "\n" << done.out << done.err);
    CHECK(done.exit_code == 0);
    CHECK(victim() == std::vector<Row>{{"42"}});
  };
  if (d.engine != "sqlite") {
    runner("apply --to switch");
    runner("rollback");
  }
  engine->drop_database("fl_hostile");
}

}  // namespace

TEST_CASE("hostile names in PostgreSQL's catalog are names, and nothing more", "[postgres][safety]") {
  hostile_catalog({"postgres", '"'});
}
TEST_CASE("hostile names in MySQL's catalog are names, and nothing more", "[mysql][safety]") {
  hostile_catalog({"mysql", '`'});
}
TEST_CASE("hostile names in MariaDB's catalog are names, and nothing more", "[mariadb][safety]") {
  hostile_catalog({"mariadb", '`'});
}
TEST_CASE("hostile names in SQLite's catalog are names, and nothing more", "[sqlite][safety]") {
  hostile_catalog({"sqlite", '"'});
}
