-- Rollback, every phase of migration set_not_null
-- Everyone has an age
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Check: step 3 must be done before this: Make users.age NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must be done before this: Make users.age NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 3 of 3, switch: Make users.age NOT NULL
--   Id:           users.age/switch/not-null
-- ============================================================================
\echo 'undo step 3 of 3: Make users.age NOT NULL'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_age_not_null CHECK (age IS NOT NULL);
ALTER TABLE users ALTER COLUMN age DROP NOT NULL;
COMMIT;
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Validate that no row has NULL in users.age
--   Id:           users.age/switch/not-null-validate
-- ============================================================================
\echo 'undo step 2 of 3: Validate that no row has NULL in users.age'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_age_not_null, ADD CONSTRAINT users_age_not_null CHECK (age IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Refuse new NULLs in users.age
--   Id:           users.age/switch/not-null-guard
-- ============================================================================
\echo 'undo step 1 of 3: Refuse new NULLs in users.age'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_age_not_null;
COMMIT;
\echo 'undo step 1 of 3: done'

\echo 'rollback: done'
