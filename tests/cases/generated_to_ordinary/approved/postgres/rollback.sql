-- WARNING: rollback is destructive — sums.total data will be lost: what is written to sums.total: the way back computes it again.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration generated_to_ordinary
-- A computed column is written from now on
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 2 must be done before this: Drop the trigger that computed sums.total. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sums' AND t.tgname = '~zz_sums__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Drop the trigger that computed sums.total', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 3 of 3, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 3 of 3: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, contract: Drop the trigger that computed sums.total
--   Id:           sums.total/contract/stop-computing
-- ============================================================================
\echo 'undo step 2 of 3: Drop the trigger that computed sums.total'
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
CREATE OR REPLACE FUNCTION zz_sums__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > total (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_544ff188_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[4], '') = 'true' AND NOT (NEW.total::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.a::text IS DISTINCT FROM forgelua_seen[1] OR NEW.b::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.total := (SELECT a + b FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'sums__sync', TG_OP, 'total', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.total := NULL;
    END;
  ELSIF NEW.total IS NULL AND (forgelua_seen IS NULL OR NEW.a::text IS DISTINCT FROM forgelua_seen[1] OR NEW.b::text IS DISTINCT FROM forgelua_seen[2] OR NEW.total::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.total := (SELECT a + b FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'sums__sync', TG_OP, 'total', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.total := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.a, NEW.b)::record *<> ROW(OLD.a, OLD.b)::record AND NOT ROW(NEW.total)::record *<> ROW(OLD.total)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.total := (SELECT a + b FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.total)::record *= ROW(OLD.total)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.total := (SELECT a + b FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'sums__sync', TG_OP, 'total', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.total := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_544ff188_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_544ff188_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.a::text, NEW.b::text, NEW.total::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_sums__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_sums__sync" BEFORE INSERT OR UPDATE ON sums FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_sums__sync('first');
CREATE TRIGGER "~zz_sums__sync" BEFORE INSERT OR UPDATE ON sums FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_sums__sync();
COMMIT;
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Change the expression of sums.total
--   Id:           sums.total/switch/generated
--   Loses:        what is written to sums.total: the way back computes it again
-- ============================================================================
\echo 'undo step 1 of 3: Change the expression of sums.total'
BEGIN;
DROP TRIGGER "~zz_sums__sync" ON sums;
DROP TRIGGER "!zz_sums__sync" ON sums;
DROP FUNCTION zz_sums__sync();
ALTER TABLE sums DROP COLUMN total, ADD COLUMN total integer GENERATED ALWAYS AS (a + b) STORED;
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
\echo 'undo step 1 of 3: done'

\echo 'rollback: done'
