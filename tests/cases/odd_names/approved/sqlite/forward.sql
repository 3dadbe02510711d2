-- Forward, every phase of migration odd_names
-- Names with spaces, quotes and letters of other alphabets
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Create Ünï Tab__new in the new shape of Ünï Tab. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create Ünï Tab__new in the new shape of Ünï Tab', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'Ünï Tab__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column Ünï Tab.room. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column Ünï Tab.room', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('Ünï Tab') WHERE name = 'room' AND lower(type) = 'varchar(19)' AND dflt_value IS '''x y''' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Create Ünï Tab__new in the new shape of Ünï Tab
--   Id:           Ünï Tab/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 9: Create Ünï Tab__new in the new shape of Ünï Tab'
BEGIN IMMEDIATE;
CREATE TABLE "Ünï Tab__new" (
  "id" integer PRIMARY KEY,
  "room" varchar(19) NOT NULL DEFAULT 'x y',
  "quo`te2" bigint DEFAULT 2,
  "dou""bles" varchar(25),
  "日本" varchar(25) DEFAULT 'ö"'
);
CREATE INDEX "Ix ü__new" ON "Ünï Tab__new" ("room", "日本" DESC);
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Repeat every write to Ünï Tab on Ünï Tab__new
--   Id:           Ünï Tab/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Repeat every write to Ünï Tab on Ünï Tab__new'
-- Check: every row of Ünï Tab gives room a value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of Ünï Tab gives room a value', '0', CAST((SELECT COUNT(*) FROM "Ünï Tab" WHERE (COALESCE("sp ace", 'né')) IS NULL) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
COMMIT;
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Copy the rows of Ünï Tab into Ünï Tab__new
--   Id:           Ünï Tab/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 9: Copy the rows of Ünï Tab into Ünï Tab__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('Ünï Tab/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'Ünï Tab/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'Ünï Tab/migrate/copy'), (SELECT min("id") - 1 FROM "Ünï Tab"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "Ünï Tab" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "Ünï Tab__new" ("id", "room", "quo`te2", "dou""bles", "日本") SELECT "id", COALESCE("sp ace", ''né''), "quo`te", "dou""ble", "日本" FROM "Ünï Tab" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" AS forgelua_t WHERE forgelua_t."id" = "Ünï Tab"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''Ünï Tab/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'Ünï Tab/migrate/copy';
.print 'step 3 of 9: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", COALESCE("sp ace", 'né') AS "room", "quo`te" AS "quo`te2", "dou""ble" AS "dou""bles", "日本" AS "日本" FROM "Ünï Tab") AS source WHERE NOT EXISTS (SELECT 1 FROM "Ünï Tab__new" AS copied WHERE copied."id" = source."id" AND (copied."room" = source."room" OR (copied."room" IS NULL AND source."room" IS NULL)) AND (copied."quo`te2" = source."quo`te2" OR (copied."quo`te2" IS NULL AND source."quo`te2" IS NULL)) AND (copied."dou""bles" = source."dou""bles" OR (copied."dou""bles" IS NULL AND source."dou""bles" IS NULL)) AND (copied."日本" = source."日本" OR (copied."日本" IS NULL AND source."日本" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Swap the copy of Ünï Tab in
--   Id:           Ünï Tab/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say Ünï Tab.sp ace, Ünï Tab.quo`te, Ünï Tab.dou"ble, and writes that leave Ünï Tab.sp ace without a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 4 of 9: Swap the copy of Ünï Tab in'
-- Check: step 3 has come to its end: Copy the rows of Ünï Tab into Ünï Tab__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of Ünï Tab into Ünï Tab__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'Ünï Tab/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'Ünï Tab__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
ALTER TABLE "Ünï Tab" RENAME TO "Ünï Tab__old";
ALTER TABLE "Ünï Tab__new" RENAME TO "Ünï Tab";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"Ünï Tab__new"', '"Ünï Tab"') WHERE type = 'table' AND instr(sql, '"Ünï Tab__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 9: done'
-- Application: Deploy the application that uses Ünï Tab as the new schema has it, together with this step.

-- ============================================================================
-- Step 5 of 9, contract: From here the way back copies Ünï Tab into Ünï Tab__old again
--   Id:           Ünï Tab/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 9: From here the way back copies Ünï Tab into Ünï Tab__old again'
-- Nothing to run in the database.
.print 'step 5 of 9: done'

-- ============================================================================
-- Step 6 of 9, contract: Stop repeating writes to Ünï Tab on Ünï Tab__old
--   Id:           Ünï Tab/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: Stop repeating writes to Ünï Tab on Ünï Tab__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "Ünï Tab__sync_ins";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_upd";
DROP TRIGGER IF EXISTS "Ünï Tab__sync_del";
COMMIT;
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Drop Ünï Tab__old
--   Id:           Ünï Tab/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses values of Ünï Tab.sp ace that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
.print 'step 7 of 9: Drop Ünï Tab__old'
BEGIN IMMEDIATE;
DROP TABLE "Ünï Tab__old";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Give Ix ü of Ünï Tab their names
--   Id:           Ünï Tab/contract/final-names
--   Why:          this engine cannot rename them, and while the old table stood it held the names
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), scans the table
--   Note:         the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 8 of 9: Give Ix ü of Ünï Tab their names'
BEGIN IMMEDIATE;
CREATE INDEX "Ix ü" ON "Ünï Tab" ("room", "日本" DESC);
DROP INDEX "Ix ü__new";
COMMIT;
.print 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 9 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
