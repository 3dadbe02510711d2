-- Rollback of phase expand, schema of migration rename_column
-- The age is called years
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Undo step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 8: Add years beside age in users'
BEGIN;
ALTER TABLE users DROP COLUMN years;
COMMIT;
\echo 'rollback: done'
