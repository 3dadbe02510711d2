-- Validation after phases/2-backfill.sql: migration primary_key_change, sqlite 3.40
-- Run in this folder: sqlite3 "$DATABASE_FILE" < phases/2-backfill.validation.sql
-- Prints every check with what it expects, what it found and its status. The client's exit code is not 0
-- where one fails. Nothing stays in the database.

.bail on
.timeout 5000
.headers on
.mode list
.separator ' | '
CREATE TEMP TABLE forgelua_validation (no integer, "check" text, expected text, actual text);
CREATE TEMP TABLE forgelua_verdict (failed integer, CONSTRAINT every_check_holds CHECK (failed = 0));

BEGIN;

-- 1. every row has an equal one in the copy: expects 0
INSERT INTO temp.forgelua_validation VALUES (1, 'every row has an equal one in the copy', '0',
  CAST((SELECT COUNT(*) FROM (SELECT "id" AS "id", "sensor" AS "sensor", "at" AS "at", "v" AS "v" FROM "readings") AS source WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS copied WHERE copied."id" = source."id" AND (copied."sensor" = source."sensor" OR (copied."sensor" IS NULL AND source."sensor" IS NULL)) AND (copied."at" = source."at" OR (copied."at" IS NULL AND source."at" IS NULL)) AND (copied."v" = source."v" OR (copied."v" IS NULL AND source."v" IS NULL)))) AS text));

-- 2. readings and readings__new have as many rows: expects 0
INSERT INTO temp.forgelua_validation VALUES (2, 'readings and readings__new have as many rows', '0',
  CAST((SELECT (SELECT count(*) FROM "readings") - (SELECT count(*) FROM "readings__new")) AS text));

-- 3. the sum of id is the same in readings and readings__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (3, 'the sum of id is the same in readings and readings__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("id" AS integer) / 4294967296) || ' ' || sum(CAST("id" AS integer) % 4294967296) FROM "readings") IS (SELECT sum(CAST("id" AS integer) / 4294967296) || ' ' || sum(CAST("id" AS integer) % 4294967296) FROM "readings__new") THEN 0 ELSE 1 END) AS text));

-- 4. the sum of sensor is the same in readings and readings__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (4, 'the sum of sensor is the same in readings and readings__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("sensor" AS integer) / 4294967296) || ' ' || sum(CAST("sensor" AS integer) % 4294967296) FROM "readings") IS (SELECT sum(CAST("sensor" AS integer) / 4294967296) || ' ' || sum(CAST("sensor" AS integer) % 4294967296) FROM "readings__new") THEN 0 ELSE 1 END) AS text));

-- 5. the sum of at is the same in readings and readings__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (5, 'the sum of at is the same in readings and readings__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("at" AS integer) / 4294967296) || ' ' || sum(CAST("at" AS integer) % 4294967296) FROM "readings") IS (SELECT sum(CAST("at" AS integer) / 4294967296) || ' ' || sum(CAST("at" AS integer) % 4294967296) FROM "readings__new") THEN 0 ELSE 1 END) AS text));

-- 6. the sum of v is the same in readings and readings__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (6, 'the sum of v is the same in readings and readings__new', '0',
  CAST((SELECT CASE WHEN (SELECT sum(CAST("v" AS integer) / 4294967296) || ' ' || sum(CAST("v" AS integer) % 4294967296) FROM "readings") IS (SELECT sum(CAST("v" AS integer) / 4294967296) || ' ' || sum(CAST("v" AS integer) % 4294967296) FROM "readings__new") THEN 0 ELSE 1 END) AS text));

-- 7. every key of readings is in readings__new: expects 0
INSERT INTO temp.forgelua_validation VALUES (7, 'every key of readings is in readings__new', '0',
  CAST((SELECT count(*) FROM "readings" AS a WHERE NOT EXISTS (SELECT 1 FROM "readings__new" AS b WHERE a."id" = b."id")) AS text));

-- 8. every key of readings__new is in readings: expects 0
INSERT INTO temp.forgelua_validation VALUES (8, 'every key of readings__new is in readings', '0',
  CAST((SELECT count(*) FROM "readings__new" AS a WHERE NOT EXISTS (SELECT 1 FROM "readings" AS b WHERE a."id" = b."id")) AS text));

-- 9. rows of readings and readings__new with the same key hold the same values: expects 0
INSERT INTO temp.forgelua_validation VALUES (9, 'rows of readings and readings__new with the same key hold the same values', '0',
  CAST((SELECT count(*) FROM (SELECT "id", "id" AS forgelua_1, "sensor" AS forgelua_2, "at" AS forgelua_3, "v" AS forgelua_4 FROM "readings") AS a JOIN "readings__new" AS b ON a."id" = b."id" WHERE ((b."id") IS NULL) <> ((a.forgelua_1) IS NULL) OR abs(b."id" - a.forgelua_1) > 0.5 OR ((b."sensor") IS NULL) <> ((a.forgelua_2) IS NULL) OR abs(b."sensor" - a.forgelua_2) > 0.5 OR ((b."at") IS NULL) <> ((a.forgelua_3) IS NULL) OR abs(b."at" - a.forgelua_3) > 0.5 OR ((b."v") IS NULL) <> ((a.forgelua_4) IS NULL) OR abs(b."v" - a.forgelua_4) > 0.5) AS text));
COMMIT;

SELECT no, "check", expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual IS expected THEN 'ok' ELSE 'FAIL' END AS status
FROM temp.forgelua_validation ORDER BY no;

-- The insert below fails, and with it the shell, where a check does not hold.
INSERT INTO temp.forgelua_verdict
SELECT count(*) FROM temp.forgelua_validation WHERE expected IS NOT NULL AND actual IS NOT expected;
DROP TABLE temp.forgelua_verdict;
DROP TABLE temp.forgelua_validation;
