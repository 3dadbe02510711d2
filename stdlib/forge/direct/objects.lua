--- Whole objects changed in place: namespaces, enums, sequences, tables and the user's own SQL.

local archive = require("forge.archive")
local columns = require("forge.direct.columns")
local enum_values = require("forge.direct.enum_values")
local fold = require("forge.fold")
local losses = require("forge.losses")
local ops = require("forge.ops")
local partitions = require("forge.direct.partitions")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local function name_of(change) return show((change.after or change.before).name) end

-- Objects without rows: they come in expand, go in contract, and change in `alter_phase(change)`.
local function simple(kind, noun, alter_phase)
  local function create(change, _, _, b)
    if change.before then return end
    b:step(name_of(change), "create-" .. noun:gsub(" ", "-"), {
      title = ("Create the %s %s"):format(noun, name_of(change)), why = "nothing uses it yet",
      ops = { ops["create_" .. kind](change.after) }, compatibility = { old_app = true, new_app = true },
    })
  end
  local function drop(change, _, _, b)
    if change.after then return end
    b:step(name_of(change), "drop-" .. noun:gsub(" ", "-"), {
      title = ("Drop the %s %s"):format(noun, name_of(change)), why = "nothing uses it any more",
      ops = { ops["drop_" .. kind](change.before) }, hazards = { "drop" },
      compatibility = { old_app = false, new_app = true, note = "statements that name it fail from here" },
    })
  end
  local function alter(phase)
    return function(change, _, _, b)
      if not change.before or not change.after then return end
      local when, note, old_app = alter_phase(change)
      if when ~= phase then return end
      local following, gone, back, checks = {}, {}, {}, nil
      local lost, checks_back = nil, nil
      if kind == "enum" then
        checks = enum_values.checks(b, change)
        following = enum_values.following(b, change.before, change.after)
        gone, back = enum_values.in_the_way(b, change)
        if M.only_added(change.before, change.after) then
          lost, checks_back = losses.added_values(b, change.before, change.after)
        end
      end
      b:step(name_of(change), "alter-" .. noun:gsub(" ", "-"), {
        title = ("Alter the %s %s"):format(noun, name_of(change)), why = "its definition changes",
        ops = { gone, ops["alter_" .. kind](change.before, change.after), following, back },
        form = #following > 0 and "enum_values" or nil, checks_before = checks,
        compatibility = { old_app = old_app ~= false, new_app = true, note = note or "" },
        hazards = note and { "enum_value" } or nil, loses = lost, checks_back = checks_back,
      })
    end
  end
  local expand, contract = alter("expand"), alter("contract")
  return {
    expand = function(...) create(...) expand(...) end,
    switch = alter("switch"),
    contract = function(...) contract(...) drop(...) end,
  }
end

--- Are all values of `before` kept in `after`, in their order? (Values may come between.)
local function only_added(before, after)
  local at = 1
  for _, value in ipairs(after.values) do
    if before.values[at] == value then at = at + 1 end
  end
  return at > #before.values
end
M.only_added = only_added

local function enum_phase(change)
  if not fold.same_q(change.before.name, change.after.name) then
    return "switch", "statements that name the type must follow", false
  end
  if only_added(change.before, change.after) then return "expand" end
  return "switch", "writes of a value that goes fail from here", false
end

M.schema = simple("schema", "schema", function() return "expand" end)
M.enum = simple("enum", "enum", enum_phase)
M.sequence = simple("sequence", "sequence", function(change)
  return fold.same_q(change.before.name, change.after.name) and "expand" or "switch"
end)

-- Tables ------------------------------------------------------------------------------------------------------------

local function with_current_references(b, t)
  local made = fold.copy(t)
  made.foreign_keys = {}
  for i, fk in ipairs(t.foreign_keys or {}) do made.foreign_keys[i] = b:current_key(fk) end
  return made
end

local function create_table(change, _, _, b)
  if change.before then return end
  local q, unit = change.after.name, b:unit(change)
  local made, ready = with_current_references(b, change.after), {}
  for _, fk in ipairs(made.foreign_keys) do
    if b:key_waits(fk, made, change.after) then b:postpone_key(unit, fk) else ready[#ready + 1] = fk end
  end
  made.foreign_keys = ready
  b:step(show(q), "create-table", {
    title = "Create the table " .. show(q), why = "no application knows it yet",
    ops = { b:create_table(made) }, form = partitions.joining_form(b.ctx, made),
    compatibility = { old_app = true, new_app = true },
    hazards = #ready > 0 and { "parent_lock" } or nil,
  })
end

local function still_used(sub, b, unit)
  local views = b:views_on(unit.q)
  for _, view in ipairs(views) do
    if not b:view_goes(view.name) then return "the view " .. show(view.name) end
  end
  for _, row in ipairs(sub.incoming or {}) do
    local here = fold.same_q(row.foreign_key.ref, unit.before.name)  -- a group may hold several tables
    if here and not fold.same_q(row.table, unit.before.name) and b:key_stays(row) then
      return ("the foreign key %s of %s"):format(row.foreign_key.name, show(row.table))
    end
  end
end

-- Where keys are tested row by row, rows that refer to rows of their own table come back in no order that serves: such a key goes
-- before the rows are kept, so that the way back puts it on behind them, and tests them.
local function release_own_keys(b, q, t)
  for _, fk in ipairs(b.ctx.d.keys_tested_by_row and t.foreign_keys or {}) do
    if fold.same_q(fk.ref, t.name) then
      b:step(show(q) .. "." .. fk.name, "release-key", {
        title = ("Drop the foreign key %s of %s to itself"):format(fk.name, show(q)),
        why = "the table goes; on the way back the key comes behind the rows, which the engine tests one by one",
        ops = { b:drop_member(q, "foreign_key", fk.name) },
        compatibility = { old_app = true, new_app = true, note = "nothing writes the table any more" },
        hazards = { "constraint" },
      })
    end
  end
end

local function drop_table(change, sub, _, b)
  if change.after then return end
  local unit = b:unit(change)
  local q, t = unit.q, b:table(unit.q)
  local by = still_used(sub, b, unit)
  if by then
    strategy.refuse(change, ("the table %s cannot be dropped: %s still refers to it. Change or drop that too"):format(
      show(q), by))
  end
  local keeps, leaving = (change.intent or {}).archive, partitions.leaving_form(b.ctx, t)
  if keeps then
    release_own_keys(b, q, t)
    b:step(show(q), "archive", archive.table(b, t))
  end
  b:step(show(q), "drop-table", {
    title = "Drop the table " .. show(q), why = "no application reads or writes it any more",
    ops = { b:drop_table(q) }, form = leaving, reverse_form = leaving and "attach", transaction = not leaving,
    loses_forward = not keeps and "every row of " .. show(q) or nil,
    loses = not keeps and ("the rows of %s: the way back creates it empty"):format(show(q)) or nil,
    app = "Check that no application, report or job names " .. show(q) .. " any more.",
    compatibility = { old_app = false, new_app = true, note = "statements that name " .. show(q) .. " fail from here" },
    hazards = { "drop" },
  })
end

M.table = { expand = create_table, contract = drop_table }

-- Renames and options -------------------------------------------------------------------------------------------------

local function renames(change) return not fold.same_q(change.before.name, change.after.name) end

-- PostgreSQL lets no table be unlogged to which a logged one refers, nor one be logged that refers to an unlogged one: a foreign key
-- between two tables that both change goes while they do.
local function release_keys_of_log(b, unit, change)
  local function turns(q)
    local other = b:unit_at(q)
    return other and other ~= unit and other.before and other.after
      and (other.before.options.unlogged or false) ~= (other.after.options.unlogged or false)
  end
  if (change.before.options.unlogged or false) == (change.after.options.unlogged or false) then return end
  local what, why = show(unit.q) .. " changes whether it is logged",
    "a logged table refers to no unlogged one; it comes back when both are changed"
  for _, fk in ipairs(fold.copy(b:table(unit.q).foreign_keys or {})) do
    if turns(fk.ref) then columns.release_key(b, { unit = unit, key = fk }, what, why) end
  end
  for _, other in ipairs(b.units) do
    local t = other ~= unit and turns(other.q) and b:table(other.q)
    for _, fk in ipairs(t and fold.copy(t.foreign_keys or {}) or {}) do
      if fold.same_q(fk.ref, unit.q) then columns.release_key(b, { unit = other, key = fk }, what, why) end
    end
  end
end

local function options_change(change, b, phase)
  if partitions.passes(change) then return end
  local unit = b:unit(change)
  local before, after = change.before, change.after
  local same_options = fold.same(before.options, after.options)
  if phase ~= (same_options and "expand" or "switch") or (same_options and fold.same(before.comment, after.comment)) then
    return
  end
  local t = b:table(unit.q)
  for _, column in ipairs(same_options and {} or t.columns) do
    local final = strategy.column(unit.after, column.name)
    if final then columns.release_keys(b, unit, column, final) end
  end
  release_keys_of_log(b, unit, change)
  columns.ddl(b, unit, show(unit.q), same_options and "comment" or "options", {
    title = (same_options and "Comment the table " or "Change the options of ") .. show(unit.q),
    why = same_options and "documentation only" or "the new schema asks for them",
    ops = strategy.seq(b:alter_table(unit.q, after.options, after.comment)),
    compatibility = { old_app = true, new_app = true },
  }, t)
end

local function expand_shell(change, _, ctx, b)
  options_change(change, b, "expand")
  if not renames(change) or not ctx.features.updatable_views or ctx.plain then return end
  -- A view of the old schema may bear the name until it goes.
  if ctx.stands and ctx.stands(change.after.name) then return end
  local unit = b:unit(change)
  b:step(show(change.after.name), "view-under-new-name", {
    title = ("Serve %s under its new name %s by a view"):format(show(unit.q), show(change.after.name)),
    why = "the new application can say the new name before the table has it",
    ops = { b:create_view(b:bridge(change.after.name, unit.q)) },
    compatibility = { old_app = true, new_app = true,
                      note = "reads and writes through the view reach the table; a column added later is not in it" },
    hazards = { "view_bridge" },
  })
end

-- The view that a rename keeps under the other name is part of the rename itself, not one of the user's.
local function user_views(b, q, bridge_name)
  local list = {}
  for _, view in ipairs(b:views_on(q)) do
    if not bridge_name or not fold.same_q(view.name, bridge_name) then list[#list + 1] = view end
  end
  return list
end

-- Constraints that the engine has renamed with their table, though the new schema keeps their names.
local function named_otherwise(b, unit, from, to)
  local out = {}
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs((unit.after or {})[spec.field] or {}) do
      local made = strategy.member_name(b.ctx, spec.kind, object.name, from, to)
      if made ~= object.name and b:member(to, spec.kind, made) then
        out[#out + 1] = { kind = spec.kind, is = made, name = object.name }
      end
    end
  end
  return out
end

local function name_again(b, unit, list)
  for _, row in ipairs(list) do
    local t, object = b:table(unit.q), fold.copy(b:member(unit.q, row.kind, row.is))
    object.name = row.name
    columns.ddl(b, unit, show(unit.q) .. "." .. row.name, "name-again", {
      title = ("Give %s of %s its name back"):format(row.name, show(unit.q)),
      why = ("the engine has renamed it to %s with its table; the new schema keeps the name"):format(row.is),
      ops = { b:drop_member(unit.q, row.kind, row.is), b:add_member(unit.q, row.kind, object) },
      compatibility = { old_app = true, new_app = true },
    }, t)
  end
end

local function switch_shell(change, sub, ctx, b)
  options_change(change, b, "switch")
  if partitions.passes(change) then
    if renames(change) then
      strategy.refuse(change, ("the table %s cannot be renamed and taken to or from another table at once. Do it in two changes")
        :format(show(change.before.name)))
    end
    return partitions.switch(change, sub, ctx, b)
  end
  if not renames(change) then return end
  local unit = b:unit(change)
  columns.flush_unit(b, unit)
  local from, to = unit.q, change.after.name
  local bridged = b.state.views[show(to)] ~= nil
  local views = ctx.features.view_follows_rename and {} or user_views(b, from, to)
  local list = { b:take_views(views) }
  if bridged then list[#list + 1] = b:drop_view(to) end
  list[#list + 1] = b:rename_table(from, to)
  local strayed = named_otherwise(b, unit, from, to)
  unit.q = to
  if bridged then list[#list + 1] = b:create_view(b:bridge(from, to)) end
  list[#list + 1] = b:bring_views(views, { [from.name] = to.name }, true)
  b:step(show(from), "rename-table", {
    title = ("Rename %s to %s"):format(show(from), show(to)),
    why = bridged and "metadata only; a view keeps the old name alive" or "metadata only",
    ops = list, form = #list > 2 and "swap" or nil,
    app = not bridged and ("Deploy the application that says %s together with this step."):format(show(to)) or nil,
    compatibility = {
      old_app = bridged, new_app = true,
      note = bridged and "both names work until contract"
        or ("no view that takes writes stands in on this engine, so one name works at a time: %s fails from here"):format(show(from)),
    },
    hazards = { "rename" },
  })
  name_again(b, unit, strayed)
end

local function contract_shell(change, _, _, b)
  if not renames(change) or not b.state.views[show(change.before.name)] then return end
  b:step(show(change.after.name), "drop-old-name", {
    title = "Drop the view that served the old name " .. show(change.before.name),
    why = "no application says the old name any more",
    ops = { b:drop_view(change.before.name) },
    app = "Check that no application, report or job names " .. show(change.before.name) .. " any more.",
    compatibility = { old_app = false, new_app = true,
                      note = "statements that name " .. show(change.before.name) .. " fail from here" },
    hazards = { "drop_view" },
  })
end

M.shell = { expand = expand_shell, switch = switch_shell, contract = contract_shell }

-- Raw SQL -------------------------------------------------------------------------------------------------------------

local function raw_in(phase)
  return function(change, _, _, b)
    local raw = change.after or change.before
    local wanted = (raw.phase or "") == "" and "expand" or raw.phase
    if wanted ~= phase then return end
    local name = raw.name and show(raw.name) or "sql"
    b:step(name, "run-sql", {
      title = "Run the SQL stated as " .. name,
      why = (raw.why or "") ~= "" and raw.why or "the specification states it",
      ops = { ops.run_raw(raw) },
      loses = (raw.down or "") == "" and "what this SQL did: no way back is stated for it" or nil,
      compatibility = { old_app = true, new_app = true,
                        note = "stated by the specification; forgelua does not know what it does" },
      hazards = { "raw" },
    })
  end
end

M.raw = { expand = raw_in("expand"), migrate = raw_in("migrate"), switch = raw_in("switch"),
          contract = raw_in("contract") }

return M
