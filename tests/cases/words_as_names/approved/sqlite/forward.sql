-- Forward, every phase of migration words_as_names
-- Columns bear words that the language has itself
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
-- Check: step 1 must not be done at this point: Create seen__new in the new shape of seen. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create seen__new in the new shape of seen', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seen__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Create spans__new in the new shape of spans. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Create spans__new in the new shape of spans', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'spans__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column seen.at. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column seen.at', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('seen') WHERE name = 'at' COLLATE NOCASE AND lower(type) = 'timestamptz' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Create seen__new in the new shape of seen
--   Id:           seen/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 15: Create seen__new in the new shape of seen'
BEGIN IMMEDIATE;
CREATE TABLE "seen__new" (
  "id" integer PRIMARY KEY,
  "at" timestamptz
);
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Create spans__new in the new shape of spans
--   Id:           spans/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 15: Create spans__new in the new shape of spans'
BEGIN IMMEDIATE;
CREATE TABLE "spans__new" (
  "id" integer PRIMARY KEY,
  "end" bigint NOT NULL CONSTRAINT "positive" CHECK (CASE WHEN "end" < 0 THEN 0 ELSE 1 END = 1),
  "day" varchar(20),
  "right" varchar(9)
);
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Repeat every write to seen on seen__new
--   Id:           seen/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 15: Repeat every write to seen on seen__new'
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
CREATE TRIGGER "seen__sync_ins" AFTER INSERT ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__new');
  UPDATE OR IGNORE "seen__new" SET ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "seen__new" ("id", "at") SELECT "id", "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen" WHERE NOT EXISTS (SELECT 1 FROM "seen__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'seen__sync', 'seen', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "seen__new" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2 FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2) AND EXISTS (SELECT 1 FROM "seen" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__new';
END;
CREATE TRIGGER "seen__sync_upd" AFTER UPDATE ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__new');
  DELETE FROM "seen__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "seen__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "seen__new" SET ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "seen__new" SET "id" = NEW."id", ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "seen__new" WHERE "id" IS NEW."id");
  DELETE FROM "seen__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "seen__new" ("id", "at") SELECT "id", "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen" WHERE NOT EXISTS (SELECT 1 FROM "seen__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'seen__sync', 'seen', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "seen__new" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2 FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2) AND EXISTS (SELECT 1 FROM "seen" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__new';
END;
CREATE TRIGGER "seen__sync_del" AFTER DELETE ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__new');
  DELETE FROM "seen__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__new';
END;
COMMIT;
.print 'step 3 of 15: done'

-- ============================================================================
-- Step 4 of 15, migrate: Copy the rows of seen into seen__new
--   Id:           seen/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 15: Copy the rows of seen into seen__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('seen/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'seen/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'seen/migrate/copy'), (SELECT min("id") - 1 FROM "seen"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "seen" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "seen__new" ("id", "at") SELECT "id", "at" FROM "seen" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "seen__new" AS forgelua_t WHERE forgelua_t."id" = "seen"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''seen/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'seen/migrate/copy';
.print 'step 4 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "at" AS "at" FROM "seen") AS source WHERE NOT EXISTS (SELECT 1 FROM "seen__new" AS copied WHERE copied."id" = source."id" AND (copied."at" = source."at" OR (copied."at" IS NULL AND source."at" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Repeat every write to spans on spans__new
--   Id:           spans/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 15: Repeat every write to spans on spans__new'
-- Check: every row of spans gives end a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of spans gives end a value', '0', CAST((SELECT COUNT(*) FROM "spans" WHERE (CASE WHEN "end" IS NULL THEN 0 ELSE "end" END) IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of spans satisfies positive. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of spans satisfies positive', '0', CAST((SELECT COUNT(*) FROM (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS "end" FROM "spans") AS made WHERE NOT (CASE WHEN "end" < 0 THEN 0 ELSE 1 END = 1)) AS text));
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
CREATE TRIGGER "spans__sync_ins" AFTER INSERT ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__new');
  UPDATE OR IGNORE "spans__new" SET ("end", "day", "right") = (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, "date", "left" FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "spans__new" ("id", "end", "day", "right") SELECT "id", CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, "date", "left" FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans" WHERE NOT EXISTS (SELECT 1 FROM "spans__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "spans__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS v2, "date" AS v3, "left" AS v4 FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."end" IS s.v2 AND forgelua_t."day" IS s.v3 AND forgelua_t."right" IS s.v4) AND EXISTS (SELECT 1 FROM "spans" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), 'end', quote(NEW."end") WHERE NEW."end" IS NOT NULL AND (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END FROM (SELECT NEW."end" AS "end") AS "spans") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__new';
END;
CREATE TRIGGER "spans__sync_upd" AFTER UPDATE ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__new');
  DELETE FROM "spans__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "spans__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "spans__new" SET ("end", "day", "right") = (SELECT CASE WHEN OLD."end" COLLATE BINARY IS NEW."end" AND OLD."id" IS NEW."id" THEN "spans__new"."end" ELSE CASE WHEN "end" IS NULL THEN 0 ELSE "end" END END, "date", "left" FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "spans__new" SET "id" = NEW."id", ("end", "day", "right") = (SELECT CASE WHEN OLD."end" COLLATE BINARY IS NEW."end" THEN "spans__new"."end" ELSE CASE WHEN "end" IS NULL THEN 0 ELSE "end" END END, "date", "left" FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "spans__new" WHERE "id" IS NEW."id");
  DELETE FROM "spans__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "spans__new" ("id", "end", "day", "right") SELECT "id", CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, "date", "left" FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans" WHERE NOT EXISTS (SELECT 1 FROM "spans__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "spans__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS v2, "date" AS v3, "left" AS v4 FROM (SELECT "id", "end", "date", "left" FROM "spans" WHERE "id" IS NEW."id") AS "spans") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."end" COLLATE BINARY IS NEW."end" OR forgelua_t."end" IS s.v2) AND forgelua_t."day" IS s.v3 AND forgelua_t."right" IS s.v4) AND EXISTS (SELECT 1 FROM "spans" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), 'end', quote(NEW."end") WHERE NEW."end" IS NOT NULL AND (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END FROM (SELECT NEW."end" AS "end") AS "spans") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__new';
END;
CREATE TRIGGER "spans__sync_del" AFTER DELETE ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__new');
  DELETE FROM "spans__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__new';
END;
COMMIT;
.print 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, migrate: Copy the rows of spans into spans__new
--   Id:           spans/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 15: Copy the rows of spans into spans__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('spans/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'spans/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'spans/migrate/copy'), (SELECT min("id") - 1 FROM "spans"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "spans" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "spans__new" ("id", "end", "day", "right") SELECT "id", CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, "date", "left" FROM "spans" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "spans__new" AS forgelua_t WHERE forgelua_t."id" = "spans"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''spans/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'spans/migrate/copy';
.print 'step 6 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS "end", "date" AS "day", "left" AS "right" FROM "spans") AS source WHERE NOT EXISTS (SELECT 1 FROM "spans__new" AS copied WHERE copied."id" = source."id" AND (copied."end" = source."end" OR (copied."end" IS NULL AND source."end" IS NULL)) AND (copied."day" = source."day" OR (copied."day" IS NULL AND source."day" IS NULL)) AND (copied."right" = source."right" OR (copied."right" IS NULL AND source."right" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Swap the copy of seen in
--   Id:           seen/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 15: Swap the copy of seen in'
-- Check: step 4 has come to its end: Copy the rows of seen into seen__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of seen into seen__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'seen/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of seen stands in forgelua_sync_errors (mend it in seen, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of seen stands in forgelua_sync_errors (mend it in seen, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'seen__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'seen' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]seen[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "seen__sync_ins";
DROP TRIGGER IF EXISTS "seen__sync_upd";
DROP TRIGGER IF EXISTS "seen__sync_del";
ALTER TABLE "seen" RENAME TO "seen__old";
ALTER TABLE "seen__new" RENAME TO "seen";
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
CREATE TRIGGER "seen__sync_ins" AFTER INSERT ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__old');
  UPDATE OR IGNORE "seen__old" SET ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "seen__old" ("id", "at") SELECT "id", "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen" WHERE NOT EXISTS (SELECT 1 FROM "seen__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'seen__sync', 'seen', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "seen__old" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2 FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2) AND EXISTS (SELECT 1 FROM "seen" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__old';
END;
CREATE TRIGGER "seen__sync_upd" AFTER UPDATE ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__old');
  DELETE FROM "seen__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "seen__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "seen__old" SET ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "seen__old" SET "id" = NEW."id", ("at") = (SELECT "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "seen__old" WHERE "id" IS NEW."id");
  DELETE FROM "seen__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "seen__old" ("id", "at") SELECT "id", "at" FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen" WHERE NOT EXISTS (SELECT 1 FROM "seen__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'seen__sync', 'seen', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "seen__old" AS forgelua_t, (SELECT "id" AS v1, "at" AS v2 FROM (SELECT "id", "at" FROM "seen" WHERE "id" IS NEW."id") AS "seen") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2) AND EXISTS (SELECT 1 FROM "seen" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__old';
END;
CREATE TRIGGER "seen__sync_del" AFTER DELETE ON "seen"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'seen|seen__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('seen|seen__old');
  DELETE FROM "seen__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "seen" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'seen|seen__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"seen__new"', '"seen"') WHERE type = 'table' AND instr(sql, '"seen__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'
-- Application: Deploy the application that uses seen as the new schema has it.

-- ============================================================================
-- Step 8 of 15, switch: Swap the copy of spans in
--   Id:           spans/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say spans.date, spans.left, and writes that leave spans.end without a value fail from here
--   Way back:     loses values of spans that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 15: Swap the copy of spans in'
-- Check: step 6 has come to its end: Copy the rows of spans into spans__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of spans into spans__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'spans/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of spans stands in forgelua_sync_errors (mend it in spans, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of spans stands in forgelua_sync_errors (mend it in spans, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'spans__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'spans' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]spans[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "spans__sync_ins";
DROP TRIGGER IF EXISTS "spans__sync_upd";
DROP TRIGGER IF EXISTS "spans__sync_del";
ALTER TABLE "spans" RENAME TO "spans__old";
ALTER TABLE "spans__new" RENAME TO "spans";
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
CREATE TRIGGER "spans__sync_ins" AFTER INSERT ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__old');
  UPDATE OR IGNORE "spans__old" SET ("end", "date", "left") = (SELECT CASE WHEN "end" = 0 THEN NULL ELSE "end" END, "day", "right" FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "spans__old" ("id", "end", "date", "left") SELECT "id", CASE WHEN "end" = 0 THEN NULL ELSE "end" END, "day", "right" FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans" WHERE NOT EXISTS (SELECT 1 FROM "spans__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "spans__old" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN "end" = 0 THEN NULL ELSE "end" END AS v2, "day" AS v3, "right" AS v4 FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."end" IS s.v2 AND forgelua_t."date" IS s.v3 AND forgelua_t."left" IS s.v4) AND EXISTS (SELECT 1 FROM "spans" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), 'end', quote(NEW."end") WHERE NEW."end" IS NOT NULL AND (SELECT CASE WHEN "end" = 0 THEN NULL ELSE "end" END FROM (SELECT NEW."end" AS "end") AS "spans") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__old';
END;
CREATE TRIGGER "spans__sync_upd" AFTER UPDATE ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__old');
  DELETE FROM "spans__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "spans__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "spans__old" SET ("end", "date", "left") = (SELECT CASE WHEN OLD."end" COLLATE BINARY IS NEW."end" AND OLD."id" IS NEW."id" THEN "spans__old"."end" ELSE CASE WHEN "end" = 0 THEN NULL ELSE "end" END END, "day", "right" FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "spans__old" SET "id" = NEW."id", ("end", "date", "left") = (SELECT CASE WHEN OLD."end" COLLATE BINARY IS NEW."end" THEN "spans__old"."end" ELSE CASE WHEN "end" = 0 THEN NULL ELSE "end" END END, "day", "right" FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "spans__old" WHERE "id" IS NEW."id");
  DELETE FROM "spans__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "spans__old" ("id", "end", "date", "left") SELECT "id", CASE WHEN "end" = 0 THEN NULL ELSE "end" END, "day", "right" FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans" WHERE NOT EXISTS (SELECT 1 FROM "spans__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "spans__old" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN "end" = 0 THEN NULL ELSE "end" END AS v2, "day" AS v3, "right" AS v4 FROM (SELECT "id", "end", "day", "right" FROM "spans" WHERE "id" IS NEW."id") AS "spans") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."end" COLLATE BINARY IS NEW."end" OR forgelua_t."end" IS s.v2) AND forgelua_t."date" IS s.v3 AND forgelua_t."left" IS s.v4) AND EXISTS (SELECT 1 FROM "spans" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'spans__sync', 'spans', quote(NEW."id"), 'end', quote(NEW."end") WHERE NEW."end" IS NOT NULL AND (SELECT CASE WHEN "end" = 0 THEN NULL ELSE "end" END FROM (SELECT NEW."end" AS "end") AS "spans") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__old';
END;
CREATE TRIGGER "spans__sync_del" AFTER DELETE ON "spans"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'spans|spans__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('spans|spans__old');
  DELETE FROM "spans__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "spans" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'spans|spans__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"spans__new"', '"spans"') WHERE type = 'table' AND instr(sql, '"spans__new"') > 0;
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
-- Application: Deploy the application that uses spans as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 15, contract: From here the way back copies seen into seen__old again
--   Id:           seen/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 15: From here the way back copies seen into seen__old again'
-- Nothing to run in the database.
.print 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: Stop repeating writes to seen on seen__old
--   Id:           seen/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: Stop repeating writes to seen on seen__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "seen__sync_ins";
DROP TRIGGER IF EXISTS "seen__sync_upd";
DROP TRIGGER IF EXISTS "seen__sync_del";
COMMIT;
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Drop seen__old
--   Id:           seen/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 15: Drop seen__old'
BEGIN IMMEDIATE;
DROP TABLE "seen__old";
COMMIT;
.print 'step 11 of 15: done'

-- ============================================================================
-- Step 12 of 15, contract: From here the way back copies spans into spans__old again
--   Id:           spans/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: From here the way back copies spans into spans__old again'
-- Nothing to run in the database.
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop repeating writes to spans on spans__old
--   Id:           spans/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 15: Stop repeating writes to spans on spans__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "spans__sync_ins";
DROP TRIGGER IF EXISTS "spans__sync_upd";
DROP TRIGGER IF EXISTS "spans__sync_del";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop spans__old
--   Id:           spans/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses values of spans.end that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop spans__old'
BEGIN IMMEDIATE;
DROP TABLE "spans__old";
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
