-- Forward, every phase of migration routine_goes_with_its_type
-- A type goes, and the function that takes one goes with it
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
-- Check: step 1 must not be done at this point: Drop the function is_open(state). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM (SELECT CASE WHEN to_regtype('state') IS NOT NULL THEN to_regprocedure('is_open(state)') END AS found) AS f WHERE found IS NOT NULL) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop the function is_open(state)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 2, contract: Drop the function is_open(state)
--   Id:           function is_open(state)/contract/drop
--   Why:          the new schema is without it
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 1 of 2: Drop the function is_open(state)'
BEGIN;
SET LOCAL check_function_bodies = off;
DROP FUNCTION is_open(state);
COMMIT;
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, contract: Drop the enum state
--   Id:           state/contract/drop-enum
--   Why:          nothing uses it any more
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 2 of 2: Drop the enum state'
BEGIN;
DROP TYPE state;
COMMIT;
\echo 'step 2 of 2: done'

\echo 'forward: done'
