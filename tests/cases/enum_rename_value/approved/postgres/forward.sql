-- Forward, every phase of migration enum_rename_value
-- A value of an enum gets another name, and with it the default
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
-- Step 1 of 1, switch: Alter the enum state
--   Id:           state/switch/alter-enum
--   Why:          its definition changes
--   Lock:         none
--   Note:         rows are not touched: 'new' reads as 'open'
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of a value that goes fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      enum value
-- ============================================================================
\echo 'step 1 of 1: Alter the enum state'
BEGIN;
ALTER TYPE state RENAME VALUE 'new' TO 'open';
COMMIT;
\echo 'step 1 of 1: done'
\echo 'forward: done'
