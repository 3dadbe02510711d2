-- WARNING: rollback is destructive — Ünï Tab__old data will be lost: values of Ünï Tab.sp ace that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration odd_names
-- Names with spaces, quotes and letters of other alphabets
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
-- Check: step 8 must be done before this: Give Ix ü of Ünï Tab their names. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Give Ix ü of Ünï Tab their names', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'Ix ü' AND tbl_name = 'Ünï Tab' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column Ünï Tab.room. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column Ünï Tab.room', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('Ünï Tab') WHERE name = 'room' AND lower(type) = 'varchar(19)' AND dflt_value IS '''x y''' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no 日本 of Ünï Tab is longer than 5. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no 日本 of Ünï Tab is longer than 5', '0', CAST((SELECT COUNT(*) FROM "Ünï Tab" WHERE SUBSTR("日本", 6) <> '') AS text));
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
-- Undo step 8 of 9, contract: Give Ix ü of Ünï Tab their names
--   Id:           Ünï Tab/contract/final-names
-- ============================================================================
.print 'undo step 8 of 9: Give Ix ü of Ünï Tab their names'
BEGIN IMMEDIATE;
CREATE INDEX "Ix ü__new" ON "Ünï Tab" ("room", "日本" DESC);
DROP INDEX "Ix ü";
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Drop Ünï Tab__old
--   Id:           Ünï Tab/contract/drop-old
--   Loses:        values of Ünï Tab.sp ace that do not come back unchanged
-- ============================================================================
.print 'undo step 7 of 9: Drop Ünï Tab__old'
BEGIN IMMEDIATE;
CREATE TABLE "Ünï Tab__old" (
  "id" integer PRIMARY KEY,
  "sp ace" varchar(9),
  "quo`te" integer DEFAULT 1,
  "dou""ble" varchar(5),
  "日本" varchar(5) DEFAULT 'é'''
);
CREATE INDEX "Ix ü" ON "Ünï Tab__old" ("sp ace");
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Stop repeating writes to Ünï Tab on Ünï Tab__old
--   Id:           Ünï Tab/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 9: Stop repeating writes to Ünï Tab on Ünï Tab__old'
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
CREATE TRIGGER "Ünï Tab__sync_ins" AFTER INSERT ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__old');
  UPDATE OR IGNORE "Ünï Tab__old" SET ("sp ace", "quo`te", "dou""ble", "日本") = (SELECT ("room"), "quo`te2", "dou""bles", "日本" FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "Ünï Tab__old" ("id", "sp ace", "quo`te", "dou""ble", "日本") SELECT "id", ("room"), "quo`te2", "dou""bles", "日本" FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab" WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'Ünï Tab__sync', 'Ünï Tab', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" AS forgelua_t, (SELECT "id" AS v1, ("room") AS v2, "quo`te2" AS v3, "dou""bles" AS v4, "日本" AS v5 FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sp ace" IS s.v2 AND forgelua_t."quo`te" IS s.v3 AND forgelua_t."dou""ble" IS s.v4 AND forgelua_t."日本" IS s.v5) AND EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__old';
END;
CREATE TRIGGER "Ünï Tab__sync_upd" AFTER UPDATE ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__old');
  DELETE FROM "Ünï Tab__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "Ünï Tab__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "Ünï Tab__old" SET ("sp ace", "quo`te", "dou""ble", "日本") = (SELECT CASE WHEN OLD."room" COLLATE BINARY IS NEW."room" AND OLD."id" IS NEW."id" THEN "Ünï Tab__old"."sp ace" ELSE ("room") END, "quo`te2", CASE WHEN OLD."dou""bles" COLLATE BINARY IS NEW."dou""bles" AND OLD."id" IS NEW."id" THEN "Ünï Tab__old"."dou""ble" ELSE "dou""bles" END, "日本" FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "Ünï Tab__old" SET "id" = NEW."id", ("sp ace", "quo`te", "dou""ble", "日本") = (SELECT CASE WHEN OLD."room" COLLATE BINARY IS NEW."room" THEN "Ünï Tab__old"."sp ace" ELSE ("room") END, "quo`te2", CASE WHEN OLD."dou""bles" COLLATE BINARY IS NEW."dou""bles" THEN "Ünï Tab__old"."dou""ble" ELSE "dou""bles" END, "日本" FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" WHERE "id" IS NEW."id");
  DELETE FROM "Ünï Tab__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "Ünï Tab__old" ("id", "sp ace", "quo`te", "dou""ble", "日本") SELECT "id", ("room"), "quo`te2", "dou""bles", "日本" FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab" WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'Ünï Tab__sync', 'Ünï Tab', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" AS forgelua_t, (SELECT "id" AS v1, ("room") AS v2, "quo`te2" AS v3, "dou""bles" AS v4, "日本" AS v5 FROM (SELECT "id", "room", "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."room" COLLATE BINARY IS NEW."room" OR forgelua_t."sp ace" IS s.v2) AND forgelua_t."quo`te" IS s.v3 AND (OLD."dou""bles" COLLATE BINARY IS NEW."dou""bles" OR forgelua_t."dou""ble" IS s.v4) AND forgelua_t."日本" IS s.v5) AND EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__old';
END;
CREATE TRIGGER "Ünï Tab__sync_del" AFTER DELETE ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__old');
  DELETE FROM "Ünï Tab__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__old';
END;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies Ünï Tab into Ünï Tab__old again
--   Id:           Ünï Tab/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 5 of 9: From here the way back copies Ünï Tab into Ünï Tab__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('Ünï Tab/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'Ünï Tab/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'Ünï Tab/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "Ünï Tab"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "Ünï Tab" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "Ünï Tab__old" ("id", "sp ace", "quo`te", "dou""ble", "日本") SELECT "id", ("room"), "quo`te2", "dou""bles", "日本" FROM "Ünï Tab" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "Ünï Tab__old" AS forgelua_t WHERE forgelua_t."id" = "Ünï Tab"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''Ünï Tab/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'Ünï Tab/contract/point-of-return/back';
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of Ünï Tab in
--   Id:           Ünï Tab/switch/swap
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of Ünï Tab in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'Ünï tab' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]Ünï tab[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "Ünï Tab__sync_ins";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_upd";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_del";
ALTER TABLE "Ünï Tab" RENAME TO "Ünï Tab__new";
ALTER TABLE "Ünï Tab__old" RENAME TO "Ünï Tab";
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
CREATE TRIGGER "Ünï Tab__sync_ins" AFTER INSERT ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__new');
  UPDATE OR IGNORE "Ünï Tab__new" SET ("room", "quo`te2", "dou""bles", "日本") = (SELECT COALESCE("sp ace", 'né'), "quo`te", "dou""ble", "日本" FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "Ünï Tab__new" ("id", "room", "quo`te2", "dou""bles", "日本") SELECT "id", COALESCE("sp ace", 'né'), "quo`te", "dou""ble", "日本" FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab" WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'Ünï Tab__sync', 'Ünï Tab', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE("sp ace", 'né') AS v2, "quo`te" AS v3, "dou""ble" AS v4, "日本" AS v5 FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."room" IS s.v2 AND forgelua_t."quo`te2" IS s.v3 AND forgelua_t."dou""bles" IS s.v4 AND forgelua_t."日本" IS s.v5) AND EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__new';
END;
CREATE TRIGGER "Ünï Tab__sync_upd" AFTER UPDATE ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__new');
  DELETE FROM "Ünï Tab__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "Ünï Tab__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "Ünï Tab__new" SET ("room", "quo`te2", "dou""bles", "日本") = (SELECT CASE WHEN OLD."sp ace" COLLATE BINARY IS NEW."sp ace" AND OLD."id" IS NEW."id" THEN "Ünï Tab__new"."room" ELSE COALESCE("sp ace", 'né') END, "quo`te", CASE WHEN OLD."dou""ble" COLLATE BINARY IS NEW."dou""ble" AND OLD."id" IS NEW."id" THEN "Ünï Tab__new"."dou""bles" ELSE "dou""ble" END, "日本" FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "Ünï Tab__new" SET "id" = NEW."id", ("room", "quo`te2", "dou""bles", "日本") = (SELECT CASE WHEN OLD."sp ace" COLLATE BINARY IS NEW."sp ace" THEN "Ünï Tab__new"."room" ELSE COALESCE("sp ace", 'né') END, "quo`te", CASE WHEN OLD."dou""ble" COLLATE BINARY IS NEW."dou""ble" THEN "Ünï Tab__new"."dou""bles" ELSE "dou""ble" END, "日本" FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" WHERE "id" IS NEW."id");
  DELETE FROM "Ünï Tab__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "Ünï Tab__new" ("id", "room", "quo`te2", "dou""bles", "日本") SELECT "id", COALESCE("sp ace", 'né'), "quo`te", "dou""ble", "日本" FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab" WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'Ünï Tab__sync', 'Ünï Tab', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE("sp ace", 'né') AS v2, "quo`te" AS v3, "dou""ble" AS v4, "日本" AS v5 FROM (SELECT "id", "sp ace", "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" IS NEW."id") AS "Ünï Tab") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."sp ace" COLLATE BINARY IS NEW."sp ace" OR forgelua_t."room" IS s.v2) AND forgelua_t."quo`te2" IS s.v3 AND (OLD."dou""ble" COLLATE BINARY IS NEW."dou""ble" OR forgelua_t."dou""bles" IS s.v4) AND forgelua_t."日本" IS s.v5) AND EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__new';
END;
CREATE TRIGGER "Ünï Tab__sync_del" AFTER DELETE ON "Ünï Tab"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'Ünï Tab|Ünï Tab__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('Ünï Tab|Ünï Tab__new');
  DELETE FROM "Ünï Tab__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "Ünï Tab" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'Ünï Tab|Ünï Tab__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"Ünï Tab__old"', '"Ünï Tab"') WHERE type = 'table' AND instr(sql, '"Ünï Tab__old"') > 0;
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
-- Undo step 3 of 9, migrate: Copy the rows of Ünï Tab into Ünï Tab__new
--   Id:           Ünï Tab/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of Ünï Tab into Ünï Tab__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to Ünï Tab on Ünï Tab__new
--   Id:           Ünï Tab/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to Ünï Tab on Ünï Tab__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "Ünï Tab__sync_ins";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_upd";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create Ünï Tab__new in the new shape of Ünï Tab
--   Id:           Ünï Tab/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create Ünï Tab__new in the new shape of Ünï Tab'
BEGIN IMMEDIATE;
DROP TABLE "Ünï Tab__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
