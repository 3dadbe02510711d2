-- Forward, every phase of migration held_by_a_copied_table
-- What the server holds to the very table follows to its copy: statistics, publications, policies and rules of others, routines
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

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
-- Check: step 1 must not be done at this point: Create orders__new in the new shape of orders. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders__new' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create orders__new in the new shape of orders', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column orders.total. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND a.attname = 'total' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column orders.total', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 8, expand: Create orders__new in the new shape of orders
--   Id:           orders/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 8: Create orders__new in the new shape of orders'
-- Check: no trigger, policy, rule or statistics object of orders that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('orders') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_' AND x.tgname NOT IN ('feed', 'spread')) + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('orders') AND x.polname NOT IN ('feed', 'spread')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('orders') AND x.rulename NOT IN ('feed', 'spread')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('orders') AND x.stxname NOT IN ('feed', 'spread')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('orders') AND (SELECT p.pubname FROM pg_publication p WHERE p.oid = x.prpubid) NOT IN ('feed', 'spread')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('orders') AND x.relrowsecurity AND 'row security' NOT IN ('feed', 'spread')))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of orders that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE orders__new (
  id integer NOT NULL,
  total bigint NOT NULL,
  note text,
  CONSTRAINT orders_pkey__new PRIMARY KEY (id)
);
COMMIT;
\echo 'step 1 of 8: done'

-- ============================================================================
-- Step 2 of 8, migrate: Repeat every write to orders on orders__new
--   Id:           orders/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 2 of 8: Repeat every write to orders on orders__new'
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
-- forgelua: table orders__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['orders__new'];
  forgelua_here boolean := coalesce(to_regclass('orders') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'orders__new' ORDER BY 1
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
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'orders__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE orders__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM orders__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
      ELSE
        DELETE FROM orders__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO orders__new (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), note FROM (SELECT * FROM orders WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, note = EXCLUDED.note;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO orders__new (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), note FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, note = EXCLUDED.note;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'orders__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_orders__sync" AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_all" AFTER TRUNCATE ON orders FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
COMMIT;
\echo 'step 2 of 8: done'

-- ============================================================================
-- Step 3 of 8, migrate: Copy the rows of orders into orders__new
--   Id:           orders/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   orders__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 3 of 8: Copy the rows of orders into orders__new'
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
  this_work CONSTANT text := 'orders/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'orders__new'::regclass AND attname IN ('id', 'total', 'note')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 orders.id%TYPE;
  hi1 orders.id%TYPE;
  stop1 orders.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'orders'::regclass), forgelua.token);
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
    SELECT id INTO hi1 FROM (SELECT id FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO orders__new (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), note FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM orders WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO orders__new (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS bigint), note FROM orders WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM orders WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of orders could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 3 of 8: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT id AS id, CAST(total AS bigint) AS total, note AS note FROM orders) AS source WHERE NOT EXISTS (SELECT 1 FROM orders__new AS copied WHERE copied.id = source.id AND (copied.total = source.total OR (copied.total IS NULL AND source.total IS NULL)) AND (copied.note = source.note OR (copied.note IS NULL AND source.note IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 4 of 8, switch: Swap the copy of orders in
--   Id:           orders/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a policy changes; on the tables that are added or taken out; a rule changes; on the table that they are about; a trigger is dropped; a trigger is added; only the object itself is locked
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of orders that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
\echo 'step 4 of 8: Swap the copy of orders in'
-- Check: step 3 has come to its end: Copy the rows of orders into orders__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'orders/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 has come to its end: Copy the rows of orders into orders__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'orders__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of orders stands in forgelua_sync_errors (mend it in orders, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE orders, orders__new IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['orders', 'orders__new']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['orders', 'orders__new']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP POLICY seen on items;
ALTER PUBLICATION feed DROP TABLE orders;
DROP RULE touch on items;
DROP STATISTICS spread;
DROP TRIGGER "~zz_orders__sync_all" ON orders;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
ALTER TABLE orders RENAME TO orders__old;
ALTER TABLE orders__new RENAME TO orders;
ALTER TABLE orders__old RENAME CONSTRAINT orders_pkey TO orders_pkey__old;
ALTER TABLE orders RENAME CONSTRAINT orders_pkey__new TO orders_pkey;
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
-- forgelua: table orders__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['orders__old'];
  forgelua_here boolean := coalesce(to_regclass('orders') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 orders__old.total%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'orders__old' ORDER BY 1
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
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'orders__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE orders__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM orders__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
      ELSE
        DELETE FROM orders__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO orders__old (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), note FROM (SELECT * FROM orders WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, note = EXCLUDED.note;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO orders__old (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(total AS integer), note FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, note = EXCLUDED.note;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'orders__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(total AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := 0;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE orders__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM orders__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM orders__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM orders WHERE id = OLD.id);
          ELSE
            DELETE FROM orders__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO orders__old (id, total, note) OVERRIDING SYSTEM VALUE
      SELECT id, forgelua_held2, note FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET total = EXCLUDED.total, note = EXCLUDED.note;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'orders__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_orders__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_orders__sync" AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE TRIGGER "~zz_orders__sync_all" AFTER TRUNCATE ON orders FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_orders__sync();
CREATE POLICY seen ON items USING (EXISTS (SELECT FROM orders WHERE orders.id = items.order_id));
CREATE RULE touch AS ON DELETE TO items DO ALSO UPDATE orders SET note = 'less' WHERE orders.id = OLD.order_id;
CREATE STATISTICS spread (ndistinct) ON total, id, (note || 'x') FROM orders;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION owed(buyer integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(orders.total) FROM orders WHERE orders.id = buyer; END;
ALTER PUBLICATION feed ADD TABLE orders (id, total) WHERE (id > 0);
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
\echo 'step 4 of 8: done'
-- Application: Deploy the application that uses orders as the new schema has it.

-- ============================================================================
-- Step 5 of 8, contract: From here the way back copies orders into orders__old again
--   Id:           orders/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 8: From here the way back copies orders into orders__old again'
-- Nothing to run in the database.
\echo 'step 5 of 8: done'

-- ============================================================================
-- Step 6 of 8, contract: Stop repeating writes to orders on orders__old
--   Id:           orders/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 8: Stop repeating writes to orders on orders__old'
BEGIN;
DROP TRIGGER "~zz_orders__sync_all" ON orders;
DROP TRIGGER "~zz_orders__sync" ON orders;
DROP FUNCTION zz_orders__sync();
COMMIT;
\echo 'step 6 of 8: done'

-- ============================================================================
-- Step 7 of 8, contract: Drop orders__old
--   Id:           orders/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 7 of 8: Drop orders__old'
BEGIN;
DROP TABLE orders__old;
COMMIT;
\echo 'step 7 of 8: done'

-- ============================================================================
-- Step 8 of 8, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 8: Remove the progress and error tables'
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
\echo 'step 8 of 8: done'

\echo 'forward: done'
