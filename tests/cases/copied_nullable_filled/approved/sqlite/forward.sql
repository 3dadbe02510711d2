-- Forward, every phase of migration copied_nullable_filled
-- A copied table gets a column that may be NULL and is filled: the deployed application's rows are filled until contract
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 8 is destructive — every value of sales.memo

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
-- Check: step 1 must not be done at this point: Create sales__new in the new shape of sales. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create sales__new in the new shape of sales', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sales__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 must not be done at this point: Swap the copy of sales in. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must not be done at this point: Swap the copy of sales in', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'sales__sync_2_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: drop_column sales.memo. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: drop_column sales.memo', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('sales') WHERE name = 'memo' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Create sales__new in the new shape of sales
--   Id:           sales/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 9: Create sales__new in the new shape of sales'
BEGIN IMMEDIATE;
CREATE TABLE "sales__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "price" integer,
  "tax" integer,
  "total" integer
);
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Repeat every write to sales on sales__new
--   Id:           sales/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Repeat every write to sales on sales__new'
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
COMMIT;
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Copy the rows of sales into sales__new
--   Id:           sales/migrate/copy
--   Why:          30,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 9: Copy the rows of sales into sales__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('sales/migrate/copy', 30000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'sales/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'sales/migrate/copy'), (SELECT min("id") - 1 FROM "sales"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "sales" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "sales__new" ("id", "price", "tax", "total") SELECT "id", "price", "tax", COALESCE(price, 0) + COALESCE(tax, 0) FROM "sales" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "sales__new" AS forgelua_t WHERE forgelua_t."id" = "sales"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''sales/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sales/migrate/copy';
.print 'step 3 of 9: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "price" AS "price", "tax" AS "tax", COALESCE(price, 0) + COALESCE(tax, 0) AS "total" FROM "sales") AS source WHERE NOT EXISTS (SELECT 1 FROM "sales__new" AS copied WHERE copied."id" = source."id" AND (copied."price" = source."price" OR (copied."price" IS NULL AND source."price" IS NULL)) AND (copied."tax" = source."tax" OR (copied."tax" IS NULL AND source."tax" IS NULL)) AND (copied."total" = source."total" OR (copied."total" IS NULL AND source."total" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Swap the copy of sales in
--   Id:           sales/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say sales.memo fail from here
--   Way back:     loses sales.memo of rows written after the swap
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 9: Swap the copy of sales in'
-- Check: step 3 has come to its end: Copy the rows of sales into sales__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of sales into sales__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'sales/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of sales stands in forgelua_sync_errors (mend it in sales, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of sales stands in forgelua_sync_errors (mend it in sales, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'sales__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'sales' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]sales[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "sales__sync_ins";
DROP TRIGGER IF EXISTS "sales__sync_upd";
DROP TRIGGER IF EXISTS "sales__sync_del";
ALTER TABLE "sales" RENAME TO "sales__old";
ALTER TABLE "sales__new" RENAME TO "sales";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"sales__new"', '"sales"') WHERE type = 'table' AND instr(sql, '"sales__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 9: done'
-- Application: Deploy the application that uses sales as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 9, contract: From here the way back copies sales into sales__old again
--   Id:           sales/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 9: From here the way back copies sales into sales__old again'
-- Nothing to run in the database.
.print 'step 5 of 9: done'

-- ============================================================================
-- Step 6 of 9, contract: Drop the trigger that filled total of sales
--   Id:           sales/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: Drop the trigger that filled total of sales'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "sales__sync_ins";
DROP TRIGGER IF EXISTS "sales__sync_upd";
COMMIT;
.print 'step 6 of 9: done'
-- Application: Check that every deployed version writes total.

-- ============================================================================
-- Step 7 of 9, contract: Stop repeating writes to sales on sales__old
--   Id:           sales/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop repeating writes to sales on sales__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "sales__sync_2_ins";
DROP TRIGGER IF EXISTS "sales__sync_2_upd";
DROP TRIGGER IF EXISTS "sales__sync_2_del";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop sales__old
--   Id:           sales/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses every value of sales.memo: the way back cannot compute them
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 9: Drop sales__old'
BEGIN IMMEDIATE;
DROP TABLE "sales__old";
COMMIT;
.print 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 9 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
