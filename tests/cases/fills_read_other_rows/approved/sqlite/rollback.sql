-- Rollback, every phase of migration fills_read_other_rows
-- A column is filled from other rows of its own table, which is renamed, and one from another table, whose column is
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
-- Check: step 18 must be done before this: Make remarks.place NOT NULL. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 18 must be done before this: Make remarks.place NOT NULL', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('remarks') WHERE name = 'place' COLLATE NOCASE AND lower(type) = 'integer' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 11 must be done before this: Rename notes to remarks. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 11 must be done before this: Rename notes to remarks', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'remarks') AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'notes' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 19 of 19, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 19 of 19: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 19 of 19: done'

-- ============================================================================
-- Undo step 18 of 19, contract: Make remarks.place NOT NULL
--   Id:           remarks.place/contract/not-null
-- ============================================================================
.print 'undo step 18 of 19: Make remarks.place NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('remarks') OR lower(f."table") IN ('remarks'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'remarks');
CREATE TABLE "remarks__rebuild" (
  "id" integer PRIMARY KEY,
  "grp" integer,
  "place" integer
);
INSERT INTO "remarks__rebuild" ("id", "grp", "place")
  SELECT "id", "grp", "place" FROM "remarks";
DROP TABLE "remarks";
ALTER TABLE "remarks__rebuild" RENAME TO "remarks";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('remarks') OR lower(f."table") IN ('remarks'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 18 of 19: done'

-- ============================================================================
-- Undo step 17 of 19, contract: Drop the trigger that filled place of remarks
--   Id:           remarks.place/contract/stop-filling
-- ============================================================================
.print 'undo step 17 of 19: Drop the trigger that filled place of remarks'
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
CREATE TRIGGER "notes__sync_ins" AFTER INSERT ON "remarks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes__sync');
  UPDATE OR IGNORE "remarks" SET "place" = ((SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id)) WHERE "id" = NEW."id" AND "place" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'notes__sync';
END;
CREATE TRIGGER "notes__sync_upd" AFTER UPDATE ON "remarks"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'notes__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('notes__sync');
  UPDATE OR IGNORE "remarks" SET "place" = ((SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id)) WHERE "id" = NEW."id" AND ("place" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."grp" IS NOT OLD."grp") AND NOT (NEW."place" IS NOT OLD."place") AND OLD."place" IS (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT OLD."id" AS "id", OLD."grp" AS "grp") AS "remarks"));
  DELETE FROM forgelua_marker WHERE name = 'notes__sync';
END;
COMMIT;
.print 'undo step 17 of 19: done'

-- ============================================================================
-- Undo step 16 of 19, contract: Drop the old column code of kinds
--   Id:           kinds.abbr/contract/drop-old
-- ============================================================================
.print 'undo step 16 of 19: Drop the old column code of kinds'
BEGIN IMMEDIATE;
ALTER TABLE "kinds" ADD COLUMN "code" varchar(5);
COMMIT;
.print 'undo step 16 of 19: done'

-- ============================================================================
-- Undo step 15 of 19, contract: Stop keeping code and abbr of kinds equal
--   Id:           kinds.abbr/contract/stop-sync
-- ============================================================================
.print 'undo step 15 of 19: Stop keeping code and abbr of kinds equal'
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
CREATE TRIGGER "kinds__sync_ins" AFTER INSERT ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT NULL AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NULL AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_upd" AFTER UPDATE OF "code", "abbr" ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NOT (NEW."abbr" IS NOT OLD."abbr");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NOT (NEW."abbr" IS NOT OLD."abbr") AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_kept" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "code" = OLD."code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "kinds__sync_back" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."abbr" IS NOT OLD."abbr")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "abbr" = OLD."abbr" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
COMMIT;
.print 'undo step 15 of 19: done'

-- ============================================================================
-- Undo step 14 of 19, contract: From here the way back computes code of kinds again
--   Id:           kinds.abbr/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 14 of 19: From here the way back computes code of kinds again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('kinds.abbr/contract/point-of-return/back', (SELECT count(*) FROM "kinds"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'kinds.abbr/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'kinds.abbr/contract/point-of-return/back'), (SELECT min("id") - 1 FROM "kinds"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT "id" AS k FROM "kinds" WHERE "id" > batch.hi ORDER BY "id" LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill''), (''back'');
UPDATE "kinds" SET "code" = ("abbr") WHERE "id" > ' || lo || ' AND "id" <= ' || hi || ' AND ((CASE WHEN ("code") = ("abbr") OR (("code") IS NULL AND ("abbr") IS NULL) THEN 0 ELSE 1 END = 1));
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''kinds.abbr/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'kinds.abbr/contract/point-of-return/back';
.print 'undo step 14 of 19: done'

-- ============================================================================
-- Undo step 13 of 19, contract: Make items.kind NOT NULL
--   Id:           items.kind/contract/not-null
-- ============================================================================
.print 'undo step 13 of 19: Make items.kind NOT NULL'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'items');
CREATE TABLE "items__rebuild" (
  "id" integer PRIMARY KEY,
  "kind_id" integer,
  "kind" varchar(5)
);
INSERT INTO "items__rebuild" ("id", "kind_id", "kind")
  SELECT "id", "kind_id", "kind" FROM "items";
DROP TABLE "items";
ALTER TABLE "items__rebuild" RENAME TO "items";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('items') OR lower(f."table") IN ('items'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 13 of 19: done'

-- ============================================================================
-- Undo step 12 of 19, contract: Drop the trigger that filled kind of items
--   Id:           items.kind/contract/stop-filling
-- ============================================================================
.print 'undo step 12 of 19: Drop the trigger that filled kind of items'
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
CREATE TRIGGER "items__sync_ins" AFTER INSERT ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "kind" = (COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-')) WHERE "id" = NEW."id" AND "kind" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
CREATE TRIGGER "items__sync_upd" AFTER UPDATE ON "items"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'items__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('items__sync');
  UPDATE OR IGNORE "items" SET "kind" = (COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-')) WHERE "id" = NEW."id" AND ("kind" IS NULL OR (NEW."id" IS NOT OLD."id" OR NEW."kind_id" IS NOT OLD."kind_id") AND NOT (NEW."kind" IS NOT OLD."kind") AND OLD."kind" IS (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT OLD."id" AS "id", OLD."kind_id" AS "kind_id") AS "items"));
  DELETE FROM forgelua_marker WHERE name = 'items__sync';
END;
COMMIT;
.print 'undo step 12 of 19: done'

-- ============================================================================
-- Undo step 11 of 19, switch: Rename notes to remarks
--   Id:           notes/switch/rename-table
-- ============================================================================
.print 'undo step 11 of 19: Rename notes to remarks'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "remarks" RENAME TO "notes";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 11 of 19: done'

-- ============================================================================
-- Undo step 10 of 19, switch: Let abbr of kinds lead
--   Id:           kinds.abbr/switch/swap
-- ============================================================================
.print 'undo step 10 of 19: Let abbr of kinds lead'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "kinds__sync_ins";
DROP TRIGGER IF EXISTS "kinds__sync_upd";
DROP TRIGGER IF EXISTS "kinds__sync_kept";
DROP TRIGGER IF EXISTS "kinds__sync_back";
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
CREATE TRIGGER "kinds__sync_ins" AFTER INSERT ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NULL AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT NULL;
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT NULL AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_upd" AFTER UPDATE OF "code", "abbr" ON "kinds"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'kinds__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kinds__sync');
  UPDATE OR IGNORE "kinds" SET "abbr" = (SELECT "code" FROM (SELECT NEW."code" AS "code") AS "kinds") WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code";
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'abbr', quote(NEW."code") FROM "kinds" WHERE "id" = NEW."id" AND NEW."code" IS NOT OLD."code" AND NEW."code" IS NOT NULL AND "kinds"."abbr" IS NULL;
  UPDATE OR IGNORE "kinds" SET "code" = (SELECT "abbr" FROM (SELECT NEW."abbr" AS "abbr") AS "kinds") WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NOT (NEW."code" IS NOT OLD."code");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'kinds__sync', 'kinds', quote(NEW."id"), 'code', quote(NEW."abbr") FROM "kinds" WHERE "id" = NEW."id" AND NEW."abbr" IS NOT OLD."abbr" AND NOT (NEW."code" IS NOT OLD."code") AND NEW."abbr" IS NOT NULL AND "kinds"."code" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'kinds__sync';
END;
CREATE TRIGGER "kinds__sync_kept" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."code" IS NOT OLD."code")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "code" = OLD."code" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TRIGGER "kinds__sync_back" AFTER UPDATE ON "kinds"
WHEN EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'backfill') AND EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'back') AND NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name = 'kept') AND (NEW."abbr" IS NOT OLD."abbr")
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('kept');
  UPDATE "kinds" SET "abbr" = OLD."abbr" WHERE "id" = NEW."id";
  DELETE FROM forgelua_marker WHERE name = 'kept';
END;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 10 of 19: done'

-- ============================================================================
-- Undo step 9 of 19, migrate: Backfill place of notes
--   Id:           notes.place/migrate/backfill
-- ============================================================================
.print 'undo step 9 of 19: Backfill place of notes'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 19: done'

-- ============================================================================
-- Undo step 8 of 19, migrate: Keep place of notes filled for new rows
--   Id:           notes.place/migrate/keep-filled
-- ============================================================================
.print 'undo step 8 of 19: Keep place of notes filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "notes__sync_ins";
DROP TRIGGER IF EXISTS "notes__sync_upd";
COMMIT;
.print 'undo step 8 of 19: done'

-- ============================================================================
-- Undo step 7 of 19, migrate: Convert code of kinds into abbr
--   Id:           kinds.abbr/migrate/backfill
-- ============================================================================
.print 'undo step 7 of 19: Convert code of kinds into abbr'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 7 of 19: done'

-- ============================================================================
-- Undo step 6 of 19, migrate: Keep code and abbr of kinds equal
--   Id:           kinds.abbr/migrate/sync
-- ============================================================================
.print 'undo step 6 of 19: Keep code and abbr of kinds equal'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "kinds__sync_ins";
DROP TRIGGER IF EXISTS "kinds__sync_upd";
DROP TRIGGER IF EXISTS "kinds__sync_kept";
DROP TRIGGER IF EXISTS "kinds__sync_back";
COMMIT;
.print 'undo step 6 of 19: done'

-- ============================================================================
-- Undo step 5 of 19, migrate: Backfill kind of items
--   Id:           items.kind/migrate/backfill
-- ============================================================================
.print 'undo step 5 of 19: Backfill kind of items'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 19: done'

-- ============================================================================
-- Undo step 4 of 19, migrate: Keep kind of items filled for new rows
--   Id:           items.kind/migrate/keep-filled
-- ============================================================================
.print 'undo step 4 of 19: Keep kind of items filled for new rows'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "items__sync_ins";
DROP TRIGGER IF EXISTS "items__sync_upd";
COMMIT;
.print 'undo step 4 of 19: done'

-- ============================================================================
-- Undo step 3 of 19, expand: Add place to notes, empty and not insisting
--   Id:           notes.place/expand/add-column
-- ============================================================================
.print 'undo step 3 of 19: Add place to notes, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "notes" DROP COLUMN "place";
COMMIT;
.print 'undo step 3 of 19: done'

-- ============================================================================
-- Undo step 2 of 19, expand: Add abbr beside code in kinds
--   Id:           kinds.abbr/expand/add-column
-- ============================================================================
.print 'undo step 2 of 19: Add abbr beside code in kinds'
BEGIN IMMEDIATE;
ALTER TABLE "kinds" DROP COLUMN "abbr";
COMMIT;
.print 'undo step 2 of 19: done'

-- ============================================================================
-- Undo step 1 of 19, expand: Add kind to items, empty and not insisting
--   Id:           items.kind/expand/add-column
-- ============================================================================
.print 'undo step 1 of 19: Add kind to items, empty and not insisting'
BEGIN IMMEDIATE;
ALTER TABLE "items" DROP COLUMN "kind";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 19: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
