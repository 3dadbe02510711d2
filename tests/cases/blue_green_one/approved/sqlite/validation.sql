-- Validation once every step has run: migration blue_green_one, sqlite 3.40
-- Run in this folder: sqlite3 "$DATABASE_FILE" < validation.sql
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

-- 1. alter_column prices.amount: expects 1
INSERT INTO temp.forgelua_validation VALUES (1, 'alter_column prices.amount', '1',
  CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('prices') WHERE name = 'amount' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));

-- 2. step 7 is done: Stop repeating writes to prices on prices__old: expects 1
INSERT INTO temp.forgelua_validation VALUES (2, 'step 7 is done: Stop repeating writes to prices on prices__old', '1',
  CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'prices__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));

-- 3. step 8 is done: Drop prices__old: expects 1
INSERT INTO temp.forgelua_validation VALUES (3, 'step 8 is done: Drop prices__old', '1',
  CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'prices__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));

-- 4. prices.amount is filled in every row: expects 0
INSERT INTO temp.forgelua_validation VALUES (4, 'prices.amount is filled in every row', '0',
  CAST((SELECT count(*) FROM "prices" WHERE "amount" IS NULL) AS text));
COMMIT;

-- 5. NULL in prices.amount is refused: the write is tried and taken back
BEGIN IMMEDIATE;
UPDATE OR IGNORE "prices" SET "amount" = NULL WHERE "amount" = (SELECT "amount" FROM "prices" WHERE "amount" IS NOT NULL LIMIT 1);
INSERT INTO temp.forgelua_verdict SELECT count(*) FROM "prices" WHERE "amount" IS NULL;
ROLLBACK;
INSERT INTO temp.forgelua_validation VALUES (5, 'NULL in prices.amount is refused', 'refused', 'refused');

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
