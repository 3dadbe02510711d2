-- Rollback of phase migrate, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/2-migrate.rollback.sql

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
-- Check: step 2 must be done before this: Repeat every write to readings on readings__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid WHERE n.nspname = 'public' AND c.relname = 'readings' AND t.tgname = '~zz_readings__sync' AND position('-- forgelua: table readings__new;' in p.prosrc) > 0) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Repeat every write to readings on readings__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to readings on readings__new
--   Id:           readings/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 9: Repeat every write to readings on readings__new'
BEGIN;
DROP TRIGGER "~zz_readings__sync_all" ON readings;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP FUNCTION zz_readings__sync();
COMMIT;
\echo 'undo step 2 of 9: done'

\echo 'rollback: done'
