-- WARNING: rollback is destructive — node.no data will be lost: values of node.no that integer cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — node.up__old data will be lost: values of up that up cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_renamed_retyped
-- A composite key that its own table refers to: one column gets another name, the other another type
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
-- Check: step 12 must be done before this: Drop the old column up__old of node. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'node' AND a.attname = 'up__old' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 12 must be done before this: Drop the old column up__old of node', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 8 must be done before this: Rename node.org to tenant. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'node' AND a.attname = 'tenant' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'node' AND a.attname = 'org' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must be done before this: Rename node.org to tenant', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every no of node can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM node WHERE no < -2147483648 OR no > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every no of node can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 13 of 13: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 13 of 13: done'

-- ============================================================================
-- Undo step 12 of 13, contract: Drop the old column up__old of node
--   Id:           node.up/contract/drop-old
--   Loses:        values of up that up cannot hold
-- ============================================================================
\echo 'undo step 12 of 13: Drop the old column up__old of node'
BEGIN;
ALTER TABLE node ADD COLUMN up__old integer;
COMMIT;
\echo 'undo step 12 of 13: done'

-- ============================================================================
-- Undo step 11 of 13, contract: Stop keeping up__old and up of node equal
--   Id:           node.up/contract/stop-sync
-- ============================================================================
\echo 'undo step 11 of 13: Stop keeping up__old and up of node equal'
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
CREATE OR REPLACE FUNCTION zz_node__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns up__old > up (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.up__old := OLD.up__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.up := OLD.up; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.up__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.up::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.up::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.up__old IS NOT NULL AND NEW.up IS NOT NULL THEN 'both'
      WHEN NEW.up__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.up__old)::record *<> ROW(OLD.up__old)::record THEN CASE WHEN ROW(NEW.up)::record *<> ROW(OLD.up)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.up)::record *<> ROW(OLD.up)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.up := (SELECT CAST(up__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.up)::record *= ROW(NEW.up)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.up := (SELECT CAST(up__old AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'node__sync', TG_OP, 'up', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.up := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.up__old := (SELECT CAST(up AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'node__sync', TG_OP, 'up__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.up__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.up__old::text, NEW.up::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_node__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_node__sync" BEFORE INSERT OR UPDATE ON node FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_node__sync('first');
CREATE TRIGGER "~zz_node__sync" BEFORE INSERT OR UPDATE ON node FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_node__sync();
CREATE TRIGGER "~zz_node__sync_kept" BEFORE UPDATE ON node FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.up__old)::record *<> ROW(OLD.up__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.up)::record *<> ROW(OLD.up)::record) EXECUTE FUNCTION zz_node__sync('kept');
COMMIT;
\echo 'undo step 11 of 13: done'

-- ============================================================================
-- Undo step 10 of 13, contract: From here the way back computes up__old of node again
--   Id:           node.up/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 10 of 13: From here the way back computes up__old of node again'
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
  this_work CONSTANT text := 'node.up/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'node'::regclass AND attname IN ('up__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'node'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 node.tenant%TYPE;
  hi1 node.tenant%TYPE;
  stop1 node.tenant%TYPE;
  lo2 node.no%TYPE;
  hi2 node.no%TYPE;
  stop2 node.no%TYPE;
  held1 node.up__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT tenant, no INTO stop1, stop2 FROM node ORDER BY tenant DESC, no DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT tenant, no INTO lo1, lo2 FROM node ORDER BY tenant, no LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    hi2 := held.cursor ->> 1;
    SELECT tenant, no INTO lo1, lo2 FROM node WHERE (tenant, no) > (forgelua.hi1, forgelua.hi2) ORDER BY tenant, no LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT tenant, no INTO hi1, hi2 FROM (SELECT tenant, no FROM node WHERE (tenant, no) >= (forgelua.lo1, forgelua.lo2) AND (tenant, no) <= (forgelua.stop1, forgelua.stop2) ORDER BY tenant, no LIMIT 10000) AS b
    ORDER BY tenant DESC, no DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE node SET up__old = CAST(up AS integer) WHERE (tenant, no) >= (forgelua.lo1, forgelua.lo2) AND (tenant, no) <= (forgelua.hi1, forgelua.hi2) AND ((CASE WHEN (up__old) = (CAST(up AS integer)) OR ((up__old) IS NULL AND (CAST(up AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM node WHERE (tenant, no) >= (forgelua.lo1, forgelua.lo2) AND (tenant, no) <= (forgelua.hi1, forgelua.hi2) LOOP
        BEGIN
          UPDATE node SET up__old = CAST(up AS integer) WHERE (tenant, no) = (one.tenant, one.no) AND ((CASE WHEN (up__old) = (CAST(up AS integer)) OR ((up__old) IS NULL AND (CAST(up AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('tenant', one.tenant, 'no', one.no), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(up AS integer) INTO forgelua.held1 FROM node WHERE (tenant, no) = (one.tenant, one.no);
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE node SET up__old = forgelua.held1 WHERE (tenant, no) = (one.tenant, one.no);
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
            INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
            VALUES (forgelua.this_work, jsonb_build_object('tenant', one.tenant, 'no', one.no), to_jsonb(one), SQLSTATE, SQLERRM);
          END;
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.hi1, forgelua.hi2), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    SELECT tenant, no INTO lo1, lo2 FROM node WHERE (tenant, no) > (forgelua.hi1, forgelua.hi2) ORDER BY tenant, no LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR (forgelua.lo1, forgelua.lo2) > (forgelua.stop1, forgelua.stop2);
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of node could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 10 of 13: done'

-- ============================================================================
-- Undo step 9 of 13, contract: Drop what hangs on the old column up__old of node
--   Id:           node.up/contract/drop-old-members
-- ============================================================================
\echo 'undo step 9 of 13: Drop what hangs on the old column up__old of node'
BEGIN;
ALTER TABLE node ADD CONSTRAINT node_up__old FOREIGN KEY (tenant, up__old) REFERENCES node (tenant, no);
COMMIT;
\echo 'undo step 9 of 13: done'

-- ============================================================================
-- Undo step 8 of 13, switch: Rename node.org to tenant
--   Id:           node.org/switch/rename
-- ============================================================================
\echo 'undo step 8 of 13: Rename node.org to tenant'
BEGIN;
ALTER TABLE node RENAME COLUMN tenant TO org;
COMMIT;
\echo 'undo step 8 of 13: done'

-- ============================================================================
-- Undo step 7 of 13, switch: Let the new up of node take over
--   Id:           node.up/switch/swap
-- ============================================================================
\echo 'undo step 7 of 13: Let the new up of node take over'
BEGIN;
LOCK TABLE node IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['node']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['node']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_node__sync" ON node;
DROP TRIGGER "!zz_node__sync" ON node;
DROP TRIGGER IF EXISTS "~zz_node__sync_kept" ON node;
DROP FUNCTION zz_node__sync();
ALTER TABLE node RENAME CONSTRAINT node_up TO node_up__new;
ALTER TABLE node RENAME CONSTRAINT node_up__old TO node_up;
ALTER TABLE node RENAME COLUMN up TO up__new;
ALTER TABLE node RENAME COLUMN up__old TO up;
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
CREATE OR REPLACE FUNCTION zz_node__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns up > up__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.up := OLD.up; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.up__new := OLD.up__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.up::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.up__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.up__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.up IS NOT NULL AND NEW.up__new IS NOT NULL THEN 'both'
      WHEN NEW.up__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.up)::record *<> ROW(OLD.up)::record THEN CASE WHEN ROW(NEW.up__new)::record *<> ROW(OLD.up__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.up__new)::record *<> ROW(OLD.up__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.up__new := (SELECT CAST(up AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.up__new)::record *= ROW(NEW.up__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.up__new := (SELECT CAST(up AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'node__sync', TG_OP, 'up__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.up__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.up := (SELECT CAST(up__new AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'node__sync', TG_OP, 'up', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.up := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_0130a766_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.up::text, NEW.up__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_node__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_node__sync" BEFORE INSERT OR UPDATE ON node FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_node__sync('first');
CREATE TRIGGER "~zz_node__sync" BEFORE INSERT OR UPDATE ON node FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_node__sync();
CREATE TRIGGER "~zz_node__sync_kept" BEFORE UPDATE ON node FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.up)::record *<> ROW(OLD.up)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.up__new)::record *<> ROW(OLD.up__new)::record) EXECUTE FUNCTION zz_node__sync('kept');
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
\echo 'undo step 7 of 13: done'

-- ============================================================================
-- Undo step 6 of 13, switch: Validate the foreign key node_up__new on node
--   Id:           node.node_up__new/switch/validate
-- ============================================================================
\echo 'undo step 6 of 13: Validate the foreign key node_up__new on node'
BEGIN;
ALTER TABLE node DROP CONSTRAINT node_up__new, ADD CONSTRAINT node_up__new FOREIGN KEY (org, up__new) REFERENCES node (org, no) NOT VALID;
COMMIT;
\echo 'undo step 6 of 13: done'

-- ============================================================================
-- Undo step 5 of 13, switch: Add the foreign key node_up__new on node, not yet validated
--   Id:           node.node_up__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 5 of 13: Add the foreign key node_up__new on node, not yet validated'
BEGIN;
ALTER TABLE node DROP CONSTRAINT node_up__new;
COMMIT;
\echo 'undo step 5 of 13: done'

-- ============================================================================
-- Undo step 4 of 13, migrate: Convert up of node into up__new
--   Id:           node.up/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 13: Convert up of node into up__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 13: done'

-- ============================================================================
-- Undo step 3 of 13, migrate: Keep up and up__new of node equal
--   Id:           node.up/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 13: Keep up and up__new of node equal'
BEGIN;
DROP TRIGGER "~zz_node__sync" ON node;
DROP TRIGGER "!zz_node__sync" ON node;
DROP TRIGGER IF EXISTS "~zz_node__sync_kept" ON node;
DROP FUNCTION zz_node__sync();
COMMIT;
\echo 'undo step 3 of 13: done'

-- ============================================================================
-- Undo step 2 of 13, expand: Add up__new beside up in node
--   Id:           node.up/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 13: Add up__new beside up in node'
BEGIN;
ALTER TABLE node DROP COLUMN up__new;
COMMIT;
\echo 'undo step 2 of 13: done'

-- ============================================================================
-- Undo step 1 of 13, expand: Change the type of node.no
--   Id:           node.no/expand/type
--   Loses:        values of node.no that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 1 of 13: Change the type of node.no'
BEGIN;
ALTER TABLE node ALTER COLUMN no TYPE integer USING CAST(no AS integer);
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
\echo 'undo step 1 of 13: done'

\echo 'rollback: done'
