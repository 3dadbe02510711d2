-- Forward, every phase of migration key_replaced_under_reference
-- A primary key grows by a column; what refers to it goes on by a unique key of its own
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
-- Check: step 1 must not be done at this point: Take the foreign key visits_member_fkey of visits away while the primary key of members changes. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'visits' AND k.conname = 'visits_member_fkey' AND k.contype = 'f') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Take the foreign key visits_member_fkey of visits away while the primary key of members changes', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must not be done at this point: add_unique members_id_key. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'members' AND k.conname = 'members_id_key' AND k.contype = 'u' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must not be done at this point: add_unique members_id_key', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 6, switch: Take the foreign key visits_member_fkey of visits away while the primary key of members changes
--   Id:           visits.visits_member_fkey/switch/release-key
--   Why:          the engine drops no key under a foreign key; it comes back, tested against all rows, when its target is unique again
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Also locks:   members
--   Note:         the referenced table is locked as well
--   Estimate:     under 1 s
--   Applications: old works, new works; until it is back, writes that point nowhere are accepted
--   Way back:     yes, nothing is lost
--   Hazards:      rule dropped
-- ============================================================================
\echo 'step 1 of 6: Take the foreign key visits_member_fkey of visits away while the primary key of members changes'
BEGIN;
ALTER TABLE visits DROP CONSTRAINT visits_member_fkey;
COMMIT;
\echo 'step 1 of 6: done'

-- ============================================================================
-- Step 2 of 6, switch: Replace the primary key members_pkey on members
--   Id:           members.members_pkey/switch/replace
--   Why:          its definition changes
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), scans the table
--   Note:         its index is built under the lock
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     loses rows of members that agree in what members_pkey held apart: the way back stops at them until they are changed
--   Hazards:      constraint
-- ============================================================================
\echo 'step 2 of 6: Replace the primary key members_pkey on members'
-- Check: no two rows of members agree in (id, club). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM members WHERE id IS NOT NULL AND club IS NOT NULL GROUP BY id, club HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of members agree in (id, club)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of members has NULL in id. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM members WHERE id IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of members has NULL in id', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of members has NULL in club. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM members WHERE club IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of members has NULL in club', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE members DROP CONSTRAINT members_pkey;
ALTER TABLE members ADD CONSTRAINT members_pkey PRIMARY KEY (id, club);
COMMIT;
\echo 'step 2 of 6: done'

-- ============================================================================
-- Step 3 of 6, switch: Build the unique index members_id_key on members
--   Id:           members.members_id_key/switch/build-index
--   Why:          built concurrently, the index keeps nobody waiting; the constraint then takes it over
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Note:         waits for transactions that began before it; one that is broken off leaves an INVALID index, which is dropped and built again
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that would double a value fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      index build
-- ============================================================================
\echo 'step 3 of 6: Build the unique index members_id_key on members'
-- Check: no two rows of members agree in (id). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM members WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of members agree in (id)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS members_id_key;
CREATE UNIQUE INDEX CONCURRENTLY members_id_key ON members (id);
SET lock_timeout = '2s';
\echo 'step 3 of 6: done'

-- ============================================================================
-- Step 4 of 6, switch: Turn the index into the unique constraint members_id_key on members
--   Id:           members.members_id_key/switch/use-index
--   Why:          the index proves it: no row is read under the lock
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Note:         the index is there already
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 6: Turn the index into the unique constraint members_id_key on members'
BEGIN;
ALTER TABLE members ADD CONSTRAINT members_id_key UNIQUE USING INDEX members_id_key;
COMMIT;
\echo 'step 4 of 6: done'

-- ============================================================================
-- Step 5 of 6, switch: Add the foreign key visits_member_fkey on visits, not yet validated
--   Id:           visits.visits_member_fkey/switch/add-not-valid
--   Why:          it binds new rows at once; the rows that stand are not read under the lock
--   Lock:         SHARE ROW EXCLUSIVE, blocks writes for milliseconds
--   Also locks:   members
--   Estimate:     under 1 s
--   Applications: old works, new works; writes that point nowhere fail from here
--   Way back:     yes, nothing is lost
--   Hazards:      constraint
-- ============================================================================
\echo 'step 5 of 6: Add the foreign key visits_member_fkey on visits, not yet validated'
-- Check: no row of visits points at a missing row of members. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM visits AS child_row WHERE child_row.member IS NOT NULL AND NOT EXISTS (SELECT 1 FROM members AS parent_row WHERE parent_row.id = child_row.member))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of visits points at a missing row of members', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
BEGIN;
ALTER TABLE visits ADD CONSTRAINT visits_member_fkey FOREIGN KEY (member) REFERENCES members (id) NOT VALID;
COMMIT;
\echo 'step 5 of 6: done'

-- ============================================================================
-- Step 6 of 6, switch: Validate the foreign key visits_member_fkey on visits
--   Id:           visits.visits_member_fkey/switch/validate
--   Why:          validation reads the rows while reads and writes go on
--   Lock:         SHARE UPDATE EXCLUSIVE, blocks DDL for as long as the step runs (under 1 s), scans the table
--   Also locks:   members
--   Note:         the referenced table is locked in ROW SHARE
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      scan
-- ============================================================================
\echo 'step 6 of 6: Validate the foreign key visits_member_fkey on visits'
BEGIN;
ALTER TABLE visits VALIDATE CONSTRAINT visits_member_fkey;
COMMIT;
\echo 'step 6 of 6: done'

\echo 'forward: done'
