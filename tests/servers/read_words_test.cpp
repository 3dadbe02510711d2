// Every word of the language, as a spec, as SQL, and as a database of MySQL's or MariaDB's.
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

constexpr const char* kWords = R"lua(
migration "words" {
  before = schema {},
  after = schema {
  table "other" { column "id" :bigint() :primary_key(), column "code" :varchar(8) :unique() },
  table "words" {
    column "id" :bigserial() :primary_key(),
    column "a1" :tinyint() :default(1), column "a2" :smallint() :unsigned() :default(2), column "a3" :mediumint(), column "a4" :integer() :not_null() :default(-4),
    column "a5" :bigint() :unsigned(), column "a6" :numeric(12, 2) :default(1.5), column "a7" :decimal(8), column "a8" :money(), column "a9" :float(),
    column "b1" :real() :default(0.5), column "b2" :double() :default(1.25), column "b3" :boolean() :default(true), column "b4" :boolean() :not_null() :default(false),
    column "b5" :char(3) :default "abc", column "b6" :varchar(40) :default "it's \\ \"q\"", column "b7" :text(), column "b8" :citext(), column "b9" :xml(),
    column "c1" :binary(16), column "c2" :varbinary(20) :default "ab", column "c3" :blob(), column "c4" :bytea(), column "c5" :date() :default "2024-02-29",
    column "c6" :time() :default "10:11:12", column "c7" :timetz(), column "c8" :timestamp() :default(sql "CURRENT_TIMESTAMP"), column "c9" :timestamptz() :default(sql "now()"),
    column "d1" :datetime(3) :default(sql "CURRENT_TIMESTAMP(3)") :on_update_now(), column "d2" :interval(), column "d3" :uuid(), column "d4" :json(), column "d5" :jsonb(),
    column "d6" :inet(), column "d7" :cidr(), column "d8" :macaddr(), column "d9" :bit(4), column "e1" :year(), column "e2" :point() , column "e3" :geometry() :not_null(),
    column "e4" :enum { "new", "it's", "a,b" } :default "new", column "e5" :set { "x", "y" } :default "x,y", column "e6" :hstore(), column "e7" :integer() :array(),
    column "e8" :varchar(20) :charset "latin1", column "e9" :varchar(20) :collate "utf8mb4_bin" :comment "It's \\ a comment", column "f1" :integer() :generated "a4 * 2",
    column "f2" :integer() :generated("a4 + 1", "virtual"), column "f3" :integer() :default(3) :invisible(), column "f4" :bigint() :references("other.id") :on_delete "cascade",
    column "f5" :type "int(8) unsigned zerofill", column "f6" :tinytext(), column "f7" :mediumtext(), column "f8" :longtext(), column "f9" :mediumblob(),
    column "g1" :varchar(30) :default(sql "concat('a', 'b')"), column "g2" :timestamp(6), column "g3" :bigint() :references("other.id") :on_delete "restrict" :on_update "no action",
    unique { "a1", "a2" }, unique { "b5" } :name "by_code",
    index "i1" { "a3", desc "a4" }, index "i2" { prefix("b6", 10) } :comment "why", index "i3" { "b7" } :using "fulltext", index "i4" { "e3" } :using "spatial",
    index "i5" { "a5" } :unique(), index "i6" { "b6" } :invisible(),
    check "positive" "a4 > -10 AND b5 <> 'it''s'", check "a1 IS NULL OR a1 < 100",
  } :engine "InnoDB" :charset "utf8mb4" :row_format "dynamic" :comment "Words \\ here",
  table "latin" { column "a" :varchar(5), column "b" :text() } :charset "latin1" :collate "latin1_bin",
  table "parted" { column "id" :integer() :primary_key() } :partition_by "HASH (id) PARTITIONS 4",
  view "v" "SELECT id, b6 AS name FROM words WHERE b3" ,
  view "w" "SELECT name FROM v" :security_invoker() ,
  view "x" "SELECT id FROM other WHERE code IS NOT NULL" :check_option "cascaded",
  definition "trigger tr on other" { create = "CREATE TRIGGER tr BEFORE INSERT ON other FOR EACH ROW", body = "BEGIN SET NEW.code = 'x'; END" },
} }
)lua";

void words_are_equal(const std::string& name, const char* variable) {
  const auto server = environment(variable);
  if (server.empty()) SKIP("no " << name << ": " << variable << " is not set");
  TemporaryFolder folder;
  const auto product = [&](const std::string& arguments) {
    return run_product(arguments + " --db=" + name + " --dev-url=" + shell_quote(server));
  };
  const auto write = [&](const std::string& file, const std::string& text) {
    std::ofstream(folder.file(file), std::ios::binary) << text;
    return folder.file(file);
  };
  const auto spec = write("words.migration.lua", kWords);
  const auto sql = product("inspect " + spec + " --format sql");
  INFO(sql.err);
  REQUIRE(sql.exit_code == 0);
  const auto engine = open_engine(name);
  engine->create_database("forgelua_words");
  REQUIRE(engine->run_script("forgelua_words", sql.out).err == "");
  const auto path = server.find("/?") + 1;
  const auto url = shell_quote(server.substr(0, path) + "forgelua_words" + server.substr(path));
  const auto text = write("words.sql", sql.out);
  const auto again = write("again.migration.lua", product("inspect " + url + " --format lua").out);
  for (const auto& pair : {spec + " " + url, text + " " + url, spec + " " + text, again + " " + url}) {
    const auto diff = product("diff --exit-code " + pair);
    INFO(pair << "\n" << diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
  engine->drop_database("forgelua_words");
}

}  // namespace

TEST_CASE("every word is equal as a spec, as SQL and as a database of MySQL", "[mysql][read]") {
  words_are_equal("mysql", "FORGELUA_TEST_MYSQL_URL");
}

TEST_CASE("every word is equal as a spec, as SQL and as a database of MariaDB", "[mariadb][read]") {
  words_are_equal("mariadb", "FORGELUA_TEST_MARIADB_URL");
}

TEST_CASE("parameters of operator classes are read, compared and kept on PostgreSQL", "[postgres][read]") {
  const auto server = environment("FORGELUA_TEST_POSTGRES_URL");
  if (server.empty()) SKIP("no PostgreSQL: FORGELUA_TEST_POSTGRES_URL is not set");
  const auto engine = open_engine("postgres");
  engine->create_database("forgelua_classes");
  const auto url = engine->url("forgelua_classes");
  REQUIRE(engine
              ->write("forgelua_classes",
                      "CREATE TABLE t (id bigint PRIMARY KEY, words tsvector);"
                      "CREATE INDEX words_idx ON t USING gist (words tsvector_ops (siglen = 100));")
              .exit_code == 0);
  TemporaryFolder folder;
  const auto spec = [&](const std::string& name, const std::string& opclass) {
    std::ofstream(folder.file(name))
        << "migration \"m\" { before = schema {}, after = schema { table \"t\" { column \"id\" "
           ":bigint() :primary_key(), column \"words\" :type \"tsvector\", index \"words_idx\" { asc \"words\""
        << opclass << " } :using \"gist\" } } }\n";
    return folder.file(name);
  };
  const auto differs = [&](const std::string& other) {
    const auto diff = run_product("diff --exit-code --db=postgres " + shell_quote(other) + " " + shell_quote(url));
    INFO(diff.out << diff.err);
    CHECK((diff.exit_code == 0 || diff.out == "alter_index words_idx: parts\n"));
    return diff.exit_code != 0;
  };
  CHECK_FALSE(differs(spec("same.migration.lua", " :opclass \"tsvector_ops ( SIGLEN=100 )\"")));
  CHECK(differs(spec("other.migration.lua", " :opclass \"tsvector_ops (siglen = 200)\"")));
  CHECK(differs(spec("none.migration.lua", "")));
  std::ofstream(folder.file("again.migration.lua")) << run_product("inspect " + shell_quote(url) + " --format lua").out;
  CHECK_FALSE(differs(folder.file("again.migration.lua")));
  engine->drop_database("forgelua_classes");
}

// SQLite keeps constraints without names, default and check texts as they were written, and no comments.
TEST_CASE("every word is equal as a spec, as SQL and as a database of SQLite", "[sqlite][read]") {
  TemporaryFolder folder;
  const auto write = [&](const std::string& file, const std::string& text) {
    std::ofstream(folder.file(file), std::ios::binary) << text;
    return folder.file(file);
  };
  const auto spec = write("words.migration.lua", R"lua(
migration "words" { before = schema {}, after = schema {
  table "other" { column "id" :bigint() :identity() :primary_key(), column "code" :varchar(8) :unique() },
  table "words" {
    column "id" :integer() :primary_key(), column "a" :bigint() :not_null() :default(-4), column "b" :numeric(12, 2) :default(1.5),
    column "c" :text() :default "it's \\ \"q\"", column "d" :boolean() :default(true), column "e" :timestamp() :default(sql "CURRENT_TIMESTAMP"),
    column "f" :blob(), column "g" :bigint() :references("other.id") :on_delete "cascade", column "h" :varchar(9) :collate "NOCASE",
    column "i" :integer() :generated "a * 2", column "j" :integer() :generated("a + 1", "virtual"), column "k" :json(), column "l" :uuid(),
    column "m" :enum { "new", "it's" } :default "new", column "n" :date(), column "o" :real() :default(0.5), column "p" :references "other.code",
    unique { "a", "b" }, unique { "c" } :name "by_c", check "a > -10 AND c <> 'it''s'", check "named" "a IS NULL OR a < 100",
    foreign_key "fk" { "h" } :references("other", { "code" }) :deferrable "deferred",
    index "i1" { "a", desc "b" }, index "i2" { expr "lower(c)" }, index "i3" { "d" } :where "d", index "i4" { "e" } :unique(),
  },
  table "plain" { column "a" :integer(), column "b" :text(), primary_key { "a", "b" } } :without_rowid(),
  table "firm" { column "a" :integer() :primary_key(), column "b" :text() } :strict(),
  view "v" "SELECT id, c AS name FROM words WHERE d",
} }
)lua");
  const auto product = [&](const std::string& arguments) { return run_product(arguments + " --db=sqlite"); };
  const auto sql = product("inspect " + spec + " --format sql");
  INFO(sql.err);
  REQUIRE(sql.exit_code == 0);
  const auto text = write("words.sql", sql.out);
  const auto database = folder.file("words.db");
  const auto made = run_shell("sqlite3 -bail " + shell_quote(database), sql.out);
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  const auto url = "sqlite:" + database;
  const auto again = write("again.migration.lua", product("inspect " + url + " --format lua").out);
  for (const auto& pair :
       {spec + " " + url, url + " " + spec, text + " " + url, spec + " " + text, again + " " + url}) {
    const auto diff = product("diff --exit-code " + pair);
    INFO(pair << "\n" << diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
}
