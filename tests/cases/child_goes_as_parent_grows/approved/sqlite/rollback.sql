-- WARNING: rollback is destructive — olds data will be lost: the rows of olds: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration child_goes_as_parent_grows
-- A key gets a wider type while one table that refers to it goes, and another one takes over the name of its foreign key
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
-- Check: step 14 must be done before this: Drop the table olds. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop the table olds', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'olds' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 14 of 15, contract: Drop the table olds
--   Id:           olds/contract/drop-table
--   Loses:        the rows of olds: the way back creates it empty
-- ============================================================================
.print 'undo step 14 of 15: Drop the table olds'
BEGIN IMMEDIATE;
CREATE TABLE "olds" (
  "id" integer PRIMARY KEY,
  "parent" integer CONSTRAINT "to_parent" REFERENCES "parents" ("id")
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Drop news__old, parents__old
--   Id:           news, parents/contract/drop-old
-- ============================================================================
.print 'undo step 13 of 15: Drop news__old, parents__old'
BEGIN IMMEDIATE;
CREATE TABLE "parents__old" (
  "id" integer PRIMARY KEY
);
CREATE TABLE "news__old" (
  "id" integer PRIMARY KEY,
  "parent" integer
);
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: Stop repeating writes to parents on parents__old
--   Id:           parents/contract/stop-sync
-- ============================================================================
.print 'undo step 12 of 15: Stop repeating writes to parents on parents__old'
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
CREATE TRIGGER "parents__sync_ins" AFTER INSERT ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  INSERT OR IGNORE INTO "parents__old" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__old" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
CREATE TRIGGER "parents__sync_upd" AFTER UPDATE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parents__old" SET "id" = NEW."id" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parents__old" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__old" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
CREATE TRIGGER "parents__sync_del" AFTER DELETE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
COMMIT;
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Stop repeating writes to news on news__old
--   Id:           news/contract/stop-sync
-- ============================================================================
.print 'undo step 11 of 15: Stop repeating writes to news on news__old'
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
CREATE TRIGGER "news__sync_ins" AFTER INSERT ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  UPDATE OR IGNORE "news__old" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "news__old" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
END;
CREATE TRIGGER "news__sync_upd" AFTER UPDATE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "news__old" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "news__old" SET "id" = NEW."id", ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "news__old" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
END;
CREATE TRIGGER "news__sync_del" AFTER DELETE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
END;
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: From here the way back copies parents into parents__old again
--   Id:           parents/contract/point-of-return
--   Estimate:     9 s
-- ============================================================================
.print 'undo step 10 of 15: From here the way back copies parents into parents__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parents/contract/point-of-return/back', 500000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parents/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parents/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "parents"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "parents" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parents__old" ("id") SELECT "id" FROM "parents" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parents__old" AS forgelua_t WHERE forgelua_t."id" = "parents"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parents/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parents/contract/point-of-return/back';
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back copies news into news__old again
--   Id:           news/contract/point-of-return
--   Estimate:     9 s
-- ============================================================================
.print 'undo step 9 of 15: From here the way back copies news into news__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('news/contract/point-of-return/back', 500000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'news/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'news/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "news"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "news" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "news__old" ("id", "parent") SELECT "id", "parent" FROM "news" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "news__old" AS forgelua_t WHERE forgelua_t."id" = "news"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''news/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'news/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Flip news, parents to their copies, together
--   Id:           news, parents/switch/swap
-- ============================================================================
.print 'undo step 8 of 15: Flip news, parents to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'parents' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]parents[^a-z0-9_]*' OR lower(tbl_name) = 'news' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]news[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "parents__sync_ins";
DROP TRIGGER IF EXISTS "parents__sync_upd";
DROP TRIGGER IF EXISTS "parents__sync_del";
DROP TRIGGER IF EXISTS "news__sync_ins";
DROP TRIGGER IF EXISTS "news__sync_upd";
DROP TRIGGER IF EXISTS "news__sync_del";
ALTER TABLE "parents" RENAME TO "parents__new";
ALTER TABLE "parents__old" RENAME TO "parents";
ALTER TABLE "news" RENAME TO "news__new";
ALTER TABLE "news__old" RENAME TO "news";
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
CREATE TRIGGER "parents__sync_ins" AFTER INSERT ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  INSERT OR IGNORE INTO "parents__new" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__new" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
CREATE TRIGGER "parents__sync_upd" AFTER UPDATE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parents__new" SET "id" = NEW."id" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parents__new" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__new" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
CREATE TRIGGER "parents__sync_del" AFTER DELETE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
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
CREATE TRIGGER "news__sync_ins" AFTER INSERT ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  UPDATE OR IGNORE "news__new" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "news__new" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
CREATE TRIGGER "news__sync_upd" AFTER UPDATE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "news__new" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "news__new" SET "id" = NEW."id", ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "news__new" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
CREATE TRIGGER "news__sync_del" AFTER DELETE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"parents__old"', '"parents"') WHERE type = 'table' AND instr(sql, '"parents__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"news__old"', '"news"') WHERE type = 'table' AND instr(sql, '"news__old"') > 0;
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
-- Undo step 7 of 15, switch: Add the foreign key to_parent on news__new
--   Id:           news__new.to_parent/switch/add-foreign-key
-- ============================================================================
.print 'undo step 7 of 15: Add the foreign key to_parent on news__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('news__new') OR lower(f."table") IN ('news__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'news__new');
CREATE TABLE "news__new__rebuild" (
  "id" integer PRIMARY KEY,
  "parent" bigint
);
INSERT INTO "news__new__rebuild" ("id", "parent")
  SELECT "id", "parent" FROM "news__new";
DROP TABLE "news__new";
ALTER TABLE "news__new__rebuild" RENAME TO "news__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('news__new') OR lower(f."table") IN ('news__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Copy the rows of parents into parents__new
--   Id:           parents/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of parents into parents__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to parents on parents__new
--   Id:           parents/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to parents on parents__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parents__sync_ins";
DROP TRIGGER IF EXISTS "parents__sync_upd";
DROP TRIGGER IF EXISTS "parents__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of news into news__new
--   Id:           news/migrate/copy
-- ============================================================================
.print 'undo step 4 of 15: Copy the rows of news into news__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to news on news__new
--   Id:           news/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Repeat every write to news on news__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "news__sync_ins";
DROP TRIGGER IF EXISTS "news__sync_upd";
DROP TRIGGER IF EXISTS "news__sync_del";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create parents__new in the new shape of parents
--   Id:           parents/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create parents__new in the new shape of parents'
BEGIN IMMEDIATE;
DROP TABLE "parents__new";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create news__new in the new shape of news
--   Id:           news/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create news__new in the new shape of news'
BEGIN IMMEDIATE;
DROP TABLE "news__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
