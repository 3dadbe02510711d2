// What cannot be planned rightly is refused with its reason and a way round it, and nothing is written.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

struct Refused {
  std::string engine, header, before, after, says;
  int exit_code = 3;
};

// A union over two tables, one of which says the rest of its columns.
std::string under_union(const std::string& columns, const std::string& list) {
  return R"lua(table "a" { column "id" :integer() :primary_key(), )lua" + columns + R"lua( },
          table "b" { column "id" :integer() :primary_key(), column "x" :integer(), column "y" :bigint() },
          view "v" "SELECT )lua" +
         list + " FROM a UNION ALL SELECT " + list + R"lua( FROM b")lua";
}

const std::string kColumns = "column \"x\" :integer(), column \"y\" :bigint()";
const std::string kRenamed = "column \"z\" :integer() :renamed_from \"x\", column \"y\" :bigint()";
const std::string kUnionMoves =
    R"(: view 'v' takes the columns of 'a' as they come, by a * in an arm of UNION, INTERSECT or EXCEPT, and this migration adds, takes away or moves one of them under it
)";
const std::string kUnionHint =
    "  hint: write the columns of the view out in place of the *, in a migration of its own before this one\n";

const std::vector<Refused>& all_refused() {
  static const std::vector<Refused> list = {
      {"postgres", "",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :integer() },
          table "p" { column "k" :integer() :primary_key(), column "n" :integer() },
          view "v" "SELECT o.id, p.n FROM o JOIN p USING (k)")lua",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "kk" :bigint() :renamed_from "k" },
          table "p" { column "kk" :bigint() :primary_key() :renamed_from "k", column "n" :integer() },
          view "v" "SELECT o.id, p.n FROM o JOIN p USING (kk)")lua",
       "the view v joins by USING (k), and that column gets another name: write ON with both columns"},
      {"mysql", "",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :integer() },
          table "p" { column "k" :integer() :primary_key(), column "n" :integer() },
          view "v" "SELECT o.id, p.n FROM o JOIN p USING (k)")lua",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "kk" :integer() :renamed_from "k" },
          table "p" { column "k" :integer() :primary_key(), column "n" :integer() },
          view "v" "SELECT o.id, p.n FROM o JOIN p USING (k)")lua",
       "m.migration.lua:7:16: the view v joins by USING (k), and that column gets another name: write ON with both "
       "columns"},
      {"mysql", "",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :integer() },
          table "p" { column "pid" :integer() :primary_key(), column "k" :integer() },
          view "v" "SELECT o.id, p.pid FROM o NATURAL LEFT JOIN p")lua",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :bigint() },
          table "p" { column "pid" :integer() :primary_key(), column "k" :integer() },
          view "v" "SELECT o.id, p.pid FROM o NATURAL LEFT JOIN p")lua",
       "the view v joins by NATURAL, and k of o changes: write ON with both columns in a migration of its own first"},
      {"sqlite", "",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :integer() },
          table "p" { column "pid" :integer() :primary_key(), column "k" :integer() },
          view "v" "SELECT o.id, p.pid FROM o NATURAL JOIN p")lua",
       R"lua(table "o" { column "id" :integer() :primary_key(), column "k" :integer(), column "pid" :integer() },
          table "p" { column "pid" :integer() :primary_key(), column "k" :integer() },
          view "v" "SELECT o.id, p.pid FROM o NATURAL JOIN p")lua",
       "the view v joins by NATURAL, and pid of o changes"},
      {"postgres", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() }, definition "policy p on a" "CREATE POLICY p ON a USING (EXISTS (SELECT 1 FROM known(id) WHERE x = 1))")lua",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "y" :integer() :renamed_from "x" }, definition "policy p on a" "CREATE POLICY p ON a USING (EXISTS (SELECT 1 FROM known(id) WHERE x = 1))")lua",
       "'policy p on a' says x, which is called y in a from now on, and something else that it reads may give x as "
       "well: "
       "its text alone does not tell which is meant"},
      {"mysql", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() }, table "l" { column "m" :integer() }, definition "trigger t on l" "CREATE TRIGGER t AFTER UPDATE ON l FOR EACH ROW BEGIN DECLARE x int DEFAULT 1; UPDATE a SET x = x + 1; END")lua",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "y" :integer() :renamed_from "x" }, table "l" { column "m" :integer() }, definition "trigger t on l" "CREATE TRIGGER t AFTER UPDATE ON l FOR EACH ROW BEGIN DECLARE x int DEFAULT 1; UPDATE a SET x = x + 1; END")lua",
       "'trigger t on l' says x, which is called y in a from now on, and it declares x itself"},
      {"mysql", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() }, table "o" { column "oid" :integer(), column "x" :integer() }, definition "procedure p" "CREATE PROCEDURE p() SELECT count(*) FROM a NATURAL JOIN o")lua",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "y" :integer() :renamed_from "x" }, table "o" { column "oid" :integer(), column "x" :integer() }, definition "procedure p" "CREATE PROCEDURE p() SELECT count(*) FROM a NATURAL JOIN o")lua",
       "'procedure p' says x, which is called y in a from now on, and it joins by NATURAL"},
      {"mariadb", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() }, table "o" { column "id" :integer(), column "y" :integer() }, definition "event ev" "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO DELETE FROM a WHERE EXISTS (SELECT 1 FROM o WHERE o.y = x)")lua",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "y" :integer() :renamed_from "x" }, table "o" { column "id" :integer(), column "y" :integer() }, definition "event ev" "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO DELETE FROM a WHERE EXISTS (SELECT 1 FROM o WHERE o.y = x)")lua",
       "'event ev' says x, which is called y in a from now on, and y would mean something else there"},
      {"mysql", "",
       R"lua(table "a" { column "id" :integer() :primary_key() }, table "b" { column "id" :integer() :primary_key() }, view "v" "SELECT c.id, a.id AS other FROM b AS c, a")lua",
       R"lua(table "c" { column "id" :integer() :primary_key() } :renamed_from "a", table "b" { column "id" :integer() :primary_key() }, view "v" "SELECT c.id, a.id AS other FROM b AS c, a")lua",
       "'v' says a, which is called c from now on, and c would mean something else there"},
      {"postgres", "",
       R"lua(table "stock" { column "wh" :varchar(9) :not_null(), column "qty" :integer() :not_null(),
          column "free" :integer() :generated "qty - 1", primary_key { "wh" } })lua",
       R"lua(table "stock" { column "house" :varchar(9) :not_null() :renamed_from "wh", column "qty" :bigint() :not_null(),
          column "free" :bigint() :generated "qty - 1", primary_key { "house" } })lua",
       "the key's column wh gets another name: rename it in a migration of its own, before or after this one"},
      {"mysql", "",
       R"lua(table "t" { column "id" :integer() :primary_key(), column "a" :integer(), column "b" :integer(),
          index "ia" { "a" }, index "ib" { "b" } })lua",
       R"lua(table "t" { column "id" :integer() :primary_key(), column "a" :bigint(), column "b" :integer(),
          index "ib" { "a" }, index "ia" { "b" } })lua",
       "the indexes ib and ia of t exchange their columns while a moves"},
      {"sqlite", "", R"lua(table "t" { column "id" :integer() :primary_key(), column "a" :integer() })lua",
       R"lua(table "t" { column "id" :integer() :primary_key(), column "a" :bigint() :strategy "shadow_colum" })lua",
       "m.migration.lua:3:", 1},
      {"postgres", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() },
          view "v" "SELECT * FROM a", view "w" "SELECT x FROM v")lua",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "y" :integer() :renamed_from "x" },
          view "v" "SELECT * FROM a",
          view "w" "SELECT x FROM v")lua",
       R"(m.migration.lua:6:16: view 'w' reads 'x' of view 'v', whose * gives 'y' in its place from now on
              view "w" "SELECT x FROM v" },
                   ^~~
  hint: state the query of 'w' with the new name, as in SELECT y AS x, or that of 'v' with its columns in place of the *)",
       1},
      {"mysql", "",
       R"lua(table "a" { column "id" :integer() :primary_key(), column "x" :integer() },
          table "b" { column "id" :integer() :primary_key(), column "z" :integer() },
          view "v" "SELECT q.*, b.z FROM a AS q JOIN b ON b.id = q.id", view "w" "SELECT v.x, b.z FROM v, b")lua",
       R"lua(table "a" { column "id" :integer() :primary_key() },
          table "b" { column "id" :integer() :primary_key(), column "z" :integer() },
          view "v" "SELECT q.*, b.z FROM a AS q JOIN b ON b.id = q.id", view "w" "SELECT v.x, b.z FROM v, b")lua",
       "view 'w' reads 'x' of view 'v', whose * gives it no more\n", 1},
      {"sqlite", R"lua(targets = { "sqlite", "oracle" },)lua",
       R"lua(table "t" { column "id" :integer() :primary_key() })lua",
       R"lua(table "t" { column "id" :integer() :primary_key(), column "a" :integer() })lua",
       "'targets' of the specification: unknown database 'oracle'", 1},
      {"sqlite", "", under_union(kColumns, "*"), under_union(kRenamed, "*"), "m.migration.lua:5:78" + kUnionMoves, 1},
      {"postgres", "", under_union(kColumns, "*"), under_union(kRenamed, "*"), kUnionMoves, 1},
      {"mysql", "", under_union(kColumns, "*"), under_union(kRenamed, "*"), kUnionMoves, 1},
      {"mariadb", "", under_union(kColumns, "*"), under_union(kRenamed, "*"), kUnionHint, 1},
      {"postgres", "", under_union(kColumns, "*"), under_union(kColumns + ", column \"q\" :integer()", "*"),
       kUnionMoves, 1},
      {"mysql", "", under_union(kColumns, "*"), under_union("column \"x\" :bigint(), column \"y\" :bigint()", "*"),
       kUnionMoves, 1},
      // The view stands with its star until the switch.
      {"postgres", "", under_union(kColumns, "*"), under_union(kRenamed, "id, y"), kUnionMoves, 1},
  };
  return list;
}

}  // namespace

TEST_CASE("specs that are refused say why, and what to do instead", "[cli][policy]") {
  for (const auto& one : all_refused()) {
    TemporaryFolder folder;
    std::ofstream(folder.file("m.migration.lua"))
        << "migration \"m\" { " << one.header << "\n  before = schema { " << one.before << " },\n  after = schema { "
        << one.after << " },\n}\n";
    const auto run =
        run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=" + one.engine + " --out " +
                    shell_quote(folder.file("out")) + " --status " + shell_quote(folder.file("status.yml")));
    INFO(one.engine << ": " << one.after << "\n" << run.err);
    CHECK(run.err.find(one.says) != std::string::npos);
    CHECK(run.exit_code == one.exit_code);
    CHECK_FALSE(fs::exists(folder.file("out")));
  }
}

TEST_CASE("a union goes on under a column that moves if it names its columns, or no column moves", "[cli][policy]") {
  const std::string pairs[][2] = {
      {under_union(kColumns, "id, y"), under_union(kRenamed, "id, y")},
      {under_union(kColumns, "*"), under_union(kColumns, "id, x, y")},
      {under_union(kColumns, "*"), under_union(kColumns + ", index \"by_x\" { \"x\" }", "*")},
  };
  for (const std::string engine : {"sqlite", "postgres", "mysql", "mariadb"}) {
    for (const auto& [before, after] : pairs) {
      TemporaryFolder folder;
      std::ofstream(folder.file("m.migration.lua"))
          << "migration \"m\" { before = schema { " << before << " },\n after = schema { " << after << " } }\n";
      const auto run =
          run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=" + engine + " --out " +
                      shell_quote(folder.file("out")) + " --status " + shell_quote(folder.file("status.yml")));
      INFO(engine << ": " << after << "\n" << run.err);
      CHECK(run.exit_code == 0);
    }
  }
}
