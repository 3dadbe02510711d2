-- Forward, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Create depts__new in the new shape of depts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create depts__new in the new shape of depts', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'depts__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 7 must not be done at this point: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must not be done at this point: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('people') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 8 must not be done at this point: Change the type of skills.person_id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must not be done at this point: Change the type of skills.person_id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('skills') WHERE name = 'person_id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 15: Create depts__new in the new shape of depts'
BEGIN IMMEDIATE;
CREATE TABLE "depts__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "head" bigint REFERENCES "people" ("id"),
  "title" varchar(19) NOT NULL DEFAULT '?'
);
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 15: Repeat every write to depts on depts__new'
-- Check: every row of depts gives title a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of depts gives title a value', '0', CAST((SELECT COUNT(*) FROM "depts" WHERE (COALESCE(title, 'none')) IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of depts points at a missing row of staff. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of depts points at a missing row of staff', '0', CAST((SELECT COUNT(*) FROM (SELECT "head" AS "head" FROM "depts") AS child_row WHERE child_row."head" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "people" AS parent_row WHERE parent_row."id" = child_row."head")) AS text));
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
CREATE TRIGGER "depts__sync_ins" AFTER INSERT ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  UPDATE OR IGNORE "depts__new" SET ("head", "title") = (SELECT "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "depts__new" ("id", "head", "title") SELECT "id", "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__new" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, COALESCE(title, 'none') AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND forgelua_t."title" IS s.v3) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT COALESCE(title, 'none') FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
CREATE TRIGGER "depts__sync_upd" AFTER UPDATE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "depts__new" SET ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" AND OLD."id" IS NEW."id" THEN "depts__new"."title" ELSE COALESCE(title, 'none') END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "depts__new" SET "id" = NEW."id", ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" THEN "depts__new"."title" ELSE COALESCE(title, 'none') END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "depts__new" ("id", "head", "title") SELECT "id", "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__new" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, COALESCE(title, 'none') AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND (OLD."title" COLLATE BINARY IS NEW."title" OR forgelua_t."title" IS s.v3)) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT COALESCE(title, 'none') FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
CREATE TRIGGER "depts__sync_del" AFTER DELETE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 15: Copy the rows of depts into depts__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('depts/migrate/copy', (SELECT count(*) FROM "depts"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'depts/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'depts/migrate/copy'), (SELECT min("id") - 1 FROM "depts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "depts" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "depts__new" ("id", "head", "title") SELECT "id", "head", COALESCE(title, ''none'') FROM "depts" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "depts__new" AS forgelua_t WHERE forgelua_t."id" = "depts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''depts/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/migrate/copy';
.print 'step 3 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "head" AS "head", COALESCE(title, 'none') AS "title" FROM "depts") AS source WHERE NOT EXISTS (SELECT 1 FROM "depts__new" AS copied WHERE copied."id" = source."id" AND (copied."head" = source."head" OR (copied."head" IS NULL AND source."head" IS NULL)) AND (copied."title" = source."title" OR (copied."title" IS NULL AND source."title" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 15, switch: Swap the copy of depts in
--   Id:           depts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on; the constraint goes and comes back within one transaction as it was; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes that leave depts.title without a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 15: Swap the copy of depts in'
-- Check: step 3 has come to its end: Copy the rows of depts into depts__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of depts into depts__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'depts/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'depts__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'depts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]depts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "depts__sync_ins";
DROP TRIGGER IF EXISTS "depts__sync_upd";
DROP TRIGGER IF EXISTS "depts__sync_del";
ALTER TABLE "depts" RENAME TO "depts__old";
ALTER TABLE "depts__new" RENAME TO "depts";
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
CREATE TRIGGER "depts__sync_ins" AFTER INSERT ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  UPDATE OR IGNORE "depts__old" SET ("head", "title") = (SELECT "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "depts__old" ("id", "head", "title") SELECT "id", "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__old" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, ("title") AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND forgelua_t."title" IS s.v3) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT ("title") FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
CREATE TRIGGER "depts__sync_upd" AFTER UPDATE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "depts__old" SET ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" AND OLD."id" IS NEW."id" THEN "depts__old"."title" ELSE ("title") END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "depts__old" SET "id" = NEW."id", ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" THEN "depts__old"."title" ELSE ("title") END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "depts__old" ("id", "head", "title") SELECT "id", "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__old" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, ("title") AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND (OLD."title" COLLATE BINARY IS NEW."title" OR forgelua_t."title" IS s.v3)) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT ("title") FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
CREATE TRIGGER "depts__sync_del" AFTER DELETE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"depts__new"', '"depts"') WHERE type = 'table' AND instr(sql, '"depts__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 15: done'
-- Application: Deploy the application that uses depts as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 15, switch: Stop every application that writes skills, people
--   Id:           skills, people/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 5 of 15: Stop every application that writes skills, people'
-- Nothing to run in the database.
.print 'step 5 of 15: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes skills, people.

-- ============================================================================
-- Step 6 of 15, switch: Back up skills, people
--   Id:           skills, people/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 15: Back up skills, people'
-- Nothing to run in the database.
.print 'step 6 of 15: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "skills"; SELECT COUNT(*) FROM "people".

-- ============================================================================
-- Step 7 of 15, switch: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss
--   Id:           people/switch/rewrite-once
--   Why:          the engine does this in place; the engine does this in place; the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type, type, type
-- ============================================================================
.print 'step 7 of 15: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('people') OR lower(f."table") IN ('people'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'people');
CREATE TABLE "people__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "dept_id" bigint NOT NULL REFERENCES "depts" ("id"),
  "boss" bigint REFERENCES "people" ("id")
);
INSERT INTO "people__rebuild" (rowid, "id", "dept_id", "boss")
  SELECT "id", "id", "dept_id", "boss" FROM "people";
DROP TABLE "people";
ALTER TABLE "people__rebuild" RENAME TO "people";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('people') OR lower(f."table") IN ('people'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'

-- ============================================================================
-- Step 8 of 15, switch: Change the type of skills.person_id
--   Id:           skills.person_id/switch/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 8 of 15: Change the type of skills.person_id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('skills') OR lower(f."table") IN ('skills'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'skills');
CREATE TABLE "skills__rebuild" (
  "person_id" bigint NOT NULL REFERENCES "people" ("id") ON DELETE CASCADE,
  "skill" varchar(20) NOT NULL,
  PRIMARY KEY ("person_id", "skill")
);
INSERT INTO "skills__rebuild" (rowid, "person_id", "skill")
  SELECT rowid, "person_id", "skill" FROM "skills";
DROP TABLE "skills";
ALTER TABLE "skills__rebuild" RENAME TO "skills";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('skills') OR lower(f."table") IN ('skills'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 15: done'

-- ============================================================================
-- Step 9 of 15, switch: Rename people to staff
--   Id:           people/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: people fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 9 of 15: Rename people to staff'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "people" RENAME TO "staff";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 9 of 15: done'
-- Application: Deploy the application that says staff together with this step.

-- ============================================================================
-- Step 10 of 15, switch: Validate skills, people
--   Id:           skills, people/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: Validate skills, people'
-- Nothing to run in the database.
.print 'step 10 of 15: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 11 of 15, switch: Start the new application
--   Id:           skills, people/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 15: Start the new application'
-- Nothing to run in the database.
.print 'step 11 of 15: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 12 of 15, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: From here the way back copies depts into depts__old again'
-- Nothing to run in the database.
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 15: Stop repeating writes to depts on depts__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "depts__sync_ins";
DROP TRIGGER IF EXISTS "depts__sync_upd";
DROP TRIGGER IF EXISTS "depts__sync_del";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop depts__old
--   Id:           depts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of depts.title that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop depts__old'
BEGIN IMMEDIATE;
DROP TABLE "depts__old";
COMMIT;
.print 'step 14 of 15: done'

-- ============================================================================
-- Step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 15: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 15 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
