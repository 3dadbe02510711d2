#include "engine/emit/validation.hpp"

#include <fmt/format.h>

namespace forge {
namespace {

// A query that fails is a check that does not hold, and the rest are still made. A refused write is tried inside a
// block that always ends in an error, so that nothing of it stays.
constexpr std::string_view kPostgresHead = R"(\set ON_ERROR_STOP on
\set QUIET on
SET client_encoding = 'UTF8';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET lock_timeout = '2s';

BEGIN ISOLATION LEVEL REPEATABLE READ;
CREATE TEMP TABLE forgelua_validation (no int, "check" text, expected text, actual text) ON COMMIT DROP;

CREATE FUNCTION pg_temp.forgelua_check(no int, title text, expected text, query text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE actual text;
BEGIN
  BEGIN
    EXECUTE query INTO actual;
  EXCEPTION WHEN OTHERS THEN
    actual := 'error: ' || SQLERRM;
  END;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, expected, actual);
END
$forgelua$;

CREATE FUNCTION pg_temp.forgelua_refused(no int, title text, statement text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE actual text; touched bigint;
BEGIN
  BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RAISE EXCEPTION USING ERRCODE = 'FL001', MESSAGE = CASE WHEN touched = 0 THEN 'refused' ELSE 'accepted' END;
  EXCEPTION
    WHEN SQLSTATE 'FL001' THEN actual := SQLERRM;
    WHEN integrity_constraint_violation THEN actual := 'refused';
    WHEN OTHERS THEN actual := 'error: ' || SQLERRM;
  END;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, 'refused', actual);
END
$forgelua$;

\o /dev/null
)";

constexpr std::string_view kPostgresSame = R"(
-- The server's own text of a definition against its text of a throw-away object that is made from the new one.
CREATE FUNCTION pg_temp.forgelua_same(no int, title text, make text[], wanted text, actual text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE expected text; found text; one text;
BEGIN
  BEGIN
    FOREACH one IN ARRAY make LOOP EXECUTE one; END LOOP;
    EXECUTE wanted INTO expected;
    RAISE EXCEPTION USING ERRCODE = 'FL001', MESSAGE = coalesce(expected, '');
  EXCEPTION
    WHEN SQLSTATE 'FL001' THEN expected := SQLERRM;
    WHEN OTHERS THEN expected := 'error: ' || SQLERRM;
  END;
  EXECUTE actual INTO found;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, expected, found);
END
$forgelua$;
)";

constexpr std::string_view kPostgresEnd = R"(
\o
SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS NOT DISTINCT FROM expected THEN 'ok' ELSE 'FAIL' END AS status
FROM pg_temp.forgelua_validation ORDER BY no;

DO $forgelua$
DECLARE failed bigint;
BEGIN
  SELECT count(*) INTO failed FROM pg_temp.forgelua_validation
  WHERE expected IS NOT NULL AND actual IS DISTINCT FROM expected;
  IF failed > 0 THEN RAISE EXCEPTION 'validation failed: % check(s) do not hold', failed; END IF;
END
$forgelua$;
DROP FUNCTION pg_temp.forgelua_check(int, text, text, text);
DROP FUNCTION pg_temp.forgelua_refused(int, text, text);
COMMIT;
)";

// READ COMMITTED: a query then reads without locks.
constexpr std::string_view kMysqlHead = R"(SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION lock_wait_timeout = 5;
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;

CREATE TEMPORARY TABLE forgelua_validation (no int, title text, expected text, actual text)
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TEMPORARY TABLE forgelua_verdict (failed bigint, CONSTRAINT every_check_holds CHECK (failed = 0));
)";

constexpr std::string_view kMysqlEnd = R"(
SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
)";

constexpr std::string_view kMysqlTry = R"(
-- Tries a statement that must fail, and takes it back. It never raises an error itself.
DROP PROCEDURE IF EXISTS forgelua_refused;
DELIMITER //
CREATE PROCEDURE forgelua_refused(IN no int, IN title text, IN statement text)
BEGIN
  DECLARE state char(5) DEFAULT '00000';
  DECLARE message text DEFAULT '';
  DECLARE touched bigint DEFAULT 0;
  START TRANSACTION;
  BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
      GET DIAGNOSTICS CONDITION 1 state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    SET @forgelua_statement = statement;
    PREPARE forgelua_try FROM @forgelua_statement;
    EXECUTE forgelua_try;
    SET touched = ROW_COUNT();
    DEALLOCATE PREPARE forgelua_try;
  END;
  ROLLBACK;
  INSERT INTO forgelua_validation VALUES (no, title, 'refused', CASE
    WHEN state LIKE '23%' OR (state = '00000' AND touched = 0) THEN 'refused'
    WHEN state = '00000' THEN 'accepted' ELSE CONCAT('error: ', message) END);
END //
DELIMITER ;
)";

constexpr std::string_view kSqliteHead = R"(.bail on
.timeout 5000
.headers on
.mode list
.separator ' | '
CREATE TEMP TABLE forgelua_validation (no integer, "check" text, expected text, actual text);
CREATE TEMP TABLE forgelua_verdict (failed integer, CONSTRAINT every_check_holds CHECK (failed = 0));
)";

constexpr std::string_view kSqliteEnd = R"(
SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
)";

// One after the other, numbered as they are printed.
class Writer {
 public:
  explicit Writer(const Client& client) : client_(client) {}

  void check(const Assertion& check) {
    head(check.title, check.expect.empty() ? "" : fmt::format("expects {}", check.expect));
    const auto title = literal(one_line(check.title));
    const auto expect = check.expect.empty() ? "NULL" : literal(check.expect);
    if (client_.postgres()) {
      out_ += fmt::format("SELECT pg_temp.forgelua_check({}, {}, {},\n  {});\n", no_, title, expect, dollar(check.sql));
    } else if (client_.mysql()) {
      out_ += fmt::format(
          "SELECT CAST(({}) AS CHAR) INTO @forgelua_actual;\n"
          "INSERT INTO forgelua_validation VALUES ({}, {}, {}, @forgelua_actual);\n",
          check.sql, no_, title, expect);
    } else {
      out_ += fmt::format("INSERT INTO temp.forgelua_validation VALUES ({}, {}, {},\n  CAST(({}) AS text));\n", no_,
                          title, expect, check.sql);
    }
  }

  // PostgreSQL takes the throw-away object back with its subtransaction; in MySQL it stands for a moment.
  void server_text(const ServerText& one) {
    head(one.title, "the server's text of them is that of a throw-away object");
    const auto title = literal(one_line(one.title));
    if (client_.postgres()) {
      std::string make;
      for (const auto& statement : one.make) make += (make.empty() ? "" : ",\n  ") + dollar(statement);
      out_ += fmt::format("SELECT pg_temp.forgelua_same({}, {}, ARRAY[{}],\n  {},\n  {});\n", no_, title, make,
                          dollar(one.wanted), dollar(one.actual));
      return;
    }
    out_ += one.drop + ";\n";
    for (const auto& statement : one.make) out_ += statement + ";\n";
    out_ += fmt::format(
        "SELECT CAST(({}) AS CHAR) INTO @forgelua_expected;\n{};\nSELECT CAST(({}) AS CHAR) INTO @forgelua_actual;\n"
        "INSERT INTO forgelua_validation VALUES ({}, {}, COALESCE(@forgelua_expected, ''), @forgelua_actual);\n",
        one.wanted, one.drop, one.actual, no_, title);
  }

  void refused(const RefusedWrite& write) {
    head(write.title, "the write is tried and taken back");
    const auto title = literal(one_line(write.title));
    if (client_.postgres()) {
      out_ += fmt::format("SELECT pg_temp.forgelua_refused({}, {},\n  {});\n", no_, title, dollar(write.sql));
    } else if (client_.mysql()) {
      out_ += fmt::format("CALL forgelua_refused({}, {},\n  {});\n", no_, title, literal(write.sql));
    } else {
      sqlite_refused(write, title);
    }
  }

  std::string text() const { return out_; }

 private:
  void head(std::string_view title, std::string_view expectation) {
    ++no_;
    out_ += "\n" + sql_comment(fmt::format("{}. {}{}{}", no_, one_line(title), expectation.empty() ? "" : ": ",
                                           one_line(expectation)));
  }

  // The verdict fails inside the transaction, which the shell's end then takes back; else it is taken back here.
  void sqlite_refused(const RefusedWrite& write, std::string_view title) {
    out_ += fmt::format(
        "BEGIN IMMEDIATE;\n{};\nINSERT INTO temp.forgelua_verdict SELECT count(*) FROM {} WHERE {};\n"
        "ROLLBACK;\n"
        "INSERT INTO temp.forgelua_validation VALUES ({}, {}, 'refused', 'refused');\n",
        write.sql, write.table, write.condition, no_, title);
  }

  std::string literal(std::string_view text) const { return sql_literal(client_, text); }

  static std::string dollar(std::string_view sql) {
    std::string tag = "$q$";
    for (int i = 0; sql.find(tag) != std::string_view::npos; ++i) tag = fmt::format("$q{}$", i);
    return fmt::format("{0}{1}{0}", tag, sql);
  }

  const Client& client_;
  std::string out_;
  int no_ = 0;
};

std::string mysql_text(const Expectations& expectations, const Client& client) {
  Writer writer(client);
  for (const auto& check : expectations.checks) writer.check(check);
  for (const auto& text : expectations.server_texts) writer.server_text(text);
  if (expectations.refused.empty()) return writer.text();
  const std::string before = writer.text();
  for (const auto& write : expectations.refused) writer.refused(write);
  return before + std::string(kMysqlTry) + writer.text().substr(before.size()) + "DROP PROCEDURE forgelua_refused;\n";
}

std::string checks_text(const Expectations& expectations, const Client& client) {
  if (client.mysql()) return mysql_text(expectations, client);
  Writer writer(client);
  const bool snapshot = client.sqlite() && !expectations.checks.empty();
  for (const auto& check : expectations.checks) writer.check(check);
  for (const auto& text : expectations.server_texts) writer.server_text(text);
  const std::string checks = snapshot ? "\nBEGIN;\n" + writer.text() + "COMMIT;\n" : writer.text();
  const std::size_t end = writer.text().size();
  for (const auto& write : expectations.refused) writer.refused(write);
  std::string whole = checks + writer.text().substr(end);
  if (expectations.server_texts.empty()) return whole;
  return fmt::format("{}{}\nDROP FUNCTION pg_temp.forgelua_same(int, text, text[], text, text);\n", kPostgresSame,
                     whole);
}

}  // namespace

std::string validation_script(const Plan& plan, const Client& client, const ValidationText& text,
                              const Expectations& expectations) {
  std::string out = sql_comment(fmt::format("{}: migration {}, {} {}", text.what, plan.id, plan.engine, plan.version));
  out += sql_comment(fmt::format("Run in this folder: {}", run_command(client, text.file)));
  out +=
      "-- Prints every check with what it expects, what it found and its status. The client's exit code is not 0\n"
      "-- where one fails. Nothing stays in the database.\n\n";
  out += client.postgres() ? kPostgresHead : client.mysql() ? kMysqlHead : kSqliteHead;
  out += checks_text(expectations, client);
  out += client.postgres() ? kPostgresEnd : client.mysql() ? kMysqlEnd : kSqliteEnd;
  return out;
}

}  // namespace forge
