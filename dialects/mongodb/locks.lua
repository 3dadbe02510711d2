--- What each operation takes (https://www.mongodb.com/docs/manual/faq/concurrency): DDL an exclusive lock of its collection for
--- an instant; index builds one at their start and one at their end, with reads and writes going on between (4.2 and later).

local types = require("dialects.mongodb.types")

local M = {}

local function metadata(note)
  return { lock = "X (collection)", blocks = "reads and writes", rewrite = false, scan = false, brief = true, online = true,
           note = note or "" }
end

local function nothing(note)
  return { lock = "", blocks = "nothing", rewrite = false, scan = false, brief = true, online = true, note = note or "" }
end

-- Documents are changed in batches; each document is locked while it is written.
local function moving(note)
  return { lock = "IX (collection)", blocks = "nothing", rewrite = true, scan = true, brief = true, online = false, note = note }
end

local function building(note)
  return { lock = "X (collection) at the start and the end of the build", blocks = "nothing", rewrite = false, scan = true,
           brief = true, online = true, note = note or "between them reads and writes go on" }
end

for _, word in ipairs({ "create_table", "create_view", "drop_view", "alter_view", "rename_view", "add_column", "drop_index",
  "drop_unique", "drop_primary_key", "drop_table" }) do
  M[word] = function() return metadata() end
end

function M.rename_table() return metadata("open cursors and change streams of the collection end") end

function M.alter_table(o)
  if o.before.name.name ~= o.after.name.name then return M.rename_table() end
  return metadata("documents that stand are not looked at")
end

for _, verb in ipairs({ "add_", "drop_", "alter_", "rename_" }) do
  M[verb .. "check"] = function() return metadata("documents that stand are not looked at") end
  M[verb .. "foreign_key"] = function() return nothing("no foreign keys exist: the validation counts what leads nowhere") end
end

function M.drop_column()
  local row = moving("the field is taken out of the documents batch by batch; the validator lets go of it before that")
  row.online = true
  return row
end

function M.alter_column(o)
  local stays = types.castable(o.before.type, o.after.type) == "free" or types.narrows(o.before.type, o.after.type)
  if o.before.name == o.after.name and stays then return metadata("documents that stand are not looked at") end
  return moving("the documents are changed batch by batch: both forms are there at once until the end")
end
M.rename_column = M.alter_column

-- An index that stands becomes unique: its entries are read while writes of doubles are refused already.
local function made_unique()
  return { lock = "X (collection)", blocks = "reads and writes", rewrite = false, scan = false, brief = true, online = true,
           note = "the index is read for doubles before that, beside reads and writes" }
end

for _, word in ipairs({ "create_index", "add_unique", "add_primary_key" }) do
  M[word] = function(_, ctx) return ctx.form == "prepare_unique" and made_unique() or building() end
end
for _, word in ipairs({ "alter_index", "rename_index", "alter_unique", "rename_unique", "alter_primary_key",
  "rename_primary_key" }) do
  M[word] = function() return building("MongoDB cannot rename or alter it in place: it is dropped and built again") end
end

for _, word in ipairs({ "create_definition", "drop_definition", "alter_definition" }) do M[word] = function() return nothing() end end

for _, word in ipairs({ "create_sync", "drop_sync" }) do
  M[word] = function() return nothing("no triggers exist: the application keeps the fields equal, or change streams do") end
end

local function raw()
  return { lock = "X (collection)", blocks = "reads and writes", rewrite = false, scan = false, brief = false, online = false,
           note = "commands of the specification's own: what they take depends on them" }
end
M.run_raw, M.undo_raw = raw, raw

--- A batch locks the documents that it writes, one after the other.
function M.work()
  return { lock = "IX (collection)", blocks = "nothing", rewrite = false, scan = false, brief = true, online = true,
           note = "each document is locked while it is written" }
end

local UNIQUE = { create_index = true, add_unique = true, add_primary_key = true }

--- "prepare_unique": an index is built first and becomes unique beside running writes (6.0 and later). "warn_first": a validator
--- warns before it refuses.
function M.safe_form(op, ctx)
  local after = op.after
  if UNIQUE[op.op] and (op.kind == "key" or after.unique) and ctx.version >= 6000000 then return "prepare_unique" end
  if op.op == "add_check" and not after.not_enforced then return "warn_first" end
  local required = op.op == "alter_column" and op.before.nullable and not after.nullable
  if required and op.before.name == after.name then return "warn_first" end
end

return M
