-- Forward, every phase of migration drop_index
-- Nobody searches by name any more
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
-- Step 1 of 1, contract: Drop the index users_name_idx on users
--   Id:           users.users_name_idx/contract/drop-index
--   Why:          no query of the new schema counts on it
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Note:         waits for transactions that began before it
--   Estimate:     under 1 s
--   Applications: old works, new works; queries that used the index get slower
--   Way back:     yes, nothing is lost
--   Hazards:      index drop
-- ============================================================================
\echo 'step 1 of 1: Drop the index users_name_idx on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_name_idx;
SET lock_timeout = '2s';
\echo 'forward: done'
