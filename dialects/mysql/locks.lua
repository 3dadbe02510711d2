--- What each operation takes on MySQL, from the algorithm that the server grants. MariaDB uses the same rows over its own
--- table of algorithms.

local algorithm = require("dialects.mysql.algorithm")
local indexes = require("dialects.mysql.algorithm.indexes")
local alter_table = require("dialects.mysql.alter_table")
local dialect = require("forge.dialect")

local M = {}

local kExclusive = "EXCLUSIVE metadata lock"
local kEnds = "an exclusive metadata lock for an instant at the start and the end"
local kReplica = "a replica replays it in one piece and lags for as long"

local function merge(row, extra)
  for key, value in pairs(extra or {}) do row[key] = value end
  return row
end

local function notes(...)
  local out = {}
  for i = 1, select("#", ...) do
    local note = select(i, ...)
    if note and note ~= "" then out[#out + 1] = note end
  end
  return table.concat(out, "; ")
end

local function brief(extra)
  return merge({
    lock = kExclusive, blocks = "reads and writes", rewrite = false, scan = false, brief = true, online = true,
  }, extra)
end

-- A verdict of `algorithm` as a row of locks. `builds`: rows are read to build something.
local function row(verdict, builds, extra)
  local name = verdict.algorithm
  if name == "INSTANT" then return brief(merge({ algorithm = "INSTANT", note = verdict.note }, extra)) end
  local rewrite = name == "REBUILD" or name == "COPY"
  local shown = name == "REBUILD" and "INPLACE" or name
  if verdict.lock == "NONE" then
    return merge({
      lock = "SHARED_UPGRADABLE metadata lock", blocks = "DDL", rewrite = rewrite, scan = false,
      brief = not (builds or rewrite), online = true, algorithm = shown,
      note = notes(kEnds, (builds or rewrite) and kReplica or nil, verdict.note),
    }, extra)
  end
  return merge({
    lock = "SHARED_NO_WRITE metadata lock", blocks = "writes", rewrite = rewrite, scan = builds or rewrite,
    brief = false, online = false, algorithm = shown, note = notes(kReplica, verdict.note),
  }, extra)
end
M.row = row

-- Operations that stand in one ALTER TABLE are judged together.
local function verdict_of(o, ctx)
  local step = ctx.step
  if ctx.form == "alter" and step and o.table then
    local same = {}
    for _, other in ipairs(step.ops) do
      if other.table and dialect.key(other.table) == dialect.key(o.table) and algorithm.has_rule(ctx.d, other) then
        same[#same + 1] = other
      end
    end
    if #same > 1 then return alter_table.judged(ctx.d, ctx.table, same, step) end
  end
  local verdict = algorithm.of(o, ctx)
  -- A column of a foreign key is renamed in place, but its checks are made again by copying.
  if o.kind == "column" and o.before and o.after and o.before.name ~= o.after.name
    and ctx.d.flavour == "mysql" and algorithm.named_in_checks(o, ctx) then
    return algorithm.worse(verdict, algorithm.answer("COPY", "SHARED"))
  end
  return verdict
end

local BUILDS = {
  add_primary_key = true, alter_primary_key = true, add_unique = true, alter_unique = true, create_index = true,
  alter_index = true,
}

-- A swap of columns holds its tables under LOCK TABLES … WRITE, whatever the statement itself would let pass.
local function in_column_swap(o, ctx)
  if ctx.form ~= "swap" or o.kind ~= "column" or not ctx.step then return nil end
  for _, other in ipairs(ctx.step.ops) do
    if other.kind == "shell" then return nil end
  end
  return { lock = kExclusive, blocks = "reads and writes" }
end

for word in pairs(algorithm.rules) do
  M[word] = function(o, ctx)
    local builds = BUILDS[word] and not (o.op == "alter_index" and indexes.only_visibility(o))
    return row(verdict_of(o, ctx), builds, in_column_swap(o, ctx))
  end
end

local function referenced(o)
  local fk = o.after or o.before
  return { also_locks = { dialect.key(fk.ref) } }
end

local kChecked = "added with foreign_key_checks off, so that writes go on; the rows are looked at right after by a plain"
  .. " read, and the key goes again where they do not fit"
local kCascade = "cascades of a foreign key fire no triggers: rows that they change are not seen by sync triggers"

local function cascades(fk)
  local function acts(word) return word and word ~= "" and word ~= "restrict" and word ~= "no action" end
  return fk and (acts(fk.on_delete) or acts(fk.on_update))
end

for _, word in ipairs({ "add_foreign_key", "alter_foreign_key", "rename_foreign_key" }) do
  M[word] = function(o, ctx)
    local verdict = verdict_of(o, ctx)
    local made = row(verdict, false, referenced(o))
    made.note = notes(made.note, kChecked, cascades(o.after) and kCascade or nil)
    return made
  end
end

function M.drop_foreign_key(o, ctx) return row(verdict_of(o, ctx), false, referenced(o)) end

local function foreign_tables(t)
  local out = {}
  for _, fk in ipairs((t or {}).foreign_keys or {}) do out[#out + 1] = dialect.key(fk.ref) end
  return out
end

local function nothing(extra)
  return merge({ lock = "", blocks = "nothing", rewrite = false, scan = false, brief = true, online = true }, extra)
end

function M.create_table(o) return nothing({ also_locks = foreign_tables(o.after) }) end

function M.drop_table(o, ctx)
  local note = ctx.d.flavour == "mysql" and not ctx.d:since(8, 0, 23)
    and "dropping a large table stalls servers before 8.0.23 while its pages leave the buffer pool" or nil
  return brief({ also_locks = foreign_tables(o.before), note = note })
end

function M.rename_table()
  return brief({ note = "foreign keys of other tables and triggers follow the table; views keep naming the old name" })
end

for _, word in ipairs({ "create_view", "drop_view", "alter_view", "rename_view" }) do
  M[word] = function() return nothing({ lock = kExclusive .. " on the view", blocks = "DDL" }) end
end

local kTriggers = "creating and dropping a trigger waits for open transactions on the table"

function M.create_sync(o)
  local also = o.after.kind == "table" and { dialect.key(o.after.target) } or nil
  return brief({ note = notes(kTriggers, kCascade), also_locks = also })
end
function M.drop_sync() return brief({ note = kTriggers }) end

for _, word in ipairs({ "create_definition", "drop_definition", "alter_definition" }) do
  M[word] = function(o)
    if (o.after or o.before).on then return brief({ note = kTriggers }) end
    return nothing({ lock = kExclusive .. " on the object", blocks = "DDL" })
  end
end

for _, word in ipairs({ "run_raw", "undo_raw" }) do
  M[word] = function()
    return {
      lock = "as the statement takes", blocks = "reads and writes", rewrite = false, scan = false, brief = false,
      online = false, note = "the statement is the user's own: its locks are not known here",
    }
  end
end

--- Rows that a step moves in batches.
function M.work(work)
  local note = "rows of one batch are locked until its commit"
  if work.kind == "copy" then
    note = note .. "; a transaction that updates several of them may meet a deadlock and must be ready to run again"
  else
    note = note .. "; triggers of the application's own fire for every row"
  end
  return nothing({ lock = "row locks", note = note })
end

--- Every recipe that this engine has is in the statement itself (INSTANT, INPLACE, a foreign key without its scan).
function M.safe_form(o)
  if o.op == "add_foreign_key" or o.op == "create_index" or o.op == "add_unique" then return "inplace" end
  return nil
end

return M
