-- WARNING: rollback is destructive — scores data will be lost: the NULLs of scores.base: the way back leaves the values that the backfill gave them.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration fills_read_old_values
-- Two columns are filled, one from what the other held before
-- postgres 15; strategy expand_migrate_contract; risk medium; forgelua 0.1.0
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
-- Check: step 8 must be done before this: Drop the trigger that filled base, bonus of scores. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'scores' AND t.tgname = '~zz_scores__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must be done before this: Drop the trigger that filled base, bonus of scores', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 7 must be done before this: Make scores.base NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'scores' AND a.attname = 'base' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Make scores.base NOT NULL', '1', forgelua_actual;
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
-- Undo step 8 of 9, contract: Drop the trigger that filled base, bonus of scores
--   Id:           scores.base/contract/stop-filling
-- ============================================================================
\echo 'undo step 8 of 9: Drop the trigger that filled base, bonus of scores'
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
CREATE OR REPLACE FUNCTION zz_scores__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > bonus (old)  > base (new);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_37c3a2ef_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.bonus::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.base::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.bonus := (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'scores__sync', TG_OP, 'bonus', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bonus := NULL;
    END;
  ELSIF NEW.bonus IS NULL AND (forgelua_seen IS NULL OR NEW.base::text IS DISTINCT FROM forgelua_seen[1] OR NEW.bonus::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.bonus := (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'scores__sync', TG_OP, 'bonus', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.bonus := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.base)::record *<> ROW(OLD.base)::record AND NOT ROW(NEW.bonus)::record *<> ROW(OLD.bonus)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.bonus := (SELECT COALESCE(base, 0) + 1 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.bonus)::record *= ROW(OLD.bonus)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.bonus := (SELECT COALESCE(base, 0) + 1 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'scores__sync', TG_OP, 'bonus', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.bonus := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF NEW.base IS NULL AND (forgelua_seen IS NULL OR NEW.base::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.base := (SELECT COALESCE(base, 100) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'scores__sync', TG_OP, 'base', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.base := NULL;
    END;
    forgelua_made[2] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_37c3a2ef_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_37c3a2ef_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.base::text, NEW.bonus::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_scores__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_scores__sync" BEFORE INSERT OR UPDATE ON scores FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_scores__sync('first');
CREATE TRIGGER "~zz_scores__sync" BEFORE INSERT OR UPDATE ON scores FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_scores__sync();
COMMIT;
\echo 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, switch: Make scores.base NOT NULL
--   Id:           scores.base/switch/not-null
-- ============================================================================
\echo 'undo step 7 of 9: Make scores.base NOT NULL'
BEGIN;
ALTER TABLE scores ADD CONSTRAINT scores_base_not_null CHECK (base IS NOT NULL);
ALTER TABLE scores ALTER COLUMN base DROP NOT NULL;
COMMIT;
\echo 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, switch: Validate that no row has NULL in scores.base
--   Id:           scores.base/switch/not-null-validate
-- ============================================================================
\echo 'undo step 6 of 9: Validate that no row has NULL in scores.base'
BEGIN;
ALTER TABLE scores DROP CONSTRAINT scores_base_not_null, ADD CONSTRAINT scores_base_not_null CHECK (base IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, switch: Refuse new NULLs in scores.base
--   Id:           scores.base/switch/not-null-guard
-- ============================================================================
\echo 'undo step 5 of 9: Refuse new NULLs in scores.base'
BEGIN;
ALTER TABLE scores DROP CONSTRAINT scores_base_not_null;
COMMIT;
\echo 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, migrate: Backfill base of scores
--   Id:           scores.base/migrate/backfill
--   Loses:        the NULLs of scores.base: the way back leaves the values that the backfill gave them
-- ============================================================================
\echo 'undo step 4 of 9: Backfill base of scores'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Backfill bonus of scores
--   Id:           scores.bonus/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 9: Backfill bonus of scores'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Keep base, bonus of scores filled for new rows
--   Id:           scores.base/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 9: Keep base, bonus of scores filled for new rows'
BEGIN;
DROP TRIGGER "~zz_scores__sync" ON scores;
DROP TRIGGER "!zz_scores__sync" ON scores;
DROP FUNCTION zz_scores__sync();
COMMIT;
\echo 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Add bonus to scores, empty and not insisting
--   Id:           scores.bonus/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 9: Add bonus to scores, empty and not insisting'
BEGIN;
ALTER TABLE scores DROP COLUMN bonus;
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
