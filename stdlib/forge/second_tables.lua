--- Second copies of whole tables: created in their new shape, kept in step by triggers, filled in batches, swapped in at
--- one moment, kept in step the other way until contract. `shadow_table` and `blue_green` are made of it.

local columns = require("forge.direct_columns")
local copy_checks = require("forge.copy_checks")
local fold = require("forge.fold")
local members = require("forge.direct_members")
local row_map = require("forge.row_map")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- Serving -------------------------------------------------------------------------------------------------------------

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

function M.serves(change, group, ctx)
  if not M.takes(change) then return false, "it serves changes inside of a table that stands" end
  local q = strategy.change_table(change)
  local before, after = group.before[show(q)], after_of(group, q)
  if not before or not after then return false, "the table does not stand before and after" end
  local map, why = row_map.make(group, ctx, before, after)
  if not map then return false, why end
  return true
end

-- The set ---------------------------------------------------------------------------------------------------------------

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

local function in_set(set, q)
  for _, entry in ipairs(set.entries) do
    if fold.same_q(entry.unit.before.name, q) or fold.same_q(entry.unit.final, q) then return entry end
  end
end

-- The new table as it is created. Foreign keys into the set wait until its rows are there.
local function new_shape(ctx, b, set, entry)
  local unit = entry.unit
  local made = fold.copy(entry.after)
  made.name = entry.new_q
  if made.primary_key then made.primary_key = placed(ctx, entry, "key", made.primary_key) end
  for _, kind in ipairs({ "key", "index", "check", "exclusion" }) do
    local list = {}
    for i, object in ipairs(entry.after[FIELD[kind]] or {}) do list[i] = placed(ctx, entry, kind, object) end
    made[FIELD[kind]] = list
  end
  made.foreign_keys, entry.later = {}, {}
  for _, fk in ipairs(entry.after.foreign_keys or {}) do
    local own = placed(ctx, entry, "foreign_key", fk)
    local target = in_set(set, fk.ref)
    if target then
      own = fold.copy(own)
      own.ref = target.new_q
      entry.later[#entry.later + 1] = own
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

-- Tables that refer to each other change over together; others one by one, unless `together`.
local function sets_of(sub, ctx, b, together)
  if sub.sets then return sub.sets end
  sub.sets = {}
  local wanted = {}
  for _, change in ipairs(sub.changes) do wanted[b:unit(change)] = true end
  for _, unit in ipairs(b.units) do
    if wanted[unit] then
      local home
      for _, set in ipairs(sub.sets) do
        for _, entry in ipairs(set.entries) do
          if together or linked(entry.unit, unit) then home = home or set end
        end
      end
      if not home then
        home = { entries = {} }
        sub.sets[#sub.sets + 1] = home
      end
      unit.moves = true
      local after = after_of(b.group, unit.before.name)
      local spare = spare_of(ctx, unit, after)
      local entry = { unit = unit, after = after, moved = {},
                      new_q = strategy.derived_qname(ctx, unit.q, "__new", spare),
                      old_q = strategy.derived_qname(ctx, unit.q, "__old", spare),
                      map = row_map.make(b.group, ctx, unit.before, after) }
      home.entries[#home.entries + 1] = entry
    end
  end
  return sub.sets
end

local function each(sub, ctx, b, together, visit)
  for _, set in ipairs(sets_of(sub, ctx, b, together)) do visit(set) end
end

-- Expand and migrate ------------------------------------------------------------------------------------------------------

local function expand_entry(ctx, b, set, entry)
  b:step(show(entry.unit.q), "create-copy", {
    title = ("Create %s in the new shape of %s"):format(show(entry.new_q), show(entry.unit.q)),
    why = "a second table costs nothing while it is empty; the one that stands is not touched",
    ops = { b:create_table(new_shape(ctx, b, set, entry)) },
    compatibility = { old_app = true, new_app = true }, hazards = { "disk" },
  })
end

local function table_sync(name, from, to, set, key)
  return { name = name, kind = "table", table = from, target = to, pairs = {}, columns = set, key = key }
end

local function migrate_entry(sub, ctx, b, set, entry)
  local q, map = entry.unit.q, entry.map
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  entry.sync = b:sync_name(q)
  b:step(show(q), "sync", {
    title = ("Repeat every write to %s on %s"):format(show(q), show(entry.new_q)),
    why = "rows that change while the others are copied reach the copy, too",
    ops = { b:create_sync(table_sync(entry.sync, q, entry.new_q, map.set, map.key)) },
    checks_before = copy_checks.of(ctx, b, set, entry),
    compatibility = { old_app = true, new_app = true, note = "each write to the table costs a second one" },
    hazards = { "trigger", "sync" },
  })
  local rows, pause = strategy.batch(ctx, facts)
  local verify = row_map.verify(ctx, q, entry.new_q, map, entry.after)
  b:step(show(q), "copy", {
    title = ("Copy the rows of %s into %s"):format(show(q), show(entry.new_q)),
    why = ("%s, %d a batch: no batch holds its locks for long"):format(strategy.rows_text(facts.rows), rows),
    work = { kind = "copy", table = q, target = entry.new_q, set = map.set, where = "",
             key = strategy.key(entry.unit.before), batch_rows = rows, pause_ms = pause, rows = facts.rows or -1,
             verify = verify },
    checks_after = { strategy.must_be_none("every row has an equal one in the copy", verify) },
    compatibility = { old_app = true, new_app = true }, hazards = { "backfill", "replica_lag", "disk" },
  })
end

-- Switch ------------------------------------------------------------------------------------------------------------------

-- Foreign keys of tables outside the set that refer to it: { q, fk, entry }.
local function incoming(b, set)
  local out, seen = {}, {}
  local function add(q, fk)
    local entry = in_set(set, fk.ref)
    local key = show(q) .. "\n" .. fk.name
    -- A foreign key that another change drops goes before the swap; one whose table goes stands until contract.
    local dropped = not b.by_key[show(q)] and b:key_dropped(q, fk)
    if not entry or seen[key] or in_set(set, q) or dropped then return end
    seen[key] = true
    out[#out + 1] = { q = q, fk = fk, entry = entry }
  end
  for _, row in ipairs(b.group.incoming or {}) do
    b:borrow(row.table)
    add(row.table, row.foreign_key)
  end
  local keys = {}
  for key in pairs(b.state.tables) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local t = b.state.tables[key]
    for _, fk in ipairs(t.foreign_keys or {}) do
      local own = false
      for _, entry in ipairs(set.entries) do own = own or fold.same_q(entry.new_q, t.name) end
      if not own then add(t.name, fk) end
    end
  end
  return out
end

local function prepare_incoming(ctx, b, row)
  if not (ctx.features.rename_constraint and ctx.features.not_valid) then return end
  local made = fold.copy(row.fk)
  made.name, made.ref = strategy.derived_name(ctx, row.fk.name, "__new"), row.entry.new_q
  row.temp, row.retired = made.name, strategy.derived_name(ctx, row.fk.name, "__old")
  members.add(b, { q = row.q, changes = {}, key = show(row.q) }, "foreign_key", made,
    "it refers to the copy; after the swap it is the foreign key under its own name")
end

local function swap_incoming(b, row)
  if row.temp then
    return { b:rename_member(row.q, "foreign_key", row.fk.name, row.retired),
             b:rename_member(row.q, "foreign_key", row.temp, row.fk.name) }
  end
  local made = fold.copy(b:member(row.q, "foreign_key", row.fk.name))
  made.ref = row.entry.unit.q
  local child, gone = b:table(row.q), b:drop_member(row.q, "foreign_key", row.fk.name)
  local unit = b.by_key[show(row.q)]
  if not b:key_waits(made, child, unit and unit.after) then return { gone, b:add_member(row.q, "foreign_key", made) } end
  -- Its column keeps the old type beside a second one: the key goes over to that one with the swap.
  local final = unit and unit.after and fold.find(unit.after.foreign_keys, row.fk.name)
  final = final and members.as_now(b, unit, "foreign_key", final)
  if final and not b:key_waits(final, child, unit.after) then return { gone, b:add_member(row.q, "foreign_key", final) } end
  return { gone }
end

local function later_keys(b, entry)
  local pseudo = { q = entry.new_q, changes = {}, key = show(entry.new_q) }
  for _, fk in ipairs(entry.later) do
    members.add(b, pseudo, "foreign_key", fk, "its rows are there now")
    columns.flush_unit(b, pseudo)
  end
end

local function rename_tables(b, entry)
  return { b:rename_table(entry.unit.q, entry.old_q), b:rename_table(entry.new_q, entry.unit.q) }
end

local function swap_members(b, entry)
  local out = {}
  for _, m in ipairs(entry.moved) do
    if m.renames then
      m.retired = strategy.derived_name(b.ctx, m.name, "__old")
      out[#out + 1] = b:rename_member(entry.old_q, b:member(entry.old_q, m.kind, m.name) and m.kind or "index", m.name, m.retired)
      out[#out + 1] = b:rename_member(entry.unit.q, m.kind, m.temp, m.name)
    end
  end
  return out
end

-- What the new application no longer writes, the old table must not insist on once writes are repeated on it.
local function relax_old(b, entry)
  for _, column in ipairs(entry.map.lost) do
    if columns.needs_value(column) and not strategy.in_primary_key(entry.unit.before, column.name) then
      columns.stop_insisting(b, entry.unit, column.name)
    end
  end
  columns.flush_unit(b, entry.unit)
end

local function views_of(b, set)
  local list, seen = {}, {}
  for _, entry in ipairs(set.entries) do
    for _, view in ipairs(b:views_on(entry.unit.q)) do
      if not seen[show(view.name)] then
        seen[show(view.name)] = true
        list[#list + 1] = view
      end
    end
  end
  return strategy.sorted_views(list)
end

local function names(set, field)
  local out = {}
  for i, entry in ipairs(set.entries) do out[i] = show(field == "q" and entry.unit.q or entry[field]) end
  return table.concat(out, ", ")
end

local function losses(set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, column in ipairs(entry.map.lost) do
      out[#out + 1] = ("%s.%s of rows written after the swap"):format(show(entry.unit.q), column.name)
    end
    if not entry.map.total then
      out[#out + 1] = ("values of %s that the old table cannot hold; they are named in forgelua_sync_errors"):format(
        show(entry.unit.q))
    end
  end
  return #out > 0 and table.concat(out, "; ") or nil
end

local function renamed_columns(set)
  local map = {}
  for _, entry in ipairs(set.entries) do
    for _, change in ipairs(entry.unit.changes) do
      if change.kind == "column" and change.before and change.after and change.before.name ~= change.after.name then
        map[change.before.name] = change.after.name
      end
    end
  end
  return map
end

local function lost_columns(set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, column in ipairs(entry.unit.before.columns) do
      if not strategy.column(entry.after, column.name) then out[#out + 1] = column.name end
    end
  end
  return out
end

local function gone_names(set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, change in ipairs(entry.unit.changes) do
      if change.kind == "column" and change.before and (not change.after or change.after.name ~= change.before.name) then
        out[#out + 1] = show(entry.unit.q) .. "." .. change.before.name
      end
    end
  end
  return out
end

-- Columns that the new table demands and that the deployed application does not know: its INSERTs fail from the swap on.
local function demanded(set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, change in ipairs(entry.unit.changes) do
      local column = change.kind == "column" and not change.before and change.after
      if column and not column.nullable and not column.default and not column.generated and not column.identity then
        out[#out + 1] = show(entry.unit.q) .. "." .. column.name
      end
    end
  end
  return out
end

local function swap(b, set, options)
  local list, views = {}, views_of(b, set)
  local from_outside = set.incoming
  for _, entry in ipairs(set.entries) do list[#list + 1] = b:drop_sync(entry.sync) end
  list[#list + 1] = b:take_views(views)
  for _, entry in ipairs(set.entries) do list[#list + 1] = rename_tables(b, entry) end
  for _, entry in ipairs(set.entries) do
    list[#list + 1] = swap_members(b, entry)
  end
  for _, row in ipairs(from_outside) do list[#list + 1] = swap_incoming(b, row) end
  for _, entry in ipairs(set.entries) do
    local name = b:sync_name(entry.unit.q)
    entry.sync = name
    list[#list + 1] = b:create_sync(table_sync(name, entry.unit.q, entry.old_q, entry.map.back, entry.map.key))
  end
  list[#list + 1] = b:bring_views(views, renamed_columns(set), true, lost_columns(set))
  local gone = gone_names(set)
  b:step(names(set, "q"), options.flip, {
    title = (#set.entries == 1 and "Swap the copy of %s in" or "Flip %s to their copies, together"):format(names(set, "q")),
    why = "renames only, in one piece: no session finds a table missing or half changed",
    ops = list, form = "swap", loses = losses(set),
    app = ("Deploy the application that uses %s as the new schema has it."):format(names(set, "q")),
    compatibility = {
      old_app = #gone == 0 and #demanded(set) == 0, new_app = true,
      note = #gone > 0 and ("statements that say %s fail from here"):format(table.concat(gone, ", "))
        or #demanded(set) > 0 and ("INSERTs that give no %s fail from here"):format(table.concat(demanded(set), ", "))
        or "both applications find the table under its name",
    },
    hazards = { "swap" },
  })
end

local function verify_set(ctx, b, set)
  local checks = {}
  for _, entry in ipairs(set.entries) do
    checks[#checks + 1] = strategy.must_be_none(("every row of %s has an equal one in %s"):format(show(entry.unit.q),
      show(entry.new_q)), row_map.verify(ctx, entry.unit.q, entry.new_q, entry.map, entry.after))
    checks[#checks + 1] = strategy.must_be_none(("%s and %s have equally many rows"):format(show(entry.unit.q),
      show(entry.new_q)), ("SELECT (SELECT COUNT(*) FROM %s) - (SELECT COUNT(*) FROM %s)"):format(
        ctx.d:qname(entry.unit.q), ctx.d:qname(entry.new_q)))
  end
  b:step(names(set, "q"), "verify-green", {
    title = ("Test the second set of %s before the flip"):format(names(set, "q")),
    why = "the new application is run against the second set while the first one serves",
    checks_before = checks,
    app = ("Run the new application's read tests against %s; do not write there."):format(names(set, "new_q")),
    compatibility = { old_app = true, new_app = true },
  })
end

-- Contract ------------------------------------------------------------------------------------------------------------------

local function refill(sub, ctx, b, entry)
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  local rows, pause = strategy.batch(ctx, facts)
  local back = { set = entry.map.back, key = entry.map.key }
  b:step(show(entry.unit.q), "point-of-return", {
    title = ("From here the way back copies %s into %s again"):format(show(entry.unit.q), show(entry.old_q)),
    why = "the old table is about to go; a rollback fills it from the new one before the application reads it",
    reverse_work = {
      kind = "copy", table = entry.unit.q, target = entry.old_q, set = entry.map.back, where = "",
      key = strategy.key(entry.after), batch_rows = rows, pause_ms = pause, rows = facts.rows or -1,
      verify = row_map.verify(ctx, entry.unit.q, entry.old_q, back, entry.unit.before),
    },
    compatibility = { old_app = true, new_app = true },
  })
end

local function refers(b, entry, other)
  for _, fk in ipairs(b:table(entry.old_q).foreign_keys or {}) do
    if fold.same_q(fk.ref, other.old_q) then return true end
  end
  return false
end

local function referred(b, entry, left)
  for _, other in ipairs(left) do
    if other ~= entry and refers(b, other, entry) then return true end
  end
  return false
end

-- The tables in an order in which nothing that still stands refers to the next one.
local function children_first(b, set)
  local left, order = {}, {}
  for i, entry in ipairs(set.entries) do left[i] = entry end
  while #left > 0 do
    local at = 1  -- a circle: its foreign keys have been cut where the engine tests them
    for i = #left, 1, -1 do
      if not referred(b, left[i], left) then at = i end
    end
    order[#order + 1] = table.remove(left, at)
  end
  return order
end

-- Foreign keys within the old set go first: on the way back the rows come before them, in whatever order.
local function cut_links(ctx, b, set)
  for _, entry in ipairs(set.entries) do
    local list = {}
    for _, fk in ipairs(b:table(entry.old_q).foreign_keys or {}) do
      for _, other in ipairs(set.entries) do
        if fold.same_q(fk.ref, other.old_q) then list[#list + 1] = b:drop_member(entry.old_q, "foreign_key", fk.name) end
      end
    end
    b:step(show(entry.unit.q), "cut-links", {
      title = ("Drop the foreign keys of %s within the set that goes"):format(show(entry.old_q)),
      why = "the tables that they refer to go as well",
      ops = list, form = strategy.form_of(ctx, b:table(entry.old_q), list),
      compatibility = { old_app = true, new_app = true },
    })
  end
end

-- Foreign keys of tables outside the set likewise: they could not be tested against rows that are not yet back.
local function cut_incoming(ctx, b, set)
  for _, row in ipairs(set.incoming) do
    local list = row.retired and { b:drop_member(row.q, "foreign_key", row.retired) } or {}
    if #list > 0 then
      b:step(show(row.q) .. "." .. row.retired, "cut-incoming", {
        title = ("Drop the foreign key %s of %s to the table that goes"):format(row.retired, show(row.q)),
        why = "the table that it refers to goes; the same key to the new table stands",
        ops = list, form = strategy.form_of(ctx, b:table(row.q), list),
        compatibility = { old_app = true, new_app = true },
      })
      row.retired = nil
    end
  end
end

local function final_names(ctx, b, entry)
  local t, list, objects = b:table(entry.unit.q), {}, {}
  for _, m in ipairs(entry.moved) do
    if not m.renames then
      local object = fold.copy(b:member(entry.unit.q, m.kind, m.temp))
      object.name = m.name
      list[#list + 1] = b:add_member(entry.unit.q, m.kind, object)
      list[#list + 1] = b:drop_member(entry.unit.q, m.kind, m.temp)
      objects[#objects + 1] = m.name
    end
  end
  if #list == 0 then return end
  b:step(show(entry.unit.q), "final-names", {
    title = ("Give %s of %s their names"):format(table.concat(objects, ", "), show(entry.unit.q)),
    why = "this engine cannot rename them, and while the old table stood it held the names",
    ops = list, form = strategy.form_of(ctx, t, list),
    compatibility = { old_app = true, new_app = true }, hazards = { "constraint" },
  })
end

local function lost_forward(set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, column in ipairs(entry.map.lost) do
      out[#out + 1] = "every value of " .. show(entry.unit.q) .. "." .. column.name
    end
  end
  return out
end

local function contract_set(sub, ctx, b, set)
  -- Where a table is built anew for it, cutting would cost a copy; such engines do not test row by row either.
  if not ctx.features.rebuild then
    cut_links(ctx, b, set)
    cut_incoming(ctx, b, set)
  end
  local order = children_first(b, set)
  for _, entry in ipairs(order) do refill(sub, ctx, b, entry) end
  for _, entry in ipairs(set.entries) do
    b:step(show(entry.unit.q), "stop-sync", {
      title = ("Stop repeating writes to %s on %s"):format(show(entry.unit.q), show(entry.old_q)),
      why = "nobody needs the old rows any more", ops = { b:drop_sync(entry.sync) },
      compatibility = { old_app = #gone_names(set) == 0, new_app = true },
    })
  end
  local list = {}
  for _, row in ipairs(set.incoming) do
    local child = b.by_key[show(row.q)]
    local q = child and child.q or row.q
    if row.retired then list[#list + 1] = b:drop_member(q, "foreign_key", row.retired) end
  end
  for _, entry in ipairs(order) do list[#list + 1] = b:drop_table(entry.old_q) end
  local gone = lost_forward(set)
  b:step(names(set, "q"), "drop-old", {
    title = "Drop " .. names(set, "old_q"), why = "every application uses the new one", ops = list,
    loses_forward = #gone > 0 and table.concat(gone, "; ") or nil,
    loses = #gone > 0 and (table.concat(gone, "; ") .. ": the way back cannot compute them") or nil,
    compatibility = { old_app = #gone_names(set) == 0, new_app = true }, hazards = { "drop" },
  })
  for _, entry in ipairs(set.entries) do final_names(ctx, b, entry) end
end

-- Phases ----------------------------------------------------------------------------------------------------------------------

--- The four phases of a strategy.
---@param options table { together = all tables in one flip, verify = a step that tests the second set, flip = the id's word }
function M.phases(options)
  local together = options.together
  return {
    expand = function(sub, ctx, b)
      each(sub, ctx, b, together, function(set)
        for _, entry in ipairs(set.entries) do expand_entry(ctx, b, set, entry) end
      end)
    end,
    migrate = function(sub, ctx, b)
      each(sub, ctx, b, together, function(set)
        for _, entry in ipairs(set.entries) do migrate_entry(sub, ctx, b, set, entry) end
      end)
    end,
    switch = function(sub, ctx, b)
      each(sub, ctx, b, together, function(set)
        set.incoming = incoming(b, set)
        for _, entry in ipairs(set.entries) do later_keys(b, entry) end
        for _, row in ipairs(set.incoming) do prepare_incoming(ctx, b, row) end
        for _, entry in ipairs(set.entries) do relax_old(b, entry) end
        if options.verify then verify_set(ctx, b, set) end
        swap(b, set, options)
      end)
    end,
    contract = function(sub, ctx, b)
      each(sub, ctx, b, together, function(set) contract_set(sub, ctx, b, set) end)
    end,
  }
end

return M
