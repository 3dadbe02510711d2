-- Forward, every phase of migration counter_to_natural_key
-- A join table keeps no number of its own: what it joins is its key
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 7 is destructive — every value of memberships.id

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
-- Check: step 1 must not be done at this point: Create memberships__new in the new shape of memberships. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create memberships__new in the new shape of memberships', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'memberships__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: drop_column memberships.id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: drop_column memberships.id', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('memberships') WHERE name = 'id' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 8, expand: Create memberships__new in the new shape of memberships
--   Id:           memberships/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 8: Create memberships__new in the new shape of memberships'
BEGIN IMMEDIATE;
CREATE TABLE "memberships__new" (
  "person" integer NOT NULL,
  "club" integer NOT NULL,
  "since" timestamp,
  PRIMARY KEY ("person", "club")
);
COMMIT;
.print 'step 1 of 8: done'

-- ============================================================================
-- Step 2 of 8, migrate: Repeat every write to memberships on memberships__new
--   Id:           memberships/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 8: Repeat every write to memberships on memberships__new'
-- Check: no two rows of memberships agree in ("person", "club"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of memberships agree in ("person", "club")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "person" AS "person", "club" AS "club" FROM "memberships") AS made WHERE "person" IS NOT NULL AND "club" IS NOT NULL GROUP BY "person", "club" HAVING COUNT(*) > 1) AS doubled) AS text));
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
CREATE TRIGGER "memberships__sync_ins" AFTER INSERT ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__new');
  INSERT OR IGNORE INTO "memberships__new" ("person", "club") SELECT "person", "club" FROM (SELECT "id", "person", "club" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships" WHERE NOT EXISTS (SELECT 1 FROM "memberships__new" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'memberships__sync', 'memberships', quote(NEW."person") || ',' || quote(NEW."club"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "memberships__new" AS forgelua_t, (SELECT "person" AS v1, "club" AS v2 FROM (SELECT "id", "person", "club" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships") AS s WHERE forgelua_t."person" IS NEW."person" AND forgelua_t."club" IS NEW."club" AND forgelua_t."person" IS s.v1 AND forgelua_t."club" IS s.v2) AND EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__new';
END;
CREATE TRIGGER "memberships__sync_upd" AFTER UPDATE ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__new');
  DELETE FROM "memberships__new" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club") AND EXISTS (SELECT 1 FROM "memberships__new" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  UPDATE OR IGNORE "memberships__new" SET "person" = NEW."person", "club" = NEW."club" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club") AND NOT EXISTS (SELECT 1 FROM "memberships__new" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM "memberships__new" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club");
  INSERT OR IGNORE INTO "memberships__new" ("person", "club") SELECT "person", "club" FROM (SELECT "id", "person", "club" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships" WHERE NOT EXISTS (SELECT 1 FROM "memberships__new" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'memberships__sync', 'memberships', quote(NEW."person") || ',' || quote(NEW."club"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "memberships__new" AS forgelua_t, (SELECT "person" AS v1, "club" AS v2 FROM (SELECT "id", "person", "club" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships") AS s WHERE forgelua_t."person" IS NEW."person" AND forgelua_t."club" IS NEW."club" AND forgelua_t."person" IS s.v1 AND forgelua_t."club" IS s.v2) AND EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__new';
END;
CREATE TRIGGER "memberships__sync_del" AFTER DELETE ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__new');
  DELETE FROM "memberships__new" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__new';
END;
COMMIT;
.print 'step 2 of 8: done'

-- ============================================================================
-- Step 3 of 8, migrate: Copy the rows of memberships into memberships__new
--   Id:           memberships/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 8: Copy the rows of memberships into memberships__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('memberships/migrate/copy', (SELECT count(*) FROM "memberships"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'memberships/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'memberships/migrate/copy'), (SELECT min("id") - 1 FROM "memberships"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "memberships" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "memberships__new" ("person", "club") SELECT "person", "club" FROM "memberships" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("person", "club") NOT IN (SELECT "person", "club" FROM "memberships__new");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''memberships/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'memberships/migrate/copy';
.print 'step 3 of 8: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "person" AS "person", "club" AS "club" FROM "memberships") AS source WHERE NOT EXISTS (SELECT 1 FROM "memberships__new" AS copied WHERE copied."person" = source."person" AND copied."club" = source."club")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 8, switch: Swap the copy of memberships in
--   Id:           memberships/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say memberships.id fail from here
--   Way back:     loses memberships.id of rows written after the swap; values of memberships that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 8: Swap the copy of memberships in'
-- Check: step 3 has come to its end: Copy the rows of memberships into memberships__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of memberships into memberships__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'memberships/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of memberships stands in forgelua_sync_errors (mend it in memberships, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of memberships stands in forgelua_sync_errors (mend it in memberships, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'memberships__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'memberships' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]memberships[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "memberships__sync_ins";
DROP TRIGGER IF EXISTS "memberships__sync_upd";
DROP TRIGGER IF EXISTS "memberships__sync_del";
ALTER TABLE "memberships" RENAME TO "memberships__old";
ALTER TABLE "memberships__new" RENAME TO "memberships";
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
CREATE TRIGGER "memberships__sync_ins" AFTER INSERT ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__old');
  INSERT OR IGNORE INTO "memberships__old" ("person", "club") SELECT "person", "club" FROM (SELECT "person", "club", "since" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships" WHERE NOT EXISTS (SELECT 1 FROM "memberships__old" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'memberships__sync', 'memberships', quote(NEW."person") || ',' || quote(NEW."club"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "memberships__old" AS forgelua_t, (SELECT "person" AS v1, "club" AS v2 FROM (SELECT "person", "club", "since" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships") AS s WHERE forgelua_t."person" IS NEW."person" AND forgelua_t."club" IS NEW."club" AND forgelua_t."person" IS s.v1 AND forgelua_t."club" IS s.v2) AND EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__old';
END;
CREATE TRIGGER "memberships__sync_upd" AFTER UPDATE ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__old');
  DELETE FROM "memberships__old" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club") AND EXISTS (SELECT 1 FROM "memberships__old" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  UPDATE OR IGNORE "memberships__old" SET "person" = NEW."person", "club" = NEW."club" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club") AND NOT EXISTS (SELECT 1 FROM "memberships__old" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM "memberships__old" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT (OLD."person" IS NEW."person" AND OLD."club" IS NEW."club") AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club");
  INSERT OR IGNORE INTO "memberships__old" ("person", "club") SELECT "person", "club" FROM (SELECT "person", "club", "since" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships" WHERE NOT EXISTS (SELECT 1 FROM "memberships__old" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'memberships__sync', 'memberships', quote(NEW."person") || ',' || quote(NEW."club"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "memberships__old" AS forgelua_t, (SELECT "person" AS v1, "club" AS v2 FROM (SELECT "person", "club", "since" FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club") AS "memberships") AS s WHERE forgelua_t."person" IS NEW."person" AND forgelua_t."club" IS NEW."club" AND forgelua_t."person" IS s.v1 AND forgelua_t."club" IS s.v2) AND EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS NEW."person" AND "club" IS NEW."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__old';
END;
CREATE TRIGGER "memberships__sync_del" AFTER DELETE ON "memberships"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'memberships|memberships__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('memberships|memberships__old');
  DELETE FROM "memberships__old" WHERE "person" IS OLD."person" AND "club" IS OLD."club" AND NOT EXISTS (SELECT 1 FROM "memberships" WHERE "person" IS OLD."person" AND "club" IS OLD."club");
  DELETE FROM forgelua_marker WHERE name = 'memberships|memberships__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"memberships__new"', '"memberships"') WHERE type = 'table' AND instr(sql, '"memberships__new"') > 0;
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
-- Application: Deploy the application that uses memberships as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 8, contract: From here the way back copies memberships into memberships__old again
--   Id:           memberships/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 8: From here the way back copies memberships into memberships__old again'
-- Nothing to run in the database.
.print 'step 5 of 8: done'

-- ============================================================================
-- Step 6 of 8, contract: Stop repeating writes to memberships on memberships__old
--   Id:           memberships/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 8: Stop repeating writes to memberships on memberships__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "memberships__sync_ins";
DROP TRIGGER IF EXISTS "memberships__sync_upd";
DROP TRIGGER IF EXISTS "memberships__sync_del";
COMMIT;
.print 'step 6 of 8: done'

-- ============================================================================
-- Step 7 of 8, contract: Drop memberships__old
--   Id:           memberships/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses every value of memberships.id: the way back cannot compute them
--   Hazards:      drop
-- ============================================================================
.print 'step 7 of 8: Drop memberships__old'
BEGIN IMMEDIATE;
DROP TABLE "memberships__old";
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
