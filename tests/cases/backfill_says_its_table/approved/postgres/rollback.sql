-- WARNING: rollback is destructive — costs.cents data will be lost: values of cents that do not come back from amount unchanged; values of tax that do not come back from due unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration backfill_says_its_table
-- The way there of a backfill says its table by the old name, the way back by the new one, with and without a query
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
-- Check: step 11 must be done before this: Drop the old column cents, tax of costs. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'costs' AND a.attname = 'cents' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must be done before this: Drop the old column cents, tax of costs', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_table costs. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'costs' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'prices' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_table costs', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 12 of 12: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 12 of 12: done'

-- ============================================================================
-- Undo step 11 of 12, contract: Drop the old column cents, tax of costs
--   Id:           prices.amount/contract/drop-old
--   Loses:        values of cents that do not come back from amount unchanged; values of tax that do not come back from due unchanged
-- ============================================================================
\echo 'undo step 11 of 12: Drop the old column cents, tax of costs'
BEGIN;
ALTER TABLE costs ADD COLUMN tax integer;
ALTER TABLE costs ADD COLUMN cents integer;
COMMIT;
\echo 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Drop the view that served the old name prices
--   Id:           costs/contract/drop-old-name
-- ============================================================================
\echo 'undo step 10 of 12: Drop the view that served the old name prices'
BEGIN;
CREATE VIEW prices AS
SELECT id, cents, tax, amount, due FROM costs;
COMMIT;
\echo 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: Stop keeping cents, tax and amount, due of costs equal
--   Id:           prices.amount/contract/stop-sync
-- ============================================================================
\echo 'undo step 9 of 12: Stop keeping cents, tax and amount, due of costs equal'
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
CREATE OR REPLACE FUNCTION zz_prices__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns cents > amount (new) tax > due (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.cents := OLD.cents; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.tax := OLD.tax; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.due := OLD.due; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.cents::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.cents IS NOT NULL AND NEW.amount IS NOT NULL THEN 'both'
      WHEN NEW.cents IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.cents)::record *<> ROW(OLD.cents)::record THEN CASE WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount := (SELECT cents * 2 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount)::record *= ROW(NEW.amount)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount := (SELECT cents * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.cents := (SELECT amount / 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'cents', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.cents := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.tax::text IS DISTINCT FROM forgelua_seen[3] OR NEW.id::text IS DISTINCT FROM forgelua_seen[4] THEN CASE WHEN NEW.due::text IS DISTINCT FROM forgelua_seen[5] THEN 'both' ELSE 'new' END
      WHEN NEW.due::text IS DISTINCT FROM forgelua_seen[5] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.tax IS NOT NULL AND NEW.due IS NOT NULL THEN 'both'
      WHEN NEW.tax IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.tax, NEW.id)::record *<> ROW(OLD.tax, OLD.id)::record THEN CASE WHEN ROW(NEW.due)::record *<> ROW(OLD.due)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.due)::record *<> ROW(OLD.due)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.due := (SELECT (SELECT costs.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS costs);
      IF ROW(forgelua_probe.due)::record *= ROW(NEW.due)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.due := (SELECT (SELECT costs.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS costs);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'due', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.due := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.tax := (SELECT (SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS costs);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'tax', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tax := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.cents::text, NEW.amount::text, NEW.tax::text, NEW.id::text, NEW.due::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_prices__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_prices__sync" BEFORE INSERT OR UPDATE ON costs FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync('first');
CREATE TRIGGER "~zz_prices__sync" BEFORE INSERT OR UPDATE ON costs FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync();
CREATE TRIGGER "~zz_prices__sync_kept" BEFORE UPDATE ON costs FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.cents, NEW.tax)::record *<> ROW(OLD.cents, OLD.tax)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount, NEW.due)::record *<> ROW(OLD.amount, OLD.due)::record) EXECUTE FUNCTION zz_prices__sync('kept');
COMMIT;
\echo 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, contract: From here the way back computes cents, tax of costs again
--   Id:           prices.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 8 of 12: From here the way back computes cents, tax of costs again'
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
  this_work CONSTANT text := 'prices.amount/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'costs'::regclass AND attname IN ('cents', 'tax')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'costs'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 costs.id%TYPE;
  hi1 costs.id%TYPE;
  stop1 costs.id%TYPE;
  held1 costs.cents%TYPE;
  held2 costs.tax%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'costs'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM costs ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM costs ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM costs WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM costs WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE costs SET cents = amount / 2, tax = CAST((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (cents) = (amount / 2) OR ((cents) IS NULL AND (amount / 2) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (tax) = ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) OR ((tax) IS NULL AND ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM costs WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE costs SET cents = amount / 2, tax = CAST((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) AS integer) WHERE id = one.id AND ((CASE WHEN (cents) = (amount / 2) OR ((cents) IS NULL AND (amount / 2) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (tax) = ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) OR ((tax) IS NULL AND ((SELECT costs.due / r.factor FROM rates r WHERE r.id = 1)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT amount / 2 INTO forgelua.held1 FROM costs WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT (SELECT costs.due / r.factor FROM rates r WHERE r.id = 1) INTO forgelua.held2 FROM costs WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE costs SET cents = forgelua.held1, tax = forgelua.held2 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM costs WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of costs could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Rename the primary key prices_pkey to costs_pkey
--   Id:           costs.costs_pkey/switch/rename
-- ============================================================================
\echo 'undo step 7 of 12: Rename the primary key prices_pkey to costs_pkey'
BEGIN;
ALTER TABLE costs RENAME CONSTRAINT costs_pkey TO prices_pkey;
COMMIT;
\echo 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Rename prices to costs
--   Id:           prices/switch/rename-table
-- ============================================================================
\echo 'undo step 6 of 12: Rename prices to costs'
BEGIN;
LOCK TABLE prices, costs IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['costs', 'prices']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['costs', 'prices']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW prices;
ALTER TABLE costs RENAME TO prices;
CREATE VIEW costs AS
SELECT id, cents, tax, amount, due FROM prices;
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
\echo 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Let amount, due of prices lead
--   Id:           prices.amount/switch/swap
-- ============================================================================
\echo 'undo step 5 of 12: Let amount, due of prices lead'
BEGIN;
LOCK TABLE costs IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['costs']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['costs']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW costs;
DROP TRIGGER "~zz_prices__sync" ON prices;
DROP TRIGGER "!zz_prices__sync" ON prices;
DROP TRIGGER IF EXISTS "~zz_prices__sync_kept" ON prices;
DROP FUNCTION zz_prices__sync();
CREATE VIEW costs AS
SELECT id, cents, tax FROM prices;
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
CREATE OR REPLACE FUNCTION zz_prices__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns cents > amount (old) tax > due (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.cents := OLD.cents; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.tax := OLD.tax; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.due := OLD.due; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.cents::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.cents IS NOT NULL AND NEW.amount IS NOT NULL THEN 'both'
      WHEN NEW.amount IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.cents)::record *<> ROW(OLD.cents)::record THEN CASE WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount := (SELECT cents * 2 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount)::record *= ROW(NEW.amount)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount := (SELECT cents * 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.cents := (SELECT amount / 2 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'cents', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.cents := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.tax::text IS DISTINCT FROM forgelua_seen[3] OR NEW.id::text IS DISTINCT FROM forgelua_seen[4] THEN CASE WHEN NEW.due::text IS DISTINCT FROM forgelua_seen[5] THEN 'both' ELSE 'new' END
      WHEN NEW.due::text IS DISTINCT FROM forgelua_seen[5] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.tax IS NOT NULL AND NEW.due IS NOT NULL THEN 'both'
      WHEN NEW.due IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.tax, NEW.id)::record *<> ROW(OLD.tax, OLD.id)::record THEN CASE WHEN ROW(NEW.due)::record *<> ROW(OLD.due)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.due)::record *<> ROW(OLD.due)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.due := (SELECT (SELECT prices.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS prices);
      IF ROW(forgelua_probe.due)::record *= ROW(NEW.due)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.due := (SELECT (SELECT prices.tax * r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS prices);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'due', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.due := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.tax := (SELECT (SELECT prices.due / r.factor FROM rates r WHERE r.id = 1) FROM (SELECT NEW.*) AS prices);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'tax', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tax := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.cents::text, NEW.amount::text, NEW.tax::text, NEW.id::text, NEW.due::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_prices__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync('first');
CREATE TRIGGER "~zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync();
CREATE TRIGGER "~zz_prices__sync_kept" BEFORE UPDATE ON prices FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.cents, NEW.tax)::record *<> ROW(OLD.cents, OLD.tax)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount, NEW.due)::record *<> ROW(OLD.amount, OLD.due)::record) EXECUTE FUNCTION zz_prices__sync('kept');
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
\echo 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, migrate: Convert cents, tax of prices into amount, due
--   Id:           prices.amount/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 12: Convert cents, tax of prices into amount, due'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Keep cents, tax and amount, due of prices equal
--   Id:           prices.amount/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 12: Keep cents, tax and amount, due of prices equal'
BEGIN;
DROP TRIGGER "~zz_prices__sync" ON prices;
DROP TRIGGER "!zz_prices__sync" ON prices;
DROP TRIGGER IF EXISTS "~zz_prices__sync_kept" ON prices;
DROP FUNCTION zz_prices__sync();
COMMIT;
\echo 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, expand: Add amount, due beside cents, tax in prices
--   Id:           prices.amount/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 12: Add amount, due beside cents, tax in prices'
BEGIN;
ALTER TABLE prices DROP COLUMN due;
ALTER TABLE prices DROP COLUMN amount;
COMMIT;
\echo 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Serve prices under its new name costs by a view
--   Id:           costs/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 1 of 12: Serve prices under its new name costs by a view'
BEGIN;
DROP VIEW costs;
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
\echo 'undo step 1 of 12: done'

\echo 'rollback: done'
