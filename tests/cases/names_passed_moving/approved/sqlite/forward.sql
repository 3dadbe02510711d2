-- Forward, every phase of migration names_passed_moving
-- A unique key becomes an index of its name, and an index a unique key, while their columns move
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
-- Check: step 1 must not be done at this point: Create t__new in the new shape of t. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create t__new in the new shape of t', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 't__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Create u__new in the new shape of u. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Create u__new in the new shape of u', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'u__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column t.bb. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column t.bb', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('t') WHERE name = 'bb' AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 16, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 16: Create t__new in the new shape of t'
BEGIN IMMEDIATE;
CREATE TABLE "t__new" (
  "id" integer PRIMARY KEY,
  "bb" bigint
);
CREATE INDEX "tb__new" ON "t__new" ("bb");
COMMIT;
.print 'step 1 of 16: done'

-- ============================================================================
-- Step 2 of 16, expand: Create u__new in the new shape of u
--   Id:           u/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 16: Create u__new in the new shape of u'
BEGIN IMMEDIATE;
CREATE TABLE "u__new" (
  "id" integer PRIMARY KEY,
  "bb" integer,
  CONSTRAINT "ub" UNIQUE ("bb")
);
COMMIT;
.print 'step 2 of 16: done'

-- ============================================================================
-- Step 3 of 16, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 16: Repeat every write to t on t__new'
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
  UPDATE OR IGNORE "t__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__new" SET "id" = NEW."id", ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
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
.print 'step 3 of 16: done'

-- ============================================================================
-- Step 4 of 16, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 16: Copy the rows of t into t__new'
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
INSERT INTO "t__new" ("id", "bb") SELECT "id", "b" FROM "t" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t WHERE forgelua_t."id" = "t"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''t/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/migrate/copy';
.print 'step 4 of 16: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "b" AS "bb" FROM "t") AS source WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS copied WHERE copied."id" = source."id" AND (copied."bb" = source."bb" OR (copied."bb" IS NULL AND source."bb" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 16, migrate: Repeat every write to u on u__new
--   Id:           u/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 16: Repeat every write to u on u__new'
-- Check: no two rows of u agree in ("bb"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of u agree in ("bb")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "b" AS "bb" FROM "u") AS made WHERE "bb" IS NOT NULL GROUP BY "bb" HAVING COUNT(*) > 1) AS doubled) AS text));
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
CREATE TRIGGER "u__sync_ins" AFTER INSERT ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  UPDATE OR IGNORE "u__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "u__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
CREATE TRIGGER "u__sync_upd" AFTER UPDATE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "u__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "u__new" SET "id" = NEW."id", ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "u__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
CREATE TRIGGER "u__sync_del" AFTER DELETE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
COMMIT;
.print 'step 5 of 16: done'

-- ============================================================================
-- Step 6 of 16, migrate: Copy the rows of u into u__new
--   Id:           u/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 16: Copy the rows of u into u__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('u/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'u/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'u/migrate/copy'), (SELECT min("id") - 1 FROM "u"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "u" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "u__new" ("id", "bb") SELECT "id", "b" FROM "u" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "u__new" AS forgelua_t WHERE forgelua_t."id" = "u"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''u/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'u/migrate/copy';
.print 'step 6 of 16: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "b" AS "bb" FROM "u") AS source WHERE NOT EXISTS (SELECT 1 FROM "u__new" AS copied WHERE copied."id" = source."id" AND (copied."bb" = source."bb" OR (copied."bb" IS NULL AND source."bb" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 16, switch: Swap the copy of t in
--   Id:           t/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say t.b fail from here
--   Way back:     loses values of t that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap
-- ============================================================================
.print 'step 7 of 16: Swap the copy of t in'
-- Check: step 4 has come to its end: Copy the rows of t into t__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of t into t__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 't/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 't__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 't' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]t[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
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
  UPDATE OR IGNORE "t__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__old" SET "id" = NEW."id", ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
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
.print 'step 7 of 16: done'
-- Application: Deploy the application that uses t as the new schema has it, together with this step.

-- ============================================================================
-- Step 8 of 16, switch: Swap the copy of u in
--   Id:           u/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say u.b fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 16: Swap the copy of u in'
-- Check: step 6 has come to its end: Copy the rows of u into u__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of u into u__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'u/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of u stands in forgelua_sync_errors (mend it in u, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of u stands in forgelua_sync_errors (mend it in u, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'u__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'u' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]u[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "u__sync_ins";
DROP TRIGGER IF EXISTS "u__sync_upd";
DROP TRIGGER IF EXISTS "u__sync_del";
ALTER TABLE "u" RENAME TO "u__old";
ALTER TABLE "u__new" RENAME TO "u";
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
CREATE TRIGGER "u__sync_ins" AFTER INSERT ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  UPDATE OR IGNORE "u__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "u__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
CREATE TRIGGER "u__sync_upd" AFTER UPDATE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "u__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "u__old" SET "id" = NEW."id", ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "u__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
CREATE TRIGGER "u__sync_del" AFTER DELETE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"u__new"', '"u"') WHERE type = 'table' AND instr(sql, '"u__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 16: done'
-- Application: Deploy the application that uses u as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 16, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 16: From here the way back copies t into t__old again'
-- Nothing to run in the database.
.print 'step 9 of 16: done'

-- ============================================================================
-- Step 10 of 16, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 16: Stop repeating writes to t on t__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
COMMIT;
.print 'step 10 of 16: done'

-- ============================================================================
-- Step 11 of 16, contract: Drop t__old
--   Id:           t/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 16: Drop t__old'
BEGIN IMMEDIATE;
DROP TABLE "t__old";
COMMIT;
.print 'step 11 of 16: done'

-- ============================================================================
-- Step 12 of 16, contract: Give tb of t their names
--   Id:           t/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 12 of 16: Give tb of t their names'
BEGIN IMMEDIATE;
CREATE INDEX "tb" ON "t" ("bb");
DROP INDEX "tb__new";
COMMIT;
.print 'step 12 of 16: done'

-- ============================================================================
-- Step 13 of 16, contract: From here the way back copies u into u__old again
--   Id:           u/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 16: From here the way back copies u into u__old again'
-- Nothing to run in the database.
.print 'step 13 of 16: done'

-- ============================================================================
-- Step 14 of 16, contract: Stop repeating writes to u on u__old
--   Id:           u/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 16: Stop repeating writes to u on u__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "u__sync_ins";
DROP TRIGGER IF EXISTS "u__sync_upd";
DROP TRIGGER IF EXISTS "u__sync_del";
COMMIT;
.print 'step 14 of 16: done'

-- ============================================================================
-- Step 15 of 16, contract: Drop u__old
--   Id:           u/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 15 of 16: Drop u__old'
BEGIN IMMEDIATE;
DROP TABLE "u__old";
COMMIT;
.print 'step 15 of 16: done'

-- ============================================================================
-- Step 16 of 16, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 16 of 16: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 16 of 16: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
