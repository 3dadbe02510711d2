-- WARNING: rollback is destructive — parents data will be lost: values of parents that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — news.parent__old data will be lost: values of parent that parent cannot hold.
-- WARNING: rollback is destructive — olds data will be lost: the rows of olds: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration child_goes_as_parent_grows
-- A key gets a wider type while one table that refers to it goes, and another one takes over the name of its foreign key
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
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
-- Check: step 23 must be done before this: Drop the table olds. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'olds' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 23 must be done before this: Drop the table olds', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 24 of 24, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 24 of 24: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 24 of 24: done'

-- ============================================================================
-- Undo step 23 of 24, contract: Drop the table olds
--   Id:           olds/contract/drop-table
--   Loses:        the rows of olds: the way back creates it empty
-- ============================================================================
\echo 'undo step 23 of 24: Drop the table olds'
BEGIN;
CREATE TABLE olds (
  id integer NOT NULL,
  parent integer,
  CONSTRAINT olds_pkey PRIMARY KEY (id)
);
ALTER TABLE olds ADD CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES parents (id);
COMMIT;
\echo 'undo step 23 of 24: done'

-- ============================================================================
-- Undo step 22 of 24, contract: Drop parents__old
--   Id:           parents/contract/drop-old
-- ============================================================================
\echo 'undo step 22 of 24: Drop parents__old'
BEGIN;
CREATE TABLE parents__old (
  id integer NOT NULL,
  CONSTRAINT parents_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 22 of 24: done'

-- ============================================================================
-- Undo step 21 of 24, contract: Stop repeating writes to parents on parents__old
--   Id:           parents/contract/stop-sync
-- ============================================================================
\echo 'undo step 21 of 24: Stop repeating writes to parents on parents__old'
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
CREATE OR REPLACE FUNCTION zz_parents__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table parents__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['parents__old'];
  forgelua_here boolean := coalesce(to_regclass('parents') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'parents__old' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'parents__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'parents__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE parents__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM parents WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM parents__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM parents__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM parents WHERE id = OLD.id);
      ELSE
        DELETE FROM parents__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO parents__old (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer) FROM (SELECT * FROM parents WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO NOTHING;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO parents__old (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO NOTHING;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'parents__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parents__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_parents__sync" AFTER INSERT OR UPDATE OR DELETE ON parents FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_parents__sync();
CREATE TRIGGER "~zz_parents__sync_all" AFTER TRUNCATE ON parents FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_parents__sync();
COMMIT;
\echo 'undo step 21 of 24: done'

-- ============================================================================
-- Undo step 20 of 24, contract: From here the way back copies parents into parents__old again
--   Id:           parents/contract/point-of-return
--   Estimate:     9 s
-- ============================================================================
\echo 'undo step 20 of 24: From here the way back copies parents into parents__old again'
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
  this_work CONSTANT text := 'parents/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'parents__old'::regclass AND attname IN ('id')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'parents'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 parents.id%TYPE;
  hi1 parents.id%TYPE;
  stop1 parents.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 500000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM parents ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM parents ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM parents WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM parents WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO parents__old (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer) FROM parents WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
      ON CONFLICT DO NOTHING;
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
      FOR one IN SELECT * FROM parents WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO parents__old (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer) FROM parents WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
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
    SELECT id INTO lo1 FROM parents WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of parents could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 20 of 24: done'

-- ============================================================================
-- Undo step 19 of 24, contract: Drop the foreign key to_parent__old of olds to the table that goes
--   Id:           olds.to_parent__old/contract/cut-incoming
-- ============================================================================
\echo 'undo step 19 of 24: Drop the foreign key to_parent__old of olds to the table that goes'
BEGIN;
ALTER TABLE olds ADD CONSTRAINT to_parent__old FOREIGN KEY (parent) REFERENCES parents__old (id);
COMMIT;
\echo 'undo step 19 of 24: done'

-- ============================================================================
-- Undo step 18 of 24, contract: Drop the foreign key to_parent__old of news to the table that goes
--   Id:           news.to_parent__old/contract/cut-incoming
-- ============================================================================
\echo 'undo step 18 of 24: Drop the foreign key to_parent__old of news to the table that goes'
BEGIN;
ALTER TABLE news ADD CONSTRAINT to_parent__old FOREIGN KEY (parent) REFERENCES parents__old (id);
COMMIT;
\echo 'undo step 18 of 24: done'

-- ============================================================================
-- Undo step 17 of 24, contract: Drop the old column parent__old of news
--   Id:           news.parent/contract/drop-old
--   Loses:        values of parent that parent cannot hold
-- ============================================================================
\echo 'undo step 17 of 24: Drop the old column parent__old of news'
BEGIN;
ALTER TABLE news ADD COLUMN parent__old integer;
COMMIT;
\echo 'undo step 17 of 24: done'

-- ============================================================================
-- Undo step 16 of 24, contract: Stop keeping parent__old and parent of news equal
--   Id:           news.parent/contract/stop-sync
-- ============================================================================
\echo 'undo step 16 of 24: Stop keeping parent__old and parent of news equal'
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
CREATE OR REPLACE FUNCTION zz_news__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns parent__old > parent (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.parent__old := OLD.parent__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.parent := OLD.parent; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.parent__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.parent__old IS NOT NULL AND NEW.parent IS NOT NULL THEN 'both'
      WHEN NEW.parent__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.parent__old)::record *<> ROW(OLD.parent__old)::record THEN CASE WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.parent := (SELECT CAST(parent__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.parent)::record *= ROW(NEW.parent)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.parent := (SELECT CAST(parent__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'news__sync', TG_OP, 'parent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.parent__old := (SELECT CAST(parent AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'news__sync', TG_OP, 'parent__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.parent__old::text, NEW.parent::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_news__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_news__sync" BEFORE INSERT OR UPDATE ON news FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_news__sync('first');
CREATE TRIGGER "~zz_news__sync" BEFORE INSERT OR UPDATE ON news FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_news__sync();
CREATE TRIGGER "~zz_news__sync_kept" BEFORE UPDATE ON news FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.parent__old)::record *<> ROW(OLD.parent__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.parent)::record *<> ROW(OLD.parent)::record) EXECUTE FUNCTION zz_news__sync('kept');
COMMIT;
\echo 'undo step 16 of 24: done'

-- ============================================================================
-- Undo step 15 of 24, contract: From here the way back computes parent__old of news again
--   Id:           news.parent/contract/point-of-return
--   Estimate:     9 s
-- ============================================================================
\echo 'undo step 15 of 24: From here the way back computes parent__old of news again'
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
  this_work CONSTANT text := 'news.parent/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'news'::regclass AND attname IN ('parent__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'news'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 news.id%TYPE;
  hi1 news.id%TYPE;
  stop1 news.id%TYPE;
  held1 news.parent__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 500000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM news ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM news ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM news WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM news WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE news SET parent__old = CAST(parent AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (parent__old) = (CAST(parent AS integer)) OR ((parent__old) IS NULL AND (CAST(parent AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM news WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE news SET parent__old = CAST(parent AS integer) WHERE id = one.id AND ((CASE WHEN (parent__old) = (CAST(parent AS integer)) OR ((parent__old) IS NULL AND (CAST(parent AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(parent AS integer) INTO forgelua.held1 FROM news WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE news SET parent__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM news WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of news could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 15 of 24: done'

-- ============================================================================
-- Undo step 14 of 24, switch: Swap the copy of parents in
--   Id:           parents/switch/swap
--   Loses:        values of parents that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 14 of 24: Swap the copy of parents in'
BEGIN;
LOCK TABLE parents, parents__old, olds, news IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['parents', 'parents__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['parents', 'parents__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_parents__sync_all" ON parents;
DROP TRIGGER "~zz_parents__sync" ON parents;
DROP FUNCTION zz_parents__sync();
ALTER TABLE olds RENAME CONSTRAINT to_parent TO to_parent__new;
ALTER TABLE olds RENAME CONSTRAINT to_parent__old TO to_parent;
ALTER TABLE news RENAME CONSTRAINT to_parent TO to_parent__new;
ALTER TABLE news RENAME CONSTRAINT to_parent__old TO to_parent;
ALTER TABLE parents RENAME CONSTRAINT parents_pkey TO parents_pkey__new;
ALTER TABLE parents__old RENAME CONSTRAINT parents_pkey__old TO parents_pkey;
ALTER TABLE parents RENAME TO parents__new;
ALTER TABLE parents__old RENAME TO parents;
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
CREATE OR REPLACE FUNCTION zz_parents__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table parents__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['parents__new'];
  forgelua_here boolean := coalesce(to_regclass('parents') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'parents__new' ORDER BY 1
        LOOP
          EXECUTE format('SELECT array_append($1, %L) WHERE NOT EXISTS (SELECT FROM %s)', forgelua_held.copy, forgelua_held.emptied)
          INTO forgelua_more USING forgelua_copies;
          forgelua_copies := coalesce(forgelua_more, forgelua_copies);
        END LOOP;
        BEGIN
          EXECUTE 'TRUNCATE ' || array_to_string(forgelua_copies, ', ');
        EXCEPTION WHEN feature_not_supported THEN
          EXECUTE (SELECT 'WITH ' || string_agg(format('c%s AS (DELETE FROM %s)', n, copy), ', ') || ' SELECT'
            FROM unnest(forgelua_copies) WITH ORDINALITY AS c (copy, n));
        END;
        DELETE FROM forgelua_sync_errors
        WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 = ANY (forgelua_copies);
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'parents__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'parents__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE parents__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM parents WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM parents__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM parents__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM parents WHERE id = OLD.id);
      ELSE
        DELETE FROM parents__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO parents__new (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint) FROM (SELECT * FROM parents WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO NOTHING;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO parents__new (id) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO NOTHING;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'parents__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_parents__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_parents__sync" AFTER INSERT OR UPDATE OR DELETE ON parents FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_parents__sync();
CREATE TRIGGER "~zz_parents__sync_all" AFTER TRUNCATE ON parents FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_parents__sync();
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
\echo 'undo step 14 of 24: done'

-- ============================================================================
-- Undo step 13 of 24, switch: Validate the foreign key to_parent__new on olds
--   Id:           olds.to_parent__new/switch/validate
-- ============================================================================
\echo 'undo step 13 of 24: Validate the foreign key to_parent__new on olds'
BEGIN;
ALTER TABLE olds DROP CONSTRAINT to_parent__new, ADD CONSTRAINT to_parent__new FOREIGN KEY (parent) REFERENCES parents__new (id) NOT VALID;
COMMIT;
\echo 'undo step 13 of 24: done'

-- ============================================================================
-- Undo step 12 of 24, switch: Add the foreign key to_parent__new on olds, not yet validated
--   Id:           olds.to_parent__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 12 of 24: Add the foreign key to_parent__new on olds, not yet validated'
BEGIN;
ALTER TABLE olds DROP CONSTRAINT to_parent__new;
COMMIT;
\echo 'undo step 12 of 24: done'

-- ============================================================================
-- Undo step 11 of 24, switch: Validate the foreign key to_parent__new on news
--   Id:           news.to_parent__new/switch/validate
-- ============================================================================
\echo 'undo step 11 of 24: Validate the foreign key to_parent__new on news'
BEGIN;
ALTER TABLE news DROP CONSTRAINT to_parent__new, ADD CONSTRAINT to_parent__new FOREIGN KEY (parent) REFERENCES parents__new (id) NOT VALID;
COMMIT;
\echo 'undo step 11 of 24: done'

-- ============================================================================
-- Undo step 10 of 24, switch: Add the foreign key to_parent__new on news, not yet validated
--   Id:           news.to_parent__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 10 of 24: Add the foreign key to_parent__new on news, not yet validated'
BEGIN;
ALTER TABLE news DROP CONSTRAINT to_parent__new;
COMMIT;
\echo 'undo step 10 of 24: done'

-- ============================================================================
-- Undo step 9 of 24, switch: Let the new parent of news take over
--   Id:           news.parent/switch/swap
-- ============================================================================
\echo 'undo step 9 of 24: Let the new parent of news take over'
BEGIN;
LOCK TABLE news IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['news']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['news']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_news__sync" ON news;
DROP TRIGGER "!zz_news__sync" ON news;
DROP TRIGGER IF EXISTS "~zz_news__sync_kept" ON news;
DROP FUNCTION zz_news__sync();
ALTER TABLE news RENAME COLUMN parent TO parent__new;
ALTER TABLE news RENAME COLUMN parent__old TO parent;
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
CREATE OR REPLACE FUNCTION zz_news__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns parent > parent__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.parent := OLD.parent; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.parent__new := OLD.parent__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.parent__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.parent__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.parent IS NOT NULL AND NEW.parent__new IS NOT NULL THEN 'both'
      WHEN NEW.parent__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN CASE WHEN ROW(NEW.parent__new)::record *<> ROW(OLD.parent__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.parent__new)::record *<> ROW(OLD.parent__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.parent__new := (SELECT CAST(parent AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.parent__new)::record *= ROW(NEW.parent__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.parent__new := (SELECT CAST(parent AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'news__sync', TG_OP, 'parent__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.parent := (SELECT CAST(parent__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'news__sync', TG_OP, 'parent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_32e65c9d_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.parent::text, NEW.parent__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_news__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_news__sync" BEFORE INSERT OR UPDATE ON news FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_news__sync('first');
CREATE TRIGGER "~zz_news__sync" BEFORE INSERT OR UPDATE ON news FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_news__sync();
CREATE TRIGGER "~zz_news__sync_kept" BEFORE UPDATE ON news FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.parent)::record *<> ROW(OLD.parent)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.parent__new)::record *<> ROW(OLD.parent__new)::record) EXECUTE FUNCTION zz_news__sync('kept');
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
\echo 'undo step 9 of 24: done'

-- ============================================================================
-- Undo step 8 of 24, switch: Validate the foreign key to_parent on news
--   Id:           news.to_parent/switch/validate
-- ============================================================================
\echo 'undo step 8 of 24: Validate the foreign key to_parent on news'
BEGIN;
ALTER TABLE news DROP CONSTRAINT to_parent, ADD CONSTRAINT to_parent FOREIGN KEY (parent__new) REFERENCES parents (id) NOT VALID;
COMMIT;
\echo 'undo step 8 of 24: done'

-- ============================================================================
-- Undo step 7 of 24, switch: Add the foreign key to_parent on news, not yet validated
--   Id:           news.to_parent/switch/add-not-valid
-- ============================================================================
\echo 'undo step 7 of 24: Add the foreign key to_parent on news, not yet validated'
BEGIN;
ALTER TABLE news DROP CONSTRAINT to_parent;
COMMIT;
\echo 'undo step 7 of 24: done'

-- ============================================================================
-- Undo step 6 of 24, migrate: Copy the rows of parents into parents__new
--   Id:           parents/migrate/copy
-- ============================================================================
\echo 'undo step 6 of 24: Copy the rows of parents into parents__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 24: done'

-- ============================================================================
-- Undo step 5 of 24, migrate: Repeat every write to parents on parents__new
--   Id:           parents/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 24: Repeat every write to parents on parents__new'
BEGIN;
DROP TRIGGER "~zz_parents__sync_all" ON parents;
DROP TRIGGER "~zz_parents__sync" ON parents;
DROP FUNCTION zz_parents__sync();
COMMIT;
\echo 'undo step 5 of 24: done'

-- ============================================================================
-- Undo step 4 of 24, migrate: Convert parent of news into parent__new
--   Id:           news.parent/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 24: Convert parent of news into parent__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 24: done'

-- ============================================================================
-- Undo step 3 of 24, migrate: Keep parent and parent__new of news equal
--   Id:           news.parent/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 24: Keep parent and parent__new of news equal'
BEGIN;
DROP TRIGGER "~zz_news__sync" ON news;
DROP TRIGGER "!zz_news__sync" ON news;
DROP TRIGGER IF EXISTS "~zz_news__sync_kept" ON news;
DROP FUNCTION zz_news__sync();
COMMIT;
\echo 'undo step 3 of 24: done'

-- ============================================================================
-- Undo step 2 of 24, expand: Create parents__new in the new shape of parents
--   Id:           parents/expand/create-copy
-- ============================================================================
\echo 'undo step 2 of 24: Create parents__new in the new shape of parents'
BEGIN;
DROP TABLE parents__new;
COMMIT;
\echo 'undo step 2 of 24: done'

-- ============================================================================
-- Undo step 1 of 24, expand: Add parent__new beside parent in news
--   Id:           news.parent/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 24: Add parent__new beside parent in news'
BEGIN;
ALTER TABLE news DROP COLUMN parent__new;
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
\echo 'undo step 1 of 24: done'

\echo 'rollback: done'
