-- Rollback, every phase of migration letters
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
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
-- Undo step 3 of 3, switch: Rename the index users_AGE to users_age
--   Id:           users.users_age/switch/rename
-- ============================================================================
.print 'undo step 3 of 3: Rename the index users_AGE to users_age'
BEGIN IMMEDIATE;
DROP INDEX "users_age";
CREATE INDEX "users_AGE" ON "users" ("age");
COMMIT;
.print 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Rename users.Age to age
--   Id:           users.Age/switch/rename
-- ============================================================================
.print 'undo step 2 of 3: Rename users.Age to age'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'adults' OR lower(tbl_name) = 'oldest'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "oldest";
DROP VIEW "adults";
ALTER TABLE "users" RENAME COLUMN "age" TO Age;
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
.print 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Rename users.EMail to email
--   Id:           users.EMail/switch/rename
-- ============================================================================
.print 'undo step 1 of 3: Rename users.EMail to email'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'adults' OR lower(tbl_name) = 'oldest'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP VIEW "oldest";
DROP VIEW "adults";
ALTER TABLE "users" RENAME COLUMN "email" TO EMail;
CREATE VIEW "adults" AS SELECT id, EMail FROM users WHERE Age > 17;
CREATE VIEW "oldest" AS SELECT id FROM adults;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 1 of 3: done'
.print 'rollback: done'
