-- WARNING: rollback is destructive — sums.total data will be lost: what is written to sums.total: the way back computes it again.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration generated_to_ordinary
-- A computed column is written from now on
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
-- Undo step 1 of 1, switch: Change the expression of sums.total
--   Id:           sums.total/switch/generated
--   Loses:        what is written to sums.total: the way back computes it again
-- ============================================================================
\echo 'undo step 1 of 1: Change the expression of sums.total'
BEGIN;
ALTER TABLE sums DROP COLUMN total, ADD COLUMN total integer GENERATED ALWAYS AS (a + b) STORED;
COMMIT;
\echo 'undo step 1 of 1: done'
\echo 'rollback: done'
