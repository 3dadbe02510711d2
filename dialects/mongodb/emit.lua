--- One small function per operation. A statement is a document: a command of the database, or one of the forms that begin with
--- "forgelua" and stand for a loop of commands (docs/dialects/mongodb.md).
---
--- What a collection asks of its documents is one validator, so the operations of a step that change it are one collMod: that
--- of the table as it is after the step.

local dialect = require("forge.dialect")
local json = require("forge.json")
local text = require("dialects.mongodb.text")
local types = require("dialects.mongodb.types")

local M = {}

local obj, raw, encode, quote = json.object, json.raw, json.encode, json.quote

local DEFAULT_ROWS = 10000
local RESTRUCTURE_ROWS = 1000

local function add(out, document) out:add(document, { transactional = false }) end

-- A change of all documents that match, batch by batch along _id.
local function update(out, fields)
  add(out, encode(obj {
    { "forgelua", "update" }, { "collection", fields.collection }, { "step", fields.step }, { "q", raw(fields.q) },
    { "u", raw(fields.u) }, { "size", fields.size or RESTRUCTURE_ROWS },
    { "pause_ms", (fields.pause_ms or 0) > 0 and fields.pause_ms or nil }, { "bypass", fields.bypass },
  }))
end

-- What MongoDB refuses of a time series.
local function refuse_series(t, what)
  if t and text.is_series(t) then error(("%s is a time series, and MongoDB %s"):format(t.name.name, what), 0) end
end

-- Collections -----------------------------------------------------------------------------------------------------------

function M.create_table(out, o)
  local unique = o.after.primary_key ~= nil and not text.is_id_key(o.after.primary_key) or #(o.after.uniques or {}) > 0
  for _, index in ipairs(o.after.indexes or {}) do unique = unique or index.unique end
  if unique then refuse_series(o.after, "has no unique indexes there") end
  add(out, text.create(o.after))
  if text.validates(o.after) then add(out, text.coll_mod(o.after)) end
  local list = text.all_indexes(o.after)
  if #list > 0 then add(out, text.create_indexes(o.after.name.name, list)) end
end

function M.drop_table(out, o) add(out, encode(obj { { "drop", o.before.name.name } })) end

function M.rename_table(out, o)
  refuse_series(o.before, "renames none")
  add(out, encode(obj { { "renameCollection", o.before.name.name }, { "to", o.after.name.name } }))
end

local function key_of(o) return dialect.key(o.table and o.table.name and o.table or (o.after or o.before).name) end

-- The validator of the table as it is after the step, once for all of the step's operations.
local function validate(out, o, step)
  local key = key_of(o)
  step.validated = step.validated or {}
  if step.validated[key] then return end
  step.validated[key] = true
  local before, after = step.tables.before[key], step.tables.after[key]
  if not after then return end
  local had = before and text.coll_mod(before)
  local made = text.coll_mod(after)
  if had == made or (not before and not text.validates(after)) then return end
  add(out, made)
end

local FIXED = { "capped_size", "capped_max", "timeseries", "clustered", "collation" }

function M.alter_table(out, o, step)
  if o.before.name.name ~= o.after.name.name then return M.rename_table(out, o) end
  local had, made = (o.before.options or {}).storage, (o.after.options or {}).storage
  for _, name in ipairs(FIXED) do
    if text.setting(had, name) ~= text.setting(made, name) then
      error(("MongoDB cannot change '%s' of the collection %s that stands: make another collection and move its documents")
        :format(name, o.after.name.name), 0)
    end
  end
  local expires = text.setting(made, "expire_after_seconds")
  if expires ~= text.setting(had, "expire_after_seconds") then
    add(out, encode(obj { { "collMod", o.after.name.name }, { "expireAfterSeconds", expires and raw(expires) or "off" } }))
  end
  validate(out, o, step)
end

-- Fields ------------------------------------------------------------------------------------------------------------------

M.add_column = validate

local function closed(t) return t ~= nil and text.setting((t.options or {}).storage, "additional_fields") == "false" end

--- The validator lets go of the field; then it is taken out of every document. The way back of a field that was only allowed
--- leaves what documents hold: they may have held it before.
function M.drop_column(out, o, step)
  validate(out, o, step)
  local only_allowed = step.direction == "backward" and step.strategy == "direct"
  if only_allowed and not closed(step.tables.after[key_of(o)]) then return end
  refuse_series(step.tables.before[key_of(o)], "changes no documents there: keep the field, or make another collection")
  local name = o.before.name
  update(out, { collection = o.table.name, q = encode(obj { { name, obj { { "$exists", true } } } }),
                u = encode(obj { { "$unset", obj { { name, "" } } } }), bypass = true })
end

local function rename_field(out, o)
  local from, to = o.before.name, o.after.name
  update(out, { collection = o.table.name, q = encode(obj { { from, obj { { "$exists", true } } } }),
                u = encode(obj { { "$rename", obj { { from, to } } } }), bypass = true })
end

-- Values that the new type does not hold are converted where they stand.
local function retype(out, o, step)
  local how = types.castable(o.before.type, o.after.type)
  -- Where a field held several types for a while, its documents have been converted by now.
  if types.narrows(o.before.type, o.after.type) and step.strategy ~= "big_bang" then return end
  if how == "free" or json.encode(types.bson_types(o.before.type)) == json.encode(types.bson_types(o.after.type)) then return end
  local name = o.after.name
  local made = types.convert(quote("$" .. name), o.before.type, o.after.type)
  if not made then
    error(("MongoDB has no conversion from %s to %s for %s.%s: state :backfill"):format(types.sql(o.before.type),
      types.sql(o.after.type), o.table.name, name), 0)
  end
  local bson = types.bson_types(o.after.type)
  bson[#bson + 1] = "null"
  local q = obj { { name, obj { { "$exists", true }, { "$not", obj { { "$type", bson } } } } } }
  update(out, { collection = o.table.name, q = encode(q), u = encode({ obj { { "$set", obj { { name, raw(made) } } } } }) })
end

-- Every index of a table by its name, as text.
local function indexes_of(t)
  local found = {}
  if t.primary_key and not text.is_id_key(t.primary_key) then found[t.primary_key.name] = t.primary_key end
  for _, list in ipairs({ t.uniques or {}, t.indexes or {} }) do
    for _, index in ipairs(list) do found[index.name] = index end
  end
  local made = {}
  for name, index in pairs(found) do made[name] = encode(obj(text.index_members(index, t))) end
  return made
end

-- An index does not follow a field that gets another name: it is built anew over the new one.
local function move_indexes(out, o, step)
  local key = key_of(o)
  local before, after = step.tables.before[key], step.tables.after[key]
  if not before or not after then return end
  local had, made, own = indexes_of(before), indexes_of(after), step.moved or {}
  step.moved = own
  for _, other in ipairs(step.ops or {}) do
    if other.kind == "index" or other.kind == "key" then own[key_of(other) .. "/" .. (other.after or other.before).name] = true end
  end
  local names = {}
  for name, spec in pairs(made) do
    if had[name] and had[name] ~= spec and not own[key .. "/" .. name] then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    own[key .. "/" .. name] = true
    add(out, text.drop_index(o.table.name, name))
    add(out, text.create_indexes(o.table.name, { raw(made[name]) }))
  end
end

function M.alter_column(out, o, step)
  validate(out, o, step)
  if o.before.name ~= o.after.name then
    rename_field(out, o)
    move_indexes(out, o, step)
  end
  retype(out, o, step)
end
M.rename_column = M.alter_column

-- Keys and indexes ----------------------------------------------------------------------------------------------------------

local function table_of(o, step) return step.tables.after[key_of(o)] or step.tables.before[key_of(o)] end

local function create_index(out, o, step)
  if o.kind == "key" and text.is_id_key(o.after) then return end
  add(out, text.create_indexes(o.table.name, { obj(text.index_members(o.after, table_of(o, step))) }))
end

local function drop_index(out, o)
  if o.kind == "key" and text.is_id_key(o.before) then return end
  add(out, text.drop_index(o.table.name, o.before.name))
end

local function index_mod(out, o, members)
  add(out, encode(obj { { "collMod", o.table.name }, { "index", obj(members) } }))
end

local function replace(out, o, step)
  drop_index(out, o)
  create_index(out, o, step)
end

local function without(index, names)
  local made = {}
  for key, value in pairs(index) do made[key] = value end
  made.invisible, made.comment = nil, nil
  made.storage = {}
  for _, pair in ipairs(index.storage or {}) do
    if not names[pair[1]] then made.storage[#made.storage + 1] = pair end
  end
  return encode(obj(text.index_members(made)))
end

-- What collMod can change of an index that stands: whether queries see it, and when documents expire.
function M.alter_index(out, o, step)
  local movable = { expire_after_seconds = true }
  local had, made = text.setting(o.before.storage, "expire_after_seconds"), text.setting(o.after.storage, "expire_after_seconds")
  if without(o.before, movable) ~= without(o.after, movable) or (not had) ~= (not made) then return replace(out, o, step) end
  if (o.before.invisible or false) ~= (o.after.invisible or false) then
    index_mod(out, o, { { "name", o.after.name }, { "hidden", o.after.invisible or false } })
  end
  if had ~= made then index_mod(out, o, { { "name", o.after.name }, { "expireAfterSeconds", raw(made) } }) end
end

M.create_index, M.drop_index, M.rename_index = create_index, drop_index, replace
for _, noun in ipairs({ "primary_key", "unique" }) do
  M["add_" .. noun], M["drop_" .. noun], M["alter_" .. noun], M["rename_" .. noun] = create_index, drop_index, replace, replace
end

--- An index that stands becomes unique beside running writes: from prepareUnique on it refuses new doubles, and it becomes
--- unique where no old ones are left. The way back makes it anew, as nothing takes uniqueness away.
function M.step_prepare_unique(out, step, d)
  if step.direction == "backward" then
    for _, o in ipairs(step.ops) do M[o.op](out, o, step, d) end
    return
  end
  for _, o in ipairs(step.ops) do
    if o.after then
      index_mod(out, o, { { "name", o.after.name }, { "prepareUnique", true } })
      index_mod(out, o, { { "name", o.after.name }, { "unique", true } })
    end
  end
end

-- Nothing of a step is one transaction: its commands run one after the other.
function M.step_swap(out, step, d)
  for _, o in ipairs(step.ops) do M[o.op](out, o, step, d) end
end

-- Rules -----------------------------------------------------------------------------------------------------------------

for _, verb in ipairs({ "add_", "drop_", "alter_", "rename_" }) do
  M[verb .. "check"] = validate
  -- A question of the validation, and nothing in the database.
  M[verb .. "foreign_key"] = function() end
end

-- Views -------------------------------------------------------------------------------------------------------------------

local function view_command(word, view)
  return "{" .. quote(word) .. ":" .. quote(view.name.name) .. "," .. view.query:match("^%s*{(.*)}%s*$") .. "}"
end

function M.create_view(out, o) add(out, view_command("create", o.after)) end
function M.drop_view(out, o) add(out, encode(obj { { "drop", o.before.name.name } })) end
function M.alter_view(out, o)
  if o.before.name.name == o.after.name.name then return add(out, view_command("collMod", o.after)) end
  M.drop_view(out, o)
  M.create_view(out, o)
end
M.rename_view = M.alter_view

-- The rest ------------------------------------------------------------------------------------------------------------------

local function nothing() end
for _, word in ipairs({ "create_definition", "drop_definition", "alter_definition" }) do M[word] = nothing end

--- No triggers exist: what keeps two fields equal is the application, and the step says so.
M.create_sync, M.drop_sync = nothing, nothing

function M.run_raw(out, o) add(out, o.after.up) end
function M.undo_raw(out, o)
  if (o.before.down or "") ~= "" then add(out, o.before.down) end
end

--- Sets fields of a collection, batch by batch.
function M.script_backfill(out, work, step)
  refuse_series(step.tables.before[dialect.key(work.table)], "changes no documents there: leave them as they are")
  local sets = {}
  for i, column in ipairs(work.set) do sets[i] = { column.to, raw(column.expr) } end
  update(out, {
    collection = work.table.name, step = step.id .. (step.direction == "backward" and "/back" or ""),
    q = (work.where or "") ~= "" and work.where or "{}", u = encode({ obj { { "$set", obj(sets) } } }),
    size = work.batch_rows > 0 and work.batch_rows or DEFAULT_ROWS, pause_ms = work.pause_ms,
  })
end

function M.script_copy(_, work)
  error(("MongoDB has no triggers that would keep %s and its copy equal"):format(work.table.name), 0)
end

--- Removes what a finished plan could leave behind.
function M.script_cleanup(out)
  for _, name in ipairs({ "forgelua_backfill_progress", "forgelua_steps" }) do add(out, encode(obj { { "drop", name } })) end
end

return M
