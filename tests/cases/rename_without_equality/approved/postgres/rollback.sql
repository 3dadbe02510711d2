-- Rollback, every phase of migration rename_without_equality
-- Columns whose types have no equality get other names
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
-- Check: step 10 must be done before this: Drop the old column payload, report, place of readings. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND a.attname = 'payload' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Drop the old column payload, report, place of readings', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must be done before this: Stop keeping payload, report, place and body, account, position of readings equal. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND t.tgname = '~zz_readings__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must be done before this: Stop keeping payload, report, place and body, account, position of readings equal', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Make readings.body NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND a.attname = 'body' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'json' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Make readings.body NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_column readings.body. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND a.attname = 'body' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'json' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND a.attname = 'payload' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_column readings.body', '1', forgelua_actual;
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
-- Undo step 10 of 11, contract: Drop the old column payload, report, place of readings
--   Id:           readings.body/contract/drop-old
-- ============================================================================
\echo 'undo step 10 of 11: Drop the old column payload, report, place of readings'
BEGIN;
ALTER TABLE readings ADD COLUMN place point;
ALTER TABLE readings ADD COLUMN report xml;
ALTER TABLE readings ADD COLUMN payload json;
COMMIT;
\echo 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Stop keeping payload, report, place and body, account, position of readings equal
--   Id:           readings.body/contract/stop-sync
-- ============================================================================
\echo 'undo step 9 of 11: Stop keeping payload, report, place and body, account, position of readings equal'
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
CREATE OR REPLACE FUNCTION zz_readings__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns payload > body (new) report > account (new) place > position (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.payload := OLD.payload; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.report := OLD.report; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.place := OLD.place; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.body := OLD.body; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.account := OLD.account; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."position" := OLD."position"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.payload::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.body::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.body::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.payload IS NOT NULL AND NEW.body IS NOT NULL THEN 'both'
      WHEN NEW.payload IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.payload)::record *<> ROW(OLD.payload)::record THEN CASE WHEN ROW(NEW.body)::record *<> ROW(OLD.body)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.body)::record *<> ROW(OLD.body)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.body := (SELECT payload FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.body)::record *= ROW(NEW.body)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.body := (SELECT payload FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'body', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.body := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.payload := (SELECT body FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'payload', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.payload := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.report::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.account::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.account::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.report IS NOT NULL AND NEW.account IS NOT NULL THEN 'both'
      WHEN NEW.report IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.report)::record *<> ROW(OLD.report)::record THEN CASE WHEN ROW(NEW.account)::record *<> ROW(OLD.account)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.account)::record *<> ROW(OLD.account)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.account := (SELECT report FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.account)::record *= ROW(NEW.account)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.account := (SELECT report FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'account', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.account := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.report := (SELECT account FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'report', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.report := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."position"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."position"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.place IS NOT NULL AND NEW."position" IS NOT NULL THEN 'both'
      WHEN NEW.place IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN CASE WHEN ROW(NEW."position")::record *<> ROW(OLD."position")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."position")::record *<> ROW(OLD."position")::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."position" := (SELECT place FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."position")::record *= ROW(NEW."position")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."position" := (SELECT place FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'position', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."position" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.place := (SELECT "position" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.payload::text, NEW.body::text, NEW.report::text, NEW.account::text, NEW.place::text, NEW."position"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_readings__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_readings__sync" BEFORE INSERT OR UPDATE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_readings__sync('first');
CREATE TRIGGER "~zz_readings__sync" BEFORE INSERT OR UPDATE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_readings__sync();
CREATE TRIGGER "~zz_readings__sync_kept" BEFORE UPDATE ON readings FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.payload, NEW.report, NEW.place)::record *<> ROW(OLD.payload, OLD.report, OLD.place)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.body, NEW.account, NEW."position")::record *<> ROW(OLD.body, OLD.account, OLD."position")::record) EXECUTE FUNCTION zz_readings__sync('kept');
COMMIT;
\echo 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: From here the way back computes payload, report, place of readings again
--   Id:           readings.body/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 8 of 11: From here the way back computes payload, report, place of readings again'
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
  this_work CONSTANT text := 'readings.body/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'readings'::regclass AND attname IN ('payload', 'report', 'place')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'readings'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 readings.id%TYPE;
  hi1 readings.id%TYPE;
  stop1 readings.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 20000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM readings ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM readings ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM readings WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM readings WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE readings SET payload = body, report = account, place = "position" WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (CAST(CAST(payload AS json) AS text)) = (CAST(CAST(body AS json) AS text)) OR ((CAST(CAST(payload AS json) AS text)) IS NULL AND (CAST(CAST(body AS json) AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (CAST(CAST(report AS xml) AS text)) = (CAST(CAST(account AS xml) AS text)) OR ((CAST(CAST(report AS xml) AS text)) IS NULL AND (CAST(CAST(account AS xml) AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (CAST(CAST(place AS point) AS text)) = (CAST(CAST("position" AS point) AS text)) OR ((CAST(CAST(place AS point) AS text)) IS NULL AND (CAST(CAST("position" AS point) AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM readings WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE readings SET payload = body, report = account, place = "position" WHERE id = one.id AND ((CASE WHEN (CAST(CAST(payload AS json) AS text)) = (CAST(CAST(body AS json) AS text)) OR ((CAST(CAST(payload AS json) AS text)) IS NULL AND (CAST(CAST(body AS json) AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (CAST(CAST(report AS xml) AS text)) = (CAST(CAST(account AS xml) AS text)) OR ((CAST(CAST(report AS xml) AS text)) IS NULL AND (CAST(CAST(account AS xml) AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (CAST(CAST(place AS point) AS text)) = (CAST(CAST("position" AS point) AS text)) OR ((CAST(CAST(place AS point) AS text)) IS NULL AND (CAST(CAST("position" AS point) AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM readings WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of readings could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE readings ALTER COLUMN payload SET NOT NULL;
COMMIT;
\echo 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, switch: Let body, account, position of readings lead
--   Id:           readings.body/switch/swap
-- ============================================================================
\echo 'undo step 7 of 11: Let body, account, position of readings lead'
BEGIN;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP TRIGGER "!zz_readings__sync" ON readings;
DROP TRIGGER IF EXISTS "~zz_readings__sync_kept" ON readings;
DROP FUNCTION zz_readings__sync();
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
CREATE OR REPLACE FUNCTION zz_readings__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns payload > body (old) report > account (old) place > position (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.payload := OLD.payload; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.report := OLD.report; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.place := OLD.place; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.body := OLD.body; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.account := OLD.account; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."position" := OLD."position"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.payload::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.body::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.body::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.payload IS NOT NULL AND NEW.body IS NOT NULL THEN 'both'
      WHEN NEW.body IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.payload)::record *<> ROW(OLD.payload)::record THEN CASE WHEN ROW(NEW.body)::record *<> ROW(OLD.body)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.body)::record *<> ROW(OLD.body)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.body := (SELECT payload FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.body)::record *= ROW(NEW.body)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.body := (SELECT payload FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'body', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.body := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.payload := (SELECT body FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'payload', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.payload := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.report::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.account::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.account::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.report IS NOT NULL AND NEW.account IS NOT NULL THEN 'both'
      WHEN NEW.account IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.report)::record *<> ROW(OLD.report)::record THEN CASE WHEN ROW(NEW.account)::record *<> ROW(OLD.account)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.account)::record *<> ROW(OLD.account)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.account := (SELECT report FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.account)::record *= ROW(NEW.account)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.account := (SELECT report FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'account', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.account := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.report := (SELECT account FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'report', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.report := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."position"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."position"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.place IS NOT NULL AND NEW."position" IS NOT NULL THEN 'both'
      WHEN NEW."position" IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN CASE WHEN ROW(NEW."position")::record *<> ROW(OLD."position")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."position")::record *<> ROW(OLD."position")::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."position" := (SELECT place FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."position")::record *= ROW(NEW."position")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."position" := (SELECT place FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'position', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."position" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.place := (SELECT "position" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'readings__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_a131e52d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.payload::text, NEW.body::text, NEW.report::text, NEW.account::text, NEW.place::text, NEW."position"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_readings__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_readings__sync" BEFORE INSERT OR UPDATE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_readings__sync('first');
CREATE TRIGGER "~zz_readings__sync" BEFORE INSERT OR UPDATE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_readings__sync();
CREATE TRIGGER "~zz_readings__sync_kept" BEFORE UPDATE ON readings FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.payload, NEW.report, NEW.place)::record *<> ROW(OLD.payload, OLD.report, OLD.place)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.body, NEW.account, NEW."position")::record *<> ROW(OLD.body, OLD.account, OLD."position")::record) EXECUTE FUNCTION zz_readings__sync('kept');
COMMIT;
\echo 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, switch: Make readings.body NOT NULL
--   Id:           readings.body/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 11: Make readings.body NOT NULL'
BEGIN;
ALTER TABLE readings ADD CONSTRAINT readings_body_not_null CHECK (body IS NOT NULL);
ALTER TABLE readings ALTER COLUMN body DROP NOT NULL;
COMMIT;
\echo 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, switch: Validate that no row has NULL in readings.body
--   Id:           readings.body/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 11: Validate that no row has NULL in readings.body'
BEGIN;
ALTER TABLE readings DROP CONSTRAINT readings_body_not_null, ADD CONSTRAINT readings_body_not_null CHECK (body IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, switch: Refuse new NULLs in readings.body
--   Id:           readings.body/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 11: Refuse new NULLs in readings.body'
BEGIN;
ALTER TABLE readings DROP CONSTRAINT readings_body_not_null;
COMMIT;
\echo 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Convert payload, report, place of readings into body, account, position
--   Id:           readings.body/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 11: Convert payload, report, place of readings into body, account, position'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Keep payload, report, place and body, account, position of readings equal
--   Id:           readings.body/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 11: Keep payload, report, place and body, account, position of readings equal'
BEGIN;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP TRIGGER "!zz_readings__sync" ON readings;
DROP TRIGGER IF EXISTS "~zz_readings__sync_kept" ON readings;
DROP FUNCTION zz_readings__sync();
COMMIT;
\echo 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Add body, account, position beside payload, report, place in readings
--   Id:           readings.body/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 11: Add body, account, position beside payload, report, place in readings'
BEGIN;
ALTER TABLE readings DROP COLUMN "position";
ALTER TABLE readings DROP COLUMN account;
ALTER TABLE readings DROP COLUMN body;
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
