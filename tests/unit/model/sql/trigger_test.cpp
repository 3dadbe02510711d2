#include <catch2/catch_test_macros.hpp>

#include "engine/model/definition.hpp"
#include "engine/model/sql/renaming.hpp"

namespace forge {
namespace {

std::string rename_column_in_trigger(const std::string& text, const QName& on, const QName& table, const char* from,
                                     const char* to) {
  return sql::rename_column(text, {on, false}, table, from, to, sql::Results::where_read).text;
}

std::string rename_table_in_trigger(const std::string& text, const QName& from, const QName& to) {
  return sql::rename_table(text, {}, from, to).text;
}

TEST_CASE("a column is renamed in a trigger where the trigger means it", "[sql]") {
  const QName own{"", "c"}, other{"", "log"};
  struct Row {
    std::string text, of_own, of_other;  // `n` renamed to `m`, in the trigger's own table and in log
  };
  const std::vector<Row> rows = {
      {"CREATE TRIGGER n AFTER UPDATE OF n ON c FOR EACH ROW INSERT INTO log (n) VALUES (NEW.n)",
       "CREATE TRIGGER n AFTER UPDATE OF m ON c FOR EACH ROW INSERT INTO log (n) VALUES (NEW.m)",
       "CREATE TRIGGER n AFTER UPDATE OF n ON c FOR EACH ROW INSERT INTO log (m) VALUES (NEW.n)"},
      {"BEGIN DECLARE n int; SET n = OLD.n; UPDATE log AS l SET n = n + 1 WHERE l.n = log.n; END",
       "BEGIN DECLARE n int; SET n = OLD.m; UPDATE log AS l SET n = n + 1 WHERE l.n = log.n; END",
       "BEGIN DECLARE n int; SET n = OLD.n; UPDATE log AS l SET m = m + 1 WHERE l.m = log.m; END"},
      {"INSERT INTO log (n) SELECT c.n + n FROM c JOIN d ON d.n = c.n WHERE n > 0",
       "INSERT INTO log (n) SELECT c.m + m FROM c JOIN d ON d.n = c.m WHERE m > 0",
       "INSERT INTO log (m) SELECT c.n + n FROM c JOIN d ON d.n = c.n WHERE n > 0"},
      {"IF NEW.n <> OLD.n THEN DELETE FROM log WHERE n = (SELECT max(n) FROM c); END IF",
       "IF NEW.m <> OLD.m THEN DELETE FROM log WHERE n = (SELECT max(m) FROM c); END IF",
       "IF NEW.n <> OLD.n THEN DELETE FROM log WHERE m = (SELECT max(n) FROM c); END IF"},
      {"INSERT INTO log (n) SELECT n FROM c ON DUPLICATE KEY UPDATE n = VALUES(n)",
       "INSERT INTO log (n) SELECT m FROM c ON DUPLICATE KEY UPDATE n = VALUES(n)",
       "INSERT INTO log (m) SELECT n FROM c ON DUPLICATE KEY UPDATE m = VALUES(m)"},
      {"INSERT INTO log (n) VALUES (NEW.n) ON CONFLICT (n) DO UPDATE SET n = excluded.n",
       "INSERT INTO log (n) VALUES (NEW.m) ON CONFLICT (n) DO UPDATE SET n = excluded.n",
       "INSERT INTO log (m) VALUES (NEW.n) ON CONFLICT (m) DO UPDATE SET m = excluded.m"},
      {"SELECT extract(year FROM n) FROM log; SELECT n IS DISTINCT FROM 1, n FROM c",
       "SELECT extract(year FROM n) FROM log; SELECT m IS DISTINCT FROM 1, m FROM c",
       "SELECT extract(year FROM m) FROM log; SELECT n IS DISTINCT FROM 1, n FROM c"},
      {"CREATE RULE r AS ON UPDATE TO c DO ALSO INSERT INTO log VALUES (NEW.n)",
       "CREATE RULE r AS ON UPDATE TO c DO ALSO INSERT INTO log VALUES (NEW.m)",
       "CREATE RULE r AS ON UPDATE TO c DO ALSO INSERT INTO log VALUES (NEW.n)"},
  };
  for (const auto& row : rows) {
    CHECK(rename_column_in_trigger(row.text, own, own, "n", "m") == row.of_own);
    CHECK(rename_column_in_trigger(row.text, own, other, "n", "m") == row.of_other);
  }
}

TEST_CASE("a table is renamed in a trigger where the trigger means it", "[sql]") {
  const std::string before =
      "CREATE TRIGGER log AFTER UPDATE ON app.log FOR EACH ROW BEGIN INSERT INTO log (log) SELECT log.log FROM a, log "
      "WHERE log = NEW.log; UPDATE log.t SET x = log(1); END";
  CHECK(rename_table_in_trigger(before, {"app", "log"}, {"app", "l"}) ==
        "CREATE TRIGGER log AFTER UPDATE ON app.l FOR EACH ROW BEGIN INSERT INTO l (log) SELECT l.log FROM a, l "
        "WHERE log = NEW.log; UPDATE log.t SET x = log(1); END");
  CHECK(rename_table_in_trigger("CREATE RULE r AS ON INSERT TO log DO ALSO DELETE FROM log", {"", "log"}, {"", "l"}) ==
        "CREATE RULE r AS ON INSERT TO l DO ALSO DELETE FROM l");
}

TEST_CASE("the body of a trigger follows renames, that of a routine does not", "[sql]") {
  Definition one{{"", "trigger t on c"}, "trigger", {"", "c"}, "CREATE TRIGGER t AFTER UPDATE ON c FOR EACH ROW"};
  one.body = "INSERT INTO log (n) VALUES (NEW.n)";
  rename_column(one, {"", "c"}, "n", "m");
  rename_column(one, {"", "log"}, "n", "word");
  rename_table(one, {"", "log"}, {"", "journal"});
  CHECK(one.body == "INSERT INTO journal (word) VALUES (NEW.m)");

  Definition routine{{"", "procedure p()"}, "procedure", {}, "CREATE PROCEDURE p()"};
  routine.body = "INSERT INTO log (n) VALUES (1)";
  rename_table(routine, {"", "log"}, {"", "journal"});
  CHECK(routine.body == "INSERT INTO log (n) VALUES (1)");
}

}  // namespace
}  // namespace forge
