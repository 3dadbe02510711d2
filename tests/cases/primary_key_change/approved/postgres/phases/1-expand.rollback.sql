-- Rollback of phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/1-expand.rollback.sql

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
-- Undo step 1 of 8, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
-- ============================================================================
\echo 'undo step 1 of 8: Create readings__new in the new shape of readings'
BEGIN;
DROP TABLE readings__new;
COMMIT;
\echo 'rollback: done'
