--- A unique index in two steps: built beside running writes, then made unique (MongoDB 6.0 and later).

local fold = require("forge.fold")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local M = {}

local title, object_id, checks_for, BREAKS = words.title, words.object_id, words.checks_for, words.BREAKS

--- Few enough to be read before anybody notices.
function M.few(b, unit)
  local rows = strategy.facts(b.group, b.ctx, unit.before and unit.before.name or unit.q).rows
  return rows ~= nil and rows <= 10000
end

--- An index that is built without its uniqueness, and becomes unique beside running writes.
---@param key_index fun(key: table, name: string): table the index that a key is
function M.steps(b, unit, kind, object, key_index)
  local index = kind == "key" and key_index(object, object.name) or fold.copy(object)
  index.unique = false
  if kind == "key" and b.ctx.d.key_filter then index.where = b.ctx.d:key_filter(b:table(unit.q), object) end
  b:step(object_id(unit.q, object), "build-index", {
    title = title("Build the index of", kind, object, unit.q) .. ", not yet unique", why = "reads and writes go on while it is built",
    ops = { b:add_member(unit.q, "index", index) }, compatibility = { old_app = true, new_app = true }, hazards = { "index_build" },
  })
  b:step(object_id(unit.q, object), "make-unique", {
    title = title("Make unique", kind, object, unit.q),
    why = "from prepareUnique on new doubles are refused; it becomes unique where no old ones are left",
    form = "prepare_unique", checks_before = checks_for(b.ctx, unit.q, kind, object),
    ops = { b:drop_member(unit.q, "index", index.name), b:add_member(unit.q, kind, object) },
    compatibility = { old_app = true, new_app = true, note = BREAKS.key }, hazards = { "constraint" },
  })
end

return M
