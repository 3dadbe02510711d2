-- WARNING: rollback is destructive — tickets.id data will be lost: values of tickets.id that integer cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_with_wider_key
-- A key that the application gave becomes wider, and is counted from then on
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
-- Check: the whole plan must be done before this: alter_column tickets.id. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tickets' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = 'd' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column tickets.id', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every id of tickets can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM tickets WHERE id < -2147483648 OR id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every id of tickets can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           tickets/switch/start
-- ============================================================================
\echo 'undo step 5 of 5: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Validate tickets
--   Id:           tickets/switch/validate
-- ============================================================================
\echo 'undo step 4 of 5: Validate tickets'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Change the type of tickets.id; Change how values are generated for tickets.id
--   Id:           tickets.id/switch/type
--   Loses:        values of tickets.id that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 5: Change the type of tickets.id; Change how values are generated for tickets.id'
BEGIN;
ALTER TABLE tickets ALTER COLUMN id DROP IDENTITY;
ALTER TABLE tickets ALTER COLUMN id TYPE integer USING CAST(id AS integer);
COMMIT;
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Back up tickets
--   Id:           tickets/switch/backup
-- ============================================================================
\echo 'undo step 2 of 5: Back up tickets'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes tickets
--   Id:           tickets/switch/stop
-- ============================================================================
\echo 'undo step 1 of 5: Stop every application that writes tickets'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
