-- Forward, every phase of migration trigger_changes_its_row
-- Triggers of a copied table change, delete and make anew the very rows that they fire for
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
-- Check: step 1 must not be done at this point: Create notes__new in the new shape of notes. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create notes__new in the new shape of notes', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'notes__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column notes.size. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column notes.size', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('notes') WHERE name = 'size' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 8, expand: Create notes__new in the new shape of notes
--   Id:           notes/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 8: Create notes__new in the new shape of notes'
BEGIN IMMEDIATE;
CREATE TABLE "notes__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "parent" bigint,
  "size" bigint,
  "changes" bigint NOT NULL
);
COMMIT;
.print 'step 1 of 8: done'

-- ============================================================================
-- Step 2 of 8, migrate: Repeat every write to notes on notes__new
--   Id:           notes/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 8: Repeat every write to notes on notes__new'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  UPDATE OR IGNORE "notes__new" SET ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "notes__new" ("id", "parent", "size", "changes") SELECT "id", "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2, "size" AS v3, "changes" AS v4 FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2 AND forgelua_t."size" IS s.v3 AND forgelua_t."changes" IS s.v4) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "notes__new" SET ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "notes__new" SET "id" = NEW."id", ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  DELETE FROM "notes__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "notes__new" ("id", "parent", "size", "changes") SELECT "id", "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2, "size" AS v3, "changes" AS v4 FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2 AND forgelua_t."size" IS s.v3 AND forgelua_t."changes" IS s.v4) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
COMMIT;
.print 'step 2 of 8: done'

-- ============================================================================
-- Step 3 of 8, migrate: Copy the rows of notes into notes__new
--   Id:           notes/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 8: Copy the rows of notes into notes__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('notes/migrate/copy', (SELECT count(*) FROM "notes"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'notes/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'notes/migrate/copy'), (SELECT min(rowid) - 1 FROM "notes"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "notes" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "notes__new" ("id", "parent", "size", "changes") SELECT "id", "parent", "size", "changes" FROM "notes" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t WHERE forgelua_t."id" = "notes"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''notes/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes/migrate/copy';
.print 'step 3 of 8: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "parent" AS "parent", "size" AS "size", "changes" AS "changes" FROM "notes") AS source WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS copied WHERE copied."id" = source."id" AND (copied."parent" = source."parent" OR (copied."parent" IS NULL AND source."parent" IS NULL)) AND (copied."size" = source."size" OR (copied."size" IS NULL AND source."size" IS NULL)) AND (copied."changes" = source."changes" OR (copied."changes" IS NULL AND source."changes" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 8, switch: Swap the copy of notes in
--   Id:           notes/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 8: Swap the copy of notes in'
-- Check: step 3 has come to its end: Copy the rows of notes into notes__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of notes into notes__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'notes/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of notes stands in forgelua_sync_errors (mend it in notes, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of notes stands in forgelua_sync_errors (mend it in notes, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'notes__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'notes' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]notes[^a-z0-9_]*') AND lower(name) <> 'notes_del' AND lower(name) <> 'notes_ins' AND lower(name) <> 'notes_upd');
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER notes_del;
DROP TRIGGER notes_ins;
DROP TRIGGER notes_upd;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
ALTER TABLE "notes" RENAME TO "notes__old";
ALTER TABLE "notes__new" RENAME TO "notes";
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  UPDATE OR IGNORE "notes__old" SET ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "notes__old" ("id", "parent", "size", "changes") SELECT "id", "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2, "size" AS v3, "changes" AS v4 FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2 AND forgelua_t."size" IS s.v3 AND forgelua_t."changes" IS s.v4) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "notes__old" SET ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "notes__old" SET "id" = NEW."id", ("parent", "size", "changes") = (SELECT "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "notes__old" ("id", "parent", "size", "changes") SELECT "id", "parent", "size", "changes" FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2, "size" AS v3, "changes" AS v4 FROM (SELECT "id", "parent", "size", "changes" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2 AND forgelua_t."size" IS s.v3 AND forgelua_t."changes" IS s.v4) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER notes_del AFTER DELETE ON notes FOR EACH ROW
BEGIN INSERT INTO notes (id, parent, size, changes) SELECT OLD.id, 0, -1, 0 WHERE OLD.size = 5; END;
CREATE TRIGGER notes_ins AFTER INSERT ON notes FOR EACH ROW
BEGIN UPDATE notes SET changes = changes + 10 WHERE id = NEW.parent; DELETE FROM notes WHERE id = NEW.id AND size = 0; END;
CREATE TRIGGER notes_upd AFTER UPDATE OF size ON notes FOR EACH ROW
BEGIN UPDATE notes SET changes = changes + 1 WHERE id = NEW.id; UPDATE notes SET changes = changes + 10 WHERE id = NEW.parent; END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"notes__new"', '"notes"') WHERE type = 'table' AND instr(sql, '"notes__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 8: done'
-- Application: Deploy the application that uses notes as the new schema has it.

-- ============================================================================
-- Step 5 of 8, contract: From here the way back copies notes into notes__old again
--   Id:           notes/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 8: From here the way back copies notes into notes__old again'
-- Nothing to run in the database.
.print 'step 5 of 8: done'

-- ============================================================================
-- Step 6 of 8, contract: Stop repeating writes to notes on notes__old
--   Id:           notes/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 8: Stop repeating writes to notes on notes__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
COMMIT;
.print 'step 6 of 8: done'

-- ============================================================================
-- Step 7 of 8, contract: Drop notes__old
--   Id:           notes/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 7 of 8: Drop notes__old'
BEGIN IMMEDIATE;
DROP TABLE "notes__old";
COMMIT;
.print 'step 7 of 8: done'

-- ============================================================================
-- Step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 8: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 8 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
