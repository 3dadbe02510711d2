-- Validation once every step has run: migration primary_key_change, postgres 15
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

-- The server's own text of a definition against its text of a throw-away object that is made from the new one.
CREATE FUNCTION pg_temp.forgelua_same(no int, title text, make text[], wanted text, actual text) RETURNS void
LANGUAGE plpgsql AS $forgelua$
DECLARE expected text; found text; one text;
BEGIN
  BEGIN
    FOREACH one IN ARRAY make LOOP EXECUTE one; END LOOP;
    EXECUTE wanted INTO expected;
    RAISE EXCEPTION USING ERRCODE = 'FL001', MESSAGE = coalesce(expected, '');
  EXCEPTION
    WHEN SQLSTATE 'FL001' THEN expected := SQLERRM;
    WHEN OTHERS THEN expected := 'error: ' || SQLERRM;
  END;
  EXECUTE actual INTO found;
  INSERT INTO pg_temp.forgelua_validation VALUES (no, title, expected, found);
END
$forgelua$;

-- 1. alter_primary_key readings_pkey: expects 1
SELECT pg_temp.forgelua_check(1, 'alter_primary_key readings_pkey', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND k.conname = 'readings_pkey' AND k.contype = 'p' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 2) THEN '1' ELSE '0' END$q$);

-- 2. step 6 is done: Stop repeating writes to readings on readings__old: expects 1
SELECT pg_temp.forgelua_check(2, 'step 6 is done: Stop repeating writes to readings on readings__old', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND t.tgname = '~zz_readings__sync' AND NOT t.tgisinternal) THEN '0' ELSE '1' END$q$);

-- 3. step 7 is done: Drop readings__old: expects 1
SELECT pg_temp.forgelua_check(3, 'step 7 is done: Drop readings__old', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings__old' AND c.relkind IN ('r', 'p')) THEN '0' ELSE '1' END$q$);

-- 4. step 8 is done: Drop the index readings__new_key on readings: expects 1
SELECT pg_temp.forgelua_check(4, 'step 8 is done: Drop the index readings__new_key on readings', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'readings' AND x.relname = 'readings__new_key' AND i.indisvalid) THEN '0' ELSE '1' END$q$);

-- 5. no two rows of readings share (sensor, at): expects 0
SELECT pg_temp.forgelua_check(5, 'no two rows of readings share (sensor, at)', '0',
  $q$SELECT count(*) FROM (SELECT "sensor", "at" FROM "readings" WHERE "sensor" IS NOT NULL AND "at" IS NOT NULL GROUP BY "sensor", "at" HAVING count(*) > 1) AS d$q$);

-- 6. definitions of readings are as the new schema states them: the server's text of them is that of a throw-away object
SELECT pg_temp.forgelua_same(6, 'definitions of readings are as the new schema states them', ARRAY[$q$CREATE TABLE pg_temp.forgelua_probe (
  id bigint NOT NULL,
  sensor integer NOT NULL,
  at bigint NOT NULL,
  v integer,
  CONSTRAINT readings_pkey PRIMARY KEY (sensor, at)
)$q$],
  $q$SELECT concat_ws(', ', (SELECT regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') FROM pg_constraint k WHERE k.conrelid = to_regclass('pg_temp.forgelua_probe') AND k.conname = 'readings_pkey'))$q$,
  $q$SELECT concat_ws(', ', (SELECT regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') FROM pg_constraint k WHERE k.conrelid = to_regclass('readings') AND k.conname = 'readings_pkey'))$q$);

DROP FUNCTION pg_temp.forgelua_same(int, text, text[], text, text);

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
