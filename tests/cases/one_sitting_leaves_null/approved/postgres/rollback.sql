-- Rollback, every phase of migration one_sitting_leaves_null
-- In one sitting, a column is filled whose expression gives nothing for some rows
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 5 must be done before this: Rename books.title to name; Make books.words NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'books' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(60)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'books' AND a.attname = 'title' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 must be done before this: Rename books.title to name; Make books.words NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, switch: Start the new application
--   Id:           books/switch/start
-- ============================================================================
\echo 'undo step 7 of 8: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Validate books
--   Id:           books/switch/validate
-- ============================================================================
\echo 'undo step 6 of 8: Validate books'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Rename books.title to name; Make books.words NOT NULL
--   Id:           books.title/switch/rename
-- ============================================================================
\echo 'undo step 5 of 8: Rename books.title to name; Make books.words NOT NULL'
BEGIN;
ALTER TABLE books ALTER COLUMN words DROP NOT NULL;
ALTER TABLE books RENAME COLUMN name TO title;
COMMIT;
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Fill them
--   Id:           books/switch/fill
-- ============================================================================
\echo 'undo step 4 of 8: Fill them'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, switch: Add the columns of books that are to be filled
--   Id:           books/switch/add-columns
-- ============================================================================
\echo 'undo step 3 of 8: Add the columns of books that are to be filled'
BEGIN;
ALTER TABLE books DROP COLUMN words;
ALTER TABLE books DROP COLUMN label;
COMMIT;
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, switch: Back up books
--   Id:           books/switch/backup
-- ============================================================================
\echo 'undo step 2 of 8: Back up books'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, switch: Stop every application that writes books
--   Id:           books/switch/stop
-- ============================================================================
\echo 'undo step 1 of 8: Stop every application that writes books'
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
\echo 'undo step 1 of 8: done'

\echo 'rollback: done'
