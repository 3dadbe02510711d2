-- WARNING: rollback is destructive — posts.votes data will be lost: values of marks that votes cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors.
-- WARNING: rollback is destructive — posts.tags__old data will be lost: values of tags that do not come back from tags unchanged; values of marks that votes cannot hold.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration arrays_of_text
-- Arrays whose elements get a narrower and a wider type
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
-- Check: step 11 must be done before this: Drop the old column tags__old, votes of posts. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'posts' AND a.attname = 'tags__old' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 11 must be done before this: Drop the old column tags__old, votes of posts', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: alter_column posts.tags. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'posts' AND a.attname = 'tags' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'character varying(20)[]' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: alter_column posts.tags', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every marks of posts can be held as integer[]. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM posts WHERE EXISTS (SELECT FROM unnest(marks) AS forgelua_element WHERE forgelua_element < -2147483648 OR forgelua_element > 2147483647))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every marks of posts can be held as integer[]', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of posts has NULL in votes (votes is marks by now). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM posts WHERE marks IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of posts has NULL in votes (votes is marks by now)', '0', forgelua_actual;
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
-- Undo step 11 of 12, contract: Drop the old column tags__old, votes of posts
--   Id:           posts.tags/contract/drop-old
--   Loses:        values of tags that do not come back from tags unchanged; values of marks that votes cannot hold
-- ============================================================================
\echo 'undo step 11 of 12: Drop the old column tags__old, votes of posts'
BEGIN;
ALTER TABLE posts ADD COLUMN votes integer[];
ALTER TABLE posts ADD COLUMN tags__old text[];
COMMIT;
\echo 'undo step 11 of 12: done'

-- ============================================================================
-- Undo step 10 of 12, contract: Stop keeping tags__old, votes and tags, marks of posts equal
--   Id:           posts.tags/contract/stop-sync
-- ============================================================================
\echo 'undo step 10 of 12: Stop keeping tags__old, votes and tags, marks of posts equal'
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
CREATE OR REPLACE FUNCTION zz_posts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns tags__old > tags (new) votes > marks (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.tags__old := OLD.tags__old; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.votes := OLD.votes; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.tags := OLD.tags; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.marks := OLD.marks; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.tags__old::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.tags::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.tags::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.tags__old IS NOT NULL AND NEW.tags IS NOT NULL THEN 'both'
      WHEN NEW.tags__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.tags__old)::record *<> ROW(OLD.tags__old)::record THEN CASE WHEN ROW(NEW.tags)::record *<> ROW(OLD.tags)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.tags)::record *<> ROW(OLD.tags)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.tags := (SELECT CAST(tags__old AS varchar(20)[]) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.tags)::record *= ROW(NEW.tags)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.tags := (SELECT CAST(tags__old AS varchar(20)[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'tags', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tags := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.tags__old := (SELECT CAST(tags AS text[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'tags__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tags__old := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.votes::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.marks::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.marks::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.votes IS NOT NULL AND NEW.marks IS NOT NULL THEN 'both'
      WHEN NEW.votes IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.votes)::record *<> ROW(OLD.votes)::record THEN CASE WHEN ROW(NEW.marks)::record *<> ROW(OLD.marks)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.marks)::record *<> ROW(OLD.marks)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.marks := (SELECT CAST(votes AS bigint[]) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.marks)::record *= ROW(NEW.marks)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.marks := (SELECT CAST(votes AS bigint[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'marks', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.marks := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.votes := (SELECT CAST(marks AS integer[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'votes', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.votes := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.tags__old::text, NEW.tags::text, NEW.votes::text, NEW.marks::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_posts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync('first');
CREATE TRIGGER "~zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync();
CREATE TRIGGER "~zz_posts__sync_kept" BEFORE UPDATE ON posts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.tags__old, NEW.votes)::record *<> ROW(OLD.tags__old, OLD.votes)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.tags, NEW.marks)::record *<> ROW(OLD.tags, OLD.marks)::record) EXECUTE FUNCTION zz_posts__sync('kept');
COMMIT;
\echo 'undo step 10 of 12: done'

-- ============================================================================
-- Undo step 9 of 12, contract: From here the way back computes tags__old, votes of posts again
--   Id:           posts.tags/contract/point-of-return
--   Estimate:     unknown
-- ============================================================================
\echo 'undo step 9 of 12: From here the way back computes tags__old, votes of posts again'
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
  this_work CONSTANT text := 'posts.tags/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'posts'::regclass AND attname IN ('tags__old', 'votes')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'posts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 posts.id%TYPE;
  hi1 posts.id%TYPE;
  stop1 posts.id%TYPE;
  held2 posts.votes%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, (SELECT nullif(greatest(reltuples, 0), 0)::bigint FROM pg_class WHERE oid = 'posts'::regclass), forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM posts ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM posts ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM posts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM posts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 100000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE posts SET tags__old = CAST(tags AS text[]), votes = CAST(marks AS integer[]) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (tags__old) = (CAST(tags AS text[])) OR ((tags__old) IS NULL AND (CAST(tags AS text[])) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (votes) = (CAST(marks AS integer[])) OR ((votes) IS NULL AND (CAST(marks AS integer[])) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM posts WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE posts SET tags__old = CAST(tags AS text[]), votes = CAST(marks AS integer[]) WHERE id = one.id AND ((CASE WHEN (tags__old) = (CAST(tags AS text[])) OR ((tags__old) IS NULL AND (CAST(tags AS text[])) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (votes) = (CAST(marks AS integer[])) OR ((votes) IS NULL AND (CAST(marks AS integer[])) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(marks AS integer[]) INTO forgelua.held2 FROM posts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE posts SET tags__old = CAST(tags AS text[]), votes = forgelua.held2 WHERE id = one.id;
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
    SELECT id INTO lo1 FROM posts WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(1);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of posts could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 9 of 12: done'

-- ============================================================================
-- Undo step 8 of 12, switch: Let tags, marks of posts lead
--   Id:           posts.tags/switch/swap
-- ============================================================================
\echo 'undo step 8 of 12: Let tags, marks of posts lead'
BEGIN;
LOCK TABLE posts IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['posts']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['posts']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_posts__sync" ON posts;
DROP TRIGGER "!zz_posts__sync" ON posts;
DROP TRIGGER IF EXISTS "~zz_posts__sync_kept" ON posts;
DROP FUNCTION zz_posts__sync();
ALTER TABLE posts ALTER COLUMN marks DROP DEFAULT;
ALTER TABLE posts RENAME COLUMN tags TO tags__new;
ALTER TABLE posts ALTER COLUMN votes SET DEFAULT '{}';
ALTER TABLE posts RENAME COLUMN tags__old TO tags;
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
CREATE OR REPLACE FUNCTION zz_posts__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns tags > tags__new (old) votes > marks (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.tags := OLD.tags; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.votes := OLD.votes; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.tags__new := OLD.tags__new; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.marks := OLD.marks; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.tags::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.tags__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.tags__new::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.tags IS NOT NULL AND NEW.tags__new IS NOT NULL THEN 'both'
      WHEN NEW.tags__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.tags)::record *<> ROW(OLD.tags)::record THEN CASE WHEN ROW(NEW.tags__new)::record *<> ROW(OLD.tags__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.tags__new)::record *<> ROW(OLD.tags__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.tags__new := (SELECT CAST(tags AS varchar(20)[]) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.tags__new)::record *= ROW(NEW.tags__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.tags__new := (SELECT CAST(tags AS varchar(20)[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'tags__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tags__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.tags := (SELECT CAST(tags__new AS text[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'tags', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.tags := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.votes::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.marks::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.marks::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.votes IS NOT NULL AND NEW.marks IS NOT NULL THEN 'both'
      WHEN NEW.marks IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.votes)::record *<> ROW(OLD.votes)::record THEN CASE WHEN ROW(NEW.marks)::record *<> ROW(OLD.marks)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.marks)::record *<> ROW(OLD.marks)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.marks := (SELECT CAST(votes AS bigint[]) FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.marks)::record *= ROW(NEW.marks)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.marks := (SELECT CAST(votes AS bigint[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'marks', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.marks := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.votes := (SELECT CAST(marks AS integer[]) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'votes', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.votes := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.tags::text, NEW.tags__new::text, NEW.votes::text, NEW.marks::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_posts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync('first');
CREATE TRIGGER "~zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync();
CREATE TRIGGER "~zz_posts__sync_kept" BEFORE UPDATE ON posts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.tags, NEW.votes)::record *<> ROW(OLD.tags, OLD.votes)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.tags__new, NEW.marks)::record *<> ROW(OLD.tags__new, OLD.marks)::record) EXECUTE FUNCTION zz_posts__sync('kept');
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
\echo 'undo step 8 of 12: done'

-- ============================================================================
-- Undo step 7 of 12, switch: Make posts.marks NOT NULL
--   Id:           posts.marks/switch/not-null
-- ============================================================================
\echo 'undo step 7 of 12: Make posts.marks NOT NULL'
BEGIN;
ALTER TABLE posts ADD CONSTRAINT posts_marks_not_null CHECK (marks IS NOT NULL);
ALTER TABLE posts ALTER COLUMN marks DROP NOT NULL;
COMMIT;
\echo 'undo step 7 of 12: done'

-- ============================================================================
-- Undo step 6 of 12, switch: Validate that no row has NULL in posts.marks
--   Id:           posts.marks/switch/not-null-validate
-- ============================================================================
\echo 'undo step 6 of 12: Validate that no row has NULL in posts.marks'
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_marks_not_null, ADD CONSTRAINT posts_marks_not_null CHECK (marks IS NOT NULL) NOT VALID;
COMMIT;
\echo 'undo step 6 of 12: done'

-- ============================================================================
-- Undo step 5 of 12, switch: Refuse new NULLs in posts.marks
--   Id:           posts.marks/switch/not-null-guard
-- ============================================================================
\echo 'undo step 5 of 12: Refuse new NULLs in posts.marks'
BEGIN;
ALTER TABLE posts DROP CONSTRAINT posts_marks_not_null;
COMMIT;
\echo 'undo step 5 of 12: done'

-- ============================================================================
-- Undo step 4 of 12, migrate: Convert tags, votes of posts into tags__new, marks
--   Id:           posts.tags/migrate/backfill
-- ============================================================================
\echo 'undo step 4 of 12: Convert tags, votes of posts into tags__new, marks'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 4 of 12: done'

-- ============================================================================
-- Undo step 3 of 12, migrate: Keep tags, votes and tags__new, marks of posts equal
--   Id:           posts.tags/migrate/sync
-- ============================================================================
\echo 'undo step 3 of 12: Keep tags, votes and tags__new, marks of posts equal'
BEGIN;
DROP TRIGGER "~zz_posts__sync" ON posts;
DROP TRIGGER "!zz_posts__sync" ON posts;
DROP TRIGGER IF EXISTS "~zz_posts__sync_kept" ON posts;
DROP FUNCTION zz_posts__sync();
COMMIT;
\echo 'undo step 3 of 12: done'

-- ============================================================================
-- Undo step 2 of 12, migrate: Allow NULL in posts.votes for as long as both columns live
--   Id:           posts.votes/migrate/relax
--   Loses:        values of marks that votes cannot hold: the way back stops at them until they are changed; they are named in forgelua_sync_errors
-- ============================================================================
\echo 'undo step 2 of 12: Allow NULL in posts.votes for as long as both columns live'
BEGIN;
ALTER TABLE posts ALTER COLUMN votes SET NOT NULL;
COMMIT;
\echo 'undo step 2 of 12: done'

-- ============================================================================
-- Undo step 1 of 12, expand: Add tags__new, marks beside tags, votes in posts
--   Id:           posts.tags/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 12: Add tags__new, marks beside tags, votes in posts'
BEGIN;
ALTER TABLE posts DROP COLUMN marks;
ALTER TABLE posts DROP COLUMN tags__new;
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
