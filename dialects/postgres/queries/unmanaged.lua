--- What the model does not hold: kind, name and definition of each, so that a change inside is seen.

local M = {}

-- The start of a name: nothing in public.
local SPACE = "CASE WHEN n.nspname = 'public'::name THEN '' ELSE n.nspname::text || '.'::text END"

-- Not part of an extension. @class@ and @oid@ say of what.
local OWN = [[NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.%s'::regclass::oid
  AND e.objid = %s AND e.deptype = 'e'::"char")]]
local function own(class, oid) return OWN:format(class, oid) end

-- A namespace of the user's.
local OURS = [[n.nspname <> 'information_schema'::name AND n.nspname <> 'forgelua'::name
  AND pg_catalog.left(n.nspname::text, 3) <> 'pg_'::text]]

local TYPES = [[
SELECT 'range type' AS kind, @space@ || t.typname::text AS name,
  pg_catalog.concat_ws(' '::text, r.rngsubtype::regtype::text, r.rngcollation::regcollation::text, r.rngcanonical::text,
    r.rngsubdiff::text) AS definition
FROM pg_catalog.pg_range r
JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE r.rngcanonical::oid <> 0::oid AND @ours@ AND @own_type@
UNION ALL
SELECT 'type', @space@ || t.typname::text,
  pg_catalog.concat_ws(' '::text, t.typlen::text, t.typinput::text, t.typoutput::text, t.typalign::text, t.typstorage::text)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b'::"char", 'p'::"char") AND t.typelem = 0::oid AND @ours@ AND @own_type@]]

-- Tables that are not held whole, with what can differ inside.
local INSIDE = [[
SELECT CASE WHEN c.relkind = 'f'::"char" THEN 'foreign table' ELSE 'typed table' END AS kind,
  @space@ || c.relname::text AS name,
  pg_catalog.concat_ws(' '::text, pg_catalog.pg_get_expr(c.relpartbound, c.oid),
    CASE WHEN c.relkind = 'p'::"char" THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    (SELECT pg_catalog.string_agg(h.inhparent::regclass::text, ','::text ORDER BY h.inhseqno) FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid),
    c.reloftype::regtype::text, pg_catalog.array_to_string(c.reloptions, ','::text), f.ftserver::text,
    pg_catalog.array_to_string(f.ftoptions, ','::text),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' '::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, a.attidentity::text), ','::text ORDER BY a.attname)
     FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0::smallint AND NOT a.attisdropped),
    (SELECT pg_catalog.string_agg(k.conname::text || pg_catalog.pg_get_constraintdef(k.oid), ','::text ORDER BY k.conname)
     FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid), ','::text ORDER BY i.indexrelid::regclass::text)
     FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)) AS definition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
WHERE (c.relkind = 'f'::"char" AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid)
    OR c.relkind IN ('r'::"char", 'p'::"char") AND c.reloftype <> 0::oid)
  AND pg_catalog.left(c.relname::text, 9) <> 'forgelua_'::text AND @ours@ AND @own_class@
UNION ALL
SELECT 'access method', @space@ || c.relname::text, m.amname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE c.relkind IN ('r'::"char", 'm'::"char") AND m.amname <> 'heap'::name AND @ours@ AND @own_class@
UNION ALL
SELECT CASE WHEN NOT i.indisvalid THEN 'invalid index' ELSE 'tablespace of index' END, @space@ || x.relname::text,
  pg_catalog.pg_get_indexdef(x.oid)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (NOT i.indisvalid OR x.reltablespace <> 0::oid) AND @ours@ AND @own_class@]]

-- What roles other than the owner may do; who owns what is left to the database.
local GRANTED = [[(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' '::text,
    CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END, x.privilege_type, x.is_grantable::text), ','::text
    ORDER BY x.grantee::regrole::text, x.privilege_type) FROM pg_catalog.aclexplode(%s) x WHERE x.grantee <> %s)]]
local function granted(acl, owner) return GRANTED:format(acl, owner) end

local GRANTS = [[
SELECT g.kind, g.name, g.definition FROM (
  SELECT 'grants on'::text AS kind, @space@ || c.relname::text AS name, @table_acl@ AS definition
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relacl IS NOT NULL AND c.relkind NOT IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char", 'S'::"char")
    AND @ours@ AND @own_class@
  UNION ALL
  SELECT 'grants on column', @space@ || c.relname::text || '.'::text || a.attname::text, @column_acl@
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    AND c.relkind NOT IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char") AND @ours@ AND @own_class@
  UNION ALL
  SELECT 'grants on aggregate', @space@ || p.oid::regprocedure::text, @routine_acl@
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proacl IS NOT NULL AND p.prokind = 'a'::"char" AND @ours@ AND @own_proc@
  UNION ALL
  SELECT 'grants on type', @space@ || t.typname::text, @type_acl@
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typacl IS NOT NULL AND t.typtype NOT IN ('d'::"char", 'c'::"char") AND @ours@ AND @own_type@
  UNION ALL
  SELECT 'default privileges', pg_catalog.concat_ws(' '::text, d.defaclobjtype::text, d.defaclrole::regrole::text), @default_acl@
  FROM pg_catalog.pg_default_acl d
  WHERE d.defaclnamespace = 0::oid
) AS g WHERE g.definition IS NOT NULL]]

-- Comments that the model has no place for.
local COMMENTS = [[
SELECT 'comment on'::text AS kind, pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid) AS name, d.description AS definition
FROM pg_catalog.pg_description d
JOIN pg_catalog.pg_constraint k ON k.oid = d.objoid AND k.contypid <> 0::oid
WHERE d.classoid = 'pg_catalog.pg_constraint'::regclass::oid
UNION ALL
SELECT 'columns of foreign key', k.conname::text || ' on '::text || k.conrelid::regclass::text, @delete_columns@
FROM pg_catalog.pg_constraint k
WHERE @deletes_columns@]]

--- The queries for a server of the dialect's version.
---@return string[]
function M.list(d)
  local pieces = {
    space = SPACE, ours = OURS,
    own_proc = own("pg_proc", "p.oid"), own_type = own("pg_type", "t.oid"), own_class = own("pg_class", "c.oid"),
    table_acl = granted("c.relacl", "c.relowner"), column_acl = granted("a.attacl", "c.relowner"),
    type_acl = granted("t.typacl", "t.typowner"),
    routine_acl = granted("p.proacl", "p.proowner"),
    default_acl = granted("d.defaclacl", "d.defaclrole"),
    delete_columns = d:since(15) and "k.confdelsetcols::text" or "NULL",
    deletes_columns = d:since(15) and "k.contype = 'f'::\"char\" AND k.confdelsetcols IS NOT NULL" or "false",
  }
  local out = {}
  for i, sql in ipairs({ TYPES, INSIDE, GRANTS, COMMENTS }) do
    out[i] = sql:gsub("@([%w_]+)@", pieces)
  end
  return out
end

return M
