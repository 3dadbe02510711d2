-- Forward, every phase of migration time_of_change_by_function
-- The column that the application's trigger sets gets another name
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — rev of orders as the old schema held it

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
-- Check: step 1 must not be done at this point: Add revision beside rev in orders. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'revision' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add revision beside rev in orders', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 2 must not be done at this point: Keep rev and revision of orders equal. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid WHERE n.nspname = 'public' AND c.relname = 'orders' AND t.tgname = '~zz_orders__sync' AND position('-- forgelua: columns rev > revision (old);' in p.prosrc) > 0) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must not be done at this point: Keep rev and revision of orders equal', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must not be done at this point: From here the way back computes rev of orders again. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'rev' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must not be done at this point: From here the way back computes rev of orders again', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: rename_column orders.revision. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'revision' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'rev' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: rename_column orders.revision', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 12, expand: Add revision beside rev in orders
--   Id:           orders.revision/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 12: Add revision beside rev in orders'
BEGIN;
ALTER TABLE orders ADD COLUMN revision integer;
COMMIT;
\echo 'step 1 of 12: done'

-- ============================================================================
-- Step 2 of 12, migrate: Keep rev and revision of orders equal
--   Id:           orders.revision/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 2 of 12: Keep rev and revision of orders equal'
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
\echo 'step 2 of 12: done'
-- Application: From here the new application may read and write revision once the backfill is done.

-- ============================================================================
-- Step 3 of 12, migrate: Convert rev of orders into revision
--   Id:           orders.revision/migrate/backfill
--   Why:          5,000,000 rows, 50000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     1 min 3 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 3 of 12: Convert rev of orders into revision'
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
  this_work CONSTANT text := 'orders.revision/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders'::regclass AND attname IN ('revision')
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
      UPDATE orders SET revision = rev WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (revision IS NULL);
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
          UPDATE orders SET revision = rev WHERE id = one.id AND (revision IS NULL);
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
\echo 'step 3 of 12: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE (CASE WHEN (revision) = (rev) OR ((revision) IS NULL AND (rev) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 4 of 12, switch: Refuse new NULLs in orders.revision
--   Id:           orders.revision/switch/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into orders.revision fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 4 of 12: Refuse new NULLs in orders.revision'
-- Check: step 3 has come to its end: Convert rev of orders into revision. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'orders.revision/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 has come to its end: Convert rev of orders into revision', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync' AND column_name IN ('revision'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of orders has NULL in revision. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE revision IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of orders has NULL in revision', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_revision_not_null CHECK (revision IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 4 of 12: done'

-- ============================================================================
-- Step 5 of 12, switch: Validate that no row has NULL in orders.revision
--   Id:           orders.revision/switch/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (12 s), scans the table
--   Estimate:     12 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 5 of 12: Validate that no row has NULL in orders.revision'
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_revision_not_null;
COMMIT;
\echo 'step 5 of 12: done'

-- ============================================================================
-- Step 6 of 12, switch: Make orders.revision NOT NULL
--   Id:           orders.revision/switch/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 12: Make orders.revision NOT NULL'
BEGIN;
ALTER TABLE orders ALTER COLUMN revision SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_revision_not_null;
COMMIT;
\echo 'step 6 of 12: done'

-- ============================================================================
-- Step 7 of 12, switch: Let revision of orders lead
--   Id:           orders.revision/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: rev is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 7 of 12: Let revision of orders lead'
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
\echo 'step 7 of 12: done'
-- Application: Deploy the application that uses revision as the new schema has it.

-- ============================================================================
-- Step 8 of 12, switch: Change the function count_change()
--   Id:           function count_change()/switch/alter
--   Why:          its definition changes
--   Lock:         none
--   Note:         only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications meet the new definition
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 12: Change the function count_change()'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.revision := OLD.revision + 1; RETURN NEW; END$$;
COMMIT;
\echo 'step 8 of 12: done'

-- ============================================================================
-- Step 9 of 12, contract: From here the way back computes rev of orders again
--   Id:           orders.revision/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 12: From here the way back computes rev of orders again'
BEGIN;
ALTER TABLE orders ALTER COLUMN rev DROP NOT NULL;
COMMIT;
\echo 'step 9 of 12: done'

-- ============================================================================
-- Step 10 of 12, contract: Stop keeping rev and revision of orders equal
--   Id:           orders.revision/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 12: Stop keeping rev and revision of orders equal'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_kept" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'step 10 of 12: done'

-- ============================================================================
-- Step 11 of 12, contract: Drop the old column rev of orders
--   Id:           orders.revision/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name rev fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 12: Drop the old column rev of orders'
BEGIN;
ALTER TABLE orders DROP COLUMN rev;
COMMIT;
\echo 'step 11 of 12: done'
-- Application: Check that no application, report or job names rev any more.

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 12: Remove the progress and error tables'
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
\echo 'step 12 of 12: done'

\echo 'forward: done'
