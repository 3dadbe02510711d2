-- WARNING: rollback is destructive — unwanted data will be lost: the rows of unwanted: the way back creates it empty.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration p
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f rollback.sql
-- Takes back a whole forward.sql. After some of the phases only, run their .rollback.sql files, last
-- phase first.

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
-- Undo step 3 of 3, contract: Drop the table unwanted
--   Id:           unwanted/contract/drop-table
--   Loses:        the rows of unwanted: the way back creates it empty
-- ============================================================================
\echo 'undo step 3 of 3: Drop the table unwanted'
BEGIN;
CREATE TABLE unwanted ();
COMMIT;

-- ============================================================================
-- Undo step 2 of 3, expand: Alter the sequence test_id_seq
--   Id:           test_id_seq/expand/alter-sequence
-- ============================================================================
\echo 'undo step 2 of 3: Alter the sequence test_id_seq'
BEGIN;
ALTER SEQUENCE test_id_seq AS integer OWNED BY test.id;
COMMIT;

-- ============================================================================
-- Undo step 1 of 3, expand: Alter the sequence test2_id_seq
--   Id:           test2_id_seq/expand/alter-sequence
-- ============================================================================
\echo 'undo step 1 of 3: Alter the sequence test2_id_seq'
BEGIN;
ALTER SEQUENCE test2_id_seq AS bigint OWNED BY NONE;
COMMIT;
\echo 'rollback: done'
