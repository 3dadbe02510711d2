-- WARNING: rollback is destructive — tasks.is_new data will be lost: the values of tasks.is_new: the way back adds it again with NULL in every row.
-- Take a backup before applying forward.sql.
-- Rollback, every phase of migration enum_rebuild_generated
-- An enum loses a value while a generated column that reads it goes, and another one stays
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
-- Check: step 2 must be done before this: Drop tasks.is_new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tasks' AND a.attname = 'is_new' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'step 2 must be done before this: Drop tasks.is_new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;
-- Check: the whole plan must be done before this: drop_column tasks.is_new. Expects 1.
DO $forgelua_check$
#variable_conflict use_column
DECLARE forgelua_actual text;
BEGIN
  forgelua_actual := (SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'tasks' AND a.attname = 'is_new' AND a.attnum > 0 AND NOT a.attisdropped) THEN '0' ELSE '1' END)::text;
  IF forgelua_actual IS DISTINCT FROM '1' THEN
    RAISE EXCEPTION 'check failed: %: expected %, found %', 'the whole plan must be done before this: drop_column tasks.is_new', '1', forgelua_actual;
  END IF;
END
$forgelua_check$;

-- ============================================================================
-- Undo step 2 of 2, contract: Drop tasks.is_new
--   Id:           tasks.is_new/contract/drop-column
--   Loses:        the values of tasks.is_new: the way back adds it again with NULL in every row
-- ============================================================================
\echo 'undo step 2 of 2: Drop tasks.is_new'
BEGIN;
ALTER TABLE tasks ADD COLUMN is_new integer;
COMMIT;
\echo 'undo step 2 of 2: done'

-- ============================================================================
-- Undo step 1 of 2, switch: Alter the enum state
--   Id:           state/switch/alter-enum
-- ============================================================================
\echo 'undo step 1 of 2: Alter the enum state'
BEGIN;
DROP INDEX tasks_open;
ALTER TABLE tasks ALTER COLUMN state DROP DEFAULT;
DROP INDEX tasks_done;
ALTER TABLE tasks DROP COLUMN is_done;
ALTER TYPE state RENAME TO state__old;
CREATE TYPE state AS ENUM ('new', 'done');
DO $forgelua$
DECLARE
  old_name CONSTANT text := 'state__old';
  new_name CONSTANT text := 'state';
  old_type CONSTANT oid[] := (SELECT ARRAY[oid, typarray] FROM pg_type WHERE oid = old_name::regtype);
  routines CONSTANT oid[] := ARRAY(SELECT p.oid FROM pg_proc p WHERE p.prokind IN ('f', 'p', 'w')
    AND (p.prorettype = ANY (old_type) OR p.proargtypes::oid[] && old_type OR p.proallargtypes && old_type));
  made text[] := '{}';
  one text;
  c record;
BEGIN
  FOR c IN
    WITH RECURSIVE readers(oid, depth) AS (
      SELECT w.ev_class, 1 FROM pg_depend p JOIN pg_rewrite w ON w.oid = p.objid
      WHERE p.classid = 'pg_rewrite'::regclass AND (p.refclassid = 'pg_type'::regclass AND p.refobjid = ANY (old_type)
        OR p.refclassid = 'pg_proc'::regclass AND p.refobjid = ANY (routines)
        OR p.refclassid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_attribute a
          WHERE a.attrelid = p.refobjid AND a.attnum = p.refobjsubid AND a.atttypid = ANY (old_type)))
      UNION
      SELECT w.ev_class, r.depth + 1 FROM readers r JOIN pg_depend p ON p.refobjid = r.oid
      JOIN pg_rewrite w ON w.oid = p.objid AND w.ev_class <> r.oid
      WHERE p.classid = 'pg_rewrite'::regclass AND p.refclassid = 'pg_class'::regclass
    )
    SELECT v.oid::regclass::text AS name, CASE v.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS noun,
           v.relowner::regrole AS owner, v.relacl AS acl, array_to_string(v.reloptions, ', ') AS options,
           pg_get_viewdef(v.oid) AS query, obj_description(v.oid, 'pg_class') AS comment,
           ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = v.oid) AS indexes
    FROM (SELECT oid, max(depth) AS depth FROM readers GROUP BY oid) r JOIN pg_class v USING (oid) ORDER BY r.depth DESC, 1
  LOOP
    made := ARRAY[format('CREATE %s %s%s AS %s', c.noun, c.name, ' WITH (' || c.options || ')', c.query),
                  format('ALTER %s %s OWNER TO %s', c.noun, c.name, c.owner)]
      || CASE WHEN c.comment IS NULL THEN '{}' ELSE ARRAY[format('COMMENT ON %s %s IS %L', c.noun, c.name, c.comment)] END
      || c.indexes || ARRAY(SELECT format('GRANT %s ON %s TO %s%s', x.privilege_type, c.name,
        CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM aclexplode(c.acl) AS x)
      || made;
    EXECUTE format('DROP %s %s', c.noun, c.name);
  END LOOP;
  FOR c IN
    SELECT DISTINCT k.conrelid::regclass::text AS relation, k.conname AS name, pg_get_constraintdef(k.oid) AS text
    FROM pg_constraint k LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    WHERE k.contype IN ('c', 'x') AND k.conrelid <> 0 AND k.coninhcount = 0 AND (a.atttypid = ANY (old_type)
      OR EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_constraint'::regclass AND p.objid = k.oid
        AND p.refclassid = 'pg_proc'::regclass AND p.refobjid = ANY (routines))) ORDER BY 1, 2
  LOOP
    made := made || format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.relation, c.name, c.text);
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.relation, c.name);
  END LOOP;
  FOR c IN
    SELECT DISTINCT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS text,
           obj_description(i.indexrelid, 'pg_class') AS comment
    FROM pg_index i JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = i.indexrelid
    LEFT JOIN pg_attribute a ON p.refclassid = 'pg_class'::regclass AND a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
    WHERE (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
      AND (a.atttypid = ANY (old_type) OR p.refclassid = 'pg_type'::regclass AND p.refobjid = ANY (old_type)
        OR p.refclassid = 'pg_proc'::regclass AND p.refobjid = ANY (routines)) ORDER BY 1
  LOOP
    made := made || c.text;
    IF c.comment IS NOT NULL THEN made := made || format('COMMENT ON INDEX %s IS %L', c.name, c.comment); END IF;
    EXECUTE format('DROP INDEX %s', c.name);
  END LOOP;
  FOR c IN
    SELECT p.oid::regprocedure::text AS name, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS noun,
           pg_get_functiondef(p.oid) AS text, p.proowner::regrole AS owner, p.proacl AS acl, obj_description(p.oid, 'pg_proc') AS comment
    FROM pg_proc p WHERE p.oid = ANY (routines) ORDER BY 1 DESC
  LOOP
    made := ARRAY[c.text, format('ALTER %s %s OWNER TO %s', c.noun, c.name, c.owner)]
      || CASE WHEN c.comment IS NULL THEN '{}' ELSE ARRAY[format('COMMENT ON %s %s IS %L', c.noun, c.name, c.comment)] END
      || CASE WHEN c.acl IS NULL THEN '{}' ELSE ARRAY[format('REVOKE ALL ON %s %s FROM PUBLIC', c.noun, c.name)] END
      || ARRAY(SELECT format('GRANT EXECUTE ON %s %s TO %s%s', c.noun, c.name,
        CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
        CASE WHEN x.is_grantable AND x.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END) FROM aclexplode(c.acl) AS x)
      || made;
    EXECUTE format('DROP %s %s', c.noun, c.name);
  END LOOP;
  FOR c IN
    SELECT a.attrelid::regclass AS relation, a.attname AS name,
           CASE WHEN a.atttypid <> old_type[1] THEN '[]' ELSE '' END AS brackets, pg_get_expr(f.adbin, f.adrelid) AS value
    FROM pg_attribute a
    JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
    LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE a.atttypid = ANY (old_type) AND NOT a.attisdropped AND a.attinhcount = 0
    ORDER BY a.attrelid::regclass::text, a.attnum
  LOOP
    IF c.value IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', c.relation, c.name);
    END IF;
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %I::text%s::%s', c.relation, c.name,
      new_name || c.brackets, c.name, c.brackets, new_name || c.brackets);
    IF c.value IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', c.relation, c.name,
        replace(c.value, '::' || old_name, '::' || new_name));
    END IF;
  END LOOP;
  FOREACH one IN ARRAY made LOOP
    EXECUTE CASE WHEN cardinality(routines) > 0 THEN replace(one, old_name, new_name) ELSE replace(one, '::' || old_name, '::' || new_name) END;
  END LOOP;
  SELECT typowner::regrole AS owner, typacl AS acl INTO STRICT c FROM pg_type WHERE oid = old_type[1];
  EXECUTE format('ALTER TYPE %s OWNER TO %s', new_name, c.owner);
  IF c.acl IS NOT NULL THEN
    EXECUTE format('REVOKE ALL ON TYPE %s FROM PUBLIC', new_name);
    FOR c IN SELECT * FROM aclexplode(c.acl) LOOP
      EXECUTE format('GRANT USAGE ON TYPE %s TO %s%s', new_name, CASE WHEN c.grantee = 0 THEN 'PUBLIC' ELSE c.grantee::regrole::text END,
        CASE WHEN c.is_grantable AND c.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
  END IF;
END
$forgelua$;
DROP TYPE state__old;
ALTER TABLE tasks ADD COLUMN is_done integer GENERATED ALWAYS AS (CASE WHEN state = 'done' THEN 1 ELSE 0 END) STORED;
CREATE INDEX tasks_done ON tasks (is_done);
ALTER TABLE tasks DROP COLUMN is_new, ADD COLUMN is_new integer GENERATED ALWAYS AS (CASE WHEN state = 'new' THEN 1 ELSE 0 END) STORED;
CREATE INDEX tasks_open ON tasks (id) WHERE state = 'new';
ALTER TABLE tasks ALTER COLUMN state SET DEFAULT 'new';
COMMIT;
\echo 'undo step 1 of 2: done'

\echo 'rollback: done'
