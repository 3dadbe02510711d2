-- Forward, every phase of migration blue_green_set
-- Two tables flip together
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Create carts__new in the new shape of carts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create carts__new in the new shape of carts', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'carts__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column carts.id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column carts.id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('carts') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Create carts__new in the new shape of carts
--   Id:           carts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 15: Create carts__new in the new shape of carts'
BEGIN IMMEDIATE;
CREATE TABLE "carts__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "owner" varchar(20)
);
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Create entries__new in the new shape of entries
--   Id:           entries/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 15: Create entries__new in the new shape of entries'
BEGIN IMMEDIATE;
CREATE TABLE "entries__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "cart" bigint NOT NULL
);
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Repeat every write to carts on carts__new
--   Id:           carts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 15: Repeat every write to carts on carts__new'
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
CREATE TRIGGER "carts__sync_ins" AFTER INSERT ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__new');
  UPDATE OR IGNORE "carts__new" SET ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "carts__new" ("id", "owner") SELECT "id", "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts" WHERE NOT EXISTS (SELECT 1 FROM "carts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'carts__sync', 'carts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "carts__new" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2 FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2) AND EXISTS (SELECT 1 FROM "carts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__new';
END;
CREATE TRIGGER "carts__sync_upd" AFTER UPDATE ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__new');
  DELETE FROM "carts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "carts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "carts__new" SET ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "carts__new" SET "id" = NEW."id", ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "carts__new" WHERE "id" IS NEW."id");
  DELETE FROM "carts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "carts__new" ("id", "owner") SELECT "id", "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts" WHERE NOT EXISTS (SELECT 1 FROM "carts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'carts__sync', 'carts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "carts__new" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2 FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2) AND EXISTS (SELECT 1 FROM "carts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__new';
END;
CREATE TRIGGER "carts__sync_del" AFTER DELETE ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__new');
  DELETE FROM "carts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__new';
END;
COMMIT;
.print 'step 3 of 15: done'

-- ============================================================================
-- Step 4 of 15, migrate: Copy the rows of carts into carts__new
--   Id:           carts/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 15: Copy the rows of carts into carts__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('carts/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'carts/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'carts/migrate/copy'), (SELECT min("id") - 1 FROM "carts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "carts" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "carts__new" ("id", "owner") SELECT "id", "owner" FROM "carts" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "carts__new" AS forgelua_t WHERE forgelua_t."id" = "carts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''carts/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'carts/migrate/copy';
.print 'step 4 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "owner" AS "owner" FROM "carts") AS source WHERE NOT EXISTS (SELECT 1 FROM "carts__new" AS copied WHERE copied."id" = source."id" AND (copied."owner" = source."owner" OR (copied."owner" IS NULL AND source."owner" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Repeat every write to entries on entries__new
--   Id:           entries/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 15: Repeat every write to entries on entries__new'
-- Check: no row of entries points at a missing row of carts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of entries points at a missing row of carts', '0', CAST((SELECT COUNT(*) FROM (SELECT "cart" AS "cart" FROM "entries") AS child_row WHERE child_row."cart" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "carts") AS parent_row WHERE parent_row."id" = child_row."cart")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
CREATE TRIGGER "entries__sync_ins" AFTER INSERT ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__new');
  UPDATE OR IGNORE "entries__new" SET ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "entries__new" ("id", "cart") SELECT "id", "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries" WHERE NOT EXISTS (SELECT 1 FROM "entries__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'entries__sync', 'entries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "entries__new" AS forgelua_t, (SELECT "id" AS v1, "cart" AS v2 FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."cart" IS s.v2) AND EXISTS (SELECT 1 FROM "entries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__new';
END;
CREATE TRIGGER "entries__sync_upd" AFTER UPDATE ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__new');
  DELETE FROM "entries__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "entries__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "entries__new" SET ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "entries__new" SET "id" = NEW."id", ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "entries__new" WHERE "id" IS NEW."id");
  DELETE FROM "entries__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "entries__new" ("id", "cart") SELECT "id", "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries" WHERE NOT EXISTS (SELECT 1 FROM "entries__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'entries__sync', 'entries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "entries__new" AS forgelua_t, (SELECT "id" AS v1, "cart" AS v2 FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."cart" IS s.v2) AND EXISTS (SELECT 1 FROM "entries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__new';
END;
CREATE TRIGGER "entries__sync_del" AFTER DELETE ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__new');
  DELETE FROM "entries__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__new';
END;
COMMIT;
.print 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, migrate: Copy the rows of entries into entries__new
--   Id:           entries/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 15: Copy the rows of entries into entries__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('entries/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'entries/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'entries/migrate/copy'), (SELECT min(rowid) - 1 FROM "entries"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "entries" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "entries__new" ("id", "cart") SELECT "id", "cart" FROM "entries" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "entries__new" AS forgelua_t WHERE forgelua_t."id" = "entries"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''entries/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'entries/migrate/copy';
.print 'step 6 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "cart" AS "cart" FROM "entries") AS source WHERE NOT EXISTS (SELECT 1 FROM "entries__new" AS copied WHERE copied."id" = source."id" AND (copied."cart" = source."cart" OR (copied."cart" IS NULL AND source."cart" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Add the foreign key entries_cart_fk on entries__new
--   Id:           entries__new.entries_cart_fk/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 7 of 15: Add the foreign key entries_cart_fk on entries__new'
-- Check: step 6 has come to its end: Copy the rows of entries into entries__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of entries into entries__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'entries/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of entries stands in forgelua_sync_errors (mend it in entries, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of entries stands in forgelua_sync_errors (mend it in entries, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'entries__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Copy the rows of carts into carts__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of carts into carts__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'carts/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of carts stands in forgelua_sync_errors (mend it in carts, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of carts stands in forgelua_sync_errors (mend it in carts, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'carts__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of entries__new points at a missing row of carts__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of entries__new points at a missing row of carts__new', '0', CAST((SELECT COUNT(*) FROM "entries__new" AS child_row WHERE child_row."cart" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "carts__new" AS parent_row WHERE parent_row."id" = child_row."cart")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('entries__new') AND lower(m.name) NOT IN ('entries__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'entries__new');
CREATE TABLE "entries__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "cart" bigint NOT NULL CONSTRAINT "entries_cart_fk" REFERENCES "carts__new" ("id")
);
INSERT INTO "entries__new__rebuild" (rowid, "id", "cart")
  SELECT rowid, "id", "cart" FROM "entries__new";
DROP TABLE "entries__new";
ALTER TABLE "entries__new__rebuild" RENAME TO "entries__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('entries__new') OR lower(f."table") IN ('entries__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'

-- ============================================================================
-- Step 8 of 15, switch: Test the second set of carts, entries before the flip
--   Id:           carts, entries/switch/verify-green
--   Why:          the new application is run against the second set while the first one serves
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 15: Test the second set of carts, entries before the flip'
-- Check: every row of carts has an equal one in carts__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of carts has an equal one in carts__new', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "owner" AS "owner" FROM "carts") AS source WHERE NOT EXISTS (SELECT 1 FROM "carts__new" AS copied WHERE copied."id" = source."id" AND (copied."owner" = source."owner" OR (copied."owner" IS NULL AND source."owner" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: carts and carts__new have equally many rows. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('carts and carts__new have equally many rows', '0', CAST((SELECT (SELECT COUNT(*) FROM "carts") - (SELECT COUNT(*) FROM "carts__new")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: every row of entries has an equal one in entries__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row of entries has an equal one in entries__new', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "cart" AS "cart" FROM "entries") AS source WHERE NOT EXISTS (SELECT 1 FROM "entries__new" AS copied WHERE copied."id" = source."id" AND (copied."cart" = source."cart" OR (copied."cart" IS NULL AND source."cart" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: entries and entries__new have equally many rows. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('entries and entries__new have equally many rows', '0', CAST((SELECT (SELECT COUNT(*) FROM "entries") - (SELECT COUNT(*) FROM "entries__new")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Nothing to run in the database.
.print 'step 8 of 15: done'
-- Application: Run the new application's read tests against carts__new, entries__new; do not write there.

-- ============================================================================
-- Step 9 of 15, switch: Flip carts, entries to their copies, together
--   Id:           carts, entries/switch/flip
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 9 of 15: Flip carts, entries to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'carts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]carts[^a-z0-9_]*' OR lower(tbl_name) = 'entries' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]entries[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "carts__sync_ins";
DROP TRIGGER IF EXISTS "carts__sync_upd";
DROP TRIGGER IF EXISTS "carts__sync_del";
DROP TRIGGER IF EXISTS "entries__sync_ins";
DROP TRIGGER IF EXISTS "entries__sync_upd";
DROP TRIGGER IF EXISTS "entries__sync_del";
ALTER TABLE "carts" RENAME TO "carts__old";
ALTER TABLE "carts__new" RENAME TO "carts";
ALTER TABLE "entries" RENAME TO "entries__old";
ALTER TABLE "entries__new" RENAME TO "entries";
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
CREATE TRIGGER "carts__sync_ins" AFTER INSERT ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__old');
  UPDATE OR IGNORE "carts__old" SET ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "carts__old" ("id", "owner") SELECT "id", "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts" WHERE NOT EXISTS (SELECT 1 FROM "carts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'carts__sync', 'carts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "carts__old" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2 FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2) AND EXISTS (SELECT 1 FROM "carts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__old';
END;
CREATE TRIGGER "carts__sync_upd" AFTER UPDATE ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__old');
  DELETE FROM "carts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "carts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "carts__old" SET ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "carts__old" SET "id" = NEW."id", ("owner") = (SELECT "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "carts__old" WHERE "id" IS NEW."id");
  DELETE FROM "carts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "carts__old" ("id", "owner") SELECT "id", "owner" FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts" WHERE NOT EXISTS (SELECT 1 FROM "carts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'carts__sync', 'carts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "carts__old" AS forgelua_t, (SELECT "id" AS v1, "owner" AS v2 FROM (SELECT "id", "owner" FROM "carts" WHERE "id" IS NEW."id") AS "carts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."owner" IS s.v2) AND EXISTS (SELECT 1 FROM "carts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__old';
END;
CREATE TRIGGER "carts__sync_del" AFTER DELETE ON "carts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'carts|carts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('carts|carts__old');
  DELETE FROM "carts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "carts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'carts|carts__old';
END;
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
CREATE TRIGGER "entries__sync_ins" AFTER INSERT ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__old');
  UPDATE OR IGNORE "entries__old" SET ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "entries__old" ("id", "cart") SELECT "id", "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries" WHERE NOT EXISTS (SELECT 1 FROM "entries__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'entries__sync', 'entries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "entries__old" AS forgelua_t, (SELECT "id" AS v1, "cart" AS v2 FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."cart" IS s.v2) AND EXISTS (SELECT 1 FROM "entries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__old';
END;
CREATE TRIGGER "entries__sync_upd" AFTER UPDATE ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__old');
  DELETE FROM "entries__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "entries__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "entries__old" SET ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "entries__old" SET "id" = NEW."id", ("cart") = (SELECT "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "entries__old" WHERE "id" IS NEW."id");
  DELETE FROM "entries__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "entries__old" ("id", "cart") SELECT "id", "cart" FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries" WHERE NOT EXISTS (SELECT 1 FROM "entries__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'entries__sync', 'entries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "entries__old" AS forgelua_t, (SELECT "id" AS v1, "cart" AS v2 FROM (SELECT "id", "cart" FROM "entries" WHERE "id" IS NEW."id") AS "entries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."cart" IS s.v2) AND EXISTS (SELECT 1 FROM "entries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__old';
END;
CREATE TRIGGER "entries__sync_del" AFTER DELETE ON "entries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'entries|entries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('entries|entries__old');
  DELETE FROM "entries__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "entries" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'entries|entries__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"carts__new"', '"carts"') WHERE type = 'table' AND instr(sql, '"carts__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"entries__new"', '"entries"') WHERE type = 'table' AND instr(sql, '"entries__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 9 of 15: done'
-- Application: Deploy the application that uses carts, entries as the new schema has it.

-- ============================================================================
-- Step 10 of 15, contract: From here the way back copies entries into entries__old again
--   Id:           entries/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: From here the way back copies entries into entries__old again'
-- Nothing to run in the database.
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: From here the way back copies carts into carts__old again
--   Id:           carts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 15: From here the way back copies carts into carts__old again'
-- Nothing to run in the database.
.print 'step 11 of 15: done'

-- ============================================================================
-- Step 12 of 15, contract: Stop repeating writes to carts on carts__old
--   Id:           carts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: Stop repeating writes to carts on carts__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "carts__sync_ins";
DROP TRIGGER IF EXISTS "carts__sync_upd";
DROP TRIGGER IF EXISTS "carts__sync_del";
COMMIT;
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop repeating writes to entries on entries__old
--   Id:           entries/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 15: Stop repeating writes to entries on entries__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "entries__sync_ins";
DROP TRIGGER IF EXISTS "entries__sync_upd";
DROP TRIGGER IF EXISTS "entries__sync_del";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop carts__old, entries__old
--   Id:           carts, entries/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop carts__old, entries__old'
BEGIN IMMEDIATE;
DROP TABLE "entries__old";
DROP TABLE "carts__old";
COMMIT;
.print 'step 14 of 15: done'

-- ============================================================================
-- Step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 15 of 15: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 15 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
