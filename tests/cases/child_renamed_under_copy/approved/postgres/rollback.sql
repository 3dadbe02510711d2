-- WARNING: rollback is destructive — p data will be lost: values of p that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — r data will be lost: values of r that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — r__old data will be lost: values of r.q that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration child_renamed_under_copy
-- Tables are copied while columns and tables that refer to them get other names
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
-- Check: step 38 must be done before this: Drop r__old. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'r__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 38 must be done before this: Drop r__old', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 28 must be done before this: Drop the old column p_id of c. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND a.attname = 'p_id' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 28 must be done before this: Drop the old column p_id of c', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 39 of 39, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 39 of 39: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 39 of 39: done'

-- ============================================================================
-- Undo step 38 of 39, contract: Drop r__old
--   Id:           r/contract/drop-old
--   Loses:        values of r.q that do not come back unchanged
-- ============================================================================
\echo 'undo step 38 of 39: Drop r__old'
BEGIN;
CREATE TABLE r__old (
  id integer NOT NULL,
  q integer DEFAULT 1,
  CONSTRAINT r_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 38 of 39: done'

-- ============================================================================
-- Undo step 37 of 39, contract: Stop repeating writes to r on r__old
--   Id:           r/contract/stop-sync
-- ============================================================================
\echo 'undo step 37 of 39: Stop repeating writes to r on r__old'
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
CREATE OR REPLACE FUNCTION zz_r__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table r__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['r__old'];
  forgelua_here boolean := coalesce(to_regclass('r') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 r__old.q%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'r__old' ORDER BY 1
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
          SELECT 'r__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'r__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE r__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM r__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM r__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id);
      ELSE
        DELETE FROM r__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(q AS integer) FROM (SELECT * FROM r WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET q = EXCLUDED.q;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(q AS integer) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET q = EXCLUDED.q;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'r__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(q AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE r__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM r__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM r__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id);
          ELSE
            DELETE FROM r__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua_held2 FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET q = EXCLUDED.q;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'r__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_r__sync" AFTER INSERT OR UPDATE OR DELETE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_r__sync();
CREATE TRIGGER "~zz_r__sync_all" AFTER TRUNCATE ON r FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_r__sync();
COMMIT;
\echo 'undo step 37 of 39: done'

-- ============================================================================
-- Undo step 36 of 39, contract: Drop the trigger that filled q of r
--   Id:           r/contract/stop-filling
-- ============================================================================
\echo 'undo step 36 of 39: Drop the trigger that filled q of r'
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
CREATE OR REPLACE FUNCTION zz_r__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > q (new);
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
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.q IS NULL AND (forgelua_seen IS NULL OR NEW.q::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.q := (SELECT COALESCE(q, 0) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'r__sync_2', TG_OP, 'q', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.q := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_23de40c3_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.q::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2('first');
CREATE TRIGGER "~zz_r__sync_2" BEFORE INSERT OR UPDATE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_r__sync_2();
COMMIT;
\echo 'undo step 36 of 39: done'

-- ============================================================================
-- Undo step 35 of 39, contract: From here the way back copies r into r__old again
--   Id:           r/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 35 of 39: From here the way back copies r into r__old again'
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
  this_work CONSTANT text := 'r/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'r__old'::regclass AND attname IN ('id', 'q')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'r'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 r.id%TYPE;
  hi1 r.id%TYPE;
  stop1 r.id%TYPE;
  held2 r__old.q%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM r ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM r ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM r WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM r WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(q AS integer) FROM r WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM r WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(q AS integer) FROM r WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(q AS integer) INTO forgelua.held2 FROM r WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            INSERT INTO r__old (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua.held2 FROM r WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
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
    SELECT id INTO lo1 FROM r WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of r could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 35 of 39: done'

-- ============================================================================
-- Undo step 34 of 39, contract: Drop the foreign key d_r_id_fkey__old of child to the table that goes
--   Id:           child.d_r_id_fkey__old/contract/cut-incoming
-- ============================================================================
\echo 'undo step 34 of 39: Drop the foreign key d_r_id_fkey__old of child to the table that goes'
BEGIN;
ALTER TABLE child ADD CONSTRAINT d_r_id_fkey__old FOREIGN KEY (r_id) REFERENCES r__old (id);
COMMIT;
\echo 'undo step 34 of 39: done'

-- ============================================================================
-- Undo step 33 of 39, contract: Drop the view that served the old name d
--   Id:           child/contract/drop-old-name
-- ============================================================================
\echo 'undo step 33 of 39: Drop the view that served the old name d'
BEGIN;
CREATE VIEW d AS
SELECT id, r_id FROM child;
COMMIT;
\echo 'undo step 33 of 39: done'

-- ============================================================================
-- Undo step 32 of 39, contract: Drop p__old
--   Id:           p/contract/drop-old
-- ============================================================================
\echo 'undo step 32 of 39: Drop p__old'
BEGIN;
CREATE TABLE p__old (
  id integer NOT NULL,
  n varchar(10),
  CONSTRAINT p_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 32 of 39: done'

-- ============================================================================
-- Undo step 31 of 39, contract: Stop repeating writes to p on p__old
--   Id:           p/contract/stop-sync
-- ============================================================================
\echo 'undo step 31 of 39: Stop repeating writes to p on p__old'
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
CREATE OR REPLACE FUNCTION zz_p__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table p__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['p__old'];
  forgelua_here boolean := coalesce(to_regclass('p') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'p__old' ORDER BY 1
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
          SELECT 'p__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'p__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE p__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM p WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM p__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM p__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM p WHERE id = OLD.id);
      ELSE
        DELETE FROM p__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO p__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), n FROM (SELECT * FROM p WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO p__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), n FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'p__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_p__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_p__sync" AFTER INSERT OR UPDATE OR DELETE ON p FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_p__sync();
CREATE TRIGGER "~zz_p__sync_all" AFTER TRUNCATE ON p FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_p__sync();
COMMIT;
\echo 'undo step 31 of 39: done'

-- ============================================================================
-- Undo step 30 of 39, contract: From here the way back copies p into p__old again
--   Id:           p/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 30 of 39: From here the way back copies p into p__old again'
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
  this_work CONSTANT text := 'p/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'p__old'::regclass AND attname IN ('id', 'n')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'p'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 p.id%TYPE;
  hi1 p.id%TYPE;
  stop1 p.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM p ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM p ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM p WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM p WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO p__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), n FROM p WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM p WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO p__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), n FROM p WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM p WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of p could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 30 of 39: done'

-- ============================================================================
-- Undo step 29 of 39, contract: Drop the foreign key c_parent_fkey__old of c to the table that goes
--   Id:           c.c_parent_fkey__old/contract/cut-incoming
-- ============================================================================
\echo 'undo step 29 of 39: Drop the foreign key c_parent_fkey__old of c to the table that goes'
BEGIN;
ALTER TABLE c ADD CONSTRAINT c_parent_fkey__old FOREIGN KEY (parent) REFERENCES p__old (id);
COMMIT;
\echo 'undo step 29 of 39: done'

-- ============================================================================
-- Undo step 28 of 39, contract: Drop the old column p_id of c
--   Id:           c.parent/contract/drop-old
-- ============================================================================
\echo 'undo step 28 of 39: Drop the old column p_id of c'
BEGIN;
ALTER TABLE c ADD COLUMN p_id integer;
COMMIT;
\echo 'undo step 28 of 39: done'

-- ============================================================================
-- Undo step 27 of 39, contract: Stop keeping p_id and parent of c equal
--   Id:           c.parent/contract/stop-sync
-- ============================================================================
\echo 'undo step 27 of 39: Stop keeping p_id and parent of c equal'
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
-- forgelua: columns p_id > parent (new);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.parent := OLD.parent; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p_id::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p_id IS NOT NULL AND NEW.parent IS NOT NULL THEN 'both'
      WHEN NEW.p_id IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record THEN CASE WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.parent := (SELECT p_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.parent)::record *= ROW(NEW.parent)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.parent := (SELECT p_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'parent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p_id := (SELECT parent FROM (SELECT NEW.*) AS r);
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
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p_id::text, NEW.parent::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.parent)::record *<> ROW(OLD.parent)::record) EXECUTE FUNCTION zz_c__sync('kept');
COMMIT;
\echo 'undo step 27 of 39: done'

-- ============================================================================
-- Undo step 26 of 39, contract: From here the way back computes p_id of c again
--   Id:           c.parent/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 26 of 39: From here the way back computes p_id of c again'
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
  this_work CONSTANT text := 'c.parent/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c'::regclass AND attname IN ('p_id')
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
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE c SET p_id = parent WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (p_id) = (parent) OR ((p_id) IS NULL AND (parent) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE c SET p_id = parent WHERE id = one.id AND ((CASE WHEN (p_id) = (parent) OR ((p_id) IS NULL AND (parent) IS NULL) THEN 0 ELSE 1 END = 1));
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
    RAISE WARNING '% of c could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 26 of 39: done'

-- ============================================================================
-- Undo step 25 of 39, contract: Drop what hangs on the old column p_id of c
--   Id:           c.parent/contract/drop-old-members
-- ============================================================================
\echo 'undo step 25 of 39: Drop what hangs on the old column p_id of c'
BEGIN;
ALTER TABLE c ADD CONSTRAINT c_p_id_fkey__old FOREIGN KEY (p_id) REFERENCES p__old (id);
ALTER TABLE c ADD CONSTRAINT c_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id);
COMMIT;
\echo 'undo step 25 of 39: done'

-- ============================================================================
-- Undo step 24 of 39, switch: Rename the foreign key d_r_id_fkey to child_r_id_fkey
--   Id:           child.child_r_id_fkey/switch/rename
-- ============================================================================
\echo 'undo step 24 of 39: Rename the foreign key d_r_id_fkey to child_r_id_fkey'
BEGIN;
ALTER TABLE child RENAME CONSTRAINT child_r_id_fkey TO d_r_id_fkey;
COMMIT;
\echo 'undo step 24 of 39: done'

-- ============================================================================
-- Undo step 23 of 39, switch: Rename the primary key d_pkey to child_pkey
--   Id:           child.child_pkey/switch/rename
-- ============================================================================
\echo 'undo step 23 of 39: Rename the primary key d_pkey to child_pkey'
BEGIN;
ALTER TABLE child RENAME CONSTRAINT child_pkey TO d_pkey;
COMMIT;
\echo 'undo step 23 of 39: done'

-- ============================================================================
-- Undo step 22 of 39, switch: Rename d to child
--   Id:           d/switch/rename-table
-- ============================================================================
\echo 'undo step 22 of 39: Rename d to child'
BEGIN;
LOCK TABLE d, child IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['child', 'd']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['child', 'd']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW d;
ALTER TABLE child RENAME TO d;
CREATE VIEW child AS
SELECT id, r_id FROM d;
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
\echo 'undo step 22 of 39: done'

-- ============================================================================
-- Undo step 21 of 39, switch: Swap the copy of r in
--   Id:           r/switch/swap
--   Loses:        values of r that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 21 of 39: Swap the copy of r in'
BEGIN;
LOCK TABLE r, r__old, d IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['r', 'r__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['r', 'r__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_r__sync_2" ON r;
DROP TRIGGER "!zz_r__sync_2" ON r;
DROP FUNCTION zz_r__sync_2();
DROP TRIGGER "~zz_r__sync_all" ON r;
DROP TRIGGER "~zz_r__sync" ON r;
DROP FUNCTION zz_r__sync();
ALTER TABLE d RENAME CONSTRAINT d_r_id_fkey TO d_r_id_fkey__new;
ALTER TABLE d RENAME CONSTRAINT d_r_id_fkey__old TO d_r_id_fkey;
ALTER TABLE r RENAME CONSTRAINT r_pkey TO r_pkey__new;
ALTER TABLE r__old RENAME CONSTRAINT r_pkey__old TO r_pkey;
ALTER TABLE r RENAME TO r__new;
ALTER TABLE r__old RENAME TO r;
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
CREATE OR REPLACE FUNCTION zz_r__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table r__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['r__new'];
  forgelua_here boolean := coalesce(to_regclass('r') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'r__new' ORDER BY 1
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
          SELECT 'r__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'r__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE r__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM r__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM r__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM r WHERE id = OLD.id);
      ELSE
        DELETE FROM r__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO r__new AS forgelua_to (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, COALESCE(q, 0) FROM (SELECT * FROM r WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET q = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.q)::record *<> ROW(OLD.q)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.q ELSE EXCLUDED.q END;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO r__new AS forgelua_to (id, q) OVERRIDING SYSTEM VALUE
      SELECT id, COALESCE(q, 0) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET q = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.q)::record *<> ROW(OLD.q)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.q ELSE EXCLUDED.q END;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'r__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_r__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_r__sync" AFTER INSERT OR UPDATE OR DELETE ON r FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_r__sync();
CREATE TRIGGER "~zz_r__sync_all" AFTER TRUNCATE ON r FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_r__sync();
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
\echo 'undo step 21 of 39: done'

-- ============================================================================
-- Undo step 20 of 39, switch: Validate the foreign key d_r_id_fkey__new on d
--   Id:           d.d_r_id_fkey__new/switch/validate
-- ============================================================================
\echo 'undo step 20 of 39: Validate the foreign key d_r_id_fkey__new on d'
BEGIN;
ALTER TABLE d DROP CONSTRAINT d_r_id_fkey__new, ADD CONSTRAINT d_r_id_fkey__new FOREIGN KEY (r_id) REFERENCES r__new (id) NOT VALID;
COMMIT;
\echo 'undo step 20 of 39: done'

-- ============================================================================
-- Undo step 19 of 39, switch: Add the foreign key d_r_id_fkey__new on d, not yet validated
--   Id:           d.d_r_id_fkey__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 19 of 39: Add the foreign key d_r_id_fkey__new on d, not yet validated'
BEGIN;
ALTER TABLE d DROP CONSTRAINT d_r_id_fkey__new;
COMMIT;
\echo 'undo step 19 of 39: done'

-- ============================================================================
-- Undo step 18 of 39, switch: Swap the copy of p in
--   Id:           p/switch/swap
--   Loses:        values of p that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 18 of 39: Swap the copy of p in'
BEGIN;
LOCK TABLE p, p__old, c IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['p', 'p__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['p', 'p__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_p__sync_all" ON p;
DROP TRIGGER "~zz_p__sync" ON p;
DROP FUNCTION zz_p__sync();
ALTER TABLE c RENAME CONSTRAINT c_parent_fkey TO c_parent_fkey__new;
ALTER TABLE c RENAME CONSTRAINT c_parent_fkey__old TO c_parent_fkey;
ALTER TABLE c RENAME CONSTRAINT c_p_id_fkey TO c_p_id_fkey__new;
ALTER TABLE c RENAME CONSTRAINT c_p_id_fkey__old TO c_p_id_fkey;
ALTER TABLE p RENAME CONSTRAINT p_pkey TO p_pkey__new;
ALTER TABLE p__old RENAME CONSTRAINT p_pkey__old TO p_pkey;
ALTER TABLE p RENAME TO p__new;
ALTER TABLE p__old RENAME TO p;
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
CREATE OR REPLACE FUNCTION zz_p__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table p__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['p__new'];
  forgelua_here boolean := coalesce(to_regclass('p') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'p__new' ORDER BY 1
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
          SELECT 'p__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'p__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE p__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM p WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM p__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM p__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM p WHERE id = OLD.id);
      ELSE
        DELETE FROM p__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO p__new (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), n FROM (SELECT * FROM p WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO p__new (id, n) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), n FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'p__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_p__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_p__sync" AFTER INSERT OR UPDATE OR DELETE ON p FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_p__sync();
CREATE TRIGGER "~zz_p__sync_all" AFTER TRUNCATE ON p FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_p__sync();
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
\echo 'undo step 18 of 39: done'

-- ============================================================================
-- Undo step 17 of 39, switch: Validate the foreign key c_parent_fkey__new on c
--   Id:           c.c_parent_fkey__new/switch/validate
-- ============================================================================
\echo 'undo step 17 of 39: Validate the foreign key c_parent_fkey__new on c'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_parent_fkey__new, ADD CONSTRAINT c_parent_fkey__new FOREIGN KEY (parent) REFERENCES p__new (id) NOT VALID;
COMMIT;
\echo 'undo step 17 of 39: done'

-- ============================================================================
-- Undo step 16 of 39, switch: Add the foreign key c_parent_fkey__new on c, not yet validated
--   Id:           c.c_parent_fkey__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 16 of 39: Add the foreign key c_parent_fkey__new on c, not yet validated'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_parent_fkey__new;
COMMIT;
\echo 'undo step 16 of 39: done'

-- ============================================================================
-- Undo step 15 of 39, switch: Validate the foreign key c_p_id_fkey__new on c
--   Id:           c.c_p_id_fkey__new/switch/validate
-- ============================================================================
\echo 'undo step 15 of 39: Validate the foreign key c_p_id_fkey__new on c'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_p_id_fkey__new, ADD CONSTRAINT c_p_id_fkey__new FOREIGN KEY (p_id) REFERENCES p__new (id) NOT VALID;
COMMIT;
\echo 'undo step 15 of 39: done'

-- ============================================================================
-- Undo step 14 of 39, switch: Add the foreign key c_p_id_fkey__new on c, not yet validated
--   Id:           c.c_p_id_fkey__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 14 of 39: Add the foreign key c_p_id_fkey__new on c, not yet validated'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_p_id_fkey__new;
COMMIT;
\echo 'undo step 14 of 39: done'

-- ============================================================================
-- Undo step 13 of 39, switch: Let parent of c lead
--   Id:           c.parent/switch/swap
-- ============================================================================
\echo 'undo step 13 of 39: Let parent of c lead'
BEGIN;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
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
-- forgelua: columns p_id > parent (old);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.parent := OLD.parent; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.p_id::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.parent::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.p_id IS NOT NULL AND NEW.parent IS NOT NULL THEN 'both'
      WHEN NEW.parent IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record THEN CASE WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.parent)::record *<> ROW(OLD.parent)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.parent := (SELECT p_id FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.parent)::record *= ROW(NEW.parent)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.parent := (SELECT p_id FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'c__sync', TG_OP, 'parent', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.parent := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.p_id := (SELECT parent FROM (SELECT NEW.*) AS r);
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
    PERFORM set_config(concat('forgelua.pass_ad176883_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.p_id::text, NEW.parent::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync('first');
CREATE TRIGGER "~zz_c__sync" BEFORE INSERT OR UPDATE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_kept" BEFORE UPDATE ON c FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.p_id)::record *<> ROW(OLD.p_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.parent)::record *<> ROW(OLD.parent)::record) EXECUTE FUNCTION zz_c__sync('kept');
COMMIT;
\echo 'undo step 13 of 39: done'

-- ============================================================================
-- Undo step 12 of 39, switch: Validate the foreign key c_parent_fkey on c
--   Id:           c.c_parent_fkey/switch/validate
-- ============================================================================
\echo 'undo step 12 of 39: Validate the foreign key c_parent_fkey on c'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_parent_fkey, ADD CONSTRAINT c_parent_fkey FOREIGN KEY (parent) REFERENCES p (id) NOT VALID;
COMMIT;
\echo 'undo step 12 of 39: done'

-- ============================================================================
-- Undo step 11 of 39, switch: Add the foreign key c_parent_fkey on c, not yet validated
--   Id:           c.c_parent_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 11 of 39: Add the foreign key c_parent_fkey on c, not yet validated'
BEGIN;
ALTER TABLE c DROP CONSTRAINT c_parent_fkey;
COMMIT;
\echo 'undo step 11 of 39: done'

-- ============================================================================
-- Undo step 10 of 39, migrate: Copy the rows of r into r__new
--   Id:           r/migrate/copy
-- ============================================================================
\echo 'undo step 10 of 39: Copy the rows of r into r__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 10 of 39: done'

-- ============================================================================
-- Undo step 9 of 39, migrate: Repeat every write to r on r__new
--   Id:           r/migrate/sync
-- ============================================================================
\echo 'undo step 9 of 39: Repeat every write to r on r__new'
BEGIN;
DROP TRIGGER "~zz_r__sync_all" ON r;
DROP TRIGGER "~zz_r__sync" ON r;
DROP FUNCTION zz_r__sync();
COMMIT;
\echo 'undo step 9 of 39: done'

-- ============================================================================
-- Undo step 8 of 39, migrate: Copy the rows of p into p__new
--   Id:           p/migrate/copy
-- ============================================================================
\echo 'undo step 8 of 39: Copy the rows of p into p__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 39: done'

-- ============================================================================
-- Undo step 7 of 39, migrate: Repeat every write to p on p__new
--   Id:           p/migrate/sync
-- ============================================================================
\echo 'undo step 7 of 39: Repeat every write to p on p__new'
BEGIN;
DROP TRIGGER "~zz_p__sync_all" ON p;
DROP TRIGGER "~zz_p__sync" ON p;
DROP FUNCTION zz_p__sync();
COMMIT;
\echo 'undo step 7 of 39: done'

-- ============================================================================
-- Undo step 6 of 39, migrate: Convert p_id of c into parent
--   Id:           c.parent/migrate/backfill
-- ============================================================================
\echo 'undo step 6 of 39: Convert p_id of c into parent'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 39: done'

-- ============================================================================
-- Undo step 5 of 39, migrate: Keep p_id and parent of c equal
--   Id:           c.parent/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 39: Keep p_id and parent of c equal'
BEGIN;
DROP TRIGGER "~zz_c__sync" ON c;
DROP TRIGGER "!zz_c__sync" ON c;
DROP TRIGGER IF EXISTS "~zz_c__sync_kept" ON c;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'undo step 5 of 39: done'

-- ============================================================================
-- Undo step 4 of 39, expand: Create r__new in the new shape of r
--   Id:           r/expand/create-copy
-- ============================================================================
\echo 'undo step 4 of 39: Create r__new in the new shape of r'
BEGIN;
DROP TABLE r__new;
COMMIT;
\echo 'undo step 4 of 39: done'

-- ============================================================================
-- Undo step 3 of 39, expand: Serve d under its new name child by a view
--   Id:           child/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 3 of 39: Serve d under its new name child by a view'
BEGIN;
DROP VIEW child;
COMMIT;
\echo 'undo step 3 of 39: done'

-- ============================================================================
-- Undo step 2 of 39, expand: Create p__new in the new shape of p
--   Id:           p/expand/create-copy
-- ============================================================================
\echo 'undo step 2 of 39: Create p__new in the new shape of p'
BEGIN;
DROP TABLE p__new;
COMMIT;
\echo 'undo step 2 of 39: done'

-- ============================================================================
-- Undo step 1 of 39, expand: Add parent beside p_id in c
--   Id:           c.parent/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 39: Add parent beside p_id in c'
BEGIN;
ALTER TABLE c DROP COLUMN parent;
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
\echo 'undo step 1 of 39: done'

\echo 'rollback: done'
