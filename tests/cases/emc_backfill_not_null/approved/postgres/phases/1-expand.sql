-- Phase expand, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/1-expand.sql

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
-- Step 1 of 8, expand: Add grp to users, empty and not insisting
--   Id:           users.grp/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 8: Add grp to users, empty and not insisting'
BEGIN;
ALTER TABLE users ADD COLUMN grp varchar(10);
COMMIT;
\echo 'forward: done'
