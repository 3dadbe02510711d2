#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "engine/db/mysql.hpp"

using namespace forge;

namespace {

std::vector<ScriptStatement> cut(const std::string& script) {
  auto out = mysql_statements(script, "x.sql");
  REQUIRE(out.has_value());
  return *out;
}

using List = std::vector<std::string>;

List statements(const std::string& script) {
  List out;
  for (const auto& one : cut(script)) out.emplace_back(one.text);
  return out;
}

Error refusal(const std::string& script) {
  auto out = mysql_statements(script, "x.sql");
  REQUIRE_FALSE(out.has_value());
  return out.error();
}

std::string undefined(const std::string& script) { return without_definer(cut(script).at(0)); }

}  // namespace

TEST_CASE("statements of the mysql client end at the delimiter", "[db][script]") {
  const std::string script = "SELECT 1; SELECT 2 ;\n-- end;\n# end;\n;SELECT 3";
  CHECK(statements(script) == List{"SELECT 1", "SELECT 2 ", "SELECT 3"});
  const std::string graphic = "SELECT 1\\G SELECT 2\\g";
  CHECK(statements(graphic) == List{"SELECT 1", "SELECT 2"});
  CHECK(statements("") == List{});
}

TEST_CASE("delimiters in strings, names and comments end nothing", "[db][script]") {
  const std::string script = "SELECT 'a\\';''b', \"c;\\\"d\", `e;``f` /* ; */ , 1--2; SELECT 2";
  CHECK(statements(script).size() == 2);
  const std::string back_slash_name = "SELECT `a\\`; SELECT 2";
  CHECK(statements(back_slash_name).size() == 2);
}

TEST_CASE("DELIMITER lines change the end, in any case and as often as they like", "[db][script]") {
  const std::string script =
      "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\ndelimiter ;\nSELECT 2;\nDELIMITER $$\nSELECT 3$$";
  CHECK(statements(script) == List{"CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 2", "SELECT 3"});
}

TEST_CASE("what stands in a version's comment is part of its statement", "[db][script]") {
  const std::string script = "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON x */;";
  const auto list = cut(script);
  REQUIRE(list.size() == 1);
  CHECK(list[0].words == List{"CREATE", "DEFINER", "TRIGGER", "T"});
}

TEST_CASE("USE is a statement, other commands are refused where they stand", "[db][script]") {
  const std::string script = "USE shop;\nuse `shop`\nSELECT 1;";
  const auto list = cut(script);
  REQUIRE(list.size() == 3);
  CHECK(list[1].word(0) == "USE");
  const auto source = refusal("SELECT 1;\n  source other.sql\n");
  CHECK(source.message == "source is a command of the mysql client, not SQL");
  REQUIRE(source.place);
  CHECK(source.place->line == 2);
  CHECK(source.place->column == 3);
  CHECK(refusal("SELECT 'a").message == "a string that has no end");
  CHECK(refusal("SELECT 1; /* a").message == "a comment that has no end");
  CHECK(refusal("DELIMITER\n").message == "DELIMITER names no delimiter");
}

TEST_CASE("who owns what a script makes is left out", "[db][script]") {
  CHECK(undefined("CREATE DEFINER=`a b`@`%` PROCEDURE p() SELECT 1") == "CREATE  PROCEDURE p() SELECT 1");
  CHECK(undefined("CREATE DEFINER = CURRENT_USER() VIEW v AS SELECT 1") == "CREATE  VIEW v AS SELECT 1");
  CHECK(undefined("/*!50001 CREATE */ /*!50013 DEFINER=root@localhost SQL SECURITY DEFINER */ /*!50001 VIEW v AS "
                  "SELECT 1 */") ==
        "/*!50001 CREATE */ /*!50013  SQL SECURITY DEFINER */ /*!50001 VIEW v AS SELECT 1 */");
  const std::string security = "CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1";
  CHECK(undefined(security) == security);
  const std::string table = "CREATE TABLE t (definer int, CHECK (definer = 1))";
  CHECK(undefined(table) == table);
}
