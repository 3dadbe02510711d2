-- WARNING: rollback is destructive — customers, items, orders data will be lost: values of customers that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of items that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration chain_of_copies
-- Three tables that refer to each other in a chain are copied: on the way back each comes after what it refers to
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 23 must be done before this: Drop customers__old, items__old, orders__old. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'customers__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 23 must be done before this: Drop customers__old, items__old, orders__old', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column customers.name. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'customers' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(40)' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column customers.name', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 24 of 24, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 24 of 24: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 24 of 24: done'

-- ============================================================================
-- Undo step 23 of 24, contract: Drop customers__old, items__old, orders__old
--   Id:           customers, items, orders/contract/drop-old
-- ============================================================================
\echo 'undo step 23 of 24: Drop customers__old, items__old, orders__old'
BEGIN;
CREATE TABLE orders__old (
  id bigint NOT NULL,
  total integer,
  customer_id bigint NOT NULL,
  CONSTRAINT orders_pkey__old PRIMARY KEY (id)
);
CREATE TABLE items__old (
  order_id bigint NOT NULL,
  line integer NOT NULL,
  price integer,
  CONSTRAINT items_pkey__old PRIMARY KEY (order_id, line)
);
CREATE TABLE customers__old (
  id bigint NOT NULL,
  name varchar(20) NOT NULL,
  CONSTRAINT customers_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 23 of 24: done'

-- ============================================================================
-- Undo step 22 of 24, contract: Stop repeating writes to orders on orders__old
--   Id:           orders/contract/stop-sync
-- ============================================================================
\echo 'undo step 22 of 24: Stop repeating writes to orders on orders__old'
BEGIN;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_orders__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table orders__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['orders__old'];
  forgelua_here boolean := coalesce(to_regclass('orders') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 orders__old.total%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'orders__old' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'orders__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE orders__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM orders__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
      ELSE
        DELETE FROM orders__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), customer_id FROM (SELECT * FROM orders WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, customer_id = EXCLUDED.customer_id;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), customer_id FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, customer_id = EXCLUDED.customer_id;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'orders__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(total AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE orders__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM orders__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
          ELSE
            DELETE FROM orders__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua_held2, customer_id FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, customer_id = EXCLUDED.customer_id;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_orders__sync" AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_all" AFTER TRUNCATE ON orders FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 22 of 24: done'

-- ============================================================================
-- Undo step 21 of 24, contract: Stop repeating writes to items on items__old
--   Id:           items/contract/stop-sync
-- ============================================================================
\echo 'undo step 21 of 24: Stop repeating writes to items on items__old'
BEGIN;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table items__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['items__old'];
  forgelua_here boolean := coalesce(to_regclass('items') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held3 items__old.price%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'items__old' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'items__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'items__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND forgelua_here THEN
      UPDATE items__old SET order_id = (SELECT order_id FROM (SELECT NEW.*) AS r), line = (SELECT line FROM (SELECT NEW.*) AS r)
      WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line) AND NOT EXISTS (SELECT FROM items__old WHERE order_id = NEW.order_id AND line = NEW.line);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM items__old WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line);
      ELSE
        DELETE FROM items__old WHERE order_id = OLD.order_id AND line = OLD.line;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS integer) FROM (SELECT * FROM items WHERE order_id = NEW.order_id AND line = NEW.line LIMIT 1) AS r
      ON CONFLICT (order_id, line) DO UPDATE SET price = EXCLUDED.price;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS integer) FROM (SELECT NEW.*) AS r
      ON CONFLICT (order_id, line) DO UPDATE SET price = EXCLUDED.price;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'items__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held3 := (SELECT CAST(price AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held3 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND forgelua_here THEN
          UPDATE items__old SET order_id = (SELECT order_id FROM (SELECT NEW.*) AS r), line = (SELECT line FROM (SELECT NEW.*) AS r)
          WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line) AND NOT EXISTS (SELECT FROM items__old WHERE order_id = NEW.order_id AND line = NEW.line);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM items__old WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line);
          ELSE
            DELETE FROM items__old WHERE order_id = OLD.order_id AND line = OLD.line;
          END IF;
        END IF;
      INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, forgelua_held3 FROM (SELECT NEW.*) AS r
      ON CONFLICT (order_id, line) DO UPDATE SET price = EXCLUDED.price;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'items__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_items__sync" AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_items__sync();
CREATE TRIGGER "~zz_items__sync_all" AFTER TRUNCATE ON items FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 21 of 24: done'

-- ============================================================================
-- Undo step 20 of 24, contract: Stop repeating writes to customers on customers__old
--   Id:           customers/contract/stop-sync
-- ============================================================================
\echo 'undo step 20 of 24: Stop repeating writes to customers on customers__old'
BEGIN;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_customers__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table customers__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['customers__old'];
  forgelua_here boolean := coalesce(to_regclass('customers') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 customers__old.name%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'customers__old' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'customers__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'customers__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE customers__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM customers__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM customers__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id);
      ELSE
        DELETE FROM customers__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM (SELECT * FROM customers WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'customers__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT name FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := '';
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE customers__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM customers__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM customers__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id);
          ELSE
            DELETE FROM customers__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua_held2 FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'customers__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_customers__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_customers__sync" AFTER INSERT OR UPDATE OR DELETE ON customers FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_customers__sync();
CREATE TRIGGER "~zz_customers__sync_all" AFTER TRUNCATE ON customers FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_customers__sync();
COMMIT;
\echo 'undo step 20 of 24: done'

-- ============================================================================
-- Undo step 19 of 24, contract: From here the way back copies orders into orders__old again
--   Id:           orders/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 19 of 24: From here the way back copies orders into orders__old again'
SET lock_timeout = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  id text PRIMARY KEY,
  cursor jsonb,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_total bigint,
  bad_rows bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'running',
  token text,
  started_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  work text NOT NULL,
  row_key jsonb,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
DO $forgelua$
#variable_conflict use_column
<<forgelua>>
DECLARE
  this_work CONSTANT text := 'orders/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders__old'::regclass AND attname IN ('id', 'total', 'customer_id')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 orders.id%TYPE;
  hi1 orders.id%TYPE;
  stop1 orders.id%TYPE;
  held2 orders__old.total%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'orders'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM orders ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM orders ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM orders WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), customer_id FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS n = ROW_COUNT;
    EXCEPTION
      WHEN deadlock_detected OR serialization_failure OR lock_not_available THEN
        attempt := attempt + 1;
        IF attempt >= 10 THEN RAISE; END IF;
      WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
        bad := 1;
    END;
    IF n IS NULL AND bad = 0 THEN
      ROLLBACK;
      PERFORM pg_sleep(0.2);
      CONTINUE;
    END IF;
    IF n IS NULL THEN
      -- One row of the batch cannot be converted or held: row by row, and those that cannot are kept aside.
      n := 0;
      bad := 0;
      FOR one IN SELECT * FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), customer_id FROM orders WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(total AS integer) INTO forgelua.held2 FROM orders WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            INSERT INTO orders__old (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua.held2, customer_id FROM orders WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          END;
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.hi1), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    SELECT id INTO lo1 FROM orders WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of orders could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 19 of 24: done'

-- ============================================================================
-- Undo step 18 of 24, contract: From here the way back copies items into items__old again
--   Id:           items/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 18 of 24: From here the way back copies items into items__old again'
SET lock_timeout = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  id text PRIMARY KEY,
  cursor jsonb,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_total bigint,
  bad_rows bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'running',
  token text,
  started_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  work text NOT NULL,
  row_key jsonb,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
DO $forgelua$
#variable_conflict use_column
<<forgelua>>
DECLARE
  this_work CONSTANT text := 'items/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'items__old'::regclass AND attname IN ('order_id', 'line', 'price')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'items'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 items.order_id%TYPE;
  hi1 items.order_id%TYPE;
  stop1 items.order_id%TYPE;
  lo2 items.line%TYPE;
  hi2 items.line%TYPE;
  stop2 items.line%TYPE;
  held3 items__old.price%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'items'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT order_id, line INTO stop1, stop2 FROM items ORDER BY order_id DESC, line DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT order_id, line INTO lo1, lo2 FROM items ORDER BY order_id, line LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    hi2 := held.cursor ->> 1;
    SELECT order_id, line INTO lo1, lo2 FROM items WHERE (order_id, line) > (forgelua.hi1, forgelua.hi2) ORDER BY order_id, line LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT order_id, line INTO hi1, hi2 FROM (SELECT order_id, line FROM items WHERE (order_id, line) >= (forgelua.lo1, forgelua.lo2) AND (order_id, line) <= (forgelua.stop1, forgelua.stop2) ORDER BY order_id, line LIMIT 100000) AS b
    ORDER BY order_id DESC, line DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS integer) FROM items WHERE (order_id, line) >= (forgelua.lo1, forgelua.lo2) AND (order_id, line) <= (forgelua.hi1, forgelua.hi2) FOR SHARE
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS n = ROW_COUNT;
    EXCEPTION
      WHEN deadlock_detected OR serialization_failure OR lock_not_available THEN
        attempt := attempt + 1;
        IF attempt >= 10 THEN RAISE; END IF;
      WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
        bad := 1;
    END;
    IF n IS NULL AND bad = 0 THEN
      ROLLBACK;
      PERFORM pg_sleep(0.2);
      CONTINUE;
    END IF;
    IF n IS NULL THEN
      -- One row of the batch cannot be converted or held: row by row, and those that cannot are kept aside.
      n := 0;
      bad := 0;
      FOR one IN SELECT * FROM items WHERE (order_id, line) >= (forgelua.lo1, forgelua.lo2) AND (order_id, line) <= (forgelua.hi1, forgelua.hi2) LOOP
        BEGIN
          INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS integer) FROM items WHERE (order_id, line) = (one.order_id, one.line) FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('order_id', one.order_id, 'line', one.line), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(price AS integer) INTO forgelua.held3 FROM items WHERE (order_id, line) = (one.order_id, one.line);
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held3 := NULL;
            END;
            INSERT INTO items__old (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, forgelua.held3 FROM items WHERE (order_id, line) = (one.order_id, one.line) FOR SHARE
      ON CONFLICT DO NOTHING;
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, jsonb_build_object('order_id', one.order_id, 'line', one.line), to_jsonb(one), SQLSTATE, SQLERRM);
          END;
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.hi1, forgelua.hi2), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    SELECT order_id, line INTO lo1, lo2 FROM items WHERE (order_id, line) > (forgelua.hi1, forgelua.hi2) ORDER BY order_id, line LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of items could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 18 of 24: done'

-- ============================================================================
-- Undo step 17 of 24, contract: From here the way back copies customers into customers__old again
--   Id:           customers/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 17 of 24: From here the way back copies customers into customers__old again'
SET lock_timeout = 0;
CREATE TABLE IF NOT EXISTS forgelua_backfill_progress (
  id text PRIMARY KEY,
  cursor jsonb,
  rows_done bigint NOT NULL DEFAULT 0,
  rows_total bigint,
  bad_rows bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'running',
  token text,
  started_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS forgelua_backfill_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  work text NOT NULL,
  row_key jsonb,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
DO $forgelua$
#variable_conflict use_column
<<forgelua>>
DECLARE
  this_work CONSTANT text := 'customers/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'customers__old'::regclass AND attname IN ('id', 'name')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'customers'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 customers.id%TYPE;
  hi1 customers.id%TYPE;
  stop1 customers.id%TYPE;
  held2 customers__old.name%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'customers'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM customers ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM customers ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM customers WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM customers WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM customers WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS n = ROW_COUNT;
    EXCEPTION
      WHEN deadlock_detected OR serialization_failure OR lock_not_available THEN
        attempt := attempt + 1;
        IF attempt >= 10 THEN RAISE; END IF;
      WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
        bad := 1;
    END;
    IF n IS NULL AND bad = 0 THEN
      ROLLBACK;
      PERFORM pg_sleep(0.2);
      CONTINUE;
    END IF;
    IF n IS NULL THEN
      -- One row of the batch cannot be converted or held: row by row, and those that cannot are kept aside.
      n := 0;
      bad := 0;
      FOR one IN SELECT * FROM customers WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM customers WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT name INTO forgelua.held2 FROM customers WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := '';
            END;
            INSERT INTO customers__old (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua.held2 FROM customers WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          END;
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.hi1), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    SELECT id INTO lo1 FROM customers WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of customers could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 17 of 24: done'

-- ============================================================================
-- Undo step 16 of 24, contract: Drop the foreign keys of orders__old within the set that goes
--   Id:           orders/contract/cut-links
-- ============================================================================
\echo 'undo step 16 of 24: Drop the foreign keys of orders__old within the set that goes'
BEGIN;
ALTER TABLE orders__old ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers__old (id) ON DELETE CASCADE;
COMMIT;
\echo 'undo step 16 of 24: done'

-- ============================================================================
-- Undo step 15 of 24, contract: Drop the foreign keys of items__old within the set that goes
--   Id:           items/contract/cut-links
-- ============================================================================
\echo 'undo step 15 of 24: Drop the foreign keys of items__old within the set that goes'
BEGIN;
ALTER TABLE items__old ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders__old (id);
COMMIT;
\echo 'undo step 15 of 24: done'

-- ============================================================================
-- Undo step 14 of 24, switch: Flip customers, items, orders to their copies, together
--   Id:           customers, items, orders/switch/swap
--   Loses:        values of customers that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of items that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors; values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 14 of 24: Flip customers, items, orders to their copies, together'
BEGIN;
LOCK TABLE orders, orders__old, items, items__old, customers, customers__old IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['orders', 'orders__old', 'items', 'items__old', 'customers', 'customers__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['orders', 'orders__old', 'items', 'items__old', 'customers', 'customers__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_orders__sync_all" ON orders;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
DROP TRIGGER "~zz_items__sync_all" ON items;
DROP TRIGGER "~zz_items__sync" ON items;
DROP FUNCTION zz_items__sync();
DROP TRIGGER "~zz_customers__sync_all" ON customers;
DROP TRIGGER "~zz_customers__sync" ON customers;
DROP FUNCTION zz_customers__sync();
ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO orders_pkey__new;
ALTER TABLE orders__old RENAME CONSTRAINT orders_pkey__old TO orders_pkey;
ALTER TABLE items RENAME CONSTRAINT items_pkey TO items_pkey__new;
ALTER TABLE items__old RENAME CONSTRAINT items_pkey__old TO items_pkey;
ALTER TABLE customers RENAME CONSTRAINT customers_pkey TO customers_pkey__new;
ALTER TABLE customers__old RENAME CONSTRAINT customers_pkey__old TO customers_pkey;
ALTER TABLE orders RENAME TO orders__new;
ALTER TABLE orders__old RENAME TO orders;
ALTER TABLE items RENAME TO items__new;
ALTER TABLE items__old RENAME TO items;
ALTER TABLE customers RENAME TO customers__new;
ALTER TABLE customers__old RENAME TO customers;
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_orders__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table orders__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['orders__new'];
  forgelua_here boolean := coalesce(to_regclass('orders') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'orders__new' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'orders__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE orders__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM orders__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
      ELSE
        DELETE FROM orders__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO orders__new (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), customer_id FROM (SELECT * FROM orders WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, customer_id = EXCLUDED.customer_id;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO orders__new (id, total, customer_id) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), customer_id FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, customer_id = EXCLUDED.customer_id;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'orders__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_orders__sync" AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_all" AFTER TRUNCATE ON orders FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table items__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['items__new'];
  forgelua_here boolean := coalesce(to_regclass('items') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'items__new' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'items__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'items__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND forgelua_here THEN
      UPDATE items__new SET order_id = (SELECT order_id FROM (SELECT NEW.*) AS r), line = (SELECT line FROM (SELECT NEW.*) AS r)
      WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line) AND NOT EXISTS (SELECT FROM items__new WHERE order_id = NEW.order_id AND line = NEW.line);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.order_id, NEW.line)::record *<> ROW(OLD.order_id, OLD.line)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM items__new WHERE order_id = OLD.order_id AND line = OLD.line AND NOT EXISTS (SELECT FROM items WHERE order_id = OLD.order_id AND line = OLD.line);
      ELSE
        DELETE FROM items__new WHERE order_id = OLD.order_id AND line = OLD.line;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO items__new (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS bigint) FROM (SELECT * FROM items WHERE order_id = NEW.order_id AND line = NEW.line LIMIT 1) AS r
      ON CONFLICT (order_id, line) DO UPDATE SET price = EXCLUDED.price;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO items__new (order_id, line, price) OVERRIDING SYSTEM VALUE
      SELECT order_id, line, CAST(price AS bigint) FROM (SELECT NEW.*) AS r
      ON CONFLICT (order_id, line) DO UPDATE SET price = EXCLUDED.price;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'items__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_items__sync" AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_items__sync();
CREATE TRIGGER "~zz_items__sync_all" AFTER TRUNCATE ON items FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_items__sync();
CREATE TABLE IF NOT EXISTS forgelua_sync_errors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  sync text NOT NULL,
  operation text NOT NULL,
  column_name text,
  row_data jsonb,
  error_code text NOT NULL,
  message text NOT NULL
);
CREATE OR REPLACE FUNCTION zz_customers__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table customers__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['customers__new'];
  forgelua_here boolean := coalesce(to_regclass('customers') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'customers__new' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'customers__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'customers__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE customers__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM customers__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM customers__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM customers WHERE id = OLD.id);
      ELSE
        DELETE FROM customers__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO customers__new (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM (SELECT * FROM customers WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO customers__new (id, name) OVERRIDING SYSTEM VALUE
      SELECT id, name FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'customers__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_customers__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_customers__sync" AFTER INSERT OR UPDATE OR DELETE ON customers FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_customers__sync();
CREATE TRIGGER "~zz_customers__sync_all" AFTER TRUNCATE ON customers FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_customers__sync();
DO $forgelua$
DECLARE
  g record;
BEGIN
  FOR g IN
    SELECT k.name, k.owner FROM forgelua_grants k JOIN pg_class c ON c.oid = to_regclass(k.name)
    WHERE k.owner IS NOT NULL AND c.relowner::regrole::text <> k.owner
  LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %s', g.name, g.owner);
  END LOOP;
  FOR g IN
    SELECT k.name, x.privilege_type || coalesce(' (' || quote_ident(k.column_name) || ')', '') AS privilege,
           CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END AS grantee,
           CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
    FROM forgelua_grants k CROSS JOIN LATERAL aclexplode(k.acl) AS x
    WHERE to_regclass(k.name) IS NOT NULL AND x.grantee::regrole::text <> coalesce(k.owner, '')
      AND (k.column_name IS NULL OR EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = to_regclass(k.name) AND a.attname = k.column_name AND NOT a.attisdropped))
  LOOP
    EXECUTE format('GRANT %s ON %s TO %s%s', g.privilege, g.name, g.grantee, g.option);
  END LOOP;
END
$forgelua$;
DROP TABLE forgelua_grants;
COMMIT;
\echo 'undo step 14 of 24: done'

-- ============================================================================
-- Undo step 13 of 24, switch: Validate the foreign key orders_customer_id_fkey on orders__new
--   Id:           orders__new.orders_customer_id_fkey/switch/validate
-- ============================================================================
\echo 'undo step 13 of 24: Validate the foreign key orders_customer_id_fkey on orders__new'
BEGIN;
ALTER TABLE orders__new DROP CONSTRAINT orders_customer_id_fkey, ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers__new (id) ON DELETE CASCADE NOT VALID;
COMMIT;
\echo 'undo step 13 of 24: done'

-- ============================================================================
-- Undo step 12 of 24, switch: Add the foreign key orders_customer_id_fkey on orders__new, not yet validated
--   Id:           orders__new.orders_customer_id_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 12 of 24: Add the foreign key orders_customer_id_fkey on orders__new, not yet validated'
BEGIN;
ALTER TABLE orders__new DROP CONSTRAINT orders_customer_id_fkey;
COMMIT;
\echo 'undo step 12 of 24: done'

-- ============================================================================
-- Undo step 11 of 24, switch: Validate the foreign key items_order_id_fkey on items__new
--   Id:           items__new.items_order_id_fkey/switch/validate
-- ============================================================================
\echo 'undo step 11 of 24: Validate the foreign key items_order_id_fkey on items__new'
BEGIN;
ALTER TABLE items__new DROP CONSTRAINT items_order_id_fkey, ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders__new (id) NOT VALID;
COMMIT;
\echo 'undo step 11 of 24: done'

-- ============================================================================
-- Undo step 10 of 24, switch: Add the foreign key items_order_id_fkey on items__new, not yet validated
--   Id:           items__new.items_order_id_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 10 of 24: Add the foreign key items_order_id_fkey on items__new, not yet validated'
BEGIN;
ALTER TABLE items__new DROP CONSTRAINT items_order_id_fkey;
COMMIT;
\echo 'undo step 10 of 24: done'

-- ============================================================================
-- Undo step 9 of 24, migrate: Copy the rows of orders into orders__new
--   Id:           orders/migrate/copy
-- ============================================================================
\echo 'undo step 9 of 24: Copy the rows of orders into orders__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 9 of 24: done'

-- ============================================================================
-- Undo step 8 of 24, migrate: Repeat every write to orders on orders__new
--   Id:           orders/migrate/sync
-- ============================================================================
\echo 'undo step 8 of 24: Repeat every write to orders on orders__new'
BEGIN;
DROP TRIGGER "~zz_orders__sync_all" ON orders;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 8 of 24: done'

-- ============================================================================
-- Undo step 7 of 24, migrate: Copy the rows of items into items__new
--   Id:           items/migrate/copy
-- ============================================================================
\echo 'undo step 7 of 24: Copy the rows of items into items__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 24: done'

-- ============================================================================
-- Undo step 6 of 24, migrate: Repeat every write to items on items__new
--   Id:           items/migrate/sync
-- ============================================================================
\echo 'undo step 6 of 24: Repeat every write to items on items__new'
BEGIN;
DROP TRIGGER "~zz_items__sync_all" ON items;
DROP TRIGGER "~zz_items__sync" ON items;
DROP FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 6 of 24: done'

-- ============================================================================
-- Undo step 5 of 24, migrate: Copy the rows of customers into customers__new
--   Id:           customers/migrate/copy
-- ============================================================================
\echo 'undo step 5 of 24: Copy the rows of customers into customers__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 24: done'

-- ============================================================================
-- Undo step 4 of 24, migrate: Repeat every write to customers on customers__new
--   Id:           customers/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 24: Repeat every write to customers on customers__new'
BEGIN;
DROP TRIGGER "~zz_customers__sync_all" ON customers;
DROP TRIGGER "~zz_customers__sync" ON customers;
DROP FUNCTION zz_customers__sync();
COMMIT;
\echo 'undo step 4 of 24: done'

-- ============================================================================
-- Undo step 3 of 24, expand: Create orders__new in the new shape of orders
--   Id:           orders/expand/create-copy
-- ============================================================================
\echo 'undo step 3 of 24: Create orders__new in the new shape of orders'
BEGIN;
DROP TABLE orders__new;
COMMIT;
\echo 'undo step 3 of 24: done'

-- ============================================================================
-- Undo step 2 of 24, expand: Create items__new in the new shape of items
--   Id:           items/expand/create-copy
-- ============================================================================
\echo 'undo step 2 of 24: Create items__new in the new shape of items'
BEGIN;
DROP TABLE items__new;
COMMIT;
\echo 'undo step 2 of 24: done'

-- ============================================================================
-- Undo step 1 of 24, expand: Create customers__new in the new shape of customers
--   Id:           customers/expand/create-copy
-- ============================================================================
\echo 'undo step 1 of 24: Create customers__new in the new shape of customers'
BEGIN;
DROP TABLE customers__new;
DROP TABLE IF EXISTS forgelua_backfill_progress;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_backfill_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_backfill_errors) THEN
    RAISE WARNING 'forgelua_backfill_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_backfill_errors;
  END IF;
END
$forgelua$;
DO $forgelua$
BEGIN
  IF to_regclass('forgelua_sync_errors') IS NULL THEN RETURN; END IF;
  IF EXISTS (SELECT FROM forgelua_sync_errors) THEN
    RAISE WARNING 'forgelua_sync_errors holds rows that could not be carried over; it is kept. Drop it once they are dealt with.';
  ELSE
    DROP TABLE forgelua_sync_errors;
  END IF;
END
$forgelua$;
COMMIT;
\echo 'undo step 1 of 24: done'

\echo 'rollback: done'
