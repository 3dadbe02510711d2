-- WARNING: rollback is destructive — spans data will be lost: values of spans that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — spans__old data will be lost: values of spans.end that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration words_as_names
-- Columns bear words that the language has itself
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
-- Check: step 14 must be done before this: Drop spans__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop spans__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'spans__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column spans.end. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column spans.end', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('spans') WHERE name = 'end' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 15 of 15: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 15 of 15: done'

-- ============================================================================
-- Undo step 14 of 15, contract: Drop spans__old
--   Id:           spans/contract/drop-old
--   Loses:        values of spans.end that do not come back unchanged
-- ============================================================================
.print 'undo step 14 of 15: Drop spans__old'
BEGIN IMMEDIATE;
CREATE TABLE "spans__old" (
  "id" integer PRIMARY KEY,
  "end" integer,
  "date" varchar(10),
  "left" varchar(9)
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to spans on spans__old
--   Id:           spans/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop repeating writes to spans on spans__old'
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
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back copies spans into spans__old again
--   Id:           spans/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 12 of 15: From here the way back copies spans into spans__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('spans/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'spans/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'spans/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "spans"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "spans" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "spans__old" ("id", "end", "date", "left") SELECT "id", CASE WHEN "end" = 0 THEN NULL ELSE "end" END, "day", "right" FROM "spans" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "spans__old" AS forgelua_t WHERE forgelua_t."id" = "spans"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''spans/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'spans/contract/point-of-return/back';
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop seen__old
--   Id:           seen/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 15: Drop seen__old'
BEGIN IMMEDIATE;
CREATE TABLE "seen__old" (
  "id" integer PRIMARY KEY,
  "at" timestamp
);
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop repeating writes to seen on seen__old
--   Id:           seen/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 15: Stop repeating writes to seen on seen__old'
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
COMMIT;
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back copies seen into seen__old again
--   Id:           seen/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 9 of 15: From here the way back copies seen into seen__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('seen/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'seen/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'seen/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "seen"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "seen" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "seen__old" ("id", "at") SELECT "id", "at" FROM "seen" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "seen__old" AS forgelua_t WHERE forgelua_t."id" = "seen"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''seen/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'seen/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Swap the copy of spans in
--   Id:           spans/switch/swap
--   Loses:        values of spans that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 8 of 15: Swap the copy of spans in'
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
ALTER TABLE "spans" RENAME TO "spans__new";
ALTER TABLE "spans__old" RENAME TO "spans";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"spans__old"', '"spans"') WHERE type = 'table' AND instr(sql, '"spans__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Swap the copy of seen in
--   Id:           seen/switch/swap
-- ============================================================================
.print 'undo step 7 of 15: Swap the copy of seen in'
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
ALTER TABLE "seen" RENAME TO "seen__new";
ALTER TABLE "seen__old" RENAME TO "seen";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"seen__old"', '"seen"') WHERE type = 'table' AND instr(sql, '"seen__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Copy the rows of spans into spans__new
--   Id:           spans/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of spans into spans__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to spans on spans__new
--   Id:           spans/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to spans on spans__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "spans__sync_ins";
DROP TRIGGER IF EXISTS "spans__sync_upd";
DROP TRIGGER IF EXISTS "spans__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of seen into seen__new
--   Id:           seen/migrate/copy
-- ============================================================================
.print 'undo step 4 of 15: Copy the rows of seen into seen__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to seen on seen__new
--   Id:           seen/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Repeat every write to seen on seen__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "seen__sync_ins";
DROP TRIGGER IF EXISTS "seen__sync_upd";
DROP TRIGGER IF EXISTS "seen__sync_del";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create spans__new in the new shape of spans
--   Id:           spans/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create spans__new in the new shape of spans'
BEGIN IMMEDIATE;
DROP TABLE "spans__new";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create seen__new in the new shape of seen
--   Id:           seen/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create seen__new in the new shape of seen'
BEGIN IMMEDIATE;
DROP TABLE "seen__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
