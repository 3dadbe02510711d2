-- Forward, every phase of migration fills_read_other_rows
-- A column is filled from other rows of its own table, which is renamed, and one from another table, whose column is
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 16 is destructive — code of kinds as the old schema held it

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
-- Check: step 1 must not be done at this point: Add kind to items, empty and not insisting. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add kind to items, empty and not insisting', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'kind' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Add abbr beside code in kinds. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Add abbr beside code in kinds', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('kinds') WHERE name = 'abbr' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 19, expand: Add kind to items, empty and not insisting
--   Id:           items.kind/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 19: Add kind to items, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "items" ADD COLUMN "kind" varchar(5);
COMMIT;
.print 'step 1 of 19: done'

-- ============================================================================
-- Step 2 of 19, expand: Add abbr beside code in kinds
--   Id:           kinds.abbr/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 19: Add abbr beside code in kinds'
BEGIN IMMEDIATE;
ALTER TABLE "kinds" ADD COLUMN "abbr" varchar(5);
COMMIT;
.print 'step 2 of 19: done'

-- ============================================================================
-- Step 3 of 19, expand: Add place to notes, empty and not insisting
--   Id:           notes.place/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 3 of 19: Add place to notes, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "notes" ADD COLUMN "place" integer;
COMMIT;
.print 'step 3 of 19: done'

-- ============================================================================
-- Step 4 of 19, migrate: Keep kind of items filled for new rows
--   Id:           items.kind/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 4 of 19: Keep kind of items filled for new rows'
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "kind" = (COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-')) WHERE "id" = NEW."id" AND "kind" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "kind" = (COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-')) WHERE "id" = NEW."id" AND ("kind" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."kind_id" IS NOT OLD."kind_id") AND NOT (NEW."kind" IS NOT OLD."kind") AND OLD."kind" IS (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT OLD."id" AS "id", OLD."kind_id" AS "kind_id") AS "items"));
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
COMMIT;
.print 'step 4 of 19: done'
-- Application: From here the new application may write kind itself; what it writes stands.

-- ============================================================================
-- Step 5 of 19, migrate: Backfill kind of items
--   Id:           items.kind/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values, other source
-- ============================================================================
.print 'step 5 of 19: Backfill kind of items'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.kind/migrate/backfill', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.kind/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.kind/migrate/backfill'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "items" SET "kind" = (COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), ''-'')) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("kind" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.kind/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.kind/migrate/backfill';
.print 'step 5 of 19: done'
-- Check: no row of items has NULL in kind. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of items has NULL in kind', '0', CAST((SELECT COUNT(*) FROM "items" WHERE "kind" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 6 of 19, migrate: Keep code and abbr of kinds equal
--   Id:           kinds.abbr/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 6 of 19: Keep code and abbr of kinds equal'
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
CREATE TRIGGER "kinds__sync_ins" AFTER INSERT ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NULL AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT NULL AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_upd" AFTER UPDATE OF "code", "abbr" ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NOT (NEW."code" IS NOT OLD."code");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NOT (NEW."code" IS NOT OLD."code") AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_kept" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "code" = OLD."code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "kinds__sync_back" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."abbr" IS NOT OLD."abbr")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "abbr" = OLD."abbr" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 6 of 19: done'
-- Application: From here the new application may read and write abbr once the backfill is done.

-- ============================================================================
-- Step 7 of 19, migrate: Convert code of kinds into abbr
--   Id:           kinds.abbr/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 7 of 19: Convert code of kinds into abbr'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('kinds.abbr/migrate/backfill', (SELECT count(*) FROM "kinds"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'kinds.abbr/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'kinds.abbr/migrate/backfill'), (SELECT min("id") - 1 FROM "kinds"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "kinds" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "kinds" SET "abbr" = ("code") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("abbr" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''kinds.abbr/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'kinds.abbr/migrate/backfill';
.print 'step 7 of 19: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "kinds" WHERE (CASE WHEN ("abbr") = ("code") OR (("abbr") IS NULL AND ("code") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 8 of 19, migrate: Keep place of notes filled for new rows
--   Id:           notes.place/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
.print 'step 8 of 19: Keep place of notes filled for new rows'
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
CREATE TRIGGER "notes__sync_ins" AFTER INSERT ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes__sync');
  UPDATE OR IGNORE "notes" SET "place" = ((SELECT count(*) FROM notes x WHERE x.grp = notes.grp AND x.id < notes.id)) WHERE "id" = NEW."id" AND "place" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'notes__sync';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes__sync');
  UPDATE OR IGNORE "notes" SET "place" = ((SELECT count(*) FROM notes x WHERE x.grp = notes.grp AND x.id < notes.id)) WHERE "id" = NEW."id" AND ("place" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."grp" IS NOT OLD."grp") AND NOT (NEW."place" IS NOT OLD."place") AND OLD."place" IS (SELECT (SELECT count(*) FROM notes x WHERE x.grp = notes.grp AND x.id < notes.id) FROM (SELECT OLD."id" AS "id", OLD."grp" AS "grp") AS "notes"));
  DELETE FROM forgelua_marker WHERE name = 'notes__sync';
END;
COMMIT;
.print 'step 8 of 19: done'
-- Application: From here the new application may write place itself; what it writes stands.

-- ============================================================================
-- Step 9 of 19, migrate: Backfill place of notes
--   Id:           notes.place/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values, other source
-- ============================================================================
.print 'step 9 of 19: Backfill place of notes'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('notes.place/migrate/backfill', (SELECT count(*) FROM "notes"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'notes.place/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'notes.place/migrate/backfill'), (SELECT min("id") - 1 FROM "notes"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "notes" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "notes" SET "place" = ((SELECT count(*) FROM notes x WHERE x.grp = notes.grp AND x.id < notes.id)) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("place" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''notes.place/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes.place/migrate/backfill';
.print 'step 9 of 19: done'
-- Check: no row of notes has NULL in place. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of notes has NULL in place', '0', CAST((SELECT COUNT(*) FROM "notes" WHERE "place" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 10 of 19, switch: Let abbr of kinds lead
--   Id:           kinds.abbr/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: code is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 10 of 19: Let abbr of kinds lead'
-- Check: step 7 has come to its end: Convert code of kinds into abbr. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 has come to its end: Convert code of kinds into abbr', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'kinds.abbr/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of kinds stands in forgelua_sync_errors (mend it in kinds, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of kinds stands in forgelua_sync_errors (mend it in kinds, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'kinds__sync' AND column_name IN ('abbr')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "kinds__sync_ins";
DROP TRIGGER IF EXISTS "kinds__sync_upd";
DROP TRIGGER IF EXISTS "kinds__sync_kept";
DROP TRIGGER IF EXISTS "kinds__sync_back";
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
CREATE TRIGGER "kinds__sync_ins" AFTER INSERT ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT NULL AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NULL AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_upd" AFTER UPDATE OF "code", "abbr" ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NOT (NEW."abbr" IS NOT OLD."abbr");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NOT (NEW."abbr" IS NOT OLD."abbr") AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_kept" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "code" = OLD."code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "kinds__sync_back" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."abbr" IS NOT OLD."abbr")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "abbr" = OLD."abbr" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 19: done'
-- Application: Deploy the application that uses abbr as the new schema has it.

-- ============================================================================
-- Step 11 of 19, switch: Rename notes to remarks
--   Id:           notes/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: notes fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 11 of 19: Rename notes to remarks'
-- Check: step 9 has come to its end: Backfill place of notes. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 9 has come to its end: Backfill place of notes', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'notes.place/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "notes" RENAME TO "remarks";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 11 of 19: done'
-- Application: Deploy the application that says remarks together with this step.

-- ============================================================================
-- Step 12 of 19, contract: Drop the trigger that filled kind of items
--   Id:           items.kind/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 19: Drop the trigger that filled kind of items'
-- Check: step 5 has come to its end: Backfill kind of items. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 has come to its end: Backfill kind of items', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'items.kind/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of items has NULL in kind. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of items has NULL in kind', '0', CAST((SELECT COUNT(*) FROM "items" WHERE "kind" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
COMMIT;
.print 'step 12 of 19: done'
-- Application: Check that every deployed version writes kind.

-- ============================================================================
-- Step 13 of 19, contract: Make items.kind NOT NULL
--   Id:           items.kind/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 13 of 19: Make items.kind NOT NULL'
-- Check: no row of items has NULL in kind. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of items has NULL in kind', '0', CAST((SELECT COUNT(*) FROM "items" WHERE "kind" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "kind_id" integer,
  "kind" varchar(5) NOT NULL
);
INSERT INTO "items__rebuild" ("id", "kind_id", "kind")
  SELECT "id", "kind_id", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 13 of 19: done'

-- ============================================================================
-- Step 14 of 19, contract: From here the way back computes code of kinds again
--   Id:           kinds.abbr/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 19: From here the way back computes code of kinds again'
-- Nothing to run in the database.
.print 'step 14 of 19: done'

-- ============================================================================
-- Step 15 of 19, contract: Stop keeping code and abbr of kinds equal
--   Id:           kinds.abbr/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 19: Stop keeping code and abbr of kinds equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "kinds__sync_ins";
DROP TRIGGER IF EXISTS "kinds__sync_upd";
DROP TRIGGER IF EXISTS "kinds__sync_kept";
DROP TRIGGER IF EXISTS "kinds__sync_back";
COMMIT;
.print 'step 15 of 19: done'

-- ============================================================================
-- Step 16 of 19, contract: Drop the old column code of kinds
--   Id:           kinds.abbr/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that name code fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 16 of 19: Drop the old column code of kinds'
BEGIN IMMEDIATE;
ALTER TABLE "kinds" DROP COLUMN "code";
COMMIT;
.print 'step 16 of 19: done'
-- Application: Check that no application, report or job names code any more.

-- ============================================================================
-- Step 17 of 19, contract: Drop the trigger that filled place of remarks
--   Id:           remarks.place/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 19: Drop the trigger that filled place of remarks'
-- Check: no row of remarks has NULL in place. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of remarks has NULL in place', '0', CAST((SELECT COUNT(*) FROM "remarks" WHERE "place" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
COMMIT;
.print 'step 17 of 19: done'
-- Application: Check that every deployed version writes place.

-- ============================================================================
-- Step 18 of 19, contract: Make remarks.place NOT NULL
--   Id:           remarks.place/contract/not-null
--   Why:          every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 18 of 19: Make remarks.place NOT NULL'
-- Check: no row of remarks has NULL in place. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of remarks has NULL in place', '0', CAST((SELECT COUNT(*) FROM "remarks" WHERE "place" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('remarks') OR lower(f."table") IN ('remarks'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'remarks');
CREATE TABLE "remarks__rebuild" (
  "id" integer PRIMARY KEY,
  "grp" integer,
  "place" integer NOT NULL
);
INSERT INTO "remarks__rebuild" ("id", "grp", "place")
  SELECT "id", "grp", "place" FROM "remarks";
DROP TABLE "remarks";
ALTER TABLE "remarks__rebuild" RENAME TO "remarks";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('remarks') OR lower(f."table") IN ('remarks'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 18 of 19: done'

-- ============================================================================
-- Step 19 of 19, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 19 of 19: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 19 of 19: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
