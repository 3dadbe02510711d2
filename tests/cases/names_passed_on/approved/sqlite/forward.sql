-- Forward, every phase of migration names_passed_on
-- Names of keys and indexes pass to another kind, and to another table; a column becomes the key
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
-- Check: step 5 must not be done at this point: Drop the index marks_c on marks. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 5 must not be done at this point: Drop the index marks_c on marks', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'marks_c' COLLATE NOCASE AND tbl_name = 'marks' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: drop_index marks_c. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: drop_index marks_c', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'marks_c' COLLATE NOCASE AND tbl_name = 'marks' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 11, expand: Create notes__new in the new shape of notes
--   Id:           notes/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 11: Create notes__new in the new shape of notes'
BEGIN IMMEDIATE;
CREATE TABLE "notes__new" (
  "id" integer PRIMARY KEY,
  "a" integer NOT NULL,
  "b" integer,
  CONSTRAINT "notes_b" UNIQUE ("b")
);
CREATE INDEX "notes_a__new" ON "notes__new" ("a");
COMMIT;
.print 'step 1 of 11: done'

-- ============================================================================
-- Step 2 of 11, migrate: Repeat every write to notes on notes__new
--   Id:           notes/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 11: Repeat every write to notes on notes__new'
-- Check: every row of notes gives id a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of notes gives id a value', '0', CAST((SELECT COUNT(*) FROM "notes" WHERE ("id") IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of notes agree in ("id"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of notes agree in ("id")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "id" AS "id" FROM "notes") AS made WHERE "id" IS NOT NULL GROUP BY "id" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no two rows of notes agree in ("b"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of notes agree in ("b")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "b" AS "b" FROM "notes") AS made WHERE "b" IS NOT NULL GROUP BY "b" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
  UPDATE OR IGNORE "notes__new" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "notes" WHERE "a" IS NEW."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a") AND EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  UPDATE OR IGNORE "notes__new" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS NEW."a";
  UPDATE OR IGNORE "notes__new" SET "a" = NEW."a", ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a") AND NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a");
  INSERT OR IGNORE INTO "notes__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "notes" WHERE "a" IS NEW."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
COMMIT;
.print 'step 2 of 11: done'

-- ============================================================================
-- Step 3 of 11, migrate: Copy the rows of notes into notes__new
--   Id:           notes/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 11: Copy the rows of notes into notes__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('notes/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'notes/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'notes/migrate/copy'), (SELECT min(rowid) - 1 FROM "notes"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "notes" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "notes__new" ("id", "a", "b") SELECT "id", "a", "b" FROM "notes" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t WHERE forgelua_t."a" = "notes"."a");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''notes/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes/migrate/copy';
.print 'step 3 of 11: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "a" AS "a", "b" AS "b" FROM "notes") AS source WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS copied WHERE copied."a" = source."a" AND (copied."id" = source."id" OR (copied."id" IS NULL AND source."id" IS NULL)) AND (copied."b" = source."b" OR (copied."b" IS NULL AND source."b" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 11, switch: Swap the copy of notes in
--   Id:           notes/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes that leave notes.id without a value fail from here
--   Way back:     loses values of notes that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 11: Swap the copy of notes in'
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
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'notes' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]notes[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
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
  UPDATE OR IGNORE "notes__old" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3);
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a");
  UPDATE OR IGNORE "notes__old" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3);
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "a" IS OLD."a";
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
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
.print 'step 4 of 11: done'
-- Application: Deploy the application that uses notes as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 11, contract: Drop the index marks_c on marks
--   Id:           marks.marks_c/contract/drop-index
--   Why:          no query of the new schema counts on it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
.print 'step 5 of 11: Drop the index marks_c on marks'
BEGIN IMMEDIATE;
DROP INDEX "marks_c";
COMMIT;
.print 'step 5 of 11: done'

-- ============================================================================
-- Step 6 of 11, contract: From here the way back copies notes into notes__old again
--   Id:           notes/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 11: From here the way back copies notes into notes__old again'
-- Nothing to run in the database.
.print 'step 6 of 11: done'

-- ============================================================================
-- Step 7 of 11, contract: Stop repeating writes to notes on notes__old
--   Id:           notes/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 11: Stop repeating writes to notes on notes__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
COMMIT;
.print 'step 7 of 11: done'

-- ============================================================================
-- Step 8 of 11, contract: Drop notes__old
--   Id:           notes/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 11: Drop notes__old'
BEGIN IMMEDIATE;
DROP TABLE "notes__old";
COMMIT;
.print 'step 8 of 11: done'

-- ============================================================================
-- Step 9 of 11, contract: Give notes_a of notes their names
--   Id:           notes/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 9 of 11: Give notes_a of notes their names'
BEGIN IMMEDIATE;
CREATE INDEX "notes_a" ON "notes" ("a");
DROP INDEX "notes_a__new";
COMMIT;
.print 'step 9 of 11: done'

-- ============================================================================
-- Step 10 of 11, contract: Add the index marks_c on tags
--   Id:           tags.marks_c/expand/add-index
--   Why:          the new schema's queries use it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
.print 'step 10 of 11: Add the index marks_c on tags'
BEGIN IMMEDIATE;
CREATE INDEX "marks_c" ON "tags" ("c");
COMMIT;
.print 'step 10 of 11: done'

-- ============================================================================
-- Step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 11: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 11 of 11: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
