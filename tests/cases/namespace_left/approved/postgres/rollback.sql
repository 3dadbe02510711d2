-- WARNING: rollback is destructive — new_place.goods.amount__old data will be lost: values of amount that amount cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration namespace_left
-- A table leaves a namespace that goes, while one of its columns gets another type
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
-- Check: step 14 must be done before this: Drop the old column amount__old of new_place.goods. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'new_place' AND c.relname = 'goods' AND a.attname = 'amount__old' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 14 must be done before this: Drop the old column amount__old of new_place.goods', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_table new_place.goods. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'new_place' AND c.relname = 'goods' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'old_place' AND c.relname = 'items' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_table new_place.goods', '1', forgelua_actual;
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
-- Undo step 14 of 15, contract: Drop the old column amount__old of new_place.goods
--   Id:           old_place.items.amount/contract/drop-old
--   Loses:        values of amount that amount cannot hold
-- ============================================================================
\echo 'undo step 14 of 15: Drop the old column amount__old of new_place.goods'
BEGIN;
ALTER TABLE new_place.goods ADD COLUMN amount__old integer;
COMMIT;
\echo 'undo step 14 of 15: done'

-- ============================================================================
-- Undo step 13 of 15, contract: Drop the schema old_place
--   Id:           old_place/contract/drop-schema
-- ============================================================================
\echo 'undo step 13 of 15: Drop the schema old_place'
BEGIN;
CREATE SCHEMA old_place;
COMMIT;
\echo 'undo step 13 of 15: done'

-- ============================================================================
-- Undo step 12 of 15, contract: Stop keeping amount__old and amount of new_place.goods equal
--   Id:           old_place.items.amount/contract/stop-sync
-- ============================================================================
\echo 'undo step 12 of 15: Stop keeping amount__old and amount of new_place.goods equal'
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
CREATE OR REPLACE FUNCTION old_place.zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns amount__old > amount (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.amount__old := OLD.amount__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount := OLD.amount; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount__old IS NOT NULL AND NEW.amount IS NOT NULL THEN 'both'
      WHEN NEW.amount__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount__old)::record *<> ROW(OLD.amount__old)::record THEN CASE WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount := (SELECT CAST(amount__old AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount)::record *= ROW(NEW.amount)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount := (SELECT CAST(amount__old AS bigint) FROM (SELECT NEW.*) AS r);
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
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount__old := (SELECT CAST(amount AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'amount__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount__old::text, NEW.amount::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION old_place.zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON new_place.goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION old_place.zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON new_place.goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION old_place.zz_items__sync();
CREATE TRIGGER "~zz_items__sync_kept" BEFORE UPDATE ON new_place.goods FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount__old)::record *<> ROW(OLD.amount__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount)::record *<> ROW(OLD.amount)::record) EXECUTE FUNCTION old_place.zz_items__sync('kept');
COMMIT;
\echo 'undo step 12 of 15: done'

-- ============================================================================
-- Undo step 11 of 15, contract: From here the way back computes amount__old of new_place.goods again
--   Id:           old_place.items.amount/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 11 of 15: From here the way back computes amount__old of new_place.goods again'
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
  this_work CONSTANT text := 'old_place.items.amount/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'new_place.goods'::regclass AND attname IN ('amount__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'new_place.goods'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 new_place.goods.id%TYPE;
  hi1 new_place.goods.id%TYPE;
  stop1 new_place.goods.id%TYPE;
  held1 new_place.goods.amount__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 20000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM new_place.goods ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM new_place.goods ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM new_place.goods WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM new_place.goods WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE new_place.goods SET amount__old = CAST(amount AS integer) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (amount__old) = (CAST(amount AS integer)) OR ((amount__old) IS NULL AND (CAST(amount AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM new_place.goods WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE new_place.goods SET amount__old = CAST(amount AS integer) WHERE id = one.id AND ((CASE WHEN (amount__old) = (CAST(amount AS integer)) OR ((amount__old) IS NULL AND (CAST(amount AS integer)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(amount AS integer) INTO forgelua.held1 FROM new_place.goods WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            UPDATE new_place.goods SET amount__old = forgelua.held1 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM new_place.goods WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of new_place.goods could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 11 of 15: done'

-- ============================================================================
-- Undo step 10 of 15, contract: Drop what hangs on the old column amount__old of new_place.goods
--   Id:           old_place.items.amount/contract/drop-old-members
-- ============================================================================
\echo 'undo step 10 of 15: Drop what hangs on the old column amount__old of new_place.goods'
BEGIN;
CREATE INDEX items_amount__old ON new_place.goods (amount__old);
COMMIT;
\echo 'undo step 10 of 15: done'

-- ============================================================================
-- Undo step 9 of 15, contract: Drop the view that served the old name old_place.items
--   Id:           new_place.goods/contract/drop-old-name
-- ============================================================================
\echo 'undo step 9 of 15: Drop the view that served the old name old_place.items'
BEGIN;
CREATE VIEW old_place.items AS
SELECT id, amount__old, amount FROM new_place.goods;
COMMIT;
\echo 'undo step 9 of 15: done'

-- ============================================================================
-- Undo step 8 of 15, switch: Rename the primary key items_pkey to goods_pkey
--   Id:           new_place.goods.goods_pkey/switch/rename
-- ============================================================================
\echo 'undo step 8 of 15: Rename the primary key items_pkey to goods_pkey'
BEGIN;
ALTER TABLE new_place.goods RENAME CONSTRAINT goods_pkey TO items_pkey;
COMMIT;
\echo 'undo step 8 of 15: done'

-- ============================================================================
-- Undo step 7 of 15, switch: Rename old_place.items to new_place.goods
--   Id:           old_place.items/switch/rename-table
-- ============================================================================
\echo 'undo step 7 of 15: Rename old_place.items to new_place.goods'
BEGIN;
LOCK TABLE old_place.items, new_place.goods IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['new_place.goods', 'old_place.items']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['new_place.goods', 'old_place.items']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW old_place.items;
ALTER TABLE new_place.goods RENAME TO items;
ALTER TABLE new_place.items SET SCHEMA old_place;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('old_place.items', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'goods_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'items_id_seq');
  END IF;
END
$forgelua$;
CREATE VIEW new_place.goods AS
SELECT id, amount__old, amount FROM old_place.items;
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
-- Undo step 6 of 15, switch: Let the new amount of old_place.items take over
--   Id:           old_place.items.amount/switch/swap
-- ============================================================================
\echo 'undo step 6 of 15: Let the new amount of old_place.items take over'
BEGIN;
LOCK TABLE new_place.goods, old_place.items IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['old_place.items', 'new_place.goods']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['old_place.items', 'new_place.goods']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW new_place.goods;
DROP TRIGGER "~zz_items__sync" ON old_place.items;
DROP TRIGGER "!zz_items__sync" ON old_place.items;
DROP TRIGGER IF EXISTS "~zz_items__sync_kept" ON old_place.items;
DROP FUNCTION old_place.zz_items__sync();
ALTER INDEX old_place.items_amount RENAME TO items_amount__new;
ALTER INDEX old_place.items_amount__old RENAME TO items_amount;
ALTER TABLE old_place.items RENAME COLUMN amount TO amount__new;
ALTER TABLE old_place.items RENAME COLUMN amount__old TO amount;
CREATE VIEW new_place.goods AS
SELECT id, amount FROM old_place.items;
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
CREATE OR REPLACE FUNCTION old_place.zz_items__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns amount > amount__new (old);
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
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount__new := OLD.amount__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.amount IS NOT NULL AND NEW.amount__new IS NOT NULL THEN 'both'
      WHEN NEW.amount__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN CASE WHEN ROW(NEW.amount__new)::record *<> ROW(OLD.amount__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount__new)::record *<> ROW(OLD.amount__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount__new := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount__new)::record *= ROW(NEW.amount__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount__new := (SELECT CAST(amount AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'items__sync', TG_OP, 'amount__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.amount := (SELECT CAST(amount__new AS integer) FROM (SELECT NEW.*) AS r);
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
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_7955b2e2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.amount::text, NEW.amount__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION old_place.zz_items__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_items__sync" BEFORE INSERT OR UPDATE ON old_place.items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION old_place.zz_items__sync('first');
CREATE TRIGGER "~zz_items__sync" BEFORE INSERT OR UPDATE ON old_place.items FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION old_place.zz_items__sync();
CREATE TRIGGER "~zz_items__sync_kept" BEFORE UPDATE ON old_place.items FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.amount)::record *<> ROW(OLD.amount)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount__new)::record *<> ROW(OLD.amount__new)::record) EXECUTE FUNCTION old_place.zz_items__sync('kept');
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
\echo 'undo step 6 of 15: done'

-- ============================================================================
-- Undo step 5 of 15, migrate: Build the index items_amount__new on old_place.items
--   Id:           old_place.items.items_amount__new/migrate/build-index
-- ============================================================================
\echo 'undo step 5 of 15: Build the index items_amount__new on old_place.items'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS old_place.items_amount__new;
SET lock_timeout = '2s';
\echo 'undo step 5 of 15: done'

-- ============================================================================
-- Undo step 4 of 15, migrate: Convert amount of old_place.items into amount__new
--   Id:           old_place.items.amount/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 15: Convert amount of old_place.items into amount__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 15: done'

-- ============================================================================
-- Undo step 3 of 15, migrate: Keep amount and amount__new of old_place.items equal
--   Id:           old_place.items.amount/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 15: Keep amount and amount__new of old_place.items equal'
BEGIN;
DROP TRIGGER "~zz_items__sync" ON old_place.items;
DROP TRIGGER "!zz_items__sync" ON old_place.items;
DROP TRIGGER IF EXISTS "~zz_items__sync_kept" ON old_place.items;
DROP FUNCTION old_place.zz_items__sync();
COMMIT;
\echo 'undo step 3 of 15: done'

-- ============================================================================
-- Undo step 2 of 15, expand: Add amount__new beside amount in old_place.items
--   Id:           old_place.items.amount/expand/add-column
-- ============================================================================
\echo 'undo step 2 of 15: Add amount__new beside amount in old_place.items'
BEGIN;
ALTER TABLE old_place.items DROP COLUMN amount__new;
COMMIT;
\echo 'undo step 2 of 15: done'

-- ============================================================================
-- Undo step 1 of 15, expand: Serve old_place.items under its new name new_place.goods by a view
--   Id:           new_place.goods/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 1 of 15: Serve old_place.items under its new name new_place.goods by a view'
BEGIN;
DROP VIEW new_place.goods;
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
