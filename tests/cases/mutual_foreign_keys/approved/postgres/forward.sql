-- Forward, every phase of migration mutual_foreign_keys
-- Teams have a leader, people have a team
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
-- Check: step 1 must not be done at this point: Create the table teams. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'teams' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create the table teams', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
--   Why:          no application knows it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      parent lock
-- ============================================================================
\echo 'step 1 of 3: Create the table teams'
BEGIN;
CREATE TABLE teams (
  id bigint NOT NULL,
  leader bigint,
  CONSTRAINT teams_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'step 1 of 3: done'

-- ============================================================================
-- Step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
--   Why:          no application knows it yet
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   teams
--   Note:         on the tables that its foreign keys refer to
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      parent lock
-- ============================================================================
\echo 'step 2 of 3: Create the table people'
BEGIN;
CREATE TABLE people (
  id bigint NOT NULL,
  team bigint,
  CONSTRAINT people_pkey PRIMARY KEY (id)
);
ALTER TABLE people ADD CONSTRAINT people_team_fkey FOREIGN KEY (team) REFERENCES teams (id);
COMMIT;
\echo 'step 2 of 3: done'

-- ============================================================================
-- Step 3 of 3, expand: Add foreign key teams_leader_fkey to teams
--   Id:           teams/expand/add-teams_leader_fkey
--   Why:          teams and people refer to each other: neither can be created first with its key
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for as long as the step runs (under 1 s), scans the table
--   Also locks:   people
--   Note:         both tables are read under the lock
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 3 of 3: Add foreign key teams_leader_fkey to teams'
BEGIN;
ALTER TABLE teams ADD CONSTRAINT teams_leader_fkey FOREIGN KEY (leader) REFERENCES people (id);
COMMIT;
\echo 'step 3 of 3: done'

\echo 'forward: done'
