-- Rollback, every phase of migration time_of_change_by_function
-- The column that the application's trigger sets gets another name
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 11 must be done before this: Drop the old column rev of orders. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'rev' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must be done before this: Drop the old column rev of orders', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 10 must be done before this: Stop keeping rev and revision of orders equal. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND t.tgname = '~zz_orders__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Stop keeping rev and revision of orders equal', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Make orders.revision NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'revision' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Make orders.revision NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_column orders.revision. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'revision' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'rev' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_column orders.revision', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 12 of 12: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 12 of 12: done'

-- ============================================================================
-- Undo step 11 of 12, contract: Drop the old column rev of orders
--   Id:           orders.revision/contract/drop-old
-- ============================================================================
\echo 'undo step 11 of 12: Drop the old column rev of orders'
BEGIN;
ALTER TABLE orders ADD COLUMN rev integer;
COMMIT;
\echo 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Stop keeping rev and revision of orders equal
--   Id:           orders.revision/contract/stop-sync
-- ============================================================================
\echo 'undo step 10 of 12: Stop keeping rev and revision of orders equal'
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
-- forgelua: columns rev > revision (new);
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
  IF TG_NARGS > 0 AND TG_ARGV[0] = 'kept' THEN
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.rev := OLD.rev; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.revision := OLD.revision; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.rev::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.revision::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.revision::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.rev IS NOT NULL AND NEW.revision IS NOT NULL THEN 'both'
      WHEN NEW.rev IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.rev)::record *<> ROW(OLD.rev)::record THEN CASE WHEN ROW(NEW.revision)::record *<> ROW(OLD.revision)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.revision)::record *<> ROW(OLD.revision)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.revision := (SELECT rev FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.revision)::record *= ROW(NEW.revision)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.revision := (SELECT rev FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'revision', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.revision := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.rev := (SELECT revision FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'rev', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rev := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.rev::text, NEW.revision::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.rev)::record *<> ROW(OLD.rev)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.revision)::record *<> ROW(OLD.revision)::record) EXECUTE FUNCTION zz_orders__sync('kept');
COMMIT;
\echo 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: From here the way back computes rev of orders again
--   Id:           orders.revision/contract/point-of-return
--   Estimate:     1 min 3 s
-- ============================================================================
\echo 'undo step 9 of 12: From here the way back computes rev of orders again'
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
  this_work CONSTANT text := 'orders.revision/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders'::regclass AND attname IN ('rev')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 orders.id%TYPE;
  hi1 orders.id%TYPE;
  stop1 orders.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 5000000, forgelua.token);
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
    SELECT id INTO hi1 FROM (SELECT id FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 50000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE orders SET rev = revision WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (rev) = (revision) OR ((rev) IS NULL AND (revision) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE orders SET rev = revision WHERE id = one.id AND ((CASE WHEN (rev) = (revision) OR ((rev) IS NULL AND (revision) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
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
    PERFORM pg_sleep(0.2);
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
BEGIN;
ALTER TABLE orders ALTER COLUMN rev SET NOT NULL;
COMMIT;
\echo 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, switch: Change the function count_change()
--   Id:           function count_change()/switch/alter
-- ============================================================================
\echo 'undo step 8 of 12: Change the function count_change()'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.rev := OLD.rev + 1; RETURN NEW; END$$;
COMMIT;
\echo 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Let revision of orders lead
--   Id:           orders.revision/switch/swap
-- ============================================================================
\echo 'undo step 7 of 12: Let revision of orders lead'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_kept" ON orders;
DROP FUNCTION zz_orders__sync();
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
-- forgelua: columns rev > revision (old);
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
  IF TG_NARGS > 0 AND TG_ARGV[0] = 'kept' THEN
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.rev := OLD.rev; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.revision := OLD.revision; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.rev::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.revision::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.revision::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.rev IS NOT NULL AND NEW.revision IS NOT NULL THEN 'both'
      WHEN NEW.revision IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.rev)::record *<> ROW(OLD.rev)::record THEN CASE WHEN ROW(NEW.revision)::record *<> ROW(OLD.revision)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.revision)::record *<> ROW(OLD.revision)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.revision := (SELECT rev FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.revision)::record *= ROW(NEW.revision)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.revision := (SELECT rev FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'revision', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.revision := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.rev := (SELECT revision FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'rev', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rev := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.rev::text, NEW.revision::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.rev)::record *<> ROW(OLD.rev)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.revision)::record *<> ROW(OLD.revision)::record) EXECUTE FUNCTION zz_orders__sync('kept');
COMMIT;
\echo 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Make orders.revision NOT NULL
--   Id:           orders.revision/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 12: Make orders.revision NOT NULL'
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_revision_not_null CHECK (revision IS NOT NULL);
ALTER TABLE orders ALTER COLUMN revision DROP NOT NULL;
COMMIT;
\echo 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Validate that no row has NULL in orders.revision
--   Id:           orders.revision/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 12: Validate that no row has NULL in orders.revision'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_revision_not_null, ADD CONSTRAINT orders_revision_not_null CHECK (revision IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, switch: Refuse new NULLs in orders.revision
--   Id:           orders.revision/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 12: Refuse new NULLs in orders.revision'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_revision_not_null;
COMMIT;
\echo 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Convert rev of orders into revision
--   Id:           orders.revision/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 12: Convert rev of orders into revision'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, migrate: Keep rev and revision of orders equal
--   Id:           orders.revision/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 12: Keep rev and revision of orders equal'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_kept" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Add revision beside rev in orders
--   Id:           orders.revision/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 12: Add revision beside rev in orders'
BEGIN;
ALTER TABLE orders DROP COLUMN revision;
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
\echo 'undo step 1 of 12: done'

\echo 'rollback: done'
