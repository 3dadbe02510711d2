--- What hangs on a table or a view and is held by its statements: triggers, rules, policies, and settings that have no object of their own.

local owners = require("dialects.postgres.queries.owners")

local M = {}

--- Triggers, rules, policies, row security, and the indexes of materialized views.
M.DEFINITIONS = [[
SELECT 'trigger' AS kind, pg_catalog.quote_ident(t.tgname::text) AS own, @plain@ AS on_schema, c.relname::text AS on_table,
  @either:pg_catalog.pg_get_triggerdef(t.oid, PRETTY)@ AS "create",
  'DROP TRIGGER '::text || pg_catalog.quote_ident(t.tgname::text) || ' ON '::text || @table@ AS "drop"
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgparentid_is_none AND @ours@ AND @own_class@ AND pg_catalog.strpos(p.prosrc, '-- forgelua:'::text) = 0
UNION ALL
SELECT 'rule', pg_catalog.quote_ident(r.rulename::text), @plain@, c.relname::text,
  @either:pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid, PRETTY), ';'::text)@,
  'DROP RULE '::text || pg_catalog.quote_ident(r.rulename::text) || ' ON '::text || @table@
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN'::name AND @ours@ AND @own_class@
UNION ALL
SELECT 'policy', pg_catalog.quote_ident(o.polname::text), @plain@, c.relname::text,
  pg_catalog.concat('CREATE POLICY '::text, pg_catalog.quote_ident(o.polname::text), ' ON '::text, @table@,
    CASE WHEN NOT o.polpermissive THEN ' AS RESTRICTIVE'::text END,
    CASE o.polcmd WHEN 'r'::"char" THEN ' FOR SELECT' WHEN 'a'::"char" THEN ' FOR INSERT' WHEN 'w'::"char" THEN ' FOR UPDATE'
      WHEN 'd'::"char" THEN ' FOR DELETE' END,
    ' TO '::text || (SELECT pg_catalog.string_agg(CASE WHEN x.role = 0::oid THEN 'PUBLIC' ELSE x.role::regrole::text END, ', '::text
      ORDER BY x.role::regrole::text) FROM pg_catalog.unnest(o.polroles) AS x(role)),
    ' USING ('::text || @either:pg_catalog.pg_get_expr(o.polqual, o.polrelid, PRETTY)@ || ')'::text,
    ' WITH CHECK ('::text || @either:pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid, PRETTY)@ || ')'::text),
  'DROP POLICY '::text || pg_catalog.quote_ident(o.polname::text) || ' ON '::text || @table@
FROM pg_catalog.pg_policy o
JOIN pg_catalog.pg_class c ON c.oid = o.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE @ours@ AND @own_class@
UNION ALL
SELECT 'row security', 'state', @plain@, c.relname::text,
  'ALTER TABLE '::text || @table@ || ' ENABLE ROW LEVEL SECURITY'::text,
  'ALTER TABLE '::text || @table@ || ' DISABLE ROW LEVEL SECURITY'::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND @ours@ AND @own_class@
UNION ALL
SELECT 'index', @space@ || pg_catalog.quote_ident(x.relname::text), @plain@, c.relname::text,
  @either:pg_catalog.pg_get_indexdef(x.oid, 0, PRETTY)@, 'DROP INDEX '::text || @space@ || pg_catalog.quote_ident(x.relname::text)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm'::"char" AND i.indisvalid AND @ours@ AND @own_class@]]

-- Options of tables, columns and views.
local OPTIONS = [[
SELECT 'replica identity' AS kind, 'of'::text AS own, @plain@ AS on_schema, c.relname::text AS on_table,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' REPLICA IDENTITY '::text, CASE c.relreplident WHEN 'f'::"char" THEN 'FULL'
    WHEN 'n'::"char" THEN 'NOTHING' ELSE (SELECT 'USING INDEX '::text || pg_catalog.quote_ident(x.relname::text) FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident) END) AS "create",
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' REPLICA IDENTITY DEFAULT'::text) AS "drop", true AS replaces
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND c.relreplident <> 'd'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT 'column storage', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET STORAGE '::text, w.word),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET STORAGE '::text, u.word), true
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT @storage_a@ AS word) AS w
CROSS JOIN LATERAL (SELECT @storage_t@ AS word) AS u
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND a.attnum > 0::smallint AND NOT a.attisdropped AND a.attstorage <> t.typstorage
  AND @ours@ AND @own_class@
UNION ALL
SELECT 'column options', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET ('::text, o.set, ')'::text),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' RESET ('::text, o.names, ')'::text), false
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT pg_catalog.string_agg(pg_catalog.concat(x.name, '='::text, x.value), ', '::text ORDER BY x.at) AS set,
    pg_catalog.string_agg(x.name, ', '::text ORDER BY x.name) AS names
  FROM pg_catalog.pg_options_to_table(a.attoptions) WITH ORDINALITY AS x (name, value, at)
  WHERE x.name <> 'pg_attver'::text -- a number of its own that the server keeps there, as 15.20 does
) AS o
WHERE c.relkind IN ('r'::"char", 'p'::"char", 'm'::"char") AND a.attnum > 0::smallint AND NOT a.attisdropped AND a.attoptions IS NOT NULL
  AND o.set IS NOT NULL AND @ours@ AND @own_class@
UNION ALL
@compressions@
SELECT 'column default', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER VIEW '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET DEFAULT '::text,
    @either:pg_catalog.pg_get_expr(f.adbin, f.adrelid, PRETTY)@),
  pg_catalog.concat('ALTER VIEW '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' DROP DEFAULT'::text), true
FROM pg_catalog.pg_attrdef f
JOIN pg_catalog.pg_class c ON c.oid = f.adrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.adnum
WHERE c.relkind = 'v'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT 'view option', o.option_name, @plain@, c.relname::text,
  pg_catalog.concat('ALTER '::text, r.word, @table@, ' SET ('::text, o.option_name, ' = '::text, o.option_value, ')'::text),
  pg_catalog.concat('ALTER '::text, r.word, @table@, ' RESET ('::text, o.option_name, ')'::text), true
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.pg_options_to_table(c.reloptions) o
CROSS JOIN LATERAL (SELECT CASE WHEN c.relkind = 'm'::"char" THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END AS word) AS r
WHERE c.relkind IN ('v'::"char", 'm'::"char") AND o.option_name NOT IN ('security_invoker'::text, 'check_option'::text) AND @ours@ AND @own_class@
UNION ALL
]]

local COMPRESSIONS = [[
SELECT 'column compression', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET COMPRESSION '::text,
    CASE a.attcompression WHEN 'l'::"char" THEN 'lz4' ELSE 'pglz' END),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET COMPRESSION default'::text), true
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND a.attnum > 0::smallint AND NOT a.attisdropped AND a.attcompression <> ''::"char"
  AND @ours@ AND @own_class@
UNION ALL]]

-- What a table states for itself of columns that it inherits. Without it the default is again what the table above has then.
local INHERITED = [[
SELECT 'column default' AS kind, 'of '::text || pg_catalog.quote_ident(a.attname::text) AS own, @plain@ AS on_schema, c.relname::text AS on_table,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text),
    coalesce(' SET DEFAULT '::text || x.own, ' DROP DEFAULT'::text)) AS "create",
  'DO '::text || pg_catalog.quote_literal(pg_catalog.concat('BEGIN EXECUTE '::text,
    pg_catalog.quote_literal(pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text))),
    ' || coalesce('' SET DEFAULT '' || (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_inherits h '::text,
    'JOIN pg_attribute a ON a.attrelid = h.inhparent AND a.attname = '::text,
    pg_catalog.quote_literal(a.attname::text),
    ' JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum WHERE h.inhrelid = '::text, pg_catalog.quote_literal(@table@),
    '::regclass ORDER BY h.inhseqno LIMIT 1), '' DROP DEFAULT''); END'::text)) AS "drop", true AS replaces
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(f.adbin, f.adrelid, true) AS own,
    (SELECT pg_catalog.pg_get_expr(pf.adbin, pf.adrelid, true)
     FROM pg_catalog.pg_inherits h
     JOIN pg_catalog.pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
     LEFT JOIN pg_catalog.pg_attrdef pf ON pf.adrelid = pa.attrelid AND pf.adnum = pa.attnum
     WHERE h.inhrelid = c.oid ORDER BY h.inhseqno LIMIT 1) AS inherited
  FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum) AS x
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND a.attinhcount::integer > 0 AND a.attnum > 0::smallint AND NOT a.attisdropped
  AND a.attgenerated = ''::"char" AND x.own IS DISTINCT FROM x.inherited AND @ours@ AND @own_class@
UNION ALL
SELECT 'not null', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE ONLY '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET NOT NULL'::text),
  pg_catalog.concat('ALTER TABLE ONLY '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' DROP NOT NULL'::text), true
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND a.attinhcount::integer > 0 AND a.attnum > 0::smallint AND NOT a.attisdropped
  AND a.attnotnull AND @ours@ AND @own_class@
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute pa ON pa.attrelid = h.inhparent
    AND pa.attname = a.attname AND pa.attnotnull WHERE h.inhrelid = c.oid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'::"char" AND a.attnum = ANY (k.conkey))
UNION ALL
]]

--- Statements about a table, a column or a view that have no object of their own.
M.SETTINGS = OPTIONS .. owners.SETTINGS .. INHERITED .. [[
SELECT 'comment' AS kind, 'of '::text || pg_catalog.quote_ident(k.conname::text) AS own, @plain@ AS on_schema, c.relname::text AS on_table,
  pg_catalog.concat('COMMENT ON CONSTRAINT '::text, pg_catalog.quote_ident(k.conname::text), ' ON '::text, @table@, ' IS '::text,
    pg_catalog.quote_literal(d.description)) AS "create",
  pg_catalog.concat('COMMENT ON CONSTRAINT '::text, pg_catalog.quote_ident(k.conname::text), ' ON '::text, @table@, ' IS NULL'::text) AS "drop",
  true AS replaces
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_constraint'::regclass::oid AND d.objoid = k.oid
WHERE @ours@ AND @own_class@
UNION ALL
SELECT 'clustering', 'order', @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' CLUSTER ON '::text, pg_catalog.quote_ident(x.relname::text)),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' SET WITHOUT CLUSTER'::text), true
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisclustered AND c.relkind = 'r'::"char" AND @ours@ AND @own_class@
UNION ALL
SELECT 'row security', 'force', @plain@, c.relname::text,
  'ALTER TABLE '::text || @table@ || ' FORCE ROW LEVEL SECURITY'::text,
  'ALTER TABLE '::text || @table@ || ' NO FORCE ROW LEVEL SECURITY'::text, true
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relforcerowsecurity AND @ours@ AND @own_class@
UNION ALL
SELECT 'statistics target', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET STATISTICS '::text,
    @statistics@::text),
  pg_catalog.concat('ALTER TABLE '::text, @table@, ' ALTER COLUMN '::text, pg_catalog.quote_ident(a.attname::text), ' SET STATISTICS -1'::text),
  true
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r'::"char", 'p'::"char") AND a.attnum > 0::smallint AND NOT a.attisdropped
  AND @statistics@ >= 0 AND @ours@ AND @own_class@
UNION ALL
SELECT 'grant', pg_catalog.concat(x.privilege_type, ' to '::text, CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END),
  @plain@, c.relname::text,
  pg_catalog.concat('GRANT '::text, x.privilege_type, ' ON '::text, @table@, ' TO '::text,
    CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION'::text END),
  pg_catalog.concat('REVOKE '::text, x.privilege_type, ' ON '::text, @table@, ' FROM '::text,
    CASE WHEN x.grantee = 0::oid THEN 'PUBLIC' ELSE x.grantee::regrole::text END), false
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) x
WHERE c.relkind IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char") AND x.grantee <> c.relowner
  AND @ours@ AND @own_class@
UNION ALL
SELECT 'grant', pg_catalog.concat(x.privilege_type, ' of '::text, pg_catalog.quote_ident(a.attname::text), ' to '::text, @grantee@),
  @plain@, c.relname::text,
  pg_catalog.concat('GRANT '::text, x.privilege_type, ' ('::text, pg_catalog.quote_ident(a.attname::text), ') ON '::text, @table@, ' TO '::text,
    @grantee@, @grantable@),
  pg_catalog.concat('REVOKE '::text, x.privilege_type, ' ('::text, pg_catalog.quote_ident(a.attname::text), ') ON '::text, @table@, ' FROM '::text,
    @grantee@), false
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) x
WHERE c.relkind IN ('r'::"char", 'p'::"char", 'v'::"char", 'm'::"char") AND x.grantee <> c.relowner
  AND NOT a.attisdropped AND @ours@ AND @own_class@
UNION ALL
SELECT 'comment', 'of '::text || pg_catalog.quote_ident(x.relname::text), @plain@, c.relname::text,
  pg_catalog.concat('COMMENT ON INDEX '::text, @space@, pg_catalog.quote_ident(x.relname::text), ' IS '::text, pg_catalog.quote_literal(d.description)),
  pg_catalog.concat('COMMENT ON INDEX '::text, @space@, pg_catalog.quote_ident(x.relname::text), ' IS NULL'::text), true
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objoid = x.oid
WHERE @ours@ AND @own_class@
  AND EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p'::"char", 'u'::"char", 'x'::"char"))
UNION ALL
SELECT 'comment', 'of '::text || pg_catalog.quote_ident(a.attname::text), @plain@, c.relname::text,
  pg_catalog.concat('COMMENT ON COLUMN '::text, @table@, '.'::text, pg_catalog.quote_ident(a.attname::text), ' IS '::text,
    pg_catalog.quote_literal(d.description)),
  pg_catalog.concat('COMMENT ON COLUMN '::text, @table@, '.'::text, pg_catalog.quote_ident(a.attname::text), ' IS NULL'::text), true
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objoid = c.oid AND d.objsubid = a.attnum::integer
WHERE (c.relkind IN ('v'::"char", 'm'::"char") OR c.relkind IN ('r'::"char", 'p'::"char") AND a.attinhcount::integer > 0)
  AND a.attnum > 0::smallint AND NOT a.attisdropped AND @ours@ AND @own_class@]]

local function storage(column)
  return ([[CASE %s WHEN 'p'::"char" THEN 'PLAIN' WHEN 'e'::"char" THEN 'EXTERNAL' WHEN 'm'::"char" THEN 'MAIN'
    ELSE 'EXTENDED' END]]):format(column)
end

--- What these queries are filled with, beside what they share with others.
---@return table<string, string>
function M.pieces(d)
  return {
    statistics = d:since(17) and "coalesce(a.attstattarget, (-1)::smallint)" or "a.attstattarget",
    storage_a = storage("a.attstorage"), storage_t = storage("t.typstorage"), compressions = d:since(14) and COMPRESSIONS or "",
  }
end

return M
