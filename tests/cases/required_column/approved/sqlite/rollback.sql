-- Rollback, every phase of migration required_column
-- A column that every row must have and nobody gives a value: only a table without rows can take it
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

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 2 must be done before this: Change the type of parts.name; Change the type of parts.weight; Add parts.code; Add parts.made_on; Add parts.owner. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Change the type of parts.name; Change the type of parts.weight; Add parts.code; Add parts.made_on; Add parts.owner', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('parts') WHERE name = 'name' COLLATE NOCASE AND lower(type) = 'varchar(60)' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 3 of 3, switch: Add the unique constraint (code) on parts; Add the foreign key (owner) on parts
--   Id:           parts/switch/rewrite-once
-- ============================================================================
.print 'undo step 3 of 3: Add the unique constraint (code) on parts; Add the foreign key (owner) on parts'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts') OR lower(f."table") IN ('parts'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'parts');
CREATE TABLE "parts__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(60) NOT NULL,
  "weight" bigint,
  "code" varchar(20) NOT NULL,
  "made_on" date NOT NULL,
  "owner" integer NOT NULL
);
INSERT INTO "parts__rebuild" ("id", "name", "weight", "code", "made_on", "owner")
  SELECT "id", "name", "weight", "code", "made_on", "owner" FROM "parts";
DROP TABLE "parts";
ALTER TABLE "parts__rebuild" RENAME TO "parts";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts') OR lower(f."table") IN ('parts'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, expand: Change the type of parts.name; Change the type of parts.weight; Add parts.code; Add parts.made_on; Add parts.owner
--   Id:           parts/expand/rewrite-once
-- ============================================================================
.print 'undo step 2 of 3: Change the type of parts.name; Change the type of parts.weight; Add parts.code; Add parts.made_on; Add parts.owner'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts') OR lower(f."table") IN ('parts'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'parts');
CREATE TABLE "parts__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(40) NOT NULL,
  "weight" integer
);
INSERT INTO "parts__rebuild" ("id", "name", "weight")
  SELECT "id", "name", "weight" FROM "parts";
DROP TABLE "parts";
ALTER TABLE "parts__rebuild" RENAME TO "parts";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts') OR lower(f."table") IN ('parts'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, expand: Add owners.note
--   Id:           owners.note/expand/add-column
-- ============================================================================
.print 'undo step 1 of 3: Add owners.note'
BEGIN IMMEDIATE;
ALTER TABLE "owners" DROP COLUMN "note";
COMMIT;
.print 'undo step 1 of 3: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
