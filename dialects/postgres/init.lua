--- PostgreSQL, 12 and later.

local dialect = require("forge.dialect")

-- Every word that some supported version takes as more than a plain name; quoted wherever it names an object.
local KEYWORDS = [[
  all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
  char character check coalesce collate collation column concurrently constraint create cross current_catalog
  current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
  desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
  grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array
  json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
  lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize
  not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision
  primary real references returning right row select session_user setof similar smallint some substring symmetric
  system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar
  variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces
  xmlparse xmlpi xmlroot xmlserialize xmltable
]]

local reserved = {}
for word in KEYWORDS:gmatch("%S+") do reserved[word] = true end

-- Quoting costs a gsub; a schema repeats its names, so each is quoted once.
local quoted = {}

--- A name as SQL, in double quotes only where it needs them.
---@param name string
---@return string
local function ident(_, name)
  local known = quoted[name]
  if known then return known end
  local plain = name:find("^[a-z_][a-z0-9_]*$") and not reserved[name]
  known = plain and name or '"' .. name:gsub('"', '""') .. '"'
  quoted[name] = known
  return known
end

--- Text as a string literal; a backslash needs the E form, since sessions may differ in how they read it.
---@param text string
---@return string
local function literal(_, text)
  local doubled = text:gsub("'", "''")
  if doubled:find("\\", 1, true) then return "E'" .. doubled:gsub("\\", "\\\\") .. "'" end
  return "'" .. doubled .. "'"
end

-- What depends on the server's version.
local function settle(d)
  d.features.nulls_not_distinct = d:since(15)
  d.features.detach_concurrently = d:since(14)
  d.features.security_invoker = d:since(15)
  d.features.not_enforced = d:since(18)
  d.features.generated_virtual = d:since(18)
  d.features.set_expression = d:since(17)
end

local sql = require("dialects.postgres.sql")

return dialect.define {
  name = "postgres",
  default_version = "15",
  features = {
    transactional_ddl = true, namespaces = true, named_enums = true, sequences = true, comments = true,
    concurrent_index = true, not_valid = true, using_index = true,
    alter_column_type = true, alter_column_null = true, rename_column = true, drop_column = true,
    add_constraint = true, drop_constraint = true, partial_index = true, expression_index = true,
    include = true, desc_index = true, exclusion = true, check = true, deferrable = true,
    identity = true, generated_stored = true, generated_virtual = false, materialized_view = true,
    index_names = "schema", constraint_names = "table", rename_index = true, rename_constraint = true,
    invisible_column = false, invisible_index = false, updatable_views = true,
    stored_procedures = true, view_follows_rename = true, rebuild = false, unseen_cascades = false, documents = false, caseless = "",
  },
  types = require("dialects.postgres.types"),
  catalog = require("dialects.postgres.catalog"),
  laws = {
    system_columns = { "ctid", "xmin", "cmin", "xmax", "cmax", "tableoid" },
    one_namespace = true, keys_are_relations = true, enums_are_rows = true, lengths_bind = true,
    compared_references = true, generated_reads = "none",
  },
  emit = require("dialects.postgres.emit"),
  locks = require("dialects.postgres.locks"),
  errors = require("dialects.postgres.errors"),
  -- Loaded where a database is read: a plan between written states does not rest on them.
  queries = { list = function(d) return require("dialects.postgres.queries").list(d) end },
  read = {
    column = function(given) return require("dialects.postgres.read").column(given) end,
    expression = function(text) return require("dialects.postgres.read").expression(text) end,
  },
  settle = settle,
  ident = ident,
  literal = literal,
  type_sql = sql.type_sql,
  column_sql = sql.column_sql,
  default_sql = sql.default_sql,
  stored_value = sql.stored_value,
  whole_number = function(_, text) return ("%s ~ '^[[:space:]]*[-+]?[0-9]+[[:space:]]*$'"):format(text) end,
  first_value = function(d, t) return ("enum_first(CAST(NULL AS %s))"):format(d:type_sql(t)) end,
  renamed_values = function(before, after)
    local how, renamed = require("dialects.postgres.emit.objects").enum_change(before, after)
    return how == "rename" and renamed or nil
  end,
  -- Must a foreign key be away while a column at either end of it changes from the one type to the other? Whole numbers of all lengths
  -- are compared with each other, and so are texts; else both ends must have their new type before the key can stand.
  key_breaks_between = function(d, from, to)
    local a, b = d.types.map[from.name], d.types.map[to.name]
    if not (a and b) or a.family ~= b.family then return true end
    return from.name ~= to.name and not (a.family == "integer" or a.family == "text" and from.name ~= "citext" and to.name ~= "citext")
  end,
  rows_are_types = true,  -- a table is a type as well, which routines may take and give
  comparable_value = sql.comparable_value,
  collates_apart = function(...) return require("dialects.postgres.collations").apart(...) end,
  exact_text = function(...) return require("dialects.postgres.collations").exact(...) end,
  keyed_as = function(...) return require("dialects.postgres.collations").keyed_as(...) end,
  partition_member = function(_, q, kind, object) return require("dialects.postgres.names").of_partition(q, kind, object) end,
}
