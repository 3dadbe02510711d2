-- Rollback, every phase of migration star_over_filled
-- A column is added and filled below a view that reads all columns
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
-- Check: step 4 must be done before this: Drop the trigger that filled twice of items. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND t.tgname = '~zz_items__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 must be done before this: Drop the trigger that filled twice of items', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 1 must be done before this: Add twice to items, empty and not insisting. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attname = 'twice' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must be done before this: Add twice to items, empty and not insisting', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 5 of 5: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, contract: Drop the trigger that filled twice of items
--   Id:           items.twice/contract/stop-filling
-- ============================================================================
\echo 'undo step 4 of 5: Drop the trigger that filled twice of items'
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
-- forgelua: fill  > twice (old);
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
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.amount::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.twice := (SELECT amount * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
  ELSIF NEW.twice IS NULL AND (forgelua_seen IS NULL OR NEW.amount::text IS DISTINCT FROM forgelua_seen[1] OR NEW.twice::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.twice := (SELECT amount * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.twice := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.amount)::record *<> ROW(OLD.amount)::record AND NOT ROW(NEW.twice)::record *<> ROW(OLD.twice)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.twice := (SELECT amount * 2 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.twice)::record *= ROW(OLD.twice)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.twice := (SELECT amount * 2 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'items__sync', TG_OP, 'twice', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.twice::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, migrate: Backfill twice of items
--   Id:           items.twice/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 5: Backfill twice of items'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, migrate: Keep twice of items filled for new rows
--   Id:           items.twice/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 5: Keep twice of items filled for new rows'
BEGIN;
DROP TRIGGER "~zz_items__sync" ON items;
DROP TRIGGER "!zz_items__sync" ON items;
DROP FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, expand: Add twice to items, empty and not insisting
--   Id:           items.twice/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 5: Add twice to items, empty and not insisting'
BEGIN;
DROP VIEW amounts;
DROP VIEW all_items;
ALTER TABLE items DROP COLUMN twice;
CREATE VIEW all_items AS
SELECT * FROM items;
CREATE VIEW amounts AS
SELECT amount FROM all_items;
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
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
