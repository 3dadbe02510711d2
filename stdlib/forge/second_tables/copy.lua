--- Expand and migrate: the copy is created, kept in step by triggers, and filled in batches.

local bystanders = require("forge.bystanders")
local copy_checks = require("forge.copy_checks")
local fold = require("forge.fold")
local old_keys = require("forge.second_tables.old_keys")
local row_map = require("forge.row_map")
local sets = require("forge.second_tables.set")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local ACTS = { cascade = true, ["set null"] = true, ["set default"] = true }

-- Until contract the old tables stand with the old key between them: a row that the new action takes away would be held back
-- by it, as the action fires no trigger that could take its copy away first.
local function refuse_new_actions(ctx, set, entry)
  for _, change in ipairs(ctx.features.unseen_cascades and entry.unit.changes or {}) do
    local fk, was = change.kind == "foreign_key" and change.after, change.before or {}
    local acts = fk and (ACTS[fk.on_delete or ""] or ACTS[fk.on_update or ""]) and sets.in_set(set, fk.ref)
    if acts and was.columns and not (fold.same(fk.on_delete, was.on_delete) and fold.same(fk.on_update, was.on_update)) then
      strategy.refuse(change, ("the foreign key %s of %s gets another action while both of its tables are copied: change the action in a "
        .. "migration of its own, before or after this one"):format(fk.name, show(entry.unit.q)))
    end
  end
end

function M.expand_entry(ctx, b, set, entry)
  refuse_new_actions(ctx, set, entry)
  b:step(show(entry.unit.q), "create-copy", {
    title = ("Create %s in the new shape of %s"):format(show(entry.new_q), show(entry.unit.q)),
    why = "a second table costs nothing while it is empty; the one that stands is not touched",
    ops = { b:create_table(sets.new_shape(ctx, b, set, entry)) },
    checks_before = { bystanders.check(ctx, entry.unit.before.name) },
    compatibility = { old_app = true, new_app = true },
  })
end

function M.table_sync(name, from, to, set, key)
  return { name = name, kind = "table", table = from, target = to, pairs = {}, columns = set, key = key }
end

-- Columns of the copy by which rows are found that a foreign key's action changed or took away; nil where triggers see that.
local function changed_unseen(ctx, entry)
  if not ctx.features.unseen_cascades then return nil end
  local names, acts = {}, false
  for _, name in ipairs(entry.map.key) do names[#names + 1] = name end
  for _, fk in ipairs(entry.unit.before.foreign_keys or {}) do
    if ACTS[fk.on_delete or ""] or ACTS[fk.on_update or ""] then
      acts = true
      for _, row in ipairs(entry.map.set) do
        local reads = false
        for _, name in ipairs(fk.columns) do reads = reads or strategy.member_names("check", { expr = row.expr }, name) end
        if reads and not strategy.contains(names, row.to) then names[#names + 1] = row.to end
      end
    end
  end
  return acts and names or nil
end

--- Rows of the copy that a cascade has passed by are made anew, before its foreign keys and the swap.
function M.refresh_entry(sub, ctx, b, entry)
  local columns = changed_unseen(ctx, entry)
  if not columns then return end
  local q, map = entry.unit.q, entry.map
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  local rows, pause = strategy.batch(ctx, facts)
  local verify = row_map.verify(ctx, q, entry.new_q, map, entry.unit.before, entry.after)
  b:step(show(q), "refresh", {
    title = ("Make rows of %s anew that a foreign key's action on %s has changed"):format(show(entry.new_q), show(q)),
    why = "such an action fires no trigger, so the copy has not heard of it; run this again where the next script finds rows "
      .. "that point nowhere",
    work = { kind = "copy", table = q, target = entry.new_q, set = map.set, where = "", key = map.key,
             batch_rows = rows, pause_ms = pause, rows = facts.rows or -1, verify = verify, refresh = columns },
    checks_after = { strategy.must_be_none("every row has an equal one in the copy", verify) },
    compatibility = { old_app = true, new_app = true }, hazards = { "backfill" },
  })
end

--- What the swap asks where TRUNCATE, too, fires no trigger.
function M.nothing_left_over(ctx, entry)
  if not ctx.features.unseen_cascades then return nil end
  local d, same = ctx.d, {}
  for i, name in ipairs(entry.map.key) do
    local copied = strategy.keyed_as(ctx, "copied." .. d:ident(name), entry.after, entry.unit.before, name)
    same[i] = ("source.%s = %s"):format(d:ident(name), copied)
  end
  return strategy.must_be_none(("every row of %s is still in %s (TRUNCATE fires no trigger)"):format(show(entry.new_q),
      show(entry.unit.q)),
    ("SELECT COUNT(*) FROM %s AS copied WHERE NOT EXISTS (SELECT 1 FROM %s AS source WHERE %s)"):format(
      d:qname(entry.new_q), d:qname(entry.unit.q), table.concat(same, " AND ")))
end

function M.migrate_entry(sub, ctx, b, set, entry)
  local q, map = entry.unit.q, entry.map
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  entry.sync = b:sync_name(q)
  local refused = old_keys.refused_by_copies(ctx, { entries = { entry } })
  b:step(show(q), "sync", {
    title = ("Repeat every write to %s on %s"):format(show(q), show(entry.new_q)),
    why = "rows that change while the others are copied reach the copy, too",
    ops = { b:create_sync(M.table_sync(entry.sync, q, entry.new_q, map.set, map.key)) },
    checks_before = copy_checks.of(ctx, b, set, entry),
    compatibility = { old_app = true, new_app = true,
                      note = "each write to the table costs a second one" .. (refused and "; " .. refused or "") },
    hazards = strategy.seq("trigger", "sync", refused and "keys_of_both" or nil),
  })
  local rows, pause = strategy.batch(ctx, facts)
  local verify = row_map.verify(ctx, q, entry.new_q, map, entry.unit.before, entry.after)
  b:step(show(q), "copy", {
    title = ("Copy the rows of %s into %s"):format(show(q), show(entry.new_q)),
    why = ("%s, %d a batch: no batch holds its locks for long"):format(strategy.rows_text(facts.rows), rows),
    work = { kind = "copy", table = q, target = entry.new_q, set = map.set, where = "",
             key = strategy.key(entry.unit.before), batch_rows = rows, pause_ms = pause, rows = facts.rows or -1,
             verify = verify, refresh = changed_unseen(ctx, entry) },
    checks_after = { strategy.must_be_none("every row has an equal one in the copy", verify) },
    compatibility = { old_app = true, new_app = true }, hazards = { "backfill", "replica_lag", "disk" },
  })
end

return M
