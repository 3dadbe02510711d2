-- Forward, every phase of migration create_enum
-- People have a mood
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
-- Step 1 of 2, expand: Create the enum mood
--   Id:           mood/expand/create-enum
--   Why:          nothing uses it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 2: Create the enum mood'
BEGIN;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
COMMIT;

-- ============================================================================
-- Step 2 of 2, expand: Add users.mood
--   Id:           users.mood/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 2: Add users.mood'
BEGIN;
ALTER TABLE users ADD COLUMN mood mood DEFAULT 'ok' NOT NULL;
COMMIT;
\echo 'forward: done'
