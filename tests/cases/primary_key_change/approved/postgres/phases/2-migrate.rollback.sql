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
-- Undo step 2 of 8, migrate: Repeat every write to readings on readings__new
--   Id:           readings/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 8: Repeat every write to readings on readings__new'
BEGIN;
DROP TRIGGER zz_readings__sync_all ON readings;
DROP TRIGGER zz_readings__sync ON readings;
DROP FUNCTION zz_readings__sync();
COMMIT;
\echo 'rollback: done'
