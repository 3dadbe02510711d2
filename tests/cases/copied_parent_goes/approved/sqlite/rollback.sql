-- WARNING: rollback is destructive — items data will be lost: values of items that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — marks data will be lost: values of marks that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts data will be lost: values of parts that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- WARNING: rollback is destructive — items__old data will be lost: what items.kind points at: the rows of kinds do not come back.
-- WARNING: rollback is destructive — marks__old data will be lost: what marks.kind points at: the rows of kinds do not come back.
-- WARNING: rollback is destructive — parts__old data will be lost: what parts.kind points at: the rows of kinds do not come back.
-- WARNING: rollback is destructive — kinds data will be lost: the rows of kinds: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration copied_parent_goes
-- Tables are copied while the one that they refer to goes: on the way back nothing points at its rows, which are lost
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
-- Check: step 22 must be done before this: Drop the table kinds. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 22 must be done before this: Drop the table kinds', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kinds' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 23 of 23: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 23 of 23: done'

-- ============================================================================
-- Undo step 22 of 23, contract: Drop the table kinds
--   Id:           kinds/contract/drop-table
--   Loses:        the rows of kinds: the way back creates it empty
-- ============================================================================
.print 'undo step 22 of 23: Drop the table kinds'
BEGIN IMMEDIATE;
CREATE TABLE "kinds" (
  "id" integer PRIMARY KEY,
  "name" varchar(9)
);
COMMIT;
.print 'undo step 22 of 23: done'

-- ============================================================================
-- Undo step 21 of 23, contract: Drop parts__old
--   Id:           parts/contract/drop-old
--   Loses:        what parts.kind points at: the rows of kinds do not come back
-- ============================================================================
.print 'undo step 21 of 23: Drop parts__old'
BEGIN IMMEDIATE;
CREATE TABLE "parts__old" (
  "id" integer PRIMARY KEY,
  "kind" integer CONSTRAINT "part_kind" REFERENCES "kinds" ("id")
);
COMMIT;
.print 'undo step 21 of 23: done'

-- ============================================================================
-- Undo step 20 of 23, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
-- ============================================================================
.print 'undo step 20 of 23: Stop repeating writes to parts on parts__old'
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  UPDATE OR IGNORE "parts__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__old" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
COMMIT;
.print 'undo step 20 of 23: done'

-- ============================================================================
-- Undo step 19 of 23, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 19 of 23: From here the way back copies parts into parts__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parts/contract/point-of-return/back', (SELECT count(*) FROM "parts"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parts/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parts/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "parts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "parts" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parts__old" ("id", "kind") SELECT "id", NULL FROM "parts" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t WHERE forgelua_t."id" = "parts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parts/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/contract/point-of-return/back';
.print 'undo step 19 of 23: done'

-- ============================================================================
-- Undo step 18 of 23, contract: Drop marks__old
--   Id:           marks/contract/drop-old
--   Loses:        what marks.kind points at: the rows of kinds do not come back
-- ============================================================================
.print 'undo step 18 of 23: Drop marks__old'
BEGIN IMMEDIATE;
CREATE TABLE "marks__old" (
  "id" integer PRIMARY KEY,
  "kind" integer REFERENCES "kinds" ("id")
);
COMMIT;
.print 'undo step 18 of 23: done'

-- ============================================================================
-- Undo step 17 of 23, contract: Stop repeating writes to marks on marks__old
--   Id:           marks/contract/stop-sync
-- ============================================================================
.print 'undo step 17 of 23: Stop repeating writes to marks on marks__old'
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
CREATE TRIGGER "marks__sync_ins" AFTER INSERT ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  UPDATE OR IGNORE "marks__old" SET ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "marks__old" ("id", "kind") SELECT "id", "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__old" AS forgelua_t, (SELECT "id" AS v1, "sort" AS v2 FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
CREATE TRIGGER "marks__sync_upd" AFTER UPDATE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "marks__old" SET ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "marks__old" SET "id" = NEW."id", ("kind") = (SELECT "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "marks__old" ("id", "kind") SELECT "id", "sort" FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__old" AS forgelua_t, (SELECT "id" AS v1, "sort" AS v2 FROM (SELECT "id", "sort" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
CREATE TRIGGER "marks__sync_del" AFTER DELETE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__old');
  DELETE FROM "marks__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__old';
END;
COMMIT;
.print 'undo step 17 of 23: done'

-- ============================================================================
-- Undo step 16 of 23, contract: From here the way back copies marks into marks__old again
--   Id:           marks/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 16 of 23: From here the way back copies marks into marks__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('marks/contract/point-of-return/back', (SELECT count(*) FROM "marks"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'marks/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'marks/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "marks"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "marks" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "marks__old" ("id", "kind") SELECT "id", NULL FROM "marks" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "marks__old" AS forgelua_t WHERE forgelua_t."id" = "marks"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''marks/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'marks/contract/point-of-return/back';
.print 'undo step 16 of 23: done'

-- ============================================================================
-- Undo step 15 of 23, contract: Drop items__old
--   Id:           items/contract/drop-old
--   Loses:        what items.kind points at: the rows of kinds do not come back
-- ============================================================================
.print 'undo step 15 of 23: Drop items__old'
BEGIN IMMEDIATE;
CREATE TABLE "items__old" (
  "id" integer PRIMARY KEY,
  "kind" integer REFERENCES "kinds" ("id")
);
COMMIT;
.print 'undo step 15 of 23: done'

-- ============================================================================
-- Undo step 14 of 23, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
.print 'undo step 14 of 23: Stop repeating writes to items on items__old'
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
  UPDATE OR IGNORE "items__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__old" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__old" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__old" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
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
.print 'undo step 14 of 23: done'

-- ============================================================================
-- Undo step 13 of 23, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 13 of 23: From here the way back copies items into items__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/contract/point-of-return/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "items" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__old" ("id", "kind") SELECT "id", NULL FROM "items" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t WHERE forgelua_t."id" = "items"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return/back';
.print 'undo step 13 of 23: done'

-- ============================================================================
-- Undo step 12 of 23, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Loses:        values of parts that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 12 of 23: Swap the copy of parts in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'parts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]parts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
ALTER TABLE "parts" RENAME TO "parts__new";
ALTER TABLE "parts__old" RENAME TO "parts";
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  UPDATE OR IGNORE "parts__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__new" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"parts__old"', '"parts"') WHERE type = 'table' AND instr(sql, '"parts__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 12 of 23: done'

-- ============================================================================
-- Undo step 11 of 23, switch: Swap the copy of marks in
--   Id:           marks/switch/swap
--   Loses:        values of marks that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 11 of 23: Swap the copy of marks in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'marks' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]marks[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "marks__sync_ins";
DROP TRIGGER IF EXISTS "marks__sync_upd";
DROP TRIGGER IF EXISTS "marks__sync_del";
ALTER TABLE "marks" RENAME TO "marks__new";
ALTER TABLE "marks__old" RENAME TO "marks";
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
CREATE TRIGGER "marks__sync_ins" AFTER INSERT ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  UPDATE OR IGNORE "marks__new" SET ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "marks__new" ("id", "sort") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sort" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
CREATE TRIGGER "marks__sync_upd" AFTER UPDATE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "marks__new" SET ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "marks__new" SET "id" = NEW."id", ("sort") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "marks__new" ("id", "sort") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks" WHERE NOT EXISTS (SELECT 1 FROM "marks__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'marks__sync', 'marks', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "marks__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "marks" WHERE "id" IS NEW."id") AS "marks") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."sort" IS s.v2) AND EXISTS (SELECT 1 FROM "marks" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
CREATE TRIGGER "marks__sync_del" AFTER DELETE ON "marks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'marks|marks__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('marks|marks__new');
  DELETE FROM "marks__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "marks" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'marks|marks__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"marks__old"', '"marks"') WHERE type = 'table' AND instr(sql, '"marks__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 11 of 23: done'

-- ============================================================================
-- Undo step 10 of 23, switch: Swap the copy of items in
--   Id:           items/switch/swap
--   Loses:        values of items that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 10 of 23: Swap the copy of items in'
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
  UPDATE OR IGNORE "items__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__new" SET ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__new" SET "id" = NEW."id", ("kind") = (SELECT "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__new" ("id", "kind") SELECT "id", "kind" FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "kind" AS v2 FROM (SELECT "id", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."kind" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
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
.print 'undo step 10 of 23: done'

-- ============================================================================
-- Undo step 9 of 23, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
-- ============================================================================
.print 'undo step 9 of 23: Copy the rows of parts into parts__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 23: done'

-- ============================================================================
-- Undo step 8 of 23, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
-- ============================================================================
.print 'undo step 8 of 23: Repeat every write to parts on parts__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
COMMIT;
.print 'undo step 8 of 23: done'

-- ============================================================================
-- Undo step 7 of 23, migrate: Copy the rows of marks into marks__new
--   Id:           marks/migrate/copy
-- ============================================================================
.print 'undo step 7 of 23: Copy the rows of marks into marks__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 23: done'

-- ============================================================================
-- Undo step 6 of 23, migrate: Repeat every write to marks on marks__new
--   Id:           marks/migrate/sync
-- ============================================================================
.print 'undo step 6 of 23: Repeat every write to marks on marks__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "marks__sync_ins";
DROP TRIGGER IF EXISTS "marks__sync_upd";
DROP TRIGGER IF EXISTS "marks__sync_del";
COMMIT;
.print 'undo step 6 of 23: done'

-- ============================================================================
-- Undo step 5 of 23, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
.print 'undo step 5 of 23: Copy the rows of items into items__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 23: done'

-- ============================================================================
-- Undo step 4 of 23, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
.print 'undo step 4 of 23: Repeat every write to items on items__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'undo step 4 of 23: done'

-- ============================================================================
-- Undo step 3 of 23, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
-- ============================================================================
.print 'undo step 3 of 23: Create parts__new in the new shape of parts'
BEGIN IMMEDIATE;
DROP TABLE "parts__new";
COMMIT;
.print 'undo step 3 of 23: done'

-- ============================================================================
-- Undo step 2 of 23, expand: Create marks__new in the new shape of marks
--   Id:           marks/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 23: Create marks__new in the new shape of marks'
BEGIN IMMEDIATE;
DROP TABLE "marks__new";
COMMIT;
.print 'undo step 2 of 23: done'

-- ============================================================================
-- Undo step 1 of 23, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 23: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
DROP TABLE "items__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 23: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
