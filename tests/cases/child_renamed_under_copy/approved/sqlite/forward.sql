-- Forward, every phase of migration child_renamed_under_copy
-- Tables are copied while columns and tables that refer to them get other names
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
-- Check: step 1 must not be done at this point: Create c__new in the new shape of c. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create c__new in the new shape of c', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'c__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 must not be done at this point: Create r__new in the new shape of r. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Create r__new in the new shape of r', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'r__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 13 must not be done at this point: Rename d to child. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 13 must not be done at this point: Rename d to child', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'child') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 22, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 22: Create c__new in the new shape of c'
BEGIN IMMEDIATE;
CREATE TABLE "c__new" (
  "id" integer PRIMARY KEY,
  "parent" integer
);
COMMIT;
.print 'step 1 of 22: done'

-- ============================================================================
-- Step 2 of 22, expand: Create p__new in the new shape of p
--   Id:           p/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 22: Create p__new in the new shape of p'
BEGIN IMMEDIATE;
CREATE TABLE "p__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "n" varchar(10)
);
COMMIT;
.print 'step 2 of 22: done'

-- ============================================================================
-- Step 3 of 22, expand: Create r__new in the new shape of r
--   Id:           r/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 3 of 22: Create r__new in the new shape of r'
BEGIN IMMEDIATE;
CREATE TABLE "r__new" (
  "id" integer PRIMARY KEY,
  "q" bigint NOT NULL DEFAULT 1
);
COMMIT;
.print 'step 3 of 22: done'

-- ============================================================================
-- Step 4 of 22, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 4 of 22: Repeat every write to c on c__new'
-- Check: no row of c points at a missing row of p. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of c points at a missing row of p', '0', CAST((SELECT COUNT(*) FROM (SELECT "p_id" AS "parent" FROM "c") AS child_row WHERE child_row."parent" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "p") AS parent_row WHERE parent_row."id" = child_row."parent")) AS text));
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  UPDATE OR IGNORE "c__new" SET ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__new" ("id", "parent") SELECT "id", "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p_id" AS v2 FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__new" SET ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__new" SET "id" = NEW."id", ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__new" ("id", "parent") SELECT "id", "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p_id" AS v2 FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
COMMIT;
.print 'step 4 of 22: done'

-- ============================================================================
-- Step 5 of 22, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 5 of 22: Copy the rows of c into c__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('c/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'c/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'c/migrate/copy'), (SELECT min("id") - 1 FROM "c"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "c" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "c__new" ("id", "parent") SELECT "id", "p_id" FROM "c" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t WHERE forgelua_t."id" = "c"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''c/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'c/migrate/copy';
.print 'step 5 of 22: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "p_id" AS "parent" FROM "c") AS source WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS copied WHERE copied."id" = source."id" AND (copied."parent" = source."parent" OR (copied."parent" IS NULL AND source."parent" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 6 of 22, migrate: Repeat every write to p on p__new
--   Id:           p/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 6 of 22: Repeat every write to p on p__new'
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
CREATE TRIGGER "p__sync_ins" AFTER INSERT ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  UPDATE OR IGNORE "p__new" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "p__new" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__new" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
END;
CREATE TRIGGER "p__sync_upd" AFTER UPDATE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "p__new" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "p__new" SET "id" = NEW."id", ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "p__new" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__new" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
END;
CREATE TRIGGER "p__sync_del" AFTER DELETE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
END;
COMMIT;
.print 'step 6 of 22: done'

-- ============================================================================
-- Step 7 of 22, migrate: Copy the rows of p into p__new
--   Id:           p/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 7 of 22: Copy the rows of p into p__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('p/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'p/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'p/migrate/copy'), (SELECT min("id") - 1 FROM "p"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "p" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "p__new" ("id", "n") SELECT "id", "n" FROM "p" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "p__new" AS forgelua_t WHERE forgelua_t."id" = "p"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''p/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'p/migrate/copy';
.print 'step 7 of 22: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "n" AS "n" FROM "p") AS source WHERE NOT EXISTS (SELECT 1 FROM "p__new" AS copied WHERE copied."id" = source."id" AND (copied."n" = source."n" OR (copied."n" IS NULL AND source."n" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 8 of 22, migrate: Repeat every write to r on r__new
--   Id:           r/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 8 of 22: Repeat every write to r on r__new'
-- Check: every row of r gives q a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of r gives q a value', '0', CAST((SELECT COUNT(*) FROM "r" WHERE (COALESCE(q, 0)) IS NULL) AS text));
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
CREATE TRIGGER "r__sync_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  UPDATE OR IGNORE "r__new" SET ("q") = (SELECT COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__new" ("id", "q") SELECT "id", COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE(q, 0) AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."q" IS s.v2) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT COALESCE(q, 0) FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__new" SET ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" AND OLD."id" IS NEW."id" THEN "r__new"."q" ELSE COALESCE(q, 0) END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__new" SET "id" = NEW."id", ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" THEN "r__new"."q" ELSE COALESCE(q, 0) END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__new" ("id", "q") SELECT "id", COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE(q, 0) AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."q" COLLATE BINARY IS NEW."q" OR forgelua_t."q" IS s.v2)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT COALESCE(q, 0) FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_del" AFTER DELETE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
COMMIT;
.print 'step 8 of 22: done'

-- ============================================================================
-- Step 9 of 22, migrate: Copy the rows of r into r__new
--   Id:           r/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 9 of 22: Copy the rows of r into r__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('r/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'r/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'r/migrate/copy'), (SELECT min("id") - 1 FROM "r"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "r" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "r__new" ("id", "q") SELECT "id", COALESCE(q, 0) FROM "r" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t WHERE forgelua_t."id" = "r"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''r/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r/migrate/copy';
.print 'step 9 of 22: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", COALESCE(q, 0) AS "q" FROM "r") AS source WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS copied WHERE copied."id" = source."id" AND (copied."q" = source."q" OR (copied."q" IS NULL AND source."q" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 10 of 22, switch: Add the foreign key (parent) on c__new
--   Id:           c__new.unnamed:foreign_key:parent/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 10 of 22: Add the foreign key (parent) on c__new'
-- Check: step 7 has come to its end: Copy the rows of p into p__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 has come to its end: Copy the rows of p into p__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'p/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of p stands in forgelua_sync_errors (mend it in p, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of p stands in forgelua_sync_errors (mend it in p, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'p__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 5 has come to its end: Copy the rows of c into c__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 5 has come to its end: Copy the rows of c into c__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'c/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'c__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of c__new points at a missing row of p__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of c__new points at a missing row of p__new', '0', CAST((SELECT COUNT(*) FROM "c__new" AS child_row WHERE child_row."parent" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "p__new" AS parent_row WHERE parent_row."id" = child_row."parent")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('c__new') AND lower(m.name) NOT IN ('c__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'c__new');
CREATE TABLE "c__new__rebuild" (
  "id" integer PRIMARY KEY,
  "parent" integer REFERENCES "p__new" ("id")
);
INSERT INTO "c__new__rebuild" ("id", "parent")
  SELECT "id", "parent" FROM "c__new";
DROP TABLE "c__new";
ALTER TABLE "c__new__rebuild" RENAME TO "c__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('c__new') OR lower(f."table") IN ('c__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 10 of 22: done'

-- ============================================================================
-- Step 11 of 22, switch: Flip c, p to their copies, together
--   Id:           c, p/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say c.p_id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 11 of 22: Flip c, p to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'c' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]c[^a-z0-9_]*' OR lower(tbl_name) = 'p' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]p[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
DROP TRIGGER IF EXISTS "p__sync_ins";
DROP TRIGGER IF EXISTS "p__sync_upd";
DROP TRIGGER IF EXISTS "p__sync_del";
ALTER TABLE "c" RENAME TO "c__old";
ALTER TABLE "c__new" RENAME TO "c";
ALTER TABLE "p" RENAME TO "p__old";
ALTER TABLE "p__new" RENAME TO "p";
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  UPDATE OR IGNORE "c__old" SET ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__old" ("id", "p_id") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p_id" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__old" SET ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__old" SET "id" = NEW."id", ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__old" ("id", "p_id") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p_id" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
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
CREATE TRIGGER "p__sync_ins" AFTER INSERT ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  UPDATE OR IGNORE "p__old" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "p__old" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__old" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
CREATE TRIGGER "p__sync_upd" AFTER UPDATE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "p__old" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "p__old" SET "id" = NEW."id", ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "p__old" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__old" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
CREATE TRIGGER "p__sync_del" AFTER DELETE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"c__new"', '"c"') WHERE type = 'table' AND instr(sql, '"c__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"p__new"', '"p"') WHERE type = 'table' AND instr(sql, '"p__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 11 of 22: done'
-- Application: Deploy the application that uses c, p as the new schema has it, together with this step.

-- ============================================================================
-- Step 12 of 22, switch: Swap the copy of r in
--   Id:           r/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on; the constraint goes and comes back within one transaction as it was; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes that leave r.q without a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 12 of 22: Swap the copy of r in'
-- Check: step 9 has come to its end: Copy the rows of r into r__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 9 has come to its end: Copy the rows of r into r__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of r stands in forgelua_sync_errors (mend it in r, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of r stands in forgelua_sync_errors (mend it in r, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'r__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'r' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]r[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
DROP TRIGGER IF EXISTS "r__sync_del";
ALTER TABLE "r" RENAME TO "r__old";
ALTER TABLE "r__new" RENAME TO "r";
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
CREATE TRIGGER "r__sync_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  UPDATE OR IGNORE "r__old" SET ("q") = (SELECT ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__old" ("id", "q") SELECT "id", ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, ("q") AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."q" IS s.v2) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT ("q") FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__old" SET ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" AND OLD."id" IS NEW."id" THEN "r__old"."q" ELSE ("q") END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__old" SET "id" = NEW."id", ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" THEN "r__old"."q" ELSE ("q") END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__old" ("id", "q") SELECT "id", ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, ("q") AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."q" COLLATE BINARY IS NEW."q" OR forgelua_t."q" IS s.v2)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT ("q") FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_del" AFTER DELETE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"r__new"', '"r"') WHERE type = 'table' AND instr(sql, '"r__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 12 of 22: done'
-- Application: Deploy the application that uses r as the new schema has it, together with this step.

-- ============================================================================
-- Step 13 of 22, switch: Rename d to child
--   Id:           d/switch/rename-table
--   Why:          metadata only
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: d fails from here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 13 of 22: Rename d to child'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "d" RENAME TO "child";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 13 of 22: done'
-- Application: Deploy the application that says child together with this step.

-- ============================================================================
-- Step 14 of 22, contract: From here the way back copies c into c__old again
--   Id:           c/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 22: From here the way back copies c into c__old again'
-- Nothing to run in the database.
.print 'step 14 of 22: done'

-- ============================================================================
-- Step 15 of 22, contract: From here the way back copies p into p__old again
--   Id:           p/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 22: From here the way back copies p into p__old again'
-- Nothing to run in the database.
.print 'step 15 of 22: done'

-- ============================================================================
-- Step 16 of 22, contract: Stop repeating writes to c on c__old
--   Id:           c/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 16 of 22: Stop repeating writes to c on c__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
COMMIT;
.print 'step 16 of 22: done'

-- ============================================================================
-- Step 17 of 22, contract: Stop repeating writes to p on p__old
--   Id:           p/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 22: Stop repeating writes to p on p__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "p__sync_ins";
DROP TRIGGER IF EXISTS "p__sync_upd";
DROP TRIGGER IF EXISTS "p__sync_del";
COMMIT;
.print 'step 17 of 22: done'

-- ============================================================================
-- Step 18 of 22, contract: Drop c__old, p__old
--   Id:           c, p/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 18 of 22: Drop c__old, p__old'
BEGIN IMMEDIATE;
DROP TABLE "c__old";
DROP TABLE "p__old";
COMMIT;
.print 'step 18 of 22: done'

-- ============================================================================
-- Step 19 of 22, contract: From here the way back copies r into r__old again
--   Id:           r/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 19 of 22: From here the way back copies r into r__old again'
-- Nothing to run in the database.
.print 'step 19 of 22: done'

-- ============================================================================
-- Step 20 of 22, contract: Stop repeating writes to r on r__old
--   Id:           r/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 20 of 22: Stop repeating writes to r on r__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
DROP TRIGGER IF EXISTS "r__sync_del";
COMMIT;
.print 'step 20 of 22: done'

-- ============================================================================
-- Step 21 of 22, contract: Drop r__old
--   Id:           r/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of r.q that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 21 of 22: Drop r__old'
BEGIN IMMEDIATE;
DROP TABLE "r__old";
COMMIT;
.print 'step 21 of 22: done'

-- ============================================================================
-- Step 22 of 22, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 22 of 22: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 22 of 22: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
