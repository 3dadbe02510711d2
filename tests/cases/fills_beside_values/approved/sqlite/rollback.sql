-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.name: the way back leaves the values that the backfill gave them.
-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.size: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration fills_beside_values
-- What stands in one column stays where another one of the row is filled
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 8 must be done before this: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('goods') WHERE name = 'name' COLLATE NOCASE AND lower(type) = 'varchar(20)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 8 of 9, contract: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL
--   Id:           goods/contract/rewrite-once
-- ============================================================================
.print 'undo step 8 of 9: Make goods.name NOT NULL; Make goods.size NOT NULL; Make goods.stars NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('goods') OR lower(f."table") IN ('goods'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'goods');
CREATE TABLE "goods__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(20),
  "size" integer,
  "note" varchar(20),
  "stars" integer,
  "kind" varchar(20)
);
INSERT INTO "goods__rebuild" ("id", "name", "size", "note", "stars", "kind")
  SELECT "id", "name", "size", "note", "stars", "kind" FROM "goods";
DROP TABLE "goods";
ALTER TABLE "goods__rebuild" RENAME TO "goods";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('goods') OR lower(f."table") IN ('goods'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Drop the trigger that filled name, size, stars, kind of goods
--   Id:           goods.name/contract/stop-filling
-- ============================================================================
.print 'undo step 7 of 9: Drop the trigger that filled name, size, stars, kind of goods'
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
CREATE TRIGGER "goods__sync_ins" AFTER INSERT ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods__sync');
  UPDATE OR IGNORE "goods" SET "name" = ('none') WHERE "id" = NEW."id" AND "name" IS NULL;
  UPDATE OR IGNORE "goods" SET "size" = (77) WHERE "id" = NEW."id" AND "size" IS NULL;
  UPDATE OR IGNORE "goods" SET "stars" = (5) WHERE "id" = NEW."id" AND "stars" IS NULL;
  UPDATE OR IGNORE "goods" SET "kind" = (note) WHERE "id" = NEW."id" AND "kind" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'goods__sync';
END;
CREATE TRIGGER "goods__sync_upd" AFTER UPDATE ON "goods"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'goods__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('goods__sync');
  UPDATE OR IGNORE "goods" SET "name" = ('none') WHERE "id" = NEW."id" AND "name" IS NULL;
  UPDATE OR IGNORE "goods" SET "size" = (77) WHERE "id" = NEW."id" AND "size" IS NULL;
  UPDATE OR IGNORE "goods" SET "stars" = (5) WHERE "id" = NEW."id" AND "stars" IS NULL;
  UPDATE OR IGNORE "goods" SET "kind" = (note) WHERE "id" = NEW."id" AND ("kind" IS NULL OR (NEW."note" IS NOT OLD."note") AND NOT (NEW."kind" IS NOT OLD."kind") AND OLD."kind" IS (SELECT note FROM (SELECT OLD."note" AS "note") AS "goods"));
  DELETE FROM forgelua_marker WHERE name = 'goods__sync';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, migrate: Backfill kind of goods
--   Id:           goods.kind/migrate/backfill
-- ============================================================================
.print 'undo step 6 of 9: Backfill kind of goods'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, migrate: Backfill stars of goods
--   Id:           goods.stars/migrate/backfill
-- ============================================================================
.print 'undo step 5 of 9: Backfill stars of goods'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, migrate: Backfill size of goods
--   Id:           goods.size/migrate/backfill
--   Loses:        the NULLs of goods.size: the way back leaves the values that the backfill gave them
-- ============================================================================
.print 'undo step 4 of 9: Backfill size of goods'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Backfill name of goods
--   Id:           goods.name/migrate/backfill
--   Loses:        the NULLs of goods.name: the way back leaves the values that the backfill gave them
-- ============================================================================
.print 'undo step 3 of 9: Backfill name of goods'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep name, size, stars, kind of goods filled for new rows
--   Id:           goods.name/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 9: Keep name, size, stars, kind of goods filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "goods__sync_ins";
DROP TRIGGER IF EXISTS "goods__sync_upd";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Add stars, kind to goods, empty and not insisting
--   Id:           goods.stars/expand/add-column
-- ============================================================================
.print 'undo step 1 of 9: Add stars, kind to goods, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "goods" DROP COLUMN "kind";
ALTER TABLE "goods" DROP COLUMN "stars";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
