-- WARNING: rollback is destructive — readings data will be lost: values of readings that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration primary_key_change
-- Readings are keyed by sensor and time
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
-- Check: step 8 must be done before this: Drop the index readings__new_key on readings. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop the index readings__new_key on readings', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'readings__new_key' COLLATE NOCASE AND tbl_name = 'readings' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of readings agree in ("id"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of readings agree in ("id")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "id" AS "id" FROM "readings") AS made WHERE "id" IS NOT NULL GROUP BY "id" HAVING COUNT(*) > 1) AS doubled) AS text));
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
-- Undo step 8 of 9, contract: Drop the index readings__new_key on readings
--   Id:           readings.readings__new_key/contract/drop-index
-- ============================================================================
.print 'undo step 8 of 9: Drop the index readings__new_key on readings'
BEGIN IMMEDIATE;
CREATE INDEX "readings__new_key" ON "readings" ("id");
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Drop readings__old
--   Id:           readings/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 9: Drop readings__old'
BEGIN IMMEDIATE;
CREATE TABLE "readings__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "sensor" integer NOT NULL,
  "at" bigint NOT NULL,
  "v" integer
);
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Stop repeating writes to readings on readings__old
--   Id:           readings/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 9: Stop repeating writes to readings on readings__old'
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
CREATE TRIGGER "readings__sync_ins" AFTER INSERT ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__old');
  UPDATE OR IGNORE "readings__old" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "readings__old" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__old" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4);
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__old';
END;
CREATE TRIGGER "readings__sync_upd" AFTER UPDATE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__old');
  DELETE FROM "readings__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id");
  UPDATE OR IGNORE "readings__old" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "readings__old" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__old" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT NEW."id" AS "id", NEW."sensor" AS "sensor", NEW."at" AS "at", NEW."v" AS "v") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4);
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__old';
END;
CREATE TRIGGER "readings__sync_del" AFTER DELETE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__old');
  DELETE FROM "readings__old" WHERE "id" IS OLD."id";
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__old';
END;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies readings into readings__old again
--   Id:           readings/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 9: From here the way back copies readings into readings__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('readings/contract/point-of-return/back', 11000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'readings/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'readings/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "readings"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "readings" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "readings__old" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM "readings" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "readings__old" AS forgelua_t WHERE forgelua_t."sensor" = "readings"."sensor" AND forgelua_t."at" = "readings"."at");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''readings/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'readings/contract/point-of-return/back';
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of readings in
--   Id:           readings/switch/swap
--   Loses:        values of readings that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of readings in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'readings' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]readings[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "readings__sync_ins";
DROP TRIGGER IF EXISTS "readings__sync_upd";
DROP TRIGGER IF EXISTS "readings__sync_del";
ALTER TABLE "readings" RENAME TO "readings__new";
ALTER TABLE "readings__old" RENAME TO "readings";
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
CREATE TRIGGER "readings__sync_ins" AFTER INSERT ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  UPDATE OR IGNORE "readings__new" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "readings__new" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4) AND EXISTS (SELECT 1 FROM "readings" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
CREATE TRIGGER "readings__sync_upd" AFTER UPDATE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "readings__new" SET ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "readings__new" SET "id" = NEW."id", ("sensor", "at", "v") = (SELECT "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "readings__new" ("id", "sensor", "at", "v") SELECT "id", "sensor", "at", "v" FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings" WHERE NOT EXISTS (SELECT 1 FROM "readings__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'readings__sync', 'readings', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS forgelua_t, (SELECT "id" AS v1, "sensor" AS v2, "at" AS v3, "v" AS v4 FROM (SELECT "id", "sensor", "at", "v" FROM "readings" WHERE "id" IS NEW."id") AS "readings") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sensor" IS s.v2 AND forgelua_t."at" IS s.v3 AND forgelua_t."v" IS s.v4) AND EXISTS (SELECT 1 FROM "readings" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
CREATE TRIGGER "readings__sync_del" AFTER DELETE ON "readings"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'readings|readings__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('readings|readings__new');
  DELETE FROM "readings__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "readings" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'readings|readings__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"readings__old"', '"readings"') WHERE type = 'table' AND instr(sql, '"readings__old"') > 0;
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
-- Undo step 3 of 9, migrate: Copy the rows of readings into readings__new
--   Id:           readings/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of readings into readings__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to readings on readings__new
--   Id:           readings/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to readings on readings__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "readings__sync_ins";
DROP TRIGGER IF EXISTS "readings__sync_upd";
DROP TRIGGER IF EXISTS "readings__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create readings__new in the new shape of readings'
BEGIN IMMEDIATE;
DROP TABLE "readings__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
