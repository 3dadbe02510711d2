-- Rollback, every phase of migration emc_backfill_default
-- A currency by region for rows that stand, and a default for rows to come
-- postgres 15; strategy expand_migrate_contract; risk medium; forgelua 0.1.0
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
-- Check: step 10 must be done before this: Drop the trigger that filled currency, tax of orders. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND t.tgname = '~zz_orders__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Drop the trigger that filled currency, tax of orders', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: add_column orders.currency. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'currency' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character(3)' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_column orders.currency', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 11 of 11: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 11 of 11: done'

-- ============================================================================
-- Undo step 10 of 11, contract: Drop the trigger that filled currency, tax of orders
--   Id:           orders.currency/contract/stop-filling
-- ============================================================================
\echo 'undo step 10 of 11: Drop the trigger that filled currency, tax of orders'
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
-- forgelua: fill  > currency (old)  > tax (old);
#variable_conflict use_column
DECLARE
  forgelua_side text;
  forgelua_follows text;
  forgelua_seen text[];
  forgelua_made boolean[];
  forgelua_probe record;
  forgelua_given record;
  forgelua_failed boolean := false;
BEGIN
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[4], '') = 'true' AND NOT (NEW.currency::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.region::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.currency := (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'currency', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.currency := NULL;
    END;
  ELSIF NEW.currency IS NULL AND (forgelua_seen IS NULL OR NEW.region::text IS DISTINCT FROM forgelua_seen[1] OR NEW.currency::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.currency := (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'currency', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.currency := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.region)::record *<> ROW(OLD.region)::record AND NOT ROW(NEW.currency)::record *<> ROW(OLD.currency)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.currency := (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.currency)::record *= ROW(OLD.currency)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.currency := (SELECT COALESCE(CASE WHEN region = 'EU' THEN 'EUR' ELSE 'USD' END, 'USD') FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'orders__sync', TG_OP, 'currency', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.currency := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[5], '') = 'true' AND NOT (NEW.tax::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.region::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.tax := (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'tax', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tax := NULL;
    END;
  ELSIF NEW.tax IS NULL AND (forgelua_seen IS NULL OR NEW.region::text IS DISTINCT FROM forgelua_seen[1] OR NEW.tax::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.tax := (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'tax', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tax := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.region)::record *<> ROW(OLD.region)::record AND NOT ROW(NEW.tax)::record *<> ROW(OLD.tax)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.tax := (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.tax)::record *= ROW(OLD.tax)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.tax := (SELECT CASE WHEN region = 'EU' THEN 19 END FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'orders__sync', TG_OP, 'tax', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.tax := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.region::text, NEW.currency::text, NEW.tax::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Set the default of orders.tax
--   Id:           orders.tax/contract/default
-- ============================================================================
\echo 'undo step 9 of 11: Set the default of orders.tax'
BEGIN;
ALTER TABLE orders ALTER COLUMN tax DROP DEFAULT;
COMMIT;
\echo 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: Set the default of orders.currency
--   Id:           orders.currency/contract/default
-- ============================================================================
\echo 'undo step 8 of 11: Set the default of orders.currency'
BEGIN;
ALTER TABLE orders ALTER COLUMN currency DROP DEFAULT;
COMMIT;
\echo 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, switch: Make orders.currency NOT NULL
--   Id:           orders.currency/switch/not-null
-- ============================================================================
\echo 'undo step 7 of 11: Make orders.currency NOT NULL'
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_currency_not_null CHECK (currency IS NOT NULL);
ALTER TABLE orders ALTER COLUMN currency DROP NOT NULL;
COMMIT;
\echo 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, switch: Validate that no row has NULL in orders.currency
--   Id:           orders.currency/switch/not-null-validate
-- ============================================================================
\echo 'undo step 6 of 11: Validate that no row has NULL in orders.currency'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_currency_not_null, ADD CONSTRAINT orders_currency_not_null CHECK (currency IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, switch: Refuse new NULLs in orders.currency
--   Id:           orders.currency/switch/not-null-guard
-- ============================================================================
\echo 'undo step 5 of 11: Refuse new NULLs in orders.currency'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_currency_not_null;
COMMIT;
\echo 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, migrate: Backfill tax of orders
--   Id:           orders.tax/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 11: Backfill tax of orders'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Backfill currency of orders
--   Id:           orders.currency/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 11: Backfill currency of orders'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Keep currency, tax of orders filled for new rows
--   Id:           orders.currency/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 11: Keep currency, tax of orders filled for new rows'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Add currency, tax to orders, empty and not insisting
--   Id:           orders.currency/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 11: Add currency, tax to orders, empty and not insisting'
BEGIN;
ALTER TABLE orders DROP COLUMN tax;
ALTER TABLE orders DROP COLUMN currency;
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
\echo 'undo step 1 of 11: done'

\echo 'rollback: done'
