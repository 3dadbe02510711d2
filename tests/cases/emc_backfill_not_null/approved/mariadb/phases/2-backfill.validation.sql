-- Validation after phases/2-backfill.sql: migration emc_backfill_not_null, mariadb 10.11
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/2-backfill.validation.sql
-- Prints every check with what it expects, what it found and its status. The client's exit code is not 0
-- where one fails. Nothing stays in the database.

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION lock_wait_timeout = 5;
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;

CREATE TEMPORARY TABLE forgelua_validation (no int, title text, expected text, actual text)
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TEMPORARY TABLE forgelua_verdict (failed bigint, CONSTRAINT every_check_holds CHECK (failed = 0));

-- 1. no row of users has NULL in grp: expects 0
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE `grp` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'no row of users has NULL in grp', '0', @forgelua_actual);

-- 2. every row of users holds what its source gives: expects 0
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE (`grp` IS NULL AND (CASE WHEN age > 60 THEN 'old' ELSE 'young' END) IS NOT NULL)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'every row of users holds what its source gives', '0', @forgelua_actual);

-- 3. no row of users is left to fill, rows written lately included: expects 0
SELECT CAST((SELECT count(*) FROM `users` WHERE (`grp` IS NULL) AND ((`grp` IS NULL AND (CASE WHEN age > 60 THEN 'old' ELSE 'young' END) IS NOT NULL))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'no row of users is left to fill, rows written lately included', '0', @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
