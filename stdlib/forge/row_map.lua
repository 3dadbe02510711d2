--- How the rows of a table become the rows of its second copy, and back: one expression per column each way.

local fold = require("forge.fold")
local pairs_of = require("forge.pairs")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local function column_changes(group, q)
  local by_after, by_before, intents = {}, {}, {}
  for _, change in ipairs(group.changes) do
    if change.kind == "column" and fold.same_q(change.table, q) then
      if change.before and change.after then
        by_after[change.after.name] = change.before.name
        by_before[change.before.name] = change.after.name
      end
      if change.after then intents[change.after.name] = { intent = change.intent or {}, change = change } end
    end
  end
  return by_after, by_before, intents
end

local function filled(ctx, source, target, row)
  local name = ctx.d:ident(source.name)
  local up, only_nulls = nil, nil
  if row then up, only_nulls = strategy.stated_fill(row.change) end
  if not up then return strategy.convert(ctx, name, source.type, target.type) end
  return only_nulls and ("COALESCE(%s, %s)"):format(name, up) or up
end

-- The expression for a column that the old table lacks; "" where it stays NULL or numbers itself. A table that is to be empty
-- (forge.no_rows) has no row that would need one.
local function invented(ctx, column, up, empty)
  if up and up ~= "" then return up end
  if column.identity then return "" end
  if column.default then return strategy.expr_sql(ctx, column.default) end
  if column.nullable then return "" end
  return empty and strategy.zero(ctx, column) or nil
end

local function forward(ctx, before, after, by_after, intents, empty)
  local list = {}
  for _, column in ipairs(after.columns) do
    local source = strategy.column(before, by_after[column.name] or column.name)
    if not column.generated then
      local expr
      if source then expr = filled(ctx, source, column, intents[column.name])
      else expr = invented(ctx, column, (intents[column.name] or { intent = {} }).intent.backfill_up, empty) end
      if not expr then
        return nil, ("nothing says what %s.%s holds for the rows that stand: state :backfill"):format(
          strategy.display(after.name), column.name)
      end
      if expr ~= "" then list[#list + 1] = { to = column.name, expr = expr } end
    end
  end
  return list
end

local function counterparts(group, intents)
  local out = {}
  for _, row in pairs(intents) do
    local goes = pairs_of.counterpart(row.change, group)
    if goes then out[goes.before.name] = row.intent.backfill_down end
  end
  return out
end

-- What a column of the old table gets where it cannot hold a value of the new one. A key must hold it: nil.
local function otherwise(ctx, column, before)
  if strategy.in_primary_key(before, column.name) then return nil end
  return column.nullable and "NULL" or strategy.zero(ctx, column)
end

local function backward(ctx, before, after, by_before, intents, given)
  local list, lost, total = {}, {}, true
  for _, column in ipairs(before.columns) do
    local target = strategy.column(after, by_before[column.name] or column.name)
    if not column.generated then
      local expr, safe = given[column.name], false
      if target and not expr then
        local down = intents[target.name] and intents[target.name].intent.backfill_down
        expr = (down and down ~= "") and down
          or strategy.convert(ctx, ctx.d:ident(target.name), target.type, column.type)
        safe = (down or "") == "" and strategy.total(ctx, target.type, column.type)
        total = total and safe
      end
      if expr then
        list[#list + 1] = { to = column.name, expr = expr, otherwise = not safe and otherwise(ctx, column, before) or nil }
      else lost[#lost + 1] = column end
    end
  end
  return list, lost, total
end

local function unique_keys(t)
  local list = {}
  if t.primary_key then list[#list + 1] = strategy.plain_columns(t.primary_key.parts) end
  for _, unique in ipairs(t.uniques or {}) do list[#list + 1] = strategy.plain_columns(unique.parts) end
  for _, index in ipairs(t.indexes or {}) do
    if index.unique and (index.where or "") == "" then list[#list + 1] = strategy.plain_columns(index.parts) end
  end
  return list
end

local function stands(ctx, before, after, by_after, names)
  for _, name in ipairs(names) do
    local a, b = strategy.column(before, name), strategy.column(after, name)
    if not a or not b or a.nullable or (by_after[name] or name) ~= name then return false end
    if not fold.same(a.type, b.type) and not strategy.total(ctx, a.type, b.type) then return false end
  end
  return #names > 0
end

-- The column of a key that only its new name keeps from finding rows in both tables.
local function renamed_key(ctx, before, after, by_before)
  for _, names in ipairs(unique_keys(before)) do
    local found, holds = nil, true
    for _, name in ipairs(names) do
      local a, b = strategy.column(before, name), strategy.column(after, by_before[name] or name)
      holds = holds and a and b and not a.nullable and (fold.same(a.type, b.type) or strategy.total(ctx, a.type, b.type))
      found = by_before[name] and by_before[name] ~= name and name or found
    end
    if holds and found then return found end
  end
end

-- The key that finds a row in both tables: unique in both where there is one, else unique before.
local function common_key(ctx, before, after, by_after, kept)
  local first
  local function free(names)
    for _, change in ipairs(kept or {}) do
      if strategy.contains(names, change.before.name) then return false end
    end
    return true
  end
  for _, names in ipairs(unique_keys(before)) do
    if free(names) and stands(ctx, before, after, by_after, names) then
      for _, other in ipairs(unique_keys(after)) do
        if fold.same(other, names) then return names end
      end
      first = first or names
    end
  end
  return first
end

-- A key column whose collation has no name in one of the two tables.
local function unnamed_collation(ctx, before, after, key)
  for _, name in ipairs(key) do
    if not (strategy.keyed_as(ctx, name, before, after, name) and strategy.keyed_as(ctx, name, after, before, name)) then return name end
  end
  return nil
end

-- A value that is made of the old one by what the specification states is not that one again when it comes back as it is: in
-- brackets it counts as computed, and the old table keeps what it has until somebody writes anew.
local function mark_computed(ctx, back, by_before, intents, key)
  for _, row in ipairs(back) do
    local target = by_before[row.to] or row.to
    local stated = intents[target] and strategy.stated_fill(intents[target].change)
    if stated and row.expr == ctx.d:ident(target) and not strategy.contains(key, row.to) then row.expr = "(" .. row.expr .. ")" end
  end
end

--- The map, or nil and the reason why there is none.
---@param group table
---@param ctx table
---@param before table
---@param after table
---@param kept? table[] changes of columns that stay in the copy until contract: the new application does not write them
---@return table? map { set, back, lost, total, key }
---@return string? reason
function M.make(group, ctx, before, after, kept)
  local by_after, by_before, intents = column_changes(group, before.name)
  local empty = (group.must_be_empty or {})[strategy.display(before.name)] ~= nil
  local set, reason = forward(ctx, before, after, by_after, intents, empty)
  if not set then return nil, reason end
  local key = common_key(ctx, before, after, by_after, kept)
  if not key then
    local renamed = renamed_key(ctx, before, after, by_before)
    return nil, ("%s has no key of NOT NULL columns that the old and the new table share: the copies could not be kept "
      .. "equal"):format(strategy.display(before.name)) .. (renamed
      and (" (the key's column %s gets another name: rename it in a migration of its own, before or after this one)"):format(renamed) or "")
  end
  local unnamed = unnamed_collation(ctx, before, after, key)
  if unnamed then
    return nil, ("the key column %s of %s gets another collation, and one of the two is the database's own, which a script cannot name: "
      .. "its rows could not be found by an index (state it, or ask for big_bang in a window)"):format(
        unnamed, strategy.display(before.name))
  end
  local back, lost, total = backward(ctx, before, after, by_before, intents, counterparts(group, intents))
  mark_computed(ctx, back, by_before, intents, key)
  return { set = set, back = back, lost = lost, total = total, key = key }
end

-- The value as the target's column holds it: the engine may not compare the two else, or storing rounds, pads or cuts.
local function as_stored(ctx, row, source, target)
  local column = ctx.d.stored_value and strategy.column(target, row.to)
  if not column then return row.expr end
  for _, read in ipairs(source.columns) do
    if ctx.d:ident(read.name) == row.expr and strategy.total(ctx, read.type, column.type) then return row.expr end
  end
  return ctx.d:stored_value(row.expr, column.type)
end

-- Are the source's value and the copy's the same? What is another value each time that it is computed is only looked at for
-- being there.
local function agrees(ctx, row, source, column, target)
  local name = ctx.d:ident(row.to)
  local a, b = strategy.exact(ctx, strategy.mixed(ctx, row.expr, source, column, target), "copied." .. name, "source." .. name)
  if sqltext.volatile(row.expr) then return ("(%s IS NOT NULL OR %s IS NULL)"):format(a, b) end
  return strategy.comparable(column) and ("(%s = %s OR (%s IS NULL AND %s IS NULL))"):format(a, b, a, b) or nil
end

--- A query that counts the rows of `from` that have no equal row in `to`; `source` and `target` are what the two hold.
function M.verify(ctx, from, to, map, source, target)
  local d, columns, equal, seen = ctx.d, {}, {}, {}
  for _, row in ipairs(map.set) do
    columns[#columns + 1] = ("%s AS %s"):format(as_stored(ctx, row, source, target), d:ident(row.to))
    seen[row.to] = true
  end
  for _, name in ipairs(map.key) do
    if not seen[name] then columns[#columns + 1] = d:ident(name) end
    equal[#equal + 1] = ("copied.%s = %s"):format(d:ident(name), strategy.keyed_as(ctx, "source." .. d:ident(name), source, target, name))
  end
  for _, row in ipairs(map.set) do
    local column = strategy.column(target, row.to)
    if not strategy.contains(map.key, row.to) then equal[#equal + 1] = agrees(ctx, row, source, column, target) end
  end
  return ("SELECT COUNT(*) FROM (SELECT %s FROM %s) AS source WHERE NOT EXISTS (SELECT 1 FROM %s AS copied WHERE %s)")
    :format(table.concat(columns, ", "), d:qname(from), d:qname(to), table.concat(equal, " AND "))
end

return M
