--- A column altered part by part, each part in its phase.

local losses = require("forge.losses")
local merging = require("forge.direct.merging")
local not_null = require("forge.direct.not_null")
local collations = require("forge.strategy.collations")
local fold = require("forge.fold")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- PostgreSQL refuses to alter or drop a column that a view reads: its views go and come back in one transaction.
local function views_in_the_way(b, q, names)
  if b.ctx.features.rebuild or not b.ctx.features.transactional_ddl then return {} end
  return b:views_naming(q, names)
end

-- Generated columns that read a column: PostgreSQL alters no type under one.
local function readers(b, q, name)
  local list = {}
  if b.ctx.features.rebuild or not b.ctx.features.transactional_ddl then return list end
  for _, column in ipairs(b:table(q).columns) do
    if column.name ~= name and strategy.member_names("column", column, name) then list[#list + 1] = column end
  end
  return list
end

--- Must generated columns go and come back when the type of this column changes?
function M.has_readers(ctx, t, change)
  if ctx.features.rebuild or not ctx.features.transactional_ddl then return false end
  for _, column in ipairs(t.columns) do
    if column.name ~= change.before.name and strategy.member_names("column", column, change.before.name) then
      return true
    end
  end
  return false
end

-- What stands on columns that go for a moment, and the operations that take all of it away and bring it back.
local function take_readers(b, q, list)
  local gone, back = {}, {}
  for _, column in ipairs(list) do
    for _, spec in ipairs(strategy.MEMBERS) do
      for _, object in ipairs(b:table(q)[spec.field] or {}) do
        if strategy.member_names(spec.kind, object, column.name) then
          gone[#gone + 1] = b:drop_member(q, spec.kind, object.name)
          back[#back + 1] = { kind = spec.kind, object = object }
        end
      end
    end
    gone[#gone + 1] = b:drop_column(q, column.name)
  end
  return gone, back
end

local function bring_readers(b, q, list, back)
  local out = {}
  for _, column in ipairs(list) do out[#out + 1] = b:add_column(q, column) end
  for _, row in ipairs(back) do out[#out + 1] = b:add_member(q, row.kind, row.object) end
  return out
end
M.readers, M.take_readers, M.bring_readers = readers, take_readers, bring_readers

-- Foreign keys that keep a column from changing its type, of this table and of others: { unit, key }.
local function keys_in_the_way(b, unit, now, final)
  local out, d = {}, b.ctx.d
  local held = d.key_holds_type or d.key_breaks_between
  local retyped = held and not fold.same(now.type, final.type) and held(d, now.type, final.type)
  if not retyped and not collations.part_keys(b.ctx, b:table(unit.q), now, unit.after, final) then return out end
  for _, row in ipairs(b.group.incoming or {}) do
    if fold.same_q(row.foreign_key.ref, unit.q) and strategy.contains(row.foreign_key.ref_columns, now.name) then
      b:borrow(row.table)
    end
  end
  local keys = {}
  for key in pairs(b.state.tables) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local t = b.state.tables[key]
    for _, fk in ipairs(t.foreign_keys or {}) do
      local own = key == show(unit.q) and strategy.contains(fk.columns, now.name)
      if own or (fold.same_q(fk.ref, unit.q) and strategy.contains(fk.ref_columns, now.name)) then
        out[#out + 1] = { unit = b:unit_at(t.name), key = fk }
      end
    end
  end
  return out
end

-- The key as it is after the plan; a change of it is settled by making it again.
local function final_key(b, unit, fk)
  for _, change in ipairs(unit.changes) do
    if change.kind == "foreign_key" and change.before and change.before.name == fk.name then
      b.settled[change] = true
      return change.after
    end
  end
  return unit.after and fold.find(unit.after.foreign_keys, fk.name) or fk
end

--- Takes a foreign key away for as long as what it refers to, or refers by, changes; it comes back at the end of the phase.
---@param b table
---@param row table { unit, key, final?: the key as it is after the plan, going?: what the way back says of the rule (direct/lost_rules) }
---@param what string what changes, as in "while … changes its type"
---@param why string
function M.release_key(b, row, what, why)
  local q, name, going = row.unit.q, row.key.name, row.going or {}
  local made = row.final or final_key(b, row.unit, row.key)
  b:step(show(q) .. "." .. name, "release-key", {
    title = ("Take the foreign key %s of %s away while %s"):format(name, show(q), what), why = why,
    ops = { b:drop_member(q, "foreign_key", name) },
    loses = going.loses, checks_back = going.checks_back, reverse_work = going.reverse_work,
    compatibility = { old_app = true, new_app = true, note = "until it is back, writes that point nowhere are accepted" },
    hazards = { "rule_dropped" },
  })
  if made then b:postpone_key(row.unit, made) end
end

--- Is the key that a foreign key refers to replaced in the plan? It can stand neither beside the new one nor until that is there.
function M.target_goes(b, before)
  local t = b.ctx.table and b.ctx.table((b.ctx.renamed or {})[show(before.ref)] or before.ref, "after")
  if not t then return false end
  local function serves(object) return object ~= nil and fold.same(strategy.plain_columns(object.parts), before.ref_columns) end
  local stays = serves(t.primary_key)
  for _, key in ipairs(t.uniques or {}) do stays = stays or serves(key) end
  for _, index in ipairs(t.indexes or {}) do stays = stays or (index.unique and serves(index)) end
  return not stays
end

--- They go before the column changes, and come back once both ends have their types and collations.
---@param now table Column as it stands
---@param final table Column after the plan
local function release_keys(b, unit, now, final)
  local what = fold.same(now.type, final.type) and "collation" or "type"
  for _, row in ipairs(keys_in_the_way(b, unit, now, final)) do
    M.release_key(b, row, ("%s.%s changes its %s"):format(show(unit.q), now.name, what),
      ("the engine changes no %s under a foreign key; it comes back, tested against all rows, when both ends are changed"):format(what))
  end
end
M.release_keys = release_keys

-- Does the engine index all of a column that becomes of this type no more, or the part by a class that is the old type's?
local function held_by_type(b, part, now, final)
  local d = b.ctx.d
  if d.indexed_whole and not d:indexed_whole(final.type) and d:indexed_whole(now.type) then return (part.length or 0) == 0 end
  return (part.opclass or "") ~= "" and d.key_breaks_between and d:key_breaks_between(now.type, final.type)
end

-- Keys and indexes that the new type does not take: those that go, go first, and those that change do so before it does.
local function release_members(b, unit, now, final)
  local members = require("forge.direct.members")  -- which needs this module
  for _, change in ipairs(unit.changes) do
    local names, stands = false, (change.kind == "key" or change.kind == "index") and change.before
    if stands and (stands.method or ""):lower() == "fulltext" then stands = nil end
    for _, part in ipairs(stands and stands.parts or {}) do
      names = names or (part.column == now.name and held_by_type(b, part, now, final))
    end
    if names and not b.settled[change] then members.settle(b, unit, change) end
  end
end

local TEXT = {
  comment = { "Comment", "documentation only" },
  type = { "Change the type of", "the engine does this in place" },
  default = { "Change the default of", "rows that stand keep their values; new rows take the new default" },
  on_update = { "Change what an update sets in", "rows that stand keep their values" },
  visibility = { "Change the visibility of", "only queries with a star are concerned" },
  relax = { "Allow NULL in", "nothing that is written today is refused tomorrow" },
  identity = { "Change how values are generated for", "rows that stand keep their values" },
  generated = { "Change the expression of", "the column is computed anew" },
  rules = { "Change the rules of", "the documents that stand match them" },
}

local NOTES = {
  relax = "the deployed application must read NULL in it from the moment the new one writes any",
  default = "INSERTs that leave the column out get the new default",
}

local function lost_by_part(b, unit, change, part, now, final)
  if part.what == "type" then return losses.retype(b.ctx, unit, now, final, change) end
  if part.what == "relax" then return losses.relaxed_null(b.ctx, unit, now.name) end
  if part.what == "generated" then return losses.values(b.ctx, unit.q, change) end
end

local function alter_part(b, unit, change, part)
  local ctx, q, name = b.ctx, unit.q, change.before.name
  local object = show(q) .. "." .. name
  local now = b:column(q, name)
  local final = strategy.with_part(now, change.after, part)
  if part.what == "generated" then final = fold.copy(final) final.name = name end
  if part.what == "type" then
    release_keys(b, unit, now, final)
    release_members(b, unit, now, final)
  end
  local generated = part.what == "type" and readers(b, q, name) or {}
  local named = { name }
  for _, column in ipairs(generated) do named[#named + 1] = column.name end
  local t = b:table(q)
  local blocked = (part.what == "type" or part.what == "generated") and views_in_the_way(b, q, named) or {}
  local text = TEXT[part.what]
  local checks = part.what == "type" and strategy.check_length(ctx, q, now, final)
  local lost, checks_back = lost_by_part(b, unit, change, part, now, final)
  local taken = b:take_views(blocked)
  local gone, back = take_readers(b, q, generated)
  local altered = b:alter_column(q, name, final)
  local old_app, note, computed = true, NOTES[part.what] or "", nil
  if part.what == "generated" and change.before.generated and not change.after.generated then
    local computing = require("forge.direct.computing")  -- loaded where it has a say: a plan names every module that had
    computed = computing.keep(b, unit, change)
    if not computed then old_app, note = computing.without(change) end
  end
  local together = ctx.features.transactional_ddl and computed or nil
  merging.ddl(b, unit, object, (part.what:gsub("_", "-")), {
    title = text[1] .. " " .. object, why = text[2],
    ops = strategy.seq(taken, gone, altered, bring_readers(b, q, generated, back), b:bring_views(blocked, {}, false), together),
    checks_before = checks and { checks } or nil, checks_back = checks_back, loses = lost,
    loses_forward = part.what == "generated" and not change.before.generated and lost or nil,
    compatibility = { old_app = old_app, new_app = true, note = note or "" },
    hazards = part.what == "type" and { "type" } or nil,
  }, t)
  if computed and not together then
    merging.flush_unit(b, unit)
    b:step(object, "keep-computing", {
      title = "Compute " .. object .. " by a trigger", why = "the deployed application does not write it", ops = { computed },
      compatibility = { old_app = true, new_app = true }, hazards = { "trigger" },
    })
  end
end

local function rename(b, unit, from, to)
  local q = unit.q
  local object = show(q) .. "." .. from
  -- Views are made anew: an engine that lets them follow writes the new name into their text, and their columns with it.
  local views = b:views_naming(q, { from })
  local same = strategy.same_column_name(b.ctx, from, to)
  b:step(object, "rename", {
    title = ("Rename %s to %s"):format(object, to),
    why = same and "metadata only; the engine tells no letter case apart, so both ways of writing it go on"
      or "metadata only; both names cannot be served at once this way",
    ops = strategy.seq(b:take_views(views), b:rename_column(q, from, to),
      b:bring_views(views, { [from] = to }, true, nil, { [q.name] = true })),
    form = #views > 0 and "swap" or nil,
    app = not same and ("Deploy the application that says %s together with this step."):format(to) or nil,
    compatibility = {
      old_app = same, new_app = true,
      note = same and ("a query with a star gives the column as %s from here"):format(to)
        or ("statements that say %s fail from here; those that say %s failed until here"):format(from, to),
    },
    hazards = not same and { "rename" } or nil,
  })
end

-- A name that another column still bears is free only once that has its own: such renames wait for all others.
local function crossing(b, unit, from, to)
  local taken = b:column(unit.q, to)
  if not taken or strategy.same_column_name(b.ctx, from, to) then return rename(b, unit, from, to) end
  unit.crossed = unit.crossed or {}
  table.insert(unit.crossed, { from = from, to = to })
end

-- Which of the renames that wait can be carried out: the first whose new name is free.
local function free_one(b, unit)
  for i, one in ipairs(unit.crossed) do
    if not b:column(unit.q, one.to) then return table.remove(unit.crossed, i) end
  end
end

--- Carries out what has waited. Where names go round in a circle, one column leaves it under a name of its own first.
function M.uncross(b)
  for _, unit in ipairs(b.units) do
    while unit.crossed and #unit.crossed > 0 do
      local one = free_one(b, unit)
      if one then
        rename(b, unit, one.from, one.to)
      else
        local first = unit.crossed[1]
        local aside = strategy.derived_name(b.ctx, first.from, "__moved")
        rename(b, unit, first.from, aside)
        first.from = aside
      end
    end
  end
end

local function in_key(t, name)
  for _, part in ipairs(t and t.primary_key and t.primary_key.parts or {}) do
    if part.column == name then return true end
  end
  return false
end

local function parts_of(change, b)
  local unit = b:unit(change)
  local leaves_key = in_key(unit.before, change.before.name) and not in_key(unit.after, change.after.name)
  return strategy.column_parts(b.ctx, change.before, change.after, leaves_key)
end

function M.alter(change, b, phase)
  local unit = b:unit(change)
  local start = unit.parts and unit.parts[change]
  if not start then
    unit.parts = unit.parts or {}
    start = parts_of(change, b)
    unit.parts[change] = start
  end
  for _, part in ipairs(start) do
    if part.phase == phase then
      if part.what == "rename" then
        merging.flush_unit(b, unit)
        crossing(b, unit, change.before.name, change.after.name)
      elseif part.what == "not_null" or part.what == "rules" then
        local now = b:column(unit.q, change.before.name)
        not_null.enforce(b, unit, change.before.name, strategy.with_part(now, change.after, part))
      else
        alter_part(b, unit, change, part)
      end
    end
  end
end

function M.altered_in_contract(change, b)
  local unit = b:unit(change)
  -- The rename has run by now: the parts that wait for contract find the column under its new name.
  for _, part in ipairs(parts_of(change, b)) do
    if part.phase == "contract" then
      local moved = { before = fold.copy(change.before), after = change.after }
      moved.before.name = change.after.name
      alter_part(b, unit, moved, part)
    end
  end
end

return M
