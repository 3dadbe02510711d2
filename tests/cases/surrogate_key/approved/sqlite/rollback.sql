-- WARNING: rollback is destructive — members data will be lost: values of members that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration surrogate_key
-- A natural key gives way to one that is counted
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
-- Check: step 7 must be done before this: Drop members__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop members__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'members__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: add_column members.id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: add_column members.id', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('members') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of members agree in ("u", "g"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of members agree in ("u", "g")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "u" AS "u", "g" AS "g" FROM "members") AS made WHERE "u" IS NOT NULL AND "g" IS NOT NULL GROUP BY "u", "g" HAVING COUNT(*) > 1) AS doubled) AS text));
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
-- Undo step 7 of 8, contract: Drop members__old
--   Id:           members/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 8: Drop members__old'
BEGIN IMMEDIATE;
CREATE TABLE "members__old" (
  "u" integer NOT NULL,
  "g" integer NOT NULL,
  PRIMARY KEY ("u", "g")
);
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop repeating writes to members on members__old
--   Id:           members/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop repeating writes to members on members__old'
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
CREATE TRIGGER "members__sync_ins" AFTER INSERT ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__old');
  INSERT OR IGNORE INTO "members__old" ("u", "g") SELECT "u", "g" FROM (SELECT "id", "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members" WHERE NOT EXISTS (SELECT 1 FROM "members__old" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'members__sync', 'members', quote(NEW."u") || ',' || quote(NEW."g"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "members__old" AS forgelua_t, (SELECT "u" AS v1, "g" AS v2 FROM (SELECT "id", "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members") AS s WHERE forgelua_t."u" IS NEW."u" AND forgelua_t."g" IS NEW."g" AND forgelua_t."u" IS s.v1 AND forgelua_t."g" IS s.v2) AND EXISTS (SELECT 1 FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__old';
END;
CREATE TRIGGER "members__sync_upd" AFTER UPDATE ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__old');
  DELETE FROM "members__old" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g") AND EXISTS (SELECT 1 FROM "members__old" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  UPDATE OR IGNORE "members__old" SET "u" = NEW."u", "g" = NEW."g" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g") AND NOT EXISTS (SELECT 1 FROM "members__old" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM "members__old" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g");
  INSERT OR IGNORE INTO "members__old" ("u", "g") SELECT "u", "g" FROM (SELECT "id", "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members" WHERE NOT EXISTS (SELECT 1 FROM "members__old" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'members__sync', 'members', quote(NEW."u") || ',' || quote(NEW."g"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "members__old" AS forgelua_t, (SELECT "u" AS v1, "g" AS v2 FROM (SELECT "id", "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members") AS s WHERE forgelua_t."u" IS NEW."u" AND forgelua_t."g" IS NEW."g" AND forgelua_t."u" IS s.v1 AND forgelua_t."g" IS s.v2) AND EXISTS (SELECT 1 FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__old';
END;
CREATE TRIGGER "members__sync_del" AFTER DELETE ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__old');
  DELETE FROM "members__old" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__old';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back copies members into members__old again
--   Id:           members/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 8: From here the way back copies members into members__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('members/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'members/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'members/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "members"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "members" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "members__old" ("u", "g") SELECT "u", "g" FROM "members" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("u", "g") NOT IN (SELECT "u", "g" FROM "members__old");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''members/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'members/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Swap the copy of members in
--   Id:           members/switch/swap
--   Loses:        values of members that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 8: Swap the copy of members in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'members' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]members[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "members__sync_ins";
DROP TRIGGER IF EXISTS "members__sync_upd";
DROP TRIGGER IF EXISTS "members__sync_del";
ALTER TABLE "members" RENAME TO "members__new";
ALTER TABLE "members__old" RENAME TO "members";
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
CREATE TRIGGER "members__sync_ins" AFTER INSERT ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__new');
  INSERT OR IGNORE INTO "members__new" ("u", "g") SELECT "u", "g" FROM (SELECT "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members" WHERE NOT EXISTS (SELECT 1 FROM "members__new" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'members__sync', 'members', quote(NEW."u") || ',' || quote(NEW."g"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "members__new" AS forgelua_t, (SELECT "u" AS v1, "g" AS v2 FROM (SELECT "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members") AS s WHERE forgelua_t."u" IS NEW."u" AND forgelua_t."g" IS NEW."g" AND forgelua_t."u" IS s.v1 AND forgelua_t."g" IS s.v2) AND EXISTS (SELECT 1 FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__new';
END;
CREATE TRIGGER "members__sync_upd" AFTER UPDATE ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__new');
  DELETE FROM "members__new" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g") AND EXISTS (SELECT 1 FROM "members__new" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  UPDATE OR IGNORE "members__new" SET "u" = NEW."u", "g" = NEW."g" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g") AND NOT EXISTS (SELECT 1 FROM "members__new" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM "members__new" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT (OLD."u" IS NEW."u" AND OLD."g" IS NEW."g") AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g");
  INSERT OR IGNORE INTO "members__new" ("u", "g") SELECT "u", "g" FROM (SELECT "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members" WHERE NOT EXISTS (SELECT 1 FROM "members__new" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'members__sync', 'members', quote(NEW."u") || ',' || quote(NEW."g"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "members__new" AS forgelua_t, (SELECT "u" AS v1, "g" AS v2 FROM (SELECT "u", "g" FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g") AS "members") AS s WHERE forgelua_t."u" IS NEW."u" AND forgelua_t."g" IS NEW."g" AND forgelua_t."u" IS s.v1 AND forgelua_t."g" IS s.v2) AND EXISTS (SELECT 1 FROM "members" WHERE "u" IS NEW."u" AND "g" IS NEW."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__new';
END;
CREATE TRIGGER "members__sync_del" AFTER DELETE ON "members"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'members|members__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('members|members__new');
  DELETE FROM "members__new" WHERE "u" IS OLD."u" AND "g" IS OLD."g" AND NOT EXISTS (SELECT 1 FROM "members" WHERE "u" IS OLD."u" AND "g" IS OLD."g");
  DELETE FROM forgelua_marker WHERE name = 'members|members__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"members__old"', '"members"') WHERE type = 'table' AND instr(sql, '"members__old"') > 0;
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
-- Undo step 3 of 8, migrate: Copy the rows of members into members__new
--   Id:           members/migrate/copy
-- ============================================================================
.print 'undo step 3 of 8: Copy the rows of members into members__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Repeat every write to members on members__new
--   Id:           members/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Repeat every write to members on members__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "members__sync_ins";
DROP TRIGGER IF EXISTS "members__sync_upd";
DROP TRIGGER IF EXISTS "members__sync_del";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Create members__new in the new shape of members
--   Id:           members/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 8: Create members__new in the new shape of members'
BEGIN IMMEDIATE;
DROP TABLE "members__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
