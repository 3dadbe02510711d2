-- Rollback, every phase of migration letters
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Undo step 3 of 3, switch: Rename the index users_AGE to users_age
--   Id:           users.users_age/switch/rename
-- ============================================================================
SELECT 'undo step 3 of 3: Rename the index users_AGE to users_age' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `users_age` TO `users_AGE`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'undo step 3 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 2 of 3, switch: Rename users.Age to age
--   Id:           users.Age/switch/rename
-- ============================================================================
SELECT 'undo step 2 of 3: Rename users.Age to age' AS `forgelua`;
LOCK TABLES `users` WRITE;
ALTER TABLE `users`
  RENAME COLUMN `age` TO `Age`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `adults` AS SELECT id, email AS `EMail` FROM users WHERE Age > 17;
CREATE OR REPLACE VIEW `oldest` AS SELECT id FROM adults;
SELECT 'undo step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Undo step 1 of 3, switch: Rename users.EMail to email
--   Id:           users.EMail/switch/rename
-- ============================================================================
SELECT 'undo step 1 of 3: Rename users.EMail to email' AS `forgelua`;
LOCK TABLES `users` WRITE;
ALTER TABLE `users`
  RENAME COLUMN `email` TO `EMail`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `adults` AS SELECT id, EMail FROM users WHERE Age > 17;
CREATE OR REPLACE VIEW `oldest` AS SELECT id FROM adults;
SELECT 'undo step 1 of 3: done' AS `forgelua`;
SELECT 'rollback: done' AS `forgelua`;
