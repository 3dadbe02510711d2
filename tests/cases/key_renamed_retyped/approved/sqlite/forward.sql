-- Forward, every phase of migration key_renamed_retyped
-- A composite key that its own table refers to: one column gets another name, the other another type
-- sqlite 3.40; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: sqlite3 "$DATABASE_FILE" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 10 is destructive — up__old of node as the old schema held it

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
-- Check: step 1 must not be done at this point: Change the type of node.no. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('step 1 must not be done at this point: Change the type of node.no', '0', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('node') WHERE name = 'no' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 2 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 1 of 11, expand: Change the type of node.no
--   Id:           node.no/expand/type
--   Why:          the engine does this in place
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      type
-- ============================================================================
.print 'step 1 of 11: Change the type of node.no'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('node') OR lower(f."table") IN ('node'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'node');
CREATE TABLE "node__rebuild" (
  "org" integer NOT NULL,
  "no" bigint NOT NULL,
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
.print 'step 1 of 11: done'

-- ============================================================================
-- Step 2 of 11, expand: Add up__new beside up in node
--   Id:           node.up/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         old rows are not touched: they show the default; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
.print 'step 2 of 11: Add up__new beside up in node'
BEGIN IMMEDIATE;
ALTER TABLE "node" ADD COLUMN "up__new" bigint;
COMMIT;
.print 'step 2 of 11: done'

-- ============================================================================
-- Step 3 of 11, migrate: Keep up and up__new of node equal
--   Id:           node.up/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
.print 'step 3 of 11: Keep up and up__new of node equal'
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
COMMIT;
.print 'step 3 of 11: done'

-- ============================================================================
-- Step 4 of 11, migrate: Convert up of node into up__new
--   Id:           node.up/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         the write lock is held for one batch at a time; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
.print 'step 4 of 11: Convert up of node into up__new'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('node.up/migrate/backfill', 40000);
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'node.up/migrate/backfill' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'node.up/migrate/backfill'), (SELECT min(rowid) - 1 FROM "node"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "node" WHERE rowid > batch.hi ORDER BY rowid LIMIT 10000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 0.100' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
UPDATE "node" SET "up__new" = ("up") WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND ("up__new" IS NULL);
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''node.up/migrate/backfill'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'node.up/migrate/backfill';
.print 'step 4 of 11: done'
-- Check: every row holds the converted value. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('every row holds the converted value', '0', CAST((SELECT COUNT(*) FROM "node" WHERE (CASE WHEN ("up__new") = ("up") OR (("up__new") IS NULL AND ("up") IS NULL) THEN 0 ELSE 1 END = 1)) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Step 5 of 11, switch: Move node_up of node to the new column
--   Id:           node.node_up/switch/move
--   Why:          this engine cannot rename it, so it is made again under its own name; the sync keeps both columns equal
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         the table is built anew in one transaction: as long as copying all of its rows takes; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
.print 'step 5 of 11: Move node_up of node to the new column'
-- Check: step 4 has come to its end: Convert up of node into up__new. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 has come to its end: Convert up of node into up__new', '1', CAST((SELECT count(*) FROM forgelua_backfill_progress WHERE step = 'node.up/migrate/backfill' AND state = 'done') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no value of node stands in forgelua_sync_errors (mend it in node, then delete it from the log). Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no value of node stands in forgelua_sync_errors (mend it in node, then delete it from the log)', '0', CAST((SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'node__sync' AND column_name IN ('up__new')) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: no row of node points at a missing row of node. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no row of node points at a missing row of node', '0', CAST((SELECT COUNT(*) FROM "node" AS child_row WHERE child_row."org" IS NOT NULL AND child_row."up__new" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "node" AS parent_row WHERE parent_row."org" = child_row."org" AND parent_row."no" = child_row."up__new")) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
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
  CONSTRAINT "node_up" FOREIGN KEY ("org", "up__new") REFERENCES "node" ("org", "no")
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
.print 'step 5 of 11: done'

-- ============================================================================
-- Step 6 of 11, switch: Let the new up of node take over
--   Id:           node.up/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
.print 'step 6 of 11: Let the new up of node take over'
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
ALTER TABLE "node" RENAME COLUMN "up" TO up__old;
ALTER TABLE "node" RENAME COLUMN "up__new" TO up;
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
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'step 6 of 11: done'
-- Application: Deploy the application that uses up as the new schema has it.

-- ============================================================================
-- Step 7 of 11, switch: Rename node.org to tenant
--   Id:           node.org/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say org fail from here; those that say tenant failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
.print 'step 7 of 11: Rename node.org to tenant'
BEGIN IMMEDIATE;
ALTER TABLE "node" RENAME COLUMN "org" TO tenant;
COMMIT;
.print 'step 7 of 11: done'
-- Application: Deploy the application that says tenant together with this step.

-- ============================================================================
-- Step 8 of 11, contract: From here the way back computes up__old of node again
--   Id:           node.up/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 8 of 11: From here the way back computes up__old of node again'
-- Nothing to run in the database.
.print 'step 8 of 11: done'

-- ============================================================================
-- Step 9 of 11, contract: Stop keeping up__old and up of node equal
--   Id:           node.up/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for milliseconds
--   Note:         one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 9 of 11: Stop keeping up__old and up of node equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "node__sync_ins";
DROP TRIGGER IF EXISTS "node__sync_upd";
DROP TRIGGER IF EXISTS "node__sync_kept";
DROP TRIGGER IF EXISTS "node__sync_back";
COMMIT;
.print 'step 9 of 11: done'

-- ============================================================================
-- Step 10 of 11, contract: Drop the old column up__old of node
--   Id:           node.up/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         RESERVED, then EXCLUSIVE to commit (whole database), blocks writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         DROP COLUMN writes every row anew, in place; one writer for the whole database; in WAL mode readers go on
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
.print 'step 10 of 11: Drop the old column up__old of node'
BEGIN IMMEDIATE;
ALTER TABLE "node" DROP COLUMN "up__old";
COMMIT;
.print 'step 10 of 11: done'
-- Application: Check that no application, report or job names up__old any more.

-- ============================================================================
-- Step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
.print 'step 11 of 11: Remove the progress and error tables'
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'step 11 of 11: done'

DROP TABLE temp.forgelua_guard;
.print 'forward: done'
