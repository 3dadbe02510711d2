-- WARNING: rollback is destructive — orders.code data will be lost: values of orders.code that integer cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration numbers_become_words
-- A number that becomes a text, in place
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must be done before this: Change the type of orders.code; Add the index orders_zone on orders. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must be done before this: Change the type of orders.code; Add the index orders_zone on orders', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'code' COLLATE NOCASE AND lower(type) = 'varchar(20)' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every code of orders can be held as integer. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every code of orders can be held as integer', '0', CAST((SELECT COUNT(*) FROM "orders" WHERE "code" IS NOT NULL AND CASE WHEN (LTRIM(TRIM("code"), '+-') <> '' AND LTRIM(TRIM("code"), '+-') NOT GLOB '*[^0-9]*') THEN CAST("code" AS decimal(60)) NOT BETWEEN -2147483648 AND 2147483647 ELSE TRUE END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 1 of 1, expand: Change the type of orders.code; Add the index orders_zone on orders
--   Id:           orders/expand/rewrite-once
--   Loses:        values of orders.code that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 1 of 1: Change the type of orders.code; Add the index orders_zone on orders'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "values of orders.code cannot be held as integer" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT count(*) FROM "orders" WHERE "code" IS NOT NULL AND (CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END) IS NULL;
DROP TABLE temp.forgelua_check;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" integer PRIMARY KEY,
  "code" integer,
  "zone" integer
);
INSERT INTO "orders__rebuild" ("id", "code", "zone")
  SELECT "id", CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END, "zone" FROM "orders";
DROP TABLE "orders";
ALTER TABLE "orders__rebuild" RENAME TO "orders";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 1 of 1: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
