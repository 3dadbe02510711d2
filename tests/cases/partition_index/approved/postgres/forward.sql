-- Forward, every phase of migration partition_index
-- A partitioned table gets an index, a unique key and a primary key while it is written to, and a new partition
-- postgres 15; strategy direct; risk high; forgelua 0.1.0
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
-- Is it this script's turn? Where one of these checks fails, nothing has been touched: it has run already,
-- or a script that comes before it has not. After a stop in the middle see "When a script stops" in runbook.md.
-- ============================================================================
-- Check: step 1 must not be done at this point: Create the table log_2024. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'log_2024' AND c.relkind IN ('r', 'p')) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Create the table log_2024', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 19, expand: Create the table log_2024
--   Id:           log_2024/expand/create-table
--   Why:          no application knows it yet
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for milliseconds
--   Also locks:   log
--   Note:         on the partitioned table; a DEFAULT partition is scanned and locked
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 1 of 19: Create the table log_2024'
BEGIN;
CREATE TABLE log_2024 (
  LIKE log INCLUDING ALL EXCLUDING IDENTITY EXCLUDING COMMENTS EXCLUDING STATISTICS
);
ALTER TABLE log ATTACH PARTITION log_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
COMMIT;
\echo 'step 1 of 19: done'

-- ============================================================================
-- Step 2 of 19, expand: Build the index log_2022_note_idx on log_2022
--   Id:           log_2022.log_2022_note_idx/expand/build-index
--   Why:          its rows are read while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (12 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     12 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 2 of 19: Build the index log_2022_note_idx on log_2022'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_note_idx;
CREATE INDEX CONCURRENTLY log_2022_note_idx ON log_2022 (note);
SET lock_timeout = '2s';
\echo 'step 2 of 19: done'

-- ============================================================================
-- Step 3 of 19, expand: Build the index log_2023_a_note_idx on log_2023_a
--   Id:           log_2023_a.log_2023_a_note_idx/expand/build-index
--   Why:          its rows are read while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 3 of 19: Build the index log_2023_a_note_idx on log_2023_a'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_note_idx;
CREATE INDEX CONCURRENTLY log_2023_a_note_idx ON log_2023_a (note);
SET lock_timeout = '2s';
\echo 'step 3 of 19: done'

-- ============================================================================
-- Step 4 of 19, expand: Build the index log_2023_b_note_idx on log_2023_b
--   Id:           log_2023_b.log_2023_b_note_idx/expand/build-index
--   Why:          its rows are read while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 4 of 19: Build the index log_2023_b_note_idx on log_2023_b'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_note_idx;
CREATE INDEX CONCURRENTLY log_2023_b_note_idx ON log_2023_b (note);
SET lock_timeout = '2s';
\echo 'step 4 of 19: done'

-- ============================================================================
-- Step 5 of 19, expand: Make of the partitions' own the index log_note on log
--   Id:           log.log_note/expand/from-partitions
--   Why:          the server takes what stands on each partition for a part of it: no row is read under the lock
--   Lock:         SHARE, blocks writes for milliseconds
--   Note:         the partitions are locked as well; they have their indexes already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 5 of 19: Make of the partitions'' own the index log_note on log'
BEGIN;
CREATE INDEX log_note ON log (note);
COMMIT;
\echo 'step 5 of 19: done'

-- ============================================================================
-- Step 6 of 19, switch: Build the unique index log_2022_pkey on log_2022
--   Id:           log_2022.log_2022_pkey/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (12 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     12 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 6 of 19: Build the unique index log_2022_pkey on log_2022'
-- Check: no two rows of log_2022 agree in (id, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2022 WHERE id IS NOT NULL AND at IS NOT NULL GROUP BY id, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2022 agree in (id, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_pkey;
CREATE UNIQUE INDEX CONCURRENTLY log_2022_pkey ON log_2022 (id, at);
SET lock_timeout = '2s';
\echo 'step 6 of 19: done'

-- ============================================================================
-- Step 7 of 19, switch: Turn the index into the primary key log_2022_pkey on log_2022
--   Id:           log_2022.log_2022_pkey/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 7 of 19: Turn the index into the primary key log_2022_pkey on log_2022'
BEGIN;
ALTER TABLE log_2022 ADD CONSTRAINT log_2022_pkey PRIMARY KEY USING INDEX log_2022_pkey;
COMMIT;
\echo 'step 7 of 19: done'

-- ============================================================================
-- Step 8 of 19, switch: Build the unique index log_2023_a_pkey on log_2023_a
--   Id:           log_2023_a.log_2023_a_pkey/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 8 of 19: Build the unique index log_2023_a_pkey on log_2023_a'
-- Check: no two rows of log_2023_a agree in (id, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2023_a WHERE id IS NOT NULL AND at IS NOT NULL GROUP BY id, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2023_a agree in (id, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_pkey;
CREATE UNIQUE INDEX CONCURRENTLY log_2023_a_pkey ON log_2023_a (id, at);
SET lock_timeout = '2s';
\echo 'step 8 of 19: done'

-- ============================================================================
-- Step 9 of 19, switch: Turn the index into the primary key log_2023_a_pkey on log_2023_a
--   Id:           log_2023_a.log_2023_a_pkey/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 9 of 19: Turn the index into the primary key log_2023_a_pkey on log_2023_a'
BEGIN;
ALTER TABLE log_2023_a ADD CONSTRAINT log_2023_a_pkey PRIMARY KEY USING INDEX log_2023_a_pkey;
COMMIT;
\echo 'step 9 of 19: done'

-- ============================================================================
-- Step 10 of 19, switch: Build the unique index log_2023_b_pkey on log_2023_b
--   Id:           log_2023_b.log_2023_b_pkey/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 10 of 19: Build the unique index log_2023_b_pkey on log_2023_b'
-- Check: no two rows of log_2023_b agree in (id, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2023_b WHERE id IS NOT NULL AND at IS NOT NULL GROUP BY id, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2023_b agree in (id, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_pkey;
CREATE UNIQUE INDEX CONCURRENTLY log_2023_b_pkey ON log_2023_b (id, at);
SET lock_timeout = '2s';
\echo 'step 10 of 19: done'

-- ============================================================================
-- Step 11 of 19, switch: Turn the index into the primary key log_2023_b_pkey on log_2023_b
--   Id:           log_2023_b.log_2023_b_pkey/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 11 of 19: Turn the index into the primary key log_2023_b_pkey on log_2023_b'
BEGIN;
ALTER TABLE log_2023_b ADD CONSTRAINT log_2023_b_pkey PRIMARY KEY USING INDEX log_2023_b_pkey;
COMMIT;
\echo 'step 11 of 19: done'

-- ============================================================================
-- Step 12 of 19, switch: Make of the partitions' own the primary key log_pkey on log
--   Id:           log.log_pkey/switch/from-partitions
--   Why:          the server takes what stands on each partition for a part of it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the partitions are locked in SHARE; they have their keys already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 12 of 19: Make of the partitions'' own the primary key log_pkey on log'
BEGIN;
ALTER TABLE log ADD CONSTRAINT log_pkey PRIMARY KEY (id, at);
COMMIT;
\echo 'step 12 of 19: done'

-- ============================================================================
-- Step 13 of 19, switch: Build the unique index log_2022_code_at_key on log_2022
--   Id:           log_2022.log_2022_code_at_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (12 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     12 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 13 of 19: Build the unique index log_2022_code_at_key on log_2022'
-- Check: no two rows of log_2022 agree in (code, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2022 WHERE code IS NOT NULL AND at IS NOT NULL GROUP BY code, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2022 agree in (code, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2022_code_at_key;
CREATE UNIQUE INDEX CONCURRENTLY log_2022_code_at_key ON log_2022 (code, at);
SET lock_timeout = '2s';
\echo 'step 13 of 19: done'

-- ============================================================================
-- Step 14 of 19, switch: Turn the index into the unique constraint log_2022_code_at_key on log_2022
--   Id:           log_2022.log_2022_code_at_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 14 of 19: Turn the index into the unique constraint log_2022_code_at_key on log_2022'
BEGIN;
ALTER TABLE log_2022 ADD CONSTRAINT log_2022_code_at_key UNIQUE USING INDEX log_2022_code_at_key;
COMMIT;
\echo 'step 14 of 19: done'

-- ============================================================================
-- Step 15 of 19, switch: Build the unique index log_2023_a_code_at_key on log_2023_a
--   Id:           log_2023_a.log_2023_a_code_at_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 15 of 19: Build the unique index log_2023_a_code_at_key on log_2023_a'
-- Check: no two rows of log_2023_a agree in (code, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2023_a WHERE code IS NOT NULL AND at IS NOT NULL GROUP BY code, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2023_a agree in (code, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_a_code_at_key;
CREATE UNIQUE INDEX CONCURRENTLY log_2023_a_code_at_key ON log_2023_a (code, at);
SET lock_timeout = '2s';
\echo 'step 15 of 19: done'

-- ============================================================================
-- Step 16 of 19, switch: Turn the index into the unique constraint log_2023_a_code_at_key on log_2023_a
--   Id:           log_2023_a.log_2023_a_code_at_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 16 of 19: Turn the index into the unique constraint log_2023_a_code_at_key on log_2023_a'
BEGIN;
ALTER TABLE log_2023_a ADD CONSTRAINT log_2023_a_code_at_key UNIQUE USING INDEX log_2023_a_code_at_key;
COMMIT;
\echo 'step 16 of 19: done'

-- ============================================================================
-- Step 17 of 19, switch: Build the unique index log_2023_b_code_at_key on log_2023_b
--   Id:           log_2023_b.log_2023_b_code_at_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (unknown), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     unknown
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 17 of 19: Build the unique index log_2023_b_code_at_key on log_2023_b'
-- Check: no two rows of log_2023_b agree in (code, at). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_2023_b WHERE code IS NOT NULL AND at IS NOT NULL GROUP BY code, at HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of log_2023_b agree in (code, at)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS log_2023_b_code_at_key;
CREATE UNIQUE INDEX CONCURRENTLY log_2023_b_code_at_key ON log_2023_b (code, at);
SET lock_timeout = '2s';
\echo 'step 17 of 19: done'

-- ============================================================================
-- Step 18 of 19, switch: Turn the index into the unique constraint log_2023_b_code_at_key on log_2023_b
--   Id:           log_2023_b.log_2023_b_code_at_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 18 of 19: Turn the index into the unique constraint log_2023_b_code_at_key on log_2023_b'
BEGIN;
ALTER TABLE log_2023_b ADD CONSTRAINT log_2023_b_code_at_key UNIQUE USING INDEX log_2023_b_code_at_key;
COMMIT;
\echo 'step 18 of 19: done'

-- ============================================================================
-- Step 19 of 19, switch: Make of the partitions' own the unique constraint log_code on log
--   Id:           log.log_code/switch/from-partitions
--   Why:          the server takes what stands on each partition for a part of it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the partitions are locked in SHARE; they have their keys already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 19 of 19: Make of the partitions'' own the unique constraint log_code on log'
BEGIN;
ALTER TABLE log ADD CONSTRAINT log_code UNIQUE (code, at);
COMMIT;
\echo 'step 19 of 19: done'

\echo 'forward: done'
