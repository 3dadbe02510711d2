-- Forward, every phase of migration enum_add_value
-- People may be happy
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
-- Step 1 of 1, expand: Alter the enum mood
--   Id:           mood/expand/alter-enum
--   Why:          its definition changes
--   Lock:         none
--   Note:         a new value can be used once the transaction has committed
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows that hold 'happy' of mood: the way back stops at them until they are changed
-- ============================================================================
\echo 'step 1 of 1: Alter the enum mood'
BEGIN;
ALTER TYPE mood ADD VALUE 'happy';
COMMIT;
\echo 'step 1 of 1: done'
\echo 'forward: done'
