-- Rollback, every phase of migration enum_remove_value
-- Nobody is sad any more
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
-- Undo step 1 of 1, switch: Alter the enum mood
--   Id:           mood/switch/alter-enum
-- ============================================================================
\echo 'undo step 1 of 1: Alter the enum mood'
BEGIN;
ALTER TYPE mood ADD VALUE 'sad' BEFORE 'ok';
COMMIT;
\echo 'undo step 1 of 1: done'
\echo 'rollback: done'
