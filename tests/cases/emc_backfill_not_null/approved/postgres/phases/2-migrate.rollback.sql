-- Rollback of phase migrate, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Undo step 2 of 8, migrate: Keep grp of users filled for new rows
--   Id:           users.grp/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 8: Keep grp of users filled for new rows'
BEGIN;
DROP TRIGGER zz_users__sync ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'rollback: done'
