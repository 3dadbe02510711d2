-- Forward, every phase of migration create_view
-- Adults have a view
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
-- Step 1 of 1, expand: Create the view adults
--   Id:           adults/expand/create-view
--   Why:          the new application reads it
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   users
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Create the view adults'
BEGIN;
CREATE VIEW adults AS
SELECT id, name FROM users WHERE age >= 18;
COMMIT;
\echo 'forward: done'
