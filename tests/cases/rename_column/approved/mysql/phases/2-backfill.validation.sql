-- Validation after phases/2-backfill.sql: migration rename_column, mysql 8.4
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/2-backfill.validation.sql
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

-- 1. every row holds the converted value: expects 0
SELECT CAST((SELECT COUNT(*) FROM `users` WHERE (CASE WHEN (`years`) = (`age`) OR ((`years`) IS NULL AND (`age`) IS NULL) THEN 0 ELSE 1 END = 1)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'every row holds the converted value', '0', @forgelua_actual);

-- 2. no row of users is left to fill, rows written lately included: expects 0
SELECT CAST((SELECT count(*) FROM `users` WHERE (`years` IS NULL) AND ((`years` IS NULL AND (`age`) IS NOT NULL))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'no row of users is left to fill, rows written lately included', '0', @forgelua_actual);

-- 3. 100 random rows of users: new column against old: expects 0
SELECT CAST((SELECT count(*) FROM `users` JOIN (SELECT `id` FROM `users` ORDER BY rand() LIMIT 100) AS forgelua_sample USING (`id`) WHERE ((`years`) IS NULL) <> (((`age`)) IS NULL) OR abs(`years` + 0.0 - (`age`)) > 0.5) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, '100 random rows of users: new column against old', '0', @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
