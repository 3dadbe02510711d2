// Each word of `changes` on a real schema: read from its SQL, run by the sqlite3 shell on rows, equal to a database that is
// made new, and back.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kRows = R"sql(
INSERT INTO country VALUES (1, 'Chad', '2024-01-01 00:00:00'), (2, 'Perú', NULL);
INSERT INTO city VALUES (1, 'N''Djamena', 1, '2024-01-01 00:00:00'), (2, 'Lima', 2, '2024-01-01 00:00:00');
INSERT INTO actor VALUES (1, 'Åsa', 'Öst', '2024-01-01 00:00:00'), (2, '', 'x', '2024-01-01 00:00:00');
INSERT INTO language VALUES (1, 'English', '2024-01-01 00:00:00');
INSERT INTO category VALUES (1, 'Action', '2024-01-01 00:00:00');
INSERT INTO film_text VALUES (1, 'Title', 'Description');
)sql";

struct Row {
  const char* word;
  const char* changes;
  bool keeps_rows = true;  // the way back brings every row
};

const Row kRowsOfTable[] = {
    {"create_table",
     R"(create_table "tag" { column "id" :bigint() :primary_key(), column "name" :text() :not_null() })"},
    {"drop_table", R"(drop_table "film_text")", false},
    {"rename_table", R"(rename_table "film_text" "film_texts")"},
    {"alter_table", R"(alter_table "film_text" :strict())"},
    {"add_column", R"(add_column "country" { column "code" :char(2) })"},
    {"drop_column", R"(drop_column "address.address2")"},
    {"rename_column, called as its table and as what views read", R"(rename_column "city.city" "name")"},
    {"alter_column, its type", R"(alter_column "country.country" :varchar(90))"},
    {"alter_column, NOT NULL", R"(alter_column "country.last_update" :not_null() :backfill "CURRENT_TIMESTAMP")"},
    {"drop_primary_key", R"(drop_primary_key "film_text")"},
    {"add_primary_key", R"(drop_primary_key "film_text", add_primary_key "film_text" { "film_id", "title" })"},
    {"add_unique", R"(add_unique "country" { unique { "country" } :name "country_name_key" })"},
    {"add_index", R"(add_index "city" { index "city_name_idx" { "city" } })"},
    {"drop_index", R"(drop_index "idx_actor_last_name")"},
    {"rename_index", R"(rename_index "idx_actor_last_name" "actor_by_last_name")"},
    {"add_foreign_key",
     R"(add_foreign_key "film_text" { foreign_key { "film_id" } :references "category.category_id" })"},
    {"drop_foreign_key", R"(drop_foreign_key "city" "fk_city_country")"},
    {"rename_constraint", R"(rename_constraint "city.fk_city_country" "city_country_fk")"},
    {"drop_constraint", R"(drop_constraint "city" "fk_city_country")"},
    {"add_check", R"(add_check "country" { check "country_named" "country <> ''" })"},
    {"drop_check", R"(drop_check "film" "CHECK_special_features")"},
    {"create_view", R"(create_view "names" "SELECT first_name, last_name FROM actor")"},
    {"alter_view", R"(alter_view "staff_list" "SELECT staff_id FROM staff")"},
    {"drop_view", R"(drop_view "sales_by_film_category")"},
    {"create_definition", R"(create_definition "trigger counted on country"
       "CREATE TRIGGER counted AFTER DELETE ON country BEGIN SELECT 1; END")"},
    {"alter_definition", R"(alter_definition "trigger country_trigger_ai on country"
       { create = "CREATE TRIGGER country_trigger_ai AFTER INSERT ON country BEGIN SELECT 1; END" })"},
    {"drop_definition", R"(drop_definition "trigger country_trigger_ai on country")"},
    {"execute", R"(execute { up = "UPDATE actor SET first_name = 'A' WHERE actor_id = 9", down = "SELECT 1",
       why = "as an example", name = "example" })"},
};

fs::path schema_file() {
  const char* named = std::getenv("FORGELUA_CORPORA");
  const fs::path corpora = named ? fs::path(named) : fs::path(source_folder()) / "../shared/corpora";
  return corpora / "databases/sakila/sqlite.sql";
}

std::string text_of(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

class Folder {
 public:
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.file(name), std::ios::binary) << text;
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string quoted(const std::string& name) const { return shell_quote(folder_.file(name)); }
  void sql(const std::string& database, const std::string& text, const std::string& what) {
    const auto done = run_shell("sqlite3 -bail " + database, text, folder_.path());
    INFO(what << "\n" << done.err << done.out);
    REQUIRE(done.exit_code == 0);
  }
  // The rows as statements, in an order of their own; the schema's own triggers write the clock into them.
  std::string rows() {
    return run_shell(R"(sqlite3 db .dump | grep '^INSERT' | sed -E "s/'[0-9]{4}-[0-9-]+ [0-9:]+'/'(time)'/g" | sort)",
                     {}, folder_.path())
        .out;
  }
  void check_equal(const std::string& other, const std::string& what) {
    const auto done = run_product("diff " + shell_quote("sqlite:" + file("db")) + " " + shell_quote(other) +
                                  " --db=sqlite --exit-code");
    INFO(what << "\n" << done.out << done.err);
    CHECK(done.exit_code == 0);
  }

 private:
  TemporaryFolder folder_;
};

void check_row(const Row& row, const std::string& schema, const std::string& inserts = kRows) {
  INFO(row.word);
  Folder folder;
  folder.write("schema.sql", schema);
  folder.write("m.migration.lua", std::string("migration \"m\" { before = from_sql \"schema.sql\", changes = { ") +
                                      row.changes + " } }\n");
  const auto run = run_product("run " + folder.quoted("m.migration.lua") + " --db=sqlite --out " +
                               folder.quoted("out") + " --status " + folder.quoted("status.yml"));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  folder.sql("db", schema + inserts, "the schema and its rows");
  const auto rows = folder.rows();
  REQUIRE_FALSE(rows.empty());
  folder.sql("db", text_of(folder.file("out/forward.sql")), "forward.sql");
  folder.sql("db", text_of(folder.file("out/validation.sql")), "validation.sql");
  const auto wanted = run_product("inspect " + folder.quoted("m.migration.lua") + " --state after --db=sqlite");
  REQUIRE(wanted.exit_code == 0);
  folder.sql("fresh", wanted.out, "the wanted schema, made new");
  folder.check_equal("sqlite:" + folder.file("fresh"), "forward leads to the wanted schema");
  folder.sql("db", text_of(folder.file("out/rollback.sql")), "rollback.sql");
  folder.check_equal(folder.file("schema.sql"), "the way back leads to the old schema");
  if (row.keeps_rows) CHECK(folder.rows() == rows);
}

}  // namespace

TEST_CASE("each word of changes on a real schema, forward and back", "[sqlite][corpora]") {
  if (!fs::exists(schema_file())) SKIP("no collection of real schemas: FORGELUA_CORPORA is not set");
  const auto schema = text_of(schema_file());
  for (const auto& row : kRowsOfTable) check_row(row, schema);
}

TEST_CASE("foreign keys to tables that there are not are carried along", "[sqlite]") {
  const std::string schema =
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, owner INTEGER REFERENCES people(id),"
      " kind INTEGER REFERENCES kinds(id));\n"
      "CREATE TABLE marks (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES persons(id));\n";
  const std::string inserts =
      "INSERT INTO notes VALUES (1, 'x', NULL, 3), (2, '', 7, NULL);\nINSERT INTO marks VALUES (1, 5);\n";
  for (const Row& row : {Row{"a copy", R"(alter_column "notes.text" :varchar(40) :not_null() :default "")"},
                         Row{"the key goes", R"(drop_foreign_key "notes" { "kind" })"},
                         Row{"a rename", R"(rename_column "notes.owner" "held_by")"},
                         Row{"the table goes", R"(drop_table "marks")", false}}) {
    check_row(row, schema, inserts);
  }
}
