--- Questions to the catalog. Each is a query that gives '1' or '0', in one row and one column.

local algorithm = require("dialects.mysql.algorithm")
local definitions = require("forge.definitions")
local dialect = require("forge.dialect")
local text = require("dialects.mysql.text")

local M = {}
for name, make in pairs(require("dialects.mysql.server_texts")) do M[name] = make end

local function yes(condition) return "SELECT CASE WHEN " .. condition .. " THEN '1' ELSE '0' END" end
M.yes = yes

local function database(q, d)
  return (q.schema and q.schema ~= "") and d:literal(q.schema) or "DATABASE()"
end

local function exists(from, where)
  return ("EXISTS (SELECT 1 FROM information_schema.%s WHERE %s)"):format(from, table.concat(where, " AND "))
end

local function in_table(q, d, more)
  local where = { "TABLE_SCHEMA = " .. database(q, d), "TABLE_NAME = " .. d:literal(q.name) }
  for _, condition in ipairs(more or {}) do where[#where + 1] = condition end
  return where
end

local cond = {}
M.conditions = cond

function cond.table_exists(q, d)
  return exists("TABLES", in_table(q, d, { "TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')" }))
end

function cond.view_exists(q, d) return exists("TABLES", in_table(q, d, { "TABLE_TYPE = 'VIEW'" })) end

-- MariaDB's catalog tells a name from another one by neither letter case nor accents, its tables do by accents.
local function in_these_letters(col, d)
  return ("CAST(LOWER(COLUMN_NAME) AS BINARY) = CAST(LOWER(%s) AS BINARY)"):format(d:literal(col))
end

local function has_accents(name) return name:find("[\128-\255]") ~= nil end

local function column(q, col, d, more)
  local where = in_table(q, d, { "COLUMN_NAME = " .. d:literal(col) })
  if d.flavour == "mariadb" and has_accents(col) then where[#where + 1] = in_these_letters(col, d) end
  for _, condition in ipairs(more or {}) do where[#where + 1] = condition end
  return exists("COLUMNS", where)
end

function cond.column_exists(q, col, d) return column(q, col, d) end
function cond.column_nullable(q, col, d) return column(q, col, d, { "IS_NULLABLE = 'YES'" }) end

local INTEGERS = { tinyint = true, smallint = true, mediumint = true, int = true, bigint = true }

-- Integers are compared without their display width, which some versions print; but tinyint(1) is the boolean.
function cond.column_type(q, col, sql_type, d)
  local wanted = sql_type:lower()
  local word = wanted:match("^(%a+)")
  if INTEGERS[word] and not wanted:find("(", 1, true) then
    return column(q, col, d, {
      "DATA_TYPE = " .. d:literal(word),
      "COLUMN_TYPE " .. (wanted:find(" unsigned", 1, true) and "" or "NOT ") .. "LIKE '%unsigned%'",
      wanted == "tinyint" and "COLUMN_TYPE <> 'tinyint(1)'" or nil,
    })
  end
  if wanted == "year" then return column(q, col, d, { "DATA_TYPE = 'year'" }) end  -- MariaDB prints a width
  if d.flavour == "mariadb" and wanted == "json" then sql_type = "longtext" end
  return column(q, col, d, { "COLUMN_TYPE = " .. d:literal(sql_type) })
end

function cond.index_exists(q, name, d)
  return exists("STATISTICS", in_table(q, d, { "INDEX_NAME = " .. d:literal(name) }))
end

local KINDS = {
  primary_key = "PRIMARY KEY", unique = "UNIQUE", foreign_key = "FOREIGN KEY", check = "CHECK",
}

function cond.constraint_exists(q, name, kind, d)
  if kind == "primary_key" then name = "PRIMARY" end
  return exists("TABLE_CONSTRAINTS", in_table(q, d, {
    "CONSTRAINT_NAME = " .. d:literal(name), "CONSTRAINT_TYPE = " .. d:literal(KINDS[kind] or kind:upper()),
  }))
end

function cond.trigger_exists(q, name, d)
  return exists("TRIGGERS", {
    "TRIGGER_SCHEMA = " .. database(q, d), "TRIGGER_NAME = " .. d:literal(name),
  })
end

function cond.schema_exists(name, d) return exists("SCHEMATA", { "SCHEMA_NAME = " .. d:literal(name) }) end

-- Each condition is a query, too, under the same name.
for name, make in pairs(cond) do
  M[name] = function(...) return yes(make(...)) end
end

-- This engine has no named enums: nothing is there.
function M.enum_exists() return yes("1 = 0") end
function M.enum_has() return yes("1 = 0") end
function M.sequence_exists() return yes("1 = 0") end
cond.sequence_exists = function() return "1 = 0" end

local done = {}

function done.add_column(o, d) return cond.column_exists(o.table, o.after.name, d) end
function done.drop_column(o, d, step)
  local t = step and step.tables and step.tables.after[dialect.key(o.table)]
  local accents = false
  for _, col in ipairs(t and t.columns or {}) do accents = accents or has_accents(col.name) end
  local exact = d.flavour == "mariadb" and accents and { in_these_letters(o.before.name, d) } or nil
  return "NOT " .. column(o.table, o.before.name, d, exact)
end

function done.alter_column(o, d, step)
  local facets = algorithm.facets(o)
  local parts = { facets.name and done.rename_column(o, d, step) or cond.column_exists(o.table, o.after.name, d) }
  if facets.type then
    parts[#parts + 1] = cond.column_type(o.table, o.after.name, text.type_sql(d, o.after.type), d)
  end
  if facets.nullable then
    parts[#parts + 1] = (o.after.nullable and "" or "NOT ") .. cond.column_nullable(o.table, o.after.name, d)
  end
  if facets.default then
    local has = o.after.default and o.after.default.kind ~= "null"
    parts[#parts + 1] = column(o.table, o.after.name, d,
      { "COALESCE(COLUMN_DEFAULT, 'NULL') " .. (has and "<> 'NULL'" or "= 'NULL'") })
  end
  if facets.comment then
    parts[#parts + 1] = column(o.table, o.after.name, d, { "COLUMN_COMMENT = " .. d:literal(o.after.comment or "") })
  end
  if facets.collation and (o.after.collation or "") ~= "" then
    parts[#parts + 1] = column(o.table, o.after.name, d, { "COLLATION_NAME = " .. d:literal(o.after.collation) })
  end
  local extras = { invisible = "INVISIBLE", on_update = "on update", identity = "auto_increment", generated = "GENERATED" }
  for _, facet in ipairs({ "invisible", "on_update", "identity", "generated" }) do
    if facets[facet] then
      local on = o.after[facet] and o.after[facet] ~= ""
      parts[#parts + 1] = column(o.table, o.after.name, d,
        { "EXTRA " .. (on and "" or "NOT ") .. "LIKE '%" .. extras[facet] .. "%'" })
    end
  end
  return table.concat(parts, " AND ")
end

-- Has another one the name once the step has run?
local function taken_again(step, q, lists, name)
  local t = (((step or {}).tables or {}).after or {})[dialect.key(q)] or {}
  for _, list in ipairs(lists) do
    for _, object in ipairs(t[list] or {}) do if object.name == name then return true end end
  end
  return false
end

-- A column may be renamed while another one takes its name; then only the new name counts. The catalog tells no letter case
-- apart unless it is asked to.
function done.rename_column(o, d, step)
  local from, to = o.before.name, o.after.name
  if from:lower() == to:lower() then
    return column(o.table, to, d, { ("CAST(COLUMN_NAME AS BINARY) = CAST(%s AS BINARY)"):format(d:literal(to)) })
  end
  local taken = taken_again(step, o.table, { "columns" }, from)
  local there = cond.column_exists(o.table, to, d)
  local exact = d.flavour == "mariadb" and has_accents(from .. to) and { in_these_letters(from, d) } or nil
  return taken and there or there .. " AND NOT " .. column(o.table, from, d, exact)
end

local function member(kind)
  return {
    add = function(o, d) return cond.constraint_exists(o.table, o.after.name or "", kind, d) end,
    drop = function(o, d) return "NOT " .. cond.constraint_exists(o.table, o.before.name or "", kind, d) end,
  }
end

for _, kind in ipairs({ "primary_key", "unique", "foreign_key", "check" }) do
  local m = member(kind)
  done["add_" .. kind], done["drop_" .. kind] = m.add, m.drop
  done["alter_" .. kind], done["rename_" .. kind] = m.add, m.add
end

-- A unique key may bear the name that an index had, and the other way round.
local function index_stands(q, index, d)
  return exists("STATISTICS", in_table(q, d, {
    "INDEX_NAME = " .. d:literal(index.name), "NON_UNIQUE = " .. (index.unique and 0 or 1),
  }))
end

function done.create_index(o, d) return index_stands(o.table, o.after, d) end
function done.drop_index(o, d) return "NOT " .. index_stands(o.table, o.before, d) end
function done.rename_index(o, d, step)
  local there = done.create_index(o, d)
  if o.before.name:lower() == o.after.name:lower() then
    return exists("STATISTICS", in_table(o.table, d, { "BINARY INDEX_NAME = " .. d:literal(o.after.name) }))
  end
  local taken = taken_again(step, o.table, { "indexes", "uniques" }, o.before.name)
  return taken and there or there .. " AND " .. done.drop_index(o, d)
end

-- The columns of an index or key, in order: what tells two definitions of one name apart.
local function indexed(q, name, parts, d)
  local names = {}
  for i, part in ipairs(parts) do
    if (part.column or "") == "" then return nil end
    names[i] = part.column
  end
  local where = table.concat(in_table(q, d, { "INDEX_NAME = " .. d:literal(name) }), " AND ")
  return ("(SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ',') FROM information_schema.STATISTICS WHERE %s) = %s")
    :format(where, d:literal(table.concat(names, ",")))
end

function done.alter_index(o, d)
  local columns = indexed(o.table, o.after.name, o.after.parts, d)
  local unique = exists("STATISTICS", in_table(o.table, d,
    { "INDEX_NAME = " .. d:literal(o.after.name), "NON_UNIQUE = " .. (o.after.unique and 0 or 1) }))
  return columns and columns .. " AND " .. unique or unique
end

function done.alter_primary_key(o, d)
  return indexed(o.table, "PRIMARY", o.after.parts, d) or cond.constraint_exists(o.table, "PRIMARY", "primary_key", d)
end

function done.alter_unique(o, d)
  return indexed(o.table, o.after.name, o.after.parts, d) or cond.constraint_exists(o.table, o.after.name, "unique", d)
end

-- A rule that nobody states is NO ACTION; the servers call it so, or RESTRICT.
local function rule(column_name, word, d)
  if (word or "") == "" or word == "restrict" then return column_name .. " IN ('NO ACTION', 'RESTRICT')" end
  return column_name .. " = " .. d:literal(word:upper())
end

function done.alter_foreign_key(o, d)
  return exists("REFERENTIAL_CONSTRAINTS", {
    "CONSTRAINT_SCHEMA = " .. database(o.table, d), "TABLE_NAME = " .. d:literal(o.table.name),
    "CONSTRAINT_NAME = " .. d:literal(o.after.name), "REFERENCED_TABLE_NAME = " .. d:literal(o.after.ref.name),
    rule("DELETE_RULE", o.after.on_delete, d), rule("UPDATE_RULE", o.after.on_update, d),
  })
end

function done.create_table(o, d) return cond.table_exists(o.after.name, d) end
function done.drop_table(o, d) return "NOT " .. cond.table_exists(o.before.name, d) end
-- Does another table of the step take the name that this one leaves?
local function succeeded(o, step)
  for _, other in ipairs(step and step.ops or {}) do
    if other.op == "rename_table" and other.after.name.name:lower() == o.before.name.name:lower() then return true end
  end
  return false
end

function done.rename_table(o, d, step)
  local there = cond.table_exists(o.after.name, d)
  if succeeded(o, step) or o.before.name.name:lower() == o.after.name.name:lower() then return there end
  return there .. " AND NOT " .. cond.table_exists(o.before.name, d)
end
function done.create_view(o, d) return cond.view_exists(o.after.name, d) end
function done.drop_view(o, d) return "NOT " .. cond.view_exists(o.before.name, d) end
done.rename_view = done.create_view
done.alter_view = done.create_view

local function option(o, d, field, column_name, default)
  local value = (o.after.options or {})[field] or ""
  if value == "" then value = default end
  return value and exists("TABLES", in_table(o.after.name, d, { column_name .. " = " .. d:literal(value) })) or nil
end

function done.alter_table(o, d)
  local parts, same = {}, algorithm.same
  local a, b = o.before.options or {}, o.after.options or {}
  if not same(o.before.comment, o.after.comment) then
    parts[#parts + 1] = exists("TABLES", in_table(o.after.name, d,
      { "TABLE_COMMENT = " .. d:literal(o.after.comment or "") }))
  end
  if not same(a.engine, b.engine) then parts[#parts + 1] = option(o, d, "engine", "ENGINE", "InnoDB") end
  if not same(a.charset, b.charset) and (b.charset or "") ~= "" then
    parts[#parts + 1] = exists("TABLES", in_table(o.after.name, d,
      { "TABLE_COLLATION LIKE " .. d:literal(b.charset:lower() .. "\\_%") }))
  end
  if not same(a.collation, b.collation) then parts[#parts + 1] = option(o, d, "collation", "TABLE_COLLATION") end
  if not same(a.row_format, b.row_format) then
    local value = (b.row_format or "") ~= "" and b.row_format or "DEFAULT"
    local stated = exists("TABLES", in_table(o.after.name, d,
      { "CREATE_OPTIONS LIKE " .. d:literal("%row_format=" .. value:lower() .. "%") }))
    parts[#parts + 1] = value == "DEFAULT" and exists("TABLES", in_table(o.after.name, d,
      { "CREATE_OPTIONS NOT LIKE '%row_format=%'" })) or stated
  end
  return #parts > 0 and table.concat(parts, " AND ") or nil
end

local function triggers(sync, d)
  local parts = {}
  for _, name in ipairs(require("dialects.mysql.sync").trigger_names(sync)) do
    parts[#parts + 1] = cond.trigger_exists({ schema = sync.table.schema, name = name }, name, d)
  end
  return parts
end

function done.create_sync(o, d) return table.concat(triggers(o.after, d), " AND ") end
function done.drop_sync(o, d)
  local parts = triggers(o.before, d)
  for i, part in ipairs(parts) do parts[i] = "NOT " .. part end
  return table.concat(parts, " AND ")
end

-- Triggers, routines and events by name; a routine's kind tells a function from a procedure of that name.
local HELD = {
  trigger = { "TRIGGERS", "TRIGGER_SCHEMA", "TRIGGER_NAME" }, event = { "EVENTS", "EVENT_SCHEMA", "EVENT_NAME" },
  ["function"] = { "ROUTINES", "ROUTINE_SCHEMA", "ROUTINE_NAME", "FUNCTION" },
  procedure = { "ROUTINES", "ROUTINE_SCHEMA", "ROUTINE_NAME", "PROCEDURE" },
}
local function definition_exists(one, d)
  local held = HELD[one.kind]
  if not held then return nil end
  local own = definitions.own(one)
  local where = { held[2] .. " = DATABASE()", held[3] .. " = " .. d:literal(definitions.unquoted(own)) }
  if held[4] then where[3] = "ROUTINE_TYPE = " .. d:literal(held[4]) end
  -- One that goes from a table and comes to another, or to one that has got another name, is there before and after it.
  if one.kind == "trigger" and one.on then where[3] = "EVENT_OBJECT_TABLE = " .. d:literal(one.on.name) end
  return exists(held[1], where)
end
function done.create_definition(o, d) return definition_exists(o.after, d) end
function done.drop_definition(o, d)
  local there = definition_exists(o.before, d)
  return there and "NOT " .. there
end

function done.run_raw(o)
  local query = (o.after.done_when or ""):gsub("[%s;]+$", "")
  return query ~= "" and "(" .. query .. ")" or nil
end
function done.undo_raw(o)
  local query = (o.before.done_when or ""):gsub("[%s;]+$", "")
  return query ~= "" and "NOT COALESCE((" .. query .. "), 0)" or nil
end

M.done_conditions = done

--- How many triggers stand on the table, apart from those of these names and our own.
---@param q table
---@param known string[]
---@param d table dialect
---@return string
function M.bystanders(q, known, d)
  local where = "EVENT_OBJECT_SCHEMA = " .. database(q, d) .. " AND EVENT_OBJECT_TABLE = " .. d:literal(q.name)
    .. " AND TRIGGER_NAME NOT LIKE '%\\_\\_sync%'"
  for _, name in ipairs(known) do where = where .. " AND TRIGGER_NAME <> " .. d:literal(name) end
  return "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE " .. where
end

-- A later operation of the same step that brings the object back, or takes it again, has the last word.
local function overruled(o, step)
  local past, own = false, o.after or o.before
  for _, other in ipairs((step or {}).ops or {}) do
    local thing = other.after or other.before
    if past and other.kind == o.kind and other.kind ~= "shell" and algorithm.same(other.table, o.table)
      and (algorithm.same(thing.name, own.name) or (own.primary and thing.primary)) then return true end
    past = past or other == o
  end
  return false
end

--- A query that gives '1' once the operation has run; nil where the catalog cannot tell.
---@param o table Change
---@param d table dialect
---@param step table|nil the step it stands in
---@return string|nil
function M.done(o, d, step)
  if overruled(o, step) then return nil end
  local make = d.catalog.done_conditions[o.op]
  local condition = make and make(o, d, step)
  return condition and condition ~= "" and yes(condition) or nil
end

return M
