--- Which changes second tables serve, and the sets of tables that change over together, each with the shape of its copy.

local members = require("forge.direct.members")
local pairs_of = require("forge.pairs")
local filling = require("forge.second_tables.fill")
local old_keys = require("forge.second_tables.old_keys")
local fold = require("forge.fold")
local row_map = require("forge.row_map")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local TAKEN = { column = true, key = true, index = true, check = true, foreign_key = true, exclusion = true, shell = true }

--- Changes that a copy of the table carries out on the way. A rename of the table itself is left to `direct`.
function M.takes(change)
  if not TAKEN[change.kind] then return false end
  return change.kind ~= "shell" or fold.same_q(change.before.name, change.after.name)
end

local function after_of(group, q)
  for _, change in ipairs(group.changes) do
    if change.kind == "shell" and fold.same_q(change.before.name, q) then
      local t = fold.copy(group.after[show(change.after.name)])
      t.name = q
      return t
    end
  end
  return group.after[show(q)]
end

-- A foreign key at either end of which a text gets another collation: it would stand between the table and a copy.
local function key_over_texts(ctx, group, before, after)
  local function apart(name)
    local a, b = strategy.column(before, name), strategy.column(after, name)
    return a and b and ctx.d:collates_apart(before, a, after, b)
  end
  local function of(fk, columns)
    for _, name in ipairs(columns) do
      if apart(name) then return fk.name, name end
    end
  end
  local function refers_here(fk)
    if fold.same_q(fk.ref, before.name) then return of(fk, #(fk.ref_columns or {}) > 0 and fk.ref_columns or fk.columns) end
  end
  for _, fk in ipairs(before.foreign_keys or {}) do
    local key, name = of(fk, fk.columns)
    if key then return key, name end
  end
  for _, row in ipairs(group.incoming or {}) do
    local key, name = refers_here(row.foreign_key)
    if key then return key, name end
  end
  local keys = {}
  for key in pairs(group.before) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    for _, fk in ipairs(group.before[key].foreign_keys or {}) do
      local found, name = refers_here(fk)
      if found then return found, name end
    end
  end
end

function M.serves(change, group, ctx)
  if ctx.features.documents then return false, "no triggers exist that would keep two collections equal" end
  if not M.takes(change) then return false, "it serves changes inside of a table that stands" end
  local q = strategy.change_table(change)
  local before, after = group.before[show(q)], after_of(group, q)
  if not before or not after then return false, "the table does not stand before and after" end
  local bound = strategy.bound_by_inheritance(group, before)
  if bound then return false, bound end
  local routine = ctx.d.rows_are_types and ctx.taken_by and ctx.taken_by(before.name)
  if routine then
    return false, ("the %s takes or gives rows of the table that goes: let it name columns, or drop it before and make it again after")
      :format(routine)
  end
  local map, why = row_map.make(group, ctx, before, after)
  if not map then return false, why end
  local key, name = nil, nil
  if ctx.d.key_holds_collation then key, name = key_over_texts(ctx, group, before, after) end
  if key then
    return false, ("%s.%s gets another collation while foreign key %s stands on it, which this engine keeps to one: drop the key in a "
      .. "migration of its own before, and make it again in one behind"):format(show(before.name), name, key)
  end
  return true
end

-- The set -------------------------------------------------------------------------------------------------------------

local FIELD = { key = "uniques", index = "indexes", check = "checks", foreign_key = "foreign_keys",
                exclusion = "exclusions" }

local function relation_space(ctx, kind, object)
  if kind == "index" or kind == "exclusion" then return ctx.features.index_names == "schema" end
  if kind == "key" then return ctx.features.index_names == "schema" and ctx.features.rename_constraint and object ~= nil end
  if kind == "check" and ctx.d.checks_named_by_table then return false end
  return ctx.features.constraint_names == "schema"
end

local function standing_names(t, kind)
  local names = {}
  -- Keys, exclusions and indexes share one space of names where they are all indexes.
  local kinds = (kind == "check" or kind == "foreign_key") and { "check", "foreign_key" } or { "key", "index", "exclusion" }
  for _, one in ipairs(kinds) do
    for _, object in ipairs(t[FIELD[one]] or {}) do names[object.name] = true end
  end
  if t.primary_key and (t.primary_key.name or "") ~= "" then names[t.primary_key.name] = true end
  return names
end

-- What a member of the finished table is called on its copy, where the engine brings the name along with the table's.
local function following_name(ctx, entry, kind, name)
  for _, q in ipairs({ entry.unit.final, entry.unit.before.name }) do
    local made = strategy.member_name(ctx, kind, name, q, entry.new_q)
    if made ~= name then return made end
  end
end

-- A member of the new table: under a name beside its own where the old table has taken that.
local function placed(ctx, entry, kind, object)
  local made, following = fold.copy(object), following_name(ctx, entry, kind, object.name)
  if following then
    made.name = following
    return made
  end
  local taken = standing_names(entry.unit.before, kind)
  if not relation_space(ctx, kind, object) or not taken[object.name] then return object end
  made.name = strategy.derived_name(ctx, object.name, "__new")
  entry.moved[#entry.moved + 1] = { kind = kind, name = object.name, temp = made.name,
                                    renames = strategy.can_rename(ctx, kind, object) }
  return made
end

function M.in_set(set, q)
  for _, entry in ipairs(set.entries) do
    if fold.same_q(entry.unit.before.name, q) or fold.same_q(entry.unit.final, q) then return entry end
  end
end

-- Does a key or an index of the table lead with these columns? Only then is a row found by them without reading all others.
local function finds_by(t, names)
  local lists = {}
  if t.primary_key then lists[1] = strategy.plain_columns(t.primary_key.parts) end
  for _, field in ipairs({ "uniques", "indexes" }) do
    for _, member in ipairs(t[field] or {}) do
      if (member.where or "") == "" then lists[#lists + 1] = strategy.plain_columns(member.parts) end
    end
  end
  for _, columns in ipairs(lists) do
    local leads = #columns >= #names
    for i = 1, leads and #names or 0 do leads = leads and strategy.contains(names, columns[i]) end
    if leads then return true end
  end
  return false
end

-- The index by which the triggers find the rows of a copy that has another key than the table it is made of.
local function helper_index(ctx, entry)
  local names, columns = entry.map.key, {}
  if finds_by(entry.after, names) then return nil end
  for i, name in ipairs(names) do columns[i] = { column = name, desc = false, length = 0 } end
  return { name = strategy.derived_name(ctx, entry.new_q.name, "_key"), parts = columns, unique = false, include = {},
           nulls_not_distinct = false, invisible = false, storage = {} }
end

-- The new table as it is created. Foreign keys into the set wait until its rows are there, and so do those that the table has
-- not yet.
function M.new_shape(ctx, b, set, entry)
  local unit = entry.unit
  local made = fold.copy(entry.after)
  made.name = entry.new_q
  filling.without_defaults(entry, made)
  if made.primary_key then made.primary_key = placed(ctx, entry, "key", made.primary_key) end
  for _, kind in ipairs({ "key", "index", "check", "exclusion" }) do
    local list = {}
    for i, object in ipairs(entry.after[FIELD[kind]] or {}) do list[i] = placed(ctx, entry, kind, object) end
    made[FIELD[kind]] = list
  end
  entry.helper = helper_index(ctx, entry)
  made.indexes[#made.indexes + 1] = entry.helper
  made.foreign_keys, entry.later = {}, {}
  for _, fk in ipairs(entry.after.foreign_keys or {}) do
    local own = placed(ctx, entry, "foreign_key", fk)
    local target = M.in_set(set, fk.ref)
    if target then
      own = fold.copy(own)
      own.ref = target.new_q
      entry.later[#entry.later + 1] = { key = own }
    elseif not ctx.features.rebuild and not old_keys.stands(ctx, entry, fk) then
      entry.later[#entry.later + 1] = { key = own, final = fk, outside = true }
    else
      made.foreign_keys[#made.foreign_keys + 1] = members.as_now(b, { q = unit.q, changes = {} }, "foreign_key", own)
    end
  end
  return made
end

local function linked(a, c)
  for _, pair in ipairs({ { a, c }, { c, a } }) do
    for _, t in ipairs({ pair[1].before, pair[1].after }) do
      for _, fk in ipairs(t.foreign_keys or {}) do
        if fold.same_q(fk.ref, pair[2].before.name) or fold.same_q(fk.ref, pair[2].final) then return true end
      end
    end
  end
  return false
end

-- The bytes that names of constraints add to the table's name that they follow: the copy's name must leave them room.
local function spare_of(ctx, unit, after)
  local most = 0
  for _, t in ipairs({ unit.before, after }) do
    for _, spec in ipairs(strategy.MEMBERS) do
      for _, object in ipairs(t[spec.field] or {}) do
        for _, q in ipairs({ unit.before.name, unit.final }) do
          local made = strategy.member_name(ctx, spec.kind, object.name, q, { name = "" })
          if made ~= object.name then most = math.max(most, #made) end
        end
      end
    end
  end
  return most
end

-- A second table's name: nothing that stands before or after the plan has it.
local function beside(ctx, group, q, suffix, spare)
  return { schema = q.schema, name = strategy.free_name(ctx, q.name, suffix, function(name)
    local key = show({ schema = q.schema, name = name })
    if group.before[key] or group.after[key] or (group.views or {})[key] then return true end
    local at = { schema = q.schema, name = name }
    return ctx.table ~= nil and (ctx.table(at, "before") or ctx.table(at, "after")) ~= nil
  end, spare) }
end

-- Is there anything in the finished table that the column would be in the way of, or that counts on it being gone?
local function stands_alone(b, unit, after, column)
  if column.identity or column.generated or column.type.name == "serial" or column.type.name == "bigserial" then return false end
  if strategy.column(after, column.name) then return false end
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and change.after and not change.before and pairs_of.counterpart(change, b.group) then return false end
  end
  return #unit.before.columns > 1
end

-- Columns that go stay in the copy until contract, where the deployed application has long since been replaced: { change, … }.
-- Where dropping one by itself would write the whole table anew, it goes with the copy, and the plan says what that means.
local function kept_columns(b, unit, after)
  local list = {}
  if b.ctx.features.rebuild then return list end
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" and not change.after and stands_alone(b, unit, after, change.before) then list[#list + 1] = change end
  end
  return list
end

-- The finished table with those columns in it. The new application leaves them out.
local function with_kept(after, kept)
  if #kept == 0 then return after end
  local made = fold.copy(after)
  made.columns = fold.copy(after.columns)
  for _, change in ipairs(kept) do
    local column = fold.copy(change.before)
    if not column.default then column.nullable = true end
    made.columns[#made.columns + 1] = column
  end
  return made
end

-- The set that a table belongs to. It may be what links sets that stood apart until now: they are one from here on.
local function home_of(sub, unit, together)
  local home, apart = nil, {}
  for _, set in ipairs(sub.sets) do
    local meets = false
    for _, entry in ipairs(set.entries) do meets = meets or together or linked(entry.unit, unit) end
    if not meets then
      apart[#apart + 1] = set
    elseif not home then
      home = set
      apart[#apart + 1] = set
    else
      for _, entry in ipairs(set.entries) do home.entries[#home.entries + 1] = entry end
    end
  end
  if not home then
    home = { entries = {} }
    apart[#apart + 1] = home
  end
  sub.sets = apart
  return home
end

-- Tables that refer to each other, or to one between them, change over together; others one by one, unless `together`.
local function sets_of(sub, ctx, b, together)
  if sub.sets then return sub.sets end
  sub.sets = {}
  local wanted = {}
  for _, change in ipairs(sub.changes) do wanted[b:unit(change)] = true end
  for _, unit in ipairs(b.units) do
    if wanted[unit] then
      local home = home_of(sub, unit, together)
      unit.moves, unit.copied = true, true
      local final = after_of(b.group, unit.before.name)
      local kept = kept_columns(b, unit, final)
      local after = with_kept(final, kept)
      local spare = spare_of(ctx, unit, after)
      local entry = { unit = unit, after = after, moved = {}, kept = kept,
                      new_q = beside(ctx, b.group, unit.q, "__new", spare),
                      old_q = beside(ctx, b.group, unit.q, "__old", spare),
                      map = row_map.make(b.group, ctx, unit.before, after, kept) }
      filling.find(ctx, entry)
      home.entries[#home.entries + 1] = entry
    end
  end
  return sub.sets
end

function M.each(sub, ctx, b, together, visit)
  for _, set in ipairs(sets_of(sub, ctx, b, together)) do visit(set) end
end

return M
