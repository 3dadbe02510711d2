-- Forward, every phase of migration odd_names
-- Names with spaces, quotes and letters of other alphabets
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — sp ace, quo`te, dou"ble of Ünï Tab as the old schema held it

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
-- Check: step 1 must not be done at this point: Change the type of Ünï Tab.日本. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'Ünï Tab' AND a.attname = '日本' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(25)' AND NOT a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Change the type of Ünï Tab.日本', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 11 must not be done at this point: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'Ünï Tab' AND a.attname = 'sp ace' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must not be done at this point: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 15, expand: Change the type of Ünï Tab.日本
--   Id:           Ünï Tab.日本/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of Ünï Tab.日本 that varchar(5) cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 1 of 15: Change the type of Ünï Tab.日本'
BEGIN;
ALTER TABLE "Ünï Tab" ALTER COLUMN "日本" DROP DEFAULT, ALTER COLUMN "日本" TYPE varchar(25), ALTER COLUMN "日本" SET DEFAULT 'é''';
COMMIT;
\echo 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, expand: Add room, quo`te2, dou"bles beside sp ace, quo`te, dou"ble in Ünï Tab
--   Id:           Ünï Tab.room/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 15: Add room, quo`te2, dou"bles beside sp ace, quo`te, dou"ble in Ünï Tab'
BEGIN;
ALTER TABLE "Ünï Tab" ADD COLUMN room varchar(19);
ALTER TABLE "Ünï Tab" ADD COLUMN "quo`te2" bigint;
ALTER TABLE "Ünï Tab" ADD COLUMN "dou""bles" varchar(25);
COMMIT;
\echo 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Keep sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal
--   Id:           Ünï Tab.room/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync, default for null
-- ============================================================================
\echo 'step 3 of 15: Keep sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal'
-- Check: every row of Ünï Tab gives room a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM "Ünï Tab" WHERE (COALESCE("sp ace", 'né')) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of Ünï Tab gives room a value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
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
CREATE OR REPLACE FUNCTION "zz_Ünï Tab__sync"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns sp ace > room (old) quo`te > quo`te2 (old) dou"ble > dou"bles (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."sp ace" := OLD."sp ace"; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."quo`te" := OLD."quo`te"; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."dou""ble" := OLD."dou""ble"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.room := OLD.room; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."quo`te2" := OLD."quo`te2"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."dou""bles" := OLD."dou""bles"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."sp ace"::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.room::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.room::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."sp ace" IS NOT NULL AND NEW.room IS NOT NULL THEN 'both'
      WHEN NEW.room IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."sp ace")::record *<> ROW(OLD."sp ace")::record THEN CASE WHEN ROW(NEW.room)::record *<> ROW(OLD.room)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.room)::record *<> ROW(OLD.room)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.room := (SELECT COALESCE("sp ace", 'né') FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.room)::record *= ROW(NEW.room)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.room := (SELECT COALESCE("sp ace", 'né') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.room := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."sp ace" := (SELECT room FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'sp ace', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."sp ace" := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."quo`te"::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW."quo`te2"::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW."quo`te2"::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."quo`te" IS NOT NULL AND NEW."quo`te2" IS NOT NULL THEN 'both'
      WHEN NEW."quo`te2" IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."quo`te")::record *<> ROW(OLD."quo`te")::record THEN CASE WHEN ROW(NEW."quo`te2")::record *<> ROW(OLD."quo`te2")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."quo`te2")::record *<> ROW(OLD."quo`te2")::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."quo`te2" := (SELECT CAST("quo`te" AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."quo`te2")::record *= ROW(NEW."quo`te2")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."quo`te2" := (SELECT CAST("quo`te" AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'quo`te2', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."quo`te2" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."quo`te" := (SELECT CAST("quo`te2" AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'quo`te', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."quo`te" := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."dou""ble"::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."dou""bles"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."dou""bles"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."dou""ble" IS NOT NULL AND NEW."dou""bles" IS NOT NULL THEN 'both'
      WHEN NEW."dou""bles" IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."dou""ble")::record *<> ROW(OLD."dou""ble")::record THEN CASE WHEN ROW(NEW."dou""bles")::record *<> ROW(OLD."dou""bles")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."dou""bles")::record *<> ROW(OLD."dou""bles")::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."dou""bles" := (SELECT "dou""ble" FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."dou""bles")::record *= ROW(NEW."dou""bles")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."dou""bles" := (SELECT "dou""ble" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'dou"bles', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."dou""bles" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."dou""ble" := (SELECT "dou""bles" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'dou"ble', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."dou""ble" := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW."sp ace"::text, NEW.room::text, NEW."quo`te"::text, NEW."quo`te2"::text, NEW."dou""ble"::text, NEW."dou""bles"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION "zz_Ünï Tab__sync"() FROM PUBLIC;
CREATE TRIGGER "!zz_Ünï Tab__sync" BEFORE INSERT OR UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION "zz_Ünï Tab__sync"('first');
CREATE TRIGGER "~zz_Ünï Tab__sync" BEFORE INSERT OR UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION "zz_Ünï Tab__sync"();
CREATE TRIGGER "~zz_Ünï Tab__sync_kept" BEFORE UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW."sp ace", NEW."quo`te", NEW."dou""ble")::record *<> ROW(OLD."sp ace", OLD."quo`te", OLD."dou""ble")::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.room, NEW."quo`te2", NEW."dou""bles")::record *<> ROW(OLD.room, OLD."quo`te2", OLD."dou""bles")::record) EXECUTE FUNCTION "zz_Ünï Tab__sync"('kept');
COMMIT;
\echo 'step 3 of 15: done'
-- Application: From here the new application may read and write room, quo`te2, dou"bles once the backfill is done.

-- ============================================================================
-- Step 4 of 15, migrate: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles
--   Id:           Ünï Tab.room/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 4 of 15: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles'
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
  this_work CONSTANT text := 'Ünï Tab.room/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = '"Ünï Tab"'::regclass AND attname IN ('room', 'quo`te2', 'dou"bles')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = '"Ünï Tab"'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 "Ünï Tab".id%TYPE;
  hi1 "Ünï Tab".id%TYPE;
  stop1 "Ünï Tab".id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM "Ünï Tab" ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM "Ünï Tab" ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM "Ünï Tab" WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM "Ünï Tab" WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE "Ünï Tab" SET room = COALESCE("sp ace", 'né'), "quo`te2" = CAST("quo`te" AS bigint), "dou""bles" = "dou""ble" WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (room IS NULL OR "quo`te2" IS NULL OR "dou""bles" IS NULL);
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
      FOR one IN SELECT * FROM "Ünï Tab" WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE "Ünï Tab" SET room = COALESCE("sp ace", 'né'), "quo`te2" = CAST("quo`te" AS bigint), "dou""bles" = "dou""ble" WHERE id = one.id AND (room IS NULL OR "quo`te2" IS NULL OR "dou""bles" IS NULL);
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
    SELECT id INTO lo1 FROM "Ünï Tab" WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of Ünï Tab could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 15: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM "Ünï Tab" WHERE (CASE WHEN (room) = (CAST(COALESCE("sp ace", 'né') AS varchar(19))) OR ((room) IS NULL AND (CAST(COALESCE("sp ace", 'né') AS varchar(19))) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("quo`te2") = (CAST("quo`te" AS bigint)) OR (("quo`te2") IS NULL AND (CAST("quo`te" AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("dou""bles") = ("dou""ble") OR (("dou""bles") IS NULL AND ("dou""ble") IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 15, migrate: Build the index Ix ü__new on Ünï Tab
--   Id:           Ünï Tab.Ix ü__new/migrate/build-index
--   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 5 of 15: Build the index Ix ü__new on Ünï Tab'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS "Ix ü__new";
CREATE INDEX CONCURRENTLY "Ix ü__new" ON "Ünï Tab" (room, "日本" DESC);
SET lock_timeout = '2s';
\echo 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, switch: Let room, quo`te2, dou"bles of Ünï Tab lead
--   Id:           Ünï Tab.room/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; only the index is locked (SHARE UPDATE EXCLUSIVE); a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: sp ace, quo`te, dou"ble is kept equal until contract; a row that the deployed application inserts without a value for Ünï Tab.sp ace gets the new column's default until contract, not what its NULL is converted to
--   Way back:     yes, nothing is lost
--   Hazards:      swap, default for unset
-- ============================================================================
\echo 'step 6 of 15: Let room, quo`te2, dou"bles of Ünï Tab lead'
-- Check: step 4 has come to its end: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'Ünï Tab.room/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Convert sp ace, quo`te, dou"ble of Ünï Tab into room, quo`te2, dou"bles', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'Ünï Tab__sync' AND column_name IN ('room', 'quo`te2', 'dou"bles'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of Ünï Tab stands in forgelua_sync_errors (mend it in Ünï Tab, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE "Ünï Tab" IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['"Ünï Tab"']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['"Ünï Tab"']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_Ünï Tab__sync" ON "Ünï Tab";
DROP TRIGGER "!zz_Ünï Tab__sync" ON "Ünï Tab";
DROP TRIGGER IF EXISTS "~zz_Ünï Tab__sync_kept" ON "Ünï Tab";
DROP FUNCTION "zz_Ünï Tab__sync"();
ALTER TABLE "Ünï Tab" ALTER COLUMN "quo`te" DROP DEFAULT;
ALTER TABLE "Ünï Tab" ALTER COLUMN room SET DEFAULT 'x y';
ALTER TABLE "Ünï Tab" ALTER COLUMN "quo`te2" SET DEFAULT 2;
ALTER INDEX "Ix ü" RENAME TO "Ix ü__old";
ALTER INDEX "Ix ü__new" RENAME TO "Ix ü";
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
CREATE OR REPLACE FUNCTION "zz_Ünï Tab__sync"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns sp ace > room (required) quo`te > quo`te2 (new) dou"ble > dou"bles (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."sp ace" := OLD."sp ace"; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."quo`te" := OLD."quo`te"; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."dou""ble" := OLD."dou""ble"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.room := OLD.room; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."quo`te2" := OLD."quo`te2"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."dou""bles" := OLD."dou""bles"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."sp ace"::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.room::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.room::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."sp ace" IS NOT NULL AND NEW.room IS NOT NULL THEN 'both'
      WHEN NEW."sp ace" IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."sp ace")::record *<> ROW(OLD."sp ace")::record THEN CASE WHEN ROW(NEW.room)::record *<> ROW(OLD.room)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.room)::record *<> ROW(OLD.room)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.room := (SELECT COALESCE("sp ace", 'né') FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.room)::record *= ROW(NEW.room)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.room := (SELECT COALESCE("sp ace", 'né') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.room := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."sp ace" := (SELECT room FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'sp ace', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."sp ace" := NULL;
    END;
  END IF;
  IF NEW."sp ace" IS NULL AND NEW.room IS NULL THEN
    BEGIN
      NEW.room := (SELECT COALESCE("sp ace", 'né') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'room', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.room := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."quo`te"::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW."quo`te2"::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW."quo`te2"::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."quo`te" IS NOT NULL AND NEW."quo`te2" IS NOT NULL THEN 'both'
      WHEN NEW."quo`te" IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."quo`te")::record *<> ROW(OLD."quo`te")::record THEN CASE WHEN ROW(NEW."quo`te2")::record *<> ROW(OLD."quo`te2")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."quo`te2")::record *<> ROW(OLD."quo`te2")::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."quo`te2" := (SELECT CAST("quo`te" AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."quo`te2")::record *= ROW(NEW."quo`te2")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."quo`te2" := (SELECT CAST("quo`te" AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'quo`te2', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."quo`te2" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."quo`te" := (SELECT CAST("quo`te2" AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'quo`te', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."quo`te" := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."dou""ble"::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."dou""bles"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."dou""bles"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."dou""ble" IS NOT NULL AND NEW."dou""bles" IS NOT NULL THEN 'both'
      WHEN NEW."dou""ble" IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."dou""ble")::record *<> ROW(OLD."dou""ble")::record THEN CASE WHEN ROW(NEW."dou""bles")::record *<> ROW(OLD."dou""bles")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."dou""bles")::record *<> ROW(OLD."dou""bles")::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."dou""bles" := (SELECT "dou""ble" FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."dou""bles")::record *= ROW(NEW."dou""bles")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."dou""bles" := (SELECT "dou""ble" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'dou"bles', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."dou""bles" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."dou""ble" := (SELECT "dou""bles" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'Ünï Tab__sync', TG_OP, 'dou"ble', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."dou""ble" := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3dbd7856_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW."sp ace"::text, NEW.room::text, NEW."quo`te"::text, NEW."quo`te2"::text, NEW."dou""ble"::text, NEW."dou""bles"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION "zz_Ünï Tab__sync"() FROM PUBLIC;
CREATE TRIGGER "!zz_Ünï Tab__sync" BEFORE INSERT OR UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION "zz_Ünï Tab__sync"('first');
CREATE TRIGGER "~zz_Ünï Tab__sync" BEFORE INSERT OR UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION "zz_Ünï Tab__sync"();
CREATE TRIGGER "~zz_Ünï Tab__sync_kept" BEFORE UPDATE ON "Ünï Tab" FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW."sp ace", NEW."quo`te", NEW."dou""ble")::record *<> ROW(OLD."sp ace", OLD."quo`te", OLD."dou""ble")::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.room, NEW."quo`te2", NEW."dou""bles")::record *<> ROW(OLD.room, OLD."quo`te2", OLD."dou""bles")::record) EXECUTE FUNCTION "zz_Ünï Tab__sync"('kept');
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
\echo 'step 6 of 15: done'
-- Application: Deploy the application that uses room, quo`te2, dou"bles as the new schema has it.

-- ============================================================================
-- Step 7 of 15, switch: Change the default of Ünï Tab.日本
--   Id:           Ünï Tab.日本/switch/default
--   Why:          rows that stand keep their values; new rows take the new default
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; INSERTs that leave the column out get the new default
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 7 of 15: Change the default of Ünï Tab.日本'
BEGIN;
ALTER TABLE "Ünï Tab" ALTER COLUMN "日本" SET DEFAULT 'ö"';
COMMIT;
\echo 'step 7 of 15: done'

-- ============================================================================
-- Step 8 of 15, contract: Drop what hangs on the old column sp ace, quo`te, dou"ble of Ünï Tab
--   Id:           Ünï Tab.room/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 15: Drop what hangs on the old column sp ace, quo`te, dou"ble of Ünï Tab'
-- Check: no row of Ünï Tab has NULL in room. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM "Ünï Tab" WHERE room IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of Ünï Tab has NULL in room', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
DROP INDEX "Ix ü__old";
COMMIT;
\echo 'step 8 of 15: done'

-- ============================================================================
-- Step 9 of 15, contract: From here the way back computes sp ace, quo`te, dou"ble of Ünï Tab again
--   Id:           Ünï Tab.room/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 15: From here the way back computes sp ace, quo`te, dou"ble of Ünï Tab again'
-- Nothing to run in the database.
\echo 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, contract: Stop keeping sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal
--   Id:           Ünï Tab.room/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 15: Stop keeping sp ace, quo`te, dou"ble and room, quo`te2, dou"bles of Ünï Tab equal'
BEGIN;
DROP TRIGGER "~zz_Ünï Tab__sync" ON "Ünï Tab";
DROP TRIGGER "!zz_Ünï Tab__sync" ON "Ünï Tab";
DROP TRIGGER IF EXISTS "~zz_Ünï Tab__sync_kept" ON "Ünï Tab";
DROP FUNCTION "zz_Ünï Tab__sync"();
COMMIT;
\echo 'step 10 of 15: done'

-- ============================================================================
-- Step 11 of 15, contract: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab
--   Id:           Ünï Tab.room/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name sp ace, quo`te, dou"ble fail from here
--   Way back:     loses values of sp ace that do not come back from room unchanged; values of quo`te2 that quo`te cannot hold; values of dou"bles that dou"ble cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 15: Drop the old column sp ace, quo`te, dou"ble of Ünï Tab'
BEGIN;
ALTER TABLE "Ünï Tab" DROP COLUMN "sp ace";
ALTER TABLE "Ünï Tab" DROP COLUMN "quo`te";
ALTER TABLE "Ünï Tab" DROP COLUMN "dou""ble";
COMMIT;
\echo 'step 11 of 15: done'
-- Application: Check that no application, report or job names sp ace, quo`te, dou"ble any more.

-- ============================================================================
-- Step 12 of 15, contract: Refuse new NULLs in Ünï Tab.room
--   Id:           Ünï Tab.room/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into Ünï Tab.room fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 12 of 15: Refuse new NULLs in Ünï Tab.room'
-- Check: no row of Ünï Tab has NULL in room. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM "Ünï Tab" WHERE room IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of Ünï Tab has NULL in room', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE "Ünï Tab" ADD CONSTRAINT "Ünï Tab_room_not_null" CHECK (room IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Validate that no row has NULL in Ünï Tab.room
--   Id:           Ünï Tab.room/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 13 of 15: Validate that no row has NULL in Ünï Tab.room'
BEGIN;
ALTER TABLE "Ünï Tab" VALIDATE CONSTRAINT "Ünï Tab_room_not_null";
COMMIT;
\echo 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Make Ünï Tab.room NOT NULL
--   Id:           Ünï Tab.room/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 15: Make Ünï Tab.room NOT NULL'
BEGIN;
ALTER TABLE "Ünï Tab" ALTER COLUMN room SET NOT NULL;
ALTER TABLE "Ünï Tab" DROP CONSTRAINT "Ünï Tab_room_not_null";
COMMIT;
\echo 'step 14 of 15: done'

-- ============================================================================
-- Step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 15: Remove the progress and error tables'
BEGIN;
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
\echo 'step 15 of 15: done'

\echo 'forward: done'
