--- Renders operations for MySQL and MariaDB: one function per operation, called with the buffer, the operation and the step.

local alter = require("dialects.mysql.alter")
local clauses = require("dialects.mysql.clauses")
local column_check = require("dialects.mysql.column_check")
local dialect = require("forge.dialect")
local fk_index = require("dialects.mysql.fk_index")
local state = require("dialects.mysql.state")
local text = require("dialects.mysql.text")

local M = {}

for word in pairs(clauses.by_word) do M[word] = alter.emit end

--- Emitters that are not ALTER TABLE begin a step anew, too.
local function begin(step, o)
  if step.ops and step.ops[1] == o then state.reset(step) end
end

local function table_elements(d, t)
  local out = {}
  for _, col in ipairs(t.columns) do
    out[#out + 1] = d:column_sql(col, t) .. column_check.sql(d, t.checks or {}, col.name, text.bracketed)
  end
  if t.primary_key then out[#out + 1] = text.key_sql(d, t.primary_key) end
  for _, key in ipairs(t.uniques or {}) do out[#out + 1] = text.key_sql(d, key) end
  for _, index in ipairs(t.indexes or {}) do out[#out + 1] = text.index_sql(d, index) end
  for _, index in ipairs(fk_index.of(d, t)) do
    out[#out + 1] = "KEY " .. d:ident(index.name) .. " (" .. text.idents(d, index.columns) .. ")"
  end
  for _, fk in ipairs(t.foreign_keys or {}) do out[#out + 1] = text.foreign_key_sql(d, fk) end
  if d.features.check then
    for _, check in ipairs(t.checks or {}) do
      if not column_check.at(d, t, check) then out[#out + 1] = text.check_sql(d, check) end
    end
  end
  return out
end

--- A whole CREATE TABLE.
---@param t table Table
---@return string
function M.create_table_sql(d, t)
  local sql = "CREATE TABLE " .. d:qname(t.name) .. " (\n  " .. table.concat(table_elements(d, t), ",\n  ") .. "\n)"
  local options = text.table_options(d, t)
  if #options > 0 then sql = sql .. " " .. table.concat(options, " ") end
  local by = (t.options or {}).partition_by or ""
  return by ~= "" and sql .. "\nPARTITION BY " .. by or sql
end

function M.create_table(out, o, step, d)
  begin(step, o)
  out:add(M.create_table_sql(d, o.after))
  state.apply(step, o)
end

function M.drop_table(out, o, step, d)
  begin(step, o)
  out:add("DROP TABLE " .. d:qname(o.before.name))
  state.apply(step, o)
end

function M.rename_table(out, o, step, d)
  begin(step, o)
  out:add("RENAME TABLE " .. d:qname(o.before.name) .. " TO " .. d:qname(o.after.name))
  state.apply(step, o)
end

--- Options and comment; a new name that comes with them is a statement of its own.
function M.alter_table(out, o, step, d)
  begin(step, o)
  local a, b = o.before, o.after
  if a.name.name ~= b.name.name or (a.name.schema or "") ~= (b.name.schema or "") then
    out:add("RENAME TABLE " .. d:qname(a.name) .. " TO " .. d:qname(b.name))
    local moved = { op = "rename_table", kind = "shell", before = a,
      after = { name = b.name, options = a.options, comment = a.comment } }
    state.apply(step, moved)
    o = { op = o.op, kind = o.kind, before = moved.after, after = b }
  end
  alter.many(out, { o }, step, d)
end

local function view_sql(d, view, head)
  local out = { head }
  if (view.definer or "") ~= "" then out[#out + 1] = "DEFINER = " .. view.definer end
  if view.security_invoker then out[#out + 1] = "SQL SECURITY INVOKER" end
  out[#out + 1] = "VIEW " .. d:qname(view.name)
  if #(view.columns or {}) > 0 then out[#out + 1] = "(" .. text.idents(d, view.columns) .. ")" end
  out[#out + 1] = "AS " .. (view.query:gsub("[%s;]+$", ""):gsub("^%s+", ""))
  if (view.check_option or "") ~= "" then
    out[#out + 1] = "WITH " .. view.check_option:upper() .. " CHECK OPTION"
  end
  return table.concat(out, " ")
end

-- A view that goes and comes back within a step is replaced where it comes back, so that it is never missing.
local function partner(step, o)
  local word = o.op == "drop_view" and "create_view" or "drop_view"
  local own, past = (o.after or o.before).name, false
  for _, other in ipairs(step.ops or {}) do
    local view = other.after or other.before
    if other.op == word and dialect.key(view.name) == dialect.key(own) and past == (word == "create_view") then return other end
    past = past or other == o
  end
  return nil
end

function M.create_view(out, o, step, d)
  out:add(view_sql(d, o.after, partner(step, o) and "CREATE OR REPLACE" or "CREATE"))
end
function M.drop_view(out, o, step, d)
  if not partner(step, o) then out:add("DROP VIEW " .. d:qname(o.before.name)) end
end
function M.rename_view(out, o, _, d)
  out:add("RENAME TABLE " .. d:qname(o.before.name) .. " TO " .. d:qname(o.after.name))
end
function M.alter_view(out, o, step, d)
  if d:qname(o.before.name) ~= d:qname(o.after.name) then M.rename_view(out, o, step, d) end
  out:add(view_sql(d, o.after, "CREATE OR REPLACE"))
end

-- A routine's body holds semicolons: client scripts need another delimiter around it.
local function raw(out, sql)
  sql = sql:gsub("[%s;]+$", "")
  if sql == "" then return end
  local head = sql:upper():gsub("^%s+", "")
  local body = head:match("^CREATE%s") and (head:find("%sPROCEDURE%s") or head:find("%sFUNCTION%s")
    or head:find("%sTRIGGER%s") or head:find("%sEVENT%s"))
  if body and head:find("%f[%w]BEGIN%f[%W]") then
    sql = sql:gsub("[%s;]*$", "")
    return out:add(sql, { delimiter = "//" })
  end
  out:add(sql)
end

-- The server keeps grants by name: one that goes from a table and comes to what takes that name stays as it is, so that nobody
-- is without it for a moment.
local function stays(step, o)
  local one = o.after or o.before
  if one.kind ~= "grant" or (o.before and o.after) then return false end
  for _, other in ipairs(step.ops or {}) do
    local thing = other ~= o and other.kind == o.kind and (o.after and other.before or o.before and other.after)
    if thing and not (other.before and other.after) and thing.create == one.create then return true end
  end
  return false
end

for word, render in pairs(require("forge.definitions").emitters(function(out)
  return function(sql) raw(out, sql) end
end)) do
  M[word] = function(out, o, step, d)
    if not stays(step, o) then render(out, o, step, d) end
  end
end

function M.run_raw(out, o) raw(out, o.after.up or "") end
function M.undo_raw(out, o) raw(out, o.before.down or "") end

--- All operations of a table in one ALTER TABLE; the tables stand in the order of their first operation.
function M.step_alter(out, step, d)
  state.reset(step)
  local order, by_table = {}, {}
  for _, o in ipairs(step.ops) do
    local name = clauses.carries(o) and (o.table or o.before.name) or nil
    local key = name and dialect.key(name) or "\0" .. #order
    if not by_table[key] then
      by_table[key] = {}
      order[#order + 1] = key
    end
    table.insert(by_table[key], o)
  end
  for _, key in ipairs(order) do
    local ops = by_table[key]
    if clauses.carries(ops[1]) then
      alter.many(out, ops, step, d)
    else
      d.emit[ops[1].op](out, ops[1], step, d)
    end
  end
end

local sync = require("dialects.mysql.sync")
M.create_sync, M.drop_sync = sync.create, sync.drop

M.step_swap = require("dialects.mysql.swap").step

local work = require("dialects.mysql.work")
M.script_backfill, M.script_copy, M.script_cleanup = work.backfill, work.copy, work.cleanup
M.walk = require("dialects.mysql.walk").walk

return M
