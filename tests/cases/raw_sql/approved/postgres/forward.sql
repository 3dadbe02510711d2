-- Forward, every phase of migration raw_sql
-- A row is corrected by hand
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
-- Step 1 of 1, expand: Add users.seen
--   Id:           users.seen/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 1: Add users.seen'
BEGIN;
ALTER TABLE users ADD COLUMN seen boolean;
COMMIT;
\echo 'forward: done'
