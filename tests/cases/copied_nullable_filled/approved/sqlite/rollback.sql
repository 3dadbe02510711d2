-- WARNING: rollback is destructive — sales data will be lost: sales.memo of rows written after the swap.
-- WARNING: rollback is destructive — sales__old data will be lost: every value of sales.memo: the way back cannot compute them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration copied_nullable_filled
-- A copied table gets a column that may be NULL and is filled: the deployed application's rows are filled until contract
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 8 must be done before this: Drop sales__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop sales__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sales__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: drop_column sales.memo. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: drop_column sales.memo', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('sales') WHERE name = 'memo' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop sales__old
--   Id:           sales/contract/drop-old
--   Loses:        every value of sales.memo: the way back cannot compute them
-- ============================================================================
.print 'undo step 8 of 9: Drop sales__old'
BEGIN IMMEDIATE;
CREATE TABLE "sales__old" (
  "id" integer PRIMARY KEY,
  "price" integer,
  "tax" integer,
  "memo" varchar(9)
);
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop repeating writes to sales on sales__old
--   Id:           sales/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop repeating writes to sales on sales__old'
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
CREATE TRIGGER "sales__sync_2_ins" AFTER INSERT ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__old');
  UPDATE OR IGNORE "sales__old" SET ("price", "tax") = (SELECT "price", "tax" FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "sales__old" ("id", "price", "tax") SELECT "id", "price", "tax" FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales" WHERE NOT EXISTS (SELECT 1 FROM "sales__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sales__sync_2', 'sales', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sales__old" AS forgelua_t, (SELECT "id" AS v1, "price" AS v2, "tax" AS v3 FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."price" IS s.v2 AND forgelua_t."tax" IS s.v3) AND EXISTS (SELECT 1 FROM "sales" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__old';
END;
CREATE TRIGGER "sales__sync_2_upd" AFTER UPDATE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__old');
  DELETE FROM "sales__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "sales__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "sales__old" SET ("price", "tax") = (SELECT "price", "tax" FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "sales__old" SET "id" = NEW."id", ("price", "tax") = (SELECT "price", "tax" FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "sales__old" WHERE "id" IS NEW."id");
  DELETE FROM "sales__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "sales__old" ("id", "price", "tax") SELECT "id", "price", "tax" FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales" WHERE NOT EXISTS (SELECT 1 FROM "sales__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sales__sync_2', 'sales', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sales__old" AS forgelua_t, (SELECT "id" AS v1, "price" AS v2, "tax" AS v3 FROM (SELECT "id", "price", "tax", "total" FROM "sales" WHERE "id" IS NEW."id") AS "sales") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."price" IS s.v2 AND forgelua_t."tax" IS s.v3) AND EXISTS (SELECT 1 FROM "sales" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__old';
END;
CREATE TRIGGER "sales__sync_2_del" AFTER DELETE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__old');
  DELETE FROM "sales__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__old';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Drop the trigger that filled total of sales
--   Id:           sales/contract/stop-filling
-- ============================================================================
.print 'undo step 6 of 9: Drop the trigger that filled total of sales'
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
CREATE TRIGGER "sales__sync_ins" AFTER INSERT ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales__sync');
  UPDATE OR IGNORE "sales" SET "total" = (COALESCE(price, 0) + COALESCE(tax, 0)) WHERE rowid = NEW.rowid AND "total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'sales__sync';
END;
CREATE TRIGGER "sales__sync_upd" AFTER UPDATE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales__sync');
  UPDATE OR IGNORE "sales" SET "total" = (COALESCE(price, 0) + COALESCE(tax, 0)) WHERE rowid = NEW.rowid AND ("total" IS NULL OR (NEW."price" IS NOT OLD."price" OR NEW."tax" IS NOT OLD."tax") AND NOT (NEW."total" IS NOT OLD."total") AND OLD."total" IS (SELECT COALESCE(price, 0) + COALESCE(tax, 0) FROM (SELECT OLD."price" AS "price", OLD."tax" AS "tax") AS "sales"));
  DELETE FROM forgelua_marker WHERE name = 'sales__sync';
END;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies sales into sales__old again
--   Id:           sales/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 9: From here the way back copies sales into sales__old again'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('sales/contract/point-of-return/back', 30000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'sales/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'sales/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "sales"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "sales" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "sales__old" ("id", "price", "tax") SELECT "id", "price", "tax" FROM "sales" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "sales__old" AS forgelua_t WHERE forgelua_t."id" = "sales"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''sales/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sales/contract/point-of-return/back';
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of sales in
--   Id:           sales/switch/swap
--   Loses:        sales.memo of rows written after the swap
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of sales in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'sales' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]sales[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "sales__sync_2_ins";
DROP TRIGGER IF EXISTS "sales__sync_2_upd";
DROP TRIGGER IF EXISTS "sales__sync_2_del";
DROP TRIGGER IF EXISTS "sales__sync_ins";
DROP TRIGGER IF EXISTS "sales__sync_upd";
ALTER TABLE "sales" RENAME TO "sales__new";
ALTER TABLE "sales__old" RENAME TO "sales";
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
CREATE TRIGGER "sales__sync_ins" AFTER INSERT ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__new');
  UPDATE OR IGNORE "sales__new" SET ("price", "tax", "total") = (SELECT "price", "tax", COALESCE(price, 0) + COALESCE(tax, 0) FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "sales__new" ("id", "price", "tax", "total") SELECT "id", "price", "tax", COALESCE(price, 0) + COALESCE(tax, 0) FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales" WHERE NOT EXISTS (SELECT 1 FROM "sales__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sales__sync', 'sales', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sales__new" AS forgelua_t, (SELECT "id" AS v1, "price" AS v2, "tax" AS v3, COALESCE(price, 0) + COALESCE(tax, 0) AS v4 FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."price" IS s.v2 AND forgelua_t."tax" IS s.v3 AND forgelua_t."total" IS s.v4) AND EXISTS (SELECT 1 FROM "sales" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__new';
END;
CREATE TRIGGER "sales__sync_upd" AFTER UPDATE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__new');
  DELETE FROM "sales__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "sales__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "sales__new" SET ("price", "tax", "total") = (SELECT "price", "tax", CASE WHEN OLD."price" COLLATE BINARY IS NEW."price" AND OLD."tax" COLLATE BINARY IS NEW."tax" AND OLD."id" IS NEW."id" THEN "sales__new"."total" ELSE COALESCE(price, 0) + COALESCE(tax, 0) END FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "sales__new" SET "id" = NEW."id", ("price", "tax", "total") = (SELECT "price", "tax", CASE WHEN OLD."price" COLLATE BINARY IS NEW."price" AND OLD."tax" COLLATE BINARY IS NEW."tax" THEN "sales__new"."total" ELSE COALESCE(price, 0) + COALESCE(tax, 0) END FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "sales__new" WHERE "id" IS NEW."id");
  DELETE FROM "sales__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "sales__new" ("id", "price", "tax", "total") SELECT "id", "price", "tax", COALESCE(price, 0) + COALESCE(tax, 0) FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales" WHERE NOT EXISTS (SELECT 1 FROM "sales__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sales__sync', 'sales', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sales__new" AS forgelua_t, (SELECT "id" AS v1, "price" AS v2, "tax" AS v3, COALESCE(price, 0) + COALESCE(tax, 0) AS v4 FROM (SELECT "id", "price", "tax", "memo" FROM "sales" WHERE "id" IS NEW."id") AS "sales") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."price" IS s.v2 AND forgelua_t."tax" IS s.v3 AND (OLD."price" COLLATE BINARY IS NEW."price" AND OLD."tax" COLLATE BINARY IS NEW."tax" OR forgelua_t."total" IS s.v4)) AND EXISTS (SELECT 1 FROM "sales" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__new';
END;
CREATE TRIGGER "sales__sync_del" AFTER DELETE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales|sales__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales|sales__new');
  DELETE FROM "sales__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "sales" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'sales|sales__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"sales__old"', '"sales"') WHERE type = 'table' AND instr(sql, '"sales__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Copy the rows of sales into sales__new
--   Id:           sales/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of sales into sales__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to sales on sales__new
--   Id:           sales/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to sales on sales__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "sales__sync_ins";
DROP TRIGGER IF EXISTS "sales__sync_upd";
DROP TRIGGER IF EXISTS "sales__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create sales__new in the new shape of sales
--   Id:           sales/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create sales__new in the new shape of sales'
BEGIN IMMEDIATE;
DROP TABLE "sales__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
