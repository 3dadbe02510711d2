-- Rollback, every phase of migration namespace
-- Billing has a namespace
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Check: step 2 must be done before this: Create the table billing.invoices. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'billing' AND c.relname = 'invoices' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Create the table billing.invoices', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 2, expand: Create the table billing.invoices
--   Id:           billing.invoices/expand/create-table
-- ============================================================================
\echo 'undo step 2 of 2: Create the table billing.invoices'
BEGIN;
DROP TABLE billing.invoices;
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, expand: Create the schema billing
--   Id:           billing/expand/create-schema
-- ============================================================================
\echo 'undo step 1 of 2: Create the schema billing'
BEGIN;
DROP SCHEMA billing;
COMMIT;
\echo 'undo step 1 of 2: done'

\echo 'rollback: done'
