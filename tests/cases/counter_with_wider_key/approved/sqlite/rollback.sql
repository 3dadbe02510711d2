-- Rollback, every phase of migration counter_with_wider_key
-- A key that the application gave becomes wider, and is counted from then on
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

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           tickets/switch/start
-- ============================================================================
.print 'undo step 5 of 5: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Validate tickets
--   Id:           tickets/switch/validate
-- ============================================================================
.print 'undo step 4 of 5: Validate tickets'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Change how values are generated for tickets.id
--   Id:           tickets.id/switch/identity
-- ============================================================================
.print 'undo step 3 of 5: Change how values are generated for tickets.id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('tickets') OR lower(f."table") IN ('tickets'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'tickets');
CREATE TABLE "tickets__rebuild" (
  "id" integer PRIMARY KEY,
  "a" integer
);
INSERT INTO "tickets__rebuild" ("id", "a")
  SELECT "id", "a" FROM "tickets";
DROP TABLE "tickets";
ALTER TABLE "tickets__rebuild" RENAME TO "tickets";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('tickets') OR lower(f."table") IN ('tickets'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Back up tickets
--   Id:           tickets/switch/backup
-- ============================================================================
.print 'undo step 2 of 5: Back up tickets'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes tickets
--   Id:           tickets/switch/stop
-- ============================================================================
.print 'undo step 1 of 5: Stop every application that writes tickets'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 1 of 5: done'
.print 'rollback: done'
