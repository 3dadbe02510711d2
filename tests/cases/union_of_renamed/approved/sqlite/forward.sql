-- Forward, every phase of migration union_of_renamed
-- Two tables rename a column each, at different moments, under a view over both
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — name of o as the old schema held it

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
-- Check: step 1 must not be done at this point: Add title beside name in o. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Add title beside name in o', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('o') WHERE name = 'title' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Add title beside name in o
--   Id:           o.title/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 1 of 15: Add title beside name in o'
BEGIN IMMEDIATE;
ALTER TABLE "o" ADD COLUMN "title" varchar(30);
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 15: Create t__new in the new shape of t'
BEGIN IMMEDIATE;
CREATE TABLE "t__new" (
  "id" integer PRIMARY KEY,
  "title" varchar(30),
  "x" bigint
);
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Keep name and title of o equal
--   Id:           o.title/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 15: Keep name and title of o equal'
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
CREATE TRIGGER "o__sync_ins" AFTER INSERT ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NULL AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_upd" AFTER UPDATE OF "name", "title" ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name") AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_kept" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "o__sync_back" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "title" = OLD."title" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'step 3 of 15: done'
-- Application: From here the new application may read and write title once the backfill is done.

-- ============================================================================
-- Step 4 of 15, migrate: Convert name of o into title
--   Id:           o.title/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 15: Convert name of o into title'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('o.title/migrate/backfill', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'o.title/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'o.title/migrate/backfill'), (SELECT min("id") - 1 FROM "o"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "o" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "o" SET "title" = ("name") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("title" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''o.title/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'o.title/migrate/backfill';
.print 'step 4 of 15: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "o" WHERE (CASE WHEN ("title") = ("name") OR (("title") IS NULL AND ("name") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 15: Repeat every write to t on t__new'
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  UPDATE OR IGNORE "t__new" SET ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__new" ("id", "title", "x") SELECT "id", "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2, "x" AS v3 FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."title" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__new" SET ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__new" SET "id" = NEW."id", ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__new" ("id", "title", "x") SELECT "id", "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2, "x" AS v3 FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."title" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
COMMIT;
.print 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 15: Copy the rows of t into t__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('t/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 't/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 't/migrate/copy'), (SELECT min("id") - 1 FROM "t"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "t" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "t__new" ("id", "title", "x") SELECT "id", "name", "x" FROM "t" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t WHERE forgelua_t."id" = "t"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''t/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy';
.print 'step 6 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "name" AS "title", "x" AS "x" FROM "t") AS source WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS copied WHERE copied."id" = source."id" AND (copied."title" = source."title" OR (copied."title" IS NULL AND source."title" IS NULL)) AND (copied."x" = source."x" OR (copied."x" IS NULL AND source."x" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Let title of o lead
--   Id:           o.title/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: name is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 15: Let title of o lead'
-- Check: step 6 has come to its end: Copy the rows of t into t__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of t into t__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 't/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 't__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Convert name of o into title. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert name of o into title', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'o.title/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of o stands in forgelua_sync_errors (mend it in o, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of o stands in forgelua_sync_errors (mend it in o, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'o__sync' AND column_name IN ('title')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "o__sync_ins";
DROP TRIGGER IF EXISTS "o__sync_upd";
DROP TRIGGER IF EXISTS "o__sync_kept";
DROP TRIGGER IF EXISTS "o__sync_back";
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
CREATE TRIGGER "o__sync_ins" AFTER INSERT ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NULL AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_upd" AFTER UPDATE OF "name", "title" ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title") AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_kept" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "o__sync_back" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "title" = OLD."title" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE VIEW "v" AS SELECT id, name, x FROM t UNION ALL SELECT id, title AS name, x FROM o;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'
-- Application: Deploy the application that uses title as the new schema has it.

-- ============================================================================
-- Step 8 of 15, switch: Swap the copy of t in
--   Id:           t/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say t.name fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 15: Swap the copy of t in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 't' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]t[^a-z0-9_]*' OR lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
DROP VIEW "v";
ALTER TABLE "t" RENAME TO "t__old";
ALTER TABLE "t__new" RENAME TO "t";
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  UPDATE OR IGNORE "t__old" SET ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__old" ("id", "name", "x") SELECT "id", "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "title" AS v2, "x" AS v3 FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__old" SET ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__old" SET "id" = NEW."id", ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__old" ("id", "name", "x") SELECT "id", "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "title" AS v2, "x" AS v3 FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE VIEW "v" AS SELECT id, title, x FROM t UNION ALL SELECT id, title, x FROM o;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"t__new"', '"t"') WHERE type = 'table' AND instr(sql, '"t__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 15: done'
-- Application: Deploy the application that uses t as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 15, contract: From here the way back computes name of o again
--   Id:           o.title/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 15: From here the way back computes name of o again'
-- Nothing to run in the database.
.print 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: Stop keeping name and title of o equal
--   Id:           o.title/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: Stop keeping name and title of o equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "o__sync_ins";
DROP TRIGGER IF EXISTS "o__sync_upd";
DROP TRIGGER IF EXISTS "o__sync_kept";
DROP TRIGGER IF EXISTS "o__sync_back";
COMMIT;
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Drop the old column name of o
--   Id:           o.title/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name name fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 15: Drop the old column name of o'
BEGIN IMMEDIATE;
ALTER TABLE "o" DROP COLUMN "name";
COMMIT;
.print 'step 11 of 15: done'
-- Application: Check that no application, report or job names name any more.

-- ============================================================================
-- Step 12 of 15, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: From here the way back copies t into t__old again'
-- Nothing to run in the database.
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 15: Stop repeating writes to t on t__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop t__old
--   Id:           t/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop t__old'
BEGIN IMMEDIATE;
DROP TABLE "t__old";
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
