--- What each operation takes. SQLite has one lock for the whole database: RESERVED while a transaction writes (others read
--- on), EXCLUSIVE while it commits (in WAL mode readers go on even then). What differs is how long it is held.

local changes = require("dialects.sqlite.changes")

local M = {}

local LOCK = "RESERVED, then EXCLUSIVE to commit (whole database)"
local WAL = "one writer for the whole database; in WAL mode readers go on"

local function metadata(note)
  return { lock = LOCK, blocks = "writes", rewrite = false, scan = false, brief = true, online = true, note = note or WAL }
end

local function scanning(note)
  return { lock = LOCK, blocks = "writes", rewrite = false, scan = true, brief = false, online = false, note = note }
end

local function rebuilt()
  return {
    lock = LOCK, blocks = "writes", rewrite = true, scan = true, brief = false, online = false,
    note = "the table is built anew in one transaction: as long as copying all of its rows takes; " .. WAL,
  }
end

local function group_of(o, ctx)
  if not (ctx.step and ctx.step.tables) then return nil end
  local list, by_op = changes.classify(ctx.step)
  for i, other in ipairs(ctx.step.ops) do
    if other == o then return by_op[i], list end
  end
  return nil
end

-- The judgement of a step is that of its tables; an operation alone is judged as a step of its own.
local function settled(o, ctx)
  local group = group_of(o, ctx)
  if not group then return nil end
  if group.rebuild then return rebuilt() end
  if group.unchanged then return metadata("the constraint goes and comes back within one transaction as it was; " .. WAL) end
  if group.created then return metadata("the table is new and empty; " .. WAL) end
  if group.attached[o] then
    if o.op == "add_check" then return scanning("the rows are tested when the column is added; " .. WAL) end
    return metadata()
  end
  return nil
end

for _, word in ipairs({
  "create_view", "drop_view", "alter_view", "rename_view", "create_sync", "drop_sync", "rename_table", "rename_column",
  "create_table",
}) do
  M[word] = function(o, ctx) return settled(o, ctx) or metadata() end
end

function M.drop_table()
  return metadata("the pages of the table and its indexes go to the free list: time grows with its size; " .. WAL)
end

function M.alter_table(o, ctx)
  local settled_row = settled(o, ctx)
  if settled_row then return settled_row end
  local a, b = o.before.options or {}, o.after.options or {}
  local same = (a.strict or false) == (b.strict or false) and (a.without_rowid or false) == (b.without_rowid or false)
  return same and metadata() or rebuilt()
end

function M.add_column(o, ctx)
  local row = settled(o, ctx)
  if row then return row end
  if not changes.can_add(o.after) then return rebuilt() end
  return metadata("old rows are not touched: they show the default; " .. WAL)
end

function M.drop_column(o, ctx)
  local row = settled(o, ctx)
  if row then return row end
  if not (ctx.table and changes.can_drop(ctx.table, o.before.name)) then return rebuilt() end
  return {
    lock = LOCK, blocks = "writes", rewrite = true, scan = true, brief = false, online = false,
    note = "DROP COLUMN writes every row anew, in place; " .. WAL,
  }
end

function M.alter_column(o, ctx)
  local row = settled(o, ctx)
  if row then return row end
  return changes.same_column(o.before, o.after) and metadata("nothing that SQLite keeps is changed") or rebuilt()
end

function M.create_index(o, ctx)
  return settled(o, ctx) or scanning("the index is built from all rows in one transaction; " .. WAL)
end
M.alter_index, M.rename_index = M.create_index, M.create_index
function M.drop_index(o, ctx) return settled(o, ctx) or metadata() end

for _, noun in ipairs({ "primary_key", "unique", "foreign_key", "check" }) do
  for _, verb in ipairs({ "add_", "drop_", "alter_", "rename_" }) do
    M[verb .. noun] = function(o, ctx) return settled(o, ctx) or rebuilt() end
  end
end

for _, word in ipairs({ "create_definition", "drop_definition", "alter_definition" }) do M[word] = function() return metadata() end end

local function raw()
  return {
    lock = LOCK, blocks = "writes", rewrite = false, scan = false, brief = false, online = false,
    note = "SQL of the specification's own: what it takes depends on it; " .. WAL,
  }
end
M.run_raw, M.undo_raw = raw, raw

--- A backfill or copy holds the write lock for one batch at a time.
function M.work()
  return {
    lock = LOCK, blocks = "writes", rewrite = false, scan = false, brief = true, online = true,
    note = "the write lock is held for one batch at a time; " .. WAL,
  }
end

--- SQLite has no second, safer form of an operation.
function M.safe_form() return nil end

return M
