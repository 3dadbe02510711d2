-- Validation once every step has run: migration add_table, postgres 15
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

-- 1. create_table orders: expects 1
SELECT pg_temp.forgelua_check(1, 'create_table orders', '1',
  $q$SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'orders' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END$q$);

-- 2. orders.id is filled in every row: expects 0
SELECT pg_temp.forgelua_check(2, 'orders.id is filled in every row', '0',
  $q$SELECT count(*) FROM "orders" WHERE "id" IS NULL$q$);

-- 3. orders.user_id is filled in every row: expects 0
SELECT pg_temp.forgelua_check(3, 'orders.user_id is filled in every row', '0',
  $q$SELECT count(*) FROM "orders" WHERE "user_id" IS NULL$q$);

-- 4. orders.total is filled in every row: expects 0
SELECT pg_temp.forgelua_check(4, 'orders.total is filled in every row', '0',
  $q$SELECT count(*) FROM "orders" WHERE "total" IS NULL$q$);

-- 5. no two rows of orders share (user_id, total): expects 0
SELECT pg_temp.forgelua_check(5, 'no two rows of orders share (user_id, total)', '0',
  $q$SELECT count(*) FROM (SELECT "user_id", "total" FROM "orders" WHERE "user_id" IS NOT NULL AND "total" IS NOT NULL GROUP BY "user_id", "total" HAVING count(*) > 1) AS d$q$);

-- 6. every orders (user_id) has its row in users: expects 0
SELECT pg_temp.forgelua_check(6, 'every orders (user_id) has its row in users', '0',
  $q$SELECT count(*) FROM "orders" AS c WHERE c."user_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "users" AS p WHERE p."id" = c."user_id")$q$);

-- 7. every row of orders passes the check total_positive: expects 0
SELECT pg_temp.forgelua_check(7, 'every row of orders passes the check total_positive', '0',
  $q$SELECT count(*) FROM "orders" WHERE NOT (total >= 0)$q$);

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
