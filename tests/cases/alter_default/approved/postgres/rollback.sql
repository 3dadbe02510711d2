-- Rollback, every phase of migration alter_default
-- New users are young
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Undo step 2 of 2, expand: Change the default of users.age
--   Id:           users.age/expand/default
-- ============================================================================
\echo 'undo step 2 of 2: Change the default of users.age'
BEGIN;
ALTER TABLE users ALTER COLUMN age DROP DEFAULT;
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, expand: Change the default of users.name
--   Id:           users.name/expand/default
-- ============================================================================
\echo 'undo step 1 of 2: Change the default of users.name'
BEGIN;
ALTER TABLE users ALTER COLUMN name DROP DEFAULT;
COMMIT;
\echo 'undo step 1 of 2: done'
\echo 'rollback: done'
