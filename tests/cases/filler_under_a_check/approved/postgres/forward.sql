-- Forward, every phase of migration filler_under_a_check
-- Values that the old columns cannot hold come back as ones that their checks accept
-- postgres 15; strategy shadow_column; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 20 is destructive — count, word of goods as the old schema held it

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
-- Check: step 1 must not be done at this point: Add amount, name beside count, word in goods. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add amount, name beside count, word in goods', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 2 must not be done at this point: Allow NULL in goods.count for as long as both columns live. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'count' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must not be done at this point: Allow NULL in goods.count for as long as both columns live', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column goods.amount. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'count' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column goods.amount', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 21, expand: Add amount, name beside count, word in goods
--   Id:           goods.amount/expand/add-column
--   Why:          a second column costs nothing while it is empty; the one that stands is not touched
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 21: Add amount, name beside count, word in goods'
BEGIN;
ALTER TABLE goods ADD COLUMN amount bigint;
ALTER TABLE goods ADD COLUMN name varchar(30);
COMMIT;
\echo 'step 1 of 21: done'

-- ============================================================================
-- Step 2 of 21, migrate: Allow NULL in goods.count for as long as both columns live
--   Id:           goods.count/migrate/relax
--   Why:          a value of the new column that the old one cannot hold is left out there, never refused
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     loses values of amount that count cannot hold: they come back as a value that count_positive accepts, and are named in forgelua_sync_errors
-- ============================================================================
\echo 'step 2 of 21: Allow NULL in goods.count for as long as both columns live'
BEGIN;
ALTER TABLE goods ALTER COLUMN count DROP NOT NULL;
COMMIT;
\echo 'step 2 of 21: done'

-- ============================================================================
-- Step 3 of 21, migrate: Allow NULL in goods.word for as long as both columns live
--   Id:           goods.word/migrate/relax
--   Why:          a value of the new column that the old one cannot hold is left out there, never refused
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application may read NULL where the new one wrote what it cannot hold
--   Way back:     loses values of name that word cannot hold: they come back as a value that word_given accepts, and are named in forgelua_sync_errors
-- ============================================================================
\echo 'step 3 of 21: Allow NULL in goods.word for as long as both columns live'
BEGIN;
ALTER TABLE goods ALTER COLUMN word DROP NOT NULL;
COMMIT;
\echo 'step 3 of 21: done'

-- ============================================================================
-- Step 4 of 21, migrate: Keep count, word and amount, name of goods equal
--   Id:           goods.amount/migrate/sync
--   Why:          what either application writes reaches the column that the other one reads
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 4 of 21: Keep count, word and amount, name of goods equal'
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
-- forgelua: columns count > amount (old) word > name (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.count := OLD.count; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.word := OLD.word; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.name := OLD.name; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.count::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.count IS NOT NULL AND NEW.amount IS NOT NULL THEN 'both'
      WHEN NEW.amount IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.count)::record *<> ROW(OLD.count)::record THEN CASE WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount := (SELECT CAST(count AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount)::record *= ROW(NEW.amount)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount := (SELECT CAST(count AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.count := (SELECT CAST(amount AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'count', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.count := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.word IS NOT NULL AND NEW.name IS NOT NULL THEN 'both'
      WHEN NEW.name IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN CASE WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.name := (SELECT word FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.name)::record *= ROW(NEW.name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.name := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.word := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.count::text, NEW.amount::text, NEW.word::text, NEW.name::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_goods__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync('first');
CREATE TRIGGER "~zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync();
CREATE TRIGGER "~zz_goods__sync_kept" BEFORE UPDATE ON goods FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.count, NEW.word)::record *<> ROW(OLD.count, OLD.word)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount, NEW.name)::record *<> ROW(OLD.amount, OLD.name)::record) EXECUTE FUNCTION zz_goods__sync('kept');
COMMIT;
\echo 'step 4 of 21: done'
-- Application: From here the new application may read and write amount, name once the backfill is done.

-- ============================================================================
-- Step 5 of 21, migrate: Convert count, word of goods into amount, name
--   Id:           goods.amount/migrate/backfill
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag
-- ============================================================================
\echo 'step 5 of 21: Convert count, word of goods into amount, name'
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
  this_work CONSTANT text := 'goods.amount/migrate/backfill';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('amount', 'name')
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
      UPDATE goods SET amount = CAST(count AS bigint), name = word WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (amount IS NULL OR name IS NULL);
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
          UPDATE goods SET amount = CAST(count AS bigint), name = word WHERE id = one.id AND (amount IS NULL OR name IS NULL);
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
\echo 'step 5 of 21: done'
-- Check: every row holds the converted value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE (CASE WHEN (amount) = (CAST(count AS bigint)) OR ((amount) IS NULL AND (CAST(count AS bigint)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (name) = (word) OR ((name) IS NULL AND (word) IS NULL) THEN 0 ELSE 1 END = 1))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row holds the converted value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 6 of 21, switch: Refuse new NULLs in goods.amount
--   Id:           goods.amount/switch/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into goods.amount fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 6 of 21: Refuse new NULLs in goods.amount'
-- Check: step 5 has come to its end: Convert count, word of goods into amount, name. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'goods.amount/migrate/backfill' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 has come to its end: Convert count, word of goods into amount, name', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no value of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'goods__sync' AND column_name IN ('amount', 'name'))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no value of goods stands in forgelua_sync_errors (mend it in goods, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of goods has NULL in amount. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE amount IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of goods has NULL in amount', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_amount_not_null CHECK (amount IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 6 of 21: done'

-- ============================================================================
-- Step 7 of 21, switch: Validate that no row has NULL in goods.amount
--   Id:           goods.amount/switch/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 7 of 21: Validate that no row has NULL in goods.amount'
BEGIN;
ALTER TABLE goods VALIDATE CONSTRAINT goods_amount_not_null;
COMMIT;
\echo 'step 7 of 21: done'

-- ============================================================================
-- Step 8 of 21, switch: Make goods.amount NOT NULL
--   Id:           goods.amount/switch/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 21: Make goods.amount NOT NULL'
BEGIN;
ALTER TABLE goods ALTER COLUMN amount SET NOT NULL;
ALTER TABLE goods DROP CONSTRAINT goods_amount_not_null;
COMMIT;
\echo 'step 8 of 21: done'

-- ============================================================================
-- Step 9 of 21, switch: Refuse new NULLs in goods.name
--   Id:           goods.name/switch/not-null-guard
--   Why:          a CHECK that is not validated takes its lock for an instant and tests new rows only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes of NULL into goods.name fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 9 of 21: Refuse new NULLs in goods.name'
-- Check: no row of goods has NULL in name. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE name IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of goods has NULL in name', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_name_not_null CHECK (name IS NOT NULL) NOT VALID;
COMMIT;
\echo 'step 9 of 21: done'

-- ============================================================================
-- Step 10 of 21, switch: Validate that no row has NULL in goods.name
--   Id:           goods.name/switch/not-null-validate
--   Why:          validation reads the table while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 10 of 21: Validate that no row has NULL in goods.name'
BEGIN;
ALTER TABLE goods VALIDATE CONSTRAINT goods_name_not_null;
COMMIT;
\echo 'step 10 of 21: done'

-- ============================================================================
-- Step 11 of 21, switch: Make goods.name NOT NULL
--   Id:           goods.name/switch/not-null
--   Why:          the validated CHECK proves it, so the table is not read again; the CHECK has then served
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 21: Make goods.name NOT NULL'
BEGIN;
ALTER TABLE goods ALTER COLUMN name SET NOT NULL;
ALTER TABLE goods DROP CONSTRAINT goods_name_not_null;
COMMIT;
\echo 'step 11 of 21: done'

-- ============================================================================
-- Step 12 of 21, switch: Add the check count_positive__new on goods, not yet validated
--   Id:           goods.count_positive__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 12 of 21: Add the check count_positive__new on goods, not yet validated'
-- Check: every row of goods satisfies count_positive__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE NOT (amount > 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of goods satisfies count_positive__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods ADD CONSTRAINT count_positive__new CHECK (amount > 0) NOT VALID;
COMMIT;
\echo 'step 12 of 21: done'

-- ============================================================================
-- Step 13 of 21, switch: Validate the check count_positive__new on goods
--   Id:           goods.count_positive__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 13 of 21: Validate the check count_positive__new on goods'
BEGIN;
ALTER TABLE goods VALIDATE CONSTRAINT count_positive__new;
COMMIT;
\echo 'step 13 of 21: done'

-- ============================================================================
-- Step 14 of 21, switch: Add the check word_given__new on goods, not yet validated
--   Id:           goods.word_given__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that violate it fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 14 of 21: Add the check word_given__new on goods, not yet validated'
-- Check: every row of goods satisfies word_given__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE NOT (name <> ''))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of goods satisfies word_given__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE goods ADD CONSTRAINT word_given__new CHECK (name <> '') NOT VALID;
COMMIT;
\echo 'step 14 of 21: done'

-- ============================================================================
-- Step 15 of 21, switch: Validate the check word_given__new on goods
--   Id:           goods.word_given__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 15 of 21: Validate the check word_given__new on goods'
BEGIN;
ALTER TABLE goods VALIDATE CONSTRAINT word_given__new;
COMMIT;
\echo 'step 15 of 21: done'

-- ============================================================================
-- Step 16 of 21, switch: Let amount, name of goods lead
--   Id:           goods.amount/switch/swap
--   Why:          metadata only, in one piece: no session sees it half done, and both columns stay equal afterwards
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications run: count, word is kept equal until contract
--   Way back:     yes, nothing is lost
--   Hazards:      swap
-- ============================================================================
\echo 'step 16 of 21: Let amount, name of goods lead'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
ALTER TABLE goods RENAME CONSTRAINT count_positive TO count_positive__old;
ALTER TABLE goods RENAME CONSTRAINT count_positive__new TO count_positive;
ALTER TABLE goods RENAME CONSTRAINT word_given TO word_given__old;
ALTER TABLE goods RENAME CONSTRAINT word_given__new TO word_given;
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
-- forgelua: columns count > amount (new) word > name (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.count := OLD.count; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.word := OLD.word; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.amount := OLD.amount; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.name := OLD.name; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.count::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.amount::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.count IS NOT NULL AND NEW.amount IS NOT NULL THEN 'both'
      WHEN NEW.count IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.count)::record *<> ROW(OLD.count)::record THEN CASE WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.amount)::record *<> ROW(OLD.amount)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.amount := (SELECT CAST(count AS bigint) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.amount)::record *= ROW(NEW.amount)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.amount := (SELECT CAST(count AS bigint) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'amount', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.amount := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.count := (SELECT CAST(amount AS integer) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'count', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.count := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.name::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.word IS NOT NULL AND NEW.name IS NOT NULL THEN 'both'
      WHEN NEW.word IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN CASE WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.name)::record *<> ROW(OLD.name)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.name := (SELECT word FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.name)::record *= ROW(NEW.name)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.name := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'name', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.name := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.word := (SELECT name FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'goods__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_98f360dc_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.count::text, NEW.amount::text, NEW.word::text, NEW.name::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_goods__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync('first');
CREATE TRIGGER "~zz_goods__sync" BEFORE INSERT OR UPDATE ON goods FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_goods__sync();
CREATE TRIGGER "~zz_goods__sync_kept" BEFORE UPDATE ON goods FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.count, NEW.word)::record *<> ROW(OLD.count, OLD.word)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.amount, NEW.name)::record *<> ROW(OLD.amount, OLD.name)::record) EXECUTE FUNCTION zz_goods__sync('kept');
COMMIT;
\echo 'step 16 of 21: done'
-- Application: Deploy the application that uses amount, name as the new schema has it.

-- ============================================================================
-- Step 17 of 21, contract: Drop what hangs on the old column count, word of goods
--   Id:           goods.amount/contract/drop-old-members
--   Why:          the new column has indexes and constraints of its own
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; queries of an application that still reads the old column lose its indexes
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 21: Drop what hangs on the old column count, word of goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT count_positive__old;
ALTER TABLE goods DROP CONSTRAINT word_given__old;
COMMIT;
\echo 'step 17 of 21: done'

-- ============================================================================
-- Step 18 of 21, contract: From here the way back computes count, word of goods again
--   Id:           goods.amount/contract/point-of-return
--   Why:          the old column is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 18 of 21: From here the way back computes count, word of goods again'
-- Nothing to run in the database.
\echo 'step 18 of 21: done'

-- ============================================================================
-- Step 19 of 21, contract: Stop keeping count, word and amount, name of goods equal
--   Id:           goods.amount/contract/stop-sync
--   Why:          no application uses the old column any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; what an application writes to the old column is no longer seen
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 19 of 21: Stop keeping count, word and amount, name of goods equal'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
COMMIT;
\echo 'step 19 of 21: done'

-- ============================================================================
-- Step 20 of 21, contract: Drop the old column count, word of goods
--   Id:           goods.amount/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name count, word fail from here
--   Way back:     loses values of amount that count cannot hold; values of name that word cannot hold
--   Hazards:      drop
-- ============================================================================
\echo 'step 20 of 21: Drop the old column count, word of goods'
BEGIN;
ALTER TABLE goods DROP COLUMN count;
ALTER TABLE goods DROP COLUMN word;
COMMIT;
\echo 'step 20 of 21: done'
-- Application: Check that no application, report or job names count, word any more.

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
