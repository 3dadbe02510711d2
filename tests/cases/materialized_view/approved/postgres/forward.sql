-- Forward, every phase of migration materialized_view
-- Ages are counted in advance
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
-- Step 1 of 1, expand: Create the view ages
--   Id:           ages/expand/create-view
--   Why:          the new application reads it
--   Lock:         ACCESS SHARE, blocks nothing, scans the table
--   Also locks:   users
--   Note:         the query runs once
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Create the view ages'
BEGIN;
CREATE MATERIALIZED VIEW ages AS
SELECT age, count(*) AS people FROM users GROUP BY age;
COMMIT;
\echo 'forward: done'
