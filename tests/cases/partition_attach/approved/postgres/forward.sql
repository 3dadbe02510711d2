-- Forward, every phase of migration partition_attach
-- A table becomes a partition, a new partition comes and an old one goes
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 5 is destructive — every row of log_2022

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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Create the table log_2025. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'log_2025' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create the table log_2025', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 5, expand: Create the table log_2025
--   Id:           log_2025/expand/create-table
--   Why:          no application knows it yet
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Also locks:   log
--   Note:         on the partitioned table; a DEFAULT partition is scanned and locked
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 5: Create the table log_2025'
BEGIN;
CREATE TABLE log_2025 (
  LIKE log INCLUDING ALL EXCLUDING IDENTITY EXCLUDING COMMENTS EXCLUDING STATISTICS
);
ALTER TABLE log ATTACH PARTITION log_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
COMMIT;
\echo 'step 1 of 5: done'

-- ============================================================================
-- Step 2 of 5, switch: Check the bounds of log_2024, not yet validated
--   Id:           log_2024/switch/bounds-check
--   Why:          new rows outside of them are refused at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes outside of the bounds fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 2 of 5: Check the bounds of log_2024, not yet validated'
-- Check: every row of log_2024 satisfies forgelua_bounds. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM log_2024 WHERE NOT (at IS NOT NULL AND at >= '2024-01-01' AND at < '2025-01-01'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of log_2024 satisfies forgelua_bounds', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE log_2024 ADD CONSTRAINT forgelua_bounds CHECK (at IS NOT NULL AND at >= '2024-01-01' AND at < '2025-01-01') NOT VALID;
COMMIT;
\echo 'step 2 of 5: done'

-- ============================================================================
-- Step 3 of 5, switch: Validate the bounds of log_2024
--   Id:           log_2024/switch/validate-bounds
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (12 s), scans the table
--   Estimate:     12 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 3 of 5: Validate the bounds of log_2024'
BEGIN;
ALTER TABLE log_2024 VALIDATE CONSTRAINT forgelua_bounds;
COMMIT;
\echo 'step 3 of 5: done'

-- ============================================================================
-- Step 4 of 5, switch: Make log_2024 a partition of log
--   Id:           log_2024/switch/attach
--   Why:          the new schema has it there
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   log
--   Note:         the partitioned table is locked as well (SHARE UPDATE EXCLUSIVE); a check of the same bounds saves the scan; a DEFAULT partition is scanned, too
--   Estimate:     under 1 s
--   Applications: old works, new works; its rows are seen in the tables above it from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 4 of 5: Make log_2024 a partition of log'
BEGIN;
ALTER TABLE log ATTACH PARTITION log_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE log_2024 DROP CONSTRAINT forgelua_bounds;
COMMIT;
\echo 'step 4 of 5: done'

-- ============================================================================
-- Step 5 of 5, contract: Drop the table log_2022
--   Id:           log_2022/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name log_2022 fail from here
--   Way back:     loses the rows of log_2022: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
\echo 'step 5 of 5: Drop the table log_2022'
SET lock_timeout = 0;
ALTER TABLE log DETACH PARTITION log_2022 CONCURRENTLY;
SET lock_timeout = '2s';
DROP TABLE log_2022;
\echo 'step 5 of 5: done'
-- Application: Check that no application, report or job names log_2022 any more.

\echo 'forward: done'
