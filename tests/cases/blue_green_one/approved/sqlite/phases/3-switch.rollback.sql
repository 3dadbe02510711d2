-- Rollback of phase switch, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/3-switch.rollback.sql

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
-- Check: step 7 must not be done at this point: Stop repeating writes to prices on prices__old. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must not be done at this point: Stop repeating writes to prices on prices__old', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'prices__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 5 of 9, switch: Swap the copy of prices in
--   Id:           prices/switch/flip
-- ============================================================================
.print 'undo step 5 of 9: Swap the copy of prices in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'prices' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]prices[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "prices__sync_ins";
DROP TRIGGER IF EXISTS "prices__sync_upd";
DROP TRIGGER IF EXISTS "prices__sync_del";
ALTER TABLE "prices" RENAME TO "prices__new";
ALTER TABLE "prices__old" RENAME TO "prices";
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
CREATE TRIGGER "prices__sync_ins" AFTER INSERT ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__new');
  UPDATE OR IGNORE "prices__new" SET ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "prices__new" ("id", "amount") SELECT "id", "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices" WHERE NOT EXISTS (SELECT 1 FROM "prices__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "prices__new" AS forgelua_t, (SELECT "id" AS v1, "amount" AS v2 FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."amount" IS s.v2) AND EXISTS (SELECT 1 FROM "prices" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__new';
END;
CREATE TRIGGER "prices__sync_upd" AFTER UPDATE ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__new');
  DELETE FROM "prices__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "prices__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "prices__new" SET ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "prices__new" SET "id" = NEW."id", ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "prices__new" WHERE "id" IS NEW."id");
  DELETE FROM "prices__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "prices__new" ("id", "amount") SELECT "id", "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices" WHERE NOT EXISTS (SELECT 1 FROM "prices__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "prices__new" AS forgelua_t, (SELECT "id" AS v1, "amount" AS v2 FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."amount" IS s.v2) AND EXISTS (SELECT 1 FROM "prices" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__new';
END;
CREATE TRIGGER "prices__sync_del" AFTER DELETE ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__new');
  DELETE FROM "prices__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"prices__old"', '"prices"') WHERE type = 'table' AND instr(sql, '"prices__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Test the second set of prices before the flip
--   Id:           prices/switch/verify-green
-- ============================================================================
.print 'undo step 4 of 9: Test the second set of prices before the flip'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
