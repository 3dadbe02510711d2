-- Forward, every phase of migration copied_parent_goes
-- Tables are copied while the one that they refer to goes: on the way back nothing points at its rows, which are lost
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 22 is destructive — every row of kinds

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
-- Check: step 1 must not be done at this point: Create items__new in the new shape of items. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create items__new in the new shape of items', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'items__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 must not be done at this point: Create parts__new in the new shape of parts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Create parts__new in the new shape of parts', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'parts__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 22 must not be done at this point: Drop the table kinds. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 22 must not be done at this point: Drop the table kinds', '0', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kinds' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 23, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 23: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
CREATE TABLE "items__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "kind" integer
);
COMMIT;
.print 'step 1 of 23: done'

-- ============================================================================
-- Step 2 of 23, expand: Create marks__new in the new shape of marks
--   Id:           marks/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 23: Create marks__new in the new shape of marks'
BEGIN IMMEDIATE;
CREATE TABLE "marks__new" (
  "id" integer PRIMARY KEY,
  "sort" bigint
);
COMMIT;
.print 'step 2 of 23: done'

-- ============================================================================
-- Step 3 of 23, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 3 of 23: Create parts__new in the new shape of parts'
BEGIN IMMEDIATE;
CREATE TABLE "parts__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "kind" integer CONSTRAINT "part_kind" REFERENCES "new_kinds" ("id")
);
COMMIT;
.print 'step 3 of 23: done'

-- ============================================================================
-- Step 4 of 23, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 4 of 23: Repeat every write to items on items__new'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  UPDATE OR IGNORE "items__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__new" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
COMMIT;
.print 'step 4 of 23: done'

-- ============================================================================
-- Step 5 of 23, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 5 of 23: Copy the rows of items into items__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/migrate/copy', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__new" ("id", "kind") SELECT "id", "kind" FROM "items" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t WHERE forgelua_t."id" = "items"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/migrate/copy';
.print 'step 5 of 23: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "kind" AS "kind" FROM "items") AS source WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS copied WHERE copied."id" = source."id" AND (copied."kind" = source."kind" OR (copied."kind" IS NULL AND source."kind" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 6 of 23, migrate: Repeat every write to marks on marks__new
--   Id:           marks/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 6 of 23: Repeat every write to marks on marks__new'
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
CREATE TRIGGER "marks__sync_ins" AFTER INSERT ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  UPDATE OR IGNORE "marks__new" SET ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "marks__new" ("id", "sort") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sort" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
CREATE TRIGGER "marks__sync_upd" AFTER UPDATE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "marks__new" SET ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "marks__new" SET "id" = NEW."id", ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "marks__new" ("id", "sort") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sort" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
CREATE TRIGGER "marks__sync_del" AFTER DELETE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
COMMIT;
.print 'step 6 of 23: done'

-- ============================================================================
-- Step 7 of 23, migrate: Copy the rows of marks into marks__new
--   Id:           marks/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 7 of 23: Copy the rows of marks into marks__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('marks/migrate/copy', (SELECT count(*) FROM "marks"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'marks/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'marks/migrate/copy'), (SELECT min("id") - 1 FROM "marks"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "marks" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "marks__new" ("id", "sort") SELECT "id", "kind" FROM "marks" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "marks__new" AS forgelua_t WHERE forgelua_t."id" = "marks"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''marks/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'marks/migrate/copy';
.print 'step 7 of 23: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "kind" AS "sort" FROM "marks") AS source WHERE NOT EXISTS (SELECT 1 FROM "marks__new" AS copied WHERE copied."id" = source."id" AND (copied."sort" = source."sort" OR (copied."sort" IS NULL AND source."sort" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 8 of 23, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one; where foreign_keys is on, the deployed application is refused from here what breaks the new foreign key of parts (kind)
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, keys of both
-- ============================================================================
.print 'step 8 of 23: Repeat every write to parts on parts__new'
-- Check: no row of parts points at a missing row of new_kinds. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts points at a missing row of new_kinds', '0', CAST((SELECT COUNT(*) FROM (SELECT "kind" AS "kind" FROM "parts") AS child_row WHERE child_row."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "new_kinds" AS parent_row WHERE parent_row."id" = child_row."kind")) AS text));
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
  UPDATE OR IGNORE "parts__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__new" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
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
.print 'step 8 of 23: done'

-- ============================================================================
-- Step 9 of 23, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 9 of 23: Copy the rows of parts into parts__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parts/migrate/copy', (SELECT count(*) FROM "parts"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parts/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy'), (SELECT min("id") - 1 FROM "parts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "parts" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parts__new" ("id", "kind") SELECT "id", "kind" FROM "parts" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t WHERE forgelua_t."id" = "parts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parts/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
.print 'step 9 of 23: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "kind" AS "kind" FROM "parts") AS source WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS copied WHERE copied."id" = source."id" AND (copied."kind" = source."kind" OR (copied."kind" IS NULL AND source."kind" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 10 of 23, switch: Swap the copy of items in
--   Id:           items/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name; where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of items (kind)
--   Way back:     loses values of items that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap, keys of both
-- ============================================================================
.print 'step 10 of 23: Swap the copy of items in'
-- Check: step 5 has come to its end: Copy the rows of items into items__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 has come to its end: Copy the rows of items into items__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'items__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'items' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]items[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
ALTER TABLE "items" RENAME TO "items__old";
ALTER TABLE "items__new" RENAME TO "items";
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  UPDATE OR IGNORE "items__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__old" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"items__new"', '"items"') WHERE type = 'table' AND instr(sql, '"items__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 23: done'
-- Application: Deploy the application that uses items as the new schema has it.

-- ============================================================================
-- Step 11 of 23, switch: Swap the copy of marks in
--   Id:           marks/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say marks.kind fail from here; where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of marks (kind)
--   Way back:     loses values of marks that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap, keys of both
-- ============================================================================
.print 'step 11 of 23: Swap the copy of marks in'
-- Check: step 7 has come to its end: Copy the rows of marks into marks__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 has come to its end: Copy the rows of marks into marks__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'marks/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of marks stands in forgelua_sync_errors (mend it in marks, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of marks stands in forgelua_sync_errors (mend it in marks, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'marks__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'marks' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]marks[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "marks__sync_ins";
DROP TRIGGER IF EXISTS "marks__sync_upd";
DROP TRIGGER IF EXISTS "marks__sync_del";
ALTER TABLE "marks" RENAME TO "marks__old";
ALTER TABLE "marks__new" RENAME TO "marks";
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
CREATE TRIGGER "marks__sync_ins" AFTER INSERT ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  UPDATE OR IGNORE "marks__old" SET ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "marks__old" ("id", "kind") SELECT "id", "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__old" AS forgelua_t, (SELECT "id" AS v1, "sort" AS v2 FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
CREATE TRIGGER "marks__sync_upd" AFTER UPDATE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "marks__old" SET ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "marks__old" SET "id" = NEW."id", ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "marks__old" ("id", "kind") SELECT "id", "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__old" AS forgelua_t, (SELECT "id" AS v1, "sort" AS v2 FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
CREATE TRIGGER "marks__sync_del" AFTER DELETE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"marks__new"', '"marks"') WHERE type = 'table' AND instr(sql, '"marks__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 11 of 23: done'
-- Application: Deploy the application that uses marks as the new schema has it, together with this step.

-- ============================================================================
-- Step 12 of 23, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name; where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of parts (kind)
--   Way back:     loses values of parts that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap, keys of both
-- ============================================================================
.print 'step 12 of 23: Swap the copy of parts in'
-- Check: step 9 has come to its end: Copy the rows of parts into parts__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 9 has come to its end: Copy the rows of parts into parts__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts__new points at a missing row of new_kinds. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts__new points at a missing row of new_kinds', '0', CAST((SELECT COUNT(*) FROM "parts__new" AS child_row WHERE child_row."kind" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "new_kinds" AS parent_row WHERE parent_row."id" = child_row."kind")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
  UPDATE OR IGNORE "parts__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__old" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
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
.print 'step 12 of 23: done'
-- Application: Deploy the application that uses parts as the new schema has it.

-- ============================================================================
-- Step 13 of 23, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 23: From here the way back copies items into items__old again'
-- Nothing to run in the database.
.print 'step 13 of 23: done'

-- ============================================================================
-- Step 14 of 23, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 23: Stop repeating writes to items on items__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'step 14 of 23: done'

-- ============================================================================
-- Step 15 of 23, contract: Drop items__old
--   Id:           items/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses what items.kind points at: the rows of kinds do not come back
--   Hazards:      drop
-- ============================================================================
.print 'step 15 of 23: Drop items__old'
BEGIN IMMEDIATE;
DROP TABLE "items__old";
COMMIT;
.print 'step 15 of 23: done'

-- ============================================================================
-- Step 16 of 23, contract: From here the way back copies marks into marks__old again
--   Id:           marks/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 16 of 23: From here the way back copies marks into marks__old again'
-- Nothing to run in the database.
.print 'step 16 of 23: done'

-- ============================================================================
-- Step 17 of 23, contract: Stop repeating writes to marks on marks__old
--   Id:           marks/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 23: Stop repeating writes to marks on marks__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "marks__sync_ins";
DROP TRIGGER IF EXISTS "marks__sync_upd";
DROP TRIGGER IF EXISTS "marks__sync_del";
COMMIT;
.print 'step 17 of 23: done'

-- ============================================================================
-- Step 18 of 23, contract: Drop marks__old
--   Id:           marks/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses what marks.kind points at: the rows of kinds do not come back
--   Hazards:      drop
-- ============================================================================
.print 'step 18 of 23: Drop marks__old'
BEGIN IMMEDIATE;
DROP TABLE "marks__old";
COMMIT;
.print 'step 18 of 23: done'

-- ============================================================================
-- Step 19 of 23, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 19 of 23: From here the way back copies parts into parts__old again'
-- Nothing to run in the database.
.print 'step 19 of 23: done'

-- ============================================================================
-- Step 20 of 23, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 20 of 23: Stop repeating writes to parts on parts__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
COMMIT;
.print 'step 20 of 23: done'

-- ============================================================================
-- Step 21 of 23, contract: Drop parts__old
--   Id:           parts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses what parts.kind points at: the rows of kinds do not come back
--   Hazards:      drop
-- ============================================================================
.print 'step 21 of 23: Drop parts__old'
BEGIN IMMEDIATE;
DROP TABLE "parts__old";
COMMIT;
.print 'step 21 of 23: done'

-- ============================================================================
-- Step 22 of 23, contract: Drop the table kinds
--   Id:           kinds/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name kinds fail from here
--   Way back:     loses the rows of kinds: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
.print 'step 22 of 23: Drop the table kinds'
BEGIN IMMEDIATE;
DROP TABLE "kinds";
COMMIT;
.print 'step 22 of 23: done'
-- Application: Check that no application, report or job names kinds any more.

-- ============================================================================
-- Step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 23 of 23: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 23 of 23: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
