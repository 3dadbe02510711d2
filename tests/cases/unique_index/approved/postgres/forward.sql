-- Forward, every phase of migration unique_index
-- No two users share a name
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Step 1 of 1, switch: Build the unique index users_name_key on users
--   Id:           users.users_name_key/switch/build-index
--   Why:          built concurrently, it keeps neither reads nor writes waiting
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 1 of 1: Build the unique index users_name_key on users'
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
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_name_key;
CREATE UNIQUE INDEX CONCURRENTLY users_name_key ON users (name);
SET lock_timeout = '2s';

\echo 'forward: done'
