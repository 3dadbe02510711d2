--- Changes with no second copy of data: what is metadata-only or online on the engine, each in its safe steps.

local definitions = require("forge.direct.definitions")
local direct_members = require("forge.direct.members")
local direct_columns = require("forge.direct.columns")
local direct_objects = require("forge.direct.objects")
local direct_views = require("forge.direct.views")
local fold = require("forge.fold")
local partitions = require("forge.direct.partitions")
local strategy = require("forge.strategy")

-- What each kind of change adds to each phase; within a phase the kinds run in this order.
local KINDS = {
  { kind = "schema", by = direct_objects.schema }, { kind = "enum", by = direct_objects.enum },
  { kind = "sequence", by = direct_objects.sequence }, { kind = "table", by = direct_objects.table },
  { kind = "shell", by = direct_objects.shell }, { kind = "column", by = direct_columns.column },
  { kind = "key", by = direct_members.key }, { kind = "index", by = direct_members.index },
  { kind = "check", by = direct_members.check }, { kind = "exclusion", by = direct_members.exclusion },
  { kind = "foreign_key", by = direct_members.foreign_key },
  { kind = "view", by = direct_views, reads = true }, { kind = "definition", by = definitions, reads = true },
  { kind = "raw", by = direct_objects.raw, reads = true },
}

-- The changes by kind. Generated columns go before the columns that they read, and come behind them.
local function in_order(sub)
  local first, list, later = {}, {}, {}
  for _, change in ipairs(sub.changes) do
    local column = change.kind == "column"
    local comes = column and not change.before and change.after.generated
    local goes = column and not change.after and change.before.generated
    table.insert(comes and later or goes and first or list, change)
  end
  local by_kind = {}
  for _, part in ipairs({ first, list, later }) do
    for _, change in ipairs(part) do
      by_kind[change.kind] = by_kind[change.kind] or {}
      table.insert(by_kind[change.kind], change)
    end
  end
  return by_kind
end

-- The same, worked out once for all phases.
local function ordered(sub, b)
  if not b.direct_order or b.direct_order.of ~= sub then b.direct_order = { of = sub, by_kind = in_order(sub) } end
  return b.direct_order.by_kind
end

-- Views that go, and those that kept an old name alive, go before anything else does: they may read what goes.
-- So do the triggers that computed what has become an ordinary column: they read others.
local function contract_first(sub, ctx, b)
  for _, kind in ipairs({ "view", "shell" }) do
    local act = kind == "view" and direct_views.contract or direct_objects.shell.contract
    for _, change in ipairs(sub.changes) do
      if change.kind == kind and not b.settled[change] then act(change, sub, ctx, b) end
    end
  end
  for _, unit in ipairs(b.units) do
    if unit.computing then require("forge.direct.computing").stop(b, unit) end
  end
end

local function run(phase)
  return function(sub, ctx, b)
    for _, change in ipairs(phase == "expand" and sub.changes or {}) do
      if change.kind == "column" then partitions.refuse_passing_column(change, ctx) end
    end
    local first, last, way = 1, #KINDS, 1
    if phase == "contract" then first, last, way = #KINDS, 1, -1 end  -- what depends on others goes first
    local by_kind = ordered(sub, b)
    for i = first, last, way do
      local row = KINDS[i]
      local act, list = row.by[phase], by_kind[row.kind]
      if row.reads then direct_columns.flush(sub, ctx, b) end
      for j = 1, act and list and #list or 0 do
        if not b.settled[list[j]] then act(list[j], sub, ctx, b) end
      end
      if row.kind == "column" then
        if phase == "switch" then direct_columns.uncross(b) end
        -- Where an engine rewrites the table for most alterations, one rewrite takes the members along as well.
        if not ctx.features.rebuild then direct_columns.flush(sub, ctx, b) end
      end
    end
    direct_columns.flush(sub, ctx, b)
  end
end

local function retypes(change)
  return change.kind == "column" and change.before and change.after
    and not fold.same(change.before.type, change.after.type) and not change.before.generated
end

-- Rows that are written anew under a lock before anybody notices.
local kSmall = 10000

-- An enum that loses values: every table with a column of it is written anew while nobody can read it.
local function too_large(change, group, ctx)
  local q, f = strategy.rewritten_by_enum(group, ctx, change)
  if not q or f.environment == "development" or (f.rows and f.rows <= kSmall) then return nil end
  if strategy.window_covers(f.rows, ctx.downtime or (change.intent or {}).downtime) then return nil end
  return ("%s, with %s, would be written anew under a lock that keeps readers waiting. Declare a second enum with the values "
    .. "that stay, give the columns that type and drop %s: the columns then change beside running writes. Or state rows in "
    .. "hints, or a downtime that covers it"):format(strategy.display(q), strategy.rows_text(f.rows),
    strategy.display(change.before.name))
end

-- What no engine of documents does in place: the key of a document stays, and a value that nothing converts must be computed.
local function beyond_documents(change, ctx)
  if change.kind ~= "column" or not change.before or not change.after then return nil end
  if change.before.name == "_id" and change.after.name ~= "_id" then return "_id of a document cannot change" end
  local from, to = change.before.type, change.after.type
  if strategy.convert(ctx, strategy.value(ctx, change.before.name), from, to) then return nil end
  return ("nothing says how %s becomes %s: state :backfill"):format(ctx.d:type_sql(from), ctx.d:type_sql(to))
end

local function serves(change, group, ctx)
  local beyond = ctx.features.documents and beyond_documents(change, ctx)
  if beyond then return false, beyond end
  if change.kind == "sync" then return false, "syncs are made by strategies, not by specs" end
  local large = too_large(change, group, ctx)
  if large then return false, large end
  if strategy.stated_fill(change) and group.before[strategy.display(change.table)] then
    return false, "it changes the column in place and computes nothing for the rows that stand, as :backfill asks"
  end
  local t = retypes(change) and group.before[strategy.display(change.table)]
  if t and direct_columns.has_readers(ctx, t, change) then
    return false, "a generated column is computed from it, and would have to go and be computed anew under a lock"
  end
  return true
end

local function explain(_, ctx)
  return "changes the object in place: on " .. ctx.d.name ..
    " this neither copies the table nor keeps writers waiting for long; constraints are added in their safe steps"
end

return strategy.define {
  name = "direct", serves = serves, explain = explain,
  contract_first = contract_first, expand = run("expand"), migrate = run("migrate"), switch = run("switch"), contract = run("contract"),
}
