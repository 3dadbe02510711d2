-- Forward, every phase of migration drop_enum
-- Moods are gone
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 1 is destructive — every value of users.mood

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
-- Check: step 1 must not be done at this point: Drop users.mood. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'mood' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop users.mood', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 2, contract: Drop users.mood
--   Id:           users.mood/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name users.mood fail from here
--   Way back:     loses the values of users.mood: the way back adds it again with its default in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 1 of 2: Drop users.mood'
BEGIN;
ALTER TABLE users DROP COLUMN mood;
COMMIT;
\echo 'step 1 of 2: done'
-- Application: Check that no application, report or job names users.mood any more.

-- ============================================================================
-- Step 2 of 2, contract: Drop the enum mood
--   Id:           mood/contract/drop-enum
--   Why:          nothing uses it any more
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 2 of 2: Drop the enum mood'
BEGIN;
DROP TYPE mood;
COMMIT;
\echo 'step 2 of 2: done'

\echo 'forward: done'
