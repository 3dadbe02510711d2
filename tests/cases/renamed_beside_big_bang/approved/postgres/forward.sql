-- Forward, every phase of migration renamed_beside_big_bang
-- A table is copied and renamed under a view while the key that refers to it changes in one sitting
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.
-- WARNING: step 21 is destructive — every value of aa.y

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
-- Check: step 1 must not be done at this point: Serve a under its new name aa by a view. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'aa' AND c.relkind IN ('v') AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Serve a under its new name aa by a view', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 7 must not be done at this point: Swap the copy of a in. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid WHERE n.nspname = 'public' AND c.relname = 'a' AND t.tgname = '~zz_a__sync_2' AND position('-- forgelua: fill  > xx (new);' in p.prosrc) > 0) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 7 must not be done at this point: Swap the copy of a in', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: rename_table aa. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'aa' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'a' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: rename_table aa', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 22, expand: Serve a under its new name aa by a view
--   Id:           aa/expand/view-under-new-name
--   Why:          the new application can say the new name before the table has it
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   a
--   Estimate:     under 1 s
--   Applications: old works, new works; reads and writes through the view reach the table; a column added later is not in it
--   Way back:     yes, nothing is lost
--   Hazards:      view bridge
-- ============================================================================
\echo 'step 1 of 22: Serve a under its new name aa by a view'
BEGIN;
CREATE VIEW aa AS
SELECT id, x, y FROM a;
COMMIT;
\echo 'step 1 of 22: done'

-- ============================================================================
-- Step 2 of 22, expand: Create a__new in the new shape of a
--   Id:           a/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 22: Create a__new in the new shape of a'
-- Check: no trigger, policy, rule or statistics object of a that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('a') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('a')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('a')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('a')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('a')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('a') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of a that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE a__new (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  xx varchar(9) NOT NULL,
  y integer,
  CONSTRAINT aa_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'step 2 of 22: done'

-- ============================================================================
-- Step 3 of 22, migrate: Repeat every write to a on a__new
--   Id:           a/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 3 of 22: Repeat every write to a on a__new'
-- Check: every row of a gives xx a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM a WHERE (COALESCE(x, 'n')) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of a gives xx a value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
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
CREATE OR REPLACE FUNCTION zz_a__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table a__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['a__new'];
  forgelua_here boolean := coalesce(to_regclass('a') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'a__new' ORDER BY 1
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
          SELECT 'a__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'a__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE a__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM a__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM a__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id);
      ELSE
        DELETE FROM a__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO a__new AS forgelua_to (id, xx, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), COALESCE(x, 'n'), y FROM (SELECT * FROM a WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET xx = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.x)::record *<> ROW(OLD.x)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.xx ELSE EXCLUDED.xx END, y = EXCLUDED.y;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO a__new AS forgelua_to (id, xx, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), COALESCE(x, 'n'), y FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET xx = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.x)::record *<> ROW(OLD.x)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.xx ELSE EXCLUDED.xx END, y = EXCLUDED.y;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'a__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_a__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_a__sync" AFTER INSERT OR UPDATE OR DELETE ON a FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
CREATE TRIGGER "~zz_a__sync_all" AFTER TRUNCATE ON a FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
COMMIT;
\echo 'step 3 of 22: done'

-- ============================================================================
-- Step 4 of 22, migrate: Copy the rows of a into a__new
--   Id:           a/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   a__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 4 of 22: Copy the rows of a into a__new'
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
  this_work CONSTANT text := 'a/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'a__new'::regclass AND attname IN ('id', 'xx', 'y')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'a'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 a.id%TYPE;
  hi1 a.id%TYPE;
  stop1 a.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'a'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM a ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM a ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM a WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM a WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO a__new (id, xx, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), COALESCE(x, 'n'), y FROM a WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM a WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO a__new (id, xx, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), COALESCE(x, 'n'), y FROM a WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM a WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of a could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 22: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT CAST(id AS bigint) AS id, CAST(COALESCE(x, 'n') AS varchar(9)) AS xx, y AS y FROM a) AS source WHERE NOT EXISTS (SELECT 1 FROM a__new AS copied WHERE copied.id = source.id AND (copied.xx = source.xx OR (copied.xx IS NULL AND source.xx IS NULL)) AND (copied.y = source.y OR (copied.y IS NULL AND source.y IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 22, switch: Add the foreign key b_a_id_fkey__new on b, not yet validated
--   Id:           b.b_a_id_fkey__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   a__new
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 5 of 22: Add the foreign key b_a_id_fkey__new on b, not yet validated'
-- Check: step 4 has come to its end: Copy the rows of a into a__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'a/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Copy the rows of a into a__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of a stands in forgelua_sync_errors (mend it in a, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'a__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of a stands in forgelua_sync_errors (mend it in a, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of b points at a missing row of a__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM b AS child_row WHERE child_row.a_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM a__new AS parent_row WHERE parent_row.id = child_row.a_id))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of b points at a missing row of a__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE b ADD CONSTRAINT b_a_id_fkey__new FOREIGN KEY (a_id) REFERENCES a__new (id) NOT VALID;
COMMIT;
\echo 'step 5 of 22: done'

-- ============================================================================
-- Step 6 of 22, switch: Validate the foreign key b_a_id_fkey__new on b
--   Id:           b.b_a_id_fkey__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   a__new
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 6 of 22: Validate the foreign key b_a_id_fkey__new on b'
BEGIN;
ALTER TABLE b VALIDATE CONSTRAINT b_a_id_fkey__new;
COMMIT;
\echo 'step 6 of 22: done'

-- ============================================================================
-- Step 7 of 22, switch: Swap the copy of a in
--   Id:           a/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   a, aa, v, b
--   Note:         a trigger is dropped; the view is locked with the tables that it reads; a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say a.x fail from here
--   Way back:     loses values of a that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
\echo 'step 7 of 22: Swap the copy of a in'
BEGIN;
LOCK TABLE aa, v, a, a__new, b IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['a', 'a__new', 'aa', 'v']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['a', 'a__new', 'aa', 'v']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_a__sync_all" ON a;
DROP TRIGGER "~zz_a__sync" ON a;
DROP FUNCTION zz_a__sync();
DROP VIEW aa;
DROP VIEW v;
ALTER TABLE a RENAME TO a__old;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('a__old', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'a_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'a__old_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE a__new RENAME TO a;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('a', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'a__new_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'a_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE b RENAME CONSTRAINT b_a_id_fkey TO b_a_id_fkey__old;
ALTER TABLE b RENAME CONSTRAINT b_a_id_fkey__new TO b_a_id_fkey;
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
CREATE OR REPLACE FUNCTION zz_a__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table a__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['a__old'];
  forgelua_here boolean := coalesce(to_regclass('a') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 a__old.x%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'a__old' ORDER BY 1
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
          SELECT 'a__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'a__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE a__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM a__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM a__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id);
      ELSE
        DELETE FROM a__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), (xx), y FROM (SELECT * FROM a WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), (xx), y FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'a__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT (xx) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE a__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM a__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM a__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM a WHERE id = OLD.id);
          ELSE
            DELETE FROM a__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), forgelua_held2, y FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'a__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
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
REVOKE EXECUTE ON FUNCTION zz_a__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_a__sync" AFTER INSERT OR UPDATE OR DELETE ON a FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
CREATE TRIGGER "~zz_a__sync_all" AFTER TRUNCATE ON a FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
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
CREATE OR REPLACE FUNCTION zz_a__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > xx (new);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_679abfb2_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.xx IS NULL AND (forgelua_seen IS NULL OR NEW.xx::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.xx := (SELECT COALESCE(xx, 'n') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'a__sync_2', TG_OP, 'xx', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.xx := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_679abfb2_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_679abfb2_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.xx::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_a__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_a__sync_2" BEFORE INSERT OR UPDATE ON a FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_a__sync_2('first');
CREATE TRIGGER "~zz_a__sync_2" BEFORE INSERT OR UPDATE ON a FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_a__sync_2();
CREATE VIEW v AS
SELECT a.id, a.xx AS x FROM a;
CREATE VIEW aa AS
SELECT id, xx, y FROM a;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('a__old', 'id');
  mine regclass := pg_get_serial_sequence('a', 'id');
BEGIN
  IF held IS NULL OR mine IS NULL THEN RETURN; END IF;
  IF pg_sequence_last_value(held) IS NOT NULL THEN
    PERFORM setval(mine, greatest(pg_sequence_last_value(held), coalesce(pg_sequence_last_value(mine), 0)));
  END IF;
END
$forgelua$;
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
\echo 'step 7 of 22: done'
-- Application: Deploy the application that uses a as the new schema has it, together with this step.

-- ============================================================================
-- Step 8 of 22, switch: Stop every application that writes b
--   Id:           b/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 8 of 22: Stop every application that writes b'
-- Nothing to run in the database.
\echo 'step 8 of 22: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes b.

-- ============================================================================
-- Step 9 of 22, switch: Back up b
--   Id:           b/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 22: Back up b'
-- Nothing to run in the database.
\echo 'step 9 of 22: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM b.

-- ============================================================================
-- Step 10 of 22, switch: Change the type of b.a_id; Rename b.a_id to aid; Rename the foreign key b_a_id_fkey to b_aid_fkey
--   Id:           b.a_id/switch/type
--   Why:          the engine does this in place; metadata only; both names cannot be served at once this way; metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (unknown), rewrites the table, scans the table
--   Estimate:     unknown
--   Applications: old BREAKS, new works; statements that say a_id fail from here; those that say aid failed until here; statements that name it (hints) must follow
--   Way back:     loses values of b.a_id that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type, rename
-- ============================================================================
\echo 'step 10 of 22: Change the type of b.a_id; Rename b.a_id to aid; Rename the foreign key b_a_id_fkey to b_aid_fkey'
BEGIN;
ALTER TABLE b ALTER COLUMN a_id TYPE bigint USING CAST(a_id AS bigint);
ALTER TABLE b RENAME COLUMN a_id TO aid;
ALTER TABLE b RENAME CONSTRAINT b_a_id_fkey TO b_aid_fkey;
COMMIT;
\echo 'step 10 of 22: done'
-- Application: Deploy the application that says aid together with this step.

-- ============================================================================
-- Step 11 of 22, switch: Validate b
--   Id:           b/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 22: Validate b'
-- Nothing to run in the database.
\echo 'step 11 of 22: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 12 of 22, switch: Start the new application
--   Id:           b/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 22: Start the new application'
-- Nothing to run in the database.
\echo 'step 12 of 22: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 13 of 22, switch: Rename a to aa
--   Id:           a/switch/rename-table
--   Why:          metadata only; a view keeps the old name alive
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   a, aa
--   Note:         a trigger is dropped; the view is locked with the tables that it reads; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both names work until contract
--   Way back:     yes, nothing is lost
--   Hazards:      rename
-- ============================================================================
\echo 'step 13 of 22: Rename a to aa'
BEGIN;
LOCK TABLE aa, a IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['a', 'aa']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['a', 'aa']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_a__sync_all" ON a;
DROP TRIGGER "~zz_a__sync" ON a;
DROP FUNCTION zz_a__sync();
DROP VIEW aa;
ALTER TABLE a RENAME TO aa;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('aa', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 'a_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 'aa_id_seq');
  END IF;
END
$forgelua$;
CREATE VIEW a AS
SELECT id, xx, y FROM aa;
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
CREATE OR REPLACE FUNCTION zz_a__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table a__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['a__old'];
  forgelua_here boolean := coalesce(to_regclass('aa') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 a__old.x%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'a__old' ORDER BY 1
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
          SELECT 'a__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'a__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE a__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM aa WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM a__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM a__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM aa WHERE id = OLD.id);
      ELSE
        DELETE FROM a__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), (xx), y FROM (SELECT * FROM aa WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), (xx), y FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'a__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT (xx) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE a__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM aa WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM a__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM a__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM aa WHERE id = OLD.id);
          ELSE
            DELETE FROM a__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO a__old AS forgelua_to (id, x, y) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), forgelua_held2, y FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET x = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.xx)::record *<> ROW(OLD.xx)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.x ELSE EXCLUDED.x END, y = EXCLUDED.y;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'a__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
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
REVOKE EXECUTE ON FUNCTION zz_a__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_a__sync" AFTER INSERT OR UPDATE OR DELETE ON aa FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
CREATE TRIGGER "~zz_a__sync_all" AFTER TRUNCATE ON aa FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_a__sync();
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
\echo 'step 13 of 22: done'

-- ============================================================================
-- Step 14 of 22, switch: Change the view v
--   Id:           v/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   aa
--   Note:         the view is locked (ACCESS EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
\echo 'step 14 of 22: Change the view v'
BEGIN;
DO $forgelua1$
DECLARE
  held record;
  one record;
  again text[];
  columns text[];
  of_columns text[];
BEGIN
  SELECT oid, relowner::regrole AS owner, relacl AS acl, (SELECT string_agg(format('%I = %L', option_name, option_value), ', ')
    FROM pg_options_to_table(reloptions) WHERE option_name NOT IN ('security_invoker', 'check_option')) AS options
  INTO STRICT held FROM pg_class WHERE oid = 'v'::regclass;
  SELECT array_agg(x.text ORDER BY x.text) INTO again FROM (
    SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t WHERE t.tgrelid = held.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = held.oid AND r.rulename <> '_RETURN') AS x;
  SELECT array_agg(a.attname ORDER BY a.attnum, x.text), array_agg(x.text ORDER BY a.attnum, x.text) INTO columns, of_columns
  FROM pg_attribute a CROSS JOIN LATERAL (
    SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', 'v', a.attname, pg_get_expr(f.adbin, f.adrelid)) AS text
    FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    UNION ALL
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', 'v', a.attname, d.description)
    FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    UNION ALL
    SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, 'v',
      CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
      CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM aclexplode(a.attacl) AS g) AS x
  WHERE a.attrelid = held.oid AND a.attnum > 0;
  BEGIN
    EXECUTE $forgelua$CREATE OR REPLACE VIEW v AS
SELECT aa.id, aa.xx FROM aa$forgelua$;
  EXCEPTION WHEN invalid_table_definition OR feature_not_supported THEN
    EXECUTE 'DROP VIEW v';
    EXECUTE $forgelua$CREATE VIEW v AS
SELECT aa.id, aa.xx FROM aa$forgelua$;
    EXECUTE format('ALTER VIEW %s OWNER TO %s', 'v', held.owner);
    FOR one IN SELECT * FROM aclexplode(held.acl) LOOP
      EXECUTE format('GRANT %s ON %s TO %s%s', one.privilege_type, 'v',
        CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE one.grantee::regrole::text END,
        CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
    FOR one IN SELECT x.text FROM unnest(columns, of_columns) AS x (name, text)
      JOIN pg_attribute a ON a.attrelid = 'v'::regclass AND a.attname = x.name LOOP
      EXECUTE one.text;
    END LOOP;
    FOR one IN SELECT unnest(again) AS text LOOP
      EXECUTE one.text;
    END LOOP;
  END;
  IF held.options IS NOT NULL THEN
    EXECUTE format('ALTER VIEW %s SET (%s)', 'v', held.options);
  END IF;
END
$forgelua1$;
COMMIT;
\echo 'step 14 of 22: done'

-- ============================================================================
-- Step 15 of 22, contract: Drop the view that served the old name a
--   Id:           aa/contract/drop-old-name
--   Why:          no application says the old name any more
--   Lock:         none
--   Note:         only the view is locked (ACCESS EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name a fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      drop view
-- ============================================================================
\echo 'step 15 of 22: Drop the view that served the old name a'
BEGIN;
DROP VIEW a;
COMMIT;
\echo 'step 15 of 22: done'
-- Application: Check that no application, report or job names a any more.

-- ============================================================================
-- Step 16 of 22, contract: Drop the foreign key b_a_id_fkey__old of b to the table that goes
--   Id:           b.b_a_id_fkey__old/contract/cut-incoming
--   Why:          the table that it refers to goes; the same key to the new table stands
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   a__old
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 16 of 22: Drop the foreign key b_a_id_fkey__old of b to the table that goes'
BEGIN;
ALTER TABLE b DROP CONSTRAINT b_a_id_fkey__old;
COMMIT;
\echo 'step 16 of 22: done'

-- ============================================================================
-- Step 17 of 22, contract: From here the way back copies aa into a__old again
--   Id:           aa/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 22: From here the way back copies aa into a__old again'
-- Nothing to run in the database.
\echo 'step 17 of 22: done'

-- ============================================================================
-- Step 18 of 22, contract: Drop the trigger that filled xx of aa
--   Id:           aa/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 18 of 22: Drop the trigger that filled xx of aa'
BEGIN;
DROP TRIGGER "~zz_a__sync_2" ON aa;
DROP TRIGGER "!zz_a__sync_2" ON aa;
DROP FUNCTION zz_a__sync_2();
COMMIT;
\echo 'step 18 of 22: done'
-- Application: Check that every deployed version writes xx.

-- ============================================================================
-- Step 19 of 22, contract: Stop repeating writes to aa on a__old
--   Id:           aa/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 19 of 22: Stop repeating writes to aa on a__old'
BEGIN;
DROP TRIGGER "~zz_a__sync_all" ON aa;
DROP TRIGGER "~zz_a__sync" ON aa;
DROP FUNCTION zz_a__sync();
COMMIT;
\echo 'step 19 of 22: done'

-- ============================================================================
-- Step 20 of 22, contract: Drop a__old
--   Id:           aa/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     loses values of aa.x that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 20 of 22: Drop a__old'
BEGIN;
DROP TABLE a__old;
COMMIT;
\echo 'step 20 of 22: done'

-- ============================================================================
-- Step 21 of 22, contract: Drop aa.y
--   Id:           aa.y/contract/drop-column
--   Why:          no application reads or writes it any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that name aa.y fail from here
--   Way back:     loses the values of aa.y: the way back adds it again with NULL in every row
--   Hazards:      drop
-- ============================================================================
\echo 'step 21 of 22: Drop aa.y'
BEGIN;
ALTER TABLE aa DROP COLUMN y;
COMMIT;
\echo 'step 21 of 22: done'
-- Application: Check that no application, report or job names aa.y any more.

-- ============================================================================
-- Step 22 of 22, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 22 of 22: Remove the progress and error tables'
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
\echo 'step 22 of 22: done'

\echo 'forward: done'
