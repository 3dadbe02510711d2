-- WARNING: rollback is destructive — posts.slug data will be lost: values of posts.slug that varchar(40) cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — posts.title data will be lost: values of stars that do not come back from stars unchanged.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration pair_seen_by_function
-- The application's triggers read one column of a pair, or one that is filled, whichever was written
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
-- Check: step 22 must be done before this: Drop the old column title, stars__old of posts. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'posts' AND a.attname = 'title' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 22 must be done before this: Drop the old column title, stars__old of posts', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no slug of posts is longer than 40. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM posts WHERE SUBSTR(slug, 41) <> '')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no slug of posts is longer than 40', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 23 of 23, contract: Remove the progress and error tables
--   Id:           forgelua/contract/clean-up
-- ============================================================================
\echo 'undo step 23 of 23: Remove the progress and error tables'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 23 of 23: done'

-- ============================================================================
-- Undo step 22 of 23, contract: Drop the old column title, stars__old of posts
--   Id:           posts.headline/contract/drop-old
--   Loses:        values of stars that do not come back from stars unchanged
-- ============================================================================
\echo 'undo step 22 of 23: Drop the old column title, stars__old of posts'
BEGIN;
ALTER TABLE posts ADD COLUMN stars__old varchar(10);
ALTER TABLE posts ADD COLUMN title varchar(40);
COMMIT;
\echo 'undo step 22 of 23: done'

-- ============================================================================
-- Undo step 21 of 23, contract: Stop keeping title, stars__old and headline, stars of posts equal
--   Id:           posts.headline/contract/stop-sync
-- ============================================================================
\echo 'undo step 21 of 23: Stop keeping title, stars__old and headline, stars of posts equal'
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
CREATE OR REPLACE FUNCTION zz_posts__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns title > headline (new) stars__old > stars (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.stars__old := OLD.stars__old; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.headline := OLD.headline; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.stars := OLD.stars; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.headline::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.headline::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.title IS NOT NULL AND NEW.headline IS NOT NULL THEN 'both'
      WHEN NEW.title IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN CASE WHEN ROW(NEW.headline)::record *<> ROW(OLD.headline)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.headline)::record *<> ROW(OLD.headline)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.headline := (SELECT title FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.headline)::record *= ROW(NEW.headline)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.headline := (SELECT title FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'headline', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.headline := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.title := (SELECT headline FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.stars__old::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.stars::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.stars::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.stars__old IS NOT NULL AND NEW.stars IS NOT NULL THEN 'both'
      WHEN NEW.stars__old IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.stars__old)::record *<> ROW(OLD.stars__old)::record THEN CASE WHEN ROW(NEW.stars)::record *<> ROW(OLD.stars)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.stars)::record *<> ROW(OLD.stars)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.stars := (SELECT CASE WHEN stars__old ~ '^[0-9]+$' THEN stars__old::integer END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.stars)::record *= ROW(NEW.stars)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.stars := (SELECT CASE WHEN stars__old ~ '^[0-9]+$' THEN stars__old::integer END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'stars', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.stars := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.stars__old := (SELECT CAST(stars AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'stars__old', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.stars__old := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.title::text, NEW.headline::text, NEW.stars__old::text, NEW.stars::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_posts__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_posts__sync_2" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync_2('first');
CREATE TRIGGER "~zz_posts__sync_2" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync_2();
CREATE TRIGGER "~zz_posts__sync_2_kept" BEFORE UPDATE ON posts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.title, NEW.stars__old)::record *<> ROW(OLD.title, OLD.stars__old)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.headline, NEW.stars)::record *<> ROW(OLD.headline, OLD.stars)::record) EXECUTE FUNCTION zz_posts__sync_2('kept');
COMMIT;
\echo 'undo step 21 of 23: done'

-- ============================================================================
-- Undo step 20 of 23, contract: From here the way back computes title, stars__old of posts again
--   Id:           posts.headline/contract/point-of-return
--   Estimate:     1 min 3 s
-- ============================================================================
\echo 'undo step 20 of 23: From here the way back computes title, stars__old of posts again'
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
  this_work CONSTANT text := 'posts.headline/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'posts'::regclass AND attname IN ('title', 'stars__old')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'posts'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 posts.id%TYPE;
  hi1 posts.id%TYPE;
  stop1 posts.id%TYPE;
  held2 posts.stars__old%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 5000000, forgelua.token);
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
    SELECT id INTO hi1 FROM (SELECT id FROM posts WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 50000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE posts SET title = headline, stars__old = CAST(stars AS text) WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (title) = (headline) OR ((title) IS NULL AND (headline) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (stars__old) = (CAST(stars AS text)) OR ((stars__old) IS NULL AND (CAST(stars AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
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
          UPDATE posts SET title = headline, stars__old = CAST(stars AS text) WHERE id = one.id AND ((CASE WHEN (title) = (headline) OR ((title) IS NULL AND (headline) IS NULL) THEN 0 ELSE 1 END = 1) OR (CASE WHEN (stars__old) = (CAST(stars AS text)) OR ((stars__old) IS NULL AND (CAST(stars AS text)) IS NULL) THEN 0 ELSE 1 END = 1));
          n := n + 1;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
          bad := bad + 1;
          INSERT INTO forgelua_backfill_errors (work, row_key, row_data, error_code, message)
          VALUES (forgelua.this_work, jsonb_build_object('id', one.id), to_jsonb(one), SQLSTATE, SQLERRM);
          BEGIN
            BEGIN
              SELECT CAST(stars AS text) INTO forgelua.held2 FROM posts WHERE id = one.id;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation OR plpgsql_error THEN
              forgelua.held2 := NULL;
            END;
            UPDATE posts SET title = headline, stars__old = forgelua.held2 WHERE id = one.id;
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
    PERFORM pg_sleep(0.2);
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
\echo 'undo step 20 of 23: done'

-- ============================================================================
-- Undo step 19 of 23, contract: Drop the trigger that filled size of posts
--   Id:           posts.size/contract/stop-filling
-- ============================================================================
\echo 'undo step 19 of 23: Drop the trigger that filled size of posts'
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
-- forgelua: fill  > size (old);
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
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF coalesce(forgelua_seen[3], '') = 'true' AND NOT (NEW.size::text IS DISTINCT FROM forgelua_seen[2]) AND (NEW.title::text IS DISTINCT FROM forgelua_seen[1]) THEN
    BEGIN
      NEW.size := (SELECT length(title) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
  ELSIF NEW.size IS NULL AND (forgelua_seen IS NULL OR NEW.title::text IS DISTINCT FROM forgelua_seen[1] OR NEW.size::text IS DISTINCT FROM forgelua_seen[2]) THEN
    BEGIN
      NEW.size := (SELECT length(title) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.size := NULL;
    END;
    forgelua_made[1] := true;
  ELSIF TG_OP = 'UPDATE' THEN
    IF ROW(NEW.title)::record *<> ROW(OLD.title)::record AND NOT ROW(NEW.size)::record *<> ROW(OLD.size)::record THEN
      BEGIN
        forgelua_probe := OLD;
        forgelua_probe.size := (SELECT length(title) FROM (SELECT OLD.*) AS r);
        forgelua_side := CASE WHEN ROW(forgelua_probe.size)::record *= ROW(OLD.size)::record THEN 'new' END;
      EXCEPTION WHEN OTHERS THEN forgelua_side := NULL;
      END;
      IF forgelua_side = 'new' THEN
        BEGIN
          NEW.size := (SELECT length(title) FROM (SELECT NEW.*) AS r);
        EXCEPTION WHEN OTHERS THEN
          DECLARE
            forgelua_code text := SQLSTATE;
            forgelua_text text := SQLERRM;
          BEGIN
            INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
            SELECT 'posts__sync', TG_OP, 'size', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
          EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
          END;
          forgelua_failed := true;
          NEW.size := NULL;
        END;
        forgelua_made[1] := true;
      END IF;
    END IF;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_df44d239_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.title::text, NEW.size::text, (forgelua_made[1])::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_posts__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync('first');
CREATE TRIGGER "~zz_posts__sync" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync();
COMMIT;
\echo 'undo step 19 of 23: done'

-- ============================================================================
-- Undo step 18 of 23, contract: Drop the old column text of notes
--   Id:           notes.word/contract/drop-old
-- ============================================================================
\echo 'undo step 18 of 23: Drop the old column text of notes'
BEGIN;
ALTER TABLE notes ADD COLUMN text varchar(40);
COMMIT;
\echo 'undo step 18 of 23: done'

-- ============================================================================
-- Undo step 17 of 23, contract: Stop keeping text and word of notes equal
--   Id:           notes.word/contract/stop-sync
-- ============================================================================
\echo 'undo step 17 of 23: Stop keeping text and word of notes equal'
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
CREATE OR REPLACE FUNCTION zz_notes__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns text > word (new);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.text := OLD.text; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.word := OLD.word; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.text::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'old';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.text IS NOT NULL AND NEW.word IS NOT NULL THEN 'both'
      WHEN NEW.text IS NOT NULL THEN 'new' ELSE 'old' END;
    forgelua_follows := 'new';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.text)::record *<> ROW(OLD.text)::record THEN CASE WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'old' END;
    forgelua_follows := 'old';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.word := (SELECT text FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.word)::record *= ROW(NEW.word)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.word := (SELECT text FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.text := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'text', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.text := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.text::text, NEW.word::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_notes__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_notes__sync" BEFORE INSERT OR UPDATE ON notes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync('first');
CREATE TRIGGER "~zz_notes__sync" BEFORE INSERT OR UPDATE ON notes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync();
CREATE TRIGGER "~zz_notes__sync_kept" BEFORE UPDATE ON notes FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.text)::record *<> ROW(OLD.text)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.word)::record *<> ROW(OLD.word)::record) EXECUTE FUNCTION zz_notes__sync('kept');
COMMIT;
\echo 'undo step 17 of 23: done'

-- ============================================================================
-- Undo step 16 of 23, contract: From here the way back computes text of notes again
--   Id:           notes.word/contract/point-of-return
--   Estimate:     1 min 3 s
-- ============================================================================
\echo 'undo step 16 of 23: From here the way back computes text of notes again'
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
  this_work CONSTANT text := 'notes.word/contract/point-of-return (back)';
  token text := (SELECT coalesce(string_agg(k, ' ' ORDER BY k), '') FROM (
      SELECT attrelid || '.' || attnum AS k FROM pg_attribute
      WHERE attrelid = 'notes'::regclass AND attname IN ('text')
      UNION ALL
      SELECT 't' || oid FROM pg_trigger WHERE tgrelid = 'notes'::regclass AND tgname ~ '^[!~]?zz_') AS parts);
  held forgelua_backfill_progress%ROWTYPE;
  n bigint;
  bad bigint;
  attempt integer := 0;
  lo1 notes.id%TYPE;
  hi1 notes.id%TYPE;
  stop1 notes.id%TYPE;
  one record;
BEGIN
  SELECT * INTO held FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
  IF held.id IS NULL OR held.state <> 'running' OR held.token IS DISTINCT FROM forgelua.token THEN
    DELETE FROM forgelua_backfill_progress WHERE id = forgelua.this_work;
    INSERT INTO forgelua_backfill_progress (id, rows_total, token)
    VALUES (forgelua.this_work, 5000000, forgelua.token);
    held.cursor := NULL;
  END IF;
  SELECT id INTO stop1 FROM notes ORDER BY id DESC LIMIT 1;
  IF held.cursor IS NULL THEN
    SELECT id INTO lo1 FROM notes ORDER BY id LIMIT 1;
  ELSE
    hi1 := held.cursor ->> 0;
    SELECT id INTO lo1 FROM notes WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
  END IF;
  COMMIT;
  LOOP
    SELECT id INTO hi1 FROM (SELECT id FROM notes WHERE id >= forgelua.lo1 AND id <= forgelua.stop1 ORDER BY id LIMIT 50000) AS b
    ORDER BY id DESC LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM set_config('forgelua.backfill', 'back', true);
    n := NULL;
    bad := 0;
    BEGIN
      UPDATE notes SET text = word WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 AND ((CASE WHEN (text) = (word) OR ((text) IS NULL AND (word) IS NULL) THEN 0 ELSE 1 END = 1));
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
      FOR one IN SELECT * FROM notes WHERE id >= forgelua.lo1 AND id <= forgelua.hi1 LOOP
        BEGIN
          UPDATE notes SET text = word WHERE id = one.id AND ((CASE WHEN (text) = (word) OR ((text) IS NULL AND (word) IS NULL) THEN 0 ELSE 1 END = 1));
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
    SELECT id INTO lo1 FROM notes WHERE id > forgelua.hi1 ORDER BY id LIMIT 1;
    EXIT WHEN lo1 IS NULL OR stop1 IS NULL OR forgelua.lo1 > forgelua.stop1;
    PERFORM pg_sleep(0.2);
  END LOOP;
  UPDATE forgelua_backfill_progress SET state = 'done', updated_at = clock_timestamp()
  WHERE id = forgelua.this_work;
  COMMIT;
  SELECT p.bad_rows INTO bad FROM forgelua_backfill_progress AS p WHERE p.id = forgelua.this_work;
  IF bad > 0 THEN
    RAISE WARNING '% of notes could not be carried over as they are', bad || CASE bad WHEN 1 THEN ' row' ELSE ' rows' END
      USING HINT = format('SELECT row_key, row_data, message FROM forgelua_backfill_errors WHERE work = %L;', this_work);
  END IF;
END forgelua
$forgelua$;
SET lock_timeout = '2s';
\echo 'undo step 16 of 23: done'

-- ============================================================================
-- Undo step 15 of 23, switch: Change the function slug()
--   Id:           function slug()/switch/alter
-- ============================================================================
\echo 'undo step 15 of 23: Change the function slug()'
BEGIN;
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.title := trim(NEW.title); NEW.slug := lower(NEW.title); IF NEW.top THEN UPDATE posts SET top = false WHERE id <> NEW.id AND top; END IF; RETURN NEW; END$$;
COMMIT;
\echo 'undo step 15 of 23: done'

-- ============================================================================
-- Undo step 14 of 23, switch: Let headline, stars of posts lead
--   Id:           posts.headline/switch/swap
-- ============================================================================
\echo 'undo step 14 of 23: Let headline, stars of posts lead'
BEGIN;
LOCK TABLE posts IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE forgelua_grants ON COMMIT DROP AS
SELECT n.name, NULL::name AS column_name, c.relowner::regrole::text AS owner, c.relacl AS acl
FROM unnest(ARRAY['posts']) AS n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
UNION ALL
SELECT n.name, a.attname, NULL, a.attacl
FROM unnest(ARRAY['posts']) AS n(name) JOIN pg_attribute a ON a.attrelid = to_regclass(n.name)
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;
DROP TRIGGER "~zz_posts__sync_2" ON posts;
DROP TRIGGER "!zz_posts__sync_2" ON posts;
DROP TRIGGER IF EXISTS "~zz_posts__sync_2_kept" ON posts;
DROP FUNCTION zz_posts__sync_2();
ALTER TABLE posts RENAME COLUMN stars TO stars__new;
ALTER TABLE posts RENAME COLUMN stars__old TO stars;
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
CREATE OR REPLACE FUNCTION zz_posts__sync_2() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns title > headline (old) stars > stars__new (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.title := OLD.title; END IF;
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.stars := OLD.stars; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.headline := OLD.headline; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.stars__new := OLD.stars__new; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.title::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.headline::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.headline::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.title IS NOT NULL AND NEW.headline IS NOT NULL THEN 'both'
      WHEN NEW.headline IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.title)::record *<> ROW(OLD.title)::record THEN CASE WHEN ROW(NEW.headline)::record *<> ROW(OLD.headline)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.headline)::record *<> ROW(OLD.headline)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.headline := (SELECT title FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.headline)::record *= ROW(NEW.headline)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.headline := (SELECT title FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'headline', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.headline := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.title := (SELECT headline FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'title', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.title := NULL;
    END;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.stars::text IS DISTINCT FROM forgelua_seen[3] THEN CASE WHEN NEW.stars__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'both' ELSE 'new' END
      WHEN NEW.stars__new::text IS DISTINCT FROM forgelua_seen[4] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.stars IS NOT NULL AND NEW.stars__new IS NOT NULL THEN 'both'
      WHEN NEW.stars__new IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.stars)::record *<> ROW(OLD.stars)::record THEN CASE WHEN ROW(NEW.stars__new)::record *<> ROW(OLD.stars__new)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.stars__new)::record *<> ROW(OLD.stars__new)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.stars__new := (SELECT CASE WHEN stars ~ '^[0-9]+$' THEN stars::integer END FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.stars__new)::record *= ROW(NEW.stars__new)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.stars__new := (SELECT CASE WHEN stars ~ '^[0-9]+$' THEN stars::integer END FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'stars__new', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.stars__new := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.stars := (SELECT CAST(stars__new AS text) FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'posts__sync_2', TG_OP, 'stars', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.stars := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_c3c250ea_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.title::text, NEW.headline::text, NEW.stars::text, NEW.stars__new::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_posts__sync_2() FROM PUBLIC;
CREATE TRIGGER "!zz_posts__sync_2" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync_2('first');
CREATE TRIGGER "~zz_posts__sync_2" BEFORE INSERT OR UPDATE ON posts FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_posts__sync_2();
CREATE TRIGGER "~zz_posts__sync_2_kept" BEFORE UPDATE ON posts FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.title, NEW.stars)::record *<> ROW(OLD.title, OLD.stars)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.headline, NEW.stars__new)::record *<> ROW(OLD.headline, OLD.stars__new)::record) EXECUTE FUNCTION zz_posts__sync_2('kept');
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
\echo 'undo step 14 of 23: done'

-- ============================================================================
-- Undo step 13 of 23, switch: Create the trigger noted on notes
--   Id:           trigger noted on notes/switch/create
-- ============================================================================
\echo 'undo step 13 of 23: Create the trigger noted on notes'
BEGIN;
DROP TRIGGER noted on notes;
COMMIT;
\echo 'undo step 13 of 23: done'

-- ============================================================================
-- Undo step 12 of 23, switch: Let word of notes lead
--   Id:           notes.word/switch/swap
-- ============================================================================
\echo 'undo step 12 of 23: Let word of notes lead'
BEGIN;
DROP TRIGGER "~zz_notes__sync" ON notes;
DROP TRIGGER "!zz_notes__sync" ON notes;
DROP TRIGGER IF EXISTS "~zz_notes__sync_kept" ON notes;
DROP FUNCTION zz_notes__sync();
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
CREATE OR REPLACE FUNCTION zz_notes__sync() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO public, pg_temp AS $forgelua$
-- forgelua: columns text > word (old);
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
    IF current_setting('forgelua.backfill') = 'on' THEN NEW.text := OLD.text; END IF;
    IF current_setting('forgelua.backfill') = 'back' THEN NEW.word := OLD.word; END IF;
    RETURN NEW;
  END IF;
  IF TG_NARGS = 0 THEN
    forgelua_seen := nullif(current_setting(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), true), '')::text[];
  ELSE
    forgelua_given := NEW;
  END IF;
  IF forgelua_seen IS NOT NULL THEN
    forgelua_side := CASE
      WHEN NEW.text::text IS DISTINCT FROM forgelua_seen[1] THEN CASE WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[2] THEN 'both' ELSE 'new' END
      WHEN NEW.word::text IS DISTINCT FROM forgelua_seen[2] THEN 'old' END;
    forgelua_follows := 'new';
  ELSIF TG_OP = 'INSERT' THEN
    forgelua_side := CASE
      WHEN NEW.text IS NOT NULL AND NEW.word IS NOT NULL THEN 'both'
      WHEN NEW.word IS NOT NULL THEN 'old' ELSE 'new' END;
    forgelua_follows := 'old';
  ELSE
    forgelua_side := CASE
      WHEN ROW(NEW.text)::record *<> ROW(OLD.text)::record THEN CASE WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'both' ELSE 'new' END
      WHEN ROW(NEW.word)::record *<> ROW(OLD.word)::record THEN 'old' END;
    forgelua_follows := 'new';
  END IF;
  IF forgelua_side = 'both' THEN
    forgelua_side := forgelua_follows;
    BEGIN
      forgelua_probe := NEW;
      forgelua_probe.word := (SELECT text FROM (SELECT NEW.*) AS r);
      IF ROW(forgelua_probe.word)::record *= ROW(NEW.word)::record THEN forgelua_side := NULL; END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END IF;
  IF forgelua_side = 'new' THEN
    BEGIN
      NEW.word := (SELECT text FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'word', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.word := NULL;
    END;
  ELSIF forgelua_side = 'old' THEN
    BEGIN
      NEW.text := (SELECT word FROM (SELECT NEW.*) AS r);
    EXCEPTION WHEN OTHERS THEN
      DECLARE
        forgelua_code text := SQLSTATE;
        forgelua_text text := SQLERRM;
      BEGIN
        INSERT INTO forgelua_sync_errors (sync, operation, column_name, row_data, error_code, message)
        SELECT 'notes__sync', TG_OP, 'text', to_jsonb(NEW), forgelua_code, forgelua_text WHERE TG_NARGS = 0;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'forgelua_sync_errors: %', forgelua_text;
      END;
      forgelua_failed := true;
      NEW.text := NULL;
    END;
  END IF;
  IF TG_NARGS > 0 AND forgelua_failed THEN
    NEW := forgelua_given;
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), '', true);
  ELSIF TG_NARGS > 0 THEN
    PERFORM set_config(concat('forgelua.pass_712c5f89_', TG_RELID, '_', pg_trigger_depth()), ARRAY[NEW.text::text, NEW.word::text]::text, true);
  END IF;
  RETURN NEW;
END
$forgelua$;
REVOKE EXECUTE ON FUNCTION zz_notes__sync() FROM PUBLIC;
CREATE TRIGGER "!zz_notes__sync" BEFORE INSERT OR UPDATE ON notes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync('first');
CREATE TRIGGER "~zz_notes__sync" BEFORE INSERT OR UPDATE ON notes FOR EACH ROW WHEN (coalesce(current_setting('forgelua.backfill', true), '') NOT IN ('on', 'back', 'copy')) EXECUTE FUNCTION zz_notes__sync();
CREATE TRIGGER "~zz_notes__sync_kept" BEFORE UPDATE ON notes FOR EACH ROW WHEN (current_setting('forgelua.backfill', true) = 'on' AND ROW(NEW.text)::record *<> ROW(OLD.text)::record OR current_setting('forgelua.backfill', true) = 'back' AND ROW(NEW.word)::record *<> ROW(OLD.word)::record) EXECUTE FUNCTION zz_notes__sync('kept');
COMMIT;
\echo 'undo step 12 of 23: done'

-- ============================================================================
-- Undo step 11 of 23, migrate: Convert title, stars of posts into headline, stars__new
--   Id:           posts.headline/migrate/backfill
-- ============================================================================
\echo 'undo step 11 of 23: Convert title, stars of posts into headline, stars__new'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 11 of 23: done'

-- ============================================================================
-- Undo step 10 of 23, migrate: Keep title, stars and headline, stars__new of posts equal
--   Id:           posts.headline/migrate/sync
-- ============================================================================
\echo 'undo step 10 of 23: Keep title, stars and headline, stars__new of posts equal'
BEGIN;
DROP TRIGGER "~zz_posts__sync_2" ON posts;
DROP TRIGGER "!zz_posts__sync_2" ON posts;
DROP TRIGGER IF EXISTS "~zz_posts__sync_2_kept" ON posts;
DROP FUNCTION zz_posts__sync_2();
COMMIT;
\echo 'undo step 10 of 23: done'

-- ============================================================================
-- Undo step 9 of 23, migrate: Backfill size of posts
--   Id:           posts.size/migrate/backfill
-- ============================================================================
\echo 'undo step 9 of 23: Backfill size of posts'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 9 of 23: done'

-- ============================================================================
-- Undo step 8 of 23, migrate: Keep size of posts filled for new rows
--   Id:           posts.size/migrate/keep-filled
-- ============================================================================
\echo 'undo step 8 of 23: Keep size of posts filled for new rows'
BEGIN;
DROP TRIGGER "~zz_posts__sync" ON posts;
DROP TRIGGER "!zz_posts__sync" ON posts;
DROP FUNCTION zz_posts__sync();
COMMIT;
\echo 'undo step 8 of 23: done'

-- ============================================================================
-- Undo step 7 of 23, migrate: Convert text of notes into word
--   Id:           notes.word/migrate/backfill
-- ============================================================================
\echo 'undo step 7 of 23: Convert text of notes into word'
-- Nothing to run: the steps before it take with them what it did.
\echo 'undo step 7 of 23: done'

-- ============================================================================
-- Undo step 6 of 23, migrate: Keep text and word of notes equal
--   Id:           notes.word/migrate/sync
-- ============================================================================
\echo 'undo step 6 of 23: Keep text and word of notes equal'
BEGIN;
DROP TRIGGER "~zz_notes__sync" ON notes;
DROP TRIGGER "!zz_notes__sync" ON notes;
DROP TRIGGER IF EXISTS "~zz_notes__sync_kept" ON notes;
DROP FUNCTION zz_notes__sync();
COMMIT;
\echo 'undo step 6 of 23: done'

-- ============================================================================
-- Undo step 5 of 23, expand: Create the function noted()
--   Id:           function noted()/expand/create
-- ============================================================================
\echo 'undo step 5 of 23: Create the function noted()'
BEGIN;
SET LOCAL check_function_bodies = off;
DROP FUNCTION noted();
COMMIT;
\echo 'undo step 5 of 23: done'

-- ============================================================================
-- Undo step 4 of 23, expand: Add headline, stars__new beside title, stars in posts
--   Id:           posts.headline/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 23: Add headline, stars__new beside title, stars in posts'
BEGIN;
ALTER TABLE posts DROP COLUMN stars__new;
ALTER TABLE posts DROP COLUMN headline;
COMMIT;
\echo 'undo step 4 of 23: done'

-- ============================================================================
-- Undo step 3 of 23, expand: Add size to posts, empty and not insisting
--   Id:           posts.size/expand/add-column
-- ============================================================================
\echo 'undo step 3 of 23: Add size to posts, empty and not insisting'
BEGIN;
ALTER TABLE posts DROP COLUMN size;
COMMIT;
\echo 'undo step 3 of 23: done'

-- ============================================================================
-- Undo step 2 of 23, expand: Change the type of posts.slug
--   Id:           posts.slug/expand/type
--   Loses:        values of posts.slug that varchar(40) cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 2 of 23: Change the type of posts.slug'
BEGIN;
DROP TRIGGER zz_slugged on posts;
ALTER TABLE posts ALTER COLUMN slug TYPE varchar(40) USING slug;
CREATE TRIGGER zz_slugged BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION slug();
COMMIT;
\echo 'undo step 2 of 23: done'

-- ============================================================================
-- Undo step 1 of 23, expand: Add word beside text in notes
--   Id:           notes.word/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 23: Add word beside text in notes'
BEGIN;
ALTER TABLE notes DROP COLUMN word;
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
\echo 'undo step 1 of 23: done'

\echo 'rollback: done'
