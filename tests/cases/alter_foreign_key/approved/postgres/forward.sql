-- Forward, every phase of migration alter_foreign_key
-- Orders go with their users
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Add the foreign key orders_user_fk__new on orders, not yet validated. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND k.conname = 'orders_user_fk__new' AND k.contype = 'f' AND NOT k.convalidated AND k.condeferrable = false AND k.condeferred = false AND k.confdeltype = 'c' AND k.confupdtype = 'a' AND k.confmatchtype = 's' AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add the foreign key orders_user_fk__new on orders, not yet validated', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 3, switch: Add the foreign key orders_user_fk__new on orders, not yet validated
--   Id:           orders.orders_user_fk__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   users
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 1 of 3: Add the foreign key orders_user_fk__new on orders, not yet validated'
-- Check: no row of orders points at a missing row of users. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders AS child_row WHERE child_row.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users AS parent_row WHERE parent_row.id = child_row.user_id))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of orders points at a missing row of users', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_user_fk__new FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
COMMIT;
\echo 'step 1 of 3: done'

-- ============================================================================
-- Step 2 of 3, switch: Validate the foreign key orders_user_fk__new on orders
--   Id:           orders.orders_user_fk__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   users
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 2 of 3: Validate the foreign key orders_user_fk__new on orders'
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk__new;
COMMIT;
\echo 'step 2 of 3: done'

-- ============================================================================
-- Step 3 of 3, switch: Let the new definition take over the foreign key orders_user_fk on orders
--   Id:           orders.orders_user_fk/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   users
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 3 of 3: Let the new definition take over the foreign key orders_user_fk on orders'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk;
ALTER TABLE orders RENAME CONSTRAINT orders_user_fk__new TO orders_user_fk;
COMMIT;
\echo 'step 3 of 3: done'

\echo 'forward: done'
