-- WARNING: rollback is destructive — users data will be lost: the NULLs of users.points: the way back leaves the values that the backfill gave them.
-- WARNING: rollback is destructive — users.name data will be lost: values of users.name that varchar(80) cannot hold: the way back stops at them until they are changed; values of users.age that integer cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration big_bang_development
-- On a developer's machine everything goes at once
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
-- Check: step 7 must be done before this: Create the view adults. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'adults' AND c.relkind IN ('v') AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Create the view adults', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no name of users is longer than 80. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE SUBSTR(name, 81) <> '')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no name of users is longer than 80', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every age of users can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE age < -2147483648 OR age > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every age of users can be held as integer', '0', forgelua_actual;
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
-- Undo step 7 of 8, switch: Create the view adults
--   Id:           adults/switch/create-view
-- ============================================================================
\echo 'undo step 7 of 8: Create the view adults'
BEGIN;
DROP VIEW adults;
COMMIT;
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
\echo 'undo step 6 of 8: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
\echo 'undo step 5 of 8: Validate users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Change the type of users.name; Change the type of users.age; Change the default of users.points; Add users.grp; Make users.points NOT NULL
--   Id:           users.name/switch/type
--   Loses:        values of users.name that varchar(80) cannot hold: the way back stops at them until they are changed; values of users.age that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 4 of 8: Change the type of users.name; Change the type of users.age; Change the default of users.points; Add users.grp; Make users.points NOT NULL'
BEGIN;
ALTER TABLE users ALTER COLUMN points DROP NOT NULL;
ALTER TABLE users DROP COLUMN grp;
ALTER TABLE users ALTER COLUMN points DROP DEFAULT;
ALTER TABLE users ALTER COLUMN age TYPE integer USING CAST(age AS integer);
ALTER TABLE users ALTER COLUMN name TYPE varchar(80) USING name;
COMMIT;
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, switch: Fill them
--   Id:           users/switch/fill
--   Loses:        the NULLs of users.points: the way back leaves the values that the backfill gave them
-- ============================================================================
\echo 'undo step 3 of 8: Fill them'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
\echo 'undo step 2 of 8: Back up users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
\echo 'undo step 1 of 8: Stop every application that writes users'
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
