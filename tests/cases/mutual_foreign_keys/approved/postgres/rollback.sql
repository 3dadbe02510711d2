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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 3 must be done before this: Add foreign key teams_leader_fkey to teams. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'teams' AND k.conname = 'teams_leader_fkey' AND k.contype = 'f' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND k.confdeltype = 'a' AND k.confupdtype = 'a' AND k.confmatchtype = 's' AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must be done before this: Add foreign key teams_leader_fkey to teams', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 1 must be done before this: Create the table teams. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'teams' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must be done before this: Create the table teams', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 3 of 3, expand: Add foreign key teams_leader_fkey to teams
--   Id:           teams/expand/add-teams_leader_fkey
-- ============================================================================
\echo 'undo step 3 of 3: Add foreign key teams_leader_fkey to teams'
BEGIN;
ALTER TABLE teams DROP CONSTRAINT teams_leader_fkey;
COMMIT;
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, expand: Create the table people
--   Id:           people/expand/create-table
-- ============================================================================
\echo 'undo step 2 of 3: Create the table people'
BEGIN;
DROP TABLE people;
COMMIT;
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, expand: Create the table teams
--   Id:           teams/expand/create-table
-- ============================================================================
\echo 'undo step 1 of 3: Create the table teams'
BEGIN;
DROP TABLE teams;
COMMIT;
\echo 'undo step 1 of 3: done'

\echo 'rollback: done'
