-- Forward, every phase of migration alter_default
-- New users are young
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Step 1 of 2, expand: Change the default of users.name
--   Id:           users.name/expand/default
--   Why:          rows that stand keep their values; new rows take the new default
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the new default
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 2: Change the default of users.name'
BEGIN;
ALTER TABLE users ALTER COLUMN name SET DEFAULT 'anonymous';
COMMIT;
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, expand: Change the default of users.age
--   Id:           users.age/expand/default
--   Why:          rows that stand keep their values; new rows take the new default
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the new default
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 2: Change the default of users.age'
BEGIN;
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;
COMMIT;
\echo 'step 2 of 2: done'
\echo 'forward: done'
