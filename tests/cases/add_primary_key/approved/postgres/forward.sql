-- Forward, every phase of migration add_primary_key
-- Readings get a primary key
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
-- Check: step 1 must not be done at this point: Build the unique index readings_pkey on readings. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND x.relname = 'readings_pkey' AND i.indisvalid AND i.indisunique = true AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Build the unique index readings_pkey on readings', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: add_primary_key readings_pkey. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND k.conname = 'readings_pkey' AND k.contype = 'p' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: add_primary_key readings_pkey', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 2, switch: Build the unique index readings_pkey on readings
--   Id:           readings.readings_pkey/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (7 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     7 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 1 of 2: Build the unique index readings_pkey on readings'
-- Check: no two rows of readings agree in (at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM readings WHERE at IS NOT NULL GROUP BY at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of readings agree in (at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS readings_pkey;
CREATE UNIQUE INDEX CONCURRENTLY readings_pkey ON readings (at);
SET lock_timeout = '2s';
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, switch: Turn the index into the primary key readings_pkey on readings
--   Id:           readings.readings_pkey/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 2: Turn the index into the primary key readings_pkey on readings'
BEGIN;
ALTER TABLE readings ADD CONSTRAINT readings_pkey PRIMARY KEY USING INDEX readings_pkey;
COMMIT;
\echo 'step 2 of 2: done'

\echo 'forward: done'
