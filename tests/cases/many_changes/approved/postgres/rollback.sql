-- WARNING: rollback is destructive — users.name data will be lost: values of full_name that name cannot hold: they come back as '', and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — users.name data will be lost: values of full_name that name cannot hold; values of age that age cannot hold.
-- WARNING: rollback is destructive — users.legacy data will be lost: the values of users.legacy: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration many_changes
-- Five changes of one table cost one copy at most
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
-- Check: step 17 must be done before this: Drop users.legacy. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'legacy' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 17 must be done before this: Drop users.legacy', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 18 of 18, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 18 of 18: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 18 of 18: done'

-- ============================================================================
-- Undo step 17 of 18, contract: Drop users.legacy
--   Id:           users.legacy/contract/drop-column
--   Loses:        the values of users.legacy: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 17 of 18: Drop users.legacy'
BEGIN;
ALTER TABLE users ADD COLUMN legacy text;
COMMIT;
\echo 'undo step 17 of 18: done'

-- ============================================================================
-- Undo step 16 of 18, contract: Drop the old column name, age__old of users
--   Id:           users.full_name/contract/drop-old
--   Loses:        values of full_name that name cannot hold; values of age that age cannot hold
-- ============================================================================
\echo 'undo step 16 of 18: Drop the old column name, age__old of users'
BEGIN;
ALTER TABLE users ADD COLUMN age__old integer;
ALTER TABLE users ADD COLUMN name varchar(80);
COMMIT;
\echo 'undo step 16 of 18: done'

-- ============================================================================
-- Undo step 15 of 18, contract: Stop keeping name, age__old and full_name, age of users equal
--   Id:           users.full_name/contract/stop-sync
-- ============================================================================
\echo 'undo step 15 of 18: Stop keeping name, age__old and full_name, age of users equal'
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
-- forgelua: columns name > full_name (new) age__old > age (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.age__old := OLD.age__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.full_name := OLD.full_name; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.age := OLD.age; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.full_name::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.full_name::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.name IS NOT NULL AND NEW.full_name IS NOT NULL THEN 'both'
      WHEN NEW.name IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN CASE WHEN ROW(NEW.full_name)::record *<> ROW(OLD.full_name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.full_name)::record *<> ROW(OLD.full_name)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.full_name := (SELECT name FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.full_name)::record *= ROW(NEW.full_name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.full_name := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'full_name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.full_name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.name := (SELECT full_name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.age__old::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.age::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.age::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.age__old IS NOT NULL AND NEW.age IS NOT NULL THEN 'both'
      WHEN NEW.age__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.age__old)::record *<> ROW(OLD.age__old)::record THEN CASE WHEN ROW(NEW.age)::record *<> ROW(OLD.age)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.age)::record *<> ROW(OLD.age)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.age := (SELECT CAST(age__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.age)::record *= ROW(NEW.age)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.age := (SELECT CAST(age__old AS bigint) FROM (SELECT NEW.*) AS r);
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
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.age__old := (SELECT CAST(age AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'age__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.age__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.full_name::text, NEW.age__old::text, NEW.age::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
CREATE TRIGGER "~zz_users__sync_kept" BEFORE UPDATE ON users FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.age__old)::record *<> ROW(OLD.name, OLD.age__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.full_name, NEW.age)::record *<> ROW(OLD.full_name, OLD.age)::record) EXECUTE FUNCTION zz_users__sync('kept');
COMMIT;
\echo 'undo step 15 of 18: done'

-- ============================================================================
-- Undo step 14 of 18, contract: From here the way back computes name, age__old of users again
--   Id:           users.full_name/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 14 of 18: From here the way back computes name, age__old of users again'
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
  this_work CONSTANT text := 'users.full_name/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'users'::regclass AND attname IN ('name', 'age__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'users'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 users.id%TYPE;
  hi1 users.id%TYPE;
  stop1 users.id%TYPE;
  held1 users.name%TYPE;
  held2 users.age__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 10500, forgelua.token);
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
      UPDATE users SET name = full_name, age__old = CAST(age AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (name) = (full_name) OR ((name) IS NULL AND (full_name) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (age__old) = (CAST(age AS integer)) OR ((age__old) IS NULL AND (CAST(age AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE users SET name = full_name, age__old = CAST(age AS integer) WHERE id = one.id AND ((CASE WHEN (name) = (full_name) OR ((name) IS NULL AND (full_name) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (age__old) = (CAST(age AS integer)) OR ((age__old) IS NULL AND (CAST(age AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT full_name INTO forgelua.held1 FROM users WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT CAST(age AS integer) INTO forgelua.held2 FROM users WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE users SET name = forgelua.held1, age__old = forgelua.held2 WHERE id = one.id;
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
\echo 'undo step 14 of 18: done'

-- ============================================================================
-- Undo step 13 of 18, contract: Drop what hangs on the old column name, age__old of users
--   Id:           users.full_name/contract/drop-old-members
-- ============================================================================
\echo 'undo step 13 of 18: Drop what hangs on the old column name, age__old of users'
BEGIN;
CREATE INDEX users_age_idx__old ON users (age__old);
COMMIT;
\echo 'undo step 13 of 18: done'

-- ============================================================================
-- Undo step 12 of 18, switch: Let full_name, age of users lead
--   Id:           users.full_name/switch/swap
-- ============================================================================
\echo 'undo step 12 of 18: Let full_name, age of users lead'
BEGIN;
LOCK TABLE users IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['users']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['users']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP TRIGGER IF EXISTS "~zz_users__sync_kept" ON users;
DROP FUNCTION zz_users__sync();
ALTER INDEX users_age_idx RENAME TO users_age_idx__new;
ALTER INDEX users_age_idx__old RENAME TO users_age_idx;
ALTER TABLE users RENAME COLUMN age TO age__new;
ALTER TABLE users RENAME COLUMN age__old TO age;
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
-- forgelua: columns name > full_name (old) age > age__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.age := OLD.age; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.full_name := OLD.full_name; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.age__new := OLD.age__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.full_name::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.full_name::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.name IS NOT NULL AND NEW.full_name IS NOT NULL THEN 'both'
      WHEN NEW.full_name IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN CASE WHEN ROW(NEW.full_name)::record *<> ROW(OLD.full_name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.full_name)::record *<> ROW(OLD.full_name)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.full_name := (SELECT name FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.full_name)::record *= ROW(NEW.full_name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.full_name := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'full_name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.full_name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.name := (SELECT full_name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.age::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.age__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.age__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.age IS NOT NULL AND NEW.age__new IS NOT NULL THEN 'both'
      WHEN NEW.age__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.age)::record *<> ROW(OLD.age)::record THEN CASE WHEN ROW(NEW.age__new)::record *<> ROW(OLD.age__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.age__new)::record *<> ROW(OLD.age__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.age__new := (SELECT CAST(age AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.age__new)::record *= ROW(NEW.age__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.age__new := (SELECT CAST(age AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'age__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.age__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.age := (SELECT CAST(age__new AS integer) FROM (SELECT NEW.*) AS r);
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
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.full_name::text, NEW.age::text, NEW.age__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
CREATE TRIGGER "~zz_users__sync_kept" BEFORE UPDATE ON users FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.age)::record *<> ROW(OLD.name, OLD.age)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.full_name, NEW.age__new)::record *<> ROW(OLD.full_name, OLD.age__new)::record) EXECUTE FUNCTION zz_users__sync('kept');
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
\echo 'undo step 12 of 18: done'

-- ============================================================================
-- Undo step 11 of 18, switch: Validate the check age_ok on users
--   Id:           users.age_ok/switch/validate
-- ============================================================================
\echo 'undo step 11 of 18: Validate the check age_ok on users'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok, ADD CONSTRAINT age_ok CHECK (age__new >= 0) NOT VALID;
COMMIT;
\echo 'undo step 11 of 18: done'

-- ============================================================================
-- Undo step 10 of 18, switch: Add the check age_ok on users, not yet validated
--   Id:           users.age_ok/switch/add-not-valid
-- ============================================================================
\echo 'undo step 10 of 18: Add the check age_ok on users, not yet validated'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok;
COMMIT;
\echo 'undo step 10 of 18: done'

-- ============================================================================
-- Undo step 9 of 18, switch: Make users.full_name NOT NULL
--   Id:           users.full_name/switch/not-null
-- ============================================================================
\echo 'undo step 9 of 18: Make users.full_name NOT NULL'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_full_name_not_null CHECK (full_name IS NOT NULL);
ALTER TABLE users ALTER COLUMN full_name DROP NOT NULL;
COMMIT;
\echo 'undo step 9 of 18: done'

-- ============================================================================
-- Undo step 8 of 18, switch: Validate that no row has NULL in users.full_name
--   Id:           users.full_name/switch/not-null-validate
-- ============================================================================
\echo 'undo step 8 of 18: Validate that no row has NULL in users.full_name'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_full_name_not_null, ADD CONSTRAINT users_full_name_not_null CHECK (full_name IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 8 of 18: done'

-- ============================================================================
-- Undo step 7 of 18, switch: Refuse new NULLs in users.full_name
--   Id:           users.full_name/switch/not-null-guard
-- ============================================================================
\echo 'undo step 7 of 18: Refuse new NULLs in users.full_name'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_full_name_not_null;
COMMIT;
\echo 'undo step 7 of 18: done'

-- ============================================================================
-- Undo step 6 of 18, migrate: Build the index users_age_idx__new on users
--   Id:           users.users_age_idx__new/migrate/build-index
-- ============================================================================
\echo 'undo step 6 of 18: Build the index users_age_idx__new on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_age_idx__new;
SET lock_timeout = '2s';
\echo 'undo step 6 of 18: done'

-- ============================================================================
-- Undo step 5 of 18, migrate: Convert name, age of users into full_name, age__new
--   Id:           users.full_name/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 18: Convert name, age of users into full_name, age__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 18: done'

-- ============================================================================
-- Undo step 4 of 18, migrate: Keep name, age and full_name, age__new of users equal
--   Id:           users.full_name/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 18: Keep name, age and full_name, age__new of users equal'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP TRIGGER IF EXISTS "~zz_users__sync_kept" ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 4 of 18: done'

-- ============================================================================
-- Undo step 3 of 18, migrate: Allow NULL in users.name for as long as both columns live
--   Id:           users.name/migrate/relax
--   Estimate:     under 1 s
--   Loses:        values of full_name that name cannot hold: they come back as '', and are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 3 of 18: Allow NULL in users.name for as long as both columns live'
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
  this_work CONSTANT text := 'users.name/migrate/relax (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'users'::regclass AND attname IN ('name')
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
    VALUES (forgelua.this_work, 10500, forgelua.token);
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
      UPDATE users SET name = '' WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (name IS NULL);
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
          UPDATE users SET name = '' WHERE id = one.id AND (name IS NULL);
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
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
COMMIT;
\echo 'undo step 3 of 18: done'

-- ============================================================================
-- Undo step 2 of 18, expand: Add full_name, age__new beside name, age in users
--   Id:           users.full_name/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 18: Add full_name, age__new beside name, age in users'
BEGIN;
ALTER TABLE users DROP COLUMN age__new;
ALTER TABLE users DROP COLUMN full_name;
COMMIT;
\echo 'undo step 2 of 18: done'

-- ============================================================================
-- Undo step 1 of 18, expand: Add users.phone
--   Id:           users.phone/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 18: Add users.phone'
BEGIN;
ALTER TABLE users DROP COLUMN phone;
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
\echo 'undo step 1 of 18: done'

\echo 'rollback: done'
