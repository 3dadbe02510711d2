--- JSON text that is the same for equal values: what commands of a document database are written with.
---
--- A Lua table is an array where it has entries and only whole-number keys; else an object, whose keys are sorted. Where order
--- counts, `M.object { { "key", value } … }` keeps it; `M.raw(text)` is JSON already.

local M = {}

local Object, Raw = {}, {}

M.null = setmetatable({}, { __tostring = function() return "null" end })

--- An object whose members stand as they are listed: { { key, value }, … }. A value of nil leaves its member out.
---@param members table[]
function M.object(members) return setmetatable(members, Object) end

--- Text that is JSON already.
---@param text string
function M.raw(text) return setmetatable({ text = text }, Raw) end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f" }

--- A string as JSON writes it.
---@param text string
function M.quote(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return ESCAPES[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function number(n)
  if n ~= n or n == math.huge or n == -math.huge then error("JSON has no such number", 0) end
  if n == math.floor(n) and math.abs(n) < 9007199254740992 then return ("%d"):format(n) end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(n)
    if tonumber(text) == n then return text end
  end
end

local encode

local function members(list)
  local out = {}
  for _, member in ipairs(list) do
    if member[2] ~= nil then out[#out + 1] = M.quote(member[1]) .. ":" .. encode(member[2]) end
  end
  return "{" .. table.concat(out, ",") .. "}"
end

local function plain_table(value)
  if #value > 0 then
    local out = {}
    for i, entry in ipairs(value) do out[i] = encode(entry) end
    return "[" .. table.concat(out, ",") .. "]"
  end
  local keys, list = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do list[i] = { key, value[key] } end
  return members(list)
end

function encode(value)
  local kind, class = type(value), getmetatable(value)
  if value == M.null then return "null" end
  if kind == "string" then return M.quote(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("JSON holds no " .. kind, 0) end
  if class == Raw then return value.text end
  if class == Object then return members(value) end
  return plain_table(value)
end

--- A value as JSON text.
M.encode = encode

-- Where the value or the name that begins at `from` ends: before a comma, a colon or the end of what holds it.
local function value_end(text, from)
  local depth, at = 0, from
  while at <= #text do
    local c = text:sub(at, at)
    if c == '"' then
      repeat
        at = text:find('[\\"]', at + 1)
        if not at then return nil end
        local escaped = text:sub(at, at) == "\\"
        if escaped then at = at + 1 end
      until not escaped
    elseif c == "{" or c == "[" then
      depth = depth + 1
    elseif c == "}" or c == "]" then
      if depth == 0 then return at end
      depth = depth - 1
    elseif depth == 0 and (c == "," or c == ":") then
      return at
    end
    at = at + 1
  end
end

local function trimmed(text) return (text:match("^%s*(.-)%s*$")) end

--- The members of an object in JSON text, their values as `raw`: { { key, value }, … }; nil where it is no such text. Names with
--- escapes in them are not read.
---@param text string
---@return table[]?
function M.members(text)
  local list, at = {}, text:match("^%s*{()")
  if not at or not text:match("}%s*$") then return nil end
  if text:match("^%s*}%s*$", at) then return list end
  while true do
    local colon = value_end(text, at)
    if not colon or text:sub(colon, colon) ~= ":" then return nil end
    local key = trimmed(text:sub(at, colon - 1)):match('^"([^"\\]*)"$')
    local ends = value_end(text, colon + 1)
    local value = ends and trimmed(text:sub(colon + 1, ends - 1)) or ""
    if not key or value == "" then return nil end
    list[#list + 1] = { key, M.raw(value) }
    if text:sub(ends, ends) == "}" then return text:match("^%s*$", ends + 1) and list or nil end
    if text:sub(ends, ends) ~= "," then return nil end
    at = ends + 1
  end
end

return M
