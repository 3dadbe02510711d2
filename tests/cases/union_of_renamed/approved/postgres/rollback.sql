-- WARNING: rollback is destructive — o.name data will be lost: values of title that name cannot hold.
-- WARNING: rollback is destructive — t.name data will be lost: values of title that name cannot hold; values of x that x cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration union_of_renamed
-- Two tables rename a column each, at different moments, under a view over both
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
-- Check: step 14 must be done before this: Drop the old column name, x__old of t. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 14 must be done before this: Drop the old column name, x__old of t', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 15 of 15, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 15 of 15: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 15 of 15: done'

-- ============================================================================
-- Undo step 14 of 15, contract: Drop the old column name, x__old of t
--   Id:           t.title/contract/drop-old
--   Loses:        values of title that name cannot hold; values of x that x cannot hold
-- ============================================================================
\echo 'undo step 14 of 15: Drop the old column name, x__old of t'
BEGIN;
ALTER TABLE t ADD COLUMN x__old integer;
ALTER TABLE t ADD COLUMN name varchar(10);
COMMIT;
\echo 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop keeping name, x__old and title, x of t equal
--   Id:           t.title/contract/stop-sync
-- ============================================================================
\echo 'undo step 13 of 15: Stop keeping name, x__old and title, x of t equal'
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (new) x__old > x (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.x__old := OLD.x__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.x := OLD.x; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
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
        SELECT 't__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 't__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.x__old::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.x::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.x::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.x__old IS NOT NULL AND NEW.x IS NOT NULL THEN 'both'
      WHEN NEW.x__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.x__old)::record *<> ROW(OLD.x__old)::record THEN CASE WHEN ROW(NEW.x)::record *<> ROW(OLD.x)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.x)::record *<> ROW(OLD.x)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.x := (SELECT CAST(x__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.x)::record *= ROW(NEW.x)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.x := (SELECT CAST(x__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'x', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.x := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.x__old := (SELECT CAST(x AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'x__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.x__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text, NEW.x__old::text, NEW.x::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync('first');
CREATE TRIGGER "~zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER "~zz_t__sync_kept" BEFORE UPDATE ON t FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.x__old)::record *<> ROW(OLD.name, OLD.x__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title, NEW.x)::record *<> ROW(OLD.title, OLD.x)::record) EXECUTE FUNCTION zz_t__sync('kept');
COMMIT;
\echo 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back computes name, x__old of t again
--   Id:           t.title/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 12 of 15: From here the way back computes name, x__old of t again'
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
  this_work CONSTANT text := 't.title/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 't'::regclass AND attname IN ('name', 'x__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 t.id%TYPE;
  hi1 t.id%TYPE;
  stop1 t.id%TYPE;
  held1 t.name%TYPE;
  held2 t.x__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM t ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM t ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE t SET name = title, x__old = CAST(x AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (x__old) = (CAST(x AS integer)) OR ((x__old) IS NULL AND (CAST(x AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE t SET name = title, x__old = CAST(x AS integer) WHERE id = one.id AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (x__old) = (CAST(x AS integer)) OR ((x__old) IS NULL AND (CAST(x AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT title INTO forgelua.held1 FROM t WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT CAST(x AS integer) INTO forgelua.held2 FROM t WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE t SET name = forgelua.held1, x__old = forgelua.held2 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of t could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop the old column name of o
--   Id:           o.title/contract/drop-old
--   Loses:        values of title that name cannot hold
-- ============================================================================
\echo 'undo step 11 of 15: Drop the old column name of o'
BEGIN;
ALTER TABLE o ADD COLUMN name varchar(10);
COMMIT;
\echo 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop keeping name and title of o equal
--   Id:           o.title/contract/stop-sync
-- ============================================================================
\echo 'undo step 10 of 15: Stop keeping name and title of o equal'
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
CREATE OR REPLACE FUNCTION zz_o__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (new);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
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
        SELECT 'o__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 'o__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_o__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_o__sync" BEFORE INSERT OR UPDATE ON o FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_o__sync('first');
CREATE TRIGGER "~zz_o__sync" BEFORE INSERT OR UPDATE ON o FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_o__sync();
CREATE TRIGGER "~zz_o__sync_kept" BEFORE UPDATE ON o FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name)::record *<> ROW(OLD.name)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title)::record *<> ROW(OLD.title)::record) EXECUTE FUNCTION zz_o__sync('kept');
COMMIT;
\echo 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back computes name of o again
--   Id:           o.title/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 9 of 15: From here the way back computes name of o again'
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
  this_work CONSTANT text := 'o.title/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'o'::regclass AND attname IN ('name')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'o'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 o.id%TYPE;
  hi1 o.id%TYPE;
  stop1 o.id%TYPE;
  held1 o.name%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM o ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM o ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM o WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM o WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE o SET name = title WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM o WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE o SET name = title WHERE id = one.id AND ((CASE WHEN (name) = (title) OR ((name) IS NULL AND (title) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT title INTO forgelua.held1 FROM o WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE o SET name = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM o WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of o could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Let title, x of t lead
--   Id:           t.title/switch/swap
-- ============================================================================
\echo 'undo step 8 of 15: Let title, x of t lead'
BEGIN;
LOCK TABLE v, t IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['t', 'v']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['t', 'v']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW v;
DROP TRIGGER "~zz_t__sync" ON t;
DROP TRIGGER "!zz_t__sync" ON t;
DROP TRIGGER IF EXISTS "~zz_t__sync_kept" ON t;
DROP FUNCTION zz_t__sync();
ALTER TABLE t RENAME COLUMN x TO x__new;
ALTER TABLE t RENAME COLUMN x__old TO x;
CREATE VIEW v AS
SELECT id, title, x FROM t UNION ALL SELECT id, title, x FROM o;
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (old) x > x__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.x := OLD.x; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.x__new := OLD.x__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
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
        SELECT 't__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 't__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.x::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.x__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.x__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.x IS NOT NULL AND NEW.x__new IS NOT NULL THEN 'both'
      WHEN NEW.x__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.x)::record *<> ROW(OLD.x)::record THEN CASE WHEN ROW(NEW.x__new)::record *<> ROW(OLD.x__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.x__new)::record *<> ROW(OLD.x__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.x__new := (SELECT CAST(x AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.x__new)::record *= ROW(NEW.x__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.x__new := (SELECT CAST(x AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'x__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.x__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.x := (SELECT CAST(x__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 't__sync', TG_OP, 'x', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.x := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c9b57154_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text, NEW.x::text, NEW.x__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync('first');
CREATE TRIGGER "~zz_t__sync" BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER "~zz_t__sync_kept" BEFORE UPDATE ON t FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name, NEW.x)::record *<> ROW(OLD.name, OLD.x)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title, NEW.x__new)::record *<> ROW(OLD.title, OLD.x__new)::record) EXECUTE FUNCTION zz_t__sync('kept');
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
\echo 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Let title of o lead
--   Id:           o.title/switch/swap
-- ============================================================================
\echo 'undo step 7 of 15: Let title of o lead'
BEGIN;
LOCK TABLE v IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['v']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['v']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW v;
DROP TRIGGER "~zz_o__sync" ON o;
DROP TRIGGER "!zz_o__sync" ON o;
DROP TRIGGER IF EXISTS "~zz_o__sync_kept" ON o;
DROP FUNCTION zz_o__sync();
CREATE VIEW v AS
SELECT id, name, x FROM t UNION ALL SELECT id, name, x FROM o;
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
CREATE OR REPLACE FUNCTION zz_o__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns name > title (old);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.title := OLD.title; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
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
        SELECT 'o__sync', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
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
        SELECT 'o__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_48d2418f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.name::text, NEW.title::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_o__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_o__sync" BEFORE INSERT OR UPDATE ON o FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_o__sync('first');
CREATE TRIGGER "~zz_o__sync" BEFORE INSERT OR UPDATE ON o FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_o__sync();
CREATE TRIGGER "~zz_o__sync_kept" BEFORE UPDATE ON o FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.name)::record *<> ROW(OLD.name)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.title)::record *<> ROW(OLD.title)::record) EXECUTE FUNCTION zz_o__sync('kept');
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
\echo 'undo step 7 of 15: done'

-- ============================================================================
-- Undo step 6 of 15, migrate: Convert name, x of t into title, x__new
--   Id:           t.title/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 15: Convert name, x of t into title, x__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Keep name, x and title, x__new of t equal
--   Id:           t.title/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 15: Keep name, x and title, x__new of t equal'
BEGIN;
DROP TRIGGER "~zz_t__sync" ON t;
DROP TRIGGER "!zz_t__sync" ON t;
DROP TRIGGER IF EXISTS "~zz_t__sync_kept" ON t;
DROP FUNCTION zz_t__sync();
COMMIT;
\echo 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Convert name of o into title
--   Id:           o.title/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 15: Convert name of o into title'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep name and title of o equal
--   Id:           o.title/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 15: Keep name and title of o equal'
BEGIN;
DROP TRIGGER "~zz_o__sync" ON o;
DROP TRIGGER "!zz_o__sync" ON o;
DROP TRIGGER IF EXISTS "~zz_o__sync_kept" ON o;
DROP FUNCTION zz_o__sync();
COMMIT;
\echo 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Add title, x__new beside name, x in t
--   Id:           t.title/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 15: Add title, x__new beside name, x in t'
BEGIN;
ALTER TABLE t DROP COLUMN x__new;
ALTER TABLE t DROP COLUMN title;
COMMIT;
\echo 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Add title beside name in o
--   Id:           o.title/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 15: Add title beside name in o'
BEGIN;
ALTER TABLE o DROP COLUMN title;
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
\echo 'undo step 1 of 15: done'

\echo 'rollback: done'
