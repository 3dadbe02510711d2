// What goes, or gets another name, while a trigger or routine still says it.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;
namespace fs = std::filesystem;

namespace {

struct Said {
  const char* db;
  const char* definitions;  // beside the tables c and l
  const char* changes;
  const char* complaint;  // "" where the plan is made
};

const std::string kSpec = R"lua(migration "m" {
  before = schema {
    table "c" { column "id" :integer() :primary_key(), column "n" :integer(), column "k" :integer() },
    table "l" { column "id" :integer() :primary_key(), column "m" :integer(), column "k" :integer() },
    DEFINITIONS
  },
  changes = { CHANGES },
}
)lua";

constexpr const char* kSqliteTrigger =
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad AFTER UPDATE ON c BEGIN INSERT INTO l (m) VALUES (NEW.n); "
    "END\",";
constexpr const char* kMysqlTrigger =
    "definition \"trigger ad on c\" { create = \"CREATE TRIGGER ad AFTER UPDATE ON c FOR EACH ROW\", "
    "body = \"INSERT INTO l (m) VALUES (NEW.n)\" },";
constexpr const char* kMysqlWhole =
    "definition \"trigger ad on c\" "
    "\"CREATE TRIGGER ad AFTER UPDATE ON c FOR EACH ROW INSERT INTO l (m) VALUES (NEW.n)\",";
constexpr const char* kMysqlRoutine =
    "definition \"procedure p()\" { create = \"CREATE PROCEDURE p()\", body = \"SELECT x.m, k FROM l AS x, c\" },";
constexpr const char* kPostgresTrigger =
    "definition \"function f()\" { replaces = true, shape = \"trigger\", "
    "create = \"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS\", "
    "body = \"$$BEGIN NEW.k := NEW.n; RETURN NEW; END$$\" }, "
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad BEFORE UPDATE ON c FOR EACH ROW EXECUTE FUNCTION f()\",";
constexpr const char* kPostgresShared =
    "definition \"function f()\" { replaces = true, shape = \"trigger\", "
    "create = \"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS\", "
    "body = \"$$BEGIN IF TG_TABLE_NAME = 'l' THEN NEW.m := 1; END IF; RETURN NEW; END$$\" }, "
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad BEFORE UPDATE ON c FOR EACH ROW EXECUTE FUNCTION f()\",";
constexpr const char* kPolicy = "definition \"policy own on c\" \"CREATE POLICY own ON c FOR SELECT USING (n > 0)\",";

constexpr const char* kRule =
    "definition \"rule keep on c\" \"CREATE RULE keep AS ON DELETE TO c WHERE OLD.n = 1 DO INSTEAD NOTHING\",";
constexpr const char* kStatistics = "definition \"statistics st\" \"CREATE STATISTICS st ON n, k FROM c\",";
constexpr const char* kPublication =
    "definition \"publication feed\" \"CREATE PUBLICATION feed FOR TABLE l, c (id, n) WHERE (k > 0)\",";
constexpr const char* kGrant =
    "definition \"grant n on c\" { on = \"c\", create = \"GRANT SELECT (n) ON c TO PUBLIC\", drop = \"REVOKE SELECT "
    "(n) ON c "
    "FROM PUBLIC\" },";
constexpr const char* kGrants =
    "definition \"grant n on c\" { on = \"c\", create = \"GRANT SELECT (n, k) ON c TO PUBLIC\", drop = \"REVOKE SELECT "
    "(n, k) "
    "ON c FROM PUBLIC\" },";
constexpr const char* kParsed =
    "definition \"function g()\" { replaces = true, create = \"CREATE OR REPLACE FUNCTION g() RETURNS bigint LANGUAGE "
    "sql "
    "BEGIN ATOMIC SELECT sum(c.n) FROM c; END\" },";
constexpr const char* kWhen =
    "definition \"function f()\" { replaces = true, shape = \"trigger\", create = \"CREATE OR REPLACE FUNCTION f() "
    "RETURNS trigger "
    "LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$\" }, "
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad BEFORE UPDATE OF n ON c FOR EACH ROW WHEN (OLD.k > 0) EXECUTE "
    "FUNCTION f()\",";

constexpr const char* kSqliteStar =
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad AFTER UPDATE ON c BEGIN INSERT INTO l SELECT * FROM c WHERE id "
    "= "
    "NEW.id; END\",";
constexpr const char* kMysqlStar =
    "definition \"trigger ad on c\" { create = \"CREATE TRIGGER ad AFTER UPDATE ON c FOR EACH ROW\", "
    "body = \"INSERT INTO l SELECT * FROM c WHERE id = NEW.id\" },";
constexpr const char* kMysqlValues =
    "definition \"trigger ad on c\" { create = \"CREATE TRIGGER ad AFTER UPDATE ON c FOR EACH ROW\", "
    "body = \"INSERT INTO l VALUES (NEW.id, 1, 2)\" },";
constexpr const char* kPostgresRow =
    "definition \"function f()\" { replaces = true, shape = \"trigger\", "
    "create = \"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS\", "
    "body = \"$$BEGIN INSERT INTO l SELECT NEW.*; RETURN NULL; END$$\" }, "
    "definition \"trigger ad on c\" \"CREATE TRIGGER ad AFTER UPDATE ON c FOR EACH ROW EXECUTE FUNCTION f()\",";
constexpr const char* kAddToC = "add_column \"c\" { column \"z\" :integer() }";
constexpr const char* kAddToL = "add_column \"l\" { column \"z\" :integer() }";
constexpr const char* kMoves = ", and this migration adds, takes away or moves one of them under it";
constexpr const char* kStarMoves = "trigger ad on c takes the columns of 'c' as they come, by a * in an INSERT";
constexpr const char* kRowMoves = "function f() takes the columns of 'c' as they come, by NEW.* or OLD.* in an INSERT";
constexpr const char* kUnlisted = " takes the columns of 'l' as they come, by an INSERT without a list of columns";

const Said kSaid[] = {
    {"sqlite", kSqliteTrigger, "drop_table \"l\"", "trigger ad on c says l, which is dropped"},
    {"sqlite", kSqliteTrigger, "drop_column \"l.m\"", "trigger ad on c says l.m, which is dropped"},
    {"sqlite", kSqliteTrigger, "drop_column \"c.n\"", "trigger ad on c says c.n, which is dropped"},
    {"sqlite", kSqliteTrigger, "drop_column \"c.k\"", ""},
    {"sqlite", kSqliteTrigger, "drop_column \"l.k\"", ""},
    {"sqlite", kSqliteTrigger, "rename_column \"c.n\" \"nn\"", ""},
    {"mysql", kMysqlTrigger, "drop_table \"l\"", "trigger ad on c says l, which is dropped"},
    {"mysql", kMysqlTrigger, "rename_table \"l\" \"lg\"", ""},
    {"mysql", kMysqlTrigger, "rename_column \"l.m\" \"mm\"", ""},
    {"mysql", kMysqlTrigger, "rename_column \"c.n\" \"nn\"", ""},
    {"mysql", kMysqlRoutine, "drop_column \"l.m\"", "procedure p says l.m, which is dropped"},
    // It may be the other table's.
    {"mysql", kMysqlRoutine, "drop_column \"l.k\"", ""},
    {"mysql", kMysqlRoutine, "drop_table \"l\", drop_definition \"procedure p()\"", ""},
    {"postgres", kPostgresTrigger, "rename_column \"c.n\" \"nn\"",
     "function f() says c.n, which is called nn from now on"},
    {"postgres", kPostgresTrigger, "drop_column \"c.k\"", "function f() says c.k, which is dropped"},
    {"postgres", kPostgresShared, "drop_column \"l.m\"", ""},
    {"postgres", kPolicy, "drop_column \"c.n\"", "policy own on c says c.n, which is dropped"},
    {"postgres", kPolicy, "rename_column \"c.n\" \"nn\"", ""},
    {"postgres", kPolicy, "drop_table \"c\"", ""},
    {"postgres", kRule, "drop_column \"c.n\"", "rule keep on c says c.n, which is dropped"},
    {"postgres", kRule, "rename_column \"c.n\" \"nn\"", ""},
    {"postgres", kStatistics, "drop_column \"c.n\"", "statistics st says c.n, which is dropped"},
    {"postgres", kStatistics, "drop_table \"c\"", ""},
    {"postgres", kPublication, "drop_column \"c.n\"", "publication feed says c.n, which is dropped"},
    {"postgres", kPublication, "drop_column \"c.k\"", "publication feed says c.k, which is dropped"},
    {"postgres", kPublication, "drop_column \"l.k\"", ""},
    {"postgres", kPublication, "rename_column \"c.n\" \"nn\", rename_table \"c\" \"cc\"", ""},
    {"postgres", kPublication, "drop_table \"c\"", ""},
    {"postgres", kGrant, "drop_column \"c.n\"", ""},
    {"postgres", kGrants, "drop_column \"c.n\"", "grant n on c says c.n, which is dropped"},
    {"postgres", kParsed, "drop_column \"c.n\"", "function g() says c.n, which is dropped"},
    {"postgres", kWhen, "drop_column \"c.n\"", "trigger ad on c says c.n, which is dropped"},
    {"postgres", kWhen, "drop_column \"c.k\"", "trigger ad on c says c.k, which is dropped"},
};

struct ByPosition {
  const char *db, *definitions, *changes;
  std::string complaint;  // without its end
};

const ByPosition kByPosition[] = {
    {"sqlite", kSqliteStar, kAddToC, kStarMoves},
    {"sqlite", kSqliteStar, "rename_column \"c.k\" \"kk\"", kStarMoves},
    {"sqlite", kSqliteStar, "drop_column \"c.k\"", kStarMoves},
    {"sqlite", kSqliteStar, kAddToL, std::string("trigger ad on c") + kUnlisted},
    {"mysql", kMysqlStar, kAddToC, kStarMoves},
    {"mysql", kMysqlStar, "alter_column \"c.k\" :bigint()", kStarMoves},
    {"mariadb", kMysqlStar, "rename_column \"c.k\" \"kk\"", kStarMoves},
    {"mysql", kMysqlValues, "rename_column \"l.m\" \"mm\"", std::string("trigger ad on c") + kUnlisted},
    {"mariadb", kMysqlValues, kAddToL, std::string("trigger ad on c") + kUnlisted},
    {"mariadb", kMysqlValues, kAddToC, ""},
    {"postgres", kPostgresRow, kAddToC, kRowMoves},
    {"postgres", kPostgresRow, "alter_column \"c.k\" :bigint()", kRowMoves},
    {"postgres", kPostgresRow, "rename_column \"c.k\" \"kk\"", kRowMoves},
    {"postgres", kPostgresRow, "alter_column \"l.m\" :bigint()", std::string("function f()") + kUnlisted},
    // It takes fewer values than there are columns.
    {"postgres", kPostgresRow, kAddToL, ""},
    // The table's columns stay, and stay in their order.
    {"sqlite", kSqliteStar, "add_index \"c\" { index \"by_k\" { \"k\" } }", ""},
    {"postgres", kPostgresRow, "alter_column \"c.id\" :bigint()", ""},
};

std::string spec_of(const Said& said) {
  std::string text = kSpec;
  text.replace(text.find("DEFINITIONS"), 11, said.definitions);
  return text.replace(text.find("CHANGES"), 7, said.changes);
}

}  // namespace

TEST_CASE("what a trigger or routine still says is neither dropped nor renamed under it", "[cli]") {
  for (const auto& said : kSaid) {
    TemporaryFolder folder;
    std::ofstream(folder.file("m.migration.lua"), std::ios::binary) << spec_of(said);
    INFO(said.db << ": " << said.definitions << "\n" << said.changes);
    const auto run =
        run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=" + said.db + " --out " +
                    shell_quote(folder.file("out")) + " --status " + shell_quote(folder.file("status.yml")));
    const bool made = std::string(said.complaint).empty();
    INFO(run.err);
    CHECK(run.exit_code == (made ? 0 : 1));
    CHECK(fs::exists(folder.file("out")) == made);
    if (made) continue;
    const auto line = run.err.substr(0, run.err.find('\n'));
    CHECK(line.ends_with(said.complaint));
    CHECK(line.find(".migration.lua:") != std::string::npos);
  }
}

TEST_CASE("no column comes, goes or moves under an INSERT that takes them as they come", "[cli]") {
  for (const auto& one : kByPosition) {
    TemporaryFolder folder;
    std::ofstream(folder.file("m.migration.lua"), std::ios::binary)
        << spec_of({one.db, one.definitions, one.changes, ""});
    INFO(one.db << ": " << one.definitions << "\n" << one.changes);
    const auto run =
        run_product("run " + shell_quote(folder.file("m.migration.lua")) + " --db=" + one.db + " --out " +
                    shell_quote(folder.file("out")) + " --status " + shell_quote(folder.file("status.yml")));
    INFO(run.err);
    CHECK(run.exit_code == (one.complaint.empty() ? 0 : 1));
    if (one.complaint.empty()) continue;
    const auto line = run.err.substr(0, run.err.find('\n'));
    CHECK(line.find(".migration.lua:7:") != std::string::npos);  // where the change is
    CHECK(line.ends_with(": " + one.complaint + kMoves));
    CHECK(run.err.find(", in a migration of its own before this one") != std::string::npos);
    CHECK_FALSE(fs::exists(folder.file("out")));
  }
}
