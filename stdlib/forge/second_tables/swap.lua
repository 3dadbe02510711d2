--- Switch: the copies take the names of the tables, with their members, views and the foreign keys from outside.

local collations = require("forge.strategy.collations")
local columns = require("forge.direct.columns")
local members = require("forge.direct.members")
local filling = require("forge.second_tables.fill")
local fold = require("forge.fold")
local losses = require("forge.losses")
local old_keys = require("forge.second_tables.old_keys")
local row_map = require("forge.row_map")
local copying = require("forge.second_tables.copy")
local sets = require("forge.second_tables.set")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- Foreign keys of tables outside the set that refer to it: { q, fk, entry }.
function M.incoming(b, set)
  local out, seen = {}, {}
  local function add(q, fk)
    local entry = sets.in_set(set, fk.ref)
    local key = show(q) .. "\n" .. fk.name
    -- A foreign key that another change drops goes before the swap; one whose table goes stands until contract.
    local dropped = not b.by_key[show(q)] and b:key_dropped(q, fk)
    if not entry or seen[key] or sets.in_set(set, q) or dropped then return end
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

-- A second column of the child may have taken the name for its own key.
local function free_name(b, row, suffix)
  local number = 1
  while true do
    local name = strategy.derived_name(b.ctx, row.fk.name, number == 1 and suffix or suffix .. "_" .. number)
    if not b:member(row.q, "foreign_key", name) then return name end
    number = number + 1
  end
end

function M.prepare_incoming(ctx, b, row)
  if not (ctx.features.rename_constraint and ctx.features.not_valid) then return end
  local made = fold.copy(row.fk)
  made.name, made.ref = free_name(b, row, "__new"), row.entry.new_q
  row.temp = made.name
  members.add(b, { q = row.q, changes = {}, key = show(row.q) }, "foreign_key", made,
    "it refers to the copy; after the swap it is the foreign key under its own name")
end

-- Does the engine refuse the key, whatever becomes of the table that refers?
local function never_fits(b, fk, child)
  local target = b.ctx.d.key_holds_type and b:table(fk.ref)
  for i, name in ipairs(target and fk.columns or {}) do
    local own, now = strategy.column(child, name), strategy.column(target, fk.ref_columns[i] or name)
    if own and now and not fold.same(own.type, now.type) and b.ctx.d:key_holds_type(own.type, now.type) then return true end
    if own and now and collations.part_keys(b.ctx, child, own, target, now) then return true end
  end
  return false
end

local function swap_incoming(b, row)
  if row.temp then
    row.retired = free_name(b, row, "__old")
    return { b:rename_member(row.q, "foreign_key", row.fk.name, row.retired),
             b:rename_member(row.q, "foreign_key", row.temp, row.fk.name) }
  end
  local made = fold.copy(b:member(row.q, "foreign_key", row.fk.name))
  made.ref = row.entry.unit.q
  local child, gone = b:table(row.q), b:drop_member(row.q, "foreign_key", row.fk.name)
  local unit = b.by_key[show(row.q)]
  -- A table that goes keeps the types that it has, and the key cannot stand between two.
  if unit and not unit.after and never_fits(b, made, child) then return { gone } end
  if not b:key_waits(made, child, unit and unit.after) then return { gone, b:add_member(row.q, "foreign_key", made) } end
  -- Its column keeps the old type beside a second one: the key goes over to that one with the swap.
  local final = unit and unit.after and fold.find(unit.after.foreign_keys, row.fk.name)
  final = final and members.as_now(b, unit, "foreign_key", final)
  if final and not b:key_waits(final, child, unit.after) then return { gone, b:add_member(row.q, "foreign_key", final) } end
  return { gone }
end

-- A key that comes once the table has its name has its own at once.
local function not_moved(entry, fk)
  for i = #entry.moved, 1, -1 do
    local m = entry.moved[i]
    if m.kind == "foreign_key" and m.temp == fk.name then table.remove(entry.moved, i) end
  end
end

function M.later_keys(b, entry)
  local pseudo = { q = entry.new_q, changes = {}, key = show(entry.new_q) }
  for _, row in ipairs(entry.later) do
    local fk = row.outside and members.as_now(b, { q = entry.unit.q, changes = {} }, "foreign_key", row.key) or row.key
    if row.outside and b:key_waits(fk, b:table(entry.new_q), entry.after) then
      b:postpone_key(entry.unit, row.final, true)
      not_moved(entry, row.key)
    else
      members.add(b, pseudo, "foreign_key", fk, "its rows are there now")
      columns.flush_unit(b, pseudo)
    end
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
function M.relax_old(b, entry)
  local unwritten = {}
  for _, column in ipairs(entry.map.lost) do unwritten[#unwritten + 1] = column end
  for _, change in ipairs(entry.kept) do unwritten[#unwritten + 1] = change.before end
  for _, column in ipairs(unwritten) do
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

function M.names(set, field)
  local out = {}
  for i, entry in ipairs(set.entries) do out[i] = show(field == "q" and entry.unit.q or entry[field]) end
  return table.concat(out, ", ")
end

-- A row whose key the old table cannot hold is not there at all on the way back, and neither is what refers to it.
local function keys_come_back(ctx, entry)
  for _, name in ipairs(entry.map.key) do
    local old, new = strategy.column(entry.unit.before, name), strategy.column(entry.after, name)
    if old and new and not strategy.total(ctx, new.type, old.type) then return false end
  end
  return true
end

local function lost(ctx, set)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, column in ipairs(entry.map.lost) do
      out[#out + 1] = ("%s.%s of rows written after the swap"):format(show(entry.unit.q), column.name)
    end
    if not entry.map.total or losses.relaxes(ctx, entry.unit, entry.after) then
      local where = (keys_come_back(ctx, entry) and "" or ", and whole rows whose key it cannot hold, with what refers to them")
        .. "; they are named in forgelua_sync_errors, from contract on in forgelua_backfill_errors"
      if ctx.features.rebuild then
        where = ": until contract they are named in forgelua_sync_errors, from contract on the way back stops at them until "
          .. "they are changed"
      end
      out[#out + 1] = ("values of %s that the old table cannot hold%s"):format(show(entry.unit.q), where)
    end
  end
  return #out > 0 and table.concat(out, "; ") or nil
end

local function renamed_columns(set)
  local map = {}
  for _, entry in ipairs(set.entries) do
    for old, new in pairs(entry.new_names) do map[old] = new end
  end
  return map
end

local function tables_of(set)
  local out = {}
  for _, entry in ipairs(set.entries) do out[entry.unit.q.name] = true end
  return out
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

-- The columns of the set's tables that `wanted(change, entry)` gives, as people say them.
local function columns_where(set, wanted)
  local out = {}
  for _, entry in ipairs(set.entries) do
    for _, change in ipairs(entry.unit.changes) do
      local column = change.kind == "column" and wanted(change, entry)
      if column then out[#out + 1] = show(entry.unit.q) .. "." .. column.name end
    end
  end
  return out
end

function M.gone_names(set)
  return columns_where(set, function(change, entry)
    local goes = change.before and (not change.after or change.after.name ~= change.before.name)
    return goes and not strategy.contains(entry.kept, change) and change.before
  end)
end

-- Columns that the new table demands and that the deployed application does not know: its INSERTs fail from the swap on.
local function demanded(set)
  return columns_where(set, function(change, entry)
    local column = not change.before and change.after
    local wanting = column and not column.nullable and not column.default and not column.generated and not column.identity
    return wanting and not filling.fills(entry, change) and column
  end)
end

local function gives_value(column) return column.default ~= nil or column.identity ~= nil or column.generated ~= nil end

-- Columns of the deployed application that it may leave NULL, or leave out, and that the new table then refuses.
local function insisted(set)
  return columns_where(set, function(change, entry)
    local column = change.before and change.after
    local lenient = column and (change.before.nullable or gives_value(change.before) and not gives_value(column))
    return lenient and not column.nullable and not column.generated and not filling.fills(entry, change) and change.before
  end)
end

-- New columns that get their default where the deployed application leaves them out, and not what the backfill would give.
local function defaulted(set)
  return columns_where(set, function(change, entry)
    local column = not change.before and change.after
    return column and column.default and strategy.stated_fill(change) and not filling.fills(entry, change) and column
  end)
end

-- Columns that the engine computed, and that nobody computes for the deployed application's rows any more.
local function uncomputed(set)
  return columns_where(set, function(change, entry)
    local column = change.before and change.after
    local given = column and filling.was_computed(change) and not column.generated and (column.nullable or column.default)
    return given and not filling.fills(entry, change) and column
  end)
end

-- What fails from the swap on, in words for people; empty where nothing does.
local function failing(set)
  local out = {}
  local function add(text, list)
    if #list > 0 then out[#out + 1] = text:format(table.concat(list, ", ")) end
  end
  add("statements that say %s", M.gone_names(set))
  add("INSERTs that give no %s", demanded(set))
  add("writes that leave %s without a value", insisted(set))
  return out
end

-- The triggers that let the new tables lead. Where the newest one fires first, a row that the filling one writes once more must have
-- gone along with its key by then.
local function turn_round(b, set, list)
  local function fill()
    for _, entry in ipairs(set.entries) do list[#list + 1] = filling.start(b, entry) end
  end
  if b.ctx.d.newest_trigger_first then fill() end
  for _, entry in ipairs(set.entries) do
    local name = b:sync_name(entry.unit.q)
    entry.sync = name
    list[#list + 1] = b:create_sync(copying.table_sync(name, entry.unit.q, entry.old_q, entry.map.back, entry.map.key))
  end
  if not b.ctx.d.newest_trigger_first then fill() end
end

function M.swap(b, set, options)
  local list, views = {}, views_of(b, set)
  local from_outside = set.incoming
  for _, entry in ipairs(set.entries) do list[#list + 1] = b:drop_sync(entry.sync) end
  list[#list + 1] = b:take_views(views)
  for _, entry in ipairs(set.entries) do list[#list + 1] = rename_tables(b, entry) end
  for _, entry in ipairs(set.entries) do
    list[#list + 1] = swap_members(b, entry)
  end
  for _, row in ipairs(from_outside) do list[#list + 1] = swap_incoming(b, row) end
  turn_round(b, set, list)
  list[#list + 1] = b:bring_views(views, renamed_columns(set), true, lost_columns(set), tables_of(set))
  local fail, late, left, checks = failing(set), defaulted(set), uncomputed(set), {}
  local refused = old_keys.refused_by_old_tables(b.ctx, set)
  for _, entry in ipairs(set.entries) do checks[#checks + 1] = copying.nothing_left_over(b.ctx, entry) end
  for _, check in ipairs(old_keys.checks(b.ctx, b, set, sets.in_set)) do checks[#checks + 1] = check end
  b:step(M.names(set, "q"), options.flip, {
    title = (#set.entries == 1 and "Swap the copy of %s in" or "Flip %s to their copies, together"):format(M.names(set, "q")),
    why = "renames only, in one piece: no session finds a table missing or half changed",
    ops = list, form = "swap", loses = lost(b.ctx, set), checks_before = #checks > 0 and checks or nil,
    app = ("Deploy the application that uses %s as the new schema has it%s."):format(M.names(set, "q"),
      #fail > 0 and ", together with this step" or ""),
    compatibility = {
      old_app = #fail == 0 and #late == 0 and #left == 0, new_app = true,
      note = (#fail > 0 and table.concat(fail, ", and ") .. " fail from here" or "both applications find the table under its name")
        .. (#late > 0 and ("; INSERTs that leave %s out get the default"):format(table.concat(late, ", ")) or "")
        .. (#left > 0 and ("; %s is no longer computed where they leave it out"):format(table.concat(left, ", ")) or "")
        .. (refused and "; " .. refused or ""),
    },
    hazards = strategy.seq("swap", refused and "keys_of_both" or nil),
  })
end

function M.verify_set(ctx, b, set)
  local checks = {}
  for _, entry in ipairs(set.entries) do
    checks[#checks + 1] = strategy.must_be_none(("every row of %s has an equal one in %s"):format(show(entry.unit.q),
      show(entry.new_q)), row_map.verify(ctx, entry.unit.q, entry.new_q, entry.map, entry.unit.before, entry.after))
    checks[#checks + 1] = strategy.must_be_none(("%s and %s have equally many rows"):format(show(entry.unit.q),
      show(entry.new_q)), ("SELECT (SELECT COUNT(*) FROM %s) - (SELECT COUNT(*) FROM %s)"):format(
        ctx.d:qname(entry.unit.q), ctx.d:qname(entry.new_q)))
  end
  b:step(M.names(set, "q"), "verify-green", {
    title = ("Test the second set of %s before the flip"):format(M.names(set, "q")),
    why = "the new application is run against the second set while the first one serves",
    checks_before = checks,
    app = ("Run the new application's read tests against %s; do not write there."):format(M.names(set, "new_q")),
    compatibility = { old_app = true, new_app = true },
  })
end

return M
