-- Forward, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET statement_timeout = 0;
-- A statement that cannot have its lock within two seconds gives up: what queues behind it would wait as long.
SET lock_timeout = '2s';

-- ============================================================================
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 2 must not be done at this point: Drop the table audit. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'audit' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must not be done at this point: Drop the table audit', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 4, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         unknown, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         stated by hand: rows of audit are kept before it goes
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
\echo 'step 1 of 4: Archive audit into audit__archive'
BEGIN;
CREATE TABLE audit__archive AS SELECT * FROM audit WHERE 1 = 0;
INSERT INTO audit__archive (id, what, at) SELECT id, what, at FROM audit;
COMMIT;
\echo 'step 1 of 4: done'

-- ============================================================================
-- Step 2 of 4, contract: Drop the table audit
--   Id:           audit/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name audit fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 2 of 4: Drop the table audit'
BEGIN;
DROP TABLE audit;
COMMIT;
\echo 'step 2 of 4: done'
-- Application: Check that no application, report or job names audit any more.

-- ============================================================================
-- Step 3 of 4, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
--   Why:          the specification asks for it: the rows outlive the drop, and the way back restores them
--   Lock:         unknown, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         stated by hand: rows of nodes are kept before it goes
--   Estimate:     under 1 s
--   Applications: old works, new works; nothing writes the table any more
--   Way back:     yes, nothing is lost
--   Hazards:      archive
-- ============================================================================
\echo 'step 3 of 4: Archive nodes into nodes__archive'
BEGIN;
CREATE TABLE nodes__archive AS SELECT * FROM nodes WHERE 1 = 0;
INSERT INTO nodes__archive (id, up, owner) SELECT id, up, owner FROM nodes;
COMMIT;
\echo 'step 3 of 4: done'

-- ============================================================================
-- Step 4 of 4, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   users
--   Note:         the tables that its foreign keys refer to are locked as well
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name nodes fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 4 of 4: Drop the table nodes'
BEGIN;
DROP TABLE nodes;
COMMIT;
\echo 'step 4 of 4: done'
-- Application: Check that no application, report or job names nodes any more.

\echo 'forward: done'
