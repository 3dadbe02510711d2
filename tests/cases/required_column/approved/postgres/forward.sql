-- Forward, every phase of migration required_column
-- A column that every row must have and nobody gives a value: only a table without rows can take it
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
-- Check: step 1 must not be done at this point: Add owners.note. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'owners' AND a.attname = 'note' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(40)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add owners.note', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Where one of these checks fails, nothing has been touched.
-- Check: parts has no rows, which would have no value for parts.code, parts.made_on, parts.owner (state :default or :backfill). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM parts LIMIT 1) AS found)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'parts has no rows, which would have no value for parts.code, parts.made_on, parts.owner (state :default or :backfill)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 10, expand: Add owners.note
--   Id:           owners.note/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 10: Add owners.note'
BEGIN;
ALTER TABLE owners ADD COLUMN note varchar(40);
COMMIT;
\echo 'step 1 of 10: done'

-- ============================================================================
-- Step 2 of 10, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed
--   Hazards:      type, must be empty
-- ============================================================================
\echo 'step 2 of 10: Change the type of parts.name'
BEGIN;
ALTER TABLE parts ALTER COLUMN name TYPE varchar(60);
COMMIT;
\echo 'step 2 of 10: done'

-- ============================================================================
-- Step 3 of 10, expand: Change the type of parts.weight
--   Id:           parts.weight/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of parts.weight that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 3 of 10: Change the type of parts.weight'
BEGIN;
ALTER TABLE parts ALTER COLUMN weight TYPE bigint USING CAST(weight AS bigint);
COMMIT;
\echo 'step 3 of 10: done'

-- ============================================================================
-- Step 4 of 10, expand: Add parts.code
--   Id:           parts.code/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), scans the table
--   Note:         refused where the table has rows: the column has no default
--   Estimate:     unknown
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 4 of 10: Add parts.code'
BEGIN;
ALTER TABLE parts ADD COLUMN code varchar(20) NOT NULL;
COMMIT;
\echo 'step 4 of 10: done'

-- ============================================================================
-- Step 5 of 10, expand: Add parts.made_on
--   Id:           parts.made_on/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), scans the table
--   Note:         refused where the table has rows: the column has no default
--   Estimate:     unknown
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 5 of 10: Add parts.made_on'
BEGIN;
ALTER TABLE parts ADD COLUMN made_on date NOT NULL;
COMMIT;
\echo 'step 5 of 10: done'

-- ============================================================================
-- Step 6 of 10, expand: Add parts.owner
--   Id:           parts.owner/expand/add-column
--   Why:          there is no row that would have no value in it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), scans the table
--   Note:         refused where the table has rows: the column has no default
--   Estimate:     unknown
--   Applications: old BREAKS, new works; INSERTs that give it no value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 6 of 10: Add parts.owner'
BEGIN;
ALTER TABLE parts ADD COLUMN owner integer NOT NULL;
COMMIT;
\echo 'step 6 of 10: done'

-- ============================================================================
-- Step 7 of 10, switch: Build the unique index parts_code_key on parts
--   Id:           parts.parts_code_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 7 of 10: Build the unique index parts_code_key on parts'
-- Check: no two rows of parts agree in (code). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM parts WHERE code IS NOT NULL GROUP BY code HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of parts agree in (code)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS parts_code_key;
CREATE UNIQUE INDEX CONCURRENTLY parts_code_key ON parts (code);
SET lock_timeout = '2s';
\echo 'step 7 of 10: done'

-- ============================================================================
-- Step 8 of 10, switch: Turn the index into the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 10: Turn the index into the unique constraint parts_code_key on parts'
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_code_key UNIQUE USING INDEX parts_code_key;
COMMIT;
\echo 'step 8 of 10: done'

-- ============================================================================
-- Step 9 of 10, switch: Add the foreign key parts_owner_fkey on parts, not yet validated
--   Id:           parts.parts_owner_fkey/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   owners
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 9 of 10: Add the foreign key parts_owner_fkey on parts, not yet validated'
-- Check: no row of parts points at a missing row of owners. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts AS child_row WHERE child_row.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM owners AS parent_row WHERE parent_row.id = child_row.owner))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts points at a missing row of owners', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_owner_fkey FOREIGN KEY (owner) REFERENCES owners (id) NOT VALID;
COMMIT;
\echo 'step 9 of 10: done'

-- ============================================================================
-- Step 10 of 10, switch: Validate the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   owners
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 10 of 10: Validate the foreign key parts_owner_fkey on parts'
BEGIN;
ALTER TABLE parts VALIDATE CONSTRAINT parts_owner_fkey;
COMMIT;
\echo 'step 10 of 10: done'

\echo 'forward: done'
