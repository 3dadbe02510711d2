-- Forward, every phase of migration child_goes_as_parent_grows
-- A key gets a wider type while one table that refers to it goes, and another one takes over the name of its foreign key
-- sqlite 3.40; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 14 is destructive — every row of olds

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
-- Check: step 1 must not be done at this point: Create news__new in the new shape of news. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create news__new in the new shape of news', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'news__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 14 must not be done at this point: Drop the table olds. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must not be done at this point: Drop the table olds', '0', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'olds' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Create news__new in the new shape of news
--   Id:           news/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 15: Create news__new in the new shape of news'
BEGIN IMMEDIATE;
CREATE TABLE "news__new" (
  "id" integer PRIMARY KEY,
  "parent" bigint
);
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Create parents__new in the new shape of parents
--   Id:           parents/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 15: Create parents__new in the new shape of parents'
BEGIN IMMEDIATE;
CREATE TABLE "parents__new" (
  "id" bigint NOT NULL PRIMARY KEY
);
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Repeat every write to news on news__new
--   Id:           news/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one; where foreign_keys is on, the deployed application is refused from here what breaks the new foreign key of news (parent)
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, keys of both
-- ============================================================================
.print 'step 3 of 15: Repeat every write to news on news__new'
-- Check: no row of news points at a missing row of parents. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of news points at a missing row of parents', '0', CAST((SELECT COUNT(*) FROM (SELECT "parent" AS "parent" FROM "news") AS child_row WHERE child_row."parent" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "id" AS "id" FROM "parents") AS parent_row WHERE parent_row."id" = child_row."parent")) AS text));
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
CREATE TRIGGER "news__sync_ins" AFTER INSERT ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  UPDATE OR IGNORE "news__new" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "news__new" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
CREATE TRIGGER "news__sync_upd" AFTER UPDATE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "news__new" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "news__new" SET "id" = NEW."id", ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "news__new" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__new" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
CREATE TRIGGER "news__sync_del" AFTER DELETE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__new');
  DELETE FROM "news__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__new';
END;
COMMIT;
.print 'step 3 of 15: done'

-- ============================================================================
-- Step 4 of 15, migrate: Copy the rows of news into news__new
--   Id:           news/migrate/copy
--   Why:          500,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     9 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 15: Copy the rows of news into news__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('news/migrate/copy', 500000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'news/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'news/migrate/copy'), (SELECT min("id") - 1 FROM "news"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "news" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "news__new" ("id", "parent") SELECT "id", "parent" FROM "news" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "news__new" AS forgelua_t WHERE forgelua_t."id" = "news"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''news/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'news/migrate/copy';
.print 'step 4 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "parent" AS "parent" FROM "news") AS source WHERE NOT EXISTS (SELECT 1 FROM "news__new" AS copied WHERE copied."id" = source."id" AND (copied."parent" = source."parent" OR (copied."parent" IS NULL AND source."parent" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Repeat every write to parents on parents__new
--   Id:           parents/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 15: Repeat every write to parents on parents__new'
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
CREATE TRIGGER "parents__sync_ins" AFTER INSERT ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  INSERT OR IGNORE INTO "parents__new" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__new" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
CREATE TRIGGER "parents__sync_upd" AFTER UPDATE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parents__new" SET "id" = NEW."id" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parents__new" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__new" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
CREATE TRIGGER "parents__sync_del" AFTER DELETE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__new');
  DELETE FROM "parents__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__new';
END;
COMMIT;
.print 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, migrate: Copy the rows of parents into parents__new
--   Id:           parents/migrate/copy
--   Why:          500,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     9 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 15: Copy the rows of parents into parents__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('parents/migrate/copy', 500000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'parents/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'parents/migrate/copy'), (SELECT min("id") - 1 FROM "parents"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "parents" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "parents__new" ("id") SELECT "id" FROM "parents" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "parents__new" AS forgelua_t WHERE forgelua_t."id" = "parents"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''parents/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'parents/migrate/copy';
.print 'step 6 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id" FROM "parents") AS source WHERE NOT EXISTS (SELECT 1 FROM "parents__new" AS copied WHERE copied."id" = source."id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Add the foreign key to_parent on news__new
--   Id:           news__new.to_parent/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 7 of 15: Add the foreign key to_parent on news__new'
-- Check: step 6 has come to its end: Copy the rows of parents into parents__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of parents into parents__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'parents/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of parents stands in forgelua_sync_errors (mend it in parents, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of parents stands in forgelua_sync_errors (mend it in parents, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parents__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Copy the rows of news into news__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of news into news__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'news/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of news stands in forgelua_sync_errors (mend it in news, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of news stands in forgelua_sync_errors (mend it in news, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'news__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of news__new points at a missing row of parents__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of news__new points at a missing row of parents__new', '0', CAST((SELECT COUNT(*) FROM "news__new" AS child_row WHERE child_row."parent" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "parents__new" AS parent_row WHERE parent_row."id" = child_row."parent")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('news__new') AND lower(m.name) NOT IN ('news__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'news__new');
CREATE TABLE "news__new__rebuild" (
  "id" integer PRIMARY KEY,
  "parent" bigint CONSTRAINT "to_parent" REFERENCES "parents__new" ("id")
);
INSERT INTO "news__new__rebuild" ("id", "parent")
  SELECT "id", "parent" FROM "news__new";
DROP TABLE "news__new";
ALTER TABLE "news__new__rebuild" RENAME TO "news__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('news__new') OR lower(f."table") IN ('news__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'

-- ============================================================================
-- Step 8 of 15, switch: Flip news, parents to their copies, together
--   Id:           news, parents/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on; the constraint goes and comes back within one transaction as it was; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 8 of 15: Flip news, parents to their copies, together'
-- Check: no row of news__new points at a missing row of parents__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of news__new points at a missing row of parents__new', '0', CAST((SELECT COUNT(*) FROM "news__new" AS child_row WHERE child_row."parent" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "parents__new" AS parent_row WHERE parent_row."id" = child_row."parent")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'news' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]news[^a-z0-9_]*' OR lower(tbl_name) = 'parents' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]parents[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "news__sync_ins";
DROP TRIGGER IF EXISTS "news__sync_upd";
DROP TRIGGER IF EXISTS "news__sync_del";
DROP TRIGGER IF EXISTS "parents__sync_ins";
DROP TRIGGER IF EXISTS "parents__sync_upd";
DROP TRIGGER IF EXISTS "parents__sync_del";
ALTER TABLE "news" RENAME TO "news__old";
ALTER TABLE "news__new" RENAME TO "news";
ALTER TABLE "parents" RENAME TO "parents__old";
ALTER TABLE "parents__new" RENAME TO "parents";
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
CREATE TRIGGER "news__sync_ins" AFTER INSERT ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  UPDATE OR IGNORE "news__old" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "news__old" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
END;
CREATE TRIGGER "news__sync_upd" AFTER UPDATE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "news__old" SET ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "news__old" SET "id" = NEW."id", ("parent") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "news__old" ("id", "parent") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news" WHERE NOT EXISTS (SELECT 1 FROM "news__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'news__sync', 'news', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "news__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "news" WHERE "id" IS NEW."id") AS "news") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "news" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
END;
CREATE TRIGGER "news__sync_del" AFTER DELETE ON "news"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'news|news__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('news|news__old');
  DELETE FROM "news__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "news" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'news|news__old';
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
CREATE TRIGGER "parents__sync_ins" AFTER INSERT ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  INSERT OR IGNORE INTO "parents__old" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__old" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
CREATE TRIGGER "parents__sync_upd" AFTER UPDATE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "parents__old" SET "id" = NEW."id" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "parents__old" ("id") SELECT "id" FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents" WHERE NOT EXISTS (SELECT 1 FROM "parents__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'parents__sync', 'parents', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "parents__old" AS forgelua_t, (SELECT "id" AS v1 FROM (SELECT "id" FROM "parents" WHERE "id" IS NEW."id") AS "parents") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1) AND EXISTS (SELECT 1 FROM "parents" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
CREATE TRIGGER "parents__sync_del" AFTER DELETE ON "parents"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'parents|parents__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('parents|parents__old');
  DELETE FROM "parents__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "parents" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'parents|parents__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"news__new"', '"news"') WHERE type = 'table' AND instr(sql, '"news__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"parents__new"', '"parents"') WHERE type = 'table' AND instr(sql, '"parents__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 8 of 15: done'
-- Application: Deploy the application that uses news, parents as the new schema has it.

-- ============================================================================
-- Step 9 of 15, contract: From here the way back copies news into news__old again
--   Id:           news/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 15: From here the way back copies news into news__old again'
-- Nothing to run in the database.
.print 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: From here the way back copies parents into parents__old again
--   Id:           parents/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: From here the way back copies parents into parents__old again'
-- Nothing to run in the database.
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Stop repeating writes to news on news__old
--   Id:           news/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 15: Stop repeating writes to news on news__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "news__sync_ins";
DROP TRIGGER IF EXISTS "news__sync_upd";
DROP TRIGGER IF EXISTS "news__sync_del";
COMMIT;
.print 'step 11 of 15: done'

-- ============================================================================
-- Step 12 of 15, contract: Stop repeating writes to parents on parents__old
--   Id:           parents/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: Stop repeating writes to parents on parents__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "parents__sync_ins";
DROP TRIGGER IF EXISTS "parents__sync_upd";
DROP TRIGGER IF EXISTS "parents__sync_del";
COMMIT;
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Drop news__old, parents__old
--   Id:           news, parents/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 13 of 15: Drop news__old, parents__old'
BEGIN IMMEDIATE;
DROP TABLE "news__old";
DROP TABLE "parents__old";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop the table olds
--   Id:           olds/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name olds fail from here
--   Way back:     loses the rows of olds: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
.print 'step 14 of 15: Drop the table olds'
BEGIN IMMEDIATE;
DROP TABLE "olds";
COMMIT;
.print 'step 14 of 15: done'
-- Application: Check that no application, report or job names olds any more.

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
