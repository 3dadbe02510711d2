-- Validation after phases/2-backfill.sql: migration blue_green_one, mariadb 10.11
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

-- 1. every row has an equal one in the copy: expects 0
SELECT CAST((SELECT COUNT(*) FROM (SELECT `id` AS `id`, `amount` AS `amount` FROM `prices`) AS source WHERE NOT EXISTS (SELECT 1 FROM `prices__new` AS copied WHERE copied.`id` = source.`id` AND (copied.`amount` = source.`amount` OR (copied.`amount` IS NULL AND source.`amount` IS NULL)))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'every row has an equal one in the copy', '0', @forgelua_actual);

-- 2. prices and prices__new have as many rows: expects 0
SELECT CAST((SELECT (SELECT count(*) FROM `prices`) - (SELECT count(*) FROM `prices__new`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'prices and prices__new have as many rows', '0', @forgelua_actual);

-- 3. the sum of id is the same in prices and prices__new: expects 0
SELECT CAST((SELECT CASE WHEN (SELECT sum(`id`) FROM `prices`) <=> (SELECT sum(`id`) FROM `prices__new`) THEN 0 ELSE 1 END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'the sum of id is the same in prices and prices__new', '0', @forgelua_actual);

-- 4. the sum of amount is the same in prices and prices__new: expects 0
SELECT CAST((SELECT CASE WHEN (SELECT sum(`amount`) FROM `prices`) <=> (SELECT sum(`amount`) FROM `prices__new`) THEN 0 ELSE 1 END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (4, 'the sum of amount is the same in prices and prices__new', '0', @forgelua_actual);

-- 5. every key of prices is in prices__new: expects 0
SELECT CAST((SELECT count(*) FROM `prices` AS a WHERE NOT EXISTS (SELECT 1 FROM `prices__new` AS b WHERE a.`id` = b.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (5, 'every key of prices is in prices__new', '0', @forgelua_actual);

-- 6. every key of prices__new is in prices: expects 0
SELECT CAST((SELECT count(*) FROM `prices__new` AS a WHERE NOT EXISTS (SELECT 1 FROM `prices` AS b WHERE a.`id` = b.`id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (6, 'every key of prices__new is in prices', '0', @forgelua_actual);

-- 7. rows of prices and prices__new with the same key hold the same values: expects 0
SELECT CAST((SELECT count(*) FROM (SELECT `id`, `id` AS forgelua_1, `amount` AS forgelua_2 FROM `prices`) AS a JOIN `prices__new` AS b ON a.`id` = b.`id` WHERE ((b.`id`) IS NULL) <> ((a.forgelua_1) IS NULL) OR abs(b.`id` + 0.0 - a.forgelua_1) > 0.5 OR ((b.`amount`) IS NULL) <> ((a.forgelua_2) IS NULL) OR abs(b.`amount` + 0.0 - a.forgelua_2) > 0.5) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (7, 'rows of prices and prices__new with the same key hold the same values', '0', @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
