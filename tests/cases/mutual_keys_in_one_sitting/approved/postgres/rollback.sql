-- WARNING: rollback is destructive — depts data will be lost: values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — skills.person_id data will be lost: values of skills.person_id that integer cannot hold: the way back stops at them until they are changed; values of people.id that integer cannot hold: the way back stops at them until they are changed; values of people.dept_id that integer cannot hold: the way back stops at them until they are changed; values of people.boss that integer cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — depts__old data will be lost: values of depts.title that do not come back unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 16 must be done before this: Drop depts__old. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'depts__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 16 must be done before this: Drop depts__old', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must be done before this: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'staff' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'people' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must be done before this: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every person_id of skills can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM skills WHERE person_id < -2147483648 OR person_id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every person_id of skills can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every id of people can be held as integer (people is staff by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM staff WHERE id < -2147483648 OR id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every id of people can be held as integer (people is staff by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every dept_id of people can be held as integer (people is staff by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM staff WHERE dept_id < -2147483648 OR dept_id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every dept_id of people can be held as integer (people is staff by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every boss of people can be held as integer (people is staff by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM staff WHERE boss < -2147483648 OR boss > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every boss of people can be held as integer (people is staff by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 17 of 17: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 17 of 17: done'

-- ============================================================================
-- Undo step 16 of 17, contract: Drop depts__old
--   Id:           depts/contract/drop-old
--   Loses:        values of depts.title that do not come back unchanged
-- ============================================================================
\echo 'undo step 16 of 17: Drop depts__old'
BEGIN;
CREATE TABLE depts__old (
  id integer NOT NULL,
  head integer,
  title varchar(9),
  CONSTRAINT depts_pkey__old PRIMARY KEY (id)
);
ALTER TABLE depts__old ADD CONSTRAINT depts_head_fkey FOREIGN KEY (head) REFERENCES staff (id);
COMMIT;
\echo 'undo step 16 of 17: done'

-- ============================================================================
-- Undo step 15 of 17, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
-- ============================================================================
\echo 'undo step 15 of 17: Stop repeating writes to depts on depts__old'
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
CREATE OR REPLACE FUNCTION zz_depts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table depts__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['depts__old'];
  forgelua_here boolean := coalesce(to_regclass('depts') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 depts__old.head%TYPE;
  forgelua_held3 depts__old.title%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'depts__old' ORDER BY 1
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
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'depts__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE depts__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM depts__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
      ELSE
        DELETE FROM depts__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM (SELECT * FROM depts WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'depts__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(head AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        BEGIN
          forgelua_held3 := (SELECT (title) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held3 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE depts__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM depts__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
          ELSE
            DELETE FROM depts__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), forgelua_held2, forgelua_held3 FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
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
REVOKE EXECUTE ON FUNCTION zz_depts__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_depts__sync" AFTER INSERT OR UPDATE OR DELETE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
CREATE TRIGGER "~zz_depts__sync_all" AFTER TRUNCATE ON depts FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
COMMIT;
\echo 'undo step 15 of 17: done'

-- ============================================================================
-- Undo step 14 of 17, contract: Drop the trigger that filled title of depts
--   Id:           depts/contract/stop-filling
-- ============================================================================
\echo 'undo step 14 of 17: Drop the trigger that filled title of depts'
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
CREATE OR REPLACE FUNCTION zz_depts__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > title (new);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.title IS NULL AND (forgelua_seen IS NULL OR NEW.title::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.title := (SELECT COALESCE(title, 'none') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'depts__sync_2', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.title::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_depts__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_depts__sync_2" BEFORE INSERT OR UPDATE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_depts__sync_2('first');
CREATE TRIGGER "~zz_depts__sync_2" BEFORE INSERT OR UPDATE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_depts__sync_2();
COMMIT;
\echo 'undo step 14 of 17: done'

-- ============================================================================
-- Undo step 13 of 17, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 13 of 17: From here the way back copies depts into depts__old again'
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
  this_work CONSTANT text := 'depts/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'depts__old'::regclass AND attname IN ('id', 'head', 'title')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'depts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 depts.id%TYPE;
  hi1 depts.id%TYPE;
  stop1 depts.id%TYPE;
  held2 depts__old.head%TYPE;
  held3 depts__old.title%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'depts'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM depts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM depts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM depts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO depts__old (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO depts__old (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM depts WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(head AS integer) INTO forgelua.held2 FROM depts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            BEGIN
              SELECT (title) INTO forgelua.held3 FROM depts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held3 := NULL;
            END;
            INSERT INTO depts__old (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), forgelua.held2, forgelua.held3 FROM depts WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM depts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of depts could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 13 of 17: done'

-- ============================================================================
-- Undo step 12 of 17, contract: Drop the foreign key people_dept_id_fkey__old of staff to the table that goes
--   Id:           staff.people_dept_id_fkey__old/contract/cut-incoming
-- ============================================================================
\echo 'undo step 12 of 17: Drop the foreign key people_dept_id_fkey__old of staff to the table that goes'
BEGIN;
ALTER TABLE staff ADD CONSTRAINT people_dept_id_fkey__old FOREIGN KEY (dept_id) REFERENCES depts__old (id);
COMMIT;
\echo 'undo step 12 of 17: done'

-- ============================================================================
-- Undo step 11 of 17, switch: Start the new application
--   Id:           skills, people/switch/start
-- ============================================================================
\echo 'undo step 11 of 17: Start the new application'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 11 of 17: done'

-- ============================================================================
-- Undo step 10 of 17, switch: Validate skills, people
--   Id:           skills, people/switch/validate
-- ============================================================================
\echo 'undo step 10 of 17: Validate skills, people'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 10 of 17: done'

-- ============================================================================
-- Undo step 9 of 17, switch: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey
--   Id:           skills.person_id/switch/type
--   Loses:        values of skills.person_id that integer cannot hold: the way back stops at them until they are changed; values of people.id that integer cannot hold: the way back stops at them until they are changed; values of people.dept_id that integer cannot hold: the way back stops at them until they are changed; values of people.boss that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 9 of 17: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey'
BEGIN;
ALTER TABLE staff RENAME CONSTRAINT staff_boss_fkey TO people_boss_fkey;
ALTER TABLE staff RENAME CONSTRAINT staff_dept_id_fkey TO people_dept_id_fkey;
ALTER TABLE staff RENAME CONSTRAINT staff_pkey TO people_pkey;
ALTER TABLE staff RENAME TO people;
ALTER TABLE people ALTER COLUMN boss TYPE integer USING CAST(boss AS integer);
ALTER TABLE people ALTER COLUMN dept_id TYPE integer USING CAST(dept_id AS integer);
ALTER TABLE people ALTER COLUMN id TYPE integer USING CAST(id AS integer);
ALTER TABLE skills ALTER COLUMN person_id TYPE integer USING CAST(person_id AS integer);
COMMIT;
\echo 'undo step 9 of 17: done'

-- ============================================================================
-- Undo step 8 of 17, switch: Back up skills, people
--   Id:           skills, people/switch/backup
-- ============================================================================
\echo 'undo step 8 of 17: Back up skills, people'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 17: done'

-- ============================================================================
-- Undo step 7 of 17, switch: Stop every application that writes skills, people
--   Id:           skills, people/switch/stop
-- ============================================================================
\echo 'undo step 7 of 17: Stop every application that writes skills, people'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 17: done'

-- ============================================================================
-- Undo step 6 of 17, switch: Swap the copy of depts in
--   Id:           depts/switch/swap
--   Loses:        values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 6 of 17: Swap the copy of depts in'
BEGIN;
LOCK TABLE depts, depts__old, people IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['depts', 'depts__old']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['depts', 'depts__old']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_depts__sync_2" ON depts;
DROP TRIGGER "!zz_depts__sync_2" ON depts;
DROP FUNCTION zz_depts__sync_2();
DROP TRIGGER "~zz_depts__sync_all" ON depts;
DROP TRIGGER "~zz_depts__sync" ON depts;
DROP FUNCTION zz_depts__sync();
ALTER TABLE people RENAME CONSTRAINT people_dept_id_fkey TO people_dept_id_fkey__new;
ALTER TABLE people RENAME CONSTRAINT people_dept_id_fkey__old TO people_dept_id_fkey;
ALTER TABLE depts RENAME CONSTRAINT depts_pkey TO depts_pkey__new;
ALTER TABLE depts__old RENAME CONSTRAINT depts_pkey__old TO depts_pkey;
ALTER TABLE depts RENAME TO depts__new;
ALTER TABLE depts__old RENAME TO depts;
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
CREATE OR REPLACE FUNCTION zz_depts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table depts__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['depts__new'];
  forgelua_here boolean := coalesce(to_regclass('depts') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'depts__new' ORDER BY 1
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
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'depts__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE depts__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM depts__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
      ELSE
        DELETE FROM depts__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO depts__new AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM (SELECT * FROM depts WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO depts__new AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'depts__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_depts__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_depts__sync" AFTER INSERT OR UPDATE OR DELETE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
CREATE TRIGGER "~zz_depts__sync_all" AFTER TRUNCATE ON depts FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
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
\echo 'undo step 6 of 17: done'

-- ============================================================================
-- Undo step 5 of 17, switch: Validate the foreign key people_dept_id_fkey__new on people
--   Id:           people.people_dept_id_fkey__new/switch/validate
-- ============================================================================
\echo 'undo step 5 of 17: Validate the foreign key people_dept_id_fkey__new on people'
BEGIN;
ALTER TABLE people DROP CONSTRAINT people_dept_id_fkey__new, ADD CONSTRAINT people_dept_id_fkey__new FOREIGN KEY (dept_id) REFERENCES depts__new (id) NOT VALID;
COMMIT;
\echo 'undo step 5 of 17: done'

-- ============================================================================
-- Undo step 4 of 17, switch: Add the foreign key people_dept_id_fkey__new on people, not yet validated
--   Id:           people.people_dept_id_fkey__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 4 of 17: Add the foreign key people_dept_id_fkey__new on people, not yet validated'
BEGIN;
ALTER TABLE people DROP CONSTRAINT people_dept_id_fkey__new;
COMMIT;
\echo 'undo step 4 of 17: done'

-- ============================================================================
-- Undo step 3 of 17, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
-- ============================================================================
\echo 'undo step 3 of 17: Copy the rows of depts into depts__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 17: done'

-- ============================================================================
-- Undo step 2 of 17, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 17: Repeat every write to depts on depts__new'
BEGIN;
DROP TRIGGER "~zz_depts__sync_all" ON depts;
DROP TRIGGER "~zz_depts__sync" ON depts;
DROP FUNCTION zz_depts__sync();
COMMIT;
\echo 'undo step 2 of 17: done'

-- ============================================================================
-- Undo step 1 of 17, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
-- ============================================================================
\echo 'undo step 1 of 17: Create depts__new in the new shape of depts'
BEGIN;
DROP TABLE depts__new;
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
\echo 'undo step 1 of 17: done'

\echo 'rollback: done'
