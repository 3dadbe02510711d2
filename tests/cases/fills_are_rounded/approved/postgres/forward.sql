-- Forward, every phase of migration fills_are_rounded
-- What is stored is not what was computed: numbers and moments are rounded, short texts padded
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 19 is destructive — at__old, word__old, rate__old, seen__old, since__old of moved as the old schema held it

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
-- Check: step 1 must not be done at this point: Create copied__new in the new shape of copied. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'copied__new' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create copied__new in the new shape of copied', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 3 must not be done at this point: Add gross to sales, empty and not insisting. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'sales' AND a.attname = 'gross' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'numeric(12,2)' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Add gross to sales, empty and not insisting', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 21, expand: Create copied__new in the new shape of copied
--   Id:           copied/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 21: Create copied__new in the new shape of copied'
-- Check: no trigger, policy, rule or statistics object of copied that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('copied') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('copied')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('copied')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('copied')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('copied')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('copied') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of copied that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE copied__new (
  id integer NOT NULL,
  share numeric(12, 2),
  at timestamp(6),
  word varchar(20),
  whole integer,
  second timestamp(0),
  code char(8),
  CONSTRAINT copied_pkey__new PRIMARY KEY (id)
);
COMMIT;
\echo 'step 1 of 21: done'

-- ============================================================================
-- Step 2 of 21, expand: Add at__new, word__new, rate__new, seen__new, since__new beside at, word, rate, seen, since in moved
--   Id:           moved.at/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 2 of 21: Add at__new, word__new, rate__new, seen__new, since__new beside at, word, rate, seen, since in moved'
BEGIN;
ALTER TABLE moved ADD COLUMN at__new timestamp(0);
ALTER TABLE moved ADD COLUMN word__new char(5);
ALTER TABLE moved ADD COLUMN rate__new numeric(12, 1);
ALTER TABLE moved ADD COLUMN seen__new timestamp(0);
ALTER TABLE moved ADD COLUMN since__new timestamp(0);
COMMIT;
\echo 'step 2 of 21: done'

-- ============================================================================
-- Step 3 of 21, expand: Add gross to sales, empty and not insisting
--   Id:           sales.gross/expand/add-column
--   Why:          adding it with its values would rewrite or lock the table; empty, it costs nothing
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 3 of 21: Add gross to sales, empty and not insisting'
BEGIN;
ALTER TABLE sales ADD COLUMN gross numeric(12, 2);
COMMIT;
\echo 'step 3 of 21: done'

-- ============================================================================
-- Step 4 of 21, migrate: Repeat every write to copied on copied__new
--   Id:           copied/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 4 of 21: Repeat every write to copied on copied__new'
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
CREATE OR REPLACE FUNCTION zz_copied__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table copied__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['copied__new'];
  forgelua_here boolean := coalesce(to_regclass('copied') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'copied__new' ORDER BY 1
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
          SELECT 'copied__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'copied__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE copied__new SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM copied WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM copied__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM copied__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM copied WHERE id = OLD.id);
      ELSE
        DELETE FROM copied__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO copied__new AS forgelua_to (id, share, at, word, whole, second, code) OVERRIDING SYSTEM VALUE
      SELECT id, share / 3, at, word, share / 3, at, word FROM (SELECT * FROM copied WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET share = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.share ELSE EXCLUDED.share END, at = EXCLUDED.at, word = EXCLUDED.word, whole = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.whole ELSE EXCLUDED.whole END, second = EXCLUDED.second, code = EXCLUDED.code;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO copied__new AS forgelua_to (id, share, at, word, whole, second, code) OVERRIDING SYSTEM VALUE
      SELECT id, share / 3, at, word, share / 3, at, word FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET share = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.share ELSE EXCLUDED.share END, at = EXCLUDED.at, word = EXCLUDED.word, whole = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.whole ELSE EXCLUDED.whole END, second = EXCLUDED.second, code = EXCLUDED.code;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'copied__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_copied__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_copied__sync" AFTER INSERT OR UPDATE OR DELETE ON copied FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_copied__sync();
CREATE TRIGGER "~zz_copied__sync_all" AFTER TRUNCATE ON copied FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_copied__sync();
COMMIT;
\echo 'step 4 of 21: done'

-- ============================================================================
-- Step 5 of 21, migrate: Copy the rows of copied into copied__new
--   Id:           copied/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   copied__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 5 of 21: Copy the rows of copied into copied__new'
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
  this_work CONSTANT text := 'copied/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'copied__new'::regclass AND attname IN ('id', 'share', 'at', 'word', 'whole', 'second', 'code')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'copied'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 copied.id%TYPE;
  hi1 copied.id%TYPE;
  stop1 copied.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'copied'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM copied ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM copied ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM copied WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM copied WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO copied__new (id, share, at, word, whole, second, code) OVERRIDING SYSTEM VALUE
      SELECT id, share / 3, at, word, share / 3, CAST(at AS timestamp(0)), word FROM copied WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM copied WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO copied__new (id, share, at, word, whole, second, code) OVERRIDING SYSTEM VALUE
      SELECT id, share / 3, at, word, share / 3, CAST(at AS timestamp(0)), word FROM copied WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM copied WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of copied could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 5 of 21: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT id AS id, CAST(share / 3 AS numeric(12, 2)) AS share, at AS at, word AS word, CAST(share / 3 AS integer) AS whole, CAST(at AS timestamp(0)) AS second, CAST(word AS char(8)) AS code FROM copied) AS source WHERE NOT EXISTS (SELECT 1 FROM copied__new AS copied WHERE copied.id = source.id AND (copied.share = source.share OR (copied.share IS NULL AND source.share IS NULL)) AND (copied.at = source.at OR (copied.at IS NULL AND source.at IS NULL)) AND (copied.word = source.word OR (copied.word IS NULL AND source.word IS NULL)) AND (copied.whole = source.whole OR (copied.whole IS NULL AND source.whole IS NULL)) AND (copied.second = source.second OR (copied.second IS NULL AND source.second IS NULL)) AND (copied.code = source.code OR (copied.code IS NULL AND source.code IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 6 of 21, migrate: Keep at, word, rate, seen, since and at__new, word__new, rate__new, seen__new, since__new of moved equal
--   Id:           moved.at/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 6 of 21: Keep at, word, rate, seen, since and at__new, word__new, rate__new, seen__new, since__new of moved equal'
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
CREATE OR REPLACE FUNCTION zz_moved__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns at > at__new (old) word > word__new (old) rate > rate__new (old) seen > seen__new (old) since > since__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.at := OLD.at; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.word := OLD.word; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.rate := OLD.rate; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.seen := OLD.seen; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.since := OLD.since; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.at__new := OLD.at__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.word__new := OLD.word__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.rate__new := OLD.rate__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.seen__new := OLD.seen__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.since__new := OLD.since__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.at__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.at__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.at IS NOT NULL AND NEW.at__new IS NOT NULL THEN 'both'
      WHEN NEW.at__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN CASE WHEN ROW(NEW.at__new)::record *<> ROW(OLD.at__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.at__new)::record *<> ROW(OLD.at__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.at__new := (SELECT CAST((at AT TIME ZONE 'UTC') AS timestamp(0)) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.at__new)::record *= ROW(NEW.at__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.at__new := (SELECT CAST((at AT TIME ZONE 'UTC') AS timestamp(0)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'at__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.at := (SELECT (at__new AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'at', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.word__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.word__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.word IS NOT NULL AND NEW.word__new IS NOT NULL THEN 'both'
      WHEN NEW.word__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN CASE WHEN ROW(NEW.word__new)::record *<> ROW(OLD.word__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.word__new)::record *<> ROW(OLD.word__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.word__new := (SELECT word FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.word__new)::record *= ROW(NEW.word__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.word__new := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'word__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.word := (SELECT word__new FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.rate::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.rate__new::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.rate__new::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.rate IS NOT NULL AND NEW.rate__new IS NOT NULL THEN 'both'
      WHEN NEW.rate__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.rate)::record *<> ROW(OLD.rate)::record THEN CASE WHEN ROW(NEW.rate__new)::record *<> ROW(OLD.rate__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.rate__new)::record *<> ROW(OLD.rate__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.rate__new := (SELECT rate / 3 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.rate__new)::record *= ROW(NEW.rate__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.rate__new := (SELECT rate / 3 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'rate__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rate__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.rate := (SELECT CAST(rate__new AS numeric(20, 10)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'rate', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rate := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.seen::text IS DISTINCT FROM forgelua_seen[7] THEN CASE WHEN NEW.seen__new::text IS DISTINCT FROM forgelua_seen[8] THEN 'both' ELSE 'new' END
      WHEN NEW.seen__new::text IS DISTINCT FROM forgelua_seen[8] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.seen IS NOT NULL AND NEW.seen__new IS NOT NULL THEN 'both'
      WHEN NEW.seen__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.seen)::record *<> ROW(OLD.seen)::record THEN CASE WHEN ROW(NEW.seen__new)::record *<> ROW(OLD.seen__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.seen__new)::record *<> ROW(OLD.seen__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.seen__new := (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.seen__new)::record *= ROW(NEW.seen__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.seen__new := (SELECT coalesce(seen, CURRENT_TIMESTAMP) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'seen__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.seen := (SELECT seen__new FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'seen', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.since::text IS DISTINCT FROM forgelua_seen[9] THEN CASE WHEN NEW.since__new::text IS DISTINCT FROM forgelua_seen[10] THEN 'both' ELSE 'new' END
      WHEN NEW.since__new::text IS DISTINCT FROM forgelua_seen[10] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.since IS NOT NULL AND NEW.since__new IS NOT NULL THEN 'both'
      WHEN NEW.since__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.since)::record *<> ROW(OLD.since)::record THEN CASE WHEN ROW(NEW.since__new)::record *<> ROW(OLD.since__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.since__new)::record *<> ROW(OLD.since__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.since__new := (SELECT CAST(since AS timestamp(0)) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.since__new)::record *= ROW(NEW.since__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.since__new := (SELECT CAST(since AS timestamp(0)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'since__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.since__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.since := (SELECT since__new FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'since', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.since := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.at::text, NEW.at__new::text, NEW.word::text, NEW.word__new::text, NEW.rate::text, NEW.rate__new::text, NEW.seen::text, NEW.seen__new::text, NEW.since::text, NEW.since__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_moved__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_moved__sync" BEFORE INSERT OR UPDATE ON moved FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_moved__sync('first');
CREATE TRIGGER "~zz_moved__sync" BEFORE INSERT OR UPDATE ON moved FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_moved__sync();
CREATE TRIGGER "~zz_moved__sync_kept" BEFORE UPDATE ON moved FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.at, NEW.word, NEW.rate, NEW.seen, NEW.since)::record *<> ROW(OLD.at, OLD.word, OLD.rate, OLD.seen, OLD.since)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.at__new, NEW.word__new, NEW.rate__new, NEW.seen__new, NEW.since__new)::record *<> ROW(OLD.at__new, OLD.word__new, OLD.rate__new, OLD.seen__new, OLD.since__new)::record) EXECUTE FUNCTION zz_moved__sync('kept');
COMMIT;
\echo 'step 6 of 21: done'

-- ============================================================================
-- Step 7 of 21, migrate: Convert at, word, rate, seen, since of moved into at__new, word__new, rate__new, seen__new, since__new
--   Id:           moved.at/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 7 of 21: Convert at, word, rate, seen, since of moved into at__new, word__new, rate__new, seen__new, since__new'
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
  this_work CONSTANT text := 'moved.at/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'moved'::regclass AND attname IN ('at__new', 'word__new', 'rate__new', 'seen__new', 'since__new')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'moved'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 moved.id%TYPE;
  hi1 moved.id%TYPE;
  stop1 moved.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'moved'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM moved ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM moved ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM moved WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM moved WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE moved SET at__new = CAST((at AT TIME ZONE 'UTC') AS timestamp(0)), word__new = word, rate__new = rate / 3, seen__new = CAST(coalesce(seen, CURRENT_TIMESTAMP) AS timestamp(0)), since__new = CAST(since AS timestamp(0)) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (at__new IS NULL OR word__new IS NULL OR rate__new IS NULL OR seen__new IS NULL OR since__new IS NULL);
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
      FOR one IN SELECT * FROM moved WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE moved SET at__new = CAST((at AT TIME ZONE 'UTC') AS timestamp(0)), word__new = word, rate__new = rate / 3, seen__new = CAST(coalesce(seen, CURRENT_TIMESTAMP) AS timestamp(0)), since__new = CAST(since AS timestamp(0)) WHERE id = one.id AND (at__new IS NULL OR word__new IS NULL OR rate__new IS NULL OR seen__new IS NULL OR since__new IS NULL);
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
    SELECT id INTO lo1 FROM moved WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of moved could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 7 of 21: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM moved WHERE (CASE WHEN (at__new) = (CAST((at AT TIME ZONE 'UTC') AS timestamp(0))) OR ((at__new) IS NULL AND (CAST((at AT TIME ZONE 'UTC') AS timestamp(0))) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (word__new) = (word) OR ((word__new) IS NULL AND (word) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (rate__new) = (CAST(rate / 3 AS numeric(12, 1))) OR ((rate__new) IS NULL AND (CAST(rate / 3 AS numeric(12, 1))) IS NULL) THEN 0 ELSE 1 END = 1) OR (seen__new IS NULL AND (coalesce(seen, CURRENT_TIMESTAMP)) IS NOT NULL) OR (CASE WHEN (since__new) = (CAST(since AS timestamp(0))) OR ((since__new) IS NULL AND (CAST(since AS timestamp(0))) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 8 of 21, migrate: Keep gross of sales filled for new rows
--   Id:           sales.gross/migrate/keep-filled
--   Why:          the deployed application does not write it; a trigger does, so that the backfill has an end
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger
-- ============================================================================
\echo 'step 8 of 21: Keep gross of sales filled for new rows'
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
CREATE OR REPLACE FUNCTION zz_sales__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > gross (old);
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
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_2f8471f8_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.gross::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.net::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.gross := (SELECT net * 1.19 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'sales__sync', TG_OP, 'gross', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.gross := NULL;
    END;
  ELSIF NEW.gross IS NULL AND (forgelua_seen IS NULL OR NEW.net::text IS DISTINCT FROM forgelua_seen[1] OR NEW.gross::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.gross := (SELECT net * 1.19 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'sales__sync', TG_OP, 'gross', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.gross := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.net)::record *<> ROW(OLD.net)::record AND NOT ROW(NEW.gross)::record *<> ROW(OLD.gross)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.gross := (SELECT net * 1.19 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.gross)::record *= ROW(OLD.gross)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.gross := (SELECT net * 1.19 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'sales__sync', TG_OP, 'gross', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.gross := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_2f8471f8_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_2f8471f8_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.net::text, NEW.gross::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_sales__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_sales__sync" BEFORE INSERT OR UPDATE ON sales FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_sales__sync('first');
CREATE TRIGGER "~zz_sales__sync" BEFORE INSERT OR UPDATE ON sales FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_sales__sync();
COMMIT;
\echo 'step 8 of 21: done'
-- Application: From here the new application may write gross itself; what it writes stands.

-- ============================================================================
-- Step 9 of 21, migrate: Backfill gross of sales
--   Id:           sales.gross/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, own values
-- ============================================================================
\echo 'step 9 of 21: Backfill gross of sales'
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
  this_work CONSTANT text := 'sales.gross/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'sales'::regclass AND attname IN ('gross')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'sales'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 sales.id%TYPE;
  hi1 sales.id%TYPE;
  stop1 sales.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'sales'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM sales ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM sales ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM sales WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM sales WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'on', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE sales SET gross = net * 1.19 WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (gross IS NULL);
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
      FOR one IN SELECT * FROM sales WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE sales SET gross = net * 1.19 WHERE id = one.id AND (gross IS NULL);
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
    SELECT id INTO lo1 FROM sales WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of sales could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 9 of 21: done'

-- ============================================================================
-- Step 10 of 21, switch: Swap the copy of copied in
--   Id:           copied/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 10 of 21: Swap the copy of copied in'
-- Check: step 5 has come to its end: Copy the rows of copied into copied__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'copied/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 has come to its end: Copy the rows of copied into copied__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'copied__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of copied stands in forgelua_sync_errors (mend it in copied, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE copied, copied__new IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['copied', 'copied__new']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['copied', 'copied__new']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_copied__sync_all" ON copied;
DROP TRIGGER "~zz_copied__sync" ON copied;
DROP FUNCTION zz_copied__sync();
ALTER TABLE copied RENAME TO copied__old;
ALTER TABLE copied__new RENAME TO copied;
ALTER TABLE copied__old RENAME CONSTRAINT copied_pkey TO copied_pkey__old;
ALTER TABLE copied RENAME CONSTRAINT copied_pkey__new TO copied_pkey;
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
CREATE OR REPLACE FUNCTION zz_copied__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table copied__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['copied__old'];
  forgelua_here boolean := coalesce(to_regclass('copied') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'copied__old' ORDER BY 1
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
          SELECT 'copied__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'copied__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE copied__old SET id = (SELECT id FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM copied WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM copied__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM copied__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM copied WHERE id = OLD.id);
      ELSE
        DELETE FROM copied__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO copied__old AS forgelua_to (id, share, at, word) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(share AS numeric(20, 6)), at, word FROM (SELECT * FROM copied WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET share = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.share ELSE EXCLUDED.share END, at = EXCLUDED.at, word = EXCLUDED.word;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO copied__old AS forgelua_to (id, share, at, word) OVERRIDING SYSTEM VALUE
      SELECT id, CAST(share AS numeric(20, 6)), at, word FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET share = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.share)::record *<> ROW(OLD.share)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.share ELSE EXCLUDED.share END, at = EXCLUDED.at, word = EXCLUDED.word;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'copied__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_copied__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_copied__sync" AFTER INSERT OR UPDATE OR DELETE ON copied FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_copied__sync();
CREATE TRIGGER "~zz_copied__sync_all" AFTER TRUNCATE ON copied FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_copied__sync();
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
CREATE OR REPLACE FUNCTION zz_copied__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > whole (old)  > second (old)  > code (old);
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
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_e90f5e25_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[7], '') = 'true' AND NOT (NEW.whole::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.share::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.whole := (SELECT share / 3 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'whole', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.whole := NULL;
    END;
  ELSIF NEW.whole IS NULL AND (forgelua_seen IS NULL OR NEW.share::text IS DISTINCT FROM forgelua_seen[1] OR NEW.whole::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.whole := (SELECT share / 3 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'whole', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.whole := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.share)::record *<> ROW(OLD.share)::record AND NOT ROW(NEW.whole)::record *<> ROW(OLD.whole)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.whole := (SELECT share / 3 FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.whole)::record *= ROW(OLD.whole)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.whole := (SELECT share / 3 FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'copied__sync_2', TG_OP, 'whole', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.whole := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[8], '') = 'true' AND NOT (NEW.second::text IS DISTINCT FROM forgelua_seen[4]) AND (NEW.at::text IS DISTINCT FROM forgelua_seen[3]) THEN
    BEGIN
      NEW.second := (SELECT at FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'second', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.second := NULL;
    END;
  ELSIF NEW.second IS NULL AND (forgelua_seen IS NULL OR NEW.at::text IS DISTINCT FROM forgelua_seen[3] OR NEW.second::text IS DISTINCT FROM forgelua_seen[4]) THEN
    BEGIN
      NEW.second := (SELECT at FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'second', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.second := NULL;
    END;
    forgelua_made[2] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.at)::record *<> ROW(OLD.at)::record AND NOT ROW(NEW.second)::record *<> ROW(OLD.second)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.second := (SELECT at FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.second)::record *= ROW(OLD.second)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.second := (SELECT at FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'copied__sync_2', TG_OP, 'second', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.second := NULL;
        END;
        forgelua_made[2] := true;
      END IF;
    END IF;
  END IF;
  IF coalesce(forgelua_seen[9], '') = 'true' AND NOT (NEW.code::text IS DISTINCT FROM forgelua_seen[6]) AND (NEW.word::text IS DISTINCT FROM forgelua_seen[5]) THEN
    BEGIN
      NEW.code := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
  ELSIF NEW.code IS NULL AND (forgelua_seen IS NULL OR NEW.word::text IS DISTINCT FROM forgelua_seen[5] OR NEW.code::text IS DISTINCT FROM forgelua_seen[6]) THEN
    BEGIN
      NEW.code := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'copied__sync_2', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.code := NULL;
    END;
    forgelua_made[3] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.word)::record *<> ROW(OLD.word)::record AND NOT ROW(NEW.code)::record *<> ROW(OLD.code)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.code := (SELECT word FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.code)::record *= ROW(OLD.code)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.code := (SELECT word FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'copied__sync_2', TG_OP, 'code', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.code := NULL;
        END;
        forgelua_made[3] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_e90f5e25_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_e90f5e25_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.share::text, NEW.whole::text, NEW.at::text, NEW.second::text, NEW.word::text, NEW.code::text, (forgelua_made[1])::text, (forgelua_made[2])::text, (forgelua_made[3])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_copied__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_copied__sync_2" BEFORE INSERT OR UPDATE ON copied FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_copied__sync_2('first');
CREATE TRIGGER "~zz_copied__sync_2" BEFORE INSERT OR UPDATE ON copied FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_copied__sync_2();
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
\echo 'step 10 of 21: done'
-- Application: Deploy the application that uses copied as the new schema has it.

-- ============================================================================
-- Step 11 of 21, switch: Change the type of flags.shown
--   Id:           flags.shown/switch/type
--   Why:          the engine does this in place
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     loses values of flags.shown that boolean cannot hold: the way back stops at them until they are changed
--   Hazards:      type
-- ============================================================================
\echo 'step 11 of 21: Change the type of flags.shown'
BEGIN;
ALTER TABLE flags ALTER COLUMN shown DROP DEFAULT, ALTER COLUMN shown TYPE integer USING CAST(shown AS integer), ALTER COLUMN shown SET DEFAULT 0;
COMMIT;
\echo 'step 11 of 21: done'

-- ============================================================================
-- Step 12 of 21, switch: Let the new at, word, rate, seen, since of moved take over
--   Id:           moved.at/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; writes of values that the new type of moved.at, moved.word, moved.rate, moved.seen, moved.since cannot hold fail from here; both applications find the column under its name
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 12 of 21: Let the new at, word, rate, seen, since of moved take over'
-- Check: step 7 has come to its end: Convert at, word, rate, seen, since of moved into at__new, word__new, rate__new, seen__new, since__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'moved.at/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 has come to its end: Convert at, word, rate, seen, since of moved into at__new, word__new, rate__new, seen__new, since__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'moved__sync' AND column_name IN ('at__new', 'word__new', 'rate__new', 'seen__new', 'since__new'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of moved stands in forgelua_sync_errors (mend it in moved, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE moved IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['moved']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['moved']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_moved__sync" ON moved;
DROP TRIGGER "!zz_moved__sync" ON moved;
DROP TRIGGER IF EXISTS "~zz_moved__sync_kept" ON moved;
DROP FUNCTION zz_moved__sync();
ALTER TABLE moved RENAME COLUMN at TO at__old;
ALTER TABLE moved RENAME COLUMN word TO word__old;
ALTER TABLE moved RENAME COLUMN rate TO rate__old;
ALTER TABLE moved RENAME COLUMN seen TO seen__old;
ALTER TABLE moved RENAME COLUMN since TO since__old;
ALTER TABLE moved RENAME COLUMN at__new TO at;
ALTER TABLE moved RENAME COLUMN word__new TO word;
ALTER TABLE moved RENAME COLUMN rate__new TO rate;
ALTER TABLE moved RENAME COLUMN seen__new TO seen;
ALTER TABLE moved RENAME COLUMN since__new TO since;
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
CREATE OR REPLACE FUNCTION zz_moved__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns at__old > at (new) word__old > word (new) rate__old > rate (new) seen__old > seen (new) since__old > since (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.at__old := OLD.at__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.word__old := OLD.word__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.rate__old := OLD.rate__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.seen__old := OLD.seen__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.since__old := OLD.since__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.at := OLD.at; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.word := OLD.word; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.rate := OLD.rate; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.seen := OLD.seen; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.since := OLD.since; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.at__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.at::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.at__old IS NOT NULL AND NEW.at IS NOT NULL THEN 'both'
      WHEN NEW.at__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.at__old)::record *<> ROW(OLD.at__old)::record THEN CASE WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.at)::record *<> ROW(OLD.at)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.at := (SELECT CAST((at__old AT TIME ZONE 'UTC') AS timestamp(0)) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.at)::record *= ROW(NEW.at)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.at := (SELECT CAST((at__old AT TIME ZONE 'UTC') AS timestamp(0)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'at', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.at__old := (SELECT (at AT TIME ZONE 'UTC') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'at__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.at__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.word__old::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.word__old IS NOT NULL AND NEW.word IS NOT NULL THEN 'both'
      WHEN NEW.word__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.word__old)::record *<> ROW(OLD.word__old)::record THEN CASE WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.word := (SELECT word__old FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.word)::record *= ROW(NEW.word)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.word := (SELECT word__old FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.word__old := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'word__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.rate__old::text IS DISTINCT FROM forgelua_seen[5] THEN CASE WHEN NEW.rate::text IS DISTINCT FROM forgelua_seen[6] THEN 'both' ELSE 'new' END
      WHEN NEW.rate::text IS DISTINCT FROM forgelua_seen[6] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.rate__old IS NOT NULL AND NEW.rate IS NOT NULL THEN 'both'
      WHEN NEW.rate__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.rate__old)::record *<> ROW(OLD.rate__old)::record THEN CASE WHEN ROW(NEW.rate)::record *<> ROW(OLD.rate)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.rate)::record *<> ROW(OLD.rate)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.rate := (SELECT rate__old / 3 FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.rate)::record *= ROW(NEW.rate)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.rate := (SELECT rate__old / 3 FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'rate', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rate := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.rate__old := (SELECT CAST(rate AS numeric(20, 10)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'rate__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.rate__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.seen__old::text IS DISTINCT FROM forgelua_seen[7] THEN CASE WHEN NEW.seen::text IS DISTINCT FROM forgelua_seen[8] THEN 'both' ELSE 'new' END
      WHEN NEW.seen::text IS DISTINCT FROM forgelua_seen[8] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.seen__old IS NOT NULL AND NEW.seen IS NOT NULL THEN 'both'
      WHEN NEW.seen__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.seen__old)::record *<> ROW(OLD.seen__old)::record THEN CASE WHEN ROW(NEW.seen)::record *<> ROW(OLD.seen)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.seen)::record *<> ROW(OLD.seen)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.seen := (SELECT coalesce(seen__old, CURRENT_TIMESTAMP) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.seen)::record *= ROW(NEW.seen)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.seen := (SELECT coalesce(seen__old, CURRENT_TIMESTAMP) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'seen', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.seen__old := (SELECT seen FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'seen__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.seen__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.since__old::text IS DISTINCT FROM forgelua_seen[9] THEN CASE WHEN NEW.since::text IS DISTINCT FROM forgelua_seen[10] THEN 'both' ELSE 'new' END
      WHEN NEW.since::text IS DISTINCT FROM forgelua_seen[10] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.since__old IS NOT NULL AND NEW.since IS NOT NULL THEN 'both'
      WHEN NEW.since__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.since__old)::record *<> ROW(OLD.since__old)::record THEN CASE WHEN ROW(NEW.since)::record *<> ROW(OLD.since)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.since)::record *<> ROW(OLD.since)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.since := (SELECT CAST(since__old AS timestamp(0)) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.since)::record *= ROW(NEW.since)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.since := (SELECT CAST(since__old AS timestamp(0)) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'since', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.since := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.since__old := (SELECT since FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'moved__sync', TG_OP, 'since__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.since__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_521efcfb_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.at__old::text, NEW.at::text, NEW.word__old::text, NEW.word::text, NEW.rate__old::text, NEW.rate::text, NEW.seen__old::text, NEW.seen::text, NEW.since__old::text, NEW.since::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_moved__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_moved__sync" BEFORE INSERT OR UPDATE ON moved FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_moved__sync('first');
CREATE TRIGGER "~zz_moved__sync" BEFORE INSERT OR UPDATE ON moved FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_moved__sync();
CREATE TRIGGER "~zz_moved__sync_kept" BEFORE UPDATE ON moved FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.at__old, NEW.word__old, NEW.rate__old, NEW.seen__old, NEW.since__old)::record *<> ROW(OLD.at__old, OLD.word__old, OLD.rate__old, OLD.seen__old, OLD.since__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.at, NEW.word, NEW.rate, NEW.seen, NEW.since)::record *<> ROW(OLD.at, OLD.word, OLD.rate, OLD.seen, OLD.since)::record) EXECUTE FUNCTION zz_moved__sync('kept');
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
\echo 'step 12 of 21: done'
-- Application: Deploy the application that uses at, word, rate, seen, since as the new schema has it.

-- ============================================================================
-- Step 13 of 21, contract: From here the way back copies copied into copied__old again
--   Id:           copied/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 21: From here the way back copies copied into copied__old again'
-- Nothing to run in the database.
\echo 'step 13 of 21: done'

-- ============================================================================
-- Step 14 of 21, contract: Drop the trigger that filled whole, second, code of copied
--   Id:           copied/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 21: Drop the trigger that filled whole, second, code of copied'
BEGIN;
DROP TRIGGER "~zz_copied__sync_2" ON copied;
DROP TRIGGER "!zz_copied__sync_2" ON copied;
DROP FUNCTION zz_copied__sync_2();
COMMIT;
\echo 'step 14 of 21: done'
-- Application: Check that every deployed version writes whole, second, code.

-- ============================================================================
-- Step 15 of 21, contract: Stop repeating writes to copied on copied__old
--   Id:           copied/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 21: Stop repeating writes to copied on copied__old'
BEGIN;
DROP TRIGGER "~zz_copied__sync_all" ON copied;
DROP TRIGGER "~zz_copied__sync" ON copied;
DROP FUNCTION zz_copied__sync();
COMMIT;
\echo 'step 15 of 21: done'

-- ============================================================================
-- Step 16 of 21, contract: Drop copied__old
--   Id:           copied/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of copied.share that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 16 of 21: Drop copied__old'
BEGIN;
DROP TABLE copied__old;
COMMIT;
\echo 'step 16 of 21: done'

-- ============================================================================
-- Step 17 of 21, contract: From here the way back computes at__old, word__old, rate__old, seen__old, since__old of moved again
--   Id:           moved.at/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 21: From here the way back computes at__old, word__old, rate__old, seen__old, since__old of moved again'
-- Nothing to run in the database.
\echo 'step 17 of 21: done'

-- ============================================================================
-- Step 18 of 21, contract: Stop keeping at__old, word__old, rate__old, seen__old, since__old and at, word, rate, seen, since of moved equal
--   Id:           moved.at/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 18 of 21: Stop keeping at__old, word__old, rate__old, seen__old, since__old and at, word, rate, seen, since of moved equal'
BEGIN;
DROP TRIGGER "~zz_moved__sync" ON moved;
DROP TRIGGER "!zz_moved__sync" ON moved;
DROP TRIGGER IF EXISTS "~zz_moved__sync_kept" ON moved;
DROP FUNCTION zz_moved__sync();
COMMIT;
\echo 'step 18 of 21: done'

-- ============================================================================
-- Step 19 of 21, contract: Drop the old column at__old, word__old, rate__old, seen__old, since__old of moved
--   Id:           moved.at/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the column's name stays
--   Way back:     loses values of at that do not come back from at unchanged; values of word that do not come back from word unchanged; values of rate that do not come back from rate unchanged; values of seen that do not come back from seen unchanged; values of since that do not come back from since unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 19 of 21: Drop the old column at__old, word__old, rate__old, seen__old, since__old of moved'
BEGIN;
ALTER TABLE moved DROP COLUMN at__old;
ALTER TABLE moved DROP COLUMN word__old;
ALTER TABLE moved DROP COLUMN rate__old;
ALTER TABLE moved DROP COLUMN seen__old;
ALTER TABLE moved DROP COLUMN since__old;
COMMIT;
\echo 'step 19 of 21: done'
-- Application: Check that no application, report or job names at__old, word__old, rate__old, seen__old, since__old any more.

-- ============================================================================
-- Step 20 of 21, contract: Drop the trigger that filled gross of sales
--   Id:           sales.gross/contract/stop-filling
--   Why:          every application writes the column by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 20 of 21: Drop the trigger that filled gross of sales'
-- Check: step 9 has come to its end: Backfill gross of sales. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'sales.gross/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 has come to its end: Backfill gross of sales', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
DROP TRIGGER "~zz_sales__sync" ON sales;
DROP TRIGGER "!zz_sales__sync" ON sales;
DROP FUNCTION zz_sales__sync();
COMMIT;
\echo 'step 20 of 21: done'
-- Application: Check that every deployed version writes gross.

-- ============================================================================
-- Step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 21 of 21: Remove the progress and error tables'
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
\echo 'step 21 of 21: done'

\echo 'forward: done'
