-- Rollback, every phase of migration filled_from_renamed_key
-- New columns are computed from keys that get another name in place, their own table's and another one's
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
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
-- Check: step 7 must be done before this: Drop the trigger that filled twice, organisation of users. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND t.tgname = '~zz_users__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Drop the trigger that filled twice, organisation of users', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Rename users.id to uid. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'uid' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Rename users.id to uid', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the trigger that filled twice, organisation of users
--   Id:           users.twice/contract/stop-filling
-- ============================================================================
\echo 'undo step 7 of 8: Drop the trigger that filled twice, organisation of users'
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
-- forgelua: fill  > twice (old)  > organisation (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[5], '') = 'true' AND NOT (NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.uid::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.twice := (SELECT uid * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
  ELSIF NEW.twice IS NULL AND (forgelua_seen IS NULL OR NEW.uid::text IS DISTINCT FROM forgelua_seen[1] OR NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.twice := (SELECT uid * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.uid)::record *<> ROW(OLD.uid)::record AND NOT ROW(NEW.twice)::record *<> ROW(OLD.twice)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.twice := (SELECT uid * 2 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.twice)::record *= ROW(OLD.twice)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.twice := (SELECT uid * 2 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.twice := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[6], '') = 'true' AND NOT (NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) AND (NEW.uid::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
  ELSIF NEW.organisation IS NULL AND (forgelua_seen IS NULL OR NEW.uid::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3] OR NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.uid, NEW.account_id)::record *<> ROW(OLD.uid, OLD.account_id)::record AND NOT ROW(NEW.organisation)::record *<> ROW(OLD.organisation)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT OLD.*) AS users);
        forgelua_side := CASE WHEN ROW(forgelua_probe.organisation)::record *= ROW(OLD.organisation)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.uid > 0) FROM (SELECT NEW.*) AS users);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.organisation := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.uid::text, NEW.twice::text, NEW.account_id::text, NEW.organisation::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Rename users.id to uid
--   Id:           users.id/switch/rename
-- ============================================================================
\echo 'undo step 6 of 8: Rename users.id to uid'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP FUNCTION zz_users__sync();
ALTER TABLE users RENAME COLUMN uid TO id;
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
-- forgelua: fill  > twice (old)  > organisation (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[5], '') = 'true' AND NOT (NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
  ELSIF NEW.twice IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT ROW(NEW.twice)::record *<> ROW(OLD.twice)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.twice := (SELECT id * 2 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.twice)::record *= ROW(OLD.twice)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.twice := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[6], '') = 'true' AND NOT (NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
  ELSIF NEW.organisation IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3] OR NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id, NEW.account_id)::record *<> ROW(OLD.id, OLD.account_id)::record AND NOT ROW(NEW.organisation)::record *<> ROW(OLD.organisation)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT OLD.*) AS users);
        forgelua_side := CASE WHEN ROW(forgelua_probe.organisation)::record *= ROW(OLD.organisation)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.account = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.organisation := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.id::text, NEW.twice::text, NEW.account_id::text, NEW.organisation::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Rename accounts.id to account
--   Id:           accounts.id/switch/rename
-- ============================================================================
\echo 'undo step 5 of 8: Rename accounts.id to account'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP FUNCTION zz_users__sync();
ALTER TABLE accounts RENAME COLUMN account TO id;
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
-- forgelua: fill  > twice (old)  > organisation (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[5], '') = 'true' AND NOT (NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
  ELSIF NEW.twice IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT ROW(NEW.twice)::record *<> ROW(OLD.twice)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.twice := (SELECT id * 2 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.twice)::record *= ROW(OLD.twice)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.twice := (SELECT id * 2 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.twice := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[6], '') = 'true' AND NOT (NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
  ELSIF NEW.organisation IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.account_id::text IS DISTINCT FROM forgelua_seen[3] OR NEW.organisation::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.organisation := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id, NEW.account_id)::record *<> ROW(OLD.id, OLD.account_id)::record AND NOT ROW(NEW.organisation)::record *<> ROW(OLD.organisation)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT OLD.*) AS users);
        forgelua_side := CASE WHEN ROW(forgelua_probe.organisation)::record *= ROW(OLD.organisation)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.organisation := (SELECT (SELECT a.organisation FROM accounts a WHERE a.id = users.account_id AND users.id > 0) FROM (SELECT NEW.*) AS users);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'organisation', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.organisation := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.id::text, NEW.twice::text, NEW.account_id::text, NEW.organisation::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, migrate: Backfill organisation of users
--   Id:           users.organisation/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 8: Backfill organisation of users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Backfill twice of users
--   Id:           users.twice/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 8: Backfill twice of users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep twice, organisation of users filled for new rows
--   Id:           users.twice/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 8: Keep twice, organisation of users filled for new rows'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add twice, organisation to users, empty and not insisting
--   Id:           users.twice/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 8: Add twice, organisation to users, empty and not insisting'
BEGIN;
ALTER TABLE users DROP COLUMN organisation;
ALTER TABLE users DROP COLUMN twice;
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
\echo 'undo step 1 of 8: done'

\echo 'rollback: done'
