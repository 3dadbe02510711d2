-- Forward, every phase of migration dropped_under_checks
-- Required columns go that checks guard: on the way back they hold values that the checks accept
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 9 is destructive — every value of items.name
-- WARNING: step 10 is destructive — every value of items.price
-- WARNING: step 11 is destructive — every value of items.high
-- WARNING: step 12 is destructive — every value of items.kind

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
-- Check: step 1 must not be done at this point: Drop the check name_given on items. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND k.conname = 'name_given' AND k.contype = 'c') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop the check name_given on items', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 13, expand: Drop the check name_given on items
--   Id:           items.name_given/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 1 of 13: Drop the check name_given on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT name_given;
COMMIT;
\echo 'step 1 of 13: done'

-- ============================================================================
-- Step 2 of 13, expand: Drop the check price_positive on items
--   Id:           items.price_positive/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 2 of 13: Drop the check price_positive on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT price_positive;
COMMIT;
\echo 'step 2 of 13: done'

-- ============================================================================
-- Step 3 of 13, expand: Drop the check ordered on items
--   Id:           items.ordered/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 3 of 13: Drop the check ordered on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT ordered;
COMMIT;
\echo 'step 3 of 13: done'

-- ============================================================================
-- Step 4 of 13, expand: Drop the check known on items
--   Id:           items.known/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 4 of 13: Drop the check known on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT known;
COMMIT;
\echo 'step 4 of 13: done'

-- ============================================================================
-- Step 5 of 13, switch: Allow NULL in items.name, which goes
--   Id:           items.name/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without name get a value that name_given accepts there on the way back
-- ============================================================================
\echo 'step 5 of 13: Allow NULL in items.name, which goes'
BEGIN;
ALTER TABLE items ALTER COLUMN name DROP NOT NULL;
COMMIT;
\echo 'step 5 of 13: done'

-- ============================================================================
-- Step 6 of 13, switch: Allow NULL in items.price, which goes
--   Id:           items.price/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without price get a value that price_positive accepts there on the way back
-- ============================================================================
\echo 'step 6 of 13: Allow NULL in items.price, which goes'
BEGIN;
ALTER TABLE items ALTER COLUMN price DROP NOT NULL;
COMMIT;
\echo 'step 6 of 13: done'

-- ============================================================================
-- Step 7 of 13, switch: Allow NULL in items.high, which goes
--   Id:           items.high/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without high get a value that ordered accepts there on the way back
-- ============================================================================
\echo 'step 7 of 13: Allow NULL in items.high, which goes'
BEGIN;
ALTER TABLE items ALTER COLUMN high DROP NOT NULL;
COMMIT;
\echo 'step 7 of 13: done'

-- ============================================================================
-- Step 8 of 13, switch: Allow NULL in items.kind, which goes
--   Id:           items.kind/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without kind get a value that known accepts there on the way back
-- ============================================================================
\echo 'step 8 of 13: Allow NULL in items.kind, which goes'
BEGIN;
ALTER TABLE items ALTER COLUMN kind DROP NOT NULL;
COMMIT;
\echo 'step 8 of 13: done'

-- ============================================================================
-- Step 9 of 13, contract: Drop items.name
--   Id:           items.name/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.name fail from here
--   Way back:     loses the values of items.name: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 9 of 13: Drop items.name'
BEGIN;
ALTER TABLE items DROP COLUMN name;
COMMIT;
\echo 'step 9 of 13: done'
-- Application: Check that no application, report or job names items.name any more.

-- ============================================================================
-- Step 10 of 13, contract: Drop items.price
--   Id:           items.price/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.price fail from here
--   Way back:     loses the values of items.price: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 10 of 13: Drop items.price'
BEGIN;
ALTER TABLE items DROP COLUMN price;
COMMIT;
\echo 'step 10 of 13: done'
-- Application: Check that no application, report or job names items.price any more.

-- ============================================================================
-- Step 11 of 13, contract: Drop items.high
--   Id:           items.high/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.high fail from here
--   Way back:     loses the values of items.high: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 13: Drop items.high'
BEGIN;
ALTER TABLE items DROP COLUMN high;
COMMIT;
\echo 'step 11 of 13: done'
-- Application: Check that no application, report or job names items.high any more.

-- ============================================================================
-- Step 12 of 13, contract: Drop items.kind
--   Id:           items.kind/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.kind fail from here
--   Way back:     loses the values of items.kind: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 12 of 13: Drop items.kind'
BEGIN;
ALTER TABLE items DROP COLUMN kind;
COMMIT;
\echo 'step 12 of 13: done'
-- Application: Check that no application, report or job names items.kind any more.

-- ============================================================================
-- Step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 13: Remove the progress and error tables'
BEGIN;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_backfill_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_backfill_errors) THEN
    RAISE WARNING 'forgelua_backfill_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_backfill_errors;
  END IF;
END
$forgelua$;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_sync_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_sync_errors) THEN
    RAISE WARNING 'forgelua_sync_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_sync_errors;
  END IF;
END
$forgelua$;
COMMIT;
\echo 'step 13 of 13: done'

\echo 'forward: done'
