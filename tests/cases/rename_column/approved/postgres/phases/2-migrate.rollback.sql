-- Rollback of phase migrate, schema of migration rename_column
-- The age is called years
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Undo step 2 of 8, migrate: Keep age and years of users equal
--   Id:           users.years/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 8: Keep age and years of users equal'
BEGIN;
DROP TRIGGER zz_users__sync ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'rollback: done'
