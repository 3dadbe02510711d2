-- WARNING: rollback is destructive — c data will be lost: values of c that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors.
-- WARNING: rollback is destructive — child.z data will be lost: the values of child.z: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration renamed_copied_dropped
-- A table gets another name and another key, and loses a column
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
-- Check: step 11 must be done before this: Drop child.z. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'child' AND a.attname = 'z' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must be done before this: Drop child.z', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 10 must be done before this: Drop c__old. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 10 must be done before this: Drop c__old', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: rename_table child. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'child' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: rename_table child', '1', forgelua_actual;
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
-- Undo step 11 of 12, contract: Drop child.z
--   Id:           child.z/contract/drop-column
--   Loses:        the values of child.z: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 11 of 12: Drop child.z'
BEGIN;
ALTER TABLE child ADD COLUMN z varchar(20);
COMMIT;
\echo 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Drop c__old
--   Id:           child/contract/drop-old
-- ============================================================================
\echo 'undo step 10 of 12: Drop c__old'
BEGIN;
CREATE TABLE c__old (
  id integer NOT NULL,
  a integer,
  z varchar(20),
  CONSTRAINT c_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: Stop repeating writes to child on c__old
--   Id:           child/contract/stop-sync
-- ============================================================================
\echo 'undo step 9 of 12: Stop repeating writes to child on c__old'
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table c__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['c__old'];
  forgelua_here boolean := coalesce(to_regclass('child') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'c__old' ORDER BY 1
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
          SELECT 'c__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'c__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE c__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM child WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM c__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM c__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM child WHERE id = OLD.id);
      ELSE
        DELETE FROM c__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM (SELECT * FROM child WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'c__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_c__sync" AFTER INSERT OR UPDATE OR DELETE ON child FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_all" AFTER TRUNCATE ON child FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
COMMIT;
\echo 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, contract: From here the way back copies child into c__old again
--   Id:           child/contract/point-of-return
--   Estimate:     under 1 s
-- ============================================================================
\echo 'undo step 8 of 12: From here the way back copies child into c__old again'
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
  this_work CONSTANT text := 'child/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c__old'::regclass AND attname IN ('id', 'a', 'z')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'child'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 child.id%TYPE;
  hi1 child.id%TYPE;
  stop1 child.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM child ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM child ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM child WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM child WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM child WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM child WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM child WHERE id = one.id FOR SHARE
      ON CONFLICT DO NOTHING;
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
    SELECT id INTO lo1 FROM child WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of child could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, contract: Drop the view that served the old name c
--   Id:           child/contract/drop-old-name
-- ============================================================================
\echo 'undo step 7 of 12: Drop the view that served the old name c'
BEGIN;
CREATE VIEW c AS
SELECT id, a, z FROM child;
COMMIT;
\echo 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Rename c to child
--   Id:           c/switch/rename-table
-- ============================================================================
\echo 'undo step 6 of 12: Rename c to child'
BEGIN;
LOCK TABLE c, child IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['child', 'c']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['child', 'c']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_c__sync_all" ON child;
DROP TRIGGER "~zz_c__sync" ON child;
DROP FUNCTION zz_c__sync();
DROP VIEW c;
ALTER TABLE child RENAME TO c;
CREATE VIEW child AS
SELECT id, a, z FROM c;
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table c__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['c__old'];
  forgelua_here boolean := coalesce(to_regclass('c') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'c__old' ORDER BY 1
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
          SELECT 'c__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'c__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE c__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM c WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM c__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM c__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM c WHERE id = OLD.id);
      ELSE
        DELETE FROM c__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM (SELECT * FROM c WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO c__old (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), a, z FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'c__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_c__sync" AFTER INSERT OR UPDATE OR DELETE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_all" AFTER TRUNCATE ON c FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
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
-- Undo step 5 of 12, switch: Swap the copy of c in
--   Id:           c/switch/swap
--   Loses:        values of c that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
-- ============================================================================
\echo 'undo step 5 of 12: Swap the copy of c in'
BEGIN;
LOCK TABLE child, c, c__old IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['c', 'c__old', 'child']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['c', 'c__old', 'child']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP VIEW child;
DROP TRIGGER "~zz_c__sync_all" ON c;
DROP TRIGGER "~zz_c__sync" ON c;
DROP FUNCTION zz_c__sync();
ALTER TABLE c RENAME TO c__new;
ALTER TABLE c__old RENAME TO c;
CREATE VIEW child AS
SELECT id, a, z FROM c;
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
CREATE OR REPLACE FUNCTION zz_c__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table c__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['c__new'];
  forgelua_here boolean := coalesce(to_regclass('c') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'c__new' ORDER BY 1
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
          SELECT 'c__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'c__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE c__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM c WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM c__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM c__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM c WHERE id = OLD.id);
      ELSE
        DELETE FROM c__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO c__new (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), a, z FROM (SELECT * FROM c WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO c__new (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), a, z FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, z = EXCLUDED.z;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'c__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_c__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_c__sync" AFTER INSERT OR UPDATE OR DELETE ON c FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
CREATE TRIGGER "~zz_c__sync_all" AFTER TRUNCATE ON c FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_c__sync();
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
-- Undo step 4 of 12, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
-- ============================================================================
\echo 'undo step 4 of 12: Copy the rows of c into c__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 12: Repeat every write to c on c__new'
BEGIN;
DROP TRIGGER "~zz_c__sync_all" ON c;
DROP TRIGGER "~zz_c__sync" ON c;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
-- ============================================================================
\echo 'undo step 2 of 12: Create c__new in the new shape of c'
BEGIN;
DROP TABLE c__new;
COMMIT;
\echo 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Serve c under its new name child by a view
--   Id:           child/expand/view-under-new-name
-- ============================================================================
\echo 'undo step 1 of 12: Serve c under its new name child by a view'
BEGIN;
DROP VIEW child;
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
