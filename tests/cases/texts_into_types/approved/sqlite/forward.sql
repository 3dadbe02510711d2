-- Forward, every phase of migration texts_into_types
-- Columns of several types are made from texts
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
-- Check: step 1 must not be done at this point: Create r__new in the new shape of r. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create r__new in the new shape of r', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'r__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 must not be done at this point: Swap the copy of r in. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must not be done at this point: Swap the copy of r in', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'r__sync_2_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column r.kind. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column r.kind', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('r') WHERE name = 'kind' COLLATE NOCASE AND lower(type) = 'text' AND dflt_value IS '''other''' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Create r__new in the new shape of r
--   Id:           r/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 9: Create r__new in the new shape of r'
BEGIN IMMEDIATE;
CREATE TABLE "r__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "active" boolean,
  "code" varchar(40),
  "kind" text NOT NULL DEFAULT 'other' CHECK (kind IN ('a', 'b', 'other')),
  "state" text NOT NULL DEFAULT 'off' CHECK (state IN ('on', 'off')),
  "seen" date,
  "number" integer,
  "marked" boolean
);
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Repeat every write to r on r__new
--   Id:           r/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Repeat every write to r on r__new'
-- Check: every row of r gives kind a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of r gives kind a value', '0', CAST((SELECT COUNT(*) FROM "r" WHERE (CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END) IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of r gives state a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of r gives state a value', '0', CAST((SELECT COUNT(*) FROM "r" WHERE (CASE WHEN active THEN 'on' ELSE 'off' END) IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of r satisfies kind in ( 'a' , 'b' , 'other' ). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of r satisfies kind in ( ''a'' , ''b'' , ''other'' )', '0', CAST((SELECT COUNT(*) FROM (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS "kind" FROM "r") AS made WHERE NOT (kind IN ('a', 'b', 'other'))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of r satisfies state in ( 'on' , 'off' ). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of r satisfies state in ( ''on'' , ''off'' )', '0', CAST((SELECT COUNT(*) FROM (SELECT CASE WHEN active THEN 'on' ELSE 'off' END AS "state" FROM "r") AS made WHERE NOT (state IN ('on', 'off'))) AS text));
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
  UPDATE OR IGNORE "r__new" SET ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__new" ("id", "active", "code", "kind", "state", "seen", "number", "marked") SELECT "id", "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS v4, CASE WHEN active THEN 'on' ELSE 'off' END AS v5, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS v6, substr(code, 2) AS v7, CASE WHEN kind = 'a' THEN 1 ELSE 0 END AS v8 FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND forgelua_t."kind" IS s.v4 AND forgelua_t."state" IS s.v5 AND forgelua_t."seen" IS s.v6 AND forgelua_t."number" IS s.v7 AND forgelua_t."marked" IS s.v8) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__new" SET ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__new"."kind" ELSE CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" AND OLD."id" IS NEW."id" THEN "r__new"."state" ELSE CASE WHEN active THEN 'on' ELSE 'off' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" AND OLD."id" IS NEW."id" THEN "r__new"."seen" ELSE CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END END, CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" AND OLD."id" IS NEW."id" THEN "r__new"."number" ELSE substr(code, 2) END, CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__new"."marked" ELSE CASE WHEN kind = 'a' THEN 1 ELSE 0 END END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__new" SET "id" = NEW."id", ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__new"."kind" ELSE CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" THEN "r__new"."state" ELSE CASE WHEN active THEN 'on' ELSE 'off' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" THEN "r__new"."seen" ELSE CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END END, CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" THEN "r__new"."number" ELSE substr(code, 2) END, CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__new"."marked" ELSE CASE WHEN kind = 'a' THEN 1 ELSE 0 END END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__new" ("id", "active", "code", "kind", "state", "seen", "number", "marked") SELECT "id", "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS v4, CASE WHEN active THEN 'on' ELSE 'off' END AS v5, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS v6, substr(code, 2) AS v7, CASE WHEN kind = 'a' THEN 1 ELSE 0 END AS v8 FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."kind" IS s.v4) AND (OLD."active" COLLATE BINARY IS NEW."active" OR forgelua_t."state" IS s.v5) AND (OLD."active" COLLATE BINARY IS NEW."active" OR forgelua_t."seen" IS s.v6) AND (OLD."code" COLLATE BINARY IS NEW."code" OR forgelua_t."number" IS s.v7) AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."marked" IS s.v8)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
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
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Copy the rows of r into r__new
--   Id:           r/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 9: Copy the rows of r into r__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('r/migrate/copy', (SELECT count(*) FROM "r"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'r/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'r/migrate/copy'), (SELECT min(rowid) - 1 FROM "r"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "r" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "r__new" ("id", "active", "code", "kind", "state", "seen", "number", "marked") SELECT "id", "active", "code", CASE WHEN kind IN (''a'', ''b'') THEN kind ELSE ''other'' END, CASE WHEN active THEN ''on'' ELSE ''off'' END, CASE WHEN active THEN ''2024-02-29'' ELSE ''1999-12-31'' END, substr(code, 2), CASE WHEN kind = ''a'' THEN 1 ELSE 0 END FROM "r" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t WHERE forgelua_t."id" = "r"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''r/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r/migrate/copy';
.print 'step 3 of 9: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "active" AS "active", "code" AS "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS "kind", CASE WHEN active THEN 'on' ELSE 'off' END AS "state", CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS "seen", substr(code, 2) AS "number", CASE WHEN kind = 'a' THEN 1 ELSE 0 END AS "marked" FROM "r") AS source WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS copied WHERE copied."id" = source."id" AND (copied."active" = source."active" OR (copied."active" IS NULL AND source."active" IS NULL)) AND (copied."code" = source."code" OR (copied."code" IS NULL AND source."code" IS NULL)) AND (copied."kind" = source."kind" OR (copied."kind" IS NULL AND source."kind" IS NULL)) AND (copied."state" = source."state" OR (copied."state" IS NULL AND source."state" IS NULL)) AND (copied."seen" = source."seen" OR (copied."seen" IS NULL AND source."seen" IS NULL)) AND (copied."number" = source."number" OR (copied."number" IS NULL AND source."number" IS NULL)) AND (copied."marked" = source."marked" OR (copied."marked" IS NULL AND source."marked" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Swap the copy of r in
--   Id:           r/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes that leave r.kind without a value fail from here; INSERTs that leave r.state out get the default
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 9: Swap the copy of r in'
-- Check: step 3 has come to its end: Copy the rows of r into r__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of r into r__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'r/migrate/copy' AND state = 'done') AS text));
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r__sync');
  UPDATE OR IGNORE "r" SET "seen" = (CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END) WHERE rowid = NEW.rowid AND "seen" IS NULL;
  UPDATE OR IGNORE "r" SET "number" = (substr(code, 2)) WHERE rowid = NEW.rowid AND "number" IS NULL;
  UPDATE OR IGNORE "r" SET "marked" = (CASE WHEN kind = 'a' THEN 1 ELSE 0 END) WHERE rowid = NEW.rowid AND "marked" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r__sync';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r__sync');
  UPDATE OR IGNORE "r" SET "seen" = (CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END) WHERE rowid = NEW.rowid AND ("seen" IS NULL OR (NEW."active" IS NOT OLD."active") AND NOT (NEW."seen" IS NOT OLD."seen") AND OLD."seen" IS (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT OLD."active" AS "active") AS "r"));
  UPDATE OR IGNORE "r" SET "number" = (substr(code, 2)) WHERE rowid = NEW.rowid AND ("number" IS NULL OR (NEW."code" IS NOT OLD."code") AND NOT (NEW."number" IS NOT OLD."number") AND OLD."number" IS (SELECT substr(code, 2) FROM (SELECT OLD."code" AS "code") AS "r"));
  UPDATE OR IGNORE "r" SET "marked" = (CASE WHEN kind = 'a' THEN 1 ELSE 0 END) WHERE rowid = NEW.rowid AND ("marked" IS NULL OR (NEW."kind" IS NOT OLD."kind") AND NOT (NEW."marked" IS NOT OLD."marked") AND OLD."marked" IS (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT OLD."kind" AS "kind") AS "r"));
  DELETE FROM forgelua_marker WHERE name = 'r__sync';
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
CREATE TRIGGER "r__sync_2_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  UPDATE OR IGNORE "r__old" SET ("active", "code", "kind") = (SELECT "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__old" ("id", "active", "code", "kind") SELECT "id", "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, ("kind") AS v4 FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND forgelua_t."kind" IS s.v4) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT ("kind") FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_2_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__old" SET ("active", "code", "kind") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__old"."kind" ELSE ("kind") END FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__old" SET "id" = NEW."id", ("active", "code", "kind") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__old"."kind" ELSE ("kind") END FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__old" ("id", "active", "code", "kind") SELECT "id", "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, ("kind") AS v4 FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."kind" IS s.v4)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT ("kind") FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_2_del" AFTER DELETE ON "r"
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
.print 'step 4 of 9: done'
-- Application: Deploy the application that uses r as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 9, contract: From here the way back copies r into r__old again
--   Id:           r/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 9: From here the way back copies r into r__old again'
-- Nothing to run in the database.
.print 'step 5 of 9: done'

-- ============================================================================
-- Step 6 of 9, contract: Drop the trigger that filled seen, number, marked of r
--   Id:           r/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: Drop the trigger that filled seen, number, marked of r'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
COMMIT;
.print 'step 6 of 9: done'
-- Application: Check that every deployed version writes seen, number, marked.

-- ============================================================================
-- Step 7 of 9, contract: Stop repeating writes to r on r__old
--   Id:           r/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop repeating writes to r on r__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "r__sync_2_ins";
DROP TRIGGER IF EXISTS "r__sync_2_upd";
DROP TRIGGER IF EXISTS "r__sync_2_del";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop r__old
--   Id:           r/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of r.kind that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 9: Drop r__old'
BEGIN IMMEDIATE;
DROP TABLE "r__old";
COMMIT;
.print 'step 8 of 9: done'

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
