--- What an enum's new values concern besides the type.
---
--- Where values get other names in place, defaults, checks and indexes that say a value follow it by themselves. So they belong
--- into the step that renames the values: said by themselves, each way would name a value that is not there.

local altering = require("forge.direct.alter_column")
local fold = require("forge.fold")
local ops = require("forge.ops")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local function followed(text, map)
  return text and (text:gsub("'([^']*)'", function(value) return map[value] and "'" .. map[value] .. "'" end))
end

-- Can a literal in the text only be a value of the type? Beside another column of words it may be another one.
local function of_type_alone(b, t, enum, text)
  for _, column in ipairs(t.columns) do
    local row = b.ctx.d.types.map[column.type.name]
    local words = not row or row.family == "text" or (column.type.ref or "") ~= ""
    if words and column.type.ref ~= enum and sqltext.names(text, column.name) then return false end
  end
  return true
end

local function follow_check(b, t, enum, check, map)
  if not of_type_alone(b, t, enum, check.expr) then return check end
  local made = fold.copy(check)
  made.expr = followed(check.expr, map)
  return made
end

local function follow_index(b, t, enum, index, map)
  if (index.where or "") == "" or not of_type_alone(b, t, enum, index.where) then return index end
  local made = fold.copy(index)
  made.where = followed(index.where, map)
  return made
end

local FOLLOW = { check = follow_check, index = follow_index }

local function stays_in_place(b, change) return ((b.choices or {})[change] or { strategy = "direct" }).strategy == "direct" end

local function default_op(b, unit, change, enum, map)
  local now = change.before and change.after and b:column(unit.q, change.before.name)
  local given = now and now.type.ref == enum and now.default
  local value = given and given.kind == "string" and map[given.text]
  if not value or not change.after.default or change.after.default.text ~= value then return nil end
  return b:patch_column(unit.q, now.name, { default = change.after.default })
end

local function member_op(b, unit, change, enum, map)
  local kind = change.kind
  if not change.before or not change.after or change.before.name ~= change.after.name then return nil end
  local t = b:table(unit.q)
  if not fold.same(FOLLOW[kind](b, t, enum, change.before, map), change.after) then return nil end
  local made = b:alter_member(unit.q, kind, change.before.name, change.after)
  b.settled[change] = true
  return made
end

-- A view whose text differs in the values alone: the server keeps them by what they are, and shows their new names.
local function view_op(b, change, enum, map)
  local now = change.kind == "view" and change.before and change.after and b.state.views[strategy.display(change.before.name)]
  if not now or b.settled[change] or not fold.same(now, change.before) then return nil end
  local made = fold.copy(now)
  made.query = followed(now.query, map)
  if made.query == now.query or not fold.same(made, change.after) then return nil end
  for _, used in ipairs(now.uses or {}) do
    local t = b:table(used)
    if not t or not of_type_alone(b, t, enum, now.query) then return nil end
  end
  b.settled[change] = true
  return b:op(ops.alter_view(now, change.after))
end

--- The operations that the engine carries out along with the renamed values.
---@param b table builder
---@param before table EnumType
---@param after table EnumType
---@return table[] ops
function M.following(b, before, after)
  local renamed = b.ctx.d.renamed_values and b.ctx.d.renamed_values(before.values, after.values)
  if not renamed then return {} end
  local map, out, enum = {}, {}, strategy.display(before.name)
  for _, pair in ipairs(renamed) do map[pair[1]] = pair[2] end
  for _, unit in ipairs(b.units) do
    for _, change in ipairs(b:table(unit.q) and unit.changes or {}) do
      if stays_in_place(b, change) and not b.settled[change] then
        if change.kind == "column" then out[#out + 1] = default_op(b, unit, change, enum, map)
        elseif FOLLOW[change.kind] then out[#out + 1] = member_op(b, unit, change, enum, map) end
      end
    end
  end
  for _, change in ipairs(b.group.changes) do out[#out + 1] = view_op(b, change, enum, map) end
  return out
end

local function change_of(unit, column)
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.before and change.before.name == column.name then return change end
  end
end

local function readers_of(b, unit, enum)
  local list, seen = {}, {}
  for _, column in ipairs((b:table(unit.q) or { columns = {} }).columns) do
    for _, reader in ipairs(column.type.ref == enum and altering.readers(b, unit.q, column.name) or {}) do
      if reader.generated and not seen[reader.name] then list[#list + 1] = reader end
      seen[reader.name] = true
    end
  end
  return list
end

-- As the plan wants it: its expression may have to say other values by then.
local function in_new_form(unit, column)
  local change, made = change_of(unit, column), fold.copy(column)
  made.generated = change and change.after and change.after.generated or made.generated
  return made
end

local function make_again(b, unit, list)
  local names, made = {}, {}
  for i, column in ipairs(list) do names[i], made[i] = column.name, in_new_form(unit, column) end
  local views = #list > 0 and b:views_naming(unit.q, names) or {}
  local taken = b:take_views(views)
  local gone, members = altering.take_readers(b, unit.q, list)
  local back = altering.bring_readers(b, unit.q, made, members)
  return { taken, gone }, { back, b:bring_views(views, {}, false) }
end

local function gone_values(change)
  local gone = {}
  for _, value in ipairs(change.before.values) do gone[value] = true end
  for _, value in ipairs(change.after.values) do gone[value] = nil end
  return gone
end

local function says_gone(text, gone)
  for value in (text or ""):gmatch("'([^']*)'") do
    if gone[value] then return true end
  end
  return false
end

-- A default that says a value which goes is taken away before, and the new one comes behind.
local function move_default(b, unit, column, gone, before, behind)
  local given = column.default
  if not given or given.kind ~= "string" or not gone[given.text] then return end
  local own = change_of(unit, column)
  before[#before + 1] = b:patch_column(unit.q, column.name, {}, { "default" })
  if own and own.after and stays_in_place(b, own) and own.after.default then
    behind[#behind + 1] = { default_of = column.name, default = own.after.default }
  end
end

-- So are checks and partial indexes.
local function move_members(b, unit, enum, gone, before, behind)
  for _, change in ipairs(unit.changes) do
    local text = change.before and (change.kind == "check" and change.before.expr or change.kind == "index" and change.before.where)
    local object = says_gone(text, gone) and of_type_alone(b, b:table(unit.q), enum, text)
      and b:member(unit.q, change.kind, change.before.name)
    if object and not b.settled[change] then
      before[#before + 1] = b:drop_member(unit.q, change.kind, object.name)
      if change.after then behind[#behind + 1] = { kind = change.kind, object = change.after } end
      b.settled[change] = true
    end
  end
end

local function bring_moved(b, unit, list)
  local out = {}
  for _, row in ipairs(list) do
    out[#out + 1] = row.default and b:patch_column(unit.q, row.default_of, { default = row.default })
      or row.object and b:add_member(unit.q, row.kind, row.object) or nil
  end
  return out
end

--- What keeps the engine from building the type anew goes before and comes back behind: columns that are computed from one of the
--- type, and defaults, checks and indexes that say a value which goes. Computed columns that go in this plan are computed no
--- longer, and stand with the values they have until contract.
---@param b table builder
---@param change table of the enum
---@return table[] before, table[] behind operations
function M.in_the_way(b, change)
  local before, behind = {}, {}
  if not strategy.rewritten_by_enum(b.group, b.ctx, change) then return before, behind end
  local enum, gone = strategy.display(change.before.name), gone_values(change)
  for _, unit in ipairs(b.units) do
    local stays, moved = {}, {}
    for _, column in ipairs((b:table(unit.q) or { columns = {} }).columns) do
      if column.type.ref == enum then move_default(b, unit, column, gone, before, moved) end
    end
    if b:table(unit.q) then move_members(b, unit, enum, gone, before, moved) end
    for _, column in ipairs(readers_of(b, unit, enum)) do
      local own = change_of(unit, column)
      if own and not own.after then
        before[#before + 1] = b:patch_column(unit.q, column.name, { nullable = true }, { "generated" })
      else
        stays[#stays + 1] = column
      end
    end
    local taken, back = make_again(b, unit, stays)
    before[#before + 1], behind[#behind + 1] = taken, { back, bring_moved(b, unit, moved) }
  end
  return before, behind
end

--- What counts the rows that hold a value which goes; nil where none can stand in the way.
function M.checks(b, change)
  if not strategy.rewritten_by_enum(b.group, b.ctx, change) then return nil end
  local gone, words, out = gone_values(change), {}, {}
  for _, value in ipairs(change.before.values) do
    if gone[value] then words[#words + 1] = b.ctx.d:literal(value) end
  end
  local list = table.concat(words, ", ")
  for _, unit in ipairs(#words > 0 and b.units or {}) do
    for _, column in ipairs((b:table(unit.q) or { columns = {} }).columns) do
      if column.type.ref == strategy.display(change.before.name) and (column.type.array or 0) == 0 and not column.generated then
        out[#out + 1] = strategy.must_be_none(("no row of %s has %s in %s"):format(strategy.display(unit.q), list, column.name),
          strategy.count_where(b.ctx, unit.q, ("CAST(%s AS text) IN (%s)"):format(b.ctx.d:ident(column.name), list)))
      end
    end
  end
  return #out > 0 and out or nil
end

return M
