-- Rollback, every phase of migration fills_read_other_rows
-- A column is filled from other rows of its own table, which is renamed, and one from another table, whose column is
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
-- Check: step 25 must be done before this: Drop the view that served the old name notes. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'notes' AND c.relkind IN ('v', 'm')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 25 must be done before this: Drop the view that served the old name notes', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 23 must be done before this: Drop the old column code of kinds. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'kinds' AND a.attname = 'code' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 23 must be done before this: Drop the old column code of kinds', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 26 of 26, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 26 of 26: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 26 of 26: done'

-- ============================================================================
-- Undo step 25 of 26, contract: Drop the view that served the old name notes
--   Id:           remarks/contract/drop-old-name
-- ============================================================================
\echo 'undo step 25 of 26: Drop the view that served the old name notes'
BEGIN;
CREATE VIEW notes AS
SELECT id, grp, place FROM remarks;
COMMIT;
\echo 'undo step 25 of 26: done'

-- ============================================================================
-- Undo step 24 of 26, contract: Drop the trigger that filled place of remarks
--   Id:           remarks.place/contract/stop-filling
-- ============================================================================
\echo 'undo step 24 of 26: Drop the trigger that filled place of remarks'
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
CREATE OR REPLACE FUNCTION zz_notes__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > place (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[4], '') = 'true' AND NOT (NEW.place::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.grp::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.place := (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.*) AS remarks);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
  ELSIF NEW.place IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.grp::text IS DISTINCT FROM forgelua_seen[2] OR NEW.place::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.place := (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.*) AS remarks);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id, NEW.grp)::record *<> ROW(OLD.id, OLD.grp)::record AND NOT ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.place := (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT OLD.*) AS remarks);
        forgelua_side := CASE WHEN ROW(forgelua_probe.place)::record *= ROW(OLD.place)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.place := (SELECT (SELECT count(*) FROM remarks x WHERE x.grp = remarks.grp AND x.id < remarks.id) FROM (SELECT NEW.*) AS remarks);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'notes__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.place := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.id::text, NEW.grp::text, NEW.place::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_notes__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_notes__sync" BEFORE INSERT OR UPDATE ON remarks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync('first');
CREATE TRIGGER "~zz_notes__sync" BEFORE INSERT OR UPDATE ON remarks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync();
COMMIT;
\echo 'undo step 24 of 26: done'

-- ============================================================================
-- Undo step 23 of 26, contract: Drop the old column code of kinds
--   Id:           kinds.abbr/contract/drop-old
-- ============================================================================
\echo 'undo step 23 of 26: Drop the old column code of kinds'
BEGIN;
ALTER TABLE kinds ADD COLUMN code varchar(5);
COMMIT;
\echo 'undo step 23 of 26: done'

-- ============================================================================
-- Undo step 22 of 26, contract: Stop keeping code and abbr of kinds equal
--   Id:           kinds.abbr/contract/stop-sync
-- ============================================================================
\echo 'undo step 22 of 26: Stop keeping code and abbr of kinds equal'
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
CREATE OR REPLACE FUNCTION zz_kinds__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns code > abbr (new);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.abbr := OLD.abbr; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.code::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.abbr::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.abbr::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.code IS NOT NULL AND NEW.abbr IS NOT NULL THEN 'both'
      WHEN NEW.code IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN CASE WHEN ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.abbr := (SELECT code FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.abbr)::record *= ROW(NEW.abbr)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.abbr := (SELECT code FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'kinds__sync', TG_OP, 'abbr', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.abbr := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.code := (SELECT abbr FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'kinds__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.code::text, NEW.abbr::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_kinds__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_kinds__sync" BEFORE INSERT OR UPDATE ON kinds FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_kinds__sync('first');
CREATE TRIGGER "~zz_kinds__sync" BEFORE INSERT OR UPDATE ON kinds FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_kinds__sync();
CREATE TRIGGER "~zz_kinds__sync_kept" BEFORE UPDATE ON kinds FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.code)::record *<> ROW(OLD.code)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record) EXECUTE FUNCTION zz_kinds__sync('kept');
COMMIT;
\echo 'undo step 22 of 26: done'

-- ============================================================================
-- Undo step 21 of 26, contract: From here the way back computes code of kinds again
--   Id:           kinds.abbr/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 21 of 26: From here the way back computes code of kinds again'
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
  this_work CONSTANT text := 'kinds.abbr/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'kinds'::regclass AND attname IN ('code')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'kinds'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 kinds.id%TYPE;
  hi1 kinds.id%TYPE;
  stop1 kinds.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'kinds'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM kinds ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM kinds ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM kinds WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM kinds WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE kinds SET code = abbr WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (code) = (abbr) OR ((code) IS NULL AND (abbr) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM kinds WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE kinds SET code = abbr WHERE id = one.id AND ((CASE WHEN (code) = (abbr) OR ((code) IS NULL AND (abbr) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM kinds WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of kinds could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 21 of 26: done'

-- ============================================================================
-- Undo step 20 of 26, contract: Drop the trigger that filled kind of items
--   Id:           items.kind/contract/stop-filling
-- ============================================================================
\echo 'undo step 20 of 26: Drop the trigger that filled kind of items'
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
CREATE OR REPLACE FUNCTION zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > kind (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[4], '') = 'true' AND NOT (NEW.kind::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.kind_id::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.kind := (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.*) AS items);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
  ELSIF NEW.kind IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.kind_id::text IS DISTINCT FROM forgelua_seen[2] OR NEW.kind::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.kind := (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.*) AS items);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id, NEW.kind_id)::record *<> ROW(OLD.id, OLD.kind_id)::record AND NOT ROW(NEW.kind)::record *<> ROW(OLD.kind)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.kind := (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT OLD.*) AS items);
        forgelua_side := CASE WHEN ROW(forgelua_probe.kind)::record *= ROW(OLD.kind)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.kind := (SELECT COALESCE((SELECT code FROM kinds WHERE kinds.id = items.kind_id), '-') FROM (SELECT NEW.*) AS items);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'items__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.kind := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.id::text, NEW.kind_id::text, NEW.kind::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 20 of 26: done'

-- ============================================================================
-- Undo step 19 of 26, switch: Rename the primary key notes_pkey to remarks_pkey
--   Id:           remarks.remarks_pkey/switch/rename
-- ============================================================================
\echo 'undo step 19 of 26: Rename the primary key notes_pkey to remarks_pkey'
BEGIN;
ALTER TABLE remarks RENAME CONSTRAINT remarks_pkey TO notes_pkey;
COMMIT;
\echo 'undo step 19 of 26: done'

-- ============================================================================
-- Undo step 18 of 26, switch: Rename notes to remarks
--   Id:           notes/switch/rename-table
-- ============================================================================
\echo 'undo step 18 of 26: Rename notes to remarks'
BEGIN;
LOCK TABLE notes, remarks IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['remarks', 'notes']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['remarks', 'notes']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW notes;
ALTER TABLE remarks RENAME TO notes;
CREATE VIEW remarks AS
SELECT id, grp FROM notes;
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
\echo 'undo step 18 of 26: done'

-- ============================================================================
-- Undo step 17 of 26, switch: Make notes.place NOT NULL
--   Id:           notes.place/switch/not-null
-- ============================================================================
\echo 'undo step 17 of 26: Make notes.place NOT NULL'
BEGIN;
ALTER TABLE notes ADD CONSTRAINT notes_place_not_null CHECK (place IS NOT NULL);
ALTER TABLE notes ALTER COLUMN place DROP NOT NULL;
COMMIT;
\echo 'undo step 17 of 26: done'

-- ============================================================================
-- Undo step 16 of 26, switch: Validate that no row has NULL in notes.place
--   Id:           notes.place/switch/not-null-validate
-- ============================================================================
\echo 'undo step 16 of 26: Validate that no row has NULL in notes.place'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_place_not_null, ADD CONSTRAINT notes_place_not_null CHECK (place IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 16 of 26: done'

-- ============================================================================
-- Undo step 15 of 26, switch: Refuse new NULLs in notes.place
--   Id:           notes.place/switch/not-null-guard
-- ============================================================================
\echo 'undo step 15 of 26: Refuse new NULLs in notes.place'
BEGIN;
ALTER TABLE notes DROP CONSTRAINT notes_place_not_null;
COMMIT;
\echo 'undo step 15 of 26: done'

-- ============================================================================
-- Undo step 14 of 26, switch: Let abbr of kinds lead
--   Id:           kinds.abbr/switch/swap
-- ============================================================================
\echo 'undo step 14 of 26: Let abbr of kinds lead'
BEGIN;
DROP TRIGGER "~zz_kinds__sync" ON kinds;
DROP TRIGGER "!zz_kinds__sync" ON kinds;
DROP TRIGGER IF EXISTS "~zz_kinds__sync_kept" ON kinds;
DROP FUNCTION zz_kinds__sync();
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
CREATE OR REPLACE FUNCTION zz_kinds__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns code > abbr (old);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.abbr := OLD.abbr; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.code::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.abbr::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.abbr::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.code IS NOT NULL AND NEW.abbr IS NOT NULL THEN 'both'
      WHEN NEW.abbr IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN CASE WHEN ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.abbr := (SELECT code FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.abbr)::record *= ROW(NEW.abbr)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.abbr := (SELECT code FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'kinds__sync', TG_OP, 'abbr', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.abbr := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.code := (SELECT abbr FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'kinds__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_21aa5e19_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.code::text, NEW.abbr::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_kinds__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_kinds__sync" BEFORE INSERT OR UPDATE ON kinds FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_kinds__sync('first');
CREATE TRIGGER "~zz_kinds__sync" BEFORE INSERT OR UPDATE ON kinds FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_kinds__sync();
CREATE TRIGGER "~zz_kinds__sync_kept" BEFORE UPDATE ON kinds FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.code)::record *<> ROW(OLD.code)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.abbr)::record *<> ROW(OLD.abbr)::record) EXECUTE FUNCTION zz_kinds__sync('kept');
COMMIT;
\echo 'undo step 14 of 26: done'

-- ============================================================================
-- Undo step 13 of 26, switch: Make items.kind NOT NULL
--   Id:           items.kind/switch/not-null
-- ============================================================================
\echo 'undo step 13 of 26: Make items.kind NOT NULL'
BEGIN;
ALTER TABLE items ADD CONSTRAINT items_kind_not_null CHECK (kind IS NOT NULL);
ALTER TABLE items ALTER COLUMN kind DROP NOT NULL;
COMMIT;
\echo 'undo step 13 of 26: done'

-- ============================================================================
-- Undo step 12 of 26, switch: Validate that no row has NULL in items.kind
--   Id:           items.kind/switch/not-null-validate
-- ============================================================================
\echo 'undo step 12 of 26: Validate that no row has NULL in items.kind'
BEGIN;
ALTER TABLE items DROP CONSTRAINT items_kind_not_null, ADD CONSTRAINT items_kind_not_null CHECK (kind IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 12 of 26: done'

-- ============================================================================
-- Undo step 11 of 26, switch: Refuse new NULLs in items.kind
--   Id:           items.kind/switch/not-null-guard
-- ============================================================================
\echo 'undo step 11 of 26: Refuse new NULLs in items.kind'
BEGIN;
ALTER TABLE items DROP CONSTRAINT items_kind_not_null;
COMMIT;
\echo 'undo step 11 of 26: done'

-- ============================================================================
-- Undo step 10 of 26, migrate: Backfill place of notes
--   Id:           notes.place/migrate/backfill
-- ============================================================================
\echo 'undo step 10 of 26: Backfill place of notes'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 10 of 26: done'

-- ============================================================================
-- Undo step 9 of 26, migrate: Keep place of notes filled for new rows
--   Id:           notes.place/migrate/keep-filled
-- ============================================================================
\echo 'undo step 9 of 26: Keep place of notes filled for new rows'
BEGIN;
DROP TRIGGER "~zz_notes__sync" ON notes;
DROP TRIGGER "!zz_notes__sync" ON notes;
DROP FUNCTION zz_notes__sync();
COMMIT;
\echo 'undo step 9 of 26: done'

-- ============================================================================
-- Undo step 8 of 26, migrate: Convert code of kinds into abbr
--   Id:           kinds.abbr/migrate/backfill
-- ============================================================================
\echo 'undo step 8 of 26: Convert code of kinds into abbr'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 26: done'

-- ============================================================================
-- Undo step 7 of 26, migrate: Keep code and abbr of kinds equal
--   Id:           kinds.abbr/migrate/sync
-- ============================================================================
\echo 'undo step 7 of 26: Keep code and abbr of kinds equal'
BEGIN;
DROP TRIGGER "~zz_kinds__sync" ON kinds;
DROP TRIGGER "!zz_kinds__sync" ON kinds;
DROP TRIGGER IF EXISTS "~zz_kinds__sync_kept" ON kinds;
DROP FUNCTION zz_kinds__sync();
COMMIT;
\echo 'undo step 7 of 26: done'

-- ============================================================================
-- Undo step 6 of 26, migrate: Backfill kind of items
--   Id:           items.kind/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 26: Backfill kind of items'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 26: done'

-- ============================================================================
-- Undo step 5 of 26, migrate: Keep kind of items filled for new rows
--   Id:           items.kind/migrate/keep-filled
-- ============================================================================
\echo 'undo step 5 of 26: Keep kind of items filled for new rows'
BEGIN;
DROP TRIGGER "~zz_items__sync" ON items;
DROP TRIGGER "!zz_items__sync" ON items;
DROP FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 5 of 26: done'

-- ============================================================================
-- Undo step 4 of 26, expand: Add place to notes, empty and not insisting
--   Id:           notes.place/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 26: Add place to notes, empty and not insisting'
BEGIN;
ALTER TABLE notes DROP COLUMN place;
COMMIT;
\echo 'undo step 4 of 26: done'

-- ============================================================================
-- Undo step 3 of 26, expand: Serve notes under its new name remarks by a view
--   Id:           remarks/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 3 of 26: Serve notes under its new name remarks by a view'
BEGIN;
DROP VIEW remarks;
COMMIT;
\echo 'undo step 3 of 26: done'

-- ============================================================================
-- Undo step 2 of 26, expand: Add abbr beside code in kinds
--   Id:           kinds.abbr/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 26: Add abbr beside code in kinds'
BEGIN;
ALTER TABLE kinds DROP COLUMN abbr;
COMMIT;
\echo 'undo step 2 of 26: done'

-- ============================================================================
-- Undo step 1 of 26, expand: Add kind to items, empty and not insisting
--   Id:           items.kind/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 26: Add kind to items, empty and not insisting'
BEGIN;
ALTER TABLE items DROP COLUMN kind;
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
\echo 'undo step 1 of 26: done'

\echo 'rollback: done'
