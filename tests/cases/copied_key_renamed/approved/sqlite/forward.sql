-- Forward, every phase of migration key_renamed
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
-- Check: step 1 must not be done at this point: Create countries__new in the new shape of countries. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create countries__new in the new shape of countries', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'countries__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column countries.iso. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column countries.iso', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('countries') WHERE name = 'iso' AND lower(type) = 'varchar(3)' AND dflt_value IS NULL AND "notnull" = 0 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 14, expand: Create countries__new in the new shape of countries
--   Id:           countries/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 14: Create countries__new in the new shape of countries'
BEGIN IMMEDIATE;
CREATE TABLE "countries__new" (
  "id" integer PRIMARY KEY,
  "iso" varchar(3),
  UNIQUE ("iso")
);
COMMIT;
.print 'step 1 of 14: done'

-- ============================================================================
-- Step 2 of 14, expand: Create towns__new in the new shape of towns
--   Id:           towns/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 14: Create towns__new in the new shape of towns'
BEGIN IMMEDIATE;
CREATE TABLE "towns__new" (
  "id" integer PRIMARY KEY,
  "country" varchar(3)
);
COMMIT;
.print 'step 2 of 14: done'

-- ============================================================================
-- Step 3 of 14, migrate: Repeat every write to countries on countries__new
--   Id:           countries/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 14: Repeat every write to countries on countries__new'
-- Check: no two rows of countries agree in ("iso"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of countries agree in ("iso")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "code" AS "iso" FROM "countries") AS made WHERE "iso" IS NOT NULL GROUP BY "iso" HAVING COUNT(*) > 1) AS doubled) AS text));
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
CREATE TRIGGER "countries__sync_ins" AFTER INSERT ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__new');
  UPDATE OR IGNORE "countries__new" SET ("iso") = (SELECT "code" FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "countries__new" ("id", "iso") SELECT "id", "code" FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries" WHERE NOT EXISTS (SELECT 1 FROM "countries__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'countries__sync', 'countries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "countries__new" AS forgelua_t, (SELECT "id" AS v1, "code" AS v2 FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."iso" IS s.v2) AND EXISTS (SELECT 1 FROM "countries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__new';
END;
CREATE TRIGGER "countries__sync_upd" AFTER UPDATE ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__new');
  DELETE FROM "countries__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "countries__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "countries__new" SET ("iso") = (SELECT "code" FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "countries__new" SET "id" = NEW."id", ("iso") = (SELECT "code" FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "countries__new" WHERE "id" IS NEW."id");
  DELETE FROM "countries__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "countries__new" ("id", "iso") SELECT "id", "code" FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries" WHERE NOT EXISTS (SELECT 1 FROM "countries__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'countries__sync', 'countries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "countries__new" AS forgelua_t, (SELECT "id" AS v1, "code" AS v2 FROM (SELECT "id", "code" FROM "countries" WHERE "id" IS NEW."id") AS "countries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."iso" IS s.v2) AND EXISTS (SELECT 1 FROM "countries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__new';
END;
CREATE TRIGGER "countries__sync_del" AFTER DELETE ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__new');
  DELETE FROM "countries__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__new';
END;
COMMIT;
.print 'step 3 of 14: done'

-- ============================================================================
-- Step 4 of 14, migrate: Copy the rows of countries into countries__new
--   Id:           countries/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 14: Copy the rows of countries into countries__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('countries/migrate/copy', (SELECT count(*) FROM "countries"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'countries/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'countries/migrate/copy'), (SELECT min("id") - 1 FROM "countries"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "countries" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "countries__new" ("id", "iso") SELECT "id", "code" FROM "countries" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "countries__new" AS forgelua_t WHERE forgelua_t."id" = "countries"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''countries/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'countries/migrate/copy';
.print 'step 4 of 14: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "code" AS "iso" FROM "countries") AS source WHERE NOT EXISTS (SELECT 1 FROM "countries__new" AS copied WHERE copied."id" = source."id" AND (copied."iso" = source."iso" OR (copied."iso" IS NULL AND source."iso" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 14, migrate: Repeat every write to towns on towns__new
--   Id:           towns/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 14: Repeat every write to towns on towns__new'
-- Check: no row of towns points at a missing row of countries. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of towns points at a missing row of countries', '0', CAST((SELECT COUNT(*) FROM (SELECT "country" AS "country" FROM "towns") AS child_row WHERE child_row."country" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "code" AS "iso" FROM "countries") AS parent_row WHERE parent_row."iso" = child_row."country")) AS text));
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
CREATE TRIGGER "towns__sync_ins" AFTER INSERT ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__new');
  UPDATE OR IGNORE "towns__new" SET ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "towns__new" ("id", "country") SELECT "id", "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns" WHERE NOT EXISTS (SELECT 1 FROM "towns__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'towns__sync', 'towns', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "towns__new" AS forgelua_t, (SELECT "id" AS v1, "country" AS v2 FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."country" IS s.v2) AND EXISTS (SELECT 1 FROM "towns" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__new';
END;
CREATE TRIGGER "towns__sync_upd" AFTER UPDATE ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__new');
  DELETE FROM "towns__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "towns__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "towns__new" SET ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "towns__new" SET "id" = NEW."id", ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "towns__new" WHERE "id" IS NEW."id");
  DELETE FROM "towns__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "towns__new" ("id", "country") SELECT "id", "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns" WHERE NOT EXISTS (SELECT 1 FROM "towns__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'towns__sync', 'towns', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "towns__new" AS forgelua_t, (SELECT "id" AS v1, "country" AS v2 FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."country" IS s.v2) AND EXISTS (SELECT 1 FROM "towns" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__new';
END;
CREATE TRIGGER "towns__sync_del" AFTER DELETE ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__new');
  DELETE FROM "towns__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__new';
END;
COMMIT;
.print 'step 5 of 14: done'

-- ============================================================================
-- Step 6 of 14, migrate: Copy the rows of towns into towns__new
--   Id:           towns/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 14: Copy the rows of towns into towns__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('towns/migrate/copy', (SELECT count(*) FROM "towns"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'towns/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'towns/migrate/copy'), (SELECT min("id") - 1 FROM "towns"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "towns" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "towns__new" ("id", "country") SELECT "id", "country" FROM "towns" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "towns__new" AS forgelua_t WHERE forgelua_t."id" = "towns"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''towns/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'towns/migrate/copy';
.print 'step 6 of 14: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "country" AS "country" FROM "towns") AS source WHERE NOT EXISTS (SELECT 1 FROM "towns__new" AS copied WHERE copied."id" = source."id" AND (copied."country" = source."country" OR (copied."country" IS NULL AND source."country" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 14, switch: Add the foreign key (country) on towns__new
--   Id:           towns__new.unnamed:foreign_key:country/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 7 of 14: Add the foreign key (country) on towns__new'
-- Check: step 6 has come to its end: Copy the rows of towns into towns__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of towns into towns__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'towns/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of towns stands in forgelua_sync_errors (mend it in towns, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of towns stands in forgelua_sync_errors (mend it in towns, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'towns__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Copy the rows of countries into countries__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of countries into countries__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'countries/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of countries stands in forgelua_sync_errors (mend it in countries, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of countries stands in forgelua_sync_errors (mend it in countries, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'countries__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of towns__new points at a missing row of countries__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of towns__new points at a missing row of countries__new', '0', CAST((SELECT COUNT(*) FROM "towns__new" AS child_row WHERE child_row."country" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "countries__new" AS parent_row WHERE parent_row."iso" = child_row."country")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('towns__new') AND lower(m.name) NOT IN ('towns__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'towns__new');
CREATE TABLE "towns__new__rebuild" (
  "id" integer PRIMARY KEY,
  "country" varchar(3) REFERENCES "countries__new" ("iso")
);
INSERT INTO "towns__new__rebuild" ("id", "country")
  SELECT "id", "country" FROM "towns__new";
DROP TABLE "towns__new";
ALTER TABLE "towns__new__rebuild" RENAME TO "towns__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('towns__new') OR lower(f."table") IN ('towns__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 14: done'

-- ============================================================================
-- Step 8 of 14, switch: Flip countries, towns to their copies, together
--   Id:           countries, towns/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say countries.code fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 14: Flip countries, towns to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'countries' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]countries[^a-z0-9_]*' OR lower(tbl_name) = 'towns' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]towns[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
CREATE TEMP TABLE forgelua_texts AS SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('table', 'view', 'trigger') AND lower(name) NOT IN ('countries', 'towns') AND lower(tbl_name) NOT IN ('countries', 'towns');
ALTER TABLE "countries" RENAME TO "countries__old";
ALTER TABLE "towns" RENAME TO "towns__old";
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master AS m SET sql = (SELECT k.sql FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name) WHERE EXISTS (SELECT 1 FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name AND k.sql <> m.sql);
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_texts;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "countries__sync_ins";
DROP TRIGGER IF EXISTS "countries__sync_upd";
DROP TRIGGER IF EXISTS "countries__sync_del";
DROP TRIGGER IF EXISTS "towns__sync_ins";
DROP TRIGGER IF EXISTS "towns__sync_upd";
DROP TRIGGER IF EXISTS "towns__sync_del";
ALTER TABLE "countries__new" RENAME TO "countries";
ALTER TABLE "towns__new" RENAME TO "towns";
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
CREATE TRIGGER "countries__sync_ins" AFTER INSERT ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__old');
  UPDATE OR IGNORE "countries__old" SET ("code") = (SELECT "iso" FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "countries__old" ("id", "code") SELECT "id", "iso" FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries" WHERE NOT EXISTS (SELECT 1 FROM "countries__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'countries__sync', 'countries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "countries__old" AS forgelua_t, (SELECT "id" AS v1, "iso" AS v2 FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."code" IS s.v2) AND EXISTS (SELECT 1 FROM "countries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__old';
END;
CREATE TRIGGER "countries__sync_upd" AFTER UPDATE ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__old');
  DELETE FROM "countries__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "countries__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "countries__old" SET ("code") = (SELECT "iso" FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "countries__old" SET "id" = NEW."id", ("code") = (SELECT "iso" FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "countries__old" WHERE "id" IS NEW."id");
  DELETE FROM "countries__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "countries__old" ("id", "code") SELECT "id", "iso" FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries" WHERE NOT EXISTS (SELECT 1 FROM "countries__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'countries__sync', 'countries', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "countries__old" AS forgelua_t, (SELECT "id" AS v1, "iso" AS v2 FROM (SELECT "id", "iso" FROM "countries" WHERE "id" IS NEW."id") AS "countries") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."code" IS s.v2) AND EXISTS (SELECT 1 FROM "countries" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__old';
END;
CREATE TRIGGER "countries__sync_del" AFTER DELETE ON "countries"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'countries|countries__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('countries|countries__old');
  DELETE FROM "countries__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "countries" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'countries|countries__old';
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
CREATE TRIGGER "towns__sync_ins" AFTER INSERT ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__old');
  UPDATE OR IGNORE "towns__old" SET ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "towns__old" ("id", "country") SELECT "id", "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns" WHERE NOT EXISTS (SELECT 1 FROM "towns__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'towns__sync', 'towns', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "towns__old" AS forgelua_t, (SELECT "id" AS v1, "country" AS v2 FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."country" IS s.v2) AND EXISTS (SELECT 1 FROM "towns" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__old';
END;
CREATE TRIGGER "towns__sync_upd" AFTER UPDATE ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__old');
  DELETE FROM "towns__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "towns__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "towns__old" SET ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "towns__old" SET "id" = NEW."id", ("country") = (SELECT "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "towns__old" WHERE "id" IS NEW."id");
  DELETE FROM "towns__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "towns__old" ("id", "country") SELECT "id", "country" FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns" WHERE NOT EXISTS (SELECT 1 FROM "towns__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'towns__sync', 'towns', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "towns__old" AS forgelua_t, (SELECT "id" AS v1, "country" AS v2 FROM (SELECT "id", "country" FROM "towns" WHERE "id" IS NEW."id") AS "towns") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."country" IS s.v2) AND EXISTS (SELECT 1 FROM "towns" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__old';
END;
CREATE TRIGGER "towns__sync_del" AFTER DELETE ON "towns"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'towns|towns__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('towns|towns__old');
  DELETE FROM "towns__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "towns" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'towns|towns__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"countries__new"', '"countries"') WHERE type = 'table' AND instr(sql, '"countries__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"towns__new"', '"towns"') WHERE type = 'table' AND instr(sql, '"towns__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 14: done'
-- Application: Deploy the application that uses countries, towns as the new schema has it, together with this step.

-- ============================================================================
-- Step 9 of 14, contract: From here the way back copies towns into towns__old again
--   Id:           towns/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 14: From here the way back copies towns into towns__old again'
-- Nothing to run in the database.
.print 'step 9 of 14: done'

-- ============================================================================
-- Step 10 of 14, contract: From here the way back copies countries into countries__old again
--   Id:           countries/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 14: From here the way back copies countries into countries__old again'
-- Nothing to run in the database.
.print 'step 10 of 14: done'

-- ============================================================================
-- Step 11 of 14, contract: Stop repeating writes to countries on countries__old
--   Id:           countries/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 14: Stop repeating writes to countries on countries__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "countries__sync_ins";
DROP TRIGGER IF EXISTS "countries__sync_upd";
DROP TRIGGER IF EXISTS "countries__sync_del";
COMMIT;
.print 'step 11 of 14: done'

-- ============================================================================
-- Step 12 of 14, contract: Stop repeating writes to towns on towns__old
--   Id:           towns/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 14: Stop repeating writes to towns on towns__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "towns__sync_ins";
DROP TRIGGER IF EXISTS "towns__sync_upd";
DROP TRIGGER IF EXISTS "towns__sync_del";
COMMIT;
.print 'step 12 of 14: done'

-- ============================================================================
-- Step 13 of 14, contract: Drop countries__old, towns__old
--   Id:           countries, towns/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 13 of 14: Drop countries__old, towns__old'
BEGIN IMMEDIATE;
DROP TABLE "towns__old";
DROP TABLE "countries__old";
COMMIT;
.print 'step 13 of 14: done'

-- ============================================================================
-- Step 14 of 14, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 14: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 14 of 14: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
