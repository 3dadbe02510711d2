-- Rollback, every phase of migration rename_index
-- The index gets its proper name
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
-- Undo step 1 of 1, switch: Rename the index idx1 to users_name_idx
--   Id:           users.users_name_idx/switch/rename
-- ============================================================================
\echo 'undo step 1 of 1: Rename the index idx1 to users_name_idx'
BEGIN;
ALTER INDEX users_name_idx RENAME TO idx1;
COMMIT;
\echo 'rollback: done'
