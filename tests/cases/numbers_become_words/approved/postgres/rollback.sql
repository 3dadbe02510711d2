-- WARNING: rollback is destructive — orders.code data will be lost: values of orders.code that do not come back unchanged; values of orders.code that integer cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration numbers_become_words
-- A number that becomes a text, in place
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 2 must be done before this: Change the type of orders.code. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'code' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(20)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Change the type of orders.code', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every code of orders can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE code IS NOT NULL AND CASE WHEN code ~ '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$' THEN CAST(code AS decimal(60)) NOT BETWEEN -2147483648 AND 2147483647 ELSE TRUE END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every code of orders can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 2, switch: Change the type of orders.code
--   Id:           orders.code/switch/type
--   Loses:        values of orders.code that do not come back unchanged; values of orders.code that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 2 of 2: Change the type of orders.code'
BEGIN;
ALTER TABLE orders ALTER COLUMN code TYPE integer USING CAST(code AS integer);
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, expand: Build the index orders_zone on orders
--   Id:           orders.orders_zone/expand/build-index
-- ============================================================================
\echo 'undo step 1 of 2: Build the index orders_zone on orders'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS orders_zone;
SET lock_timeout = '2s';
\echo 'undo step 1 of 2: done'

\echo 'rollback: done'
