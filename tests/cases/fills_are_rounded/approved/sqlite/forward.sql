-- Forward, every phase of migration fills_are_rounded
-- What is stored is not what was computed: numbers and moments are rounded, short texts padded
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Create copied__new in the new shape of copied. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create copied__new in the new shape of copied', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'copied__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 must not be done at this point: Add gross to sales, empty and not insisting. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Add gross to sales, empty and not insisting', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('sales') WHERE name = 'gross' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 21, expand: Create copied__new in the new shape of copied
--   Id:           copied/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 21: Create copied__new in the new shape of copied'
BEGIN IMMEDIATE;
CREATE TABLE "copied__new" (
  "id" integer PRIMARY KEY,
  "share" numeric(12,2),
  "at" timestamp(6),
  "word" varchar(20),
  "whole" integer,
  "second" timestamp(0),
  "code" char(8)
);
COMMIT;
.print 'step 1 of 21: done'

-- ============================================================================
-- Step 2 of 21, expand: Create moved__new in the new shape of moved
--   Id:           moved/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 21: Create moved__new in the new shape of moved'
BEGIN IMMEDIATE;
CREATE TABLE "moved__new" (
  "id" integer PRIMARY KEY,
  "at" timestamp(0),
  "word" char(5),
  "rate" numeric(12,1),
  "seen" timestamp(0),
  "since" timestamp(0)
);
COMMIT;
.print 'step 2 of 21: done'

-- ============================================================================
-- Step 3 of 21, expand: Add gross to sales, empty and not insisting
--   Id:           sales.gross/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 3 of 21: Add gross to sales, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "sales" ADD COLUMN "gross" numeric(12,2);
COMMIT;
.print 'step 3 of 21: done'

-- ============================================================================
-- Step 4 of 21, migrate: Repeat every write to copied on copied__new
--   Id:           copied/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 4 of 21: Repeat every write to copied on copied__new'
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
CREATE TRIGGER "copied__sync_ins" AFTER INSERT ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__new');
  UPDATE OR IGNORE "copied__new" SET ("share", "at", "word", "whole", "second", "code") = (SELECT share / 3, "at", "word", share / 3, at, word FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "copied__new" ("id", "share", "at", "word", "whole", "second", "code") SELECT "id", share / 3, "at", "word", share / 3, at, word FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied" WHERE NOT EXISTS (SELECT 1 FROM "copied__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync', 'copied', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "copied__new" AS forgelua_t, (SELECT "id" AS v1, share / 3 AS v2, "at" AS v3, "word" AS v4, share / 3 AS v5, at AS v6, word AS v7 FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."share" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."word" IS s.v4 AND forgelua_t."whole" IS s.v5 AND forgelua_t."second" IS s.v6 AND forgelua_t."code" IS s.v7) AND EXISTS (SELECT 1 FROM "copied" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync', 'copied', quote(NEW."id"), 'share', quote(NEW."share") WHERE NEW."share" IS NOT NULL AND (SELECT share / 3 FROM (SELECT NEW."share" AS "share") AS "copied") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__new';
END;
CREATE TRIGGER "copied__sync_upd" AFTER UPDATE ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__new');
  DELETE FROM "copied__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "copied__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "copied__new" SET ("share", "at", "word", "whole", "second", "code") = (SELECT CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" AND OLD."id" IS NEW."id" THEN "copied__new"."share" ELSE share / 3 END, "at", "word", CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" AND OLD."id" IS NEW."id" THEN "copied__new"."whole" ELSE share / 3 END, at, word FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "copied__new" SET "id" = NEW."id", ("share", "at", "word", "whole", "second", "code") = (SELECT CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" THEN "copied__new"."share" ELSE share / 3 END, "at", "word", CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" THEN "copied__new"."whole" ELSE share / 3 END, at, word FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "copied__new" WHERE "id" IS NEW."id");
  DELETE FROM "copied__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "copied__new" ("id", "share", "at", "word", "whole", "second", "code") SELECT "id", share / 3, "at", "word", share / 3, at, word FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied" WHERE NOT EXISTS (SELECT 1 FROM "copied__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync', 'copied', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "copied__new" AS forgelua_t, (SELECT "id" AS v1, share / 3 AS v2, "at" AS v3, "word" AS v4, share / 3 AS v5, at AS v6, word AS v7 FROM (SELECT "id", "share", "at", "word" FROM "copied" WHERE "id" IS NEW."id") AS "copied") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."share" COLLATE BINARY IS NEW."share" OR forgelua_t."share" IS s.v2) AND forgelua_t."at" IS s.v3 AND forgelua_t."word" IS s.v4 AND (OLD."share" COLLATE BINARY IS NEW."share" OR forgelua_t."whole" IS s.v5) AND forgelua_t."second" IS s.v6 AND forgelua_t."code" IS s.v7) AND EXISTS (SELECT 1 FROM "copied" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync', 'copied', quote(NEW."id"), 'share', quote(NEW."share") WHERE NEW."share" IS NOT NULL AND (SELECT share / 3 FROM (SELECT NEW."share" AS "share") AS "copied") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__new';
END;
CREATE TRIGGER "copied__sync_del" AFTER DELETE ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__new');
  DELETE FROM "copied__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__new';
END;
COMMIT;
.print 'step 4 of 21: done'

-- ============================================================================
-- Step 5 of 21, migrate: Copy the rows of copied into copied__new
--   Id:           copied/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 5 of 21: Copy the rows of copied into copied__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('copied/migrate/copy', (SELECT count(*) FROM "copied"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'copied/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'copied/migrate/copy'), (SELECT min("id") - 1 FROM "copied"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "copied" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "copied__new" ("id", "share", "at", "word", "whole", "second", "code") SELECT "id", share / 3, "at", "word", share / 3, at, word FROM "copied" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "copied__new" AS forgelua_t WHERE forgelua_t."id" = "copied"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''copied/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'copied/migrate/copy';
.print 'step 5 of 21: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", share / 3 AS "share", "at" AS "at", "word" AS "word", share / 3 AS "whole", at AS "second", word AS "code" FROM "copied") AS source WHERE NOT EXISTS (SELECT 1 FROM "copied__new" AS copied WHERE copied."id" = source."id" AND (copied."share" = source."share" OR (copied."share" IS NULL AND source."share" IS NULL)) AND (copied."at" = source."at" OR (copied."at" IS NULL AND source."at" IS NULL)) AND (copied."word" = source."word" OR (copied."word" IS NULL AND source."word" IS NULL)) AND (copied."whole" = source."whole" OR (copied."whole" IS NULL AND source."whole" IS NULL)) AND (copied."second" = source."second" OR (copied."second" IS NULL AND source."second" IS NULL)) AND (copied."code" = source."code" OR (copied."code" IS NULL AND source."code" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 6 of 21, migrate: Repeat every write to moved on moved__new
--   Id:           moved/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 6 of 21: Repeat every write to moved on moved__new'
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
CREATE TRIGGER "moved__sync_ins" AFTER INSERT ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__new');
  UPDATE OR IGNORE "moved__new" SET ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", rate / 3, coalesce(seen, CURRENT_TIMESTAMP), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "moved__new" ("id", "at", "word", "rate", "seen", "since") SELECT "id", "at", "word", rate / 3, coalesce(seen, CURRENT_TIMESTAMP), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved" WHERE NOT EXISTS (SELECT 1 FROM "moved__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "moved__new" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2, "word" AS v3, rate / 3 AS v4, coalesce(seen, CURRENT_TIMESTAMP) AS v5, "since" AS v6 FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."word" IS s.v3 AND forgelua_t."rate" IS s.v4 AND forgelua_t."seen" IS s.v5 AND forgelua_t."since" IS s.v6) AND EXISTS (SELECT 1 FROM "moved" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'rate', quote(NEW."rate") WHERE NEW."rate" IS NOT NULL AND (SELECT rate / 3 FROM (SELECT NEW."rate" AS "rate") AS "moved") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'seen', quote(NEW."seen") WHERE NEW."seen" IS NOT NULL AND (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW."seen" AS "seen") AS "moved") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__new';
END;
CREATE TRIGGER "moved__sync_upd" AFTER UPDATE ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__new');
  DELETE FROM "moved__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "moved__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "moved__new" SET ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", CASE WHEN OLD."rate" COLLATE BINARY IS NEW."rate" AND OLD."id" IS NEW."id" THEN "moved__new"."rate" ELSE rate / 3 END, CASE WHEN OLD."seen" COLLATE BINARY IS NEW."seen" AND OLD."id" IS NEW."id" THEN "moved__new"."seen" ELSE coalesce(seen, CURRENT_TIMESTAMP) END, "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "moved__new" SET "id" = NEW."id", ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", CASE WHEN OLD."rate" COLLATE BINARY IS NEW."rate" THEN "moved__new"."rate" ELSE rate / 3 END, CASE WHEN OLD."seen" COLLATE BINARY IS NEW."seen" THEN "moved__new"."seen" ELSE coalesce(seen, CURRENT_TIMESTAMP) END, "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "moved__new" WHERE "id" IS NEW."id");
  DELETE FROM "moved__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "moved__new" ("id", "at", "word", "rate", "seen", "since") SELECT "id", "at", "word", rate / 3, coalesce(seen, CURRENT_TIMESTAMP), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved" WHERE NOT EXISTS (SELECT 1 FROM "moved__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "moved__new" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2, "word" AS v3, rate / 3 AS v4, coalesce(seen, CURRENT_TIMESTAMP) AS v5, "since" AS v6 FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."word" IS s.v3 AND (OLD."rate" COLLATE BINARY IS NEW."rate" OR forgelua_t."rate" IS s.v4) AND (OLD."seen" COLLATE BINARY IS NEW."seen" OR forgelua_t."seen" IS s.v5) AND forgelua_t."since" IS s.v6) AND EXISTS (SELECT 1 FROM "moved" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'rate', quote(NEW."rate") WHERE NEW."rate" IS NOT NULL AND (SELECT rate / 3 FROM (SELECT NEW."rate" AS "rate") AS "moved") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'seen', quote(NEW."seen") WHERE NEW."seen" IS NOT NULL AND (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW."seen" AS "seen") AS "moved") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__new';
END;
CREATE TRIGGER "moved__sync_del" AFTER DELETE ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__new');
  DELETE FROM "moved__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__new';
END;
COMMIT;
.print 'step 6 of 21: done'

-- ============================================================================
-- Step 7 of 21, migrate: Copy the rows of moved into moved__new
--   Id:           moved/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 7 of 21: Copy the rows of moved into moved__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('moved/migrate/copy', (SELECT count(*) FROM "moved"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'moved/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'moved/migrate/copy'), (SELECT min("id") - 1 FROM "moved"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "moved" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "moved__new" ("id", "at", "word", "rate", "seen", "since") SELECT "id", "at", "word", rate / 3, coalesce(seen, CURRENT_TIMESTAMP), "since" FROM "moved" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "moved__new" AS forgelua_t WHERE forgelua_t."id" = "moved"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''moved/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'moved/migrate/copy';
.print 'step 7 of 21: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "at" AS "at", "word" AS "word", rate / 3 AS "rate", coalesce(seen, CURRENT_TIMESTAMP) AS "seen", "since" AS "since" FROM "moved") AS source WHERE NOT EXISTS (SELECT 1 FROM "moved__new" AS copied WHERE copied."id" = source."id" AND (copied."at" = source."at" OR (copied."at" IS NULL AND source."at" IS NULL)) AND (copied."word" = source."word" OR (copied."word" IS NULL AND source."word" IS NULL)) AND (copied."rate" = source."rate" OR (copied."rate" IS NULL AND source."rate" IS NULL)) AND (copied."seen" IS NOT NULL OR source."seen" IS NULL) AND (copied."since" = source."since" OR (copied."since" IS NULL AND source."since" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 8 of 21, migrate: Keep gross of sales filled for new rows
--   Id:           sales.gross/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 8 of 21: Keep gross of sales filled for new rows'
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
  UPDATE OR IGNORE "sales" SET "gross" = (net * 1.19) WHERE "id" = NEW."id" AND "gross" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'sales__sync';
END;
CREATE TRIGGER "sales__sync_upd" AFTER UPDATE ON "sales"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sales__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sales__sync');
  UPDATE OR IGNORE "sales" SET "gross" = (net * 1.19) WHERE "id" = NEW."id" AND ("gross" IS NULL OR (NEW."net" IS NOT OLD."net") AND NOT (NEW."gross" IS NOT OLD."gross") AND OLD."gross" IS (SELECT net * 1.19 FROM (SELECT OLD."net" AS "net") AS "sales"));
  DELETE FROM forgelua_marker WHERE name = 'sales__sync';
END;
COMMIT;
.print 'step 8 of 21: done'
-- Application: From here the new application may write gross itself; what it writes stands.

-- ============================================================================
-- Step 9 of 21, migrate: Backfill gross of sales
--   Id:           sales.gross/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
.print 'step 9 of 21: Backfill gross of sales'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('sales.gross/migrate/backfill', (SELECT count(*) FROM "sales"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'sales.gross/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'sales.gross/migrate/backfill'), (SELECT min("id") - 1 FROM "sales"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "sales" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "sales" SET "gross" = (net * 1.19) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("gross" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''sales.gross/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sales.gross/migrate/backfill';
.print 'step 9 of 21: done'

-- ============================================================================
-- Step 10 of 21, switch: Swap the copy of copied in
--   Id:           copied/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 10 of 21: Swap the copy of copied in'
-- Check: step 5 has come to its end: Copy the rows of copied into copied__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 has come to its end: Copy the rows of copied into copied__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'copied/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'copied__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'copied' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]copied[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "copied__sync_ins";
DROP TRIGGER IF EXISTS "copied__sync_upd";
DROP TRIGGER IF EXISTS "copied__sync_del";
ALTER TABLE "copied" RENAME TO "copied__old";
ALTER TABLE "copied__new" RENAME TO "copied";
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
CREATE TRIGGER "copied__sync_ins" AFTER INSERT ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied__sync');
  UPDATE OR IGNORE "copied" SET "whole" = (share / 3) WHERE "id" = NEW."id" AND "whole" IS NULL;
  UPDATE OR IGNORE "copied" SET "second" = (at) WHERE "id" = NEW."id" AND "second" IS NULL;
  UPDATE OR IGNORE "copied" SET "code" = (word) WHERE "id" = NEW."id" AND "code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'copied__sync';
END;
CREATE TRIGGER "copied__sync_upd" AFTER UPDATE ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied__sync');
  UPDATE OR IGNORE "copied" SET "whole" = (share / 3) WHERE "id" = NEW."id" AND ("whole" IS NULL OR (NEW."share" IS NOT OLD."share") AND NOT (NEW."whole" IS NOT OLD."whole") AND OLD."whole" IS (SELECT share / 3 FROM (SELECT OLD."share" AS "share") AS "copied"));
  UPDATE OR IGNORE "copied" SET "second" = (at) WHERE "id" = NEW."id" AND ("second" IS NULL OR (NEW."at" IS NOT OLD."at") AND NOT (NEW."second" IS NOT OLD."second") AND OLD."second" IS (SELECT at FROM (SELECT OLD."at" AS "at") AS "copied"));
  UPDATE OR IGNORE "copied" SET "code" = (word) WHERE "id" = NEW."id" AND ("code" IS NULL OR (NEW."word" IS NOT OLD."word") AND NOT (NEW."code" IS NOT OLD."code") AND OLD."code" IS (SELECT word FROM (SELECT OLD."word" AS "word") AS "copied"));
  DELETE FROM forgelua_marker WHERE name = 'copied__sync';
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
CREATE TRIGGER "copied__sync_2_ins" AFTER INSERT ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__old');
  UPDATE OR IGNORE "copied__old" SET ("share", "at", "word") = (SELECT ("share"), "at", "word" FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "copied__old" ("id", "share", "at", "word") SELECT "id", ("share"), "at", "word" FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied" WHERE NOT EXISTS (SELECT 1 FROM "copied__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync_2', 'copied', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "copied__old" AS forgelua_t, (SELECT "id" AS v1, ("share") AS v2, "at" AS v3, "word" AS v4 FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."share" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."word" IS s.v4) AND EXISTS (SELECT 1 FROM "copied" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync_2', 'copied', quote(NEW."id"), 'share', quote(NEW."share") WHERE NEW."share" IS NOT NULL AND (SELECT ("share") FROM (SELECT NEW."share" AS "share") AS "copied") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__old';
END;
CREATE TRIGGER "copied__sync_2_upd" AFTER UPDATE ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__old');
  DELETE FROM "copied__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "copied__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "copied__old" SET ("share", "at", "word") = (SELECT CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" AND OLD."id" IS NEW."id" THEN "copied__old"."share" ELSE ("share") END, "at", "word" FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "copied__old" SET "id" = NEW."id", ("share", "at", "word") = (SELECT CASE WHEN OLD."share" COLLATE BINARY IS NEW."share" THEN "copied__old"."share" ELSE ("share") END, "at", "word" FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "copied__old" WHERE "id" IS NEW."id");
  DELETE FROM "copied__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "copied__old" ("id", "share", "at", "word") SELECT "id", ("share"), "at", "word" FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied" WHERE NOT EXISTS (SELECT 1 FROM "copied__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync_2', 'copied', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "copied__old" AS forgelua_t, (SELECT "id" AS v1, ("share") AS v2, "at" AS v3, "word" AS v4 FROM (SELECT "id", "share", "at", "word", "whole", "second", "code" FROM "copied" WHERE "id" IS NEW."id") AS "copied") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."share" COLLATE BINARY IS NEW."share" OR forgelua_t."share" IS s.v2) AND forgelua_t."at" IS s.v3 AND forgelua_t."word" IS s.v4) AND EXISTS (SELECT 1 FROM "copied" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'copied__sync_2', 'copied', quote(NEW."id"), 'share', quote(NEW."share") WHERE NEW."share" IS NOT NULL AND (SELECT ("share") FROM (SELECT NEW."share" AS "share") AS "copied") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__old';
END;
CREATE TRIGGER "copied__sync_2_del" AFTER DELETE ON "copied"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'copied|copied__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('copied|copied__old');
  DELETE FROM "copied__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "copied" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'copied|copied__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"copied__new"', '"copied"') WHERE type = 'table' AND instr(sql, '"copied__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 21: done'
-- Application: Deploy the application that uses copied as the new schema has it.

-- ============================================================================
-- Step 11 of 21, switch: Change the type of flags.shown
--   Id:           flags.shown/switch/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of flags.shown that boolean cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
.print 'step 11 of 21: Change the type of flags.shown'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('flags') OR lower(f."table") IN ('flags'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'flags');
CREATE TABLE "flags__rebuild" (
  "id" integer PRIMARY KEY,
  "shown" integer NOT NULL DEFAULT 0
);
INSERT INTO "flags__rebuild" ("id", "shown")
  SELECT "id", "shown" FROM "flags";
DROP TABLE "flags";
ALTER TABLE "flags__rebuild" RENAME TO "flags";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('flags') OR lower(f."table") IN ('flags'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 11 of 21: done'

-- ============================================================================
-- Step 12 of 21, switch: Swap the copy of moved in
--   Id:           moved/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 12 of 21: Swap the copy of moved in'
-- Check: step 7 has come to its end: Copy the rows of moved into moved__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 has come to its end: Copy the rows of moved into moved__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'moved/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'moved__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'moved' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]moved[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "moved__sync_ins";
DROP TRIGGER IF EXISTS "moved__sync_upd";
DROP TRIGGER IF EXISTS "moved__sync_del";
ALTER TABLE "moved" RENAME TO "moved__old";
ALTER TABLE "moved__new" RENAME TO "moved";
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
CREATE TRIGGER "moved__sync_ins" AFTER INSERT ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__old');
  UPDATE OR IGNORE "moved__old" SET ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", ("rate"), ("seen"), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "moved__old" ("id", "at", "word", "rate", "seen", "since") SELECT "id", "at", "word", ("rate"), ("seen"), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved" WHERE NOT EXISTS (SELECT 1 FROM "moved__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "moved__old" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2, "word" AS v3, ("rate") AS v4, ("seen") AS v5, "since" AS v6 FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."word" IS s.v3 AND forgelua_t."rate" IS s.v4 AND forgelua_t."seen" IS s.v5 AND forgelua_t."since" IS s.v6) AND EXISTS (SELECT 1 FROM "moved" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'rate', quote(NEW."rate") WHERE NEW."rate" IS NOT NULL AND (SELECT ("rate") FROM (SELECT NEW."rate" AS "rate") AS "moved") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'seen', quote(NEW."seen") WHERE NEW."seen" IS NOT NULL AND (SELECT ("seen") FROM (SELECT NEW."seen" AS "seen") AS "moved") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__old';
END;
CREATE TRIGGER "moved__sync_upd" AFTER UPDATE ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__old');
  DELETE FROM "moved__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "moved__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "moved__old" SET ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", CASE WHEN OLD."rate" COLLATE BINARY IS NEW."rate" AND OLD."id" IS NEW."id" THEN "moved__old"."rate" ELSE ("rate") END, CASE WHEN OLD."seen" COLLATE BINARY IS NEW."seen" AND OLD."id" IS NEW."id" THEN "moved__old"."seen" ELSE ("seen") END, "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "moved__old" SET "id" = NEW."id", ("at", "word", "rate", "seen", "since") = (SELECT "at", "word", CASE WHEN OLD."rate" COLLATE BINARY IS NEW."rate" THEN "moved__old"."rate" ELSE ("rate") END, CASE WHEN OLD."seen" COLLATE BINARY IS NEW."seen" THEN "moved__old"."seen" ELSE ("seen") END, "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "moved__old" WHERE "id" IS NEW."id");
  DELETE FROM "moved__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "moved__old" ("id", "at", "word", "rate", "seen", "since") SELECT "id", "at", "word", ("rate"), ("seen"), "since" FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved" WHERE NOT EXISTS (SELECT 1 FROM "moved__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "moved__old" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2, "word" AS v3, ("rate") AS v4, ("seen") AS v5, "since" AS v6 FROM (SELECT "id", "at", "word", "rate", "seen", "since" FROM "moved" WHERE "id" IS NEW."id") AS "moved") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."word" IS s.v3 AND (OLD."rate" COLLATE BINARY IS NEW."rate" OR forgelua_t."rate" IS s.v4) AND (OLD."seen" COLLATE BINARY IS NEW."seen" OR forgelua_t."seen" IS s.v5) AND forgelua_t."since" IS s.v6) AND EXISTS (SELECT 1 FROM "moved" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'rate', quote(NEW."rate") WHERE NEW."rate" IS NOT NULL AND (SELECT ("rate") FROM (SELECT NEW."rate" AS "rate") AS "moved") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'moved__sync', 'moved', quote(NEW."id"), 'seen', quote(NEW."seen") WHERE NEW."seen" IS NOT NULL AND (SELECT ("seen") FROM (SELECT NEW."seen" AS "seen") AS "moved") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__old';
END;
CREATE TRIGGER "moved__sync_del" AFTER DELETE ON "moved"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'moved|moved__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('moved|moved__old');
  DELETE FROM "moved__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "moved" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'moved|moved__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"moved__new"', '"moved"') WHERE type = 'table' AND instr(sql, '"moved__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 12 of 21: done'
-- Application: Deploy the application that uses moved as the new schema has it.

-- ============================================================================
-- Step 13 of 21, contract: From here the way back copies copied into copied__old again
--   Id:           copied/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 21: From here the way back copies copied into copied__old again'
-- Nothing to run in the database.
.print 'step 13 of 21: done'

-- ============================================================================
-- Step 14 of 21, contract: Drop the trigger that filled whole, second, code of copied
--   Id:           copied/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 21: Drop the trigger that filled whole, second, code of copied'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "copied__sync_ins";
DROP TRIGGER IF EXISTS "copied__sync_upd";
COMMIT;
.print 'step 14 of 21: done'
-- Application: Check that every deployed version writes whole, second, code.

-- ============================================================================
-- Step 15 of 21, contract: Stop repeating writes to copied on copied__old
--   Id:           copied/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 21: Stop repeating writes to copied on copied__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "copied__sync_2_ins";
DROP TRIGGER IF EXISTS "copied__sync_2_upd";
DROP TRIGGER IF EXISTS "copied__sync_2_del";
COMMIT;
.print 'step 15 of 21: done'

-- ============================================================================
-- Step 16 of 21, contract: Drop copied__old
--   Id:           copied/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of copied.share that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 16 of 21: Drop copied__old'
BEGIN IMMEDIATE;
DROP TABLE "copied__old";
COMMIT;
.print 'step 16 of 21: done'

-- ============================================================================
-- Step 17 of 21, contract: From here the way back copies moved into moved__old again
--   Id:           moved/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 21: From here the way back copies moved into moved__old again'
-- Nothing to run in the database.
.print 'step 17 of 21: done'

-- ============================================================================
-- Step 18 of 21, contract: Stop repeating writes to moved on moved__old
--   Id:           moved/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 18 of 21: Stop repeating writes to moved on moved__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "moved__sync_ins";
DROP TRIGGER IF EXISTS "moved__sync_upd";
DROP TRIGGER IF EXISTS "moved__sync_del";
COMMIT;
.print 'step 18 of 21: done'

-- ============================================================================
-- Step 19 of 21, contract: Drop moved__old
--   Id:           moved/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of moved.rate that do not come back unchanged; values of moved.seen that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 19 of 21: Drop moved__old'
BEGIN IMMEDIATE;
DROP TABLE "moved__old";
COMMIT;
.print 'step 19 of 21: done'

-- ============================================================================
-- Step 20 of 21, contract: Drop the trigger that filled gross of sales
--   Id:           sales.gross/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 20 of 21: Drop the trigger that filled gross of sales'
-- Check: step 9 has come to its end: Backfill gross of sales. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 9 has come to its end: Backfill gross of sales', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'sales.gross/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "sales__sync_ins";
DROP TRIGGER IF EXISTS "sales__sync_upd";
COMMIT;
.print 'step 20 of 21: done'
-- Application: Check that every deployed version writes gross.

-- ============================================================================
-- Step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 21 of 21: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 21 of 21: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
