--- What goes with a rule that is dropped: rows come in that it would have refused, and the way back has to ask for them.

local archive = require("forge.archive")
local fold = require("forge.fold")
local losses = require("forge.losses")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local M = {}

local show, checks_for = strategy.display, words.checks_for

-- What a foreign key refers to, after the plan; nil where that goes.
local function parent_after(b, fk)
  local ctx, parent = b.ctx, b.by_key[show(fk.ref)]
  if parent then return parent.after end
  return ctx.table and ctx.table((ctx.renamed or {})[show(fk.ref)] or fk.ref, "after") or nil
end

local function column_goes(unit, name)
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.before and change.before.name == name then return change.after == nil end
  end
  return false
end

-- Do the rows that a foreign key refers to outlive the plan, with the columns that it refers to? They do in an archive, where
-- a question about them finds them (engine/emit/way_back_questions.hpp).
local function parent_stays(b, unit, fk)
  if fold.same_q(fk.ref, unit.q) then return true end
  if archive.keeps_rows(b.ctx, fk.ref) then return true end
  local parent = b.by_key[show(fk.ref)]
  local after = parent_after(b, fk)
  if not after then return not parent and (not b.ctx.table or strategy.never_there(b.ctx, fk.ref)) end
  local renamed = (b.ctx.renamed_columns or {})[show(fk.ref)] or {}
  for _, name in ipairs(fk.ref_columns) do
    if parent and column_goes(parent, name) then return false end
    if not parent and not strategy.column(after, renamed[name] or name) then return false end
  end
  return true
end

--- Is what a foreign key refers to called the same from the first step to the last? Only then can it be asked about at any.
---@return boolean
function M.reference_stays(b, unit, fk)
  return parent_stays(b, unit, fk) and not strategy.never_there(b.ctx, fk.ref) and not (b.ctx.renamed or {})[show(fk.ref)]
    and not (b.ctx.renamed_columns or {})[show(fk.ref)]
end

-- What keeps a rule that goes from standing again, and what asks for it.
local function counted(column) return column.nullable or column.identity or column.generated end

-- A unique key of which a column goes: on the way back that has one value in every row, unless the row's own key fills it, and
-- so the columns that are left must tell the rows apart. Gives those; nil where the key stands again anyway.
local function left_of_key(unit, object)
  local names, t = strategy.plain_columns(object.parts), unit.before
  if not t or not unit.after or not names or not fold.same_q(t.name, unit.after.name) then return nil end
  local left, own = {}, strategy.key(t)
  for _, name in ipairs(names) do
    local before, after = strategy.column(t, name), strategy.column(unit.after, name)
    if before and after then
      left[#left + 1] = { column = name }
    elseif not before or counted(before) or (#own == 1 and own[1] ~= name) then
      return nil
    end
  end
  return #left < #names and left or nil
end

local function rows_alike(ctx, q, left)
  if #left > 0 then return strategy.check_duplicates(ctx, q, left) end
  if ctx.d.ask then return strategy.must_be_none(("%s has no second document"):format(show(q)), ctx.d.ask.several(q)) end
  return strategy.must_be_none(("%s has no second row"):format(show(q)),
    "SELECT CASE WHEN COUNT(*) > 1 THEN 1 ELSE 0 END FROM " .. ctx.d:qname(q))
end

--- Does the table that a foreign key refers to come back without its rows, while the key's own columns keep their values?
function M.orphans(b, unit, fk)
  if fk.not_enforced or b.ctx.d.ask or not unit.before or parent_stays(b, unit, fk) then return false end
  for _, name in ipairs(fk.columns) do
    if column_goes(unit, name) then return false end  -- it comes back with values of its own
  end
  return true
end

--- What pointed at such a table, in words.
function M.forgotten(unit, fk)
  return ("what %s.%s points at: the rows of %s do not come back"):format(show(unit.q), table.concat(fk.columns, ", "), show(fk.ref))
end

--- Such a foreign key cannot stand while a row points anywhere.
---@param value? fun(column: string): string its value in the row that is asked about
---@return string loses
---@return table question what the way back asks first
function M.unparented(b, unit, fk, value)
  local pointing = {}
  for i, name in ipairs(fk.columns) do
    pointing[i] = (value and value(name) or b.ctx.d:ident(name)) .. " IS NOT NULL"
  end
  return M.forgotten(unit, fk) .. ", and the way back stops while rows point at them",
    strategy.must_be_none(("no row has a value in %s.%s: %s, to which it refers, comes back empty"):format(show(unit.q),
      table.concat(fk.columns, ", "), show(fk.ref)), strategy.count_where(b.ctx, unit.q, table.concat(pointing, " AND ")))
end

--- What is lost with a rule that goes, and what its way back asks first.
---@return string? loses
---@return table[]? checks_back
function M.lost(b, unit, kind, object)
  if kind == "foreign_key" and M.orphans(b, unit, object) then
    local loses, question = M.unparented(b, unit, object)
    return loses, { question }
  end
  local left = (kind == "key" or object.unique) and left_of_key(unit, object)
  if left then
    return ("what held rows of %s apart by %s: the way back stops where two agree in the rest of it"):format(show(unit.q),
      object.name or "the primary key"), { rows_alike(b.ctx, unit.q, left) }
  end
  local asks = kind ~= "foreign_key" or M.reference_stays(b, unit, object)
  return losses.rule(b.ctx, unit, kind, object, asks and checks_for(b.ctx, unit.q, kind, object) or nil)
end

--- A foreign key whose parent's rows do not come back: what pointed at them must let go, or it cannot stand again.
---@return table? work of the way back
function M.let_go(b, unit, fk)
  local ctx = b.ctx
  if ctx.d.ask then return nil end  -- a reference is a question there, and refuses nothing
  if parent_stays(b, unit, fk) or (ctx.renamed or {})[show(fk.ref)] then return nil end
  local set, t = {}, b:table(unit.q)
  for i, name in ipairs(fk.columns) do
    local column = strategy.column(t, name)
    if not column or not column.nullable or column_goes(unit, name) then return nil end
    set[i] = { to = name, expr = "NULL" }
  end
  local joined, present = {}, {}
  for i, name in ipairs(fk.columns) do
    local own = ctx.d:qname(unit.q) .. "." .. ctx.d:ident(name)
    joined[i] = "parent_row." .. ctx.d:ident(fk.ref_columns[i] or name) .. " = " .. own
    present[i] = own .. " IS NOT NULL"
  end
  local where = ("%s AND NOT EXISTS (SELECT 1 FROM %s AS parent_row WHERE %s)"):format(table.concat(present, " AND "),
    ctx.d:qname(fk.ref), table.concat(joined, " AND "))
  return b:backfill(unit, set, where, strategy.count_where(ctx, unit.q, where))
end

--- What becomes of the rows with a rule that goes, or makes room for another one: fields for its step.
---@return table { loses, checks_back, reverse_work }
function M.going(b, unit, kind, object)
  local work = kind == "foreign_key" and M.let_go(b, unit, object) or nil
  if not work then
    local lost, back = M.lost(b, unit, kind, object)
    return { loses = lost, checks_back = back }
  end
  return { reverse_work = work, loses = M.forgotten(unit, object) }
end

return M
