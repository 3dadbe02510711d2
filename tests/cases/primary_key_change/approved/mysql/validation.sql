-- Validation once every step has run: migration primary_key_change, mysql 8.4
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < validation.sql
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

-- 1. alter_primary_key PRIMARY: expects 1
SELECT CAST((SELECT CASE WHEN (SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ',') FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'readings' AND INDEX_NAME = 'PRIMARY') = 'sensor,at' THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'alter_primary_key PRIMARY', '1', @forgelua_actual);

-- 2. step 1 is done: Replace the primary key PRIMARY on readings: expects 1
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'readings' AND CONSTRAINT_NAME = 'PRIMARY' AND CONSTRAINT_TYPE = 'PRIMARY KEY') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'step 1 is done: Replace the primary key PRIMARY on readings', '1', @forgelua_actual);

-- 3. no two rows of readings share (sensor, at): expects 0
SELECT CAST((SELECT count(*) FROM (SELECT `sensor`, `at` FROM `readings` WHERE `sensor` IS NOT NULL AND `at` IS NOT NULL GROUP BY `sensor`, `at` HAVING count(*) > 1) AS d) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'no two rows of readings share (sensor, at)', '0', @forgelua_actual);

-- 4. definitions of readings are as the new schema states them: the server's text of them is that of a throw-away object
DROP TABLE IF EXISTS `forgelua_probe`;
CREATE TABLE `forgelua_probe` (
  `id` bigint NOT NULL,
  `sensor` int NOT NULL,
  `at` bigint NOT NULL,
  `v` int NULL,
  PRIMARY KEY (`sensor`, `at`)
);
SELECT CAST((SELECT concat_ws(', ', (SELECT GROUP_CONCAT(CONCAT_WS(' ', NON_UNIQUE, INDEX_TYPE, COLUMN_NAME, EXPRESSION, SUB_PART, COLLATION) ORDER BY SEQ_IN_INDEX) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'forgelua_probe' AND INDEX_NAME = 'PRIMARY'))) AS CHAR) INTO @forgelua_expected;
DROP TABLE IF EXISTS `forgelua_probe`;
SELECT CAST((SELECT concat_ws(', ', (SELECT GROUP_CONCAT(CONCAT_WS(' ', NON_UNIQUE, INDEX_TYPE, COLUMN_NAME, EXPRESSION, SUB_PART, COLLATION) ORDER BY SEQ_IN_INDEX) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'readings' AND INDEX_NAME = 'PRIMARY'))) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (4, 'definitions of readings are as the new schema states them', COALESCE(@forgelua_expected, ''), @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
