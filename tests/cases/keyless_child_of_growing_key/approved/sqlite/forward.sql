-- Forward, every phase of migration keyless_child_of_growing_key
-- A key grows to which a table without one of its own refers
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 8 is destructive — person__old of visits as the old schema held it

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
-- Check: step 1 must not be done at this point: Add person__new beside person in visits. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add person__new beside person in visits', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('visits') WHERE name = 'person__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column visits.person. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column visits.person', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('visits') WHERE name = 'person' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Add person__new beside person in visits
--   Id:           visits.person/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 9: Add person__new beside person in visits'
BEGIN IMMEDIATE;
ALTER TABLE "visits" ADD COLUMN "person__new" bigint;
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Keep person and person__new of visits equal
--   Id:           visits.person/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Keep person and person__new of visits equal'
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
CREATE TRIGGER "visits__sync_ins" AFTER INSERT ON "visits"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'visits__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('visits__sync');
  UPDATE OR IGNORE "visits" SET "person__new" = (SELECT "person" FROM (SELECT NEW."person" AS "person") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__new" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person__new', quote(NEW."person") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__new" IS NULL AND NEW."person" IS NOT NULL AND "visits"."person__new" IS NULL;
  UPDATE OR IGNORE "visits" SET "person" = (SELECT person__new FROM (SELECT NEW."person__new" AS "person__new") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__new" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person', quote(NEW."person__new") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__new" IS NOT NULL AND NEW."person__new" IS NOT NULL AND "visits"."person" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'visits__sync';
END;
CREATE TRIGGER "visits__sync_upd" AFTER UPDATE OF "person", "person__new" ON "visits"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'visits__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('visits__sync');
  UPDATE OR IGNORE "visits" SET "person__new" = (SELECT "person" FROM (SELECT NEW."person" AS "person") AS "visits") WHERE rowid = NEW.rowid AND NEW."person" IS NOT OLD."person";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person__new', quote(NEW."person") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person" IS NOT OLD."person" AND NEW."person" IS NOT NULL AND "visits"."person__new" IS NULL;
  UPDATE OR IGNORE "visits" SET "person" = (SELECT person__new FROM (SELECT NEW."person__new" AS "person__new") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__new" IS NOT OLD."person__new" AND NOT (NEW."person" IS NOT OLD."person");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person', quote(NEW."person__new") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__new" IS NOT OLD."person__new" AND NOT (NEW."person" IS NOT OLD."person") AND NEW."person__new" IS NOT NULL AND "visits"."person" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'visits__sync';
END;
CREATE TRIGGER "visits__sync_kept" AFTER UPDATE ON "visits"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."person" IS NOT OLD."person")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "visits" SET "person" = OLD."person" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "visits__sync_back" AFTER UPDATE ON "visits"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."person__new" IS NOT OLD."person__new")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "visits" SET "person__new" = OLD."person__new" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Convert person of visits into person__new
--   Id:           visits.person/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 3 of 9: Convert person of visits into person__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('visits.person/migrate/backfill', (SELECT count(*) FROM "visits"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'visits.person/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'visits.person/migrate/backfill'), (SELECT min(rowid) - 1 FROM "visits"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "visits" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "visits" SET "person__new" = ("person") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("person__new" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''visits.person/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'visits.person/migrate/backfill';
.print 'step 3 of 9: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "visits" WHERE (CASE WHEN ("person__new") = ("person") OR (("person__new") IS NULL AND ("person") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Move (person) of visits to the new column
--   Id:           visits.unnamed:foreign_key:person/switch/move
--   Why:          this engine cannot rename it, so it is made again under its own name; the sync keeps both columns equal
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 4 of 9: Move (person) of visits to the new column'
-- Check: step 3 has come to its end: Convert person of visits into person__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Convert person of visits into person__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'visits.person/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of visits stands in forgelua_sync_errors (mend it in visits, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of visits stands in forgelua_sync_errors (mend it in visits, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'visits__sync' AND column_name IN ('person__new')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of visits points at a missing row of people. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of visits points at a missing row of people', '0', CAST((SELECT COUNT(*) FROM "visits" AS child_row WHERE child_row."person__new" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "people" AS parent_row WHERE parent_row."id" = child_row."person__new")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('visits') AND lower(m.name) NOT IN ('visits')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'visits');
CREATE TABLE "visits__rebuild" (
  "person" integer,
  "person__new" bigint REFERENCES "people" ("id")
);
INSERT INTO "visits__rebuild" (rowid, "person", "person__new")
  SELECT rowid, "person", "person__new" FROM "visits";
DROP TABLE "visits";
ALTER TABLE "visits__rebuild" RENAME TO "visits";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('visits') OR lower(f."table") IN ('visits'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 9: done'

-- ============================================================================
-- Step 5 of 9, switch: Let the new person of visits take over
--   Id:           visits.person/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 5 of 9: Let the new person of visits take over'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'visits' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]visits[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "visits__sync_ins";
DROP TRIGGER IF EXISTS "visits__sync_upd";
DROP TRIGGER IF EXISTS "visits__sync_kept";
DROP TRIGGER IF EXISTS "visits__sync_back";
ALTER TABLE "visits" RENAME COLUMN "person" TO person__old;
ALTER TABLE "visits" RENAME COLUMN "person__new" TO person;
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
CREATE TRIGGER "visits__sync_ins" AFTER INSERT ON "visits"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'visits__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('visits__sync');
  UPDATE OR IGNORE "visits" SET "person" = (SELECT person__old FROM (SELECT NEW."person__old" AS "person__old") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__old" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person', quote(NEW."person__old") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__old" IS NOT NULL AND NEW."person__old" IS NOT NULL AND "visits"."person" IS NULL;
  UPDATE OR IGNORE "visits" SET "person__old" = (SELECT "person" FROM (SELECT NEW."person" AS "person") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__old" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person__old', quote(NEW."person") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__old" IS NULL AND NEW."person" IS NOT NULL AND "visits"."person__old" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'visits__sync';
END;
CREATE TRIGGER "visits__sync_upd" AFTER UPDATE OF "person__old", "person" ON "visits"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'visits__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('visits__sync');
  UPDATE OR IGNORE "visits" SET "person" = (SELECT person__old FROM (SELECT NEW."person__old" AS "person__old") AS "visits") WHERE rowid = NEW.rowid AND NEW."person__old" IS NOT OLD."person__old" AND NOT (NEW."person" IS NOT OLD."person");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person', quote(NEW."person__old") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person__old" IS NOT OLD."person__old" AND NOT (NEW."person" IS NOT OLD."person") AND NEW."person__old" IS NOT NULL AND "visits"."person" IS NULL;
  UPDATE OR IGNORE "visits" SET "person__old" = (SELECT "person" FROM (SELECT NEW."person" AS "person") AS "visits") WHERE rowid = NEW.rowid AND NEW."person" IS NOT OLD."person";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'visits__sync', 'visits', quote(NEW.rowid), 'person__old', quote(NEW."person") FROM "visits" WHERE rowid = NEW.rowid AND NEW."person" IS NOT OLD."person" AND NEW."person" IS NOT NULL AND "visits"."person__old" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'visits__sync';
END;
CREATE TRIGGER "visits__sync_kept" AFTER UPDATE ON "visits"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."person__old" IS NOT OLD."person__old")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "visits" SET "person__old" = OLD."person__old" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "visits__sync_back" AFTER UPDATE ON "visits"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."person" IS NOT OLD."person")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "visits" SET "person" = OLD."person" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 9: done'
-- Application: Deploy the application that uses person as the new schema has it.

-- ============================================================================
-- Step 6 of 9, contract: From here the way back computes person__old of visits again
--   Id:           visits.person/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: From here the way back computes person__old of visits again'
-- Nothing to run in the database.
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Stop keeping person__old and person of visits equal
--   Id:           visits.person/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop keeping person__old and person of visits equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "visits__sync_ins";
DROP TRIGGER IF EXISTS "visits__sync_upd";
DROP TRIGGER IF EXISTS "visits__sync_kept";
DROP TRIGGER IF EXISTS "visits__sync_back";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop the old column person__old of visits
--   Id:           visits.person/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the column's name stays
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 9: Drop the old column person__old of visits'
BEGIN IMMEDIATE;
ALTER TABLE "visits" DROP COLUMN "person__old";
COMMIT;
.print 'step 8 of 9: done'
-- Application: Check that no application, report or job names person__old any more.

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
