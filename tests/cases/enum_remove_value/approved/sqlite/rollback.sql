-- WARNING: rollback is destructive — (mood in ( 'sad' , 'ok' , 'happy' )) data will be lost: rows of users that violate (mood in ( 'sad' , 'ok' , 'happy' )): the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration enum_remove_value
-- Nobody is sad any more
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
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every row of users satisfies mood in ( 'sad' , 'ok' , 'happy' ). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of users satisfies mood in ( ''sad'' , ''ok'' , ''happy'' )', '0', CAST((SELECT COUNT(*) FROM "users" WHERE NOT (mood IN ('sad', 'ok', 'happy'))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 2 of 2, switch: Add the check (mood in ( 'ok' , 'happy' )) on users
--   Id:           users.unnamed:check:mood in ( 'ok' , 'happy' )/switch/add-check
-- ============================================================================
.print 'undo step 2 of 2: Add the check (mood in ( "ok" , "happy" )) on users'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'users');
CREATE TABLE "users__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(80) NOT NULL,
  "age" integer,
  "mood" text
);
INSERT INTO "users__rebuild" (rowid, "id", "name", "age", "mood")
  SELECT rowid, "id", "name", "age", "mood" FROM "users";
DROP TABLE "users";
ALTER TABLE "users__rebuild" RENAME TO "users";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, expand: Drop the check (mood in ( 'sad' , 'ok' , 'happy' )) on users
--   Id:           users.unnamed:check:mood in ( 'sad' , 'ok' , 'happy' )/expand/drop-check
--   Loses:        rows of users that violate (mood in ( 'sad' , 'ok' , 'happy' )): the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 1 of 2: Drop the check (mood in ( "sad" , "ok" , "happy" )) on users'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'users');
CREATE TABLE "users__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "name" varchar(80) NOT NULL,
  "age" integer,
  "mood" text CHECK (mood IN ('sad', 'ok', 'happy'))
);
INSERT INTO "users__rebuild" (rowid, "id", "name", "age", "mood")
  SELECT rowid, "id", "name", "age", "mood" FROM "users";
DROP TABLE "users";
ALTER TABLE "users__rebuild" RENAME TO "users";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('users') OR lower(f."table") IN ('users'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 1 of 2: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
