-- Forward, every phase of migration big_bang_development
-- On a developer's machine everything goes at once
-- postgres 15; strategy big_bang; risk high; forgelua 0.1.0
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
-- Check: step 3 must not be done at this point: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL. Expects 0.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'users' AND a.attname = 'name' AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) = 'text' AND a.attnotnull AND a.atthasdef = false AND a.attgenerated = '' AND a.attidentity = '' AND coalesce(col_description(a.attrelid, a.attnum), '') = '') THEN '1' ELSE '0' END)::text;
  IF forgelua_actual IS DISTINCT FROM '0' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 3 must not be done at this point: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL', '0', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Step 1 of 6, switch: Stop every application that writes users
--   Id:           users/switch/stop
--   Why:          nobody may write while the tables change in one go
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet; the application stands still from here to the start
--   Way back:     yes, nothing is lost
--   Hazards:      downtime
-- ============================================================================
\echo 'step 1 of 6: Stop every application that writes users'
-- Nothing to run in the database.
\echo 'step 1 of 6: done'
-- Application: Stop or set to maintenance: web, workers, cron. Check that no session is left that writes users.

-- ============================================================================
-- Step 2 of 6, switch: Back up users
--   Id:           users/switch/backup
--   Why:          what this sitting breaks is restored from here
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 2 of 6: Back up users'
-- Nothing to run in the database.
\echo 'step 2 of 6: done'
-- Application: Back up the database and note the row counts: SELECT COUNT(*) FROM users.

-- ============================================================================
-- Step 3 of 6, switch: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL
--   Id:           users.name/switch/type
--   Why:          the engine does this in place; the engine does this in place; the deployed application does not know the column and does not miss it; every row has a value by now; from here the schema says so
--   Lock:         ACCESS EXCLUSIVE, blocks reads and writes for as long as the step runs (under 1 s), rewrites the table, scans the table
--   Estimate:     under 1 s
--   Applications: old works, new works; an INSERT without a column list and a prepared SELECT * notice the added column
--   Way back:     yes, nothing is lost
--   Hazards:      type, type, added column, constraint
-- ============================================================================
\echo 'step 3 of 6: Change the type of users.name; Change the type of users.age; Add users.grp; Make users.age NOT NULL'
BEGIN;
ALTER TABLE users ALTER COLUMN name TYPE text;
ALTER TABLE users ALTER COLUMN age TYPE bigint USING CAST(age AS bigint), ALTER COLUMN age SET DEFAULT 0;
ALTER TABLE users ADD COLUMN grp varchar(10);
ALTER TABLE users ALTER COLUMN age SET NOT NULL;
COMMIT;
\echo 'step 3 of 6: done'

-- ============================================================================
-- Step 4 of 6, switch: Validate users
--   Id:           users/switch/validate
--   Why:          before anybody writes again
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new does not work yet
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 4 of 6: Validate users'
-- Nothing to run in the database.
\echo 'step 4 of 6: done'
-- Application: Start only when the validation script of what has just run exits with 0. Else roll back: nobody has written yet.

-- ============================================================================
-- Step 5 of 6, switch: Start the new application
--   Id:           users/switch/start
--   Why:          the schema is the one that it knows
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old BREAKS, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 5 of 6: Start the new application'
-- Nothing to run in the database.
\echo 'step 5 of 6: done'
-- Application: Deploy and start the application that knows the new schema; watch errors for 15 minutes.

-- ============================================================================
-- Step 6 of 6, switch: Create the view adults
--   Id:           adults/switch/create-view
--   Why:          the new application reads it
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   users
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
-- ============================================================================
\echo 'step 6 of 6: Create the view adults'
BEGIN;
CREATE VIEW adults AS
SELECT id, name FROM users WHERE age >= 18;
COMMIT;
\echo 'step 6 of 6: done'

\echo 'forward: done'
