-- Rollback, every phase of migration counter
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Check: the whole plan must be done before this: add_primary_key events_pkey. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'events' AND k.conname = 'events_pkey' AND k.contype = 'p' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_primary_key events_pkey', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 3 of 3, switch: Turn the index into the primary key events_pkey on events
--   Id:           events.events_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 3 of 3: Turn the index into the primary key events_pkey on events'
BEGIN;
ALTER TABLE events DROP CONSTRAINT events_pkey;
COMMIT;
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Build the unique index events_pkey on events
--   Id:           events.events_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 2 of 3: Build the unique index events_pkey on events'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS events_pkey;
SET lock_timeout = '2s';
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, expand: Add events.id
--   Id:           events.id/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 3: Add events.id'
BEGIN;
ALTER TABLE events DROP COLUMN id;
COMMIT;
\echo 'undo step 1 of 3: done'

\echo 'rollback: done'
