-- Forward, every phase of migration relaxed_rules
-- The new schema accepts what the old one refuses
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Change the type of parts.name. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(50)' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Change the type of parts.name', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 5, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 1 of 5: Change the type of parts.name'
BEGIN;
ALTER TABLE parts ALTER COLUMN name TYPE varchar(50);
COMMIT;
\echo 'step 1 of 5: done'

-- ============================================================================
-- Step 2 of 5, expand: Allow NULL in parts.code
--   Id:           parts.code/expand/relax
--   Why:          nothing that is written today is refused tomorrow
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must read NULL in it from the moment the new one writes any
--   Way back:     loses NULLs written to parts.code: the way back stops at them until they have a value
-- ============================================================================
\echo 'step 2 of 5: Allow NULL in parts.code'
BEGIN;
ALTER TABLE parts ALTER COLUMN code DROP NOT NULL;
COMMIT;
\echo 'step 2 of 5: done'

-- ============================================================================
-- Step 3 of 5, expand: Drop the check weight_positive on parts
--   Id:           parts.weight_positive/expand/drop-check
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that violate weight_positive: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 3 of 5: Drop the check weight_positive on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT weight_positive;
COMMIT;
\echo 'step 3 of 5: done'

-- ============================================================================
-- Step 4 of 5, expand: Drop the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/expand/drop-foreign-key
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   owners
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 4 of 5: Drop the foreign key parts_owner_fkey on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_owner_fkey;
COMMIT;
\echo 'step 4 of 5: done'

-- ============================================================================
-- Step 5 of 5, switch: Drop the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/drop-unique-constraint
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 5 of 5: Drop the unique constraint parts_code_key on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_code_key;
COMMIT;
\echo 'step 5 of 5: done'

\echo 'forward: done'
