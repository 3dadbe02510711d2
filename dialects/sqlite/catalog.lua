--- Predicates over the catalog: one row, one column, '1' or '0'.

local ddl = require("dialects.sqlite.ddl")
local changes = require("dialects.sqlite.changes")

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

local function column(q, name)
  return "SELECT 1 FROM pragma_table_xinfo(" .. literal(q.name) .. ") WHERE name = " .. literal(name) .. " COLLATE NOCASE"
end

function M.table_exists(q) return exists(object("table", q.name)) end
function M.view_exists(q) return exists(object("view", q.name)) end
function M.index_exists(_, name) return exists(object("index", name)) end
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

--- Is the constraint there? nil for one without a name: the table's whole text tells (M.table_is).
function M.constraint_exists(q, name, kind)
  if kind == "primary_key" and (name or "") == "" then
    return exists("SELECT 1 FROM pragma_table_info(" .. literal(q.name) .. ") WHERE pk > 0")
  end
  if not ddl.given_name({ name = name }) then return nil end
  return exists(named_constraint(q, name))
end

--- Does the table stand exactly as a rebuild leaves it?
function M.table_is(t)
  return exists("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = " .. literal(t.name.name)
    .. " AND sql = " .. literal(ddl.table_sql(t)))
end

local done = {}

function done.create_table(o) return M.table_exists(o.after.name) end
function done.drop_table(o) return absent(object("table", o.before.name.name)) end
function done.rename_table(o) return M.table_exists(o.after.name) end
function done.add_column(o) return M.column_exists(o.table, o.after.name) end
function done.drop_column(o) return no(M.column_exists(o.table, o.before.name)) end
function done.rename_column(o) return M.column_exists(o.table, o.after.name) end
function done.create_index(o) return M.index_exists(o.table, o.after.name) end
function done.drop_index(o) return no(M.index_exists(o.table, o.before.name)) end
function done.rename_index(o) return M.index_exists(o.table, o.after.name) end
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
function done.create_sync(o) return M.trigger_exists(nil, o.after.name.name .. "_ins") end
function done.drop_sync(o) return no(M.trigger_exists(nil, o.before.name.name .. "_ins")) end
function done.run_raw(o)
  if (o.after.done_when or "") == "" then return nil end
  return truth("(" .. o.after.done_when .. ")")
end

--- A query that gives '1' once the operation has run; nil where nothing can tell.
---@param o table the operation
---@param step table? its step: a table that is built anew is told by its text
function M.done(o, _, step)
  if step and step.tables then
    local _, by_op = changes.classify(step)
    for i, other in ipairs(step.ops) do
      local group = by_op[i]
      if other == o and group and group.rebuild and o.kind ~= "index" then return M.table_is(group.after) end
      if other == o and group and (group.unchanged or group.created or group.dropped) and o.kind ~= "table"
        and o.kind ~= "index" and o.kind ~= "shell" then
        return nil
      end
    end
  end
  return done[o.op] and done[o.op](o) or nil
end

return M
