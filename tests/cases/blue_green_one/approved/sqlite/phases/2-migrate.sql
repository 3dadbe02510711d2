-- Phase migrate, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-migrate.sql

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
-- Check: step 1 must be done before this: Create prices__new in the new shape of prices. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must be done before this: Create prices__new in the new shape of prices', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'prices__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 2 must not be done at this point: Repeat every write to prices on prices__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must not be done at this point: Repeat every write to prices on prices__new', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'prices__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column prices.amount. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column prices.amount', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('prices') WHERE name = 'amount' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 2 of 9, migrate: Repeat every write to prices on prices__new
--   Id:           prices/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Repeat every write to prices on prices__new'
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
COMMIT;
.print 'step 2 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
