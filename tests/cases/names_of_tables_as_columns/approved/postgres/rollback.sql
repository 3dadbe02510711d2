-- Rollback, every phase of migration names_of_tables_as_columns
-- Columns that are called as a table is, which gets another name together with them, under views
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
-- Check: step 23 must be done before this: Drop the old column status of statuses. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'statuses' AND a.attname = 'status' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 23 must be done before this: Drop the old column status of statuses', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 19 must be done before this: Drop the old column country of city. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'city' AND a.attname = 'country' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 19 must be done before this: Drop the old column country of city', '1', forgelua_actual;
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
-- Undo step 23 of 24, contract: Drop the old column status of statuses
--   Id:           status.state/contract/drop-old
-- ============================================================================
\echo 'undo step 23 of 24: Drop the old column status of statuses'
BEGIN;
ALTER TABLE statuses ADD COLUMN status integer;
COMMIT;
\echo 'undo step 23 of 24: done'

-- ============================================================================
-- Undo step 22 of 24, contract: Stop keeping status and state of statuses equal
--   Id:           status.state/contract/stop-sync
-- ============================================================================
\echo 'undo step 22 of 24: Stop keeping status and state of statuses equal'
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
CREATE OR REPLACE FUNCTION zz_status__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns status > state (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.status := OLD.status; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state := OLD.state; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.status::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.status IS NOT NULL AND NEW.state IS NOT NULL THEN 'both'
      WHEN NEW.status IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.status)::record *<> ROW(OLD.status)::record THEN CASE WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state := (SELECT status FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state)::record *= ROW(NEW.state)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state := (SELECT status FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'status__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.status := (SELECT state FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'status__sync', TG_OP, 'status', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.status := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.status::text, NEW.state::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_status__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_status__sync" BEFORE INSERT OR UPDATE ON statuses FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_status__sync('first');
CREATE TRIGGER "~zz_status__sync" BEFORE INSERT OR UPDATE ON statuses FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_status__sync();
CREATE TRIGGER "~zz_status__sync_kept" BEFORE UPDATE ON statuses FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.status)::record *<> ROW(OLD.status)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state)::record *<> ROW(OLD.state)::record) EXECUTE FUNCTION zz_status__sync('kept');
COMMIT;
\echo 'undo step 22 of 24: done'

-- ============================================================================
-- Undo step 21 of 24, contract: From here the way back computes status of statuses again
--   Id:           status.state/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 21 of 24: From here the way back computes status of statuses again'
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
  this_work CONSTANT text := 'status.state/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'statuses'::regclass AND attname IN ('status')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'statuses'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 statuses.id%TYPE;
  hi1 statuses.id%TYPE;
  stop1 statuses.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'statuses'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM statuses ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM statuses ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM statuses WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM statuses WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE statuses SET status = state WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (status) = (state) OR ((status) IS NULL AND (state) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM statuses WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE statuses SET status = state WHERE id = one.id AND ((CASE WHEN (status) = (state) OR ((status) IS NULL AND (state) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM statuses WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of statuses could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 21 of 24: done'

-- ============================================================================
-- Undo step 20 of 24, contract: Drop the view that served the old name status
--   Id:           statuses/contract/drop-old-name
-- ============================================================================
\echo 'undo step 20 of 24: Drop the view that served the old name status'
BEGIN;
CREATE VIEW status AS
SELECT id, status, state FROM statuses;
COMMIT;
\echo 'undo step 20 of 24: done'

-- ============================================================================
-- Undo step 19 of 24, contract: Drop the old column country of city
--   Id:           city.country_code/contract/drop-old
-- ============================================================================
\echo 'undo step 19 of 24: Drop the old column country of city'
BEGIN;
ALTER TABLE city ADD COLUMN country integer;
COMMIT;
\echo 'undo step 19 of 24: done'

-- ============================================================================
-- Undo step 18 of 24, contract: Stop keeping country and country_code of city equal
--   Id:           city.country_code/contract/stop-sync
-- ============================================================================
\echo 'undo step 18 of 24: Stop keeping country and country_code of city equal'
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
-- forgelua: columns country > country_code (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.country := OLD.country; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.country_code := OLD.country_code; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.country_code::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.country_code::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.country IS NOT NULL AND NEW.country_code IS NOT NULL THEN 'both'
      WHEN NEW.country IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN CASE WHEN ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.country_code := (SELECT country FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.country_code)::record *= ROW(NEW.country_code)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.country_code := (SELECT country FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country_code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country_code := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.country := (SELECT country_code FROM (SELECT NEW.*) AS r);
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
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.country::text, NEW.country_code::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_city__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync('first');
CREATE TRIGGER "~zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync();
CREATE TRIGGER "~zz_city__sync_kept" BEFORE UPDATE ON city FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.country)::record *<> ROW(OLD.country)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record) EXECUTE FUNCTION zz_city__sync('kept');
COMMIT;
\echo 'undo step 18 of 24: done'

-- ============================================================================
-- Undo step 17 of 24, contract: From here the way back computes country of city again
--   Id:           city.country_code/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 17 of 24: From here the way back computes country of city again'
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
  this_work CONSTANT text := 'city.country_code/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'city'::regclass AND attname IN ('country')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'city'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 city.id%TYPE;
  hi1 city.id%TYPE;
  stop1 city.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'city'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM city ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM city ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM city WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM city WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE city SET country = country_code WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (country) = (country_code) OR ((country) IS NULL AND (country_code) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM city WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE city SET country = country_code WHERE id = one.id AND ((CASE WHEN (country) = (country_code) OR ((country) IS NULL AND (country_code) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM city WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of city could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 17 of 24: done'

-- ============================================================================
-- Undo step 16 of 24, contract: Drop the view that served the old name country
--   Id:           countries/contract/drop-old-name
-- ============================================================================
\echo 'undo step 16 of 24: Drop the view that served the old name country'
BEGIN;
CREATE VIEW country AS
SELECT code, total FROM countries;
COMMIT;
\echo 'undo step 16 of 24: done'

-- ============================================================================
-- Undo step 15 of 24, switch: Change the view states
--   Id:           states/switch/alter-view
-- ============================================================================
\echo 'undo step 15 of 24: Change the view states'
BEGIN;
DO $forgelua1$
DECLARE
  held record;
  one record;
  again text[];
  columns text[];
  of_columns text[];
BEGIN
  SELECT oid, relowner::regrole AS owner, relacl AS acl, (SELECT string_agg(format('%I = %L', option_name, option_value), ', ')
    FROM pg_options_to_table(reloptions) WHERE option_name NOT IN ('security_invoker', 'check_option')) AS options
  INTO STRICT held FROM pg_class WHERE oid = 'states'::regclass;
  SELECT array_agg(x.text ORDER BY x.text) INTO again FROM (
    SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t WHERE t.tgrelid = held.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = held.oid AND r.rulename <> '_RETURN') AS x;
  SELECT array_agg(a.attname ORDER BY a.attnum, x.text), array_agg(x.text ORDER BY a.attnum, x.text) INTO columns, of_columns
  FROM pg_attribute a CROSS JOIN LATERAL (
    SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', 'states', a.attname, pg_get_expr(f.adbin, f.adrelid)) AS text
    FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    UNION ALL
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', 'states', a.attname, d.description)
    FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    UNION ALL
    SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, 'states',
      CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
      CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM aclexplode(a.attacl) AS g) AS x
  WHERE a.attrelid = held.oid AND a.attnum > 0;
  BEGIN
    EXECUTE $forgelua$CREATE OR REPLACE VIEW states AS
SELECT id, state AS status FROM statuses$forgelua$;
  EXCEPTION WHEN invalid_table_definition OR feature_not_supported THEN
    EXECUTE 'DROP VIEW states';
    EXECUTE $forgelua$CREATE VIEW states AS
SELECT id, state AS status FROM statuses$forgelua$;
    EXECUTE format('ALTER VIEW %s OWNER TO %s', 'states', held.owner);
    FOR one IN SELECT * FROM aclexplode(held.acl) LOOP
      EXECUTE format('GRANT %s ON %s TO %s%s', one.privilege_type, 'states',
        CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE one.grantee::regrole::text END,
        CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
    FOR one IN SELECT x.text FROM unnest(columns, of_columns) AS x (name, text)
      JOIN pg_attribute a ON a.attrelid = 'states'::regclass AND a.attname = x.name LOOP
      EXECUTE one.text;
    END LOOP;
    FOR one IN SELECT unnest(again) AS text LOOP
      EXECUTE one.text;
    END LOOP;
  END;
  IF held.options IS NOT NULL THEN
    EXECUTE format('ALTER VIEW %s SET (%s)', 'states', held.options);
  END IF;
END
$forgelua1$;
COMMIT;
\echo 'undo step 15 of 24: done'

-- ============================================================================
-- Undo step 14 of 24, switch: Rename the primary key status_pkey to statuses_pkey
--   Id:           statuses.statuses_pkey/switch/rename
-- ============================================================================
\echo 'undo step 14 of 24: Rename the primary key status_pkey to statuses_pkey'
BEGIN;
ALTER TABLE statuses RENAME CONSTRAINT statuses_pkey TO status_pkey;
COMMIT;
\echo 'undo step 14 of 24: done'

-- ============================================================================
-- Undo step 13 of 24, switch: Rename status to statuses
--   Id:           status/switch/rename-table
-- ============================================================================
\echo 'undo step 13 of 24: Rename status to statuses'
BEGIN;
LOCK TABLE status, statuses IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['statuses', 'status']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['statuses', 'status']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW status;
ALTER TABLE statuses RENAME TO status;
CREATE VIEW statuses AS
SELECT id, status, state FROM status;
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
\echo 'undo step 13 of 24: done'

-- ============================================================================
-- Undo step 12 of 24, switch: Let state of status lead
--   Id:           status.state/switch/swap
-- ============================================================================
\echo 'undo step 12 of 24: Let state of status lead'
BEGIN;
LOCK TABLE states, statuses IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['states', 'statuses']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['states', 'statuses']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW states;
DROP VIEW statuses;
DROP TRIGGER "~zz_status__sync" ON status;
DROP TRIGGER "!zz_status__sync" ON status;
DROP TRIGGER IF EXISTS "~zz_status__sync_kept" ON status;
DROP FUNCTION zz_status__sync();
CREATE VIEW statuses AS
SELECT id, status FROM status;
CREATE VIEW states AS
SELECT id, status FROM status;
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
CREATE OR REPLACE FUNCTION zz_status__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns status > state (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.status := OLD.status; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state := OLD.state; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.status::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.status IS NOT NULL AND NEW.state IS NOT NULL THEN 'both'
      WHEN NEW.state IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.status)::record *<> ROW(OLD.status)::record THEN CASE WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state := (SELECT status FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state)::record *= ROW(NEW.state)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state := (SELECT status FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'status__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.status := (SELECT state FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'status__sync', TG_OP, 'status', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.status := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_876dec84_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.status::text, NEW.state::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_status__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_status__sync" BEFORE INSERT OR UPDATE ON status FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_status__sync('first');
CREATE TRIGGER "~zz_status__sync" BEFORE INSERT OR UPDATE ON status FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_status__sync();
CREATE TRIGGER "~zz_status__sync_kept" BEFORE UPDATE ON status FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.status)::record *<> ROW(OLD.status)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state)::record *<> ROW(OLD.state)::record) EXECUTE FUNCTION zz_status__sync('kept');
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
\echo 'undo step 12 of 24: done'

-- ============================================================================
-- Undo step 11 of 24, switch: Rename the primary key country_pkey to countries_pkey
--   Id:           countries.countries_pkey/switch/rename
-- ============================================================================
\echo 'undo step 11 of 24: Rename the primary key country_pkey to countries_pkey'
BEGIN;
ALTER TABLE countries RENAME CONSTRAINT countries_pkey TO country_pkey;
COMMIT;
\echo 'undo step 11 of 24: done'

-- ============================================================================
-- Undo step 10 of 24, switch: Rename country to countries
--   Id:           country/switch/rename-table
-- ============================================================================
\echo 'undo step 10 of 24: Rename country to countries'
BEGIN;
LOCK TABLE country, countries IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['countries', 'country']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['countries', 'country']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW country;
ALTER TABLE countries RENAME TO country;
CREATE VIEW countries AS
SELECT code, total FROM country;
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
\echo 'undo step 10 of 24: done'

-- ============================================================================
-- Undo step 9 of 24, switch: Let country_code of city lead
--   Id:           city.country_code/switch/swap
-- ============================================================================
\echo 'undo step 9 of 24: Let country_code of city lead'
BEGIN;
LOCK TABLE places, sums IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['places', 'sums']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['places', 'sums']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW places;
DROP VIEW sums;
DROP TRIGGER "~zz_city__sync" ON city;
DROP TRIGGER "!zz_city__sync" ON city;
DROP TRIGGER IF EXISTS "~zz_city__sync_kept" ON city;
DROP FUNCTION zz_city__sync();
CREATE VIEW sums AS
SELECT size, sum(country) AS country FROM city GROUP BY size ORDER BY country;
CREATE VIEW places AS
SELECT c.id, k.code FROM city c JOIN country k ON k.code = c.country;
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
-- forgelua: columns country > country_code (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.country := OLD.country; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.country_code := OLD.country_code; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.country::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.country_code::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.country_code::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.country IS NOT NULL AND NEW.country_code IS NOT NULL THEN 'both'
      WHEN NEW.country_code IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.country)::record *<> ROW(OLD.country)::record THEN CASE WHEN ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.country_code := (SELECT country FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.country_code)::record *= ROW(NEW.country_code)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.country_code := (SELECT country FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'city__sync', TG_OP, 'country_code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.country_code := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.country := (SELECT country_code FROM (SELECT NEW.*) AS r);
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
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_e17bd219_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.country::text, NEW.country_code::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_city__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync('first');
CREATE TRIGGER "~zz_city__sync" BEFORE INSERT OR UPDATE ON city FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_city__sync();
CREATE TRIGGER "~zz_city__sync_kept" BEFORE UPDATE ON city FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.country)::record *<> ROW(OLD.country)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.country_code)::record *<> ROW(OLD.country_code)::record) EXECUTE FUNCTION zz_city__sync('kept');
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
\echo 'undo step 9 of 24: done'

-- ============================================================================
-- Undo step 8 of 24, migrate: Convert status of status into state
--   Id:           status.state/migrate/backfill
-- ============================================================================
\echo 'undo step 8 of 24: Convert status of status into state'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 24: done'

-- ============================================================================
-- Undo step 7 of 24, migrate: Keep status and state of status equal
--   Id:           status.state/migrate/sync
-- ============================================================================
\echo 'undo step 7 of 24: Keep status and state of status equal'
BEGIN;
DROP TRIGGER "~zz_status__sync" ON status;
DROP TRIGGER "!zz_status__sync" ON status;
DROP TRIGGER IF EXISTS "~zz_status__sync_kept" ON status;
DROP FUNCTION zz_status__sync();
COMMIT;
\echo 'undo step 7 of 24: done'

-- ============================================================================
-- Undo step 6 of 24, migrate: Convert country of city into country_code
--   Id:           city.country_code/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 24: Convert country of city into country_code'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 24: done'

-- ============================================================================
-- Undo step 5 of 24, migrate: Keep country and country_code of city equal
--   Id:           city.country_code/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 24: Keep country and country_code of city equal'
BEGIN;
DROP TRIGGER "~zz_city__sync" ON city;
DROP TRIGGER "!zz_city__sync" ON city;
DROP TRIGGER IF EXISTS "~zz_city__sync_kept" ON city;
DROP FUNCTION zz_city__sync();
COMMIT;
\echo 'undo step 5 of 24: done'

-- ============================================================================
-- Undo step 4 of 24, expand: Add state beside status in status
--   Id:           status.state/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 24: Add state beside status in status'
BEGIN;
ALTER TABLE status DROP COLUMN state;
COMMIT;
\echo 'undo step 4 of 24: done'

-- ============================================================================
-- Undo step 3 of 24, expand: Serve status under its new name statuses by a view
--   Id:           statuses/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 3 of 24: Serve status under its new name statuses by a view'
BEGIN;
DROP VIEW statuses;
COMMIT;
\echo 'undo step 3 of 24: done'

-- ============================================================================
-- Undo step 2 of 24, expand: Add country_code beside country in city
--   Id:           city.country_code/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 24: Add country_code beside country in city'
BEGIN;
ALTER TABLE city DROP COLUMN country_code;
COMMIT;
\echo 'undo step 2 of 24: done'

-- ============================================================================
-- Undo step 1 of 24, expand: Serve country under its new name countries by a view
--   Id:           countries/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 1 of 24: Serve country under its new name countries by a view'
BEGIN;
DROP VIEW countries;
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
