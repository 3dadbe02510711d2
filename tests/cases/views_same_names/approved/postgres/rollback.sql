-- Rollback, every phase of migration views_same_names
-- A column is renamed under views that read the same name from another table
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
-- Check: step 10 must be done before this: Drop the old column name, date of topics. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'topics' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Drop the old column name, date of topics', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 11 of 11, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 11 of 11: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 11 of 11: done'

-- ============================================================================
-- Undo step 10 of 11, contract: Drop the old column name, date of topics
--   Id:           topics.title/contract/drop-old
-- ============================================================================
\echo 'undo step 10 of 11: Drop the old column name, date of topics'
BEGIN;
ALTER TABLE topics ADD COLUMN date date;
ALTER TABLE topics ADD COLUMN name varchar(20);
COMMIT;
\echo 'undo step 10 of 11: done'

-- ============================================================================
-- Undo step 9 of 11, contract: Stop keeping name, date and title, day of topics equal
--   Id:           topics.title/contract/stop-sync
-- ============================================================================
\echo 'undo step 9 of 11: Stop keeping name, date and title, day of topics equal'
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
CREATE OR REPLACE FUNCTION zz_topics__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (new) date > day (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.date := OLD.date; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.day := OLD.day; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.name IS NOT NULL AND NEW.title IS NOT NULL THEN 'both'
      WHEN NEW.name IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN CASE WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.title := (SELECT name FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.title)::record *= ROW(NEW.title)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.title := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'topics__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.name := (SELECT title FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'topics__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
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
        SELECT 'topics__sync', TG_OP, 'day', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 'topics__sync', TG_OP, 'date', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.date := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text, NEW.date::text, NEW.day::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_topics__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_topics__sync" BEFORE INSERT OR UPDATE ON topics FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_topics__sync('first');
CREATE TRIGGER "~zz_topics__sync" BEFORE INSERT OR UPDATE ON topics FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_topics__sync();
CREATE TRIGGER "~zz_topics__sync_kept" BEFORE UPDATE ON topics FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.date)::record *<> ROW(OLD.name, OLD.date)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title, NEW.day)::record *<> ROW(OLD.title, OLD.day)::record) EXECUTE FUNCTION zz_topics__sync('kept');
COMMIT;
\echo 'undo step 9 of 11: done'

-- ============================================================================
-- Undo step 8 of 11, contract: From here the way back computes name, date of topics again
--   Id:           topics.title/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 8 of 11: From here the way back computes name, date of topics again'
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
  this_work CONSTANT text := 'topics.title/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'topics'::regclass AND attname IN ('name', 'date')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'topics'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 topics.id%TYPE;
  hi1 topics.id%TYPE;
  stop1 topics.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM topics ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM topics ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM topics WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM topics WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE topics SET name = title, date = day WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (date) = (day) OR ((date) IS NULL AND (day) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM topics WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE topics SET name = title, date = day WHERE id = one.id AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (date) = (day) OR ((date) IS NULL AND (day) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM topics WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of topics could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 8 of 11: done'

-- ============================================================================
-- Undo step 7 of 11, contract: Drop what hangs on the old column name, date of topics
--   Id:           topics.title/contract/drop-old-members
-- ============================================================================
\echo 'undo step 7 of 11: Drop what hangs on the old column name, date of topics'
BEGIN;
ALTER TABLE topics ADD CONSTRAINT young__old CHECK (date >= DATE '1900-01-01');
COMMIT;
\echo 'undo step 7 of 11: done'

-- ============================================================================
-- Undo step 6 of 11, switch: Let title, day of topics lead
--   Id:           topics.title/switch/swap
-- ============================================================================
\echo 'undo step 6 of 11: Let title, day of topics lead'
BEGIN;
LOCK TABLE all_names, latest, owned IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['all_names', 'latest', 'owned']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['all_names', 'latest', 'owned']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW all_names;
DROP VIEW latest;
DROP VIEW owned;
DROP TRIGGER "~zz_topics__sync" ON topics;
DROP TRIGGER "!zz_topics__sync" ON topics;
DROP TRIGGER IF EXISTS "~zz_topics__sync_kept" ON topics;
DROP FUNCTION zz_topics__sync();
ALTER TABLE topics RENAME CONSTRAINT young TO young__new;
ALTER TABLE topics RENAME CONSTRAINT young__old TO young;
CREATE VIEW owned AS
SELECT id FROM topics WHERE name IN (SELECT name FROM owners);
CREATE VIEW latest AS
SELECT t.id, (SELECT max(name) FROM owners WHERE owners.topic = t.id) AS m, t.name AS label FROM topics AS t;
CREATE VIEW all_names AS
SELECT name AS label FROM topics UNION ALL SELECT name FROM owners;
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
CREATE OR REPLACE FUNCTION zz_topics__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (old) date > day (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.name := OLD.name; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.date := OLD.date; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.day := OLD.day; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.name IS NOT NULL AND NEW.title IS NOT NULL THEN 'both'
      WHEN NEW.title IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN CASE WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.title := (SELECT name FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.title)::record *= ROW(NEW.title)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.title := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'topics__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.name := (SELECT title FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'topics__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
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
        SELECT 'topics__sync', TG_OP, 'day', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 'topics__sync', TG_OP, 'date', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.date := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_bc366db2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text, NEW.date::text, NEW.day::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_topics__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_topics__sync" BEFORE INSERT OR UPDATE ON topics FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_topics__sync('first');
CREATE TRIGGER "~zz_topics__sync" BEFORE INSERT OR UPDATE ON topics FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_topics__sync();
CREATE TRIGGER "~zz_topics__sync_kept" BEFORE UPDATE ON topics FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.date)::record *<> ROW(OLD.name, OLD.date)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title, NEW.day)::record *<> ROW(OLD.title, OLD.day)::record) EXECUTE FUNCTION zz_topics__sync('kept');
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
\echo 'undo step 6 of 11: done'

-- ============================================================================
-- Undo step 5 of 11, switch: Validate the check young__new on topics
--   Id:           topics.young__new/switch/validate
-- ============================================================================
\echo 'undo step 5 of 11: Validate the check young__new on topics'
BEGIN;
ALTER TABLE topics DROP CONSTRAINT young__new, ADD CONSTRAINT young__new CHECK (day >= DATE '1900-01-01') NOT VALID;
COMMIT;
\echo 'undo step 5 of 11: done'

-- ============================================================================
-- Undo step 4 of 11, switch: Add the check young__new on topics, not yet validated
--   Id:           topics.young__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 4 of 11: Add the check young__new on topics, not yet validated'
BEGIN;
ALTER TABLE topics DROP CONSTRAINT young__new;
COMMIT;
\echo 'undo step 4 of 11: done'

-- ============================================================================
-- Undo step 3 of 11, migrate: Convert name, date of topics into title, day
--   Id:           topics.title/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 11: Convert name, date of topics into title, day'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 11: done'

-- ============================================================================
-- Undo step 2 of 11, migrate: Keep name, date and title, day of topics equal
--   Id:           topics.title/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 11: Keep name, date and title, day of topics equal'
BEGIN;
DROP TRIGGER "~zz_topics__sync" ON topics;
DROP TRIGGER "!zz_topics__sync" ON topics;
DROP TRIGGER IF EXISTS "~zz_topics__sync_kept" ON topics;
DROP FUNCTION zz_topics__sync();
COMMIT;
\echo 'undo step 2 of 11: done'

-- ============================================================================
-- Undo step 1 of 11, expand: Add title, day beside name, date in topics
--   Id:           topics.title/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 11: Add title, day beside name, date in topics'
BEGIN;
ALTER TABLE topics DROP COLUMN day;
ALTER TABLE topics DROP COLUMN title;
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
\echo 'undo step 1 of 11: done'

\echo 'rollback: done'
