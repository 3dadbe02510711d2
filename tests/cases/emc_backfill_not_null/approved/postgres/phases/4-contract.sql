-- Phase contract, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Step 7 of 8, contract: Drop the trigger that filled grp of users
--   Id:           users.grp/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 7 of 8: Drop the trigger that filled grp of users'
-- Check: no row of users has NULL in grp. Expects 0.
DO $forgelua_check$
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE grp IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of users has NULL in grp', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
DROP TRIGGER zz_users__sync ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
-- Application: Check that every deployed version writes grp.

-- ============================================================================
-- Step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 8: Remove the progress and error tables'
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

\echo 'forward: done'
