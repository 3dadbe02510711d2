// `inspect` and `diff` as their users have them, on MySQL and MariaDB.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/db/session.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/left_behind.hpp"
#include "tests/support/process.hpp"
#include "tests/support/product.hpp"

using namespace forge::test;

namespace {

// Much of what a database can hold, in words that both engines take.
constexpr const char* kSchema = R"sql(
CREATE TABLE p (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, a varchar(20) DEFAULT 'it''s \\ "x"', b tinyint(1) DEFAULT 1,
  c decimal(10,2) DEFAULT 1.50, d datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  e enum('a','it''s','b,c') DEFAULT 'it''s', f bit(4) DEFAULT b'101', g date DEFAULT '2024-02-29', y year DEFAULT 2000,
  h varbinary(5) DEFAULT 'ab', id2 int, i int GENERATED ALWAYS AS (id2 + 1) STORED, j int AS (id2 * 2) VIRTUAL, k text,
  l json, v varchar(10) DEFAULT (CONCAT('a', 'b''c')), n double DEFAULT 1e10, neg int DEFAULT -5, emp varchar(5) DEFAULT '',
  z int(8) unsigned zerofill, w varchar(10) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x', q varchar(30) DEFAULT 'CURRENT_TIMESTAMP',
  geo point NOT NULL, inv int INVISIBLE DEFAULT 3, s set('x','y') DEFAULT 'x,y', ti time(2) DEFAULT '10:00:00', bi binary(3),
  ts timestamp NULL DEFAULT CURRENT_TIMESTAMP, tiny tinyint unsigned, big bigint unsigned, fl float, mb mediumblob, lt longtext,
  `größe` varchar(20) DEFAULT 'ä€', CONSTRAINT ck CHECK (a <> 'it''s \\' AND id2 IN (1, 2)), CHECK (`größe` <> 'ö漢'),
  KEY ka (a(5), id2 DESC) COMMENT 'it''s', UNIQUE KEY ua (a), UNIQUE KEY ub (id2, b), FULLTEXT KEY ft (k), SPATIAL KEY sp (geo))
  COMMENT 'tab''le' ROW_FORMAT=DYNAMIC;
CREATE TABLE old (id int, name varchar(10), KEY (name)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
CREATE TABLE parts (id int, PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE);
CREATE TABLE ch (id int PRIMARY KEY, pid int unsigned, p2 int, CONSTRAINT fkx FOREIGN KEY (pid) REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL,
  FOREIGN KEY (p2) REFERENCES ch (id) ON DELETE NO ACTION ON UPDATE RESTRICT);
DELIMITER //
CREATE FUNCTION twice(x int, y varchar(5)) RETURNS int DETERMINISTIC NO SQL COMMENT 'it''s' BEGIN RETURN x * 2; END//
CREATE PROCEDURE copied(IN a int, OUT b int, INOUT c varchar(3)) SQL SECURITY INVOKER BEGIN SET b = a; END//
CREATE TRIGGER first BEFORE INSERT ON ch FOR EACH ROW BEGIN SET NEW.p2 = 1; END//
CREATE TRIGGER second BEFORE INSERT ON ch FOR EACH ROW SET NEW.p2 = 2//
DELIMITER ;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM ch;
CREATE EVENT weekly ON SCHEDULE EVERY 1 WEEK STARTS '2037-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'w' DO DELETE FROM ch;
CREATE SQL SECURITY INVOKER VIEW w AS SELECT id, a AS `b c`, (SELECT COUNT(*) FROM ch) AS n FROM p WHERE a = 'it''s' WITH LOCAL CHECK OPTION;
CREATE VIEW x AS SELECT id, twice(id, 'y') AS t FROM w;
)sql";

constexpr const char* kMysqlOnly = R"sql(
CREATE TABLE only_here (a varchar(20), b json, g point NOT NULL SRID 4326, t text DEFAULT ('x''y'), KEY e ((LOWER(a))), KEY hidden (a) INVISIBLE,
  CONSTRAINT off CHECK (a <> 'b') NOT ENFORCED);
)sql";

constexpr const char* kMariadbOnly = R"sql(
CREATE SEQUENCE counted START WITH 10 INCREMENT BY 5 MAXVALUE 1000 CYCLE;
CREATE SEQUENCE plain;
CREATE TABLE only_here (a int(5) DEFAULT nextval(counted), b json DEFAULT '{}', u uuid, i inet6, t text DEFAULT 'x', KEY hidden (a) IGNORED) WITH SYSTEM VERSIONING;
)sql";

// One of the two engines, with its test server.
struct Server {
  std::string engine;
  std::string url = environment(engine == "mysql" ? "FORGELUA_TEST_MYSQL_URL" : "FORGELUA_TEST_MARIADB_URL");
  TemporaryFolder folder = {};

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  }
  Outcome product(const std::string& arguments) const {
    return run_product(arguments + " --db=" + engine + " --dev-url=" + shell_quote(url));
  }
  std::string database(const std::string& name) const {
    const auto path = url.find("/?");
    return url.substr(0, path + 1) + name + url.substr(path + 1);
  }
};

#define FORGE_NEED(server) \
  if ((server).url.empty()) SKIP("no " << (server).engine << ": FORGELUA_TEST_…_URL is not set")

void all_sources_are_equal(const std::string& name, const std::string& schema) {
  const Server server{name};
  FORGE_NEED(server);
  const auto engine = open_engine(name);
  engine->create_database("forgelua_read");
  REQUIRE(engine->run_script("forgelua_read", schema).err == "");
  const auto url = server.database("forgelua_read");
  const auto spec = server.product("inspect " + shell_quote(url) + " --format lua");
  INFO(spec.out << spec.err);
  REQUIRE(spec.exit_code == 0);
  CHECK(spec.err.empty());
  const auto snapshot = server.product("inspect " + shell_quote(url) + " --format json");
  const auto sql = server.product("inspect " + shell_quote(url) + " --format sql");
  CHECK(server.product("inspect " + shell_quote(url) + " --format json").out == snapshot.out);
  const std::vector<std::string> sources{url, server.write("a.sql", schema), server.write("b.sql", sql.out),
                                         server.write("c.migration.lua", spec.out),
                                         server.write("d.json", snapshot.out)};
  for (std::size_t i = 1; i < sources.size(); ++i) {
    const auto diff = server.product("diff --exit-code " + shell_quote(sources[i - 1]) + " " + shell_quote(sources[i]));
    INFO(sources[i - 1] << " and " << sources[i] << "\n" << diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
  engine->drop_database("forgelua_read");
}

void defaults_are_the_database_s(const std::string& name) {
  const Server server{name};
  FORGE_NEED(server);
  const auto engine = open_engine(name);
  engine->create_database("forgelua_latin");
  const std::string dump =
      "CREATE TABLE t (a varchar(20), b varchar(9) COLLATE latin1_bin) DEFAULT CHARSET=latin1;\n"
      "CREATE TABLE u (a varchar(20)) DEFAULT CHARSET=utf8mb4;\n";
  REQUIRE(engine->run_script("forgelua_latin", "ALTER DATABASE forgelua_latin CHARACTER SET latin1;\n" + dump).err ==
          "");
  const auto sql = server.write("dump.sql", dump);
  const auto url = server.database("forgelua_latin");
  for (const auto& pair : {shell_quote(url) + " " + sql, sql + " " + shell_quote(url)}) {
    const auto diff = server.product("diff --exit-code " + pair);
    INFO(diff.out << diff.err);
    CHECK(diff.exit_code == 0);
  }
  engine->drop_database("forgelua_latin");
}

void a_dump_loads(const std::string& name) {
  const Server server{name};
  FORGE_NEED(server);
  const auto outcome = server.product("inspect --format lua " + server.write("dump.sql", R"(-- a dump
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`;
USE `shop`;
CREATE TABLE `t` (`a` int DEFAULT NULL);
LOCK TABLES `t` WRITE;
/*!40000 ALTER TABLE `t` DISABLE KEYS */;
INSERT INTO `t` VALUES (1),(2);
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`forgelua_nobody`@`%`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW BEGIN SET NEW.a = 1; END */;;
DELIMITER ;
/*!50001 CREATE ALGORITHM=UNDEFINED DEFINER=`forgelua_nobody`@`%` SQL SECURITY DEFINER VIEW `v` AS select `t`.`a` AS `a` from `t` */;
)"));
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("table \"t\" {\n      column \"a\" :integer(),\n    }") != std::string::npos);
  CHECK(outcome.out.find("definition \"trigger tr on t\"") != std::string::npos);
  CHECK(outcome.out.find("view \"v\" \"select `t`.`a` AS `a` from `t`\"") != std::string::npos);
  const auto engine = open_engine(name);
  CHECK(left_behind(*engine) == std::vector<std::string>{});
}

void faults_have_their_place(const std::string& name) {
  const Server server{name};
  FORGE_NEED(server);
  const auto outcome = server.product(
      "inspect " + server.write("bad.sql", "CREATE TABLE t (a int);\n\nALTER TABLE t ADD\n  COLUMN FROM int;\n"));
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("bad.sql:4:10: ") != std::string::npos);
  CHECK(outcome.err.find("error 1064, SQLSTATE 42000") != std::string::npos);
  const auto two = server.product("inspect " + server.write("two.sql", "USE a;\nCREATE TABLE t (a int);\nUSE b;\n"));
  CHECK(two.exit_code == 1);
  CHECK(two.err.find("two.sql:3:1: the script is about two databases, 'a' and 'b'") != std::string::npos);
}

void unmanaged_changes_stop(const std::string& name) {
  const Server server{name};
  FORGE_NEED(server);
  const auto old = server.write("old.sql", "CREATE TABLE t (a int);"),
             now = server.write("now.sql", "CREATE TABLE t (a int) STATS_PERSISTENT=1;");
  const auto spec = server.write("p.migration.lua",
                                 "migration \"p\" { before = from_sql \"old.sql\", after = from_sql \"now.sql\" }");
  for (const auto& command : {"diff " + old + " " + now, "run " + spec + " --out " + server.folder.file("o") +
                                                             " --status " + server.folder.file("s.yml")}) {
    const auto stopped = server.product(command);
    CHECK(stopped.exit_code == 1);
    CHECK(stopped.err.find("options of table t (only after)") != std::string::npos);
    CHECK(server.product(command + " --allow-unmanaged").exit_code == 0);
  }
}

}  // namespace

TEST_CASE("SQL, the database it makes, its spec and its snapshot are equal on MySQL", "[mysql][read]") {
  all_sources_are_equal("mysql", std::string(kSchema) + kMysqlOnly);
}
TEST_CASE("SQL, the database it makes, its spec and its snapshot are equal on MariaDB", "[mariadb][read]") {
  all_sources_are_equal("mariadb", std::string(kSchema) + kMariadbOnly);
}

TEST_CASE("a dump of MySQL's equals its database, whatever that has by default", "[mysql][read]") {
  defaults_are_the_database_s("mysql");
}
TEST_CASE("a dump of MariaDB's equals its database, whatever that has by default", "[mariadb][read]") {
  defaults_are_the_database_s("mariadb");
}

TEST_CASE("a dump of MySQL's loads: versions' comments, definers, data and delimiters", "[mysql][read]") {
  a_dump_loads("mysql");
}
TEST_CASE("a dump of MariaDB's loads: versions' comments, definers, data and delimiters", "[mariadb][read]") {
  a_dump_loads("mariadb");
}

TEST_CASE("a script that fails on MySQL says the server's words and the place", "[mysql][read]") {
  faults_have_their_place("mysql");
}
TEST_CASE("a script that fails on MariaDB says the server's words and the place", "[mariadb][read]") {
  faults_have_their_place("mariadb");
}

TEST_CASE("what is not managed on MySQL and differs stops a diff and a run", "[mysql][read]") {
  unmanaged_changes_stop("mysql");
}
TEST_CASE("what is not managed on MariaDB and differs stops a diff and a run", "[mariadb][read]") {
  unmanaged_changes_stop("mariadb");
}

TEST_CASE("a URL of the wrong engine, or an odd one, is refused without its password", "[mariadb][read]") {
  const Server server{"mariadb"};
  FORGE_NEED(server);
  const auto wrong = run_product("inspect " + shell_quote("mysql" + server.database("mysql").substr(7)));
  CHECK(wrong.exit_code == 1);
  CHECK(wrong.err.find("is MariaDB") != std::string::npos);
  CHECK(run_product("inspect " + shell_quote(server.url)).err.find("names no database") != std::string::npos);
  for (const char* url :
       {"mariadb://u:hush%20hush@127.0.0.1:1/x", "mariadb://u:hush hush@[::1/x", "mysql://u:hush@h/x?nosuch=hush",
        "mysql://u:hush@127.0.0.1:99999999/x", "mysql://u:hush@127.0.0.1/x?sslmode=hush"}) {
    const auto outcome = run_product("inspect " + shell_quote(url));
    INFO(outcome.err);
    CHECK(outcome.exit_code != 0);
    CHECK((outcome.out + outcome.err).find("hush") == std::string::npos);
  }
}

TEST_CASE("a reading session of MariaDB cannot write", "[mariadb][read]") {
  const Server server{"mariadb"};
  FORGE_NEED(server);
  forge::SessionOptions options;
  options.read_only = true;
  const auto session = forge::open_session(server.database("mysql"), options);
  REQUIRE(session.has_value());
  CHECK_FALSE((*session)->query("CREATE TABLE forgelua_nosuch (a int)").has_value());
  const auto asked = (*session)->query("SELECT ? AS a, '?' AS b, ? AS c", {"it's \\", std::nullopt});
  REQUIRE(asked.has_value());
  CHECK(asked->rows == std::vector<std::vector<std::optional<std::string>>>{{"it's \\", "?", std::nullopt}});
}

TEST_CASE("MariaDB's throw-away server goes when nobody uses it, with its folder", "[mariadb][read]") {
  const Server server{"mariadb"};
  FORGE_NEED(server);
  std::filesystem::permissions(server.folder.path(), std::filesystem::perms(0755));
  const auto sql = server.write("t.sql", "CREATE TABLE t (a int);");
  const auto command =
      "env -u XDG_RUNTIME_DIR FORGELUA_DEV_KEEP=1 TMPDIR=" + shell_quote(server.folder.path()) + " " +
      shell_quote((std::filesystem::read_symlink("/proc/self/exe").parent_path() / "forgelua").string()) +
      " inspect --db=mariadb " + sql;
  const auto first = run_shell(command);
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  const auto places = [&] { return run_shell("ls -d " + shell_quote(server.folder.path()) + "/forgelua*").out; };
  CHECK_FALSE(places().empty());
  for (int tries = 0; tries < 200 && !places().empty(); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(places().empty());
}
