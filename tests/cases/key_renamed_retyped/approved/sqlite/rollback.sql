-- Rollback, every phase of migration key_renamed_retyped
-- A composite key that its own table refers to: one column gets another name, the other another type
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 10 must be done before this: Drop the old column up__old of node. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 10 must be done before this: Drop the old column up__old of node', '1', CAST((SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('node') WHERE name = 'up__old' COLLATE NOCASE) THEN '1' ELSE '0' END) = '1' THEN '0' ELSE '1' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 7 must be done before this: Rename node.org to tenant. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 7 must be done before this: Rename node.org to tenant', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('node') WHERE name = 'tenant') THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 11 of 11: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 11 of 11: done'

-- ============================================================================
-- Undo step 10 of 11, contract: Drop the old column up__old of node
--   Id:           node.up/contract/drop-old
-- ============================================================================
.print 'undo step 10 of 11: Drop the old column up__old of node'
BEGIN IMMEDIATE;
ALTER TABLE "node" ADD COLUMN "up__old" integer;
COMMIT;
.print 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Stop keeping up__old and up of node equal
--   Id:           node.up/contract/stop-sync
-- ============================================================================
.print 'undo step 9 of 11: Stop keeping up__old and up of node equal'
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
CREATE TRIGGER "node__sync_ins" AFTER INSERT ON "node"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'node__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('node__sync');
  UPDATE OR IGNORE "node" SET "up" = (SELECT up__old FROM (SELECT NEW."up__old" AS "up__old") AS "node") WHERE rowid = NEW.rowid AND NEW."up__old" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up', quote(NEW."up__old") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__old" IS NOT NULL AND NEW."up__old" IS NOT NULL AND "node"."up" IS NULL;
  UPDATE OR IGNORE "node" SET "up__old" = (SELECT "up" FROM (SELECT NEW."up" AS "up") AS "node") WHERE rowid = NEW.rowid AND NEW."up__old" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up__old', quote(NEW."up") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__old" IS NULL AND NEW."up" IS NOT NULL AND "node"."up__old" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'node__sync';
END;
CREATE TRIGGER "node__sync_upd" AFTER UPDATE OF "up__old", "up" ON "node"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'node__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('node__sync');
  UPDATE OR IGNORE "node" SET "up" = (SELECT up__old FROM (SELECT NEW."up__old" AS "up__old") AS "node") WHERE rowid = NEW.rowid AND NEW."up__old" IS NOT OLD."up__old" AND NOT (NEW."up" IS NOT OLD."up");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up', quote(NEW."up__old") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__old" IS NOT OLD."up__old" AND NOT (NEW."up" IS NOT OLD."up") AND NEW."up__old" IS NOT NULL AND "node"."up" IS NULL;
  UPDATE OR IGNORE "node" SET "up__old" = (SELECT "up" FROM (SELECT NEW."up" AS "up") AS "node") WHERE rowid = NEW.rowid AND NEW."up" IS NOT OLD."up";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up__old', quote(NEW."up") FROM "node" WHERE rowid = NEW.rowid AND NEW."up" IS NOT OLD."up" AND NEW."up" IS NOT NULL AND "node"."up__old" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'node__sync';
END;
CREATE TRIGGER "node__sync_kept" AFTER UPDATE ON "node"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."up__old" IS NOT OLD."up__old")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "node" SET "up__old" = OLD."up__old" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "node__sync_back" AFTER UPDATE ON "node"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."up" IS NOT OLD."up")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "node" SET "up" = OLD."up" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: From here the way back computes up__old of node again
--   Id:           node.up/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
.print 'undo step 8 of 11: From here the way back computes up__old of node again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('node.up/contract/point-of-return/back', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'node.up/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'node.up/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "node"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "node" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "node" SET "up__old" = ("up") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ((CASE WHEN ("up__old") = ("up") OR (("up__old") IS NULL AND ("up") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''node.up/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'node.up/contract/point-of-return/back';
.print 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, switch: Rename node.org to tenant
--   Id:           node.org/switch/rename
-- ============================================================================
.print 'undo step 7 of 11: Rename node.org to tenant'
BEGIN IMMEDIATE;
ALTER TABLE "node" RENAME COLUMN "tenant" TO org;
COMMIT;
.print 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, switch: Let the new up of node take over
--   Id:           node.up/switch/swap
-- ============================================================================
.print 'undo step 6 of 11: Let the new up of node take over'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'node' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]node[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
DROP TRIGGER IF EXISTS "node__sync_ins";
DROP TRIGGER IF EXISTS "node__sync_upd";
DROP TRIGGER IF EXISTS "node__sync_kept";
DROP TRIGGER IF EXISTS "node__sync_back";
ALTER TABLE "node" RENAME COLUMN "up" TO up__new;
ALTER TABLE "node" RENAME COLUMN "up__old" TO up;
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
CREATE TRIGGER "node__sync_ins" AFTER INSERT ON "node"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'node__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('node__sync');
  UPDATE OR IGNORE "node" SET "up__new" = (SELECT "up" FROM (SELECT NEW."up" AS "up") AS "node") WHERE rowid = NEW.rowid AND NEW."up__new" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up__new', quote(NEW."up") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__new" IS NULL AND NEW."up" IS NOT NULL AND "node"."up__new" IS NULL;
  UPDATE OR IGNORE "node" SET "up" = (SELECT up__new FROM (SELECT NEW."up__new" AS "up__new") AS "node") WHERE rowid = NEW.rowid AND NEW."up__new" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up', quote(NEW."up__new") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__new" IS NOT NULL AND NEW."up__new" IS NOT NULL AND "node"."up" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'node__sync';
END;
CREATE TRIGGER "node__sync_upd" AFTER UPDATE OF "up", "up__new" ON "node"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'node__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('node__sync');
  UPDATE OR IGNORE "node" SET "up__new" = (SELECT "up" FROM (SELECT NEW."up" AS "up") AS "node") WHERE rowid = NEW.rowid AND NEW."up" IS NOT OLD."up";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up__new', quote(NEW."up") FROM "node" WHERE rowid = NEW.rowid AND NEW."up" IS NOT OLD."up" AND NEW."up" IS NOT NULL AND "node"."up__new" IS NULL;
  UPDATE OR IGNORE "node" SET "up" = (SELECT up__new FROM (SELECT NEW."up__new" AS "up__new") AS "node") WHERE rowid = NEW.rowid AND NEW."up__new" IS NOT OLD."up__new" AND NOT (NEW."up" IS NOT OLD."up");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'node__sync', 'node', quote(NEW.rowid), 'up', quote(NEW."up__new") FROM "node" WHERE rowid = NEW.rowid AND NEW."up__new" IS NOT OLD."up__new" AND NOT (NEW."up" IS NOT OLD."up") AND NEW."up__new" IS NOT NULL AND "node"."up" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'node__sync';
END;
CREATE TRIGGER "node__sync_kept" AFTER UPDATE ON "node"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."up" IS NOT OLD."up")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "node" SET "up" = OLD."up" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "node__sync_back" AFTER UPDATE ON "node"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."up__new" IS NOT OLD."up__new")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "node" SET "up__new" = OLD."up__new" WHERE rowid = NEW.rowid;
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, switch: Move node_up of node to the new column
--   Id:           node.node_up/switch/move
-- ============================================================================
.print 'undo step 5 of 11: Move node_up of node to the new column'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND lower(f."table") IN ('node') AND lower(m.name) NOT IN ('node')) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'node');
CREATE TABLE "node__rebuild" (
  "org" integer NOT NULL,
  "no" bigint NOT NULL,
  "up" integer,
  "up__new" bigint,
  PRIMARY KEY ("org", "no"),
  CONSTRAINT "node_up" FOREIGN KEY ("org", "up") REFERENCES "node" ("org", "no")
);
INSERT INTO "node__rebuild" (rowid, "org", "no", "up", "up__new")
  SELECT rowid, "org", "no", "up", "up__new" FROM "node";
DROP TABLE "node";
ALTER TABLE "node__rebuild" RENAME TO "node";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('node') OR lower(f."table") IN ('node'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, migrate: Convert up of node into up__new
--   Id:           node.up/migrate/backfill
-- ============================================================================
.print 'undo step 4 of 11: Convert up of node into up__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Keep up and up__new of node equal
--   Id:           node.up/migrate/sync
-- ============================================================================
.print 'undo step 3 of 11: Keep up and up__new of node equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "node__sync_ins";
DROP TRIGGER IF EXISTS "node__sync_upd";
DROP TRIGGER IF EXISTS "node__sync_kept";
DROP TRIGGER IF EXISTS "node__sync_back";
COMMIT;
.print 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, expand: Add up__new beside up in node
--   Id:           node.up/expand/add-column
-- ============================================================================
.print 'undo step 2 of 11: Add up__new beside up in node'
BEGIN IMMEDIATE;
ALTER TABLE "node" DROP COLUMN "up__new";
COMMIT;
.print 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Change the type of node.no
--   Id:           node.no/expand/type
-- ============================================================================
.print 'undo step 1 of 11: Change the type of node.no'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('node') OR lower(f."table") IN ('node'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'node');
CREATE TABLE "node__rebuild" (
  "org" integer NOT NULL,
  "no" integer NOT NULL,
  "up" integer,
  PRIMARY KEY ("org", "no"),
  CONSTRAINT "node_up" FOREIGN KEY ("org", "up") REFERENCES "node" ("org", "no")
);
INSERT INTO "node__rebuild" (rowid, "org", "no", "up")
  SELECT rowid, "org", "no", "up" FROM "node";
DROP TABLE "node";
ALTER TABLE "node__rebuild" RENAME TO "node";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('node') OR lower(f."table") IN ('node'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 11: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
