-- WARNING: rollback is destructive — links.id data will be lost: rows of edges that agree in what links_pkey held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration counter_in_one_sitting
-- A table gets a key that the database counts, and another name, while the application stands still
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 3 must be done before this: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'edges' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'links' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must be done before this: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of edges agree in (x, y). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM edges WHERE x IS NOT NULL AND y IS NOT NULL GROUP BY x, y HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of edges agree in (x, y)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of edges has NULL in x. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM edges WHERE x IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of edges has NULL in x', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of edges has NULL in y. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM edges WHERE y IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of edges has NULL in y', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, switch: Start the new application
--   Id:           links/switch/start
-- ============================================================================
\echo 'undo step 5 of 5: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, switch: Validate links
--   Id:           links/switch/validate
-- ============================================================================
\echo 'undo step 4 of 5: Validate links'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, switch: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges
--   Id:           links.id/switch/add-column
--   Loses:        rows of edges that agree in what links_pkey held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 5: Add links.id; Rename links to edges; Replace the primary key edges_pkey on edges; Add the unique constraint edges_x_y_key on edges'
BEGIN;
ALTER TABLE edges DROP CONSTRAINT edges_x_y_key;
ALTER TABLE edges DROP CONSTRAINT edges_pkey;
ALTER TABLE edges ADD CONSTRAINT links_pkey PRIMARY KEY (x, y);
ALTER TABLE edges RENAME TO links;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('links', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'edges_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'links_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE links DROP COLUMN id;
COMMIT;
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, switch: Back up links
--   Id:           links/switch/backup
-- ============================================================================
\echo 'undo step 2 of 5: Back up links'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, switch: Stop every application that writes links
--   Id:           links/switch/stop
-- ============================================================================
\echo 'undo step 1 of 5: Stop every application that writes links'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
