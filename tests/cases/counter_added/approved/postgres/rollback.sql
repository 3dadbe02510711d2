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
-- Undo step 3 of 3, switch: Turn the index into the primary key events_pkey on events
--   Id:           events.events_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 3 of 3: Turn the index into the primary key events_pkey on events'
BEGIN;
ALTER TABLE events DROP CONSTRAINT events_pkey;
COMMIT;

-- ============================================================================
-- Undo step 2 of 3, switch: Build the unique index events_pkey on events
--   Id:           events.events_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 2 of 3: Build the unique index events_pkey on events'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS events_pkey;
SET lock_timeout = '2s';

-- ============================================================================
-- Undo step 1 of 3, expand: Add events.id
--   Id:           events.id/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 3: Add events.id'
BEGIN;
ALTER TABLE events DROP COLUMN id;
COMMIT;
\echo 'rollback: done'
