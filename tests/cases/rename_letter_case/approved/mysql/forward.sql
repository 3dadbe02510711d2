-- Forward, every phase of migration letters
-- mysql 8.4; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: mysql --host="$DB_HOST" --user="$DB_USER" -p "$DB_NAME" < forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION time_zone = '+00:00';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
-- A statement that cannot have its metadata lock within five seconds gives up (the server's default is a day or a year).
SET SESSION lock_wait_timeout = 5;
SET SESSION innodb_lock_wait_timeout = 50;

-- ============================================================================
-- Step 1 of 3, switch: Rename users.EMail to email
--   Id:           users.EMail/switch/rename
--   Why:          metadata only; the engine tells no letter case apart, so both ways of writing it go on
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INPLACE
--   Also locks:   oldest, adults
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; a query with a star gives the column as email from here
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 1 of 3: Rename users.EMail to email' AS `forgelua`;
LOCK TABLES `users` WRITE;
ALTER TABLE `users`
  RENAME COLUMN `EMail` TO `email`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `adults` AS SELECT id, email AS `EMail` FROM users WHERE Age > 17;
CREATE OR REPLACE VIEW `oldest` AS SELECT id FROM adults;
SELECT 'step 1 of 3: done' AS `forgelua`;

-- ============================================================================
-- Step 2 of 3, switch: Rename users.Age to age
--   Id:           users.Age/switch/rename
--   Why:          metadata only; the engine tells no letter case apart, so both ways of writing it go on
--   Lock:         EXCLUSIVE metadata lock, blocks reads and writes for milliseconds, ALGORITHM=INPLACE
--   Also locks:   oldest, adults
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; a query with a star gives the column as age from here
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 2 of 3: Rename users.Age to age' AS `forgelua`;
LOCK TABLES `users` WRITE;
ALTER TABLE `users`
  RENAME COLUMN `Age` TO `age`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
UNLOCK TABLES;
CREATE OR REPLACE VIEW `adults` AS SELECT id, email FROM users WHERE age > 17;
CREATE OR REPLACE VIEW `oldest` AS SELECT id FROM adults;
SELECT 'step 2 of 3: done' AS `forgelua`;

-- ============================================================================
-- Step 3 of 3, switch: Rename the index users_AGE to users_age
--   Id:           users.users_age/switch/rename
--   Why:          metadata only
--   Lock:         SHARED_UPGRADABLE metadata lock, blocks DDL for milliseconds, ALGORITHM=INPLACE
--   Note:         an exclusive metadata lock for an instant at the start and the end
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
SELECT 'step 3 of 3: Rename the index users_AGE to users_age' AS `forgelua`;
ALTER TABLE `users`
  RENAME INDEX `users_AGE` TO `users_age`,
  ALGORITHM=INPLACE,
  LOCK=NONE;
SELECT 'step 3 of 3: done' AS `forgelua`;
SELECT 'forward: done' AS `forgelua`;
