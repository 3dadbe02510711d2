-- Rollback, every phase of migration routine_goes_with_its_type
-- A type goes, and the function that takes one goes with it
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
-- Check: step 2 must be done before this: Drop the enum state. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname = 'state' AND t.typtype = 'e') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Drop the enum state', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 2, contract: Drop the enum state
--   Id:           state/contract/drop-enum
-- ============================================================================
\echo 'undo step 2 of 2: Drop the enum state'
BEGIN;
CREATE TYPE state AS ENUM ('open', 'closed');
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, contract: Drop the function is_open(state)
--   Id:           function is_open(state)/contract/drop
-- ============================================================================
\echo 'undo step 1 of 2: Drop the function is_open(state)'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION is_open(state) RETURNS boolean LANGUAGE sql AS $$SELECT $1 = 'open'$$;
COMMIT;
\echo 'undo step 1 of 2: done'

\echo 'rollback: done'
