-- WARNING: rollback is destructive — r.kind__old data will be lost: values of kind that do not come back from kind unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration texts_into_types
-- Columns of several types are made from texts
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
-- Check: step 23 must be done before this: Make r.kind NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'r' AND a.attname = 'kind' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'r_kind' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 23 must be done before this: Make r.kind NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column r.kind. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'r' AND a.attname = 'kind' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'r_kind' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column r.kind', '1', forgelua_actual;
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
-- Undo step 23 of 24, contract: Make r.kind NOT NULL
--   Id:           r.kind/contract/not-null
-- ============================================================================
\echo 'undo step 23 of 24: Make r.kind NOT NULL'
BEGIN;
ALTER TABLE r ADD CONSTRAINT r_kind_not_null CHECK (kind IS NOT NULL);
ALTER TABLE r ALTER COLUMN kind DROP NOT NULL;
COMMIT;
\echo 'undo step 23 of 24: done'

-- ============================================================================
-- Undo step 22 of 24, contract: Validate that no row has NULL in r.kind
--   Id:           r.kind/contract/not-null-validate
-- ============================================================================
\echo 'undo step 22 of 24: Validate that no row has NULL in r.kind'
BEGIN;
ALTER TABLE r DROP CONSTRAINT r_kind_not_null, ADD CONSTRAINT r_kind_not_null CHECK (kind IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 22 of 24: done'

-- ============================================================================
-- Undo step 21 of 24, contract: Refuse new NULLs in r.kind
--   Id:           r.kind/contract/not-null-guard
-- ============================================================================
\echo 'undo step 21 of 24: Refuse new NULLs in r.kind'
BEGIN;
ALTER TABLE r DROP CONSTRAINT r_kind_not_null;
COMMIT;
\echo 'undo step 21 of 24: done'

-- ============================================================================
-- Undo step 20 of 24, contract: Drop the old column kind__old of r
--   Id:           r.kind/contract/drop-old
--   Loses:        values of kind that do not come back from kind unchanged
-- ============================================================================
\echo 'undo step 20 of 24: Drop the old column kind__old of r'
BEGIN;
ALTER TABLE r ADD COLUMN kind__old varchar(20);
COMMIT;
\echo 'undo step 20 of 24: done'

-- ============================================================================
-- Undo step 19 of 24, contract: Stop keeping kind__old and kind of r equal
--   Id:           r.kind/contract/stop-sync
-- ============================================================================
\echo 'undo step 19 of 24: Stop keeping kind__old and kind of r equal'
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
CREATE OR REPLACE FUNCTION zz_r__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns kind__old > kind (required);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.kind__old := OLD.kind__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.kind := OLD.kind; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.kind__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.kind::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.kind::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.kind__old IS NOT NULL AND NEW.kind IS NOT NULL THEN 'both'
      WHEN NEW.kind__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.kind__old)::record *<> ROW(OLD.kind__old)::record THEN CASE WHEN ROW(NEW.kind)::record *<> ROW(OLD.kind)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.kind)::record *<> ROW(OLD.kind)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.kind := (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.kind)::record *= ROW(NEW.kind)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.kind := (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.kind__old := (SELECT CAST(kind AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'kind__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind__old := NULL;
    END;
  END IF;
  IF NEW.kind__old IS NULL AND NEW.kind IS NULL THEN
    BEGIN
      NEW.kind := (SELECT CASE WHEN kind__old IN ('a', 'b') THEN kind__old ELSE 'other' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.kind__old::text, NEW.kind::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2('first');
CREATE TRIGGER "~zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2();
CREATE TRIGGER "~zz_r__sync_2_kept" BEFORE UPDATE ON r FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.kind__old)::record *<> ROW(OLD.kind__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.kind)::record *<> ROW(OLD.kind)::record) EXECUTE FUNCTION zz_r__sync_2('kept');
COMMIT;
\echo 'undo step 19 of 24: done'

-- ============================================================================
-- Undo step 18 of 24, contract: From here the way back computes kind__old of r again
--   Id:           r.kind/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 18 of 24: From here the way back computes kind__old of r again'
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
  this_work CONSTANT text := 'r.kind/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'r'::regclass AND attname IN ('kind__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'r'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 r.id%TYPE;
  hi1 r.id%TYPE;
  stop1 r.id%TYPE;
  held1 r.kind__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'r'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM r ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM r ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM r WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM r WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE r SET kind__old = CAST(kind AS text) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (kind__old) = (CAST(kind AS text)) OR ((kind__old) IS NULL AND (CAST(kind AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM r WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE r SET kind__old = CAST(kind AS text) WHERE id = one.id AND ((CASE WHEN (kind__old) = (CAST(kind AS text)) OR ((kind__old) IS NULL AND (CAST(kind AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(kind AS text) INTO forgelua.held1 FROM r WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE r SET kind__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM r WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of r could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 18 of 24: done'

-- ============================================================================
-- Undo step 17 of 24, contract: Drop the trigger that filled state, seen, number, marked of r
--   Id:           r.state/contract/stop-filling
-- ============================================================================
\echo 'undo step 17 of 24: Drop the trigger that filled state, seen, number, marked of r'
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
CREATE OR REPLACE FUNCTION zz_r__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > state (old)  > seen (old)  > number (old)  > marked (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2fc0f7d2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[8], '') = 'true' AND NOT (NEW.state::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.active::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.state := (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF NEW.state IS NULL AND (forgelua_seen IS NULL OR NEW.active::text IS DISTINCT FROM forgelua_seen[1] OR NEW.state::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.state := (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.active)::record *<> ROW(OLD.active)::record AND NOT ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.state := (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.state)::record *= ROW(OLD.state)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.state := (SELECT COALESCE(CASE WHEN active THEN 'on' ELSE 'off' END, 'off') FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'r__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.state := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[9], '') = 'true' AND NOT (NEW.seen::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.active::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.seen := (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'seen', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen := NULL;
    END;
  ELSIF NEW.seen IS NULL AND (forgelua_seen IS NULL OR NEW.active::text IS DISTINCT FROM forgelua_seen[1] OR NEW.seen::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.seen := (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'seen', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.active)::record *<> ROW(OLD.active)::record AND NOT ROW(NEW.seen)::record *<> ROW(OLD.seen)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.seen := (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.seen)::record *= ROW(OLD.seen)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.seen := (SELECT CASE WHEN active THEN '2024-02-29' ELSE '1999-12-31' END FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'r__sync', TG_OP, 'seen', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.seen := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[10], '') = 'true' AND NOT (NEW.number::text IS DISTINCT FROM forgelua_seen[5]) AND (NEW.code::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.number := (SELECT substr(code, 2) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'number', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.number := NULL;
    END;
  ELSIF NEW.number IS NULL AND (forgelua_seen IS NULL OR NEW.code::text IS DISTINCT FROM forgelua_seen[4] OR NEW.number::text IS DISTINCT FROM forgelua_seen[5]) THEN
    BEGIN
      NEW.number := (SELECT substr(code, 2) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'number', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.number := NULL;
    END;
    forgelua_made[3] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.code)::record *<> ROW(OLD.code)::record AND NOT ROW(NEW.number)::record *<> ROW(OLD.number)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.number := (SELECT substr(code, 2) FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.number)::record *= ROW(OLD.number)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.number := (SELECT substr(code, 2) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'r__sync', TG_OP, 'number', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.number := NULL;
        END;
        forgelua_made[3] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[11], '') = 'true' AND NOT (NEW.marked::text IS DISTINCT FROM forgelua_seen[7]) AND (NEW.kind__old::text IS DISTINCT FROM forgelua_seen[6]) THEN
    BEGIN
      NEW.marked := (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'marked', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.marked := NULL;
    END;
  ELSIF NEW.marked IS NULL AND (forgelua_seen IS NULL OR NEW.kind__old::text IS DISTINCT FROM forgelua_seen[6] OR NEW.marked::text IS DISTINCT FROM forgelua_seen[7]) THEN
    BEGIN
      NEW.marked := (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync', TG_OP, 'marked', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.marked := NULL;
    END;
    forgelua_made[4] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.kind__old)::record *<> ROW(OLD.kind__old)::record AND NOT ROW(NEW.marked)::record *<> ROW(OLD.marked)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.marked := (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.marked)::record *= ROW(OLD.marked)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.marked := (SELECT CASE WHEN kind__old = 'a' THEN 1 ELSE 0 END FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'r__sync', TG_OP, 'marked', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.marked := NULL;
        END;
        forgelua_made[4] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2fc0f7d2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2fc0f7d2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.active::text, NEW.state::text, NEW.seen::text, NEW.code::text, NEW.number::text, NEW.kind__old::text, NEW.marked::text, (forgelua_made[1])::text, (forgelua_made[2])::text, (forgelua_made[3])::text, (forgelua_made[4])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_r__sync" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync('first');
CREATE TRIGGER "~zz_r__sync" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync();
COMMIT;
\echo 'undo step 17 of 24: done'

-- ============================================================================
-- Undo step 16 of 24, contract: Set the default of r.state
--   Id:           r.state/contract/default
-- ============================================================================
\echo 'undo step 16 of 24: Set the default of r.state'
BEGIN;
ALTER TABLE r ALTER COLUMN state DROP DEFAULT;
COMMIT;
\echo 'undo step 16 of 24: done'

-- ============================================================================
-- Undo step 15 of 24, switch: Make r.state NOT NULL
--   Id:           r.state/switch/not-null
-- ============================================================================
\echo 'undo step 15 of 24: Make r.state NOT NULL'
BEGIN;
ALTER TABLE r ADD CONSTRAINT r_state_not_null CHECK (state IS NOT NULL);
ALTER TABLE r ALTER COLUMN state DROP NOT NULL;
COMMIT;
\echo 'undo step 15 of 24: done'

-- ============================================================================
-- Undo step 14 of 24, switch: Validate that no row has NULL in r.state
--   Id:           r.state/switch/not-null-validate
-- ============================================================================
\echo 'undo step 14 of 24: Validate that no row has NULL in r.state'
BEGIN;
ALTER TABLE r DROP CONSTRAINT r_state_not_null, ADD CONSTRAINT r_state_not_null CHECK (state IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 14 of 24: done'

-- ============================================================================
-- Undo step 13 of 24, switch: Refuse new NULLs in r.state
--   Id:           r.state/switch/not-null-guard
-- ============================================================================
\echo 'undo step 13 of 24: Refuse new NULLs in r.state'
BEGIN;
ALTER TABLE r DROP CONSTRAINT r_state_not_null;
COMMIT;
\echo 'undo step 13 of 24: done'

-- ============================================================================
-- Undo step 12 of 24, switch: Let the new kind of r take over
--   Id:           r.kind/switch/swap
-- ============================================================================
\echo 'undo step 12 of 24: Let the new kind of r take over'
BEGIN;
LOCK TABLE r IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['r']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['r']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_r__sync_2" ON r;
DROP TRIGGER "!zz_r__sync_2" ON r;
DROP TRIGGER IF EXISTS "~zz_r__sync_2_kept" ON r;
DROP FUNCTION zz_r__sync_2();
ALTER TABLE r RENAME COLUMN kind TO kind__new;
ALTER TABLE r ALTER COLUMN kind__new DROP DEFAULT;
ALTER TABLE r RENAME COLUMN kind__old TO kind;
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
CREATE OR REPLACE FUNCTION zz_r__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns kind > kind__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.kind := OLD.kind; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.kind__new := OLD.kind__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.kind::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.kind__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.kind__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.kind IS NOT NULL AND NEW.kind__new IS NOT NULL THEN 'both'
      WHEN NEW.kind__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.kind)::record *<> ROW(OLD.kind)::record THEN CASE WHEN ROW(NEW.kind__new)::record *<> ROW(OLD.kind__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.kind__new)::record *<> ROW(OLD.kind__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.kind__new := (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.kind__new)::record *= ROW(NEW.kind__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.kind__new := (SELECT CASE WHEN kind IN ('a', 'b') THEN kind ELSE 'other' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'kind__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.kind := (SELECT CAST(kind__new AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.kind::text, NEW.kind__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2('first');
CREATE TRIGGER "~zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2();
CREATE TRIGGER "~zz_r__sync_2_kept" BEFORE UPDATE ON r FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.kind)::record *<> ROW(OLD.kind)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.kind__new)::record *<> ROW(OLD.kind__new)::record) EXECUTE FUNCTION zz_r__sync_2('kept');
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
-- Undo step 11 of 24, migrate: Convert kind of r into kind__new
--   Id:           r.kind/migrate/backfill
-- ============================================================================
\echo 'undo step 11 of 24: Convert kind of r into kind__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 11 of 24: done'

-- ============================================================================
-- Undo step 10 of 24, migrate: Keep kind and kind__new of r equal
--   Id:           r.kind/migrate/sync
-- ============================================================================
\echo 'undo step 10 of 24: Keep kind and kind__new of r equal'
BEGIN;
DROP TRIGGER "~zz_r__sync_2" ON r;
DROP TRIGGER "!zz_r__sync_2" ON r;
DROP TRIGGER IF EXISTS "~zz_r__sync_2_kept" ON r;
DROP FUNCTION zz_r__sync_2();
COMMIT;
\echo 'undo step 10 of 24: done'

-- ============================================================================
-- Undo step 9 of 24, migrate: Backfill marked of r
--   Id:           r.marked/migrate/backfill
-- ============================================================================
\echo 'undo step 9 of 24: Backfill marked of r'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 9 of 24: done'

-- ============================================================================
-- Undo step 8 of 24, migrate: Backfill number of r
--   Id:           r.number/migrate/backfill
-- ============================================================================
\echo 'undo step 8 of 24: Backfill number of r'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 24: done'

-- ============================================================================
-- Undo step 7 of 24, migrate: Backfill seen of r
--   Id:           r.seen/migrate/backfill
-- ============================================================================
\echo 'undo step 7 of 24: Backfill seen of r'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 24: done'

-- ============================================================================
-- Undo step 6 of 24, migrate: Backfill state of r
--   Id:           r.state/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 24: Backfill state of r'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 24: done'

-- ============================================================================
-- Undo step 5 of 24, migrate: Keep state, seen, number, marked of r filled for new rows
--   Id:           r.state/migrate/keep-filled
-- ============================================================================
\echo 'undo step 5 of 24: Keep state, seen, number, marked of r filled for new rows'
BEGIN;
DROP TRIGGER "~zz_r__sync" ON r;
DROP TRIGGER "!zz_r__sync" ON r;
DROP FUNCTION zz_r__sync();
COMMIT;
\echo 'undo step 5 of 24: done'

-- ============================================================================
-- Undo step 4 of 24, expand: Add kind__new beside kind in r
--   Id:           r.kind/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 24: Add kind__new beside kind in r'
BEGIN;
ALTER TABLE r DROP COLUMN kind__new;
COMMIT;
\echo 'undo step 4 of 24: done'

-- ============================================================================
-- Undo step 3 of 24, expand: Add state, seen, number, marked to r, empty and not insisting
--   Id:           r.state/expand/add-column
-- ============================================================================
\echo 'undo step 3 of 24: Add state, seen, number, marked to r, empty and not insisting'
BEGIN;
ALTER TABLE r DROP COLUMN marked;
ALTER TABLE r DROP COLUMN number;
ALTER TABLE r DROP COLUMN seen;
ALTER TABLE r DROP COLUMN state;
COMMIT;
\echo 'undo step 3 of 24: done'

-- ============================================================================
-- Undo step 2 of 24, expand: Create the enum r_state
--   Id:           r_state/expand/create-enum
-- ============================================================================
\echo 'undo step 2 of 24: Create the enum r_state'
BEGIN;
DROP TYPE r_state;
COMMIT;
\echo 'undo step 2 of 24: done'

-- ============================================================================
-- Undo step 1 of 24, expand: Create the enum r_kind
--   Id:           r_kind/expand/create-enum
-- ============================================================================
\echo 'undo step 1 of 24: Create the enum r_kind'
BEGIN;
DROP TYPE r_kind;
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
