-- Rollback, every phase of migration emc_composite_key
-- Votes are weighted
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
-- Check: step 7 must be done before this: Drop the trigger that filled weight of votes. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'votes' AND t.tgname = '~zz_votes__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Drop the trigger that filled weight of votes', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Make votes.weight NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'votes' AND a.attname = 'weight' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Make votes.weight NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: add_column votes.weight. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'votes' AND a.attname = 'weight' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_column votes.weight', '1', forgelua_actual;
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
-- Undo step 7 of 8, contract: Drop the trigger that filled weight of votes
--   Id:           votes.weight/contract/stop-filling
-- ============================================================================
\echo 'undo step 7 of 8: Drop the trigger that filled weight of votes'
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
CREATE OR REPLACE FUNCTION zz_votes__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > weight (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_9c120991_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.weight::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.v::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.weight := (SELECT coalesce(v, 0) * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'votes__sync', TG_OP, 'weight', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.weight := NULL;
    END;
  ELSIF NEW.weight IS NULL AND (forgelua_seen IS NULL OR NEW.v::text IS DISTINCT FROM forgelua_seen[1] OR NEW.weight::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.weight := (SELECT coalesce(v, 0) * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'votes__sync', TG_OP, 'weight', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.weight := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.v)::record *<> ROW(OLD.v)::record AND NOT ROW(NEW.weight)::record *<> ROW(OLD.weight)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.weight := (SELECT coalesce(v, 0) * 2 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.weight)::record *= ROW(OLD.weight)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.weight := (SELECT coalesce(v, 0) * 2 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'votes__sync', TG_OP, 'weight', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.weight := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_9c120991_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_9c120991_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.v::text, NEW.weight::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_votes__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_votes__sync" BEFORE INSERT OR UPDATE ON votes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_votes__sync('first');
CREATE TRIGGER "~zz_votes__sync" BEFORE INSERT OR UPDATE ON votes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_votes__sync();
COMMIT;
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, switch: Make votes.weight NOT NULL
--   Id:           votes.weight/switch/not-null
-- ============================================================================
\echo 'undo step 6 of 8: Make votes.weight NOT NULL'
BEGIN;
ALTER TABLE votes ADD CONSTRAINT votes_weight_not_null CHECK (weight IS NOT NULL);
ALTER TABLE votes ALTER COLUMN weight DROP NOT NULL;
COMMIT;
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, switch: Validate that no row has NULL in votes.weight
--   Id:           votes.weight/switch/not-null-validate
-- ============================================================================
\echo 'undo step 5 of 8: Validate that no row has NULL in votes.weight'
BEGIN;
ALTER TABLE votes DROP CONSTRAINT votes_weight_not_null, ADD CONSTRAINT votes_weight_not_null CHECK (weight IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Refuse new NULLs in votes.weight
--   Id:           votes.weight/switch/not-null-guard
-- ============================================================================
\echo 'undo step 4 of 8: Refuse new NULLs in votes.weight'
BEGIN;
ALTER TABLE votes DROP CONSTRAINT votes_weight_not_null;
COMMIT;
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Backfill weight of votes
--   Id:           votes.weight/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 8: Backfill weight of votes'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep weight of votes filled for new rows
--   Id:           votes.weight/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 8: Keep weight of votes filled for new rows'
BEGIN;
DROP TRIGGER "~zz_votes__sync" ON votes;
DROP TRIGGER "!zz_votes__sync" ON votes;
DROP FUNCTION zz_votes__sync();
COMMIT;
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add weight to votes, empty and not insisting
--   Id:           votes.weight/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 8: Add weight to votes, empty and not insisting'
BEGIN;
ALTER TABLE votes DROP COLUMN weight;
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
