-- Forward, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
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
-- Check: step 1 must not be done at this point: Rename ledger.y to z. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'z' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(9)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'y' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Rename ledger.y to z', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: rename_column ledger.z. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'z' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(9)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: rename_column ledger.z', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 7, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say y fail from here; those that say z failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 1 of 7: Rename ledger.y to z'
BEGIN;
ALTER TABLE ledger RENAME COLUMN y TO z;
COMMIT;
\echo 'step 1 of 7: done'
-- Application: Deploy the application that says z together with this step.

-- ============================================================================
-- Step 2 of 7, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say x fail from here; those that say y failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 2 of 7: Rename ledger.x to y'
BEGIN;
ALTER TABLE ledger RENAME COLUMN x TO y;
COMMIT;
\echo 'step 2 of 7: done'
-- Application: Deploy the application that says y together with this step.

-- ============================================================================
-- Step 3 of 7, switch: Stop every application that writes pairs
--   Id:           pairs/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 3 of 7: Stop every application that writes pairs'
-- Nothing to run in the database.
\echo 'step 3 of 7: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes pairs.

-- ============================================================================
-- Step 4 of 7, switch: Back up pairs
--   Id:           pairs/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 7: Back up pairs'
-- Nothing to run in the database.
\echo 'step 4 of 7: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM pairs.

-- ============================================================================
-- Step 5 of 7, switch: Rename pairs.a to a__moved; Rename pairs.b to a; Rename pairs.a__moved to b
--   Id:           pairs.a/switch/rename
--   Why:          metadata only; both names cannot be served at once this way; metadata only; both names cannot be served at once this way; metadata only; both names cannot be served at once this way
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a fail from here; those that say a__moved failed until here; statements that say b fail from here; those that say a failed until here; statements that say a__moved fail from here; those that say b failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename, rename, rename
-- ============================================================================
\echo 'step 5 of 7: Rename pairs.a to a__moved; Rename pairs.b to a; Rename pairs.a__moved to b'
BEGIN;
ALTER TABLE pairs RENAME COLUMN a TO a__moved;
ALTER TABLE pairs RENAME COLUMN b TO a;
ALTER TABLE pairs RENAME COLUMN a__moved TO b;
COMMIT;
\echo 'step 5 of 7: done'
-- Application: Deploy the application that says a__moved together with this step.; Deploy the application that says a together with this step.; Deploy the application that says b together with this step.

-- ============================================================================
-- Step 6 of 7, switch: Validate pairs
--   Id:           pairs/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 7: Validate pairs'
-- Nothing to run in the database.
\echo 'step 6 of 7: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 7 of 7, switch: Start the new application
--   Id:           pairs/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 7 of 7: Start the new application'
-- Nothing to run in the database.
\echo 'step 7 of 7: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

\echo 'forward: done'
