-- WARNING: rollback is destructive — memberships data will be lost: memberships.id of rows written after the swap; values of memberships that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — memberships__old data will be lost: every value of memberships.id: the way back cannot compute them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_to_natural_key
-- A join table keeps no number of its own: what it joins is its key
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Check: step 7 must be done before this: Drop memberships__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop memberships__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'memberships__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: drop_column memberships.id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: drop_column memberships.id', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('memberships') WHERE name = 'id' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of memberships agree in ("person", "club"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of memberships agree in ("person", "club")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "person" AS "person", "club" AS "club" FROM "memberships") AS made WHERE "person" IS NOT NULL AND "club" IS NOT NULL GROUP BY "person", "club" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, contract: Drop memberships__old
--   Id:           memberships/contract/drop-old
--   Loses:        every value of memberships.id: the way back cannot compute them
-- ============================================================================
.print 'undo step 7 of 8: Drop memberships__old'
BEGIN IMMEDIATE;
CREATE TABLE "memberships__old" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "person" integer NOT NULL,
  "club" integer NOT NULL,
  CONSTRAINT "memberships_pair" UNIQUE ("person", "club")
);
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop repeating writes to memberships on memberships__old
--   Id:           memberships/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop repeating writes to memberships on memberships__old'
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
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back copies memberships into memberships__old again
--   Id:           memberships/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 5 of 8: From here the way back copies memberships into memberships__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('memberships/contract/point-of-return/back', (SELECT count(*) FROM "memberships"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'memberships/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'memberships/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "memberships"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "memberships" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "memberships__old" ("person", "club") SELECT "person", "club" FROM "memberships" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "memberships__old" AS forgelua_t WHERE forgelua_t."person" = "memberships"."person" AND forgelua_t."club" = "memberships"."club");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''memberships/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'memberships/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Swap the copy of memberships in
--   Id:           memberships/switch/swap
--   Loses:        memberships.id of rows written after the swap; values of memberships that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 8: Swap the copy of memberships in'
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
ALTER TABLE "memberships" RENAME TO "memberships__new";
ALTER TABLE "memberships__old" RENAME TO "memberships";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"memberships__old"', '"memberships"') WHERE type = 'table' AND instr(sql, '"memberships__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Copy the rows of memberships into memberships__new
--   Id:           memberships/migrate/copy
-- ============================================================================
.print 'undo step 3 of 8: Copy the rows of memberships into memberships__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Repeat every write to memberships on memberships__new
--   Id:           memberships/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Repeat every write to memberships on memberships__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "memberships__sync_ins";
DROP TRIGGER IF EXISTS "memberships__sync_upd";
DROP TRIGGER IF EXISTS "memberships__sync_del";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Create memberships__new in the new shape of memberships
--   Id:           memberships/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 8: Create memberships__new in the new shape of memberships'
BEGIN IMMEDIATE;
DROP TABLE "memberships__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
