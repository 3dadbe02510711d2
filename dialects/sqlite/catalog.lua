--- Predicates over the catalog: one row, one column, '1' or '0'.

local ddl = require("dialects.sqlite.ddl")
local changes = require("dialects.sqlite.changes")
local definitions = require("forge.definitions")

local M = {}

local literal = ddl.literal

local function truth(condition)
  return "SELECT CASE WHEN " .. condition .. " THEN '1' ELSE '0' END"
end

local function exists(query) return truth("EXISTS (" .. query .. ")") end
local function absent(query) return truth("NOT EXISTS (" .. query .. ")") end
local function no(predicate) return "SELECT CASE WHEN (" .. predicate .. ") = '1' THEN '0' ELSE '1' END" end

local function object(kind, name)
  return "SELECT 1 FROM sqlite_master WHERE type = " .. literal(kind) .. " AND name = " .. literal(name) .. " COLLATE NOCASE"
end

-- The column under this very name: a rename may change the case of letters alone.
local function column_to_the_letter(q, name)
  return "SELECT 1 FROM pragma_table_xinfo(" .. literal(q.name) .. ") WHERE name = " .. literal(name)
end

local function column(q, name)
  return "SELECT 1 FROM pragma_table_xinfo(" .. literal(q.name) .. ") WHERE name = " .. literal(name) .. " COLLATE NOCASE"
end

function M.table_exists(q) return exists(object("table", q.name)) end
function M.view_exists(q) return exists(object("view", q.name)) end
-- An index of a copy bears its final name from the start, so its table is asked for, too.
function M.index_exists(q, name)
  return exists(object("index", name) .. " AND tbl_name = " .. literal(type(q) == "table" and q.name or q) .. " COLLATE NOCASE")
end
function M.trigger_exists(_, name) return exists(object("trigger", name)) end
function M.schema_exists(name)
  return exists("SELECT 1 FROM pragma_database_list WHERE name = " .. literal(type(name) == "table" and name.name or name))
end
function M.column_exists(q, name) return exists(column(q, name)) end
function M.column_nullable(q, name) return exists(column(q, name) .. ' AND "notnull" = 0') end
function M.column_type(q, name, sql_type)
  return exists(column(q, name) .. " AND lower(type) = " .. literal(sql_type:lower()))
end

local NOTHING = "SELECT '0'"
function M.enum_exists() return NOTHING end
function M.enum_has() return NOTHING end
function M.sequence_exists() return NOTHING end

-- The name of a constraint stands nowhere but in the table's text.
local function named_constraint(q, name)
  local quoted, bare = "constraint " .. ddl.ident(name):lower(), "constraint " .. name:lower() .. " "
  return object("table", q.name) .. " AND (instr(lower(sql), " .. literal(quoted) .. ") > 0 OR instr(lower(sql), "
    .. literal(bare) .. ") > 0)"
end

--- Is the constraint there? nil for one without a name.
function M.constraint_exists(q, name, kind)
  if kind == "primary_key" and (name or "") == "" then
    return exists("SELECT 1 FROM pragma_table_info(" .. literal(q.name) .. ") WHERE pk > 0")
  end
  if not ddl.given_name({ name = name }) then return nil end
  return exists(named_constraint(q, name))
end

-- A rename puts names into quotes that our text has without: quotes do not count.
local function in_text(q, text)
  return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = " .. literal(q.name)
    .. " AND instr(replace(sql, '\"', ''), " .. literal((text:gsub('"', ""))) .. ") > 0"
end

-- The text of a constraint in the table that we write.
local function constraint_text(o, it)
  if o.kind == "check" then return ddl.check_sql(it) end
  if o.kind == "foreign_key" then
    return #it.columns == 1 and ddl.column_reference_sql(it) or ddl.foreign_key_sql(it)
  end
  return ddl.unique_sql(it)
end

local function key_columns(q, key)
  local parts = {}
  for i, part in ipairs(key.parts) do
    parts[i] = "EXISTS (SELECT 1 FROM pragma_table_info(" .. literal(q.name) .. ") WHERE pk = " .. i .. " AND name = "
      .. literal(part.column) .. " COLLATE NOCASE)"
  end
  return truth(table.concat(parts, " AND "))
end

-- What goes must not be found, where the new table does not hold the same text in something else.
local function gone(o, group)
  local text = constraint_text(o, o.before)
  if ddl.table_sql(group.after):gsub('"', ""):find(text:gsub('"', ""), 1, true) then return nil end
  return absent(in_text(group.after.name, text))
end

local function constraint_done(o, group)
  local q = group.after.name
  if o.kind == "key" and (o.after or o.before).primary then
    if o.after then return key_columns(q, o.after) end
    -- Where another one takes its place in the same rebuild, that one is asked for.
    if group.after.primary_key then return nil end
    return absent("SELECT 1 FROM pragma_table_info(" .. literal(q.name) .. ") WHERE pk > 0")
  end
  if not o.after then return gone(o, group) end
  local there = exists(in_text(q, constraint_text(o, o.after)))
  local absent_before = o.before and gone(o, group)
  if not absent_before then return there end
  return truth("(" .. there .. ") = '1' AND (" .. absent_before .. ") = '1'")
end

local function default_text(col)
  local text = ddl.default_sql(col.default)
  if not text then return nil end
  return text:match("^%((.*)%)$") or text
end

-- The column as the pragma tells of it; what it does not tell (collation, expression) is looked for in the text.
-- As SQLite numbers them: 0 where the column is not in the primary key.
local function place_in_key(t, name)
  for i, part in ipairs(t.primary_key and t.primary_key.parts or {}) do
    if part.column == name then return i end
  end
  return 0
end

local function column_done(o, group)
  local q, col = group.after.name, o.after
  local alias = ddl.rowid_column(group.after)
  local strict = group.after.options and group.after.options.strict
  local declared = (alias and alias.name == col.name and ddl.counts_up(col)) and "integer" or ddl.type_sql(col, strict)
  local default = default_text(col)
  local renamed = o.before and o.before.name ~= col.name
  local query = (renamed and column_to_the_letter or column)(q, col.name) .. " AND lower(type) = "
    .. literal(declared:lower()) .. " AND dflt_value IS " .. (default and literal(default) or "NULL")
  if not (alias and alias.name == col.name) then query = query .. ' AND "notnull" = ' .. (col.nullable and "0" or "1") end
  -- A generated column is hidden in its way: 2 where it is virtual, 3 where it is stored.
  query = query .. " AND pk = " .. place_in_key(group.after, col.name) .. " AND hidden "
    .. (col.generated and "IN (2, 3)" or "= 0")
  local extras = {}
  if (col.collation or "") ~= "" then extras[1] = ddl.ident(col.name) .. " " .. declared .. " COLLATE " .. ddl.ident(col.collation) end
  if col.generated then extras[#extras + 1] = ddl.generated_sql(col.generated) end
  local parts = { "EXISTS (" .. query .. ")" }
  for _, text in ipairs(extras) do parts[#parts + 1] = "EXISTS (" .. in_text(q, text) .. ")" end
  if alias and alias.name == col.name and o.before and ddl.counts_up(o.before) ~= ddl.counts_up(col) then
    parts[#parts + 1] = (ddl.counts_up(col) and "" or "NOT ") .. "EXISTS (" .. in_text(q, "AUTOINCREMENT") .. ")"
  end
  return truth(table.concat(parts, " AND "))
end

local function options_done(o)
  local options = o.after.options or {}
  return exists("SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = " .. literal(o.after.name.name)
    .. " AND strict = " .. (options.strict and 1 or 0) .. " AND wr = " .. (options.without_rowid and 1 or 0))
end

-- An operation of a table that is built anew.
local function rebuilt_done(o, group)
  if o.kind == "column" then
    if not o.after then return no(M.column_exists(group.after.name, o.before.name)) end
    return column_done(o, group)
  end
  if o.kind == "shell" then return options_done(o) end
  return constraint_done(o, group)
end

local done = {}

function done.create_table(o) return M.table_exists(o.after.name) end
function done.drop_table(o) return absent(object("table", o.before.name.name)) end
function done.rename_table(o)
  local there = "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = " .. literal(o.after.name.name) .. ")"
  if o.before.name.name:lower() == o.after.name.name:lower() then return truth(there) end
  return truth(there .. " AND NOT EXISTS (" .. object("table", o.before.name.name) .. ")")
end
function done.add_column(o) return M.column_exists(o.table, o.after.name) end
function done.drop_column(o) return no(M.column_exists(o.table, o.before.name)) end
function done.rename_column(o) return exists(column_to_the_letter(o.table, o.after.name)) end
-- Under this very name: an index may go for one whose name differs in letter case alone.
function done.create_index(o)
  return exists(("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s AND tbl_name = %s COLLATE NOCASE"):format(
    literal(o.after.name), literal(o.table.name)))
end
function done.drop_index(o) return no(M.index_exists(o.table, o.before.name)) end
done.rename_index = done.create_index
function done.alter_index(o)
  return exists("SELECT 1 FROM sqlite_master WHERE type = 'index' AND sql = "
    .. literal(ddl.index_sql(o.after, o.table.name)))
end
function done.create_view(o) return M.view_exists(o.after.name) end
function done.drop_view(o) return no(M.view_exists(o.before.name)) end
function done.rename_view(o) return M.view_exists(o.after.name) end
function done.alter_view(o)
  return exists("SELECT 1 FROM sqlite_master WHERE type = 'view' AND sql = " .. literal(ddl.view_sql(o.after)))
end
-- Only what has a row of its own under its kind can be told.
local HELD = { trigger = "trigger", ["virtual table"] = "table" }
local function called(one) return definitions.unquoted(definitions.own(one)) end
M.called = called
-- A trigger that goes from a table and comes to another is there before and after it.
local function held(one)
  local kind = HELD[one.kind]
  if not kind then return nil end
  local on = one.kind == "trigger" and one.on and " AND tbl_name = " .. literal(one.on.name) .. " COLLATE NOCASE" or ""
  return object(kind, called(one)) .. on
end
function done.create_definition(o)
  local from = held(o.after)
  return from and exists(from)
end
function done.drop_definition(o)
  local from = held(o.before)
  return from and absent(from)
end
function done.alter_definition(o)
  local from = held(o.after)
  local text = definitions.statement(o.after):gsub("[%s;]+$", "")
  return from and exists(from .. " AND sql = " .. literal(text))
end
function done.create_sync(o) return M.trigger_exists(nil, o.after.name.name .. "_ins") end
function done.drop_sync(o) return no(M.trigger_exists(nil, o.before.name.name .. "_ins")) end
function done.run_raw(o)
  if (o.after.done_when or "") == "" then return nil end
  return truth("(" .. o.after.done_when .. ")")
end

-- Told by the table's text, which may hold the same words in something else, and changes with the names in them.
M.unmarked = { key = true, check = true, foreign_key = true, exclusion = true }

--- A query that gives '1' once the operation has run; nil where nothing can tell.
---@param o table the operation
---@param step table? its step, which says what becomes of the table
function M.done(o, _, step)
  local list, by_op = {}, {}
  if step and step.tables then list, by_op = changes.classify(step) end
  for i, other in ipairs(list and step and step.ops or {}) do
    local group = by_op[i]
    if other == o and group then
      local member = o.kind ~= "table" and o.kind ~= "index" and o.kind ~= "shell"
      -- A change of a table that another change renames is asked about alone: its table is not there under this name.
      if group.rebuild and o.kind ~= "index" then return group.after and rebuilt_done(o, group) or nil end
      if member and (group.unchanged or group.created or group.dropped) then return nil end
      if group.attached[o] then return constraint_done(o, group) end
      if o.table and group.after and done[o.op] then
        return done[o.op]({ op = o.op, kind = o.kind, table = group.after.name, before = o.before, after = o.after })
      end
    end
  end
  return done[o.op] and done[o.op](o) or nil
end

return M
