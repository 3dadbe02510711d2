-- Rollback of phase switch, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/3-switch.rollback.sql

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
-- Undo step 6 of 8, switch: Make users.grp NOT NULL
--   Id:           users.grp/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 8: Make users.grp NOT NULL'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_grp_not_null CHECK (grp IS NOT NULL);
ALTER TABLE users ALTER COLUMN grp DROP NOT NULL;
COMMIT;

-- ============================================================================
-- Undo step 5 of 8, switch: Validate that no row has NULL in users.grp
--   Id:           users.grp/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 8: Validate that no row has NULL in users.grp'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_grp_not_null, ADD CONSTRAINT users_grp_not_null CHECK (grp IS NOT NULL) NOT VALID;
COMMIT;

-- ============================================================================
-- Undo step 4 of 8, switch: Refuse new NULLs in users.grp
--   Id:           users.grp/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 8: Refuse new NULLs in users.grp'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_grp_not_null;
COMMIT;
\echo 'rollback: done'
