-- Forward, every phase of migration rename_constraint
-- The constraint gets its proper name
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
-- Step 1 of 1, switch: Rename the check c1 to age_ok
--   Id:           users.age_ok/switch/rename
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Rename the check c1 to age_ok'
BEGIN;
ALTER TABLE users RENAME CONSTRAINT c1 TO age_ok;
COMMIT;
\echo 'forward: done'
