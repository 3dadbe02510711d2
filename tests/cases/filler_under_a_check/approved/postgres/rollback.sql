-- WARNING: rollback is destructive — goods.count data will be lost: values of amount that count cannot hold: they come back as a value that count_positive accepts, and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — goods.word data will be lost: values of name that word cannot hold: they come back as a value that word_given accepts, and are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — goods.count data will be lost: values of amount that count cannot hold; values of name that word cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration filler_under_a_check
-- Values that the old columns cannot hold come back as ones that their checks accept
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
-- Check: step 20 must be done before this: Drop the old column count, word of goods. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'count' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 20 must be done before this: Drop the old column count, word of goods', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 8 must be done before this: Make goods.amount NOT NULL. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 8 must be done before this: Make goods.amount NOT NULL', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column goods.amount. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'amount' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'goods' AND a.attname = 'count' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column goods.amount', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: a value of goods.word can be made up that word_given accepts (word is name by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE name IS NULL AND NOT (('' <> '')) AND NOT (('x' <> '')))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'a value of goods.word can be made up that word_given accepts (word is name by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: a value of goods.count can be made up that count_positive accepts (count is amount by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM goods WHERE amount IS NULL AND NOT ((0 > 0)) AND NOT ((1 > 0)) AND NOT ((-1 > 0)) AND NOT (((0 + 1) > 0)) AND NOT (((0 - 1) > 0)))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'a value of goods.count can be made up that count_positive accepts (count is amount by now)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 21 of 21, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 21 of 21: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 21 of 21: done'

-- ============================================================================
-- Undo step 20 of 21, contract: Drop the old column count, word of goods
--   Id:           goods.amount/contract/drop-old
--   Loses:        values of amount that count cannot hold; values of name that word cannot hold
-- ============================================================================
\echo 'undo step 20 of 21: Drop the old column count, word of goods'
BEGIN;
ALTER TABLE goods ADD COLUMN word varchar(3);
ALTER TABLE goods ADD COLUMN count integer;
COMMIT;
\echo 'undo step 20 of 21: done'

-- ============================================================================
-- Undo step 19 of 21, contract: Stop keeping count, word and amount, name of goods equal
--   Id:           goods.amount/contract/stop-sync
-- ============================================================================
\echo 'undo step 19 of 21: Stop keeping count, word and amount, name of goods equal'
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
\echo 'undo step 19 of 21: done'

-- ============================================================================
-- Undo step 18 of 21, contract: From here the way back computes count, word of goods again
--   Id:           goods.amount/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 18 of 21: From here the way back computes count, word of goods again'
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
  this_work CONSTANT text := 'goods.amount/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('count', 'word')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'goods'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 goods.id%TYPE;
  hi1 goods.id%TYPE;
  stop1 goods.id%TYPE;
  held1 goods.count%TYPE;
  held2 goods.word%TYPE;
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
      UPDATE goods SET count = CAST(amount AS integer), word = name WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (count) = (CAST(amount AS integer)) OR ((count) IS NULL AND (CAST(amount AS integer)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (word) = (name) OR ((word) IS NULL AND (name) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE goods SET count = CAST(amount AS integer), word = name WHERE id = one.id AND ((CASE WHEN (count) = (CAST(amount AS integer)) OR ((count) IS NULL AND (CAST(amount AS integer)) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (word) = (name) OR ((word) IS NULL AND (name) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(amount AS integer) INTO forgelua.held1 FROM goods WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held1 := NULL;
            END;
            BEGIN
              SELECT name INTO forgelua.held2 FROM goods WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE goods SET count = forgelua.held1, word = forgelua.held2 WHERE id = one.id;
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
\echo 'undo step 18 of 21: done'

-- ============================================================================
-- Undo step 17 of 21, contract: Drop what hangs on the old column count, word of goods
--   Id:           goods.amount/contract/drop-old-members
-- ============================================================================
\echo 'undo step 17 of 21: Drop what hangs on the old column count, word of goods'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT word_given__old CHECK (word <> '');
ALTER TABLE goods ADD CONSTRAINT count_positive__old CHECK (count > 0);
COMMIT;
\echo 'undo step 17 of 21: done'

-- ============================================================================
-- Undo step 16 of 21, switch: Let amount, name of goods lead
--   Id:           goods.amount/switch/swap
-- ============================================================================
\echo 'undo step 16 of 21: Let amount, name of goods lead'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
ALTER TABLE goods RENAME CONSTRAINT word_given TO word_given__new;
ALTER TABLE goods RENAME CONSTRAINT word_given__old TO word_given;
ALTER TABLE goods RENAME CONSTRAINT count_positive TO count_positive__new;
ALTER TABLE goods RENAME CONSTRAINT count_positive__old TO count_positive;
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
\echo 'undo step 16 of 21: done'

-- ============================================================================
-- Undo step 15 of 21, switch: Validate the check word_given__new on goods
--   Id:           goods.word_given__new/switch/validate
-- ============================================================================
\echo 'undo step 15 of 21: Validate the check word_given__new on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT word_given__new, ADD CONSTRAINT word_given__new CHECK (name <> '') NOT VALID;
COMMIT;
\echo 'undo step 15 of 21: done'

-- ============================================================================
-- Undo step 14 of 21, switch: Add the check word_given__new on goods, not yet validated
--   Id:           goods.word_given__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 14 of 21: Add the check word_given__new on goods, not yet validated'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT word_given__new;
COMMIT;
\echo 'undo step 14 of 21: done'

-- ============================================================================
-- Undo step 13 of 21, switch: Validate the check count_positive__new on goods
--   Id:           goods.count_positive__new/switch/validate
-- ============================================================================
\echo 'undo step 13 of 21: Validate the check count_positive__new on goods'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT count_positive__new, ADD CONSTRAINT count_positive__new CHECK (amount > 0) NOT VALID;
COMMIT;
\echo 'undo step 13 of 21: done'

-- ============================================================================
-- Undo step 12 of 21, switch: Add the check count_positive__new on goods, not yet validated
--   Id:           goods.count_positive__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 12 of 21: Add the check count_positive__new on goods, not yet validated'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT count_positive__new;
COMMIT;
\echo 'undo step 12 of 21: done'

-- ============================================================================
-- Undo step 11 of 21, switch: Make goods.name NOT NULL
--   Id:           goods.name/switch/not-null
-- ============================================================================
\echo 'undo step 11 of 21: Make goods.name NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_name_not_null CHECK (name IS NOT NULL);
ALTER TABLE goods ALTER COLUMN name DROP NOT NULL;
COMMIT;
\echo 'undo step 11 of 21: done'

-- ============================================================================
-- Undo step 10 of 21, switch: Validate that no row has NULL in goods.name
--   Id:           goods.name/switch/not-null-validate
-- ============================================================================
\echo 'undo step 10 of 21: Validate that no row has NULL in goods.name'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_name_not_null, ADD CONSTRAINT goods_name_not_null CHECK (name IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 10 of 21: done'

-- ============================================================================
-- Undo step 9 of 21, switch: Refuse new NULLs in goods.name
--   Id:           goods.name/switch/not-null-guard
-- ============================================================================
\echo 'undo step 9 of 21: Refuse new NULLs in goods.name'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_name_not_null;
COMMIT;
\echo 'undo step 9 of 21: done'

-- ============================================================================
-- Undo step 8 of 21, switch: Make goods.amount NOT NULL
--   Id:           goods.amount/switch/not-null
-- ============================================================================
\echo 'undo step 8 of 21: Make goods.amount NOT NULL'
BEGIN;
ALTER TABLE goods ADD CONSTRAINT goods_amount_not_null CHECK (amount IS NOT NULL);
ALTER TABLE goods ALTER COLUMN amount DROP NOT NULL;
COMMIT;
\echo 'undo step 8 of 21: done'

-- ============================================================================
-- Undo step 7 of 21, switch: Validate that no row has NULL in goods.amount
--   Id:           goods.amount/switch/not-null-validate
-- ============================================================================
\echo 'undo step 7 of 21: Validate that no row has NULL in goods.amount'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_amount_not_null, ADD CONSTRAINT goods_amount_not_null CHECK (amount IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 7 of 21: done'

-- ============================================================================
-- Undo step 6 of 21, switch: Refuse new NULLs in goods.amount
--   Id:           goods.amount/switch/not-null-guard
-- ============================================================================
\echo 'undo step 6 of 21: Refuse new NULLs in goods.amount'
BEGIN;
ALTER TABLE goods DROP CONSTRAINT goods_amount_not_null;
COMMIT;
\echo 'undo step 6 of 21: done'

-- ============================================================================
-- Undo step 5 of 21, migrate: Convert count, word of goods into amount, name
--   Id:           goods.amount/migrate/backfill
-- ============================================================================
\echo 'undo step 5 of 21: Convert count, word of goods into amount, name'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 5 of 21: done'

-- ============================================================================
-- Undo step 4 of 21, migrate: Keep count, word and amount, name of goods equal
--   Id:           goods.amount/migrate/sync
-- ============================================================================
\echo 'undo step 4 of 21: Keep count, word and amount, name of goods equal'
BEGIN;
DROP TRIGGER "~zz_goods__sync" ON goods;
DROP TRIGGER "!zz_goods__sync" ON goods;
DROP TRIGGER IF EXISTS "~zz_goods__sync_kept" ON goods;
DROP FUNCTION zz_goods__sync();
COMMIT;
\echo 'undo step 4 of 21: done'

-- ============================================================================
-- Undo step 3 of 21, migrate: Allow NULL in goods.word for as long as both columns live
--   Id:           goods.word/migrate/relax
--   Estimate:     unknown
--   Loses:        values of name that word cannot hold: they come back as a value that word_given accepts, and are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 3 of 21: Allow NULL in goods.word for as long as both columns live'
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
  this_work CONSTANT text := 'goods.word/migrate/relax (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('word')
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
      UPDATE goods SET word = CASE WHEN ('' <> '') THEN '' WHEN ('x' <> '') THEN 'x' END WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (word IS NULL);
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
          UPDATE goods SET word = CASE WHEN ('' <> '') THEN '' WHEN ('x' <> '') THEN 'x' END WHERE id = one.id AND (word IS NULL);
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
ALTER TABLE goods ALTER COLUMN word SET NOT NULL;
COMMIT;
\echo 'undo step 3 of 21: done'

-- ============================================================================
-- Undo step 2 of 21, migrate: Allow NULL in goods.count for as long as both columns live
--   Id:           goods.count/migrate/relax
--   Estimate:     unknown
--   Loses:        values of amount that count cannot hold: they come back as a value that count_positive accepts, and are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 2 of 21: Allow NULL in goods.count for as long as both columns live'
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
  this_work CONSTANT text := 'goods.count/migrate/relax (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'goods'::regclass AND attname IN ('count')
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
      UPDATE goods SET count = CASE WHEN (0 > 0) THEN 0 WHEN (1 > 0) THEN 1 WHEN (-1 > 0) THEN -1 WHEN ((0 + 1) > 0) THEN (0 + 1) WHEN ((0 - 1) > 0) THEN (0 - 1) END WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (count IS NULL);
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
          UPDATE goods SET count = CASE WHEN (0 > 0) THEN 0 WHEN (1 > 0) THEN 1 WHEN (-1 > 0) THEN -1 WHEN ((0 + 1) > 0) THEN (0 + 1) WHEN ((0 - 1) > 0) THEN (0 - 1) END WHERE id = one.id AND (count IS NULL);
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
ALTER TABLE goods ALTER COLUMN count SET NOT NULL;
COMMIT;
\echo 'undo step 2 of 21: done'

-- ============================================================================
-- Undo step 1 of 21, expand: Add amount, name beside count, word in goods
--   Id:           goods.amount/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 21: Add amount, name beside count, word in goods'
BEGIN;
ALTER TABLE goods DROP COLUMN name;
ALTER TABLE goods DROP COLUMN amount;
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
\echo 'undo step 1 of 21: done'

\echo 'rollback: done'
