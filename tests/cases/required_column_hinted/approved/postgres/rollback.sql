-- WARNING: rollback is destructive — parts.name data will be lost: values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts.weight data will be lost: values of parts.weight that integer cannot hold: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration required_column_hinted
-- A column that every row must have and nobody gives a value: the spec says that there is no row
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
-- Check: the whole plan must be done before this: add_foreign_key parts_owner_fkey. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND k.conname = 'parts_owner_fkey' AND k.contype = 'f' AND k.convalidated AND k.condeferrable = false AND k.condeferred = false AND k.confdeltype = 'a' AND k.confupdtype = 'a' AND k.confmatchtype = 's' AND cardinality(k.conkey) = 1) THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: add_foreign_key parts_owner_fkey', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every weight of parts can be held as integer. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE weight < -2147483648 OR weight > 2147483647)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every weight of parts can be held as integer', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no name of parts is longer than 40. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE SUBSTR(name, 41) <> '')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no name of parts is longer than 40', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 10 of 10, switch: Validate the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/switch/validate
-- ============================================================================
\echo 'undo step 10 of 10: Validate the foreign key parts_owner_fkey on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_owner_fkey, ADD CONSTRAINT parts_owner_fkey FOREIGN KEY (owner) REFERENCES owners (id) NOT VALID;
COMMIT;
\echo 'undo step 10 of 10: done'

-- ============================================================================
-- Undo step 9 of 10, switch: Add the foreign key parts_owner_fkey on parts, not yet validated
--   Id:           parts.parts_owner_fkey/switch/add-not-valid
-- ============================================================================
\echo 'undo step 9 of 10: Add the foreign key parts_owner_fkey on parts, not yet validated'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_owner_fkey;
COMMIT;
\echo 'undo step 9 of 10: done'

-- ============================================================================
-- Undo step 8 of 10, switch: Turn the index into the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/use-index
-- ============================================================================
\echo 'undo step 8 of 10: Turn the index into the unique constraint parts_code_key on parts'
BEGIN;
ALTER TABLE parts DROP CONSTRAINT parts_code_key;
COMMIT;
\echo 'undo step 8 of 10: done'

-- ============================================================================
-- Undo step 7 of 10, switch: Build the unique index parts_code_key on parts
--   Id:           parts.parts_code_key/switch/build-index
-- ============================================================================
\echo 'undo step 7 of 10: Build the unique index parts_code_key on parts'
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS parts_code_key;
SET lock_timeout = '2s';
\echo 'undo step 7 of 10: done'

-- ============================================================================
-- Undo step 6 of 10, expand: Add parts.owner
--   Id:           parts.owner/expand/add-column
-- ============================================================================
\echo 'undo step 6 of 10: Add parts.owner'
BEGIN;
ALTER TABLE parts DROP COLUMN owner;
COMMIT;
\echo 'undo step 6 of 10: done'

-- ============================================================================
-- Undo step 5 of 10, expand: Add parts.made_on
--   Id:           parts.made_on/expand/add-column
-- ============================================================================
\echo 'undo step 5 of 10: Add parts.made_on'
BEGIN;
ALTER TABLE parts DROP COLUMN made_on;
COMMIT;
\echo 'undo step 5 of 10: done'

-- ============================================================================
-- Undo step 4 of 10, expand: Add parts.code
--   Id:           parts.code/expand/add-column
-- ============================================================================
\echo 'undo step 4 of 10: Add parts.code'
BEGIN;
ALTER TABLE parts DROP COLUMN code;
COMMIT;
\echo 'undo step 4 of 10: done'

-- ============================================================================
-- Undo step 3 of 10, expand: Change the type of parts.weight
--   Id:           parts.weight/expand/type
--   Loses:        values of parts.weight that integer cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 10: Change the type of parts.weight'
BEGIN;
ALTER TABLE parts ALTER COLUMN weight TYPE integer USING CAST(weight AS integer);
COMMIT;
\echo 'undo step 3 of 10: done'

-- ============================================================================
-- Undo step 2 of 10, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Loses:        values of parts.name that varchar(40) cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 2 of 10: Change the type of parts.name'
BEGIN;
ALTER TABLE parts ALTER COLUMN name TYPE varchar(40) USING name;
COMMIT;
\echo 'undo step 2 of 10: done'

-- ============================================================================
-- Undo step 1 of 10, expand: Add owners.note
--   Id:           owners.note/expand/add-column
-- ============================================================================
\echo 'undo step 1 of 10: Add owners.note'
BEGIN;
ALTER TABLE owners DROP COLUMN note;
COMMIT;
\echo 'undo step 1 of 10: done'

\echo 'rollback: done'
