-- WARNING: rollback is destructive — acc, ent data will be lost: values of acc that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed; values of ent that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_gets_a_tenant
-- The key of accounts gets the tenant in front, and what refers to it follows
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
-- Check: step 14 must be done before this: Drop the index acc__new_key on acc. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop the index acc__new_key on acc', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'acc__new_key' COLLATE NOCASE AND tbl_name = 'acc' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of acc agree in ("id"). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no two rows of acc agree in ("id")', '0', CAST((SELECT COUNT(*) FROM (SELECT 1 AS one FROM (SELECT "id" AS "id" FROM "acc") AS made WHERE "id" IS NOT NULL GROUP BY "id" HAVING COUNT(*) > 1) AS doubled) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of ent points at a missing row of acc. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of ent points at a missing row of acc', '0', CAST((SELECT COUNT(*) FROM (SELECT "acc_id" AS "acc_id" FROM "ent") AS child_row WHERE child_row."acc_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "acc" AS parent_row WHERE parent_row."id" = child_row."acc_id")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 15 of 15: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 15 of 15: done'

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the index acc__new_key on acc
--   Id:           acc.acc__new_key/contract/drop-index
-- ============================================================================
.print 'undo step 14 of 15: Drop the index acc__new_key on acc'
BEGIN IMMEDIATE;
CREATE INDEX "acc__new_key" ON "acc" ("id");
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Drop acc__old, ent__old
--   Id:           acc, ent/contract/drop-old
-- ============================================================================
.print 'undo step 13 of 15: Drop acc__old, ent__old'
BEGIN IMMEDIATE;
CREATE TABLE "acc__old" (
  "id" integer PRIMARY KEY,
  "tenant" integer NOT NULL
);
CREATE TABLE "ent__old" (
  "id" integer PRIMARY KEY,
  "tenant" integer NOT NULL,
  "acc_id" integer NOT NULL REFERENCES "acc__old" ("id")
);
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: Stop repeating writes to ent on ent__old
--   Id:           ent/contract/stop-sync
-- ============================================================================
.print 'undo step 12 of 15: Stop repeating writes to ent on ent__old'
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
COMMIT;
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Stop repeating writes to acc on acc__old
--   Id:           acc/contract/stop-sync
-- ============================================================================
.print 'undo step 11 of 15: Stop repeating writes to acc on acc__old'
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
COMMIT;
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: From here the way back copies acc into acc__old again
--   Id:           acc/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 10 of 15: From here the way back copies acc into acc__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('acc/contract/point-of-return/back', (SELECT count(*) FROM "acc"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'acc/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'acc/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "acc"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "acc" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "acc__old" ("id", "tenant") SELECT "id", "tenant" FROM "acc" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "acc__old" AS forgelua_t WHERE forgelua_t."tenant" = "acc"."tenant" AND forgelua_t."id" = "acc"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''acc/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'acc/contract/point-of-return/back';
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back copies ent into ent__old again
--   Id:           ent/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 9 of 15: From here the way back copies ent into ent__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('ent/contract/point-of-return/back', (SELECT count(*) FROM "ent"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'ent/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'ent/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "ent"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "ent" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "ent__old" ("id", "tenant", "acc_id") SELECT "id", "tenant", "acc_id" FROM "ent" WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "ent__old" AS forgelua_t WHERE forgelua_t."id" = "ent"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''ent/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'ent/contract/point-of-return/back';
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Flip acc, ent to their copies, together
--   Id:           acc, ent/switch/swap
--   Loses:        values of acc that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed; values of ent that the old table cannot hold: until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until they are changed
-- ============================================================================
.print 'undo step 8 of 15: Flip acc, ent to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'ent' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]ent[^a-z0-9_]*' OR lower(tbl_name) = 'acc' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]acc[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
CREATE TEMP TABLE forgelua_texts AS SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('table', 'view', 'trigger') AND lower(name) NOT IN ('ent', 'acc') AND lower(tbl_name) NOT IN ('ent', 'acc');
ALTER TABLE "ent" RENAME TO "ent__new";
ALTER TABLE "acc" RENAME TO "acc__new";
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master AS m SET sql = (SELECT k.sql FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name) WHERE EXISTS (SELECT 1 FROM temp.forgelua_texts AS k WHERE k.type = m.type AND k.name = m.name AND k.sql <> m.sql);
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_texts;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "ent__sync_ins";
DROP TRIGGER IF EXISTS "ent__sync_upd";
DROP TRIGGER IF EXISTS "ent__sync_del";
DROP TRIGGER IF EXISTS "acc__sync_ins";
DROP TRIGGER IF EXISTS "acc__sync_upd";
DROP TRIGGER IF EXISTS "acc__sync_del";
ALTER TABLE "ent__old" RENAME TO "ent";
ALTER TABLE "acc__old" RENAME TO "acc";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"ent__old"', '"ent"') WHERE type = 'table' AND instr(sql, '"ent__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"acc__old"', '"acc"') WHERE type = 'table' AND instr(sql, '"acc__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Add the foreign key (tenant,acc_id) on ent__new
--   Id:           ent__new.unnamed:foreign_key:tenant,acc_id/switch/add-foreign-key
-- ============================================================================
.print 'undo step 7 of 15: Add the foreign key (tenant,acc_id) on ent__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('ent__new') OR lower(f."table") IN ('ent__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'ent__new');
CREATE TABLE "ent__new__rebuild" (
  "id" integer PRIMARY KEY,
  "tenant" integer NOT NULL,
  "acc_id" integer NOT NULL
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
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Copy the rows of ent into ent__new
--   Id:           ent/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of ent into ent__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to ent on ent__new
--   Id:           ent/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to ent on ent__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "ent__sync_ins";
DROP TRIGGER IF EXISTS "ent__sync_upd";
DROP TRIGGER IF EXISTS "ent__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of acc into acc__new
--   Id:           acc/migrate/copy
-- ============================================================================
.print 'undo step 4 of 15: Copy the rows of acc into acc__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to acc on acc__new
--   Id:           acc/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Repeat every write to acc on acc__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "acc__sync_ins";
DROP TRIGGER IF EXISTS "acc__sync_upd";
DROP TRIGGER IF EXISTS "acc__sync_del";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create ent__new in the new shape of ent
--   Id:           ent/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create ent__new in the new shape of ent'
BEGIN IMMEDIATE;
DROP TABLE "ent__new";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create acc__new in the new shape of acc
--   Id:           acc/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create acc__new in the new shape of acc'
BEGIN IMMEDIATE;
DROP TABLE "acc__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
