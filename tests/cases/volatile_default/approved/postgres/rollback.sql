-- Rollback, every phase of migration volatile_default
-- New columns whose default or backfill gives another value each time
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
-- Check: step 9 must be done before this: Drop the trigger that filled token, draw of tickets. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tickets' AND t.tgname = '~zz_tickets__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must be done before this: Drop the trigger that filled token, draw of tickets', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: add_column tickets.token. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tickets' AND a.attname = 'token' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(60)' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_column tickets.token', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 10 of 10, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 10 of 10: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 10 of 10: done'

-- ============================================================================
-- Undo step 9 of 10, contract: Drop the trigger that filled token, draw of tickets
--   Id:           tickets.token/contract/stop-filling
-- ============================================================================
\echo 'undo step 9 of 10: Drop the trigger that filled token, draw of tickets'
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
CREATE OR REPLACE FUNCTION zz_tickets__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > token (old)  > draw (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_370a53d7_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.token IS NULL AND (forgelua_seen IS NULL OR NEW.token::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.token := (SELECT gen_random_uuid()::text FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tickets__sync', TG_OP, 'token', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.token := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF coalesce(forgelua_seen[5], '') = 'true' AND NOT (NEW.draw::text IS DISTINCT FROM forgelua_seen[3]) AND (NEW.place::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.draw := (SELECT place || random()::text FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tickets__sync', TG_OP, 'draw', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.draw := NULL;
    END;
  ELSIF NEW.draw IS NULL AND (forgelua_seen IS NULL OR NEW.place::text IS DISTINCT FROM forgelua_seen[2] OR NEW.draw::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.draw := (SELECT place || random()::text FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tickets__sync', TG_OP, 'draw', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.draw := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.place)::record *<> ROW(OLD.place)::record AND NOT ROW(NEW.draw)::record *<> ROW(OLD.draw)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.draw := (SELECT place || random()::text FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.draw)::record *= ROW(OLD.draw)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.draw := (SELECT place || random()::text FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'tickets__sync', TG_OP, 'draw', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.draw := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_370a53d7_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_370a53d7_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.token::text, NEW.place::text, NEW.draw::text, (forgelua_made[1])::text, (forgelua_made[2])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_tickets__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_tickets__sync" BEFORE INSERT OR UPDATE ON tickets FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tickets__sync('first');
CREATE TRIGGER "~zz_tickets__sync" BEFORE INSERT OR UPDATE ON tickets FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tickets__sync();
COMMIT;
\echo 'undo step 9 of 10: done'

-- ============================================================================
-- Undo step 8 of 10, contract: Set the default of tickets.token
--   Id:           tickets.token/contract/default
-- ============================================================================
\echo 'undo step 8 of 10: Set the default of tickets.token'
BEGIN;
ALTER TABLE tickets ALTER COLUMN token DROP DEFAULT;
COMMIT;
\echo 'undo step 8 of 10: done'

-- ============================================================================
-- Undo step 7 of 10, switch: Make tickets.token NOT NULL
--   Id:           tickets.token/switch/not-null
-- ============================================================================
\echo 'undo step 7 of 10: Make tickets.token NOT NULL'
BEGIN;
ALTER TABLE tickets ADD CONSTRAINT tickets_token_not_null CHECK (token IS NOT NULL);
ALTER TABLE tickets ALTER COLUMN token DROP NOT NULL;
COMMIT;
\echo 'undo step 7 of 10: done'

-- ============================================================================
-- Undo step 6 of 10, switch: Validate that no row has NULL in tickets.token
--   Id:           tickets.token/switch/not-null-validate
-- ============================================================================
\echo 'undo step 6 of 10: Validate that no row has NULL in tickets.token'
BEGIN;
ALTER TABLE tickets DROP CONSTRAINT tickets_token_not_null, ADD CONSTRAINT tickets_token_not_null CHECK (token IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 6 of 10: done'

-- ============================================================================
-- Undo step 5 of 10, switch: Refuse new NULLs in tickets.token
--   Id:           tickets.token/switch/not-null-guard
-- ============================================================================
\echo 'undo step 5 of 10: Refuse new NULLs in tickets.token'
BEGIN;
ALTER TABLE tickets DROP CONSTRAINT tickets_token_not_null;
COMMIT;
\echo 'undo step 5 of 10: done'

-- ============================================================================
-- Undo step 4 of 10, migrate: Backfill draw of tickets
--   Id:           tickets.draw/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 10: Backfill draw of tickets'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 10: done'

-- ============================================================================
-- Undo step 3 of 10, migrate: Backfill token of tickets
--   Id:           tickets.token/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 10: Backfill token of tickets'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 10: done'

-- ============================================================================
-- Undo step 2 of 10, migrate: Keep token, draw of tickets filled for new rows
--   Id:           tickets.token/migrate/keep-filled
-- ============================================================================
\echo 'undo step 2 of 10: Keep token, draw of tickets filled for new rows'
BEGIN;
DROP TRIGGER "~zz_tickets__sync" ON tickets;
DROP TRIGGER "!zz_tickets__sync" ON tickets;
DROP FUNCTION zz_tickets__sync();
COMMIT;
\echo 'undo step 2 of 10: done'

-- ============================================================================
-- Undo step 1 of 10, expand: Add token, draw to tickets, empty and not insisting
--   Id:           tickets.token/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 10: Add token, draw to tickets, empty and not insisting'
BEGIN;
ALTER TABLE tickets DROP COLUMN draw;
ALTER TABLE tickets DROP COLUMN token;
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
\echo 'undo step 1 of 10: done'

\echo 'rollback: done'
