-- Rollback, every phase of migration blue_green_set
-- Two tables flip together
-- sqlite 3.40; strategy blue_green; risk high; forgelua 0.1.0
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
-- Check: step 14 must be done before this: Drop carts__old, entries__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop carts__old, entries__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'entries__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column carts.id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column carts.id', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('carts') WHERE name = 'id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no row of entries points at a missing row of carts. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of entries points at a missing row of carts', '0', CAST((SELECT COUNT(*) FROM (SELECT "cart" AS "cart" FROM "entries") AS child_row WHERE child_row."cart" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "carts" AS parent_row WHERE parent_row."id" = child_row."cart")) AS text));
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
-- Undo step 14 of 15, contract: Drop carts__old, entries__old
--   Id:           carts, entries/contract/drop-old
-- ============================================================================
.print 'undo step 14 of 15: Drop carts__old, entries__old'
BEGIN IMMEDIATE;
CREATE TABLE "carts__old" (
  "id" integer PRIMARY KEY,
  "owner" varchar(20)
);
CREATE TABLE "entries__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "cart" integer NOT NULL CONSTRAINT "entries_cart_fk" REFERENCES "carts__old" ("id")
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to entries on entries__old
--   Id:           entries/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop repeating writes to entries on entries__old'
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
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: Stop repeating writes to carts on carts__old
--   Id:           carts/contract/stop-sync
-- ============================================================================
.print 'undo step 12 of 15: Stop repeating writes to carts on carts__old'
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
COMMIT;
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: From here the way back copies carts into carts__old again
--   Id:           carts/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 11 of 15: From here the way back copies carts into carts__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('carts/contract/point-of-return/back', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'carts/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'carts/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "carts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "carts" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "carts__old" ("id", "owner") SELECT "id", "owner" FROM "carts" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "carts__old" AS forgelua_t WHERE forgelua_t."id" = "carts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''carts/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'carts/contract/point-of-return/back';
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: From here the way back copies entries into entries__old again
--   Id:           entries/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 10 of 15: From here the way back copies entries into entries__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('entries/contract/point-of-return/back', 20000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'entries/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'entries/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "entries"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "entries" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "entries__old" ("id", "cart") SELECT "id", "cart" FROM "entries" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "entries__old" AS forgelua_t WHERE forgelua_t."id" = "entries"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''entries/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'entries/contract/point-of-return/back';
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, switch: Flip carts, entries to their copies, together
--   Id:           carts, entries/switch/flip
-- ============================================================================
.print 'undo step 9 of 15: Flip carts, entries to their copies, together'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'entries' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]entries[^a-z0-9_]*' OR lower(tbl_name) = 'carts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]carts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "entries__sync_ins";
DROP TRIGGER IF EXISTS "entries__sync_upd";
DROP TRIGGER IF EXISTS "entries__sync_del";
DROP TRIGGER IF EXISTS "carts__sync_ins";
DROP TRIGGER IF EXISTS "carts__sync_upd";
DROP TRIGGER IF EXISTS "carts__sync_del";
ALTER TABLE "entries" RENAME TO "entries__new";
ALTER TABLE "entries__old" RENAME TO "entries";
ALTER TABLE "carts" RENAME TO "carts__new";
ALTER TABLE "carts__old" RENAME TO "carts";
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
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"entries__old"', '"entries"') WHERE type = 'table' AND instr(sql, '"entries__old"') > 0;
UPDATE main.sqlite_master SET sql = replace(sql, '"carts__old"', '"carts"') WHERE type = 'table' AND instr(sql, '"carts__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Test the second set of carts, entries before the flip
--   Id:           carts, entries/switch/verify-green
-- ============================================================================
.print 'undo step 8 of 15: Test the second set of carts, entries before the flip'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Add the foreign key entries_cart_fk on entries__new
--   Id:           entries__new.entries_cart_fk/switch/add-foreign-key
-- ============================================================================
.print 'undo step 7 of 15: Add the foreign key entries_cart_fk on entries__new'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('entries__new') OR lower(f."table") IN ('entries__new'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'entries__new');
CREATE TABLE "entries__new__rebuild" (
  "id" bigint NOT NULL PRIMARY KEY,
  "cart" bigint NOT NULL
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
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Copy the rows of entries into entries__new
--   Id:           entries/migrate/copy
-- ============================================================================
.print 'undo step 6 of 15: Copy the rows of entries into entries__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to entries on entries__new
--   Id:           entries/migrate/sync
-- ============================================================================
.print 'undo step 5 of 15: Repeat every write to entries on entries__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "entries__sync_ins";
DROP TRIGGER IF EXISTS "entries__sync_upd";
DROP TRIGGER IF EXISTS "entries__sync_del";
COMMIT;
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of carts into carts__new
--   Id:           carts/migrate/copy
-- ============================================================================
.print 'undo step 4 of 15: Copy the rows of carts into carts__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to carts on carts__new
--   Id:           carts/migrate/sync
-- ============================================================================
.print 'undo step 3 of 15: Repeat every write to carts on carts__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "carts__sync_ins";
DROP TRIGGER IF EXISTS "carts__sync_upd";
DROP TRIGGER IF EXISTS "carts__sync_del";
COMMIT;
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create entries__new in the new shape of entries
--   Id:           entries/expand/create-copy
-- ============================================================================
.print 'undo step 2 of 15: Create entries__new in the new shape of entries'
BEGIN IMMEDIATE;
DROP TABLE "entries__new";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create carts__new in the new shape of carts
--   Id:           carts/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create carts__new in the new shape of carts'
BEGIN IMMEDIATE;
DROP TABLE "carts__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
