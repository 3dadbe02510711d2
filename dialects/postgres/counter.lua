--- The options of a sequence, one of its own or the one behind an identity column.

local M = {}

local function bound(word, value)
  return value and ("%s %d"):format(word, value) or "NO " .. word
end

--- Where a sequence starts: where that is not stated, at the end from which it counts.
local function start(s)
  if s.start then return s.start end
  if (s.increment or 1) > 0 then return s.min or 1 end
  return s.max or -1
end
M.start = start

--- What CREATE SEQUENCE takes, without type and owner.
---@param s table Sequence or Identity
---@return string[] words
function M.stated(s)
  local words = {}
  if s.increment then words[#words + 1] = ("INCREMENT BY %d"):format(s.increment) end
  if s.min then words[#words + 1] = bound("MINVALUE", s.min) end
  if s.max then words[#words + 1] = bound("MAXVALUE", s.max) end
  if s.start then words[#words + 1] = ("START WITH %d"):format(s.start) end
  if s.cache then words[#words + 1] = ("CACHE %d"):format(s.cache) end
  if s.cycle then words[#words + 1] = "CYCLE" end
  return words
end

--- What ALTER SEQUENCE takes, without type and owner.
---@return string[] words
function M.altered(a, b)
  local words = {}
  if (a.increment or 1) ~= (b.increment or 1) then words[#words + 1] = ("INCREMENT BY %d"):format(b.increment or 1) end
  if a.min ~= b.min then words[#words + 1] = bound("MINVALUE", b.min) end
  if a.max ~= b.max then words[#words + 1] = bound("MAXVALUE", b.max) end
  if start(a) ~= start(b) then words[#words + 1] = ("START WITH %d"):format(start(b)) end
  if a.cache ~= b.cache then words[#words + 1] = ("CACHE %d"):format(b.cache or 1) end
  if (a.cycle or false) ~= (b.cycle or false) then words[#words + 1] = b.cycle and "CYCLE" or "NO CYCLE" end
  return words
end

--- The values that a counter must be moved to, so that it stands inside the new bounds before they hold.
---@return table[] moves { value, beyond: the counter is moved where it is "<" or ">" than the value }
function M.moves(a, b)
  local list = {}
  if b.min and b.min ~= a.min and not (a.max and b.min > a.max) then list[#list + 1] = { value = b.min, beyond = "<" } end
  if b.max and b.max ~= a.max and not (a.min and b.max < a.min) then list[#list + 1] = { value = b.max, beyond = ">" } end
  return list
end

return M
