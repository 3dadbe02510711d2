-- Rollback, every phase of migration rename_constraint
-- The constraint gets its proper name
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
-- Undo step 1 of 1, switch: Rename the check c1 to age_ok
--   Id:           users.age_ok/switch/rename
-- ============================================================================
\echo 'undo step 1 of 1: Rename the check c1 to age_ok'
BEGIN;
ALTER TABLE users RENAME CONSTRAINT age_ok TO c1;
COMMIT;
\echo 'rollback: done'
