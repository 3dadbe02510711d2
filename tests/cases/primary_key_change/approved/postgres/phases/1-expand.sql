-- Phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/1-expand.sql

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
-- Check: step 1 must not be done at this point: Create readings__new in the new shape of readings. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings__new' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create readings__new in the new shape of readings', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 9, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 9: Create readings__new in the new shape of readings'
-- Check: no trigger, policy, rule or statistics object of readings that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('readings') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('readings')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('readings')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('readings')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('readings')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('readings') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of readings that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE readings__new (
  id bigint NOT NULL,
  sensor integer NOT NULL,
  at bigint NOT NULL,
  v integer,
  CONSTRAINT readings_pkey__new PRIMARY KEY (sensor, at)
);
CREATE INDEX readings__new_key ON readings__new (id);
COMMIT;
\echo 'step 1 of 9: done'

\echo 'forward: done'
