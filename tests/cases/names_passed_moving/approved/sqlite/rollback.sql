-- WARNING: rollback is destructive — t data will be lost: values of t that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_passed_moving
-- A unique key becomes an index of its name, and an index a unique key, while their columns move
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
-- Check: step 15 must be done before this: Drop u__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 15 must be done before this: Drop u__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'u__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: rename_column u.bb. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: rename_column u.bb', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('u') WHERE name = 'bb') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of t agree in ("b"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of t agree in ("b")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "bb" AS "b" FROM "t") AS made WHERE "b" IS NOT NULL GROUP BY "b" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 16 of 16, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 16 of 16: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 16 of 16: done'

-- ============================================================================
-- Undo step 15 of 16, contract: Drop u__old
--   Id:           u/contract/drop-old
-- ============================================================================
.print 'undo step 15 of 16: Drop u__old'
BEGIN IMMEDIATE;
CREATE TABLE "u__old" (
  "id" integer PRIMARY KEY,
  "b" integer
);
CREATE INDEX "ub" ON "u__old" ("b");
COMMIT;
.print 'undo step 15 of 16: done'

-- ============================================================================
-- Undo step 14 of 16, contract: Stop repeating writes to u on u__old
--   Id:           u/contract/stop-sync
-- ============================================================================
.print 'undo step 14 of 16: Stop repeating writes to u on u__old'
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
CREATE TRIGGER "u__sync_ins" AFTER INSERT ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  UPDATE OR IGNORE "u__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "u__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
CREATE TRIGGER "u__sync_upd" AFTER UPDATE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "u__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "u__old" SET "id" = NEW."id", ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "u__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
CREATE TRIGGER "u__sync_del" AFTER DELETE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__old');
  DELETE FROM "u__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__old';
END;
COMMIT;
.print 'undo step 14 of 16: done'

-- ============================================================================
-- Undo step 13 of 16, contract: From here the way back copies u into u__old again
--   Id:           u/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 13 of 16: From here the way back copies u into u__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('u/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'u/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'u/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "u"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "u" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "u__old" ("id", "b") SELECT "id", "bb" FROM "u" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "u__old" AS forgelua_t WHERE forgelua_t."id" = "u"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''u/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'u/contract/point-of-return/back';
.print 'undo step 13 of 16: done'

-- ============================================================================
-- Undo step 12 of 16, contract: Give tb of t their names
--   Id:           t/contract/final-names
-- ============================================================================
.print 'undo step 12 of 16: Give tb of t their names'
BEGIN IMMEDIATE;
CREATE INDEX "tb__new" ON "t" ("bb");
DROP INDEX "tb";
COMMIT;
.print 'undo step 12 of 16: done'

-- ============================================================================
-- Undo step 11 of 16, contract: Drop t__old
--   Id:           t/contract/drop-old
-- ============================================================================
.print 'undo step 11 of 16: Drop t__old'
BEGIN IMMEDIATE;
CREATE TABLE "t__old" (
  "id" integer PRIMARY KEY,
  "b" integer,
  CONSTRAINT "tb" UNIQUE ("b")
);
COMMIT;
.print 'undo step 11 of 16: done'

-- ============================================================================
-- Undo step 10 of 16, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
-- ============================================================================
.print 'undo step 10 of 16: Stop repeating writes to t on t__old'
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  UPDATE OR IGNORE "t__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__old" SET ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__old" SET "id" = NEW."id", ("b") = (SELECT "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__old" ("id", "b") SELECT "id", "bb" FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t, (SELECT "id" AS v1, "bb" AS v2 FROM (SELECT "id", "bb" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."b" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__old');
  DELETE FROM "t__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__old';
END;
COMMIT;
.print 'undo step 10 of 16: done'

-- ============================================================================
-- Undo step 9 of 16, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 9 of 16: From here the way back copies t into t__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('t/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 't/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 't/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "t"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "t" WHERE "id" > batch.hi ORDER BY "id" LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "t__old" ("id", "b") SELECT "id", "bb" FROM "t" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "t__old" AS forgelua_t WHERE forgelua_t."id" = "t"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''t/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 't/contract/point-of-return/back';
.print 'undo step 9 of 16: done'

-- ============================================================================
-- Undo step 8 of 16, switch: Swap the copy of u in
--   Id:           u/switch/swap
-- ============================================================================
.print 'undo step 8 of 16: Swap the copy of u in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'u' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]u[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "u__sync_ins";
DROP TRIGGER IF EXISTS "u__sync_upd";
DROP TRIGGER IF EXISTS "u__sync_del";
ALTER TABLE "u" RENAME TO "u__new";
ALTER TABLE "u__old" RENAME TO "u";
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
CREATE TRIGGER "u__sync_ins" AFTER INSERT ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  UPDATE OR IGNORE "u__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "u__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
CREATE TRIGGER "u__sync_upd" AFTER UPDATE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "u__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "u__new" SET "id" = NEW."id", ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "u__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u" WHERE NOT EXISTS (SELECT 1 FROM "u__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'u__sync', 'u', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "u__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "u" WHERE "id" IS NEW."id") AS "u") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "u" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
CREATE TRIGGER "u__sync_del" AFTER DELETE ON "u"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'u|u__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('u|u__new');
  DELETE FROM "u__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "u" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'u|u__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"u__old"', '"u"') WHERE type = 'table' AND instr(sql, '"u__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 16: done'

-- ============================================================================
-- Undo step 7 of 16, switch: Swap the copy of t in
--   Id:           t/switch/swap
--   Loses:        values of t that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 7 of 16: Swap the copy of t in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 't' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]t[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
ALTER TABLE "t" RENAME TO "t__new";
ALTER TABLE "t__old" RENAME TO "t";
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
CREATE TRIGGER "t__sync_ins" AFTER INSERT ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  UPDATE OR IGNORE "t__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "t__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_upd" AFTER UPDATE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "t__new" SET ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "t__new" SET "id" = NEW."id", ("bb") = (SELECT "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "t__new" ("id", "bb") SELECT "id", "b" FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t" WHERE NOT EXISTS (SELECT 1 FROM "t__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 't__sync', 't', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "t__new" AS forgelua_t, (SELECT "id" AS v1, "b" AS v2 FROM (SELECT "id", "b" FROM "t" WHERE "id" IS NEW."id") AS "t") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."bb" IS s.v2) AND EXISTS (SELECT 1 FROM "t" WHERE "id" IS NEW."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
CREATE TRIGGER "t__sync_del" AFTER DELETE ON "t"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 't|t__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('t|t__new');
  DELETE FROM "t__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "t" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 't|t__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"t__old"', '"t"') WHERE type = 'table' AND instr(sql, '"t__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 16: done'

-- ============================================================================
-- Undo step 6 of 16, migrate: Copy the rows of u into u__new
--   Id:           u/migrate/copy
-- ============================================================================
.print 'undo step 6 of 16: Copy the rows of u into u__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 16: done'

-- ============================================================================
-- Undo step 5 of 16, migrate: Repeat every write to u on u__new
--   Id:           u/migrate/sync
-- ============================================================================
.print 'undo step 5 of 16: Repeat every write to u on u__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "u__sync_ins";
DROP TRIGGER IF EXISTS "u__sync_upd";
DROP TRIGGER IF EXISTS "u__sync_del";
COMMIT;
.print 'undo step 5 of 16: done'

-- ============================================================================
-- Undo step 4 of 16, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
-- ============================================================================
.print 'undo step 4 of 16: Copy the rows of t into t__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 16: done'

-- ============================================================================
-- Undo step 3 of 16, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
-- ============================================================================
.print 'undo step 3 of 16: Repeat every write to t on t__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "t__sync_ins";
DROP TRIGGER IF EXISTS "t__sync_upd";
DROP TRIGGER IF EXISTS "t__sync_del";
COMMIT;
.print 'undo step 3 of 16: done'

-- ============================================================================
-- Undo step 2 of 16, expand: Create u__new in the new shape of u
--   Id:           u/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 16: Create u__new in the new shape of u'
BEGIN IMMEDIATE;
DROP TABLE "u__new";
COMMIT;
.print 'undo step 2 of 16: done'

-- ============================================================================
-- Undo step 1 of 16, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 16: Create t__new in the new shape of t'
BEGIN IMMEDIATE;
DROP TABLE "t__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 16: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
