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
-- Undo step 2 of 2, expand: Create the table billing.invoices
--   Id:           billing.invoices/expand/create-table
-- ============================================================================
\echo 'undo step 2 of 2: Create the table billing.invoices'
BEGIN;
DROP TABLE billing.invoices;
COMMIT;

-- ============================================================================
-- Undo step 1 of 2, expand: Create the schema billing
--   Id:           billing/expand/create-schema
-- ============================================================================
\echo 'undo step 1 of 2: Create the schema billing'
BEGIN;
DROP SCHEMA billing;
COMMIT;
\echo 'rollback: done'
