-- Forward, every phase of migration sequence
-- Invoice numbers come from a sequence
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Step 1 of 1, expand: Create the sequence invoice_no
--   Id:           invoice_no/expand/create-sequence
--   Why:          nothing uses it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Create the sequence invoice_no'
BEGIN;
CREATE SEQUENCE invoice_no INCREMENT BY 5 START WITH 1000;
COMMIT;
\echo 'forward: done'
