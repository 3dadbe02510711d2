-- Forward, every phase of migration dropped_under_checks
-- Required columns go that checks guard: on the way back they hold values that the checks accept
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — every value of items.name; every value of items.price; every value of items.high; every value of items.kind

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
-- Check: step 1 must not be done at this point: Create items__new in the new shape of items. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create items__new in the new shape of items', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'items__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: drop_column items.name. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: drop_column items.name', '0', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('items') WHERE name = 'name' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 12, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 12: Create items__new in the new shape of items'
BEGIN IMMEDIATE;
CREATE TABLE "items__new" (
  "id" integer PRIMARY KEY,
  "low" integer NOT NULL
);
COMMIT;
.print 'step 1 of 12: done'

-- ============================================================================
-- Step 2 of 12, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 12: Repeat every write to items on items__new'
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
COMMIT;
.print 'step 2 of 12: done'

-- ============================================================================
-- Step 3 of 12, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 12: Copy the rows of items into items__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('items/migrate/copy', (SELECT count(*) FROM "items"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'items/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy'), (SELECT min("id") - 1 FROM "items"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "items" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "items__new" ("id", "low") SELECT "id", "low" FROM "items" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "items__new" AS forgelua_t WHERE forgelua_t."id" = "items"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''items/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'items/migrate/copy';
.print 'step 3 of 12: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "low" AS "low" FROM "items") AS source WHERE NOT EXISTS (SELECT 1 FROM "items__new" AS copied WHERE copied."id" = source."id" AND (copied."low" = source."low" OR (copied."low" IS NULL AND source."low" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 12, switch: Allow NULL in items.price, which goes
--   Id:           items.price/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without price get a value that price_positive accepts there on the way back
-- ============================================================================
.print 'step 4 of 12: Allow NULL in items.price, which goes'
-- Check: step 3 has come to its end: Copy the rows of items into items__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of items into items__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'items/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of items stands in forgelua_sync_errors (mend it in items, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'items__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
.print 'step 4 of 12: done'

-- ============================================================================
-- Step 5 of 12, switch: Allow NULL in items.high, which goes
--   Id:           items.high/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without high get a value that ordered accepts there on the way back
-- ============================================================================
.print 'step 5 of 12: Allow NULL in items.high, which goes'
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
.print 'step 5 of 12: done'

-- ============================================================================
-- Step 6 of 12, switch: Allow NULL in items.kind, which goes
--   Id:           items.kind/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without kind get a value that known accepts there on the way back
-- ============================================================================
.print 'step 6 of 12: Allow NULL in items.kind, which goes'
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
.print 'step 6 of 12: done'

-- ============================================================================
-- Step 7 of 12, switch: Allow NULL in items.name, which goes
--   Id:           items.name/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without name get a value that name_given accepts there on the way back
-- ============================================================================
.print 'step 7 of 12: Allow NULL in items.name, which goes'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "name" varchar(8) CONSTRAINT "name_given" CHECK (name <> ''),
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
.print 'step 7 of 12: done'

-- ============================================================================
-- Step 8 of 12, switch: Swap the copy of items in
--   Id:           items/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say items.name, items.price, items.high, items.kind fail from here
--   Way back:     loses items.name of rows written after the swap; items.price of rows written after the swap; items.high of rows written after the swap; items.kind of rows written after the swap
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 12: Swap the copy of items in'
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
ALTER TABLE "items" RENAME TO "items__old";
ALTER TABLE "items__new" RENAME TO "items";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"items__new"', '"items"') WHERE type = 'table' AND instr(sql, '"items__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 12: done'
-- Application: Deploy the application that uses items as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 12, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 12: From here the way back copies items into items__old again'
-- Nothing to run in the database.
.print 'step 9 of 12: done'

-- ============================================================================
-- Step 10 of 12, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 12: Stop repeating writes to items on items__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
DROP TRIGGER IF EXISTS "items__sync_del";
COMMIT;
.print 'step 10 of 12: done'

-- ============================================================================
-- Step 11 of 12, contract: Drop items__old
--   Id:           items/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses every value of items.name: the way back cannot compute them; every value of items.price: the way back cannot compute them; every value of items.high: the way back cannot compute them; every value of items.kind: the way back cannot compute them
--   Hazards:      drop
-- ============================================================================
.print 'step 11 of 12: Drop items__old'
BEGIN IMMEDIATE;
DROP TABLE "items__old";
COMMIT;
.print 'step 11 of 12: done'

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 12: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 12 of 12: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
