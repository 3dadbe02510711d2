-- Forward, every phase of migration comments
-- Tables and columns explain themselves
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Step 1 of 2, expand: Comment the table users
--   Id:           users/expand/comment
--   Why:          documentation only
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 2: Comment the table users'
BEGIN;
COMMENT ON TABLE users IS 'People; not only customers';
COMMIT;
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, expand: Comment users.name
--   Id:           users.name/expand/comment
--   Why:          documentation only
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 2: Comment users.name'
BEGIN;
COMMENT ON COLUMN users.name IS 'as it is in the passport';
COMMIT;
\echo 'step 2 of 2: done'
\echo 'forward: done'
