-- WARNING: rollback is destructive — orders.total data will be lost: values of orders.total that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration dependents_remade
-- What hangs on a routine, an enum, a view or a column goes first and comes back after
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 3 must be done before this: Change the type of orders.total. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'total' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must be done before this: Change the type of orders.total', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 8 of 8, switch: Change the function twice(integer)
--   Id:           function twice(integer)/switch/alter
-- ============================================================================
\echo 'undo step 8 of 8: Change the function twice(integer)'
BEGIN;
REVOKE SELECT ON doubled FROM PUBLIC;
DROP INDEX sums_d;
DROP MATERIALIZED VIEW sums;
DROP VIEW doubled;
ALTER TABLE orders ALTER COLUMN n DROP DEFAULT;
ALTER TABLE orders DROP CONSTRAINT orders_even;
DROP INDEX orders_twice;
SET LOCAL check_function_bodies = off;
DROP FUNCTION twice(integer);
CREATE OR REPLACE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
CREATE INDEX orders_twice ON orders ((twice(n)));
ALTER TABLE orders ADD CONSTRAINT orders_even CHECK (twice(n) >= 0);
ALTER TABLE orders ALTER COLUMN n SET DEFAULT twice(4);
CREATE VIEW doubled AS
SELECT id, twice(n) AS d, total FROM orders;
CREATE MATERIALIZED VIEW sums AS
SELECT sum(d) AS d, sum(total) AS total FROM doubled;
CREATE INDEX sums_d ON sums USING btree (d);
GRANT SELECT ON doubled TO PUBLIC;
COMMIT;
\echo 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, switch: Change the domain email
--   Id:           domain email/switch/alter
-- ============================================================================
\echo 'undo step 7 of 8: Change the domain email'
BEGIN;
ALTER DOMAIN email DROP DEFAULT;
ALTER DOMAIN email DROP NOT NULL;
COMMIT;
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Alter the enum state
--   Id:           state/switch/alter-enum
-- ============================================================================
\echo 'undo step 6 of 8: Alter the enum state'
BEGIN;
DROP VIEW open;
SET LOCAL check_function_bodies = off;
DROP FUNCTION is_open(state);
ALTER TYPE state ADD VALUE 'lost';
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION is_open(s state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT s <> 'done'$$;
CREATE VIEW open AS
SELECT id FROM orders WHERE is_open(state);
COMMIT;
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Start the new application
--   Id:           orders/switch/start
-- ============================================================================
\echo 'undo step 5 of 8: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Validate orders
--   Id:           orders/switch/validate
-- ============================================================================
\echo 'undo step 4 of 8: Validate orders'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, switch: Change the type of orders.total
--   Id:           orders.total/switch/type
--   Loses:        values of orders.total that do not come back unchanged
-- ============================================================================
\echo 'undo step 3 of 8: Change the type of orders.total'
BEGIN;
REVOKE SELECT ON doubled FROM PUBLIC;
DROP INDEX sums_d;
DROP TRIGGER note on orders;
DROP MATERIALIZED VIEW sums;
DROP VIEW doubled;
ALTER TABLE orders ALTER COLUMN total TYPE integer USING CAST(CAST(total AS text) AS integer);
CREATE VIEW doubled AS
SELECT id, twice(n) AS d, total FROM orders;
CREATE MATERIALIZED VIEW sums AS
SELECT sum(d) AS d, sum(total) AS total FROM doubled;
CREATE TRIGGER note BEFORE INSERT OR UPDATE OF total ON orders FOR EACH ROW WHEN (NEW.total > 0) EXECUTE FUNCTION note();
CREATE INDEX sums_d ON sums USING btree (d);
GRANT SELECT ON doubled TO PUBLIC;
COMMIT;
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, switch: Back up orders
--   Id:           orders/switch/backup
-- ============================================================================
\echo 'undo step 2 of 8: Back up orders'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, switch: Stop every application that writes orders
--   Id:           orders/switch/stop
-- ============================================================================
\echo 'undo step 1 of 8: Stop every application that writes orders'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 1 of 8: done'

\echo 'rollback: done'
