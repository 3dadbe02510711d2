-- Baseline, to note before the start: migration blue_green_one, mariadb 10.11
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < phases/0-baseline.sql
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

-- 1. rows of prices
SELECT CAST((SELECT count(*) FROM `prices`) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'rows of prices', NULL, @forgelua_actual);

-- 2. bytes of prices with its indexes
SELECT CAST((SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'prices') AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'bytes of prices with its indexes', NULL, @forgelua_actual);

-- 3. rows without prices.amount
SELECT CAST((SELECT count(*) FROM `prices` WHERE `amount` IS NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'rows without prices.amount', NULL, @forgelua_actual);

-- 4. min of prices.amount
SELECT CAST((SELECT min(`amount`) FROM `prices`) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (4, 'min of prices.amount', NULL, @forgelua_actual);

-- 5. max of prices.amount
SELECT CAST((SELECT max(`amount`) FROM `prices`) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (5, 'max of prices.amount', NULL, @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
