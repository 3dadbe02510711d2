-- WARNING: rollback is destructive — users.name data will be lost: NULLs written to users.name: the way back stops at them until they have a value.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration drop_not_null
-- A name may be missing
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

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no row of users has NULL in name. Expects 0.
DO $forgelua_check$
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE name IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of users has NULL in name', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 1 of 1, expand: Allow NULL in users.name
--   Id:           users.name/expand/relax
--   Loses:        NULLs written to users.name: the way back stops at them until they have a value
-- ============================================================================
\echo 'undo step 1 of 1: Allow NULL in users.name'
BEGIN;
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
COMMIT;

\echo 'rollback: done'
