-- Forward, every phase of migration p
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 3 is destructive — every row of unwanted

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
-- Step 1 of 3, expand: Alter the sequence test2_id_seq
--   Id:           test2_id_seq/expand/alter-sequence
--   Why:          its definition changes
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 3: Alter the sequence test2_id_seq'
BEGIN;
ALTER SEQUENCE test2_id_seq AS integer OWNED BY test2.id;
COMMIT;

-- ============================================================================
-- Step 2 of 3, expand: Alter the sequence test_id_seq
--   Id:           test_id_seq/expand/alter-sequence
--   Why:          its definition changes
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 3: Alter the sequence test_id_seq'
BEGIN;
ALTER SEQUENCE test_id_seq AS bigint OWNED BY NONE;
COMMIT;

-- ============================================================================
-- Step 3 of 3, contract: Drop the table unwanted
--   Id:           unwanted/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name unwanted fail from here
--   Way back:     loses the rows of unwanted: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
\echo 'step 3 of 3: Drop the table unwanted'
BEGIN;
DROP TABLE unwanted;
COMMIT;
-- Application: Check that no application, report or job names unwanted any more.
\echo 'forward: done'
