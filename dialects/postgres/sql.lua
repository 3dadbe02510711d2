--- Pieces of SQL that several emitters share.

local counter = require("dialects.postgres.counter")
local names = require("dialects.postgres.names")
local types = require("dialects.postgres.types")

local M = {}

--- A list of names, quoted.
---@param list string[]
---@param d table dialect
function M.columns(list, d)
  local out = {}
  for i, name in ipairs(list) do out[i] = d:ident(name) end
  return table.concat(out, ", ")
end

--- A name in display form ("orders", "app.orders") as a QName.
function M.parse(text)
  local parts = names.split(text)
  if #parts > 1 then return { schema = parts[1], name = parts[2] } end
  return { name = parts[1] }
end

--- Is a text of the model stated? One that is empty and one that is absent say the same.
function M.given(text) return text ~= nil and text ~= "" end
local given = M.given

--- A member of the namespace that `q` is in: indexes, sequences and functions live beside their table.
function M.beside(q, name, d) return d:qname({ schema = q.schema, name = name }) end

--- A qualified name as a string literal that regclass and pg_get_serial_sequence read.
function M.name_literal(q, d) return d:literal(d:qname(q)) end

function M.same_name(a, b) return a.name == b.name and (a.schema or "") == (b.schema or "") end

function M.type_sql(d, t) return types.sql(t, d) end

--- An expression as a column of type `t` holds its value: a literal behind SELECT would be text, which is compared with
--- nothing else, and a column of a finer type would keep what storing rounds, pads or cuts off.
---@param expr string
---@param t table Type
function M.stored_value(d, expr, t)
  local target = M.type_sql(d, types.stored(t))
  if expr:sub(1, 5) == "CAST(" and expr:sub(-#target - 5) == " AS " .. target .. ")" then return expr end
  return ("CAST(%s AS %s)"):format(expr, target)
end

--- A value of a type without equality (json, xml, point …), as a text that has one.
function M.comparable_value(d, expr, t)
  return ("CAST(%s AS text)"):format(M.stored_value(d, expr, t))
end

-- An expression may stand bare where no operator can end it early.
local function bare_enough(text)
  return text:find("^[%w_.]+$") or text:find("^[%w_.]+%b()$") or text:find("^%b()$")
    or text:find("^'[^']*'$") or text:find("^'[^']*'::[%a_][%w_ ]*$")
end

--- An expression in parentheses where it needs them.
function M.wrap(text)
  local trimmed = text:match("^%s*(.-)%s*$")
  return bare_enough(trimmed) and trimmed or "(" .. trimmed .. ")"
end

--- A default, as it stands behind DEFAULT.
---@param d table dialect
---@param expr table Expr
function M.default_sql(d, expr)
  if expr.kind == "string" then return d:literal(expr.text or "") end
  if expr.kind == "null" then return "NULL" end
  if expr.kind == "number" then
    return expr.text:sub(1, 1) == "-" and "(" .. expr.text .. ")" or expr.text
  end
  if expr.kind == "boolean" then return expr.text end
  return M.wrap(expr.text)
end

--- A collation's name; its parts are quoted, since most of them hold capitals.
function M.collation(name)
  local parts = names.split(name)
  for i, part in ipairs(parts) do parts[i] = '"' .. part:gsub('"', '""') .. '"' end
  return table.concat(parts, ".")
end

--- GENERATED … AS IDENTITY with its options.
function M.identity_sql(d, identity)
  local options = counter.stated(identity)
  -- Without a schema it stands in that of the table.
  if given(identity.sequence) then table.insert(options, 1, "SEQUENCE NAME " .. d:ident(identity.sequence)) end
  return ("GENERATED %s AS IDENTITY"):format(identity.always and "ALWAYS" or "BY DEFAULT")
    .. (#options > 0 and " (" .. table.concat(options, " ") .. ")" or "")
end

function M.generated_sql(generated)
  return ("GENERATED ALWAYS AS (%s) %s"):format(generated.expr, generated.stored == false and "VIRTUAL" or "STORED")
end

--- A column's definition, as CREATE TABLE and ADD COLUMN take it.
---@param d table dialect
---@param column table Column
function M.column_sql(d, column)
  local out = { d:ident(column.name), d:type_sql(column.type) }
  if given(column.collation) then out[#out + 1] = "COLLATE " .. M.collation(column.collation) end
  if column.generated then
    out[#out + 1] = M.generated_sql(column.generated)
  elseif column.identity then
    out[#out + 1] = M.identity_sql(d, column.identity)
  elseif column.default then
    out[#out + 1] = "DEFAULT " .. d:default_sql(column.default)
  end
  if column.nullable == false then out[#out + 1] = "NOT NULL" end
  return table.concat(out, " ")
end

--- One part of an index.
function M.part_sql(part, d)
  local out = { part.column and part.column ~= "" and d:ident(part.column) or "(" .. part.expr .. ")" }
  if given(part.collation) then out[#out + 1] = "COLLATE " .. M.collation(part.collation) end
  if given(part.opclass) then out[#out + 1] = part.opclass end
  if part.desc then out[#out + 1] = "DESC" end
  if given(part.nulls) then out[#out + 1] = "NULLS " .. part.nulls:upper() end
  return table.concat(out, " ")
end

function M.parts_sql(parts, d)
  local out = {}
  for i, part in ipairs(parts) do out[i] = M.part_sql(part, d) end
  return table.concat(out, ", ")
end

-- A storage value that is a plain word or number needs no quotes.
local function setting_value(value, d)
  value = tostring(value)
  return value:find("^[%w_.]+$") and value or d:literal(value)
end

--- `fillfactor = 70, autovacuum_enabled = false`
---@param settings table[] pairs of name and value
function M.settings_sql(settings, d)
  local out = {}
  for i, pair in ipairs(settings) do out[i] = pair[1] .. " = " .. setting_value(pair[2], d) end
  return table.concat(out, ", ")
end

local function has(list) return list and #list > 0 end

local function when_checked(object)
  if object.deferred then return " DEFERRABLE INITIALLY DEFERRED" end
  return object.deferrable and " DEFERRABLE" or ""
end
M.when_checked = when_checked

local function named(object, d) return given(object.name) and "CONSTRAINT " .. d:ident(object.name) .. " " or "" end

--- A primary key or unique constraint.
function M.key_sql(key, d)
  local columns = {}
  for i, part in ipairs(key.parts) do columns[i] = d:ident(part.column) end
  local word = key.primary and "PRIMARY KEY" or "UNIQUE"
  if key.nulls_not_distinct then word = word .. " NULLS NOT DISTINCT" end
  local out = named(key, d) .. word .. " (" .. table.concat(columns, ", ") .. ")"
  if has(key.include) then out = out .. " INCLUDE (" .. M.columns(key.include, d) .. ")" end
  return out .. when_checked(key)
end

function M.foreign_key_sql(key, d)
  local out = { named(key, d) .. "FOREIGN KEY (" .. M.columns(key.columns, d) .. ") REFERENCES " .. d:qname(key.ref) }
  if has(key.ref_columns) then out[#out + 1] = "(" .. M.columns(key.ref_columns, d) .. ")" end
  if given(key.match) then out[#out + 1] = "MATCH " .. key.match:upper() end
  if given(key.on_update) then out[#out + 1] = "ON UPDATE " .. key.on_update:upper() end
  if given(key.on_delete) then out[#out + 1] = "ON DELETE " .. key.on_delete:upper() end
  local sql = table.concat(out, " ") .. when_checked(key)
  if key.not_enforced then return sql .. " NOT ENFORCED" end
  return key.not_valid and sql .. " NOT VALID" or sql
end

function M.check_sql(check, d)
  local sql = named(check, d) .. "CHECK (" .. check.expr .. ")"
  if check.no_inherit then sql = sql .. " NO INHERIT" end
  if check.not_enforced then return sql .. " NOT ENFORCED" end
  return check.not_valid and sql .. " NOT VALID" or sql
end

function M.exclusion_sql(exclusion, d)
  local parts = {}
  for i, part in ipairs(exclusion.parts) do
    local what = part.column and part.column ~= "" and d:ident(part.column) or "(" .. part.expr .. ")"
    if given(part.opclass) then what = what .. " " .. part.opclass end
    parts[i] = what .. " WITH " .. part.operator
  end
  local method = exclusion.method and exclusion.method ~= "" and exclusion.method or "gist"
  local sql = named(exclusion, d) .. "EXCLUDE USING " .. method .. " (" .. table.concat(parts, ", ") .. ")"
  if given(exclusion.where) then sql = sql .. " WHERE (" .. exclusion.where .. ")" end
  return sql .. when_checked(exclusion)
end

--- CREATE INDEX.
---@param index table Index
---@param table_name table QName
---@param d table dialect
---@param how? string "concurrently"
function M.index_sql(index, table_name, d, how)
  local out = { "CREATE" }
  if index.unique then out[#out + 1] = "UNIQUE" end
  out[#out + 1] = "INDEX"
  if how == "concurrently" then out[#out + 1] = "CONCURRENTLY" end
  if given(index.name) then out[#out + 1] = d:ident(index.name) end
  out[#out + 1] = "ON " .. d:qname(table_name)
  if given(index.method) then out[#out + 1] = "USING " .. index.method end
  out[#out + 1] = "(" .. M.parts_sql(index.parts, d) .. ")"
  if has(index.include) then out[#out + 1] = "INCLUDE (" .. M.columns(index.include, d) .. ")" end
  if index.nulls_not_distinct then out[#out + 1] = "NULLS NOT DISTINCT" end
  if has(index.storage) then out[#out + 1] = "WITH (" .. M.settings_sql(index.storage, d) .. ")" end
  if given(index.where) then out[#out + 1] = "WHERE " .. index.where end
  return table.concat(out, " ")
end

--- COMMENT ON …; an empty comment takes it away.
---@param what string such as "COLUMN orders.total"
---@param comment? string
function M.comment_sql(what, comment, d)
  local text = comment and comment ~= "" and d:literal(comment) or "NULL"
  return "COMMENT ON " .. what .. " IS " .. text
end

--- What of two settings lists must be set and what must be reset.
---@return table[] set, string[] reset
function M.settings_change(before, after)
  local old, new = {}, {}
  for _, pair in ipairs(before or {}) do old[pair[1]] = pair[2] end
  local set, reset = {}, {}
  for _, pair in ipairs(after or {}) do
    new[pair[1]] = true
    if old[pair[1]] ~= pair[2] then set[#set + 1] = pair end
  end
  for _, pair in ipairs(before or {}) do
    if not new[pair[1]] then reset[#reset + 1] = pair[1] end
  end
  return set, reset
end

--- A text as a dollar-quoted body; the tag is lengthened until the body does not hold it.
function M.dollar(body)
  local tag = "$forgelua$"
  local n = 0
  while body:find(tag, 1, true) do
    n = n + 1
    tag = ("$forgelua%d$"):format(n)
  end
  return tag .. body .. tag
end

--- The column of a table value, or nil.
function M.column_of(t, name)
  for _, column in ipairs(t and t.columns or {}) do
    if column.name == name then return column end
  end
end

local function covers(parts, columns)
  if #parts ~= #columns then return false end
  local covered = {}
  for _, part in ipairs(parts) do
    if not M.given(part.column) then return false end
    covered[part.column] = true
  end
  for _, column in ipairs(columns) do
    if not covered[column] then return false end
  end
  return true
end

--- Can ON CONFLICT (columns) find the row? It needs a unique key or index of exactly these columns that is not deferrable.
---@param t table Table
---@param columns string[]
function M.unique_on(t, columns, or_deferrable)
  local lists = { { t.primary_key }, t.uniques or {}, t.indexes or {} }
  for i, list in ipairs(lists) do
    for _, key in ipairs(list) do
      local counts = (or_deferrable or not key.deferrable and not key.deferred) and (i < 3 or (key.unique and not M.given(key.where)))
      if counts and covers(key.parts, columns) then return true end
    end
  end
  return false
end

--- Has the table a key or an exclusion that may wait for the transaction's end?
function M.has_deferrable(t)
  for _, list in ipairs(t and { { t.primary_key }, t.uniques or {}, t.exclusions or {} } or {}) do
    for _, rule in ipairs(list) do
      if rule.deferrable or rule.deferred then return true end
    end
  end
  return false
end

return M
