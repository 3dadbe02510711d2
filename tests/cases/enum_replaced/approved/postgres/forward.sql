-- Forward, every phase of migration enum_replaced
-- A value of an enum goes that a column of a large table uses: the column takes a second enum
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — state__old of tasks as the old schema held it

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
-- Check: step 1 must not be done at this point: Create the enum task_state. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname = 'task_state' AND t.typtype = 'e' AND ARRAY['new', 'done']::text[] = ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create the enum task_state', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 16, expand: Create the enum task_state
--   Id:           task_state/expand/create-enum
--   Why:          nothing uses it yet
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 16: Create the enum task_state'
BEGIN;
CREATE TYPE task_state AS ENUM ('new', 'done');
COMMIT;
\echo 'step 1 of 16: done'

-- ============================================================================
-- Step 2 of 16, expand: Add state__new beside state in tasks
--   Id:           tasks.state/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 16: Add state__new beside state in tasks'
BEGIN;
ALTER TABLE tasks ADD COLUMN state__new task_state;
COMMIT;
\echo 'step 2 of 16: done'

-- ============================================================================
-- Step 3 of 16, migrate: Allow NULL in tasks.state for as long as both columns live
--   Id:           tasks.state/migrate/relax
--   Why:          a value of the new column that the old one cannot hold is left out there, never refused
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     loses values of state that state cannot hold: they come back as enum_first(CAST(NULL AS state)), and are named in forgelua_sync_errors
-- ============================================================================
\echo 'step 3 of 16: Allow NULL in tasks.state for as long as both columns live'
BEGIN;
ALTER TABLE tasks ALTER COLUMN state DROP NOT NULL;
COMMIT;
\echo 'step 3 of 16: done'

-- ============================================================================
-- Step 4 of 16, migrate: Keep state and state__new of tasks equal
--   Id:           tasks.state/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 4 of 16: Keep state and state__new of tasks equal'
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
CREATE OR REPLACE FUNCTION zz_tasks__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns state > state__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.state := OLD.state; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state__new := OLD.state__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.state IS NOT NULL AND NEW.state__new IS NOT NULL THEN 'both'
      WHEN NEW.state__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN CASE WHEN ROW(NEW.state__new)::record *<> ROW(OLD.state__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state__new)::record *<> ROW(OLD.state__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state__new := (SELECT CAST(CAST(state AS text) AS task_state) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state__new)::record *= ROW(NEW.state__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state__new := (SELECT CAST(CAST(state AS text) AS task_state) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tasks__sync', TG_OP, 'state__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.state := (SELECT CAST(CAST(state__new AS text) AS state__new) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tasks__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.state::text, NEW.state__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_tasks__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_tasks__sync" BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tasks__sync('first');
CREATE TRIGGER "~zz_tasks__sync" BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tasks__sync();
CREATE TRIGGER "~zz_tasks__sync_kept" BEFORE UPDATE ON tasks FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.state)::record *<> ROW(OLD.state)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state__new)::record *<> ROW(OLD.state__new)::record) EXECUTE FUNCTION zz_tasks__sync('kept');
COMMIT;
\echo 'step 4 of 16: done'

-- ============================================================================
-- Step 5 of 16, migrate: Convert state of tasks into state__new
--   Id:           tasks.state/migrate/backfill
--   Why:          480,000,000 rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     2 h 29 min
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 5 of 16: Convert state of tasks into state__new'
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
  this_work CONSTANT text := 'tasks.state/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'tasks'::regclass AND attname IN ('state__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'tasks'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 tasks.id%TYPE;
  hi1 tasks.id%TYPE;
  stop1 tasks.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 480000000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM tasks ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM tasks ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM tasks WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM tasks WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE tasks SET state__new = CAST(CAST(state AS text) AS task_state) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (state__new IS NULL);
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
      FOR one IN SELECT * FROM tasks WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE tasks SET state__new = CAST(CAST(state AS text) AS task_state) WHERE id = one.id AND (state__new IS NULL);
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
    SELECT id INTO lo1 FROM tasks WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of tasks could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 5 of 16: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM tasks WHERE (CASE WHEN (state__new) = (CAST(CAST(state AS text) AS task_state)) OR ((state__new) IS NULL AND (CAST(CAST(state AS text) AS task_state)) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 6 of 16, migrate: Build the index tasks_state__new on tasks
--   Id:           tasks.tasks_state__new/migrate/build-index
--   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (18 min 36 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     18 min 36 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 6 of 16: Build the index tasks_state__new on tasks'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS tasks_state__new;
CREATE INDEX CONCURRENTLY tasks_state__new ON tasks (state__new);
SET lock_timeout = '2s';
\echo 'step 6 of 16: done'

-- ============================================================================
-- Step 7 of 16, switch: Let the new state of tasks take over
--   Id:           tasks.state/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   tasks, open_tasks
--   Note:         a trigger is dropped; the view is locked with the tables that it reads; only the index is locked (SHARE UPDATE EXCLUSIVE); a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of tasks.state cannot hold fail from here; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 7 of 16: Let the new state of tasks take over'
-- Check: step 5 has come to its end: Convert state of tasks into state__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'tasks.state/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 has come to its end: Convert state of tasks into state__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of tasks stands in forgelua_sync_errors (mend it in tasks, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'tasks__sync' AND column_name IN ('state__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of tasks stands in forgelua_sync_errors (mend it in tasks, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE open_tasks, tasks IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['tasks', 'open_tasks']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['tasks', 'open_tasks']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_tasks__sync" ON tasks;
DROP TRIGGER "!zz_tasks__sync" ON tasks;
DROP TRIGGER IF EXISTS "~zz_tasks__sync_kept" ON tasks;
DROP FUNCTION zz_tasks__sync();
DROP VIEW open_tasks;
ALTER TABLE tasks RENAME COLUMN state TO state__old;
ALTER TABLE tasks ALTER COLUMN state__old DROP DEFAULT;
ALTER TABLE tasks RENAME COLUMN state__new TO state;
ALTER TABLE tasks ALTER COLUMN state SET DEFAULT 'new';
ALTER INDEX tasks_state RENAME TO tasks_state__old;
ALTER INDEX tasks_state__new RENAME TO tasks_state;
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
CREATE OR REPLACE FUNCTION zz_tasks__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns state__old > state (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.state__old := OLD.state__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state := OLD.state; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.state__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.state__old IS NOT NULL AND NEW.state IS NOT NULL THEN 'both'
      WHEN NEW.state__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.state__old)::record *<> ROW(OLD.state__old)::record THEN CASE WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state := (SELECT CAST(CAST(state__old AS text) AS task_state) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state)::record *= ROW(NEW.state)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state := (SELECT CAST(CAST(state__old AS text) AS task_state) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tasks__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.state__old := (SELECT CAST(CAST(state AS text) AS state) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'tasks__sync', TG_OP, 'state__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_6dd33b86_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.state__old::text, NEW.state::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_tasks__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_tasks__sync" BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tasks__sync('first');
CREATE TRIGGER "~zz_tasks__sync" BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_tasks__sync();
CREATE TRIGGER "~zz_tasks__sync_kept" BEFORE UPDATE ON tasks FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.state__old)::record *<> ROW(OLD.state__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state)::record *<> ROW(OLD.state)::record) EXECUTE FUNCTION zz_tasks__sync('kept');
CREATE VIEW open_tasks AS
SELECT id, state FROM tasks WHERE state <> 'done';
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
\echo 'step 7 of 16: done'
-- Application: Deploy the application that uses state as the new schema has it.

-- ============================================================================
-- Step 8 of 16, contract: Drop what hangs on the old column state__old of tasks
--   Id:           tasks.state/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 16: Drop what hangs on the old column state__old of tasks'
-- Check: no row of tasks has NULL in state. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM tasks WHERE state IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of tasks has NULL in state', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
DROP INDEX tasks_state__old;
COMMIT;
\echo 'step 8 of 16: done'

-- ============================================================================
-- Step 9 of 16, contract: From here the way back computes state__old of tasks again
--   Id:           tasks.state/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 16: From here the way back computes state__old of tasks again'
-- Nothing to run in the database.
\echo 'step 9 of 16: done'

-- ============================================================================
-- Step 10 of 16, contract: Stop keeping state__old and state of tasks equal
--   Id:           tasks.state/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 16: Stop keeping state__old and state of tasks equal'
BEGIN;
DROP TRIGGER "~zz_tasks__sync" ON tasks;
DROP TRIGGER "!zz_tasks__sync" ON tasks;
DROP TRIGGER IF EXISTS "~zz_tasks__sync_kept" ON tasks;
DROP FUNCTION zz_tasks__sync();
COMMIT;
\echo 'step 10 of 16: done'

-- ============================================================================
-- Step 11 of 16, contract: Drop the old column state__old of tasks
--   Id:           tasks.state/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of state that do not come back from state unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 16: Drop the old column state__old of tasks'
BEGIN;
ALTER TABLE tasks DROP COLUMN state__old;
COMMIT;
\echo 'step 11 of 16: done'
-- Application: Check that no application, report or job names state__old any more.

-- ============================================================================
-- Step 12 of 16, contract: Drop the enum state
--   Id:           state/contract/drop-enum
--   Why:          nothing uses it any more
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 12 of 16: Drop the enum state'
BEGIN;
DROP TYPE state;
COMMIT;
\echo 'step 12 of 16: done'

-- ============================================================================
-- Step 13 of 16, contract: Refuse new NULLs in tasks.state
--   Id:           tasks.state/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into tasks.state fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 13 of 16: Refuse new NULLs in tasks.state'
-- Check: no row of tasks has NULL in state. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM tasks WHERE state IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of tasks has NULL in state', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE tasks ADD CONSTRAINT tasks_state_not_null CHECK (state IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 13 of 16: done'

-- ============================================================================
-- Step 14 of 16, contract: Validate that no row has NULL in tasks.state
--   Id:           tasks.state/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (18 min 36 s), scans the table
--   Estimate:     18 min 36 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 14 of 16: Validate that no row has NULL in tasks.state'
BEGIN;
ALTER TABLE tasks VALIDATE CONSTRAINT tasks_state_not_null;
COMMIT;
\echo 'step 14 of 16: done'

-- ============================================================================
-- Step 15 of 16, contract: Make tasks.state NOT NULL
--   Id:           tasks.state/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 16: Make tasks.state NOT NULL'
BEGIN;
ALTER TABLE tasks ALTER COLUMN state SET NOT NULL;
ALTER TABLE tasks DROP CONSTRAINT tasks_state_not_null;
COMMIT;
\echo 'step 15 of 16: done'

-- ============================================================================
-- Step 16 of 16, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 16 of 16: Remove the progress and error tables'
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
\echo 'step 16 of 16: done'

\echo 'forward: done'
