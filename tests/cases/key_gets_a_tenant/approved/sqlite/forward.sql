-- Forward, every phase of migration key_gets_a_tenant
-- The key of accounts gets the tenant in front, and what refers to it follows
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
-- Check: step 1 must not be done at this point: Create acc__new in the new shape of acc. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Create acc__new in the new shape of acc', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'acc__new' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 15, expand: Create acc__new in the new shape of acc
--   Id:           acc/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 1 of 15: Create acc__new in the new shape of acc'
BEGIN IMMEDIATE;
CREATE TABLE "acc__new" (
  "id" integer NOT NULL,
  "tenant" integer NOT NULL,
  PRIMARY KEY ("tenant", "id")
);
CREATE INDEX "acc__new_key" ON "acc__new" ("id");
COMMIT;
.print 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Create ent__new in the new shape of ent
--   Id:           ent/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 15: Create ent__new in the new shape of ent'
BEGIN IMMEDIATE;
CREATE TABLE "ent__new" (
  "id" integer PRIMARY KEY,
  "tenant" integer NOT NULL,
  "acc_id" integer NOT NULL
);
COMMIT;
.print 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Repeat every write to acc on acc__new
--   Id:           acc/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 15: Repeat every write to acc on acc__new'
-- Check: no two rows of acc agree in ("tenant", "id"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of acc agree in ("tenant", "id")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "id" AS "id", "tenant" AS "tenant" FROM "acc") AS made WHERE "tenant" IS NOT NULL AND "id" IS NOT NULL GROUP BY "tenant", "id" HAVING COUNT(*) > 1) AS doubled) AS text));
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
CREATE TRIGGER "acc__sync_ins" AFTER INSERT ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__new');
  UPDATE OR IGNORE "acc__new" SET ("tenant") = (SELECT "tenant" FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "acc__new" ("id", "tenant") SELECT "id", "tenant" FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc" WHERE NOT EXISTS (SELECT 1 FROM "acc__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'acc__sync', 'acc', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "acc__new" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2 FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2) AND EXISTS (SELECT 1 FROM "acc" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__new';
END;
CREATE TRIGGER "acc__sync_upd" AFTER UPDATE ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__new');
  DELETE FROM "acc__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "acc" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "acc__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "acc__new" SET ("tenant") = (SELECT "tenant" FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "acc__new" SET "id" = NEW."id", ("tenant") = (SELECT "tenant" FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "acc" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "acc__new" WHERE "id" IS NEW."id");
  DELETE FROM "acc__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "acc" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "acc__new" ("id", "tenant") SELECT "id", "tenant" FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc" WHERE NOT EXISTS (SELECT 1 FROM "acc__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'acc__sync', 'acc', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "acc__new" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2 FROM (SELECT "id", "tenant" FROM "acc" WHERE "id" IS NEW."id") AS "acc") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2) AND EXISTS (SELECT 1 FROM "acc" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__new';
END;
CREATE TRIGGER "acc__sync_del" AFTER DELETE ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__new');
  DELETE FROM "acc__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "acc" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__new';
END;
COMMIT;
.print 'step 3 of 15: done'

-- ============================================================================
-- Step 4 of 15, migrate: Copy the rows of acc into acc__new
--   Id:           acc/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 4 of 15: Copy the rows of acc into acc__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('acc/migrate/copy', (SELECT count(*) FROM "acc"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'acc/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'acc/migrate/copy'), (SELECT min("id") - 1 FROM "acc"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "acc" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "acc__new" ("id", "tenant") SELECT "id", "tenant" FROM "acc" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "acc__new" AS forgelua_t WHERE forgelua_t."id" = "acc"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''acc/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'acc/migrate/copy';
.print 'step 4 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "tenant" AS "tenant" FROM "acc") AS source WHERE NOT EXISTS (SELECT 1 FROM "acc__new" AS copied WHERE copied."id" = source."id" AND (copied."tenant" = source."tenant" OR (copied."tenant" IS NULL AND source."tenant" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 15, migrate: Repeat every write to ent on ent__new
--   Id:           ent/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one; where foreign_keys is on, the deployed application is refused from here what breaks the new foreign key of ent (tenant, acc_id)
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, keys of both
-- ============================================================================
.print 'step 5 of 15: Repeat every write to ent on ent__new'
-- Check: no row of ent points at a missing row of acc. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of ent points at a missing row of acc', '0', CAST((SELECT COUNT(*) FROM (SELECT "tenant" AS "tenant", "acc_id" AS "acc_id" FROM "ent") AS child_row WHERE child_row."tenant" IS NOT NULL AND child_row."acc_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (SELECT "tenant" AS "tenant", "id" AS "id" FROM "acc") AS parent_row WHERE parent_row."tenant" = child_row."tenant" AND parent_row."id" = child_row."acc_id")) AS text));
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
CREATE TRIGGER "ent__sync_ins" AFTER INSERT ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__new');
  UPDATE OR IGNORE "ent__new" SET ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "ent__new" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent" WHERE NOT EXISTS (SELECT 1 FROM "ent__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'ent__sync', 'ent', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "ent__new" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2, "acc_id" AS v3 FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2 AND forgelua_t."acc_id" IS s.v3) AND EXISTS (SELECT 1 FROM "ent" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__new';
END;
CREATE TRIGGER "ent__sync_upd" AFTER UPDATE ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__new');
  DELETE FROM "ent__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "ent__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "ent__new" SET ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "ent__new" SET "id" = NEW."id", ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "ent__new" WHERE "id" IS NEW."id");
  DELETE FROM "ent__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "ent__new" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent" WHERE NOT EXISTS (SELECT 1 FROM "ent__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'ent__sync', 'ent', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "ent__new" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2, "acc_id" AS v3 FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2 AND forgelua_t."acc_id" IS s.v3) AND EXISTS (SELECT 1 FROM "ent" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__new';
END;
CREATE TRIGGER "ent__sync_del" AFTER DELETE ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__new');
  DELETE FROM "ent__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__new';
END;
COMMIT;
.print 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, migrate: Copy the rows of ent into ent__new
--   Id:           ent/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 15: Copy the rows of ent into ent__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('ent/migrate/copy', (SELECT count(*) FROM "ent"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'ent/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'ent/migrate/copy'), (SELECT min("id") - 1 FROM "ent"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "ent" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "ent__new" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "ent__new" AS forgelua_t WHERE forgelua_t."id" = "ent"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''ent/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'ent/migrate/copy';
.print 'step 6 of 15: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "tenant" AS "tenant", "acc_id" AS "acc_id" FROM "ent") AS source WHERE NOT EXISTS (SELECT 1 FROM "ent__new" AS copied WHERE copied."id" = source."id" AND (copied."tenant" = source."tenant" OR (copied."tenant" IS NULL AND source."tenant" IS NULL)) AND (copied."acc_id" = source."acc_id" OR (copied."acc_id" IS NULL AND source."acc_id" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 15, switch: Add the foreign key (tenant,acc_id) on ent__new
--   Id:           ent__new.unnamed:foreign_key:tenant,acc_id/switch/add-foreign-key
--   Why:          its rows are there now
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 7 of 15: Add the foreign key (tenant,acc_id) on ent__new'
-- Check: step 6 has come to its end: Copy the rows of ent into ent__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of ent into ent__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'ent/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of ent stands in forgelua_sync_errors (mend it in ent, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of ent stands in forgelua_sync_errors (mend it in ent, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'ent__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 4 has come to its end: Copy the rows of acc into acc__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Copy the rows of acc into acc__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'acc/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of acc stands in forgelua_sync_errors (mend it in acc, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of acc stands in forgelua_sync_errors (mend it in acc, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'acc__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of ent__new points at a missing row of acc__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of ent__new points at a missing row of acc__new', '0', CAST((SELECT COUNT(*) FROM "ent__new" AS child_row WHERE child_row."tenant" IS NOT NULL AND child_row."acc_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "acc__new" AS parent_row WHERE parent_row."tenant" = child_row."tenant" AND parent_row."id" = child_row."acc_id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('ent__new') AND lower(m.name) NOT IN ('ent__new')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'ent__new');
CREATE TABLE "ent__new__rebuild" (
  "id" integer PRIMARY KEY,
  "tenant" integer NOT NULL,
  "acc_id" integer NOT NULL,
  FOREIGN KEY ("tenant", "acc_id") REFERENCES "acc__new" ("tenant", "id")
);
INSERT INTO "ent__new__rebuild" ("id", "tenant", "acc_id")
  SELECT "id", "tenant", "acc_id" FROM "ent__new";
DROP TABLE "ent__new";
ALTER TABLE "ent__new__rebuild" RENAME TO "ent__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('ent__new') OR lower(f."table") IN ('ent__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 7 of 15: done'

-- ============================================================================
-- Step 8 of 15, switch: Flip acc, ent to their copies, together
--   Id:           acc, ent/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name; where foreign_keys is on, the new application is refused until contract what breaks the old foreign key of ent (acc_id)
--   Way back:     loses values of acc that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed; values of ent that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
--   Hazards:      swap, keys of both
-- ============================================================================
.print 'step 8 of 15: Flip acc, ent to their copies, together'
-- Check: no row of ent__new points at a missing row of acc__new. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of ent__new points at a missing row of acc__new', '0', CAST((SELECT COUNT(*) FROM "ent__new" AS child_row WHERE child_row."tenant" IS NOT NULL AND child_row."acc_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "acc__new" AS parent_row WHERE parent_row."tenant" = child_row."tenant" AND parent_row."id" = child_row."acc_id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'acc' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]acc[^a-z0-9_]*' OR lower(tbl_name) = 'ent' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]ent[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
CREATE TEMP TABLE forgelua_texts AS SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('table', 'view', 'trigger') AND lower(name) NOT IN ('acc', 'ent') AND lower(tbl_name) NOT IN ('acc', 'ent');
ALTER TABLE "acc" RENAME TO "acc__old";
ALTER TABLE "ent" RENAME TO "ent__old";
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master AS m SET sql = (SELECT k.sql FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name) WHERE EXISTS (SELECT 1 FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name AND k.sql <> m.sql);
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_texts;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "acc__sync_ins";
DROP TRIGGER IF EXISTS "acc__sync_upd";
DROP TRIGGER IF EXISTS "acc__sync_del";
DROP TRIGGER IF EXISTS "ent__sync_ins";
DROP TRIGGER IF EXISTS "ent__sync_upd";
DROP TRIGGER IF EXISTS "ent__sync_del";
ALTER TABLE "acc__new" RENAME TO "acc";
ALTER TABLE "ent__new" RENAME TO "ent";
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
CREATE TRIGGER "acc__sync_ins" AFTER INSERT ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__old');
  UPDATE OR IGNORE "acc__old" SET ("tenant") = (SELECT "tenant" FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "acc__old" ("id", "tenant") SELECT "id", "tenant" FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc" WHERE NOT EXISTS (SELECT 1 FROM "acc__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'acc__sync', 'acc', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "acc__old" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2 FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2);
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__old';
END;
CREATE TRIGGER "acc__sync_upd" AFTER UPDATE ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__old');
  DELETE FROM "acc__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id");
  UPDATE OR IGNORE "acc__old" SET ("tenant") = (SELECT "tenant" FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "acc__old" ("id", "tenant") SELECT "id", "tenant" FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc" WHERE NOT EXISTS (SELECT 1 FROM "acc__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'acc__sync', 'acc', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "acc__old" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2 FROM (SELECT NEW."id" AS "id", NEW."tenant" AS "tenant") AS "acc") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2);
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__old';
END;
CREATE TRIGGER "acc__sync_del" AFTER DELETE ON "acc"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'acc|acc__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('acc|acc__old');
  DELETE FROM "acc__old" WHERE "id" IS OLD."id";
  DELETE FROM forgelua_marker WHERE name = 'acc|acc__old';
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
CREATE TRIGGER "ent__sync_ins" AFTER INSERT ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__old');
  UPDATE OR IGNORE "ent__old" SET ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "ent__old" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent" WHERE NOT EXISTS (SELECT 1 FROM "ent__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'ent__sync', 'ent', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "ent__old" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2, "acc_id" AS v3 FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2 AND forgelua_t."acc_id" IS s.v3) AND EXISTS (SELECT 1 FROM "ent" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__old';
END;
CREATE TRIGGER "ent__sync_upd" AFTER UPDATE ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__old');
  DELETE FROM "ent__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "ent__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "ent__old" SET ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "ent__old" SET "id" = NEW."id", ("tenant", "acc_id") = (SELECT "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "ent__old" WHERE "id" IS NEW."id");
  DELETE FROM "ent__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "ent__old" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent" WHERE NOT EXISTS (SELECT 1 FROM "ent__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'ent__sync', 'ent', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "ent__old" AS forgelua_t, (SELECT "id" AS v1, "tenant" AS v2, "acc_id" AS v3 FROM (SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" IS NEW."id") AS "ent") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."tenant" IS s.v2 AND forgelua_t."acc_id" IS s.v3) AND EXISTS (SELECT 1 FROM "ent" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__old';
END;
CREATE TRIGGER "ent__sync_del" AFTER DELETE ON "ent"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'ent|ent__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('ent|ent__old');
  DELETE FROM "ent__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "ent" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'ent|ent__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"acc__new"', '"acc"') WHERE type = 'table' AND instr(sql, '"acc__new"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"ent__new"', '"ent"') WHERE type = 'table' AND instr(sql, '"ent__new"') > 0;
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
-- Application: Deploy the application that uses acc, ent as the new schema has it.

-- ============================================================================
-- Step 9 of 15, contract: From here the way back copies ent into ent__old again
--   Id:           ent/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 15: From here the way back copies ent into ent__old again'
-- Nothing to run in the database.
.print 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: From here the way back copies acc into acc__old again
--   Id:           acc/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 10 of 15: From here the way back copies acc into acc__old again'
-- Nothing to run in the database.
.print 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Stop repeating writes to acc on acc__old
--   Id:           acc/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 15: Stop repeating writes to acc on acc__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "acc__sync_ins";
DROP TRIGGER IF EXISTS "acc__sync_upd";
DROP TRIGGER IF EXISTS "acc__sync_del";
COMMIT;
.print 'step 11 of 15: done'

-- ============================================================================
-- Step 12 of 15, contract: Stop repeating writes to ent on ent__old
--   Id:           ent/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 12 of 15: Stop repeating writes to ent on ent__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "ent__sync_ins";
DROP TRIGGER IF EXISTS "ent__sync_upd";
DROP TRIGGER IF EXISTS "ent__sync_del";
COMMIT;
.print 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Drop acc__old, ent__old
--   Id:           acc, ent/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 13 of 15: Drop acc__old, ent__old'
BEGIN IMMEDIATE;
DROP TABLE "ent__old";
DROP TABLE "acc__old";
COMMIT;
.print 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop the index acc__new_key on acc
--   Id:           acc.acc__new_key/contract/drop-index
--   Why:          rows of the copy were found by it while both tables stood
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
.print 'step 14 of 15: Drop the index acc__new_key on acc'
BEGIN IMMEDIATE;
DROP INDEX "acc__new_key";
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
