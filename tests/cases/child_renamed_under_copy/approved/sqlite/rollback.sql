-- WARNING: rollback is destructive — r__old data will be lost: values of r.q that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration child_renamed_under_copy
-- Tables are copied while columns and tables that refer to them get other names
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
-- Check: step 21 must be done before this: Drop r__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 21 must be done before this: Drop r__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'r__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 13 must be done before this: Rename d to child. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 13 must be done before this: Rename d to child', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'child') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no row of c points at a missing row of p. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of c points at a missing row of p', '0', CAST((SELECT COUNT(*) FROM (SELECT "parent" AS "p_id" FROM "c") AS child_row WHERE child_row."p_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "p" AS parent_row WHERE parent_row."id" = child_row."p_id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 22 of 22, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 22 of 22: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 22 of 22: done'

-- ============================================================================
-- Undo step 21 of 22, contract: Drop r__old
--   Id:           r/contract/drop-old
--   Loses:        values of r.q that do not come back unchanged
-- ============================================================================
.print 'undo step 21 of 22: Drop r__old'
BEGIN IMMEDIATE;
CREATE TABLE "r__old" (
  "id" integer PRIMARY KEY,
  "q" integer DEFAULT 1
);
COMMIT;
.print 'undo step 21 of 22: done'

-- ============================================================================
-- Undo step 20 of 22, contract: Stop repeating writes to r on r__old
--   Id:           r/contract/stop-sync
-- ============================================================================
.print 'undo step 20 of 22: Stop repeating writes to r on r__old'
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
CREATE TRIGGER "r__sync_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  UPDATE OR IGNORE "r__old" SET ("q") = (SELECT ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__old" ("id", "q") SELECT "id", ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, ("q") AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."q" IS s.v2) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT ("q") FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__old" SET ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" AND OLD."id" IS NEW."id" THEN "r__old"."q" ELSE ("q") END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__old" SET "id" = NEW."id", ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" THEN "r__old"."q" ELSE ("q") END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__old" ("id", "q") SELECT "id", ("q") FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, ("q") AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."q" COLLATE BINARY IS NEW."q" OR forgelua_t."q" IS s.v2)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT ("q") FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_del" AFTER DELETE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
COMMIT;
.print 'undo step 20 of 22: done'

-- ============================================================================
-- Undo step 19 of 22, contract: From here the way back copies r into r__old again
--   Id:           r/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 19 of 22: From here the way back copies r into r__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('r/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'r/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'r/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "r"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "r" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "r__old" ("id", "q") SELECT "id", ("q") FROM "r" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t WHERE forgelua_t."id" = "r"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''r/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r/contract/point-of-return/back';
.print 'undo step 19 of 22: done'

-- ============================================================================
-- Undo step 18 of 22, contract: Drop c__old, p__old
--   Id:           c, p/contract/drop-old
-- ============================================================================
.print 'undo step 18 of 22: Drop c__old, p__old'
BEGIN IMMEDIATE;
CREATE TABLE "p__old" (
  "id" integer PRIMARY KEY,
  "n" varchar(10)
);
CREATE TABLE "c__old" (
  "id" integer PRIMARY KEY,
  "p_id" integer REFERENCES "p__old" ("id")
);
COMMIT;
.print 'undo step 18 of 22: done'

-- ============================================================================
-- Undo step 17 of 22, contract: Stop repeating writes to p on p__old
--   Id:           p/contract/stop-sync
-- ============================================================================
.print 'undo step 17 of 22: Stop repeating writes to p on p__old'
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
CREATE TRIGGER "p__sync_ins" AFTER INSERT ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  UPDATE OR IGNORE "p__old" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "p__old" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__old" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
CREATE TRIGGER "p__sync_upd" AFTER UPDATE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "p__old" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "p__old" SET "id" = NEW."id", ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "p__old" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__old" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
CREATE TRIGGER "p__sync_del" AFTER DELETE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__old');
  DELETE FROM "p__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__old';
END;
COMMIT;
.print 'undo step 17 of 22: done'

-- ============================================================================
-- Undo step 16 of 22, contract: Stop repeating writes to c on c__old
--   Id:           c/contract/stop-sync
-- ============================================================================
.print 'undo step 16 of 22: Stop repeating writes to c on c__old'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  UPDATE OR IGNORE "c__old" SET ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__old" ("id", "p_id") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p_id" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__old" SET ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__old" SET "id" = NEW."id", ("p_id") = (SELECT "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__old" ("id", "p_id") SELECT "id", "parent" FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t, (SELECT "id" AS v1, "parent" AS v2 FROM (SELECT "id", "parent" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."p_id" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__old');
  DELETE FROM "c__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__old';
END;
COMMIT;
.print 'undo step 16 of 22: done'

-- ============================================================================
-- Undo step 15 of 22, contract: From here the way back copies p into p__old again
--   Id:           p/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 15 of 22: From here the way back copies p into p__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('p/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'p/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'p/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "p"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "p" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "p__old" ("id", "n") SELECT "id", "n" FROM "p" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "p__old" AS forgelua_t WHERE forgelua_t."id" = "p"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''p/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'p/contract/point-of-return/back';
.print 'undo step 15 of 22: done'

-- ============================================================================
-- Undo step 14 of 22, contract: From here the way back copies c into c__old again
--   Id:           c/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 14 of 22: From here the way back copies c into c__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('c/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'c/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'c/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "c"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "c" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "c__old" ("id", "p_id") SELECT "id", "parent" FROM "c" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "c__old" AS forgelua_t WHERE forgelua_t."id" = "c"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''c/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'c/contract/point-of-return/back';
.print 'undo step 14 of 22: done'

-- ============================================================================
-- Undo step 13 of 22, switch: Rename d to child
--   Id:           d/switch/rename-table
-- ============================================================================
.print 'undo step 13 of 22: Rename d to child'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "child" RENAME TO "d";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 13 of 22: done'

-- ============================================================================
-- Undo step 12 of 22, switch: Swap the copy of r in
--   Id:           r/switch/swap
-- ============================================================================
.print 'undo step 12 of 22: Swap the copy of r in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'r' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]r[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
DROP TRIGGER IF EXISTS "r__sync_del";
ALTER TABLE "r" RENAME TO "r__new";
ALTER TABLE "r__old" RENAME TO "r";
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
CREATE TRIGGER "r__sync_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  UPDATE OR IGNORE "r__new" SET ("q") = (SELECT COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__new" ("id", "q") SELECT "id", COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE(q, 0) AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."q" IS s.v2) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT COALESCE(q, 0) FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__new" SET ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" AND OLD."id" IS NEW."id" THEN "r__new"."q" ELSE COALESCE(q, 0) END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__new" SET "id" = NEW."id", ("q") = (SELECT CASE WHEN OLD."q" COLLATE BINARY IS NEW."q" THEN "r__new"."q" ELSE COALESCE(q, 0) END FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__new" ("id", "q") SELECT "id", COALESCE(q, 0) FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, COALESCE(q, 0) AS v2 FROM (SELECT "id", "q" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND (OLD."q" COLLATE BINARY IS NEW."q" OR forgelua_t."q" IS s.v2)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'q', quote(NEW."q") WHERE NEW."q" IS NOT NULL AND (SELECT COALESCE(q, 0) FROM (SELECT NEW."q" AS "q") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_del" AFTER DELETE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"r__old"', '"r"') WHERE type = 'table' AND instr(sql, '"r__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 12 of 22: done'

-- ============================================================================
-- Undo step 11 of 22, switch: Flip c, p to their copies, together
--   Id:           c, p/switch/swap
-- ============================================================================
.print 'undo step 11 of 22: Flip c, p to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'p' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]p[^a-z0-9_]*' OR lower(tbl_name) = 'c' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]c[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "p__sync_ins";
DROP TRIGGER IF EXISTS "p__sync_upd";
DROP TRIGGER IF EXISTS "p__sync_del";
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
ALTER TABLE "p" RENAME TO "p__new";
ALTER TABLE "p__old" RENAME TO "p";
ALTER TABLE "c" RENAME TO "c__new";
ALTER TABLE "c__old" RENAME TO "c";
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
CREATE TRIGGER "p__sync_ins" AFTER INSERT ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  UPDATE OR IGNORE "p__new" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "p__new" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__new" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
END;
CREATE TRIGGER "p__sync_upd" AFTER UPDATE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "p__new" SET ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "p__new" SET "id" = NEW."id", ("n") = (SELECT "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "p__new" ("id", "n") SELECT "id", "n" FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p" WHERE NOT EXISTS (SELECT 1 FROM "p__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'p__sync', 'p', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "p__new" AS forgelua_t, (SELECT "id" AS v1, "n" AS v2 FROM (SELECT "id", "n" FROM "p" WHERE "id" IS NEW."id") AS "p") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."n" IS s.v2) AND EXISTS (SELECT 1 FROM "p" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
END;
CREATE TRIGGER "p__sync_del" AFTER DELETE ON "p"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'p|p__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('p|p__new');
  DELETE FROM "p__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "p" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'p|p__new';
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
CREATE TRIGGER "c__sync_ins" AFTER INSERT ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  UPDATE OR IGNORE "c__new" SET ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "c__new" ("id", "parent") SELECT "id", "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p_id" AS v2 FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_upd" AFTER UPDATE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "c__new" SET ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "c__new" SET "id" = NEW."id", ("parent") = (SELECT "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "c__new" ("id", "parent") SELECT "id", "p_id" FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c" WHERE NOT EXISTS (SELECT 1 FROM "c__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'c__sync', 'c', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "c__new" AS forgelua_t, (SELECT "id" AS v1, "p_id" AS v2 FROM (SELECT "id", "p_id" FROM "c" WHERE "id" IS NEW."id") AS "c") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."parent" IS s.v2) AND EXISTS (SELECT 1 FROM "c" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
CREATE TRIGGER "c__sync_del" AFTER DELETE ON "c"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'c|c__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('c|c__new');
  DELETE FROM "c__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "c" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'c|c__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"p__old"', '"p"') WHERE type = 'table' AND instr(sql, '"p__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"c__old"', '"c"') WHERE type = 'table' AND instr(sql, '"c__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 11 of 22: done'

-- ============================================================================
-- Undo step 10 of 22, switch: Add the foreign key (parent) on c__new
--   Id:           c__new.unnamed:foreign_key:parent/switch/add-foreign-key
-- ============================================================================
.print 'undo step 10 of 22: Add the foreign key (parent) on c__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('c__new') OR lower(f."table") IN ('c__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'c__new');
CREATE TABLE "c__new__rebuild" (
  "id" integer PRIMARY KEY,
  "parent" integer
);
INSERT INTO "c__new__rebuild" ("id", "parent")
  SELECT "id", "parent" FROM "c__new";
DROP TABLE "c__new";
ALTER TABLE "c__new__rebuild" RENAME TO "c__new";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('c__new') OR lower(f."table") IN ('c__new'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 10 of 22: done'

-- ============================================================================
-- Undo step 9 of 22, migrate: Copy the rows of r into r__new
--   Id:           r/migrate/copy
-- ============================================================================
.print 'undo step 9 of 22: Copy the rows of r into r__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 22: done'

-- ============================================================================
-- Undo step 8 of 22, migrate: Repeat every write to r on r__new
--   Id:           r/migrate/sync
-- ============================================================================
.print 'undo step 8 of 22: Repeat every write to r on r__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
DROP TRIGGER IF EXISTS "r__sync_del";
COMMIT;
.print 'undo step 8 of 22: done'

-- ============================================================================
-- Undo step 7 of 22, migrate: Copy the rows of p into p__new
--   Id:           p/migrate/copy
-- ============================================================================
.print 'undo step 7 of 22: Copy the rows of p into p__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 22: done'

-- ============================================================================
-- Undo step 6 of 22, migrate: Repeat every write to p on p__new
--   Id:           p/migrate/sync
-- ============================================================================
.print 'undo step 6 of 22: Repeat every write to p on p__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "p__sync_ins";
DROP TRIGGER IF EXISTS "p__sync_upd";
DROP TRIGGER IF EXISTS "p__sync_del";
COMMIT;
.print 'undo step 6 of 22: done'

-- ============================================================================
-- Undo step 5 of 22, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
-- ============================================================================
.print 'undo step 5 of 22: Copy the rows of c into c__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 22: done'

-- ============================================================================
-- Undo step 4 of 22, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
-- ============================================================================
.print 'undo step 4 of 22: Repeat every write to c on c__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "c__sync_ins";
DROP TRIGGER IF EXISTS "c__sync_upd";
DROP TRIGGER IF EXISTS "c__sync_del";
COMMIT;
.print 'undo step 4 of 22: done'

-- ============================================================================
-- Undo step 3 of 22, expand: Create r__new in the new shape of r
--   Id:           r/expand/create-copy
-- ============================================================================
.print 'undo step 3 of 22: Create r__new in the new shape of r'
BEGIN IMMEDIATE;
DROP TABLE "r__new";
COMMIT;
.print 'undo step 3 of 22: done'

-- ============================================================================
-- Undo step 2 of 22, expand: Create p__new in the new shape of p
--   Id:           p/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 22: Create p__new in the new shape of p'
BEGIN IMMEDIATE;
DROP TABLE "p__new";
COMMIT;
.print 'undo step 2 of 22: done'

-- ============================================================================
-- Undo step 1 of 22, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 22: Create c__new in the new shape of c'
BEGIN IMMEDIATE;
DROP TABLE "c__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 22: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
