-- Rollback, every phase of migration filled_from_renamed
-- A new column is computed from one that gets another name in the same plan
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
-- Check: step 14 must be done before this: Drop the old column size of bins. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'bins' AND a.attname = 'size' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 14 must be done before this: Drop the old column size of bins', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 15 of 15: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 15 of 15: done'

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the old column size of bins
--   Id:           bins.extent/contract/drop-old
-- ============================================================================
\echo 'undo step 14 of 15: Drop the old column size of bins'
BEGIN;
ALTER TABLE bins ADD COLUMN size integer;
COMMIT;
\echo 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop keeping size and extent of bins equal
--   Id:           bins.extent/contract/stop-sync
-- ============================================================================
\echo 'undo step 13 of 15: Stop keeping size and extent of bins equal'
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
CREATE OR REPLACE FUNCTION zz_bins__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns size > extent (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.size := OLD.size; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.extent := OLD.extent; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.size::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.extent::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.extent::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.size IS NOT NULL AND NEW.extent IS NOT NULL THEN 'both'
      WHEN NEW.size IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN CASE WHEN ROW(NEW.extent)::record *<> ROW(OLD.extent)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.extent)::record *<> ROW(OLD.extent)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.extent := (SELECT size FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.extent)::record *= ROW(NEW.extent)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.extent := (SELECT size FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync_2', TG_OP, 'extent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.extent := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.size := (SELECT extent FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync_2', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.size::text, NEW.extent::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_bins__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_bins__sync_2" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync_2('first');
CREATE TRIGGER "~zz_bins__sync_2" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync_2();
CREATE TRIGGER "~zz_bins__sync_2_kept" BEFORE UPDATE ON bins FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.size)::record *<> ROW(OLD.size)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.extent)::record *<> ROW(OLD.extent)::record) EXECUTE FUNCTION zz_bins__sync_2('kept');
COMMIT;
\echo 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back computes size of bins again
--   Id:           bins.extent/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 12 of 15: From here the way back computes size of bins again'
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
  this_work CONSTANT text := 'bins.extent/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'bins'::regclass AND attname IN ('size')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'bins'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 bins.id%TYPE;
  hi1 bins.id%TYPE;
  stop1 bins.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 12000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM bins ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM bins ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM bins WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM bins WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE bins SET size = extent WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (size) = (extent) OR ((size) IS NULL AND (extent) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM bins WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE bins SET size = extent WHERE id = one.id AND ((CASE WHEN (size) = (extent) OR ((size) IS NULL AND (extent) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM bins WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of bins could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop the trigger that filled room of bins
--   Id:           bins.room/contract/stop-filling
-- ============================================================================
\echo 'undo step 11 of 15: Drop the trigger that filled room of bins'
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
CREATE OR REPLACE FUNCTION zz_bins__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > room (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_8608d72c_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.room::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.size::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.room := (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.room := NULL;
    END;
  ELSIF NEW.room IS NULL AND (forgelua_seen IS NULL OR NEW.size::text IS DISTINCT FROM forgelua_seen[1] OR NEW.room::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.room := (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.room := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.size)::record *<> ROW(OLD.size)::record AND NOT ROW(NEW.room)::record *<> ROW(OLD.room)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.room := (SELECT coalesce(size, 0) + 1 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.room)::record *= ROW(OLD.room)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.room := (SELECT coalesce(size, 0) + 1 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'bins__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.room := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_8608d72c_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_8608d72c_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.size::text, NEW.room::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_bins__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_bins__sync" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync('first');
CREATE TRIGGER "~zz_bins__sync" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync();
COMMIT;
\echo 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, switch: Make bins.room NOT NULL
--   Id:           bins.room/switch/not-null
-- ============================================================================
\echo 'undo step 10 of 15: Make bins.room NOT NULL'
BEGIN;
ALTER TABLE bins ADD CONSTRAINT bins_room_not_null CHECK (room IS NOT NULL);
ALTER TABLE bins ALTER COLUMN room DROP NOT NULL;
COMMIT;
\echo 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, switch: Validate that no row has NULL in bins.room
--   Id:           bins.room/switch/not-null-validate
-- ============================================================================
\echo 'undo step 9 of 15: Validate that no row has NULL in bins.room'
BEGIN;
ALTER TABLE bins DROP CONSTRAINT bins_room_not_null, ADD CONSTRAINT bins_room_not_null CHECK (room IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Refuse new NULLs in bins.room
--   Id:           bins.room/switch/not-null-guard
-- ============================================================================
\echo 'undo step 8 of 15: Refuse new NULLs in bins.room'
BEGIN;
ALTER TABLE bins DROP CONSTRAINT bins_room_not_null;
COMMIT;
\echo 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Let extent of bins lead
--   Id:           bins.extent/switch/swap
-- ============================================================================
\echo 'undo step 7 of 15: Let extent of bins lead'
BEGIN;
DROP TRIGGER "~zz_bins__sync_2" ON bins;
DROP TRIGGER "!zz_bins__sync_2" ON bins;
DROP TRIGGER IF EXISTS "~zz_bins__sync_2_kept" ON bins;
DROP FUNCTION zz_bins__sync_2();
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
CREATE OR REPLACE FUNCTION zz_bins__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns size > extent (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.size := OLD.size; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.extent := OLD.extent; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.size::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.extent::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.extent::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.size IS NOT NULL AND NEW.extent IS NOT NULL THEN 'both'
      WHEN NEW.extent IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN CASE WHEN ROW(NEW.extent)::record *<> ROW(OLD.extent)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.extent)::record *<> ROW(OLD.extent)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.extent := (SELECT size FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.extent)::record *= ROW(NEW.extent)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.extent := (SELECT size FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync_2', TG_OP, 'extent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.extent := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.size := (SELECT extent FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'bins__sync_2', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2b9b5e9d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.size::text, NEW.extent::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_bins__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_bins__sync_2" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync_2('first');
CREATE TRIGGER "~zz_bins__sync_2" BEFORE INSERT OR UPDATE ON bins FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_bins__sync_2();
CREATE TRIGGER "~zz_bins__sync_2_kept" BEFORE UPDATE ON bins FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.size)::record *<> ROW(OLD.size)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.extent)::record *<> ROW(OLD.extent)::record) EXECUTE FUNCTION zz_bins__sync_2('kept');
COMMIT;
\echo 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Convert size of bins into extent
--   Id:           bins.extent/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 15: Convert size of bins into extent'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Keep size and extent of bins equal
--   Id:           bins.extent/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 15: Keep size and extent of bins equal'
BEGIN;
DROP TRIGGER "~zz_bins__sync_2" ON bins;
DROP TRIGGER "!zz_bins__sync_2" ON bins;
DROP TRIGGER IF EXISTS "~zz_bins__sync_2_kept" ON bins;
DROP FUNCTION zz_bins__sync_2();
COMMIT;
\echo 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Backfill room of bins
--   Id:           bins.room/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 15: Backfill room of bins'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep room of bins filled for new rows
--   Id:           bins.room/migrate/keep-filled
-- ============================================================================
\echo 'undo step 3 of 15: Keep room of bins filled for new rows'
BEGIN;
DROP TRIGGER "~zz_bins__sync" ON bins;
DROP TRIGGER "!zz_bins__sync" ON bins;
DROP FUNCTION zz_bins__sync();
COMMIT;
\echo 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Add extent beside size in bins
--   Id:           bins.extent/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 15: Add extent beside size in bins'
BEGIN;
ALTER TABLE bins DROP COLUMN extent;
COMMIT;
\echo 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Add room to bins, empty and not insisting
--   Id:           bins.room/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 15: Add room to bins, empty and not insisting'
BEGIN;
ALTER TABLE bins DROP COLUMN room;
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
\echo 'undo step 1 of 15: done'

\echo 'rollback: done'
