-- Forward, every phase of migration numbers_become_words
-- A number that becomes a text, in place
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Build the index orders_zone on orders. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND x.relname = 'orders_zone' AND i.indisvalid AND i.indisunique = false AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Build the index orders_zone on orders', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 2, expand: Build the index orders_zone on orders
--   Id:           orders.orders_zone/expand/build-index
--   Why:          built concurrently, it keeps neither reads nor writes waiting
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 1 of 2: Build the index orders_zone on orders'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS orders_zone;
CREATE INDEX CONCURRENTLY orders_zone ON orders (zone);
SET lock_timeout = '2s';
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, switch: Change the type of orders.code
--   Id:           orders.code/switch/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of orders.code that do not come back unchanged; values of orders.code that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 2 of 2: Change the type of orders.code'
BEGIN;
ALTER TABLE orders ALTER COLUMN code TYPE varchar(20) USING CAST(code AS text);
COMMIT;
\echo 'step 2 of 2: done'

\echo 'forward: done'
