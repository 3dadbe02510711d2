-- Phase switch, schema of migration blue_green_one
-- Prices flip in one short step
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/3-switch.sql

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
-- Check: step 2 must be done before this: Repeat every write to prices on prices__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 2 must be done before this: Repeat every write to prices on prices__new', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'prices__sync_ins' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column prices.amount. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column prices.amount', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('prices') WHERE name = 'amount' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Test the second set of prices before the flip
--   Id:           prices/switch/verify-green
--   Why:          the new application is run against the second set while the first one serves
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 9: Test the second set of prices before the flip'
-- Check: every row of prices has an equal one in prices__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of prices has an equal one in prices__new', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "amount" AS "amount" FROM "prices") AS source WHERE NOT EXISTS (SELECT 1 FROM "prices__new" AS copied WHERE copied."id" = source."id" AND (copied."amount" = source."amount" OR (copied."amount" IS NULL AND source."amount" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: prices and prices__new have equally many rows. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('prices and prices__new have equally many rows', '0', CAST((SELECT (SELECT COUNT(*) FROM "prices") - (SELECT COUNT(*) FROM "prices__new")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Nothing to run in the database.
.print 'step 4 of 9: done'
-- Application: Run the new application's read tests against prices__new; do not write there.

-- ============================================================================
-- Step 5 of 9, switch: Swap the copy of prices in
--   Id:           prices/switch/flip
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 5 of 9: Swap the copy of prices in'
-- Check: step 3 has come to its end: Copy the rows of prices into prices__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of prices into prices__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'prices/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of prices stands in forgelua_sync_errors (mend it in prices, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of prices stands in forgelua_sync_errors (mend it in prices, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'prices__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
ALTER TABLE "prices" RENAME TO "prices__old";
ALTER TABLE "prices__new" RENAME TO "prices";
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__old');
  UPDATE OR IGNORE "prices__old" SET ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "prices__old" ("id", "amount") SELECT "id", "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices" WHERE NOT EXISTS (SELECT 1 FROM "prices__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "prices__old" AS forgelua_t, (SELECT "id" AS v1, "amount" AS v2 FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."amount" IS s.v2) AND EXISTS (SELECT 1 FROM "prices" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__old';
END;
CREATE TRIGGER "prices__sync_upd" AFTER UPDATE ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__old');
  DELETE FROM "prices__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "prices__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "prices__old" SET ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "prices__old" SET "id" = NEW."id", ("amount") = (SELECT "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "prices__old" WHERE "id" IS NEW."id");
  DELETE FROM "prices__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "prices__old" ("id", "amount") SELECT "id", "amount" FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices" WHERE NOT EXISTS (SELECT 1 FROM "prices__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'prices__sync', 'prices', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "prices__old" AS forgelua_t, (SELECT "id" AS v1, "amount" AS v2 FROM (SELECT "id", "amount" FROM "prices" WHERE "id" IS NEW."id") AS "prices") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."amount" IS s.v2) AND EXISTS (SELECT 1 FROM "prices" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__old';
END;
CREATE TRIGGER "prices__sync_del" AFTER DELETE ON "prices"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'prices|prices__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('prices|prices__old');
  DELETE FROM "prices__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "prices" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'prices|prices__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"prices__new"', '"prices"') WHERE type = 'table' AND instr(sql, '"prices__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 5 of 9: done'
-- Application: Deploy the application that uses prices as the new schema has it.

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
