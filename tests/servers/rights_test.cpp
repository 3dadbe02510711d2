// Grants and definers on MySQL and MariaDB: read, compared, kept where objects are made anew, and taken back.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"
#include "tests/support/texts.hpp"

using namespace forge::test;

namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE orders (id int PRIMARY KEY, total int, note varchar(20));
CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL);
)sql";

constexpr const char* kObjects = R"sql(
CREATE @definer@ VIEW open_orders AS SELECT id, total FROM orders WHERE total > @least@;
CREATE @definer@ FUNCTION twice(x int) RETURNS int DETERMINISTIC NO SQL RETURN x * @least@;
CREATE @definer@ PROCEDURE clear() DELETE FROM items WHERE id < @least@;
CREATE @definer@ TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = '@least@';
CREATE @definer@ EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM items WHERE id < @least@;
)sql";

constexpr const char* kGrants = R"sql(
GRANT SELECT, INSERT ON orders TO 'fl_app'@'%';
GRANT UPDATE (total, note), SELECT (id) ON orders TO 'fl_report'@'localhost' WITH GRANT OPTION;
GRANT SELECT ON open_orders TO 'fl_report'@'localhost';
GRANT EXECUTE ON FUNCTION twice TO 'fl_app'@'%';
GRANT EXECUTE ON PROCEDURE clear TO 'fl_report'@'localhost' WITH GRANT OPTION;
)sql";

// One server with accounts of the test's own, and databases on it.
class Server {
 public:
  explicit Server(const std::string& name) : engine_(open_engine(name)), name_(name) {
    if (engine_) accounts("CREATE");
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (!engine_) return;
    for (const auto& database : databases_) engine_->drop_database(database);
    accounts("DROP");
  }
  explicit operator bool() const { return engine_ != nullptr; }

  void make(const std::string& database, const std::string& sql) {
    databases_.push_back(database);
    engine_->create_database(database);
    run(database, sql);
  }
  void run(const std::string& database, const std::string& sql) {
    const auto outcome = engine_->run_script(database, sql);
    INFO(outcome.err << sql);
    REQUIRE(outcome.exit_code == 0);
    REQUIRE(outcome.err.find("ERROR") == std::string::npos);
  }
  std::string write(const std::string& file, const std::string& text) const {
    std::ofstream(folder_.file(file), std::ios::binary) << text;
    return folder_.file(file);
  }
  std::string read(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(folder_.file(file), std::ios::binary).rdbuf();
    return text.str();
  }
  Outcome product(const std::string& arguments) const {
    return run_product(arguments + " --db=" + name_ + " --dev-url=" + shell_quote(engine_->url("mysql")));
  }
  std::string url(const std::string& database) const { return engine_->url(database); }
  // Plans from the live database to `after`, a source of a spec.
  void plan(const std::string& database, const std::string& after) {
    write("spec.migration.lua",
          "migration \"rights\" {\n  before = from_db \"" + url(database) + "\",\n  after = " + after + ",\n}\n");
    const auto made = product("run " + folder_.file("spec.migration.lua") + " --out " + folder_.file("o") +
                              " --status " + folder_.file("s.yml"));
    INFO(made.out << made.err);
    REQUIRE(made.exit_code == 0);
  }
  // Everything that is granted in the database, and whose rights its objects run with.
  std::vector<Row> rights(const std::string& database) {
    const auto in = "'" + database + "'";
    return engine_->query(
        "mysql",
        "SELECT CONCAT(User, '@', Host, ' ', Table_name, ' ', Table_priv, ' ', Column_priv) AS r FROM tables_priv "
        "WHERE Db = " +
            in +
            " UNION ALL SELECT CONCAT(User, '@', Host, ' ', Table_name, '.', Column_name, ' ', Column_priv) FROM "
            "columns_priv WHERE Db = " +
            in +
            " UNION ALL SELECT CONCAT(User, '@', Host, ' ', Routine_name, ' ', Proc_priv) FROM procs_priv WHERE Db = " +
            in +
            " AND User <> 'root'"
            " UNION ALL SELECT CONCAT(TABLE_NAME, ' ', DEFINER) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = " +
            in +
            " UNION ALL SELECT CONCAT(ROUTINE_NAME, ' ', DEFINER) FROM information_schema.ROUTINES WHERE "
            "ROUTINE_SCHEMA = " +
            in +
            " UNION ALL SELECT CONCAT(TRIGGER_NAME, ' ', DEFINER) FROM information_schema.TRIGGERS WHERE "
            "TRIGGER_SCHEMA = " +
            in +
            " UNION ALL SELECT CONCAT(EVENT_NAME, ' ', DEFINER) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = " +
            in + " ORDER BY r");
  }
  std::vector<Row> query(const std::string& sql) { return engine_->query("mysql", sql); }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  void accounts(const std::string& word) {
    const std::string existing = word == "DROP" ? " IF EXISTS" : " IF NOT EXISTS";
    for (const char* account :
         {"'fl_app'@'%'", "'fl_report'@'localhost'", "'fl_owner'@'%'", "'fl_reader'@'localhost'"}) {
      engine_->run_script("mysql", word + " USER" + existing + " " + account + ";");
    }
  }

  std::unique_ptr<Engine> engine_;
  std::string name_;
  std::vector<std::string> databases_;
  TemporaryFolder folder_;
};

#define FORGE_NEED(server) \
  if (!(server)) SKIP("no client: FORGELUA_TEST_… is not set")

std::string objects(const std::string& definer, const std::string& least) {
  return replaced(replaced(kObjects, "@definer@", definer.empty() ? "" : "DEFINER = " + definer), "@least@", least);
}

// A script states neither grants nor definers: what is made anew for it has them all the same, on the way back, too.
void made_anew(const std::string& name) {
  Server server(name);
  FORGE_NEED(server);
  server.make("fl_rights", kTables + objects("'fl_owner'@'%'", "1") + kGrants);
  const auto before = server.rights("fl_rights");
  REQUIRE(before.size() == 13);
  const auto script = server.write(
      "after.sql",
      replaced(kTables, "id int PRIMARY KEY, total int", "id bigint PRIMARY KEY, total varchar(9)") + objects("", "2"));
  server.plan("fl_rights", "from_sql \"after.sql\"");
  server.run("fl_rights", server.read("o/forward.sql"));
  CHECK(server.rights("fl_rights") == before);
  const auto diff = server.product("diff --exit-code " + shell_quote(server.url("fl_rights")) + " " + script);
  INFO(diff.out << diff.err);
  CHECK(diff.exit_code == 0);
  server.run("fl_rights", server.read("o/rollback.sql"));
  CHECK(server.rights("fl_rights") == before);
}

// Two live databases: what differs is said, brought over, and taken back.
void brought_over(const std::string& name) {
  Server server(name);
  FORGE_NEED(server);
  server.make("fl_old", kTables + objects("'fl_owner'@'%'", "1") + kGrants);
  server.make("fl_new", kTables + objects("'fl_app'@'%'", "1") +
                            "GRANT SELECT, DELETE ON orders TO 'fl_app'@'%';\nGRANT EXECUTE ON FUNCTION twice TO "
                            "'fl_report'@'localhost';");
  const auto before = server.rights("fl_old"), wanted = server.rights("fl_new");
  const auto pair = shell_quote(server.url("fl_old")) + " " + shell_quote(server.url("fl_new"));
  const auto diff = server.product("diff --exit-code " + pair);
  CHECK(diff.exit_code == 2);
  for (const char* line :
       {"create_definition grant DELETE to 'fl_app'@'%' on orders",
        "drop_definition grant INSERT to 'fl_app'@'%' on orders",
        "drop_definition grant UPDATE of total to 'fl_report'@'localhost' on orders", "alter_view open_orders: definer",
        "alter_definition function twice: definer, parts", "alter_definition trigger noted on orders: definer",
        "alter_definition event nightly: definer"}) {
    INFO(line << "\n" << diff.out << diff.err);
    CHECK(diff.out.find(line) != std::string::npos);
  }
  server.plan("fl_old", "from_db \"" + server.url("fl_new") + "\"");
  server.run("fl_old", server.read("o/forward.sql"));
  CHECK(server.rights("fl_old") == wanted);
  CHECK(server.product("diff --exit-code " + pair).exit_code == 0);
  server.run("fl_old", server.read("o/rollback.sql"));
  CHECK(server.rights("fl_old") == before);
}

// Whoever may use a table may use it under its new name, and under the old one as long as that serves.
void renamed(const std::string& name) {
  Server server(name);
  FORGE_NEED(server);
  server.make(
      "fl_rename",
      std::string(kTables) + "GRANT SELECT, INSERT ON orders TO 'fl_app'@'%';\nGRANT SELECT ON items TO 'fl_app'@'%';");
  const auto before = server.rights("fl_rename");
  server.plan("fl_rename", R"(schema {
    table "purchases" { column "id" :integer() :not_null(), column "total" :integer(), column "note" :varchar(20), primary_key { "id" } } :renamed_from "orders",
    table "items" { column "id" :integer() :not_null(), column "order_id" :integer() :not_null(), primary_key { "id" } },
  })");
  server.run("fl_rename", server.read("o/phases/1-expand.sql"));
  server.run("fl_rename", server.read("o/phases/3-switch.sql"));
  const auto both = server.rights("fl_rename");
  CHECK(both == std::vector<Row>{{"fl_app@% items Select "},
                                 {"fl_app@% orders Select,Insert "},
                                 {"fl_app@% purchases Select,Insert "},
                                 {"orders root@localhost"}});
  server.run("fl_rename", server.read("o/phases/4-contract.sql"));
  const auto after = server.rights("fl_rename");
  CHECK(after == std::vector<Row>{{"fl_app@% items Select "}, {"fl_app@% purchases Select,Insert "}});
  server.run("fl_rename", server.read("o/phases/4-contract.rollback.sql"));
  CHECK(server.rights("fl_rename") == both);
  server.run("fl_rename", server.read("o/phases/3-switch.rollback.sql"));
  server.run("fl_rename", server.read("o/phases/1-expand.rollback.sql"));
  CHECK(server.rights("fl_rename") == before);
}

// A script that states grants: accounts that are not there are made for reading, and nothing is left of any of it.
void scripts_state_grants(const std::string& name) {
  Server server(name);
  FORGE_NEED(server);
  const auto old = server.write(
      "old.sql",
      std::string("USE shop;\n") + kTables + objects("", "1") +
          "GRANT SELECT ON shop.orders TO 'fl_nobody'@'10.%', fl_app@'%';\nGRANT ALL ON shop.* TO 'fl_x'@'%';\n"
          "GRANT SELECT ON mysql.user TO 'fl_app'@'%';\nGRANT EXECUTE ON PROCEDURE `shop`.`clear` TO 'fl_app'@'%';\n");
  const auto now = server.write(
      "now.sql", kTables + objects("", "1") +
                     "GRANT SELECT (id) ON TABLE orders TO 'fl_app'@'%';\nREVOKE SELECT ON items FROM 'fl_app'@'%';\n");
  const auto count = [&] {
    return server.query(
        "SELECT (SELECT COUNT(*) FROM user) + (SELECT COUNT(*) FROM tables_priv) + (SELECT COUNT(*) FROM procs_priv)");
  };
  const auto there = count();
  const auto diff = server.product("diff --exit-code " + old + " " + now);
  INFO(diff.out << diff.err);
  CHECK(diff.out ==
        "drop_definition grant SELECT to 'fl_app'@'%' on orders\ndrop_definition grant SELECT to 'fl_nobody'@'10.%' on "
        "orders\n"
        "create_definition grant SELECT of id to 'fl_app'@'%' on orders\nalter_definition procedure clear: parts\n");
  CHECK(count() == there);
}

// Who may not see what others may do reads the rest, and nothing is planned about it.
void grants_unseen(const std::string& name) {
  Server server(name);
  FORGE_NEED(server);
  server.make("fl_unseen",
              std::string(kTables) +
                  "GRANT SELECT ON orders TO 'fl_app'@'%';\nGRANT SELECT ON fl_unseen.* TO 'fl_reader'@'localhost';");
  const auto all = server.url("fl_unseen");
  const auto reader = replaced(all, "root@", "fl_reader@");
  REQUIRE(reader != all);
  const auto spec = server.product("inspect --format lua " + shell_quote(reader));
  INFO(spec.err);
  CHECK(spec.exit_code == 0);
  CHECK(spec.out.find("grant") == std::string::npos);
  CHECK(server.product("inspect --format lua " + shell_quote(all)).out.find("grant SELECT to 'fl_app'@'%' on orders") !=
        std::string::npos);
  CHECK(server.product("diff --exit-code " + shell_quote(reader) + " " + shell_quote(all)).exit_code == 0);
}

// PostgreSQL: owners and grants of everything, as the catalog has them.

}  // namespace

TEST_CASE("what is made anew on MySQL keeps grants and definers", "[mysql][rights]") { made_anew("mysql"); }
TEST_CASE("what is made anew on MariaDB keeps grants and definers", "[mariadb][rights]") { made_anew("mariadb"); }
TEST_CASE("grants and definers of MySQL are compared, brought over and taken back", "[mysql][rights]") {
  brought_over("mysql");
}
TEST_CASE("grants and definers of MariaDB are compared, brought over and taken back", "[mariadb][rights]") {
  brought_over("mariadb");
}
TEST_CASE("grants follow a table of MySQL's that is renamed", "[mysql][rights]") { renamed("mysql"); }
TEST_CASE("grants follow a table of MariaDB's that is renamed", "[mariadb][rights]") { renamed("mariadb"); }
TEST_CASE("grants in scripts of MySQL's are read, and leave nothing behind", "[mysql][rights]") {
  scripts_state_grants("mysql");
}
TEST_CASE("grants in scripts of MariaDB's are read, and leave nothing behind", "[mariadb][rights]") {
  scripts_state_grants("mariadb");
}
TEST_CASE("who may not see grants of MySQL's reads the rest", "[mysql][rights]") { grants_unseen("mysql"); }
TEST_CASE("who may not see grants of MariaDB's reads the rest", "[mariadb][rights]") { grants_unseen("mariadb"); }
