--- Expand and migrate: the copy is created, kept in step by triggers, and filled in batches.

local bystanders = require("forge.bystanders")
local copy_checks = require("forge.copy_checks")
local row_map = require("forge.row_map")
local sets = require("forge.second_tables.set")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

function M.expand_entry(ctx, b, set, entry)
  b:step(show(entry.unit.q), "create-copy", {
    title = ("Create %s in the new shape of %s"):format(show(entry.new_q), show(entry.unit.q)),
    why = "a second table costs nothing while it is empty; the one that stands is not touched",
    ops = { b:create_table(sets.new_shape(ctx, b, set, entry)) },
    checks_before = { bystanders.check(ctx, entry.unit.before.name) },
    compatibility = { old_app = true, new_app = true }, hazards = { "disk" },
  })
end

function M.table_sync(name, from, to, set, key)
  return { name = name, kind = "table", table = from, target = to, pairs = {}, columns = set, key = key }
end

function M.migrate_entry(sub, ctx, b, set, entry)
  local q, map = entry.unit.q, entry.map
  local facts = strategy.facts(sub, ctx, entry.unit.before.name)
  entry.sync = b:sync_name(q)
  b:step(show(q), "sync", {
    title = ("Repeat every write to %s on %s"):format(show(q), show(entry.new_q)),
    why = "rows that change while the others are copied reach the copy, too",
    ops = { b:create_sync(M.table_sync(entry.sync, q, entry.new_q, map.set, map.key)) },
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

return M
