-- Rollback, every phase of migration columns_swapped
-- Two columns exchange their names, and two pass theirs on
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
-- Check: step 2 must be done before this: Rename ledger.x to y. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'y' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'x' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Rename ledger.x to y', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_column ledger.z. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ledger' AND a.attname = 'z' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(9)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_column ledger.z', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 7 of 7, switch: Start the new application
--   Id:           pairs/switch/start
-- ============================================================================
\echo 'undo step 7 of 7: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 7: done'

-- ============================================================================
-- Undo step 6 of 7, switch: Validate pairs
--   Id:           pairs/switch/validate
-- ============================================================================
\echo 'undo step 6 of 7: Validate pairs'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 7: done'

-- ============================================================================
-- Undo step 5 of 7, switch: Rename pairs.a to a__moved; Rename pairs.b to a; Rename pairs.a__moved to b
--   Id:           pairs.a/switch/rename
-- ============================================================================
\echo 'undo step 5 of 7: Rename pairs.a to a__moved; Rename pairs.b to a; Rename pairs.a__moved to b'
BEGIN;
ALTER TABLE pairs RENAME COLUMN b TO a__moved;
ALTER TABLE pairs RENAME COLUMN a TO b;
ALTER TABLE pairs RENAME COLUMN a__moved TO a;
COMMIT;
\echo 'undo step 5 of 7: done'

-- ============================================================================
-- Undo step 4 of 7, switch: Back up pairs
--   Id:           pairs/switch/backup
-- ============================================================================
\echo 'undo step 4 of 7: Back up pairs'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 7: done'

-- ============================================================================
-- Undo step 3 of 7, switch: Stop every application that writes pairs
--   Id:           pairs/switch/stop
-- ============================================================================
\echo 'undo step 3 of 7: Stop every application that writes pairs'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 7: done'

-- ============================================================================
-- Undo step 2 of 7, switch: Rename ledger.x to y
--   Id:           ledger.x/switch/rename
-- ============================================================================
\echo 'undo step 2 of 7: Rename ledger.x to y'
BEGIN;
ALTER TABLE ledger RENAME COLUMN y TO x;
COMMIT;
\echo 'undo step 2 of 7: done'

-- ============================================================================
-- Undo step 1 of 7, switch: Rename ledger.y to z
--   Id:           ledger.y/switch/rename
-- ============================================================================
\echo 'undo step 1 of 7: Rename ledger.y to z'
BEGIN;
ALTER TABLE ledger RENAME COLUMN z TO y;
COMMIT;
\echo 'undo step 1 of 7: done'

\echo 'rollback: done'
