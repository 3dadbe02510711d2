-- Forward, every phase of migration routine_and_trigger
-- Routines, domains, triggers and policies of PostgreSQL come, change and go
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 18 is destructive — n__old of orders as the old schema held it

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
-- Check: step 1 must not be done at this point: Create the table late. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'late' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create the table late', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 22, expand: Create the table late
--   Id:           late/expand/create-table
--   Why:          no application knows it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 22: Create the table late'
BEGIN;
CREATE TABLE late (
  id bigint NOT NULL,
  total amount,
  CONSTRAINT late_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'step 1 of 22: done'

-- ============================================================================
-- Step 2 of 22, expand: Add m to orders, empty and not insisting
--   Id:           orders.m/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 22: Add m to orders, empty and not insisting'
BEGIN;
ALTER TABLE orders ADD COLUMN m integer;
COMMIT;
\echo 'step 2 of 22: done'

-- ============================================================================
-- Step 3 of 22, expand: Add n__new beside n in orders
--   Id:           orders.n/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 3 of 22: Add n__new beside n in orders'
BEGIN;
ALTER TABLE orders ADD COLUMN n__new bigint;
COMMIT;
\echo 'step 3 of 22: done'

-- ============================================================================
-- Step 4 of 22, expand: Create the function thrice(integer)
--   Id:           function thrice(integer)/expand/create
--   Why:          nothing uses it yet
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 22: Create the function thrice(integer)'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE FUNCTION thrice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x * 3';
COMMIT;
\echo 'step 4 of 22: done'

-- ============================================================================
-- Step 5 of 22, migrate: Keep m of orders filled for new rows
--   Id:           orders.m/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
\echo 'step 5 of 22: Keep m of orders filled for new rows'
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
-- forgelua: fill  > m (old);
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
  IF NEW.m IS NULL AND (forgelua_seen IS NULL OR NEW.m::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.m := (SELECT thrice(1) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'm', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.m := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.m::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
COMMIT;
\echo 'step 5 of 22: done'
-- Application: From here the new application may write m itself; what it writes stands.

-- ============================================================================
-- Step 6 of 22, migrate: Backfill m of orders
--   Id:           orders.m/migrate/backfill
--   Why:          5,000,000 rows, 50000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     1 min 3 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
\echo 'step 6 of 22: Backfill m of orders'
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
  this_work CONSTANT text := 'orders.m/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders'::regclass AND attname IN ('m')
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
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE orders SET m = thrice(1) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (m IS NULL);
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
          UPDATE orders SET m = thrice(1) WHERE id = one.id AND (m IS NULL);
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
    RAISE EXCEPTION '% of orders could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 6 of 22: done'

-- ============================================================================
-- Step 7 of 22, migrate: Keep n and n__new of orders equal
--   Id:           orders.n/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, default for null
-- ============================================================================
\echo 'step 7 of 22: Keep n and n__new of orders equal'
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
CREATE OR REPLACE FUNCTION zz_orders__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns n > n__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.n := OLD.n; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.n__new := OLD.n__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.n::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.n__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.n__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.n IS NOT NULL AND NEW.n__new IS NOT NULL THEN 'both'
      WHEN NEW.n__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.n)::record *<> ROW(OLD.n)::record THEN CASE WHEN ROW(NEW.n__new)::record *<> ROW(OLD.n__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.n__new)::record *<> ROW(OLD.n__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.n__new := (SELECT CAST(n AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.n__new)::record *= ROW(NEW.n__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.n__new := (SELECT CAST(n AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync_2', TG_OP, 'n__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.n__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.n := (SELECT CAST(n__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync_2', TG_OP, 'n', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.n := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.n::text, NEW.n__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync_2" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync_2('first');
CREATE TRIGGER "~zz_orders__sync_2" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync_2();
CREATE TRIGGER "~zz_orders__sync_2_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.n)::record *<> ROW(OLD.n)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.n__new)::record *<> ROW(OLD.n__new)::record) EXECUTE FUNCTION zz_orders__sync_2('kept');
COMMIT;
\echo 'step 7 of 22: done'

-- ============================================================================
-- Step 8 of 22, migrate: Convert n of orders into n__new
--   Id:           orders.n/migrate/backfill
--   Why:          5,000,000 rows, 50000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     1 min 3 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 8 of 22: Convert n of orders into n__new'
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
  this_work CONSTANT text := 'orders.n/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders'::regclass AND attname IN ('n__new')
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
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE orders SET n__new = CAST(n AS bigint) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (n__new IS NULL);
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
          UPDATE orders SET n__new = CAST(n AS bigint) WHERE id = one.id AND (n__new IS NULL);
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
    RAISE EXCEPTION '% of orders could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 8 of 22: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE (CASE WHEN (n__new) = (CAST(n AS bigint)) OR ((n__new) IS NULL AND (CAST(n AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 9 of 22, switch: Create the trigger note on late
--   Id:           trigger note on late/switch/create
--   Why:          from here it acts for both applications
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; it acts on what the deployed application does, too
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
\echo 'step 9 of 22: Create the trigger note on late'
BEGIN;
CREATE TRIGGER note AFTER INSERT ON late FOR EACH ROW EXECUTE FUNCTION note_order();
COMMIT;
\echo 'step 9 of 22: done'

-- ============================================================================
-- Step 10 of 22, switch: Let the new n of orders take over
--   Id:           orders.n/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 10 of 22: Let the new n of orders take over'
-- Check: step 8 has come to its end: Convert n of orders into n__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'orders.n/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 has come to its end: Convert n of orders into n__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync_2' AND column_name IN ('n__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 has come to its end: Backfill m of orders. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'orders.m/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 has come to its end: Backfill m of orders', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['orders']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['orders']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_orders__sync_2" ON orders;
DROP TRIGGER "!zz_orders__sync_2" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_2_kept" ON orders;
DROP FUNCTION zz_orders__sync_2();
ALTER TABLE orders RENAME COLUMN n TO n__old;
ALTER TABLE orders ALTER COLUMN n__old DROP DEFAULT;
ALTER TABLE orders RENAME COLUMN n__new TO n;
ALTER TABLE orders ALTER COLUMN n SET DEFAULT thrice(2);
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
CREATE OR REPLACE FUNCTION zz_orders__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns n__old > n (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.n__old := OLD.n__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.n := OLD.n; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.n__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.n::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.n::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.n__old IS NOT NULL AND NEW.n IS NOT NULL THEN 'both'
      WHEN NEW.n__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.n__old)::record *<> ROW(OLD.n__old)::record THEN CASE WHEN ROW(NEW.n)::record *<> ROW(OLD.n)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.n)::record *<> ROW(OLD.n)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.n := (SELECT CAST(n__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.n)::record *= ROW(NEW.n)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.n := (SELECT CAST(n__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync_2', TG_OP, 'n', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.n := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.n__old := (SELECT CAST(n AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync_2', TG_OP, 'n__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.n__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_4527f660_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.n__old::text, NEW.n::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync_2" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync_2('first');
CREATE TRIGGER "~zz_orders__sync_2" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync_2();
CREATE TRIGGER "~zz_orders__sync_2_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.n__old)::record *<> ROW(OLD.n__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.n)::record *<> ROW(OLD.n)::record) EXECUTE FUNCTION zz_orders__sync_2('kept');
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
\echo 'step 10 of 22: done'
-- Application: Deploy the application that uses n as the new schema has it.

-- ============================================================================
-- Step 11 of 22, switch: Change the policy own on orders
--   Id:           policy own on orders/switch/alter
--   Why:          its definition changes
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a policy changes
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 22: Change the policy own on orders'
BEGIN;
DROP POLICY own on orders;
CREATE POLICY own ON orders FOR SELECT USING (total > 1 AND n > 0);
COMMIT;
\echo 'step 11 of 22: done'

-- ============================================================================
-- Step 12 of 22, switch: Change the trigger note on orders
--   Id:           trigger note on orders/switch/alter
--   Why:          its definition changes
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger changes
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 22: Change the trigger note on orders'
BEGIN;
DROP TRIGGER note on orders;
CREATE TRIGGER note AFTER INSERT OR UPDATE OF total, n ON orders FOR EACH ROW EXECUTE FUNCTION note_order();
COMMIT;
\echo 'step 12 of 22: done'

-- ============================================================================
-- Step 13 of 22, switch: Change the domain amount
--   Id:           domain amount/switch/alter
--   Why:          its definition changes
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 22: Change the domain amount'
BEGIN;
ALTER DOMAIN amount DROP CONSTRAINT positive;
ALTER DOMAIN amount ADD CONSTRAINT small CHECK (VALUE < 1000000) NOT VALID;
COMMENT ON DOMAIN amount IS 'In cents';
COMMIT;
\echo 'step 13 of 22: done'

-- ============================================================================
-- Step 14 of 22, switch: Change the function note_order()
--   Id:           function note_order()/switch/alter
--   Why:          its definition changes
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 22: Change the function note_order()'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION note_order() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO log (what) VALUES (TG_OP || ' order ' || NEW.id); RETURN NEW; END$$;
COMMIT;
\echo 'step 14 of 22: done'

-- ============================================================================
-- Step 15 of 22, switch: Change the function twice(integer)
--   Id:           function twice(integer)/switch/alter
--   Why:          its definition changes
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 22: Change the function twice(integer)'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + x';
COMMIT;
\echo 'step 15 of 22: done'

-- ============================================================================
-- Step 16 of 22, contract: From here the way back computes n__old of orders again
--   Id:           orders.n/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 16 of 22: From here the way back computes n__old of orders again'
-- Nothing to run in the database.
\echo 'step 16 of 22: done'

-- ============================================================================
-- Step 17 of 22, contract: Stop keeping n__old and n of orders equal
--   Id:           orders.n/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 22: Stop keeping n__old and n of orders equal'
BEGIN;
DROP TRIGGER "~zz_orders__sync_2" ON orders;
DROP TRIGGER "!zz_orders__sync_2" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_2_kept" ON orders;
DROP FUNCTION zz_orders__sync_2();
COMMIT;
\echo 'step 17 of 22: done'

-- ============================================================================
-- Step 18 of 22, contract: Drop the old column n__old of orders
--   Id:           orders.n/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of n that n cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 18 of 22: Drop the old column n__old of orders'
BEGIN;
ALTER TABLE orders DROP COLUMN n__old;
COMMIT;
\echo 'step 18 of 22: done'
-- Application: Check that no application, report or job names n__old any more.

-- ============================================================================
-- Step 19 of 22, contract: Set the default of orders.m
--   Id:           orders.m/contract/default
--   Why:          until now rows that left it out were filled from their other columns
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the default
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 19 of 22: Set the default of orders.m'
BEGIN;
ALTER TABLE orders ALTER COLUMN m SET DEFAULT thrice(1);
COMMIT;
\echo 'step 19 of 22: done'

-- ============================================================================
-- Step 20 of 22, contract: Drop the trigger that filled m of orders
--   Id:           orders.m/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 20 of 22: Drop the trigger that filled m of orders'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'step 20 of 22: done'
-- Application: Check that every deployed version writes m.

-- ============================================================================
-- Step 21 of 22, contract: Drop the function gone()
--   Id:           function gone()/contract/drop
--   Why:          the new schema is without it
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 21 of 22: Drop the function gone()'
BEGIN;
SET LOCAL check_function_bodies = off;
DROP FUNCTION gone();
COMMIT;
\echo 'step 21 of 22: done'

-- ============================================================================
-- Step 22 of 22, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 22 of 22: Remove the progress and error tables'
BEGIN;
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
\echo 'step 22 of 22: done'

\echo 'forward: done'
