-- WARNING: rollback is destructive — log_2022 data will be lost: the rows of log_2022: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration partition_attach
-- A table becomes a partition, a new partition comes and an old one goes
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Check: step 5 must be done before this: Drop the table log_2022. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'log_2022' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 must be done before this: Drop the table log_2022', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, contract: Drop the table log_2022
--   Id:           log_2022/contract/drop-table
--   Loses:        the rows of log_2022: the way back creates it empty
-- ============================================================================
\echo 'undo step 5 of 5: Drop the table log_2022'
CREATE TABLE log_2022 (
  LIKE log INCLUDING ALL EXCLUDING IDENTITY EXCLUDING COMMENTS EXCLUDING STATISTICS
);
ALTER TABLE log ATTACH PARTITION log_2022 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Make log_2024 a partition of log
--   Id:           log_2024/switch/attach
-- ============================================================================
\echo 'undo step 4 of 5: Make log_2024 a partition of log'
BEGIN;
ALTER TABLE log DETACH PARTITION log_2024;
ALTER TABLE log_2024 ADD CONSTRAINT forgelua_bounds CHECK (at IS NOT NULL AND at >= '2024-01-01' AND at < '2025-01-01') NOT VALID;
COMMIT;
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Validate the bounds of log_2024
--   Id:           log_2024/switch/validate-bounds
-- ============================================================================
\echo 'undo step 3 of 5: Validate the bounds of log_2024'
BEGIN;
ALTER TABLE log_2024 DROP CONSTRAINT forgelua_bounds, ADD CONSTRAINT forgelua_bounds CHECK (at IS NOT NULL AND at >= '2024-01-01' AND at < '2025-01-01') NOT VALID;
COMMIT;
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Check the bounds of log_2024, not yet validated
--   Id:           log_2024/switch/bounds-check
-- ============================================================================
\echo 'undo step 2 of 5: Check the bounds of log_2024, not yet validated'
BEGIN;
ALTER TABLE log_2024 DROP CONSTRAINT forgelua_bounds;
COMMIT;
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, expand: Create the table log_2025
--   Id:           log_2025/expand/create-table
-- ============================================================================
\echo 'undo step 1 of 5: Create the table log_2025'
BEGIN;
ALTER TABLE log DETACH PARTITION log_2025;
DROP TABLE log_2025;
COMMIT;
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
