-- Phase expand, schema of migration rename_column
-- The age is called years
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/1-expand.sql

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
-- Step 1 of 8, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 8: Add years beside age in users'
BEGIN;
ALTER TABLE users ADD COLUMN years integer;
COMMIT;
\echo 'forward: done'
