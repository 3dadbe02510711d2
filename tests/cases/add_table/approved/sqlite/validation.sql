-- Validation once every step has run: migration add_table, sqlite 3.40
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

-- 1. create_table orders: expects 1
INSERT INTO temp.forgelua_validation VALUES (1, 'create_table orders', '1',
  CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'orders' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));

-- 2. orders.id is filled in every row: expects 0
INSERT INTO temp.forgelua_validation VALUES (2, 'orders.id is filled in every row', '0',
  CAST((SELECT count(*) FROM "orders" WHERE "id" IS NULL) AS text));

-- 3. orders.user_id is filled in every row: expects 0
INSERT INTO temp.forgelua_validation VALUES (3, 'orders.user_id is filled in every row', '0',
  CAST((SELECT count(*) FROM "orders" WHERE "user_id" IS NULL) AS text));

-- 4. orders.total is filled in every row: expects 0
INSERT INTO temp.forgelua_validation VALUES (4, 'orders.total is filled in every row', '0',
  CAST((SELECT count(*) FROM "orders" WHERE "total" IS NULL) AS text));

-- 5. no two rows of orders share (user_id, total): expects 0
INSERT INTO temp.forgelua_validation VALUES (5, 'no two rows of orders share (user_id, total)', '0',
  CAST((SELECT count(*) FROM (SELECT "user_id", "total" FROM "orders" WHERE "user_id" IS NOT NULL AND "total" IS NOT NULL GROUP BY "user_id", "total" HAVING count(*) > 1) AS d) AS text));

-- 6. every orders (user_id) has its row in users: expects 0
INSERT INTO temp.forgelua_validation VALUES (6, 'every orders (user_id) has its row in users', '0',
  CAST((SELECT count(*) FROM "orders" AS c WHERE c."user_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "users" AS p WHERE p."id" = c."user_id")) AS text));

-- 7. every row of orders passes the check total_positive: expects 0
INSERT INTO temp.forgelua_validation VALUES (7, 'every row of orders passes the check total_positive', '0',
  CAST((SELECT count(*) FROM "orders" WHERE NOT (total >= 0)) AS text));
COMMIT;

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
