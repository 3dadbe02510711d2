--- The text of SQLite's objects, in one canonical form: a table that is built new and one that a rebuild leaves behind
--- read the same in sqlite_master.

local types = require("dialects.sqlite.types")

local M = {}

--- A quoted name. Always quoted: no name is then a keyword.
function M.ident(name)
  return '"' .. name:gsub('"', '""') .. '"'
end

-- https://sqlite.org/lang_keywords.html
local KEYWORDS = {}
for word in ([[abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case
  cast check collate column commit conflict constraint create cross current current_date current_time current_timestamp database
  default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain fail
  filter first following for foreign from full generated glob group groups having if ignore immediate in index indexed initially
  inner insert instead intersect into is isnull join key last left like limit match materialized natural no not nothing notnull null
  nulls of offset on or order others outer over partition plan pragma preceding primary query raise range recursive references
  regexp reindex release rename replace restrict returning right rollback row rows savepoint select set table temp temporary then
  ties to transaction trigger true false unbounded union unique update using vacuum values view virtual when where window with without]])
  :gmatch("%S+") do
  KEYWORDS[word] = true
end

--- The new name in a RENAME COLUMN: the engine writes it into checks, indexes and views with the quotes that it has there.
function M.new_name(name)
  return name:find("^[%a_][%w_]*$") and not KEYWORDS[name:lower()] and name or M.ident(name)
end

--- A text literal. A zero byte cannot stand in SQL text, so it is written through a blob.
function M.literal(text)
  if text:find("%z") then
    local hex = text:gsub(".", function(c) return ("%02X"):format(c:byte()) end)
    return "CAST(x'" .. hex .. "' AS TEXT)"
  end
  return "'" .. text:gsub("'", "''") .. "'"
end

local ident, literal = M.ident, M.literal

--- The name that a constraint is written with; nil where it has none. (The engine tells nameless ones apart by names that
--- begin with "unnamed:".)
---@return string?
function M.given_name(object)
  local name = object.name or ""
  if name == "" or name:sub(1, 8) == "unnamed:" then return nil end
  return name
end

local KEYWORD_VALUES = {
  CURRENT_TIMESTAMP = "CURRENT_TIMESTAMP", CURRENT_DATE = "CURRENT_DATE", CURRENT_TIME = "CURRENT_TIME",
  ["NOW()"] = "CURRENT_TIMESTAMP", ["CURRENT_TIMESTAMP()"] = "CURRENT_TIMESTAMP",
}

--- What stands after DEFAULT; nil where there is none (a default of NULL is none).
---@param expr table? Expr
---@return string?
function M.default_sql(expr)
  if not expr or expr.kind == "null" then return nil end
  if expr.kind == "string" then return literal(expr.text or "") end
  if expr.kind == "number" then return expr.text end
  if expr.kind == "boolean" then return expr.text:lower() == "true" and "TRUE" or "FALSE" end
  local keyword = KEYWORD_VALUES[expr.text:upper()]
  return keyword or "(" .. expr.text .. ")"
end

--- Is the default a constant, which ADD COLUMN takes?
function M.constant_default(expr)
  return not expr or expr.kind ~= "sql"
end

--- The declared type of a column; STRICT tables know fewer.
function M.type_sql(col, strict)
  return strict and types.strict_sql(col.type) or types.sql(col.type)
end

local base_type = M.type_sql

--- Does the column count up by itself? (`serial` says so as well as `identity`.)
function M.counts_up(col)
  return col.identity ~= nil or col.type.name == "serial" or col.type.name == "bigserial"
end

local function sole_key(t)
  local key = t.primary_key
  if key and #key.parts == 1 and key.parts[1].column and key.parts[1].column ~= "" then return key.parts[1] end
  return nil
end

local function find(list, name)
  for _, item in ipairs(list or {}) do
    if item.name == name then return item end
  end
  return nil
end

M.find = find

--- The column that is another name of the rowid, or nil: a sole key that is declared INTEGER, to the letter.
---@param t table Table
---@return table? column
function M.rowid_column(t)
  local part = sole_key(t)
  if not part or (t.options and t.options.without_rowid) or part.desc then return nil end
  local col = find(t.columns, part.column)
  if not col then return nil end
  if M.counts_up(col) then return col end
  return base_type(col, t.options and t.options.strict):upper() == "INTEGER" and col or nil
end

--- A name that reaches the rowid, though columns may be called like it; nil: a table without one.
function M.rowid_name(t)
  if t.options and t.options.without_rowid then return nil end
  local alias = M.rowid_column(t)
  if alias then return ident(alias.name) end
  local taken = {}
  for _, col in ipairs(t.columns) do taken[col.name:lower()] = true end
  for _, name in ipairs({ "rowid", "_rowid_", "oid" }) do
    if not taken[name] then return name end
  end
  return nil
end

-- Beside its column DESC keeps an INTEGER key from being the rowid; in a constraint of the table it would not.
function M.keeps_direction(part) return part.desc and (part.collation or "") == "" end

local function key_suffix(t, col, out)
  local part = sole_key(t)
  local key = t.primary_key
  if not part or part.column ~= col.name then return end
  local counts = M.counts_up(col)
  if not counts and not M.keeps_direction(part) and M.given_name(key) then return end
  if (part.collation or "") ~= "" then return end
  if M.given_name(key) then out[#out + 1] = "CONSTRAINT " .. ident(key.name) end
  out[#out + 1] = "PRIMARY KEY" .. (part.desc and " DESC" or "")
  if counts then out[#out + 1] = "AUTOINCREMENT" end
end

local function inline_key(t)
  local part = sole_key(t)
  if not part then return false end
  local col = find(t.columns, part.column)
  if not col then return false end
  if M.counts_up(col) or M.keeps_direction(part) then return true end
  return not M.given_name(t.primary_key) and (part.collation or "") == ""
end

--- The elements of an index or key, between brackets.
function M.parts_sql(parts)
  local out = {}
  for i, part in ipairs(parts) do
    local text = (part.expr and part.expr ~= "") and "(" .. part.expr .. ")" or ident(part.column)
    if part.collation and part.collation ~= "" then text = text .. " COLLATE " .. ident(part.collation) end
    if part.desc then text = text .. " DESC" end
    out[i] = text
  end
  return "(" .. table.concat(out, ", ") .. ")"
end

--- Names between brackets.
function M.names_sql(names)
  local out = {}
  for i, name in ipairs(names) do out[i] = ident(name) end
  return "(" .. table.concat(out, ", ") .. ")"
end

local function named(object)
  return M.given_name(object) and "CONSTRAINT " .. ident(object.name) .. " " or ""
end

local function deferrable_sql(object)
  if not object.deferrable then return "" end
  return " DEFERRABLE INITIALLY " .. (object.deferred and "DEFERRED" or "IMMEDIATE")
end

--- REFERENCES … with its actions.
function M.references_sql(fk)
  local text = "REFERENCES " .. ident(fk.ref.name)
  if fk.ref_columns and #fk.ref_columns > 0 then text = text .. " " .. M.names_sql(fk.ref_columns) end
  if fk.on_delete and fk.on_delete ~= "" then text = text .. " ON DELETE " .. fk.on_delete:upper() end
  if fk.on_update and fk.on_update ~= "" then text = text .. " ON UPDATE " .. fk.on_update:upper() end
  if fk.match and fk.match ~= "" then text = text .. " MATCH " .. fk.match:upper() end
  return text .. deferrable_sql(fk)
end

--- The same beside its one column.
function M.column_reference_sql(fk) return named(fk) .. M.references_sql(fk) end

function M.unique_sql(key) return named(key) .. "UNIQUE " .. M.parts_sql(key.parts) end
function M.check_sql(check) return named(check) .. "CHECK (" .. check.expr .. ")" end
function M.foreign_key_sql(fk)
  return named(fk) .. "FOREIGN KEY " .. M.names_sql(fk.columns) .. " " .. M.references_sql(fk)
end

-- The words of an expression, without its strings, in lower case; quoted names count as words.
local function words_of(expr)
  local words = {}
  for word in expr:gsub("'[^']*'", " "):lower():gmatch("[%w_\128-\255$]+") do words[word] = true end
  return words
end

--- The one column that a check is about, beside which it stands; nil where it is about none or several.
---@param t table Table
---@param check table Check
---@return string?
function M.check_column(t, check)
  local words, found = words_of(check.expr), nil
  for _, col in ipairs(t.columns) do
    if words[col.name:lower()] then
      if found then return nil end
      found = col.name
    end
  end
  return found
end

-- Constraints of one column stand beside it: so they do after ADD COLUMN, which can add them in no other way.
local function beside(t, name)
  local texts = {}
  for _, check in ipairs(t.checks or {}) do
    if M.check_column(t, check) == name then texts[#texts + 1] = M.check_sql(check) end
  end
  for _, fk in ipairs(t.foreign_keys or {}) do
    if #fk.columns == 1 and fk.columns[1] == name then texts[#texts + 1] = M.column_reference_sql(fk) end
  end
  table.sort(texts)
  return texts
end

--- GENERATED ALWAYS AS …
function M.generated_sql(g)
  return "GENERATED ALWAYS AS (" .. g.expr .. ") " .. (g.stored and "STORED" or "VIRTUAL")
end

--- One column's definition. In a table its key and its own constraints stand with it; without one (`t` nil) it is bare.
---@param col table Column
---@param t table? the Table that it is part of
---@param strict boolean?
---@return string
function M.column_sql(col, t, strict)
  strict = strict or (t and t.options and t.options.strict)
  local out = { ident(col.name) }
  local alias = t and M.rowid_column(t)
  local is_alias = alias ~= nil and alias.name == col.name
  local declared = (is_alias and M.counts_up(col)) and "integer" or base_type(col, strict)
  if declared ~= "" then out[#out + 1] = declared end
  if col.collation and col.collation ~= "" then out[#out + 1] = "COLLATE " .. ident(col.collation) end
  if not col.nullable and not is_alias then out[#out + 1] = "NOT NULL" end
  if t then key_suffix(t, col, out) end
  local default = M.default_sql(col.default)
  if default then out[#out + 1] = "DEFAULT " .. default end
  if col.generated then out[#out + 1] = M.generated_sql(col.generated) end
  for _, text in ipairs(t and beside(t, col.name) or {}) do out[#out + 1] = text end
  return table.concat(out, " ")
end

local function sorted_texts(list, render, out)
  local texts = {}
  for _, item in ipairs(list or {}) do texts[#texts + 1] = render(item) end
  table.sort(texts)
  for _, text in ipairs(texts) do out[#out + 1] = text end
end

-- A table's constraints that stand beside no column.
local function table_constraints(t, lines)
  if t.primary_key and not inline_key(t) then
    lines[#lines + 1] = named(t.primary_key) .. "PRIMARY KEY " .. M.parts_sql(t.primary_key.parts)
  end
  sorted_texts(t.uniques, M.unique_sql, lines)
  sorted_texts(t.checks, function(check) return not M.check_column(t, check) and M.check_sql(check) or nil end, lines)
  sorted_texts(t.foreign_keys, function(fk) return #fk.columns ~= 1 and M.foreign_key_sql(fk) or nil end, lines)
end

local function check_key(t)
  for _, col in ipairs(t.columns) do
    local alias = M.rowid_column(t)
    if M.counts_up(col) and not (alias and alias.name == col.name) then
      error(("SQLite counts up only a table's sole primary key: '%s.%s' is not one"):format(t.name.name, col.name), 0)
    end
  end
end

--- CREATE TABLE, whole. Constraints stand in a fixed order, so that equal tables have equal text.
---@param t table Table
---@param name string? another name to give it
---@return string
function M.table_sql(t, name)
  check_key(t)
  local lines = {}
  for i, col in ipairs(t.columns) do lines[i] = M.column_sql(col, t) end
  table_constraints(t, lines)
  local options = {}
  if t.options and t.options.strict then options[#options + 1] = "STRICT" end
  if t.options and t.options.without_rowid then options[#options + 1] = "WITHOUT ROWID" end
  return "CREATE TABLE " .. ident(name or t.name.name) .. " (\n  " .. table.concat(lines, ",\n  ") .. "\n)"
    .. (#options > 0 and " " .. table.concat(options, ", ") or "")
end

--- The statements that rename a table: SQLite takes its own name in other letters for another table's.
---@return string[]
function M.rename_table(from, to)
  local list, via = {}, from
  if from:lower() == to:lower() then
    via = to .. "__renamed"
    list[1] = "ALTER TABLE " .. M.ident(from) .. " RENAME TO " .. M.ident(via)
  end
  list[#list + 1] = "ALTER TABLE " .. M.ident(via) .. " RENAME TO " .. M.ident(to)
  return list
end

--- CREATE INDEX on a table.
function M.index_sql(index, table_name)
  local text = "CREATE " .. (index.unique and "UNIQUE " or "") .. "INDEX " .. ident(index.name) .. " ON "
    .. ident(table_name) .. " " .. M.parts_sql(index.parts)
  if index.where and index.where ~= "" then text = text .. " WHERE " .. index.where end
  return text
end

--- CREATE VIEW.
function M.view_sql(view)
  local columns = (view.columns and #view.columns > 0) and " " .. M.names_sql(view.columns) or ""
  return "CREATE VIEW " .. ident(view.name.name) .. columns .. " AS " .. view.query:gsub("^%s+", ""):gsub("[%s;]+$", "")
end

return M
