--- Schemas, enums, sequences and the user's own SQL.

local counter = require("dialects.postgres.counter")
local enums = require("dialects.postgres.enums")
local names = require("dialects.postgres.names")
local sql = require("dialects.postgres.sql")

local M = {}

local function comment(out, what, before, after, d)
  local old, new = before and before.comment or "", after.comment or ""
  if old ~= new then out:add(sql.comment_sql(what, new, d)) end
end

function M.create_schema(out, o, _, d)
  out:add("CREATE SCHEMA " .. d:ident(o.after.name.name))
  comment(out, "SCHEMA " .. d:ident(o.after.name.name), nil, o.after, d)
end

function M.drop_schema(out, o, _, d) out:add("DROP SCHEMA " .. d:ident(o.before.name.name)) end

function M.alter_schema(out, o, _, d)
  local old, new = d:ident(o.before.name.name), d:ident(o.after.name.name)
  if old ~= new then out:add(("ALTER SCHEMA %s RENAME TO %s"):format(old, new)) end
  comment(out, "SCHEMA " .. new, o.before, o.after, d)
end
M.rename_schema = M.alter_schema

-- Renames an object, and moves it where its namespace changes.
local function rename(out, noun, before, after, d)
  if sql.same_name(before, after) then return end
  local at = before
  if before.name ~= after.name then
    out:add(("ALTER %s %s RENAME TO %s"):format(noun, d:qname(at), d:ident(after.name)))
    at = { schema = before.schema, name = after.name }
  end
  if (before.schema or "") ~= (after.schema or "") then
    local target = after.schema and after.schema ~= "" and after.schema or "public"
    out:add(("ALTER %s %s SET SCHEMA %s"):format(noun, d:qname(at), d:ident(target)))
  end
end
M.rename_object = rename

local function values_sql(values, d)
  local list = {}
  for i, value in ipairs(values) do list[i] = d:literal(value) end
  return table.concat(list, ", ")
end

function M.create_enum(out, o, _, d)
  out:add(("CREATE TYPE %s AS ENUM (%s)"):format(d:qname(o.after.name), values_sql(o.after.values, d)))
  comment(out, "TYPE " .. d:qname(o.after.name), nil, o.after, d)
end

function M.drop_enum(out, o, _, d) out:add("DROP TYPE " .. d:qname(o.before.name)) end

local function position(list, wanted)
  for i, value in ipairs(list) do
    if value == wanted then return i end
  end
end

-- The old values in their old order, all still there?
local function only_added(before, after)
  local at = 0
  for _, value in ipairs(before) do
    local found = position(after, value)
    if not found or found <= at then return false end
    at = found
  end
  return true
end

-- Pairs {old, new} where values were exchanged in place and nothing else changed; nil otherwise.
local function renamed_values(before, after)
  if #before ~= #after then return nil end
  local pairs_found = {}
  for i, value in ipairs(before) do
    if value ~= after[i] then
      if position(after, value) or position(before, after[i]) then return nil end
      pairs_found[#pairs_found + 1] = { value, after[i] }
    end
  end
  return pairs_found
end

--- How one list of values becomes another: "same", "add", "rename" (with the pairs) or "rebuild".
---@param before string[]
---@param after string[]
---@return string how, table[]? pairs
function M.enum_change(before, after)
  local renamed = renamed_values(before, after)
  if renamed and #renamed == 0 then return "same" end
  if only_added(before, after) then return "add" end
  if renamed then return "rename", renamed end
  return "rebuild"
end

-- Does any of the old values stand behind place `i` of the new list?
local function old_value_behind(before, after, i)
  for k = i + 1, #after do
    if position(before, after[k]) then return true end
  end
  return false
end

-- Values are added from the left, so the one that a new value follows is there by then.
local function add_values(out, name, before, after, d)
  for i, value in ipairs(after) do
    if not position(before, value) then
      local place = ""
      if old_value_behind(before, after, i) then
        place = i == 1 and " BEFORE " .. d:literal(before[1]) or " AFTER " .. d:literal(after[i - 1])
      end
      out:add(("ALTER TYPE %s ADD VALUE %s%s"):format(name, d:literal(value), place))
    end
  end
end

function M.alter_enum(out, o, _, d)
  local before, after = o.before, o.after
  rename(out, "TYPE", before.name, after.name, d)
  local name = d:qname(after.name)
  local how, renamed = M.enum_change(before.values, after.values)
  if how == "add" then
    add_values(out, name, before.values, after.values, d)
  elseif how == "rename" then
    for _, pair in ipairs(renamed) do
      out:add(("ALTER TYPE %s RENAME VALUE %s TO %s"):format(name, d:literal(pair[1]), d:literal(pair[2])))
    end
  elseif how == "rebuild" then
    enums.rebuild(out, after.name, values_sql(after.values, d), d)
  end
  if how == "rebuild" and sql.given(after.comment) then
    out:add(sql.comment_sql("TYPE " .. name, after.comment, d))
  else
    comment(out, "TYPE " .. name, before, after, d)
  end
end
M.rename_enum = M.alter_enum

--- Renames values; defaults, checks and indexes that say one follow it by themselves, both ways.
function M.step_enum_values(out, step, d)
  for _, o in ipairs(step.ops) do
    if o.kind == "enum" then M.alter_enum(out, o, step, d) end
  end
end

local function owner(sequence, d)
  if not sequence.owned_by or sequence.owned_by == "" then return "OWNED BY NONE" end
  local parts = names.split(sequence.owned_by)
  for i, part in ipairs(parts) do parts[i] = d:ident(part) end
  return "OWNED BY " .. table.concat(parts, ".")
end

function M.create_sequence(out, o, _, d)
  local s = o.after
  local words = { "CREATE SEQUENCE " .. d:qname(s.name) }
  if sql.given(s.type) then words[#words + 1] = "AS " .. s.type end
  for _, word in ipairs(counter.stated(s)) do words[#words + 1] = word end
  if s.owned_by and s.owned_by ~= "" then words[#words + 1] = owner(s, d) end
  out:add(table.concat(words, " "))
  comment(out, "SEQUENCE " .. d:qname(s.name), nil, s, d)
end

function M.drop_sequence(out, o, _, d) out:add("DROP SEQUENCE " .. d:qname(o.before.name)) end

-- The counter itself must stand inside the new bounds before they hold.
local function move_inside(out, a, b, d)
  local name = d:qname(b.name)
  for _, move in ipairs(counter.moves(a, b)) do
    out:add(("SELECT setval(%s, %d, false) FROM %s WHERE last_value %s %d"):format(
      sql.name_literal(b.name, d), move.value, name, move.beyond, move.value))
  end
end

function M.alter_sequence(out, o, _, d)
  local a, b = o.before, o.after
  rename(out, "SEQUENCE", a.name, b.name, d)
  move_inside(out, a, b, d)
  local words = {}
  if (a.type or "") ~= (b.type or "") then words[#words + 1] = "AS " .. (sql.given(b.type) and b.type or "bigint") end
  for _, word in ipairs(counter.altered(a, b)) do words[#words + 1] = word end
  if (a.owned_by or "") ~= (b.owned_by or "") then words[#words + 1] = owner(b, d) end
  if #words > 0 then out:add("ALTER SEQUENCE " .. d:qname(b.name) .. " " .. table.concat(words, " ")) end
  comment(out, "SEQUENCE " .. d:qname(b.name), a, b, d)
end
M.rename_sequence = M.alter_sequence

-- The user's text, without the semicolon that whoever runs it puts there.
local function raw(out, text)
  local trimmed = (text or ""):match("^%s*(.-)[%s;]*$")
  if trimmed ~= "" then out:add(trimmed) end
end

function M.run_raw(out, o) raw(out, o.after.up) end
function M.undo_raw(out, o) raw(out, o.before.down) end

return M
