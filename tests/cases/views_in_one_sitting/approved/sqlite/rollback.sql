-- Rollback, every phase of migration sitting
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
-- Check: step 4 must be done before this: Rename items.a to aa. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must be done before this: Rename items.a to aa', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'aa') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column items.aa. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column items.aa', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'aa' AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 6 of 6, switch: Start the new application
--   Id:           items/switch/start
-- ============================================================================
.print 'undo step 6 of 6: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 6: done'

-- ============================================================================
-- Undo step 5 of 6, switch: Validate items
--   Id:           items/switch/validate
-- ============================================================================
.print 'undo step 5 of 6: Validate items'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 6: done'

-- ============================================================================
-- Undo step 4 of 6, switch: Rename items.a to aa
--   Id:           items.a/switch/rename
-- ============================================================================
.print 'undo step 4 of 6: Rename items.a to aa'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'plain' OR lower(tbl_name) = 'above'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "above";
DROP VIEW "plain";
ALTER TABLE "items" RENAME COLUMN "aa" TO a;
CREATE VIEW "plain" AS SELECT a, b FROM items;
CREATE VIEW "above" AS SELECT a FROM plain;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 6: done'

-- ============================================================================
-- Undo step 3 of 6, switch: Change the type of items.a
--   Id:           items.a/switch/type
-- ============================================================================
.print 'undo step 3 of 6: Change the type of items.a'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "a" integer,
  "b" integer
);
INSERT INTO "items__rebuild" (rowid, "id", "a", "b")
  SELECT rowid, "id", "a", "b" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 3 of 6: done'

-- ============================================================================
-- Undo step 2 of 6, switch: Back up items
--   Id:           items/switch/backup
-- ============================================================================
.print 'undo step 2 of 6: Back up items'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 2 of 6: done'

-- ============================================================================
-- Undo step 1 of 6, switch: Stop every application that writes items
--   Id:           items/switch/stop
-- ============================================================================
.print 'undo step 1 of 6: Stop every application that writes items'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 1 of 6: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
