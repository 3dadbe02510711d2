-- WARNING: rollback is destructive — tasks.state data will be lost: values of state that state cannot hold: they come back as enum_first(CAST(NULL AS state)), and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — tasks.state__old data will be lost: values of state that do not come back from state unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration enum_replaced
-- A value of an enum goes that a column of a large table uses: the column takes a second enum
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
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
-- Check: step 15 must be done before this: Make tasks.state NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tasks' AND a.attname = 'state' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'task_state' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 15 must be done before this: Make tasks.state NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 12 must be done before this: Drop the enum state. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname = 'state' AND t.typtype = 'e') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 12 must be done before this: Drop the enum state', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 16 of 16, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 16 of 16: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 16 of 16: done'

-- ============================================================================
-- Undo step 15 of 16, contract: Make tasks.state NOT NULL
--   Id:           tasks.state/contract/not-null
-- ============================================================================
\echo 'undo step 15 of 16: Make tasks.state NOT NULL'
BEGIN;
ALTER TABLE tasks ADD CONSTRAINT tasks_state_not_null CHECK (state IS NOT NULL);
ALTER TABLE tasks ALTER COLUMN state DROP NOT NULL;
COMMIT;
\echo 'undo step 15 of 16: done'

-- ============================================================================
-- Undo step 14 of 16, contract: Validate that no row has NULL in tasks.state
--   Id:           tasks.state/contract/not-null-validate
-- ============================================================================
\echo 'undo step 14 of 16: Validate that no row has NULL in tasks.state'
BEGIN;
ALTER TABLE tasks DROP CONSTRAINT tasks_state_not_null, ADD CONSTRAINT tasks_state_not_null CHECK (state IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 14 of 16: done'

-- ============================================================================
-- Undo step 13 of 16, contract: Refuse new NULLs in tasks.state
--   Id:           tasks.state/contract/not-null-guard
-- ============================================================================
\echo 'undo step 13 of 16: Refuse new NULLs in tasks.state'
BEGIN;
ALTER TABLE tasks DROP CONSTRAINT tasks_state_not_null;
COMMIT;
\echo 'undo step 13 of 16: done'

-- ============================================================================
-- Undo step 12 of 16, contract: Drop the enum state
--   Id:           state/contract/drop-enum
-- ============================================================================
\echo 'undo step 12 of 16: Drop the enum state'
BEGIN;
CREATE TYPE state AS ENUM ('new', 'open', 'done');
COMMIT;
\echo 'undo step 12 of 16: done'

-- ============================================================================
-- Undo step 11 of 16, contract: Drop the old column state__old of tasks
--   Id:           tasks.state/contract/drop-old
--   Loses:        values of state that do not come back from state unchanged
-- ============================================================================
\echo 'undo step 11 of 16: Drop the old column state__old of tasks'
BEGIN;
ALTER TABLE tasks ADD COLUMN state__old state;
COMMIT;
\echo 'undo step 11 of 16: done'

-- ============================================================================
-- Undo step 10 of 16, contract: Stop keeping state__old and state of tasks equal
--   Id:           tasks.state/contract/stop-sync
-- ============================================================================
\echo 'undo step 10 of 16: Stop keeping state__old and state of tasks equal'
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
COMMIT;
\echo 'undo step 10 of 16: done'

-- ============================================================================
-- Undo step 9 of 16, contract: From here the way back computes state__old of tasks again
--   Id:           tasks.state/contract/point-of-return
--   Estimate:     2 h 29 min
-- ============================================================================
\echo 'undo step 9 of 16: From here the way back computes state__old of tasks again'
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
  this_work CONSTANT text := 'tasks.state/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'tasks'::regclass AND attname IN ('state__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'tasks'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 tasks.id%TYPE;
  hi1 tasks.id%TYPE;
  stop1 tasks.id%TYPE;
  held1 tasks.state__old%TYPE;
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
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE tasks SET state__old = CAST(CAST(state AS text) AS state) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (state__old) = (CAST(CAST(state AS text) AS state)) OR ((state__old) IS NULL AND (CAST(CAST(state AS text) AS state)) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE tasks SET state__old = CAST(CAST(state AS text) AS state) WHERE id = one.id AND ((CASE WHEN (state__old) = (CAST(CAST(state AS text) AS state)) OR ((state__old) IS NULL AND (CAST(CAST(state AS text) AS state)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(CAST(state AS text) AS state) INTO forgelua.held1 FROM tasks WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE tasks SET state__old = forgelua.held1 WHERE id = one.id;
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          END;
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
    RAISE WARNING '% of tasks could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 9 of 16: done'

-- ============================================================================
-- Undo step 8 of 16, contract: Drop what hangs on the old column state__old of tasks
--   Id:           tasks.state/contract/drop-old-members
-- ============================================================================
\echo 'undo step 8 of 16: Drop what hangs on the old column state__old of tasks'
BEGIN;
CREATE INDEX tasks_state__old ON tasks (state__old);
COMMIT;
\echo 'undo step 8 of 16: done'

-- ============================================================================
-- Undo step 7 of 16, switch: Let the new state of tasks take over
--   Id:           tasks.state/switch/swap
-- ============================================================================
\echo 'undo step 7 of 16: Let the new state of tasks take over'
BEGIN;
LOCK TABLE open_tasks, tasks IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['tasks', 'open_tasks']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['tasks', 'open_tasks']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW open_tasks;
DROP TRIGGER "~zz_tasks__sync" ON tasks;
DROP TRIGGER "!zz_tasks__sync" ON tasks;
DROP TRIGGER IF EXISTS "~zz_tasks__sync_kept" ON tasks;
DROP FUNCTION zz_tasks__sync();
ALTER INDEX tasks_state RENAME TO tasks_state__new;
ALTER INDEX tasks_state__old RENAME TO tasks_state;
ALTER TABLE tasks RENAME COLUMN state TO state__new;
ALTER TABLE tasks ALTER COLUMN state__new DROP DEFAULT;
ALTER TABLE tasks RENAME COLUMN state__old TO state;
ALTER TABLE tasks ALTER COLUMN state SET DEFAULT 'new';
CREATE VIEW open_tasks AS
SELECT id, state FROM tasks WHERE state <> 'done';
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
\echo 'undo step 7 of 16: done'

-- ============================================================================
-- Undo step 6 of 16, migrate: Build the index tasks_state__new on tasks
--   Id:           tasks.tasks_state__new/migrate/build-index
-- ============================================================================
\echo 'undo step 6 of 16: Build the index tasks_state__new on tasks'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS tasks_state__new;
SET lock_timeout = '2s';
\echo 'undo step 6 of 16: done'

-- ============================================================================
-- Undo step 5 of 16, migrate: Convert state of tasks into state__new
--   Id:           tasks.state/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 16: Convert state of tasks into state__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 16: done'

-- ============================================================================
-- Undo step 4 of 16, migrate: Keep state and state__new of tasks equal
--   Id:           tasks.state/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 16: Keep state and state__new of tasks equal'
BEGIN;
DROP TRIGGER "~zz_tasks__sync" ON tasks;
DROP TRIGGER "!zz_tasks__sync" ON tasks;
DROP TRIGGER IF EXISTS "~zz_tasks__sync_kept" ON tasks;
DROP FUNCTION zz_tasks__sync();
COMMIT;
\echo 'undo step 4 of 16: done'

-- ============================================================================
-- Undo step 3 of 16, migrate: Allow NULL in tasks.state for as long as both columns live
--   Id:           tasks.state/migrate/relax
--   Estimate:     2 h 29 min
--   Loses:        values of state that state cannot hold: they come back as enum_first(CAST(NULL AS state)), and are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 3 of 16: Allow NULL in tasks.state for as long as both columns live'
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
  this_work CONSTANT text := 'tasks.state/migrate/relax (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'tasks'::regclass AND attname IN ('state')
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
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE tasks SET state = CAST(enum_first(CAST(NULL AS state)) AS state) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (state IS NULL);
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
          UPDATE tasks SET state = CAST(enum_first(CAST(NULL AS state)) AS state) WHERE id = one.id AND (state IS NULL);
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
    RAISE WARNING '% of tasks could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE tasks ALTER COLUMN state SET NOT NULL;
COMMIT;
\echo 'undo step 3 of 16: done'

-- ============================================================================
-- Undo step 2 of 16, expand: Add state__new beside state in tasks
--   Id:           tasks.state/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 16: Add state__new beside state in tasks'
BEGIN;
ALTER TABLE tasks DROP COLUMN state__new;
COMMIT;
\echo 'undo step 2 of 16: done'

-- ============================================================================
-- Undo step 1 of 16, expand: Create the enum task_state
--   Id:           task_state/expand/create-enum
-- ============================================================================
\echo 'undo step 1 of 16: Create the enum task_state'
BEGIN;
DROP TYPE task_state;
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
\echo 'undo step 1 of 16: done'

\echo 'rollback: done'
