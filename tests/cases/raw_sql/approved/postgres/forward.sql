-- Forward, every phase of migration raw_sql
-- A row is corrected by hand
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
-- Check: step 1 must not be done at this point: Add users.seen. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'seen' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'boolean' AND NOT a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 1 must not be done at this point: Add users.seen', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 2, expand: Add users.seen
--   Id:           users.seen/expand/add-column
--   Why:          the deployed application does not know the column and does not miss it
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for milliseconds
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      added column
-- ============================================================================
\echo 'step 1 of 2: Add users.seen'
BEGIN;
ALTER TABLE users ADD COLUMN seen boolean;
COMMIT;
\echo 'step 1 of 2: done'

-- ============================================================================
-- Step 2 of 2, expand: Run the SQL stated as fix_ada
--   Id:           fix_ada/expand/run-sql
--   Why:          her birthday was entered wrongly
--   Lock:         unknown, blocks reads and writes for as long as the step runs (under 1 s)
--   Note:         stated by hand: her birthday was entered wrongly
--   Estimate:     under 1 s
--   Applications: old works, new works; stated by the specification; forgelua does not know what it does
--   Way back:     yes, nothing is lost
--   Hazards:      raw
-- ============================================================================
\echo 'step 2 of 2: Run the SQL stated as fix_ada'
BEGIN;
UPDATE users SET age = 37 WHERE id = 1;
COMMIT;
\echo 'step 2 of 2: done'

\echo 'forward: done'
