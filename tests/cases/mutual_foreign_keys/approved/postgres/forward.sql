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
\echo 'forward: done'
