--- The names that a policy may say, and errors that tell its author which one was meant.

local M = {}

-- Where a function of a policy is written and whether that is built in, or the running line of one: the engine knows, plain Lua
-- does not.
M.where = place_of or function() end

M.STRATEGIES = { "direct", "expand_migrate_contract", "dual_write", "shadow_column", "shadow_table", "blue_green", "big_bang" }

--- What a change does, in finer words than the vocabulary's own, for rules, `forbid` and `override`.
M.ACTIONS = { "set_not_null", "drop_not_null", "change_type", "change_default" }

local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local up = row[j]
      local same = a:sub(i, i) == b:sub(j, j)
      row[j] = math.min(up + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
      diagonal = up
    end
  end
  return row[#b]
end

--- ", did you mean 'x'?" for the nearest of the names, or "". `most` letters may differ; by default a third of them.
---@param word string
---@param names string[]
---@param most number?
function M.suggest(word, names, most)
  local best, least = nil, (most or math.max(2, math.floor(#word / 3))) + 1
  for _, name in ipairs(names) do
    local d = distance(word, name)
    if d < least then best, least = name, d end
  end
  return best and (", did you mean '" .. best .. "'?") or ""
end

function M.known(list, word)
  for _, name in ipairs(list) do
    if name == word then return true end
  end
  return false
end

-- What a specification may state about an object, for `forbid … { unless = FIELD }`.
M.STATED = { "approved_by", "archive", "backfill_down", "backfill_up", "downtime", "renamed_from", "strategy" }

function M.check_stated(field, what, level)
  if type(field) == "string" and M.known(M.STATED, field) then return end
  error(("policy: %s: a specification states no '%s'; it may state %s%s"):format(what, tostring(field),
    table.concat(M.STATED, ", "), M.suggest(tostring(field), M.STATED)), level)
end

local function all_words()
  local list = {}
  for _, word in ipairs(require("forge.dialect").WORDS) do list[#list + 1] = word end
  for _, word in ipairs(M.ACTIONS) do list[#list + 1] = word end
  return list
end

function M.check_word(word, what, level)
  local words = all_words()
  if type(word) ~= "string" or not M.known(words, word) then
    error(("policy: %s names no change: '%s'%s"):format(what, tostring(word), M.suggest(tostring(word), words)), level)
  end
end

--- Does an error of `require` say that there is no such module (and not that one is faulty)?
function M.is_missing(problem, name)
  local text = tostring(problem)
  return text:find("no module '" .. name .. "'", 1, true) ~= nil or text:find("module '" .. name .. "' not found", 1, true) ~= nil
end

-- What is wrong with a strategy's name: "missing", "no strategy" (the module gives something else), or nil.
local function strategy_fault(name)
  if M.known(M.STRATEGIES, name) then return nil end
  local ok, module = pcall(require, "strategies." .. tostring(name))
  if ok then return not (type(module) == "table" and module.plan) and "no strategy" or nil end
  if M.is_missing(module, "strategies." .. tostring(name)) then return "missing" end
  error(module, 0)  -- the file's own fault
end

local GIVES_NONE = "strategies/%s.lua does not return what forge.strategy's define gives"

function M.check_strategy(name, what, level)
  local fault = strategy_fault(name)
  if fault == "no strategy" then
    error(("policy: %s names strategy '%s', but " .. GIVES_NONE):format(what, name, name), level)
  elseif fault then
    error(("policy: %s names no strategy: '%s'%s"):format(what, tostring(name), M.suggest(tostring(name), M.STRATEGIES)), level)
  end
end

--- What is wrong with a strategy that the specification asks for.
---@return string? message nil where nothing is
---@return string? hint
function M.wrong_wish(name)
  local fault = strategy_fault(name)
  if fault == "no strategy" then return ("strategy '%s': " .. GIVES_NONE):format(name, name) end
  if not fault then return nil end
  local near = M.suggest(name, M.STRATEGIES)
  return ("there is no strategy '%s'"):format(name), near ~= "" and near:sub(3) or "one of " .. table.concat(M.STRATEGIES, ", ")
end

return M
