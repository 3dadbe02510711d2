-- Rollback, every phase of migration generated_stored
-- The age in days is kept
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 3 must be done before this: Add users.days. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'days' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = true AND a.attgenerated <> '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must be done before this: Add users.days', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
\echo 'undo step 5 of 5: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
\echo 'undo step 4 of 5: Validate users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Add users.days
--   Id:           users.days/switch/add-column
-- ============================================================================
\echo 'undo step 3 of 5: Add users.days'
BEGIN;
ALTER TABLE users DROP COLUMN days;
COMMIT;
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
\echo 'undo step 2 of 5: Back up users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
\echo 'undo step 1 of 5: Stop every application that writes users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
