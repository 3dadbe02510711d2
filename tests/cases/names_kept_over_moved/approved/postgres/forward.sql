-- Forward, every phase of migration names_kept_over_moved
-- Indexes, keys and rules keep their names and take up, or let go of, a column that moves
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 38 is destructive — st__old of goods as the old schema held it
-- WARNING: step 45 is destructive — st, shop of stock as the old schema held it

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
-- Check: step 1 must not be done at this point: Add st__new beside st in goods. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'st__new' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(3)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add st__new beside st in goods', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must not be done at this point: Keep st, shop and state, place of stock equal. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid WHERE n.nspname = 'public' AND c.relname = 'stock' AND t.tgname = '~zz_stock__sync' AND position('-- forgelua: columns st > state (old) shop > place (old);' in p.prosrc) > 0) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must not be done at this point: Keep st, shop and state, place of stock equal', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 32 must not be done at this point: Add the check stock_said__new on stock, not yet validated. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'stock' AND k.conname = 'stock_said__new' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 32 must not be done at this point: Add the check stock_said__new on stock, not yet validated', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 39 must not be done at this point: Refuse new NULLs in goods.st. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND k.conname = 'goods_st_not_null' AND k.contype = 'c' AND NOT k.convalidated) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 39 must not be done at this point: Refuse new NULLs in goods.st', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column goods.st. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'st' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(3)' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column goods.st', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 46, expand: Add st__new beside st in goods
--   Id:           goods.st/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 46: Add st__new beside st in goods'
BEGIN;
ALTER TABLE goods ADD COLUMN st__new varchar(3);
COMMIT;
\echo 'step 1 of 46: done'

-- ============================================================================
-- Step 2 of 46, expand: Add state, place beside st, shop in stock
--   Id:           stock.state/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 46: Add state, place beside st, shop in stock'
BEGIN;
ALTER TABLE stock ADD COLUMN state varchar(9);
ALTER TABLE stock ADD COLUMN place integer;
COMMIT;
\echo 'step 2 of 46: done'

-- ============================================================================
-- Step 3 of 46, migrate: Keep st and st__new of goods equal
--   Id:           goods.st/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 3 of 46: Keep st and st__new of goods equal'
-- Check: no st of goods is longer than 3. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE SUBSTR(st, 4) <> '')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no st of goods is longer than 3', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
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
CREATE OR REPLACE FUNCTION zz_goods__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns st > st__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.st := OLD.st; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.st__new := OLD.st__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.st::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.st__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.st__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.st IS NOT NULL AND NEW.st__new IS NOT NULL THEN 'both'
      WHEN NEW.st__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.st)::record *<> ROW(OLD.st)::record THEN CASE WHEN ROW(NEW.st__new)::record *<> ROW(OLD.st__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.st__new)::record *<> ROW(OLD.st__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.st__new := (SELECT st FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.st__new)::record *= ROW(NEW.st__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.st__new := (SELECT st FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'st__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.st := (SELECT st__new FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'st', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.st::text, NEW.st__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_goods__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync('first');
CREATE TRIGGER "~zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync();
CREATE TRIGGER "~zz_goods__sync_kept" BEFORE UPDATE ON goods FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.st)::record *<> ROW(OLD.st)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.st__new)::record *<> ROW(OLD.st__new)::record) EXECUTE FUNCTION zz_goods__sync('kept');
COMMIT;
\echo 'step 3 of 46: done'

-- ============================================================================
-- Step 4 of 46, migrate: Convert st of goods into st__new
--   Id:           goods.st/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 4 of 46: Convert st of goods into st__new'
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
  this_work CONSTANT text := 'goods.st/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('st__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'goods'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 goods.id%TYPE;
  hi1 goods.id%TYPE;
  stop1 goods.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'goods'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM goods ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM goods ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM goods WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM goods WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE goods SET st__new = st WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (st__new IS NULL);
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
      FOR one IN SELECT * FROM goods WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE goods SET st__new = st WHERE id = one.id AND (st__new IS NULL);
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
    SELECT id INTO lo1 FROM goods WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of goods could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 46: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE (CASE WHEN (st__new) = (st) OR ((st__new) IS NULL AND (st) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 46, migrate: Build the index goods_idx__new on goods
--   Id:           goods.goods_idx__new/migrate/build-index
--   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 5 of 46: Build the index goods_idx__new on goods'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_idx__new;
CREATE INDEX CONCURRENTLY goods_idx__new ON goods (age, st__new);
SET lock_timeout = '2s';
\echo 'step 5 of 46: done'

-- ============================================================================
-- Step 6 of 46, migrate: Keep st, shop and state, place of stock equal
--   Id:           stock.state/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 6 of 46: Keep st, shop and state, place of stock equal'
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
CREATE OR REPLACE FUNCTION zz_stock__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns st > state (old) shop > place (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.st := OLD.st; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.shop := OLD.shop; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state := OLD.state; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.place := OLD.place; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.st::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.st IS NOT NULL AND NEW.state IS NOT NULL THEN 'both'
      WHEN NEW.state IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.st)::record *<> ROW(OLD.st)::record THEN CASE WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state := (SELECT st FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state)::record *= ROW(NEW.state)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state := (SELECT st FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.st := (SELECT state FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'st', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.shop::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.shop IS NOT NULL AND NEW.place IS NOT NULL THEN 'both'
      WHEN NEW.place IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.shop)::record *<> ROW(OLD.shop)::record THEN CASE WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.place := (SELECT shop FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.place)::record *= ROW(NEW.place)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.place := (SELECT shop FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.shop := (SELECT place FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'shop', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shop := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.st::text, NEW.state::text, NEW.shop::text, NEW.place::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_stock__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_stock__sync" BEFORE INSERT OR UPDATE ON stock FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_stock__sync('first');
CREATE TRIGGER "~zz_stock__sync" BEFORE INSERT OR UPDATE ON stock FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_stock__sync();
CREATE TRIGGER "~zz_stock__sync_kept" BEFORE UPDATE ON stock FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.st, NEW.shop)::record *<> ROW(OLD.st, OLD.shop)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state, NEW.place)::record *<> ROW(OLD.state, OLD.place)::record) EXECUTE FUNCTION zz_stock__sync('kept');
COMMIT;
\echo 'step 6 of 46: done'
-- Application: From here the new application may read and write state, place once the backfill is done.

-- ============================================================================
-- Step 7 of 46, migrate: Convert st, shop of stock into state, place
--   Id:           stock.state/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 7 of 46: Convert st, shop of stock into state, place'
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
  this_work CONSTANT text := 'stock.state/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'stock'::regclass AND attname IN ('state', 'place')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'stock'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 stock.id%TYPE;
  hi1 stock.id%TYPE;
  stop1 stock.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'stock'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM stock ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM stock ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM stock WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM stock WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE stock SET state = st, place = shop WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (state IS NULL OR place IS NULL);
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
      FOR one IN SELECT * FROM stock WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE stock SET state = st, place = shop WHERE id = one.id AND (state IS NULL OR place IS NULL);
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
    SELECT id INTO lo1 FROM stock WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of stock could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 7 of 46: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE (CASE WHEN (state) = (st) OR ((state) IS NULL AND (st) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (place) = (shop) OR ((place) IS NULL AND (shop) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 8 of 46, migrate: Build the index stock_idx__new on stock
--   Id:           stock.stock_idx__new/migrate/build-index
--   Why:          built after the backfill, which is cheaper than keeping it up to date row by row
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 8 of 46: Build the index stock_idx__new on stock'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS stock_idx__new;
CREATE INDEX CONCURRENTLY stock_idx__new ON stock (age, state);
SET lock_timeout = '2s';
\echo 'step 8 of 46: done'

-- ============================================================================
-- Step 9 of 46, switch: Drop the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/drop-unique-constraint
--   Why:          the new schema no longer holds it, and the sync writes the old column, too
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of goods that agree in what goods_key held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 9 of 46: Drop the unique constraint goods_key on goods'
-- Check: step 4 has come to its end: Convert st of goods into st__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'goods.st/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Convert st of goods into st__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'goods__sync' AND column_name IN ('st__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_key;
COMMIT;
\echo 'step 9 of 46: done'

-- ============================================================================
-- Step 10 of 46, switch: Drop the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/drop-unique-constraint
--   Why:          the new schema no longer holds it, and the sync writes the old column, too
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of goods that agree in what goods_code held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 10 of 46: Drop the unique constraint goods_code on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_code;
COMMIT;
\echo 'step 10 of 46: done'

-- ============================================================================
-- Step 11 of 46, switch: Build the unique index goods_key on goods
--   Id:           goods.goods_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 11 of 46: Build the unique index goods_key on goods'
-- Check: no two rows of goods agree in (age, st__new). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM goods WHERE age IS NOT NULL AND st__new IS NOT NULL GROUP BY age, st__new HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of goods agree in (age, st__new)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_key;
CREATE UNIQUE INDEX CONCURRENTLY goods_key ON goods (age, st__new);
SET lock_timeout = '2s';
\echo 'step 11 of 46: done'

-- ============================================================================
-- Step 12 of 46, switch: Turn the index into the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 46: Turn the index into the unique constraint goods_key on goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_key UNIQUE USING INDEX goods_key;
COMMIT;
\echo 'step 12 of 46: done'

-- ============================================================================
-- Step 13 of 46, switch: Build the unique index goods_code on goods
--   Id:           goods.goods_code/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 13 of 46: Build the unique index goods_code on goods'
-- Check: no two rows of goods agree in (st__new, code). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM goods WHERE st__new IS NOT NULL AND code IS NOT NULL GROUP BY st__new, code HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of goods agree in (st__new, code)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_code;
CREATE UNIQUE INDEX CONCURRENTLY goods_code ON goods (st__new, code);
SET lock_timeout = '2s';
\echo 'step 13 of 46: done'

-- ============================================================================
-- Step 14 of 46, switch: Turn the index into the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 46: Turn the index into the unique constraint goods_code on goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_code UNIQUE USING INDEX goods_code;
COMMIT;
\echo 'step 14 of 46: done'

-- ============================================================================
-- Step 15 of 46, switch: Let the new st of goods take over
--   Id:           goods.st/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; only the index is locked (SHARE UPDATE EXCLUSIVE); a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of goods.st cannot hold fail from here; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 15 of 46: Let the new st of goods take over'
BEGIN;
LOCK TABLE goods IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['goods']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['goods']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
ALTER TABLE goods RENAME COLUMN st TO st__old;
ALTER TABLE goods RENAME COLUMN st__new TO st;
ALTER INDEX goods_idx RENAME TO goods_idx__old;
ALTER INDEX goods_idx__new RENAME TO goods_idx;
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
CREATE OR REPLACE FUNCTION zz_goods__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns st__old > st (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.st__old := OLD.st__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.st := OLD.st; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.st__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.st::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.st::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.st__old IS NOT NULL AND NEW.st IS NOT NULL THEN 'both'
      WHEN NEW.st__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.st__old)::record *<> ROW(OLD.st__old)::record THEN CASE WHEN ROW(NEW.st)::record *<> ROW(OLD.st)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.st)::record *<> ROW(OLD.st)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.st := (SELECT st__old FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.st)::record *= ROW(NEW.st)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.st := (SELECT st__old FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'st', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.st__old := (SELECT st FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'st__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.st__old::text, NEW.st::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_goods__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync('first');
CREATE TRIGGER "~zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync();
CREATE TRIGGER "~zz_goods__sync_kept" BEFORE UPDATE ON goods FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.st__old)::record *<> ROW(OLD.st__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.st)::record *<> ROW(OLD.st)::record) EXECUTE FUNCTION zz_goods__sync('kept');
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
\echo 'step 15 of 46: done'
-- Application: Deploy the application that uses st as the new schema has it.

-- ============================================================================
-- Step 16 of 46, switch: Build the unique index goods_word__new on goods
--   Id:           goods.goods_word__new/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 16 of 46: Build the unique index goods_word__new on goods'
-- Check: no two rows of goods agree in (code). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM goods WHERE code IS NOT NULL GROUP BY code HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of goods agree in (code)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_word__new;
CREATE UNIQUE INDEX CONCURRENTLY goods_word__new ON goods (code);
SET lock_timeout = '2s';
\echo 'step 16 of 46: done'

-- ============================================================================
-- Step 17 of 46, switch: Turn the index into the unique constraint goods_word__new on goods
--   Id:           goods.goods_word__new/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 46: Turn the index into the unique constraint goods_word__new on goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_word__new UNIQUE USING INDEX goods_word__new;
COMMIT;
\echo 'step 17 of 46: done'

-- ============================================================================
-- Step 18 of 46, switch: Let the new definition take over the unique constraint goods_word on goods
--   Id:           goods.goods_word/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows of goods that agree in what goods_word held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'step 18 of 46: Let the new definition take over the unique constraint goods_word on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_word;
ALTER TABLE goods RENAME CONSTRAINT goods_word__new TO goods_word;
COMMIT;
\echo 'step 18 of 46: done'

-- ============================================================================
-- Step 19 of 46, switch: Refuse new NULLs in stock.state
--   Id:           stock.state/switch/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into stock.state fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 19 of 46: Refuse new NULLs in stock.state'
-- Check: step 7 has come to its end: Convert st, shop of stock into state, place. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'stock.state/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 has come to its end: Convert st, shop of stock into state, place', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of stock stands in forgelua_sync_errors (mend it in stock, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'stock__sync' AND column_name IN ('state', 'place'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of stock stands in forgelua_sync_errors (mend it in stock, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of stock has NULL in state. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE state IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of stock has NULL in state', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_state_not_null CHECK (state IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 19 of 46: done'

-- ============================================================================
-- Step 20 of 46, switch: Validate that no row has NULL in stock.state
--   Id:           stock.state/switch/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 20 of 46: Validate that no row has NULL in stock.state'
BEGIN;
ALTER TABLE stock VALIDATE CONSTRAINT stock_state_not_null;
COMMIT;
\echo 'step 20 of 46: done'

-- ============================================================================
-- Step 21 of 46, switch: Make stock.state NOT NULL
--   Id:           stock.state/switch/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 21 of 46: Make stock.state NOT NULL'
BEGIN;
ALTER TABLE stock ALTER COLUMN state SET NOT NULL;
ALTER TABLE stock DROP CONSTRAINT stock_state_not_null;
COMMIT;
\echo 'step 21 of 46: done'

-- ============================================================================
-- Step 22 of 46, switch: Drop the unique constraint stock_key on stock
--   Id:           stock.stock_key/switch/drop-unique-constraint
--   Why:          the new schema no longer holds it, and the sync writes the old column, too
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of stock that agree in what stock_key held apart: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 22 of 46: Drop the unique constraint stock_key on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_key;
COMMIT;
\echo 'step 22 of 46: done'

-- ============================================================================
-- Step 23 of 46, switch: Drop the check stock_ok on stock
--   Id:           stock.stock_ok/switch/drop-check
--   Why:          the new schema no longer holds it, and the sync writes the old column, too
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of stock that violate stock_ok: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 23 of 46: Drop the check stock_ok on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_ok;
COMMIT;
\echo 'step 23 of 46: done'

-- ============================================================================
-- Step 24 of 46, switch: Drop the foreign key stock_shop on stock
--   Id:           stock.stock_shop/switch/drop-foreign-key
--   Why:          the new schema no longer holds it, and the sync writes the old column, too
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   shops
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; rows that the rule refused are accepted from here; the way back stops while such rows stand
--   Way back:     loses rows of stock that point nowhere by stock_shop: the way back stops at them until they are changed
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 24 of 46: Drop the foreign key stock_shop on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_shop;
COMMIT;
\echo 'step 24 of 46: done'

-- ============================================================================
-- Step 25 of 46, switch: Build the unique index stock_key on stock
--   Id:           stock.stock_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 25 of 46: Build the unique index stock_key on stock'
-- Check: no two rows of stock agree in (age, state). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM stock WHERE age IS NOT NULL AND state IS NOT NULL GROUP BY age, state HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of stock agree in (age, state)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS stock_key;
CREATE UNIQUE INDEX CONCURRENTLY stock_key ON stock (age, state);
SET lock_timeout = '2s';
\echo 'step 25 of 46: done'

-- ============================================================================
-- Step 26 of 46, switch: Turn the index into the unique constraint stock_key on stock
--   Id:           stock.stock_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 26 of 46: Turn the index into the unique constraint stock_key on stock'
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_key UNIQUE USING INDEX stock_key;
COMMIT;
\echo 'step 26 of 46: done'

-- ============================================================================
-- Step 27 of 46, switch: Add the check stock_ok on stock, not yet validated
--   Id:           stock.stock_ok/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 27 of 46: Add the check stock_ok on stock, not yet validated'
-- Check: every row of stock satisfies stock_ok. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE NOT (age >= 0 OR state = 'old'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of stock satisfies stock_ok', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_ok CHECK (age >= 0 OR state = 'old') NOT VALID;
COMMIT;
\echo 'step 27 of 46: done'

-- ============================================================================
-- Step 28 of 46, switch: Validate the check stock_ok on stock
--   Id:           stock.stock_ok/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 28 of 46: Validate the check stock_ok on stock'
BEGIN;
ALTER TABLE stock VALIDATE CONSTRAINT stock_ok;
COMMIT;
\echo 'step 28 of 46: done'

-- ============================================================================
-- Step 29 of 46, switch: Add the foreign key stock_shop on stock, not yet validated
--   Id:           stock.stock_shop/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   shops
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 29 of 46: Add the foreign key stock_shop on stock, not yet validated'
-- Check: no row of stock points at a missing row of shops. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock AS child_row WHERE child_row.place IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shops AS parent_row WHERE parent_row.id = child_row.place))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of stock points at a missing row of shops', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_shop FOREIGN KEY (place) REFERENCES shops (id) NOT VALID;
COMMIT;
\echo 'step 29 of 46: done'

-- ============================================================================
-- Step 30 of 46, switch: Validate the foreign key stock_shop on stock
--   Id:           stock.stock_shop/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   shops
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 30 of 46: Validate the foreign key stock_shop on stock'
BEGIN;
ALTER TABLE stock VALIDATE CONSTRAINT stock_shop;
COMMIT;
\echo 'step 30 of 46: done'

-- ============================================================================
-- Step 31 of 46, switch: Let state, place of stock lead
--   Id:           stock.state/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; only the index is locked (SHARE UPDATE EXCLUSIVE); a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: st, shop is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 31 of 46: Let state, place of stock lead'
BEGIN;
LOCK TABLE stock IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['stock']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['stock']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_stock__sync" ON stock;
DROP TRIGGER "!zz_stock__sync" ON stock;
DROP TRIGGER IF EXISTS "~zz_stock__sync_kept" ON stock;
DROP FUNCTION zz_stock__sync();
ALTER TABLE stock ALTER COLUMN st DROP DEFAULT;
ALTER TABLE stock ALTER COLUMN state SET DEFAULT 'new';
ALTER INDEX stock_idx RENAME TO stock_idx__old;
ALTER INDEX stock_idx__new RENAME TO stock_idx;
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
CREATE OR REPLACE FUNCTION zz_stock__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns st > state (new) shop > place (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.st := OLD.st; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.shop := OLD.shop; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.state := OLD.state; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.place := OLD.place; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.st::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.state::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.st IS NOT NULL AND NEW.state IS NOT NULL THEN 'both'
      WHEN NEW.st IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.st)::record *<> ROW(OLD.st)::record THEN CASE WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.state)::record *<> ROW(OLD.state)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.state := (SELECT st FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.state)::record *= ROW(NEW.state)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.state := (SELECT st FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'state', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.state := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.st := (SELECT state FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'st', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.st := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.shop::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.place::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.shop IS NOT NULL AND NEW.place IS NOT NULL THEN 'both'
      WHEN NEW.shop IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.shop)::record *<> ROW(OLD.shop)::record THEN CASE WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.place)::record *<> ROW(OLD.place)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.place := (SELECT shop FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.place)::record *= ROW(NEW.place)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.place := (SELECT shop FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'place', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.place := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.shop := (SELECT place FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'stock__sync', TG_OP, 'shop', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.shop := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_996cfaa4_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.st::text, NEW.state::text, NEW.shop::text, NEW.place::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_stock__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_stock__sync" BEFORE INSERT OR UPDATE ON stock FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_stock__sync('first');
CREATE TRIGGER "~zz_stock__sync" BEFORE INSERT OR UPDATE ON stock FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_stock__sync();
CREATE TRIGGER "~zz_stock__sync_kept" BEFORE UPDATE ON stock FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.st, NEW.shop)::record *<> ROW(OLD.st, OLD.shop)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.state, NEW.place)::record *<> ROW(OLD.state, OLD.place)::record) EXECUTE FUNCTION zz_stock__sync('kept');
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
\echo 'step 31 of 46: done'
-- Application: Deploy the application that uses state, place as the new schema has it.

-- ============================================================================
-- Step 32 of 46, switch: Add the check stock_said__new on stock, not yet validated
--   Id:           stock.stock_said__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 32 of 46: Add the check stock_said__new on stock, not yet validated'
-- Check: every row of stock satisfies stock_said__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE NOT (other > 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of stock satisfies stock_said__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_said__new CHECK (other > 0) NOT VALID;
COMMIT;
\echo 'step 32 of 46: done'

-- ============================================================================
-- Step 33 of 46, switch: Validate the check stock_said__new on stock
--   Id:           stock.stock_said__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 33 of 46: Validate the check stock_said__new on stock'
BEGIN;
ALTER TABLE stock VALIDATE CONSTRAINT stock_said__new;
COMMIT;
\echo 'step 33 of 46: done'

-- ============================================================================
-- Step 34 of 46, switch: Let the new definition take over the check stock_said on stock
--   Id:           stock.stock_said/switch/take-over
--   Why:          metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows of stock that violate stock_said: the way back stops at them until they are changed
-- ============================================================================
\echo 'step 34 of 46: Let the new definition take over the check stock_said on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_said;
ALTER TABLE stock RENAME CONSTRAINT stock_said__new TO stock_said;
COMMIT;
\echo 'step 34 of 46: done'

-- ============================================================================
-- Step 35 of 46, contract: Drop what hangs on the old column st__old of goods
--   Id:           goods.st/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 35 of 46: Drop what hangs on the old column st__old of goods'
-- Check: no row of goods has NULL in st. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE st IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of goods has NULL in st', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
DROP INDEX goods_idx__old;
COMMIT;
\echo 'step 35 of 46: done'

-- ============================================================================
-- Step 36 of 46, contract: From here the way back computes st__old of goods again
--   Id:           goods.st/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 36 of 46: From here the way back computes st__old of goods again'
BEGIN;
ALTER TABLE goods ALTER COLUMN st__old DROP NOT NULL;
COMMIT;
\echo 'step 36 of 46: done'

-- ============================================================================
-- Step 37 of 46, contract: Stop keeping st__old and st of goods equal
--   Id:           goods.st/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 37 of 46: Stop keeping st__old and st of goods equal'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
COMMIT;
\echo 'step 37 of 46: done'

-- ============================================================================
-- Step 38 of 46, contract: Drop the old column st__old of goods
--   Id:           goods.st/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of st that do not come back from st unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 38 of 46: Drop the old column st__old of goods'
BEGIN;
ALTER TABLE goods DROP COLUMN st__old;
COMMIT;
\echo 'step 38 of 46: done'
-- Application: Check that no application, report or job names st__old any more.

-- ============================================================================
-- Step 39 of 46, contract: Refuse new NULLs in goods.st
--   Id:           goods.st/contract/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into goods.st fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 39 of 46: Refuse new NULLs in goods.st'
-- Check: no row of goods has NULL in st. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE st IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of goods has NULL in st', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_st_not_null CHECK (st IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 39 of 46: done'

-- ============================================================================
-- Step 40 of 46, contract: Validate that no row has NULL in goods.st
--   Id:           goods.st/contract/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 40 of 46: Validate that no row has NULL in goods.st'
BEGIN;
ALTER TABLE goods VALIDATE CONSTRAINT goods_st_not_null;
COMMIT;
\echo 'step 40 of 46: done'

-- ============================================================================
-- Step 41 of 46, contract: Make goods.st NOT NULL
--   Id:           goods.st/contract/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 41 of 46: Make goods.st NOT NULL'
BEGIN;
ALTER TABLE goods ALTER COLUMN st SET NOT NULL;
ALTER TABLE goods DROP CONSTRAINT goods_st_not_null;
COMMIT;
\echo 'step 41 of 46: done'

-- ============================================================================
-- Step 42 of 46, contract: Drop what hangs on the old column st, shop of stock
--   Id:           stock.state/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 42 of 46: Drop what hangs on the old column st, shop of stock'
BEGIN;
DROP INDEX stock_idx__old;
COMMIT;
\echo 'step 42 of 46: done'

-- ============================================================================
-- Step 43 of 46, contract: From here the way back computes st, shop of stock again
--   Id:           stock.state/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 43 of 46: From here the way back computes st, shop of stock again'
BEGIN;
ALTER TABLE stock ALTER COLUMN st DROP NOT NULL;
COMMIT;
\echo 'step 43 of 46: done'

-- ============================================================================
-- Step 44 of 46, contract: Stop keeping st, shop and state, place of stock equal
--   Id:           stock.state/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 44 of 46: Stop keeping st, shop and state, place of stock equal'
BEGIN;
DROP TRIGGER "~zz_stock__sync" ON stock;
DROP TRIGGER "!zz_stock__sync" ON stock;
DROP TRIGGER IF EXISTS "~zz_stock__sync_kept" ON stock;
DROP FUNCTION zz_stock__sync();
COMMIT;
\echo 'step 44 of 46: done'

-- ============================================================================
-- Step 45 of 46, contract: Drop the old column st, shop of stock
--   Id:           stock.state/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name st, shop fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 45 of 46: Drop the old column st, shop of stock'
BEGIN;
ALTER TABLE stock DROP COLUMN st;
ALTER TABLE stock DROP COLUMN shop;
COMMIT;
\echo 'step 45 of 46: done'
-- Application: Check that no application, report or job names st, shop any more.

-- ============================================================================
-- Step 46 of 46, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 46 of 46: Remove the progress and error tables'
BEGIN;
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
\echo 'step 46 of 46: done'

\echo 'forward: done'
