-- WARNING: rollback is destructive — items.amount data will be lost: values of quantity that amount cannot hold; values of shade that colour cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration null_beside_a_default
-- Columns with defaults get other names and types, and both applications state NULL where they mean it
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
-- Check: step 7 must be done before this: Drop the old column amount, colour, open of items. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must be done before this: Drop the old column amount, colour, open of items', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column items.quantity. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attname = 'quantity' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = true AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column items.quantity', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 8 of 8: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 8 of 8: done'

-- ============================================================================
-- Undo step 7 of 8, contract: Drop the old column amount, colour, open of items
--   Id:           items.quantity/contract/drop-old
--   Loses:        values of quantity that amount cannot hold; values of shade that colour cannot hold
-- ============================================================================
\echo 'undo step 7 of 8: Drop the old column amount, colour, open of items'
BEGIN;
ALTER TABLE items ADD COLUMN open boolean;
ALTER TABLE items ADD COLUMN colour varchar(10);
ALTER TABLE items ADD COLUMN amount integer;
COMMIT;
\echo 'undo step 7 of 8: done'

-- ============================================================================
-- Undo step 6 of 8, contract: Stop keeping amount, colour, open and quantity, shade, is_open of items equal
--   Id:           items.quantity/contract/stop-sync
-- ============================================================================
\echo 'undo step 6 of 8: Stop keeping amount, colour, open and quantity, shade, is_open of items equal'
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
CREATE OR REPLACE FUNCTION zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns amount > quantity (new) colour > shade (new) open > is_open (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.colour := OLD.colour; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.open := OLD.open; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.quantity := OLD.quantity; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.shade := OLD.shade; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.is_open := OLD.is_open; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.quantity::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.quantity::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount IS NOT NULL AND NEW.quantity IS NOT NULL THEN 'both'
      WHEN NEW.amount IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN CASE WHEN ROW(NEW.quantity)::record *<> ROW(OLD.quantity)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.quantity)::record *<> ROW(OLD.quantity)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.quantity := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.quantity)::record *= ROW(NEW.quantity)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.quantity := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'quantity', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.quantity := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount := (SELECT CAST(quantity AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.colour::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.shade::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.shade::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.colour IS NOT NULL AND NEW.shade IS NOT NULL THEN 'both'
      WHEN NEW.colour IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.colour)::record *<> ROW(OLD.colour)::record THEN CASE WHEN ROW(NEW.shade)::record *<> ROW(OLD.shade)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.shade)::record *<> ROW(OLD.shade)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.shade := (SELECT colour FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.shade)::record *= ROW(NEW.shade)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.shade := (SELECT colour FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'shade', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shade := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.colour := (SELECT shade FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'colour', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.colour := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.open::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.is_open::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.is_open::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.open IS NOT NULL AND NEW.is_open IS NOT NULL THEN 'both'
      WHEN NEW.open IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.open)::record *<> ROW(OLD.open)::record THEN CASE WHEN ROW(NEW.is_open)::record *<> ROW(OLD.is_open)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.is_open)::record *<> ROW(OLD.is_open)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.is_open := (SELECT open FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.is_open)::record *= ROW(NEW.is_open)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.is_open := (SELECT open FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'is_open', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.is_open := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.open := (SELECT is_open FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'open', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.open := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.quantity::text, NEW.colour::text, NEW.shade::text, NEW.open::text, NEW.is_open::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync();
CREATE TRIGGER "~zz_items__sync_kept" BEFORE UPDATE ON items FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount, NEW.colour, NEW.open)::record *<> ROW(OLD.amount, OLD.colour, OLD.open)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.quantity, NEW.shade, NEW.is_open)::record *<> ROW(OLD.quantity, OLD.shade, OLD.is_open)::record) EXECUTE FUNCTION zz_items__sync('kept');
COMMIT;
\echo 'undo step 6 of 8: done'

-- ============================================================================
-- Undo step 5 of 8, contract: From here the way back computes amount, colour, open of items again
--   Id:           items.quantity/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 5 of 8: From here the way back computes amount, colour, open of items again'
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
  this_work CONSTANT text := 'items.quantity/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'items'::regclass AND attname IN ('amount', 'colour', 'open')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'items'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 items.id%TYPE;
  hi1 items.id%TYPE;
  stop1 items.id%TYPE;
  held1 items.amount%TYPE;
  held2 items.colour%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 20000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM items ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM items ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM items WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM items WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE items SET amount = CAST(quantity AS integer), colour = shade, open = is_open WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (amount) = (CAST(quantity AS integer)) OR ((amount) IS NULL AND (CAST(quantity AS integer)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (colour) = (shade) OR ((colour) IS NULL AND (shade) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (open) = (is_open) OR ((open) IS NULL AND (is_open) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM items WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE items SET amount = CAST(quantity AS integer), colour = shade, open = is_open WHERE id = one.id AND ((CASE WHEN (amount) = (CAST(quantity AS integer)) OR ((amount) IS NULL AND (CAST(quantity AS integer)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (colour) = (shade) OR ((colour) IS NULL AND (shade) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (open) = (is_open) OR ((open) IS NULL AND (is_open) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(quantity AS integer) INTO forgelua.held1 FROM items WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT shade INTO forgelua.held2 FROM items WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE items SET amount = forgelua.held1, colour = forgelua.held2, open = is_open WHERE id = one.id;
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
    SELECT id INTO lo1 FROM items WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of items could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 5 of 8: done'

-- ============================================================================
-- Undo step 4 of 8, switch: Let quantity, shade, is_open of items lead
--   Id:           items.quantity/switch/swap
-- ============================================================================
\echo 'undo step 4 of 8: Let quantity, shade, is_open of items lead'
BEGIN;
LOCK TABLE items IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['items']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['items']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_items__sync" ON items;
DROP TRIGGER "!zz_items__sync" ON items;
DROP TRIGGER IF EXISTS "~zz_items__sync_kept" ON items;
DROP FUNCTION zz_items__sync();
ALTER TABLE items ALTER COLUMN is_open DROP DEFAULT;
ALTER TABLE items ALTER COLUMN shade DROP DEFAULT;
ALTER TABLE items ALTER COLUMN quantity DROP DEFAULT;
ALTER TABLE items ALTER COLUMN open SET DEFAULT true;
ALTER TABLE items ALTER COLUMN colour SET DEFAULT 'Red';
ALTER TABLE items ALTER COLUMN amount SET DEFAULT 5;
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
CREATE OR REPLACE FUNCTION zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns amount > quantity (old) colour > shade (old) open > is_open (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.colour := OLD.colour; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.open := OLD.open; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.quantity := OLD.quantity; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.shade := OLD.shade; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.is_open := OLD.is_open; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.quantity::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.quantity::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount IS NOT NULL AND NEW.quantity IS NOT NULL THEN 'both'
      WHEN NEW.quantity IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN CASE WHEN ROW(NEW.quantity)::record *<> ROW(OLD.quantity)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.quantity)::record *<> ROW(OLD.quantity)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.quantity := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.quantity)::record *= ROW(NEW.quantity)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.quantity := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'quantity', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.quantity := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount := (SELECT CAST(quantity AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.colour::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.shade::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.shade::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.colour IS NOT NULL AND NEW.shade IS NOT NULL THEN 'both'
      WHEN NEW.shade IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.colour)::record *<> ROW(OLD.colour)::record THEN CASE WHEN ROW(NEW.shade)::record *<> ROW(OLD.shade)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.shade)::record *<> ROW(OLD.shade)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.shade := (SELECT colour FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.shade)::record *= ROW(NEW.shade)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.shade := (SELECT colour FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'shade', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shade := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.colour := (SELECT shade FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'colour', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.colour := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.open::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.is_open::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.is_open::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.open IS NOT NULL AND NEW.is_open IS NOT NULL THEN 'both'
      WHEN NEW.is_open IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.open)::record *<> ROW(OLD.open)::record THEN CASE WHEN ROW(NEW.is_open)::record *<> ROW(OLD.is_open)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.is_open)::record *<> ROW(OLD.is_open)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.is_open := (SELECT open FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.is_open)::record *= ROW(NEW.is_open)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.is_open := (SELECT open FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'is_open', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.is_open := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.open := (SELECT is_open FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'open', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.open := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.quantity::text, NEW.colour::text, NEW.shade::text, NEW.open::text, NEW.is_open::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_items__sync();
CREATE TRIGGER "~zz_items__sync_kept" BEFORE UPDATE ON items FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount, NEW.colour, NEW.open)::record *<> ROW(OLD.amount, OLD.colour, OLD.open)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.quantity, NEW.shade, NEW.is_open)::record *<> ROW(OLD.quantity, OLD.shade, OLD.is_open)::record) EXECUTE FUNCTION zz_items__sync('kept');
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
\echo 'undo step 4 of 8: done'

-- ============================================================================
-- Undo step 3 of 8, migrate: Convert amount, colour, open of items into quantity, shade, is_open
--   Id:           items.quantity/migrate/backfill
-- ============================================================================
\echo 'undo step 3 of 8: Convert amount, colour, open of items into quantity, shade, is_open'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 3 of 8: done'

-- ============================================================================
-- Undo step 2 of 8, migrate: Keep amount, colour, open and quantity, shade, is_open of items equal
--   Id:           items.quantity/migrate/sync
-- ============================================================================
\echo 'undo step 2 of 8: Keep amount, colour, open and quantity, shade, is_open of items equal'
BEGIN;
DROP TRIGGER "~zz_items__sync" ON items;
DROP TRIGGER "!zz_items__sync" ON items;
DROP TRIGGER IF EXISTS "~zz_items__sync_kept" ON items;
DROP FUNCTION zz_items__sync();
COMMIT;
\echo 'undo step 2 of 8: done'

-- ============================================================================
-- Undo step 1 of 8, expand: Add quantity, shade, is_open beside amount, colour, open in items
--   Id:           items.quantity/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 8: Add quantity, shade, is_open beside amount, colour, open in items'
BEGIN;
ALTER TABLE items DROP COLUMN is_open;
ALTER TABLE items DROP COLUMN shade;
ALTER TABLE items DROP COLUMN quantity;
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
\echo 'undo step 1 of 8: done'

\echo 'rollback: done'
