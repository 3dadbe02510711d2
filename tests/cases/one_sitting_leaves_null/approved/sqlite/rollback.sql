-- Rollback, every phase of migration one_sitting_leaves_null
-- In one sitting, a column is filled whose expression gives nothing for some rows
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
-- Check: step 6 must be done before this: Make books.words NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must be done before this: Make books.words NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('books') WHERE name = 'words' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 must be done before this: Add the columns of books that are to be filled. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must be done before this: Add the columns of books that are to be filled', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('books') WHERE name = 'label' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
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
-- Undo step 8 of 9, switch: Start the new application
--   Id:           books/switch/start
-- ============================================================================
.print 'undo step 8 of 9: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, switch: Validate books
--   Id:           books/switch/validate
-- ============================================================================
.print 'undo step 7 of 9: Validate books'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, switch: Make books.words NOT NULL
--   Id:           books.words/switch/not-null
-- ============================================================================
.print 'undo step 6 of 9: Make books.words NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('books') OR lower(f."table") IN ('books'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'books');
CREATE TABLE "books__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(60),
  "label" varchar(80),
  "words" integer
);
INSERT INTO "books__rebuild" (rowid, "id", "name", "label", "words")
  SELECT rowid, "id", "name", "label", "words" FROM "books";
DROP TABLE "books";
ALTER TABLE "books__rebuild" RENAME TO "books";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('books') OR lower(f."table") IN ('books'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Rename books.title to name
--   Id:           books.title/switch/rename
-- ============================================================================
.print 'undo step 5 of 9: Rename books.title to name'
BEGIN IMMEDIATE;
ALTER TABLE "books" RENAME COLUMN "name" TO title;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Fill them
--   Id:           books/switch/fill
-- ============================================================================
.print 'undo step 4 of 9: Fill them'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, switch: Add the columns of books that are to be filled
--   Id:           books/switch/add-columns
-- ============================================================================
.print 'undo step 3 of 9: Add the columns of books that are to be filled'
BEGIN IMMEDIATE;
ALTER TABLE "books" DROP COLUMN "words";
ALTER TABLE "books" DROP COLUMN "label";
COMMIT;
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, switch: Back up books
--   Id:           books/switch/backup
-- ============================================================================
.print 'undo step 2 of 9: Back up books'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, switch: Stop every application that writes books
--   Id:           books/switch/stop
-- ============================================================================
.print 'undo step 1 of 9: Stop every application that writes books'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
