-- Forward, every phase of migration names_passed_on
-- Names of keys and indexes pass to another kind, and to another table; a column becomes the key
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
-- Check: step 1 must not be done at this point: Refuse new NULLs in notes.id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'notes' AND k.conname = 'notes_id_not_null' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Refuse new NULLs in notes.id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 3 must not be done at this point: Make notes.id NOT NULL. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'notes' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Make notes.id NOT NULL', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must not be done at this point: Drop the unique constraint notes_a on notes. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'notes' AND k.conname = 'notes_a' AND k.contype = 'u') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must not be done at this point: Drop the unique constraint notes_a on notes', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 11 must not be done at this point: Drop the index marks_c on marks. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'marks' AND x.relname = 'marks_c' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must not be done at this point: Drop the index marks_c on marks', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: drop_index marks_c. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'marks' AND x.relname = 'marks_c' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: drop_index marks_c', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 12, switch: Refuse new NULLs in notes.id
--   Id:           notes.id/switch/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into notes.id fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 1 of 12: Refuse new NULLs in notes.id'
-- Check: no row of notes has NULL in id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM notes WHERE id IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of notes has NULL in id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_id_not_null CHECK (id IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 1 of 12: done'

-- ============================================================================
-- Step 2 of 12, switch: Validate that no row has NULL in notes.id
--   Id:           notes.id/switch/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 2 of 12: Validate that no row has NULL in notes.id'
BEGIN;
ALTER TABLE notes VALIDATE CONSTRAINT notes_id_not_null;
COMMIT;
\echo 'step 2 of 12: done'

-- ============================================================================
-- Step 3 of 12, switch: Make notes.id NOT NULL
--   Id:           notes.id/switch/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 3 of 12: Make notes.id NOT NULL'
BEGIN;
ALTER TABLE notes ALTER COLUMN id SET NOT NULL;
ALTER TABLE notes DROP CONSTRAINT notes_id_not_null;
COMMIT;
\echo 'step 3 of 12: done'

-- ============================================================================
-- Step 4 of 12, switch: Build the unique index notes_pkey on notes
--   Id:           notes.notes_pkey/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 4 of 12: Build the unique index notes_pkey on notes'
-- Check: no two rows of notes agree in (id). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM notes WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of notes agree in (id)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_pkey;
CREATE UNIQUE INDEX CONCURRENTLY notes_pkey ON notes (id);
SET lock_timeout = '2s';
\echo 'step 4 of 12: done'

-- ============================================================================
-- Step 5 of 12, switch: Turn the index into the primary key notes_pkey on notes
--   Id:           notes.notes_pkey/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 12: Turn the index into the primary key notes_pkey on notes'
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY USING INDEX notes_pkey;
COMMIT;
\echo 'step 5 of 12: done'

-- ============================================================================
-- Step 6 of 12, switch: Drop the unique constraint notes_a on notes
--   Id:           notes.notes_a/switch/drop-unique-constraint
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of notes that agree in what notes_a held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 6 of 12: Drop the unique constraint notes_a on notes'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_a;
COMMIT;
\echo 'step 6 of 12: done'

-- ============================================================================
-- Step 7 of 12, switch: Build the unique index notes_b__new on notes
--   Id:           notes.notes_b__new/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 7 of 12: Build the unique index notes_b__new on notes'
-- Check: no two rows of notes agree in (b). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM notes WHERE b IS NOT NULL GROUP BY b HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of notes agree in (b)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_b__new;
CREATE UNIQUE INDEX CONCURRENTLY notes_b__new ON notes (b);
SET lock_timeout = '2s';
\echo 'step 7 of 12: done'

-- ============================================================================
-- Step 8 of 12, switch: Turn the index into the unique constraint notes_b__new on notes
--   Id:           notes.notes_b__new/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 12: Turn the index into the unique constraint notes_b__new on notes'
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_b__new UNIQUE USING INDEX notes_b__new;
COMMIT;
\echo 'step 8 of 12: done'

-- ============================================================================
-- Step 9 of 12, switch: Let the new definition take over the unique constraint notes_b on notes
--   Id:           notes.notes_b/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 12: Let the new definition take over the unique constraint notes_b on notes'
BEGIN;
DROP INDEX notes_b;
ALTER TABLE notes RENAME CONSTRAINT notes_b__new TO notes_b;
COMMIT;
\echo 'step 9 of 12: done'

-- ============================================================================
-- Step 10 of 12, switch: Build the index notes_a on notes
--   Id:           notes.notes_a/switch/build-index
--   Why:          built concurrently, it keeps neither reads nor writes waiting
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 10 of 12: Build the index notes_a on notes'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_a;
CREATE INDEX CONCURRENTLY notes_a ON notes (a);
SET lock_timeout = '2s';
\echo 'step 10 of 12: done'

-- ============================================================================
-- Step 11 of 12, contract: Drop the index marks_c on marks
--   Id:           marks.marks_c/contract/drop-index
--   Why:          no query of the new schema counts on it
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         waits for transactions that began before it
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
\echo 'step 11 of 12: Drop the index marks_c on marks'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS marks_c;
SET lock_timeout = '2s';
\echo 'step 11 of 12: done'

-- ============================================================================
-- Step 12 of 12, contract: Build the index marks_c on tags
--   Id:           tags.marks_c/expand/build-index
--   Why:          built concurrently, it keeps neither reads nor writes waiting
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 12 of 12: Build the index marks_c on tags'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS marks_c;
CREATE INDEX CONCURRENTLY marks_c ON tags (c);
SET lock_timeout = '2s';
\echo 'step 12 of 12: done'

\echo 'forward: done'
