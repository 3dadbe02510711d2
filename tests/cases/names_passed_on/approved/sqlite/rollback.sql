-- WARNING: rollback is destructive — notes data will be lost: values of notes that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_passed_on
-- Names of keys and indexes pass to another kind, and to another table; a column becomes the key
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
-- Check: step 10 must be done before this: Add the index marks_c on tags. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 10 must be done before this: Add the index marks_c on tags', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'marks_c' AND tbl_name = 'tags' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: drop_index marks_c. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: drop_index marks_c', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'marks_c' COLLATE NOCASE AND tbl_name = 'marks' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of notes agree in ("a"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of notes agree in ("a")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "a" AS "a" FROM "notes") AS made WHERE "a" IS NOT NULL GROUP BY "a" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 11 of 11: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 11 of 11: done'

-- ============================================================================
-- Undo step 10 of 11, contract: Add the index marks_c on tags
--   Id:           tags.marks_c/expand/add-index
-- ============================================================================
.print 'undo step 10 of 11: Add the index marks_c on tags'
BEGIN IMMEDIATE;
DROP INDEX "marks_c";
COMMIT;
.print 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Give notes_a of notes their names
--   Id:           notes/contract/final-names
-- ============================================================================
.print 'undo step 9 of 11: Give notes_a of notes their names'
BEGIN IMMEDIATE;
CREATE INDEX "notes_a__new" ON "notes" ("a");
DROP INDEX "notes_a";
COMMIT;
.print 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: Drop notes__old
--   Id:           notes/contract/drop-old
-- ============================================================================
.print 'undo step 8 of 11: Drop notes__old'
BEGIN IMMEDIATE;
CREATE TABLE "notes__old" (
  "id" integer,
  "a" integer NOT NULL,
  "b" integer,
  CONSTRAINT "notes_a" UNIQUE ("a")
);
CREATE INDEX "notes_b" ON "notes__old" ("b");
COMMIT;
.print 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, contract: Stop repeating writes to notes on notes__old
--   Id:           notes/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 11: Stop repeating writes to notes on notes__old'
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
CREATE TRIGGER "notes__sync_ins" AFTER INSERT ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  UPDATE OR IGNORE "notes__old" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3);
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a");
  UPDATE OR IGNORE "notes__old" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__old" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT NEW."id" AS "id", NEW."a" AS "a", NEW."b" AS "b") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3);
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__old');
  DELETE FROM "notes__old" WHERE "a" IS OLD."a";
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__old';
END;
COMMIT;
.print 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, contract: From here the way back copies notes into notes__old again
--   Id:           notes/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 6 of 11: From here the way back copies notes into notes__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('notes/contract/point-of-return/back', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'notes/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'notes/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "notes"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "notes" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "notes__old" ("id", "a", "b") SELECT "id", "a", "b" FROM "notes" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "notes__old" AS forgelua_t WHERE forgelua_t."id" = "notes"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''notes/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'notes/contract/point-of-return/back';
.print 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, contract: Drop the index marks_c on marks
--   Id:           marks.marks_c/contract/drop-index
-- ============================================================================
.print 'undo step 5 of 11: Drop the index marks_c on marks'
BEGIN IMMEDIATE;
CREATE INDEX "marks_c" ON "marks" ("c");
COMMIT;
.print 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, switch: Swap the copy of notes in
--   Id:           notes/switch/swap
--   Loses:        values of notes that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 11: Swap the copy of notes in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'notes' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]notes[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
ALTER TABLE "notes" RENAME TO "notes__new";
ALTER TABLE "notes__old" RENAME TO "notes";
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
CREATE TRIGGER "notes__sync_ins" AFTER INSERT ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  UPDATE OR IGNORE "notes__new" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS NEW."a";
  INSERT OR IGNORE INTO "notes__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "notes" WHERE "a" IS NEW."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a") AND EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  UPDATE OR IGNORE "notes__new" SET ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS NEW."a";
  UPDATE OR IGNORE "notes__new" SET "a" = NEW."a", ("id", "b") = (SELECT "id", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a") AND NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT (OLD."a" IS NEW."a") AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a");
  INSERT OR IGNORE INTO "notes__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes" WHERE NOT EXISTS (SELECT 1 FROM "notes__new" WHERE "a" IS NEW."a");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'notes__sync', 'notes', quote(NEW."a"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "notes__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "notes" WHERE "a" IS NEW."a") AS "notes") AS s WHERE forgelua_t."a" IS NEW."a" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "notes" WHERE "a" IS NEW."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
CREATE TRIGGER "notes__sync_del" AFTER DELETE ON "notes"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes|notes__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes|notes__new');
  DELETE FROM "notes__new" WHERE "a" IS OLD."a" AND NOT EXISTS (SELECT 1 FROM "notes" WHERE "a" IS OLD."a");
  DELETE FROM forgelua_marker WHERE name = 'notes|notes__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"notes__old"', '"notes"') WHERE type = 'table' AND instr(sql, '"notes__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Copy the rows of notes into notes__new
--   Id:           notes/migrate/copy
-- ============================================================================
.print 'undo step 3 of 11: Copy the rows of notes into notes__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Repeat every write to notes on notes__new
--   Id:           notes/migrate/sync
-- ============================================================================
.print 'undo step 2 of 11: Repeat every write to notes on notes__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
DROP TRIGGER IF EXISTS "notes__sync_del";
COMMIT;
.print 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Create notes__new in the new shape of notes
--   Id:           notes/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 11: Create notes__new in the new shape of notes'
BEGIN IMMEDIATE;
DROP TABLE "notes__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 11: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
