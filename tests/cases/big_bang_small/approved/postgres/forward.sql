-- Forward, every phase of migration big_bang_small
-- A small table that is not critical
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
-- Check: step 3 must not be done at this point: Change the type of users.age. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Change the type of users.age', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 5, switch: Stop every application that writes users
--   Id:           users/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 1 of 5: Stop every application that writes users'
-- Nothing to run in the database.
\echo 'step 1 of 5: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes users.

-- ============================================================================
-- Step 2 of 5, switch: Back up users
--   Id:           users/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 5: Back up users'
-- Nothing to run in the database.
\echo 'step 2 of 5: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM users.

-- ============================================================================
-- Step 3 of 5, switch: Change the type of users.age
--   Id:           users.age/switch/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of users.age that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 3 of 5: Change the type of users.age'
BEGIN;
ALTER TABLE users ALTER COLUMN age TYPE bigint USING CAST(age AS bigint);
COMMIT;
\echo 'step 3 of 5: done'

-- ============================================================================
-- Step 4 of 5, switch: Validate users
--   Id:           users/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 5: Validate users'
-- Nothing to run in the database.
\echo 'step 4 of 5: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 5 of 5, switch: Start the new application
--   Id:           users/switch/start
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
