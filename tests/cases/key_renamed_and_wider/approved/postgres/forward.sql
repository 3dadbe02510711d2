-- Forward, every phase of migration key_renamed_and_wider
-- Keys that other tables refer to get another name and a wider type at once
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 20 is destructive — a__old of abx as the old schema held it
-- WARNING: step 24 is destructive — p__old of c as the old schema held it

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
-- Check: step 1 must not be done at this point: Change the type of ab.a_id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ab' AND a.attname = 'a_id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Change the type of ab.a_id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 3 must not be done at this point: Change the type of p.id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'p' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Change the type of p.id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column ab.aid. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ab' AND a.attname = 'aid' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ab' AND a.attname = 'a_id' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column ab.aid', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 25, expand: Change the type of ab.a_id
--   Id:           ab.a_id/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of ab.a_id that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 1 of 25: Change the type of ab.a_id'
BEGIN;
ALTER TABLE ab ALTER COLUMN a_id TYPE bigint USING CAST(a_id AS bigint);
COMMIT;
\echo 'step 1 of 25: done'

-- ============================================================================
-- Step 2 of 25, expand: Add a__new beside a in abx
--   Id:           abx.a/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 25: Add a__new beside a in abx'
BEGIN;
ALTER TABLE abx ADD COLUMN a__new bigint;
COMMIT;
\echo 'step 2 of 25: done'

-- ============================================================================
-- Step 3 of 25, expand: Change the type of p.id
--   Id:           p.id/expand/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of p.id that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 3 of 25: Change the type of p.id'
BEGIN;
ALTER TABLE p ALTER COLUMN id TYPE bigint USING CAST(id AS bigint);
COMMIT;
\echo 'step 3 of 25: done'

-- ============================================================================
-- Step 4 of 25, expand: Add p__new beside p in c
--   Id:           c.p/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 4 of 25: Add p__new beside p in c'
BEGIN;
ALTER TABLE c ADD COLUMN p__new bigint;
COMMIT;
\echo 'step 4 of 25: done'

-- ============================================================================
-- Step 5 of 25, migrate: Keep a and a__new of abx equal
--   Id:           abx.a/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 5 of 25: Keep a and a__new of abx equal'
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
CREATE OR REPLACE FUNCTION zz_abx__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns a > a__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.a := OLD.a; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.a__new := OLD.a__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.a__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.a__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.a IS NOT NULL AND NEW.a__new IS NOT NULL THEN 'both'
      WHEN NEW.a__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN CASE WHEN ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.a__new := (SELECT CAST(a AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.a__new)::record *= ROW(NEW.a__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.a__new := (SELECT CAST(a AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.a := (SELECT CAST(a__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.a::text, NEW.a__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_abx__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync('first');
CREATE TRIGGER "~zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync();
CREATE TRIGGER "~zz_abx__sync_kept" BEFORE UPDATE ON abx FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.a)::record *<> ROW(OLD.a)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.a__new)::record *<> ROW(OLD.a__new)::record) EXECUTE FUNCTION zz_abx__sync('kept');
COMMIT;
\echo 'step 5 of 25: done'

-- ============================================================================
-- Step 6 of 25, migrate: Convert a of abx into a__new
--   Id:           abx.a/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 6 of 25: Convert a of abx into a__new'
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
  this_work CONSTANT text := 'abx.a/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'abx'::regclass AND attname IN ('a__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'abx'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 abx.id%TYPE;
  hi1 abx.id%TYPE;
  stop1 abx.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM abx ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM abx ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM abx WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM abx WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE abx SET a__new = CAST(a AS bigint) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (a__new IS NULL);
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
      FOR one IN SELECT * FROM abx WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE abx SET a__new = CAST(a AS bigint) WHERE id = one.id AND (a__new IS NULL);
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
    SELECT id INTO lo1 FROM abx WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of abx could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 6 of 25: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM abx WHERE (CASE WHEN (a__new) = (CAST(a AS bigint)) OR ((a__new) IS NULL AND (CAST(a AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 7 of 25, migrate: Keep p and p__new of c equal
--   Id:           c.p/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 7 of 25: Keep p and p__new of c equal'
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns p > p__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p := OLD.p; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p__new := OLD.p__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.p__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.p__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p IS NOT NULL AND NEW.p__new IS NOT NULL THEN 'both'
      WHEN NEW.p__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN CASE WHEN ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p__new := (SELECT CAST(p AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.p__new)::record *= ROW(NEW.p__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p__new := (SELECT CAST(p AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p := (SELECT CAST(p__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p::text, NEW.p__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p)::record *<> ROW(OLD.p)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p__new)::record *<> ROW(OLD.p__new)::record) EXECUTE FUNCTION zz_c__sync('kept');
COMMIT;
\echo 'step 7 of 25: done'

-- ============================================================================
-- Step 8 of 25, migrate: Convert p of c into p__new
--   Id:           c.p/migrate/backfill
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 8 of 25: Convert p of c into p__new'
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
  this_work CONSTANT text := 'c.p/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c'::regclass AND attname IN ('p__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'c'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 c.id%TYPE;
  hi1 c.id%TYPE;
  stop1 c.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM c ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM c ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE c SET p__new = CAST(p AS bigint) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (p__new IS NULL);
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
      FOR one IN SELECT * FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE c SET p__new = CAST(p AS bigint) WHERE id = one.id AND (p__new IS NULL);
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
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of c could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 8 of 25: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM c WHERE (CASE WHEN (p__new) = (CAST(p AS bigint)) OR ((p__new) IS NULL AND (CAST(p AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 9 of 25, switch: Add the foreign key abxf__new on abx, not yet validated
--   Id:           abx.abxf__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   ab
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 9 of 25: Add the foreign key abxf__new on abx, not yet validated'
-- Check: step 6 has come to its end: Convert a of abx into a__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'abx.a/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 has come to its end: Convert a of abx into a__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of abx stands in forgelua_sync_errors (mend it in abx, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'abx__sync' AND column_name IN ('a__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of abx stands in forgelua_sync_errors (mend it in abx, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of abx points at a missing row of ab. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM abx AS child_row WHERE child_row.a__new IS NOT NULL AND child_row.b IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ab AS parent_row WHERE parent_row.a_id = child_row.a__new AND parent_row.b_id = child_row.b))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of abx points at a missing row of ab', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE abx ADD CONSTRAINT abxf__new FOREIGN KEY (a__new, b) REFERENCES ab (a_id, b_id) NOT VALID;
COMMIT;
\echo 'step 9 of 25: done'

-- ============================================================================
-- Step 10 of 25, switch: Validate the foreign key abxf__new on abx
--   Id:           abx.abxf__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Also locks:   ab
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 10 of 25: Validate the foreign key abxf__new on abx'
BEGIN;
ALTER TABLE abx VALIDATE CONSTRAINT abxf__new;
COMMIT;
\echo 'step 10 of 25: done'

-- ============================================================================
-- Step 11 of 25, switch: Let the new a of abx take over
--   Id:           abx.a/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 11 of 25: Let the new a of abx take over'
BEGIN;
LOCK TABLE abx IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['abx']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['abx']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_abx__sync" ON abx;
DROP TRIGGER "!zz_abx__sync" ON abx;
DROP TRIGGER IF EXISTS "~zz_abx__sync_kept" ON abx;
DROP FUNCTION zz_abx__sync();
ALTER TABLE abx RENAME COLUMN a TO a__old;
ALTER TABLE abx RENAME COLUMN a__new TO a;
ALTER TABLE abx RENAME CONSTRAINT abxf TO abxf__old;
ALTER TABLE abx RENAME CONSTRAINT abxf__new TO abxf;
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
CREATE OR REPLACE FUNCTION zz_abx__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns a__old > a (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.a__old := OLD.a__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.a := OLD.a; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.a__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.a::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.a__old IS NOT NULL AND NEW.a IS NOT NULL THEN 'both'
      WHEN NEW.a__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.a__old)::record *<> ROW(OLD.a__old)::record THEN CASE WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.a)::record *<> ROW(OLD.a)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.a := (SELECT CAST(a__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.a)::record *= ROW(NEW.a)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.a := (SELECT CAST(a__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.a__old := (SELECT CAST(a AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'abx__sync', TG_OP, 'a__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.a__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_8055a11b_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.a__old::text, NEW.a::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_abx__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync('first');
CREATE TRIGGER "~zz_abx__sync" BEFORE INSERT OR UPDATE ON abx FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_abx__sync();
CREATE TRIGGER "~zz_abx__sync_kept" BEFORE UPDATE ON abx FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.a__old)::record *<> ROW(OLD.a__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.a)::record *<> ROW(OLD.a)::record) EXECUTE FUNCTION zz_abx__sync('kept');
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
\echo 'step 11 of 25: done'
-- Application: Deploy the application that uses a as the new schema has it.

-- ============================================================================
-- Step 12 of 25, switch: Rename ab.a_id to aid
--   Id:           ab.a_id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a_id fail from here; those that say aid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 12 of 25: Rename ab.a_id to aid'
BEGIN;
ALTER TABLE ab RENAME COLUMN a_id TO aid;
COMMIT;
\echo 'step 12 of 25: done'
-- Application: Deploy the application that says aid together with this step.

-- ============================================================================
-- Step 13 of 25, switch: Add the foreign key c_p_fkey__new on c, not yet validated
--   Id:           c.c_p_fkey__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   p
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 13 of 25: Add the foreign key c_p_fkey__new on c, not yet validated'
-- Check: step 8 has come to its end: Convert p of c into p__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'c.p/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 has come to its end: Convert p of c into p__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of c stands in forgelua_sync_errors (mend it in c, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'c__sync' AND column_name IN ('p__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of c stands in forgelua_sync_errors (mend it in c, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of c points at a missing row of p. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM c AS child_row WHERE child_row.p__new IS NOT NULL AND NOT EXISTS (SELECT 1 FROM p AS parent_row WHERE parent_row.id = child_row.p__new))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of c points at a missing row of p', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE c ADD CONSTRAINT c_p_fkey__new FOREIGN KEY (p__new) REFERENCES p (id) NOT VALID;
COMMIT;
\echo 'step 13 of 25: done'

-- ============================================================================
-- Step 14 of 25, switch: Validate the foreign key c_p_fkey__new on c
--   Id:           c.c_p_fkey__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Also locks:   p
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 14 of 25: Validate the foreign key c_p_fkey__new on c'
BEGIN;
ALTER TABLE c VALIDATE CONSTRAINT c_p_fkey__new;
COMMIT;
\echo 'step 14 of 25: done'

-- ============================================================================
-- Step 15 of 25, switch: Let the new p of c take over
--   Id:           c.p/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 15 of 25: Let the new p of c take over'
BEGIN;
LOCK TABLE c IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['c']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['c']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
ALTER TABLE c RENAME COLUMN p TO p__old;
ALTER TABLE c RENAME COLUMN p__new TO p;
ALTER TABLE c RENAME CONSTRAINT c_p_fkey TO c_p_fkey__old;
ALTER TABLE c RENAME CONSTRAINT c_p_fkey__new TO c_p_fkey;
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns p__old > p (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p__old := OLD.p__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p := OLD.p; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.p::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p__old IS NOT NULL AND NEW.p IS NOT NULL THEN 'both'
      WHEN NEW.p__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p__old)::record *<> ROW(OLD.p__old)::record THEN CASE WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p)::record *<> ROW(OLD.p)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p := (SELECT CAST(p__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.p)::record *= ROW(NEW.p)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p := (SELECT CAST(p__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p__old := (SELECT CAST(p AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p__old::text, NEW.p::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p__old)::record *<> ROW(OLD.p__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p)::record *<> ROW(OLD.p)::record) EXECUTE FUNCTION zz_c__sync('kept');
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
\echo 'step 15 of 25: done'
-- Application: Deploy the application that uses p as the new schema has it.

-- ============================================================================
-- Step 16 of 25, switch: Rename p.id to pid
--   Id:           p.id/switch/rename
--   Why:          metadata only; both names cannot be served at once this way
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say id fail from here; those that say pid failed until here
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 16 of 25: Rename p.id to pid'
BEGIN;
ALTER TABLE p RENAME COLUMN id TO pid;
COMMIT;
\echo 'step 16 of 25: done'
-- Application: Deploy the application that says pid together with this step.

-- ============================================================================
-- Step 17 of 25, contract: Drop what hangs on the old column a__old of abx
--   Id:           abx.a/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   ab
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 25: Drop what hangs on the old column a__old of abx'
BEGIN;
ALTER TABLE abx DROP CONSTRAINT abxf__old;
COMMIT;
\echo 'step 17 of 25: done'

-- ============================================================================
-- Step 18 of 25, contract: From here the way back computes a__old of abx again
--   Id:           abx.a/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 18 of 25: From here the way back computes a__old of abx again'
-- Nothing to run in the database.
\echo 'step 18 of 25: done'

-- ============================================================================
-- Step 19 of 25, contract: Stop keeping a__old and a of abx equal
--   Id:           abx.a/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 19 of 25: Stop keeping a__old and a of abx equal'
BEGIN;
DROP TRIGGER "~zz_abx__sync" ON abx;
DROP TRIGGER "!zz_abx__sync" ON abx;
DROP TRIGGER IF EXISTS "~zz_abx__sync_kept" ON abx;
DROP FUNCTION zz_abx__sync();
COMMIT;
\echo 'step 19 of 25: done'

-- ============================================================================
-- Step 20 of 25, contract: Drop the old column a__old of abx
--   Id:           abx.a/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of a that a cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 20 of 25: Drop the old column a__old of abx'
BEGIN;
ALTER TABLE abx DROP COLUMN a__old;
COMMIT;
\echo 'step 20 of 25: done'
-- Application: Check that no application, report or job names a__old any more.

-- ============================================================================
-- Step 21 of 25, contract: Drop what hangs on the old column p__old of c
--   Id:           c.p/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   p
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 21 of 25: Drop what hangs on the old column p__old of c'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_p_fkey__old;
COMMIT;
\echo 'step 21 of 25: done'

-- ============================================================================
-- Step 22 of 25, contract: From here the way back computes p__old of c again
--   Id:           c.p/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 22 of 25: From here the way back computes p__old of c again'
-- Nothing to run in the database.
\echo 'step 22 of 25: done'

-- ============================================================================
-- Step 23 of 25, contract: Stop keeping p__old and p of c equal
--   Id:           c.p/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 23 of 25: Stop keeping p__old and p of c equal'
BEGIN;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'step 23 of 25: done'

-- ============================================================================
-- Step 24 of 25, contract: Drop the old column p__old of c
--   Id:           c.p/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of p that p cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 24 of 25: Drop the old column p__old of c'
BEGIN;
ALTER TABLE c DROP COLUMN p__old;
COMMIT;
\echo 'step 24 of 25: done'
-- Application: Check that no application, report or job names p__old any more.

-- ============================================================================
-- Step 25 of 25, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 25 of 25: Remove the progress and error tables'
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
\echo 'step 25 of 25: done'

\echo 'forward: done'
