-- WARNING: rollback is destructive — sums__old data will be lost: what is written to sums.total: the way back computes it again.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration generated_to_ordinary
-- A computed column is written from now on
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
-- Check: step 8 must be done before this: Drop sums__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop sums__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sums__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 8 of 9, contract: Drop sums__old
--   Id:           sums/contract/drop-old
--   Loses:        what is written to sums.total: the way back computes it again
-- ============================================================================
.print 'undo step 8 of 9: Drop sums__old'
BEGIN IMMEDIATE;
CREATE TABLE "sums__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "a" integer,
  "b" integer,
  "total" integer GENERATED ALWAYS AS (a + b) STORED
);
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop repeating writes to sums on sums__old
--   Id:           sums/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop repeating writes to sums on sums__old'
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
CREATE TRIGGER "sums__sync_2_ins" AFTER INSERT ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__old');
  UPDATE OR IGNORE "sums__old" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "sums__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums" WHERE NOT EXISTS (SELECT 1 FROM "sums__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sums__sync_2', 'sums', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sums__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "sums" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__old';
END;
CREATE TRIGGER "sums__sync_2_upd" AFTER UPDATE ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__old');
  DELETE FROM "sums__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "sums__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "sums__old" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "sums__old" SET "id" = NEW."id", ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "sums__old" WHERE "id" IS NEW."id");
  DELETE FROM "sums__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "sums__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums" WHERE NOT EXISTS (SELECT 1 FROM "sums__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sums__sync_2', 'sums', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sums__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "sums" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__old';
END;
CREATE TRIGGER "sums__sync_2_del" AFTER DELETE ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__old');
  DELETE FROM "sums__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__old';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Drop the trigger that filled total of sums
--   Id:           sums/contract/stop-filling
-- ============================================================================
.print 'undo step 6 of 9: Drop the trigger that filled total of sums'
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
CREATE TRIGGER "sums__sync_ins" AFTER INSERT ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums__sync');
  UPDATE OR IGNORE "sums" SET "total" = (a + b) WHERE rowid = NEW.rowid AND "total" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'sums__sync';
END;
CREATE TRIGGER "sums__sync_upd" AFTER UPDATE ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums__sync');
  UPDATE OR IGNORE "sums" SET "total" = (a + b) WHERE rowid = NEW.rowid AND ("total" IS NULL OR (NEW."a" IS NOT OLD."a" OR NEW."b" IS NOT OLD."b") AND NOT (NEW."total" IS NOT OLD."total") AND OLD."total" IS (SELECT a + b FROM (SELECT OLD."a" AS "a", OLD."b" AS "b") AS "sums"));
  DELETE FROM forgelua_marker WHERE name = 'sums__sync';
END;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies sums into sums__old again
--   Id:           sums/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 9: From here the way back copies sums into sums__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('sums/contract/point-of-return/back', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'sums/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'sums/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "sums"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "sums" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "sums__old" ("id", "a", "b") SELECT "id", "a", "b" FROM "sums" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "sums__old" AS forgelua_t WHERE forgelua_t."id" = "sums"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''sums/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'sums/contract/point-of-return/back';
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of sums in
--   Id:           sums/switch/swap
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of sums in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'sums' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]sums[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "sums__sync_2_ins";
DROP TRIGGER IF EXISTS "sums__sync_2_upd";
DROP TRIGGER IF EXISTS "sums__sync_2_del";
DROP TRIGGER IF EXISTS "sums__sync_ins";
DROP TRIGGER IF EXISTS "sums__sync_upd";
ALTER TABLE "sums" RENAME TO "sums__new";
ALTER TABLE "sums__old" RENAME TO "sums";
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
CREATE TRIGGER "sums__sync_ins" AFTER INSERT ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__new');
  UPDATE OR IGNORE "sums__new" SET ("a", "b", "total") = (SELECT "a", "b", "total" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "sums__new" ("id", "a", "b", "total") SELECT "id", "a", "b", "total" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums" WHERE NOT EXISTS (SELECT 1 FROM "sums__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sums__sync', 'sums', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sums__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3, "total" AS v4 FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3 AND forgelua_t."total" IS s.v4) AND EXISTS (SELECT 1 FROM "sums" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__new';
END;
CREATE TRIGGER "sums__sync_upd" AFTER UPDATE ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__new');
  DELETE FROM "sums__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "sums__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "sums__new" SET ("a", "b", "total") = (SELECT "a", "b", "total" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "sums__new" SET "id" = NEW."id", ("a", "b", "total") = (SELECT "a", "b", "total" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "sums__new" WHERE "id" IS NEW."id");
  DELETE FROM "sums__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "sums__new" ("id", "a", "b", "total") SELECT "id", "a", "b", "total" FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums" WHERE NOT EXISTS (SELECT 1 FROM "sums__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'sums__sync', 'sums', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "sums__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3, "total" AS v4 FROM (SELECT "id", "a", "b", "total" FROM "sums" WHERE "id" IS NEW."id") AS "sums") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3 AND forgelua_t."total" IS s.v4) AND EXISTS (SELECT 1 FROM "sums" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__new';
END;
CREATE TRIGGER "sums__sync_del" AFTER DELETE ON "sums"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'sums|sums__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('sums|sums__new');
  DELETE FROM "sums__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "sums" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'sums|sums__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"sums__old"', '"sums"') WHERE type = 'table' AND instr(sql, '"sums__old"') > 0;
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
-- Undo step 3 of 9, migrate: Copy the rows of sums into sums__new
--   Id:           sums/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of sums into sums__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to sums on sums__new
--   Id:           sums/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to sums on sums__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "sums__sync_ins";
DROP TRIGGER IF EXISTS "sums__sync_upd";
DROP TRIGGER IF EXISTS "sums__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create sums__new in the new shape of sums
--   Id:           sums/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create sums__new in the new shape of sums'
BEGIN IMMEDIATE;
DROP TABLE "sums__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
