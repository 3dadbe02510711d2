-- Forward, every phase of migration renamed_copied_dropped
-- A table gets another name and another key, and loses a column
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 11 is destructive — every value of child.z

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
-- Check: step 1 must not be done at this point: Serve c under its new name child by a view. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'child' AND c.relkind IN ('v') AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Serve c under its new name child by a view', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: rename_table child. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'child' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'c' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: rename_table child', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 12, expand: Serve c under its new name child by a view
--   Id:           child/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   c
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
\echo 'step 1 of 12: Serve c under its new name child by a view'
BEGIN;
CREATE VIEW child AS
SELECT id, a, z FROM c;
COMMIT;
\echo 'step 1 of 12: done'

-- ============================================================================
-- Step 2 of 12, expand: Create c__new in the new shape of c
--   Id:           c/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 12: Create c__new in the new shape of c'
-- Check: no trigger, policy, rule or statistics object of c that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('c') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('c')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('c')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('c')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('c')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('c') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of c that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE c__new (
  id bigint NOT NULL,
  a integer,
  z varchar(20),
  CONSTRAINT child_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'step 2 of 12: done'

-- ============================================================================
-- Step 3 of 12, migrate: Repeat every write to c on c__new
--   Id:           c/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 3 of 12: Repeat every write to c on c__new'
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
COMMIT;
\echo 'step 3 of 12: done'

-- ============================================================================
-- Step 4 of 12, migrate: Copy the rows of c into c__new
--   Id:           c/migrate/copy
--   Why:          40,000 rows, 10000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   c__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 4 of 12: Copy the rows of c into c__new'
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
  this_work CONSTANT text := 'c/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'c__new'::regclass AND attname IN ('id', 'a', 'z')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'c'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 c.id%TYPE;
  hi1 c.id%TYPE;
  stop1 c.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 40000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM c ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM c ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 10000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO c__new (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), a, z FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM c WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO c__new (id, a, z) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), a, z FROM c WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM c WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of c could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 12: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT CAST(id AS bigint) AS id, a AS a, z AS z FROM c) AS source WHERE NOT EXISTS (SELECT 1 FROM c__new AS copied WHERE copied.id = source.id AND (copied.a = source.a OR (copied.a IS NULL AND source.a IS NULL)) AND (copied.z = source.z OR (copied.z IS NULL AND source.z IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 12, switch: Swap the copy of c in
--   Id:           c/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   c, child
--   Note:         a trigger is dropped; the view is locked with the tables that it reads; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of c that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
\echo 'step 5 of 12: Swap the copy of c in'
-- Check: step 4 has come to its end: Copy the rows of c into c__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'c/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Copy the rows of c into c__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'c__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of c stands in forgelua_sync_errors (mend it in c, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE child, c, c__new IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['c', 'c__new', 'child']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['c', 'c__new', 'child']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_c__sync_all" ON c;
DROP TRIGGER "~zz_c__sync" ON c;
DROP FUNCTION zz_c__sync();
DROP VIEW child;
ALTER TABLE c RENAME TO c__old;
ALTER TABLE c__new RENAME TO c;
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
CREATE VIEW child AS
SELECT id, a, z FROM c;
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
\echo 'step 5 of 12: done'
-- Application: Deploy the application that uses c as the new schema has it.

-- ============================================================================
-- Step 6 of 12, switch: Rename c to child
--   Id:           c/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   c, child
--   Note:         a trigger is dropped; the view is locked with the tables that it reads; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 6 of 12: Rename c to child'
BEGIN;
LOCK TABLE child, c IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['c', 'child']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['c', 'child']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_c__sync_all" ON c;
DROP TRIGGER "~zz_c__sync" ON c;
DROP FUNCTION zz_c__sync();
DROP VIEW child;
ALTER TABLE c RENAME TO child;
CREATE VIEW c AS
SELECT id, a, z FROM child;
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
\echo 'step 6 of 12: done'

-- ============================================================================
-- Step 7 of 12, contract: Drop the view that served the old name c
--   Id:           child/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         none
--   Note:         only the view is locked (ACCESS EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name c fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
\echo 'step 7 of 12: Drop the view that served the old name c'
BEGIN;
DROP VIEW c;
COMMIT;
\echo 'step 7 of 12: done'
-- Application: Check that no application, report or job names c any more.

-- ============================================================================
-- Step 8 of 12, contract: From here the way back copies child into c__old again
--   Id:           child/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 12: From here the way back copies child into c__old again'
-- Nothing to run in the database.
\echo 'step 8 of 12: done'

-- ============================================================================
-- Step 9 of 12, contract: Stop repeating writes to child on c__old
--   Id:           child/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 12: Stop repeating writes to child on c__old'
BEGIN;
DROP TRIGGER "~zz_c__sync_all" ON child;
DROP TRIGGER "~zz_c__sync" ON child;
DROP FUNCTION zz_c__sync();
COMMIT;
\echo 'step 9 of 12: done'

-- ============================================================================
-- Step 10 of 12, contract: Drop c__old
--   Id:           child/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 10 of 12: Drop c__old'
BEGIN;
DROP TABLE c__old;
COMMIT;
\echo 'step 10 of 12: done'

-- ============================================================================
-- Step 11 of 12, contract: Drop child.z
--   Id:           child.z/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name child.z fail from here
--   Way back:     loses the values of child.z: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 11 of 12: Drop child.z'
BEGIN;
ALTER TABLE child DROP COLUMN z;
COMMIT;
\echo 'step 11 of 12: done'
-- Application: Check that no application, report or job names child.z any more.

-- ============================================================================
-- Step 12 of 12, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 12: Remove the progress and error tables'
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
\echo 'step 12 of 12: done'

\echo 'forward: done'
