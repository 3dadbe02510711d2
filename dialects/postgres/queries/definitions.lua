--- Objects that are held by their statements: routines, types, extensions, statistics, and with them what the rooms beside this one read.

local objects = require("dialects.postgres.queries.objects")
local on_tables = require("dialects.postgres.queries.on_tables")
local owners = require("dialects.postgres.queries.owners")

local M = {}

local SPACE = "CASE WHEN n.nspname = 'public'::name THEN '' ELSE pg_catalog.quote_ident(n.nspname::text) || '.'::text END"
local PLAIN_SPACE = "CASE WHEN n.nspname = 'public'::name THEN '' ELSE n.nspname::text END"

local OWN = [[NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.%s'::regclass::oid
  AND e.objid = %s AND e.deptype = 'e'::"char")]]
local function own(class, oid) return OWN:format(class, oid) end

local OURS = [[n.nspname <> 'information_schema'::name AND n.nspname <> 'forgelua'::name
  AND pg_catalog.left(n.nspname::text, 3) <> 'pg_'::text]]

-- A routine's text up to its body, and the body.
local ROUTINES = [[
SELECT r.kind, r.own, NULL AS on_schema, NULL AS on_table,
  CASE WHEN r.cut > 0 THEN pg_catalog.left(r.text, r.cut - 1) ELSE pg_catalog.rtrim(r.text, E'\n'::text) END AS "create",
  CASE WHEN r.cut > 0 THEN pg_catalog.rtrim(pg_catalog.substr(r.text, r.cut + 1), E'\n'::text) END AS body,
  'DROP '::text || pg_catalog.upper(r.kind) || ' '::text || r.own AS "drop", r.shape, true AS replaces
FROM (
  SELECT CASE p.prokind WHEN 'p'::"char" THEN 'procedure' ELSE 'function' END::text AS kind,
    @space@ || pg_catalog.quote_ident(p.proname::text) || '('::text || pg_catalog.oidvectortypes(p.proargtypes) || ')'::text AS own,
    f.text, pg_catalog.strpos(f.text, E'\nAS '::text) AS cut,
    pg_catalog.concat_ws(' '::text, pg_catalog.pg_get_function_arguments(p.oid), '->'::text, pg_catalog.pg_get_function_result(p.oid)) AS shape
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_functiondef(p.oid) AS text) AS f
  WHERE p.prokind IN ('f'::"char", 'p'::"char", 'w'::"char") AND @ours@ AND @own_proc@
    AND pg_catalog.strpos(p.prosrc, '-- forgelua:'::text) = 0
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_proc'::regclass::oid AND i.objid = p.oid
      AND i.deptype = 'i'::"char")
) AS r]]

local ALONE = [[
SELECT 'domain' AS kind, @space@ || pg_catalog.quote_ident(t.typname::text) AS own, NULL AS on_schema, NULL AS on_table,
  pg_catalog.concat('CREATE DOMAIN '::text, @space@, pg_catalog.quote_ident(t.typname::text), ' AS '::text,
    pg_catalog.format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE '::text || t.typcollation::regcollation::text END,
    ' DEFAULT '::text || t.typdefault, CASE WHEN t.typnotnull THEN ' NOT NULL'::text END) AS "create",
  'DROP DOMAIN '::text || @space@ || pg_catalog.quote_ident(t.typname::text) AS "drop"
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd'::"char" AND @ours@ AND @own_type@
UNION ALL
SELECT 'type', @space@ || pg_catalog.quote_ident(c.relname::text), NULL, NULL,
  pg_catalog.concat('CREATE TYPE '::text, @space@, pg_catalog.quote_ident(c.relname::text), ' AS ()'::text),
  'DROP TYPE '::text || @space@ || pg_catalog.quote_ident(c.relname::text)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'c'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT 'extension', pg_catalog.quote_ident(x.extname::text), NULL, NULL,
  pg_catalog.concat('CREATE EXTENSION '::text, pg_catalog.quote_ident(x.extname::text),
    CASE WHEN n.nspname NOT IN ('public'::name, 'pg_catalog'::name) THEN ' WITH SCHEMA '::text || pg_catalog.quote_ident(n.nspname::text) END),
  'DROP EXTENSION '::text || pg_catalog.quote_ident(x.extname::text)
FROM pg_catalog.pg_extension x
JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
WHERE x.extname <> 'plpgsql'::name
UNION ALL
SELECT 'statistics', @space@ || pg_catalog.quote_ident(s.stxname::text), NULL, NULL, pg_catalog.pg_get_statisticsobjdef(s.oid),
  'DROP STATISTICS '::text || @space@ || pg_catalog.quote_ident(s.stxname::text)
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE @ours@
UNION ALL
SELECT 'event trigger', pg_catalog.quote_ident(t.evtname::text), NULL, NULL,
  pg_catalog.concat('CREATE EVENT TRIGGER '::text, pg_catalog.quote_ident(t.evtname::text), ' ON '::text, t.evtevent::text,
    (SELECT ' WHEN TAG IN ('::text || pg_catalog.string_agg(pg_catalog.quote_literal(x.tag), ', '::text ORDER BY x.tag) || ')'::text
     FROM pg_catalog.unnest(t.evttags) AS x(tag)), ' EXECUTE FUNCTION '::text, t.evtfoid::regproc::text, '()'::text),
  'DROP EVENT TRIGGER '::text || pg_catalog.quote_ident(t.evtname::text)
FROM pg_catalog.pg_event_trigger t
WHERE @own_event@
UNION ALL
SELECT 'comment', 'of schema public', NULL, NULL,
  pg_catalog.concat('COMMENT ON SCHEMA public IS '::text, pg_catalog.quote_nullable(pg_catalog.obj_description(n.oid, 'pg_namespace'::name))),
  'COMMENT ON SCHEMA public IS ''standard public schema'''
FROM pg_catalog.pg_namespace n
WHERE n.nspname = 'public'::name
  AND pg_catalog.obj_description(n.oid, 'pg_namespace'::name) IS DISTINCT FROM 'standard public schema'::text
UNION ALL
SELECT 'grant', pg_catalog.concat(x.privilege_type, ' of schema '::text, pg_catalog.quote_ident(n.nspname::text), ' to '::text, @grantee@), NULL, NULL,
  pg_catalog.concat('GRANT '::text, x.privilege_type, ' ON SCHEMA '::text, pg_catalog.quote_ident(n.nspname::text), ' TO '::text, @grantee@, @grantable@),
  pg_catalog.concat('REVOKE '::text, x.privilege_type, ' ON SCHEMA '::text, pg_catalog.quote_ident(n.nspname::text), ' FROM '::text, @grantee@)
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) x
WHERE x.grantee <> n.nspowner AND NOT (n.nspname = 'public'::name AND x.grantee = 0::oid AND x.privilege_type IN (@public_rights@)) AND @ours@
UNION ALL
SELECT 'revoke', pg_catalog.concat(r.word, ' of schema public from PUBLIC'::text), NULL, NULL,
  pg_catalog.concat('REVOKE '::text, r.word, ' ON SCHEMA public FROM PUBLIC'::text),
  pg_catalog.concat('GRANT '::text, r.word, ' ON SCHEMA public TO PUBLIC'::text)
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL (SELECT w.word FROM pg_catalog.unnest(ARRAY[@public_rights@]) AS w(word)) AS r
WHERE n.nspname = 'public'::name AND n.nspacl IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_catalog.aclexplode(n.nspacl) x WHERE x.grantee = 0::oid AND x.privilege_type = r.word)
UNION ALL
SELECT 'grant', pg_catalog.concat(x.privilege_type, ' of sequence '::text, @table@, ' to '::text, @grantee@), NULL, NULL,
  pg_catalog.concat('GRANT '::text, x.privilege_type, ' ON SEQUENCE '::text, @table@, ' TO '::text, @grantee@, @grantable@),
  pg_catalog.concat('REVOKE '::text, x.privilege_type, ' ON SEQUENCE '::text, @table@, ' FROM '::text, @grantee@)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) x
WHERE c.relkind = 'S'::"char" AND x.grantee <> c.relowner AND @ours@ AND @own_class@
UNION ALL
SELECT 'default privilege', pg_catalog.concat(x.privilege_type, ' of '::text, @default_objects@, ' in '::text, pg_catalog.quote_ident(n.nspname::text),
    ' by '::text, d.defaclrole::regrole::text, ' to '::text, @grantee@), NULL, NULL,
  pg_catalog.concat('ALTER DEFAULT PRIVILEGES FOR ROLE '::text, d.defaclrole::regrole::text, ' IN SCHEMA '::text, pg_catalog.quote_ident(n.nspname::text),
    ' GRANT '::text, x.privilege_type, ' ON '::text, @default_objects@, ' TO '::text, @grantee@, @grantable@),
  pg_catalog.concat('ALTER DEFAULT PRIVILEGES FOR ROLE '::text, d.defaclrole::regrole::text, ' IN SCHEMA '::text, pg_catalog.quote_ident(n.nspname::text),
    ' REVOKE '::text, x.privilege_type, ' ON '::text, @default_objects@, ' FROM '::text, @grantee@)
FROM pg_catalog.pg_default_acl d
JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) x
WHERE @ours@
]] .. owners.ALONE

-- A comment's statements.
local function commented(object)
  return ("'COMMENT ON '::text || %s || ' IS '::text || pg_catalog.quote_literal(d.description) AS make, 'COMMENT ON '::text || %s"
    .. " || ' IS NULL'::text AS undo"):format(object, object)
end

local PARTS = [[
SELECT CASE p.prokind WHEN 'p'::"char" THEN 'procedure' ELSE 'function' END AS kind,
  @space@ || pg_catalog.quote_ident(p.proname::text) || '('::text || pg_catalog.oidvectortypes(p.proargtypes) || ')'::text AS own,
  NULL AS on_schema, NULL AS on_table, 'comment' AS key, @routine_comment@
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_proc'::regclass::oid AND d.objoid = p.oid
WHERE p.prokind IN ('f'::"char", 'p'::"char", 'w'::"char") AND @ours@
UNION ALL
SELECT 'trigger', pg_catalog.quote_ident(t.tgname::text), @plain@, c.relname::text, 'comment', @trigger_comment@
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_trigger'::regclass::oid AND d.objoid = t.oid
WHERE NOT t.tgisinternal AND @ours@
UNION ALL
SELECT 'trigger', pg_catalog.quote_ident(t.tgname::text), @plain@, c.relname::text, 'enabled',
  pg_catalog.concat('ALTER TABLE '::text, @table@,
    CASE t.tgenabled WHEN 'D'::"char" THEN ' DISABLE' WHEN 'R'::"char" THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END,
    ' TRIGGER '::text, pg_catalog.quote_ident(t.tgname::text)),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ENABLE TRIGGER '::text, pg_catalog.quote_ident(t.tgname::text))
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'O'::"char" AND @ours@
UNION ALL
SELECT 'event trigger', pg_catalog.quote_ident(t.evtname::text), NULL, NULL, 'enabled',
  pg_catalog.concat('ALTER EVENT TRIGGER '::text, pg_catalog.quote_ident(t.evtname::text),
    CASE t.evtenabled WHEN 'D'::"char" THEN ' DISABLE' WHEN 'R'::"char" THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END),
  pg_catalog.concat('ALTER EVENT TRIGGER '::text, pg_catalog.quote_ident(t.evtname::text), ' ENABLE'::text)
FROM pg_catalog.pg_event_trigger t
WHERE t.evtenabled <> 'O'::"char" AND @own_event@
UNION ALL
SELECT 'domain', @space@ || pg_catalog.quote_ident(t.typname::text), NULL, NULL, 'check '::text || k.conname::text,
  pg_catalog.concat('ALTER DOMAIN '::text, @space@, pg_catalog.quote_ident(t.typname::text), ' ADD CONSTRAINT '::text,
    pg_catalog.quote_ident(k.conname::text), ' '::text, @either:pg_catalog.pg_get_constraintdef(k.oid, PRETTY)@),
  pg_catalog.concat('ALTER DOMAIN '::text, @space@, pg_catalog.quote_ident(t.typname::text), ' DROP CONSTRAINT '::text,
    pg_catalog.quote_ident(k.conname::text))
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_type t ON t.oid = k.contypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE k.contype = 'c'::"char" AND @ours@
UNION ALL
SELECT CASE t.typtype WHEN 'd'::"char" THEN 'domain' ELSE 'type' END, @space@ || pg_catalog.quote_ident(t.typname::text), NULL, NULL,
  'comment', @type_comment@
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_type'::regclass::oid AND d.objoid = t.oid
WHERE t.typtype IN ('d'::"char", 'c'::"char", 'r'::"char") AND @ours@
UNION ALL
-- An attribute that changes its place goes and comes again, with those behind it: the number is part of its key.
SELECT 'type', @space@ || pg_catalog.quote_ident(c.relname::text), NULL, NULL,
  pg_catalog.concat('attribute '::text, pg_catalog.to_char(a.place, 'FM0000'::text), ' '::text, pg_catalog.quote_ident(a.attname::text)),
  pg_catalog.concat('ALTER TYPE '::text, @space@, pg_catalog.quote_ident(c.relname::text), ' ADD ATTRIBUTE '::text,
    pg_catalog.quote_ident(a.attname::text), ' '::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE '::text || a.attcollation::regcollation::text END),
  pg_catalog.concat('ALTER TYPE '::text, @space@, pg_catalog.quote_ident(c.relname::text), ' DROP ATTRIBUTE '::text,
    pg_catalog.quote_ident(a.attname::text))
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN (SELECT a.*, pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS place
  FROM pg_catalog.pg_attribute a WHERE a.attnum > 0::smallint AND NOT a.attisdropped) AS a ON a.attrelid = c.oid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relkind = 'c'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT CASE p.prokind WHEN 'p'::"char" THEN 'procedure' ELSE 'function' END, r.own, NULL, NULL,
  pg_catalog.concat('grant to '::text, @grantee@), pg_catalog.concat('GRANT EXECUTE ON '::text, r.word, r.own, ' TO '::text, @grantee@, @grantable@),
  pg_catalog.concat('REVOKE EXECUTE ON '::text, r.word, r.own, ' FROM '::text, @grantee@)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(p.proacl) x
CROSS JOIN LATERAL (SELECT @routine_word@ AS word, @routine_own@ AS own) AS r
WHERE p.prokind IN ('f'::"char", 'p'::"char", 'w'::"char") AND x.grantee <> p.proowner AND x.grantee <> 0::oid AND @ours@ AND @own_proc@
UNION ALL
SELECT CASE p.prokind WHEN 'p'::"char" THEN 'procedure' ELSE 'function' END, r.own, NULL, NULL, 'revoke from PUBLIC',
  pg_catalog.concat('REVOKE EXECUTE ON '::text, r.word, r.own, ' FROM PUBLIC'::text),
  pg_catalog.concat('GRANT EXECUTE ON '::text, r.word, r.own, ' TO PUBLIC'::text)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT @routine_word@ AS word, @routine_own@ AS own) AS r
WHERE p.prokind IN ('f'::"char", 'p'::"char", 'w'::"char") AND p.proacl IS NOT NULL AND @ours@ AND @own_proc@
  AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) x WHERE x.grantee = 0::oid)
UNION ALL
SELECT CASE t.typtype WHEN 'd'::"char" THEN 'domain' ELSE 'type' END, r.own, NULL, NULL,
  pg_catalog.concat('grant to '::text, @grantee@), pg_catalog.concat('GRANT USAGE ON TYPE '::text, r.own, ' TO '::text, @grantee@, @grantable@),
  pg_catalog.concat('REVOKE USAGE ON TYPE '::text, r.own, ' FROM '::text, @grantee@)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(t.typacl) x
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(t.typname::text) AS own) AS r
WHERE @held_type@ AND x.grantee <> t.typowner AND x.grantee <> 0::oid AND @ours@ AND @own_type@
UNION ALL
SELECT CASE t.typtype WHEN 'd'::"char" THEN 'domain' ELSE 'type' END, r.own, NULL, NULL, 'revoke from PUBLIC',
  'REVOKE USAGE ON TYPE '::text || r.own || ' FROM PUBLIC'::text, 'GRANT USAGE ON TYPE '::text || r.own || ' TO PUBLIC'::text
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(t.typname::text) AS own) AS r
WHERE @held_type@ AND t.typacl IS NOT NULL AND @ours@ AND @own_type@
  AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(t.typacl) x WHERE x.grantee = 0::oid)
UNION ALL
SELECT 'index', @space@ || pg_catalog.quote_ident(x.relname::text), @plain@, c.relname::text, 'comment',
  pg_catalog.concat('COMMENT ON INDEX '::text, @space@, pg_catalog.quote_ident(x.relname::text), ' IS '::text, pg_catalog.quote_literal(d.description)),
  pg_catalog.concat('COMMENT ON INDEX '::text, @space@, pg_catalog.quote_ident(x.relname::text), ' IS NULL'::text)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objoid = x.oid
WHERE c.relkind = 'm'::"char" AND i.indisvalid AND @ours@ AND @own_class@
ORDER BY 1, 2, 5]]

--- The queries for a server of the dialect's version: pairs of section and text.
---@return table[]
function M.list(d)
  local pieces = {
    space = SPACE, plain = PLAIN_SPACE, ours = OURS, table = SPACE .. " || pg_catalog.quote_ident(c.relname::text)",
    own_proc = own("pg_proc", "p.oid"), own_class = own("pg_class", "c.oid"), own_type = own("pg_type", "t.oid"),
    own_event = own("pg_event_trigger", "t.oid"), own_namespace = own("pg_namespace", "n.oid"),
    database_owner = owners.DATABASE,
    grantee = "CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END",
    grantable = "CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION'::text END",
    -- What everybody may do in the schema public unless it was taken away.
    public_rights = d:since(15) and "'USAGE'::text" or "'USAGE'::text, 'CREATE'::text",
    default_objects = [[CASE d.defaclobjtype WHEN 'r'::"char" THEN 'TABLES' WHEN 'S'::"char" THEN 'SEQUENCES' WHEN 'f'::"char" THEN 'FUNCTIONS'
      WHEN 'T'::"char" THEN 'TYPES' ELSE 'SCHEMAS' END]],
    held_type = [[(t.typtype = 'd'::"char" OR t.typtype = 'c'::"char" AND EXISTS (SELECT FROM pg_catalog.pg_class k
      WHERE k.oid = t.typrelid AND k.relkind = 'c'::"char"))]],
    routine_word = [[CASE p.prokind WHEN 'p'::"char" THEN 'PROCEDURE '::text ELSE 'FUNCTION '::text END]],
    routine_own = SPACE .. [[ || pg_catalog.quote_ident(p.proname::text)
      || '('::text || pg_catalog.oidvectortypes(p.proargtypes) || ')'::text]],
    routine_comment = commented("CASE p.prokind WHEN 'p'::\"char\" THEN 'PROCEDURE '::text ELSE 'FUNCTION '::text END || " .. SPACE
      .. " || pg_catalog.quote_ident(p.proname::text) || '('::text || pg_catalog.oidvectortypes(p.proargtypes) || ')'::text"),
    trigger_comment = commented("'TRIGGER '::text || pg_catalog.quote_ident(t.tgname::text) || ' ON '::text || " .. SPACE
      .. " || pg_catalog.quote_ident(c.relname::text)"),
    type_comment = commented("CASE t.typtype WHEN 'd'::\"char\" THEN 'DOMAIN '::text ELSE 'TYPE '::text END || " .. SPACE
      .. " || pg_catalog.quote_ident(t.typname::text)"),
  }
  for _, of in ipairs({ objects.pieces(d, SPACE, own), on_tables.pieces(d) }) do
    for name, text in pairs(of) do pieces[name] = text end
  end
  local list = { { "definitions", ROUTINES }, { "definitions", on_tables.DEFINITIONS }, { "definitions", on_tables.SETTINGS },
                 { "definitions", ALONE } }
  for _, pair in ipairs(objects.list()) do list[#list + 1] = pair end
  list[#list + 1] = { "definition_parts", objects.parts() .. owners.PARTS .. PARTS }
  list[#list + 1] = { "definition_uses", objects.USES }
  local out = {}
  for i, pair in ipairs(list) do
    local sql = pair[2]:gsub("t%.tgparentid_is_none", d:since(13) and "t.tgparentid = 0::oid" or "true")
    for _ = 1, 2 do sql = sql:gsub("@([%w_]+)@", pieces) end  -- a piece may hold others
    out[i] = { section = pair[1], sql = sql }
  end
  return out
end

return M
