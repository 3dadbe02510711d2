-- Rollback, every phase of migration rename_required
-- The age, which everybody has, is called years
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
-- Check: step 10 must be done before this: Drop the old column age of users. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Drop the old column age of users', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must be done before this: Stop keeping age and years of users equal. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND t.tgname = '~zz_users__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must be done before this: Stop keeping age and years of users equal', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Make users.years NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'years' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Make users.years NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_column users.years. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'years' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_column users.years', '1', forgelua_actual;
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
-- Undo step 10 of 11, contract: Drop the old column age of users
--   Id:           users.years/contract/drop-old
-- ============================================================================
\echo 'undo step 10 of 11: Drop the old column age of users'
BEGIN;
ALTER TABLE users ADD COLUMN age integer;
COMMIT;
\echo 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Stop keeping age and years of users equal
--   Id:           users.years/contract/stop-sync
-- ============================================================================
\echo 'undo step 9 of 11: Stop keeping age and years of users equal'
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
CREATE OR REPLACE FUNCTION zz_users__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns age > years (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.age := OLD.age; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.years := OLD.years; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.age::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.years::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.years::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.age IS NOT NULL AND NEW.years IS NOT NULL THEN 'both'
      WHEN NEW.age IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.age)::record *<> ROW(OLD.age)::record THEN CASE WHEN ROW(NEW.years)::record *<> ROW(OLD.years)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.years)::record *<> ROW(OLD.years)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.years := (SELECT age FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.years)::record *= ROW(NEW.years)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.years := (SELECT age FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'years', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.years := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.age := (SELECT years FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'age', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.age := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.age::text, NEW.years::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
CREATE TRIGGER "~zz_users__sync_kept" BEFORE UPDATE ON users FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.age)::record *<> ROW(OLD.age)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.years)::record *<> ROW(OLD.years)::record) EXECUTE FUNCTION zz_users__sync('kept');
COMMIT;
\echo 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: From here the way back computes age of users again
--   Id:           users.years/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 8 of 11: From here the way back computes age of users again'
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
  this_work CONSTANT text := 'users.years/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'users'::regclass AND attname IN ('age')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'users'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 users.id%TYPE;
  hi1 users.id%TYPE;
  stop1 users.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 12004, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM users ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM users ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM users WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM users WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE users SET age = years WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (age) = (years) OR ((age) IS NULL AND (years) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM users WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE users SET age = years WHERE id = one.id AND ((CASE WHEN (age) = (years) OR ((age) IS NULL AND (years) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM users WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of users could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE users ALTER COLUMN age SET NOT NULL;
COMMIT;
\echo 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, switch: Let years of users lead
--   Id:           users.years/switch/swap
-- ============================================================================
\echo 'undo step 7 of 11: Let years of users lead'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP TRIGGER IF EXISTS "~zz_users__sync_kept" ON users;
DROP FUNCTION zz_users__sync();
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
CREATE OR REPLACE FUNCTION zz_users__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns age > years (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.age := OLD.age; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.years := OLD.years; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.age::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.years::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.years::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.age IS NOT NULL AND NEW.years IS NOT NULL THEN 'both'
      WHEN NEW.years IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.age)::record *<> ROW(OLD.age)::record THEN CASE WHEN ROW(NEW.years)::record *<> ROW(OLD.years)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.years)::record *<> ROW(OLD.years)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.years := (SELECT age FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.years)::record *= ROW(NEW.years)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.years := (SELECT age FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'years', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.years := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.age := (SELECT years FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'age', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.age := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.age::text, NEW.years::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
CREATE TRIGGER "~zz_users__sync_kept" BEFORE UPDATE ON users FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.age)::record *<> ROW(OLD.age)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.years)::record *<> ROW(OLD.years)::record) EXECUTE FUNCTION zz_users__sync('kept');
COMMIT;
\echo 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, switch: Make users.years NOT NULL
--   Id:           users.years/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 11: Make users.years NOT NULL'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_years_not_null CHECK (years IS NOT NULL);
ALTER TABLE users ALTER COLUMN years DROP NOT NULL;
COMMIT;
\echo 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, switch: Validate that no row has NULL in users.years
--   Id:           users.years/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 11: Validate that no row has NULL in users.years'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_years_not_null, ADD CONSTRAINT users_years_not_null CHECK (years IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, switch: Refuse new NULLs in users.years
--   Id:           users.years/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 11: Refuse new NULLs in users.years'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_years_not_null;
COMMIT;
\echo 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Convert age of users into years
--   Id:           users.years/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 11: Convert age of users into years'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Keep age and years of users equal
--   Id:           users.years/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 11: Keep age and years of users equal'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP TRIGGER IF EXISTS "~zz_users__sync_kept" ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Add years beside age in users
--   Id:           users.years/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 11: Add years beside age in users'
BEGIN;
ALTER TABLE users DROP COLUMN years;
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
