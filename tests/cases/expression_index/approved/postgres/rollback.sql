-- Rollback, every phase of migration expression_index
-- Names are searched whatever their case
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Undo step 1 of 1, expand: Build the index users_lower_idx on users
--   Id:           users.users_lower_idx/expand/build-index
-- ============================================================================
\echo 'undo step 1 of 1: Build the index users_lower_idx on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_lower_idx;
SET lock_timeout = '2s';
\echo 'rollback: done'
