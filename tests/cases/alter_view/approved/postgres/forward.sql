-- Forward, every phase of migration alter_view
-- Adults are older
-- postgres 15; strategy direct; risk medium; forgelua 0.1.0
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
-- Step 1 of 1, switch: Change the view adults
--   Id:           adults/switch/alter-view
--   Why:          the new application reads it in its new form
--   Lock:         ACCESS SHARE, blocks nothing
--   Also locks:   users
--   Note:         the view is locked (ACCESS EXCLUSIVE)
--   Estimate:     under 1 s
--   Applications: old works, new works; the deployed application must cope with the view's new columns
--   Way back:     yes, nothing is lost
--   Hazards:      view
-- ============================================================================
\echo 'step 1 of 1: Change the view adults'
BEGIN;
DO $forgelua1$
DECLARE
  held record;
  one record;
  again text[];
  columns text[];
  of_columns text[];
BEGIN
  SELECT oid, relowner::regrole AS owner, relacl AS acl, (SELECT string_agg(format('%I = %L', option_name, option_value), ', ')
    FROM pg_options_to_table(reloptions) WHERE option_name NOT IN ('security_invoker', 'check_option')) AS options
  INTO STRICT held FROM pg_class WHERE oid = 'adults'::regclass;
  SELECT array_agg(x.text ORDER BY x.text) INTO again FROM (
    SELECT pg_get_triggerdef(t.oid) AS text FROM pg_trigger t WHERE t.tgrelid = held.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = held.oid AND r.rulename <> '_RETURN') AS x;
  SELECT array_agg(a.attname ORDER BY a.attnum, x.text), array_agg(x.text ORDER BY a.attnum, x.text) INTO columns, of_columns
  FROM pg_attribute a CROSS JOIN LATERAL (
    SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', 'adults', a.attname, pg_get_expr(f.adbin, f.adrelid)) AS text
    FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    UNION ALL
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', 'adults', a.attname, d.description)
    FROM pg_description d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
    UNION ALL
    SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, 'adults',
      CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
      CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM aclexplode(a.attacl) AS g) AS x
  WHERE a.attrelid = held.oid AND a.attnum > 0;
  BEGIN
    EXECUTE $forgelua$CREATE OR REPLACE VIEW adults AS
SELECT id, name FROM users WHERE age >= 21$forgelua$;
  EXCEPTION WHEN invalid_table_definition OR feature_not_supported THEN
    EXECUTE 'DROP VIEW adults';
    EXECUTE $forgelua$CREATE VIEW adults AS
SELECT id, name FROM users WHERE age >= 21$forgelua$;
    EXECUTE format('ALTER VIEW %s OWNER TO %s', 'adults', held.owner);
    FOR one IN SELECT * FROM aclexplode(held.acl) LOOP
      EXECUTE format('GRANT %s ON %s TO %s%s', one.privilege_type, 'adults',
        CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE one.grantee::regrole::text END,
        CASE WHEN one.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
    FOR one IN SELECT x.text FROM unnest(columns, of_columns) AS x (name, text)
      JOIN pg_attribute a ON a.attrelid = 'adults'::regclass AND a.attname = x.name LOOP
      EXECUTE one.text;
    END LOOP;
    FOR one IN SELECT unnest(again) AS text LOOP
      EXECUTE one.text;
    END LOOP;
  END;
  IF held.options IS NOT NULL THEN
    EXECUTE format('ALTER VIEW %s SET (%s)', 'adults', held.options);
  END IF;
END
$forgelua1$;
COMMIT;
\echo 'step 1 of 1: done'
\echo 'forward: done'
