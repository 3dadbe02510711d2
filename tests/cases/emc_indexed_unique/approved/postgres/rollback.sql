-- Rollback, every phase of migration emc_indexed_unique
-- Everyone gets a code
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
-- Check: step 8 must be done before this: Drop the trigger that filled code of users. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND t.tgname = '~zz_users__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must be done before this: Drop the trigger that filled code of users', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 7 must be done before this: Build the unique index users_code_idx on users. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND x.relname = 'users_code_idx' AND i.indisvalid AND i.indisunique = true AND i.indnkeyatts = 1 AND i.indnatts = 1 AND (i.indpred IS NOT NULL) = false AND x.relam = (SELECT m.oid FROM pg_am m WHERE m.amname = 'btree') AND i.indoption::text = '0' AND i.indnullsnotdistinct = false AND ARRAY(SELECT unnest(x.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(x.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Build the unique index users_code_idx on users', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop the trigger that filled code of users
--   Id:           users.code/contract/stop-filling
-- ============================================================================
\echo 'undo step 8 of 9: Drop the trigger that filled code of users'
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
-- forgelua: fill  > code (old);
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
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.code::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.id::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.code := (SELECT 'c-' || id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  ELSIF NEW.code IS NULL AND (forgelua_seen IS NULL OR NEW.id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.code::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.code := (SELECT 'c-' || id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'users__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.code := (SELECT 'c-' || id FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.code)::record *= ROW(OLD.code)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.code := (SELECT 'c-' || id FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'users__sync', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.code := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_52ecc932_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.id::text, NEW.code::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync('first');
CREATE TRIGGER "~zz_users__sync" BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, switch: Build the unique index users_code_idx on users
--   Id:           users.users_code_idx/switch/build-index
-- ============================================================================
\echo 'undo step 7 of 9: Build the unique index users_code_idx on users'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS users_code_idx;
SET lock_timeout = '2s';
\echo 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, switch: Make users.code NOT NULL
--   Id:           users.code/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 9: Make users.code NOT NULL'
BEGIN;
ALTER TABLE users ADD CONSTRAINT users_code_not_null CHECK (code IS NOT NULL);
ALTER TABLE users ALTER COLUMN code DROP NOT NULL;
COMMIT;
\echo 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Validate that no row has NULL in users.code
--   Id:           users.code/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 9: Validate that no row has NULL in users.code'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_code_not_null, ADD CONSTRAINT users_code_not_null CHECK (code IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Refuse new NULLs in users.code
--   Id:           users.code/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 9: Refuse new NULLs in users.code'
BEGIN;
ALTER TABLE users DROP CONSTRAINT users_code_not_null;
COMMIT;
\echo 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Backfill code of users
--   Id:           users.code/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 9: Backfill code of users'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep code of users filled for new rows
--   Id:           users.code/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 9: Keep code of users filled for new rows'
BEGIN;
DROP TRIGGER "~zz_users__sync" ON users;
DROP TRIGGER "!zz_users__sync" ON users;
DROP FUNCTION zz_users__sync();
COMMIT;
\echo 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Add code to users, empty and not insisting
--   Id:           users.code/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 9: Add code to users, empty and not insisting'
BEGIN;
ALTER TABLE users DROP COLUMN code;
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
\echo 'undo step 1 of 9: done'

\echo 'rollback: done'
