-- Forward, every phase of migration copied_cascades
-- Keys grow while foreign keys act by themselves: what they do reaches the copies
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
-- Check: step 3 must not be done at this point: Create people__new in the new shape of people. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Create people__new in the new shape of people', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'people__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column notes.id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column notes.id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('notes') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 30, expand: Create notes__new in the new shape of notes
--   Id:           notes/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 30: Create notes__new in the new shape of notes'
BEGIN IMMEDIATE;
CREATE TABLE "notes__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "text" varchar(20)
);
COMMIT;
.print 'step 1 of 30: done'

-- ============================================================================
-- Step 2 of 30, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 30: Create parts__new in the new shape of parts'
BEGIN IMMEDIATE;
CREATE TABLE "parts__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "part_of" bigint
);
COMMIT;
.print 'step 2 of 30: done'

-- ============================================================================
-- Step 3 of 30, expand: Create people__new in the new shape of people
--   Id:           people/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 3 of 30: Create people__new in the new shape of people'
BEGIN IMMEDIATE;
CREATE TABLE "people__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(20)
);
COMMIT;
.print 'step 3 of 30: done'

-- ============================================================================
-- Step 4 of 30, expand: Create pets__new in the new shape of pets
--   Id:           pets/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 30: Create pets__new in the new shape of pets'
BEGIN IMMEDIATE;
CREATE TABLE "pets__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "owner" bigint NOT NULL,
  "vet" bigint
);
COMMIT;
.print 'step 4 of 30: done'

-- ============================================================================
-- Step 5 of 30, migrate: Repeat every write to notes on notes__new
--   Id:           notes/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 30: Repeat every write to notes on notes__new'
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
  UPDATE OR IGNORE "notes__new" SET ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "notes__new" ("id", "text") SELECT "id", "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "text" AS v2 FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."text" IS s.v2) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "notes__new" SET ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "notes__new" SET "id" = NEW."id", ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  DELETE FROM "notes__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "notes__new" ("id", "text") SELECT "id", "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "text" AS v2 FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."text" IS s.v2) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
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
.print 'step 5 of 30: done'

-- ============================================================================
-- Step 6 of 30, migrate: Copy the rows of notes into notes__new
--   Id:           notes/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 30: Copy the rows of notes into notes__new'
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
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'notes/migrate/copy'), (SELECT min("id") - 1 FROM "notes"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "notes" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "notes__new" ("id", "text") SELECT "id", "text" FROM "notes" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t WHERE forgelua_t."id" = "notes"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''notes/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes/migrate/copy';
.print 'step 6 of 30: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "text" AS "text" FROM "notes") AS source WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS copied WHERE copied."id" = source."id" AND (copied."text" = source."text" OR (copied."text" IS NULL AND source."text" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 30, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 7 of 30: Repeat every write to parts on parts__new'
-- Check: no row of parts points at a missing row of parts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts points at a missing row of parts', '0', CAST((SELECT COUNT(*) FROM (SELECT "part_of" AS "part_of" FROM "parts") AS child_row WHERE child_row."part_of" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "parts") AS parent_row WHERE parent_row."id" = child_row."part_of")) AS text));
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  UPDATE OR IGNORE "parts__new" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__new" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__new" SET "id" = NEW."id", ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
COMMIT;
.print 'step 7 of 30: done'

-- ============================================================================
-- Step 8 of 30, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 8 of 30: Copy the rows of parts into parts__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parts/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parts/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy'), (SELECT min("id") - 1 FROM "parts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "parts" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM "parts" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t WHERE forgelua_t."id" = "parts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parts/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
.print 'step 8 of 30: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "part_of" AS "part_of" FROM "parts") AS source WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS copied WHERE copied."id" = source."id" AND (copied."part_of" = source."part_of" OR (copied."part_of" IS NULL AND source."part_of" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 9 of 30, migrate: Repeat every write to people on people__new
--   Id:           people/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 9 of 30: Repeat every write to people on people__new'
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
CREATE TRIGGER "people__sync_ins" AFTER INSERT ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__new');
  UPDATE OR IGNORE "people__new" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "people__new" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people" WHERE NOT EXISTS (SELECT 1 FROM "people__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'people__sync', 'people', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "people__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "people" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__new';
END;
CREATE TRIGGER "people__sync_upd" AFTER UPDATE ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__new');
  DELETE FROM "people__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "people__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "people__new" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "people__new" SET "id" = NEW."id", ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "people__new" WHERE "id" IS NEW."id");
  DELETE FROM "people__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "people__new" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people" WHERE NOT EXISTS (SELECT 1 FROM "people__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'people__sync', 'people', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "people__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "people" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__new';
END;
CREATE TRIGGER "people__sync_del" AFTER DELETE ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__new');
  DELETE FROM "people__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__new';
END;
COMMIT;
.print 'step 9 of 30: done'

-- ============================================================================
-- Step 10 of 30, migrate: Copy the rows of people into people__new
--   Id:           people/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 10 of 30: Copy the rows of people into people__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('people/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'people/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'people/migrate/copy'), (SELECT min("id") - 1 FROM "people"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "people" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "people__new" ("id", "name") SELECT "id", "name" FROM "people" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "people__new" AS forgelua_t WHERE forgelua_t."id" = "people"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''people/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'people/migrate/copy';
.print 'step 10 of 30: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "name" AS "name" FROM "people") AS source WHERE NOT EXISTS (SELECT 1 FROM "people__new" AS copied WHERE copied."id" = source."id" AND (copied."name" = source."name" OR (copied."name" IS NULL AND source."name" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 11 of 30, migrate: Repeat every write to pets on pets__new
--   Id:           pets/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 11 of 30: Repeat every write to pets on pets__new'
-- Check: no row of pets points at a missing row of people. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of pets points at a missing row of people', '0', CAST((SELECT COUNT(*) FROM (SELECT "owner" AS "owner" FROM "pets") AS child_row WHERE child_row."owner" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "people") AS parent_row WHERE parent_row."id" = child_row."owner")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of pets points at a missing row of people. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of pets points at a missing row of people', '0', CAST((SELECT COUNT(*) FROM (SELECT "vet" AS "vet" FROM "pets") AS child_row WHERE child_row."vet" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "people") AS parent_row WHERE parent_row."id" = child_row."vet")) AS text));
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
CREATE TRIGGER "pets__sync_ins" AFTER INSERT ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__new');
  UPDATE OR IGNORE "pets__new" SET ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "pets__new" ("id", "owner", "vet") SELECT "id", "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets" WHERE NOT EXISTS (SELECT 1 FROM "pets__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'pets__sync', 'pets', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "pets__new" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2, "vet" AS v3 FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2 AND forgelua_t."vet" IS s.v3) AND EXISTS (SELECT 1 FROM "pets" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__new';
END;
CREATE TRIGGER "pets__sync_upd" AFTER UPDATE ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__new');
  DELETE FROM "pets__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "pets__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "pets__new" SET ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "pets__new" SET "id" = NEW."id", ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "pets__new" WHERE "id" IS NEW."id");
  DELETE FROM "pets__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "pets__new" ("id", "owner", "vet") SELECT "id", "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets" WHERE NOT EXISTS (SELECT 1 FROM "pets__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'pets__sync', 'pets', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "pets__new" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2, "vet" AS v3 FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2 AND forgelua_t."vet" IS s.v3) AND EXISTS (SELECT 1 FROM "pets" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__new';
END;
CREATE TRIGGER "pets__sync_del" AFTER DELETE ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__new');
  DELETE FROM "pets__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__new';
END;
COMMIT;
.print 'step 11 of 30: done'

-- ============================================================================
-- Step 12 of 30, migrate: Copy the rows of pets into pets__new
--   Id:           pets/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 12 of 30: Copy the rows of pets into pets__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('pets/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'pets/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'pets/migrate/copy'), (SELECT min("id") - 1 FROM "pets"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "pets" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "pets__new" ("id", "owner", "vet") SELECT "id", "owner", "vet" FROM "pets" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "pets__new" AS forgelua_t WHERE forgelua_t."id" = "pets"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''pets/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'pets/migrate/copy';
.print 'step 12 of 30: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "owner" AS "owner", "vet" AS "vet" FROM "pets") AS source WHERE NOT EXISTS (SELECT 1 FROM "pets__new" AS copied WHERE copied."id" = source."id" AND (copied."owner" = source."owner" OR (copied."owner" IS NULL AND source."owner" IS NULL)) AND (copied."vet" = source."vet" OR (copied."vet" IS NULL AND source."vet" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 13 of 30, switch: Swap the copy of notes in
--   Id:           notes/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 13 of 30: Swap the copy of notes in'
-- Check: step 6 has come to its end: Copy the rows of notes into notes__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of notes into notes__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'notes/migrate/copy' AND state = 'done') AS text));
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
  UPDATE OR IGNORE "notes__old" SET ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "notes__old" ("id", "text") SELECT "id", "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "text" AS v2 FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."text" IS s.v2) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "notes__old" SET ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "notes__old" SET "id" = NEW."id", ("text") = (SELECT "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "notes__old" ("id", "text") SELECT "id", "text" FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "text" AS v2 FROM (SELECT "id", "text" FROM "notes" WHERE "id" IS NEW."id") AS "notes") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."text" IS s.v2) AND EXISTS (SELECT 1 FROM "notes" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "id" IS OLD."id");
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
.print 'step 13 of 30: done'
-- Application: Deploy the application that uses notes as the new schema has it.

-- ============================================================================
-- Step 14 of 30, switch: Add the foreign key parts_part_of_fkey on parts__new
--   Id:           parts__new.parts_part_of_fkey/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 14 of 30: Add the foreign key parts_part_of_fkey on parts__new'
-- Check: step 8 has come to its end: Copy the rows of parts into parts__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 has come to its end: Copy the rows of parts into parts__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts__new points at a missing row of parts__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts__new points at a missing row of parts__new', '0', CAST((SELECT COUNT(*) FROM "parts__new" AS child_row WHERE child_row."part_of" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "parts__new" AS parent_row WHERE parent_row."id" = child_row."part_of")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('parts__new') AND lower(m.name) NOT IN ('parts__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'parts__new');
CREATE TABLE "parts__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "part_of" bigint CONSTRAINT "parts_part_of_fkey" REFERENCES "parts__new" ("id") ON DELETE CASCADE
);
INSERT INTO "parts__new__rebuild" (rowid, "id", "part_of")
  SELECT rowid, "id", "part_of" FROM "parts__new";
DROP TABLE "parts__new";
ALTER TABLE "parts__new__rebuild" RENAME TO "parts__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts__new') OR lower(f."table") IN ('parts__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 14 of 30: done'

-- ============================================================================
-- Step 15 of 30, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 15 of 30: Swap the copy of parts in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'parts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]parts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
ALTER TABLE "parts" RENAME TO "parts__old";
ALTER TABLE "parts__new" RENAME TO "parts";
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  UPDATE OR IGNORE "parts__old" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__old" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__old" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__old" SET "id" = NEW."id", ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__old" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"parts__new"', '"parts"') WHERE type = 'table' AND instr(sql, '"parts__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 15 of 30: done'
-- Application: Deploy the application that uses parts as the new schema has it.

-- ============================================================================
-- Step 16 of 30, switch: Add the foreign key pets_owner_fkey on pets__new
--   Id:           pets__new.pets_owner_fkey/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 16 of 30: Add the foreign key pets_owner_fkey on pets__new'
-- Check: step 12 has come to its end: Copy the rows of pets into pets__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 12 has come to its end: Copy the rows of pets into pets__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'pets/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of pets stands in forgelua_sync_errors (mend it in pets, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of pets stands in forgelua_sync_errors (mend it in pets, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'pets__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 10 has come to its end: Copy the rows of people into people__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 10 has come to its end: Copy the rows of people into people__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'people/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of people stands in forgelua_sync_errors (mend it in people, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of people stands in forgelua_sync_errors (mend it in people, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'people__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of pets__new points at a missing row of people__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of pets__new points at a missing row of people__new', '0', CAST((SELECT COUNT(*) FROM "pets__new" AS child_row WHERE child_row."owner" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "people__new" AS parent_row WHERE parent_row."id" = child_row."owner")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('pets__new') AND lower(m.name) NOT IN ('pets__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'pets__new');
CREATE TABLE "pets__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "owner" bigint NOT NULL CONSTRAINT "pets_owner_fkey" REFERENCES "people__new" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "vet" bigint
);
INSERT INTO "pets__new__rebuild" (rowid, "id", "owner", "vet")
  SELECT rowid, "id", "owner", "vet" FROM "pets__new";
DROP TABLE "pets__new";
ALTER TABLE "pets__new__rebuild" RENAME TO "pets__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('pets__new') OR lower(f."table") IN ('pets__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 16 of 30: done'

-- ============================================================================
-- Step 17 of 30, switch: Add the foreign key pets_vet_fkey on pets__new
--   Id:           pets__new.pets_vet_fkey/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 17 of 30: Add the foreign key pets_vet_fkey on pets__new'
-- Check: no row of pets__new points at a missing row of people__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of pets__new points at a missing row of people__new', '0', CAST((SELECT COUNT(*) FROM "pets__new" AS child_row WHERE child_row."vet" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "people__new" AS parent_row WHERE parent_row."id" = child_row."vet")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('pets__new') AND lower(m.name) NOT IN ('pets__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'pets__new');
CREATE TABLE "pets__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "owner" bigint NOT NULL CONSTRAINT "pets_owner_fkey" REFERENCES "people__new" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "vet" bigint CONSTRAINT "pets_vet_fkey" REFERENCES "people__new" ("id") ON DELETE SET NULL
);
INSERT INTO "pets__new__rebuild" (rowid, "id", "owner", "vet")
  SELECT rowid, "id", "owner", "vet" FROM "pets__new";
DROP TABLE "pets__new";
ALTER TABLE "pets__new__rebuild" RENAME TO "pets__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('pets__new') OR lower(f."table") IN ('pets__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 17 of 30: done'

-- ============================================================================
-- Step 18 of 30, switch: Flip people, pets to their copies, together
--   Id:           people, pets/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 18 of 30: Flip people, pets to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'people' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]people[^a-z0-9_]*' OR lower(tbl_name) = 'pets' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]pets[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "people__sync_ins";
DROP TRIGGER IF EXISTS "people__sync_upd";
DROP TRIGGER IF EXISTS "people__sync_del";
DROP TRIGGER IF EXISTS "pets__sync_ins";
DROP TRIGGER IF EXISTS "pets__sync_upd";
DROP TRIGGER IF EXISTS "pets__sync_del";
ALTER TABLE "people" RENAME TO "people__old";
ALTER TABLE "people__new" RENAME TO "people";
ALTER TABLE "pets" RENAME TO "pets__old";
ALTER TABLE "pets__new" RENAME TO "pets";
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
CREATE TRIGGER "people__sync_ins" AFTER INSERT ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__old');
  UPDATE OR IGNORE "people__old" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "people__old" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people" WHERE NOT EXISTS (SELECT 1 FROM "people__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'people__sync', 'people', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "people__old" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "people" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__old';
END;
CREATE TRIGGER "people__sync_upd" AFTER UPDATE ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__old');
  DELETE FROM "people__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "people__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "people__old" SET ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "people__old" SET "id" = NEW."id", ("name") = (SELECT "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "people__old" WHERE "id" IS NEW."id");
  DELETE FROM "people__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "people__old" ("id", "name") SELECT "id", "name" FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people" WHERE NOT EXISTS (SELECT 1 FROM "people__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'people__sync', 'people', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "people__old" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2 FROM (SELECT "id", "name" FROM "people" WHERE "id" IS NEW."id") AS "people") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2) AND EXISTS (SELECT 1 FROM "people" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__old';
END;
CREATE TRIGGER "people__sync_del" AFTER DELETE ON "people"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'people|people__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('people|people__old');
  DELETE FROM "people__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "people" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'people|people__old';
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
CREATE TRIGGER "pets__sync_ins" AFTER INSERT ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__old');
  UPDATE OR IGNORE "pets__old" SET ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "pets__old" ("id", "owner", "vet") SELECT "id", "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets" WHERE NOT EXISTS (SELECT 1 FROM "pets__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'pets__sync', 'pets', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "pets__old" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2, "vet" AS v3 FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2 AND forgelua_t."vet" IS s.v3) AND EXISTS (SELECT 1 FROM "pets" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__old';
END;
CREATE TRIGGER "pets__sync_upd" AFTER UPDATE ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__old');
  DELETE FROM "pets__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "pets__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "pets__old" SET ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "pets__old" SET "id" = NEW."id", ("owner", "vet") = (SELECT "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "pets__old" WHERE "id" IS NEW."id");
  DELETE FROM "pets__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "pets__old" ("id", "owner", "vet") SELECT "id", "owner", "vet" FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets" WHERE NOT EXISTS (SELECT 1 FROM "pets__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'pets__sync', 'pets', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "pets__old" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2, "vet" AS v3 FROM (SELECT "id", "owner", "vet" FROM "pets" WHERE "id" IS NEW."id") AS "pets") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2 AND forgelua_t."vet" IS s.v3) AND EXISTS (SELECT 1 FROM "pets" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__old';
END;
CREATE TRIGGER "pets__sync_del" AFTER DELETE ON "pets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'pets|pets__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('pets|pets__old');
  DELETE FROM "pets__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "pets" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'pets|pets__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"people__new"', '"people"') WHERE type = 'table' AND instr(sql, '"people__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"pets__new"', '"pets"') WHERE type = 'table' AND instr(sql, '"pets__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 18 of 30: done'
-- Application: Deploy the application that uses people, pets as the new schema has it.

-- ============================================================================
-- Step 19 of 30, contract: From here the way back copies notes into notes__old again
--   Id:           notes/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 19 of 30: From here the way back copies notes into notes__old again'
-- Nothing to run in the database.
.print 'step 19 of 30: done'

-- ============================================================================
-- Step 20 of 30, contract: Stop repeating writes to notes on notes__old
--   Id:           notes/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 20 of 30: Stop repeating writes to notes on notes__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
COMMIT;
.print 'step 20 of 30: done'

-- ============================================================================
-- Step 21 of 30, contract: Drop notes__old
--   Id:           notes/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 21 of 30: Drop notes__old'
BEGIN IMMEDIATE;
DROP TABLE "notes__old";
COMMIT;
.print 'step 21 of 30: done'

-- ============================================================================
-- Step 22 of 30, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 22 of 30: From here the way back copies parts into parts__old again'
-- Nothing to run in the database.
.print 'step 22 of 30: done'

-- ============================================================================
-- Step 23 of 30, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 23 of 30: Stop repeating writes to parts on parts__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
COMMIT;
.print 'step 23 of 30: done'

-- ============================================================================
-- Step 24 of 30, contract: Drop parts__old
--   Id:           parts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 24 of 30: Drop parts__old'
BEGIN IMMEDIATE;
DROP TABLE "parts__old";
COMMIT;
.print 'step 24 of 30: done'

-- ============================================================================
-- Step 25 of 30, contract: From here the way back copies pets into pets__old again
--   Id:           pets/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 25 of 30: From here the way back copies pets into pets__old again'
-- Nothing to run in the database.
.print 'step 25 of 30: done'

-- ============================================================================
-- Step 26 of 30, contract: From here the way back copies people into people__old again
--   Id:           people/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 26 of 30: From here the way back copies people into people__old again'
-- Nothing to run in the database.
.print 'step 26 of 30: done'

-- ============================================================================
-- Step 27 of 30, contract: Stop repeating writes to people on people__old
--   Id:           people/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 27 of 30: Stop repeating writes to people on people__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "people__sync_ins";
DROP TRIGGER IF EXISTS "people__sync_upd";
DROP TRIGGER IF EXISTS "people__sync_del";
COMMIT;
.print 'step 27 of 30: done'

-- ============================================================================
-- Step 28 of 30, contract: Stop repeating writes to pets on pets__old
--   Id:           pets/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 28 of 30: Stop repeating writes to pets on pets__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "pets__sync_ins";
DROP TRIGGER IF EXISTS "pets__sync_upd";
DROP TRIGGER IF EXISTS "pets__sync_del";
COMMIT;
.print 'step 28 of 30: done'

-- ============================================================================
-- Step 29 of 30, contract: Drop people__old, pets__old
--   Id:           people, pets/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 29 of 30: Drop people__old, pets__old'
BEGIN IMMEDIATE;
DROP TABLE "pets__old";
DROP TABLE "people__old";
COMMIT;
.print 'step 29 of 30: done'

-- ============================================================================
-- Step 30 of 30, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 30 of 30: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 30 of 30: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
