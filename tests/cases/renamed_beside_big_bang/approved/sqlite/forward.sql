-- Forward, every phase of migration renamed_beside_big_bang
-- A table is copied and renamed under a view while the key that refers to it changes in one sitting
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 16 is destructive — x of aa as the old schema held it
-- WARNING: step 17 is destructive — every value of aa.y

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
-- Check: step 1 must not be done at this point: Add xx beside x in a. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add xx beside x in a', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('a') WHERE name = 'xx' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 12 must not be done at this point: Rename a to aa. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 12 must not be done at this point: Rename a to aa', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aa') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'a' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 18, expand: Add xx beside x in a
--   Id:           a.xx/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 18: Add xx beside x in a'
BEGIN IMMEDIATE;
ALTER TABLE "a" ADD COLUMN "xx" varchar(9);
COMMIT;
.print 'step 1 of 18: done'

-- ============================================================================
-- Step 2 of 18, migrate: Keep x and xx of a equal
--   Id:           a.xx/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 18: Keep x and xx of a equal'
-- Check: every row of a gives xx a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of a gives xx a value', '0', CAST((SELECT COUNT(*) FROM "a" WHERE (COALESCE(x, 'n')) IS NULL) AS text));
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
CREATE TRIGGER "a__sync_ins" AFTER INSERT ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NULL AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NOT NULL AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_upd" AFTER UPDATE OF "x", "xx" ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NOT (NEW."x" IS NOT OLD."x");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NOT (NEW."x" IS NOT OLD."x") AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_kept" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."x" IS NOT OLD."x")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "x" = OLD."x" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "a__sync_back" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."xx" IS NOT OLD."xx")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "xx" = OLD."xx" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 2 of 18: done'
-- Application: From here the new application may read and write xx once the backfill is done.

-- ============================================================================
-- Step 3 of 18, migrate: Convert x of a into xx
--   Id:           a.xx/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 3 of 18: Convert x of a into xx'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('a.xx/migrate/backfill', (SELECT count(*) FROM "a"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'a.xx/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'a.xx/migrate/backfill'), (SELECT min("id") - 1 FROM "a"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "a" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "a" SET "xx" = (COALESCE(x, ''n'')) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("xx" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''a.xx/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'a.xx/migrate/backfill';
.print 'step 3 of 18: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "a" WHERE (CASE WHEN ("xx") = (COALESCE(x, 'n')) OR (("xx") IS NULL AND (COALESCE(x, 'n')) IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 18, switch: Let xx of a lead
--   Id:           a.xx/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: x is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 18: Let xx of a lead'
-- Check: step 3 has come to its end: Convert x of a into xx. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Convert x of a into xx', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'a.xx/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of a stands in forgelua_sync_errors (mend it in a, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of a stands in forgelua_sync_errors (mend it in a, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'a__sync' AND column_name IN ('xx')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "a__sync_ins";
DROP TRIGGER IF EXISTS "a__sync_upd";
DROP TRIGGER IF EXISTS "a__sync_kept";
DROP TRIGGER IF EXISTS "a__sync_back";
DROP VIEW "v";
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
CREATE TRIGGER "a__sync_ins" AFTER INSERT ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."x" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."x" IS NOT NULL AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."x" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."x" IS NULL AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  UPDATE OR IGNORE "a" SET "xx" = (COALESCE(x, 'n')) WHERE "id" = NEW."id" AND "xx" IS NULL AND "x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_upd" AFTER UPDATE OF "x", "xx" ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NOT (NEW."xx" IS NOT OLD."xx");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NOT (NEW."xx" IS NOT OLD."xx") AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  UPDATE OR IGNORE "a" SET "xx" = (COALESCE(x, 'n')) WHERE "id" = NEW."id" AND "xx" IS NULL AND "x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_kept" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."x" IS NOT OLD."x")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "x" = OLD."x" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "a__sync_back" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."xx" IS NOT OLD."xx")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "xx" = OLD."xx" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "v" AS SELECT a.id, a.xx AS x FROM a;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 18: done'
-- Application: Deploy the application that uses xx as the new schema has it.

-- ============================================================================
-- Step 5 of 18, switch: Stop every application that writes b
--   Id:           b/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 5 of 18: Stop every application that writes b'
-- Nothing to run in the database.
.print 'step 5 of 18: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes b.

-- ============================================================================
-- Step 6 of 18, switch: Back up b
--   Id:           b/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 18: Back up b'
-- Nothing to run in the database.
.print 'step 6 of 18: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "b".

-- ============================================================================
-- Step 7 of 18, switch: Change the type of b.a_id
--   Id:           b.a_id/switch/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 7 of 18: Change the type of b.a_id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('b') OR lower(f."table") IN ('b'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'b');
CREATE TABLE "b__rebuild" (
  "id" integer PRIMARY KEY,
  "a_id" bigint NOT NULL REFERENCES "a" ("id")
);
INSERT INTO "b__rebuild" ("id", "a_id")
  SELECT "id", "a_id" FROM "b";
DROP TABLE "b";
ALTER TABLE "b__rebuild" RENAME TO "b";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('b') OR lower(f."table") IN ('b'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 18: done'

-- ============================================================================
-- Step 8 of 18, switch: Rename b.a_id to aid
--   Id:           b.a_id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a_id fail from here; those that say aid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 8 of 18: Rename b.a_id to aid'
BEGIN IMMEDIATE;
ALTER TABLE "b" RENAME COLUMN "a_id" TO aid;
COMMIT;
.print 'step 8 of 18: done'
-- Application: Deploy the application that says aid together with this step.

-- ============================================================================
-- Step 9 of 18, switch: Rename the foreign key (a_id) to (aid)
--   Id:           b.unnamed:foreign_key:aid/switch/rename
--   Why:          this engine cannot rename it, so it is made again under the new name
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the constraint goes and comes back within one transaction as it was; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 18: Rename the foreign key (a_id) to (aid)'
-- Nothing to run in the database.
.print 'step 9 of 18: done'

-- ============================================================================
-- Step 10 of 18, switch: Validate b
--   Id:           b/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 18: Validate b'
-- Nothing to run in the database.
.print 'step 10 of 18: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 11 of 18, switch: Start the new application
--   Id:           b/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 18: Start the new application'
-- Nothing to run in the database.
.print 'step 11 of 18: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 12 of 18, switch: Rename a to aa
--   Id:           a/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: a fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 12 of 18: Rename a to aa'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "a" RENAME TO "aa";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 12 of 18: done'
-- Application: Deploy the application that says aa together with this step.

-- ============================================================================
-- Step 13 of 18, switch: Change the view v
--   Id:           v/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
.print 'step 13 of 18: Change the view v'
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'v');
DROP VIEW "v";
CREATE VIEW "v" AS SELECT aa.id, aa.xx FROM aa;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
COMMIT;
.print 'step 13 of 18: done'

-- ============================================================================
-- Step 14 of 18, contract: From here the way back computes x of aa again
--   Id:           a.xx/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 18: From here the way back computes x of aa again'
-- Check: no row of aa has NULL in xx. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of aa has NULL in xx', '0', CAST((SELECT COUNT(*) FROM "aa" WHERE "xx" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Nothing to run in the database.
.print 'step 14 of 18: done'

-- ============================================================================
-- Step 15 of 18, contract: Stop keeping x and xx of aa equal
--   Id:           a.xx/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 18: Stop keeping x and xx of aa equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "a__sync_ins";
DROP TRIGGER IF EXISTS "a__sync_upd";
DROP TRIGGER IF EXISTS "a__sync_kept";
DROP TRIGGER IF EXISTS "a__sync_back";
COMMIT;
.print 'step 15 of 18: done'

-- ============================================================================
-- Step 16 of 18, contract: Drop the old column x of aa; Make aa.xx NOT NULL
--   Id:           aa/contract/rewrite-once
--   Why:          every application uses the new one; every row has a value by now; from here the schema says so
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name x fail from here
--   Way back:     loses values of x that do not come back from xx unchanged
--   Hazards:      drop, constraint
-- ============================================================================
.print 'step 16 of 18: Drop the old column x of aa; Make aa.xx NOT NULL'
-- Check: no row of aa has NULL in xx. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of aa has NULL in xx', '0', CAST((SELECT COUNT(*) FROM "aa" WHERE "xx" IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('aa') OR lower(f."table") IN ('aa'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'aa');
CREATE TABLE "aa__rebuild" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "y" integer,
  "xx" varchar(9) NOT NULL
);
INSERT INTO "aa__rebuild" ("id", "y", "xx")
  SELECT "id", "y", "xx" FROM "aa";
DELETE FROM sqlite_sequence WHERE name = 'aa__rebuild';
INSERT INTO sqlite_sequence (name, seq) SELECT 'aa__rebuild', seq FROM sqlite_sequence WHERE name = 'aa';
DROP TABLE "aa";
ALTER TABLE "aa__rebuild" RENAME TO "aa";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('aa') OR lower(f."table") IN ('aa'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 16 of 18: done'
-- Application: Check that no application, report or job names x any more.

-- ============================================================================
-- Step 17 of 18, contract: Drop aa.y
--   Id:           aa.y/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name aa.y fail from here
--   Way back:     loses the values of aa.y: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
.print 'step 17 of 18: Drop aa.y'
BEGIN IMMEDIATE;
ALTER TABLE "aa" DROP COLUMN "y";
COMMIT;
.print 'step 17 of 18: done'
-- Application: Check that no application, report or job names aa.y any more.

-- ============================================================================
-- Step 18 of 18, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 18 of 18: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 18 of 18: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
