--- Predicates over the catalog: questions that give '1' once an operation has run.

local ask = require("dialects.mongodb.ask")
local dialect = require("forge.dialect")
local text = require("dialects.mongodb.text")

local M = {}

-- What is not in the catalog: syncs are promises of the application, foreign keys questions, definitions not there.
M.unmarked = { sync = true, foreign_key = true, definition = true }

function M.table_exists(q) return ask.has_collection(q.name) end
function M.view_exists(q) return ask.has_collection(q.name) end

local function key_of(o) return dialect.key(o.table and o.table.name and o.table or (o.after or o.before).name) end

local function validator_done(o, step)
  local before, after = step.tables.before[key_of(o)], step.tables.after[key_of(o)]
  if not after then return nil end
  local same = before and text.coll_mod(before) == text.coll_mod(after)
  if same or (not before and not text.validates(after)) then return nil end
  return ask.has_validator(after)
end

local function table_done(o)
  if not o.after then return ask.lacks_collection(o.before.name.name) end
  local parts = { ask.has_collection(o.after.name.name) }
  if text.validates(o.after) then parts[2] = ask.has_validator(o.after) end
  return #parts == 1 and parts[1] or ask.every(parts)
end

local function shell_done(o, step)
  if o.before.name.name == o.after.name.name then return validator_done(o, step) end
  return ask.every { ask.has_collection(o.after.name.name), ask.lacks_collection(o.before.name.name) }
end

local function index_done(o, step)
  if o.kind == "key" and text.is_id_key(o.after or o.before) then return nil end
  if not o.after then return ask.lacks_index(o.table, o.before.name) end
  return ask.has_index(o.table, o.after, step.tables.after[key_of(o)])
end

local BY_KIND = {
  table = table_done, shell = shell_done, column = validator_done, check = validator_done, key = index_done, index = index_done,
  view = function(o)
    if not o.after then return ask.lacks_collection(o.before.name.name) end
    return ask.has_view(o.after)
  end,
  raw = function(o)
    local text_of = (o.after or {}).done_when or ""
    return text_of ~= "" and text_of or nil
  end,
}

--- A question that gives '1' once the operation has run; nil where nothing tells.
function M.done(o, _, step)
  local judge = BY_KIND[o.kind]
  return judge and judge(o, step) or nil
end

return M
