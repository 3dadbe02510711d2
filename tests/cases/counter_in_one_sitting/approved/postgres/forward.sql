-- Forward, every phase of migration counter_in_one_sitting
-- A table gets a key that the database counts, and another name, while the application stands still
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 3 must not be done at this point: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'edges' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'links' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 5, switch: Stop every application that writes links
--   Id:           links/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 1 of 5: Stop every application that writes links'
-- Nothing to run in the database.
\echo 'step 1 of 5: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes links.

-- ============================================================================
-- Step 2 of 5, switch: Back up links
--   Id:           links/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 5: Back up links'
-- Nothing to run in the database.
\echo 'step 2 of 5: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM links.

-- ============================================================================
-- Step 3 of 5, switch: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges
--   Id:           links.id/switch/add-column
--   Why:          the deployed application does not know the column and does not miss it; metadata only; its definition changes; the new schema promises it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Note:         every row is given its number; its index is built under the lock
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; an INSERT without a column list and a prepared SELECT * notice the added column; no view that takes writes stands in on this engine, so one name works at a time: links fails from here; writes that would double a value fail from here; writes that would double a value fail from here
--   Way back:     loses rows of edges that agree in what links_pkey held apart: the way back stops at them until they are changed
--   Hazards:      added column, rename, constraint, constraint
-- ============================================================================
\echo 'step 3 of 5: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges'
BEGIN;
ALTER TABLE links ADD COLUMN id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL;
ALTER TABLE links RENAME TO edges;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('edges', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'links_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'edges_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE edges DROP CONSTRAINT links_pkey;
ALTER TABLE edges ADD CONSTRAINT edges_pkey PRIMARY KEY (id);
ALTER TABLE edges ADD CONSTRAINT edges_x_y_key UNIQUE (x, y);
COMMIT;
\echo 'step 3 of 5: done'
-- Application: Deploy the application that says edges together with this step.

-- ============================================================================
-- Step 4 of 5, switch: Validate links
--   Id:           links/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 5: Validate links'
-- Nothing to run in the database.
\echo 'step 4 of 5: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 5 of 5, switch: Start the new application
--   Id:           links/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 5: Start the new application'
-- Nothing to run in the database.
\echo 'step 5 of 5: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

\echo 'forward: done'
