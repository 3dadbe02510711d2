-- Rollback, every phase of migration volatile_default
-- New columns whose default or backfill gives another value each time
-- sqlite 3.40; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 6 must be done before this: Make tickets.token NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 must be done before this: Make tickets.token NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('tickets') WHERE name = 'token' COLLATE NOCASE AND lower(type) = 'varchar(60)' AND dflt_value IS '(lower(hex(randomblob(16))))' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: add_column tickets.token. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: add_column tickets.token', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('tickets') WHERE name = 'token' COLLATE NOCASE AND lower(type) = 'varchar(60)' AND dflt_value IS '(lower(hex(randomblob(16))))' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 7 of 7, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 7 of 7: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 7: done'

-- ============================================================================
-- Undo step 6 of 7, contract: Make tickets.token NOT NULL
--   Id:           tickets.token/contract/not-null
-- ============================================================================
.print 'undo step 6 of 7: Make tickets.token NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('tickets') OR lower(f."table") IN ('tickets'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'tickets');
CREATE TABLE "tickets__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "place" varchar(20),
  "token" varchar(60),
  "draw" varchar(60)
);
INSERT INTO "tickets__rebuild" (rowid, "id", "place", "token", "draw")
  SELECT rowid, "id", "place", "token", "draw" FROM "tickets";
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
.print 'undo step 6 of 7: done'

-- ============================================================================
-- Undo step 5 of 7, contract: Drop the trigger that filled token, draw of tickets
--   Id:           tickets.token/contract/stop-filling
-- ============================================================================
.print 'undo step 5 of 7: Drop the trigger that filled token, draw of tickets'
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id INTEGER PRIMARY KEY,
  sync TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT,
  column_name TEXT,
  value TEXT,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER "tickets__sync_ins" AFTER INSERT ON "tickets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'tickets__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('tickets__sync');
  UPDATE OR IGNORE "tickets" SET "token" = ((lower(hex(randomblob(16))))) WHERE rowid = NEW.rowid AND "token" IS NULL;
  UPDATE OR IGNORE "tickets" SET "draw" = (place || random()) WHERE rowid = NEW.rowid AND "draw" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'tickets__sync';
END;
CREATE TRIGGER "tickets__sync_upd" AFTER UPDATE ON "tickets"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'tickets__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('tickets__sync');
  UPDATE OR IGNORE "tickets" SET "token" = ((lower(hex(randomblob(16))))) WHERE rowid = NEW.rowid AND "token" IS NULL;
  UPDATE OR IGNORE "tickets" SET "draw" = (place || random()) WHERE rowid = NEW.rowid AND ("draw" IS NULL OR (NEW."place" IS NOT OLD."place") AND NOT (NEW."draw" IS NOT OLD."draw") AND OLD."draw" IS (SELECT place || random() FROM (SELECT OLD."place" AS "place") AS "tickets"));
  DELETE FROM forgelua_marker WHERE name = 'tickets__sync';
END;
COMMIT;
.print 'undo step 5 of 7: done'

-- ============================================================================
-- Undo step 4 of 7, migrate: Backfill draw of tickets
--   Id:           tickets.draw/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 7: Backfill draw of tickets'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 7: done'

-- ============================================================================
-- Undo step 3 of 7, migrate: Backfill token of tickets
--   Id:           tickets.token/migrate/backfill
-- ============================================================================
.print 'undo step 3 of 7: Backfill token of tickets'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 7: done'

-- ============================================================================
-- Undo step 2 of 7, migrate: Keep token, draw of tickets filled for new rows
--   Id:           tickets.token/migrate/keep-filled
-- ============================================================================
.print 'undo step 2 of 7: Keep token, draw of tickets filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "tickets__sync_ins";
DROP TRIGGER IF EXISTS "tickets__sync_upd";
COMMIT;
.print 'undo step 2 of 7: done'

-- ============================================================================
-- Undo step 1 of 7, expand: Add token, draw to tickets, empty and not insisting
--   Id:           tickets.token/expand/add-column
-- ============================================================================
.print 'undo step 1 of 7: Add token, draw to tickets, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "tickets" DROP COLUMN "draw";
ALTER TABLE "tickets" DROP COLUMN "token";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 7: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
