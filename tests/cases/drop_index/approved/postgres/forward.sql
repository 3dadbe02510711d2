-- Forward, every phase of migration drop_index
-- Nobody searches by name any more
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Drop the index users_name_idx on users. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND x.relname = 'users_name_idx' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Drop the index users_name_idx on users', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 1, contract: Drop the index users_name_idx on users
--   Id:           users.users_name_idx/contract/drop-index
--   Why:          no query of the new schema counts on it
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         waits for transactions that began before it
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
\echo 'step 1 of 1: Drop the index users_name_idx on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_name_idx;
SET lock_timeout = '2s';
\echo 'step 1 of 1: done'

\echo 'forward: done'
