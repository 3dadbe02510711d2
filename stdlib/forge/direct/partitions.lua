--- Tables that pass to or from one that they are a partition of, or inherit from.

local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local function parents(t) return ((t or {}).options or {}).inherits or {} end
local function bound(t) return ((t or {}).options or {}).partition_bound or "" end

--- Does the table inherit from another one?
function M.inherits(t) return #parents(t) > 0 end

--- Does the change of a table's shell take it to or from a parent, or to another share of the rows?
function M.passes(change)
  return not fold.same(parents(change.before), parents(change.after)) or bound(change.before) ~= bound(change.after)
end

local function parse(shown)
  local schema, name = shown:match("^([^.\"]+)%.([^.\"]+)$")
  return { schema = schema or "", name = name or shown }
end

local function lookup(ctx, shown, when) return ctx.table and ctx.table(parse(shown), when) or nil end

--- Everything that a table has, by kind: its own members and those of the tables above it.
local function inherited(ctx, t, when, out)
  for _, shown in ipairs(parents(t)) do
    local parent = lookup(ctx, shown, when)
    if parent then
      out.parents[#out.parents + 1] = parent
      for _, column in ipairs(parent.columns) do out.columns[#out.columns + 1] = column end
      inherited(ctx, parent, when, out)
    end
  end
  return out
end

local function from_parents(ctx, t, when) return inherited(ctx, t, when, { parents = {}, columns = {} }) end

-- Why the server would not take the table's column for the parent's; nil where it would.
local function unlike(own, parent)
  if not own then return "it has no column " .. parent.name end
  if not fold.same(own.type, parent.type) then return ("its column %s has another type"):format(parent.name) end
  if (own.collation or "") ~= (parent.collation or "") then return ("its column %s has another collation"):format(parent.name) end
  if parent.nullable == false and own.nullable ~= false then return ("its column %s allows NULL"):format(parent.name) end
  if not fold.same(own.generated, parent.generated) then return ("its column %s is computed in another way"):format(parent.name) end
end

local function refuse_unlike(change, b, t, above)
  local known = {}
  for _, column in ipairs(above.columns) do
    known[column.name] = true
    local why = unlike(strategy.column(t, column.name), column)
    if why then
      strategy.refuse(change, ("%s cannot become part of %s: %s. Give it that table's columns in a change of its own first")
        :format(show(t.name), table.concat(parents(change.after), ", "), why))
    end
  end
  for _, column in ipairs(bound(change.after) ~= "" and t.columns or {}) do
    if not known[column.name] and not fold.find((b:unit(change).after or {}).columns, column.name) then
      strategy.refuse(change, ("%s cannot become a partition of %s: the partitioned table has no column %s"):format(
        show(t.name), table.concat(parents(change.after), ", "), column.name))
    end
  end
end

local LISTS = { { kind = "foreign_key", field = "foreign_keys" }, { kind = "check", field = "checks" },
                { kind = "index", field = "indexes" }, { kind = "key", field = "uniques" }, { kind = "exclusion", field = "exclusions" } }

local function members(t)
  local list = {}
  for _, row in ipairs(LISTS) do
    for _, object in ipairs((t or {})[row.field] or {}) do list[#list + 1] = { kind = row.kind, object = object } end
  end
  if t and t.primary_key then list[#list + 1] = { kind = "key", object = t.primary_key } end
  return list
end

-- What a table itself must have to be taken for part of a member of the parent's: all but the name, which a check keeps.
local function same_member(kind, own, theirs)
  local made = fold.copy(theirs)
  if kind ~= "check" then made.name = own.name end
  return fold.same(own, made)
end

-- The table's members that the tables above it have, too.
local function shared(t, above)
  local list = {}
  for _, row in ipairs(members(t)) do
    for _, parent in ipairs(above.parents) do
      for _, other in ipairs(members(parent)) do
        if other.kind == row.kind and same_member(row.kind, row.object, other.object) then
          list[#list + 1] = row
          goto next
        end
      end
    end
    ::next::
  end
  return list
end

-- Whatever the table shares with those above it is no longer its own.
local function give(b, unit, t, above)
  local list = {}
  local mine = bound(unit.after) ~= "" and shared(t, above) or {}
  for _, row in ipairs(above.parents) do
    for _, check in ipairs(bound(unit.after) == "" and row.checks or {}) do
      if fold.find(t.checks, check.name) and not check.no_inherit then mine[#mine + 1] = { kind = "check", object = check } end
    end
  end
  for _, row in ipairs(mine) do
    if b:member(unit.q, row.kind, row.object.name) then list[#list + 1] = b:drop_member(unit.q, row.kind, row.object.name) end
  end
  for _, column in ipairs(above.columns) do
    if b:column(unit.q, column.name) then list[#list + 1] = b:drop_column(unit.q, column.name) end
  end
  return list
end

-- What it had from those above it is its own again.
local function take(b, unit, above)
  local list = {}
  for _, column in ipairs((unit.after or {}).columns or {}) do
    if fold.find(above.columns, column.name) and not b:column(unit.q, column.name) then
      list[#list + 1] = b:add_column(unit.q, column)
    end
  end
  local kept = bound(unit.before) ~= "" and shared(unit.after, above) or {}
  for _, parent in ipairs(above.parents) do
    for _, check in ipairs(bound(unit.before) == "" and parent.checks or {}) do
      local own = fold.find((unit.after or {}).checks, check.name)
      if own and not check.no_inherit then kept[#kept + 1] = { kind = "check", object = own } end
    end
  end
  for _, row in ipairs(kept) do
    if not b:member(unit.q, row.kind, row.object.name) then
      list[#list + 1] = b:add_member(unit.q, row.kind, row.object)
    end
  end
  return list
end

-- The server detaches beside running statements from 14 on, unless a DEFAULT partition stands.
local function concurrently(ctx, shown)
  if ctx.plain or not (ctx.d.features or {}).detach_concurrently or not ctx.heirs then return false end
  for _, heir in ipairs(ctx.heirs(parse(shown), "before")) do
    if bound(heir) == "DEFAULT" then return false end
  end
  return true
end

--- How a table that goes leaves the one that it is a partition of: nil where that goes too, or it is none.
---@return string? form
function M.leaving_form(ctx, t)
  local parent = bound(t) ~= "" and parents(t)[1]
  if not parent or not lookup(ctx, parent, "after") then return nil end
  return concurrently(ctx, parent) and "detach_concurrently" or nil
end

--- How a new table joins the one that it is a partition of: nil where that is new too, or it is none.
---@return string? form
function M.joining_form(ctx, t)
  local parent = bound(t) ~= "" and parents(t)[1]
  if not parent or ctx.plain or not lookup(ctx, parent, "before") then return nil end
  return "attach"
end

-- The bounds as a check, where they are of one plain column: nil where no check would save the scan.
local function bounds_check(ctx, t, name)
  local parent = lookup(ctx, parents(t)[1], "after")
  local how, column = (((parent or {}).options or {}).partition_by or ""):match("^(%u+) %(([%w_\"]+)%)$")
  if not column then return nil end
  if how == "LIST" then
    local values = bound(t):match("^FOR VALUES IN %((.*)%)$")
    if not values or sqltext.names(values, "NULL") then return nil end
    return { name = name, expr = ("%s IS NOT NULL AND %s IN (%s)"):format(column, column, values) }
  end
  local from, to = bound(t):match("^FOR VALUES FROM %((.*)%) TO %((.*)%)$")
  if how ~= "RANGE" or not from then return nil end
  local parts = { column .. " IS NOT NULL" }
  if from ~= "MINVALUE" then parts[#parts + 1] = ("%s >= %s"):format(column, from) end
  if to ~= "MAXVALUE" then parts[#parts + 1] = ("%s < %s"):format(column, to) end
  return { name = name, expr = table.concat(parts, " AND ") }
end

-- A check of the bounds is proved beside running writes, so that attaching reads no row under its lock.
local function prove(b, unit, side)
  local check = bound(side) ~= "" and not b.ctx.plain
    and bounds_check(b.ctx, side, "forgelua_bounds")
  if not check or not b:table(unit.q) then return nil end
  local first = fold.copy(check)
  first.not_valid = true
  b:step(show(unit.q), "bounds-check", {
    title = ("Check the bounds of %s, not yet validated"):format(show(unit.q)),
    why = "new rows outside of them are refused at once; the rows that stand are not read under the lock",
    ops = { b:add_member(unit.q, "check", first) }, checks_before = { strategy.check_holds(b.ctx, unit.q, check) },
    compatibility = { old_app = true, new_app = true, note = "writes outside of the bounds fail from here" }, hazards = { "constraint" },
  })
  b:step(show(unit.q), "validate-bounds", {
    title = ("Validate the bounds of %s"):format(show(unit.q)), why = "validation reads the rows while reads and writes go on",
    ops = { b:alter_member(unit.q, "check", check.name, check) }, hazards = { "scan" },
  })
  return check
end

-- What a table had from one parent it would keep beside what it has from the next.
local function refuse_move(change)
  local from, to = parents(change.before), parents(change.after)
  if #from == 0 or #to == 0 or (bound(change.before) ~= "" and bound(change.after) ~= "") then return end
  strategy.refuse(change, ("%s cannot go from %s to %s at once: it would keep columns and defaults of the first. Take it out in "
    .. "one change, and to the other in the next"):format(show(change.before.name), table.concat(from, ", "), table.concat(to, ", ")))
end

--- Refuses a column of the table's own that passes to or from a table above it: the server would make one column of two.
function M.refuse_passing_column(change, ctx)
  local when = change.before and "after" or "before"
  if change.before and change.after or not ctx.table then return end
  local t, column = ctx.table(change.table, when), change.before or change.after
  if not t or not fold.find(from_parents(ctx, t, when).columns, column.name) then return end
  strategy.refuse(change, ("the column %s of %s would pass %s the table above it at once. Rename it, or do it in two changes"):format(
    column.name, show(change.table), change.before and "to" or "from"))
end

local function title(change)
  local from, to = table.concat(parents(change.before), ", "), table.concat(parents(change.after), ", ")
  local word = (bound(change.after) ~= "" or bound(change.before) ~= "") and "partition" or "heir"
  if from == "" then return ("Make %s %s %s of %s"):format(show(change.after.name), word == "heir" and "an" or "a", word, to) end
  if to == "" then return ("Take %s out of %s"):format(show(change.after.name), from) end
  return ("Let %s stand below %s in its new place"):format(show(change.after.name), to)
end

--- Takes a table to or from its parents, in `switch`.
function M.switch(change, _, ctx, b)
  local unit = b:unit(change)
  local joins, leaves = M.inherits(change.after), M.inherits(change.before)
  local list, check = {}, nil
  refuse_move(change)
  if joins and not leaves then
    local above = from_parents(ctx, change.after, "after")
    refuse_unlike(change, b, b:table(unit.q), above)
    check = prove(b, unit, change.after)
    list[1] = b:alter_table(unit.q, change.after.options, change.after.comment)
    for _, op in ipairs(give(b, unit, b:table(unit.q), above)) do list[#list + 1] = op end
  else
    -- While it inherits, its members may name columns that are not its own.
    list = leaves and not joins and take(b, unit, from_parents(ctx, change.before, "before")) or list
    list[#list + 1] = b:alter_table(unit.q, change.after.options, change.after.comment)
  end
  if check then list[#list + 1] = b:drop_member(unit.q, "check", check.name) end
  local beside = not joins and bound(change.before) ~= "" and concurrently(ctx, parents(change.before)[1])
  b:step(show(unit.q), joins and "attach" or "detach", {
    title = title(change), why = "the new schema has it there", ops = list, form = beside and "detach_concurrently" or "attach",
    reverse_form = beside and "attach" or nil, transaction = not beside, hazards = { "constraint" },
    compatibility = { old_app = true, new_app = true,
                      note = joins and "its rows are seen in the tables above it from here"
                        or "its rows are no longer seen in the tables above it" },
  })
end

return M
