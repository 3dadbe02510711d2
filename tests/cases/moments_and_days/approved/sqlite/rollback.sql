-- WARNING: rollback is destructive — events data will be lost: values of events that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — events__old data will be lost: values of events.at that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration moments_and_days
-- A moment becomes its day, and a day the moment at which it begins
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
-- Check: step 7 must be done before this: Drop events__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop events__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'events__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column events.at. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column events.at', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('events') WHERE name = 'at' COLLATE NOCASE AND lower(type) = 'date' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every day of events can be held as date. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every day of events can be held as date', '0', CAST((SELECT COUNT(*) FROM "events" WHERE "day" IS NOT NULL AND (CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END) IS NULL) AS text));
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
-- Undo step 7 of 8, contract: Drop events__old
--   Id:           events/contract/drop-old
--   Loses:        values of events.at that do not come back unchanged
-- ============================================================================
.print 'undo step 7 of 8: Drop events__old'
BEGIN IMMEDIATE;
CREATE TABLE "events__old" (
  "id" integer PRIMARY KEY,
  "at" timestamp,
  "day" date
);
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop repeating writes to events on events__old
--   Id:           events/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop repeating writes to events on events__old'
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
CREATE TRIGGER "events__sync_ins" AFTER INSERT ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__old');
  UPDATE OR IGNORE "events__old" SET ("at", "day") = (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "events__old" ("id", "at", "day") SELECT "id", CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events" WHERE NOT EXISTS (SELECT 1 FROM "events__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "events__old" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END AS v2, CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END AS v3 FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."day" IS s.v3) AND EXISTS (SELECT 1 FROM "events" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'at', quote(NEW."at") WHERE NEW."at" IS NOT NULL AND (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END FROM (SELECT NEW."at" AS "at") AS "events") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'day', quote(NEW."day") WHERE NEW."day" IS NOT NULL AND (SELECT CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END FROM (SELECT NEW."day" AS "day") AS "events") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'events|events__old';
END;
CREATE TRIGGER "events__sync_upd" AFTER UPDATE ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__old');
  DELETE FROM "events__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "events__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "events__old" SET ("at", "day") = (SELECT CASE WHEN OLD."at" COLLATE BINARY IS NEW."at" AND OLD."id" IS NEW."id" THEN "events__old"."at" ELSE CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END END, CASE WHEN OLD."day" COLLATE BINARY IS NEW."day" AND OLD."id" IS NEW."id" THEN "events__old"."day" ELSE CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "events__old" SET "id" = NEW."id", ("at", "day") = (SELECT CASE WHEN OLD."at" COLLATE BINARY IS NEW."at" THEN "events__old"."at" ELSE CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END END, CASE WHEN OLD."day" COLLATE BINARY IS NEW."day" THEN "events__old"."day" ELSE CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "events__old" WHERE "id" IS NEW."id");
  DELETE FROM "events__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "events__old" ("id", "at", "day") SELECT "id", CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events" WHERE NOT EXISTS (SELECT 1 FROM "events__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "events__old" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END AS v2, CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END AS v3 FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."at" COLLATE BINARY IS NEW."at" OR forgelua_t."at" IS s.v2) AND (OLD."day" COLLATE BINARY IS NEW."day" OR forgelua_t."day" IS s.v3)) AND EXISTS (SELECT 1 FROM "events" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'at', quote(NEW."at") WHERE NEW."at" IS NOT NULL AND (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(datetime("at"), "at") ELSE "at" END FROM (SELECT NEW."at" AS "at") AS "events") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'day', quote(NEW."day") WHERE NEW."day" IS NOT NULL AND (SELECT CASE WHEN typeof("day") = 'text' THEN COALESCE(date("day"), "day") ELSE "day" END FROM (SELECT NEW."day" AS "day") AS "events") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'events|events__old';
END;
CREATE TRIGGER "events__sync_del" AFTER DELETE ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__old');
  DELETE FROM "events__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'events|events__old';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back copies events into events__old again
--   Id:           events/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 5 of 8: From here the way back copies events into events__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('events/contract/point-of-return/back', (SELECT count(*) FROM "events"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'events/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'events/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "events"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "events" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "events__old" ("id", "at", "day") SELECT "id", CASE WHEN typeof("at") = ''text'' THEN COALESCE(datetime("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = ''text'' THEN COALESCE(date("day"), "day") ELSE "day" END FROM "events" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "events__old" AS forgelua_t WHERE forgelua_t."id" = "events"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''events/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'events/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Swap the copy of events in
--   Id:           events/switch/swap
--   Loses:        values of events that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 4 of 8: Swap the copy of events in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'events' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]events[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "events__sync_ins";
DROP TRIGGER IF EXISTS "events__sync_upd";
DROP TRIGGER IF EXISTS "events__sync_del";
ALTER TABLE "events" RENAME TO "events__new";
ALTER TABLE "events__old" RENAME TO "events";
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
CREATE TRIGGER "events__sync_ins" AFTER INSERT ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__new');
  UPDATE OR IGNORE "events__new" SET ("at", "day") = (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "events__new" ("id", "at", "day") SELECT "id", CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events" WHERE NOT EXISTS (SELECT 1 FROM "events__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "events__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END AS v2, CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END AS v3 FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."at" IS s.v2 AND forgelua_t."day" IS s.v3) AND EXISTS (SELECT 1 FROM "events" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'at', quote(NEW."at") WHERE NEW."at" IS NOT NULL AND (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END FROM (SELECT NEW."at" AS "at") AS "events") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'day', quote(NEW."day") WHERE NEW."day" IS NOT NULL AND (SELECT CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END FROM (SELECT NEW."day" AS "day") AS "events") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'events|events__new';
END;
CREATE TRIGGER "events__sync_upd" AFTER UPDATE ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__new');
  DELETE FROM "events__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "events__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "events__new" SET ("at", "day") = (SELECT CASE WHEN OLD."at" COLLATE BINARY IS NEW."at" AND OLD."id" IS NEW."id" THEN "events__new"."at" ELSE CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END END, CASE WHEN OLD."day" COLLATE BINARY IS NEW."day" AND OLD."id" IS NEW."id" THEN "events__new"."day" ELSE CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "events__new" SET "id" = NEW."id", ("at", "day") = (SELECT CASE WHEN OLD."at" COLLATE BINARY IS NEW."at" THEN "events__new"."at" ELSE CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END END, CASE WHEN OLD."day" COLLATE BINARY IS NEW."day" THEN "events__new"."day" ELSE CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "events__new" WHERE "id" IS NEW."id");
  DELETE FROM "events__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "events__new" ("id", "at", "day") SELECT "id", CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END, CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events" WHERE NOT EXISTS (SELECT 1 FROM "events__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "events__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END AS v2, CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END AS v3 FROM (SELECT "id", "at", "day" FROM "events" WHERE "id" IS NEW."id") AS "events") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."at" COLLATE BINARY IS NEW."at" OR forgelua_t."at" IS s.v2) AND (OLD."day" COLLATE BINARY IS NEW."day" OR forgelua_t."day" IS s.v3)) AND EXISTS (SELECT 1 FROM "events" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'at', quote(NEW."at") WHERE NEW."at" IS NOT NULL AND (SELECT CASE WHEN typeof("at") = 'text' THEN COALESCE(date("at"), "at") ELSE "at" END FROM (SELECT NEW."at" AS "at") AS "events") IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'events__sync', 'events', quote(NEW."id"), 'day', quote(NEW."day") WHERE NEW."day" IS NOT NULL AND (SELECT CASE WHEN typeof("day") = 'text' THEN COALESCE(datetime("day"), "day") ELSE "day" END FROM (SELECT NEW."day" AS "day") AS "events") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'events|events__new';
END;
CREATE TRIGGER "events__sync_del" AFTER DELETE ON "events"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'events|events__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('events|events__new');
  DELETE FROM "events__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "events" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'events|events__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"events__old"', '"events"') WHERE type = 'table' AND instr(sql, '"events__old"') > 0;
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
-- Undo step 3 of 8, migrate: Copy the rows of events into events__new
--   Id:           events/migrate/copy
-- ============================================================================
.print 'undo step 3 of 8: Copy the rows of events into events__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Repeat every write to events on events__new
--   Id:           events/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Repeat every write to events on events__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "events__sync_ins";
DROP TRIGGER IF EXISTS "events__sync_upd";
DROP TRIGGER IF EXISTS "events__sync_del";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Create events__new in the new shape of events
--   Id:           events/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 8: Create events__new in the new shape of events'
BEGIN IMMEDIATE;
DROP TABLE "events__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
