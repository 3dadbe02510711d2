-- Rollback, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
-- sqlite 3.40; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 4 must be done before this: Drop the table nodes. Expects 1.
INSERT INTO temp.forgelua_guard VALUES ('step 4 must be done before this: Drop the table nodes', '1', CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'nodes' COLLATE NOCASE) THEN '1' ELSE '0' END) AS text));
SELECT 'check failed: ' || title || ': expected ' || expected || ', found ' || COALESCE(actual, 'NULL')
  FROM temp.forgelua_guard WHERE actual IS NOT expected;
DELETE FROM temp.forgelua_guard;

-- ============================================================================
-- Undo step 4 of 4, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
-- ============================================================================
.print 'undo step 4 of 4: Drop the table nodes'
BEGIN IMMEDIATE;
CREATE TABLE "nodes" (
  "id" integer PRIMARY KEY,
  "up" integer REFERENCES "nodes" ("id"),
  "owner" bigint REFERENCES "users" ("id")
);
COMMIT;
.print 'undo step 4 of 4: done'

-- ============================================================================
-- Undo step 3 of 4, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
-- ============================================================================
.print 'undo step 3 of 4: Archive nodes into nodes__archive'
BEGIN IMMEDIATE;
INSERT INTO "nodes" ("id", "up", "owner") SELECT "id", "up", "owner" FROM "nodes__archive" WHERE NOT EXISTS (SELECT 1 FROM "nodes" AS there WHERE there."id" = "nodes__archive"."id");
DROP TABLE "nodes__archive";
COMMIT;
.print 'undo step 3 of 4: done'

-- ============================================================================
-- Undo step 2 of 4, contract: Drop the table audit
--   Id:           audit/contract/drop-table
-- ============================================================================
.print 'undo step 2 of 4: Drop the table audit'
BEGIN IMMEDIATE;
CREATE TABLE "audit" (
  "id" bigint NOT NULL PRIMARY KEY,
  "what" text,
  "at" timestamp
);
COMMIT;
.print 'undo step 2 of 4: done'

-- ============================================================================
-- Undo step 1 of 4, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
-- ============================================================================
.print 'undo step 1 of 4: Archive audit into audit__archive'
BEGIN IMMEDIATE;
INSERT INTO "audit" ("id", "what", "at") SELECT "id", "what", "at" FROM "audit__archive" WHERE NOT EXISTS (SELECT 1 FROM "audit" AS there WHERE there."id" = "audit__archive"."id");
DROP TABLE "audit__archive";
COMMIT;
.print 'undo step 1 of 4: done'

DROP TABLE temp.forgelua_guard;
.print 'rollback: done'
