-- WARNING: rollback is destructive — users_name_key data will be lost: rows of users that agree in what users_name_key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration drop_unique
-- Names may be shared
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
-- Check: no two rows of users agree in (name). Expects 0.
DO $forgelua_check$
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM users WHERE name IS NOT NULL GROUP BY name HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of users agree in (name)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 1 of 1, switch: Drop the unique constraint users_name_key on users
--   Id:           users.users_name_key/switch/drop-unique-constraint
--   Loses:        rows of users that agree in what users_name_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 1 of 1: Drop the unique constraint users_name_key on users'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name);
COMMIT;

\echo 'rollback: done'
