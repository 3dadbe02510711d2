-- Forward, every phase of migration key_renamed_and_wider
-- Keys that other tables refer to get another name and a wider type at once
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
-- Check: step 1 must not be done at this point: Change the type of ab.a_id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Change the type of ab.a_id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ab') WHERE name = 'a_id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 3 must not be done at this point: Change the type of p.id. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 3 must not be done at this point: Change the type of p.id', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('p') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must not be done at this point: alter_column ab.aid. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must not be done at this point: alter_column ab.aid', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('ab') WHERE name = 'aid' AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 19, expand: Change the type of ab.a_id
--   Id:           ab.a_id/expand/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 1 of 19: Change the type of ab.a_id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('ab') OR lower(f."table") IN ('ab'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'ab');
CREATE TABLE "ab__rebuild" (
  "a_id" bigint NOT NULL,
  "b_id" integer NOT NULL,
  PRIMARY KEY ("a_id", "b_id")
);
INSERT INTO "ab__rebuild" (rowid, "a_id", "b_id")
  SELECT rowid, "a_id", "b_id" FROM "ab";
DROP TABLE "ab";
ALTER TABLE "ab__rebuild" RENAME TO "ab";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('ab') OR lower(f."table") IN ('ab'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 1 of 19: done'

-- ============================================================================
-- Step 2 of 19, expand: Create abx__new in the new shape of abx
--   Id:           abx/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 2 of 19: Create abx__new in the new shape of abx'
BEGIN IMMEDIATE;
CREATE TABLE "abx__new" (
  "id" integer PRIMARY KEY,
  "a" bigint,
  "b" integer,
  CONSTRAINT "abxf" FOREIGN KEY ("a", "b") REFERENCES "ab" ("a_id", "b_id")
);
COMMIT;
.print 'step 2 of 19: done'

-- ============================================================================
-- Step 3 of 19, expand: Change the type of p.id
--   Id:           p.id/expand/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 3 of 19: Change the type of p.id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('p') OR lower(f."table") IN ('p'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'p');
CREATE TABLE "p__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY
);
INSERT INTO "p__rebuild" (rowid, "id")
  SELECT "id", "id" FROM "p";
DROP TABLE "p";
ALTER TABLE "p__rebuild" RENAME TO "p";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('p') OR lower(f."table") IN ('p'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 3 of 19: done'

-- ============================================================================
-- Step 4 of 19, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the table is new and empty; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 4 of 19: Create c__new in the new shape of c'
BEGIN IMMEDIATE;
CREATE TABLE "c__new" (
  "id" integer PRIMARY KEY,
  "p" bigint REFERENCES "p" ("id")
);
COMMIT;
.print 'step 4 of 19: done'

-- ============================================================================
-- Step 5 of 19, migrate: Repeat every write to abx on abx__new
--   Id:           abx/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 5 of 19: Repeat every write to abx on abx__new'
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
CREATE TRIGGER "abx__sync_ins" AFTER INSERT ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__new');
  UPDATE OR IGNORE "abx__new" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "abx__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx" WHERE NOT EXISTS (SELECT 1 FROM "abx__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'abx__sync', 'abx', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "abx__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "abx" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__new';
END;
CREATE TRIGGER "abx__sync_upd" AFTER UPDATE ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__new');
  DELETE FROM "abx__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "abx__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "abx__new" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "abx__new" SET "id" = NEW."id", ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "abx__new" WHERE "id" IS NEW."id");
  DELETE FROM "abx__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "abx__new" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx" WHERE NOT EXISTS (SELECT 1 FROM "abx__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'abx__sync', 'abx', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "abx__new" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "abx" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__new';
END;
CREATE TRIGGER "abx__sync_del" AFTER DELETE ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__new');
  DELETE FROM "abx__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__new';
END;
COMMIT;
.print 'step 5 of 19: done'

-- ============================================================================
-- Step 6 of 19, migrate: Copy the rows of abx into abx__new
--   Id:           abx/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 6 of 19: Copy the rows of abx into abx__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('abx/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'abx/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'abx/migrate/copy'), (SELECT min("id") - 1 FROM "abx"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "abx" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "abx__new" ("id", "a", "b") SELECT "id", "a", "b" FROM "abx" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "abx__new" AS forgelua_t WHERE forgelua_t."id" = "abx"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''abx/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'abx/migrate/copy';
.print 'step 6 of 19: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "a" AS "a", "b" AS "b" FROM "abx") AS source WHERE NOT EXISTS (SELECT 1 FROM "abx__new" AS copied WHERE copied."id" = source."id" AND (copied."a" = source."a" OR (copied."a" IS NULL AND source."a" IS NULL)) AND (copied."b" = source."b" OR (copied."b" IS NULL AND source."b" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 7 of 19, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 7 of 19: Repeat every write to c on c__new'
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  UPDATE OR IGNORE "c__new" SET ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__new" ("id", "p") SELECT "id", "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p" AS v2 FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__new" SET ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__new" SET "id" = NEW."id", ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__new" ("id", "p") SELECT "id", "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p" AS v2 FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
COMMIT;
.print 'step 7 of 19: done'

-- ============================================================================
-- Step 8 of 19, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
.print 'step 8 of 19: Copy the rows of c into c__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('c/migrate/copy', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'c/migrate/copy' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'c/migrate/copy'), (SELECT min("id") - 1 FROM "c"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "c" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "c__new" ("id", "p") SELECT "id", "p" FROM "c" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t WHERE forgelua_t."id" = "c"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''c/migrate/copy'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'c/migrate/copy';
.print 'step 8 of 19: done'
-- Check: every row has an equal one in the copy. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row has an equal one in the copy', '0', CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "p" AS "p" FROM "c") AS source WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS copied WHERE copied."id" = source."id" AND (copied."p" = source."p" OR (copied."p" IS NULL AND source."p" IS NULL)))) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 9 of 19, switch: Swap the copy of abx in
--   Id:           abx/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 9 of 19: Swap the copy of abx in'
-- Check: step 6 has come to its end: Copy the rows of abx into abx__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 6 has come to its end: Copy the rows of abx into abx__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'abx/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of abx stands in forgelua_sync_errors (mend it in abx, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of abx stands in forgelua_sync_errors (mend it in abx, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'abx__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'abx' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]abx[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "abx__sync_ins";
DROP TRIGGER IF EXISTS "abx__sync_upd";
DROP TRIGGER IF EXISTS "abx__sync_del";
ALTER TABLE "abx" RENAME TO "abx__old";
ALTER TABLE "abx__new" RENAME TO "abx";
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
CREATE TRIGGER "abx__sync_ins" AFTER INSERT ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__old');
  UPDATE OR IGNORE "abx__old" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "abx__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx" WHERE NOT EXISTS (SELECT 1 FROM "abx__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'abx__sync', 'abx', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "abx__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "abx" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__old';
END;
CREATE TRIGGER "abx__sync_upd" AFTER UPDATE ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__old');
  DELETE FROM "abx__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "abx__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "abx__old" SET ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "abx__old" SET "id" = NEW."id", ("a", "b") = (SELECT "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "abx__old" WHERE "id" IS NEW."id");
  DELETE FROM "abx__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "abx__old" ("id", "a", "b") SELECT "id", "a", "b" FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx" WHERE NOT EXISTS (SELECT 1 FROM "abx__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'abx__sync', 'abx', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "abx__old" AS forgelua_t, (SELECT "id" AS v1, "a" AS v2, "b" AS v3 FROM (SELECT "id", "a", "b" FROM "abx" WHERE "id" IS NEW."id") AS "abx") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."a" IS s.v2 AND forgelua_t."b" IS s.v3) AND EXISTS (SELECT 1 FROM "abx" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__old';
END;
CREATE TRIGGER "abx__sync_del" AFTER DELETE ON "abx"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'abx|abx__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('abx|abx__old');
  DELETE FROM "abx__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "abx" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'abx|abx__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"abx__new"', '"abx"') WHERE type = 'table' AND instr(sql, '"abx__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 9 of 19: done'
-- Application: Deploy the application that uses abx as the new schema has it.

-- ============================================================================
-- Step 10 of 19, switch: Rename ab.a_id to aid
--   Id:           ab.a_id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a_id fail from here; those that say aid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 10 of 19: Rename ab.a_id to aid'
BEGIN IMMEDIATE;
ALTER TABLE "ab" RENAME COLUMN "a_id" TO aid;
COMMIT;
.print 'step 10 of 19: done'
-- Application: Deploy the application that says aid together with this step.

-- ============================================================================
-- Step 11 of 19, switch: Swap the copy of c in
--   Id:           c/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 11 of 19: Swap the copy of c in'
-- Check: step 8 has come to its end: Copy the rows of c into c__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 has come to its end: Copy the rows of c into c__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'c/migrate/copy' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'c__sync') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'c' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]c[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
ALTER TABLE "c" RENAME TO "c__old";
ALTER TABLE "c__new" RENAME TO "c";
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  UPDATE OR IGNORE "c__old" SET ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__old" ("id", "p") SELECT "id", "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "p" AS v2 FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__old" SET ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__old" SET "id" = NEW."id", ("p") = (SELECT "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__old" ("id", "p") SELECT "id", "p" FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "p" AS v2 FROM (SELECT "id", "p" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"c__new"', '"c"') WHERE type = 'table' AND instr(sql, '"c__new"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 11 of 19: done'
-- Application: Deploy the application that uses c as the new schema has it.

-- ============================================================================
-- Step 12 of 19, switch: Rename p.id to pid
--   Id:           p.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say pid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 12 of 19: Rename p.id to pid'
BEGIN IMMEDIATE;
ALTER TABLE "p" RENAME COLUMN "id" TO pid;
COMMIT;
.print 'step 12 of 19: done'
-- Application: Deploy the application that says pid together with this step.

-- ============================================================================
-- Step 13 of 19, contract: From here the way back copies abx into abx__old again
--   Id:           abx/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 13 of 19: From here the way back copies abx into abx__old again'
-- Nothing to run in the database.
.print 'step 13 of 19: done'

-- ============================================================================
-- Step 14 of 19, contract: Stop repeating writes to abx on abx__old
--   Id:           abx/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 14 of 19: Stop repeating writes to abx on abx__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "abx__sync_ins";
DROP TRIGGER IF EXISTS "abx__sync_upd";
DROP TRIGGER IF EXISTS "abx__sync_del";
COMMIT;
.print 'step 14 of 19: done'

-- ============================================================================
-- Step 15 of 19, contract: Drop abx__old
--   Id:           abx/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 15 of 19: Drop abx__old'
BEGIN IMMEDIATE;
DROP TABLE "abx__old";
COMMIT;
.print 'step 15 of 19: done'

-- ============================================================================
-- Step 16 of 19, contract: From here the way back copies c into c__old again
--   Id:           c/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 16 of 19: From here the way back copies c into c__old again'
-- Nothing to run in the database.
.print 'step 16 of 19: done'

-- ============================================================================
-- Step 17 of 19, contract: Stop repeating writes to c on c__old
--   Id:           c/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 17 of 19: Stop repeating writes to c on c__old'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
COMMIT;
.print 'step 17 of 19: done'

-- ============================================================================
-- Step 18 of 19, contract: Drop c__old
--   Id:           c/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         the pages of the table and its indexes go to the free list: time grows with its size; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 18 of 19: Drop c__old'
BEGIN IMMEDIATE;
DROP TABLE "c__old";
COMMIT;
.print 'step 18 of 19: done'

-- ============================================================================
-- Step 19 of 19, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 19 of 19: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 19 of 19: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
