-- Phase expand, schema of migration blue_green_one
-- Prices flip in one short step
-- postgres 15; strategy blue_green; risk high; forgelua 0.1.0
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
-- Step 1 of 9, expand: Create prices__new in the new shape of prices
--   Id:           prices/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      disk
-- ============================================================================
\echo 'step 1 of 9: Create prices__new in the new shape of prices'
-- Check: no trigger, policy, rule or statistics object of prices that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('prices') AND NOT x.tgisinternal AND x.tgname NOT LIKE 'zz\_%') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('prices')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('prices')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('prices')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('prices')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('prices') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of prices that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE prices__new (
  id bigint NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT prices_pkey__new PRIMARY KEY (id)
);
COMMIT;

\echo 'forward: done'
