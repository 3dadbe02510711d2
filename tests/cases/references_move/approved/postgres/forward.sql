-- Forward, every phase of migration references_move
-- Foreign keys go over to another table while the one that they referred to goes, named ones and unnamed ones
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 10 is destructive — every value of counters.id
-- WARNING: step 11 is destructive — every value of items.old_kind
-- WARNING: step 12 is destructive — every row of old_kinds

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
-- Check: step 1 must not be done at this point: Add items.kind. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attname = 'kind' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add items.kind', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 13, expand: Add items.kind
--   Id:           items.kind/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 13: Add items.kind'
BEGIN;
ALTER TABLE items ADD COLUMN kind integer;
COMMIT;
\echo 'step 1 of 13: done'

-- ============================================================================
-- Step 2 of 13, expand: Drop the foreign key items_old_kind_fkey on items
--   Id:           items.items_old_kind_fkey/expand/drop-foreign-key
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   old_kinds
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 2 of 13: Drop the foreign key items_old_kind_fkey on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT items_old_kind_fkey;
COMMIT;
\echo 'step 2 of 13: done'

-- ============================================================================
-- Step 3 of 13, switch: Drop the primary key counters_pkey on counters
--   Id:           counters.counters_pkey/switch/drop-primary-key
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses what held rows of counters apart by counters_pkey: the way back stops where two agree in the rest of it
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 3 of 13: Drop the primary key counters_pkey on counters'
BEGIN;
ALTER TABLE counters DROP CONSTRAINT counters_pkey;
COMMIT;
\echo 'step 3 of 13: done'

-- ============================================================================
-- Step 4 of 13, switch: Allow NULL in counters.id, which goes
--   Id:           counters.id/switch/stop-insisting
--   Why:          the new application no longer writes it; its INSERTs must pass until the column is dropped
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application reads NULL in rows that the new one wrote
--   Way back:     loses rows written without id get 0 there on the way back
-- ============================================================================
\echo 'step 4 of 13: Allow NULL in counters.id, which goes'
BEGIN;
ALTER TABLE counters ALTER COLUMN id DROP NOT NULL;
COMMIT;
\echo 'step 4 of 13: done'

-- ============================================================================
-- Step 5 of 13, switch: Add the foreign key items_kind_fkey on items, not yet validated
--   Id:           items.items_kind_fkey/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   kinds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 5 of 13: Add the foreign key items_kind_fkey on items, not yet validated'
-- Check: no row of items points at a missing row of kinds. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM items AS child_row WHERE child_row.kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds AS parent_row WHERE parent_row.id = child_row.kind))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of items points at a missing row of kinds', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE items ADD CONSTRAINT items_kind_fkey FOREIGN KEY (kind) REFERENCES kinds (id) NOT VALID;
COMMIT;
\echo 'step 5 of 13: done'

-- ============================================================================
-- Step 6 of 13, switch: Validate the foreign key items_kind_fkey on items
--   Id:           items.items_kind_fkey/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   kinds
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 6 of 13: Validate the foreign key items_kind_fkey on items'
BEGIN;
ALTER TABLE items VALIDATE CONSTRAINT items_kind_fkey;
COMMIT;
\echo 'step 6 of 13: done'

-- ============================================================================
-- Step 7 of 13, switch: Add the foreign key part_kind__new on parts, not yet validated
--   Id:           parts.part_kind__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   kinds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 7 of 13: Add the foreign key part_kind__new on parts, not yet validated'
-- Check: no row of parts points at a missing row of kinds. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts AS child_row WHERE child_row.kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kinds AS parent_row WHERE parent_row.id = child_row.kind))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts points at a missing row of kinds', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE parts ADD CONSTRAINT part_kind__new FOREIGN KEY (kind) REFERENCES kinds (id) NOT VALID;
COMMIT;
\echo 'step 7 of 13: done'

-- ============================================================================
-- Step 8 of 13, switch: Validate the foreign key part_kind__new on parts
--   Id:           parts.part_kind__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   kinds
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 8 of 13: Validate the foreign key part_kind__new on parts'
BEGIN;
ALTER TABLE parts VALIDATE CONSTRAINT part_kind__new;
COMMIT;
\echo 'step 8 of 13: done'

-- ============================================================================
-- Step 9 of 13, switch: Let the new definition take over the foreign key part_kind on parts
--   Id:           parts.part_kind/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   old_kinds
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses what parts.kind points at: the rows of old_kinds do not come back
-- ============================================================================
\echo 'step 9 of 13: Let the new definition take over the foreign key part_kind on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT part_kind;
ALTER TABLE parts RENAME CONSTRAINT part_kind__new TO part_kind;
COMMIT;
\echo 'step 9 of 13: done'

-- ============================================================================
-- Step 10 of 13, contract: Drop counters.id
--   Id:           counters.id/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name counters.id fail from here
--   Way back:     loses the values of counters.id: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 10 of 13: Drop counters.id'
BEGIN;
ALTER TABLE counters DROP COLUMN id;
COMMIT;
\echo 'step 10 of 13: done'
-- Application: Check that no application, report or job names counters.id any more.

-- ============================================================================
-- Step 11 of 13, contract: Drop items.old_kind
--   Id:           items.old_kind/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name items.old_kind fail from here
--   Way back:     loses the values of items.old_kind: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 13: Drop items.old_kind'
BEGIN;
ALTER TABLE items DROP COLUMN old_kind;
COMMIT;
\echo 'step 11 of 13: done'
-- Application: Check that no application, report or job names items.old_kind any more.

-- ============================================================================
-- Step 12 of 13, contract: Drop the table old_kinds
--   Id:           old_kinds/contract/drop-table
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name old_kinds fail from here
--   Way back:     loses the rows of old_kinds: the way back creates it empty
--   Hazards:      drop
-- ============================================================================
\echo 'step 12 of 13: Drop the table old_kinds'
BEGIN;
DROP TABLE old_kinds;
COMMIT;
\echo 'step 12 of 13: done'
-- Application: Check that no application, report or job names old_kinds any more.

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
