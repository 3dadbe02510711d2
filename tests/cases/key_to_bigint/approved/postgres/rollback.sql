-- WARNING: rollback is destructive — users.id data will be lost: values of users.id that integer cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — orders.user_id data will be lost: values of user_id that user_id cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — orders.user_id__old data will be lost: values of user_id that user_id cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_to_bigint
-- Keys outgrow an integer
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
-- Check: step 15 must be done before this: Drop the old column user_id__old of orders. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'user_id__old' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 15 must be done before this: Drop the old column user_id__old of orders', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column orders.user_id. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'user_id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column orders.user_id', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every user_id of orders can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE user_id < -2147483648 OR user_id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every user_id of orders can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of orders has NULL in user_id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM orders WHERE user_id IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of orders has NULL in user_id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every id of users can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE id < -2147483648 OR id > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every id of users can be held as integer', '0', forgelua_actual;
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
-- Undo step 15 of 16, contract: Drop the old column user_id__old of orders
--   Id:           orders.user_id/contract/drop-old
--   Loses:        values of user_id that user_id cannot hold
-- ============================================================================
\echo 'undo step 15 of 16: Drop the old column user_id__old of orders'
BEGIN;
ALTER TABLE orders ADD COLUMN user_id__old integer;
COMMIT;
\echo 'undo step 15 of 16: done'

-- ============================================================================
-- Undo step 14 of 16, contract: Stop keeping user_id__old and user_id of orders equal
--   Id:           orders.user_id/contract/stop-sync
-- ============================================================================
\echo 'undo step 14 of 16: Stop keeping user_id__old and user_id of orders equal'
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
CREATE OR REPLACE FUNCTION zz_orders__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns user_id__old > user_id (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.user_id__old := OLD.user_id__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.user_id := OLD.user_id; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.user_id__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.user_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.user_id::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.user_id__old IS NOT NULL AND NEW.user_id IS NOT NULL THEN 'both'
      WHEN NEW.user_id__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.user_id__old)::record *<> ROW(OLD.user_id__old)::record THEN CASE WHEN ROW(NEW.user_id)::record *<> ROW(OLD.user_id)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.user_id)::record *<> ROW(OLD.user_id)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.user_id := (SELECT CAST(user_id__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.user_id)::record *= ROW(NEW.user_id)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.user_id := (SELECT CAST(user_id__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'user_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.user_id := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.user_id__old := (SELECT CAST(user_id AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'user_id__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.user_id__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.user_id__old::text, NEW.user_id::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.user_id__old)::record *<> ROW(OLD.user_id__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.user_id)::record *<> ROW(OLD.user_id)::record) EXECUTE FUNCTION zz_orders__sync('kept');
COMMIT;
\echo 'undo step 14 of 16: done'

-- ============================================================================
-- Undo step 13 of 16, contract: From here the way back computes user_id__old of orders again
--   Id:           orders.user_id/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 13 of 16: From here the way back computes user_id__old of orders again'
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
  this_work CONSTANT text := 'orders.user_id/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders'::regclass AND attname IN ('user_id__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 orders.id%TYPE;
  hi1 orders.id%TYPE;
  stop1 orders.id%TYPE;
  held1 orders.user_id__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 1500, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM orders ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM orders ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM orders WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE orders SET user_id__old = CAST(user_id AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (user_id__old) = (CAST(user_id AS integer)) OR ((user_id__old) IS NULL AND (CAST(user_id AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE orders SET user_id__old = CAST(user_id AS integer) WHERE id = one.id AND ((CASE WHEN (user_id__old) = (CAST(user_id AS integer)) OR ((user_id__old) IS NULL AND (CAST(user_id AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(user_id AS integer) INTO forgelua.held1 FROM orders WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE orders SET user_id__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM orders WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of orders could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 13 of 16: done'

-- ============================================================================
-- Undo step 12 of 16, contract: Drop what hangs on the old column user_id__old of orders
--   Id:           orders.user_id/contract/drop-old-members
-- ============================================================================
\echo 'undo step 12 of 16: Drop what hangs on the old column user_id__old of orders'
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_user_fk__old FOREIGN KEY (user_id__old) REFERENCES users (id);
COMMIT;
\echo 'undo step 12 of 16: done'

-- ============================================================================
-- Undo step 11 of 16, switch: Let the new user_id of orders take over
--   Id:           orders.user_id/switch/swap
-- ============================================================================
\echo 'undo step 11 of 16: Let the new user_id of orders take over'
BEGIN;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['orders']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['orders']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_kept" ON orders;
DROP FUNCTION zz_orders__sync();
ALTER TABLE orders RENAME CONSTRAINT orders_user_fk TO orders_user_fk__new;
ALTER TABLE orders RENAME CONSTRAINT orders_user_fk__old TO orders_user_fk;
ALTER TABLE orders RENAME COLUMN user_id TO user_id__new;
ALTER TABLE orders RENAME COLUMN user_id__old TO user_id;
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
CREATE OR REPLACE FUNCTION zz_orders__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns user_id > user_id__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.user_id := OLD.user_id; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.user_id__new := OLD.user_id__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.user_id::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.user_id__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.user_id__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.user_id IS NOT NULL AND NEW.user_id__new IS NOT NULL THEN 'both'
      WHEN NEW.user_id__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.user_id)::record *<> ROW(OLD.user_id)::record THEN CASE WHEN ROW(NEW.user_id__new)::record *<> ROW(OLD.user_id__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.user_id__new)::record *<> ROW(OLD.user_id__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.user_id__new := (SELECT CAST(user_id AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.user_id__new)::record *= ROW(NEW.user_id__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.user_id__new := (SELECT CAST(user_id AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'user_id__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.user_id__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.user_id := (SELECT CAST(user_id__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'orders__sync', TG_OP, 'user_id', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.user_id := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2cf6a22f_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.user_id::text, NEW.user_id__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync('first');
CREATE TRIGGER "~zz_orders__sync" BEFORE INSERT OR UPDATE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_kept" BEFORE UPDATE ON orders FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.user_id)::record *<> ROW(OLD.user_id)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.user_id__new)::record *<> ROW(OLD.user_id__new)::record) EXECUTE FUNCTION zz_orders__sync('kept');
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
\echo 'undo step 11 of 16: done'

-- ============================================================================
-- Undo step 10 of 16, switch: Validate the foreign key orders_user_fk__new on orders
--   Id:           orders.orders_user_fk__new/switch/validate
-- ============================================================================
\echo 'undo step 10 of 16: Validate the foreign key orders_user_fk__new on orders'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk__new, ADD CONSTRAINT orders_user_fk__new FOREIGN KEY (user_id__new) REFERENCES users (id) NOT VALID;
COMMIT;
\echo 'undo step 10 of 16: done'

-- ============================================================================
-- Undo step 9 of 16, switch: Add the foreign key orders_user_fk__new on orders, not yet validated
--   Id:           orders.orders_user_fk__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 9 of 16: Add the foreign key orders_user_fk__new on orders, not yet validated'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_fk__new;
COMMIT;
\echo 'undo step 9 of 16: done'

-- ============================================================================
-- Undo step 8 of 16, switch: Make orders.user_id__new NOT NULL
--   Id:           orders.user_id__new/switch/not-null
-- ============================================================================
\echo 'undo step 8 of 16: Make orders.user_id__new NOT NULL'
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_user_id__new_not_null CHECK (user_id__new IS NOT NULL);
ALTER TABLE orders ALTER COLUMN user_id__new DROP NOT NULL;
COMMIT;
\echo 'undo step 8 of 16: done'

-- ============================================================================
-- Undo step 7 of 16, switch: Validate that no row has NULL in orders.user_id__new
--   Id:           orders.user_id__new/switch/not-null-validate
-- ============================================================================
\echo 'undo step 7 of 16: Validate that no row has NULL in orders.user_id__new'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_id__new_not_null, ADD CONSTRAINT orders_user_id__new_not_null CHECK (user_id__new IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 7 of 16: done'

-- ============================================================================
-- Undo step 6 of 16, switch: Refuse new NULLs in orders.user_id__new
--   Id:           orders.user_id__new/switch/not-null-guard
-- ============================================================================
\echo 'undo step 6 of 16: Refuse new NULLs in orders.user_id__new'
BEGIN;
ALTER TABLE orders DROP CONSTRAINT orders_user_id__new_not_null;
COMMIT;
\echo 'undo step 6 of 16: done'

-- ============================================================================
-- Undo step 5 of 16, migrate: Convert user_id of orders into user_id__new
--   Id:           orders.user_id/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 16: Convert user_id of orders into user_id__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 16: done'

-- ============================================================================
-- Undo step 4 of 16, migrate: Keep user_id and user_id__new of orders equal
--   Id:           orders.user_id/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 16: Keep user_id and user_id__new of orders equal'
BEGIN;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP TRIGGER "!zz_orders__sync" ON orders;
DROP TRIGGER IF EXISTS "~zz_orders__sync_kept" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'undo step 4 of 16: done'

-- ============================================================================
-- Undo step 3 of 16, migrate: Allow NULL in orders.user_id for as long as both columns live
--   Id:           orders.user_id/migrate/relax
--   Loses:        values of user_id that user_id cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 3 of 16: Allow NULL in orders.user_id for as long as both columns live'
BEGIN;
ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;
COMMIT;
\echo 'undo step 3 of 16: done'

-- ============================================================================
-- Undo step 2 of 16, expand: Add user_id__new beside user_id in orders
--   Id:           orders.user_id/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 16: Add user_id__new beside user_id in orders'
BEGIN;
ALTER TABLE orders DROP COLUMN user_id__new;
COMMIT;
\echo 'undo step 2 of 16: done'

-- ============================================================================
-- Undo step 1 of 16, expand: Change the type of users.id
--   Id:           users.id/expand/type
--   Loses:        values of users.id that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 1 of 16: Change the type of users.id'
BEGIN;
ALTER TABLE users ALTER COLUMN id TYPE integer USING CAST(id AS integer);
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
