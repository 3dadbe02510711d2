-- Phase expand, schema of migration primary_key_change
-- Readings are keyed by sensor and time
-- postgres 15; strategy shadow_table; risk high; forgelua 0.1.0
-- Run in this folder: psql -X -d "$DATABASE_URL" -f phases/1-expand.sql

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
-- Step 1 of 8, expand: Create readings__new in the new shape of readings
--   Id:           readings/expand/create-copy
--   Why:          a second table costs nothing while it is empty; the one that stands is not touched
--   Lock:         none
--   Estimate:     under 1 s
--   Applications: old works, new works
--   Way back:     yes, nothing is lost
--   Hazards:      disk
-- ============================================================================
\echo 'step 1 of 8: Create readings__new in the new shape of readings'
BEGIN;
CREATE TABLE readings__new (
  id bigint NOT NULL,
  sensor integer NOT NULL,
  at bigint NOT NULL,
  v integer,
  CONSTRAINT readings_pkey__new PRIMARY KEY (sensor, at)
);
COMMIT;
\echo 'forward: done'
