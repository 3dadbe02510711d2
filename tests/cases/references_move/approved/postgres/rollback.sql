-- WARNING: rollback is destructive — counters_pkey data will be lost: what held rows of counters apart by counters_pkey: the way back stops where two agree in the rest of it.
-- WARNING: rollback is destructive — counters.id data will be lost: rows written without id get 0 there on the way back.
-- WARNING: rollback is destructive — part_kind data will be lost: what parts.kind points at: the rows of old_kinds do not come back.
-- WARNING: rollback is destructive — counters.id data will be lost: the values of counters.id: the way back adds it again with NULL in every row.
-- WARNING: rollback is destructive — items.old_kind data will be lost: the values of items.old_kind: the way back adds it again with NULL in every row.
-- WARNING: rollback is destructive — old_kinds data will be lost: the rows of old_kinds: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration references_move
-- Foreign keys go over to another table while the one that they referred to goes, named ones and unnamed ones
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Check: step 12 must be done before this: Drop the table old_kinds. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'old_kinds' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 12 must be done before this: Drop the table old_kinds', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: counters has no second row. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN COUNT(*) > 1 THEN 1 ELSE 0 END FROM counters)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'counters has no second row', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 13 of 13, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 13 of 13: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 13 of 13: done'

-- ============================================================================
-- Undo step 12 of 13, contract: Drop the table old_kinds
--   Id:           old_kinds/contract/drop-table
--   Loses:        the rows of old_kinds: the way back creates it empty
-- ============================================================================
\echo 'undo step 12 of 13: Drop the table old_kinds'
BEGIN;
CREATE TABLE old_kinds (
  id integer NOT NULL,
  name varchar(9),
  CONSTRAINT old_kinds_pkey PRIMARY KEY (id)
);
COMMIT;
\echo 'undo step 12 of 13: done'

-- ============================================================================
-- Undo step 11 of 13, contract: Drop items.old_kind
--   Id:           items.old_kind/contract/drop-column
--   Loses:        the values of items.old_kind: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 11 of 13: Drop items.old_kind'
BEGIN;
ALTER TABLE items ADD COLUMN old_kind integer;
COMMIT;
\echo 'undo step 11 of 13: done'

-- ============================================================================
-- Undo step 10 of 13, contract: Drop counters.id
--   Id:           counters.id/contract/drop-column
--   Loses:        the values of counters.id: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 10 of 13: Drop counters.id'
BEGIN;
ALTER TABLE counters ADD COLUMN id integer;
COMMIT;
\echo 'undo step 10 of 13: done'

-- ============================================================================
-- Undo step 9 of 13, switch: Let the new definition take over the foreign key part_kind on parts
--   Id:           parts.part_kind/switch/take-over
--   Estimate:     unknown
--   Loses:        what parts.kind points at: the rows of old_kinds do not come back
-- ============================================================================
\echo 'undo step 9 of 13: Let the new definition take over the foreign key part_kind on parts'
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
  this_work CONSTANT text := 'parts.part_kind/switch/take-over (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'parts'::regclass AND attname IN ('kind')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'parts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 parts.id%TYPE;
  hi1 parts.id%TYPE;
  stop1 parts.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'parts'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM parts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM parts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE parts SET kind = NULL WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND (parts.kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM old_kinds AS parent_row WHERE parent_row.id = parts.kind));
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
      FOR one IN SELECT * FROM parts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE parts SET kind = NULL WHERE id = one.id AND (parts.kind IS NOT NULL AND NOT EXISTS (SELECT 1 FROM old_kinds AS parent_row WHERE parent_row.id = parts.kind));
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
    SELECT id INTO lo1 FROM parts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of parts could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE parts RENAME CONSTRAINT part_kind TO part_kind__new;
ALTER TABLE parts ADD CONSTRAINT part_kind FOREIGN KEY (kind) REFERENCES old_kinds (id);
COMMIT;
\echo 'undo step 9 of 13: done'

-- ============================================================================
-- Undo step 8 of 13, switch: Validate the foreign key part_kind__new on parts
--   Id:           parts.part_kind__new/switch/validate
-- ============================================================================
\echo 'undo step 8 of 13: Validate the foreign key part_kind__new on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT part_kind__new, ADD CONSTRAINT part_kind__new FOREIGN KEY (kind) REFERENCES kinds (id) NOT VALID;
COMMIT;
\echo 'undo step 8 of 13: done'

-- ============================================================================
-- Undo step 7 of 13, switch: Add the foreign key part_kind__new on parts, not yet validated
--   Id:           parts.part_kind__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 7 of 13: Add the foreign key part_kind__new on parts, not yet validated'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT part_kind__new;
COMMIT;
\echo 'undo step 7 of 13: done'

-- ============================================================================
-- Undo step 6 of 13, switch: Validate the foreign key items_kind_fkey on items
--   Id:           items.items_kind_fkey/switch/validate
-- ============================================================================
\echo 'undo step 6 of 13: Validate the foreign key items_kind_fkey on items'
BEGIN;
ALTER TABLE items DROP CONSTRAINT items_kind_fkey, ADD CONSTRAINT items_kind_fkey FOREIGN KEY (kind) REFERENCES kinds (id) NOT VALID;
COMMIT;
\echo 'undo step 6 of 13: done'

-- ============================================================================
-- Undo step 5 of 13, switch: Add the foreign key items_kind_fkey on items, not yet validated
--   Id:           items.items_kind_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 5 of 13: Add the foreign key items_kind_fkey on items, not yet validated'
BEGIN;
ALTER TABLE items DROP CONSTRAINT items_kind_fkey;
COMMIT;
\echo 'undo step 5 of 13: done'

-- ============================================================================
-- Undo step 4 of 13, switch: Allow NULL in counters.id, which goes
--   Id:           counters.id/switch/stop-insisting
--   Estimate:     unknown
--   Loses:        rows written without id get 0 there on the way back
-- ============================================================================
\echo 'undo step 4 of 13: Allow NULL in counters.id, which goes'
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
  this_work CONSTANT text := 'counters.id/switch/stop-insisting (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'counters'::regclass AND attname IN ('id')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'counters'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  page bigint := 0;
  pages bigint;
  pages_at_once bigint;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'counters'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT pg_relation_size(oid) / current_setting('block_size')::bigint, greatest(1,
    (100000 / CASE WHEN reltuples > 0 AND relpages > 0 THEN reltuples / relpages ELSE 50 END)::bigint)
  INTO pages, pages_at_once FROM pg_class WHERE oid = 'counters'::regclass;
  IF held.cursor IS NOT NULL THEN page := held.cursor ->> 0; END IF;
  COMMIT;
  LOOP
    EXIT WHEN page >= pages;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE counters SET id = 0 WHERE ctid >= format('(%s,0)', forgelua.page)::tid AND ctid < format('(%s,0)', forgelua.page + forgelua.pages_at_once)::tid AND (id IS NULL);
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
      FOR one IN SELECT ctid, * FROM counters WHERE ctid >= format('(%s,0)', forgelua.page)::tid AND ctid < format('(%s,0)', forgelua.page + forgelua.pages_at_once)::tid LOOP
        BEGIN
          UPDATE counters SET id = 0 WHERE ctid = one.ctid AND (id IS NULL);
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_array(one.ctid::text), to_jsonb(one), SQLSTATE, SQLERRM);
        END;
      END LOOP;
    END IF;
    attempt := 0;
    UPDATE forgelua_backfill_progress AS p
    SET cursor = jsonb_build_array(forgelua.page + forgelua.pages_at_once), rows_done = p.rows_done + forgelua.n, bad_rows = p.bad_rows + forgelua.bad,
        updated_at = clock_timestamp()
    WHERE p.id = forgelua.this_work;
    COMMIT;
    page := page + pages_at_once;
    EXIT WHEN page >= pages;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of counters could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE counters ALTER COLUMN id SET NOT NULL;
COMMIT;
\echo 'undo step 4 of 13: done'

-- ============================================================================
-- Undo step 3 of 13, switch: Drop the primary key counters_pkey on counters
--   Id:           counters.counters_pkey/switch/drop-primary-key
--   Loses:        what held rows of counters apart by counters_pkey: the way back stops where two agree in the rest of it
-- ============================================================================
\echo 'undo step 3 of 13: Drop the primary key counters_pkey on counters'
BEGIN;
ALTER TABLE counters ADD CONSTRAINT counters_pkey PRIMARY KEY (id);
COMMIT;
\echo 'undo step 3 of 13: done'

-- ============================================================================
-- Undo step 2 of 13, expand: Drop the foreign key items_old_kind_fkey on items
--   Id:           items.items_old_kind_fkey/expand/drop-foreign-key
-- ============================================================================
\echo 'undo step 2 of 13: Drop the foreign key items_old_kind_fkey on items'
BEGIN;
ALTER TABLE items ADD CONSTRAINT items_old_kind_fkey FOREIGN KEY (old_kind) REFERENCES old_kinds (id);
COMMIT;
\echo 'undo step 2 of 13: done'

-- ============================================================================
-- Undo step 1 of 13, expand: Add items.kind
--   Id:           items.kind/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 13: Add items.kind'
BEGIN;
ALTER TABLE items DROP COLUMN kind;
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
\echo 'undo step 1 of 13: done'

\echo 'rollback: done'
