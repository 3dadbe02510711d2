-- WARNING: rollback is destructive — items__old data will be lost: values of items.code that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_taken
-- Tables and columns stand under the names that second ones would get
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
-- Check: step 14 must be done before this: Drop lots__old_2. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop lots__old_2', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lots__old_2' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column lots.id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column lots.id', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('lots') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 14 of 15, contract: Drop lots__old_2
--   Id:           lots/contract/drop-old
-- ============================================================================
.print 'undo step 14 of 15: Drop lots__old_2'
BEGIN IMMEDIATE;
CREATE TABLE "lots__old_2" (
  "id" integer PRIMARY KEY,
  "note" varchar(20)
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to lots on lots__old_2
--   Id:           lots/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop repeating writes to lots on lots__old_2'
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
CREATE TRIGGER "lots__sync_ins" AFTER INSERT ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__old_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__old_2');
  UPDATE OR IGNORE "lots__old_2" SET ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "lots__old_2" ("id", "note") SELECT "id", "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots" WHERE NOT EXISTS (SELECT 1 FROM "lots__old_2" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'lots__sync', 'lots', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "lots__old_2" AS forgelua_t, (SELECT "id" AS v1, "note" AS v2 FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."note" IS s.v2) AND EXISTS (SELECT 1 FROM "lots" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__old_2';
END;
CREATE TRIGGER "lots__sync_upd" AFTER UPDATE ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__old_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__old_2');
  DELETE FROM "lots__old_2" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "lots__old_2" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "lots__old_2" SET ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "lots__old_2" SET "id" = NEW."id", ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "lots__old_2" WHERE "id" IS NEW."id");
  DELETE FROM "lots__old_2" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "lots__old_2" ("id", "note") SELECT "id", "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots" WHERE NOT EXISTS (SELECT 1 FROM "lots__old_2" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'lots__sync', 'lots', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "lots__old_2" AS forgelua_t, (SELECT "id" AS v1, "note" AS v2 FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."note" IS s.v2) AND EXISTS (SELECT 1 FROM "lots" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__old_2';
END;
CREATE TRIGGER "lots__sync_del" AFTER DELETE ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__old_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__old_2');
  DELETE FROM "lots__old_2" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__old_2';
END;
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back copies lots into lots__old_2 again
--   Id:           lots/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 12 of 15: From here the way back copies lots into lots__old_2 again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('lots/contract/point-of-return/back', 12000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'lots/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'lots/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "lots"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "lots" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "lots__old_2" ("id", "note") SELECT "id", "note" FROM "lots" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "lots__old_2" AS forgelua_t WHERE forgelua_t."id" = "lots"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''lots/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'lots/contract/point-of-return/back';
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop items__old
--   Id:           items/contract/drop-old
--   Loses:        values of items.code that do not come back unchanged
-- ============================================================================
.print 'undo step 11 of 15: Drop items__old'
BEGIN IMMEDIATE;
CREATE TABLE "items__old" (
  "id" integer PRIMARY KEY,
  "code" varchar(20),
  "code__new" integer,
  "code__old" integer
);
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 15: Stop repeating writes to items on items__old'
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  UPDATE OR IGNORE "items__old" SET ("code", "code__new", "code__old") = (SELECT CAST("code" AS TEXT), "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__old" ("id", "code", "code__new", "code__old") SELECT "id", CAST("code" AS TEXT), "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, CAST("code" AS TEXT) AS v2, "code__new" AS v3, "code__old" AS v4 FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."code" IS s.v2 AND forgelua_t."code__new" IS s.v3 AND forgelua_t."code__old" IS s.v4) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'code', quote(NEW."code") WHERE NEW."code" IS NOT NULL AND (SELECT CAST("code" AS TEXT) FROM (SELECT NEW."code" AS "code") AS "items") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__old" SET ("code", "code__new", "code__old") = (SELECT CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" AND OLD."id" IS NEW."id" THEN "items__old"."code" ELSE CAST("code" AS TEXT) END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__old" SET "id" = NEW."id", ("code", "code__new", "code__old") = (SELECT CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" THEN "items__old"."code" ELSE CAST("code" AS TEXT) END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__old" ("id", "code", "code__new", "code__old") SELECT "id", CAST("code" AS TEXT), "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, CAST("code" AS TEXT) AS v2, "code__new" AS v3, "code__old" AS v4 FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."code" COLLATE BINARY IS NEW."code" OR forgelua_t."code" IS s.v2) AND forgelua_t."code__new" IS s.v3 AND forgelua_t."code__old" IS s.v4) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'code', quote(NEW."code") WHERE NEW."code" IS NOT NULL AND (SELECT CAST("code" AS TEXT) FROM (SELECT NEW."code" AS "code") AS "items") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
COMMIT;
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 9 of 15: From here the way back copies items into items__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/contract/point-of-return/back', 12000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__old" ("id", "code", "code__new", "code__old") SELECT "id", CAST("code" AS TEXT), "code__new", "code__old" FROM "items" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t WHERE forgelua_t."id" = "items"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Swap the copy of lots in
--   Id:           lots/switch/swap
-- ============================================================================
.print 'undo step 8 of 15: Swap the copy of lots in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'lots' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]lots[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "lots__sync_ins";
DROP TRIGGER IF EXISTS "lots__sync_upd";
DROP TRIGGER IF EXISTS "lots__sync_del";
ALTER TABLE "lots" RENAME TO "lots__new_2";
ALTER TABLE "lots__old_2" RENAME TO "lots";
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
CREATE TRIGGER "lots__sync_ins" AFTER INSERT ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__new_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__new_2');
  UPDATE OR IGNORE "lots__new_2" SET ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "lots__new_2" ("id", "note") SELECT "id", "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots" WHERE NOT EXISTS (SELECT 1 FROM "lots__new_2" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'lots__sync', 'lots', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "lots__new_2" AS forgelua_t, (SELECT "id" AS v1, "note" AS v2 FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."note" IS s.v2) AND EXISTS (SELECT 1 FROM "lots" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__new_2';
END;
CREATE TRIGGER "lots__sync_upd" AFTER UPDATE ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__new_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__new_2');
  DELETE FROM "lots__new_2" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "lots__new_2" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "lots__new_2" SET ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "lots__new_2" SET "id" = NEW."id", ("note") = (SELECT "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "lots__new_2" WHERE "id" IS NEW."id");
  DELETE FROM "lots__new_2" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "lots__new_2" ("id", "note") SELECT "id", "note" FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots" WHERE NOT EXISTS (SELECT 1 FROM "lots__new_2" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'lots__sync', 'lots', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "lots__new_2" AS forgelua_t, (SELECT "id" AS v1, "note" AS v2 FROM (SELECT "id", "note" FROM "lots" WHERE "id" IS NEW."id") AS "lots") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."note" IS s.v2) AND EXISTS (SELECT 1 FROM "lots" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__new_2';
END;
CREATE TRIGGER "lots__sync_del" AFTER DELETE ON "lots"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'lots|lots__new_2'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('lots|lots__new_2');
  DELETE FROM "lots__new_2" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "lots" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'lots|lots__new_2';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"lots__old_2"', '"lots"') WHERE type = 'table' AND instr(sql, '"lots__old_2"') > 0;
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
-- Undo step 7 of 15, switch: Swap the copy of items in
--   Id:           items/switch/swap
-- ============================================================================
.print 'undo step 7 of 15: Swap the copy of items in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'items' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]items[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
ALTER TABLE "items" RENAME TO "items__new";
ALTER TABLE "items__old" RENAME TO "items";
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  UPDATE OR IGNORE "items__new" SET ("code", "code__new", "code__old") = (SELECT CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__new" ("id", "code", "code__new", "code__old") SELECT "id", CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END AS v2, "code__new" AS v3, "code__old" AS v4 FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."code" IS s.v2 AND forgelua_t."code__new" IS s.v3 AND forgelua_t."code__old" IS s.v4) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'code', quote(NEW."code") WHERE NEW."code" IS NOT NULL AND (SELECT CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END FROM (SELECT NEW."code" AS "code") AS "items") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__new" SET ("code", "code__new", "code__old") = (SELECT CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" AND OLD."id" IS NEW."id" THEN "items__new"."code" ELSE CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__new" SET "id" = NEW."id", ("code", "code__new", "code__old") = (SELECT CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" THEN "items__new"."code" ELSE CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__new" ("id", "code", "code__new", "code__old") SELECT "id", CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END, "code__new", "code__old" FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END AS v2, "code__new" AS v3, "code__old" AS v4 FROM (SELECT "id", "code", "code__new", "code__old" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."code" COLLATE BINARY IS NEW."code" OR forgelua_t."code" IS s.v2) AND forgelua_t."code__new" IS s.v3 AND forgelua_t."code__old" IS s.v4) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), 'code', quote(NEW."code") WHERE NEW."code" IS NOT NULL AND (SELECT CASE WHEN CAST("code" AS INTEGER) = ("code") THEN CAST("code" AS INTEGER) END FROM (SELECT NEW."code" AS "code") AS "items") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"items__old"', '"items"') WHERE type = 'table' AND instr(sql, '"items__old"') > 0;
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
-- Undo step 6 of 15, migrate: Copy the rows of lots into lots__new_2
--   Id:           lots/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of lots into lots__new_2'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to lots on lots__new_2
--   Id:           lots/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to lots on lots__new_2'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "lots__sync_ins";
DROP TRIGGER IF EXISTS "lots__sync_upd";
DROP TRIGGER IF EXISTS "lots__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
.print 'undo step 4 of 15: Copy the rows of items into items__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Repeat every write to items on items__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create lots__new_2 in the new shape of lots
--   Id:           lots/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create lots__new_2 in the new shape of lots'
BEGIN IMMEDIATE;
DROP TABLE "lots__new_2";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
DROP TABLE "items__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
