-- WARNING: rollback is destructive — ab.a_id data will be lost: values of ab.a_id that integer cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — p.id data will be lost: values of p.id that integer cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — abx.a__old data will be lost: values of a that a cannot hold.
-- WARNING: rollback is destructive — c.p__old data will be lost: values of p that p cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_renamed_and_wider
-- Keys that other tables refer to get another name and a wider type at once
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
-- Check: step 24 must be done before this: Drop the old column p__old of c. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND a.attname = 'p__old' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 24 must be done before this: Drop the old column p__old of c', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column c.p. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND a.attname = 'p' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column c.p', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every id of p can be held as integer (id is pid by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM p WHERE pid < -2147483648 OR pid > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every id of p can be held as integer (id is pid by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every a_id of ab can be held as integer (a_id is aid by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM ab WHERE aid < -2147483648 OR aid > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every a_id of ab can be held as integer (a_id is aid by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 25 of 25, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 25 of 25: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 25 of 25: done'

-- ============================================================================
-- Undo step 24 of 25, contract: Drop the old column p__old of c
--   Id:           c.p/contract/drop-old
--   Loses:        values of p that p cannot hold
-- ============================================================================
\echo 'undo step 24 of 25: Drop the old column p__old of c'
BEGIN;
ALTER TABLE c ADD COLUMN p__old integer;
COMMIT;
\echo 'undo step 24 of 25: done'

-- ============================================================================
-- Undo step 23 of 25, contract: Stop keeping p__old and p of c equal
--   Id:           c.p/contract/stop-sync
-- ============================================================================
\echo 'undo step 23 of 25: Stop keeping p__old and p of c equal'
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns p__old > p (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p__old := OLD.p__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p := OLD.p; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p__old IS NOT NULL AND NEW.p IS NOT NULL THEN 'both'
      WHEN NEW.p__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p__old)::record *<> ROW(OLD.p__old)::record THEN CASE WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p := (SELECT CAST(p__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.p)::record *= ROW(NEW.p)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p := (SELECT CAST(p__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p__old := (SELECT CAST(p AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p__old::text, NEW.p::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p__old)::record *<> ROW(OLD.p__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p)::record *<> ROW(OLD.p)::record) EXECUTE FUNCTION zz_c__sync('kept');
COMMIT;
\echo 'undo step 23 of 25: done'

-- ============================================================================
-- Undo step 22 of 25, contract: From here the way back computes p__old of c again
--   Id:           c.p/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 22 of 25: From here the way back computes p__old of c again'
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
  this_work CONSTANT text := 'c.p/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c'::regclass AND attname IN ('p__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'c'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 c.id%TYPE;
  hi1 c.id%TYPE;
  stop1 c.id%TYPE;
  held1 c.p__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM c ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM c ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE c SET p__old = CAST(p AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (p__old) = (CAST(p AS integer)) OR ((p__old) IS NULL AND (CAST(p AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE c SET p__old = CAST(p AS integer) WHERE id = one.id AND ((CASE WHEN (p__old) = (CAST(p AS integer)) OR ((p__old) IS NULL AND (CAST(p AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(p AS integer) INTO forgelua.held1 FROM c WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE c SET p__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of c could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 22 of 25: done'

-- ============================================================================
-- Undo step 21 of 25, contract: Drop what hangs on the old column p__old of c
--   Id:           c.p/contract/drop-old-members
-- ============================================================================
\echo 'undo step 21 of 25: Drop what hangs on the old column p__old of c'
BEGIN;
ALTER TABLE c ADD CONSTRAINT c_p_fkey__old FOREIGN KEY (p__old) REFERENCES p (pid);
COMMIT;
\echo 'undo step 21 of 25: done'

-- ============================================================================
-- Undo step 20 of 25, contract: Drop the old column a__old of abx
--   Id:           abx.a/contract/drop-old
--   Loses:        values of a that a cannot hold
-- ============================================================================
\echo 'undo step 20 of 25: Drop the old column a__old of abx'
BEGIN;
ALTER TABLE abx ADD COLUMN a__old integer;
COMMIT;
\echo 'undo step 20 of 25: done'

-- ============================================================================
-- Undo step 19 of 25, contract: Stop keeping a__old and a of abx equal
--   Id:           abx.a/contract/stop-sync
-- ============================================================================
\echo 'undo step 19 of 25: Stop keeping a__old and a of abx equal'
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
CREATE OR REPLACE FUNCTION zz_abx__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns a__old > a (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.a__old := OLD.a__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.a := OLD.a; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.a__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.a__old IS NOT NULL AND NEW.a IS NOT NULL THEN 'both'
      WHEN NEW.a__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.a__old)::record *<> ROW(OLD.a__old)::record THEN CASE WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.a := (SELECT CAST(a__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.a)::record *= ROW(NEW.a)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.a := (SELECT CAST(a__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.a__old := (SELECT CAST(a AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.a__old::text, NEW.a::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_abx__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync('first');
CREATE TRIGGER "~zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync();
CREATE TRIGGER "~zz_abx__sync_kept" BEFORE UPDATE ON abx FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.a__old)::record *<> ROW(OLD.a__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.a)::record *<> ROW(OLD.a)::record) EXECUTE FUNCTION zz_abx__sync('kept');
COMMIT;
\echo 'undo step 19 of 25: done'

-- ============================================================================
-- Undo step 18 of 25, contract: From here the way back computes a__old of abx again
--   Id:           abx.a/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 18 of 25: From here the way back computes a__old of abx again'
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
  this_work CONSTANT text := 'abx.a/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'abx'::regclass AND attname IN ('a__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'abx'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 abx.id%TYPE;
  hi1 abx.id%TYPE;
  stop1 abx.id%TYPE;
  held1 abx.a__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM abx ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM abx ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM abx WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM abx WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE abx SET a__old = CAST(a AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (a__old) = (CAST(a AS integer)) OR ((a__old) IS NULL AND (CAST(a AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM abx WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE abx SET a__old = CAST(a AS integer) WHERE id = one.id AND ((CASE WHEN (a__old) = (CAST(a AS integer)) OR ((a__old) IS NULL AND (CAST(a AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(a AS integer) INTO forgelua.held1 FROM abx WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE abx SET a__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM abx WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of abx could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 18 of 25: done'

-- ============================================================================
-- Undo step 17 of 25, contract: Drop what hangs on the old column a__old of abx
--   Id:           abx.a/contract/drop-old-members
-- ============================================================================
\echo 'undo step 17 of 25: Drop what hangs on the old column a__old of abx'
BEGIN;
ALTER TABLE abx ADD CONSTRAINT abxf__old FOREIGN KEY (a__old, b) REFERENCES ab (aid, b_id);
COMMIT;
\echo 'undo step 17 of 25: done'

-- ============================================================================
-- Undo step 16 of 25, switch: Rename p.id to pid
--   Id:           p.id/switch/rename
-- ============================================================================
\echo 'undo step 16 of 25: Rename p.id to pid'
BEGIN;
ALTER TABLE p RENAME COLUMN pid TO id;
COMMIT;
\echo 'undo step 16 of 25: done'

-- ============================================================================
-- Undo step 15 of 25, switch: Let the new p of c take over
--   Id:           c.p/switch/swap
-- ============================================================================
\echo 'undo step 15 of 25: Let the new p of c take over'
BEGIN;
LOCK TABLE c IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['c']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['c']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
ALTER TABLE c RENAME CONSTRAINT c_p_fkey TO c_p_fkey__new;
ALTER TABLE c RENAME CONSTRAINT c_p_fkey__old TO c_p_fkey;
ALTER TABLE c RENAME COLUMN p TO p__new;
ALTER TABLE c RENAME COLUMN p__old TO p;
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns p > p__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p := OLD.p; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p__new := OLD.p__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.p__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.p__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p IS NOT NULL AND NEW.p__new IS NOT NULL THEN 'both'
      WHEN NEW.p__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN CASE WHEN ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p__new := (SELECT CAST(p AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.p__new)::record *= ROW(NEW.p__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p__new := (SELECT CAST(p AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p := (SELECT CAST(p__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p::text, NEW.p__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p)::record *<> ROW(OLD.p)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record) EXECUTE FUNCTION zz_c__sync('kept');
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
\echo 'undo step 15 of 25: done'

-- ============================================================================
-- Undo step 14 of 25, switch: Validate the foreign key c_p_fkey__new on c
--   Id:           c.c_p_fkey__new/switch/validate
-- ============================================================================
\echo 'undo step 14 of 25: Validate the foreign key c_p_fkey__new on c'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_p_fkey__new, ADD CONSTRAINT c_p_fkey__new FOREIGN KEY (p__new) REFERENCES p (id) NOT VALID;
COMMIT;
\echo 'undo step 14 of 25: done'

-- ============================================================================
-- Undo step 13 of 25, switch: Add the foreign key c_p_fkey__new on c, not yet validated
--   Id:           c.c_p_fkey__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 13 of 25: Add the foreign key c_p_fkey__new on c, not yet validated'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_p_fkey__new;
COMMIT;
\echo 'undo step 13 of 25: done'

-- ============================================================================
-- Undo step 12 of 25, switch: Rename ab.a_id to aid
--   Id:           ab.a_id/switch/rename
-- ============================================================================
\echo 'undo step 12 of 25: Rename ab.a_id to aid'
BEGIN;
ALTER TABLE ab RENAME COLUMN aid TO a_id;
COMMIT;
\echo 'undo step 12 of 25: done'

-- ============================================================================
-- Undo step 11 of 25, switch: Let the new a of abx take over
--   Id:           abx.a/switch/swap
-- ============================================================================
\echo 'undo step 11 of 25: Let the new a of abx take over'
BEGIN;
LOCK TABLE abx IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['abx']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['abx']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_abx__sync" ON abx;
DROP TRIGGER "!zz_abx__sync" ON abx;
DROP TRIGGER IF EXISTS "~zz_abx__sync_kept" ON abx;
DROP FUNCTION zz_abx__sync();
ALTER TABLE abx RENAME CONSTRAINT abxf TO abxf__new;
ALTER TABLE abx RENAME CONSTRAINT abxf__old TO abxf;
ALTER TABLE abx RENAME COLUMN a TO a__new;
ALTER TABLE abx RENAME COLUMN a__old TO a;
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
CREATE OR REPLACE FUNCTION zz_abx__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns a > a__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.a := OLD.a; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.a__new := OLD.a__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.a__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.a__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.a IS NOT NULL AND NEW.a__new IS NOT NULL THEN 'both'
      WHEN NEW.a__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN CASE WHEN ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.a__new := (SELECT CAST(a AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.a__new)::record *= ROW(NEW.a__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.a__new := (SELECT CAST(a AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.a := (SELECT CAST(a__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.a::text, NEW.a__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_abx__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync('first');
CREATE TRIGGER "~zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync();
CREATE TRIGGER "~zz_abx__sync_kept" BEFORE UPDATE ON abx FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.a)::record *<> ROW(OLD.a)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record) EXECUTE FUNCTION zz_abx__sync('kept');
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
\echo 'undo step 11 of 25: done'

-- ============================================================================
-- Undo step 10 of 25, switch: Validate the foreign key abxf__new on abx
--   Id:           abx.abxf__new/switch/validate
-- ============================================================================
\echo 'undo step 10 of 25: Validate the foreign key abxf__new on abx'
BEGIN;
ALTER TABLE abx DROP CONSTRAINT abxf__new, ADD CONSTRAINT abxf__new FOREIGN KEY (a__new, b) REFERENCES ab (a_id, b_id) NOT VALID;
COMMIT;
\echo 'undo step 10 of 25: done'

-- ============================================================================
-- Undo step 9 of 25, switch: Add the foreign key abxf__new on abx, not yet validated
--   Id:           abx.abxf__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 9 of 25: Add the foreign key abxf__new on abx, not yet validated'
BEGIN;
ALTER TABLE abx DROP CONSTRAINT abxf__new;
COMMIT;
\echo 'undo step 9 of 25: done'

-- ============================================================================
-- Undo step 8 of 25, migrate: Convert p of c into p__new
--   Id:           c.p/migrate/backfill
-- ============================================================================
\echo 'undo step 8 of 25: Convert p of c into p__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 25: done'

-- ============================================================================
-- Undo step 7 of 25, migrate: Keep p and p__new of c equal
--   Id:           c.p/migrate/sync
-- ============================================================================
\echo 'undo step 7 of 25: Keep p and p__new of c equal'
BEGIN;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'undo step 7 of 25: done'

-- ============================================================================
-- Undo step 6 of 25, migrate: Convert a of abx into a__new
--   Id:           abx.a/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 25: Convert a of abx into a__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 25: done'

-- ============================================================================
-- Undo step 5 of 25, migrate: Keep a and a__new of abx equal
--   Id:           abx.a/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 25: Keep a and a__new of abx equal'
BEGIN;
DROP TRIGGER "~zz_abx__sync" ON abx;
DROP TRIGGER "!zz_abx__sync" ON abx;
DROP TRIGGER IF EXISTS "~zz_abx__sync_kept" ON abx;
DROP FUNCTION zz_abx__sync();
COMMIT;
\echo 'undo step 5 of 25: done'

-- ============================================================================
-- Undo step 4 of 25, expand: Add p__new beside p in c
--   Id:           c.p/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 25: Add p__new beside p in c'
BEGIN;
ALTER TABLE c DROP COLUMN p__new;
COMMIT;
\echo 'undo step 4 of 25: done'

-- ============================================================================
-- Undo step 3 of 25, expand: Change the type of p.id
--   Id:           p.id/expand/type
--   Loses:        values of p.id that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 25: Change the type of p.id'
BEGIN;
ALTER TABLE p ALTER COLUMN id TYPE integer USING CAST(id AS integer);
COMMIT;
\echo 'undo step 3 of 25: done'

-- ============================================================================
-- Undo step 2 of 25, expand: Add a__new beside a in abx
--   Id:           abx.a/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 25: Add a__new beside a in abx'
BEGIN;
ALTER TABLE abx DROP COLUMN a__new;
COMMIT;
\echo 'undo step 2 of 25: done'

-- ============================================================================
-- Undo step 1 of 25, expand: Change the type of ab.a_id
--   Id:           ab.a_id/expand/type
--   Loses:        values of ab.a_id that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 1 of 25: Change the type of ab.a_id'
BEGIN;
ALTER TABLE ab ALTER COLUMN a_id TYPE integer USING CAST(a_id AS integer);
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
\echo 'undo step 1 of 25: done'

\echo 'rollback: done'
