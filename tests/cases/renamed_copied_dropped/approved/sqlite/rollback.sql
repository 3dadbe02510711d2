-- WARNING: rollback is destructive — c data will be lost: c.z of rows written after the swap.
-- WARNING: rollback is destructive — c__old data will be lost: every value of child.z: the way back cannot compute them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration renamed_copied_dropped
-- A table gets another name and another key, and loses a column
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
-- Check: step 8 must be done before this: Drop c__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop c__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'c__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: rename_table child. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: rename_table child', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'child') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'c' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop c__old
--   Id:           child/contract/drop-old
--   Loses:        every value of child.z: the way back cannot compute them
-- ============================================================================
.print 'undo step 8 of 9: Drop c__old'
BEGIN IMMEDIATE;
CREATE TABLE "c__old" (
  "id" integer PRIMARY KEY,
  "a" integer,
  "z" varchar(20)
);
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop repeating writes to child on c__old
--   Id:           child/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop repeating writes to child on c__old'
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "child"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c__old|child'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c__old|child');
  UPDATE OR IGNORE "c__old" SET ("a") = (SELECT "a" FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__old" ("id", "a") SELECT "id", "a" FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'child', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2 FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2) AND EXISTS (SELECT 1 FROM "child" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c__old|child';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "child"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c__old|child'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c__old|child');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "child" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__old" SET ("a") = (SELECT "a" FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__old" SET "id" = NEW."id", ("a") = (SELECT "a" FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "child" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "child" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__old" ("id", "a") SELECT "id", "a" FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'child', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2 FROM (SELECT "id", "a" FROM "child" WHERE "id" IS NEW."id") AS "child") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2) AND EXISTS (SELECT 1 FROM "child" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c__old|child';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "child"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c__old|child'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c__old|child');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "child" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c__old|child';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: From here the way back copies child into c__old again
--   Id:           child/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 6 of 9: From here the way back copies child into c__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('child/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'child/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'child/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "child"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "child" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "c__old" ("id", "a") SELECT "id", "a" FROM "child" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t WHERE forgelua_t."id" = "child"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''child/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'child/contract/point-of-return/back';
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Rename c to child
--   Id:           c/switch/rename-table
-- ============================================================================
.print 'undo step 5 of 9: Rename c to child'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "child" RENAME TO "c";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of c in
--   Id:           c/switch/swap
--   Loses:        c.z of rows written after the swap
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of c in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'c' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]c[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
ALTER TABLE "c" RENAME TO "c__new";
ALTER TABLE "c__old" RENAME TO "c";
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
  UPDATE OR IGNORE "c__new" SET ("a") = (SELECT "a" FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__new" ("id", "a") SELECT "id", "a" FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2 FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__new" SET ("a") = (SELECT "a" FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__new" SET "id" = NEW."id", ("a") = (SELECT "a" FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__new" ("id", "a") SELECT "id", "a" FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2 FROM (SELECT "id", "a", "z" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"c__old"', '"c"') WHERE type = 'table' AND instr(sql, '"c__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of c into c__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to c on c__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create c__new in the new shape of c'
BEGIN IMMEDIATE;
DROP TABLE "c__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
