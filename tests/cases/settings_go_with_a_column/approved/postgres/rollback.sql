-- WARNING: rollback is destructive — orders.note data will be lost: the values of orders.note: the way back adds it again with NULL in every row.
-- WARNING: rollback is destructive — log data will be lost: the rows of log: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration settings_go_with_a_column
-- Grants and settings of a column, and a table's triggers and publications, go with it and come back with it
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
-- Check: step 7 must be done before this: Drop the table log. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'log' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Drop the table log', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 7 of 7, contract: Drop the table log
--   Id:           log/contract/drop-table
--   Loses:        the rows of log: the way back creates it empty
-- ============================================================================
\echo 'undo step 7 of 7: Drop the table log'
BEGIN;
CREATE TABLE log (
  id integer NOT NULL,
  what text,
  CONSTRAINT log_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 7 of 7: done'

-- ============================================================================
-- Undo step 6 of 7, contract: Drop the statistics spread
--   Id:           statistics spread/contract/drop
-- ============================================================================
\echo 'undo step 6 of 7: Drop the statistics spread'
BEGIN;
CREATE STATISTICS spread ON id, what FROM log;
COMMIT;
\echo 'undo step 6 of 7: done'

-- ============================================================================
-- Undo step 5 of 7, contract: Drop orders.note
--   Id:           orders.note/contract/drop-column
--   Loses:        the values of orders.note: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 5 of 7: Drop orders.note'
BEGIN;
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
\echo 'undo step 5 of 7: done'

-- ============================================================================
-- Undo step 4 of 7, contract: Drop the grant SELECT of note to PUBLIC on orders
--   Id:           grant SELECT of note to PUBLIC on orders/contract/drop
-- ============================================================================
\echo 'undo step 4 of 7: Drop the grant SELECT of note to PUBLIC on orders'
BEGIN;
GRANT SELECT (note) ON orders TO PUBLIC;
COMMIT;
\echo 'undo step 4 of 7: done'

-- ============================================================================
-- Undo step 3 of 7, contract: Drop the column storage of note on orders
--   Id:           column storage of note on orders/contract/drop
-- ============================================================================
\echo 'undo step 3 of 7: Drop the column storage of note on orders'
BEGIN;
ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL;
COMMIT;
\echo 'undo step 3 of 7: done'

-- ============================================================================
-- Undo step 2 of 7, switch: Change the publication feed
--   Id:           publication feed/switch/alter
-- ============================================================================
\echo 'undo step 2 of 7: Change the publication feed'
BEGIN;
ALTER PUBLICATION feed ADD TABLE log (id);
COMMIT;
\echo 'undo step 2 of 7: done'

-- ============================================================================
-- Undo step 1 of 7, switch: Drop the policy seen on log
--   Id:           policy seen on log/switch/drop
-- ============================================================================
\echo 'undo step 1 of 7: Drop the policy seen on log'
BEGIN;
CREATE POLICY seen ON log USING (id > 0);
COMMIT;
\echo 'undo step 1 of 7: done'

\echo 'rollback: done'
