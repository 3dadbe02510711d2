-- Rollback, every phase of migration enum_add_value
-- People may be happy
-- postgres 15; strategy direct; risk low; forgelua 0.1.0
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
-- Undo step 1 of 1, expand: Alter the enum mood
--   Id:           mood/expand/alter-enum
-- ============================================================================
\echo 'undo step 1 of 1: Alter the enum mood'
BEGIN;
ALTER TYPE mood RENAME TO mood__old;
CREATE TYPE mood AS ENUM ('sad', 'ok');
DO $forgelua$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT a.attrelid::regclass AS relation, a.attname AS name, a.atttypid <> t.oid AS is_array,
           pg_get_expr(f.adbin, f.adrelid) AS value
    FROM pg_attribute a
    JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
    JOIN pg_type t ON t.oid = 'mood__old'::regtype AND a.atttypid IN (t.oid, t.typarray)
    LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE NOT a.attisdropped AND a.attinhcount = 0
    ORDER BY a.attrelid::regclass::text, a.attnum
  LOOP
    IF c.value IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', c.relation, c.name);
    END IF;
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %I::text%s::%s', c.relation, c.name,
      'mood' || CASE WHEN c.is_array THEN '[]' ELSE '' END, c.name, CASE WHEN c.is_array THEN '[]' ELSE '' END,
      'mood' || CASE WHEN c.is_array THEN '[]' ELSE '' END);
    IF c.value IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', c.relation, c.name,
        replace(c.value, '::' || 'mood__old', '::' || 'mood'));
    END IF;
  END LOOP;
END
$forgelua$;
DROP TYPE mood__old;
COMMIT;
\echo 'rollback: done'
