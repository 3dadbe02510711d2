-- Rollback, every phase of migration views_exchanged
-- Two views exchange which of them reads the other
-- sqlite 3.40; strategy direct; risk medium; forgelua 0.1.0
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

-- ============================================================================
-- Undo step 1 of 1, switch: Change the view first
--   Id:           first/switch/alter-view
-- ============================================================================
.print 'undo step 1 of 1: Change the view first'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'first' OR lower(tbl_name) = 'second'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "first";
DROP VIEW "second";
CREATE VIEW "first" AS SELECT id FROM items;
CREATE VIEW "second" AS SELECT id FROM first;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 1 of 1: done'
.print 'rollback: done'
