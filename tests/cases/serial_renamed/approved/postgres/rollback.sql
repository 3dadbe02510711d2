-- WARNING: rollback is destructive — bills data will be lost: values of bills that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration serial_renamed
-- A numbered column beside the key gets another name, and another one a larger type
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
-- Check: step 14 must be done before this: Drop slips__old. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'slips__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 14 must be done before this: Drop slips__old', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_column slips.number. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'slips' AND a.attname = 'number' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'slips' AND a.attname = 'n' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_column slips.number', '1', forgelua_actual;
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
-- Undo step 14 of 15, contract: Drop slips__old
--   Id:           slips/contract/drop-old
-- ============================================================================
\echo 'undo step 14 of 15: Drop slips__old'
BEGIN;
CREATE TABLE slips__old (
  id integer NOT NULL,
  n serial NOT NULL,
  CONSTRAINT slips_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Stop repeating writes to slips on slips__old
--   Id:           slips/contract/stop-sync
-- ============================================================================
\echo 'undo step 13 of 15: Stop repeating writes to slips on slips__old'
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
CREATE OR REPLACE FUNCTION zz_slips__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table slips__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['slips__old'];
  forgelua_here boolean := coalesce(to_regclass('slips') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'slips__old' ORDER BY 1
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
          SELECT 'slips__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'slips__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE slips__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM slips WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM slips__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM slips__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM slips WHERE id = OLD.id);
      ELSE
        DELETE FROM slips__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO slips__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, number FROM (SELECT * FROM slips WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO slips__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, number FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'slips__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_slips__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_slips__sync" AFTER INSERT OR UPDATE OR DELETE ON slips FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_slips__sync();
CREATE TRIGGER "~zz_slips__sync_all" AFTER TRUNCATE ON slips FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_slips__sync();
COMMIT;
\echo 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: From here the way back copies slips into slips__old again
--   Id:           slips/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 12 of 15: From here the way back copies slips into slips__old again'
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
  this_work CONSTANT text := 'slips/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'slips__old'::regclass AND attname IN ('id', 'n')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'slips'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 slips.id%TYPE;
  hi1 slips.id%TYPE;
  stop1 slips.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'slips'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM slips ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM slips ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM slips WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM slips WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO slips__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, number FROM slips WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM slips WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO slips__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, number FROM slips WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM slips WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of slips could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: Drop bills__old
--   Id:           bills/contract/drop-old
-- ============================================================================
\echo 'undo step 11 of 15: Drop bills__old'
BEGIN;
CREATE TABLE bills__old (
  id integer NOT NULL,
  n serial NOT NULL,
  CONSTRAINT bills_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Stop repeating writes to bills on bills__old
--   Id:           bills/contract/stop-sync
-- ============================================================================
\echo 'undo step 10 of 15: Stop repeating writes to bills on bills__old'
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
CREATE OR REPLACE FUNCTION zz_bills__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table bills__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['bills__old'];
  forgelua_here boolean := coalesce(to_regclass('bills') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 bills__old.n%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'bills__old' ORDER BY 1
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
          SELECT 'bills__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'bills__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE bills__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM bills__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM bills__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id);
      ELSE
        DELETE FROM bills__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS integer) FROM (SELECT * FROM bills WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS integer) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'bills__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(n AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := 0;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE bills__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM bills__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM bills__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id);
          ELSE
            DELETE FROM bills__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua_held2 FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'bills__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
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
REVOKE EXECUTE ON FUNCTION zz_bills__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_bills__sync" AFTER INSERT OR UPDATE OR DELETE ON bills FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_bills__sync();
CREATE TRIGGER "~zz_bills__sync_all" AFTER TRUNCATE ON bills FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_bills__sync();
COMMIT;
\echo 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: From here the way back copies bills into bills__old again
--   Id:           bills/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 9 of 15: From here the way back copies bills into bills__old again'
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
  this_work CONSTANT text := 'bills/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'bills__old'::regclass AND attname IN ('id', 'n')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'bills'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 bills.id%TYPE;
  hi1 bills.id%TYPE;
  stop1 bills.id%TYPE;
  held2 bills__old.n%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'bills'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM bills ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM bills ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM bills WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM bills WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS integer) FROM bills WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM bills WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS integer) FROM bills WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(n AS integer) INTO forgelua.held2 FROM bills WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := 0;
            END;
            INSERT INTO bills__old (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua.held2 FROM bills WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM bills WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of bills could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Swap the copy of slips in
--   Id:           slips/switch/swap
-- ============================================================================
\echo 'undo step 8 of 15: Swap the copy of slips in'
BEGIN;
LOCK TABLE slips, slips__old IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['slips', 'slips__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['slips', 'slips__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_slips__sync_all" ON slips;
DROP TRIGGER "~zz_slips__sync" ON slips;
DROP FUNCTION zz_slips__sync();
ALTER TABLE slips RENAME CONSTRAINT slips_pkey TO slips_pkey__new;
ALTER TABLE slips__old RENAME CONSTRAINT slips_pkey__old TO slips_pkey;
ALTER TABLE slips RENAME TO slips__new;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('slips__new', 'number');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'slips_number_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'slips__new_number_seq');
  END IF;
END
$forgelua$;
ALTER TABLE slips__old RENAME TO slips;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('slips', 'n');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'slips__old_n_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'slips_n_seq');
  END IF;
END
$forgelua$;
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
CREATE OR REPLACE FUNCTION zz_slips__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table slips__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['slips__new'];
  forgelua_here boolean := coalesce(to_regclass('slips') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'slips__new' ORDER BY 1
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
          SELECT 'slips__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'slips__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE slips__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM slips WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM slips__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM slips__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM slips WHERE id = OLD.id);
      ELSE
        DELETE FROM slips__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO slips__new (id, number) OVERRIDING SYSTEM VALUE
      SELECT id, n FROM (SELECT * FROM slips WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO slips__new (id, number) OVERRIDING SYSTEM VALUE
      SELECT id, n FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'slips__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_slips__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_slips__sync" AFTER INSERT OR UPDATE OR DELETE ON slips FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_slips__sync();
CREATE TRIGGER "~zz_slips__sync_all" AFTER TRUNCATE ON slips FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_slips__sync();
DO $forgelua$
DECLARE
  held text := pg_get_serial_sequence('slips__new', 'number');
  mine text := pg_get_serial_sequence('slips', 'n');
BEGIN
  IF held IS NULL OR held = mine THEN RETURN; END IF;
  EXECUTE replace('ALTER TABLE slips ALTER COLUMN n SET DEFAULT nextval(?::regclass)', '?', quote_literal(held));
  EXECUTE replace('ALTER SEQUENCE ? AS integer OWNED BY slips.n', '?', held);
  IF mine IS NOT NULL THEN EXECUTE 'DROP SEQUENCE ' || mine; END IF;
  held := pg_get_serial_sequence('slips', 'n');
  IF (SELECT relname FROM pg_class WHERE oid = held::regclass) = 'slips__new_number_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held::regclass, 'slips_n_seq');
  END IF;
END
$forgelua$;
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
-- Undo step 7 of 15, switch: Swap the copy of bills in
--   Id:           bills/switch/swap
--   Loses:        values of bills that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 7 of 15: Swap the copy of bills in'
BEGIN;
LOCK TABLE bills, bills__old IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['bills', 'bills__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['bills', 'bills__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_bills__sync_all" ON bills;
DROP TRIGGER "~zz_bills__sync" ON bills;
DROP FUNCTION zz_bills__sync();
ALTER TABLE bills RENAME CONSTRAINT bills_pkey TO bills_pkey__new;
ALTER TABLE bills__old RENAME CONSTRAINT bills_pkey__old TO bills_pkey;
ALTER TABLE bills RENAME TO bills__new;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('bills__new', 'n');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'bills_n_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'bills__new_n_seq');
  END IF;
END
$forgelua$;
ALTER TABLE bills__old RENAME TO bills;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('bills', 'n');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'bills__old_n_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'bills_n_seq');
  END IF;
END
$forgelua$;
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
CREATE OR REPLACE FUNCTION zz_bills__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table bills__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['bills__new'];
  forgelua_here boolean := coalesce(to_regclass('bills') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'bills__new' ORDER BY 1
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
          SELECT 'bills__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'bills__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE bills__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM bills__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM bills__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM bills WHERE id = OLD.id);
      ELSE
        DELETE FROM bills__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO bills__new (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS bigint) FROM (SELECT * FROM bills WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO bills__new (id, n) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(n AS bigint) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'bills__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_bills__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_bills__sync" AFTER INSERT OR UPDATE OR DELETE ON bills FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_bills__sync();
CREATE TRIGGER "~zz_bills__sync_all" AFTER TRUNCATE ON bills FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_bills__sync();
DO $forgelua$
DECLARE
  held text := pg_get_serial_sequence('bills__new', 'n');
  mine text := pg_get_serial_sequence('bills', 'n');
BEGIN
  IF held IS NULL OR held = mine THEN RETURN; END IF;
  EXECUTE replace('ALTER TABLE bills ALTER COLUMN n SET DEFAULT nextval(?::regclass)', '?', quote_literal(held));
  EXECUTE replace('ALTER SEQUENCE ? AS integer OWNED BY bills.n', '?', held);
  IF mine IS NOT NULL THEN EXECUTE 'DROP SEQUENCE ' || mine; END IF;
  held := pg_get_serial_sequence('bills', 'n');
  IF (SELECT relname FROM pg_class WHERE oid = held::regclass) = 'bills__new_n_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held::regclass, 'bills_n_seq');
  END IF;
END
$forgelua$;
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
-- Undo step 6 of 15, migrate: Copy the rows of slips into slips__new
--   Id:           slips/migrate/copy
-- ============================================================================
\echo 'undo step 6 of 15: Copy the rows of slips into slips__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Repeat every write to slips on slips__new
--   Id:           slips/migrate/sync
-- ============================================================================
\echo 'undo step 5 of 15: Repeat every write to slips on slips__new'
BEGIN;
DROP TRIGGER "~zz_slips__sync_all" ON slips;
DROP TRIGGER "~zz_slips__sync" ON slips;
DROP FUNCTION zz_slips__sync();
COMMIT;
\echo 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Copy the rows of bills into bills__new
--   Id:           bills/migrate/copy
-- ============================================================================
\echo 'undo step 4 of 15: Copy the rows of bills into bills__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Repeat every write to bills on bills__new
--   Id:           bills/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 15: Repeat every write to bills on bills__new'
BEGIN;
DROP TRIGGER "~zz_bills__sync_all" ON bills;
DROP TRIGGER "~zz_bills__sync" ON bills;
DROP FUNCTION zz_bills__sync();
COMMIT;
\echo 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Create slips__new in the new shape of slips
--   Id:           slips/expand/create-copy
-- ============================================================================
\echo 'undo step 2 of 15: Create slips__new in the new shape of slips'
BEGIN;
DROP TABLE slips__new;
COMMIT;
\echo 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Create bills__new in the new shape of bills
--   Id:           bills/expand/create-copy
-- ============================================================================
\echo 'undo step 1 of 15: Create bills__new in the new shape of bills'
BEGIN;
DROP TABLE bills__new;
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
