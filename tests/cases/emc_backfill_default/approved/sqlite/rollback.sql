-- Rollback, every phase of migration emc_backfill_default
-- A currency by region for rows that stand, and a default for rows to come
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 6 must be done before this: Make orders.currency NOT NULL; Finish orders.tax. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must be done before this: Make orders.currency NOT NULL; Finish orders.tax', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'currency' COLLATE NOCASE AND lower(type) = 'char(3)' AND dflt_value IS '''USD''' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: add_column orders.currency. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: add_column orders.currency', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('orders') WHERE name = 'currency' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 7 of 7, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 7 of 7: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 7: done'

-- ============================================================================
-- Undo step 6 of 7, contract: Make orders.currency NOT NULL; Finish orders.tax
--   Id:           orders/contract/rewrite-once
-- ============================================================================
.print 'undo step 6 of 7: Make orders.currency NOT NULL; Finish orders.tax'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "region" varchar(5),
  "currency" char(3),
  "tax" integer
);
INSERT INTO "orders__rebuild" (rowid, "id", "region", "currency", "tax")
  SELECT rowid, "id", "region", "currency", "tax" FROM "orders";
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
.print 'undo step 6 of 7: done'

-- ============================================================================
-- Undo step 5 of 7, contract: Drop the trigger that filled currency, tax of orders
--   Id:           orders.currency/contract/stop-filling
-- ============================================================================
.print 'undo step 5 of 7: Drop the trigger that filled currency, tax of orders'
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "orders__sync_ins" AFTER INSERT ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "currency" = (COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD')) WHERE rowid = NEW.rowid AND "currency" IS NULL;
  UPDATE OR IGNORE "orders" SET "tax" = (CASE WHEN region = 'EU' THEN 19 END) WHERE rowid = NEW.rowid AND "tax" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
CREATE TRIGGER "orders__sync_upd" AFTER UPDATE ON "orders"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'orders__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('orders__sync');
  UPDATE OR IGNORE "orders" SET "currency" = (COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD')) WHERE rowid = NEW.rowid AND ("currency" IS NULL OR (NEW."region" IS NOT OLD."region") AND NOT (NEW."currency" IS NOT OLD."currency") AND OLD."currency" IS (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT OLD."region" AS "region") AS "orders"));
  UPDATE OR IGNORE "orders" SET "tax" = (CASE WHEN region = 'EU' THEN 19 END) WHERE rowid = NEW.rowid AND ("tax" IS NULL OR (NEW."region" IS NOT OLD."region") AND NOT (NEW."tax" IS NOT OLD."tax") AND OLD."tax" IS (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT OLD."region" AS "region") AS "orders"));
  DELETE FROM forgelua_marker WHERE name = 'orders__sync';
END;
COMMIT;
.print 'undo step 5 of 7: done'

-- ============================================================================
-- Undo step 4 of 7, migrate: Backfill tax of orders
--   Id:           orders.tax/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 7: Backfill tax of orders'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 7: done'

-- ============================================================================
-- Undo step 3 of 7, migrate: Backfill currency of orders
--   Id:           orders.currency/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 7: Backfill currency of orders'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 7: done'

-- ============================================================================
-- Undo step 2 of 7, migrate: Keep currency, tax of orders filled for new rows
--   Id:           orders.currency/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 7: Keep currency, tax of orders filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "orders__sync_ins";
DROP TRIGGER IF EXISTS "orders__sync_upd";
COMMIT;
.print 'undo step 2 of 7: done'

-- ============================================================================
-- Undo step 1 of 7, expand: Add currency, tax to orders, empty and not insisting
--   Id:           orders.currency/expand/add-column
-- ============================================================================
.print 'undo step 1 of 7: Add currency, tax to orders, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "orders" DROP COLUMN "tax";
ALTER TABLE "orders" DROP COLUMN "currency";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 7: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
