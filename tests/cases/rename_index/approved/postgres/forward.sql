-- Forward, every phase of migration rename_index
-- The index gets its proper name
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f forward.sql
-- The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by
-- one, with the gates that runbook.md states between them.

\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = public;
SET statement_timeout = 0;
-- A statement that cannot have its lock within two seconds gives up: what queues behind it would wait as long.
SET lock_timeout = '2s';

-- ============================================================================
-- Step 1 of 1, switch: Rename the index idx1 to users_name_idx
--   Id:           users.users_name_idx/switch/rename
--   Why:          metadata only
--   Lock:         none
--   Note:         only the index is locked (SHARE UPDATE EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old works, new works; statements that name it (hints) must follow
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 1: Rename the index idx1 to users_name_idx'
BEGIN;
ALTER INDEX idx1 RENAME TO users_name_idx;
COMMIT;
\echo 'forward: done'
