-- Forward, every phase of migration views_exchanged
-- Two views exchange which of them reads the other
-- sqlite 3.40; strategy direct; risk medium; forgelua 0.1.0
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

-- ============================================================================
-- Step 1 of 1, switch: Change the view first
--   Id:           first/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
.print 'step 1 of 1: Change the view first'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'second' OR lower(tbl_name) = 'first'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "second";
DROP VIEW "first";
CREATE VIEW "second" AS SELECT id FROM items;
CREATE VIEW "first" AS SELECT id FROM second;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 1 of 1: done'
.print 'forward: done'
