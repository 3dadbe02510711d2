-- WARNING: rollback is destructive — tb data will be lost: rows of t that agree in what tb held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — t.b data will be lost: values of bb that b cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_passed_moving
-- A unique key becomes an index of its name, and an index a unique key, while their columns move
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
-- Check: step 19 must be done before this: Drop the old column b of u. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'u' AND a.attname = 'b' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 19 must be done before this: Drop the old column b of u', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of t agree in (b) (b is bb by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM t WHERE bb IS NOT NULL GROUP BY bb HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of t agree in (b) (b is bb by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 20 of 20, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 20 of 20: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 20 of 20: done'

-- ============================================================================
-- Undo step 19 of 20, contract: Drop the old column b of u
--   Id:           u.bb/contract/drop-old
-- ============================================================================
\echo 'undo step 19 of 20: Drop the old column b of u'
BEGIN;
ALTER TABLE u ADD COLUMN b integer;
COMMIT;
\echo 'undo step 19 of 20: done'

-- ============================================================================
-- Undo step 18 of 20, contract: Stop keeping b and bb of u equal
--   Id:           u.bb/contract/stop-sync
-- ============================================================================
\echo 'undo step 18 of 20: Stop keeping b and bb of u equal'
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
CREATE OR REPLACE FUNCTION zz_u__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns b > bb (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.b := OLD.b; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.bb := OLD.bb; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.b::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.b IS NOT NULL AND NEW.bb IS NOT NULL THEN 'both'
      WHEN NEW.b IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.b)::record *<> ROW(OLD.b)::record THEN CASE WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.bb := (SELECT b FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.bb)::record *= ROW(NEW.bb)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.bb := (SELECT b FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'u__sync', TG_OP, 'bb', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bb := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.b := (SELECT bb FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'u__sync', TG_OP, 'b', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.b := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.b::text, NEW.bb::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_u__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_u__sync" BEFORE INSERT OR UPDATE ON u FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_u__sync('first');
CREATE TRIGGER "~zz_u__sync" BEFORE INSERT OR UPDATE ON u FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_u__sync();
CREATE TRIGGER "~zz_u__sync_kept" BEFORE UPDATE ON u FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.b)::record *<> ROW(OLD.b)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.bb)::record *<> ROW(OLD.bb)::record) EXECUTE FUNCTION zz_u__sync('kept');
COMMIT;
\echo 'undo step 18 of 20: done'

-- ============================================================================
-- Undo step 17 of 20, contract: From here the way back computes b of u again
--   Id:           u.bb/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 17 of 20: From here the way back computes b of u again'
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
  this_work CONSTANT text := 'u.bb/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'u'::regclass AND attname IN ('b')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'u'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 u.id%TYPE;
  hi1 u.id%TYPE;
  stop1 u.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM u ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM u ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM u WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM u WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE u SET b = bb WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (b) = (bb) OR ((b) IS NULL AND (bb) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM u WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE u SET b = bb WHERE id = one.id AND ((CASE WHEN (b) = (bb) OR ((b) IS NULL AND (bb) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM u WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of u could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 17 of 20: done'

-- ============================================================================
-- Undo step 16 of 20, contract: Drop what hangs on the old column b of u
--   Id:           u.bb/contract/drop-old-members
-- ============================================================================
\echo 'undo step 16 of 20: Drop what hangs on the old column b of u'
BEGIN;
CREATE INDEX ub__old ON u (b);
COMMIT;
\echo 'undo step 16 of 20: done'

-- ============================================================================
-- Undo step 15 of 20, contract: Drop the old column b of t
--   Id:           t.bb/contract/drop-old
--   Loses:        values of bb that b cannot hold
-- ============================================================================
\echo 'undo step 15 of 20: Drop the old column b of t'
BEGIN;
ALTER TABLE t ADD COLUMN b integer;
COMMIT;
\echo 'undo step 15 of 20: done'

-- ============================================================================
-- Undo step 14 of 20, contract: Stop keeping b and bb of t equal
--   Id:           t.bb/contract/stop-sync
-- ============================================================================
\echo 'undo step 14 of 20: Stop keeping b and bb of t equal'
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns b > bb (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.b := OLD.b; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.bb := OLD.bb; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.b::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.b IS NOT NULL AND NEW.bb IS NOT NULL THEN 'both'
      WHEN NEW.b IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.b)::record *<> ROW(OLD.b)::record THEN CASE WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.bb := (SELECT CAST(b AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.bb)::record *= ROW(NEW.bb)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.bb := (SELECT CAST(b AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'bb', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bb := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.b := (SELECT CAST(bb AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'b', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.b := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.b::text, NEW.bb::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync('first');
CREATE TRIGGER "~zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER "~zz_t__sync_kept" BEFORE UPDATE ON t FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.b)::record *<> ROW(OLD.b)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.bb)::record *<> ROW(OLD.bb)::record) EXECUTE FUNCTION zz_t__sync('kept');
COMMIT;
\echo 'undo step 14 of 20: done'

-- ============================================================================
-- Undo step 13 of 20, contract: From here the way back computes b of t again
--   Id:           t.bb/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 13 of 20: From here the way back computes b of t again'
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
  this_work CONSTANT text := 't.bb/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 't'::regclass AND attname IN ('b')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 t.id%TYPE;
  hi1 t.id%TYPE;
  stop1 t.id%TYPE;
  held1 t.b%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM t ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM t ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE t SET b = CAST(bb AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (b) = (CAST(bb AS integer)) OR ((b) IS NULL AND (CAST(bb AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE t SET b = CAST(bb AS integer) WHERE id = one.id AND ((CASE WHEN (b) = (CAST(bb AS integer)) OR ((b) IS NULL AND (CAST(bb AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(bb AS integer) INTO forgelua.held1 FROM t WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE t SET b = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of t could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 13 of 20: done'

-- ============================================================================
-- Undo step 12 of 20, switch: Let bb of u lead
--   Id:           u.bb/switch/swap
-- ============================================================================
\echo 'undo step 12 of 20: Let bb of u lead'
BEGIN;
DROP TRIGGER "~zz_u__sync" ON u;
DROP TRIGGER "!zz_u__sync" ON u;
DROP TRIGGER IF EXISTS "~zz_u__sync_kept" ON u;
DROP FUNCTION zz_u__sync();
ALTER TABLE u RENAME CONSTRAINT ub TO ub__new;
ALTER INDEX ub__old RENAME TO ub;
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
CREATE OR REPLACE FUNCTION zz_u__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns b > bb (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.b := OLD.b; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.bb := OLD.bb; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.b::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.b IS NOT NULL AND NEW.bb IS NOT NULL THEN 'both'
      WHEN NEW.bb IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.b)::record *<> ROW(OLD.b)::record THEN CASE WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.bb := (SELECT b FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.bb)::record *= ROW(NEW.bb)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.bb := (SELECT b FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'u__sync', TG_OP, 'bb', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bb := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.b := (SELECT bb FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'u__sync', TG_OP, 'b', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.b := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_16afae15_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.b::text, NEW.bb::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_u__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_u__sync" BEFORE INSERT OR UPDATE ON u FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_u__sync('first');
CREATE TRIGGER "~zz_u__sync" BEFORE INSERT OR UPDATE ON u FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_u__sync();
CREATE TRIGGER "~zz_u__sync_kept" BEFORE UPDATE ON u FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.b)::record *<> ROW(OLD.b)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.bb)::record *<> ROW(OLD.bb)::record) EXECUTE FUNCTION zz_u__sync('kept');
COMMIT;
\echo 'undo step 12 of 20: done'

-- ============================================================================
-- Undo step 11 of 20, switch: Turn the index into the unique constraint ub__new on u
--   Id:           u.ub__new/switch/use-index
-- ============================================================================
\echo 'undo step 11 of 20: Turn the index into the unique constraint ub__new on u'
BEGIN;
ALTER TABLE u DROP CONSTRAINT ub__new;
COMMIT;
\echo 'undo step 11 of 20: done'

-- ============================================================================
-- Undo step 10 of 20, switch: Build the unique index ub__new on u
--   Id:           u.ub__new/switch/build-index
-- ============================================================================
\echo 'undo step 10 of 20: Build the unique index ub__new on u'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS ub__new;
SET lock_timeout = '2s';
\echo 'undo step 10 of 20: done'

-- ============================================================================
-- Undo step 9 of 20, switch: Let bb of t lead
--   Id:           t.bb/switch/swap
-- ============================================================================
\echo 'undo step 9 of 20: Let bb of t lead'
BEGIN;
DROP TRIGGER "~zz_t__sync" ON t;
DROP TRIGGER "!zz_t__sync" ON t;
DROP TRIGGER IF EXISTS "~zz_t__sync_kept" ON t;
DROP FUNCTION zz_t__sync();
ALTER INDEX tb RENAME TO tb__new;
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns b > bb (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.b := OLD.b; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.bb := OLD.bb; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.b::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.bb::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.b IS NOT NULL AND NEW.bb IS NOT NULL THEN 'both'
      WHEN NEW.bb IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.b)::record *<> ROW(OLD.b)::record THEN CASE WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.bb)::record *<> ROW(OLD.bb)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.bb := (SELECT CAST(b AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.bb)::record *= ROW(NEW.bb)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.bb := (SELECT CAST(b AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'bb', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bb := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.b := (SELECT CAST(bb AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'b', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.b := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.b::text, NEW.bb::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync('first');
CREATE TRIGGER "~zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER "~zz_t__sync_kept" BEFORE UPDATE ON t FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.b)::record *<> ROW(OLD.b)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.bb)::record *<> ROW(OLD.bb)::record) EXECUTE FUNCTION zz_t__sync('kept');
COMMIT;
\echo 'undo step 9 of 20: done'

-- ============================================================================
-- Undo step 8 of 20, switch: Drop the unique constraint tb on t
--   Id:           t.tb/switch/drop-unique-constraint
--   Loses:        rows of t that agree in what tb held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 8 of 20: Drop the unique constraint tb on t'
BEGIN;
ALTER TABLE t ADD CONSTRAINT tb UNIQUE (b);
COMMIT;
\echo 'undo step 8 of 20: done'

-- ============================================================================
-- Undo step 7 of 20, migrate: Convert b of u into bb
--   Id:           u.bb/migrate/backfill
-- ============================================================================
\echo 'undo step 7 of 20: Convert b of u into bb'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 20: done'

-- ============================================================================
-- Undo step 6 of 20, migrate: Keep b and bb of u equal
--   Id:           u.bb/migrate/sync
-- ============================================================================
\echo 'undo step 6 of 20: Keep b and bb of u equal'
BEGIN;
DROP TRIGGER "~zz_u__sync" ON u;
DROP TRIGGER "!zz_u__sync" ON u;
DROP TRIGGER IF EXISTS "~zz_u__sync_kept" ON u;
DROP FUNCTION zz_u__sync();
COMMIT;
\echo 'undo step 6 of 20: done'

-- ============================================================================
-- Undo step 5 of 20, migrate: Build the index tb__new on t
--   Id:           t.tb__new/migrate/build-index
-- ============================================================================
\echo 'undo step 5 of 20: Build the index tb__new on t'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS tb__new;
SET lock_timeout = '2s';
\echo 'undo step 5 of 20: done'

-- ============================================================================
-- Undo step 4 of 20, migrate: Convert b of t into bb
--   Id:           t.bb/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 20: Convert b of t into bb'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 20: done'

-- ============================================================================
-- Undo step 3 of 20, migrate: Keep b and bb of t equal
--   Id:           t.bb/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 20: Keep b and bb of t equal'
BEGIN;
DROP TRIGGER "~zz_t__sync" ON t;
DROP TRIGGER "!zz_t__sync" ON t;
DROP TRIGGER IF EXISTS "~zz_t__sync_kept" ON t;
DROP FUNCTION zz_t__sync();
COMMIT;
\echo 'undo step 3 of 20: done'

-- ============================================================================
-- Undo step 2 of 20, expand: Add bb beside b in u
--   Id:           u.bb/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 20: Add bb beside b in u'
BEGIN;
ALTER TABLE u DROP COLUMN bb;
COMMIT;
\echo 'undo step 2 of 20: done'

-- ============================================================================
-- Undo step 1 of 20, expand: Add bb beside b in t
--   Id:           t.bb/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 20: Add bb beside b in t'
BEGIN;
ALTER TABLE t DROP COLUMN bb;
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
\echo 'undo step 1 of 20: done'

\echo 'rollback: done'
