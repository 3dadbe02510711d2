-- Forward, every phase of migration letters
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
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
-- Step 1 of 3, switch: Rename users.EMail to email
--   Id:           users.EMail/switch/rename
--   Why:          metadata only; the engine tells no letter case apart, so both ways of writing it go on
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; a query with a star gives the column as email from here
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 3: Rename users.EMail to email'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'adults' OR lower(tbl_name) = 'oldest'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "oldest";
DROP VIEW "adults";
ALTER TABLE "users" RENAME COLUMN "EMail" TO email;
CREATE VIEW "adults" AS SELECT id, email AS "EMail" FROM users WHERE Age > 17;
CREATE VIEW "oldest" AS SELECT id FROM adults;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 1 of 3: done'

-- ============================================================================
-- Step 2 of 3, switch: Rename users.Age to age
--   Id:           users.Age/switch/rename
--   Why:          metadata only; the engine tells no letter case apart, so both ways of writing it go on
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; a query with a star gives the column as age from here
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 3: Rename users.Age to age'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'adults' OR lower(tbl_name) = 'oldest'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "oldest";
DROP VIEW "adults";
ALTER TABLE "users" RENAME COLUMN "Age" TO age;
CREATE VIEW "adults" AS SELECT id, email FROM users WHERE age > 17;
CREATE VIEW "oldest" AS SELECT id FROM adults;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 2 of 3: done'

-- ============================================================================
-- Step 3 of 3, switch: Rename the index users_AGE to users_age
--   Id:           users.users_age/switch/rename
--   Why:          this engine cannot rename it, so it is made again under the new name
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), scans the table
--   Note:         one writer for the whole database; in WAL mode readers go on; the index is built from all rows in one transaction; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 3 of 3: Rename the index users_AGE to users_age'
BEGIN IMMEDIATE;
DROP INDEX "users_AGE";
CREATE INDEX "users_age" ON "users" ("age");
COMMIT;
.print 'step 3 of 3: done'
.print 'forward: done'
