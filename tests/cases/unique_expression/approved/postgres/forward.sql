-- Forward, every phase of migration unique_expression
-- Addresses are unique whatever their case; an expression goes, and another one changes
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Build the unique index people_mail on people. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'people' AND x.relname = 'people_mail' AND i.indisvalid AND i.indisunique = true AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Build the unique index people_mail on people', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 4, switch: Build the unique index people_mail on people
--   Id:           people.people_mail/switch/build-index
--   Why:          built concurrently, it keeps neither reads nor writes waiting
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 1 of 4: Build the unique index people_mail on people'
-- Check: no two rows of people agree in ((lower(mail))). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM people WHERE (lower(mail)) IS NOT NULL GROUP BY (lower(mail)) HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of people agree in ((lower(mail)))', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_mail;
CREATE UNIQUE INDEX CONCURRENTLY people_mail ON people ((lower(mail)));
SET lock_timeout = '2s';
\echo 'step 1 of 4: done'

-- ============================================================================
-- Step 2 of 4, switch: Build the index people_code__new on people
--   Id:           people.people_code__new/switch/build-index
--   Why:          the new definition stands beside the old one until it can take its name
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 2 of 4: Build the index people_code__new on people'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_code__new;
CREATE INDEX CONCURRENTLY people_code__new ON people ((upper(code)));
SET lock_timeout = '2s';
\echo 'step 2 of 4: done'

-- ============================================================================
-- Step 3 of 4, switch: Let the new definition take over the index people_code on people
--   Id:           people.people_code/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         only the index is locked (SHARE UPDATE EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 3 of 4: Let the new definition take over the index people_code on people'
BEGIN;
DROP INDEX people_code;
ALTER INDEX people_code__new RENAME TO people_code;
COMMIT;
\echo 'step 3 of 4: done'

-- ============================================================================
-- Step 4 of 4, contract: Drop the unique index people_nick on people
--   Id:           people.people_nick/contract/drop-unique-index
--   Why:          no query of the new schema counts on it
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         waits for transactions that began before it
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     loses rows of people that agree in what people_nick held apart: the way back stops at them until they are changed
--   Hazards:      index drop
-- ============================================================================
\echo 'step 4 of 4: Drop the unique index people_nick on people'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_nick;
SET lock_timeout = '2s';
\echo 'step 4 of 4: done'

\echo 'forward: done'
