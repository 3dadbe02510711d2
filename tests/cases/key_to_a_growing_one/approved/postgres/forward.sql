-- Forward, every phase of migration key_to_a_growing_one
-- A column becomes a foreign key to a key that grows, in development
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 14 is destructive — p_id__old of c as the old schema held it

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
-- Check: step 1 must not be done at this point: Add p_id__new beside p_id in c. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND a.attname = 'p_id__new' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add p_id__new beside p_id in c', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must not be done at this point: Change the type of p.id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'p' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must not be done at this point: Change the type of p.id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 15, expand: Add p_id__new beside p_id in c
--   Id:           c.p_id/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 15: Add p_id__new beside p_id in c'
BEGIN;
ALTER TABLE c ADD COLUMN p_id__new bigint;
COMMIT;
\echo 'step 1 of 15: done'

-- ============================================================================
-- Step 2 of 15, migrate: Keep p_id and p_id__new of c equal
--   Id:           c.p_id/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 2 of 15: Keep p_id and p_id__new of c equal'
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
-- forgelua: columns p_id > p_id__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p_id := OLD.p_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p_id__new := OLD.p_id__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p_id::text IS DISTINCT FROM forgelua_seen[1] OR NEW.id::text IS DISTINCT FROM forgelua_seen[2] THEN CASE WHEN NEW.p_id__new::text IS DISTINCT FROM forgelua_seen[3] THEN 'both' ELSE 'new' END
      WHEN NEW.p_id__new::text IS DISTINCT FROM forgelua_seen[3] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p_id IS NOT NULL AND NEW.p_id__new IS NOT NULL THEN 'both'
      WHEN NEW.p_id__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p_id, NEW.id)::record *<> ROW(OLD.p_id, OLD.id)::record THEN CASE WHEN ROW(NEW.p_id__new)::record *<> ROW(OLD.p_id__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p_id__new)::record *<> ROW(OLD.p_id__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p_id__new := (SELECT (SELECT p.id FROM p WHERE p.id = c.p_id) FROM (SELECT NEW.*) AS c);
      IF ROW(forgelua_probe.p_id__new)::record *= ROW(NEW.p_id__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p_id__new := (SELECT (SELECT p.id FROM p WHERE p.id = c.p_id) FROM (SELECT NEW.*) AS c);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p_id__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p_id__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p_id := (SELECT CAST(p_id__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p_id::text, NEW.id::text, NEW.p_id__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p_id__new)::record *<> ROW(OLD.p_id__new)::record) EXECUTE FUNCTION zz_c__sync('kept');
COMMIT;
\echo 'step 2 of 15: done'

-- ============================================================================
-- Step 3 of 15, migrate: Convert p_id of c into p_id__new
--   Id:           c.p_id/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 3 of 15: Convert p_id of c into p_id__new'
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
  this_work CONSTANT text := 'c.p_id/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c'::regclass AND attname IN ('p_id__new')
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
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'c'::regclass), forgelua.token);
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
    SELECT id INTO hi1 FROM (SELECT id FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE c SET p_id__new = CAST((SELECT p.id FROM p WHERE p.id = c.p_id) AS bigint) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (p_id__new IS NULL);
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
          UPDATE c SET p_id__new = CAST((SELECT p.id FROM p WHERE p.id = c.p_id) AS bigint) WHERE id = one.id AND (p_id__new IS NULL);
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
    PERFORM pg_sleep(1);
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
\echo 'step 3 of 15: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM c WHERE (CASE WHEN (p_id__new) = (CAST((SELECT p.id FROM p WHERE p.id = c.p_id) AS bigint)) OR ((p_id__new) IS NULL AND (CAST((SELECT p.id FROM p WHERE p.id = c.p_id) AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 4 of 15, switch: Add the foreign key c_p_id_fkey on c, not yet validated
--   Id:           c.c_p_id_fkey/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   p
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 4 of 15: Add the foreign key c_p_id_fkey on c, not yet validated'
-- Check: step 3 has come to its end: Convert p_id of c into p_id__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'c.p_id/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 has come to its end: Convert p_id of c into p_id__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of c stands in forgelua_sync_errors (mend it in c, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'c__sync' AND column_name IN ('p_id__new'))::text;
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
  forgelua_actual := (SELECT COUNT(*) FROM c AS child_row WHERE child_row.p_id__new IS NOT NULL AND NOT EXISTS (SELECT 1 FROM p AS parent_row WHERE parent_row.id = child_row.p_id__new))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of c points at a missing row of p', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE c ADD CONSTRAINT c_p_id_fkey FOREIGN KEY (p_id__new) REFERENCES p (id) ON DELETE SET NULL NOT VALID;
COMMIT;
\echo 'step 4 of 15: done'

-- ============================================================================
-- Step 5 of 15, switch: Validate the foreign key c_p_id_fkey on c
--   Id:           c.c_p_id_fkey/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   p
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 5 of 15: Validate the foreign key c_p_id_fkey on c'
BEGIN;
ALTER TABLE c VALIDATE CONSTRAINT c_p_id_fkey;
COMMIT;
\echo 'step 5 of 15: done'

-- ============================================================================
-- Step 6 of 15, switch: Let the new p_id of c take over
--   Id:           c.p_id/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 6 of 15: Let the new p_id of c take over'
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
ALTER TABLE c RENAME COLUMN p_id TO p_id__old;
ALTER TABLE c RENAME COLUMN p_id__new TO p_id;
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
-- forgelua: columns p_id__old > p_id (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.p_id__old := OLD.p_id__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.p_id := OLD.p_id; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p_id__old::text IS DISTINCT FROM forgelua_seen[1] OR NEW.id::text IS DISTINCT FROM forgelua_seen[2] THEN CASE WHEN NEW.p_id::text IS DISTINCT FROM forgelua_seen[3] THEN 'both' ELSE 'new' END
      WHEN NEW.p_id::text IS DISTINCT FROM forgelua_seen[3] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p_id__old IS NOT NULL AND NEW.p_id IS NOT NULL THEN 'both'
      WHEN NEW.p_id__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p_id__old, NEW.id)::record *<> ROW(OLD.p_id__old, OLD.id)::record THEN CASE WHEN ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.p_id := (SELECT (SELECT p.id FROM p WHERE p.id = c.p_id__old) FROM (SELECT NEW.*) AS c);
      IF ROW(forgelua_probe.p_id)::record *= ROW(NEW.p_id)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.p_id := (SELECT (SELECT p.id FROM p WHERE p.id = c.p_id__old) FROM (SELECT NEW.*) AS c);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p_id := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p_id__old := (SELECT CAST(p_id AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'p_id__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.p_id__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p_id__old::text, NEW.id::text, NEW.p_id::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p_id__old)::record *<> ROW(OLD.p_id__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record) EXECUTE FUNCTION zz_c__sync('kept');
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
-- Application: Deploy the application that uses p_id as the new schema has it.

-- ============================================================================
-- Step 7 of 15, switch: Stop every application that writes p
--   Id:           p/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 7 of 15: Stop every application that writes p'
-- Nothing to run in the database.
\echo 'step 7 of 15: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes p.

-- ============================================================================
-- Step 8 of 15, switch: Back up p
--   Id:           p/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 15: Back up p'
-- Nothing to run in the database.
\echo 'step 8 of 15: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM p.

-- ============================================================================
-- Step 9 of 15, switch: Change the type of p.id
--   Id:           p.id/switch/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of p.id that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 9 of 15: Change the type of p.id'
BEGIN;
ALTER TABLE p ALTER COLUMN id TYPE bigint USING CAST(id AS bigint);
COMMIT;
\echo 'step 9 of 15: done'

-- ============================================================================
-- Step 10 of 15, switch: Validate p
--   Id:           p/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 15: Validate p'
-- Nothing to run in the database.
\echo 'step 10 of 15: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 11 of 15, switch: Start the new application
--   Id:           p/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 15: Start the new application'
-- Nothing to run in the database.
\echo 'step 11 of 15: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 12 of 15, contract: From here the way back computes p_id__old of c again
--   Id:           c.p_id/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 15: From here the way back computes p_id__old of c again'
-- Nothing to run in the database.
\echo 'step 12 of 15: done'

-- ============================================================================
-- Step 13 of 15, contract: Stop keeping p_id__old and p_id of c equal
--   Id:           c.p_id/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 15: Stop keeping p_id__old and p_id of c equal'
BEGIN;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'step 13 of 15: done'

-- ============================================================================
-- Step 14 of 15, contract: Drop the old column p_id__old of c
--   Id:           c.p_id/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of p_id that do not come back from p_id unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 14 of 15: Drop the old column p_id__old of c'
BEGIN;
ALTER TABLE c DROP COLUMN p_id__old;
COMMIT;
\echo 'step 14 of 15: done'
-- Application: Check that no application, report or job names p_id__old any more.

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
