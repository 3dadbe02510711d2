--- Contract: the old tables go, and what the engine could not rename gets its own name.

local columns = require("forge.direct.columns")
local copy_checks = require("forge.copy_checks")
local filling = require("forge.second_tables.fill")
local fold = require("forge.fold")
local losses = require("forge.losses")
local members = require("forge.direct.members")
local rules = require("forge.direct.lost_rules")
local row_map = require("forge.row_map")
local swapping = require("forge.second_tables.swap")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

-- The old table's foreign keys to what comes back without its rows: those whose columns may be NULL, or the others.
local function orphaned(b, unit, nullable)
  local out = {}
  for _, fk in ipairs(unit.before.foreign_keys or {}) do
    local soft = true
    for _, name in ipairs(fk.columns) do soft = soft and strategy.column(unit.before, name).nullable or false end
    if soft == nullable and rules.orphans(b, unit, fk) then out[#out + 1] = fk end
  end
  return out
end

-- The copy turned round: what the old table insists on and the new one does not. Where rows are refused one by one and kept
-- aside, nothing needs to be asked.
local function checks_back(ctx, b, entry)
  if not ctx.features.rebuild then return nil end
  local unit, changes = entry.unit, {}
  for _, change in ipairs(unit.changes) do
    if change.kind == "column" then
      changes[#changes + 1] = { kind = "column", table = change.table, before = change.after, after = change.before,
                                intent = { backfill_up = (change.intent or {}).backfill_down } }
    end
  end
  local wanted = fold.copy(unit.before)
  wanted.foreign_keys = {}
  for _, fk in ipairs(unit.before.foreign_keys or {}) do
    if fold.same_q(fk.ref, unit.before.name) or members.reference_stays(b, unit, fk) then
      wanted.foreign_keys[#wanted.foreign_keys + 1] = fk
    end
  end
  local back = { unit = { before = b:table(unit.q), final = unit.q, changes = changes }, after = wanted,
                 map = { set = entry.map.back } }
  local asked = copy_checks.of(ctx, b, { entries = { back } }, back) or {}
  local function value(name)
    for _, row in ipairs(entry.map.back) do
      if row.to == name then return "(" .. row.expr .. ")" end
    end
  end
  for _, fk in ipairs(orphaned(b, unit, false)) do
    local _, question = rules.unparented(b, unit, fk, value)
    asked[#asked + 1] = question
  end
  return #asked > 0 and asked or nil
end

-- What pointed at rows that do not come back lets go.
local function forgetting(b, entry)
  local out, gone = {}, {}
  for _, fk in ipairs(orphaned(b, entry.unit, true)) do
    for _, name in ipairs(fk.columns) do gone[name] = true end
  end
  for i, row in ipairs(entry.map.back) do
    out[i] = row
    if gone[row.to] then
      out[i] = fold.copy(row)
      out[i].expr = "NULL"
    end
  end
  return out
end

local function refill(sub, ctx, b, entry)
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  local rows, pause = strategy.batch(ctx, facts)
  local back = { set = forgetting(b, entry), key = entry.map.key }
  b:step(show(entry.unit.q), "point-of-return", {
    title = ("From here the way back copies %s into %s again"):format(show(entry.unit.q), show(entry.old_q)),
    why = "the old table is about to go; a rollback fills it from the new one before the application reads it",
    checks_back = checks_back(ctx, b, entry),
    reverse_work = {
      kind = "copy", table = entry.unit.q, target = entry.old_q, set = back.set, where = "",
      key = strategy.key(entry.after), batch_rows = rows, pause_ms = pause, rows = facts.rows or -1,
      verify = row_map.verify(ctx, entry.unit.q, entry.old_q, back, entry.after, entry.unit.before),
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

-- What the table that an incoming key belongs to is called by now.
local function holder(b, row)
  local child = b.by_key[show(row.q)]
  return child and child.q or row.q
end

-- Foreign keys of tables outside the set likewise: they could not be tested against rows that are not yet back.
local function cut_incoming(ctx, b, set)
  for _, row in ipairs(set.incoming) do
    local q = holder(b, row)
    -- It may have gone with a column that another one has taken over from.
    local stands = row.retired and b:member(q, "foreign_key", row.retired)
    if stands then
      local list = { b:drop_member(q, "foreign_key", row.retired) }
      b:step(show(q) .. "." .. row.retired, "cut-incoming", {
        title = ("Drop the foreign key %s of %s to the table that goes"):format(row.retired, show(q)),
        why = "the table that it refers to goes; the same key to the new table stands",
        ops = list, form = strategy.form_of(ctx, b:table(q), list),
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

-- What is gone for good once the old table is, and what the way back makes otherwise than it was.
local function lost(ctx, b, set)
  local gone, back = {}, {}
  for _, entry in ipairs(set.entries) do
    for _, column in ipairs(entry.map.lost) do
      gone[#gone + 1] = "every value of " .. show(entry.unit.q) .. "." .. column.name
      back[#back + 1] = gone[#gone] .. ": the way back cannot compute them"
    end
    for _, change in ipairs(entry.unit.changes) do
      local both = change.kind == "column" and change.before and change.after
      local text = both and losses.values(ctx, entry.unit.q, change)
      if text then back[#back + 1] = text end
      if text and change.after.generated then gone[#gone + 1] = text end
    end
    for _, fk in ipairs(orphaned(b, entry.unit, true)) do back[#back + 1] = rules.forgotten(entry.unit, fk) end
    for _, fk in ipairs(ctx.features.rebuild and orphaned(b, entry.unit, false) or {}) do
      back[#back + 1] = (rules.unparented(b, entry.unit, fk))
    end
  end
  return gone, back
end

function M.contract_set(sub, ctx, b, set)
  -- Where a table is built anew for it, cutting would cost a copy; such engines do not test row by row either.
  if not ctx.features.rebuild then
    cut_links(ctx, b, set)
    cut_incoming(ctx, b, set)
  end
  local order = children_first(b, set)
  for _, entry in ipairs(order) do refill(sub, ctx, b, entry) end
  for _, entry in ipairs(set.entries) do filling.stop(b, entry) end
  for _, entry in ipairs(set.entries) do
    b:step(show(entry.unit.q), "stop-sync", {
      title = ("Stop repeating writes to %s on %s"):format(show(entry.unit.q), show(entry.old_q)),
      why = "nobody needs the old rows any more", ops = { b:drop_sync(entry.sync) },
      compatibility = { old_app = #swapping.gone_names(set) == 0, new_app = true },
    })
  end
  local list = {}
  for _, row in ipairs(set.incoming) do
    local q = holder(b, row)
    if row.retired and b:member(q, "foreign_key", row.retired) then
      list[#list + 1] = b:drop_member(q, "foreign_key", row.retired)
    end
  end
  for _, entry in ipairs(order) do list[#list + 1] = b:drop_table(entry.old_q) end
  local gone, back = lost(ctx, b, set)
  b:step(swapping.names(set, "q"), "drop-old", {
    title = "Drop " .. swapping.names(set, "old_q"), why = "every application uses the new one", ops = list,
    loses_forward = #gone > 0 and table.concat(gone, "; ") or nil,
    loses = #back > 0 and table.concat(back, "; ") or nil,
    compatibility = { old_app = #swapping.gone_names(set) == 0, new_app = true }, hazards = { "drop" },
  })
  for _, entry in ipairs(set.entries) do
    final_names(ctx, b, entry)
    for _, change in ipairs(entry.kept) do columns.column.contract(change, sub, ctx, b) end
    columns.flush_unit(b, entry.unit)
    if entry.helper then
      members.drop(b, entry.unit, "index", entry.helper.name, "rows of the copy were found by it while both tables stood")
      columns.flush_unit(b, entry.unit)
    end
  end
end

return M
