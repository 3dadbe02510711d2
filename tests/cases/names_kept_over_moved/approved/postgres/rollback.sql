-- WARNING: rollback is destructive — goods_key data will be lost: rows of goods that agree in what goods_key held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods_code data will be lost: rows of goods that agree in what goods_code held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods_word data will be lost: rows of goods that agree in what goods_word held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock_key data will be lost: rows of stock that agree in what stock_key held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock_ok data will be lost: rows of stock that violate stock_ok: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock_shop data will be lost: rows of stock that point nowhere by stock_shop: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — stock_said data will be lost: rows of stock that violate stock_said: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — goods.st__old data will be lost: values of st that do not come back from st unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration names_kept_over_moved
-- Indexes, keys and rules keep their names and take up, or let go of, a column that moves
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
-- Check: step 45 must be done before this: Drop the old column st, shop of stock. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'stock' AND a.attname = 'st' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 45 must be done before this: Drop the old column st, shop of stock', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 44 must be done before this: Stop keeping st, shop and state, place of stock equal. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'stock' AND t.tgname = '~zz_stock__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 44 must be done before this: Stop keeping st, shop and state, place of stock equal', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 35 must be done before this: Drop what hangs on the old column st__old of goods. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND x.relname = 'goods_idx__old' AND i.indisvalid) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 35 must be done before this: Drop what hangs on the old column st__old of goods', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column goods.st. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'st' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(3)' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column goods.st', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every row of stock satisfies stock_said (st is state by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE NOT (state <> ''))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of stock satisfies stock_said (st is state by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of stock points at a missing row of shops. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock AS child_row WHERE child_row.other IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shops AS parent_row WHERE parent_row.id = child_row.other))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of stock points at a missing row of shops', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every row of stock satisfies stock_ok. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM stock WHERE NOT (age >= 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of stock satisfies stock_ok', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no two rows of stock agree in (id, age). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM stock WHERE id IS NOT NULL AND age IS NOT NULL GROUP BY id, age HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of stock agree in (id, age)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no two rows of goods agree in (st__old) (st__old is st by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM goods WHERE st IS NOT NULL GROUP BY st HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of goods agree in (st__old) (st__old is st by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
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
-- Check: no two rows of goods agree in (age). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM goods WHERE age IS NOT NULL GROUP BY age HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of goods agree in (age)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 46 of 46, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 46 of 46: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 46 of 46: done'

-- ============================================================================
-- Undo step 45 of 46, contract: Drop the old column st, shop of stock
--   Id:           stock.state/contract/drop-old
-- ============================================================================
\echo 'undo step 45 of 46: Drop the old column st, shop of stock'
BEGIN;
ALTER TABLE stock ADD COLUMN shop integer;
ALTER TABLE stock ADD COLUMN st varchar(9);
COMMIT;
\echo 'undo step 45 of 46: done'

-- ============================================================================
-- Undo step 44 of 46, contract: Stop keeping st, shop and state, place of stock equal
--   Id:           stock.state/contract/stop-sync
-- ============================================================================
\echo 'undo step 44 of 46: Stop keeping st, shop and state, place of stock equal'
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
COMMIT;
\echo 'undo step 44 of 46: done'

-- ============================================================================
-- Undo step 43 of 46, contract: From here the way back computes st, shop of stock again
--   Id:           stock.state/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 43 of 46: From here the way back computes st, shop of stock again'
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
  this_work CONSTANT text := 'stock.state/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'stock'::regclass AND attname IN ('st', 'shop')
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
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE stock SET st = state, shop = place WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (st) = (state) OR ((st) IS NULL AND (state) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (shop) = (place) OR ((shop) IS NULL AND (place) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE stock SET st = state, shop = place WHERE id = one.id AND ((CASE WHEN (st) = (state) OR ((st) IS NULL AND (state) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (shop) = (place) OR ((shop) IS NULL AND (place) IS NULL) THEN 0 ELSE 1 END = 1));
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
    RAISE WARNING '% of stock could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE stock ALTER COLUMN st SET NOT NULL;
COMMIT;
\echo 'undo step 43 of 46: done'

-- ============================================================================
-- Undo step 42 of 46, contract: Drop what hangs on the old column st, shop of stock
--   Id:           stock.state/contract/drop-old-members
-- ============================================================================
\echo 'undo step 42 of 46: Drop what hangs on the old column st, shop of stock'
BEGIN;
CREATE INDEX stock_idx__old ON stock (age);
COMMIT;
\echo 'undo step 42 of 46: done'

-- ============================================================================
-- Undo step 41 of 46, contract: Make goods.st NOT NULL
--   Id:           goods.st/contract/not-null
-- ============================================================================
\echo 'undo step 41 of 46: Make goods.st NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_st_not_null CHECK (st IS NOT NULL);
ALTER TABLE goods ALTER COLUMN st DROP NOT NULL;
COMMIT;
\echo 'undo step 41 of 46: done'

-- ============================================================================
-- Undo step 40 of 46, contract: Validate that no row has NULL in goods.st
--   Id:           goods.st/contract/not-null-validate
-- ============================================================================
\echo 'undo step 40 of 46: Validate that no row has NULL in goods.st'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_st_not_null, ADD CONSTRAINT goods_st_not_null CHECK (st IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 40 of 46: done'

-- ============================================================================
-- Undo step 39 of 46, contract: Refuse new NULLs in goods.st
--   Id:           goods.st/contract/not-null-guard
-- ============================================================================
\echo 'undo step 39 of 46: Refuse new NULLs in goods.st'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_st_not_null;
COMMIT;
\echo 'undo step 39 of 46: done'

-- ============================================================================
-- Undo step 38 of 46, contract: Drop the old column st__old of goods
--   Id:           goods.st/contract/drop-old
--   Loses:        values of st that do not come back from st unchanged
-- ============================================================================
\echo 'undo step 38 of 46: Drop the old column st__old of goods'
BEGIN;
ALTER TABLE goods ADD COLUMN st__old varchar(9);
COMMIT;
\echo 'undo step 38 of 46: done'

-- ============================================================================
-- Undo step 37 of 46, contract: Stop keeping st__old and st of goods equal
--   Id:           goods.st/contract/stop-sync
-- ============================================================================
\echo 'undo step 37 of 46: Stop keeping st__old and st of goods equal'
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
COMMIT;
\echo 'undo step 37 of 46: done'

-- ============================================================================
-- Undo step 36 of 46, contract: From here the way back computes st__old of goods again
--   Id:           goods.st/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 36 of 46: From here the way back computes st__old of goods again'
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
  this_work CONSTANT text := 'goods.st/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('st__old')
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
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE goods SET st__old = st WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (st__old) = (st) OR ((st__old) IS NULL AND (st) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE goods SET st__old = st WHERE id = one.id AND ((CASE WHEN (st__old) = (st) OR ((st__old) IS NULL AND (st) IS NULL) THEN 0 ELSE 1 END = 1));
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
    RAISE WARNING '% of goods could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE goods ALTER COLUMN st__old SET NOT NULL;
COMMIT;
\echo 'undo step 36 of 46: done'

-- ============================================================================
-- Undo step 35 of 46, contract: Drop what hangs on the old column st__old of goods
--   Id:           goods.st/contract/drop-old-members
-- ============================================================================
\echo 'undo step 35 of 46: Drop what hangs on the old column st__old of goods'
BEGIN;
CREATE INDEX goods_idx__old ON goods (age);
COMMIT;
\echo 'undo step 35 of 46: done'

-- ============================================================================
-- Undo step 34 of 46, switch: Let the new definition take over the check stock_said on stock
--   Id:           stock.stock_said/switch/take-over
--   Loses:        rows of stock that violate stock_said: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 34 of 46: Let the new definition take over the check stock_said on stock'
BEGIN;
ALTER TABLE stock RENAME CONSTRAINT stock_said TO stock_said__new;
ALTER TABLE stock ADD CONSTRAINT stock_said CHECK (st <> '');
COMMIT;
\echo 'undo step 34 of 46: done'

-- ============================================================================
-- Undo step 33 of 46, switch: Validate the check stock_said__new on stock
--   Id:           stock.stock_said__new/switch/validate
-- ============================================================================
\echo 'undo step 33 of 46: Validate the check stock_said__new on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_said__new, ADD CONSTRAINT stock_said__new CHECK (other > 0) NOT VALID;
COMMIT;
\echo 'undo step 33 of 46: done'

-- ============================================================================
-- Undo step 32 of 46, switch: Add the check stock_said__new on stock, not yet validated
--   Id:           stock.stock_said__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 32 of 46: Add the check stock_said__new on stock, not yet validated'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_said__new;
COMMIT;
\echo 'undo step 32 of 46: done'

-- ============================================================================
-- Undo step 31 of 46, switch: Let state, place of stock lead
--   Id:           stock.state/switch/swap
-- ============================================================================
\echo 'undo step 31 of 46: Let state, place of stock lead'
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
ALTER INDEX stock_idx RENAME TO stock_idx__new;
ALTER INDEX stock_idx__old RENAME TO stock_idx;
ALTER TABLE stock ALTER COLUMN state DROP DEFAULT;
ALTER TABLE stock ALTER COLUMN st SET DEFAULT 'new';
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
\echo 'undo step 31 of 46: done'

-- ============================================================================
-- Undo step 30 of 46, switch: Validate the foreign key stock_shop on stock
--   Id:           stock.stock_shop/switch/validate
-- ============================================================================
\echo 'undo step 30 of 46: Validate the foreign key stock_shop on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_shop, ADD CONSTRAINT stock_shop FOREIGN KEY (place) REFERENCES shops (id) NOT VALID;
COMMIT;
\echo 'undo step 30 of 46: done'

-- ============================================================================
-- Undo step 29 of 46, switch: Add the foreign key stock_shop on stock, not yet validated
--   Id:           stock.stock_shop/switch/add-not-valid
-- ============================================================================
\echo 'undo step 29 of 46: Add the foreign key stock_shop on stock, not yet validated'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_shop;
COMMIT;
\echo 'undo step 29 of 46: done'

-- ============================================================================
-- Undo step 28 of 46, switch: Validate the check stock_ok on stock
--   Id:           stock.stock_ok/switch/validate
-- ============================================================================
\echo 'undo step 28 of 46: Validate the check stock_ok on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_ok, ADD CONSTRAINT stock_ok CHECK (age >= 0 OR state = 'old') NOT VALID;
COMMIT;
\echo 'undo step 28 of 46: done'

-- ============================================================================
-- Undo step 27 of 46, switch: Add the check stock_ok on stock, not yet validated
--   Id:           stock.stock_ok/switch/add-not-valid
-- ============================================================================
\echo 'undo step 27 of 46: Add the check stock_ok on stock, not yet validated'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_ok;
COMMIT;
\echo 'undo step 27 of 46: done'

-- ============================================================================
-- Undo step 26 of 46, switch: Turn the index into the unique constraint stock_key on stock
--   Id:           stock.stock_key/switch/use-index
-- ============================================================================
\echo 'undo step 26 of 46: Turn the index into the unique constraint stock_key on stock'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_key;
COMMIT;
\echo 'undo step 26 of 46: done'

-- ============================================================================
-- Undo step 25 of 46, switch: Build the unique index stock_key on stock
--   Id:           stock.stock_key/switch/build-index
-- ============================================================================
\echo 'undo step 25 of 46: Build the unique index stock_key on stock'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS stock_key;
SET lock_timeout = '2s';
\echo 'undo step 25 of 46: done'

-- ============================================================================
-- Undo step 24 of 46, switch: Drop the foreign key stock_shop on stock
--   Id:           stock.stock_shop/switch/drop-foreign-key
--   Loses:        rows of stock that point nowhere by stock_shop: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 24 of 46: Drop the foreign key stock_shop on stock'
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_shop FOREIGN KEY (other) REFERENCES shops (id);
COMMIT;
\echo 'undo step 24 of 46: done'

-- ============================================================================
-- Undo step 23 of 46, switch: Drop the check stock_ok on stock
--   Id:           stock.stock_ok/switch/drop-check
--   Loses:        rows of stock that violate stock_ok: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 23 of 46: Drop the check stock_ok on stock'
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_ok CHECK (age >= 0);
COMMIT;
\echo 'undo step 23 of 46: done'

-- ============================================================================
-- Undo step 22 of 46, switch: Drop the unique constraint stock_key on stock
--   Id:           stock.stock_key/switch/drop-unique-constraint
--   Loses:        rows of stock that agree in what stock_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 22 of 46: Drop the unique constraint stock_key on stock'
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_key UNIQUE (id, age);
COMMIT;
\echo 'undo step 22 of 46: done'

-- ============================================================================
-- Undo step 21 of 46, switch: Make stock.state NOT NULL
--   Id:           stock.state/switch/not-null
-- ============================================================================
\echo 'undo step 21 of 46: Make stock.state NOT NULL'
BEGIN;
ALTER TABLE stock ADD CONSTRAINT stock_state_not_null CHECK (state IS NOT NULL);
ALTER TABLE stock ALTER COLUMN state DROP NOT NULL;
COMMIT;
\echo 'undo step 21 of 46: done'

-- ============================================================================
-- Undo step 20 of 46, switch: Validate that no row has NULL in stock.state
--   Id:           stock.state/switch/not-null-validate
-- ============================================================================
\echo 'undo step 20 of 46: Validate that no row has NULL in stock.state'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_state_not_null, ADD CONSTRAINT stock_state_not_null CHECK (state IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 20 of 46: done'

-- ============================================================================
-- Undo step 19 of 46, switch: Refuse new NULLs in stock.state
--   Id:           stock.state/switch/not-null-guard
-- ============================================================================
\echo 'undo step 19 of 46: Refuse new NULLs in stock.state'
BEGIN;
ALTER TABLE stock DROP CONSTRAINT stock_state_not_null;
COMMIT;
\echo 'undo step 19 of 46: done'

-- ============================================================================
-- Undo step 18 of 46, switch: Let the new definition take over the unique constraint goods_word on goods
--   Id:           goods.goods_word/switch/take-over
--   Loses:        rows of goods that agree in what goods_word held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 18 of 46: Let the new definition take over the unique constraint goods_word on goods'
BEGIN;
ALTER TABLE goods RENAME CONSTRAINT goods_word TO goods_word__new;
ALTER TABLE goods ADD CONSTRAINT goods_word UNIQUE (st__old);
COMMIT;
\echo 'undo step 18 of 46: done'

-- ============================================================================
-- Undo step 17 of 46, switch: Turn the index into the unique constraint goods_word__new on goods
--   Id:           goods.goods_word__new/switch/use-index
-- ============================================================================
\echo 'undo step 17 of 46: Turn the index into the unique constraint goods_word__new on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_word__new;
COMMIT;
\echo 'undo step 17 of 46: done'

-- ============================================================================
-- Undo step 16 of 46, switch: Build the unique index goods_word__new on goods
--   Id:           goods.goods_word__new/switch/build-index
-- ============================================================================
\echo 'undo step 16 of 46: Build the unique index goods_word__new on goods'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_word__new;
SET lock_timeout = '2s';
\echo 'undo step 16 of 46: done'

-- ============================================================================
-- Undo step 15 of 46, switch: Let the new st of goods take over
--   Id:           goods.st/switch/swap
-- ============================================================================
\echo 'undo step 15 of 46: Let the new st of goods take over'
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
ALTER INDEX goods_idx RENAME TO goods_idx__new;
ALTER INDEX goods_idx__old RENAME TO goods_idx;
ALTER TABLE goods RENAME COLUMN st TO st__new;
ALTER TABLE goods RENAME COLUMN st__old TO st;
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
\echo 'undo step 15 of 46: done'

-- ============================================================================
-- Undo step 14 of 46, switch: Turn the index into the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/use-index
-- ============================================================================
\echo 'undo step 14 of 46: Turn the index into the unique constraint goods_code on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_code;
COMMIT;
\echo 'undo step 14 of 46: done'

-- ============================================================================
-- Undo step 13 of 46, switch: Build the unique index goods_code on goods
--   Id:           goods.goods_code/switch/build-index
-- ============================================================================
\echo 'undo step 13 of 46: Build the unique index goods_code on goods'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_code;
SET lock_timeout = '2s';
\echo 'undo step 13 of 46: done'

-- ============================================================================
-- Undo step 12 of 46, switch: Turn the index into the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/use-index
-- ============================================================================
\echo 'undo step 12 of 46: Turn the index into the unique constraint goods_key on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_key;
COMMIT;
\echo 'undo step 12 of 46: done'

-- ============================================================================
-- Undo step 11 of 46, switch: Build the unique index goods_key on goods
--   Id:           goods.goods_key/switch/build-index
-- ============================================================================
\echo 'undo step 11 of 46: Build the unique index goods_key on goods'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_key;
SET lock_timeout = '2s';
\echo 'undo step 11 of 46: done'

-- ============================================================================
-- Undo step 10 of 46, switch: Drop the unique constraint goods_code on goods
--   Id:           goods.goods_code/switch/drop-unique-constraint
--   Loses:        rows of goods that agree in what goods_code held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 10 of 46: Drop the unique constraint goods_code on goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_code UNIQUE (code);
COMMIT;
\echo 'undo step 10 of 46: done'

-- ============================================================================
-- Undo step 9 of 46, switch: Drop the unique constraint goods_key on goods
--   Id:           goods.goods_key/switch/drop-unique-constraint
--   Loses:        rows of goods that agree in what goods_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 9 of 46: Drop the unique constraint goods_key on goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_key UNIQUE (age);
COMMIT;
\echo 'undo step 9 of 46: done'

-- ============================================================================
-- Undo step 8 of 46, migrate: Build the index stock_idx__new on stock
--   Id:           stock.stock_idx__new/migrate/build-index
-- ============================================================================
\echo 'undo step 8 of 46: Build the index stock_idx__new on stock'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS stock_idx__new;
SET lock_timeout = '2s';
\echo 'undo step 8 of 46: done'

-- ============================================================================
-- Undo step 7 of 46, migrate: Convert st, shop of stock into state, place
--   Id:           stock.state/migrate/backfill
-- ============================================================================
\echo 'undo step 7 of 46: Convert st, shop of stock into state, place'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 46: done'

-- ============================================================================
-- Undo step 6 of 46, migrate: Keep st, shop and state, place of stock equal
--   Id:           stock.state/migrate/sync
-- ============================================================================
\echo 'undo step 6 of 46: Keep st, shop and state, place of stock equal'
BEGIN;
DROP TRIGGER "~zz_stock__sync" ON stock;
DROP TRIGGER "!zz_stock__sync" ON stock;
DROP TRIGGER IF EXISTS "~zz_stock__sync_kept" ON stock;
DROP FUNCTION zz_stock__sync();
COMMIT;
\echo 'undo step 6 of 46: done'

-- ============================================================================
-- Undo step 5 of 46, migrate: Build the index goods_idx__new on goods
--   Id:           goods.goods_idx__new/migrate/build-index
-- ============================================================================
\echo 'undo step 5 of 46: Build the index goods_idx__new on goods'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS goods_idx__new;
SET lock_timeout = '2s';
\echo 'undo step 5 of 46: done'

-- ============================================================================
-- Undo step 4 of 46, migrate: Convert st of goods into st__new
--   Id:           goods.st/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 46: Convert st of goods into st__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 46: done'

-- ============================================================================
-- Undo step 3 of 46, migrate: Keep st and st__new of goods equal
--   Id:           goods.st/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 46: Keep st and st__new of goods equal'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
COMMIT;
\echo 'undo step 3 of 46: done'

-- ============================================================================
-- Undo step 2 of 46, expand: Add state, place beside st, shop in stock
--   Id:           stock.state/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 46: Add state, place beside st, shop in stock'
BEGIN;
ALTER TABLE stock DROP COLUMN place;
ALTER TABLE stock DROP COLUMN state;
COMMIT;
\echo 'undo step 2 of 46: done'

-- ============================================================================
-- Undo step 1 of 46, expand: Add st__new beside st in goods
--   Id:           goods.st/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 46: Add st__new beside st in goods'
BEGIN;
ALTER TABLE goods DROP COLUMN st__new;
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
\echo 'undo step 1 of 46: done'

\echo 'rollback: done'
