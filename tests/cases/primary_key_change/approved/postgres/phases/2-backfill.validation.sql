-- Validation after phases/2-backfill.sql: migration primary_key_change, postgres 15
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/2-backfill.validation.sql
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

-- 1. every row has an equal one in the copy: expects 0
SELECT pg_temp.forgelua_check(1, 'every row has an equal one in the copy', '0',
  $q$SELECT COUNT(*) FROM (SELECT id AS id, sensor AS sensor, at AS at, v AS v FROM readings) AS source WHERE NOT EXISTS (SELECT 1 FROM readings__new AS copied WHERE copied.id = source.id AND (copied.sensor = source.sensor OR (copied.sensor IS NULL AND source.sensor IS NULL)) AND (copied.at = source.at OR (copied.at IS NULL AND source.at IS NULL)) AND (copied.v = source.v OR (copied.v IS NULL AND source.v IS NULL)))$q$);

-- 2. readings and readings__new have as many rows: expects 0
SELECT pg_temp.forgelua_check(2, 'readings and readings__new have as many rows', '0',
  $q$SELECT (SELECT count(*) FROM "readings") - (SELECT count(*) FROM "readings__new")$q$);

-- 3. the sum of id is the same in readings and readings__new: expects 0
SELECT pg_temp.forgelua_check(3, 'the sum of id is the same in readings and readings__new', '0',
  $q$SELECT CASE WHEN (SELECT sum(id) FROM "readings") IS NOT DISTINCT FROM (SELECT sum("id") FROM "readings__new") THEN 0 ELSE 1 END$q$);

-- 4. the sum of sensor is the same in readings and readings__new: expects 0
SELECT pg_temp.forgelua_check(4, 'the sum of sensor is the same in readings and readings__new', '0',
  $q$SELECT CASE WHEN (SELECT sum(sensor) FROM "readings") IS NOT DISTINCT FROM (SELECT sum("sensor") FROM "readings__new") THEN 0 ELSE 1 END$q$);

-- 5. the sum of at is the same in readings and readings__new: expects 0
SELECT pg_temp.forgelua_check(5, 'the sum of at is the same in readings and readings__new', '0',
  $q$SELECT CASE WHEN (SELECT sum(at) FROM "readings") IS NOT DISTINCT FROM (SELECT sum("at") FROM "readings__new") THEN 0 ELSE 1 END$q$);

-- 6. the sum of v is the same in readings and readings__new: expects 0
SELECT pg_temp.forgelua_check(6, 'the sum of v is the same in readings and readings__new', '0',
  $q$SELECT CASE WHEN (SELECT sum(v) FROM "readings") IS NOT DISTINCT FROM (SELECT sum("v") FROM "readings__new") THEN 0 ELSE 1 END$q$);

-- 7. every key of readings is in readings__new: expects 0
SELECT pg_temp.forgelua_check(7, 'every key of readings is in readings__new', '0',
  $q$SELECT count(*) FROM "readings" AS a WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS b WHERE a."id" = b."id")$q$);

-- 8. every key of readings__new is in readings: expects 0
SELECT pg_temp.forgelua_check(8, 'every key of readings__new is in readings', '0',
  $q$SELECT count(*) FROM "readings__new" AS a WHERE NOT EXISTS (SELECT 1 FROM "readings" AS b WHERE a."id" = b."id")$q$);

-- 9. rows of readings and readings__new with the same key hold the same values: expects 0
SELECT pg_temp.forgelua_check(9, 'rows of readings and readings__new with the same key hold the same values', '0',
  $q$SELECT count(*) FROM (SELECT "id", id AS forgelua_1, sensor AS forgelua_2, at AS forgelua_3, v AS forgelua_4 FROM "readings") AS a JOIN "readings__new" AS b ON a."id" = b."id" WHERE ((b."id") IS NULL) <> ((a.forgelua_1) IS NULL) OR abs(b."id" - a.forgelua_1) > 0.5 OR ((b."sensor") IS NULL) <> ((a.forgelua_2) IS NULL) OR abs(b."sensor" - a.forgelua_2) > 0.5 OR ((b."at") IS NULL) <> ((a.forgelua_3) IS NULL) OR abs(b."at" - a.forgelua_3) > 0.5 OR ((b."v") IS NULL) <> ((a.forgelua_4) IS NULL) OR abs(b."v" - a.forgelua_4) > 0.5$q$);

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
