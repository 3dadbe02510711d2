-- Rollback, every phase of migration views_of_like_names
-- Tables and columns get other names under views that say columns of the same names of other tables
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
-- Check: step 22 must be done before this: Drop the old column store_id of employee. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'employee' AND a.attname = 'store_id' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 22 must be done before this: Drop the old column store_id of employee', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 15 must be done before this: Drop the view that served the old name city. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'city' AND c.relkind IN ('v', 'm')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 15 must be done before this: Drop the view that served the old name city', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_table employee. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'employee' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'staff' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_table employee', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 23 of 23: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 23 of 23: done'

-- ============================================================================
-- Undo step 22 of 23, contract: Drop the old column store_id of employee
--   Id:           staff.shop_id/contract/drop-old
-- ============================================================================
\echo 'undo step 22 of 23: Drop the old column store_id of employee'
BEGIN;
ALTER TABLE employee ADD COLUMN store_id integer;
COMMIT;
\echo 'undo step 22 of 23: done'

-- ============================================================================
-- Undo step 21 of 23, contract: Stop keeping store_id and shop_id of employee equal
--   Id:           staff.shop_id/contract/stop-sync
-- ============================================================================
\echo 'undo step 21 of 23: Stop keeping store_id and shop_id of employee equal'
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
CREATE OR REPLACE FUNCTION zz_staff__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns store_id > shop_id (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.store_id := OLD.store_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.shop_id := OLD.shop_id; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.store_id::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.shop_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.shop_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.store_id IS NOT NULL AND NEW.shop_id IS NOT NULL THEN 'both'
      WHEN NEW.store_id IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.store_id)::record *<> ROW(OLD.store_id)::record THEN CASE WHEN ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.shop_id := (SELECT store_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.shop_id)::record *= ROW(NEW.shop_id)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.shop_id := (SELECT store_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'staff__sync', TG_OP, 'shop_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shop_id := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.store_id := (SELECT shop_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'staff__sync', TG_OP, 'store_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.store_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.store_id::text, NEW.shop_id::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_staff__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_staff__sync" BEFORE INSERT OR UPDATE ON employee FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_staff__sync('first');
CREATE TRIGGER "~zz_staff__sync" BEFORE INSERT OR UPDATE ON employee FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_staff__sync();
CREATE TRIGGER "~zz_staff__sync_kept" BEFORE UPDATE ON employee FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.store_id)::record *<> ROW(OLD.store_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record) EXECUTE FUNCTION zz_staff__sync('kept');
COMMIT;
\echo 'undo step 21 of 23: done'

-- ============================================================================
-- Undo step 20 of 23, contract: From here the way back computes store_id of employee again
--   Id:           staff.shop_id/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 20 of 23: From here the way back computes store_id of employee again'
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
  this_work CONSTANT text := 'staff.shop_id/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'employee'::regclass AND attname IN ('store_id')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'employee'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 employee.id%TYPE;
  hi1 employee.id%TYPE;
  stop1 employee.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'employee'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM employee ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM employee ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM employee WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM employee WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE employee SET store_id = shop_id WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (store_id) = (shop_id) OR ((store_id) IS NULL AND (shop_id) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM employee WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE employee SET store_id = shop_id WHERE id = one.id AND ((CASE WHEN (store_id) = (shop_id) OR ((store_id) IS NULL AND (shop_id) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM employee WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of employee could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 20 of 23: done'

-- ============================================================================
-- Undo step 19 of 23, contract: Drop the view that served the old name staff
--   Id:           employee/contract/drop-old-name
-- ============================================================================
\echo 'undo step 19 of 23: Drop the view that served the old name staff'
BEGIN;
CREATE VIEW staff AS
SELECT id, store_id, nm, shop_id FROM employee;
COMMIT;
\echo 'undo step 19 of 23: done'

-- ============================================================================
-- Undo step 18 of 23, contract: Drop the old column city, country_id of cities
--   Id:           city.name/contract/drop-old
-- ============================================================================
\echo 'undo step 18 of 23: Drop the old column city, country_id of cities'
BEGIN;
ALTER TABLE cities ADD COLUMN country_id integer;
ALTER TABLE cities ADD COLUMN city varchar(9);
COMMIT;
\echo 'undo step 18 of 23: done'

-- ============================================================================
-- Undo step 17 of 23, contract: Stop keeping city, country_id and name, country of cities equal
--   Id:           city.name/contract/stop-sync
-- ============================================================================
\echo 'undo step 17 of 23: Stop keeping city, country_id and name, country of cities equal'
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
CREATE OR REPLACE FUNCTION zz_city__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns city > name (new) country_id > country (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.city := OLD.city; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.country_id := OLD.country_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.country := OLD.country; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.city::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.city IS NOT NULL AND NEW.name IS NOT NULL THEN 'both'
      WHEN NEW.city IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.city)::record *<> ROW(OLD.city)::record THEN CASE WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.name := (SELECT city FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.name)::record *= ROW(NEW.name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.name := (SELECT city FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.city := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'city', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.city := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.country_id::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.country_id IS NOT NULL AND NEW.country IS NOT NULL THEN 'both'
      WHEN NEW.country_id IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.country_id)::record *<> ROW(OLD.country_id)::record THEN CASE WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.country := (SELECT country_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.country)::record *= ROW(NEW.country)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.country := (SELECT country_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.country_id := (SELECT country FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.city::text, NEW.name::text, NEW.country_id::text, NEW.country::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_city__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_city__sync" BEFORE INSERT OR UPDATE ON cities FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync('first');
CREATE TRIGGER "~zz_city__sync" BEFORE INSERT OR UPDATE ON cities FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync();
CREATE TRIGGER "~zz_city__sync_kept" BEFORE UPDATE ON cities FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.city, NEW.country_id)::record *<> ROW(OLD.city, OLD.country_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.name, NEW.country)::record *<> ROW(OLD.name, OLD.country)::record) EXECUTE FUNCTION zz_city__sync('kept');
COMMIT;
\echo 'undo step 17 of 23: done'

-- ============================================================================
-- Undo step 16 of 23, contract: From here the way back computes city, country_id of cities again
--   Id:           city.name/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 16 of 23: From here the way back computes city, country_id of cities again'
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
  this_work CONSTANT text := 'city.name/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'cities'::regclass AND attname IN ('city', 'country_id')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'cities'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 cities.id%TYPE;
  hi1 cities.id%TYPE;
  stop1 cities.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'cities'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM cities ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM cities ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM cities WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM cities WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE cities SET city = name, country_id = country WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (city) = (name) OR ((city) IS NULL AND (name) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (country_id) = (country) OR ((country_id) IS NULL AND (country) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM cities WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE cities SET city = name, country_id = country WHERE id = one.id AND ((CASE WHEN (city) = (name) OR ((city) IS NULL AND (name) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (country_id) = (country) OR ((country_id) IS NULL AND (country) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM cities WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of cities could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 16 of 23: done'

-- ============================================================================
-- Undo step 15 of 23, contract: Drop the view that served the old name city
--   Id:           cities/contract/drop-old-name
-- ============================================================================
\echo 'undo step 15 of 23: Drop the view that served the old name city'
BEGIN;
CREATE VIEW city AS
SELECT id, city, country_id, name, country FROM cities;
COMMIT;
\echo 'undo step 15 of 23: done'

-- ============================================================================
-- Undo step 14 of 23, switch: Rename the primary key staff_pkey to employee_pkey
--   Id:           employee.employee_pkey/switch/rename
-- ============================================================================
\echo 'undo step 14 of 23: Rename the primary key staff_pkey to employee_pkey'
BEGIN;
ALTER TABLE employee RENAME CONSTRAINT employee_pkey TO staff_pkey;
COMMIT;
\echo 'undo step 14 of 23: done'

-- ============================================================================
-- Undo step 13 of 23, switch: Rename staff to employee
--   Id:           staff/switch/rename-table
-- ============================================================================
\echo 'undo step 13 of 23: Rename staff to employee'
BEGIN;
LOCK TABLE staff, employee IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['employee', 'staff']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['employee', 'staff']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW staff;
ALTER TABLE employee RENAME TO staff;
CREATE VIEW employee AS
SELECT id, store_id, nm, shop_id FROM staff;
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
\echo 'undo step 13 of 23: done'

-- ============================================================================
-- Undo step 12 of 23, switch: Let shop_id of staff lead
--   Id:           staff.shop_id/switch/swap
-- ============================================================================
\echo 'undo step 12 of 23: Let shop_id of staff lead'
BEGIN;
LOCK TABLE bosses, employee IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['bosses', 'employee']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['bosses', 'employee']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW bosses;
DROP VIEW employee;
DROP TRIGGER "~zz_staff__sync" ON staff;
DROP TRIGGER "!zz_staff__sync" ON staff;
DROP TRIGGER IF EXISTS "~zz_staff__sync_kept" ON staff;
DROP FUNCTION zz_staff__sync();
CREATE VIEW employee AS
SELECT id, store_id, nm FROM staff;
CREATE VIEW bosses AS
SELECT s.store_id, m.nm FROM store AS s INNER JOIN staff AS m ON s.boss = m.id;
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
CREATE OR REPLACE FUNCTION zz_staff__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns store_id > shop_id (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.store_id := OLD.store_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.shop_id := OLD.shop_id; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.store_id::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.shop_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.shop_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.store_id IS NOT NULL AND NEW.shop_id IS NOT NULL THEN 'both'
      WHEN NEW.shop_id IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.store_id)::record *<> ROW(OLD.store_id)::record THEN CASE WHEN ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.shop_id := (SELECT store_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.shop_id)::record *= ROW(NEW.shop_id)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.shop_id := (SELECT store_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'staff__sync', TG_OP, 'shop_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shop_id := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.store_id := (SELECT shop_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'staff__sync', TG_OP, 'store_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.store_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7e811b74_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.store_id::text, NEW.shop_id::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_staff__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_staff__sync" BEFORE INSERT OR UPDATE ON staff FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_staff__sync('first');
CREATE TRIGGER "~zz_staff__sync" BEFORE INSERT OR UPDATE ON staff FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_staff__sync();
CREATE TRIGGER "~zz_staff__sync_kept" BEFORE UPDATE ON staff FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.store_id)::record *<> ROW(OLD.store_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.shop_id)::record *<> ROW(OLD.shop_id)::record) EXECUTE FUNCTION zz_staff__sync('kept');
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
\echo 'undo step 12 of 23: done'

-- ============================================================================
-- Undo step 11 of 23, switch: Rename the primary key city_pkey to cities_pkey
--   Id:           cities.cities_pkey/switch/rename
-- ============================================================================
\echo 'undo step 11 of 23: Rename the primary key city_pkey to cities_pkey'
BEGIN;
ALTER TABLE cities RENAME CONSTRAINT cities_pkey TO city_pkey;
COMMIT;
\echo 'undo step 11 of 23: done'

-- ============================================================================
-- Undo step 10 of 23, switch: Rename city to cities
--   Id:           city/switch/rename-table
-- ============================================================================
\echo 'undo step 10 of 23: Rename city to cities'
BEGIN;
LOCK TABLE city, cities IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['cities', 'city']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['cities', 'city']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW city;
ALTER TABLE cities RENAME TO city;
CREATE VIEW cities AS
SELECT id, city, country_id, name, country FROM city;
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
\echo 'undo step 10 of 23: done'

-- ============================================================================
-- Undo step 9 of 23, switch: Let name, country of city lead
--   Id:           city.name/switch/swap
-- ============================================================================
\echo 'undo step 9 of 23: Let name, country of city lead'
BEGIN;
LOCK TABLE cities, places IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['cities', 'places']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['cities', 'places']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW cities;
DROP VIEW places;
DROP TRIGGER "~zz_city__sync" ON city;
DROP TRIGGER "!zz_city__sync" ON city;
DROP TRIGGER IF EXISTS "~zz_city__sync_kept" ON city;
DROP FUNCTION zz_city__sync();
CREATE VIEW places AS
SELECT city.city AS city, country.country AS country FROM city JOIN country ON city.country_id = country.country_id;
CREATE VIEW cities AS
SELECT id, city, country_id FROM city;
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
CREATE OR REPLACE FUNCTION zz_city__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns city > name (old) country_id > country (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.city := OLD.city; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.country_id := OLD.country_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.country := OLD.country; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.city::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.city IS NOT NULL AND NEW.name IS NOT NULL THEN 'both'
      WHEN NEW.name IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.city)::record *<> ROW(OLD.city)::record THEN CASE WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.name := (SELECT city FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.name)::record *= ROW(NEW.name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.name := (SELECT city FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.city := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'city', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.city := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.country_id::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.country_id IS NOT NULL AND NEW.country IS NOT NULL THEN 'both'
      WHEN NEW.country IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.country_id)::record *<> ROW(OLD.country_id)::record THEN CASE WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.country := (SELECT country_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.country)::record *= ROW(NEW.country)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.country := (SELECT country_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.country_id := (SELECT country FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.city::text, NEW.name::text, NEW.country_id::text, NEW.country::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_city__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync('first');
CREATE TRIGGER "~zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync();
CREATE TRIGGER "~zz_city__sync_kept" BEFORE UPDATE ON city FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.city, NEW.country_id)::record *<> ROW(OLD.city, OLD.country_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.name, NEW.country)::record *<> ROW(OLD.name, OLD.country)::record) EXECUTE FUNCTION zz_city__sync('kept');
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
\echo 'undo step 9 of 23: done'

-- ============================================================================
-- Undo step 8 of 23, migrate: Convert store_id of staff into shop_id
--   Id:           staff.shop_id/migrate/backfill
-- ============================================================================
\echo 'undo step 8 of 23: Convert store_id of staff into shop_id'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 23: done'

-- ============================================================================
-- Undo step 7 of 23, migrate: Keep store_id and shop_id of staff equal
--   Id:           staff.shop_id/migrate/sync
-- ============================================================================
\echo 'undo step 7 of 23: Keep store_id and shop_id of staff equal'
BEGIN;
DROP TRIGGER "~zz_staff__sync" ON staff;
DROP TRIGGER "!zz_staff__sync" ON staff;
DROP TRIGGER IF EXISTS "~zz_staff__sync_kept" ON staff;
DROP FUNCTION zz_staff__sync();
COMMIT;
\echo 'undo step 7 of 23: done'

-- ============================================================================
-- Undo step 6 of 23, migrate: Convert city, country_id of city into name, country
--   Id:           city.name/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 23: Convert city, country_id of city into name, country'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 23: done'

-- ============================================================================
-- Undo step 5 of 23, migrate: Keep city, country_id and name, country of city equal
--   Id:           city.name/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 23: Keep city, country_id and name, country of city equal'
BEGIN;
DROP TRIGGER "~zz_city__sync" ON city;
DROP TRIGGER "!zz_city__sync" ON city;
DROP TRIGGER IF EXISTS "~zz_city__sync_kept" ON city;
DROP FUNCTION zz_city__sync();
COMMIT;
\echo 'undo step 5 of 23: done'

-- ============================================================================
-- Undo step 4 of 23, expand: Add shop_id beside store_id in staff
--   Id:           staff.shop_id/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 23: Add shop_id beside store_id in staff'
BEGIN;
ALTER TABLE staff DROP COLUMN shop_id;
COMMIT;
\echo 'undo step 4 of 23: done'

-- ============================================================================
-- Undo step 3 of 23, expand: Serve staff under its new name employee by a view
--   Id:           employee/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 3 of 23: Serve staff under its new name employee by a view'
BEGIN;
DROP VIEW employee;
COMMIT;
\echo 'undo step 3 of 23: done'

-- ============================================================================
-- Undo step 2 of 23, expand: Add name, country beside city, country_id in city
--   Id:           city.name/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 23: Add name, country beside city, country_id in city'
BEGIN;
ALTER TABLE city DROP COLUMN country;
ALTER TABLE city DROP COLUMN name;
COMMIT;
\echo 'undo step 2 of 23: done'

-- ============================================================================
-- Undo step 1 of 23, expand: Serve city under its new name cities by a view
--   Id:           cities/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 1 of 23: Serve city under its new name cities by a view'
BEGIN;
DROP VIEW cities;
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
\echo 'undo step 1 of 23: done'

\echo 'rollback: done'
