--- What must hold of a table's rows before a copy of it is filled: everything that the copy insists on and the table does not.
--- Asked while the way back is to drop an empty table; each check counts the rows in the way.

local fold = require("forge.fold")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- A NULL that compares as its column will; MySQL and MariaDB compare it with anything.
local function null_of(ctx, column)
  if ctx.d.flavour then return "NULL" end
  return ("CAST(NULL AS %s)"):format(ctx.d:type_sql(column.type))
end

-- The table's rows as the copy will hold them: a query in brackets that gives these columns under their new names; nil where
-- one of them is not known beforehand (the engine numbers or computes it).
local function rows_as_copied(ctx, entry, names)
  local expr_of, out = {}, {}
  for _, row in ipairs(entry.map.set) do expr_of[row.to] = row.expr end
  for i, name in ipairs(names) do
    local column = strategy.column(entry.after, name)
    local expr = expr_of[name]
    if not column or column.generated or (not expr and not column.nullable) then return nil end
    out[i] = ("%s AS %s"):format(expr or null_of(ctx, column), ctx.d:ident(name))
  end
  return ("(SELECT %s FROM %s)"):format(table.concat(out, ", "), ctx.d:qname(entry.unit.before.name))
end

local function named_columns(entry, kind, object)
  local names = {}
  for _, column in ipairs(entry.after.columns) do
    if strategy.member_names(kind, object, column.name) then names[#names + 1] = column.name end
  end
  return names
end

-- Does a member of that kind say the same over the table as it stands? Names do not matter, renamed columns do not either.
local function stands(entry, field, kind, object)
  local map = {}
  for _, change in ipairs(entry.unit.changes) do
    if change.kind == "column" and change.before and change.after then map[change.before.name] = change.after.name end
  end
  for _, other in ipairs(entry.unit.before[field] or {}) do
    local made = fold.renamed_member(kind, other, map)
    made = fold.copy(made)
    made.name = object.name
    if fold.same(made, object) then return true end
  end
  return false
end

-- Columns whose values the copy computes anew may break a rule that the old values keep.
local function moved(entry, names)
  for _, name in ipairs(names) do
    local source = strategy.column(entry.unit.before, name)
    if not source then return true end
    for _, change in ipairs(entry.unit.changes) do
      if change.kind == "column" and change.after and change.after.name == name
        and (not fold.same(source.type, change.after.type) or (change.intent or {}).backfill_up) then return true end
    end
  end
  return false
end

local function asked(entry, field, kind, object, names)
  return not stands(entry, field, kind, object) or moved(entry, names)
end

-- The expression that somebody states for a column, where it replaces the value.
local function stated(entry, name)
  for _, change in ipairs(entry.unit.changes) do
    if change.kind == "column" and change.after and change.after.name == name then
      local up, only_nulls = strategy.stated_fill(change)
      return not only_nulls and up or nil
    end
  end
end

local function nulls(ctx, entry, out)
  local q, expr_of = entry.unit.before.name, {}
  for _, row in ipairs(entry.map.set) do expr_of[row.to] = row.expr end
  for _, column in ipairs(entry.after.columns) do
    local source = strategy.column(entry.unit.before, column.name)
    if not column.nullable and expr_of[column.name] and (not source or source.nullable) then
      out[#out + 1] = strategy.must_be_none(("every row of %s gives %s a value"):format(show(q), column.name),
        strategy.count_where(ctx, q, "(" .. expr_of[column.name] .. ") IS NULL"))
    end
    local length = source and strategy.check_length(ctx, q, source, column, stated(entry, column.name))
    if length then out[#out + 1] = length end
  end
end

local function conversions(ctx, entry, out)
  local q, expr_of = entry.unit.before.name, {}
  for _, row in ipairs(entry.map.set) do expr_of[row.to] = row.expr end
  for _, change in ipairs(entry.unit.changes) do
    if change.kind == "column" and change.before and change.after and expr_of[change.after.name] then
      out[#out + 1] = strategy.check_convertible(ctx, q, change.before, change.after, expr_of[change.after.name])
    end
  end
end

local function unique(ctx, entry, field, kind, object, out)
  local names = named_columns(entry, kind, object)
  local rows = asked(entry, field, kind, object, names) and rows_as_copied(ctx, entry, names)
  if rows then
    out[#out + 1] = strategy.check_duplicates(ctx, entry.unit.before.name, object.parts, object.where, rows .. " AS made")
  end
end

local function keys(ctx, entry, out)
  local t = entry.after
  if t.primary_key and not fold.same((entry.unit.before.primary_key or {}).parts, t.primary_key.parts) then
    unique(ctx, entry, "uniques", "key", t.primary_key, out)
  end
  for _, key in ipairs(t.uniques or {}) do unique(ctx, entry, "uniques", "key", key, out) end
  for _, index in ipairs(t.indexes or {}) do
    if index.unique then unique(ctx, entry, "indexes", "index", index, out) end
  end
end

local function checks(ctx, entry, out)
  for _, check in ipairs(entry.after.checks or {}) do
    local names = named_columns(entry, "check", check)
    local rows = #names > 0 and not check.not_enforced and asked(entry, "checks", "check", check, names)
      and rows_as_copied(ctx, entry, names)
    if rows then
      out[#out + 1] = strategy.check_holds(ctx, entry.unit.before.name, check, rows .. " AS made")
    end
  end
end

-- The rows that a foreign key refers to, as they will be: those of a table that is copied as well are computed likewise.
local function targets(ctx, b, set, fk)
  for _, other in ipairs(set.entries) do
    if fold.same_q(other.unit.before.name, fk.ref) or fold.same_q(other.unit.final, fk.ref) then
      return rows_as_copied(ctx, other, fk.ref_columns)
    end
  end
  local parent = b:current_key(fk).ref
  if strategy.never_there(ctx, parent) then return nil end
  local t = b:table(parent)
  for _, name in ipairs(t and fk.ref_columns or {}) do
    if not strategy.column(t, name) then return nil end
  end
  return ctx.d:qname(parent)
end

local function orphans(ctx, b, set, entry, out)
  for _, fk in ipairs(entry.after.foreign_keys or {}) do
    local rows = not fk.not_enforced and asked(entry, "foreign_keys", "foreign_key", fk, fk.columns)
      and rows_as_copied(ctx, entry, fk.columns)
    local parents = rows and targets(ctx, b, set, fk)
    if parents then out[#out + 1] = strategy.check_orphans(ctx, entry.unit.before.name, fk, rows, parents) end
  end
end

--- The checks of one table.
---@param b table the builder
---@param set table the tables that are copied together
---@param entry table one of them
---@return table[]? checks nil where there is nothing to ask
function M.of(ctx, b, set, entry)
  local out = {}
  conversions(ctx, entry, out)
  nulls(ctx, entry, out)
  keys(ctx, entry, out)
  checks(ctx, entry, out)
  orphans(ctx, b, set, entry, out)
  return #out > 0 and out or nil
end

return M
