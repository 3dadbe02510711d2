-- Rollback of phase migrate, schema of migration blue_green_one
-- Prices flip in one short step
-- postgres 15; strategy blue_green; risk high; forgelua 0.1.0
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
-- Undo step 2 of 9, migrate: Repeat every write to prices on prices__new
--   Id:           prices/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 9: Repeat every write to prices on prices__new'
BEGIN;
DROP TRIGGER zz_prices__sync_all ON prices;
DROP TRIGGER zz_prices__sync ON prices;
DROP FUNCTION zz_prices__sync();
COMMIT;
\echo 'rollback: done'
