-- Forward, every phase of migration required_by_second_column
-- A number that grows and becomes required, while the deployed application leaves it out
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 7 is destructive — size__old, depth of parts as the old schema held it

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
-- Check: step 1 must not be done at this point: Add size__new, height beside size, depth in parts. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND a.attname = 'size__new' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add size__new, height beside size, depth in parts', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 8 must not be done at this point: Refuse new NULLs in parts.size. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND k.conname = 'parts_size_not_null' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must not be done at this point: Refuse new NULLs in parts.size', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 11 must not be done at this point: Refuse new NULLs in parts.height. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND k.conname = 'parts_height_not_null' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must not be done at this point: Refuse new NULLs in parts.height', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column parts.size. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND a.attname = 'size' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column parts.size', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 14, expand: Add size__new, height beside size, depth in parts
--   Id:           parts.size/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 14: Add size__new, height beside size, depth in parts'
BEGIN;
ALTER TABLE parts ADD COLUMN size__new bigint;
ALTER TABLE parts ADD COLUMN height bigint;
COMMIT;
\echo 'step 1 of 14: done'

-- ============================================================================
-- Step 2 of 14, migrate: Keep size, depth and size__new, height of parts equal
--   Id:           parts.size/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 2 of 14: Keep size, depth and size__new, height of parts equal'
-- Check: every row of parts gives size a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE (COALESCE(size, 0)) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of parts gives size a value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every row of parts gives height a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE (COALESCE(depth, -1)) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of parts gives height a value', '0', forgelua_actual;
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
CREATE OR REPLACE FUNCTION zz_parts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns size > size__new (old) depth > height (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.size := OLD.size; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.depth := OLD.depth; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.size__new := OLD.size__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.height := OLD.height; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.size::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.size__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.size__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.size IS NOT NULL AND NEW.size__new IS NOT NULL THEN 'both'
      WHEN NEW.size__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN CASE WHEN ROW(NEW.size__new)::record *<> ROW(OLD.size__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.size__new)::record *<> ROW(OLD.size__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.size__new := (SELECT COALESCE(size, 0) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.size__new)::record *= ROW(NEW.size__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.size__new := (SELECT COALESCE(size, 0) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'size__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.size := (SELECT CAST(size__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.depth::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.height::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.height::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.depth IS NOT NULL AND NEW.height IS NOT NULL THEN 'both'
      WHEN NEW.height IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.depth)::record *<> ROW(OLD.depth)::record THEN CASE WHEN ROW(NEW.height)::record *<> ROW(OLD.height)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.height)::record *<> ROW(OLD.height)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.height := (SELECT COALESCE(depth, -1) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.height)::record *= ROW(NEW.height)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.height := (SELECT COALESCE(depth, -1) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'height', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.height := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.depth := (SELECT CAST(height AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'depth', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.depth := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.size::text, NEW.size__new::text, NEW.depth::text, NEW.height::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync('first');
CREATE TRIGGER "~zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync();
CREATE TRIGGER "~zz_parts__sync_kept" BEFORE UPDATE ON parts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.size, NEW.depth)::record *<> ROW(OLD.size, OLD.depth)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.size__new, NEW.height)::record *<> ROW(OLD.size__new, OLD.height)::record) EXECUTE FUNCTION zz_parts__sync('kept');
COMMIT;
\echo 'step 2 of 14: done'
-- Application: From here the new application may read and write height once the backfill is done.

-- ============================================================================
-- Step 3 of 14, migrate: Convert size, depth of parts into size__new, height
--   Id:           parts.size/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 3 of 14: Convert size, depth of parts into size__new, height'
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
  this_work CONSTANT text := 'parts.size/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'parts'::regclass AND attname IN ('size__new', 'height')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'parts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 parts.id%TYPE;
  hi1 parts.id%TYPE;
  stop1 parts.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'parts'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM parts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM parts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE parts SET size__new = COALESCE(size, 0), height = COALESCE(depth, -1) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (size__new IS NULL OR height IS NULL);
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
      FOR one IN SELECT * FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE parts SET size__new = COALESCE(size, 0), height = COALESCE(depth, -1) WHERE id = one.id AND (size__new IS NULL OR height IS NULL);
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
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of parts could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 3 of 14: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE (CASE WHEN (size__new) = (CAST(COALESCE(size, 0) AS bigint)) OR ((size__new) IS NULL AND (CAST(COALESCE(size, 0) AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (height) = (CAST(COALESCE(depth, -1) AS bigint)) OR ((height) IS NULL AND (CAST(COALESCE(depth, -1) AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 4 of 14, switch: Let size, height of parts lead
--   Id:           parts.size/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: size, depth is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 4 of 14: Let size, height of parts lead'
-- Check: step 3 has come to its end: Convert size, depth of parts into size__new, height. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'parts.size/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 has come to its end: Convert size, depth of parts into size__new, height', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'parts__sync' AND column_name IN ('size__new', 'height'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of parts stands in forgelua_sync_errors (mend it in parts, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE parts IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['parts']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['parts']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_parts__sync" ON parts;
DROP TRIGGER "!zz_parts__sync" ON parts;
DROP TRIGGER IF EXISTS "~zz_parts__sync_kept" ON parts;
DROP FUNCTION zz_parts__sync();
ALTER TABLE parts RENAME COLUMN size TO size__old;
ALTER TABLE parts RENAME COLUMN size__new TO size;
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
CREATE OR REPLACE FUNCTION zz_parts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns size__old > size (required) depth > height (required);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.size__old := OLD.size__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.depth := OLD.depth; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.size := OLD.size; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.height := OLD.height; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.size__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.size::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.size::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.size__old IS NOT NULL AND NEW.size IS NOT NULL THEN 'both'
      WHEN NEW.size__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.size__old)::record *<> ROW(OLD.size__old)::record THEN CASE WHEN ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.size := (SELECT COALESCE(size__old, 0) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.size)::record *= ROW(NEW.size)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.size := (SELECT COALESCE(size__old, 0) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.size__old := (SELECT CAST(size AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'size__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size__old := NULL;
    END;
  END IF;
  IF NEW.size__old IS NULL AND NEW.size IS NULL THEN
    BEGIN
      NEW.size := (SELECT COALESCE(size__old, 0) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.depth::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.height::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.height::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.depth IS NOT NULL AND NEW.height IS NOT NULL THEN 'both'
      WHEN NEW.depth IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.depth)::record *<> ROW(OLD.depth)::record THEN CASE WHEN ROW(NEW.height)::record *<> ROW(OLD.height)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.height)::record *<> ROW(OLD.height)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.height := (SELECT COALESCE(depth, -1) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.height)::record *= ROW(NEW.height)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.height := (SELECT COALESCE(depth, -1) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'height', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.height := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.depth := (SELECT CAST(height AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'depth', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.depth := NULL;
    END;
  END IF;
  IF NEW.depth IS NULL AND NEW.height IS NULL THEN
    BEGIN
      NEW.height := (SELECT COALESCE(depth, -1) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'parts__sync', TG_OP, 'height', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.height := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_3234716a_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.size__old::text, NEW.size::text, NEW.depth::text, NEW.height::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync('first');
CREATE TRIGGER "~zz_parts__sync" BEFORE INSERT OR UPDATE ON parts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_parts__sync();
CREATE TRIGGER "~zz_parts__sync_kept" BEFORE UPDATE ON parts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.size__old, NEW.depth)::record *<> ROW(OLD.size__old, OLD.depth)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.size, NEW.height)::record *<> ROW(OLD.size, OLD.height)::record) EXECUTE FUNCTION zz_parts__sync('kept');
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
\echo 'step 4 of 14: done'
-- Application: Deploy the application that uses size, height as the new schema has it.

-- ============================================================================
-- Step 5 of 14, contract: From here the way back computes size__old, depth of parts again
--   Id:           parts.size/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 14: From here the way back computes size__old, depth of parts again'
-- Check: no row of parts has NULL in size. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE size IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts has NULL in size', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of parts has NULL in height. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE height IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts has NULL in height', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Nothing to run in the database.
\echo 'step 5 of 14: done'

-- ============================================================================
-- Step 6 of 14, contract: Stop keeping size__old, depth and size, height of parts equal
--   Id:           parts.size/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 14: Stop keeping size__old, depth and size, height of parts equal'
BEGIN;
DROP TRIGGER "~zz_parts__sync" ON parts;
DROP TRIGGER "!zz_parts__sync" ON parts;
DROP TRIGGER IF EXISTS "~zz_parts__sync_kept" ON parts;
DROP FUNCTION zz_parts__sync();
COMMIT;
\echo 'step 6 of 14: done'

-- ============================================================================
-- Step 7 of 14, contract: Drop the old column size__old, depth of parts
--   Id:           parts.size/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name size, depth fail from here
--   Way back:     loses values of size that do not come back from size unchanged; values of depth that do not come back from height unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 7 of 14: Drop the old column size__old, depth of parts'
BEGIN;
ALTER TABLE parts DROP COLUMN size__old;
ALTER TABLE parts DROP COLUMN depth;
COMMIT;
\echo 'step 7 of 14: done'
-- Application: Check that no application, report or job names size__old, depth any more.

-- ============================================================================
-- Step 8 of 14, contract: Refuse new NULLs in parts.size
--   Id:           parts.size/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into parts.size fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 8 of 14: Refuse new NULLs in parts.size'
-- Check: no row of parts has NULL in size. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE size IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts has NULL in size', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_size_not_null CHECK (size IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 8 of 14: done'

-- ============================================================================
-- Step 9 of 14, contract: Validate that no row has NULL in parts.size
--   Id:           parts.size/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 9 of 14: Validate that no row has NULL in parts.size'
BEGIN;
ALTER TABLE parts VALIDATE CONSTRAINT parts_size_not_null;
COMMIT;
\echo 'step 9 of 14: done'

-- ============================================================================
-- Step 10 of 14, contract: Make parts.size NOT NULL
--   Id:           parts.size/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 14: Make parts.size NOT NULL'
BEGIN;
ALTER TABLE parts ALTER COLUMN size SET NOT NULL;
ALTER TABLE parts DROP CONSTRAINT parts_size_not_null;
COMMIT;
\echo 'step 10 of 14: done'

-- ============================================================================
-- Step 11 of 14, contract: Refuse new NULLs in parts.height
--   Id:           parts.height/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into parts.height fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 11 of 14: Refuse new NULLs in parts.height'
-- Check: no row of parts has NULL in height. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE height IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts has NULL in height', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_height_not_null CHECK (height IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 11 of 14: done'

-- ============================================================================
-- Step 12 of 14, contract: Validate that no row has NULL in parts.height
--   Id:           parts.height/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 12 of 14: Validate that no row has NULL in parts.height'
BEGIN;
ALTER TABLE parts VALIDATE CONSTRAINT parts_height_not_null;
COMMIT;
\echo 'step 12 of 14: done'

-- ============================================================================
-- Step 13 of 14, contract: Make parts.height NOT NULL
--   Id:           parts.height/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 14: Make parts.height NOT NULL'
BEGIN;
ALTER TABLE parts ALTER COLUMN height SET NOT NULL;
ALTER TABLE parts DROP CONSTRAINT parts_height_not_null;
COMMIT;
\echo 'step 13 of 14: done'

-- ============================================================================
-- Step 14 of 14, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 14: Remove the progress and error tables'
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
\echo 'step 14 of 14: done'

\echo 'forward: done'
