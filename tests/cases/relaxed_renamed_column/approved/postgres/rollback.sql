-- WARNING: rollback is destructive — prices.amount data will be lost: NULLs written to prices.amount: the way back stops at them until they have a value.
-- WARNING: rollback is destructive — prices_amount_key data will be lost: rows of prices that agree in what prices_amount_key held apart: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — amount_positive data will be lost: rows of prices that violate amount_positive: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — labels_code_key data will be lost: rows of tags that agree in what labels_code_key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration relaxed_renamed_column
-- A column gets another name and may hold what it might not before
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
-- Check: step 15 must be done before this: Drop the view that served the old name labels. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'labels' AND c.relkind IN ('v', 'm')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 15 must be done before this: Drop the view that served the old name labels', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 14 must be done before this: Drop the old column amount of prices. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'prices' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 14 must be done before this: Drop the old column amount of prices', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must be done before this: Drop the unique constraint prices_amount_key on prices. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'prices' AND k.conname = 'prices_amount_key' AND k.contype = 'u') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must be done before this: Drop the unique constraint prices_amount_key on prices', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of tags agree in (code). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM tags WHERE code IS NOT NULL GROUP BY code HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of tags agree in (code)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every row of prices satisfies amount_positive (amount is cost by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM prices WHERE NOT (cost > 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of prices satisfies amount_positive (amount is cost by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no two rows of prices agree in (amount) (amount is cost by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM prices WHERE cost IS NOT NULL GROUP BY cost HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of prices agree in (amount) (amount is cost by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of prices has NULL in amount (amount is cost by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM prices WHERE cost IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of prices has NULL in amount (amount is cost by now)', '0', forgelua_actual;
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
-- Undo step 15 of 16, contract: Drop the view that served the old name labels
--   Id:           tags/contract/drop-old-name
-- ============================================================================
\echo 'undo step 15 of 16: Drop the view that served the old name labels'
BEGIN;
CREATE VIEW labels AS
SELECT id, code FROM tags;
COMMIT;
\echo 'undo step 15 of 16: done'

-- ============================================================================
-- Undo step 14 of 16, contract: Drop the old column amount of prices
--   Id:           prices.cost/contract/drop-old
-- ============================================================================
\echo 'undo step 14 of 16: Drop the old column amount of prices'
BEGIN;
ALTER TABLE prices ADD COLUMN amount integer;
COMMIT;
\echo 'undo step 14 of 16: done'

-- ============================================================================
-- Undo step 13 of 16, contract: Stop keeping amount and cost of prices equal
--   Id:           prices.cost/contract/stop-sync
-- ============================================================================
\echo 'undo step 13 of 16: Stop keeping amount and cost of prices equal'
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
-- forgelua: columns amount > cost (new);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.cost := OLD.cost; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.cost::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.cost::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount IS NOT NULL AND NEW.cost IS NOT NULL THEN 'both'
      WHEN NEW.amount IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN CASE WHEN ROW(NEW.cost)::record *<> ROW(OLD.cost)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.cost)::record *<> ROW(OLD.cost)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.cost := (SELECT amount FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.cost)::record *= ROW(NEW.cost)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.cost := (SELECT amount FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'cost', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.cost := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount := (SELECT cost FROM (SELECT NEW.*) AS r);
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
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.cost::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_prices__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync('first');
CREATE TRIGGER "~zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync();
CREATE TRIGGER "~zz_prices__sync_kept" BEFORE UPDATE ON prices FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount)::record *<> ROW(OLD.amount)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.cost)::record *<> ROW(OLD.cost)::record) EXECUTE FUNCTION zz_prices__sync('kept');
COMMIT;
\echo 'undo step 13 of 16: done'

-- ============================================================================
-- Undo step 12 of 16, contract: From here the way back computes amount of prices again
--   Id:           prices.cost/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 12 of 16: From here the way back computes amount of prices again'
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
  this_work CONSTANT text := 'prices.cost/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'prices'::regclass AND attname IN ('amount')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'prices'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 prices.id%TYPE;
  hi1 prices.id%TYPE;
  stop1 prices.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 20000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM prices ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM prices ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM prices WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM prices WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE prices SET amount = cost WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (amount) = (cost) OR ((amount) IS NULL AND (cost) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM prices WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE prices SET amount = cost WHERE id = one.id AND ((CASE WHEN (amount) = (cost) OR ((amount) IS NULL AND (cost) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM prices WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of prices could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 12 of 16: done'

-- ============================================================================
-- Undo step 11 of 16, switch: Drop the unique constraint labels_code_key on tags
--   Id:           tags.labels_code_key/switch/drop-unique-constraint
--   Loses:        rows of tags that agree in what labels_code_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 11 of 16: Drop the unique constraint labels_code_key on tags'
BEGIN;
ALTER TABLE tags ADD CONSTRAINT labels_code_key UNIQUE (code);
COMMIT;
\echo 'undo step 11 of 16: done'

-- ============================================================================
-- Undo step 10 of 16, switch: Rename the primary key labels_pkey to tags_pkey
--   Id:           tags.tags_pkey/switch/rename
-- ============================================================================
\echo 'undo step 10 of 16: Rename the primary key labels_pkey to tags_pkey'
BEGIN;
ALTER TABLE tags RENAME CONSTRAINT tags_pkey TO labels_pkey;
COMMIT;
\echo 'undo step 10 of 16: done'

-- ============================================================================
-- Undo step 9 of 16, switch: Rename labels to tags
--   Id:           labels/switch/rename-table
-- ============================================================================
\echo 'undo step 9 of 16: Rename labels to tags'
BEGIN;
LOCK TABLE labels, tags IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['tags', 'labels']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['tags', 'labels']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW labels;
ALTER TABLE tags RENAME TO labels;
CREATE VIEW tags AS
SELECT id, code FROM labels;
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
\echo 'undo step 9 of 16: done'

-- ============================================================================
-- Undo step 8 of 16, switch: Let cost of prices lead
--   Id:           prices.cost/switch/swap
-- ============================================================================
\echo 'undo step 8 of 16: Let cost of prices lead'
BEGIN;
DROP TRIGGER "~zz_prices__sync" ON prices;
DROP TRIGGER "!zz_prices__sync" ON prices;
DROP TRIGGER IF EXISTS "~zz_prices__sync_kept" ON prices;
DROP FUNCTION zz_prices__sync();
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
-- forgelua: columns amount > cost (old);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.cost := OLD.cost; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.cost::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.cost::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount IS NOT NULL AND NEW.cost IS NOT NULL THEN 'both'
      WHEN NEW.cost IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN CASE WHEN ROW(NEW.cost)::record *<> ROW(OLD.cost)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.cost)::record *<> ROW(OLD.cost)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.cost := (SELECT amount FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.cost)::record *= ROW(NEW.cost)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.cost := (SELECT amount FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'prices__sync', TG_OP, 'cost', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.cost := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount := (SELECT cost FROM (SELECT NEW.*) AS r);
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
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_89ce23c6_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.cost::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_prices__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync('first');
CREATE TRIGGER "~zz_prices__sync" BEFORE INSERT OR UPDATE ON prices FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_prices__sync();
CREATE TRIGGER "~zz_prices__sync_kept" BEFORE UPDATE ON prices FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount)::record *<> ROW(OLD.amount)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.cost)::record *<> ROW(OLD.cost)::record) EXECUTE FUNCTION zz_prices__sync('kept');
COMMIT;
\echo 'undo step 8 of 16: done'

-- ============================================================================
-- Undo step 7 of 16, switch: Drop the check amount_positive on prices
--   Id:           prices.amount_positive/switch/drop-check
--   Loses:        rows of prices that violate amount_positive: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 7 of 16: Drop the check amount_positive on prices'
BEGIN;
ALTER TABLE prices ADD CONSTRAINT amount_positive CHECK (amount > 0);
COMMIT;
\echo 'undo step 7 of 16: done'

-- ============================================================================
-- Undo step 6 of 16, switch: Drop the unique constraint prices_amount_key on prices
--   Id:           prices.prices_amount_key/switch/drop-unique-constraint
--   Loses:        rows of prices that agree in what prices_amount_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 6 of 16: Drop the unique constraint prices_amount_key on prices'
BEGIN;
ALTER TABLE prices ADD CONSTRAINT prices_amount_key UNIQUE (amount);
COMMIT;
\echo 'undo step 6 of 16: done'

-- ============================================================================
-- Undo step 5 of 16, migrate: Convert amount of prices into cost
--   Id:           prices.cost/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 16: Convert amount of prices into cost'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 16: done'

-- ============================================================================
-- Undo step 4 of 16, migrate: Keep amount and cost of prices equal
--   Id:           prices.cost/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 16: Keep amount and cost of prices equal'
BEGIN;
DROP TRIGGER "~zz_prices__sync" ON prices;
DROP TRIGGER "!zz_prices__sync" ON prices;
DROP TRIGGER IF EXISTS "~zz_prices__sync_kept" ON prices;
DROP FUNCTION zz_prices__sync();
COMMIT;
\echo 'undo step 4 of 16: done'

-- ============================================================================
-- Undo step 3 of 16, migrate: Allow NULL in prices.amount for as long as both columns live
--   Id:           prices.amount/migrate/relax
--   Loses:        NULLs written to prices.amount: the way back stops at them until they have a value
-- ============================================================================
\echo 'undo step 3 of 16: Allow NULL in prices.amount for as long as both columns live'
BEGIN;
ALTER TABLE prices ALTER COLUMN amount SET NOT NULL;
COMMIT;
\echo 'undo step 3 of 16: done'

-- ============================================================================
-- Undo step 2 of 16, expand: Serve labels under its new name tags by a view
--   Id:           tags/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 2 of 16: Serve labels under its new name tags by a view'
BEGIN;
DROP VIEW tags;
COMMIT;
\echo 'undo step 2 of 16: done'

-- ============================================================================
-- Undo step 1 of 16, expand: Add cost beside amount in prices
--   Id:           prices.cost/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 16: Add cost beside amount in prices'
BEGIN;
ALTER TABLE prices DROP COLUMN cost;
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
