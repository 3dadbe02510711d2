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

local AGGREGATES = [[
SELECT 'aggregate' AS kind, @space@ || p.proname::text || '('::text || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'::text AS name,
  pg_catalog.concat_ws(' '::text, pg_catalog.pg_get_function_result(p.oid), g.aggkind::text, g.aggtransfn::text, g.aggfinalfn::text,
    g.aggcombinefn::text, g.aggtranstype::regtype::text, g.agginitval, g.aggsortop::regoperator::text,
    pg_catalog.obj_description(p.oid, 'pg_proc'::name)) AS definition
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_aggregate g ON g.aggfnoid::oid = p.oid
WHERE p.prokind = 'a'::"char" AND @ours@ AND @own_proc@]]

local TYPES = [[
SELECT 'range type' AS kind, @space@ || t.typname::text AS name,
  pg_catalog.concat_ws(' '::text, r.rngsubtype::regtype::text, r.rngcollation::regcollation::text, r.rngcanonical::text,
    r.rngsubdiff::text) AS definition
FROM pg_catalog.pg_range r
JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE @ours@ AND @own_type@
UNION ALL
SELECT 'type', @space@ || t.typname::text,
  pg_catalog.concat_ws(' '::text, t.typlen::text, t.typinput::text, t.typoutput::text, t.typalign::text, t.typstorage::text)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b'::"char", 'p'::"char") AND t.typelem = 0::oid AND @ours@ AND @own_type@]]

-- Tables that are not held whole, with what can differ inside.
local INSIDE = [[
SELECT CASE WHEN c.relkind = 'f'::"char" THEN 'foreign table' WHEN c.relispartition THEN 'partition'
    WHEN c.reloftype <> 0::oid THEN 'typed table' ELSE 'inheriting table' END AS kind,
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
WHERE (c.relkind = 'f'::"char" OR c.relkind IN ('r'::"char", 'p'::"char") AND (c.relispartition OR c.reloftype <> 0::oid
    OR EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid)))
  AND pg_catalog.left(c.relname::text, 9) <> 'forgelua_'::text AND @ours@ AND @own_class@
UNION ALL
SELECT 'replica identity', @space@ || c.relname::text, c.relreplident::text || coalesce(
  (SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisreplident), '')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND c.relreplident <> 'd'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT 'access method', @space@ || c.relname::text, m.amname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE c.relkind IN ('r'::"char", 'm'::"char") AND m.amname <> 'heap'::name AND @ours@ AND @own_class@
UNION ALL
SELECT 'storage of column', @space@ || c.relname::text || '.'::text || a.attname::text,
  pg_catalog.concat_ws(' '::text, a.attstorage::text, pg_catalog.array_to_string(a.attoptions, ','::text)@compression@)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char", 'm'::"char") AND a.attnum > 0::smallint AND NOT a.attisdropped
  AND (a.attstorage <> t.typstorage OR a.attoptions IS NOT NULL@compressed@) AND @ours@ AND @own_class@
UNION ALL
SELECT CASE WHEN NOT i.indisvalid THEN 'invalid index' ELSE 'tablespace of index' END, @space@ || x.relname::text,
  pg_catalog.pg_get_indexdef(x.oid)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (NOT i.indisvalid OR x.reltablespace <> 0::oid) AND @ours@ AND @own_class@
UNION ALL
SELECT 'options of view', @space@ || c.relname::text, pg_catalog.string_agg(o.text, ','::text ORDER BY o.text)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.unnest(c.reloptions) AS o(text)
WHERE c.relkind IN ('v'::"char", 'm'::"char") AND NOT pg_catalog.starts_with(o.text, 'security_invoker='::text)
  AND NOT pg_catalog.starts_with(o.text, 'check_option='::text) AND @ours@ AND @own_class@
GROUP BY c.oid, c.relname, n.nspname
UNION ALL
SELECT 'options of identity', @space@ || c.relname::text || '.'::text || a.attname::text,
  pg_catalog.concat_ws(' '::text, q.seqmin::text, q.seqmax::text, q.seqcache::text, q.seqcycle::text)
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_sequence q ON q.seqrelid = d.objid
JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum::integer = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'i'::"char" AND a.attidentity <> ''::"char"
  AND (q.seqcache <> 1::bigint OR q.seqcycle OR q.seqincrement > 0::bigint AND (q.seqmin <> 1::bigint
    OR q.seqmax NOT IN (32767::bigint, 2147483647::bigint, 9223372036854775807::bigint)))
  AND @ours@ AND @own_class@]]

local OTHERS = [[
SELECT 'publication' AS kind, p.pubname::text AS name, pg_catalog.concat_ws(' '::text, p.puballtables::text, p.pubinsert::text, p.pubupdate::text,
  p.pubdelete::text, p.pubtruncate::text,
  (SELECT pg_catalog.string_agg(r.prrelid::regclass::text, ','::text ORDER BY r.prrelid::regclass::text)
   FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid)) AS definition
FROM pg_catalog.pg_publication p
UNION ALL
SELECT 'foreign server', s.srvname::text, pg_catalog.concat_ws(' '::text, w.fdwname::text, s.srvtype, s.srvversion,
  pg_catalog.array_to_string(s.srvoptions, ','::text))
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'operator', @space@ || o.oprname::text || '('::text || o.oprleft::regtype::text || ','::text || o.oprright::regtype::text || ')'::text,
  pg_catalog.concat_ws(' '::text, o.oprcode::text, o.oprresult::regtype::text, o.oprcanmerge::text, o.oprcanhash::text,
    o.oprrest::text, o.oprjoin::text)
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
WHERE @ours@ AND @own_operator@
UNION ALL
SELECT 'operator class', @space@ || o.opcname::text, pg_catalog.concat_ws(' '::text, o.opcintype::regtype::text, o.opcdefault::text)
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
WHERE @ours@ AND @own_opclass@
UNION ALL
SELECT 'cast', k.castsource::regtype::text || ' as '::text || k.casttarget::regtype::text,
  pg_catalog.concat_ws(' '::text, k.castfunc::regprocedure::text, k.castcontext::text, k.castmethod::text)
FROM pg_catalog.pg_cast k
WHERE k.oid >= 16384::oid AND @own_cast@
UNION ALL
SELECT 'collation', @space@ || l.collname::text, pg_catalog.concat_ws(' '::text, l.collprovider::text, l.collcollate::text,
  l.collctype::text, l.collisdeterministic::text)
FROM pg_catalog.pg_collation l
JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
WHERE @ours@ AND @own_collation@
UNION ALL
SELECT 'text search configuration', @space@ || g.cfgname::text, (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' '::text,
    m.maptokentype::text, m.mapseqno::text, m.mapdict::regdictionary::text), ','::text ORDER BY m.maptokentype, m.mapseqno)
  FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = g.oid)
FROM pg_catalog.pg_ts_config g
JOIN pg_catalog.pg_namespace n ON n.oid = g.cfgnamespace
WHERE @ours@ AND @own_tsconfig@
UNION ALL
SELECT 'text search dictionary', @space@ || t.dictname::text, t.dictinitoption
FROM pg_catalog.pg_ts_dict t
JOIN pg_catalog.pg_namespace n ON n.oid = t.dictnamespace
WHERE @ours@ AND @own_tsdict@]]

-- What roles other than the owner may do; who owns what is left to the database.
local GRANTED = [[(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' '::text,
    CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END, x.privilege_type, x.is_grantable::text), ','::text
    ORDER BY x.grantee::regrole::text, x.privilege_type) FROM pg_catalog.aclexplode(%s) x WHERE x.grantee <> %s)]]
local function granted(acl, owner) return GRANTED:format(acl, owner) end

local GRANTS = [[
SELECT g.kind, g.name, g.definition FROM (
  SELECT 'grants on'::text AS kind, @space@ || c.relname::text AS name, @table_acl@ AS definition
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relacl IS NOT NULL AND (c.relispartition OR c.relkind NOT IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char", 'S'::"char"))
    AND @ours@ AND @own_class@
  UNION ALL
  SELECT 'grants on column', @space@ || c.relname::text || '.'::text || a.attname::text, @column_acl@
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    AND (c.relispartition OR c.relkind NOT IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char")) AND @ours@ AND @own_class@
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
) AS g WHERE g.definition IS NOT NULL
UNION ALL
SELECT 'foreign-data wrapper', f.fdwname::text, coalesce(pg_catalog.array_to_string(f.fdwoptions, ','::text), '')
FROM pg_catalog.pg_foreign_data_wrapper f
WHERE @own_fdw@]]

-- Comments that the model has no place for.
local COMMENTS = [[
SELECT 'comment on'::text AS kind, pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid) AS name, d.description AS definition
FROM pg_catalog.pg_description d
WHERE d.objoid >= 16384::oid
  AND d.classoid IN ('pg_catalog.pg_policy'::regclass::oid,
    'pg_catalog.pg_rewrite'::regclass::oid, 'pg_catalog.pg_operator'::regclass::oid, 'pg_catalog.pg_cast'::regclass::oid,
    'pg_catalog.pg_statistic_ext'::regclass::oid, 'pg_catalog.pg_event_trigger'::regclass::oid, 'pg_catalog.pg_collation'::regclass::oid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e'::"char")
UNION ALL
SELECT 'columns of foreign key', k.conname::text || ' on '::text || k.conrelid::regclass::text, @delete_columns@
FROM pg_catalog.pg_constraint k
WHERE @deletes_columns@]]

--- The queries for a server of the dialect's version.
---@return string[]
function M.list(d)
  local compression = d:since(14)
  local pieces = {
    space = SPACE, ours = OURS,
    own_proc = own("pg_proc", "p.oid"), own_type = own("pg_type", "t.oid"), own_class = own("pg_class", "c.oid"),
    own_operator = own("pg_operator", "o.oid"),
    own_opclass = own("pg_opclass", "o.oid"), own_cast = own("pg_cast", "k.oid"),
    own_collation = own("pg_collation", "l.oid"), own_tsconfig = own("pg_ts_config", "g.oid"),
    own_tsdict = own("pg_ts_dict", "t.oid"),
    compression = compression and ", a.attcompression::text" or "",
    compressed = compression and " OR a.attcompression <> ''::\"char\"" or "",
    table_acl = granted("c.relacl", "c.relowner"), column_acl = granted("a.attacl", "c.relowner"),
    type_acl = granted("t.typacl", "t.typowner"), own_fdw = own("pg_foreign_data_wrapper", "f.oid"),
    routine_acl = granted("p.proacl", "p.proowner"),
    default_acl = granted("d.defaclacl", "d.defaclrole"),
    delete_columns = d:since(15) and "k.confdelsetcols::text" or "NULL",
    deletes_columns = d:since(15) and "k.contype = 'f'::\"char\" AND k.confdelsetcols IS NOT NULL" or "false",
  }
  local out = {}
  for i, sql in ipairs({ AGGREGATES, TYPES, INSIDE, OTHERS, GRANTS, COMMENTS }) do
    out[i] = sql:gsub("@([%w_]+)@", pieces)
  end
  return out
end

return M
