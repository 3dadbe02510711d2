--- What a way back does not give back as it was: one answer that every strategy states.
---
--- Values are lost where the conversion there or the one back is not exact, or where a backfill has written over them. A rule
--- that is relaxed loses nothing by itself, but once its freedom has been used the rule cannot stand again: the way back then
--- stops, and asks for such rows before it undoes anything.

local fold = require("forge.fold")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local LENGTHS_ONLY = { varchar = true, text = true, tinytext = true, mediumtext = true, longtext = true }

-- Does every value that passes come out as the same value? (What does not fit is refused, and so cannot be lost in silence.)
local function exact(ctx, from, to)
  if strategy.total(ctx, from, to) then return true end
  local a, b = ctx.d.types.map[from.name], ctx.d.types.map[to.name]
  if (from.array or 0) > 0 or (to.array or 0) > 0 or not a or not b then return false end
  return (a.family == "integer" and b.family == "integer") or (LENGTHS_ONLY[from.name] and LENGTHS_ONLY[to.name]) or false
end

local function text_fields_differ(before, after)
  return not (fold.same(before.charset, after.charset) and fold.same(before.collation, after.collation))
end

--- Do the values of a column that stands come back as they were?
---@param ctx table
---@param change table of a column, with a state before and one after
---@return boolean
function M.comes_back(ctx, change)
  local before, after, intent = change.before, change.after, change.intent or {}
  if after.generated or before.generated then return fold.same(before.generated, after.generated) end
  if (intent.backfill_up or "") ~= "" or (intent.backfill_down or "") ~= "" then return false end
  return exact(ctx, before.type, after.type)
end

--- Can the old column hold every value that the new one can?
---@return boolean
function M.holds_all(ctx, before, after)
  if before.generated or after.generated then return true end
  return strategy.total(ctx, after.type, before.type) and not text_fields_differ(before, after)
    and (before.nullable or not after.nullable)
end

--- What of a column's values does not come back once only the new column is left; nil where all of it does.
---@param ctx table
---@param q table the table
---@param change table of a column, with a state before and one after
---@return string?
function M.values(ctx, q, change)
  local before, after = change.before, change.after
  local name = show(q) .. "." .. before.name
  if after.generated and not before.generated then
    return ("the stored values of %s: the way back gives it those that its expression computes"):format(name)
  end
  if before.generated and not after.generated then
    return ("what is written to %s: the way back computes it again"):format(name)
  end
  if after.generated or M.comes_back(ctx, change) then return nil end
  local _, only_nulls = strategy.stated_fill(change)
  if only_nulls then return M.filled_nulls(q, before.name) end
  return ("values of %s that do not come back unchanged"):format(name)
end

--- The same for a column that a second one takes over from.
---@param p table from forge.pairs
---@return string?
function M.pair(p)
  if not p.down then return ("the values of %s: nothing says how they come back from %s"):format(p.old, p.final) end
  if not p.up_total then return ("values of %s that do not come back from %s unchanged"):format(p.old, p.final) end
  if not p.down_total then return ("values of %s that %s cannot hold"):format(p.final, p.old) end
end

--- The NULLs that a backfill of a standing column writes over.
function M.filled_nulls(q, name)
  return ("the NULLs of %s.%s: the way back leaves the values that the backfill gave them"):format(show(q), name)
end

-- Rules that are relaxed ------------------------------------------------------------------------------------------------

-- What becomes of a column that stands: its change, where there is one, and its column after the plan; nil where it goes.
local function successor(unit, name)
  for _, change in ipairs(unit.changes or {}) do
    if change.kind == "column" and change.before and change.before.name == name then return change.after, change end
  end
  return unit.after and strategy.column(unit.after, name)
end

-- Can the way back ask about the column that is called so now? Scripts follow it where it is renamed, and to a second column
-- that takes over from it; to that of a second table where its value is taken as it is.
local function can_ask(unit, name)
  if not unit.before or not unit.after or not strategy.column(unit.before, name) then return false end
  local after, change = successor(unit, name)
  if not after or after.name == name then return after ~= nil end
  local how = change and ((unit.choices or {})[change] or {}).strategy
  if how == "direct" or how == "big_bang" or how == "shadow_column" then return true end
  return (how == "shadow_table" or how == "blue_green") and fold.same(change.before.type, change.after.type)
    and not strategy.stated_fill(change)
end

local function named_columns(t, kind, object)
  local names = {}
  for _, column in ipairs(t.columns) do
    if strategy.member_names(kind, object, column.name) then names[#names + 1] = column.name end
  end
  return names
end

-- Do all columns of the rule stay, under whatever name, so that it must stand again on the way back?
local function rule_returns(unit, kind, object)
  if not unit.before or not unit.after then return false end
  for _, name in ipairs(named_columns(unit.before, kind, object)) do
    if not successor(unit, name) then return false end
  end
  return true
end

local function alike(ctx, a, b)
  local from, to = ctx.d.types.map[a.name], ctx.d.types.map[b.name]
  return fold.same(a, b) or (from ~= nil and to ~= nil and from.family == to.family)
end

-- Are the values computed otherwise than the engine converts them? The old rule says nothing of the new ones then.
local function computed(unit, name)
  local _, change = successor(unit, name)
  local up, only_nulls = nil, nil
  if change then up, only_nulls = strategy.stated_fill(change) end
  return up ~= nil and not only_nulls
end

-- A rule is asked for of columns that it can still be said of.
local function can_ask_rule(ctx, unit, kind, object)
  for _, name in ipairs(named_columns(unit.before, kind, object)) do
    if computed(unit, name) or not can_ask(unit, name)
      or not alike(ctx, strategy.column(unit.before, name).type, successor(unit, name).type) then
      return false
    end
  end
  return true
end

local INTEGER_RANGE = {
  tinyint = { "-128", "127" }, smallint = { "-32768", "32767" }, mediumint = { "-8388608", "8388607" },
  integer = { "-2147483648", "2147483647" }, int = { "-2147483648", "2147483647" },
}

-- Rows that hold a value which a list of values does not have; nil where nothing came to it.
local function check_listed(ctx, q, name, before, after)
  if ctx.d.ask then return ctx.d.ask.new_values(q, name, before, after) end
  local new = {}
  for _, value in ipairs(after) do
    if not strategy.contains(before, value) then new[#new + 1] = ctx.d:literal(value) end
  end
  if #new == 0 then return nil end
  return strategy.must_be_none(("no row of %s has a new value in %s"):format(show(q), name),
    strategy.count_where(ctx, q, ("%s IN (%s)"):format(ctx.d:ident(name), table.concat(new, ", "))))
end

-- Texts that are no number of the old type; nil where the engine knows no patterns.
local function check_number(ctx, q, before, after)
  local range = before.type.name == "bigint" and { "-9223372036854775808", "9223372036854775807" }
    or INTEGER_RANGE[before.type.name]
  if not ctx.d.whole_number or not range or before.type.unsigned then return nil end
  local name = ctx.d:ident(after.name)
  local beyond = ("%s IS NOT NULL AND CASE WHEN %s THEN CAST(%s AS decimal(60)) NOT BETWEEN %s AND %s ELSE TRUE END"):format(
    name, ctx.d:whole_number(name), name, range[1], range[2])
  return strategy.must_be_none(("every %s of %s can be held as %s"):format(after.name, show(q), ctx.d:type_sql(before.type)),
    strategy.count_where(ctx, q, beyond))
end

--- Rows whose value the old type cannot hold; nil where no plain question finds them.
---@param ctx table
---@param q table the table
---@param before table the column of the old schema
---@param after table the same in the new one, under the name by which it is asked for
---@return table? assertion
function M.check_held(ctx, q, before, after)
  if before.type.name == "enum" and after.type.name == "enum" then
    return check_listed(ctx, q, after.name, before.type.values or {}, after.type.values or {})
  end
  local elements = (after.type.array or 0) > 0
  local length = not elements and strategy.check_length(ctx, q, after, before)
  if length then return length end
  local range = INTEGER_RANGE[before.type.name]
  local a, b = ctx.d.types.map[after.type.name], ctx.d.types.map[before.type.name]
  if ctx.d.ask then return nil end  -- BSON's own types say what they hold
  if a and b and a.family == "text" and b.family == "integer" and not elements then return check_number(ctx, q, before, after) end
  if not range or before.type.unsigned or after.type.unsigned or not a or not b or a.family ~= "integer" then return nil end
  local name = elements and "forgelua_element" or ctx.d:ident(after.name)
  local beyond = ("%s < %s OR %s > %s"):format(name, range[1], name, range[2])
  if elements then
    beyond = ("EXISTS (SELECT FROM unnest(%s) AS forgelua_element WHERE %s)"):format(ctx.d:ident(after.name), beyond)
  end
  return strategy.must_be_none(("every %s of %s can be held as %s"):format(after.name, show(q), ctx.d:type_sql(before.type)),
    strategy.count_where(ctx, q, beyond))
end

--- What stops the way back of a column's type, or what it loses.
---@param unit table of the builder
---@param now table the column before the step
---@param final table the column after it
---@param change table
---@return string? loses
---@return table[]? checks_back
function M.retype(ctx, unit, now, final, change)
  local lost, intent = M.values(ctx, unit.q, change), change.intent or {}
  if strategy.total(ctx, final.type, now.type) and not text_fields_differ(now, final) then return lost end
  if (intent.backfill_up or "") ~= "" or (intent.backfill_down or "") ~= "" then return lost end
  local check = can_ask(unit, now.name) and now.name == final.name and M.check_held(ctx, unit.q, now, final)
  if lost and not check then return lost end
  return (lost and lost .. "; " or "") .. ("values of %s.%s that %s cannot hold: the way back stops at them until they are changed")
    :format(show(unit.q), final.name, ctx.d:type_sql(now.type)), check and { check } or nil
end

--- What stops the way back of a column that may be NULL from here.
---@return string loses
---@return table[]? checks_back
function M.relaxed_null(ctx, unit, name)
  return ("NULLs written to %s.%s: the way back stops at them until they have a value"):format(show(unit.q), name),
    can_ask(unit, name) and { strategy.check_nulls(ctx, unit.q, name) } or nil
end

local WRITTEN = {
  key = "rows of %s that agree in what %s held apart", index = "rows of %s that agree in what %s held apart",
  check = "rows of %s that violate %s", foreign_key = "rows of %s that point nowhere by %s",
  exclusion = "rows of %s that conflict by %s",
}

local RULE = {
  key = { "parts", "nulls_not_distinct" }, index = { "unique", "parts", "where", "nulls_not_distinct" }, check = { "expr" },
  foreign_key = { "columns", "ref", "ref_columns" }, exclusion = { "parts", "where", "using" },
}

--- Do two members of a kind bind the same rows?
function M.same_rule(kind, a, b)
  for _, field in ipairs(RULE[kind]) do
    if not fold.same(a[field], b[field]) then return false end
  end
  return (b.not_enforced or false) == (a.not_enforced or false)
end

--- Does the table's new shape let in rows that the old one refuses?
---@param unit table of the builder
---@param after table the new shape
---@return boolean
function M.relaxes(ctx, unit, after)
  for _, change in ipairs(unit.changes) do
    local before, new = change.before, change.after
    if change.kind == "column" and before and new and not M.holds_all(ctx, before, new) then return true end
    -- Of its foreign keys the old table lets go, where it need not be built anew for that.
    local bound = change.kind ~= "foreign_key" or ctx.features.rebuild
    if WRITTEN[change.kind] and bound and before and (change.kind ~= "index" or before.unique) and not before.not_enforced
      and not (new and M.same_rule(change.kind, before, new))
      and rule_returns({ before = unit.before, after = after, changes = unit.changes }, change.kind, before) then
      return true
    end
  end
  return false
end

--- What stops the way back of a new list of values of a type.
---@param b table the builder
---@param before table the type
---@param after table
---@return string? loses
---@return table[]? checks_back
function M.added_values(b, before, after)
  local checks, new = {}, {}
  for _, value in ipairs(after.values) do
    if not strategy.contains(before.values, value) then new[#new + 1] = b.ctx.d:literal(value) end
  end
  if #new == 0 then return nil end
  for _, unit in ipairs(b.units) do
    for _, column in ipairs((unit.before or { columns = {} }).columns) do
      local final = successor(unit, column.name)
      if final and final.type.ref == show(after.name) and (final.type.array or 0) == 0 and can_ask(unit, column.name) then
        checks[#checks + 1] = check_listed(b.ctx, unit.q, column.name, before.values, after.values)
      end
    end
  end
  return ("rows that hold %s of %s: the way back stops at them until they are changed"):format(table.concat(new, ", "),
    show(after.name)), #checks > 0 and checks or nil
end

--- What stops the way back of a rule that goes; nothing where the rule need not stand again, or binds nothing.
---@param ctx table
---@param unit table of the builder
---@param kind string
---@param object table the rule that goes
---@param checks table[]? the questions that its return must pass
---@return string? loses
---@return table[]? checks_back
function M.rule(ctx, unit, kind, object, checks)
  if (kind == "index" and not object.unique) or object.not_enforced or not rule_returns(unit, kind, object) then return nil end
  local name = (object.name or ""):match("^unnamed:%a[%a_]*:(.*)$")
  name = name and "(" .. name .. ")" or (object.name or "") ~= "" and object.name or "the primary key"
  return WRITTEN[kind]:format(show(unit.q), name) .. ": the way back stops at them until they are changed",
    can_ask_rule(ctx, unit, kind, object) and checks or nil
end

return M
