-- Phase contract, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/4-contract.sql

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
-- Check: step 6 must not be done at this point: Stop repeating writes to readings on readings__old. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND t.tgname = '~zz_readings__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must not be done at this point: Stop repeating writes to readings on readings__old', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 9, contract: From here the way back copies readings into readings__old again
--   Id:           readings/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 9: From here the way back copies readings into readings__old again'
-- Nothing to run in the database.
\echo 'step 5 of 9: done'

-- ============================================================================
-- Step 6 of 9, contract: Stop repeating writes to readings on readings__old
--   Id:           readings/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 9: Stop repeating writes to readings on readings__old'
BEGIN;
DROP TRIGGER "~zz_readings__sync_all" ON readings;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP FUNCTION zz_readings__sync();
COMMIT;
\echo 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Drop readings__old
--   Id:           readings/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 7 of 9: Drop readings__old'
BEGIN;
DROP TABLE readings__old;
COMMIT;
\echo 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop the index readings__new_key on readings
--   Id:           readings.readings__new_key/contract/drop-index
--   Why:          rows of the copy were found by it while both tables stood
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         waits for transactions that began before it
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
\echo 'step 8 of 9: Drop the index readings__new_key on readings'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS readings__new_key;
SET lock_timeout = '2s';
\echo 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 9: Remove the progress and error tables'
BEGIN;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_backfill_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_backfill_errors) THEN
    RAISE WARNING 'forgelua_backfill_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_backfill_errors;
  END IF;
END
$forgelua$;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_sync_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_sync_errors) THEN
    RAISE WARNING 'forgelua_sync_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_sync_errors;
  END IF;
END
$forgelua$;
COMMIT;
\echo 'step 9 of 9: done'

\echo 'forward: done'
