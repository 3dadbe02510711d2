-- Forward, every phase of migration generated_to_ordinary
-- A computed column is written from now on
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Step 1 of 1, switch: Change the expression of sums.total
--   Id:           sums.total/switch/generated
--   Why:          the column is computed anew
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses what is written to sums.total: the way back computes it again
-- ============================================================================
\echo 'step 1 of 1: Change the expression of sums.total'
BEGIN;
ALTER TABLE sums ALTER COLUMN total DROP EXPRESSION;
COMMIT;
\echo 'step 1 of 1: done'
\echo 'forward: done'
