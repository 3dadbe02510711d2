-- Rollback, every phase of migration add_check
-- Ages are not negative
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Check: the whole plan must be done before this: add_check age_ok. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND k.conname = 'age_ok' AND k.contype = 'c' AND k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_check age_ok', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 2, switch: Validate the check age_ok on users
--   Id:           users.age_ok/switch/validate
-- ============================================================================
\echo 'undo step 2 of 2: Validate the check age_ok on users'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok, ADD CONSTRAINT age_ok CHECK (age >= 0) NOT VALID;
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, switch: Add the check age_ok on users, not yet validated
--   Id:           users.age_ok/switch/add-not-valid
-- ============================================================================
\echo 'undo step 1 of 2: Add the check age_ok on users, not yet validated'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok;
COMMIT;
\echo 'undo step 1 of 2: done'

\echo 'rollback: done'
