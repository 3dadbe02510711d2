-- Baseline, to note before the start: migration blue_green_one, sqlite 3.40
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/0-baseline.sql
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

-- 1. rows of prices
INSERT INTO temp.forgelua_validation VALUES (1, 'rows of prices', NULL,
  CAST((SELECT count(*) FROM "prices") AS text));

-- 2. bytes of prices with its indexes
INSERT INTO temp.forgelua_validation VALUES (2, 'bytes of prices with its indexes', NULL,
  CAST((SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS text));

-- 3. rows without prices.amount
INSERT INTO temp.forgelua_validation VALUES (3, 'rows without prices.amount', NULL,
  CAST((SELECT count(*) FROM "prices" WHERE "amount" IS NULL) AS text));

-- 4. min of prices.amount
INSERT INTO temp.forgelua_validation VALUES (4, 'min of prices.amount', NULL,
  CAST((SELECT min("amount") FROM "prices") AS text));

-- 5. max of prices.amount
INSERT INTO temp.forgelua_validation VALUES (5, 'max of prices.amount', NULL,
  CAST((SELECT max("amount") FROM "prices") AS text));
COMMIT;

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
