-- Validation after phases/2-backfill.sql: migration blue_green_one, sqlite 3.40
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

-- 1. every row has an equal one in the copy: expects 0
INSERT INTO temp.forgelua_validation VALUES (1, 'every row has an equal one in the copy', '0',
  CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "amount" AS "amount" FROM "prices") AS source WHERE NOT EXISTS (SELECT 1 FROM "prices__new" AS copied WHERE copied."id" = source."id" AND (copied."amount" = source."amount" OR (copied."amount" IS NULL AND source."amount" IS NULL)))) AS text));

-- 2. prices and prices__new have as many rows: expects 0
INSERT INTO temp.forgelua_validation VALUES (2, 'prices and prices__new have as many rows', '0',
  CAST((SELECT (SELECT count(*) FROM "prices") - (SELECT count(*) FROM "prices__new")) AS text));

-- 3. the sum of id is the same in prices and prices__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (3, 'the sum of id is the same in prices and prices__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("id" AS integer) / 4294967296) || ' ' || sum(CAST("id" AS integer) % 4294967296) FROM "prices") IS (SELECT sum(CAST("id" AS integer) / 4294967296) || ' ' || sum(CAST("id" AS integer) % 4294967296) FROM "prices__new") THEN 0 ELSE 1 END) AS text));

-- 4. the sum of amount is the same in prices and prices__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (4, 'the sum of amount is the same in prices and prices__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("amount" AS integer) / 4294967296) || ' ' || sum(CAST("amount" AS integer) % 4294967296) FROM "prices") IS (SELECT sum(CAST("amount" AS integer) / 4294967296) || ' ' || sum(CAST("amount" AS integer) % 4294967296) FROM "prices__new") THEN 0 ELSE 1 END) AS text));

-- 5. every key of prices is in prices__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (5, 'every key of prices is in prices__new', '0',
  CAST((SELECT count(*) FROM "prices" AS a WHERE NOT EXISTS (SELECT 1 FROM "prices__new" AS b WHERE a."id" = b."id")) AS text));

-- 6. every key of prices__new is in prices: expects 0
INSERT INTO temp.forgelua_validation VALUES (6, 'every key of prices__new is in prices', '0',
  CAST((SELECT count(*) FROM "prices__new" AS a WHERE NOT EXISTS (SELECT 1 FROM "prices" AS b WHERE a."id" = b."id")) AS text));

-- 7. rows of prices and prices__new with the same key hold the same values: expects 0
INSERT INTO temp.forgelua_validation VALUES (7, 'rows of prices and prices__new with the same key hold the same values', '0',
  CAST((SELECT count(*) FROM (SELECT "id", "id" AS forgelua_1, "amount" AS forgelua_2 FROM "prices") AS a JOIN "prices__new" AS b ON a."id" = b."id" WHERE ((b."id") IS NULL) <> ((a.forgelua_1) IS NULL) OR abs(b."id" - a.forgelua_1) > 0.5 OR ((b."amount") IS NULL) <> ((a.forgelua_2) IS NULL) OR abs(b."amount" - a.forgelua_2) > 0.5) AS text));
COMMIT;

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
