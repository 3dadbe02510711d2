-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.name: the way back leaves the values that the backfill gave them.
-- WARNING: rollback is destructive — goods data will be lost: the NULLs of goods.size: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration fills_beside_values
-- What stands in one column stays where another one of the row is filled
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
-- Check: step 16 must be done before this: Drop the trigger that filled name, size, stars, kind of goods. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND t.tgname = '~zz_goods__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 16 must be done before this: Drop the trigger that filled name, size, stars, kind of goods', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must be done before this: Make goods.name NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(20)' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must be done before this: Make goods.name NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 17 of 17: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 17 of 17: done'

-- ============================================================================
-- Undo step 16 of 17, contract: Drop the trigger that filled name, size, stars, kind of goods
--   Id:           goods.name/contract/stop-filling
-- ============================================================================
\echo 'undo step 16 of 17: Drop the trigger that filled name, size, stars, kind of goods'
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
CREATE OR REPLACE FUNCTION zz_goods__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > name (new)  > size (new)  > stars (old)  > kind (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.name IS NULL AND (forgelua_seen IS NULL OR NEW.name::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.name := (SELECT 'none' FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF NEW.size IS NULL AND (forgelua_seen IS NULL OR NEW.size::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.size := (SELECT 77 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
    forgelua_made[2] := true;
  END IF;
  IF NEW.stars IS NULL AND (forgelua_seen IS NULL OR NEW.stars::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.stars := (SELECT 5 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'stars', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.stars := NULL;
    END;
    forgelua_made[3] := true;
  END IF;
  IF coalesce(forgelua_seen[9], '') = 'true' AND NOT (NEW.kind::text IS DISTINCT FROM forgelua_seen[5]) AND (NEW.note::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.kind := (SELECT note FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
  ELSIF NEW.kind IS NULL AND (forgelua_seen IS NULL OR NEW.note::text IS DISTINCT FROM forgelua_seen[4] OR NEW.kind::text IS DISTINCT FROM forgelua_seen[5]) THEN
    BEGIN
      NEW.kind := (SELECT note FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.kind := NULL;
    END;
    forgelua_made[4] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.note)::record *<> ROW(OLD.note)::record AND NOT ROW(NEW.kind)::record *<> ROW(OLD.kind)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.kind := (SELECT note FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.kind)::record *= ROW(OLD.kind)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.kind := (SELECT note FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'goods__sync', TG_OP, 'kind', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.kind := NULL;
        END;
        forgelua_made[4] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.size::text, NEW.stars::text, NEW.note::text, NEW.kind::text, (forgelua_made[1])::text, (forgelua_made[2])::text, (forgelua_made[3])::text, (forgelua_made[4])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_goods__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync('first');
CREATE TRIGGER "~zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync();
COMMIT;
\echo 'undo step 16 of 17: done'

-- ============================================================================
-- Undo step 15 of 17, switch: Make goods.stars NOT NULL
--   Id:           goods.stars/switch/not-null
-- ============================================================================
\echo 'undo step 15 of 17: Make goods.stars NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_stars_not_null CHECK (stars IS NOT NULL);
ALTER TABLE goods ALTER COLUMN stars DROP NOT NULL;
COMMIT;
\echo 'undo step 15 of 17: done'

-- ============================================================================
-- Undo step 14 of 17, switch: Validate that no row has NULL in goods.stars
--   Id:           goods.stars/switch/not-null-validate
-- ============================================================================
\echo 'undo step 14 of 17: Validate that no row has NULL in goods.stars'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_stars_not_null, ADD CONSTRAINT goods_stars_not_null CHECK (stars IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 14 of 17: done'

-- ============================================================================
-- Undo step 13 of 17, switch: Refuse new NULLs in goods.stars
--   Id:           goods.stars/switch/not-null-guard
-- ============================================================================
\echo 'undo step 13 of 17: Refuse new NULLs in goods.stars'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_stars_not_null;
COMMIT;
\echo 'undo step 13 of 17: done'

-- ============================================================================
-- Undo step 12 of 17, switch: Make goods.size NOT NULL
--   Id:           goods.size/switch/not-null
-- ============================================================================
\echo 'undo step 12 of 17: Make goods.size NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_size_not_null CHECK (size IS NOT NULL);
ALTER TABLE goods ALTER COLUMN size DROP NOT NULL;
COMMIT;
\echo 'undo step 12 of 17: done'

-- ============================================================================
-- Undo step 11 of 17, switch: Validate that no row has NULL in goods.size
--   Id:           goods.size/switch/not-null-validate
-- ============================================================================
\echo 'undo step 11 of 17: Validate that no row has NULL in goods.size'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_size_not_null, ADD CONSTRAINT goods_size_not_null CHECK (size IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 11 of 17: done'

-- ============================================================================
-- Undo step 10 of 17, switch: Refuse new NULLs in goods.size
--   Id:           goods.size/switch/not-null-guard
-- ============================================================================
\echo 'undo step 10 of 17: Refuse new NULLs in goods.size'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_size_not_null;
COMMIT;
\echo 'undo step 10 of 17: done'

-- ============================================================================
-- Undo step 9 of 17, switch: Make goods.name NOT NULL
--   Id:           goods.name/switch/not-null
-- ============================================================================
\echo 'undo step 9 of 17: Make goods.name NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_name_not_null CHECK (name IS NOT NULL);
ALTER TABLE goods ALTER COLUMN name DROP NOT NULL;
COMMIT;
\echo 'undo step 9 of 17: done'

-- ============================================================================
-- Undo step 8 of 17, switch: Validate that no row has NULL in goods.name
--   Id:           goods.name/switch/not-null-validate
-- ============================================================================
\echo 'undo step 8 of 17: Validate that no row has NULL in goods.name'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_name_not_null, ADD CONSTRAINT goods_name_not_null CHECK (name IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 8 of 17: done'

-- ============================================================================
-- Undo step 7 of 17, switch: Refuse new NULLs in goods.name
--   Id:           goods.name/switch/not-null-guard
-- ============================================================================
\echo 'undo step 7 of 17: Refuse new NULLs in goods.name'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_name_not_null;
COMMIT;
\echo 'undo step 7 of 17: done'

-- ============================================================================
-- Undo step 6 of 17, migrate: Backfill kind of goods
--   Id:           goods.kind/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 17: Backfill kind of goods'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 17: done'

-- ============================================================================
-- Undo step 5 of 17, migrate: Backfill stars of goods
--   Id:           goods.stars/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 17: Backfill stars of goods'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 17: done'

-- ============================================================================
-- Undo step 4 of 17, migrate: Backfill size of goods
--   Id:           goods.size/migrate/backfill
--   Loses:        the NULLs of goods.size: the way back leaves the values that the backfill gave them
-- ============================================================================
\echo 'undo step 4 of 17: Backfill size of goods'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 17: done'

-- ============================================================================
-- Undo step 3 of 17, migrate: Backfill name of goods
--   Id:           goods.name/migrate/backfill
--   Loses:        the NULLs of goods.name: the way back leaves the values that the backfill gave them
-- ============================================================================
\echo 'undo step 3 of 17: Backfill name of goods'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 17: done'

-- ============================================================================
-- Undo step 2 of 17, migrate: Keep name, size, stars, kind of goods filled for new rows
--   Id:           goods.name/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 17: Keep name, size, stars, kind of goods filled for new rows'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP FUNCTION zz_goods__sync();
COMMIT;
\echo 'undo step 2 of 17: done'

-- ============================================================================
-- Undo step 1 of 17, expand: Add stars, kind to goods, empty and not insisting
--   Id:           goods.stars/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 17: Add stars, kind to goods, empty and not insisting'
BEGIN;
ALTER TABLE goods DROP COLUMN kind;
ALTER TABLE goods DROP COLUMN stars;
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
\echo 'undo step 1 of 17: done'

\echo 'rollback: done'
