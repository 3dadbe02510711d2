--- The catalog as rows: one query for each section that engine/db/catalog.hpp lists, whatever the size of the database.
---
--- Functions are named with their schema and operators meet exactly their own types, so that nothing in the database that
--- is read can stand in for them. What belongs to an extension, and what is our own, is left out.

local definitions = require("dialects.postgres.queries.definitions")
local owners = require("dialects.postgres.queries.owners")
local unmanaged = require("dialects.postgres.queries.unmanaged")

local M = {}

-- Pieces that stand for @name@ in the queries.
local PIECES = {
  -- A namespace as the model has it: "" is public.
  space = "CASE WHEN n.nspname = 'public'::name THEN '' ELSE n.nspname::text END",
  -- Namespaces that are read.
  ours = [[n.nspname <> 'information_schema'::name AND n.nspname <> 'forgelua'::name
    AND pg_catalog.left(n.nspname::text, 3) <> 'pg_'::text]],
  -- Tables that the model holds: plain and partitioned ones, partitions, and those that inherit.
  held = [[c.relkind IN ('r'::"char", 'p'::"char") AND c.reloftype = 0::oid
    AND pg_catalog.left(c.relname::text, 9) <> 'forgelua_'::text
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass::oid
      AND e.objid = c.oid AND e.deptype = 'e'::"char")]],
}

local function fill(sql)
  local filled = sql:gsub("@(%w+)@", PIECES)
  return filled
end

-- Sequences that CREATE TABLE makes for a serial column, exactly as it makes them.
local SERIALS = [[
serials AS MATERIALIZED (
  SELECT d.refobjid AS relation, d.refobjsubid AS number, s.oid AS sequence
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'::"char"
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
  JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relnamespace = s.relnamespace AND c.relpersistence = s.relpersistence
  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum::integer = d.refobjsubid
  JOIN pg_catalog.pg_attrdef f ON f.adrelid = d.refobjid AND f.adnum = a.attnum
  CROSS JOIN LATERAL (SELECT pg_catalog.octet_length(c.relname::text) AS t, pg_catalog.octet_length(a.attname::text) AS a) AS size
  WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.deptype = 'a'::"char" AND a.attnotnull AND a.attidentity = ''::"char"
    AND a.atttypid = q.seqtypid AND a.atttypid IN ('integer'::regtype::oid, 'bigint'::regtype::oid)
    AND q.seqstart = 1::bigint AND q.seqincrement = 1::bigint AND q.seqmin = 1::bigint AND q.seqcache = 1::bigint AND NOT q.seqcycle
    AND q.seqmax = CASE WHEN a.atttypid = 'integer'::regtype::oid THEN 2147483647::bigint ELSE 9223372036854775807::bigint END
    -- The server cuts the longer of the two names until all fits into 63 bytes.
    AND s.relname::text = CASE WHEN size.t + size.a <= 58 THEN c.relname::text || '_'::text || a.attname::text
      ELSE pg_catalog.left(c.relname::text, CASE WHEN size.a <= 29 THEN 58 - size.a WHEN size.t <= 29 THEN size.t ELSE 29 END)
        || '_'::text
        || pg_catalog.left(a.attname::text, CASE WHEN size.t <= 29 THEN 58 - size.t WHEN size.a <= 29 THEN size.a ELSE 29 END)
      END || '_seq'::text
    AND pg_catalog.pg_get_expr(f.adbin, f.adrelid)
      = 'nextval('::text || pg_catalog.quote_literal(s.oid::regclass::text) || '::regclass)'::text
    AND pg_catalog.obj_description(s.oid, 'pg_class'::name) IS NULL
)]]

local NAMESPACES = [[
SELECT n.nspname::text AS name, pg_catalog.obj_description(n.oid, 'pg_namespace'::name) AS comment
FROM pg_catalog.pg_namespace n
WHERE n.nspname <> 'public'::name AND @ours@
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_namespace'::regclass::oid
    AND e.objid = n.oid AND e.deptype = 'e'::"char")]]

local ENUMS = [[
SELECT @space@ AS schema, t.typname::text AS name, v.enumlabel::text AS value,
  pg_catalog.obj_description(t.oid, 'pg_type'::name) AS comment
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_enum v ON v.enumtypid = t.oid
WHERE t.typtype = 'e'::"char" AND @ours@
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_type'::regclass::oid
    AND e.objid = t.oid AND e.deptype = 'e'::"char")
ORDER BY t.oid, v.enumsortorder]]

-- What CREATE SEQUENCE would assume is not stated.
local SEQUENCES = [[
WITH @serials@
SELECT @space@ AS schema, c.relname::text AS name,
  CASE WHEN q.seqtypid <> 'bigint'::regtype::oid THEN pg_catalog.format_type(q.seqtypid, NULL) END AS type,
  CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0::bigint THEN q.seqmin ELSE q.seqmax END THEN q.seqstart END AS start,
  CASE WHEN q.seqincrement <> 1::bigint THEN q.seqincrement END AS increment,
  CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0::bigint THEN 1::bigint ELSE size.low END THEN q.seqmin END AS min,
  CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0::bigint THEN size.high ELSE (-1)::bigint END THEN q.seqmax END AS max,
  CASE WHEN q.seqcache <> 1::bigint THEN q.seqcache END AS cache, q.seqcycle AS cycle,
  CASE WHEN o.relname IS NOT NULL THEN CASE WHEN m.nspname = 'public'::name THEN '' ELSE m.nspname::text END END AS owner_schema,
  o.relname::text AS owner_table, a.attname::text AS owner_column,
  pg_catalog.obj_description(c.oid, 'pg_class'::name) AS comment
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence q ON q.seqrelid = c.oid
CROSS JOIN LATERAL (SELECT
  CASE q.seqtypid WHEN 'smallint'::regtype::oid THEN 32767::bigint WHEN 'integer'::regtype::oid THEN 2147483647::bigint
    ELSE 9223372036854775807::bigint END AS high,
  CASE q.seqtypid WHEN 'smallint'::regtype::oid THEN (-32768)::bigint WHEN 'integer'::regtype::oid THEN (-2147483648)::bigint
    ELSE (-9223372036854775808)::bigint END AS low) AS size
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.objid = c.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid AND d.refobjsubid > 0 AND d.deptype IN ('a'::"char", 'i'::"char")
LEFT JOIN pg_catalog.pg_class o ON o.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum::integer = d.refobjsubid
WHERE c.relkind = 'S'::"char" AND @ours@ AND pg_catalog.left(c.relname::text, 9) <> 'forgelua_'::text
  AND (o.relname IS NULL OR pg_catalog.left(o.relname::text, 9) <> 'forgelua_'::text)
  AND d.deptype IS DISTINCT FROM 'i'::"char"
  AND NOT EXISTS (SELECT FROM serials WHERE serials.sequence = c.oid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass::oid
    AND e.objid = c.oid AND e.deptype = 'e'::"char")]]

local TABLES = [[
SELECT @space@ AS schema, c.relname::text AS name, pg_catalog.obj_description(c.oid, 'pg_class'::name) AS comment,
  c.relpersistence = 'u'::"char" AS unlogged, s.spcname::text AS tablespace,
  pg_catalog.concat_ws(E'\n'::text, pg_catalog.array_to_string(c.reloptions, E'\n'::text),
    (SELECT pg_catalog.string_agg('toast.'::text || o.text, E'\n'::text) FROM pg_catalog.unnest(t.reloptions) AS o(text))) AS storage,
  CASE WHEN c.relkind = 'p'::"char" THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by,
  (SELECT pg_catalog.string_agg(CASE WHEN pn.nspname = 'public'::name THEN '' ELSE pg_catalog.quote_ident(pn.nspname::text) || '.'::text END
     || pg_catalog.quote_ident(p.relname::text), E'\n'::text ORDER BY h.inhseqno)
   FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
   JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid) AS inherits,
  pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_bound
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
WHERE @held@ AND @ours@]]

local COLUMNS = [[
WITH @serials@
SELECT @space@ AS schema, c.relname::text AS "table", a.attname::text AS name,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
  CASE WHEN v.typname IS NOT NULL THEN CASE WHEN vn.nspname = 'public'::name THEN '' ELSE vn.nspname::text END END AS enum_schema,
  v.typname::text AS enum_name, NOT a.attnotnull AS nullable,
  CASE WHEN a.attgenerated = ''::"char" THEN @either:pg_catalog.pg_get_expr(f.adbin, f.adrelid, PRETTY)@ END AS "default",
  r.sequence IS NOT NULL AS serial,
  CASE WHEN a.attgenerated <> ''::"char" THEN @either:pg_catalog.pg_get_expr(f.adbin, f.adrelid, PRETTY)@ END AS generated,
  a.attgenerated = 's'::"char" AS stored,
  CASE a.attidentity WHEN 'a'::"char" THEN 'always' WHEN 'd'::"char" THEN 'default' END AS identity,
  CASE WHEN i.seqstart <> CASE WHEN i.seqincrement > 0::bigint THEN i.seqmin ELSE i.seqmax END THEN i.seqstart END AS start,
  CASE WHEN i.seqincrement <> 1::bigint THEN i.seqincrement END AS increment,
  CASE WHEN i.seqmin <> CASE WHEN i.seqincrement > 0::bigint THEN 1::bigint ELSE isize.low END THEN i.seqmin END AS min,
  CASE WHEN i.seqmax <> CASE WHEN i.seqincrement > 0::bigint THEN isize.high ELSE (-1)::bigint END THEN i.seqmax END AS max,
  CASE WHEN i.seqcache <> 1::bigint THEN i.seqcache END AS cache, i.seqcycle AS cycle, ic.relname::text AS sequence,
  CASE WHEN l.collname IS NOT NULL AND ln.nspname <> 'pg_catalog'::name THEN pg_catalog.quote_ident(ln.nspname::text) || '.'::text
    || pg_catalog.quote_ident(l.collname::text) ELSE l.collname::text END AS collation,
  pg_catalog.col_description(c.oid, a.attnum::integer) AS comment
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0::smallint AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type v ON v.typtype = 'e'::"char"
  AND v.oid = CASE WHEN t.typcategory = 'A'::"char" AND t.typelem <> 0::oid THEN t.typelem ELSE t.oid END
LEFT JOIN pg_catalog.pg_namespace vn ON vn.oid = v.typnamespace
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
LEFT JOIN serials r ON r.relation = c.oid AND r.number = a.attnum::integer
LEFT JOIN pg_catalog.pg_depend d ON a.attidentity <> ''::"char" AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refobjid = c.oid AND d.refobjsubid = a.attnum::integer AND d.classid = 'pg_catalog.pg_class'::regclass::oid
  AND d.deptype = 'i'::"char"
LEFT JOIN pg_catalog.pg_sequence i ON i.seqrelid = d.objid
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.seqrelid
CROSS JOIN LATERAL (SELECT
  CASE i.seqtypid WHEN 'smallint'::regtype::oid THEN 32767::bigint WHEN 'integer'::regtype::oid THEN 2147483647::bigint
    ELSE 9223372036854775807::bigint END AS high,
  CASE i.seqtypid WHEN 'smallint'::regtype::oid THEN (-32768)::bigint WHEN 'integer'::regtype::oid THEN (-2147483648)::bigint
    ELSE (-9223372036854775808)::bigint END AS low) AS isize
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
WHERE a.attinhcount::integer = 0 AND @held@ AND @ours@
ORDER BY c.oid, a.attnum]]

local KEYS = [[
SELECT @space@ AS schema, c.relname::text AS "table", k.conname::text AS name, k.contype = 'p'::"char" AS "primary",
  @distinct@ AS nulls_not_distinct, k.condeferrable AS deferrable, k.condeferred AS deferred
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
WHERE k.contype IN ('p'::"char", 'u'::"char") AND k.conparentid = 0::oid AND @held@ AND @ours@
ORDER BY k.oid]]

local INDEXES = [[
SELECT @space@ AS schema, c.relname::text AS "table", x.relname::text AS name, i.indisunique AS "unique",
  @either:pg_catalog.pg_get_expr(i.indpred, i.indrelid, PRETTY)@ AS "where",
  CASE WHEN m.amname <> 'btree'::name THEN m.amname::text END AS method, @distinct@ AS nulls_not_distinct,
  pg_catalog.obj_description(x.oid, 'pg_class'::name) AS comment,
  pg_catalog.array_to_string(x.reloptions, E'\n'::text) AS storage
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisvalid AND NOT x.relispartition AND @held@ AND @ours@
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.oid
    AND k.contype IN ('p'::"char", 'u'::"char", 'x'::"char"))
ORDER BY x.oid]]

local EXCLUSIONS = [[
SELECT @space@ AS schema, c.relname::text AS "table", k.conname::text AS name,
  CASE WHEN m.amname <> 'gist'::name THEN m.amname::text END AS method,
  @either:pg_catalog.pg_get_expr(i.indpred, i.indrelid, PRETTY)@ AS "where", k.condeferrable AS deferrable, k.condeferred AS deferred
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'x'::"char" AND k.conparentid = 0::oid AND @held@ AND @ours@
ORDER BY k.oid]]

-- Of each part only what CREATE INDEX would not assume by itself.
local PARTS = [[
SELECT @space@ AS schema, c.relname::text AS "table", x.relname::text AS "of", a.attname::text AS "column",
  CASE WHEN p.key = 0 THEN @either:pg_catalog.pg_get_indexdef(x.oid, p.place::integer, PRETTY)@ END AS expr,
  p.place > i.indnkeyatts::bigint AS included,
  (i.indoption[p.place - 1]::integer & 1) = 1 AS "desc",
  CASE WHEN m.amname = 'btree'::name AND (i.indoption[p.place - 1]::integer & 1) <> (i.indoption[p.place - 1]::integer >> 1)
    THEN CASE WHEN (i.indoption[p.place - 1]::integer & 2) = 2 THEN 'first' ELSE 'last' END END AS nulls,
  CASE WHEN NOT o.opcdefault OR xa.attoptions IS NOT NULL THEN CASE WHEN pg_catalog.pg_opclass_is_visible(o.oid) THEN '' ELSE
    pg_catalog.quote_ident(opn.nspname::text) || '.'::text END || pg_catalog.quote_ident(o.opcname::text)
    || coalesce((SELECT ' ('::text || pg_catalog.string_agg(pg_catalog.quote_ident(pg_catalog.split_part(w.said, '='::text, 1)) || '='::text
      || pg_catalog.quote_literal(pg_catalog.substr(w.said, pg_catalog.strpos(w.said, '='::text) + 1)), ', '::text ORDER BY w.said) || ')'::text
      FROM pg_catalog.unnest(xa.attoptions) AS w(said)), ''::text) END AS opclass,
  CASE WHEN l.collname IS NOT NULL AND ln.nspname <> 'pg_catalog'::name THEN pg_catalog.quote_ident(ln.nspname::text) || '.'::text
    || pg_catalog.quote_ident(l.collname::text) ELSE l.collname::text END AS collation,
  CASE WHEN pg_catalog.pg_operator_is_visible(e.oid) THEN e.oprname::text
    WHEN e.oid IS NOT NULL THEN 'OPERATOR('::text || pg_catalog.quote_ident(en.nspname::text) || '.'::text || e.oprname::text || ')'::text
    END AS operator
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT u.key::integer AS key, u.place FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS u(key, place)) AS p
LEFT JOIN pg_catalog.pg_attribute a ON p.key <> 0 AND a.attrelid = c.oid AND a.attnum::integer = p.key
LEFT JOIN pg_catalog.pg_attribute xa ON xa.attrelid = x.oid AND xa.attnum::bigint = p.place
LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[p.place - 1]
LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = o.opcnamespace
LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[p.place - 1]
  AND l.oid <> CASE WHEN p.key <> 0 THEN a.attcollation ELSE 'pg_catalog."default"'::regcollation::oid END
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = x.oid AND k.contype = 'x'::"char"
LEFT JOIN pg_catalog.pg_operator e ON e.oid = k.conexclop[p.place]
LEFT JOIN pg_catalog.pg_namespace en ON en.oid = e.oprnamespace
WHERE @held@ AND @ours@
ORDER BY x.oid, p.place]]

local ACTIONS = "WHEN 'r'::\"char\" THEN 'restrict' WHEN 'c'::\"char\" THEN 'cascade' WHEN 'n'::\"char\" THEN 'set null'"
  .. " WHEN 'd'::\"char\" THEN 'set default' END"

local FOREIGN_KEYS = [[
SELECT @space@ AS schema, c.relname::text AS "table", k.conname::text AS name, a.attname::text AS "column",
  CASE WHEN rn.nspname = 'public'::name THEN '' ELSE rn.nspname::text END AS ref_schema, r.relname::text AS ref_table,
  b.attname::text AS ref_column, CASE k.confdeltype @actions@ AS on_delete, CASE k.confupdtype @actions@ AS on_update,
  CASE WHEN k.confmatchtype = 'f'::"char" THEN 'full' END AS match, k.condeferrable AS deferrable, k.condeferred AS deferred,
  NOT k.convalidated AND @enforced@ AS not_valid, NOT @enforced@ AS not_enforced
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL (SELECT u.place, u.mine, u.theirs
  FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY AS u(mine, theirs, place)) AS p
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.mine
JOIN pg_catalog.pg_attribute b ON b.attrelid = r.oid AND b.attnum = p.theirs
WHERE k.contype = 'f'::"char" AND k.conparentid = 0::oid AND @held@ AND @ours@
ORDER BY k.oid, p.place]]

local CHECKS = [[
SELECT @space@ AS schema, c.relname::text AS "table", k.conname::text AS name,
  @either:pg_catalog.pg_get_expr(k.conbin, k.conrelid, PRETTY)@ AS expr, NOT k.convalidated AND @enforced@ AS not_valid,
  NOT @enforced@ AS not_enforced, k.connoinherit AS no_inherit
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c'::"char" AND k.coninhcount::integer = 0 AND @held@ AND @ours@
ORDER BY k.oid]]

local VIEWS = [[
SELECT @space@ AS schema, c.relname::text AS name, @either:pg_catalog.pg_get_viewdef(c.oid, PRETTY)@ AS query,
  c.relkind = 'm'::"char" AS materialized, o.security_invoker, o.check_option,
  pg_catalog.obj_description(c.oid, 'pg_class'::name) AS comment
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT
  pg_catalog.max(CASE WHEN f.option_name = 'security_invoker'::text THEN f.option_value END) AS security_invoker,
  pg_catalog.max(CASE WHEN f.option_name = 'check_option'::text THEN f.option_value END) AS check_option
  FROM pg_catalog.pg_options_to_table(c.reloptions) f) AS o
WHERE c.relkind IN ('v'::"char", 'm'::"char") AND @ours@ AND pg_catalog.left(c.relname::text, 9) <> 'forgelua_'::text
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass::oid
    AND e.objid = c.oid AND e.deptype = 'e'::"char")]]

-- The type regcollation is there from version 13 on. Before it: the default collation's fixed number, and a collation's name as
-- that type would write it.
local COLLATION = [[(SELECT CASE WHEN pg_catalog.pg_collation_is_visible(rc.oid) THEN ''::text
  ELSE pg_catalog.quote_ident(rn.nspname::text) || '.'::text END || pg_catalog.quote_ident(rc.collname::text)
  FROM pg_catalog.pg_collation rc JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.collnamespace WHERE rc.oid = %1)]]

local function without_regcollation(sql)
  return (sql:gsub([['pg_catalog%."default"'::regcollation::oid]], "100::oid"):gsub("([%w_]+%.[%w_]+)::regcollation::text", COLLATION))
end

-- An expression as a person reads it, and with all of its brackets. The short form leaves out those around an AND within an AND,
-- with which the server holds the expression nested: the reader takes the long form there (engine/db/either_form.hpp).
local function in_both_forms(sql)
  return (sql:gsub("@either:(.-)@", function(call)
    local short, long = call:gsub("PRETTY", "true"), call:gsub("PRETTY", "false")
    return ("pg_catalog.chr(1) || '{'::text || %s || pg_catalog.chr(1) || '|'::text || %s || pg_catalog.chr(1) || '}'::text")
      :format(short, long)
  end))
end

--- The queries for a server of the dialect's version.
---@param d table dialect
---@return table[] { section, sql }
function M.list(d)
  PIECES.serials = SERIALS
  PIECES.actions = ACTIONS
  PIECES.distinct = d:since(15) and "i.indnullsnotdistinct" or "false"
  PIECES.enforced = d:since(18) and "k.conenforced" or "true"
  local out = {}
  local function add(section, sql) out[#out + 1] = { section = section, sql = fill(sql) } end
  add("database", owners.ROLE)
  add("namespaces", NAMESPACES)
  add("enums", ENUMS)
  add("sequences", SEQUENCES)
  add("tables", TABLES)
  add("columns", COLUMNS)
  add("keys", KEYS)
  add("indexes", INDEXES)
  add("exclusions", EXCLUSIONS)
  add("parts", PARTS)
  add("foreign_keys", FOREIGN_KEYS)
  add("checks", CHECKS)
  add("views", VIEWS)
  for _, query in ipairs(definitions.list(d)) do out[#out + 1] = query end
  for _, sql in ipairs(unmanaged.list(d)) do add("unmanaged", sql) end
  for _, query in ipairs(out) do query.sql = in_both_forms(query.sql) end
  for _, query in ipairs(d:since(13) and {} or out) do query.sql = without_regcollation(query.sql) end
  return out
end

return M
