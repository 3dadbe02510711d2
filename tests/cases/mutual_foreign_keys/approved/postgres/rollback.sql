-- Rollback, every phase of migration mutual_foreign_keys
-- Teams have a leader, people have a team
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Undo step 3 of 3, expand: Add foreign key teams_leader_fkey to teams
--   Id:           teams/expand/add-teams_leader_fkey
-- ============================================================================
\echo 'undo step 3 of 3: Add foreign key teams_leader_fkey to teams'
BEGIN;
ALTER TABLE teams DROP CONSTRAINT teams_leader_fkey;
COMMIT;

-- ============================================================================
-- Undo step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
-- ============================================================================
\echo 'undo step 2 of 3: Create the table people'
BEGIN;
DROP TABLE people;
COMMIT;

-- ============================================================================
-- Undo step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
-- ============================================================================
\echo 'undo step 1 of 3: Create the table teams'
BEGIN;
DROP TABLE teams;
COMMIT;
\echo 'rollback: done'
