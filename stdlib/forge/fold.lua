--- The fold over the model in Lua: what a schema looks like once an operation has run. Strategies plan on it, so that
--- each operation's `before` is what stands then; the engine folds the finished plan once more, and is the judge.

local key_of = require("forge.dialect").key
local sqltext = require("forge.sqltext")

local M = {}

-- Member kinds that are lists in a table.
local LISTS = { index = "indexes", foreign_key = "foreign_keys", check = "checks", exclusion = "exclusions" }

-- The engine's own, where there is one: it needs no order.
local copy = copy_of or function(value)
  local out = {}
  for k, v in pairs(value) do out[k] = v end
  return out
end
M.copy = copy

--- A deep copy of a plain value.
function M.deep(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for k, v in pairs(value) do out[k] = M.deep(v) end
  return out
end

local function is_empty(value)
  return value == nil or value == false or value == "" or value == 0 or (type(value) == "table" and M.bare(value))
end

--- Is the table without a single key?
M.bare = is_bare or function(value)
  local bare = true
  for _ in pairs(value) do bare = false end
  return bare
end

--- Equality of two objects of the model: a field that is missing and one at its default are the same.
---@return boolean same
---@return string? where the first field that differs
function M.same(a, b)
  if a == b then return true end
  if type(a) == "string" and type(b) == "string" then return sqltext.plain(a) == sqltext.plain(b) end
  if type(a) ~= "table" or type(b) ~= "table" then return is_empty(a) and is_empty(b) end
  if is_same and is_same(a, b) then return true end
  -- A list has what stands in it: (0) is another precision than none.
  if a[1] ~= nil and b[1] == nil or a[1] == nil and b[1] ~= nil then return false, "1" end
  for k, v in pairs(a) do
    local ok, where = M.same(v, b[k])
    if not ok then return false, tostring(k) .. (where and "." .. where or "") end
  end
  for k, v in pairs(b) do
    if a[k] == nil and not is_empty(v) then return false, tostring(k) end
  end
  return true
end

---@param tables table<string, table>
---@param views table[]?
function M.state(tables, views)
  local state = { tables = {}, views = {}, syncs = {} }
  for key, t in pairs(tables) do state.tables[key] = t end
  for _, view in ipairs(views or {}) do state.views[key_of(view.name)] = view end
  return state
end

--- A second state that shares nothing which the first may change.
function M.branch(state)
  return { tables = copy(state.tables), views = copy(state.views), syncs = copy(state.syncs) }
end

local function position(list, name)
  for i, object in ipairs(list or {}) do
    if object.name == name then return i end
  end
end

--- The object of that name in a list, and where it stands.
function M.find(list, name)
  local i = position(list, name)
  return i and list[i], i
end

--- Has an index an expression among its parts?
function M.on_expression(index)
  for _, part in ipairs(index.parts or {}) do
    if (part.expr or "") ~= "" then return true end
  end
  return false
end

local function replaced(list, before, after)
  local out, at = {}, before and position(list, before.name)
  if before and not at then return nil, "there is no '" .. tostring(before.name) .. "'" end
  if before then
    local ok, where = M.same(list[at], before)
    if not ok then return nil, "'" .. before.name .. "' is not as stated: " .. tostring(where) .. " differs" end
  end
  if after and (not before or before.name ~= after.name) and position(list, after.name) then
    return nil, "'" .. after.name .. "' is there already"
  end
  for i, object in ipairs(list or {}) do
    if i ~= at then out[#out + 1] = object elseif after then out[#out + 1] = after end
  end
  if after and not at then out[#out + 1] = after end
  return out
end

local function mapped_names(list, map)
  local out = {}
  for i, name in ipairs(list or {}) do out[i] = map[name] or name end
  return out
end

local function mapped_parts(parts, map)
  local out = {}
  for i, part in ipairs(parts or {}) do
    local made = copy(part)
    if made.column then made.column = map[made.column] or made.column end
    made.expr = sqltext.rename(made.expr, map)
    out[i] = made
  end
  return out
end

--- A member of a table (or a column) with the columns that it names renamed. `kind` is an operation's kind.
---@param kind string
---@param object table
---@param map table<string, string>
function M.renamed_member(kind, object, map)
  local made = copy(object)
  if kind == "key" or kind == "index" then
    made.parts = mapped_parts(object.parts, map)
    made.include = mapped_names(object.include, map)
    made.where = sqltext.rename(object.where, map)
  elseif kind == "foreign_key" then
    made.columns = mapped_names(object.columns, map)
  elseif kind == "check" then
    made.expr = sqltext.rename(object.expr, map)
  elseif kind == "exclusion" then
    made.parts = mapped_parts(object.parts, map)
    made.where = sqltext.rename(object.where, map)
  elseif kind == "column" and object.generated then
    made.generated = copy(object.generated)
    made.generated.expr = sqltext.rename(object.generated.expr, map)
  end
  return made
end

local function map_list(list, kind, map)
  local out = {}
  for i, object in ipairs(list or {}) do out[i] = M.renamed_member(kind, object, map) end
  return out
end

local function same_q(a, b) return a.name == b.name and (a.schema or "") == (b.schema or "") end
M.same_q = same_q

-- Every foreign key that refers to `q`, as a copy that `edit` has changed.
local function edit_references(state, q, edit)
  for key, t in pairs(state.tables) do
    local keys, changed = {}, false
    for i, fk in ipairs(t.foreign_keys or {}) do
      keys[i] = fk
      if same_q(fk.ref, q) then
        keys[i] = copy(fk)
        edit(keys[i])
        changed = true
      end
    end
    if changed then
      local made = copy(t)
      made.foreign_keys = keys
      state.tables[key] = made
    end
  end
end

local function map_references(state, table_name, map)
  edit_references(state, table_name, function(fk) fk.ref_columns = mapped_names(fk.ref_columns, map) end)
end

local function uses(view, q)
  for _, used in ipairs(view.uses or {}) do
    if same_q(used, q) then return true end
  end
  return false
end

local function map_views(state, table_name, map)
  for key, view in pairs(state.views) do
    if uses(view, table_name) then
      local made = copy(view)
      made.query = sqltext.renamed_query(view.query, { named = #(view.columns or {}) > 0, tables = { table_name }, columns = map })
      state.views[key] = made
    end
  end
end

local function rename_column(t, from, to)
  local map = { [from] = to }
  t.columns = map_list(t.columns, "column", map)
  if t.primary_key then t.primary_key = M.renamed_member("key", t.primary_key, map) end
  t.uniques = map_list(t.uniques, "key", map)
  for kind, field in pairs(LISTS) do t[field] = map_list(t[field], kind, map) end
  return map
end

local function apply_column(state, key, t, op)
  local columns, problem = replaced(t.columns, op.before, op.after)
  if not columns then return problem end
  t.columns = columns
  if op.before and op.after and op.before.name ~= op.after.name then
    local map = rename_column(t, op.before.name, op.after.name)
    state.tables[key] = t
    map_references(state, op.table, map)
    map_views(state, op.table, map)
    return nil
  end
  state.tables[key] = t
end

local function apply_key(state, key, t, op)
  local object = op.before or op.after
  if object.primary then
    if op.before and not (t.primary_key and M.same(t.primary_key, op.before)) then
      return "the primary key is not as stated"
    end
    if not op.before and t.primary_key then return "there is a primary key already" end
    t.primary_key = op.after
  else
    local list, problem = replaced(t.uniques, op.before, op.after)
    if not list then return problem end
    t.uniques = list
  end
  state.tables[key] = t
end

local function apply_member(state, op)
  local key = key_of(op.table)
  local t = state.tables[key]
  if not t then return "there is no table '" .. key .. "'" end
  t = copy(t)
  if op.kind == "column" then return apply_column(state, key, t, op) end
  if op.kind == "key" then return apply_key(state, key, t, op) end
  local field = LISTS[op.kind]
  local list, problem = replaced(t[field], op.before, op.after)
  if not list then return problem end
  t[field] = list
  state.tables[key] = t
end

local function retarget(state, from, to)
  edit_references(state, from, function(fk) fk.ref = to end)
  for key, sync in pairs(state.syncs) do
    if same_q(sync.table, from) or (sync.target and same_q(sync.target, from)) then
      local made = copy(sync)
      made.table = same_q(sync.table, from) and to or sync.table
      made.target = sync.target and same_q(sync.target, from) and to or sync.target
      state.syncs[key] = made
    end
  end
  for key, view in pairs(state.views) do
    if uses(view, from) then
      local made = copy(view)
      made.query = sqltext.renamed_query(view.query, { moved = { { from = from, to = to } } })
      made.uses = {}
      for i, used in ipairs(view.uses) do made.uses[i] = same_q(used, from) and to or used end
      state.views[key] = made
    end
  end
end

local function apply_shell(state, op)
  local from, to = key_of(op.before.name), key_of(op.after.name)
  local t = state.tables[from]
  if not t then return "there is no table '" .. from .. "'" end
  if from ~= to and state.tables[to] then return "there is a table '" .. to .. "' already" end
  if from ~= to and state.views[to] then return "there is a view '" .. to .. "' already" end
  if not M.same(t.options, op.before.options) then return "the options are not as stated" end
  t = copy(t)
  t.name, t.options, t.comment = op.after.name, op.after.options, op.after.comment
  state.tables[from] = nil
  state.tables[to] = t
  if from ~= to then retarget(state, op.before.name, op.after.name) end
end

-- A table's lists of named objects.
local MEMBERS = { columns = true, uniques = true, indexes = true, foreign_keys = true, checks = true, exclusions = true }

local function same_in_order(a, b)
  for i, object in ipairs(a) do
    if not M.same(object, b[i]) then return false end
  end
  return #a == #b
end

-- Equality of two lists of named objects, whose order is no difference.
local function same_members(a, b)
  if same_in_order(a, b) then return true end
  local other = {}
  for _, object in ipairs(b) do other[object.name] = object end
  for _, object in ipairs(a) do
    local ok, where = M.same(object, other[object.name])
    if not ok then return false, object.name .. (where and "." .. where or "") end
    other[object.name] = nil
  end
  return M.bare(other)
end

-- Equality of two tables but for the order of their lists, and where they differ.
local function same_table(a, b)
  if is_same and is_same(a, b) then return true end
  local fields = {}
  for field in pairs(a) do fields[#fields + 1] = field end
  for field in pairs(b) do
    if a[field] == nil then fields[#fields + 1] = field end
  end
  for _, field in ipairs(fields) do
    local ok, where = (MEMBERS[field] and same_members or M.same)(a[field] or {}, b[field] or {})
    if not ok then return false, field .. (where and "." .. where or "") end
  end
  return true
end

local function apply_named(map, op, what)
  local from, to = op.before and key_of(op.before.name), op.after and key_of(op.after.name)
  if from and not map[from] then return "there is no " .. what .. " '" .. from .. "'" end
  if from then
    local ok, where = (what == "table" and same_table or M.same)(map[from], op.before)
    if not ok then return what .. " '" .. from .. "' is not as stated: " .. tostring(where) .. " differs" end
  end
  if to and to ~= from and map[to] then return "there is a " .. what .. " '" .. to .. "' already" end
  if from then map[from] = nil end
  if to then map[to] = op.after end
end

--- Carries out one operation on a state, in place.
---@param state table
---@param op table
---@return string? problem what the operation says of the state that is not so
function M.apply(state, op)
  local kind = op.kind
  if kind == "table" then return apply_named(state.tables, op, "table") end
  if kind == "shell" then return apply_shell(state, op) end
  if kind == "view" then return apply_named(state.views, op, "view") end
  if kind == "sync" then return apply_named(state.syncs, op, "sync") end
  if op.table and op.table.name then return apply_member(state, op) end
  return nil  -- enums, sequences, namespaces, raw SQL: nothing here plans on their state
end

--- The first difference between two maps of tables (or views), in words; nil where there is none.
---@param have table<string, table>
---@param want table<string, table>
---@return string?
function M.difference(have, want)
  for key, t in pairs(want) do
    if not have[key] then return "'" .. key .. "' is missing", key end
    local ok, where = same_table(have[key], t)
    if not ok then return "'" .. key .. "' differs in " .. tostring(where), key end
  end
  for key in pairs(have) do
    if not want[key] then return "'" .. key .. "' is left over", key end
  end
end

return M
