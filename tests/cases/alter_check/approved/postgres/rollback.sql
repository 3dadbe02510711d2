-- WARNING: rollback is destructive — age_ok data will be lost: rows of users that violate age_ok: the way back stops at them until they are changed.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration alter_check
-- Ages are plausible
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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

-- Rows that the old schema does not accept would stop the way back half way. The query of a check that fails,
-- with a list of columns in place of COUNT(*), shows them: change them, then run this file again.
-- Check: every row of users satisfies age_ok. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT COUNT(*) FROM users WHERE NOT (age >= 0))::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'every row of users satisfies age_ok', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 3 of 3, switch: Let the new definition take over the check age_ok on users
--   Id:           users.age_ok/switch/take-over
--   Loses:        rows of users that violate age_ok: the way back stops at them until they are changed
-- ============================================================================
\echo 'undo step 3 of 3: Let the new definition take over the check age_ok on users'
BEGIN;
ALTER TABLE users RENAME CONSTRAINT age_ok TO age_ok__new;
ALTER TABLE users ADD CONSTRAINT age_ok CHECK (age >= 0);
COMMIT;
\echo 'undo step 3 of 3: done'

-- ============================================================================
-- Undo step 2 of 3, switch: Validate the check age_ok__new on users
--   Id:           users.age_ok__new/switch/validate
-- ============================================================================
\echo 'undo step 2 of 3: Validate the check age_ok__new on users'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok__new, ADD CONSTRAINT age_ok__new CHECK (age >= 0 AND age < 2147483648) NOT VALID;
COMMIT;
\echo 'undo step 2 of 3: done'

-- ============================================================================
-- Undo step 1 of 3, switch: Add the check age_ok__new on users, not yet validated
--   Id:           users.age_ok__new/switch/add-not-valid
-- ============================================================================
\echo 'undo step 1 of 3: Add the check age_ok__new on users, not yet validated'
BEGIN;
ALTER TABLE users DROP CONSTRAINT age_ok__new;
COMMIT;
\echo 'undo step 1 of 3: done'

\echo 'rollback: done'
