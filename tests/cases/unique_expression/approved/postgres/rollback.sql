-- WARNING: rollback is destructive — people_nick data will be lost: rows of people that agree in what people_nick held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration unique_expression
-- Addresses are unique whatever their case; an expression goes, and another one changes
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
-- Check: step 4 must be done before this: Drop the unique index people_nick on people. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'people' AND x.relname = 'people_nick' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 must be done before this: Drop the unique index people_nick on people', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of people agree in ((lower(nick))). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM people WHERE (lower(nick)) IS NOT NULL GROUP BY (lower(nick)) HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of people agree in ((lower(nick)))', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 4 of 4, contract: Drop the unique index people_nick on people
--   Id:           people.people_nick/contract/drop-unique-index
--   Loses:        rows of people that agree in what people_nick held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 4 of 4: Drop the unique index people_nick on people'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_nick;
CREATE UNIQUE INDEX CONCURRENTLY people_nick ON people ((lower(nick)));
SET lock_timeout = '2s';
\echo 'undo step 4 of 4: done'

-- ============================================================================
-- Undo step 3 of 4, switch: Let the new definition take over the index people_code on people
--   Id:           people.people_code/switch/take-over
-- ============================================================================
\echo 'undo step 3 of 4: Let the new definition take over the index people_code on people'
BEGIN;
ALTER INDEX people_code RENAME TO people_code__new;
CREATE INDEX people_code ON people ((lower(code)));
COMMIT;
\echo 'undo step 3 of 4: done'

-- ============================================================================
-- Undo step 2 of 4, switch: Build the index people_code__new on people
--   Id:           people.people_code__new/switch/build-index
-- ============================================================================
\echo 'undo step 2 of 4: Build the index people_code__new on people'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_code__new;
SET lock_timeout = '2s';
\echo 'undo step 2 of 4: done'

-- ============================================================================
-- Undo step 1 of 4, switch: Build the unique index people_mail on people
--   Id:           people.people_mail/switch/build-index
-- ============================================================================
\echo 'undo step 1 of 4: Build the unique index people_mail on people'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS people_mail;
SET lock_timeout = '2s';
\echo 'undo step 1 of 4: done'

\echo 'rollback: done'
