-- Forward, every phase of migration drop_foreign_key
-- Orders outlive users
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Step 1 of 1, expand: Drop the foreign key orders_user_fk on orders
--   Id:           orders.orders_user_fk/expand/drop-foreign-key
--   Why:          the new schema no longer asks for it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   users
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of orders that point nowhere by orders_user_fk: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 1 of 1: Drop the foreign key orders_user_fk on orders'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk;
COMMIT;
\echo 'forward: done'
