--- What the functions of a project's or organisation's dialect answer, judged where they answer: a script that cannot run, or a lock
--- that is no lock, would be found much later and elsewhere. The built-in ones are held by tests.

local naming = require("forge.policy.names")
local reading = require("forge.sqltext.reading")
local renaming = require("forge.sqltext.renaming")

local M = {}

local BLOCKS = { "nothing", "DDL", "writes", "reads and writes" }
local IMPACT = { lock = "string", blocks = "string", rewrite = "boolean", scan = "boolean", brief = "boolean", online = "boolean",
  algorithm = "string", note = "string", also_locks = "table" }
local OPTIONS = { transactional = "boolean", delimiter = "string" }

local places = setmetatable({}, { __mode = "k" })

-- Where a function is written that is not built in; nil for others.
local function own_place(answering)
  if places[answering] == nil then
    local where, built_in = naming.where(answering)
    places[answering] = where and not built_in and where or false
  end
  return places[answering] or nil
end

local function fields(fail, given, known)
  local names = {}
  for field in pairs(given) do names[#names + 1] = tostring(field) end
  table.sort(names)
  local words = {}
  for field in pairs(known) do words[#words + 1] = field end
  table.sort(words)
  for _, field in ipairs(names) do
    local want, got = known[field], type(given[field])
    if not want then
      fail(("an unknown field '%s'%s; %s are known"):format(field, naming.suggest(field, words), table.concat(words, ", ")))
    elseif want ~= got then
      fail(("'%s' that must be a %s, and is a %s"):format(field, want, got))
    end
  end
end

-- What of a statement has no end: a string, a quoted name, a comment; nil where all have.
local function open_end(sql)
  local open
  if renaming.backslash_escapes() then sql = sql:gsub("\\.", "__") end
  reading.visit(sql, function(token, kind, after)
    local first = token:sub(1, 1)
    if after <= #sql then return end
    local text = kind == "quoted" or (kind == "skip" and first == "'")
    if text and (#token < 2 or token:sub(-1) ~= first or (select(2, token:gsub(first, "")) % 2 == 1)) then
      open = first == "'" and "a string" or "a quoted name"
    elseif kind == "skip" and token:sub(1, 2) == "/*" and token:sub(-2) ~= "*/" then
      open = "a comment"
    elseif kind == "skip" and first == "$" then
      local tag = token:match("^%$[%w_]*%$")
      if tag and (#token < 2 * #tag or token:sub(-#tag) ~= tag) then open = "a string" end
    end
  end)
  return open
end

local function check_sql(fail, sql)
  if type(sql) ~= "string" then fail("out:add no text, but " .. tostring(sql)) end
  if not sql:find("%S") then fail("out:add an empty statement") end
  if sql:find("\0", 1, true) then fail("out:add a statement with a zero byte") end
  local open = open_end(sql)
  if open then fail("out:add a statement in which " .. open .. " has no end: " .. sql) end
end

--- Looks at the statements that an emitter has just added.
---@param emit function the emitter
---@param word string its operation
---@param out table the buffer
---@param written number how many statements stood there before
function M.statements(emit, word, out, written)
  local where = own_place(emit)
  if not where then return end
  if #out == written then
    error(("%s: the emitter of '%s' writes nothing: out:add(sql) takes a statement"):format(where, word), 0)
  end
  local function fail(what) error(("%s: the emitter of '%s' gives %s"):format(where, word, what), 0) end
  for i = written + 1, #out do
    check_sql(fail, out[i].sql)
    local options = out[i].options or {}
    if type(options) ~= "table" then fail("out:add options that are no table: " .. tostring(options)) end
    fields(fail, options, OPTIONS)
  end
end

--- Looks at what a function of locks.lua has said.
---@param judge function
---@param word string its operation
---@param answer any
---@return table answer
function M.impact(judge, word, answer)
  local where = own_place(judge)
  if not where then return answer end
  local function fail(what) error(("%s: what '%s' takes: it gives %s"):format(where, word, what), 0) end
  if type(answer) ~= "table" then fail(answer == nil and "nothing, and must give a table: { lock, blocks, … }" or tostring(answer)) end
  fields(fail, answer, IMPACT)
  if not naming.known(BLOCKS, answer.blocks) then
    fail(("blocks = %s; %s are known"):format(answer.blocks and "'" .. answer.blocks .. "'" or "nothing", table.concat(BLOCKS, ", ")))
  end
  return answer
end

return M
