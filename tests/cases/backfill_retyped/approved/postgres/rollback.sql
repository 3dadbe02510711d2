-- WARNING: rollback is destructive — parts.code__old data will be lost: values of code that do not come back from code unchanged; values of label that do not come back from label unchanged; values of weight that do not come back from grams unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration backfill_retyped
-- A small table's columns are computed anew, not only converted
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
-- Check: step 10 must be done before this: Make parts.code NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND a.attname = 'code' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Make parts.code NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column parts.code. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND a.attname = 'code' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column parts.code', '1', forgelua_actual;
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
-- Undo step 10 of 11, contract: Make parts.code NOT NULL
--   Id:           parts.code/contract/not-null
-- ============================================================================
\echo 'undo step 10 of 11: Make parts.code NOT NULL'
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_code_not_null CHECK (code IS NOT NULL);
ALTER TABLE parts ALTER COLUMN code DROP NOT NULL;
COMMIT;
\echo 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Validate that no row has NULL in parts.code
--   Id:           parts.code/contract/not-null-validate
-- ============================================================================
\echo 'undo step 9 of 11: Validate that no row has NULL in parts.code'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_code_not_null, ADD CONSTRAINT parts_code_not_null CHECK (code IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: Refuse new NULLs in parts.code
--   Id:           parts.code/contract/not-null-guard
-- ============================================================================
\echo 'undo step 8 of 11: Refuse new NULLs in parts.code'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_code_not_null;
COMMIT;
\echo 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, contract: Drop the old column code__old, label__old, weight of parts
--   Id:           parts.code/contract/drop-old
--   Loses:        values of code that do not come back from code unchanged; values of label that do not come back from label unchanged; values of weight that do not come back from grams unchanged
-- ============================================================================
\echo 'undo step 7 of 11: Drop the old column code__old, label__old, weight of parts'
BEGIN;
ALTER TABLE parts ADD COLUMN weight integer;
ALTER TABLE parts ADD COLUMN label__old varchar(10);
ALTER TABLE parts ADD COLUMN code__old varchar(10);
COMMIT;
\echo 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, contract: Stop keeping code__old, label__old, weight and code, label, grams of parts equal
--   Id:           parts.code/contract/stop-sync
-- ============================================================================
\echo 'undo step 6 of 11: Stop keeping code__old, label__old, weight and code, label, grams of parts equal'
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
CREATE OR REPLACE FUNCTION zz_parts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns code__old > code (required) label__old > label (new) weight > grams (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.code__old := OLD.code__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.label__old := OLD.label__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.weight := OLD.weight; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.code := OLD.code; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.label := OLD.label; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.grams := OLD.grams; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.code__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.code::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.code::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.code__old IS NOT NULL AND NEW.code IS NOT NULL THEN 'both'
      WHEN NEW.code__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.code__old)::record *<> ROW(OLD.code__old)::record THEN CASE WHEN ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.code := (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.code)::record *= ROW(NEW.code)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.code := (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.code__old := (SELECT CAST(code AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'code__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code__old := NULL;
    END;
  END IF;
  IF NEW.code__old IS NULL AND NEW.code IS NULL THEN
    BEGIN
      NEW.code := (SELECT coalesce(length(code__old), 0) * 100 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.label__old::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.label::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.label::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.label__old IS NOT NULL AND NEW.label IS NOT NULL THEN 'both'
      WHEN NEW.label__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.label__old)::record *<> ROW(OLD.label__old)::record THEN CASE WHEN ROW(NEW.label)::record *<> ROW(OLD.label)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.label)::record *<> ROW(OLD.label)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.label := (SELECT upper(label__old) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.label)::record *= ROW(NEW.label)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.label := (SELECT upper(label__old) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'label', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.label := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.label__old := (SELECT label FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'label__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.label__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.weight::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.grams::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.grams::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.weight IS NOT NULL AND NEW.grams IS NOT NULL THEN 'both'
      WHEN NEW.weight IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.weight)::record *<> ROW(OLD.weight)::record THEN CASE WHEN ROW(NEW.grams)::record *<> ROW(OLD.grams)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.grams)::record *<> ROW(OLD.grams)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.grams := (SELECT weight + 1 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.grams)::record *= ROW(NEW.grams)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.grams := (SELECT weight + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'grams', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.grams := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.weight := (SELECT grams FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'weight', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.weight := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.code__old::text, NEW.code::text, NEW.label__old::text, NEW.label::text, NEW.weight::text, NEW.grams::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync('first');
CREATE TRIGGER "~zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync();
CREATE TRIGGER "~zz_parts__sync_kept" BEFORE UPDATE ON parts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.code__old, NEW.label__old, NEW.weight)::record *<> ROW(OLD.code__old, OLD.label__old, OLD.weight)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.code, NEW.label, NEW.grams)::record *<> ROW(OLD.code, OLD.label, OLD.grams)::record) EXECUTE FUNCTION zz_parts__sync('kept');
COMMIT;
\echo 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, contract: From here the way back computes code__old, label__old, weight of parts again
--   Id:           parts.code/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 5 of 11: From here the way back computes code__old, label__old, weight of parts again'
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
  this_work CONSTANT text := 'parts.code/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'parts'::regclass AND attname IN ('code__old', 'label__old', 'weight')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'parts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 parts.id%TYPE;
  hi1 parts.id%TYPE;
  stop1 parts.id%TYPE;
  held1 parts.code__old%TYPE;
  held2 parts.label__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 100, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM parts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM parts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE parts SET code__old = CAST(code AS text), label__old = label, weight = grams WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (code__old) = (CAST(code AS text)) OR ((code__old) IS NULL AND (CAST(code AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (label__old) = (label) OR ((label__old) IS NULL AND (label) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (weight) = (grams) OR ((weight) IS NULL AND (grams) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE parts SET code__old = CAST(code AS text), label__old = label, weight = grams WHERE id = one.id AND ((CASE WHEN (code__old) = (CAST(code AS text)) OR ((code__old) IS NULL AND (CAST(code AS text)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (label__old) = (label) OR ((label__old) IS NULL AND (label) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (weight) = (grams) OR ((weight) IS NULL AND (grams) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(code AS text) INTO forgelua.held1 FROM parts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT label INTO forgelua.held2 FROM parts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE parts SET code__old = forgelua.held1, label__old = forgelua.held2, weight = grams WHERE id = one.id;
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
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of parts could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, switch: Let code, label, grams of parts lead
--   Id:           parts.code/switch/swap
-- ============================================================================
\echo 'undo step 4 of 11: Let code, label, grams of parts lead'
BEGIN;
LOCK TABLE parts IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['parts']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['parts']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_parts__sync" ON parts;
DROP TRIGGER "!zz_parts__sync" ON parts;
DROP TRIGGER IF EXISTS "~zz_parts__sync_kept" ON parts;
DROP FUNCTION zz_parts__sync();
ALTER TABLE parts RENAME COLUMN label TO label__new;
ALTER TABLE parts RENAME COLUMN code TO code__new;
ALTER TABLE parts RENAME COLUMN label__old TO label;
ALTER TABLE parts RENAME COLUMN code__old TO code;
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
CREATE OR REPLACE FUNCTION zz_parts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns code > code__new (old) label > label__new (old) weight > grams (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.code := OLD.code; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.label := OLD.label; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.weight := OLD.weight; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.code__new := OLD.code__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.label__new := OLD.label__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.grams := OLD.grams; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.code::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.code__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.code__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.code IS NOT NULL AND NEW.code__new IS NOT NULL THEN 'both'
      WHEN NEW.code__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN CASE WHEN ROW(NEW.code__new)::record *<> ROW(OLD.code__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.code__new)::record *<> ROW(OLD.code__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.code__new := (SELECT coalesce(length(code), 0) * 100 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.code__new)::record *= ROW(NEW.code__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.code__new := (SELECT coalesce(length(code), 0) * 100 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'code__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.code := (SELECT CAST(code__new AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.label::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.label__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.label__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.label IS NOT NULL AND NEW.label__new IS NOT NULL THEN 'both'
      WHEN NEW.label__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.label)::record *<> ROW(OLD.label)::record THEN CASE WHEN ROW(NEW.label__new)::record *<> ROW(OLD.label__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.label__new)::record *<> ROW(OLD.label__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.label__new := (SELECT upper(label) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.label__new)::record *= ROW(NEW.label__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.label__new := (SELECT upper(label) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'label__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.label__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.label := (SELECT label__new FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'label', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.label := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.weight::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.grams::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.grams::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.weight IS NOT NULL AND NEW.grams IS NOT NULL THEN 'both'
      WHEN NEW.grams IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.weight)::record *<> ROW(OLD.weight)::record THEN CASE WHEN ROW(NEW.grams)::record *<> ROW(OLD.grams)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.grams)::record *<> ROW(OLD.grams)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.grams := (SELECT weight + 1 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.grams)::record *= ROW(NEW.grams)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.grams := (SELECT weight + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'grams', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.grams := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.weight := (SELECT grams FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'weight', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.weight := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.code::text, NEW.code__new::text, NEW.label::text, NEW.label__new::text, NEW.weight::text, NEW.grams::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync('first');
CREATE TRIGGER "~zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync();
CREATE TRIGGER "~zz_parts__sync_kept" BEFORE UPDATE ON parts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.code, NEW.label, NEW.weight)::record *<> ROW(OLD.code, OLD.label, OLD.weight)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.code__new, NEW.label__new, NEW.grams)::record *<> ROW(OLD.code__new, OLD.label__new, OLD.grams)::record) EXECUTE FUNCTION zz_parts__sync('kept');
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
\echo 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Convert code, label, weight of parts into code__new, label__new, grams
--   Id:           parts.code/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 11: Convert code, label, weight of parts into code__new, label__new, grams'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Keep code, label, weight and code__new, label__new, grams of parts equal
--   Id:           parts.code/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 11: Keep code, label, weight and code__new, label__new, grams of parts equal'
BEGIN;
DROP TRIGGER "~zz_parts__sync" ON parts;
DROP TRIGGER "!zz_parts__sync" ON parts;
DROP TRIGGER IF EXISTS "~zz_parts__sync_kept" ON parts;
DROP FUNCTION zz_parts__sync();
COMMIT;
\echo 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Add code__new, label__new, grams beside code, label, weight in parts
--   Id:           parts.code/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 11: Add code__new, label__new, grams beside code, label, weight in parts'
BEGIN;
ALTER TABLE parts DROP COLUMN grams;
ALTER TABLE parts DROP COLUMN label__new;
ALTER TABLE parts DROP COLUMN code__new;
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
