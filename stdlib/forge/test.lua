-- Tests of policies, strategies and dialects, written in the same sandbox as what they test.
--
--     local t = require("forge.test")
--     t.describe("our policy", function()
--       t.it("keeps small tables simple", function() t.expect(1 + 1):equals(2) end)
--     end)
--
-- A file only registers its cases; `run` carries them out and gives the results as data.
local M = {}

local kMaxDepth = 12  -- how deep `show` prints a nested value; deeper ones are cut, so that messages stay readable

local cases = {}
local path = {}   -- names of the describes being read
local hooks = {}  -- before_each functions of the describes being read; one array per describe

---@class forge.TestCase
---@field suite string names of the describes around the case, joined by " > "
---@field name string
---@field ok boolean
---@field message? string why it failed

---@class forge.TestResults
---@field total integer
---@field failed integer
---@field cases forge.TestCase[]

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
    return type(a) < type(b)
  end)
  return keys
end

local function show_into(out, value, depth)
  if type(value) == "string" then
    out[#out + 1] = string.format("%q", value)
  elseif type(value) ~= "table" then
    out[#out + 1] = type(value) == "function" and "function" or tostring(value)
  elseif depth > kMaxDepth then
    out[#out + 1] = "{…}"
  else
    out[#out + 1] = "{"
    local keys = sorted_keys(value)
    for i, key in ipairs(keys) do
      if i > 1 then out[#out + 1] = ", " end
      if type(key) ~= "number" then out[#out + 1] = tostring(key) .. " = " end
      show_into(out, value[key], depth + 1)
    end
    out[#out + 1] = "}"
  end
end

---A value as text, for messages: tables with their keys in order.
---@param value any
---@return string
function M.show(value)
  local out = {}
  show_into(out, value, 1)
  return table.concat(out)
end

---Deep equality of plain values.
---@param a any
---@param b any
---@return boolean
function M.same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for key, value in pairs(a) do
    if not M.same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

---A group of cases; groups nest.
---@param name string
---@param body fun()
function M.describe(name, body)
  path[#path + 1] = name
  hooks[#hooks + 1] = {}
  local ok, message = pcall(body)
  path[#path] = nil
  hooks[#hooks] = nil
  if not ok then error(message, 0) end
end

---Runs before each case of this describe, and of those inside it.
---@param body fun()
function M.before_each(body)
  local level = hooks[#hooks]
  if not level then error("before_each stands outside of any describe", 2) end
  level[#level + 1] = body
end

---One case.
---@param name string
---@param body fun()
function M.it(name, body)
  if type(body) ~= "function" then error("it(\"" .. tostring(name) .. "\") has no function", 2) end
  local setup = {}
  for _, level in ipairs(hooks) do
    for _, hook in ipairs(level) do setup[#setup + 1] = hook end
  end
  cases[#cases + 1] = { suite = table.concat(path, " > "), name = name, body = body, setup = setup }
end

---Fails the case that runs.
---@param message string
function M.fail(message)
  error({ forge_test = message }, 0)
end

local Expectation = {}
Expectation.__index = Expectation

local function check(ok, expectation, words, wanted)
  if ok then return expectation end
  M.fail("expected " .. M.show(expectation.value) .. " " .. words ..
         (wanted == nil and "" or " " .. M.show(wanted)) ..
         (expectation.about and " (" .. expectation.about .. ")" or ""))
end

function Expectation:is(wanted) return check(self.value == wanted, self, "to be", wanted) end
function Expectation:isnt(other) return check(self.value ~= other, self, "not to be", other) end
function Expectation:equals(wanted) return check(M.same(self.value, wanted), self, "to equal", wanted) end
function Expectation:differs(other) return check(not M.same(self.value, other), self, "to differ from", other) end
function Expectation:is_true() return check(self.value and true or false, self, "to be true") end
function Expectation:is_false() return check(not self.value, self, "to be false") end
function Expectation:is_nil() return check(self.value == nil, self, "to be nil") end
function Expectation:has_length(n) return check(#self.value == n, self, "to have length", n) end

local function holds(value, wanted)
  if type(value) == "string" then return string.find(value, wanted, 1, true) ~= nil end
  for _, element in ipairs(value or {}) do
    if M.same(element, wanted) then return true end
  end
  return false
end

---A string that holds another, or an array that holds a value.
function Expectation:contains(wanted) return check(holds(self.value, wanted), self, "to contain", wanted) end
function Expectation:lacks(wanted) return check(not holds(self.value, wanted), self, "not to contain", wanted) end
function Expectation:matches(pattern)
  return check(string.find(tostring(self.value), pattern) ~= nil, self, "to match", pattern)
end

---The value is a function that must raise an error whose text holds `wanted`.
function Expectation:fails_with(wanted)
  local ok, message = pcall(self.value)
  if ok then M.fail("expected an error with " .. M.show(wanted) .. ", but there was none") end
  if type(message) == "table" then message = message.message or message.forge_test end
  if not string.find(tostring(message), wanted, 1, true) then
    M.fail("expected an error with " .. M.show(wanted) .. ", got " .. M.show(tostring(message)))
  end
  return self
end

---@param value any
---@param about? string named in the message of a failure
function M.expect(value, about)
  return setmetatable({ value = value, about = about }, Expectation)
end

local function text_of(problem)
  if type(problem) == "table" then return problem.forge_test or problem.message or M.show(problem) end
  return tostring(problem)
end

local function run_case(case)
  local ok, problem = pcall(function()
    for _, hook in ipairs(case.setup) do hook() end
    case.body()
  end)
  local result = { suite = case.suite, name = case.name, ok = ok }
  if not ok then result.message = text_of(problem) end
  return result
end

---Runs every case registered since the last call, in the order they were written.
---@return forge.TestResults
function M.run()
  local todo = cases
  cases, path, hooks = {}, {}, {}
  local results = { total = #todo, failed = 0, cases = {} }
  for i, case in ipairs(todo) do
    local result = run_case(case)
    results.cases[i] = result
    if not result.ok then results.failed = results.failed + 1 end
  end
  return results
end

return M
