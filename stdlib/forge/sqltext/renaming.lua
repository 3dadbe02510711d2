--- The same SQL text with some of its names, or what stands where one does, being others.

local reading = require("forge.sqltext.reading")

local M = {}

local bare_name, identifier, is_call, neighbour = reading.bare_name, reading.identifier, reading.is_call, reading.neighbour
local quoted_where_needed, significant, visit = reading.quoted_where_needed, reading.significant, reading.visit

local usual_quote = '"'

--- Sets what stands around names that need it; the planner does so for the dialect at hand.
---@param quote string
function M.quote_names_with(quote) usual_quote = quote end

--- The text with identifiers renamed. Unquoted words are compared without regard to case.
---@param text string?
---@param names table<string, string> old name → new name
---@return string?
function M.rename(text, names)
  if not text or text == "" then return text end
  local folded = {}
  for old, new in pairs(names) do folded[old:lower()] = new end
  local house = text:find("`", 1, true) and "`" or usual_quote
  local out = {}
  visit(text, function(token, kind, after)
    local new
    if kind == "quoted" then
      new = names[bare_name(token, kind)]
    elseif kind == "word" then
      new = folded[token:lower()]
    end
    if new and not is_call(text, after) then
      out[#out + 1] = quoted_where_needed(new, kind == "quoted" and token:sub(1, 1) or house)
    else
      out[#out + 1] = token
    end
  end)
  return table.concat(out)
end

--- The text with other SQL where an identifier stands.
---@param text string
---@param name string
---@param sql string
function M.substitute(text, name, sql)
  local out, low = {}, name:lower()
  visit(text, function(token, kind, after)
    local same = kind == "quoted" and bare_name(token, kind) == name or kind == "word" and token:lower() == low
    out[#out + 1] = same and not is_call(text, after) and sql or token
  end)
  return table.concat(out)
end

local BEGINS = { select = true, distinct = true, [","] = true }

-- A select list's item that is nothing but this column: where it gives the result its name.
local function is_bare_item(list, at)
  if list[at].clause ~= "select" then return false end
  local before, i = neighbour(list, at, -1)
  while before and before.token == "." do
    local _, qualifier = neighbour(list, i, -1)
    before, i = neighbour(list, qualifier, -1)
  end
  local following = neighbour(list, at, 1)
  return before ~= nil and BEGINS[before.low] == true
    and (following == nil or following.token == "," or following.low == "from")
end

-- Queries that have a name: WITH a AS (…), b (x, y) AS (…).
local function named_queries(list)
  local out, first = {}, neighbour(list, 0, 1)
  if not first or first.low ~= "with" then return out end
  for i, item in ipairs(list) do
    local before = not item.space and neighbour(list, i, -1)
    if before and (before.low == "with" or before.low == "recursive" or before.token == ",") then
      local following, at = neighbour(list, i, 1)
      if following and following.token == "(" then
        while list[at] and list[at].token ~= ")" do at = at + 1 end
        following = list[at] and neighbour(list, at, 1)
      end
      if following and following.low == "as" and identifier(item) then out[identifier(item)] = true end
    end
  end
  return out
end

local STARS = { select = true, distinct = true, [","] = true, ["."] = true }

-- For each token of a query, whether its own SELECT reads one of the tables: a bare name is a column of what that reads. (A query
-- that stands for a table keeps the names of its results, but for those of a star: then every SELECT counts that reads one.)
local function selects_reading(list, tables)
  local of, reads, open, last = {}, { true }, { 1 }, nil
  local through, named, star = {}, named_queries(list), false
  for i, item in ipairs(list) do
    if not item.space then
      if item.token == ")" and #open > 1 then open[#open] = nil end
      if item.low == "select" then
        reads[#reads + 1] = false
        if last and last.token == "(" and last.clause == "from" then through[open[#open - 1] or 1] = true end
        open[#open] = #reads
      end
      local name = item.clause == "from" and identifier(item)
      if name and tables[name] then reads[open[#open]] = true end
      if name and named[name] then through[open[#open]] = true end
      if item.token == "*" and item.clause == "select" and last and STARS[last.low] then star = true end
      if item.token == "(" then open[#open + 1] = open[#open] end
      last = item
    end
    of[i] = open[#open]
  end
  return function(i) return reads[of[i]] or star and through[of[i]] or false end
end

-- Among the tables of a query a bare name is a table's or an alias, also where a column is called so; so is what stands before
-- a point.
local function stands_for_table(list, at)
  local before, following = neighbour(list, at, -1), neighbour(list, at, 1)
  if following and following.token == "." then return true end
  return list[at].clause == "from" and not (before and before.token == ".")
end

local BEFORE_TABLE = { from = true, join = true, only = true, [","] = true, ["("] = true }

-- What may stand before a point for one of the tables: its name, and what the query calls it (FROM orders AS o).
local function qualifiers(list, tables)
  local out = {}
  for name in pairs(tables) do out[name:lower()] = true end
  for i, item in ipairs(list) do
    local name = item.clause == "from" and identifier(item)
    local before, b = neighbour(list, i, -1)
    while name and before and before.token == "." do
      local _, schema = neighbour(list, b, -1)
      before, b = neighbour(list, schema, -1)
    end
    if name and tables[name] and before and BEFORE_TABLE[before.low] then
      local alias, at = neighbour(list, i, 1)
      if alias and alias.low == "as" then alias = neighbour(list, at, 1) end
      local keyword = alias and alias.kind == "word" and reading.RESERVED[alias.low]
      if alias and not keyword and identifier(alias) then out[identifier(alias):lower()] = true end
    end
  end
  return out
end

-- Whose column is what stands behind a point?
local function qualifier_of(list, at)
  local _, point = neighbour(list, at, -1)
  local name = identifier((neighbour(list, point, -1)))
  return name and name:lower() or ""
end

-- A query with the identifiers renamed that `wanted(list, at)` chooses.
local function rename_where(text, names, wanted)
  local list, out, folded = significant(text), {}, {}
  for old, new in pairs(names) do folded[old:lower()] = new end
  local house = text:find("`", 1, true) and "`" or usual_quote
  for i, item in ipairs(list) do
    local new
    if item.kind == "quoted" then new = names[bare_name(item.token, "quoted")]
    elseif item.kind == "word" then new = folded[item.low] end
    out[#out + 1] = new and wanted(list, i) and quoted_where_needed(new, item.kind == "quoted" and item.token:sub(1, 1) or house)
      or item.token
  end
  return table.concat(out)
end

--- A query with columns renamed in place.
---@param text string
---@param names table<string, string> old name → new name
function M.rename_columns(text, names)
  return rename_where(text, names, function(list, at)
    return not is_call(text, list[at].after) and not stands_for_table(list, at)
  end)
end

--- A query with tables renamed: where it reads them, and in front of their columns. A column that is called so stays.
---@param text string
---@param names table<string, string> old name → new name
function M.rename_tables(text, names)
  return rename_where(text, names, function(list, at)
    local before, following = neighbour(list, at, -1), neighbour(list, at, 1)
    local qualifies = following ~= nil and following.token == "." and not (before and before.token == ".")
    return qualifies or list[at].clause == "from" and not is_call(text, list[at].after)
  end)
end

-- Is the word behind it, or its end, one that ends an item of ORDER BY?
local ENDS_ITEM = { [","] = true, [")"] = true, [";"] = true, asc = true, desc = true, nulls = true, limit = true,
                    offset = true, fetch = true, ["for"] = true }

-- Is the token, by itself, what a query is ordered by? (Not within OVER (…) or an aggregate's parentheses, where ORDER BY knows no
-- names of results.)
local function orders_by(list, at)
  local following = neighbour(list, at, 1)
  if following and not ENDS_ITEM[following.low] then return false end
  local depth, ordered = 0, false
  local item, i = neighbour(list, at, -1)
  while item do
    local before, b = neighbour(list, i, -1)
    if item.token == ")" then depth = depth + 1 end
    if item.token == "(" then
      if depth == 0 then return false end
      depth = depth - 1
    end
    if depth == 0 and item.low == "select" then return ordered end
    if depth == 0 and not ordered and item.low == "by" then
      if not before or before.low ~= "order" then return false end
      ordered = true
    end
    item, i = before, b
  end
  return ordered
end

-- The names under which a query gives results (AS name), lower-case.
local function outputs(list)
  local out = {}
  for i, item in ipairs(list) do
    if not item.space and item.low == "as" and item.clause == "select" then
      local name = neighbour(list, i, 1)
      if name then out[name.kind == "quoted" and bare_name(name.token, "quoted"):lower() or name.low] = true end
    end
  end
  return out
end

--- A query with columns renamed, as an engine carries a rename into it: an item of a select list that is nothing but the
--- column goes on giving the result its old name.
---@param text string
---@param names table<string, string> old name → new name
---@param tables? table<string, boolean> names of the tables whose columns they are; nil: of whatever is read
function M.rename_in_query(text, names, tables)
  local list, out, folded = significant(text), {}, {}
  local concerned = tables and selects_reading(list, tables) or function() return true end
  local stands_for = tables and qualifiers(list, tables)
  for old, new in pairs(names) do folded[old:lower()] = { old = old, new = new } end
  local house = text:find("`", 1, true) and "`" or usual_quote
  local given = outputs(list)
  for i, item in ipairs(list) do
    local found
    if item.kind == "quoted" and names[bare_name(item.token, "quoted")] then
      local name = bare_name(item.token, "quoted")
      found = { old = name, new = names[name] }
    elseif item.kind == "word" then
      found = folded[item.low]
    end
    local before = neighbour(list, i, -1)
    local bare = not (before and before.token == ".")
    if found and stands_for_table(list, i) then found = nil end
    if found and bare and given[found.old:lower()] and orders_by(list, i) then found = nil end
    local ours = found and (bare and concerned(i) or not bare and (not stands_for or stands_for[qualifier_of(list, i)]))
    if ours and not is_call(text, item.after) and not (before and before.low == "as") then
      local quote = item.kind == "quoted" and item.token:sub(1, 1) or house
      out[#out + 1] = quoted_where_needed(found.new, quote)
      if is_bare_item(list, i) then out[#out + 1] = " AS " .. quoted_where_needed(found.old, house) end
    else
      out[#out + 1] = item.token
    end
  end
  return table.concat(out)
end

--- An expression whose queries read the table through one of their own, which an engine makes before it writes the first row.
---@param text string
---@param name string the table's
function M.read_apart(text, name)
  local list, out = significant(text), {}
  for i, item in ipairs(list) do
    out[#out + 1] = item.token
    local before, following = neighbour(list, i, -1), neighbour(list, i, 1)
    local same = item.kind == "quoted" and bare_name(item.token, "quoted") == name or item.kind == "word" and item.low == name:lower()
    local qualifies = following and following.token == "." or before and before.token == "."
    if same and item.clause == "from" and not qualifies and not (before and before.low == "as") then
      local alias = following and (following.kind == "quoted" or following.kind == "word" and not reading.RESERVED[following.low])
      -- The limit keeps the optimizer from merging the inner query into the outer one.
      out[#out] = ("(SELECT * FROM %s LIMIT 9223372036854775807)"):format(item.token)
        .. (not alias and not (following and following.low == "as") and " AS " .. item.token or "")
    end
  end
  return table.concat(out)
end

return M
