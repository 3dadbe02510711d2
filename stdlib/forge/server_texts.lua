--- Definitions that a catalog keeps as the server's own text: checks, indexes, defaults, generated columns, views. Two of
--- one name are told apart by comparing that text with the text of a throw-away object made from the new definition.

local dialect = require("forge.dialect")
local fold = require("forge.fold")
local ops = require("forge.ops")

local M = {}

local PROBE = "forgelua_probe"
local LISTS = { check = "checks", index = "indexes", key = "uniques", exclusion = "exclusions", column = "columns" }

-- The member as the finished table holds it: a change may carry names that the plan renames later.
local function held(t, o)
  if o.kind == "key" and o.after.primary then return t.primary_key end
  return (fold.find(t[LISTS[o.kind]], o.after.name))
end

-- Changed members by the table that ends with them, in the order of the changes.
local function by_table(step)
  local list, at = {}, {}
  for _, o in ipairs(step.ops) do
    local key = LISTS[o.kind] and o.after and dialect.key(o.table)
    local t = key and step.tables.after[key]
    local member = t and held(t, o)
    if member then
      if not at[key] then
        at[key] = { table = t, members = {} }
        list[#list + 1] = at[key]
      end
      table.insert(at[key].members, { kind = o.kind, object = member })
    end
  end
  return list
end

local function statements(d, op)
  local step = { ops = { op }, tables = { before = {}, after = {} }, id = PROBE, direction = "forward" }
  if op.kind == "table" then step.tables.after[dialect.key(op.after.name)] = op.after end
  local list = {}
  for i, statement in ipairs(d:render(step)) do list[i] = statement.sql end
  return list
end

local function query(parts) return "SELECT concat_ws(', ', " .. table.concat(parts, ",\n  ") .. ")" end

local function of_table(d, row)
  local probe, names = d.catalog.probe(row.table, PROBE)
  local actual, wanted = {}, {}
  for _, member in ipairs(row.members) do
    local name = member.object.name or ""
    local own = d.catalog.definition_text(member.kind, row.table.name, name, d, member.object)
    if own then
      actual[#actual + 1] = own
      wanted[#wanted + 1] = d.catalog.definition_text(member.kind, probe.name, names[name] or name, d, member.object)
    end
  end
  if #actual == 0 then return nil end
  return {
    title = "definitions of " .. dialect.key(row.table.name) .. " are as the new schema states them",
    make = statements(d, ops.create_table(probe)), drop = "DROP TABLE IF EXISTS " .. d:qname(probe.name),
    wanted = query(wanted), actual = query(actual),
  }
end

local function of_view(d, view)
  local probe = fold.copy(view)
  probe.name = d.catalog.probe_name(PROBE)
  probe.comment, probe.materialized = nil, nil
  return {
    title = "the definition of " .. dialect.key(view.name) .. " is as the new schema states it",
    make = statements(d, ops.create_view(probe)), drop = "DROP VIEW IF EXISTS " .. d:qname(probe.name),
    wanted = query { d.catalog.view_text(probe.name, d) }, actual = query { d.catalog.view_text(view.name, d) },
  }
end

--- The definitions that changes leave, as far as the dialect's catalog shows them (`definition_text`).
---@param d table
---@param step table a step of all changes, with the tables after them
---@return table[] texts { title, make, drop, wanted, actual }
function M.of(d, step)
  local list = {}
  if not d.catalog.definition_text then return list end
  for _, row in ipairs(by_table(step)) do list[#list + 1] = of_table(d, row) end
  for _, o in ipairs(step.ops) do
    if o.kind == "view" and o.after then list[#list + 1] = of_view(d, o.after) end
  end
  return list
end

return M
