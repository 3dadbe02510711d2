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
-- Check: step 6 must be done before this: Create the view adults. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'adults' AND c.relkind IN ('v') AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Create the view adults', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 6 of 6, switch: Create the view adults
--   Id:           adults/switch/create-view
-- ============================================================================
\echo 'undo step 6 of 6: Create the view adults'
BEGIN;
DROP VIEW adults;
COMMIT;
\echo 'undo step 6 of 6: done'

-- ============================================================================
-- Undo step 5 of 6, switch: Start the new application
--   Id:           users/switch/start
-- ============================================================================
\echo 'undo step 5 of 6: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 6: done'

-- ============================================================================
-- Undo step 4 of 6, switch: Validate users
--   Id:           users/switch/validate
-- ============================================================================
\echo 'undo step 4 of 6: Validate users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 6: done'

-- ============================================================================
-- Undo step 3 of 6, switch: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL
--   Id:           users.name/switch/type
-- ============================================================================
\echo 'undo step 3 of 6: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL'
BEGIN;
ALTER TABLE users ALTER COLUMN age DROP NOT NULL;
ALTER TABLE users DROP COLUMN grp;
ALTER TABLE users ALTER COLUMN age DROP DEFAULT, ALTER COLUMN age TYPE integer USING CAST(age AS integer);
ALTER TABLE users ALTER COLUMN name TYPE varchar(80) USING name;
COMMIT;
\echo 'undo step 3 of 6: done'

-- ============================================================================
-- Undo step 2 of 6, switch: Back up users
--   Id:           users/switch/backup
-- ============================================================================
\echo 'undo step 2 of 6: Back up users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 6: done'

-- ============================================================================
-- Undo step 1 of 6, switch: Stop every application that writes users
--   Id:           users/switch/stop
-- ============================================================================
\echo 'undo step 1 of 6: Stop every application that writes users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 1 of 6: done'

\echo 'rollback: done'
