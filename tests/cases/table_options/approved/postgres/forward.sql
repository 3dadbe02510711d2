-- Forward, every phase of migration table_options
-- The table leaves room in its pages
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
-- Step 1 of 1, switch: Change the options of users
--   Id:           users/switch/options
--   Why:          the new schema asks for them
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Change the options of users'
BEGIN;
ALTER TABLE users SET (fillfactor = 80);
COMMIT;
\echo 'step 1 of 1: done'
\echo 'forward: done'
