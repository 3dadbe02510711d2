-- Validation once every step has run: migration emc_backfill_not_null, mariadb 10.11
-- Run in this folder: mariadb --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < validation.sql
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

-- 1. add_column users.grp: expects 1
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'grp') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (1, 'add_column users.grp', '1', @forgelua_actual);

-- 2. step 4 is done: Make users.grp NOT NULL: expects 1
SELECT CAST((SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'grp') AND NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'grp' AND IS_NULLABLE = 'YES') AND EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' AND COLUMN_NAME = 'grp' AND EXTRA NOT LIKE '%INVISIBLE%') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (2, 'step 4 is done: Make users.grp NOT NULL', '1', @forgelua_actual);

-- 3. step 5 is done: Drop the trigger that filled grp of users: expects 1
SELECT CAST((SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'users__sync_i') AND NOT EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'users__sync_u') THEN '1' ELSE '0' END) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (3, 'step 5 is done: Drop the trigger that filled grp of users', '1', @forgelua_actual);

-- 4. users.grp is filled in every row: expects 0
SELECT CAST((SELECT count(*) FROM `users` WHERE `grp` <=> NULL) AS CHAR) INTO @forgelua_actual;
INSERT INTO forgelua_validation VALUES (4, 'users.grp is filled in every row', '0', @forgelua_actual);

-- Tries a statement that must fail, and takes it back. It never raises an error itself.
DROP PROCEDURE IF EXISTS forgelua_refused;
DELIMITER //
CREATE PROCEDURE forgelua_refused(IN no int, IN title text, IN statement text)
BEGIN
  DECLARE state char(5) DEFAULT '00000';
  DECLARE message text DEFAULT '';
  DECLARE touched bigint DEFAULT 0;
  START TRANSACTION;
  BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
      GET DIAGNOSTICS CONDITION 1 state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    SET @forgelua_statement = statement;
    PREPARE forgelua_try FROM @forgelua_statement;
    EXECUTE forgelua_try;
    SET touched = ROW_COUNT();
    DEALLOCATE PREPARE forgelua_try;
  END;
  ROLLBACK;
  INSERT INTO forgelua_validation VALUES (no, title, 'refused', CASE
    WHEN state LIKE '23%' OR (state = '00000' AND touched = 0) THEN 'refused'
    WHEN state = '00000' THEN 'accepted' ELSE CONCAT('error: ', message) END);
END //
DELIMITER ;

-- 5. NULL in users.grp is refused: the write is tried and taken back
CALL forgelua_refused(5, 'NULL in users.grp is refused',
  'UPDATE `users` SET `grp` = NULL WHERE `grp` IS NOT NULL LIMIT 1');
DROP PROCEDURE forgelua_refused;

SELECT no, title AS `check`, expected, actual,
       CASE WHEN expected IS NULL THEN '' WHEN actual <=> expected THEN 'ok' ELSE 'FAIL' END AS status
FROM forgelua_validation ORDER BY no;

-- The insert below fails, and with it the client, where a check does not hold.
SELECT count(*) INTO @forgelua_failed FROM forgelua_validation
WHERE expected IS NOT NULL AND NOT (actual <=> expected);
INSERT INTO forgelua_verdict VALUES (@forgelua_failed);
DROP TEMPORARY TABLE forgelua_verdict;
DROP TEMPORARY TABLE forgelua_validation;
