-- Forward, every phase of migration add_foreign_key_small
-- Orders belong to users, on small tables
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
CREATE TEMP TABLE forgelua_guard (title text, expected text, actual text);
CREATE TEMP TRIGGER forgelua_guard_stops BEFORE DELETE ON forgelua_guard WHEN OLD.actual IS NOT OLD.expected
BEGIN
  SELECT RAISE(ABORT, 'check failed: the line printed last names it');
END;

-- ============================================================================
-- Step 1 of 5, switch: Stop every application that writes orders
--   Id:           orders/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
.print 'step 1 of 5: Stop every application that writes orders'
-- Nothing to run in the database.
.print 'step 1 of 5: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes orders.

-- ============================================================================
-- Step 2 of 5, switch: Back up orders
--   Id:           orders/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 5: Back up orders'
-- Nothing to run in the database.
.print 'step 2 of 5: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM "orders".

-- ============================================================================
-- Step 3 of 5, switch: Add the foreign key orders_user_fk on orders
--   Id:           orders.orders_user_fk/switch/add-foreign-key
--   Why:          the new schema promises it
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 3 of 5: Add the foreign key orders_user_fk on orders'
-- Check: no row of orders points at a missing row of users. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of orders points at a missing row of users', '0', CAST((SELECT COUNT(*) FROM "orders" AS child_row WHERE child_row."user_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "users" AS parent_row WHERE parent_row."id" = child_row."user_id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('orders') AND lower(m.name) NOT IN ('orders')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'orders');
CREATE TABLE "orders__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "user_id" bigint CONSTRAINT "orders_user_fk" REFERENCES "users" ("id")
);
INSERT INTO "orders__rebuild" (rowid, "id", "user_id")
  SELECT rowid, "id", "user_id" FROM "orders";
DROP TABLE "orders";
ALTER TABLE "orders__rebuild" RENAME TO "orders";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE INDEX "orders_user_idx" ON "orders" ("user_id");
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('orders') OR lower(f."table") IN ('orders'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 3 of 5: done'

-- ============================================================================
-- Step 4 of 5, switch: Validate orders
--   Id:           orders/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 5: Validate orders'
-- Nothing to run in the database.
.print 'step 4 of 5: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 5 of 5, switch: Start the new application
--   Id:           orders/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 5 of 5: Start the new application'
-- Nothing to run in the database.
.print 'step 5 of 5: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
