-- Phase migrate, schema of migration emc_backfill_not_null
-- Everyone is in a group
-- postgres 15; strategy expand_migrate_contract; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/2-migrate.sql

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
-- Step 2 of 8, migrate: Keep grp of users filled for new rows
--   Id:           users.grp/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
\echo 'step 2 of 8: Keep grp of users filled for new rows'
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
-- forgelua: fill  > grp (old);
#variable_conflict use_column
DECLARE
  forgelua_side text;
  forgelua_follows text;
  forgelua_probe record;
BEGIN
  IF current_setting('forgelua.backfill', true) IN ('on', 'copy') THEN RETURN NEW; END IF;
  IF NEW.grp IS NULL THEN
    BEGIN
      NEW.grp := (SELECT CASE WHEN age > 60 THEN 'old' ELSE 'young' END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        VALUES ('users__sync', TG_OP, 'grp', to_jsonb(NEW), forgelua_code, forgelua_text);
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      NEW.grp := NULL;
    END;
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_users__sync() FROM PUBLIC;
CREATE TRIGGER zz_users__sync BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION zz_users__sync();
COMMIT;
-- Application: From here the new application may write grp itself; what it writes stands.
\echo 'forward: done'
