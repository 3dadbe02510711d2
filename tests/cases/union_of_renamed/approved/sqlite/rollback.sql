-- Rollback, every phase of migration union_of_renamed
-- Two tables rename a column each, at different moments, under a view over both
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
-- Check: step 14 must be done before this: Drop t__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop t__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 't__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 11 must be done before this: Drop the old column name of o. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 11 must be done before this: Drop the old column name of o', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('o') WHERE name = 'name' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
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
-- Undo step 14 of 15, contract: Drop t__old
--   Id:           t/contract/drop-old
-- ============================================================================
.print 'undo step 14 of 15: Drop t__old'
BEGIN IMMEDIATE;
CREATE TABLE "t__old" (
  "id" integer PRIMARY KEY,
  "name" varchar(10),
  "x" integer
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop repeating writes to t on t__old'
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  UPDATE OR IGNORE "t__old" SET ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__old" ("id", "name", "x") SELECT "id", "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "title" AS v2, "x" AS v3 FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__old" SET ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__old" SET "id" = NEW."id", ("name", "x") = (SELECT "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__old" ("id", "name", "x") SELECT "id", "title", "x" FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "title" AS v2, "x" AS v3 FROM (SELECT "id", "title", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."name" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 12 of 15: From here the way back copies t into t__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('t/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 't/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 't/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "t"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "t" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "t__old" ("id", "name", "x") SELECT "id", "title", "x" FROM "t" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t WHERE forgelua_t."id" = "t"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''t/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/contract/point-of-return/back';
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop the old column name of o
--   Id:           o.title/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 15: Drop the old column name of o'
BEGIN IMMEDIATE;
ALTER TABLE "o" ADD COLUMN "name" varchar(10);
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop keeping name and title of o equal
--   Id:           o.title/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 15: Stop keeping name and title of o equal'
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
CREATE TRIGGER "o__sync_ins" AFTER INSERT ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NULL AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_upd" AFTER UPDATE OF "name", "title" ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title") AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_kept" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "o__sync_back" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "title" = OLD."title" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back computes name of o again
--   Id:           o.title/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 9 of 15: From here the way back computes name of o again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('o.title/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'o.title/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'o.title/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "o"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "o" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "o" SET "name" = ("title") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("name") = ("title") OR (("name") IS NULL AND ("title") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''o.title/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'o.title/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Swap the copy of t in
--   Id:           t/switch/swap
-- ============================================================================
.print 'undo step 8 of 15: Swap the copy of t in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 't' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]t[^a-z0-9_]*' OR lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP VIEW "v";
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
ALTER TABLE "t" RENAME TO "t__new";
ALTER TABLE "t__old" RENAME TO "t";
CREATE VIEW "v" AS SELECT id, name, x FROM t UNION ALL SELECT id, title AS name, x FROM o;
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  UPDATE OR IGNORE "t__new" SET ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__new" ("id", "title", "x") SELECT "id", "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2, "x" AS v3 FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."title" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__new" SET ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__new" SET "id" = NEW."id", ("title", "x") = (SELECT "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__new" ("id", "title", "x") SELECT "id", "name", "x" FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "name" AS v2, "x" AS v3 FROM (SELECT "id", "name", "x" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."title" IS s.v2 AND forgelua_t."x" IS s.v3) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"t__old"', '"t"') WHERE type = 'table' AND instr(sql, '"t__old"') > 0;
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
-- Undo step 7 of 15, switch: Let title of o lead
--   Id:           o.title/switch/swap
-- ============================================================================
.print 'undo step 7 of 15: Let title of o lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "v";
DROP TRIGGER IF EXISTS "o__sync_ins";
DROP TRIGGER IF EXISTS "o__sync_upd";
DROP TRIGGER IF EXISTS "o__sync_kept";
DROP TRIGGER IF EXISTS "o__sync_back";
CREATE VIEW "v" AS SELECT id, name, x FROM t UNION ALL SELECT id, name, x FROM o;
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
CREATE TRIGGER "o__sync_ins" AFTER INSERT ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NULL AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_upd" AFTER UPDATE OF "name", "title" ON "o"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'o__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('o__sync');
  UPDATE OR IGNORE "o" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "o") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'title', quote(NEW."name") FROM "o" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NEW."name" IS NOT NULL AND "o"."title" IS NULL;
  UPDATE OR IGNORE "o" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "o") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'o__sync', 'o', quote(NEW."id"), 'name', quote(NEW."title") FROM "o" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name") AND NEW."title" IS NOT NULL AND "o"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'o__sync';
END;
CREATE TRIGGER "o__sync_kept" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "o__sync_back" AFTER UPDATE ON "o"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "o" SET "title" = OLD."title" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
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
-- Undo step 6 of 15, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of t into t__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to t on t__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Convert name of o into title
--   Id:           o.title/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 15: Convert name of o into title'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep name and title of o equal
--   Id:           o.title/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Keep name and title of o equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "o__sync_ins";
DROP TRIGGER IF EXISTS "o__sync_upd";
DROP TRIGGER IF EXISTS "o__sync_kept";
DROP TRIGGER IF EXISTS "o__sync_back";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create t__new in the new shape of t'
BEGIN IMMEDIATE;
DROP TABLE "t__new";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Add title beside name in o
--   Id:           o.title/expand/add-column
-- ============================================================================
.print 'undo step 1 of 15: Add title beside name in o'
BEGIN IMMEDIATE;
ALTER TABLE "o" DROP COLUMN "title";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
