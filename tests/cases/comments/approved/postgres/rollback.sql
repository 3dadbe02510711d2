-- Rollback, every phase of migration comments
-- Tables and columns explain themselves
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Undo step 2 of 2, expand: Comment users.name
--   Id:           users.name/expand/comment
-- ============================================================================
\echo 'undo step 2 of 2: Comment users.name'
BEGIN;
COMMENT ON COLUMN users.name IS NULL;
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, expand: Comment the table users
--   Id:           users/expand/comment
-- ============================================================================
\echo 'undo step 1 of 2: Comment the table users'
BEGIN;
COMMENT ON TABLE users IS NULL;
COMMIT;
\echo 'undo step 1 of 2: done'
\echo 'rollback: done'
