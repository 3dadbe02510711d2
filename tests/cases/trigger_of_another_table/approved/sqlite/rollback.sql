-- Rollback, every phase of migration trigger_of_another_table
-- The table and column that another table's trigger writes get other names, and its text follows
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 8 must be done before this: Drop the old column m of journal. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop the old column m of journal', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('journal') WHERE name = 'm' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 must be done before this: Rename log to journal. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must be done before this: Rename log to journal', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'log' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 8 of 9, contract: Drop the old column m of journal
--   Id:           log.amount/contract/drop-old
-- ============================================================================
.print 'undo step 8 of 9: Drop the old column m of journal'
BEGIN IMMEDIATE;
DROP TRIGGER orders_upd;
ALTER TABLE "journal" ADD COLUMN "m" integer;
CREATE TRIGGER orders_upd AFTER UPDATE ON orders BEGIN INSERT INTO journal (m) VALUES (NEW.n); END;
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop keeping m and amount of journal equal
--   Id:           log.amount/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop keeping m and amount of journal equal'
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
CREATE TRIGGER "log__sync_ins" AFTER INSERT ON "journal"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "journal" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "journal") WHERE "id" = NEW."id" AND NEW."m" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'journal', quote(NEW."id"), 'amount', quote(NEW."m") FROM "journal" WHERE "id" = NEW."id" AND NEW."m" IS NOT NULL AND NEW."m" IS NOT NULL AND "journal"."amount" IS NULL;
  UPDATE OR IGNORE "journal" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "journal") WHERE "id" = NEW."id" AND NEW."m" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'journal', quote(NEW."id"), 'm', quote(NEW."amount") FROM "journal" WHERE "id" = NEW."id" AND NEW."m" IS NULL AND NEW."amount" IS NOT NULL AND "journal"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_upd" AFTER UPDATE OF "m", "amount" ON "journal"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "journal" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "journal") WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NOT (NEW."amount" IS NOT OLD."amount");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'journal', quote(NEW."id"), 'amount', quote(NEW."m") FROM "journal" WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NOT (NEW."amount" IS NOT OLD."amount") AND NEW."m" IS NOT NULL AND "journal"."amount" IS NULL;
  UPDATE OR IGNORE "journal" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "journal") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'journal', quote(NEW."id"), 'm', quote(NEW."amount") FROM "journal" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NEW."amount" IS NOT NULL AND "journal"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_kept" AFTER UPDATE ON "journal"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."m" IS NOT OLD."m")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "journal" SET "m" = OLD."m" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "log__sync_back" AFTER UPDATE ON "journal"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "journal" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: From here the way back computes m of journal again
--   Id:           log.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 6 of 9: From here the way back computes m of journal again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('log.amount/contract/point-of-return/back', (SELECT count(*) FROM "journal"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'log.amount/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'log.amount/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "journal"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "journal" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "journal" SET "m" = ("amount") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("m") = ("amount") OR (("m") IS NULL AND ("amount") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''log.amount/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'log.amount/contract/point-of-return/back';
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Rename log to journal
--   Id:           log/switch/rename-table
-- ============================================================================
.print 'undo step 5 of 9: Rename log to journal'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "journal" RENAME TO "log";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Let amount of log lead
--   Id:           log.amount/switch/swap
-- ============================================================================
.print 'undo step 4 of 9: Let amount of log lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "log__sync_ins";
DROP TRIGGER IF EXISTS "log__sync_upd";
DROP TRIGGER IF EXISTS "log__sync_kept";
DROP TRIGGER IF EXISTS "log__sync_back";
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
CREATE TRIGGER "log__sync_ins" AFTER INSERT ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NULL AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NOT NULL AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_upd" AFTER UPDATE OF "m", "amount" ON "log"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'log__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('log__sync');
  UPDATE OR IGNORE "log" SET "amount" = (SELECT "m" FROM (SELECT NEW."m" AS "m") AS "log") WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'amount', quote(NEW."m") FROM "log" WHERE "id" = NEW."id" AND NEW."m" IS NOT OLD."m" AND NEW."m" IS NOT NULL AND "log"."amount" IS NULL;
  UPDATE OR IGNORE "log" SET "m" = (SELECT "amount" FROM (SELECT NEW."amount" AS "amount") AS "log") WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."m" IS NOT OLD."m");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'log__sync', 'log', quote(NEW."id"), 'm', quote(NEW."amount") FROM "log" WHERE "id" = NEW."id" AND NEW."amount" IS NOT OLD."amount" AND NOT (NEW."m" IS NOT OLD."m") AND NEW."amount" IS NOT NULL AND "log"."m" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'log__sync';
END;
CREATE TRIGGER "log__sync_kept" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."m" IS NOT OLD."m")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "m" = OLD."m" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "log__sync_back" AFTER UPDATE ON "log"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."amount" IS NOT OLD."amount")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "log" SET "amount" = OLD."amount" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Convert m of log into amount
--   Id:           log.amount/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 9: Convert m of log into amount'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep m and amount of log equal
--   Id:           log.amount/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Keep m and amount of log equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "log__sync_ins";
DROP TRIGGER IF EXISTS "log__sync_upd";
DROP TRIGGER IF EXISTS "log__sync_kept";
DROP TRIGGER IF EXISTS "log__sync_back";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Add amount beside m in log
--   Id:           log.amount/expand/add-column
-- ============================================================================
.print 'undo step 1 of 9: Add amount beside m in log'
BEGIN IMMEDIATE;
ALTER TABLE "log" DROP COLUMN "amount";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
