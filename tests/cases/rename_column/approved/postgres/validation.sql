-- Validation once every step has run: migration rename_column, postgres 15
-- Run in this folder: psql -X -d "$DATABASE_URL" -f validation.sql
-- Prints every check with what it expects, what it found and its status. The client's exit code is not 0
-- where one fails. Nothing stays in the database.

\set ON_ERROR_STOP on
\set QUIET on
SET client_encoding = 'UTF8';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET lock_timeout = '2s';

BEGIN ISOLATION LEVEL REPEATABLE READ;
CREATE TEMP TABLE forgelua_validation (no int, "check" text, expected text, actual text) ON COMMIT DROP;

CREATE FUNCTION pg_temp.forgelua_check(no int, title text, expected text, query text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE actual text;
BEGIN
  BEGIN
    EXECUTE query INTO actual;
  EXCEPTION WHEN OTHERS THEN
    actual := 'error: ' || SQLERRM;
  END;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, expected, actual);
END
$forgelua$;

CREATE FUNCTION pg_temp.forgelua_refused(no int, title text, statement text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE actual text; touched bigint;
BEGIN
  BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RAISE EXCEPTION USING ERRCODE = 'FL001', MESSAGE = CASE WHEN touched = 0 THEN 'refused' ELSE 'accepted' END;
  EXCEPTION
    WHEN SQLSTATE 'FL001' THEN actual := SQLERRM;
    WHEN integrity_constraint_violation THEN actual := 'refused';
    WHEN OTHERS THEN actual := 'error: ' || SQLERRM;
  END;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, 'refused', actual);
END
$forgelua$;

\o /dev/null

-- 1. rename_column users.years: expects 1
SELECT pg_temp.forgelua_check(1, 'rename_column users.years', '1',
  $q$SELECT CASE WHEN (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'years' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END) = '1' AND (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END) = '1' THEN '1' ELSE '0' END$q$);

-- 2. step 1 is done: Add years beside age in users: expects 1
SELECT pg_temp.forgelua_check(2, 'step 1 is done: Add years beside age in users', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'years' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'integer' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END$q$);

-- 3. step 6 is done: Stop keeping age and years of users equal: expects 1
SELECT pg_temp.forgelua_check(3, 'step 6 is done: Stop keeping age and years of users equal', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND t.tgname = '~zz_users__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END$q$);

-- 4. step 7 is done: Drop the old column age of users: expects 1
SELECT pg_temp.forgelua_check(4, 'step 7 is done: Drop the old column age of users', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'age' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END$q$);

\o
SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS NOT DISTINCT FROM expected THEN 'ok' ELSE 'FAIL' END AS status
FROM pg_temp.forgelua_validation ORDER BY no;

DO $forgelua$
DECLARE failed bigint;
BEGIN
  SELECT count(*) INTO failed FROM pg_temp.forgelua_validation
  WHERE expected IS NOT NULL AND actual IS DISTINCT FROM expected;
  IF failed > 0 THEN RAISE EXCEPTION 'validation failed: % check(s) do not hold', failed; END IF;
END
$forgelua$;
DROP FUNCTION pg_temp.forgelua_check(int, text, text, text);
DROP FUNCTION pg_temp.forgelua_refused(int, text, text);
COMMIT;
