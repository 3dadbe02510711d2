-- WARNING: rollback is destructive — r__old data will be lost: values of r.kind that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration texts_into_types
-- Columns of several types are made from texts
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
-- Check: step 8 must be done before this: Drop r__old. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 8 must be done before this: Drop r__old', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'r__old' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;
-- Check: the whole plan must be done before this: alter_column r.kind. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('the whole plan must be done before this: alter_column r.kind', '1', CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo('r') WHERE name = 'kind' COLLATE NOCASE AND lower(type) = 'text' AND dflt_value IS '''other''' AND "notnull" = 1 AND pk = 0 AND hidden = 0) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no kind of r is longer than 20. Expects 0.
INSERT INTO temp.forgelua_guard VALUES ('no kind of r is longer than 20', '0', CAST((SELECT COUNT(*) FROM "r" WHERE SUBSTR("kind", 21) <> '') AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
.print 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop r__old
--   Id:           r/contract/drop-old
--   Loses:        values of r.kind that do not come back unchanged
-- ============================================================================
.print 'undo step 8 of 9: Drop r__old'
BEGIN IMMEDIATE;
CREATE TABLE "r__old" (
  "id" bigint NOT NULL PRIMARY KEY,
  "active" boolean,
  "code" varchar(40),
  "kind" varchar(20)
);
COMMIT;
.print 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Stop repeating writes to r on r__old
--   Id:           r/contract/stop-sync
-- ============================================================================
.print 'undo step 7 of 9: Stop repeating writes to r on r__old'
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
CREATE TRIGGER "r__sync_2_ins" AFTER INSERT ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  UPDATE OR IGNORE "r__old" SET ("active", "code", "kind") = (SELECT "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__old" ("id", "active", "code", "kind") SELECT "id", "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, ("kind") AS v4 FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND forgelua_t."kind" IS s.v4) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT ("kind") FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_2_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__old" SET ("active", "code", "kind") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__old"."kind" ELSE ("kind") END FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__old" SET "id" = NEW."id", ("active", "code", "kind") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__old"."kind" ELSE ("kind") END FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__old" ("id", "active", "code", "kind") SELECT "id", "active", "code", ("kind") FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__old" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, ("kind") AS v4 FROM (SELECT "id", "active", "code", "kind", "state", "seen", "number", "marked" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."kind" IS s.v4)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync_2', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT ("kind") FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
CREATE TRIGGER "r__sync_2_del" AFTER DELETE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__old'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__old');
  DELETE FROM "r__old" WHERE "id" IS OLD."id" AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  DELETE FROM forgelua_marker WHERE name = 'r|r__old';
END;
COMMIT;
.print 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Drop the trigger that filled seen, number, marked of r
--   Id:           r/contract/stop-filling
-- ============================================================================
.print 'undo step 6 of 9: Drop the trigger that filled seen, number, marked of r'
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
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r__sync');
  UPDATE OR IGNORE "r" SET "seen" = (CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END) WHERE rowid = NEW.rowid AND "seen" IS NULL;
  UPDATE OR IGNORE "r" SET "number" = (substr(code, 2)) WHERE rowid = NEW.rowid AND "number" IS NULL;
  UPDATE OR IGNORE "r" SET "marked" = (CASE WHEN kind = 'a' THEN 1 ELSE 0 END) WHERE rowid = NEW.rowid AND "marked" IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r__sync';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r__sync'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r__sync');
  UPDATE OR IGNORE "r" SET "seen" = (CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END) WHERE rowid = NEW.rowid AND ("seen" IS NULL OR (NEW."active" IS NOT OLD."active") AND NOT (NEW."seen" IS NOT OLD."seen") AND OLD."seen" IS (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT OLD."active" AS "active") AS "r"));
  UPDATE OR IGNORE "r" SET "number" = (substr(code, 2)) WHERE rowid = NEW.rowid AND ("number" IS NULL OR (NEW."code" IS NOT OLD."code") AND NOT (NEW."number" IS NOT OLD."number") AND OLD."number" IS (SELECT substr(code, 2) FROM (SELECT OLD."code" AS "code") AS "r"));
  UPDATE OR IGNORE "r" SET "marked" = (CASE WHEN kind = 'a' THEN 1 ELSE 0 END) WHERE rowid = NEW.rowid AND ("marked" IS NULL OR (NEW."kind" IS NOT OLD."kind") AND NOT (NEW."marked" IS NOT OLD."marked") AND OLD."marked" IS (SELECT CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT OLD."kind" AS "kind") AS "r"));
  DELETE FROM forgelua_marker WHERE name = 'r__sync';
END;
COMMIT;
.print 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies r into r__old again
--   Id:           r/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
.print 'undo step 5 of 9: From here the way back copies r into r__old again'
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
INSERT OR IGNORE INTO forgelua_backfill_progress (step, total) VALUES ('r/contract/point-of-return/back', (SELECT count(*) FROM "r"));
UPDATE forgelua_backfill_progress SET state = 'running', cursor = NULL, rows_done = 0, key_1 = NULL, key_2 = NULL, key_3 = NULL, key_4 = NULL WHERE step = 'r/contract/point-of-return/back' AND state = 'done';
.timeout 30000
.headers off
.mode list
.once forgelua-batches.sql
WITH RECURSIVE batch (n, lo, hi) AS (
  SELECT 0, NULL, coalesce((SELECT key_1 FROM forgelua_backfill_progress WHERE step = 'r/contract/point-of-return/back'), (SELECT min(rowid) - 1 FROM "r"))
  UNION ALL
  SELECT n + 1, hi, (SELECT max(k) FROM (SELECT rowid AS k FROM "r" WHERE rowid > batch.hi ORDER BY rowid LIMIT 100000)) FROM batch WHERE hi IS NOT NULL
)
SELECT CASE WHEN n = 1 THEN '' ELSE '.shell sleep 1.000' || char(10) END || 'BEGIN IMMEDIATE;
INSERT INTO forgelua_marker (name) VALUES (''backfill'');
INSERT INTO "r__old" ("id", "active", "code", "kind") SELECT "id", "active", "code", ("kind") FROM "r" WHERE rowid > ' || lo || ' AND rowid <= ' || hi || ' AND NOT EXISTS (SELECT 1 FROM "r__old" AS forgelua_t WHERE forgelua_t."id" = "r"."id");
UPDATE forgelua_backfill_progress SET rows_done = rows_done + changes(), updated_at = CURRENT_TIMESTAMP' || ', key_1 = ' || quote(hi) || ', cursor = ' || quote(quote(hi)) || ' WHERE step = ''r/contract/point-of-return/back'';
DELETE FROM forgelua_marker WHERE name IN (''backfill'', ''back'');
COMMIT;'
FROM batch WHERE n > 0 AND hi IS NOT NULL ORDER BY n;
.read forgelua-batches.sql
.shell rm -f forgelua-batches.sql
UPDATE forgelua_backfill_progress SET state = 'done', updated_at = CURRENT_TIMESTAMP WHERE step = 'r/contract/point-of-return/back';
.print 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of r in
--   Id:           r/switch/swap
-- ============================================================================
.print 'undo step 4 of 9: Swap the copy of r in'
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE forgelua_lifted AS SELECT name, tbl_name, sql, (SELECT m.type FROM main.sqlite_master AS m WHERE m.type IN ('table', 'view') AND lower(m.name) = lower(t.tbl_name)) AS stands_on FROM main.sqlite_master AS t WHERE type = 'trigger' AND (instr(sql, 'forgelua_marker') = 0 AND (lower(tbl_name) = 'r' OR ' ' || lower(sql) || ' ' GLOB '*[^a-z0-9_]r[^a-z0-9_]*'));
PRAGMA writable_schema = ON;
DELETE FROM main.sqlite_master WHERE type = 'trigger' AND name IN (SELECT name FROM temp.forgelua_lifted);
PRAGMA writable_schema = RESET;
PRAGMA legacy_alter_table = ON;
DROP TRIGGER IF EXISTS "r__sync_2_ins";
DROP TRIGGER IF EXISTS "r__sync_2_upd";
DROP TRIGGER IF EXISTS "r__sync_2_del";
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
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
  UPDATE OR IGNORE "r__new" SET ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  INSERT OR IGNORE INTO "r__new" ("id", "active", "code", "kind", "state", "seen", "number", "marked") SELECT "id", "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS v4, CASE WHEN active THEN 'on' ELSE 'off' END AS v5, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS v6, substr(code, 2) AS v7, CASE WHEN kind = 'a' THEN 1 ELSE 0 END AS v8 FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND forgelua_t."kind" IS s.v4 AND forgelua_t."state" IS s.v5 AND forgelua_t."seen" IS s.v6 AND forgelua_t."number" IS s.v7 AND forgelua_t."marked" IS s.v8) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
  DELETE FROM forgelua_marker WHERE name = 'r|r__new';
END;
CREATE TRIGGER "r__sync_upd" AFTER UPDATE ON "r"
WHEN NOT EXISTS (SELECT 1 FROM forgelua_marker WHERE name IN ('backfill', 'r|r__new'))
BEGIN
  INSERT INTO forgelua_marker (name) VALUES ('r|r__new');
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  UPDATE OR IGNORE "r__new" SET ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__new"."kind" ELSE CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" AND OLD."id" IS NEW."id" THEN "r__new"."state" ELSE CASE WHEN active THEN 'on' ELSE 'off' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" AND OLD."id" IS NEW."id" THEN "r__new"."seen" ELSE CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END END, CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" AND OLD."id" IS NEW."id" THEN "r__new"."number" ELSE substr(code, 2) END, CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" AND OLD."id" IS NEW."id" THEN "r__new"."marked" ELSE CASE WHEN kind = 'a' THEN 1 ELSE 0 END END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS NEW."id";
  UPDATE OR IGNORE "r__new" SET "id" = NEW."id", ("active", "code", "kind", "state", "seen", "number", "marked") = (SELECT "active", "code", CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__new"."kind" ELSE CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" THEN "r__new"."state" ELSE CASE WHEN active THEN 'on' ELSE 'off' END END, CASE WHEN OLD."active" COLLATE BINARY IS NEW."active" THEN "r__new"."seen" ELSE CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END END, CASE WHEN OLD."code" COLLATE BINARY IS NEW."code" THEN "r__new"."number" ELSE substr(code, 2) END, CASE WHEN OLD."kind" COLLATE BINARY IS NEW."kind" THEN "r__new"."marked" ELSE CASE WHEN kind = 'a' THEN 1 ELSE 0 END END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id") AND NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  DELETE FROM "r__new" WHERE "id" IS OLD."id" AND NOT (OLD."id" IS NEW."id") AND NOT EXISTS (SELECT 1 FROM "r" WHERE "id" IS OLD."id");
  INSERT OR IGNORE INTO "r__new" ("id", "active", "code", "kind", "state", "seen", "number", "marked") SELECT "id", "active", "code", CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END, CASE WHEN active THEN 'on' ELSE 'off' END, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END, substr(code, 2), CASE WHEN kind = 'a' THEN 1 ELSE 0 END FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r" WHERE NOT EXISTS (SELECT 1 FROM "r__new" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), '', NULL WHERE NOT EXISTS (SELECT 1 FROM "r__new" AS forgelua_t, (SELECT "id" AS v1, "active" AS v2, "code" AS v3, CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END AS v4, CASE WHEN active THEN 'on' ELSE 'off' END AS v5, CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END AS v6, substr(code, 2) AS v7, CASE WHEN kind = 'a' THEN 1 ELSE 0 END AS v8 FROM (SELECT "id", "active", "code", "kind" FROM "r" WHERE "id" IS NEW."id") AS "r") AS s WHERE forgelua_t."id" IS NEW."id" AND forgelua_t."id" IS s.v1 AND forgelua_t."active" IS s.v2 AND forgelua_t."code" IS s.v3 AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."kind" IS s.v4) AND (OLD."active" COLLATE BINARY IS NEW."active" OR forgelua_t."state" IS s.v5) AND (OLD."active" COLLATE BINARY IS NEW."active" OR forgelua_t."seen" IS s.v6) AND (OLD."code" COLLATE BINARY IS NEW."code" OR forgelua_t."number" IS s.v7) AND (OLD."kind" COLLATE BINARY IS NEW."kind" OR forgelua_t."marked" IS s.v8)) AND EXISTS (SELECT 1 FROM "r" WHERE "id" IS NEW."id");
  INSERT INTO forgelua_sync_errors (sync, table_name, row_key, column_name, value) SELECT 'r__sync', 'r', quote(NEW."id"), 'kind', quote(NEW."kind") WHERE NEW."kind" IS NOT NULL AND (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW."kind" AS "kind") AS "r") IS NULL;
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
.print 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Copy the rows of r into r__new
--   Id:           r/migrate/copy
-- ============================================================================
.print 'undo step 3 of 9: Copy the rows of r into r__new'
-- Nothing to run: the steps before it take with them what it did.
.print 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to r on r__new
--   Id:           r/migrate/sync
-- ============================================================================
.print 'undo step 2 of 9: Repeat every write to r on r__new'
BEGIN IMMEDIATE;
DROP TRIGGER IF EXISTS "r__sync_ins";
DROP TRIGGER IF EXISTS "r__sync_upd";
DROP TRIGGER IF EXISTS "r__sync_del";
COMMIT;
.print 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create r__new in the new shape of r
--   Id:           r/expand/create-copy
-- ============================================================================
.print 'undo step 1 of 9: Create r__new in the new shape of r'
BEGIN IMMEDIATE;
DROP TABLE "r__new";
DROP TABLE IF EXISTS forgelua_backfill_progress;
DROP TABLE IF EXISTS forgelua_marker;
DROP TABLE IF EXISTS forgelua_sync_errors;
COMMIT;
.print 'undo step 1 of 9: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
