-- Forward, every phase of migration cascades_before_the_copy
-- A foreign key acts by itself on rows that have reached a copy before the others are copied
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Create parts__new in the new shape of parts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create parts__new in the new shape of parts', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'parts__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column parts.id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column parts.id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('parts') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 9, expand: Create parts__new in the new shape of parts
--   Id:           parts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 9: Create parts__new in the new shape of parts'
BEGIN IMMEDIATE;
CREATE TABLE "parts__new" (
  "id" bigint NOT NULL PRIMARY KEY,
  "part_of" bigint
);
COMMIT;
.print 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, migrate: Repeat every write to parts on parts__new
--   Id:           parts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 2 of 9: Repeat every write to parts on parts__new'
-- Check: no row of parts points at a missing row of parts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts points at a missing row of parts', '0', CAST((SELECT COUNT(*) FROM (SELECT "part_of" AS "part_of" FROM "parts") AS child_row WHERE child_row."part_of" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "parts") AS parent_row WHERE parent_row."id" = child_row."part_of")) AS text));
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  UPDATE OR IGNORE "parts__new" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__new" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__new" SET "id" = NEW."id", ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__new');
  DELETE FROM "parts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__new';
END;
COMMIT;
.print 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Copy the rows of parts into parts__new
--   Id:           parts/migrate/copy
--   Why:          20,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 3 of 9: Copy the rows of parts into parts__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parts/migrate/copy', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parts/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy'), (SELECT min("id") - 1 FROM "parts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "parts" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parts__new" ("id", "part_of") SELECT "id", "part_of" FROM "parts" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parts__new" AS forgelua_t WHERE forgelua_t."id" = "parts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parts/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parts/migrate/copy';
.print 'step 3 of 9: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "part_of" AS "part_of" FROM "parts") AS source WHERE NOT EXISTS (SELECT 1 FROM "parts__new" AS copied WHERE copied."id" = source."id" AND (copied."part_of" = source."part_of" OR (copied."part_of" IS NULL AND source."part_of" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 4 of 9, switch: Add the foreign key parts_part_of_fkey on parts__new
--   Id:           parts__new.parts_part_of_fkey/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 4 of 9: Add the foreign key parts_part_of_fkey on parts__new'
-- Check: step 3 has come to its end: Copy the rows of parts into parts__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 3 has come to its end: Copy the rows of parts into parts__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parts/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parts__new points at a missing row of parts__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parts__new points at a missing row of parts__new', '0', CAST((SELECT COUNT(*) FROM "parts__new" AS child_row WHERE child_row."part_of" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "parts__new" AS parent_row WHERE parent_row."id" = child_row."part_of")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('parts__new') AND lower(m.name) NOT IN ('parts__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'parts__new');
CREATE TABLE "parts__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "part_of" bigint CONSTRAINT "parts_part_of_fkey" REFERENCES "parts__new" ("id") ON DELETE SET NULL
);
INSERT INTO "parts__new__rebuild" (rowid, "id", "part_of")
  SELECT rowid, "id", "part_of" FROM "parts__new";
DROP TABLE "parts__new";
ALTER TABLE "parts__new__rebuild" RENAME TO "parts__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('parts__new') OR lower(f."table") IN ('parts__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 4 of 9: done'

-- ============================================================================
-- Step 5 of 9, switch: Swap the copy of parts in
--   Id:           parts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 5 of 9: Swap the copy of parts in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'parts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]parts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
ALTER TABLE "parts" RENAME TO "parts__old";
ALTER TABLE "parts__new" RENAME TO "parts";
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
CREATE TRIGGER "parts__sync_ins" AFTER INSERT ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  UPDATE OR IGNORE "parts__old" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "parts__old" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_upd" AFTER UPDATE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parts__old" SET ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "parts__old" SET "id" = NEW."id", ("part_of") = (SELECT "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parts__old" ("id", "part_of") SELECT "id", "part_of" FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts" WHERE NOT EXISTS (SELECT 1 FROM "parts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parts__sync', 'parts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parts__old" AS forgelua_t, (SELECT "id" AS v1, "part_of" AS v2 FROM (SELECT "id", "part_of" FROM "parts" WHERE "id" IS NEW."id") AS "parts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."part_of" IS s.v2) AND EXISTS (SELECT 1 FROM "parts" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
CREATE TRIGGER "parts__sync_del" AFTER DELETE ON "parts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parts|parts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parts|parts__old');
  DELETE FROM "parts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parts|parts__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"parts__new"', '"parts"') WHERE type = 'table' AND instr(sql, '"parts__new"') > 0;
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
-- Application: Deploy the application that uses parts as the new schema has it.

-- ============================================================================
-- Step 6 of 9, contract: From here the way back copies parts into parts__old again
--   Id:           parts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 6 of 9: From here the way back copies parts into parts__old again'
-- Nothing to run in the database.
.print 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Stop repeating writes to parts on parts__old
--   Id:           parts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 7 of 9: Stop repeating writes to parts on parts__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parts__sync_ins";
DROP TRIGGER IF EXISTS "parts__sync_upd";
DROP TRIGGER IF EXISTS "parts__sync_del";
COMMIT;
.print 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop parts__old
--   Id:           parts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 8 of 9: Drop parts__old'
BEGIN IMMEDIATE;
DROP TABLE "parts__old";
COMMIT;
.print 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 9: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 9 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
