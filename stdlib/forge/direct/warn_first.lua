--- A validator that asks for more warns before it refuses: the documents that stand are counted in between, as MongoDB does not
--- look at them by itself.

local fold = require("forge.fold")
local strategy = require("forge.strategy")
local words = require("forge.direct.member_words")

local M = {}

local show = strategy.display

local function with_settings(options, settings)
  local made = fold.copy(options or {})
  made.storage = {}
  for _, pair in ipairs((options or {}).storage or {}) do
    if not settings[pair[1]] then made.storage[#made.storage + 1] = pair end
  end
  for _, name in ipairs({ "validation_action", "validation_level" }) do
    if settings[name] then made.storage[#made.storage + 1] = { name, settings[name] } end
  end
  table.sort(made.storage, function(a, b) return a[1] < b[1] end)
  return made
end

--- Does the collection refuse anything at all?
local function refuses(t)
  for _, pair in ipairs((t.options or {}).storage or {}) do
    if (pair[1] == "validation_action" and pair[2] == "warn") or (pair[1] == "validation_level" and pair[2] == "off") then
      return false
    end
  end
  return true
end

--- Carries out operations that make the validator ask for more: first it warns, about new documents and those that match
--- already; then what stands is counted; then it refuses as the collection says.
---@param b table
---@param unit table
---@param object string
---@param what string the id's word
---@param spec table title, why, ops (a function that makes them), checks, compatibility, hazards
function M.steps(b, unit, object, what, spec)
  local t = b:table(unit.q)
  local final, comment = t.options, t.comment
  if not refuses(t) then
    return b:step(object, what, { title = spec.title, why = spec.why, ops = spec.ops(), checks_before = spec.checks,
                                  compatibility = spec.compatibility, hazards = spec.hazards })
  end
  local soft = with_settings(final, { validation_action = "warn", validation_level = "moderate" })
  b:step(object, what .. "-warning", {
    title = spec.title .. ": warn first", why = "a document that does not match is written all the same, and stands in the server's log",
    ops = strategy.seq(spec.ops(), b:alter_table(unit.q, soft, comment)),
    compatibility = { old_app = true, new_app = true, note = "for now the validator of " .. show(unit.q) .. " refuses nothing" },
    app = "Look for 'Document would fail validation' in the server's log until none comes.",
  })
  local checks = { strategy.must_be_none(("every document of %s matches its validator"):format(show(unit.q)),
    b.ctx.d.ask.violations(b:table(unit.q))) }
  for _, check in ipairs(spec.checks or {}) do checks[#checks + 1] = check end
  b:step(object, what, {
    title = spec.title .. ": refuse from here", why = spec.why,
    ops = strategy.seq(b:alter_table(unit.q, final, comment)), checks_before = checks,
    compatibility = spec.compatibility, hazards = spec.hazards,
  })
end

--- A check that comes.
function M.check(b, unit, object)
  return M.steps(b, unit, words.object_id(unit.q, object), "add-check", {
    title = words.title("Add", "check", object, unit.q), why = "the new schema promises it",
    ops = function() return strategy.seq(b:add_member(unit.q, "check", object)) end,
    checks = words.checks_for(b.ctx, unit.q, "check", object),
    compatibility = { old_app = true, new_app = true, note = words.BREAKS.check }, hazards = { "constraint" },
  })
end

return M
