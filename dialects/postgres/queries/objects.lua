--- Objects beyond tables and routines that are held by their statements: aggregates, casts, collations, operators, range types,
--- text search, foreign data, publications; their comments and grants.

local M = {}

local AGGREGATES = [[
SELECT 'aggregate' AS kind, r.own, NULL AS on_schema, NULL AS on_table,
  pg_catalog.concat('CREATE AGGREGATE '::text, r.own, ' ('::text, pg_catalog.concat_ws(', '::text,
    'SFUNC = '::text || g.aggtransfn::regproc::text, 'STYPE = '::text || pg_catalog.format_type(g.aggtranstype, NULL),
    'SSPACE = '::text || nullif(g.aggtransspace, 0)::text,
    'FINALFUNC = '::text || nullif(g.aggfinalfn::regproc::text, '-'::text), CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    'FINALFUNC_MODIFY = '::text || CASE WHEN g.aggfinalfn::oid = 0::oid OR g.aggfinalmodify = @final_default@ THEN NULL
      WHEN g.aggfinalmodify = 'r'::"char" THEN 'READ_ONLY' WHEN g.aggfinalmodify = 's'::"char" THEN 'SHAREABLE' ELSE 'READ_WRITE' END,
    'COMBINEFUNC = '::text || nullif(g.aggcombinefn::regproc::text, '-'::text),
    'SERIALFUNC = '::text || nullif(g.aggserialfn::regproc::text, '-'::text),
    'DESERIALFUNC = '::text || nullif(g.aggdeserialfn::regproc::text, '-'::text),
    'INITCOND = '::text || pg_catalog.quote_literal(g.agginitval),
    'MSFUNC = '::text || nullif(g.aggmtransfn::regproc::text, '-'::text),
    'MINVFUNC = '::text || nullif(g.aggminvtransfn::regproc::text, '-'::text),
    'MSTYPE = '::text || CASE WHEN g.aggmtranstype <> 0::oid THEN pg_catalog.format_type(g.aggmtranstype, NULL) END,
    'MSSPACE = '::text || nullif(g.aggmtransspace, 0)::text,
    'MFINALFUNC = '::text || nullif(g.aggmfinalfn::regproc::text, '-'::text), CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
    'MINITCOND = '::text || pg_catalog.quote_literal(g.aggminitval),
    'SORTOP = OPERATOR('::text || nullif(g.aggsortop, 0::oid)::regoper::text || ')'::text,
    CASE WHEN g.aggkind = 'h'::"char" THEN 'HYPOTHETICAL' END,
    CASE p.proparallel WHEN 's'::"char" THEN 'PARALLEL = SAFE' WHEN 'r'::"char" THEN 'PARALLEL = RESTRICTED' END), ')'::text) AS "create",
  'DROP AGGREGATE '::text || r.own AS "drop"
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_aggregate g ON g.aggfnoid::oid = p.oid
CROSS JOIN LATERAL (SELECT @aggregate@ AS own) AS r
WHERE p.prokind = 'a'::"char" AND @ours@ AND @own_proc@
UNION ALL
SELECT 'cast', r.own, NULL, NULL,
  pg_catalog.concat('CREATE CAST ('::text, r.own, ')'::text,
    CASE k.castmethod WHEN 'f'::"char" THEN ' WITH FUNCTION '::text || k.castfunc::regprocedure::text WHEN 'i'::"char" THEN ' WITH INOUT'
      ELSE ' WITHOUT FUNCTION' END,
    CASE k.castcontext WHEN 'a'::"char" THEN ' AS ASSIGNMENT' WHEN 'i'::"char" THEN ' AS IMPLICIT' END),
  pg_catalog.concat('DROP CAST ('::text, r.own, ')'::text)
FROM pg_catalog.pg_cast k
CROSS JOIN LATERAL (SELECT k.castsource::regtype::text || ' AS '::text || k.casttarget::regtype::text AS own) AS r
WHERE k.oid >= 16384::oid AND @own_cast@ AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
  WHERE i.classid = 'pg_catalog.pg_cast'::regclass::oid AND i.objid = k.oid AND i.deptype = 'i'::"char")
UNION ALL
SELECT 'collation', r.own, NULL, NULL,
  pg_catalog.concat('CREATE COLLATION '::text, r.own, ' ('::text, pg_catalog.concat_ws(', '::text,
    'provider = '::text || CASE l.collprovider WHEN 'i'::"char" THEN 'icu' WHEN 'b'::"char" THEN 'builtin' ELSE 'libc' END,
    CASE WHEN l.collprovider = 'c'::"char" AND l.collcollate IS DISTINCT FROM l.collctype
      THEN pg_catalog.concat('lc_collate = '::text, pg_catalog.quote_literal(l.collcollate), ', lc_ctype = '::text, pg_catalog.quote_literal(l.collctype))
      ELSE 'locale = '::text || pg_catalog.quote_literal(CASE WHEN l.collprovider = 'c'::"char" THEN l.collcollate::text ELSE @locale@ END) END,
    CASE WHEN NOT l.collisdeterministic THEN 'deterministic = false' END@rules@), ')'::text),
  'DROP COLLATION '::text || r.own
FROM pg_catalog.pg_collation l
JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(l.collname::text) AS own) AS r
WHERE @ours@ AND @own_collation@
UNION ALL
SELECT 'type', r.own, NULL, NULL,
  pg_catalog.concat('CREATE TYPE '::text, r.own, ' AS RANGE ('::text, pg_catalog.concat_ws(', '::text,
    'SUBTYPE = '::text || pg_catalog.format_type(g.rngsubtype, NULL),
    'SUBTYPE_OPCLASS = '::text || CASE WHEN NOT o.opcdefault THEN pg_catalog.quote_ident(opn.nspname::text) || '.'::text
      || pg_catalog.quote_ident(o.opcname::text) END,
    'COLLATION = '::text || CASE WHEN g.rngcollation <> b.typcollation THEN g.rngcollation::regcollation::text END,
    'SUBTYPE_DIFF = '::text || nullif(g.rngsubdiff::regproc::text, '-'::text)@multirange@), ')'::text),
  'DROP TYPE '::text || r.own
FROM pg_catalog.pg_range g
JOIN pg_catalog.pg_type t ON t.oid = g.rngtypid
JOIN pg_catalog.pg_type b ON b.oid = g.rngsubtype
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_opclass o ON o.oid = g.rngsubopc
JOIN pg_catalog.pg_namespace opn ON opn.oid = o.opcnamespace
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(t.typname::text) AS own) AS r
WHERE g.rngcanonical::oid = 0::oid AND @ours@ AND @own_type@
UNION ALL
SELECT 'operator', r.own, NULL, NULL,
  pg_catalog.concat('CREATE OPERATOR '::text, @space@, o.oprname::text, ' ('::text, pg_catalog.concat_ws(', '::text,
    'FUNCTION = '::text || o.oprcode::regproc::text,
    'LEFTARG = '::text || CASE WHEN o.oprleft <> 0::oid THEN pg_catalog.format_type(o.oprleft, NULL) END,
    'RIGHTARG = '::text || CASE WHEN o.oprright <> 0::oid THEN pg_catalog.format_type(o.oprright, NULL) END,
    'COMMUTATOR = OPERATOR('::text || nullif(o.oprcom, 0::oid)::regoper::text || ')'::text,
    'NEGATOR = OPERATOR('::text || nullif(o.oprnegate, 0::oid)::regoper::text || ')'::text,
    'RESTRICT = '::text || nullif(o.oprrest::regproc::text, '-'::text), 'JOIN = '::text || nullif(o.oprjoin::regproc::text, '-'::text),
    CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END), ')'::text),
  'DROP OPERATOR '::text || r.own
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
CROSS JOIN LATERAL (SELECT @operator@ AS own) AS r
WHERE o.oprcode::oid <> 0::oid AND @ours@ AND @own_operator@
UNION ALL
SELECT 'operator family', r.own, NULL, NULL, 'CREATE OPERATOR FAMILY '::text || r.own, 'DROP OPERATOR FAMILY '::text || r.own
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am m ON m.oid = f.opfmethod
CROSS JOIN LATERAL (SELECT pg_catalog.concat(@space@, pg_catalog.quote_ident(f.opfname::text), ' USING '::text, m.amname::text) AS own) AS r
WHERE @ours@ AND @own_opfamily@ AND NOT EXISTS (SELECT FROM pg_catalog.pg_opclass o
  WHERE o.opcfamily = f.oid AND o.opcname = f.opfname AND o.opcnamespace = f.opfnamespace)
UNION ALL
SELECT 'operator class', r.own, NULL, NULL,
  pg_catalog.concat('CREATE OPERATOR CLASS '::text, @space@, pg_catalog.quote_ident(o.opcname::text), CASE WHEN o.opcdefault THEN ' DEFAULT' END,
    ' FOR TYPE '::text, pg_catalog.format_type(o.opcintype, NULL), ' USING '::text, m.amname::text,
    CASE WHEN f.opfname <> o.opcname OR f.opfnamespace <> o.opcnamespace THEN pg_catalog.concat(' FAMILY '::text,
      CASE WHEN fn.nspname <> 'public'::name THEN pg_catalog.quote_ident(fn.nspname::text) || '.'::text END, pg_catalog.quote_ident(f.opfname::text)) END,
    ' AS '::text, pg_catalog.concat_ws(', '::text, 'STORAGE '::text || CASE WHEN o.opckeytype <> 0::oid THEN pg_catalog.format_type(o.opckeytype, NULL) END,
      (SELECT pg_catalog.string_agg(pg_catalog.concat('OPERATOR '::text, a.amopstrategy::text, ' '::text, a.amopopr::regoperator::text,
          CASE WHEN a.amopsortfamily <> 0::oid THEN (SELECT ' FOR ORDER BY '::text || pg_catalog.quote_ident(sn.nspname::text) || '.'::text
            || pg_catalog.quote_ident(s.opfname::text) FROM pg_catalog.pg_opfamily s JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
            WHERE s.oid = a.amopsortfamily) END), ', '::text ORDER BY a.amopstrategy, a.amopopr::regoperator::text)
       FROM pg_catalog.pg_amop a JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amop'::regclass::oid AND d.objid = a.oid
         AND d.refclassid = 'pg_catalog.pg_opclass'::regclass::oid AND d.refobjid = o.oid),
      (SELECT pg_catalog.string_agg(pg_catalog.concat('FUNCTION '::text, a.amprocnum::text, ' ('::text, pg_catalog.format_type(a.amproclefttype, NULL),
          ', '::text, pg_catalog.format_type(a.amprocrighttype, NULL), ') '::text, a.amproc::regprocedure::text), ', '::text
          ORDER BY a.amprocnum, a.amproc::regprocedure::text)
       FROM pg_catalog.pg_amproc a JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_amproc'::regclass::oid AND d.objid = a.oid
         AND d.refclassid = 'pg_catalog.pg_opclass'::regclass::oid AND d.refobjid = o.oid))),
  'DROP OPERATOR '::text || CASE WHEN f.opfname = o.opcname AND f.opfnamespace = o.opcnamespace THEN 'FAMILY '::text ELSE 'CLASS '::text END || r.own
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
JOIN pg_catalog.pg_opfamily f ON f.oid = o.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.concat(@space@, pg_catalog.quote_ident(o.opcname::text), ' USING '::text, m.amname::text) AS own) AS r
WHERE @ours@ AND @own_opclass@
UNION ALL
SELECT 'text search dictionary', r.own, NULL, NULL,
  pg_catalog.concat('CREATE TEXT SEARCH DICTIONARY '::text, r.own, ' (TEMPLATE = '::text, tn.nspname::text, '.'::text,
    pg_catalog.quote_ident(e.tmplname::text), ', '::text || t.dictinitoption, ')'::text),
  'DROP TEXT SEARCH DICTIONARY '::text || r.own
FROM pg_catalog.pg_ts_dict t
JOIN pg_catalog.pg_namespace n ON n.oid = t.dictnamespace
JOIN pg_catalog.pg_ts_template e ON e.oid = t.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = e.tmplnamespace
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(t.dictname::text) AS own) AS r
WHERE @ours@ AND @own_tsdict@
UNION ALL
SELECT 'text search configuration', r.own, NULL, NULL,
  pg_catalog.concat('CREATE TEXT SEARCH CONFIGURATION '::text, r.own, ' (PARSER = '::text, pn.nspname::text, '.'::text,
    pg_catalog.quote_ident(e.prsname::text), ')'::text),
  'DROP TEXT SEARCH CONFIGURATION '::text || r.own
FROM pg_catalog.pg_ts_config g
JOIN pg_catalog.pg_namespace n ON n.oid = g.cfgnamespace
JOIN pg_catalog.pg_ts_parser e ON e.oid = g.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = e.prsnamespace
CROSS JOIN LATERAL (SELECT @space@ || pg_catalog.quote_ident(g.cfgname::text) AS own) AS r
WHERE @ours@ AND @own_tsconfig@]]

-- OPTIONS (host 'a', port '1') of an array of host=a, port=1.
local OPTIONS = [[(SELECT ' OPTIONS ('::text || pg_catalog.string_agg(pg_catalog.quote_ident(x.option_name) || ' '::text
  || pg_catalog.quote_literal(x.option_value), ', '::text ORDER BY x.option_name) || ')'::text FROM pg_catalog.pg_options_to_table(%s) x)]]

local FOREIGN = [[
SELECT 'foreign data wrapper' AS kind, pg_catalog.quote_ident(f.fdwname::text) AS own, NULL AS on_schema, NULL AS on_table,
  pg_catalog.concat('CREATE FOREIGN DATA WRAPPER '::text, pg_catalog.quote_ident(f.fdwname::text),
    CASE WHEN f.fdwhandler <> 0::oid THEN ' HANDLER '::text || f.fdwhandler::regproc::text END,
    CASE WHEN f.fdwvalidator <> 0::oid THEN ' VALIDATOR '::text || f.fdwvalidator::regproc::text END, @fdw_options@) AS "create",
  'DROP FOREIGN DATA WRAPPER '::text || pg_catalog.quote_ident(f.fdwname::text) AS "drop"
FROM pg_catalog.pg_foreign_data_wrapper f
WHERE @own_fdw@
UNION ALL
SELECT 'server', pg_catalog.quote_ident(s.srvname::text), NULL, NULL,
  pg_catalog.concat('CREATE SERVER '::text, pg_catalog.quote_ident(s.srvname::text), ' TYPE '::text || pg_catalog.quote_literal(s.srvtype),
    ' VERSION '::text || pg_catalog.quote_literal(s.srvversion), ' FOREIGN DATA WRAPPER '::text, pg_catalog.quote_ident(w.fdwname::text), @server_options@),
  'DROP SERVER '::text || pg_catalog.quote_ident(s.srvname::text)
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE @own_server@
UNION ALL
SELECT 'foreign table', @table@, NULL, NULL,
  pg_catalog.concat('CREATE FOREIGN TABLE '::text, @table@, ' ('::text, pg_catalog.concat_ws(', '::text,
    (SELECT pg_catalog.string_agg(pg_catalog.concat(pg_catalog.quote_ident(a.attname::text), ' '::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
        @column_options@, CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE '::text || a.attcollation::regcollation::text END,
        CASE WHEN a.attgenerated = ''::"char" THEN ' DEFAULT '::text || pg_catalog.pg_get_expr(d.adbin, d.adrelid)
          ELSE pg_catalog.concat(' GENERATED ALWAYS AS ('::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid), ') STORED'::text) END,
        CASE WHEN a.attnotnull THEN ' NOT NULL'::text END), ', '::text ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0::smallint AND NOT a.attisdropped),
    (SELECT pg_catalog.string_agg(pg_catalog.concat('CONSTRAINT '::text, pg_catalog.quote_ident(k.conname::text), ' '::text,
       pg_catalog.pg_get_constraintdef(k.oid)), ', '::text ORDER BY k.conname)
     FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'::"char")),
    ') SERVER '::text, pg_catalog.quote_ident(s.srvname::text), @foreign_options@),
  'DROP FOREIGN TABLE '::text || @table@
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
WHERE c.relkind = 'f'::"char" AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) AND @ours@ AND @own_class@
UNION ALL
SELECT 'publication', pg_catalog.quote_ident(p.pubname::text), NULL, NULL,
  pg_catalog.concat('CREATE PUBLICATION '::text, pg_catalog.quote_ident(p.pubname::text), CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END,
    ' WITH (publish = '::text, pg_catalog.quote_literal(pg_catalog.concat_ws(', '::text, CASE WHEN p.pubinsert THEN 'insert' END,
      CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
    @via_root@, ')'::text),
  'DROP PUBLICATION '::text || pg_catalog.quote_ident(p.pubname::text)
FROM pg_catalog.pg_publication p
WHERE @own_publication@]]

-- What hangs on these objects and has statements of its own.
local PARTS = [[
SELECT 'publication' AS kind, pg_catalog.quote_ident(p.pubname::text) AS own, NULL AS on_schema, NULL AS on_table, 'table '::text || @table@ AS key,
  pg_catalog.concat('ALTER PUBLICATION '::text, pg_catalog.quote_ident(p.pubname::text), ' ADD TABLE ONLY '::text, @table@@published@) AS make,
  pg_catalog.concat('ALTER PUBLICATION '::text, pg_catalog.quote_ident(p.pubname::text), ' DROP TABLE ONLY '::text, @table@) AS undo
FROM pg_catalog.pg_publication_rel r
JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE @own_publication@@published_schemas@
UNION ALL
@statistics_targets@SELECT 'text search configuration', @space@ || pg_catalog.quote_ident(g.cfgname::text), NULL, NULL, 'mapping for '::text || k.alias,
  pg_catalog.concat('ALTER TEXT SEARCH CONFIGURATION '::text, @space@, pg_catalog.quote_ident(g.cfgname::text), ' ADD MAPPING FOR '::text,
    pg_catalog.quote_ident(k.alias), ' WITH '::text, pg_catalog.string_agg(m.mapdict::regdictionary::text, ', '::text ORDER BY m.mapseqno)),
  pg_catalog.concat('ALTER TEXT SEARCH CONFIGURATION '::text, @space@, pg_catalog.quote_ident(g.cfgname::text), ' DROP MAPPING FOR '::text,
    pg_catalog.quote_ident(k.alias))
FROM pg_catalog.pg_ts_config g
JOIN pg_catalog.pg_namespace n ON n.oid = g.cfgnamespace
JOIN pg_catalog.pg_ts_config_map m ON m.mapcfg = g.oid
JOIN LATERAL pg_catalog.ts_token_type(g.cfgparser) k ON k.tokid = m.maptokentype
WHERE @ours@ AND @own_tsconfig@
GROUP BY g.oid, g.cfgname, n.nspname, k.alias
UNION ALL
]]

local STATISTICS_TARGETS = [[
SELECT 'statistics', @space@ || pg_catalog.quote_ident(s.stxname::text), NULL, NULL, 'target',
  pg_catalog.concat('ALTER STATISTICS '::text, @space@, pg_catalog.quote_ident(s.stxname::text), ' SET STATISTICS '::text, s.stxstattarget),
  pg_catalog.concat('ALTER STATISTICS '::text, @space@, pg_catalog.quote_ident(s.stxname::text), ' SET STATISTICS -1'::text)
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE s.stxstattarget >= 0 AND @ours@
UNION ALL
]]

local SCHEMAS_OF_PUBLICATIONS = [[

UNION ALL
SELECT 'publication', pg_catalog.quote_ident(p.pubname::text), NULL, NULL, 'schema '::text || n.nspname::text,
  pg_catalog.concat('ALTER PUBLICATION '::text, pg_catalog.quote_ident(p.pubname::text), ' ADD TABLES IN SCHEMA '::text,
    pg_catalog.quote_ident(n.nspname::text)),
  pg_catalog.concat('ALTER PUBLICATION '::text, pg_catalog.quote_ident(p.pubname::text), ' DROP TABLES IN SCHEMA '::text,
    pg_catalog.quote_ident(n.nspname::text))
FROM pg_catalog.pg_publication_namespace r
JOIN pg_catalog.pg_publication p ON p.oid = r.pnpubid
JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid
WHERE @own_publication@]]

-- The comment of an object of one catalog: kind, its name behind the kind, and where it stands.
local COMMENT = [[
SELECT '%s' AS kind, %s AS own, %s AS on_schema, %s AS on_table, 'comment' AS key,
  pg_catalog.concat('COMMENT ON %s '::text, %s, ' IS '::text, pg_catalog.quote_literal(d.description)) AS make,
  pg_catalog.concat('COMMENT ON %s '::text, %s, ' IS NULL'::text) AS undo
FROM %s
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.%s'::regclass::oid AND d.objoid = %s.oid AND d.objsubid = 0
WHERE true]]

local IN_SPACE = "pg_catalog.%s x JOIN pg_catalog.pg_namespace n ON n.oid = x.%s"
local ON_TABLE = "pg_catalog.%s x JOIN pg_catalog.pg_class c ON c.oid = x.%s JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"

local function in_space(kind, catalog, space, name)
  local own, word = "@space@ || pg_catalog.quote_ident(x." .. name .. "::text)", kind:upper()
  return COMMENT:format(kind, own, "NULL", "NULL", word, own, word, own, IN_SPACE:format(catalog, space), catalog, "x")
end

local function alone(kind, catalog, own)
  local word = kind:upper()
  return COMMENT:format(kind, own, "NULL", "NULL", word, own, word, own, "pg_catalog." .. catalog .. " x", catalog, "x")
end

local function on_table(kind, catalog, name, relation)
  local own = "pg_catalog.quote_ident(x." .. name .. "::text)"
  local text = own .. " || ' ON '::text || @table@"
  local word, from = kind:upper(), ON_TABLE:format(catalog, relation)
  return COMMENT:format(kind, own, "@plain@", "c.relname::text", word, text, word, text, from, catalog, "x")
end

local function comments()
  local aggregates = COMMENT:format("aggregate", "@aggregate@", "NULL", "NULL", "AGGREGATE", "@aggregate@", "AGGREGATE",
    "@aggregate@",
    "pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND p.prokind = 'a'::\"char\"", "pg_proc", "p")
  local operators = COMMENT:format("operator", "@operator@", "NULL", "NULL", "OPERATOR", "@operator@", "OPERATOR", "@operator@",
    "pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace", "pg_operator", "o")
  local cast = "x.castsource::regtype::text || ' AS '::text || x.casttarget::regtype::text"
  local casts = COMMENT:format("cast", cast, "NULL", "NULL", "CAST", "'('::text || " .. cast .. " || ')'::text", "CAST",
    "'('::text || " .. cast .. " || ')'::text", "pg_catalog.pg_cast x", "pg_cast", "x")
  local foreign = COMMENT:format("foreign table", "@table@", "NULL", "NULL", "FOREIGN TABLE", "@table@", "FOREIGN TABLE", "@table@",
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND c.relkind = 'f'::\"char\"", "pg_class", "c")
  return table.concat({
    on_table("policy", "pg_policy", "polname", "polrelid"), on_table("rule", "pg_rewrite", "rulename", "ev_class"),
    aggregates, operators, casts, foreign, in_space("statistics", "pg_statistic_ext", "stxnamespace", "stxname"),
    in_space("collation", "pg_collation", "collnamespace", "collname"),
    in_space("text search dictionary", "pg_ts_dict", "dictnamespace", "dictname"),
    in_space("text search configuration", "pg_ts_config", "cfgnamespace", "cfgname"),
    alone("event trigger", "pg_event_trigger", "pg_catalog.quote_ident(x.evtname::text)"),
    alone("server", "pg_foreign_server", "pg_catalog.quote_ident(x.srvname::text)"),
    alone("foreign data wrapper", "pg_foreign_data_wrapper", "pg_catalog.quote_ident(x.fdwname::text)"),
    alone("publication", "pg_publication", "pg_catalog.quote_ident(x.pubname::text)"),
  }, "\nUNION ALL\n")
end

--- What these queries are filled with, beside what they share with others.
---@param space string
---@param own fun(class: string, oid: string): string
---@return table<string, string>
function M.pieces(d, space, own)
  local locale = d:since(17) and "l.colllocale" or d:since(15) and "l.colliculocale" or "l.collcollate::text"
  local out = {
    own_operator = own("pg_operator", "o.oid"), own_opclass = own("pg_opclass", "o.oid"), own_opfamily = own("pg_opfamily", "f.oid"),
    own_cast = own("pg_cast", "k.oid"), own_collation = own("pg_collation", "l.oid"), own_tsconfig = own("pg_ts_config", "g.oid"),
    own_tsdict = own("pg_ts_dict", "t.oid"), own_fdw = own("pg_foreign_data_wrapper", "f.oid"),
    own_server = own("pg_foreign_server", "s.oid"), own_publication = own("pg_publication", "p.oid"),
    aggregate = space .. [[ || pg_catalog.quote_ident(p.proname::text) || '('::text
      || coalesce(nullif(pg_catalog.pg_get_function_identity_arguments(p.oid), ''::text), '*'::text) || ')'::text]],
    operator = space .. [[ || o.oprname::text || ' ('::text || CASE WHEN o.oprleft = 0::oid THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END
      || ', '::text || CASE WHEN o.oprright = 0::oid THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END || ')'::text]],
    final_default = [[CASE g.aggkind WHEN 'n'::"char" THEN 'r'::"char" ELSE 'w'::"char" END]],
    locale = locale, rules = d:since(16) and ", 'rules = '::text || pg_catalog.quote_literal(l.collicurules)" or "",
    multirange = d:since(14) and [[, 'MULTIRANGE_TYPE_NAME = '::text || (SELECT pg_catalog.quote_ident(mn.nspname::text) || '.'::text
      || pg_catalog.quote_ident(mt.typname::text) FROM pg_catalog.pg_type mt JOIN pg_catalog.pg_namespace mn ON mn.oid = mt.typnamespace
      WHERE mt.oid = g.rngmultitypid)]] or "",
    fdw_options = OPTIONS:format("f.fdwoptions"), server_options = OPTIONS:format("s.srvoptions"),
    foreign_options = OPTIONS:format("f.ftoptions"), column_options = OPTIONS:format("a.attfdwoptions"),
    via_root = d:since(13) and "CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true'::text END" or "NULL",
    published = d:since(15) and [[, (SELECT ' ('::text || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname::text), ', '::text ORDER BY a.attnum)
      || ')'::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)),
      ' WHERE ('::text || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')'::text]] or "",
    statistics_targets = d:since(13) and STATISTICS_TARGETS or "",
    published_schemas = d:since(15) and SCHEMAS_OF_PUBLICATIONS or "",
  }
  return out
end

--- The queries: pairs of section and text, whose pieces are yet to be filled in.
function M.list()
  return { { "definitions", AGGREGATES .. "\nUNION ALL\n" .. FOREIGN } }
end

--- What the texts of these objects name by signs alone: operators.
M.USES = [[
SELECT 'operator class' AS kind, pg_catalog.concat(@space@, pg_catalog.quote_ident(o.opcname::text), ' USING '::text, m.amname::text) AS own,
  NULL AS on_schema, NULL AS on_table, e.oprname::text AS uses
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
JOIN pg_catalog.pg_amop a ON a.amopfamily = o.opcfamily
JOIN pg_catalog.pg_operator e ON e.oid = a.amopopr
WHERE @ours@ AND @own_opclass@
ORDER BY 1, 2, 5]]

--- The start of the query of parts.
function M.parts() return PARTS .. comments() .. "\nUNION ALL\n" end

return M
