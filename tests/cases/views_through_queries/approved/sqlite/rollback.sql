-- Rollback, every phase of migration views_through_queries
-- A column gets another name and type under views that read it, and one of its name, through queries of their own
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Drop the old column name of books. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Drop the old column name of books', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('books') WHERE name = 'name' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
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
-- Undo step 7 of 8, contract: Drop the old column name of books
--   Id:           books.title/contract/drop-old
-- ============================================================================
.print 'undo step 7 of 8: Drop the old column name of books'
BEGIN IMMEDIATE;
ALTER TABLE "books" ADD COLUMN "name" varchar(9);
COMMIT;
.print 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping name and title of books equal
--   Id:           books.title/contract/stop-sync
-- ============================================================================
.print 'undo step 6 of 8: Stop keeping name and title of books equal'
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
CREATE TRIGGER "books__sync_ins" AFTER INSERT ON "books"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'books__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('books__sync');
  UPDATE OR IGNORE "books" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "books") WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'title', quote(NEW."name") FROM "books" WHERE "id" = NEW."id" AND NEW."name" IS NOT NULL AND NEW."name" IS NOT NULL AND "books"."title" IS NULL;
  UPDATE OR IGNORE "books" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "books") WHERE "id" = NEW."id" AND NEW."name" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'name', quote(NEW."title") FROM "books" WHERE "id" = NEW."id" AND NEW."name" IS NULL AND NEW."title" IS NOT NULL AND "books"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'books__sync';
END;
CREATE TRIGGER "books__sync_upd" AFTER UPDATE OF "name", "title" ON "books"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'books__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('books__sync');
  UPDATE OR IGNORE "books" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "books") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'title', quote(NEW."name") FROM "books" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NOT (NEW."title" IS NOT OLD."title") AND NEW."name" IS NOT NULL AND "books"."title" IS NULL;
  UPDATE OR IGNORE "books" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "books") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'name', quote(NEW."title") FROM "books" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NEW."title" IS NOT NULL AND "books"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'books__sync';
END;
CREATE TRIGGER "books__sync_kept" AFTER UPDATE ON "books"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "books" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "books__sync_back" AFTER UPDATE ON "books"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "books" SET "title" = OLD."title" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes name of books again
--   Id:           books.title/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 5 of 8: From here the way back computes name of books again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('books.title/contract/point-of-return/back', (SELECT count(*) FROM "books"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'books.title/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'books.title/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "books"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "books" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "books" SET "name" = ("title") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("name") = ("title") OR (("name") IS NULL AND ("title") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''books.title/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'books.title/contract/point-of-return/back';
.print 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Let title of books lead
--   Id:           books.title/switch/swap
-- ============================================================================
.print 'undo step 4 of 8: Let title of books lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'named' OR lower(tbl_name) = 'known' OR lower(tbl_name) = 'inner_names' OR lower(tbl_name) = 'bare_names'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "bare_names";
DROP VIEW "inner_names";
DROP VIEW "known";
DROP VIEW "named";
DROP TRIGGER IF EXISTS "books__sync_ins";
DROP TRIGGER IF EXISTS "books__sync_upd";
DROP TRIGGER IF EXISTS "books__sync_kept";
DROP TRIGGER IF EXISTS "books__sync_back";
CREATE VIEW "named" AS WITH o AS (SELECT id, name FROM owners) SELECT b.id, b.name AS book, o.name AS owner FROM books b JOIN o ON o.id = b.owner;
CREATE VIEW "known" AS WITH o AS (SELECT name FROM owners) SELECT id FROM books WHERE name IN (SELECT name FROM o);
CREATE VIEW "inner_names" AS SELECT x.name AS label FROM (SELECT id, name FROM books) x WHERE x.name <> '';
CREATE VIEW "bare_names" AS WITH x AS (SELECT id, name FROM books) SELECT name AS label FROM x;
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
CREATE TRIGGER "books__sync_ins" AFTER INSERT ON "books"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'books__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('books__sync');
  UPDATE OR IGNORE "books" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "books") WHERE "id" = NEW."id" AND NEW."title" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'title', quote(NEW."name") FROM "books" WHERE "id" = NEW."id" AND NEW."title" IS NULL AND NEW."name" IS NOT NULL AND "books"."title" IS NULL;
  UPDATE OR IGNORE "books" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "books") WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'name', quote(NEW."title") FROM "books" WHERE "id" = NEW."id" AND NEW."title" IS NOT NULL AND NEW."title" IS NOT NULL AND "books"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'books__sync';
END;
CREATE TRIGGER "books__sync_upd" AFTER UPDATE OF "name", "title" ON "books"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'books__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('books__sync');
  UPDATE OR IGNORE "books" SET "title" = (SELECT "name" FROM (SELECT NEW."name" AS "name") AS "books") WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'title', quote(NEW."name") FROM "books" WHERE "id" = NEW."id" AND NEW."name" IS NOT OLD."name" AND NEW."name" IS NOT NULL AND "books"."title" IS NULL;
  UPDATE OR IGNORE "books" SET "name" = (SELECT "title" FROM (SELECT NEW."title" AS "title") AS "books") WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'books__sync', 'books', quote(NEW."id"), 'name', quote(NEW."title") FROM "books" WHERE "id" = NEW."id" AND NEW."title" IS NOT OLD."title" AND NOT (NEW."name" IS NOT OLD."name") AND NEW."title" IS NOT NULL AND "books"."name" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'books__sync';
END;
CREATE TRIGGER "books__sync_kept" AFTER UPDATE ON "books"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."name" IS NOT OLD."name")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "books" SET "name" = OLD."name" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "books__sync_back" AFTER UPDATE ON "books"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."title" IS NOT OLD."title")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "books" SET "title" = OLD."title" WHERE "id" = NEW."id";
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
.print 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert name of books into title
--   Id:           books.title/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 8: Convert name of books into title'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep name and title of books equal
--   Id:           books.title/migrate/sync
-- ============================================================================
.print 'undo step 2 of 8: Keep name and title of books equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "books__sync_ins";
DROP TRIGGER IF EXISTS "books__sync_upd";
DROP TRIGGER IF EXISTS "books__sync_kept";
DROP TRIGGER IF EXISTS "books__sync_back";
COMMIT;
.print 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add title beside name in books
--   Id:           books.title/expand/add-column
-- ============================================================================
.print 'undo step 1 of 8: Add title beside name in books'
BEGIN IMMEDIATE;
ALTER TABLE "books" DROP COLUMN "title";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 8: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
