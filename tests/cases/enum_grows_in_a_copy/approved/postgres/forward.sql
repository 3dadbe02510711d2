-- Forward, every phase of migration enum_grows_in_a_copy
-- A state gets another value, its column another name, and its table a larger key
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
-- Check: step 2 must not be done at this point: Create t__new in the new shape of t. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't__new' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must not be done at this point: Create t__new in the new shape of t', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: alter_column t.id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 't' AND a.attname = 'id' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'bigint' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = 'd' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: alter_column t.id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 9, expand: Alter the enum st
--   Id:           st/expand/alter-enum
--   Why:          its definition changes
--   Lock:         none
--   Note:         a new value can be used once the transaction has committed
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses rows that hold 'z' of st: the way back stops at them until they are changed
-- ============================================================================
\echo 'step 1 of 9: Alter the enum st'
BEGIN;
ALTER TYPE st ADD VALUE 'z';
COMMIT;
\echo 'step 1 of 9: done'

-- ============================================================================
-- Step 2 of 9, expand: Create t__new in the new shape of t
--   Id:           t/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      disk
-- ============================================================================
\echo 'step 2 of 9: Create t__new in the new shape of t'
-- Check: no trigger, policy, rule or statistics object of t that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('t') AND NOT x.tgisinternal AND x.tgname NOT LIKE 'zz\_%') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('t')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('t')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('t')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('t')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('t') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of t that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE t__new (
  id bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  status st DEFAULT 'z' NOT NULL,
  CONSTRAINT t_pkey__new PRIMARY KEY (id)
);
COMMIT;
\echo 'step 2 of 9: done'

-- ============================================================================
-- Step 3 of 9, migrate: Repeat every write to t on t__new
--   Id:           t/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 3 of 9: Repeat every write to t on t__new'
-- Check: every row of t gives status a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM t WHERE (st) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of t gives status a value', '0', forgelua_actual;
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table t__new;
#variable_conflict use_column
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      TRUNCATE t__new;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN
      DELETE FROM t__new WHERE id = OLD.id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO t__new (id, status) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), st FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      VALUES ('t__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text);
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER zz_t__sync AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER zz_t__sync_all AFTER TRUNCATE ON t FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_t__sync();
COMMIT;
\echo 'step 3 of 9: done'

-- ============================================================================
-- Step 4 of 9, migrate: Copy the rows of t into t__new
--   Id:           t/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   t__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 4 of 9: Copy the rows of t into t__new'
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
  this_work CONSTANT text := 't/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 't__new'::regclass AND attname IN ('id', 'status')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname LIKE 'zz\_%') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 t.id%TYPE;
  hi1 t.id%TYPE;
  stop1 t.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 't'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM t ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM t ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO t__new (id, status) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), st FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM t WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO t__new (id, status) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), st FROM t WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM t WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of t could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 4 of 9: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT CAST(id AS bigint) AS id, st AS status FROM t) AS source WHERE NOT EXISTS (SELECT 1 FROM t__new AS copied WHERE copied.id = source.id AND (copied.status = source.status OR (copied.status IS NULL AND source.status IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 5 of 9, switch: Swap the copy of t in
--   Id:           t/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; statements that say t.st fail from here
--   Way back:     loses values of t that the old table cannot hold; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
\echo 'step 5 of 9: Swap the copy of t in'
-- Check: step 4 has come to its end: Copy the rows of t into t__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 't/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 4 has come to its end: Copy the rows of t into t__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 't__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of t stands in forgelua_sync_errors (mend it in t, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
LOCK TABLE t, t__new IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['t', 't__new']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['t', 't__new']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER zz_t__sync_all ON t;
DROP TRIGGER zz_t__sync ON t;
DROP FUNCTION zz_t__sync();
ALTER TABLE t RENAME TO t__old;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('t__old', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 't_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 't__old_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE t__new RENAME TO t;
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('t', 'id');
BEGIN
  IF (SELECT relname FROM pg_class WHERE oid = held) = 't__new_id_seq' THEN
    EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', held, 't_id_seq');
  END IF;
END
$forgelua$;
ALTER TABLE t__old RENAME CONSTRAINT t_pkey TO t_pkey__old;
ALTER TABLE t RENAME CONSTRAINT t_pkey__new TO t_pkey;
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
CREATE OR REPLACE FUNCTION zz_t__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table t__old;
#variable_conflict use_column
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      TRUNCATE t__old;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN
      DELETE FROM t__old WHERE id = OLD.id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO t__old (id, st) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), status FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET st = EXCLUDED.st;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      VALUES ('t__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text);
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_t__sync() FROM PUBLIC;
CREATE TRIGGER zz_t__sync AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_t__sync();
CREATE TRIGGER zz_t__sync_all AFTER TRUNCATE ON t FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_t__sync();
DO $forgelua$
DECLARE
  held regclass := pg_get_serial_sequence('t__old', 'id');
  mine regclass := pg_get_serial_sequence('t', 'id');
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
\echo 'step 5 of 9: done'
-- Application: Deploy the application that uses t as the new schema has it, together with this step.

-- ============================================================================
-- Step 6 of 9, contract: From here the way back copies t into t__old again
--   Id:           t/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 9: From here the way back copies t into t__old again'
-- Nothing to run in the database.
\echo 'step 6 of 9: done'

-- ============================================================================
-- Step 7 of 9, contract: Stop repeating writes to t on t__old
--   Id:           t/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 7 of 9: Stop repeating writes to t on t__old'
BEGIN;
DROP TRIGGER zz_t__sync_all ON t;
DROP TRIGGER zz_t__sync ON t;
DROP FUNCTION zz_t__sync();
COMMIT;
\echo 'step 7 of 9: done'

-- ============================================================================
-- Step 8 of 9, contract: Drop t__old
--   Id:           t/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
--   Hazards:      drop
-- ============================================================================
\echo 'step 8 of 9: Drop t__old'
BEGIN;
DROP TABLE t__old;
COMMIT;
\echo 'step 8 of 9: done'

-- ============================================================================
-- Step 9 of 9, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 9: Remove the progress and error tables'
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
\echo 'step 9 of 9: done'

\echo 'forward: done'
