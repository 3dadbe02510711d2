--- Names that PostgreSQL itself would give: 63 bytes, cut the way the server cuts them.

local M = {}

local kLimit = 63  -- NAMEDATALEN - 1

-- Cuts to at most `bytes`, never inside a UTF-8 character.
local function clip(text, bytes)
  if #text <= bytes then return text end
  local cut = bytes
  while cut > 0 do
    local byte = text:byte(cut + 1)
    if byte < 0x80 or byte >= 0xC0 then break end
    cut = cut - 1
  end
  return text:sub(1, cut)
end

--- `first_second_label`, the longer of the two parts cut byte by byte until the whole fits.
---@param first string
---@param second string? nil or "" leaves it out
---@param label string
---@return string
function M.make(first, second, label)
  local overhead = #label + 1
  if second and second ~= "" then overhead = overhead + 1 else second = nil end
  local n1, n2 = #first, second and #second or 0
  while n1 + n2 > kLimit - overhead do
    if n1 > n2 then n1 = n1 - 1 else n2 = n2 - 1 end
  end
  local parts = { clip(first, n1) }
  if second then parts[2] = clip(second, n2) end
  parts[#parts + 1] = label
  return table.concat(parts, "_")
end

-- Columns joined until the server's own buffer would be full.
local function joined(columns)
  local out = ""
  for _, column in ipairs(columns) do
    out = out == "" and column or out .. "_" .. column
    if #out > kLimit then break end
  end
  return out
end

local function bare(table_name) return type(table_name) == "table" and table_name.name or table_name end

function M.primary_key(table_name) return M.make(bare(table_name), nil, "pkey") end
function M.unique(table_name, columns) return M.make(bare(table_name), joined(columns), "key") end
function M.foreign_key(table_name, columns) return M.make(bare(table_name), joined(columns), "fkey") end
function M.index(table_name, columns) return M.make(bare(table_name), joined(columns), "idx") end
function M.exclusion(table_name, columns) return M.make(bare(table_name), joined(columns), "excl") end

-- Names of an index's parts, as the server takes them for its name.
local function part_names(object)
  local list, seen = {}, {}
  local function add(name)
    local made, number = name, 0
    while seen[made] do
      number = number + 1
      made = clip(name, kLimit - #tostring(number)) .. number
    end
    seen[made] = true
    list[#list + 1] = made
  end
  for _, part in ipairs(object.parts or {}) do add((part.column or "") ~= "" and part.column or "expr") end
  for _, name in ipairs(object.include or {}) do add(name) end
  return list
end

--- What the server would call a partition's own part of its table's index or key.
---@param table_name table|string
---@param kind string "index" or "key"
---@param object table Index or Key
---@return string
function M.of_partition(table_name, kind, object)
  if object.primary then return M.primary_key(table_name) end
  return M.make(bare(table_name), joined(part_names(object)), kind == "key" and "key" or "idx")
end

--- A check's name: with its column where it stands in one column's definition.
function M.check(table_name, column) return M.make(bare(table_name), column, "check") end

--- The sequence behind a serial or identity column.
function M.sequence(table_name, column) return M.make(bare(table_name), column, "seq") end

--- A name cut to the limit, as the server cuts one that is too long.
function M.clip(name) return clip(name, kLimit) end

--- The parts of a name in display form: `a.b`, where a part in double quotes keeps its dots.
---@param text string
---@return string[]
function M.split(text)
  local parts, at = {}, 1
  while at <= #text do
    local part, stop
    if text:sub(at, at) == '"' then
      stop = at + 1
      while text:sub(stop, stop) ~= '"' or text:sub(stop + 1, stop + 1) == '"' do
        stop = stop + (text:sub(stop, stop) == '"' and 2 or 1)
        if stop > #text then break end
      end
      part = text:sub(at + 1, stop - 1):gsub('""', '"')
      stop = stop + 1
    else
      stop = text:find(".", at, true) or #text + 1
      part = text:sub(at, stop - 1)
    end
    parts[#parts + 1] = part
    at = stop + 1
  end
  return parts
end

return M
