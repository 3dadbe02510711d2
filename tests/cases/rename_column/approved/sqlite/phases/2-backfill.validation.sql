-- Validation after phases/2-backfill.sql: migration rename_column, sqlite 3.40
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-backfill.validation.sql
-- Prints every check with what it expects, what it found and its status. The client's exit code is not 0
-- where one fails. Nothing stays in the database.

.bail on
.timeout 5000
.headers on
.mode list
.separator ' | '
CREATE TEMP TABLE forgelua_validation (no integer, "check" text, expected text, actual text);
CREATE TEMP TABLE forgelua_verdict (failed integer, CONSTRAINT every_check_holds CHECK (failed = 0));

BEGIN;

-- 1. every row holds the converted value: expects 0
INSERT INTO temp.forgelua_validation VALUES (1, 'every row holds the converted value', '0',
  CAST((SELECT COUNT(*) FROM "users" WHERE (CASE WHEN ("years") = ("age") OR (("years") IS NULL AND ("age") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));

-- 2. no row of users is left to fill, rows written lately included: expects 0
INSERT INTO temp.forgelua_validation VALUES (2, 'no row of users is left to fill, rows written lately included', '0',
  CAST((SELECT count(*) FROM "users" WHERE ("years" IS NULL) AND (("years" IS NULL AND ("age") IS NOT NULL))) AS text));

-- 3. 100 random rows of users: new column against old: expects 0
INSERT INTO temp.forgelua_validation VALUES (3, '100 random rows of users: new column against old', '0',
  CAST((SELECT count(*) FROM "users" JOIN (SELECT "id" FROM "users" ORDER BY random() LIMIT 100) AS forgelua_sample USING ("id") WHERE (("years") IS NULL) <> ((("age")) IS NULL) OR abs("years" - ("age")) > 0.5) AS text));
COMMIT;

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
