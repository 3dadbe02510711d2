-- Validation once every step has run: migration add_table, mysql 8.4
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

-- 1. create_table orders: expects 1
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')) THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'create_table orders', '1', @forgelua_actual);

-- 2. orders.id is filled in every row: expects 0
SELECT CAST((SELECT count(*) FROM `orders` WHERE `id` <=> NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'orders.id is filled in every row', '0', @forgelua_actual);

-- 3. orders.user_id is filled in every row: expects 0
SELECT CAST((SELECT count(*) FROM `orders` WHERE `user_id` <=> NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'orders.user_id is filled in every row', '0', @forgelua_actual);

-- 4. orders.total is filled in every row: expects 0
SELECT CAST((SELECT count(*) FROM `orders` WHERE `total` <=> NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (4, 'orders.total is filled in every row', '0', @forgelua_actual);

-- 5. no two rows of orders share (user_id, total): expects 0
SELECT CAST((SELECT count(*) FROM (SELECT `user_id`, `total` FROM `orders` WHERE `user_id` IS NOT NULL AND `total` IS NOT NULL GROUP BY `user_id`, `total` HAVING count(*) > 1) AS d) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (5, 'no two rows of orders share (user_id, total)', '0', @forgelua_actual);

-- 6. every orders (user_id) has its row in users: expects 0
SELECT CAST((SELECT count(*) FROM `orders` AS c WHERE c.`user_id` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `users` AS p WHERE p.`id` = c.`user_id`)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (6, 'every orders (user_id) has its row in users', '0', @forgelua_actual);

-- 7. every row of orders passes the check total_positive: expects 0
SELECT CAST((SELECT count(*) FROM `orders` WHERE NOT (total >= 0)) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (7, 'every row of orders passes the check total_positive', '0', @forgelua_actual);

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
