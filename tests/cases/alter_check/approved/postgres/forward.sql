-- Forward, every phase of migration alter_check
-- Ages are plausible
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
-- Check: step 1 must not be done at this point: Add the check age_ok__new on users, not yet validated. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND k.conname = 'age_ok__new' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add the check age_ok__new on users, not yet validated', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 3, switch: Add the check age_ok__new on users, not yet validated
--   Id:           users.age_ok__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 1 of 3: Add the check age_ok__new on users, not yet validated'
-- Check: every row of users satisfies age_ok__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE NOT (age >= 0 AND age < 2147483648))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of users satisfies age_ok__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE users ADD CONSTRAINT age_ok__new CHECK (age >= 0 AND age < 2147483648) NOT VALID;
COMMIT;
\echo 'step 1 of 3: done'

-- ============================================================================
-- Step 2 of 3, switch: Validate the check age_ok__new on users
--   Id:           users.age_ok__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 2 of 3: Validate the check age_ok__new on users'
BEGIN;
ALTER TABLE users VALIDATE CONSTRAINT age_ok__new;
COMMIT;
\echo 'step 2 of 3: done'

-- ============================================================================
-- Step 3 of 3, switch: Let the new definition take over the check age_ok on users
--   Id:           users.age_ok/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows of users that violate age_ok: the way back stops at them until they are changed
-- ============================================================================
\echo 'step 3 of 3: Let the new definition take over the check age_ok on users'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok;
ALTER TABLE users RENAME CONSTRAINT age_ok__new TO age_ok;
COMMIT;
\echo 'step 3 of 3: done'

\echo 'forward: done'
