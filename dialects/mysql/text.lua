--- How MySQL and MariaDB write names, literals, types, columns and keys. Everything here gives text and touches nothing.
--- Where the two differ, the dialect object says so: `d.flavour` is "mysql" or "mariadb".

local M = {}

--- `name` in back-ticks.
---@param name string
---@return string
function M.ident(_, name) return "`" .. name:gsub("`", "``") .. "`" end

--- A string literal. Back-slashes are doubled: sessions run without NO_BACKSLASH_ESCAPES.
---@param text string
---@return string
function M.literal(_, text)
  text = text or ""  -- an empty text is left out of a value
  return "'" .. text:gsub("\\", "\\\\"):gsub("'", "''"):gsub("\n", "\\n"):gsub("%z", "\\0") .. "'"
end

--- A list of names: "`a`, `b`".
function M.idents(d, names)
  local out = {}
  for i, name in ipairs(names) do out[i] = d:ident(name) end
  return table.concat(out, ", ")
end

local function value_list(d, values)
  local out = {}
  for i, value in ipairs(values or {}) do out[i] = d:literal(value) end
  return table.concat(out, ",")
end

local function filled(pattern, args)
  return (pattern:gsub("%%(%d)", function(i) return tostring(args[tonumber(i)]) end))
end

local function is_text(value) return type(value) == "string" end

--- A type as the server writes it, without charset and collation.
---@param type table Type
---@return string
function M.type_sql(d, type)
  if (type.array or 0) > 0 then return "json" end
  if type.name == "native" or type.name == "user" then
    if (type.ref or "") == "" then error((d.flavour == "mariadb" and "MariaDB" or "MySQL") .. " has no column without a type", 0) end
    return type.ref
  end
  if type.name == "enum" or type.name == "set" then
    return type.name .. "(" .. value_list(d, type.values) .. ")"
  end
  local row = d.types.map[type.name]
  if not row then error(("dialect '%s' knows no type '%s'"):format(d.name, tostring(type.name)), 0) end
  if row.unsupported or (row.canonical and row.canonical ~= type.name) then
    local args = #(type.args or {}) > 0 and type.args or row.default_args
    return M.type_sql(d, { name = row.canonical, args = args, unsigned = type.unsigned })
  end
  local args = #(type.args or {}) > 0 and type.args or row.default_args or {}
  local sql = row.sql
  if is_text(sql) then sql = filled(sql, args) else sql = sql(type, args) end
  return type.unsigned and sql .. " unsigned" or sql
end

local TIMES = { ["now"] = true, ["current_timestamp"] = true, ["localtimestamp"] = true, ["localtime"] = true }
local TEMPORAL = { timestamp = true, timestamptz = true, datetime = true }

--- Is the expression the current time, which a temporal column may hold as a plain default?
---@param text string
---@return boolean
function M.is_now(text)
  local word = text:lower():gsub("%s+", ""):gsub("%(%d*%)$", "")
  return TIMES[word] == true
end

local function now_sql(type)
  local digits = (type.args or {})[1] or 0
  return digits > 0 and ("CURRENT_TIMESTAMP(%d)"):format(digits) or "CURRENT_TIMESTAMP"
end

-- Types whose default MySQL takes only as an expression in brackets.
local LOB = {
  text = true, tinytext = true, mediumtext = true, longtext = true, citext = true, xml = true,
  blob = true, tinyblob = true, mediumblob = true, longblob = true, bytea = true,
  json = true, jsonb = true, hstore = true, point = true, geometry = true, tsvector = true,
}

local function bracketed(text)
  if text:sub(1, 1) == "(" and text:sub(-1) == ")" then
    local depth = 0
    for i = 1, #text - 1 do
      local c = text:sub(i, i)
      if c == "(" then depth = depth + 1 elseif c == ")" then depth = depth - 1 end
      if depth == 0 then return "(" .. text .. ")" end
    end
    return text
  end
  return "(" .. text .. ")"
end
M.bracketed = bracketed

--- Is the default an expression that each row computes (and not a literal or the current time of a temporal column)?
---@param expr table Expr
---@param type table Type
---@return boolean
function M.computed_default(expr, type)
  if not expr or expr.kind ~= "sql" then return false end
  return not (TEMPORAL[type.name] and M.is_now(expr.text))
end

--- Is the default written as an expression? MySQL takes the literals of long types only so.
function M.default_expression(d, expr, type)
  if M.computed_default(expr, type) then return true end
  local lob = LOB[type.name] or (type.array or 0) > 0
  return d.flavour == "mysql" and lob and expr ~= nil and expr.kind ~= "null"
end

--- The text after DEFAULT.
---@param expr table Expr
---@param type table|nil Type of the column
---@return string
function M.default_sql(d, expr, type)
  type = type or {}
  if expr.kind == "null" then return "NULL" end
  if expr.kind == "sql" then
    if TEMPORAL[type.name] and M.is_now(expr.text) then return now_sql(type) end
    return bracketed(expr.text)
  end
  local text
  if expr.kind == "string" then
    text = d:literal(expr.text or "")
  elseif expr.kind == "boolean" then
    text = expr.text == "true" and "1" or "0"
  else
    text = expr.text
  end
  if type.name == "bit" and expr.kind ~= "string" then text = "b'" .. text .. "'" end
  local lob = LOB[type.name] or (type.array or 0) > 0
  if lob and d.flavour == "mysql" then return "(" .. text .. ")" end
  return text
end

local function generated_sql(generated)
  return "GENERATED ALWAYS AS " .. bracketed(generated.expr) .. (generated.stored and " STORED" or " VIRTUAL")
end

--- A column's whole definition, as CREATE TABLE and MODIFY COLUMN take it.
---@param col table Column
---@return string
function M.column_sql(d, col)
  local out = { d:ident(col.name), M.type_sql(d, col.type) }
  local function add(text) out[#out + 1] = text end
  if (col.charset or "") ~= "" then add("CHARACTER SET " .. col.charset) end
  if (col.collation or "") ~= "" then add("COLLATE " .. col.collation) end
  if col.generated then add(generated_sql(col.generated)) end
  -- MariaDB refuses a nullability on generated columns.
  if not col.generated or (d.flavour == "mysql" and not col.nullable) then
    add(col.nullable and "NULL" or "NOT NULL")
  end
  if col.identity then add("AUTO_INCREMENT") end
  if col.default and not col.generated then add("DEFAULT " .. M.default_sql(d, col.default, col.type)) end
  if (col.on_update or "") ~= "" then
    add("ON UPDATE " .. (M.is_now(col.on_update) and now_sql(col.type) or col.on_update))
  end
  if col.invisible and d.features.invisible_column then add("INVISIBLE") end
  if (col.comment or "") ~= "" then add("COMMENT " .. d:literal(col.comment)) end
  return table.concat(out, " ")
end

--- The parts of a key or an index, in brackets.
---@param parts table[] IndexPart
---@return string
function M.parts_sql(d, parts)
  local out = {}
  for i, part in ipairs(parts) do
    local text
    if (part.expr or "") ~= "" then
      text = "(" .. part.expr .. ")"
    else
      text = d:ident(part.column)
      if (part.length or 0) > 0 then text = text .. "(" .. part.length .. ")" end
    end
    if part.desc then text = text .. " DESC" end
    out[i] = text
  end
  return "(" .. table.concat(out, ", ") .. ")"
end

--- A primary key or unique constraint as a table element.
function M.key_sql(d, key)
  if key.primary then return "PRIMARY KEY " .. M.parts_sql(d, key.parts) end
  return "UNIQUE KEY " .. d:ident(key.name) .. " " .. M.parts_sql(d, key.parts)
end

local WHOLE = { fulltext = "FULLTEXT KEY ", spatial = "SPATIAL KEY " }

--- An index as a table element.
function M.index_sql(d, index)
  local method = (index.method or ""):lower()
  local head = WHOLE[method] or (index.unique and "UNIQUE KEY " or "KEY ")
  local out = { head .. d:ident(index.name) .. " " .. M.parts_sql(d, index.parts) }
  if method ~= "" and not WHOLE[method] then out[#out + 1] = "USING " .. method:upper() end
  if (index.comment or "") ~= "" then out[#out + 1] = "COMMENT " .. d:literal(index.comment) end
  if index.invisible and d.features.invisible_index then
    out[#out + 1] = d.flavour == "mysql" and "INVISIBLE" or "IGNORED"
  end
  return table.concat(out, " ")
end

--- A foreign key as a table element.
function M.foreign_key_sql(d, fk)
  local out = {
    "CONSTRAINT " .. d:ident(fk.name) .. " FOREIGN KEY (" .. M.idents(d, fk.columns) .. ")",
    "REFERENCES " .. d:qname(fk.ref) .. " (" .. M.idents(d, fk.ref_columns) .. ")",
  }
  if (fk.on_delete or "") ~= "" then out[#out + 1] = "ON DELETE " .. fk.on_delete:upper() end
  if (fk.on_update or "") ~= "" then out[#out + 1] = "ON UPDATE " .. fk.on_update:upper() end
  return table.concat(out, " ")
end

--- A check as a table element.
function M.check_sql(d, check)
  local sql = "CONSTRAINT " .. d:ident(check.name) .. " CHECK " .. bracketed(check.expr)
  if check.not_enforced and d.flavour == "mysql" then sql = sql .. " NOT ENFORCED" end
  return sql
end

--- The options behind CREATE TABLE's closing bracket, in order.
---@return string[]
function M.table_options(d, t)
  local out, o = {}, t.options or {}
  local function add(head, value) if (value or "") ~= "" then out[#out + 1] = head .. value end end
  add("ENGINE=", o.engine)
  add("DEFAULT CHARSET=", o.charset)
  add("COLLATE=", o.collation)
  add("ROW_FORMAT=", (o.row_format or ""):upper())
  for _, col in ipairs(t.columns or {}) do
    if col.identity and col.identity.start then add("AUTO_INCREMENT=", tostring(col.identity.start)) end
  end
  if (t.comment or "") ~= "" then out[#out + 1] = "COMMENT=" .. d:literal(t.comment) end
  return out
end

return M
