-- WARNING: rollback is destructive — members_pkey data will be lost: rows of members that agree in what members_pkey held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration key_replaced_under_reference
-- A primary key grows by a column; what refers to it goes on by a unique key of its own
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
-- Check: the whole plan must be done before this: add_unique members_id_key. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'members' AND k.conname = 'members_id_key' AND k.contype = 'u' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_unique members_id_key', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
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

-- ============================================================================
-- Undo step 6 of 6, switch: Validate the foreign key visits_member_fkey on visits
--   Id:           visits.visits_member_fkey/switch/validate
-- ============================================================================
\echo 'undo step 6 of 6: Validate the foreign key visits_member_fkey on visits'
BEGIN;
ALTER TABLE visits DROP CONSTRAINT visits_member_fkey, ADD CONSTRAINT visits_member_fkey FOREIGN KEY (member) REFERENCES members (id) NOT VALID;
COMMIT;
\echo 'undo step 6 of 6: done'

-- ============================================================================
-- Undo step 5 of 6, switch: Add the foreign key visits_member_fkey on visits, not yet validated
--   Id:           visits.visits_member_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 5 of 6: Add the foreign key visits_member_fkey on visits, not yet validated'
BEGIN;
ALTER TABLE visits DROP CONSTRAINT visits_member_fkey;
COMMIT;
\echo 'undo step 5 of 6: done'

-- ============================================================================
-- Undo step 4 of 6, switch: Turn the index into the unique constraint members_id_key on members
--   Id:           members.members_id_key/switch/use-index
-- ============================================================================
\echo 'undo step 4 of 6: Turn the index into the unique constraint members_id_key on members'
BEGIN;
ALTER TABLE members DROP CONSTRAINT members_id_key;
COMMIT;
\echo 'undo step 4 of 6: done'

-- ============================================================================
-- Undo step 3 of 6, switch: Build the unique index members_id_key on members
--   Id:           members.members_id_key/switch/build-index
-- ============================================================================
\echo 'undo step 3 of 6: Build the unique index members_id_key on members'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS members_id_key;
SET lock_timeout = '2s';
\echo 'undo step 3 of 6: done'

-- ============================================================================
-- Undo step 2 of 6, switch: Replace the primary key members_pkey on members
--   Id:           members.members_pkey/switch/replace
--   Loses:        rows of members that agree in what members_pkey held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 2 of 6: Replace the primary key members_pkey on members'
BEGIN;
ALTER TABLE members DROP CONSTRAINT members_pkey;
ALTER TABLE members ADD CONSTRAINT members_pkey PRIMARY KEY (id);
COMMIT;
\echo 'undo step 2 of 6: done'

-- ============================================================================
-- Undo step 1 of 6, switch: Take the foreign key visits_member_fkey of visits away while the primary key of members changes
--   Id:           visits.visits_member_fkey/switch/release-key
-- ============================================================================
\echo 'undo step 1 of 6: Take the foreign key visits_member_fkey of visits away while the primary key of members changes'
BEGIN;
ALTER TABLE visits ADD CONSTRAINT visits_member_fkey FOREIGN KEY (member) REFERENCES members (id);
COMMIT;
\echo 'undo step 1 of 6: done'

\echo 'rollback: done'
