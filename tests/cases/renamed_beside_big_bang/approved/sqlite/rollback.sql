-- WARNING: rollback is destructive — aa.x data will be lost: values of x that do not come back from xx unchanged.
-- WARNING: rollback is destructive — aa.y data will be lost: the values of aa.y: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration renamed_beside_big_bang
-- A table is copied and renamed under a view while the key that refers to it changes in one sitting
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 17 must be done before this: Drop aa.y. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 17 must be done before this: Drop aa.y', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('aa') WHERE name = 'y' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 12 must be done before this: Rename a to aa. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 12 must be done before this: Rename a to aa', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'aa') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'a' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 18 of 18, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 18 of 18: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 18 of 18: done'

-- ============================================================================
-- Undo step 17 of 18, contract: Drop aa.y
--   Id:           aa.y/contract/drop-column
--   Loses:        the values of aa.y: the way back adds it again with NULL in every row
-- ============================================================================
.print 'undo step 17 of 18: Drop aa.y'
BEGIN IMMEDIATE;
ALTER TABLE "aa" ADD COLUMN "y" integer;
COMMIT;
.print 'undo step 17 of 18: done'

-- ============================================================================
-- Undo step 16 of 18, contract: Drop the old column x of aa; Make aa.xx NOT NULL
--   Id:           aa/contract/rewrite-once
--   Loses:        values of x that do not come back from xx unchanged
-- ============================================================================
.print 'undo step 16 of 18: Drop the old column x of aa; Make aa.xx NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('aa') OR lower(f."table") IN ('aa'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'aa');
CREATE TABLE "aa__rebuild" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "x" varchar(5),
  "y" integer,
  "xx" varchar(9)
);
INSERT INTO "aa__rebuild" ("id", "y", "xx")
  SELECT "id", "y", "xx" FROM "aa";
DELETE FROM sqlite_sequence WHERE name = 'aa__rebuild';
INSERT INTO sqlite_sequence (name, seq) SELECT 'aa__rebuild', seq FROM sqlite_sequence WHERE name = 'aa';
DROP TABLE "aa";
ALTER TABLE "aa__rebuild" RENAME TO "aa";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('aa') OR lower(f."table") IN ('aa'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 16 of 18: done'

-- ============================================================================
-- Undo step 15 of 18, contract: Stop keeping x and xx of aa equal
--   Id:           a.xx/contract/stop-sync
-- ============================================================================
.print 'undo step 15 of 18: Stop keeping x and xx of aa equal'
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
CREATE TRIGGER "a__sync_ins" AFTER INSERT ON "aa"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "aa" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "aa") WHERE "id" = NEW."id" AND NEW."x" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'aa', quote(NEW."id"), 'xx', quote(NEW."x") FROM "aa" WHERE "id" = NEW."id" AND NEW."x" IS NOT NULL AND NEW."x" IS NOT NULL AND "aa"."xx" IS NULL;
  UPDATE OR IGNORE "aa" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "aa") WHERE "id" = NEW."id" AND NEW."x" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'aa', quote(NEW."id"), 'x', quote(NEW."xx") FROM "aa" WHERE "id" = NEW."id" AND NEW."x" IS NULL AND NEW."xx" IS NOT NULL AND "aa"."x" IS NULL;
  UPDATE OR IGNORE "aa" SET "xx" = (COALESCE(x, 'n')) WHERE "id" = NEW."id" AND "xx" IS NULL AND "x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_upd" AFTER UPDATE OF "x", "xx" ON "aa"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "aa" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "aa") WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NOT (NEW."xx" IS NOT OLD."xx");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'aa', quote(NEW."id"), 'xx', quote(NEW."x") FROM "aa" WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NOT (NEW."xx" IS NOT OLD."xx") AND NEW."x" IS NOT NULL AND "aa"."xx" IS NULL;
  UPDATE OR IGNORE "aa" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "aa") WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'aa', quote(NEW."id"), 'x', quote(NEW."xx") FROM "aa" WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NEW."xx" IS NOT NULL AND "aa"."x" IS NULL;
  UPDATE OR IGNORE "aa" SET "xx" = (COALESCE(x, 'n')) WHERE "id" = NEW."id" AND "xx" IS NULL AND "x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_kept" AFTER UPDATE ON "aa"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."x" IS NOT OLD."x")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "aa" SET "x" = OLD."x" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "a__sync_back" AFTER UPDATE ON "aa"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."xx" IS NOT OLD."xx")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "aa" SET "xx" = OLD."xx" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 15 of 18: done'

-- ============================================================================
-- Undo step 14 of 18, contract: From here the way back computes x of aa again
--   Id:           a.xx/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 14 of 18: From here the way back computes x of aa again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('a.xx/contract/point-of-return/back', (SELECT count(*) FROM "aa"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'a.xx/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'a.xx/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "aa"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "aa" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "aa" SET "x" = ("xx") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("x") = ("xx") OR (("x") IS NULL AND ("xx") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''a.xx/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'a.xx/contract/point-of-return/back';
.print 'undo step 14 of 18: done'

-- ============================================================================
-- Undo step 13 of 18, switch: Change the view v
--   Id:           v/switch/alter-view
-- ============================================================================
.print 'undo step 13 of 18: Change the view v'
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'v');
DROP VIEW "v";
CREATE VIEW "v" AS SELECT aa.id, aa.xx AS x FROM aa;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
COMMIT;
.print 'undo step 13 of 18: done'

-- ============================================================================
-- Undo step 12 of 18, switch: Rename a to aa
--   Id:           a/switch/rename-table
-- ============================================================================
.print 'undo step 12 of 18: Rename a to aa'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "aa" RENAME TO "a";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 12 of 18: done'

-- ============================================================================
-- Undo step 11 of 18, switch: Start the new application
--   Id:           b/switch/start
-- ============================================================================
.print 'undo step 11 of 18: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 11 of 18: done'

-- ============================================================================
-- Undo step 10 of 18, switch: Validate b
--   Id:           b/switch/validate
-- ============================================================================
.print 'undo step 10 of 18: Validate b'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 10 of 18: done'

-- ============================================================================
-- Undo step 9 of 18, switch: Rename the foreign key (a_id) to (aid)
--   Id:           b.unnamed:foreign_key:aid/switch/rename
-- ============================================================================
.print 'undo step 9 of 18: Rename the foreign key (a_id) to (aid)'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 18: done'

-- ============================================================================
-- Undo step 8 of 18, switch: Rename b.a_id to aid
--   Id:           b.a_id/switch/rename
-- ============================================================================
.print 'undo step 8 of 18: Rename b.a_id to aid'
BEGIN IMMEDIATE;
ALTER TABLE "b" RENAME COLUMN "aid" TO a_id;
COMMIT;
.print 'undo step 8 of 18: done'

-- ============================================================================
-- Undo step 7 of 18, switch: Change the type of b.a_id
--   Id:           b.a_id/switch/type
-- ============================================================================
.print 'undo step 7 of 18: Change the type of b.a_id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('b') OR lower(f."table") IN ('b'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'b');
CREATE TABLE "b__rebuild" (
  "id" integer PRIMARY KEY,
  "a_id" integer NOT NULL REFERENCES "a" ("id")
);
INSERT INTO "b__rebuild" ("id", "a_id")
  SELECT "id", "a_id" FROM "b";
DROP TABLE "b";
ALTER TABLE "b__rebuild" RENAME TO "b";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('b') OR lower(f."table") IN ('b'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 18: done'

-- ============================================================================
-- Undo step 6 of 18, switch: Back up b
--   Id:           b/switch/backup
-- ============================================================================
.print 'undo step 6 of 18: Back up b'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 18: done'

-- ============================================================================
-- Undo step 5 of 18, switch: Stop every application that writes b
--   Id:           b/switch/stop
-- ============================================================================
.print 'undo step 5 of 18: Stop every application that writes b'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 18: done'

-- ============================================================================
-- Undo step 4 of 18, switch: Let xx of a lead
--   Id:           a.xx/switch/swap
-- ============================================================================
.print 'undo step 4 of 18: Let xx of a lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'v'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "v";
DROP TRIGGER IF EXISTS "a__sync_ins";
DROP TRIGGER IF EXISTS "a__sync_upd";
DROP TRIGGER IF EXISTS "a__sync_kept";
DROP TRIGGER IF EXISTS "a__sync_back";
CREATE VIEW "v" AS SELECT a.id, a.x FROM a;
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
CREATE TRIGGER "a__sync_ins" AFTER INSERT ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NULL AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NOT NULL AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_upd" AFTER UPDATE OF "x", "xx" ON "a"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'a__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('a__sync');
  UPDATE OR IGNORE "a" SET "xx" = (SELECT COALESCE(x, 'n') FROM (SELECT NEW."x" AS "x") AS "a") WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'xx', quote(NEW."x") FROM "a" WHERE "id" = NEW."id" AND NEW."x" IS NOT OLD."x" AND NEW."x" IS NOT NULL AND "a"."xx" IS NULL;
  UPDATE OR IGNORE "a" SET "x" = (SELECT "xx" FROM (SELECT NEW."xx" AS "xx") AS "a") WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NOT (NEW."x" IS NOT OLD."x");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'a__sync', 'a', quote(NEW."id"), 'x', quote(NEW."xx") FROM "a" WHERE "id" = NEW."id" AND NEW."xx" IS NOT OLD."xx" AND NOT (NEW."x" IS NOT OLD."x") AND NEW."xx" IS NOT NULL AND "a"."x" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'a__sync';
END;
CREATE TRIGGER "a__sync_kept" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."x" IS NOT OLD."x")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "x" = OLD."x" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "a__sync_back" AFTER UPDATE ON "a"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."xx" IS NOT OLD."xx")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "a" SET "xx" = OLD."xx" WHERE "id" = NEW."id";
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
.print 'undo step 4 of 18: done'

-- ============================================================================
-- Undo step 3 of 18, migrate: Convert x of a into xx
--   Id:           a.xx/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 18: Convert x of a into xx'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 18: done'

-- ============================================================================
-- Undo step 2 of 18, migrate: Keep x and xx of a equal
--   Id:           a.xx/migrate/sync
-- ============================================================================
.print 'undo step 2 of 18: Keep x and xx of a equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "a__sync_ins";
DROP TRIGGER IF EXISTS "a__sync_upd";
DROP TRIGGER IF EXISTS "a__sync_kept";
DROP TRIGGER IF EXISTS "a__sync_back";
COMMIT;
.print 'undo step 2 of 18: done'

-- ============================================================================
-- Undo step 1 of 18, expand: Add xx beside x in a
--   Id:           a.xx/expand/add-column
-- ============================================================================
.print 'undo step 1 of 18: Add xx beside x in a'
BEGIN IMMEDIATE;
ALTER TABLE "a" DROP COLUMN "xx";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 18: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
