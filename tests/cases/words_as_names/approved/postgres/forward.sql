-- Forward, every phase of migration words_as_names
-- Columns bear words that the language has itself
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 13 is destructive — at__old of seen as the old schema held it
-- WARNING: step 16 is destructive — end__old, date, left of spans as the old schema held it

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
-- Check: step 1 must not be done at this point: Add at__new beside at in seen. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'seen' AND a.attname = 'at__new' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'timestamp with time zone' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add at__new beside at in seen', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 2 must not be done at this point: Add end__new, day, right beside end, date, left in spans. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'spans' AND a.attname = 'end__new' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must not be done at this point: Add end__new, day, right beside end, date, left in spans', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 17 must not be done at this point: Refuse new NULLs in spans.end. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'spans' AND k.conname = 'spans_end_not_null' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 17 must not be done at this point: Refuse new NULLs in spans.end', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column seen.at. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'seen' AND a.attname = 'at' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'timestamp with time zone' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column seen.at', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 20, expand: Add at__new beside at in seen
--   Id:           seen.at/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 20: Add at__new beside at in seen'
BEGIN;
ALTER TABLE seen ADD COLUMN at__new timestamptz;
COMMIT;
\echo 'step 1 of 20: done'

-- ============================================================================
-- Step 2 of 20, expand: Add end__new, day, right beside end, date, left in spans
--   Id:           spans.end/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 20: Add end__new, day, right beside end, date, left in spans'
BEGIN;
ALTER TABLE spans ADD COLUMN end__new bigint;
ALTER TABLE spans ADD COLUMN day varchar(20);
ALTER TABLE spans ADD COLUMN "right" varchar(9);
COMMIT;
\echo 'step 2 of 20: done'

-- ============================================================================
-- Step 3 of 20, migrate: Keep at and at__new of seen equal
--   Id:           seen.at/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 3 of 20: Keep at and at__new of seen equal'
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
CREATE OR REPLACE FUNCTION zz_seen__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns at > at__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.at := OLD.at; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.at__new := OLD.at__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.at__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.at__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.at IS NOT NULL AND NEW.at__new IS NOT NULL THEN 'both'
      WHEN NEW.at__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN CASE WHEN ROW(NEW.at__new)::record *<> ROW(OLD.at__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.at__new)::record *<> ROW(OLD.at__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.at__new := (SELECT (at AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.at__new)::record *= ROW(NEW.at__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.at__new := (SELECT (at AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'seen__sync', TG_OP, 'at__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.at := (SELECT (at__new AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'seen__sync', TG_OP, 'at', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.at::text, NEW.at__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_seen__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_seen__sync" BEFORE INSERT OR UPDATE ON seen FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_seen__sync('first');
CREATE TRIGGER "~zz_seen__sync" BEFORE INSERT OR UPDATE ON seen FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_seen__sync();
CREATE TRIGGER "~zz_seen__sync_kept" BEFORE UPDATE ON seen FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.at)::record *<> ROW(OLD.at)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.at__new)::record *<> ROW(OLD.at__new)::record) EXECUTE FUNCTION zz_seen__sync('kept');
COMMIT;
\echo 'step 3 of 20: done'

-- ============================================================================
-- Step 4 of 20, migrate: Convert at of seen into at__new
--   Id:           seen.at/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 4 of 20: Convert at of seen into at__new'
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
  this_work CONSTANT text := 'seen.at/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'seen'::regclass AND attname IN ('at__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'seen'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 seen.id%TYPE;
  hi1 seen.id%TYPE;
  stop1 seen.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM seen ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM seen ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM seen WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM seen WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE seen SET at__new = CAST((at AT TIME ZONE 'UTC') AS timestamptz) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (at__new IS NULL);
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
      FOR one IN SELECT * FROM seen WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE seen SET at__new = CAST((at AT TIME ZONE 'UTC') AS timestamptz) WHERE id = one.id AND (at__new IS NULL);
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
    SELECT id INTO lo1 FROM seen WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of seen could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 20: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM seen WHERE (CASE WHEN (at__new) = ((at AT TIME ZONE 'UTC')) OR ((at__new) IS NULL AND ((at AT TIME ZONE 'UTC')) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 20, migrate: Keep end, date, left and end__new, day, right of spans equal
--   Id:           spans.end/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 5 of 20: Keep end, date, left and end__new, day, right of spans equal'
-- Check: every row of spans gives end a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM spans WHERE (CASE WHEN "end" IS NULL THEN 0 ELSE "end" END) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of spans gives end a value', '0', forgelua_actual;
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
CREATE OR REPLACE FUNCTION zz_spans__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns end > end__new (old) date > day (old) left > right (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."end" := OLD."end"; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.date := OLD.date; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."left" := OLD."left"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.end__new := OLD.end__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.day := OLD.day; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."right" := OLD."right"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."end"::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.end__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.end__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."end" IS NOT NULL AND NEW.end__new IS NOT NULL THEN 'both'
      WHEN NEW.end__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."end")::record *<> ROW(OLD."end")::record THEN CASE WHEN ROW(NEW.end__new)::record *<> ROW(OLD.end__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.end__new)::record *<> ROW(OLD.end__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.end__new := (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.end__new)::record *= ROW(NEW.end__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.end__new := (SELECT CASE WHEN "end" IS NULL THEN 0 ELSE "end" END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'end__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.end__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."end" := (SELECT CASE WHEN end__new = 0 THEN NULL ELSE end__new END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'end', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."end" := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.date::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.day::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.day::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.date IS NOT NULL AND NEW.day IS NOT NULL THEN 'both'
      WHEN NEW.day IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.date)::record *<> ROW(OLD.date)::record THEN CASE WHEN ROW(NEW.day)::record *<> ROW(OLD.day)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.day)::record *<> ROW(OLD.day)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.day := (SELECT date FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.day)::record *= ROW(NEW.day)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.day := (SELECT date FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'day', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.day := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.date := (SELECT day FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'date', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.date := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."left"::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."right"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."right"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."left" IS NOT NULL AND NEW."right" IS NOT NULL THEN 'both'
      WHEN NEW."right" IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."left")::record *<> ROW(OLD."left")::record THEN CASE WHEN ROW(NEW."right")::record *<> ROW(OLD."right")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."right")::record *<> ROW(OLD."right")::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."right" := (SELECT "left" FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."right")::record *= ROW(NEW."right")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."right" := (SELECT "left" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'right', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."right" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."left" := (SELECT "right" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'left', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."left" := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW."end"::text, NEW.end__new::text, NEW.date::text, NEW.day::text, NEW."left"::text, NEW."right"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_spans__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_spans__sync" BEFORE INSERT OR UPDATE ON spans FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_spans__sync('first');
CREATE TRIGGER "~zz_spans__sync" BEFORE INSERT OR UPDATE ON spans FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_spans__sync();
CREATE TRIGGER "~zz_spans__sync_kept" BEFORE UPDATE ON spans FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW."end", NEW.date, NEW."left")::record *<> ROW(OLD."end", OLD.date, OLD."left")::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.end__new, NEW.day, NEW."right")::record *<> ROW(OLD.end__new, OLD.day, OLD."right")::record) EXECUTE FUNCTION zz_spans__sync('kept');
COMMIT;
\echo 'step 5 of 20: done'
-- Application: From here the new application may read and write day, right once the backfill is done.

-- ============================================================================
-- Step 6 of 20, migrate: Convert end, date, left of spans into end__new, day, right
--   Id:           spans.end/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 6 of 20: Convert end, date, left of spans into end__new, day, right'
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
  this_work CONSTANT text := 'spans.end/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'spans'::regclass AND attname IN ('end__new', 'day', 'right')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'spans'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 spans.id%TYPE;
  hi1 spans.id%TYPE;
  stop1 spans.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM spans ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM spans ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM spans WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM spans WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE spans SET end__new = CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, day = date, "right" = "left" WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (end__new IS NULL OR day IS NULL OR "right" IS NULL);
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
      FOR one IN SELECT * FROM spans WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE spans SET end__new = CASE WHEN "end" IS NULL THEN 0 ELSE "end" END, day = date, "right" = "left" WHERE id = one.id AND (end__new IS NULL OR day IS NULL OR "right" IS NULL);
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
    SELECT id INTO lo1 FROM spans WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of spans could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 6 of 20: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM spans WHERE (CASE WHEN (end__new) = (CAST(CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS bigint)) OR ((end__new) IS NULL AND (CAST(CASE WHEN "end" IS NULL THEN 0 ELSE "end" END AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (day) = (date) OR ((day) IS NULL AND (date) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN ("right") = ("left") OR (("right") IS NULL AND ("left") IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 7 of 20, switch: Let the new at of seen take over
--   Id:           seen.at/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of seen.at cannot hold fail from here; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 7 of 20: Let the new at of seen take over'
-- Check: step 4 has come to its end: Convert at of seen into at__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'seen.at/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Convert at of seen into at__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of seen stands in forgelua_sync_errors (mend it in seen, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'seen__sync' AND column_name IN ('at__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of seen stands in forgelua_sync_errors (mend it in seen, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE seen IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['seen']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['seen']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_seen__sync" ON seen;
DROP TRIGGER "!zz_seen__sync" ON seen;
DROP TRIGGER IF EXISTS "~zz_seen__sync_kept" ON seen;
DROP FUNCTION zz_seen__sync();
ALTER TABLE seen RENAME COLUMN at TO at__old;
ALTER TABLE seen RENAME COLUMN at__new TO at;
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
CREATE OR REPLACE FUNCTION zz_seen__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns at__old > at (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.at__old := OLD.at__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.at := OLD.at; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.at__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.at__old IS NOT NULL AND NEW.at IS NOT NULL THEN 'both'
      WHEN NEW.at__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.at__old)::record *<> ROW(OLD.at__old)::record THEN CASE WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.at := (SELECT (at__old AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.at)::record *= ROW(NEW.at)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.at := (SELECT (at__old AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'seen__sync', TG_OP, 'at', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.at__old := (SELECT (at AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'seen__sync', TG_OP, 'at__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_29970aab_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.at__old::text, NEW.at::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_seen__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_seen__sync" BEFORE INSERT OR UPDATE ON seen FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_seen__sync('first');
CREATE TRIGGER "~zz_seen__sync" BEFORE INSERT OR UPDATE ON seen FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_seen__sync();
CREATE TRIGGER "~zz_seen__sync_kept" BEFORE UPDATE ON seen FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.at__old)::record *<> ROW(OLD.at__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.at)::record *<> ROW(OLD.at)::record) EXECUTE FUNCTION zz_seen__sync('kept');
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
\echo 'step 7 of 20: done'
-- Application: Deploy the application that uses at as the new schema has it.

-- ============================================================================
-- Step 8 of 20, switch: Add the check positive on spans, not yet validated
--   Id:           spans.positive/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 8 of 20: Add the check positive on spans, not yet validated'
-- Check: step 6 has come to its end: Convert end, date, left of spans into end__new, day, right. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'spans.end/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 has come to its end: Convert end, date, left of spans into end__new, day, right', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of spans stands in forgelua_sync_errors (mend it in spans, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'spans__sync' AND column_name IN ('end__new', 'day', 'right'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of spans stands in forgelua_sync_errors (mend it in spans, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every row of spans satisfies positive. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM spans WHERE NOT (CASE WHEN end__new < 0 THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of spans satisfies positive', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE spans ADD CONSTRAINT positive CHECK (CASE WHEN end__new < 0 THEN 0 ELSE 1 END = 1) NOT VALID;
COMMIT;
\echo 'step 8 of 20: done'

-- ============================================================================
-- Step 9 of 20, switch: Validate the check positive on spans
--   Id:           spans.positive/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 9 of 20: Validate the check positive on spans'
BEGIN;
ALTER TABLE spans VALIDATE CONSTRAINT positive;
COMMIT;
\echo 'step 9 of 20: done'

-- ============================================================================
-- Step 10 of 20, switch: Let end, day, right of spans lead
--   Id:           spans.end/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: end, date, left is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 10 of 20: Let end, day, right of spans lead'
BEGIN;
LOCK TABLE spans IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['spans']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['spans']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_spans__sync" ON spans;
DROP TRIGGER "!zz_spans__sync" ON spans;
DROP TRIGGER IF EXISTS "~zz_spans__sync_kept" ON spans;
DROP FUNCTION zz_spans__sync();
ALTER TABLE spans RENAME COLUMN "end" TO end__old;
ALTER TABLE spans RENAME COLUMN end__new TO "end";
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
CREATE OR REPLACE FUNCTION zz_spans__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns end__old > end (required) date > day (new) left > right (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.end__old := OLD.end__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.date := OLD.date; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW."left" := OLD."left"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."end" := OLD."end"; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.day := OLD.day; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW."right" := OLD."right"; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.end__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW."end"::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW."end"::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.end__old IS NOT NULL AND NEW."end" IS NOT NULL THEN 'both'
      WHEN NEW.end__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.end__old)::record *<> ROW(OLD.end__old)::record THEN CASE WHEN ROW(NEW."end")::record *<> ROW(OLD."end")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."end")::record *<> ROW(OLD."end")::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."end" := (SELECT CASE WHEN end__old IS NULL THEN 0 ELSE end__old END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."end")::record *= ROW(NEW."end")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."end" := (SELECT CASE WHEN end__old IS NULL THEN 0 ELSE end__old END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'end', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."end" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.end__old := (SELECT CASE WHEN "end" = 0 THEN NULL ELSE "end" END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'end__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.end__old := NULL;
    END;
  END IF;
  IF NEW.end__old IS NULL AND NEW."end" IS NULL THEN
    BEGIN
      NEW."end" := (SELECT CASE WHEN end__old IS NULL THEN 0 ELSE end__old END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'end', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."end" := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.date::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.day::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.day::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.date IS NOT NULL AND NEW.day IS NOT NULL THEN 'both'
      WHEN NEW.date IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.date)::record *<> ROW(OLD.date)::record THEN CASE WHEN ROW(NEW.day)::record *<> ROW(OLD.day)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.day)::record *<> ROW(OLD.day)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.day := (SELECT date FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.day)::record *= ROW(NEW.day)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.day := (SELECT date FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'day', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.day := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.date := (SELECT day FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'date', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.date := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW."left"::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW."right"::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW."right"::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW."left" IS NOT NULL AND NEW."right" IS NOT NULL THEN 'both'
      WHEN NEW."left" IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW."left")::record *<> ROW(OLD."left")::record THEN CASE WHEN ROW(NEW."right")::record *<> ROW(OLD."right")::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW."right")::record *<> ROW(OLD."right")::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe."right" := (SELECT "left" FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe."right")::record *= ROW(NEW."right")::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW."right" := (SELECT "left" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'right', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."right" := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW."left" := (SELECT "right" FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'spans__sync', TG_OP, 'left', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW."left" := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_b91a93c5_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.end__old::text, NEW."end"::text, NEW.date::text, NEW.day::text, NEW."left"::text, NEW."right"::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_spans__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_spans__sync" BEFORE INSERT OR UPDATE ON spans FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_spans__sync('first');
CREATE TRIGGER "~zz_spans__sync" BEFORE INSERT OR UPDATE ON spans FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_spans__sync();
CREATE TRIGGER "~zz_spans__sync_kept" BEFORE UPDATE ON spans FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.end__old, NEW.date, NEW."left")::record *<> ROW(OLD.end__old, OLD.date, OLD."left")::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW."end", NEW.day, NEW."right")::record *<> ROW(OLD."end", OLD.day, OLD."right")::record) EXECUTE FUNCTION zz_spans__sync('kept');
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
\echo 'step 10 of 20: done'
-- Application: Deploy the application that uses end, day, right as the new schema has it.

-- ============================================================================
-- Step 11 of 20, contract: From here the way back computes at__old of seen again
--   Id:           seen.at/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 20: From here the way back computes at__old of seen again'
-- Nothing to run in the database.
\echo 'step 11 of 20: done'

-- ============================================================================
-- Step 12 of 20, contract: Stop keeping at__old and at of seen equal
--   Id:           seen.at/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 20: Stop keeping at__old and at of seen equal'
BEGIN;
DROP TRIGGER "~zz_seen__sync" ON seen;
DROP TRIGGER "!zz_seen__sync" ON seen;
DROP TRIGGER IF EXISTS "~zz_seen__sync_kept" ON seen;
DROP FUNCTION zz_seen__sync();
COMMIT;
\echo 'step 12 of 20: done'

-- ============================================================================
-- Step 13 of 20, contract: Drop the old column at__old of seen
--   Id:           seen.at/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of at that do not come back from at unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 13 of 20: Drop the old column at__old of seen'
BEGIN;
ALTER TABLE seen DROP COLUMN at__old;
COMMIT;
\echo 'step 13 of 20: done'
-- Application: Check that no application, report or job names at__old any more.

-- ============================================================================
-- Step 14 of 20, contract: From here the way back computes end__old, date, left of spans again
--   Id:           spans.end/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 20: From here the way back computes end__old, date, left of spans again'
-- Check: no row of spans has NULL in end. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM spans WHERE "end" IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of spans has NULL in end', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Nothing to run in the database.
\echo 'step 14 of 20: done'

-- ============================================================================
-- Step 15 of 20, contract: Stop keeping end__old, date, left and end, day, right of spans equal
--   Id:           spans.end/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 20: Stop keeping end__old, date, left and end, day, right of spans equal'
BEGIN;
DROP TRIGGER "~zz_spans__sync" ON spans;
DROP TRIGGER "!zz_spans__sync" ON spans;
DROP TRIGGER IF EXISTS "~zz_spans__sync_kept" ON spans;
DROP FUNCTION zz_spans__sync();
COMMIT;
\echo 'step 15 of 20: done'

-- ============================================================================
-- Step 16 of 20, contract: Drop the old column end__old, date, left of spans
--   Id:           spans.end/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name end, date, left fail from here
--   Way back:     loses values of end that do not come back from end unchanged; values of day that date cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 16 of 20: Drop the old column end__old, date, left of spans'
BEGIN;
ALTER TABLE spans DROP COLUMN end__old;
ALTER TABLE spans DROP COLUMN date;
ALTER TABLE spans DROP COLUMN "left";
COMMIT;
\echo 'step 16 of 20: done'
-- Application: Check that no application, report or job names end__old, date, left any more.

-- ============================================================================
-- Step 17 of 20, contract: Refuse new NULLs in spans.end
--   Id:           spans.end/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into spans.end fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 17 of 20: Refuse new NULLs in spans.end'
-- Check: no row of spans has NULL in end. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM spans WHERE "end" IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of spans has NULL in end', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE spans ADD CONSTRAINT spans_end_not_null CHECK ("end" IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 17 of 20: done'

-- ============================================================================
-- Step 18 of 20, contract: Validate that no row has NULL in spans.end
--   Id:           spans.end/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 18 of 20: Validate that no row has NULL in spans.end'
BEGIN;
ALTER TABLE spans VALIDATE CONSTRAINT spans_end_not_null;
COMMIT;
\echo 'step 18 of 20: done'

-- ============================================================================
-- Step 19 of 20, contract: Make spans.end NOT NULL
--   Id:           spans.end/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 19 of 20: Make spans.end NOT NULL'
BEGIN;
ALTER TABLE spans ALTER COLUMN "end" SET NOT NULL;
ALTER TABLE spans DROP CONSTRAINT spans_end_not_null;
COMMIT;
\echo 'step 19 of 20: done'

-- ============================================================================
-- Step 20 of 20, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 20 of 20: Remove the progress and error tables'
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
\echo 'step 20 of 20: done'

\echo 'forward: done'
