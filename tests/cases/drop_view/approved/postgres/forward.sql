-- Forward, every phase of migration drop_view
-- The view of adults goes
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Drop the view adults. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'adults' AND c.relkind IN ('v', 'm')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop the view adults', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 1, contract: Drop the view adults
--   Id:           adults/contract/drop-view
--   Why:          no application reads it any more
--   Lock:         none
--   Note:         only the view is locked (ACCESS EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; queries that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
\echo 'step 1 of 1: Drop the view adults'
BEGIN;
DROP VIEW adults;
COMMIT;
\echo 'step 1 of 1: done'

\echo 'forward: done'
