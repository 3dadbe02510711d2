-- Forward, every phase of migration settings_go_with_a_column
-- Grants and settings of a column, and a table's triggers and publications, go with it and come back with it
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 5 is destructive — every value of orders.note
-- WARNING: step 7 is destructive — every row of log

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
-- Check: step 1 must not be done at this point: Drop the policy seen on log. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_policy x WHERE x.polname = 'seen' AND x.polrelid = to_regclass('log')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop the policy seen on log', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 5 must not be done at this point: Drop orders.note. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'note' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 must not be done at this point: Drop orders.note', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 7, switch: Drop the policy seen on log
--   Id:           policy seen on log/switch/drop
--   Why:          the new schema is without it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a policy changes
--   Estimate:     under 1 s
--   Applications: old works, new works; what it did is no longer done
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 1 of 7: Drop the policy seen on log'
BEGIN;
DROP POLICY seen on log;
COMMIT;
\echo 'step 1 of 7: done'

-- ============================================================================
-- Step 2 of 7, switch: Change the publication feed
--   Id:           publication feed/switch/alter
--   Why:          its definition changes
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         on the tables that are added or taken out
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 7: Change the publication feed'
BEGIN;
ALTER PUBLICATION feed DROP TABLE log;
COMMIT;
\echo 'step 2 of 7: done'

-- ============================================================================
-- Step 3 of 7, contract: Drop the column storage of note on orders
--   Id:           column storage of note on orders/contract/drop
--   Why:          the new schema is without it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a column storage changes
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 3 of 7: Drop the column storage of note on orders'
BEGIN;
ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTENDED;
COMMIT;
\echo 'step 3 of 7: done'

-- ============================================================================
-- Step 4 of 7, contract: Drop the grant SELECT of note to PUBLIC on orders
--   Id:           grant SELECT of note to PUBLIC on orders/contract/drop
--   Why:          the new schema is without it
--   Lock:         none
--   Note:         rights stand in the catalog alone
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 4 of 7: Drop the grant SELECT of note to PUBLIC on orders'
BEGIN;
REVOKE SELECT (note) ON orders FROM PUBLIC;
COMMIT;
\echo 'step 4 of 7: done'

-- ============================================================================
-- Step 5 of 7, contract: Drop orders.note
--   Id:           orders.note/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name orders.note fail from here
--   Way back:     loses the values of orders.note: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 5 of 7: Drop orders.note'
BEGIN;
ALTER TABLE orders DROP COLUMN note;
COMMIT;
\echo 'step 5 of 7: done'
-- Application: Check that no application, report or job names orders.note any more.

-- ============================================================================
-- Step 6 of 7, contract: Drop the statistics spread
--   Id:           statistics spread/contract/drop
--   Why:          the new schema is without it
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         on the table that they are about
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 6 of 7: Drop the statistics spread'
BEGIN;
DROP STATISTICS spread;
COMMIT;
\echo 'step 6 of 7: done'

-- ============================================================================
-- Step 7 of 7, contract: Drop the table log
--   Id:           log/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name log fail from here
--   Way back:     loses the rows of log: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
\echo 'step 7 of 7: Drop the table log'
BEGIN;
DROP TABLE log;
COMMIT;
\echo 'step 7 of 7: done'
-- Application: Check that no application, report or job names log any more.

\echo 'forward: done'
