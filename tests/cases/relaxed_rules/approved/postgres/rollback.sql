-- WARNING: rollback is destructive — parts.name data will be lost: values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts.code data will be lost: NULLs written to parts.code: the way back stops at them until they have a value.
-- WARNING: rollback is destructive — weight_positive data will be lost: rows of parts that violate weight_positive: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts_owner_fkey data will be lost: rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed.
-- WARNING: rollback is destructive — parts_code_key data will be lost: rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration relaxed_rules
-- The new schema accepts what the old one refuses
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
-- Check: step 5 must be done before this: Drop the unique constraint parts_code_key on parts. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'parts' AND k.conname = 'parts_code_key' AND k.contype = 'u') THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 5 must be done before this: Drop the unique constraint parts_code_key on parts', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: no two rows of parts agree in (code). Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM (SELECT 1 AS one FROM parts WHERE code IS NOT NULL GROUP BY code HAVING COUNT(*) > 1) AS doubled)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no two rows of parts agree in (code)', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of parts points at a missing row of owners. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts AS child_row WHERE child_row.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM owners AS parent_row WHERE parent_row.id = child_row.owner))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts points at a missing row of owners', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: every row of parts satisfies weight_positive. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE NOT (weight > 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of parts satisfies weight_positive', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no row of parts has NULL in code. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE code IS NULL)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no row of parts has NULL in code', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: no name of parts is longer than 5. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM parts WHERE SUBSTR(name, 6) <> '')::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'no name of parts is longer than 5', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 5 of 5, switch: Drop the unique constraint parts_code_key on parts
--   Id:           parts.parts_code_key/switch/drop-unique-constraint
--   Loses:        rows of parts that agree in what parts_code_key held apart: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 5 of 5: Drop the unique constraint parts_code_key on parts'
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_code_key UNIQUE (code);
COMMIT;
\echo 'undo step 5 of 5: done'

-- ============================================================================
-- Undo step 4 of 5, expand: Drop the foreign key parts_owner_fkey on parts
--   Id:           parts.parts_owner_fkey/expand/drop-foreign-key
--   Loses:        rows of parts that point nowhere by parts_owner_fkey: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 4 of 5: Drop the foreign key parts_owner_fkey on parts'
BEGIN;
ALTER TABLE parts ADD CONSTRAINT parts_owner_fkey FOREIGN KEY (owner) REFERENCES owners (id);
COMMIT;
\echo 'undo step 4 of 5: done'

-- ============================================================================
-- Undo step 3 of 5, expand: Drop the check weight_positive on parts
--   Id:           parts.weight_positive/expand/drop-check
--   Loses:        rows of parts that violate weight_positive: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 5: Drop the check weight_positive on parts'
BEGIN;
ALTER TABLE parts ADD CONSTRAINT weight_positive CHECK (weight > 0);
COMMIT;
\echo 'undo step 3 of 5: done'

-- ============================================================================
-- Undo step 2 of 5, expand: Allow NULL in parts.code
--   Id:           parts.code/expand/relax
--   Loses:        NULLs written to parts.code: the way back stops at them until they have a value
-- ============================================================================
\echo 'undo step 2 of 5: Allow NULL in parts.code'
BEGIN;
ALTER TABLE parts ALTER COLUMN code SET NOT NULL;
COMMIT;
\echo 'undo step 2 of 5: done'

-- ============================================================================
-- Undo step 1 of 5, expand: Change the type of parts.name
--   Id:           parts.name/expand/type
--   Loses:        values of parts.name that varchar(5) cannot hold: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 1 of 5: Change the type of parts.name'
BEGIN;
ALTER TABLE parts ALTER COLUMN name TYPE varchar(5) USING name;
COMMIT;
\echo 'undo step 1 of 5: done'

\echo 'rollback: done'
