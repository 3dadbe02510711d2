-- WARNING: rollback is destructive — depts__old data will be lost: values of depts.title that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
-- sqlite 3.40; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 14 must be done before this: Drop depts__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 14 must be done before this: Drop depts__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'depts__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: step 8 must be done before this: Change the type of skills.person_id. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Change the type of skills.person_id', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('skills') WHERE name = 'person_id' COLLATE NOCASE AND lower(type) = 'bigint' AND dflt_value IS NULL AND "notnull" = 1 AND pk = 1 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no title of depts is longer than 9. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no title of depts is longer than 9', '0', CAST((SELECT COUNT(*) FROM "depts" WHERE SUBSTR("title", 10) <> '') AS text));
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
-- Undo step 14 of 15, contract: Drop depts__old
--   Id:           depts/contract/drop-old
--   Loses:        values of depts.title that do not come back unchanged
-- ============================================================================
.print 'undo step 14 of 15: Drop depts__old'
BEGIN IMMEDIATE;
CREATE TABLE "depts__old" (
  "id" integer PRIMARY KEY,
  "head" integer REFERENCES "staff" ("id"),
  "title" varchar(9)
);
COMMIT;
.print 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
-- ============================================================================
.print 'undo step 13 of 15: Stop repeating writes to depts on depts__old'
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
CREATE TRIGGER "depts__sync_ins" AFTER INSERT ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  UPDATE OR IGNORE "depts__old" SET ("head", "title") = (SELECT "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "depts__old" ("id", "head", "title") SELECT "id", "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__old" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, ("title") AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND forgelua_t."title" IS s.v3) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT ("title") FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
CREATE TRIGGER "depts__sync_upd" AFTER UPDATE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "depts__old" SET ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" AND OLD."id" IS NEW."id" THEN "depts__old"."title" ELSE ("title") END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "depts__old" SET "id" = NEW."id", ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" THEN "depts__old"."title" ELSE ("title") END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "depts__old" ("id", "head", "title") SELECT "id", "head", ("title") FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__old" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, ("title") AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND (OLD."title" COLLATE BINARY IS NEW."title" OR forgelua_t."title" IS s.v3)) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT ("title") FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
CREATE TRIGGER "depts__sync_del" AFTER DELETE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__old');
  DELETE FROM "depts__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__old';
END;
COMMIT;
.print 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 12 of 15: From here the way back copies depts into depts__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('depts/contract/point-of-return/back', (SELECT count(*) FROM "depts"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'depts/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'depts/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "depts"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "depts" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "depts__old" ("id", "head", "title") SELECT "id", "head", ("title") FROM "depts" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "depts__old" AS forgelua_t WHERE forgelua_t."id" = "depts"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''depts/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'depts/contract/point-of-return/back';
.print 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, switch: Start the new application
--   Id:           skills, people/switch/start
-- ============================================================================
.print 'undo step 11 of 15: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, switch: Validate skills, people
--   Id:           skills, people/switch/validate
-- ============================================================================
.print 'undo step 10 of 15: Validate skills, people'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, switch: Rename people to staff
--   Id:           people/switch/rename-table
-- ============================================================================
.print 'undo step 9 of 15: Rename people to staff'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
ALTER TABLE "staff" RENAME TO "people";
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Change the type of skills.person_id
--   Id:           skills.person_id/switch/type
-- ============================================================================
.print 'undo step 8 of 15: Change the type of skills.person_id'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('skills') OR lower(f."table") IN ('skills'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'skills');
CREATE TABLE "skills__rebuild" (
  "person_id" integer NOT NULL REFERENCES "people" ("id") ON DELETE CASCADE,
  "skill" varchar(20) NOT NULL,
  PRIMARY KEY ("person_id", "skill")
);
INSERT INTO "skills__rebuild" (rowid, "person_id", "skill")
  SELECT rowid, "person_id", "skill" FROM "skills";
DROP TABLE "skills";
ALTER TABLE "skills__rebuild" RENAME TO "skills";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('skills') OR lower(f."table") IN ('skills'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss
--   Id:           people/switch/rewrite-once
-- ============================================================================
.print 'undo step 7 of 15: Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_violations AS SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('people') OR lower(f."table") IN ('people'))) AS t, pragma_foreign_key_check(t.name) AS v;
PRAGMA legacy_alter_table = ON;
CREATE TEMP TABLE forgelua_kept AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (lower(tbl_name) = 'people');
CREATE TABLE "people__rebuild" (
  "id" integer PRIMARY KEY,
  "dept_id" integer NOT NULL REFERENCES "depts" ("id"),
  "boss" integer REFERENCES "people" ("id")
);
INSERT INTO "people__rebuild" ("id", "dept_id", "boss")
  SELECT "id", "dept_id", "boss" FROM "people";
DROP TABLE "people";
ALTER TABLE "people__rebuild" RENAME TO "people";
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_kept AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_kept;
PRAGMA legacy_alter_table = OFF;
CREATE TEMP TABLE forgelua_check (found INTEGER CONSTRAINT "rows break a foreign key after the rebuild" CHECK (found <= 0));
INSERT INTO temp.forgelua_check SELECT found - (SELECT found FROM temp.forgelua_violations) FROM (SELECT count(*) AS found FROM (SELECT DISTINCT m.name FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND (lower(m.name) IN ('people') OR lower(f."table") IN ('people'))) AS t, pragma_foreign_key_check(t.name) AS v);
DROP TABLE temp.forgelua_check;
DROP TABLE temp.forgelua_violations;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, switch: Back up skills, people
--   Id:           skills, people/switch/backup
-- ============================================================================
.print 'undo step 6 of 15: Back up skills, people'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, switch: Stop every application that writes skills, people
--   Id:           skills, people/switch/stop
-- ============================================================================
.print 'undo step 5 of 15: Stop every application that writes skills, people'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, switch: Swap the copy of depts in
--   Id:           depts/switch/swap
-- ============================================================================
.print 'undo step 4 of 15: Swap the copy of depts in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'depts' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]depts[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "depts__sync_ins";
DROP TRIGGER IF EXISTS "depts__sync_upd";
DROP TRIGGER IF EXISTS "depts__sync_del";
ALTER TABLE "depts" RENAME TO "depts__new";
ALTER TABLE "depts__old" RENAME TO "depts";
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
CREATE TRIGGER "depts__sync_ins" AFTER INSERT ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  UPDATE OR IGNORE "depts__new" SET ("head", "title") = (SELECT "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "depts__new" ("id", "head", "title") SELECT "id", "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__new" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, COALESCE(title, 'none') AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND forgelua_t."title" IS s.v3) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT COALESCE(title, 'none') FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
CREATE TRIGGER "depts__sync_upd" AFTER UPDATE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "depts__new" SET ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" AND OLD."id" IS NEW."id" THEN "depts__new"."title" ELSE COALESCE(title, 'none') END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "depts__new" SET "id" = NEW."id", ("head", "title") = (SELECT "head", CASE WHEN OLD."title" COLLATE BINARY IS NEW."title" THEN "depts__new"."title" ELSE COALESCE(title, 'none') END FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "depts__new" ("id", "head", "title") SELECT "id", "head", COALESCE(title, 'none') FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts" WHERE NOT EXISTS (SELECT 1 FROM "depts__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "depts__new" AS forgelua_t, (SELECT "id" AS v1, "head" AS v2, COALESCE(title, 'none') AS v3 FROM (SELECT "id", "head", "title" FROM "depts" WHERE "id" IS NEW."id") AS "depts") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."head" IS s.v2 AND (OLD."title" COLLATE BINARY IS NEW."title" OR forgelua_t."title" IS s.v3)) AND EXISTS (SELECT 1 FROM "depts" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'depts__sync', 'depts', quote(NEW."id"), 'title', quote(NEW."title") WHERE NEW."title" IS NOT NULL AND (SELECT COALESCE(title, 'none') FROM (SELECT NEW."title" AS "title") AS "depts") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
CREATE TRIGGER "depts__sync_del" AFTER DELETE ON "depts"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'depts|depts__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('depts|depts__new');
  DELETE FROM "depts__new" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "depts" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'depts|depts__new';
END;
PRAGMA legacy_alter_table = OFF;
PRAGMA writable_schema = ON;
UPDATE main.sqlite_master SET sql = replace(sql, '"depts__old"', '"depts"') WHERE type = 'table' AND instr(sql, '"depts__old"') > 0;
PRAGMA writable_schema = RESET;
PRAGMA writable_schema = ON;
INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'trigger', name, tbl_name, 0, sql FROM temp.forgelua_lifted AS k WHERE EXISTS (SELECT 1 FROM main.sqlite_master AS m WHERE m.type = k.stands_on AND lower(m.name) = lower(k.tbl_name));
PRAGMA writable_schema = RESET;
DROP TABLE temp.forgelua_lifted;
CREATE TABLE forgelua_probe (a);
ALTER TABLE forgelua_probe RENAME COLUMN a TO b;
DROP TABLE forgelua_probe;
COMMIT;
.print 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
-- ============================================================================
.print 'undo step 3 of 15: Copy the rows of depts into depts__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
-- ============================================================================
.print 'undo step 2 of 15: Repeat every write to depts on depts__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "depts__sync_ins";
DROP TRIGGER IF EXISTS "depts__sync_upd";
DROP TRIGGER IF EXISTS "depts__sync_del";
COMMIT;
.print 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 15: Create depts__new in the new shape of depts'
BEGIN IMMEDIATE;
DROP TABLE "depts__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 15: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
