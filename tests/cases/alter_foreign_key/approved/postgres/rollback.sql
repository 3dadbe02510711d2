-- Rollback, every phase of migration alter_foreign_key
-- Orders go with their users
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
-- Undo step 3 of 3, switch: Let the new definition take over the foreign key orders_user_fk on orders
--   Id:           orders.orders_user_fk/switch/take-over
-- ============================================================================
\echo 'undo step 3 of 3: Let the new definition take over the foreign key orders_user_fk on orders'
BEGIN;
ALTER TABLE orders RENAME CONSTRAINT orders_user_fk TO orders_user_fk__new;
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
COMMIT;
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Validate the foreign key orders_user_fk__new on orders
--   Id:           orders.orders_user_fk__new/switch/validate
-- ============================================================================
\echo 'undo step 2 of 3: Validate the foreign key orders_user_fk__new on orders'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk__new, ADD CONSTRAINT orders_user_fk__new FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
COMMIT;
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Add the foreign key orders_user_fk__new on orders, not yet validated
--   Id:           orders.orders_user_fk__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 1 of 3: Add the foreign key orders_user_fk__new on orders, not yet validated'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk__new;
COMMIT;
\echo 'undo step 1 of 3: done'
\echo 'rollback: done'
