--- The tables of a step as they are between its operations. A step names its tables before and after; an ALTER of the
--- third operation must state the table as the second one left it.

local dialect = require("forge.dialect")

local M = {}

local states = setmetatable({}, { __mode = "k" })

local LISTS = { index = "indexes", foreign_key = "foreign_keys", check = "checks", exclusion = "exclusions" }

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end

local function of(step)
  local state = states[step]
  if not state then
    state = {}
    for key, t in pairs((step.tables or {}).before or {}) do state[key] = copy(t) end
    -- The hidden column of a FULLTEXT index that has gone.
    for key in pairs(step.searched or {}) do if state[key] then state[key].searched = true end end
    states[step] = state
  end
  return state
end

--- The table at this point of the step; nil where the step does not know it.
---@param step table
---@param name table QName
function M.table(step, name) return name and of(step)[dialect.key(name)] or nil end

local function list_of(t, o)
  if o.kind == "column" then return t.columns end
  if o.kind == "key" then
    t.uniques = t.uniques or {}
    return t.uniques
  end
  local field = LISTS[o.kind]
  t[field] = t[field] or {}
  return t[field]
end

local function put(list, before, after)
  for i, item in ipairs(list) do
    if before and item.name == before.name then
      if after then list[i] = after else table.remove(list, i) end
      return
    end
  end
  if after then list[#list + 1] = after end
end

local function rename_parts(owner, from, to)
  for _, part in ipairs((owner or {}).parts or {}) do if part.column == from then part.column = to end end
end

-- A renamed column is renamed in whatever names it; expressions are left as they are.
local function follow_rename(t, from, to)
  rename_parts(t.primary_key, from, to)
  for _, key in ipairs(t.uniques or {}) do rename_parts(key, from, to) end
  for _, index in ipairs(t.indexes or {}) do rename_parts(index, from, to) end
  for _, fk in ipairs(t.foreign_keys or {}) do
    for i, name in ipairs(fk.columns) do if name == from then fk.columns[i] = to end end
  end
end

local function apply_shell(state, o)
  local key = dialect.key(o.before.name)
  local t = state[key]
  if not t then return end
  t.name, t.options, t.comment = o.after.name, copy(o.after.options or {}), o.after.comment
  state[key] = nil
  state[dialect.key(t.name)] = t
end

local function apply_member(t, o)
  if o.kind == "key" and (o.after or o.before).primary then
    t.primary_key = copy(o.after)
    return
  end
  put(list_of(t, o), o.before, copy(o.after))
  if o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name then
    follow_rename(t, o.before.name, o.after.name)
  end
end

--- Carries one operation over.
---@param step table
---@param o table Change
function M.apply(step, o)
  local state = of(step)
  if o.kind == "table" then
    if o.before then state[dialect.key(o.before.name)] = nil end
    if o.after then state[dialect.key(o.after.name)] = copy(o.after) end
  elseif o.kind == "shell" then
    apply_shell(state, o)
  elseif o.table then
    local t = state[dialect.key(o.table)]
    if t then apply_member(t, o) end
  end
end

--- Begins anew: a step that is rendered a second time starts from its tables before.
function M.reset(step) states[step] = nil end

--- The table as it will be once `o` has run; the argument is left alone.
function M.after(t, o)
  local made = copy(t)
  if made and o.table then apply_member(made, o) end
  return made
end

M.copy = copy

return M
