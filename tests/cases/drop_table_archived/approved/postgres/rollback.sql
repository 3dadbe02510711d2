-- Rollback, every phase of migration drop_table_archived
-- The audit log and a tree go, their rows stay in archives
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
-- Check: step 4 must be done before this: Drop the table nodes. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'nodes' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 must be done before this: Drop the table nodes', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 4 of 4, contract: Drop the table nodes
--   Id:           nodes/contract/drop-table
-- ============================================================================
\echo 'undo step 4 of 4: Drop the table nodes'
BEGIN;
CREATE TABLE nodes (
  id integer NOT NULL,
  up integer,
  owner bigint,
  CONSTRAINT nodes_pkey PRIMARY KEY (id)
);
ALTER TABLE nodes ADD CONSTRAINT nodes_up_fkey FOREIGN KEY (up) REFERENCES nodes (id);
ALTER TABLE nodes ADD CONSTRAINT nodes_owner_fkey FOREIGN KEY (owner) REFERENCES users (id);
COMMIT;
\echo 'undo step 4 of 4: done'

-- ============================================================================
-- Undo step 3 of 4, contract: Archive nodes into nodes__archive
--   Id:           nodes/contract/archive
-- ============================================================================
\echo 'undo step 3 of 4: Archive nodes into nodes__archive'
BEGIN;
INSERT INTO nodes (id, up, owner) SELECT id, up, owner FROM nodes__archive WHERE NOT EXISTS (SELECT 1 FROM nodes AS there WHERE there.id = nodes__archive.id);
DROP TABLE nodes__archive;
COMMIT;
\echo 'undo step 3 of 4: done'

-- ============================================================================
-- Undo step 2 of 4, contract: Drop the table audit
--   Id:           audit/contract/drop-table
-- ============================================================================
\echo 'undo step 2 of 4: Drop the table audit'
BEGIN;
CREATE TABLE audit (
  id bigint NOT NULL,
  what text,
  at timestamp,
  CONSTRAINT audit_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 2 of 4: done'

-- ============================================================================
-- Undo step 1 of 4, contract: Archive audit into audit__archive
--   Id:           audit/contract/archive
-- ============================================================================
\echo 'undo step 1 of 4: Archive audit into audit__archive'
BEGIN;
INSERT INTO audit (id, what, at) SELECT id, what, at FROM audit__archive WHERE NOT EXISTS (SELECT 1 FROM audit AS there WHERE there.id = audit__archive.id);
DROP TABLE audit__archive;
COMMIT;
\echo 'undo step 1 of 4: done'

\echo 'rollback: done'
