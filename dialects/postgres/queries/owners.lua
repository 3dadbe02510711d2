--- Who owns what, where that is not the owner of the database. Pieces of the queries of definitions.

local M = {}

--- The owner of the database.
M.DATABASE = "(SELECT b.datdba FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())"

--- Of tables and views: statements about them, in the shape of settings.
M.SETTINGS = [[
SELECT 'owner' AS kind, 'role' AS own, @plain@ AS on_schema, c.relname::text AS on_table,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' OWNER TO '::text, c.relowner::regrole::text) AS "create",
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' OWNER TO CURRENT_USER'::text) AS "drop", true AS replaces
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char") AND c.relowner <> @database_owner@ AND @ours@ AND @own_class@
UNION ALL
]]

--- Of what the model itself holds. Sequences that belong to a column go with its table.
M.ALONE = [[
UNION ALL
SELECT 'owner', o.word || o.own, NULL, NULL,
  pg_catalog.concat('ALTER '::text, pg_catalog.upper(pg_catalog.substr(o.word, 4)), o.own, ' OWNER TO '::text, o.role::regrole::text),
  pg_catalog.concat('ALTER '::text, pg_catalog.upper(pg_catalog.substr(o.word, 4)), o.own, ' OWNER TO CURRENT_USER'::text)
FROM (
  SELECT 'of schema '::text AS word, pg_catalog.quote_ident(n.nspname::text) AS own, n.nspowner AS role
  FROM pg_catalog.pg_namespace n WHERE n.nspname <> 'public'::name AND @ours@ AND @own_namespace@
  UNION ALL
  SELECT 'of sequence ', @table@, c.relowner
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S'::"char" AND @ours@ AND @own_class@ AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
    WHERE i.classid = 'pg_catalog.pg_class'::regclass::oid AND i.objid = c.oid AND i.deptype IN ('a'::"char", 'i'::"char")
      AND i.refclassid = 'pg_catalog.pg_class'::regclass::oid AND i.refobjsubid > 0)
  UNION ALL
  SELECT 'of type ', @space@ || pg_catalog.quote_ident(t.typname::text), t.typowner
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'e'::"char" AND @ours@ AND @own_type@
) AS o
WHERE o.role <> @database_owner@]]

--- Of what is held by its statements: parts of it.
M.PARTS = [[
SELECT o.kind, o.own, NULL, NULL, 'owner', pg_catalog.concat('ALTER '::text, o.word, ' '::text, o.own, ' OWNER TO '::text, o.role::regrole::text), ''
FROM (
  SELECT CASE p.prokind WHEN 'p'::"char" THEN 'procedure' WHEN 'a'::"char" THEN 'aggregate' ELSE 'function' END AS kind,
    CASE p.prokind WHEN 'p'::"char" THEN 'PROCEDURE' WHEN 'a'::"char" THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word,
    CASE p.prokind WHEN 'a'::"char" THEN @aggregate@ ELSE @routine_own@ END AS own, p.proowner AS role
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE @ours@ AND @own_proc@
  UNION ALL
  SELECT CASE t.typtype WHEN 'd'::"char" THEN 'domain' ELSE 'type' END, CASE t.typtype WHEN 'd'::"char" THEN 'DOMAIN' ELSE 'TYPE' END,
    @space@ || pg_catalog.quote_ident(t.typname::text), t.typowner
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('d'::"char", 'c'::"char", 'r'::"char") AND @ours@ AND @own_type@
  UNION ALL
  SELECT 'statistics', 'STATISTICS', @space@ || pg_catalog.quote_ident(s.stxname::text), s.stxowner
  FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE @ours@
) AS o
WHERE o.role <> @database_owner@
UNION ALL
]]

--- The name of the role that owns the database; in one that is made for reading it means nothing.
M.ROLE = [[
SELECT NULL AS name, CASE WHEN pg_catalog.left(b.datname::text, 13) <> 'forgelua_dev_'::text THEN b.datdba::regrole::text END AS owner
FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database()]]

return M
