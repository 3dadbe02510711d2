#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "engine/db/postgres.hpp"

using namespace forge;

namespace {

std::vector<std::string> statements(const std::string& script) {
  const auto cut = postgres_statements(script, "x.sql");
  REQUIRE(cut.has_value());
  std::vector<std::string> out;
  for (const auto& one : *cut) out.emplace_back(one.text);
  return out;
}

Error refusal(const std::string& script) {
  auto cut = postgres_statements(script, "x.sql");
  REQUIRE_FALSE(cut.has_value());
  return cut.error();
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("statements end at semicolons, the last one without", "[db][script]") {
  CHECK(statements("SELECT 1; SELECT 2 ;\n-- end\n;SELECT 3") == List{"SELECT 1", "SELECT 2 ", "SELECT 3"});
  CHECK(statements("") == List{});
  CHECK(statements("-- only a comment") == List{});
}

TEST_CASE("semicolons in strings, names, comments and dollar quotes end nothing", "[db][script]") {
  CHECK(statements("SELECT 'a;''b', \"c;d\", E'\\';', $$;$$, $x$ ; $$ ; $x$ /* ; /* ; */ ; */ ; SELECT 2").size() == 2);
  CHECK(statements("SELECT $1; SELECT a$b$c;") == List{"SELECT $1", "SELECT a$b$c"});
}

TEST_CASE("parentheses and bodies of SQL routines hold semicolons", "[db][script]") {
  CHECK(statements("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3").size() == 2);
  const std::string routine =
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
  CHECK(statements(routine + "; SELECT 3") == List{routine, "SELECT 3"});
  CHECK(statements("BEGIN; SELECT 1; END; SELECT 2").size() == 4);
}

TEST_CASE("what pg_dump writes for psql is passed over, with the data", "[db][script]") {
  CHECK(statements("\\restrict abc\n\\connect shop\nCREATE TABLE t (a int);\n"
                   "COPY public.t (a) FROM stdin;\n1;\n\\.\n\nSELECT 2;\n\\unrestrict abc\n") ==
        List{"CREATE TABLE t (a int)", "SELECT 2"});
}

TEST_CASE("what cannot be understood is refused where it stands", "[db][script]") {
  const auto command = refusal("SELECT 1;\n  \\i other.sql\n");
  CHECK(command.message == "\\i is a command of psql, not SQL");
  REQUIRE(command.place);
  CHECK(command.place->line == 2);
  CHECK(command.place->column == 3);
  CHECK(refusal("SELECT 'a").message == "a string that has no end");
  CHECK(refusal("SELECT $q$ a").message == "the text behind $q$ has no end");
  CHECK(refusal("/* a").message == "a comment that has no end");
  CHECK(refusal("COPY t FROM stdin;\n1\n").message == "the data behind COPY has no end");
}

TEST_CASE("a statement says where it begins and with which words", "[db][script]") {
  const auto cut = postgres_statements("SELECT 1;\n/* x */ create  Table t (a int)", "x.sql");
  REQUIRE(cut.has_value());
  REQUIRE(cut->size() == 2);
  CHECK(cut->at(1).at == 18);
  CHECK(cut->at(1).words.at(0) == "CREATE");
  CHECK(cut->at(1).words.at(1) == "TABLE");
}
