#include "engine/model/sql/fault.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace forge;

namespace {

// The fault's message and place: "message @at+length"; "" where there is none.
std::string fault(std::string_view text, std::string_view engine, SqlUse use = SqlUse::expression) {
  const auto found = sql_fault(text, engine, use);
  if (!found) return {};
  return found->message + " @" + std::to_string(found->at) + "+" + std::to_string(found->length);
}

std::string unknown(std::string_view text, std::string_view engine = "postgres") {
  const auto found = unknown_column(text, engine, {"t", "total", "Note", "region"});
  return found ? found->message + " @" + std::to_string(found->at) : std::string();
}

constexpr const char* kEngines[] = {"sqlite", "postgres", "mysql", "mariadb"};

}  // namespace

TEST_CASE("sound SQL has no fault on any engine", "[sql_text]") {
  for (const auto* engine : kEngines) {
    INFO(engine);
    for (const auto* text :
         {"total >= 0", "a = 'it''s; (fine' AND (b IN (1, 2))", "/* a ) */ a -- a )\n > 0", "-a", "NOT a", "(a)",
          "\"a;b\" = 1", "CASE WHEN a THEN ')' ELSE '(' END", "a IS NULL", "count(*)", "'%_'", "a --1\n"}) {
      INFO(text);
      CHECK(fault(text, engine).empty());
    }
    CHECK(fault("SELECT a FROM t; -- that is all", engine, SqlUse::query).empty());
    CHECK(fault("SELECT a FROM t;;", engine, SqlUse::query).empty());
    CHECK(fault("UPDATE t SET a = 1; DELETE FROM t;", engine, SqlUse::statements).empty());
  }
}

TEST_CASE("each engine has quotes and comments of its own", "[sql_text]") {
  CHECK(fault("a = 'it\\'s'", "mysql").empty());
  CHECK(fault("a = 'it\\'s'", "postgres") == "the quote ' is never closed @10+1");
  CHECK(fault("a = E'it\\'s'", "postgres").empty());
  CHECK(fault("a = $x$ it's ( $x$", "postgres").empty());
  CHECK(fault("a = $x$ never", "postgres") == "the quote $x$ is never closed @4+3");
  CHECK(fault("a = '$x$'", "sqlite").empty());
  CHECK(fault("a #> '{b}'", "postgres").empty());
  CHECK(fault("a # b", "mysql") == "the comment swallows what follows the expression @2+3");
  CHECK(fault("a--1", "mysql").empty());
  CHECK(fault("a--1", "postgres") == "the comment swallows what follows the expression @1+3");
  CHECK(fault("/* /* */ a", "sqlite").empty());
  CHECK(fault("/* /* */ a", "postgres") == "the comment is never closed @0+2");
  CHECK(fault("[a b = 1", "sqlite") == "the quote [ is never closed @0+1");
  CHECK(fault("ARRAY[1, 2", "postgres") == "the bracket is never closed @5+1");
  CHECK(fault("`a b = 1", "mysql") == "the quote ` is never closed @0+1");
}

TEST_CASE("what cannot stand inside a statement is named with its place", "[sql_text]") {
  for (const auto* engine : kEngines) {
    INFO(engine);
    CHECK(fault("", engine) == "there is nothing in it @0+1");
    CHECK(fault(" /* x */ ", engine) == "there is nothing in it @0+9");
    CHECK(fault("(a", engine) == "the parenthesis is never closed @0+1");
    CHECK(fault("a)", engine) == "')' closes nothing @1+1");
    CHECK(fault("a = 'x", engine) == "the quote ' is never closed @4+1");
    CHECK(fault("a; b", engine) == "';' ends a statement, and this is only a part of one @1+1");
    CHECK(fault("a > 0 -- so", engine) == "the comment swallows what follows the expression @6+5");
    CHECK(fault("a /* so", engine) == "the comment is never closed @2+2");
    CHECK(fault("a >", engine) == "something is missing at its end @2+1");
    CHECK(fault("a and", engine) == "something is missing at its end @2+3");
    CHECK(fault("= a", engine) == "something is missing at its beginning @0+1");
    CHECK(fault(std::string_view("a\0b", 3), engine) == "a zero byte cannot stand in SQL @1+1");
    CHECK(fault(std::string_view("'\0'", 3), engine) == "a zero byte cannot stand in SQL @1+1");
    CHECK(fault("SELECT 1; SELECT 2", engine, SqlUse::query) == "a second statement follows the query @8+1");
    CHECK(fault("SELECT (1; -- x", engine, SqlUse::query) == "the parenthesis is never closed @7+1");
    CHECK(fault("UPDATE t SET a = '; -- x", engine, SqlUse::statements) == "the quote ' is never closed @17+1");
  }
  CHECK(fault("(", "").empty());  // no engine is known
}

TEST_CASE("a name that must be a column is told from every other word", "[sql_text]") {
  CHECK(unknown("totl >= 0") == "totl @0");
  CHECK(unknown("total >= 0 AND (regio = 'x' OR true)") == "regio @16");
  CHECK(unknown("\"totl\" IS NOT NULL") == "totl @0");
  CHECK(unknown("totl") == "totl @0");
  CHECK(unknown("CASE WHEN regio = 'EU' THEN 1 END") == "regio @10");
  CHECK(unknown("TOTAL >= 0 AND note = \"Note\"").empty());
  for (const auto* sure : {"current_date > total", "CURRENT_TIMESTAMP", "lower(x)", "extract(year from x) = 1",
                           "x.y = 1", "(total)::numeric", "cast(total AS numeric)", "interval '1 day' = total",
                           "date '2020-01-01' < total", "t IS NOT NULL", "EXISTS (SELECT 1 FROM u WHERE x = 1)",
                           "total IS NOT TRUE", "total NOT IN (1)", "NOT (total = 1)", "now()",
                           "total = ANY (ARRAY[1])", "(total IS NULL) = (region IS NULL)", "'x' = region", "NULL"}) {
    INFO(sure);
    CHECK(unknown(sure).empty());
  }
  CHECK(unknown("@x = 1", "mysql").empty());
  CHECK(unknown("'a' = total and \"b\" = region", "mysql").empty());
}
