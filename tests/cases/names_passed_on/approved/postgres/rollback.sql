-- WARNING: rollback is destructive — notes_a data will be lost: rows of notes that agree in what notes_a held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_passed_on
-- Names of keys and indexes pass to another kind, and to another table; a column becomes the key
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
-- Check: step 12 must be done before this: Build the index marks_c on tags. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tags' AND x.relname = 'marks_c' AND i.indisvalid AND i.indisunique = false AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 12 must be done before this: Build the index marks_c on tags', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: drop_index marks_c. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'marks' AND x.relname = 'marks_c' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: drop_index marks_c', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of notes agree in (a). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM notes WHERE a IS NOT NULL GROUP BY a HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of notes agree in (a)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 12 of 12, contract: Build the index marks_c on tags
--   Id:           tags.marks_c/expand/build-index
-- ============================================================================
\echo 'undo step 12 of 12: Build the index marks_c on tags'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS marks_c;
SET lock_timeout = '2s';
\echo 'undo step 12 of 12: done'

-- ============================================================================
-- Undo step 11 of 12, contract: Drop the index marks_c on marks
--   Id:           marks.marks_c/contract/drop-index
-- ============================================================================
\echo 'undo step 11 of 12: Drop the index marks_c on marks'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS marks_c;
CREATE INDEX CONCURRENTLY marks_c ON marks (c);
SET lock_timeout = '2s';
\echo 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, switch: Build the index notes_a on notes
--   Id:           notes.notes_a/switch/build-index
-- ============================================================================
\echo 'undo step 10 of 12: Build the index notes_a on notes'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_a;
SET lock_timeout = '2s';
\echo 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, switch: Let the new definition take over the unique constraint notes_b on notes
--   Id:           notes.notes_b/switch/take-over
-- ============================================================================
\echo 'undo step 9 of 12: Let the new definition take over the unique constraint notes_b on notes'
BEGIN;
ALTER TABLE notes RENAME CONSTRAINT notes_b TO notes_b__new;
CREATE INDEX notes_b ON notes (b);
COMMIT;
\echo 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, switch: Turn the index into the unique constraint notes_b__new on notes
--   Id:           notes.notes_b__new/switch/use-index
-- ============================================================================
\echo 'undo step 8 of 12: Turn the index into the unique constraint notes_b__new on notes'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_b__new;
COMMIT;
\echo 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Build the unique index notes_b__new on notes
--   Id:           notes.notes_b__new/switch/build-index
-- ============================================================================
\echo 'undo step 7 of 12: Build the unique index notes_b__new on notes'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_b__new;
SET lock_timeout = '2s';
\echo 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Drop the unique constraint notes_a on notes
--   Id:           notes.notes_a/switch/drop-unique-constraint
--   Loses:        rows of notes that agree in what notes_a held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 6 of 12: Drop the unique constraint notes_a on notes'
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_a UNIQUE (a);
COMMIT;
\echo 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Turn the index into the primary key notes_pkey on notes
--   Id:           notes.notes_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 5 of 12: Turn the index into the primary key notes_pkey on notes'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_pkey;
COMMIT;
\echo 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, switch: Build the unique index notes_pkey on notes
--   Id:           notes.notes_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 4 of 12: Build the unique index notes_pkey on notes'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_pkey;
SET lock_timeout = '2s';
\echo 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, switch: Make notes.id NOT NULL
--   Id:           notes.id/switch/not-null
-- ============================================================================
\echo 'undo step 3 of 12: Make notes.id NOT NULL'
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_id_not_null CHECK (id IS NOT NULL);
ALTER TABLE notes ALTER COLUMN id DROP NOT NULL;
COMMIT;
\echo 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, switch: Validate that no row has NULL in notes.id
--   Id:           notes.id/switch/not-null-validate
-- ============================================================================
\echo 'undo step 2 of 12: Validate that no row has NULL in notes.id'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_id_not_null, ADD CONSTRAINT notes_id_not_null CHECK (id IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, switch: Refuse new NULLs in notes.id
--   Id:           notes.id/switch/not-null-guard
-- ============================================================================
\echo 'undo step 1 of 12: Refuse new NULLs in notes.id'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_id_not_null;
COMMIT;
\echo 'undo step 1 of 12: done'

\echo 'rollback: done'
