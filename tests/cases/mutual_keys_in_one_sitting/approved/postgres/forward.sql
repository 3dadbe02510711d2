-- Forward, every phase of migration mutual_keys_in_one_sitting
-- Tables that refer to each other grow in development, and a column of one of them is computed anew
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 1 must not be done at this point: Create depts__new in the new shape of depts. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'depts__new' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create depts__new in the new shape of depts', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 6 must not be done at this point: Swap the copy of depts in. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid WHERE n.nspname = 'public' AND c.relname = 'depts' AND t.tgname = '~zz_depts__sync_2' AND position('-- forgelua: fill  > title (new);' in p.prosrc) > 0) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 6 must not be done at this point: Swap the copy of depts in', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: step 9 must not be done at this point: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'staff' AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND ARRAY(SELECT unnest(c.reloptions) ORDER BY 1) = ARRAY(SELECT unnest(ARRAY[]::text[]) ORDER BY 1) AND coalesce(obj_description(c.oid, 'pg_class'), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'people' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 9 must not be done at this point: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 17, expand: Create depts__new in the new shape of depts
--   Id:           depts/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   people
--   Note:         on the tables that its foreign keys refer to
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 17: Create depts__new in the new shape of depts'
-- Check: no trigger, policy, rule or statistics object of depts that this plan does not know: a copy would lose it. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT (SELECT count(*) FROM pg_trigger x WHERE x.tgrelid = to_regclass('depts') AND NOT x.tgisinternal AND x.tgname !~ '^[!~]?zz_') + (SELECT count(*) FROM pg_policy x WHERE x.polrelid = to_regclass('depts')) + (SELECT count(*) FROM pg_rewrite x WHERE x.ev_class = to_regclass('depts')) + (SELECT count(*) FROM pg_statistic_ext x WHERE x.stxrelid = to_regclass('depts')) + (SELECT count(*) FROM pg_publication_rel x WHERE x.prrelid = to_regclass('depts')) + (SELECT count(*) FROM pg_class x WHERE x.oid = to_regclass('depts') AND x.relrowsecurity))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no trigger, policy, rule or statistics object of depts that this plan does not know: a copy would lose it', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
CREATE TABLE depts__new (
  id bigint NOT NULL,
  head bigint,
  title varchar(19) DEFAULT '?' NOT NULL,
  CONSTRAINT depts_pkey__new PRIMARY KEY (id)
);
ALTER TABLE depts__new ADD CONSTRAINT depts_head_fkey FOREIGN KEY (head) REFERENCES people (id);
COMMIT;
\echo 'step 1 of 17: done'

-- ============================================================================
-- Step 2 of 17, migrate: Repeat every write to depts on depts__new
--   Id:           depts/migrate/sync
--   Why:          rows that change while the others are copied reach the copy, too
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Note:         a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; each write to the table costs a second one
--   Way back:     yes, nothing is lost
--   Hazards:      trigger, sync
-- ============================================================================
\echo 'step 2 of 17: Repeat every write to depts on depts__new'
-- Check: every row of depts gives title a value. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM depts WHERE (COALESCE(title, 'none')) IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of depts gives title a value', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of depts points at a missing row of staff. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT CAST(head AS bigint) AS head FROM depts) AS child_row WHERE child_row.head IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people AS parent_row WHERE parent_row.id = child_row.head))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of depts points at a missing row of staff', '0', forgelua_actual;
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
CREATE OR REPLACE FUNCTION zz_depts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table depts__new;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['depts__new'];
  forgelua_here boolean := coalesce(to_regclass('depts') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'depts__new' ORDER BY 1
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
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'depts__new']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE depts__new SET id = (SELECT CAST(id AS bigint) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__new WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM depts__new WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
      ELSE
        DELETE FROM depts__new WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO depts__new AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM (SELECT * FROM depts WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO depts__new AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'depts__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
  END;
  PERFORM set_config('forgelua.sync', '', true);
  RETURN NULL;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_depts__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_depts__sync" AFTER INSERT OR UPDATE OR DELETE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
CREATE TRIGGER "~zz_depts__sync_all" AFTER TRUNCATE ON depts FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
COMMIT;
\echo 'step 2 of 17: done'

-- ============================================================================
-- Step 3 of 17, migrate: Copy the rows of depts into depts__new
--   Id:           depts/migrate/copy
--   Why:          an unknown number of rows, 100000 a batch: no batch holds its locks for long
--   Lock:         row locks, one batch at a time, 5 s at most
--   Also locks:   depts__new
--   Note:         rows are locked for the length of a batch
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      backfill, replica lag, disk
-- ============================================================================
\echo 'step 3 of 17: Copy the rows of depts into depts__new'
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
  this_work CONSTANT text := 'depts/migrate/copy';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'depts__new'::regclass AND attname IN ('id', 'head', 'title')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'depts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 depts.id%TYPE;
  hi1 depts.id%TYPE;
  stop1 depts.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'depts'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM depts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM depts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM depts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'copy', true);
    n := NULL;
    bad := 0;
    BEGIN
      INSERT INTO depts__new (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 FOR SHARE
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
      FOR one IN SELECT * FROM depts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          INSERT INTO depts__new (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS bigint), CAST(head AS bigint), COALESCE(title, 'none') FROM depts WHERE id = one.id FOR SHARE
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
    SELECT id INTO lo1 FROM depts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE EXCEPTION '% of depts could not be carried over', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'step 3 of 17: done'
-- Check: every row has an equal one in the copy. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT CAST(id AS bigint) AS id, CAST(head AS bigint) AS head, CAST(COALESCE(title, 'none') AS varchar(19)) AS title FROM depts) AS source WHERE NOT EXISTS (SELECT 1 FROM depts__new AS copied WHERE copied.id = source.id AND (copied.head = source.head OR (copied.head IS NULL AND source.head IS NULL)) AND (copied.title = source.title OR (copied.title IS NULL AND source.title IS NULL))))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row has an equal one in the copy', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 4 of 17, switch: Add the foreign key people_dept_id_fkey__new on people, not yet validated
--   Id:           people.people_dept_id_fkey__new/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   depts__new
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 4 of 17: Add the foreign key people_dept_id_fkey__new on people, not yet validated'
-- Check: step 3 has come to its end: Copy the rows of depts into depts__new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_backfill_progress WHERE id = 'depts/migrate/copy' AND state = 'done')::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 has come to its end: Copy the rows of depts into depts__new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT count(*) FROM forgelua_sync_errors WHERE sync = 'depts__sync')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of depts stands in forgelua_sync_errors (mend it in depts, then delete it from the log)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of people points at a missing row of depts__new. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM people AS child_row WHERE child_row.dept_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM depts__new AS parent_row WHERE parent_row.id = child_row.dept_id))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of people points at a missing row of depts__new', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE people ADD CONSTRAINT people_dept_id_fkey__new FOREIGN KEY (dept_id) REFERENCES depts__new (id) NOT VALID;
COMMIT;
\echo 'step 4 of 17: done'

-- ============================================================================
-- Step 5 of 17, switch: Validate the foreign key people_dept_id_fkey__new on people
--   Id:           people.people_dept_id_fkey__new/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Also locks:   depts__new
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 5 of 17: Validate the foreign key people_dept_id_fkey__new on people'
BEGIN;
ALTER TABLE people VALIDATE CONSTRAINT people_dept_id_fkey__new;
COMMIT;
\echo 'step 5 of 17: done'

-- ============================================================================
-- Step 6 of 17, switch: Swap the copy of depts in
--   Id:           depts/switch/swap
--   Why:          renames only, in one piece: no session finds a table missing or half changed
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   people
--   Note:         a trigger is dropped; a trigger is added
--   Estimate:     under 1 s
--   Applications: old works, new works; both applications find the table under its name
--   Way back:     loses values of depts that the old table cannot hold, and whole rows whose key it cannot hold, with what refers to them; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors
--   Hazards:      swap
-- ============================================================================
\echo 'step 6 of 17: Swap the copy of depts in'
BEGIN;
LOCK TABLE depts, depts__new, people IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['depts', 'depts__new']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['depts', 'depts__new']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_depts__sync_all" ON depts;
DROP TRIGGER "~zz_depts__sync" ON depts;
DROP FUNCTION zz_depts__sync();
ALTER TABLE depts RENAME TO depts__old;
ALTER TABLE depts__new RENAME TO depts;
ALTER TABLE depts__old RENAME CONSTRAINT depts_pkey TO depts_pkey__old;
ALTER TABLE depts RENAME CONSTRAINT depts_pkey__new TO depts_pkey;
ALTER TABLE people RENAME CONSTRAINT people_dept_id_fkey TO people_dept_id_fkey__old;
ALTER TABLE people RENAME CONSTRAINT people_dept_id_fkey__new TO people_dept_id_fkey;
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
CREATE OR REPLACE FUNCTION zz_depts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: table depts__old;
#variable_conflict use_column
DECLARE
  forgelua_held record;
  forgelua_more text[];
  forgelua_copies text[] := ARRAY['depts__old'];
  forgelua_here boolean := coalesce(to_regclass('depts') = coalesce(pg_partition_root(TG_RELID), TG_RELID), false);
  forgelua_moved boolean := false;
  forgelua_held2 depts__old.head%TYPE;
  forgelua_held3 depts__old.title%TYPE;
BEGIN
  PERFORM set_config('forgelua.sync', 'on', true);
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      -- What refers to a copy holds it back until it is empty itself: those that this transaction left behind are tried again.
      BEGIN
        FOR forgelua_held IN
          SELECT DISTINCT row_data ->> 0 AS emptied, row_data ->> 1 AS copy FROM forgelua_sync_errors
          WHERE operation = 'TRUNCATE' AND logged_at = now() AND row_data ->> 1 <> 'depts__old' ORDER BY 1
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
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(ARRAY[TG_RELID::regclass::text, 'depts__old']), forgelua_code, forgelua_text;
        EXCEPTION WHEN OTHERS THEN
          RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
        END;
      END;
    END IF;
    IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
      UPDATE depts__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
      WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__old WHERE id = NEW.id);
      forgelua_moved := FOUND;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
      IF forgelua_here THEN
        DELETE FROM depts__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
      ELSE
        DELETE FROM depts__old WHERE id = OLD.id;
      END IF;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') AND forgelua_here THEN
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM (SELECT * FROM depts WHERE id = NEW.id LIMIT 1) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    ELSIF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), CAST(head AS integer), (title) FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    DECLARE
      forgelua_code text := SQLSTATE;
      forgelua_text text := SQLERRM;
    BEGIN
      INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
      SELECT 'depts__sync', TG_OP, NULL, to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END), forgelua_code, forgelua_text;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
    END;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      BEGIN
        BEGIN
          forgelua_held2 := (SELECT CAST(head AS integer) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held2 := NULL;
        END;
        BEGIN
          forgelua_held3 := (SELECT (title) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          forgelua_held3 := NULL;
        END;
        forgelua_moved := false;
        IF TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND forgelua_here THEN
          UPDATE depts__old SET id = (SELECT CAST(id AS integer) FROM (SELECT NEW.*) AS r)
          WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id) AND NOT EXISTS (SELECT FROM depts__old WHERE id = NEW.id);
          forgelua_moved := FOUND;
        END IF;
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(NEW.id)::record *<> ROW(OLD.id)::record AND NOT forgelua_moved) THEN
          IF forgelua_here THEN
            DELETE FROM depts__old WHERE id = OLD.id AND NOT EXISTS (SELECT FROM depts WHERE id = OLD.id);
          ELSE
            DELETE FROM depts__old WHERE id = OLD.id;
          END IF;
        END IF;
      INSERT INTO depts__old AS forgelua_to (id, head, title) OVERRIDING SYSTEM VALUE
      SELECT CAST(id AS integer), forgelua_held2, forgelua_held3 FROM (SELECT NEW.*) AS r
      ON CONFLICT (id) DO UPDATE SET head = EXCLUDED.head, title = CASE WHEN TG_OP = 'UPDATE' AND NOT ROW(NEW.title)::record *<> ROW(OLD.title)::record AND (forgelua_moved OR NOT ROW(NEW.id)::record *<> ROW(OLD.id)::record) THEN forgelua_to.title ELSE EXCLUDED.title END;
      EXCEPTION WHEN OTHERS THEN
        DECLARE
          forgelua_code text := SQLSTATE;
          forgelua_text text := SQLERRM;
        BEGIN
          INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
          SELECT 'depts__sync', TG_OP, NULL, to_jsonb(NEW), forgelua_code, forgelua_text;
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
REVOKE EXECUTE ON FUNCTION zz_depts__sync() FROM PUBLIC;
CREATE TRIGGER "~zz_depts__sync" AFTER INSERT OR UPDATE OR DELETE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
CREATE TRIGGER "~zz_depts__sync_all" AFTER TRUNCATE ON depts FOR EACH STATEMENT WHEN (coalesce(current_setting('forgelua.backfill', true), '') <> 'copy' AND coalesce(current_setting('forgelua.sync', true), '') <> 'on') EXECUTE FUNCTION zz_depts__sync();
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
CREATE OR REPLACE FUNCTION zz_depts__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: fill  > title (new);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF NEW.title IS NULL AND (forgelua_seen IS NULL OR NEW.title::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.title := (SELECT COALESCE(title, 'none') FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'depts__sync_2', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
    forgelua_made[1] := true;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_91b61951_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.title::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_depts__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_depts__sync_2" BEFORE INSERT OR UPDATE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_depts__sync_2('first');
CREATE TRIGGER "~zz_depts__sync_2" BEFORE INSERT OR UPDATE ON depts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_depts__sync_2();
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
\echo 'step 6 of 17: done'
-- Application: Deploy the application that uses depts as the new schema has it.

-- ============================================================================
-- Step 7 of 17, switch: Stop every application that writes skills, people
--   Id:           skills, people/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 7 of 17: Stop every application that writes skills, people'
-- Nothing to run in the database.
\echo 'step 7 of 17: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes skills, people.

-- ============================================================================
-- Step 8 of 17, switch: Back up skills, people
--   Id:           skills, people/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 8 of 17: Back up skills, people'
-- Nothing to run in the database.
\echo 'step 8 of 17: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM skills; SELECT COUNT(*) FROM people.

-- ============================================================================
-- Step 9 of 17, switch: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey
--   Id:           skills.person_id/switch/type
--   Why:          the engine does this in place; the engine does this in place; the engine does this in place; the engine does this in place; metadata only; metadata only; metadata only; metadata only
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; no view that takes writes stands in on this engine, so one name works at a time: people fails from here; statements that name it (hints) must follow; statements that name it (hints) must follow; statements that name it (hints) must follow
--   Way back:     loses values of skills.person_id that integer cannot hold: the way back stops at them until they are changed; values of people.id that integer cannot hold: the way back stops at them until they are changed; values of people.dept_id that integer cannot hold: the way back stops at them until they are changed; values of people.boss that integer cannot hold: the way back stops at them until they are changed
--   Hazards:      type, type, type, type, rename
-- ============================================================================
\echo 'step 9 of 17: Change the type of skills.person_id; Change the type of people.id; Change the type of people.dept_id; Change the type of people.boss; Rename people to staff; Rename the primary key people_pkey to staff_pkey; Rename the foreign key people_dept_id_fkey to staff_dept_id_fkey; Rename the foreign key people_boss_fkey to staff_boss_fkey'
BEGIN;
ALTER TABLE skills ALTER COLUMN person_id TYPE bigint USING CAST(person_id AS bigint);
ALTER TABLE people ALTER COLUMN id TYPE bigint USING CAST(id AS bigint);
ALTER TABLE people ALTER COLUMN dept_id TYPE bigint USING CAST(dept_id AS bigint);
ALTER TABLE people ALTER COLUMN boss TYPE bigint USING CAST(boss AS bigint);
ALTER TABLE people RENAME TO staff;
ALTER TABLE staff RENAME CONSTRAINT people_pkey TO staff_pkey;
ALTER TABLE staff RENAME CONSTRAINT people_dept_id_fkey TO staff_dept_id_fkey;
ALTER TABLE staff RENAME CONSTRAINT people_boss_fkey TO staff_boss_fkey;
COMMIT;
\echo 'step 9 of 17: done'
-- Application: Deploy the application that says staff together with this step.

-- ============================================================================
-- Step 10 of 17, switch: Validate skills, people
--   Id:           skills, people/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 10 of 17: Validate skills, people'
-- Nothing to run in the database.
\echo 'step 10 of 17: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 11 of 17, switch: Start the new application
--   Id:           skills, people/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 17: Start the new application'
-- Nothing to run in the database.
\echo 'step 11 of 17: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 12 of 17, contract: Drop the foreign key people_dept_id_fkey__old of staff to the table that goes
--   Id:           staff.people_dept_id_fkey__old/contract/cut-incoming
--   Why:          the table that it refers to goes; the same key to the new table stands
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   depts__old
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 12 of 17: Drop the foreign key people_dept_id_fkey__old of staff to the table that goes'
BEGIN;
ALTER TABLE staff DROP CONSTRAINT people_dept_id_fkey__old;
COMMIT;
\echo 'step 12 of 17: done'

-- ============================================================================
-- Step 13 of 17, contract: From here the way back copies depts into depts__old again
--   Id:           depts/contract/point-of-return
--   Why:          the old table is about to go; a rollback fills it from the new one before the application reads it
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 13 of 17: From here the way back copies depts into depts__old again'
-- Nothing to run in the database.
\echo 'step 13 of 17: done'

-- ============================================================================
-- Step 14 of 17, contract: Drop the trigger that filled title of depts
--   Id:           depts/contract/stop-filling
--   Why:          every application writes these columns by itself now
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works; rows of an application that leaves the column out are no longer filled
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 17: Drop the trigger that filled title of depts'
BEGIN;
DROP TRIGGER "~zz_depts__sync_2" ON depts;
DROP TRIGGER "!zz_depts__sync_2" ON depts;
DROP FUNCTION zz_depts__sync_2();
COMMIT;
\echo 'step 14 of 17: done'
-- Application: Check that every deployed version writes title.

-- ============================================================================
-- Step 15 of 17, contract: Stop repeating writes to depts on depts__old
--   Id:           depts/contract/stop-sync
--   Why:          nobody needs the old rows any more
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         a trigger is dropped
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 15 of 17: Stop repeating writes to depts on depts__old'
BEGIN;
DROP TRIGGER "~zz_depts__sync_all" ON depts;
DROP TRIGGER "~zz_depts__sync" ON depts;
DROP FUNCTION zz_depts__sync();
COMMIT;
\echo 'step 15 of 17: done'

-- ============================================================================
-- Step 16 of 17, contract: Drop depts__old
--   Id:           depts/contract/drop-old
--   Why:          every application uses the new one
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   staff
--   Note:         the tables that its foreign keys refer to are locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     loses values of depts.title that do not come back unchanged
--   Hazards:      drop
-- ============================================================================
\echo 'step 16 of 17: Drop depts__old'
BEGIN;
DROP TABLE depts__old;
COMMIT;
\echo 'step 16 of 17: done'

-- ============================================================================
-- Step 17 of 17, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
--   Why:          they served the backfills and the dual-write, which are over
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 17 of 17: Remove the progress and error tables'
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
\echo 'step 17 of 17: done'

\echo 'forward: done'
