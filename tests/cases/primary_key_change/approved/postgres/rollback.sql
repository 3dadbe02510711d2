-- WARNING: rollback is destructive — readings data will be lost: values of readings that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration primary_key_change
-- Readings are keyed by sensor and time
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
-- Check: step 8 must be done before this: Drop the index readings__new_key on readings. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND x.relname = 'readings__new_key' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must be done before this: Drop the index readings__new_key on readings', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 9 of 9: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 9 of 9: done'

-- ============================================================================
-- Undo step 8 of 9, contract: Drop the index readings__new_key on readings
--   Id:           readings.readings__new_key/contract/drop-index
-- ============================================================================
\echo 'undo step 8 of 9: Drop the index readings__new_key on readings'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS readings__new_key;
CREATE INDEX CONCURRENTLY readings__new_key ON readings (id);
SET lock_timeout = '2s';
\echo 'undo step 8 of 9: done'

-- ============================================================================
-- Undo step 7 of 9, contract: Drop readings__old
--   Id:           readings/contract/drop-old
-- ============================================================================
\echo 'undo step 7 of 9: Drop readings__old'
BEGIN;
CREATE TABLE readings__old (
  id bigint NOT NULL,
  sensor integer NOT NULL,
  at bigint NOT NULL,
  v integer,
  CONSTRAINT readings_pkey__old PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 7 of 9: done'

-- ============================================================================
-- Undo step 6 of 9, contract: Stop repeating writes to readings on readings__old
--   Id:           readings/contract/stop-sync
-- ============================================================================
\echo 'undo step 6 of 9: Stop repeating writes to readings on readings__old'
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
CREATE OR REPLACE FUNCTION zz_readings__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table readings__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['readings__old'];
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'readings__old' ORDER BY 1
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
          SELECT 'readings__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'readings__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN
      DELETE FROM readings__old WHERE id = OLD.id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO readings__old (id, sensor, at, v) OVERRIDING SYSTEM VALUE
      SELECT id, sensor, at, v FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET sensor = EXCLUDED.sensor, at = EXCLUDED.at, v = EXCLUDED.v;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'readings__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_readings__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_readings__sync" AFTER INSERT OR UPDATE OR DELETE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_readings__sync();
CREATE TRIGGER "~zz_readings__sync_all" AFTER TRUNCATE ON readings FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_readings__sync();
COMMIT;
\echo 'undo step 6 of 9: done'

-- ============================================================================
-- Undo step 5 of 9, contract: From here the way back copies readings into readings__old again
--   Id:           readings/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 5 of 9: From here the way back copies readings into readings__old again'
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
  this_work CONSTANT text := 'readings/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'readings__old'::regclass AND attname IN ('id', 'sensor', 'at', 'v')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'readings'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 readings.sensor%TYPE;
  hi1 readings.sensor%TYPE;
  stop1 readings.sensor%TYPE;
  lo2 readings.at%TYPE;
  hi2 readings.at%TYPE;
  stop2 readings.at%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 11000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT sensor, at INTO stop1, stop2 FROM readings ORDER BY sensor DESC, at DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT sensor, at INTO lo1, lo2 FROM readings ORDER BY sensor, at LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    hi2 := held.cursor ->> 1;
    SELECT sensor, at INTO lo1, lo2 FROM readings WHERE (sensor, at) > (forgelua.hi1, forgelua.hi2) ORDER BY sensor, at LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT sensor, at INTO hi1, hi2 FROM (SELECT sensor, at FROM readings WHERE (sensor, at) >= (forgelua.lo1, forgelua.lo2) AND (sensor, at) <= (forgelua.stop1, forgelua.stop2) ORDER BY sensor, at LIMIT 10000) AS b
    ORDER BY sensor DESC, at DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO readings__old (id, sensor, at, v) OVERRIDING SYSTEM VALUE
      SELECT id, sensor, at, v FROM readings WHERE (sensor, at) >= (forgelua.lo1, forgelua.lo2) AND (sensor, at) <= (forgelua.hi1, forgelua.hi2) AND NOT EXISTS (SELECT FROM readings__old AS there WHERE there.sensor = readings.sensor AND there.at = readings.at) FOR SHARE
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
      FOR one IN SELECT * FROM readings WHERE (sensor, at) >= (forgelua.lo1, forgelua.lo2) AND (sensor, at) <= (forgelua.hi1, forgelua.hi2) LOOP
        BEGIN
          INSERT INTO readings__old (id, sensor, at, v) OVERRIDING SYSTEM VALUE
      SELECT id, sensor, at, v FROM readings WHERE (sensor, at) = (one.sensor, one.at) AND NOT EXISTS (SELECT FROM readings__old AS there WHERE there.sensor = readings.sensor AND there.at = readings.at) FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('sensor', one.sensor, 'at', one.at), to_jsonb(one), SQLSTATE, SQLERRM);
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.hi1, forgelua.hi2), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    SELECT sensor, at INTO lo1, lo2 FROM readings WHERE (sensor, at) > (forgelua.hi1, forgelua.hi2) ORDER BY sensor, at LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of readings could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 5 of 9: done'

-- ============================================================================
-- Undo step 4 of 9, switch: Swap the copy of readings in
--   Id:           readings/switch/swap
--   Loses:        values of readings that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 4 of 9: Swap the copy of readings in'
BEGIN;
LOCK TABLE readings, readings__old IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['readings', 'readings__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['readings', 'readings__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_readings__sync_all" ON readings;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP FUNCTION zz_readings__sync();
ALTER TABLE readings RENAME CONSTRAINT readings_pkey TO readings_pkey__new;
ALTER TABLE readings__old RENAME CONSTRAINT readings_pkey__old TO readings_pkey;
ALTER TABLE readings RENAME TO readings__new;
ALTER TABLE readings__old RENAME TO readings;
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
CREATE OR REPLACE FUNCTION zz_readings__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table readings__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['readings__new'];
  forgelua_here boolean := coalesce(to_regclass('readings') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'readings__new' ORDER BY 1
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
          SELECT 'readings__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'readings__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE readings__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM readings WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM readings__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM readings__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM readings WHERE id = OLD.id);
      ELSE
        DELETE FROM readings__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      UPDATE readings__new SET (sensor, at, v) = (SELECT sensor, at, v FROM (SELECT * FROM readings WHERE id = NEW.id LIMIT 1) AS r) WHERE id = NEW.id;
      IF NOT FOUND THEN
      INSERT INTO readings__new (id, sensor, at, v) OVERRIDING SYSTEM VALUE
      SELECT id, sensor, at, v FROM (SELECT * FROM readings WHERE id = NEW.id LIMIT 1) AS r;
      END IF;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      UPDATE readings__new SET (sensor, at, v) = (SELECT sensor, at, v FROM (SELECT NEW.*) AS r) WHERE id = NEW.id;
      IF NOT FOUND THEN
      INSERT INTO readings__new (id, sensor, at, v) OVERRIDING SYSTEM VALUE
      SELECT id, sensor, at, v FROM (SELECT NEW.*) AS r;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'readings__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_readings__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_readings__sync" AFTER INSERT OR UPDATE OR DELETE ON readings FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_readings__sync();
CREATE TRIGGER "~zz_readings__sync_all" AFTER TRUNCATE ON readings FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_readings__sync();
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
\echo 'undo step 4 of 9: done'

-- ============================================================================
-- Undo step 3 of 9, migrate: Copy the rows of readings into readings__new
--   Id:           readings/migrate/copy
-- ============================================================================
\echo 'undo step 3 of 9: Copy the rows of readings into readings__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 9: done'

-- ============================================================================
-- Undo step 2 of 9, migrate: Repeat every write to readings on readings__new
--   Id:           readings/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 9: Repeat every write to readings on readings__new'
BEGIN;
DROP TRIGGER "~zz_readings__sync_all" ON readings;
DROP TRIGGER "~zz_readings__sync" ON readings;
DROP FUNCTION zz_readings__sync();
COMMIT;
\echo 'undo step 2 of 9: done'

-- ============================================================================
-- Undo step 1 of 9, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
-- ============================================================================
\echo 'undo step 1 of 9: Create readings__new in the new shape of readings'
BEGIN;
DROP TABLE readings__new;
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
\echo 'undo step 1 of 9: done'

\echo 'rollback: done'
