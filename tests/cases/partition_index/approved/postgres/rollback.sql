-- Rollback, every phase of migration partition_index
-- A partitioned table gets an index, a unique key and a primary key while it is written to, and a new partition
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 19 must be done before this: Make of the partitions' own the unique constraint log_code on log. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'log' AND k.conname = 'log_code' AND k.contype = 'u' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 2) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 19 must be done before this: Make of the partitions'' own the unique constraint log_code on log', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 19 of 19, switch: Make of the partitions' own the unique constraint log_code on log
--   Id:           log.log_code/switch/from-partitions
-- ============================================================================
\echo 'undo step 19 of 19: Make of the partitions'' own the unique constraint log_code on log'
BEGIN;
ALTER TABLE log DROP CONSTRAINT log_code;
COMMIT;
\echo 'undo step 19 of 19: done'

-- ============================================================================
-- Undo step 18 of 19, switch: Turn the index into the unique constraint log_2023_b_code_at_key on log_2023_b
--   Id:           log_2023_b.log_2023_b_code_at_key/switch/use-index
-- ============================================================================
\echo 'undo step 18 of 19: Turn the index into the unique constraint log_2023_b_code_at_key on log_2023_b'
BEGIN;
ALTER TABLE log_2023_b DROP CONSTRAINT IF EXISTS log_2023_b_code_at_key;
COMMIT;
\echo 'undo step 18 of 19: done'

-- ============================================================================
-- Undo step 17 of 19, switch: Build the unique index log_2023_b_code_at_key on log_2023_b
--   Id:           log_2023_b.log_2023_b_code_at_key/switch/build-index
-- ============================================================================
\echo 'undo step 17 of 19: Build the unique index log_2023_b_code_at_key on log_2023_b'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_code_at_key;
SET lock_timeout = '2s';
\echo 'undo step 17 of 19: done'

-- ============================================================================
-- Undo step 16 of 19, switch: Turn the index into the unique constraint log_2023_a_code_at_key on log_2023_a
--   Id:           log_2023_a.log_2023_a_code_at_key/switch/use-index
-- ============================================================================
\echo 'undo step 16 of 19: Turn the index into the unique constraint log_2023_a_code_at_key on log_2023_a'
BEGIN;
ALTER TABLE log_2023_a DROP CONSTRAINT IF EXISTS log_2023_a_code_at_key;
COMMIT;
\echo 'undo step 16 of 19: done'

-- ============================================================================
-- Undo step 15 of 19, switch: Build the unique index log_2023_a_code_at_key on log_2023_a
--   Id:           log_2023_a.log_2023_a_code_at_key/switch/build-index
-- ============================================================================
\echo 'undo step 15 of 19: Build the unique index log_2023_a_code_at_key on log_2023_a'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_code_at_key;
SET lock_timeout = '2s';
\echo 'undo step 15 of 19: done'

-- ============================================================================
-- Undo step 14 of 19, switch: Turn the index into the unique constraint log_2022_code_at_key on log_2022
--   Id:           log_2022.log_2022_code_at_key/switch/use-index
-- ============================================================================
\echo 'undo step 14 of 19: Turn the index into the unique constraint log_2022_code_at_key on log_2022'
BEGIN;
ALTER TABLE log_2022 DROP CONSTRAINT IF EXISTS log_2022_code_at_key;
COMMIT;
\echo 'undo step 14 of 19: done'

-- ============================================================================
-- Undo step 13 of 19, switch: Build the unique index log_2022_code_at_key on log_2022
--   Id:           log_2022.log_2022_code_at_key/switch/build-index
-- ============================================================================
\echo 'undo step 13 of 19: Build the unique index log_2022_code_at_key on log_2022'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_code_at_key;
SET lock_timeout = '2s';
\echo 'undo step 13 of 19: done'

-- ============================================================================
-- Undo step 12 of 19, switch: Make of the partitions' own the primary key log_pkey on log
--   Id:           log.log_pkey/switch/from-partitions
-- ============================================================================
\echo 'undo step 12 of 19: Make of the partitions'' own the primary key log_pkey on log'
BEGIN;
ALTER TABLE log DROP CONSTRAINT log_pkey;
COMMIT;
\echo 'undo step 12 of 19: done'

-- ============================================================================
-- Undo step 11 of 19, switch: Turn the index into the primary key log_2023_b_pkey on log_2023_b
--   Id:           log_2023_b.log_2023_b_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 11 of 19: Turn the index into the primary key log_2023_b_pkey on log_2023_b'
BEGIN;
ALTER TABLE log_2023_b DROP CONSTRAINT IF EXISTS log_2023_b_pkey;
COMMIT;
\echo 'undo step 11 of 19: done'

-- ============================================================================
-- Undo step 10 of 19, switch: Build the unique index log_2023_b_pkey on log_2023_b
--   Id:           log_2023_b.log_2023_b_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 10 of 19: Build the unique index log_2023_b_pkey on log_2023_b'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_pkey;
SET lock_timeout = '2s';
\echo 'undo step 10 of 19: done'

-- ============================================================================
-- Undo step 9 of 19, switch: Turn the index into the primary key log_2023_a_pkey on log_2023_a
--   Id:           log_2023_a.log_2023_a_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 9 of 19: Turn the index into the primary key log_2023_a_pkey on log_2023_a'
BEGIN;
ALTER TABLE log_2023_a DROP CONSTRAINT IF EXISTS log_2023_a_pkey;
COMMIT;
\echo 'undo step 9 of 19: done'

-- ============================================================================
-- Undo step 8 of 19, switch: Build the unique index log_2023_a_pkey on log_2023_a
--   Id:           log_2023_a.log_2023_a_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 8 of 19: Build the unique index log_2023_a_pkey on log_2023_a'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_pkey;
SET lock_timeout = '2s';
\echo 'undo step 8 of 19: done'

-- ============================================================================
-- Undo step 7 of 19, switch: Turn the index into the primary key log_2022_pkey on log_2022
--   Id:           log_2022.log_2022_pkey/switch/use-index
-- ============================================================================
\echo 'undo step 7 of 19: Turn the index into the primary key log_2022_pkey on log_2022'
BEGIN;
ALTER TABLE log_2022 DROP CONSTRAINT IF EXISTS log_2022_pkey;
COMMIT;
\echo 'undo step 7 of 19: done'

-- ============================================================================
-- Undo step 6 of 19, switch: Build the unique index log_2022_pkey on log_2022
--   Id:           log_2022.log_2022_pkey/switch/build-index
-- ============================================================================
\echo 'undo step 6 of 19: Build the unique index log_2022_pkey on log_2022'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_pkey;
SET lock_timeout = '2s';
\echo 'undo step 6 of 19: done'

-- ============================================================================
-- Undo step 5 of 19, expand: Make of the partitions' own the index log_note on log
--   Id:           log.log_note/expand/from-partitions
-- ============================================================================
\echo 'undo step 5 of 19: Make of the partitions'' own the index log_note on log'
BEGIN;
DROP INDEX log_note;
COMMIT;
\echo 'undo step 5 of 19: done'

-- ============================================================================
-- Undo step 4 of 19, expand: Build the index log_2023_b_note_idx on log_2023_b
--   Id:           log_2023_b.log_2023_b_note_idx/expand/build-index
-- ============================================================================
\echo 'undo step 4 of 19: Build the index log_2023_b_note_idx on log_2023_b'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_note_idx;
SET lock_timeout = '2s';
\echo 'undo step 4 of 19: done'

-- ============================================================================
-- Undo step 3 of 19, expand: Build the index log_2023_a_note_idx on log_2023_a
--   Id:           log_2023_a.log_2023_a_note_idx/expand/build-index
-- ============================================================================
\echo 'undo step 3 of 19: Build the index log_2023_a_note_idx on log_2023_a'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_note_idx;
SET lock_timeout = '2s';
\echo 'undo step 3 of 19: done'

-- ============================================================================
-- Undo step 2 of 19, expand: Build the index log_2022_note_idx on log_2022
--   Id:           log_2022.log_2022_note_idx/expand/build-index
-- ============================================================================
\echo 'undo step 2 of 19: Build the index log_2022_note_idx on log_2022'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_note_idx;
SET lock_timeout = '2s';
\echo 'undo step 2 of 19: done'

-- ============================================================================
-- Undo step 1 of 19, expand: Create the table log_2024
--   Id:           log_2024/expand/create-table
-- ============================================================================
\echo 'undo step 1 of 19: Create the table log_2024'
BEGIN;
ALTER TABLE log DETACH PARTITION log_2024;
DROP TABLE log_2024;
COMMIT;
\echo 'undo step 1 of 19: done'

\echo 'rollback: done'
