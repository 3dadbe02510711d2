-- Rollback, every phase of migration expression_index
-- Names are searched whatever their case
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
-- Check: step 1 must be done before this: Build the index users_lower_idx on users. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND x.relname = 'users_lower_idx' AND i.indisvalid AND i.indisunique = false AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must be done before this: Build the index users_lower_idx on users', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 1 of 1, expand: Build the index users_lower_idx on users
--   Id:           users.users_lower_idx/expand/build-index
-- ============================================================================
\echo 'undo step 1 of 1: Build the index users_lower_idx on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_lower_idx;
SET lock_timeout = '2s';
\echo 'undo step 1 of 1: done'

\echo 'rollback: done'
