-- WARNING: rollback is destructive — items.price data will be lost: rows written without price get a value that price_positive accepts there on the way back.
-- WARNING: rollback is destructive — items.high data will be lost: rows written without high get a value that ordered accepts there on the way back.
-- WARNING: rollback is destructive — items.kind data will be lost: rows written without kind get a value that known accepts there on the way back.
-- WARNING: rollback is destructive — items.name data will be lost: rows written without name get a value that name_given accepts there on the way back.
-- WARNING: rollback is destructive — items data will be lost: items.name of rows written after the swap; items.price of rows written after the swap; items.high of rows written after the swap; items.kind of rows written after the swap.
-- WARNING: rollback is destructive — items__old data will be lost: every value of items.name: the way back cannot compute them; every value of items.price: the way back cannot compute them; every value of items.high: the way back cannot compute them; every value of items.kind: the way back cannot compute them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration dropped_under_checks
-- Required columns go that checks guard: on the way back they hold values that the checks accept
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 11 must be done before this: Drop items__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 11 must be done before this: Drop items__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'items__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: drop_column items.name. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: drop_column items.name', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'name' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: a value of items.name can be made up that name_given accepts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('a value of items.name can be made up that name_given accepts', '0', CAST((SELECT COUNT(*) FROM "items" WHERE NOT (('' <> '')) AND NOT (('x' <> '')) AND NOT (('xxxxxxxx' <> ''))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: a value of items.kind can be made up that known accepts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('a value of items.kind can be made up that known accepts', '0', CAST((SELECT COUNT(*) FROM "items" WHERE NOT (('' IN ('small', 'large'))) AND NOT (('x' IN ('small', 'large'))) AND NOT (('xxxxxxxx' IN ('small', 'large'))) AND NOT (('small' IN ('small', 'large'))) AND NOT (('large' IN ('small', 'large')))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: a value of items.high can be made up that ordered accepts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('a value of items.high can be made up that ordered accepts', '0', CAST((SELECT COUNT(*) FROM "items" WHERE NOT ((low < 0)) AND NOT ((low < 1)) AND NOT ((low < -1)) AND NOT ((low < "low")) AND NOT ((low < ("low" + 1))) AND NOT ((low < ("low" - 1)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: a value of items.price can be made up that price_positive accepts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('a value of items.price can be made up that price_positive accepts', '0', CAST((SELECT COUNT(*) FROM "items" WHERE NOT ((0 > 0)) AND NOT ((1 > 0)) AND NOT ((-1 > 0)) AND NOT (((0 + 1) > 0)) AND NOT (((0 - 1) > 0))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 12 of 12: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 12 of 12: done'

-- ============================================================================
-- Undo step 11 of 12, contract: Drop items__old
--   Id:           items/contract/drop-old
--   Loses:        every value of items.name: the way back cannot compute them; every value of items.price: the way back cannot compute them; every value of items.high: the way back cannot compute them; every value of items.kind: the way back cannot compute them
-- ============================================================================
.print 'undo step 11 of 12: Drop items__old'
BEGIN IMMEDIATE;
CREATE TABLE "items__old" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) CONSTRAINT "name_given" CHECK (name <> ''),
  "price" integer CONSTRAINT "price_positive" CHECK (price > 0),
  "low" integer NOT NULL,
  "high" integer,
  "kind" varchar(9) CONSTRAINT "known" CHECK (kind IN ('small', 'large')),
  CONSTRAINT "ordered" CHECK (low < high)
);
COMMIT;
.print 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 12: Stop repeating writes to items on items__old'
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  UPDATE OR IGNORE "items__old" SET ("low") = (SELECT "low" FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__old" ("id", "low") SELECT "id", "low" FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "low" AS v2 FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."low" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__old" SET ("low") = (SELECT "low" FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__old" SET "id" = NEW."id", ("low") = (SELECT "low" FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__old" ("id", "low") SELECT "id", "low" FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t, (SELECT "id" AS v1, "low" AS v2 FROM (SELECT "id", "low" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."low" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__old');
  DELETE FROM "items__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__old';
END;
COMMIT;
.print 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 9 of 12: From here the way back copies items into items__old again'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/contract/point-of-return/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__old" ("id", "low") SELECT "id", "low" FROM "items" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__old" AS forgelua_t WHERE forgelua_t."id" = "items"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/contract/point-of-return/back';
.print 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, switch: Swap the copy of items in
--   Id:           items/switch/swap
--   Loses:        items.name of rows written after the swap; items.price of rows written after the swap; items.high of rows written after the swap; items.kind of rows written after the swap
-- ============================================================================
.print 'undo step 8 of 12: Swap the copy of items in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'items' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]items[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
ALTER TABLE "items" RENAME TO "items__new";
ALTER TABLE "items__old" RENAME TO "items";
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  UPDATE OR IGNORE "items__new" SET ("low") = (SELECT "low" FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "items__new" ("id", "low") SELECT "id", "low" FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "low" AS v2 FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."low" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "items__new" SET ("low") = (SELECT "low" FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "items__new" SET "id" = NEW."id", ("low") = (SELECT "low" FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "items__new" ("id", "low") SELECT "id", "low" FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items" WHERE NOT EXISTS (SELECT 1 FROM "items__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'items__sync', 'items', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t, (SELECT "id" AS v1, "low" AS v2 FROM (SELECT "id", "name", "price", "low", "high", "kind" FROM "items" WHERE "id" IS NEW."id") AS "items") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."low" IS s.v2) AND EXISTS (SELECT 1 FROM "items" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
CREATE TRIGGER "items__sync_del" AFTER DELETE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items|items__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items|items__new');
  DELETE FROM "items__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "items" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'items|items__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"items__old"', '"items"') WHERE type = 'table' AND instr(sql, '"items__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Allow NULL in items.name, which goes
--   Id:           items.name/switch/stop-insisting
--   Estimate:     unknown
--   Loses:        rows written without name get a value that name_given accepts there on the way back
-- ============================================================================
.print 'undo step 7 of 12: Allow NULL in items.name, which goes'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.name/switch/stop-insisting/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.name/switch/stop-insisting/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.name/switch/stop-insisting/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "name" = (CASE WHEN ('''' <> '''') THEN '''' WHEN (''x'' <> '''') THEN ''x'' WHEN (''xxxxxxxx'' <> '''') THEN ''xxxxxxxx'' END) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("name" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.name/switch/stop-insisting/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.name/switch/stop-insisting/back';
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) NOT NULL CONSTRAINT "name_given" CHECK (name <> ''),
  "price" integer CONSTRAINT "price_positive" CHECK (price > 0),
  "low" integer NOT NULL,
  "high" integer,
  "kind" varchar(9) CONSTRAINT "known" CHECK (kind IN ('small', 'large')),
  CONSTRAINT "ordered" CHECK (low < high)
);
INSERT INTO "items__rebuild" ("id", "name", "price", "low", "high", "kind")
  SELECT "id", "name", "price", "low", "high", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Allow NULL in items.kind, which goes
--   Id:           items.kind/switch/stop-insisting
--   Estimate:     unknown
--   Loses:        rows written without kind get a value that known accepts there on the way back
-- ============================================================================
.print 'undo step 6 of 12: Allow NULL in items.kind, which goes'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.kind/switch/stop-insisting/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.kind/switch/stop-insisting/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.kind/switch/stop-insisting/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "kind" = (CASE WHEN ('''' IN (''small'', ''large'')) THEN '''' WHEN (''x'' IN (''small'', ''large'')) THEN ''x'' WHEN (''xxxxxxxx'' IN (''small'', ''large'')) THEN ''xxxxxxxx'' WHEN (''small'' IN (''small'', ''large'')) THEN ''small'' WHEN (''large'' IN (''small'', ''large'')) THEN ''large'' END) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("kind" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.kind/switch/stop-insisting/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.kind/switch/stop-insisting/back';
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) NOT NULL CONSTRAINT "name_given" CHECK (name <> ''),
  "price" integer CONSTRAINT "price_positive" CHECK (price > 0),
  "low" integer NOT NULL,
  "high" integer,
  "kind" varchar(9) NOT NULL CONSTRAINT "known" CHECK (kind IN ('small', 'large')),
  CONSTRAINT "ordered" CHECK (low < high)
);
INSERT INTO "items__rebuild" ("id", "name", "price", "low", "high", "kind")
  SELECT "id", "name", "price", "low", "high", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Allow NULL in items.high, which goes
--   Id:           items.high/switch/stop-insisting
--   Estimate:     unknown
--   Loses:        rows written without high get a value that ordered accepts there on the way back
-- ============================================================================
.print 'undo step 5 of 12: Allow NULL in items.high, which goes'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.high/switch/stop-insisting/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.high/switch/stop-insisting/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.high/switch/stop-insisting/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "high" = (CASE WHEN (low < 0) THEN 0 WHEN (low < 1) THEN 1 WHEN (low < -1) THEN -1 WHEN (low < "low") THEN "low" WHEN (low < ("low" + 1)) THEN ("low" + 1) WHEN (low < ("low" - 1)) THEN ("low" - 1) END) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("high" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.high/switch/stop-insisting/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.high/switch/stop-insisting/back';
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) NOT NULL CONSTRAINT "name_given" CHECK (name <> ''),
  "price" integer CONSTRAINT "price_positive" CHECK (price > 0),
  "low" integer NOT NULL,
  "high" integer NOT NULL,
  "kind" varchar(9) NOT NULL CONSTRAINT "known" CHECK (kind IN ('small', 'large')),
  CONSTRAINT "ordered" CHECK (low < high)
);
INSERT INTO "items__rebuild" ("id", "name", "price", "low", "high", "kind")
  SELECT "id", "name", "price", "low", "high", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, switch: Allow NULL in items.price, which goes
--   Id:           items.price/switch/stop-insisting
--   Estimate:     unknown
--   Loses:        rows written without price get a value that price_positive accepts there on the way back
-- ============================================================================
.print 'undo step 4 of 12: Allow NULL in items.price, which goes'
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  step TEXT PRIMARY KEY,
  cursor TEXT,
  rows_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  state TEXT NOT NULL DEFAULT 'running',
  started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  key_1, key_2, key_3, key_4
);
CREATE TABLE IF NOT EXISTS forgelua_marker (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items.price/switch/stop-insisting/back', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items.price/switch/stop-insisting/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items.price/switch/stop-insisting/back'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "items" SET "price" = (CASE WHEN (0 > 0) THEN 0 WHEN (1 > 0) THEN 1 WHEN (-1 > 0) THEN -1 WHEN ((0 + 1) > 0) THEN (0 + 1) WHEN ((0 - 1) > 0) THEN (0 - 1) END) WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ("price" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items.price/switch/stop-insisting/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items.price/switch/stop-insisting/back';
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) NOT NULL CONSTRAINT "name_given" CHECK (name <> ''),
  "price" integer NOT NULL CONSTRAINT "price_positive" CHECK (price > 0),
  "low" integer NOT NULL,
  "high" integer NOT NULL,
  "kind" varchar(9) NOT NULL CONSTRAINT "known" CHECK (kind IN ('small', 'large')),
  CONSTRAINT "ordered" CHECK (low < high)
);
INSERT INTO "items__rebuild" ("id", "name", "price", "low", "high", "kind")
  SELECT "id", "name", "price", "low", "high", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
.print 'undo step 3 of 12: Copy the rows of items into items__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
.print 'undo step 2 of 12: Repeat every write to items on items__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 12: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
DROP TABLE "items__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 12: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
