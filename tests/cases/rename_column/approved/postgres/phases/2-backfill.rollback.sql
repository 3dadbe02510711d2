-- Rollback of phase migrate, rows of migration rename_column
-- The age is called years
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/2-backfill.rollback.sql

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
-- Undo step 3 of 8, migrate: Convert age of users into years
--   Id:           users.years/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 8: Convert age of users into years'
-- Nothing to run: the steps before it take with them what it did.
\echo 'rollback: done'
