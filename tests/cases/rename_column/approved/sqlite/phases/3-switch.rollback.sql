-- Rollback of phase switch, schema of migration rename_column
-- The age is called years
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/3-switch.rollback.sql

.bail on
.timeout 5000
-- A name that is not there is an error: SQLite would take it in double quotes for a text, and write that into rows.
.dbconfig dqs_dml off
-- Off while tables are rebuilt, as dropping a table would otherwise delete its children; checked by validation.sql.
PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = OFF;

-- ============================================================================
-- Undo step 4 of 8, switch: Let years of users lead
--   Id:           users.years/switch/swap
-- ============================================================================
.print 'undo step 4 of 8: Let years of users lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "users__sync_ins";
DROP TRIGGER IF EXISTS "users__sync_upd";
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
CREATE TRIGGER "users__sync_ins" AFTER INSERT ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NULL AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NOT NULL AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TRIGGER "users__sync_upd" AFTER UPDATE OF "age", "years" ON "users"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'users__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('users__sync');
  UPDATE OR IGNORE "users" SET "years" = (SELECT "age" FROM (SELECT NEW."age" AS "age") AS "users") WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'years', quote(NEW."age") FROM "users" WHERE rowid = NEW.rowid AND NEW."age" IS NOT OLD."age" AND NEW."age" IS NOT NULL AND "users"."years" IS NULL;
  UPDATE OR IGNORE "users" SET "age" = (SELECT "years" FROM (SELECT NEW."years" AS "years") AS "users") WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years" AND NOT (NEW."age" IS NOT OLD."age");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'users__sync', 'users', quote(NEW.rowid), 'age', quote(NEW."years") FROM "users" WHERE rowid = NEW.rowid AND NEW."years" IS NOT OLD."years" AND NOT (NEW."age" IS NOT OLD."age") AND NEW."years" IS NOT NULL AND "users"."age" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'users__sync';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'rollback: done'
