--- SQL text as far as the model needs it: which identifiers it names, and the same text with some of them renamed.
--- Strings, comments and dollar-quoted bodies are left alone; a name before an opening parenthesis is a function.

local M = {}

local function find_end(text, from, closing)
  local at = from
  while true do
    local hit = text:find(closing, at, true)
    if not hit then return #text end
    if text:sub(hit + 1, hit + 1) ~= closing then return hit end
    at = hit + 2  -- a doubled quote stands for one
  end
end

local function dollar_end(text, from)
  local tag = text:match("^%$[%w_]*%$", from)
  if not tag then return from end
  local hit = text:find(tag, from + #tag, true)
  return hit and hit + #tag - 1 or #text
end

-- The last byte of the token that begins at `at`, and what it is: "word", "quoted", "skip" or "other".
local function token_end(text, at)
  local c = text:sub(at, at)
  if c:find("[%a_\128-\255]") then return select(2, text:find("^[%w_$\128-\255]+", at)), "word" end
  if c:find("%d") then return select(2, text:find("^[%w_.]+", at)), "other" end
  if c == "'" then return find_end(text, at + 1, "'"), "skip" end
  if c == '"' or c == "`" then return find_end(text, at + 1, c), "quoted" end
  if c == "$" then return dollar_end(text, at), "skip" end
  if text:find("^%-%-", at) then return (text:find("\n", at, true) or #text + 1) - 1, "skip" end
  if text:find("^/%*", at) then return select(2, text:find("%*/", at + 2)) or #text, "skip" end
  return at, "other"
end

local WORDS_OF_CASE = { when = true, ["then"] = true, ["else"] = true }

-- The types of literals, as in DATE '2024-01-01'.
local LITERALS = { date = true, time = true, timestamp = true, timestamptz = true, interval = true, datetime = true }

-- Looked up before anything else is asked of a word.
local MAY_BE_KEYWORDS = { case = "case", ["end"] = "end", when = "when", ["then"] = "then", ["else"] = "else", at = "at" }
for word in pairs(LITERALS) do MAY_BE_KEYWORDS[word] = word end

-- Words that are part of the language where they stand, although a column may be called so: those of CASE … END, AT before TIME
-- ZONE, and the type of a literal. Gives "keyword" or "word", and how many CASEs are open behind it.
local function word_kind(text, low, after, cases)
  if low == "case" then return "keyword", cases + 1 end
  if low == "end" and cases > 0 then return "keyword", cases - 1 end
  if WORDS_OF_CASE[low] and cases > 0 then return "keyword", cases end
  if low == "at" and text:find("^%s+[Tt][Ii][Mm][Ee]%s+[Zz][Oo][Nn][Ee]", after) then return "keyword", cases end
  if LITERALS[low] and text:find("^%s*'", after) then return "keyword", cases end
  return "word", cases
end

local function visit(text, each)
  local at, cases = 1, 0
  while at <= #text do
    local last, kind = token_end(text, at)
    local token = text:sub(at, last)
    if kind == "word" then
      local low = MAY_BE_KEYWORDS[token] or (#token <= 11 and MAY_BE_KEYWORDS[token:lower()])
      if low then kind, cases = word_kind(text, low, last + 1, cases) end
    end
    each(token, kind, last + 1)
    at = last + 1
  end
end

local function bare_name(token, kind)
  if kind == "quoted" then
    local quote = token:sub(1, 1)
    return (token:sub(2, -2):gsub(quote .. quote, quote))
  end
  return token
end

-- Words that all or some engines refuse as a plain name; the engine's own list (engine/model/sql_text.cpp).
local RESERVED = {}
for word in ([[
  all alter analyze and any array as asc between by case cast check collate column condition constraint create
  cross current_date current_time current_timestamp current_user database default delete desc describe distinct
  div drop else end except exists explain false fetch for foreign from full function grant group groups having
  if in index inner insert intersect interval into is join key keys kill lateral leading left like limit lock
  match natural not null of offset on only option or order outer over partition primary procedure range rank
  read references rename repeat replace returning revoke right row rows schema select session_user set show
  some system table then to trailing transaction trigger true union unique update usage use user using values
  variadic when where window with write
]]):gmatch("%S+") do RESERVED[word] = true end

-- A name as it must stand in SQL text.
local function quoted_where_needed(name, quote)
  local plain = name:find("^[a-z_\128-\255][a-z0-9_]*$") and not RESERVED[name]
  return plain and name or quote .. name:gsub(quote, quote .. quote) .. quote
end

--- What an engine puts around names; the planner sets it for the dialect at hand.
M.quote = '"'

--- The text with quotes taken off names that need none, for comparing.
---@param text string
function M.plain(text)
  if not text:find('["`]') then return text end
  local out = {}
  visit(text, function(token, kind)
    local name = kind == "quoted" and bare_name(token, kind)
    out[#out + 1] = name and name:find("^[a-z_][a-z0-9_]*$") and name or token
  end)
  return table.concat(out)
end

local function is_call(text, after) return text:find("^%s*%(", after) ~= nil end

--- The text with identifiers renamed. Unquoted words are compared without regard to case.
---@param text string?
---@param names table<string, string> old name → new name
---@return string?
function M.rename(text, names)
  if not text or text == "" then return text end
  local folded = {}
  for old, new in pairs(names) do folded[old:lower()] = new end
  local house = text:find("`", 1, true) and "`" or M.quote
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

local CLAUSE = { select = "select", from = "from", join = "from", where = "other", group = "other", on = "other",
                 order = "other", union = "other", having = "other" }

-- The tokens of a query that are no space, each with the clause that it stands in, at its own depth of parentheses.
local function significant(text)
  local list, open, last = {}, { "other" }, nil
  visit(text, function(token, kind, after)
    if kind == "skip" and not token:find("^'") and not token:find("^%$") or token:find("^%s$") then
      list[#list + 1] = { token = token, space = true }
      return
    end
    if token == ")" and #open > 1 then open[#open] = nil end
    list[#list + 1] = { token = token, kind = kind, after = after, clause = open[#open], low = token:lower() }
    if token == "(" then open[#open + 1] = open[#open] == "from" and last ~= "using" and "from" or "other" end
    last = token:lower()
    if kind == "word" and CLAUSE[token:lower()] then open[#open] = CLAUSE[token:lower()] end
  end)
  return list
end

local function neighbour(list, at, way)
  local i = at + way
  while list[i] and list[i].space do i = i + way end
  return list[i], i
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

local function identifier(item)
  return item and (item.kind == "quoted" and bare_name(item.token, "quoted") or item.kind == "word" and item.low)
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

-- A query with the identifiers renamed that `wanted(list, at)` chooses.
local function rename_where(text, names, wanted)
  local list, out, folded = significant(text), {}, {}
  for old, new in pairs(names) do folded[old:lower()] = new end
  local house = text:find("`", 1, true) and "`" or M.quote
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

-- Is the token, by itself, what a query is ordered by? (Not within OVER (…), where ORDER BY knows no names of results.)
local function orders_by(list, at)
  local following = neighbour(list, at, 1)
  if following and not ENDS_ITEM[following.low] then return false end
  local depth = 0
  local item, i = neighbour(list, at, -1)
  while item do
    if item.token == ")" then depth = depth + 1 end
    if item.token == "(" then
      if depth == 0 then return false end
      depth = depth - 1
    end
    if depth == 0 and item.low == "select" then return false end
    local before, b = neighbour(list, i, -1)
    if depth == 0 and item.low == "by" then return before ~= nil and before.low == "order" end
    item, i = before, b
  end
  return false
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
  for old, new in pairs(names) do folded[old:lower()] = { old = old, new = new } end
  local house = text:find("`", 1, true) and "`" or M.quote
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
    if found and not is_call(text, item.after) and not (before and before.low == "as") and (not bare or concerned(i)) then
      local quote = item.kind == "quoted" and item.token:sub(1, 1) or house
      out[#out + 1] = quoted_where_needed(found.new, quote)
      if is_bare_item(list, i) then out[#out + 1] = " AS " .. quoted_where_needed(found.old, house) end
    else
      out[#out + 1] = item.token
    end
  end
  return table.concat(out)
end

--- Does the text name this identifier?
---@param text string?
---@param name string
---@return boolean
function M.names(text, name)
  if not text or text == "" then return false end
  local found, low = false, name:lower()
  visit(text, function(token, kind, after)
    if kind == "quoted" then
      found = found or bare_name(token, kind) == name
    elseif kind == "word" then
      found = found or (token:lower() == low and not is_call(text, after))
    end
  end)
  return found
end

--- Does a query, or one inside an expression, read the table?
---@param text string
---@param name string
function M.reads_table(text, name)
  local low = name:lower()
  for _, item in ipairs(significant(text)) do
    local same = item.kind == "quoted" and bare_name(item.token, "quoted") == name or item.kind == "word" and item.low == low
    if same and item.clause == "from" then return true end
  end
  return false
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
      local alias = following and (following.kind == "quoted" or following.kind == "word" and not RESERVED[following.low])
      -- The limit keeps the optimizer from merging the inner query into the outer one.
      out[#out] = ("(SELECT * FROM %s LIMIT 9223372036854775807)"):format(item.token)
        .. (not alias and not (following and following.low == "as") and " AS " .. item.token or "")
    end
  end
  return table.concat(out)
end

--- The first of the names by which a query joins its tables: USING (name).
---@param text string
---@param names table<string, any>
---@return string?
function M.joins_using(text, names)
  local list, within = significant(text), false
  for i, item in ipairs(list) do
    local before = not item.space and neighbour(list, i, -1)
    if item.token == "(" and before and before.low == "using" then within = true end
    if item.token == ")" then within = false end
    local name = within and (item.kind == "quoted" and bare_name(item.token, "quoted") or item.kind == "word" and item.token)
    if name and names[name] then return name end
  end
end

--- Does a query select whole rows by a star?
---@param text string
---@return boolean
function M.has_star(text)
  return text:find("[Ss][Ee][Ll][Ee][Cc][Tt]%s+%*") ~= nil or text:find("%.%s*%*") ~= nil
end

-- Functions that give another value each time, and the word by which SQLite's date functions mean the current time.
local VOLATILE = {
  "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "now", "sysdate", "curdate", "curtime",
  "unix_timestamp", "utc_timestamp", "utc_date", "utc_time", "clock_timestamp", "statement_timestamp",
  "transaction_timestamp", "timeofday", "rand", "random", "randomblob", "random_bytes", "uuid", "uuid_short", "sys_guid",
  "gen_random_uuid", "uuid_generate_v4", "uuidv4", "uuidv7", "nextval",
}

--- Does an expression give another value each time that it is computed?
---@param expr string?
function M.volatile(expr)
  local text = (expr or ""):lower()
  for _, word in ipairs(VOLATILE) do
    if text:find("%f[%w_]" .. word .. "%f[^%w_]") then return true end
  end
  return false
end

--- Does an expression say `name.column` of the table?
---@param text string
---@param name string
---@return boolean
function M.qualifies(text, name)
  local found = false
  visit(text, function(token, kind, after)
    local same = kind == "quoted" and bare_name(token, kind) == name or kind == "word" and token:lower() == name:lower()
    if same and text:find("^%s*%.", after) then found = true end
  end)
  return found
end

--- Does an expression read rows of a table, by a query inside it? (`EXTRACT(year FROM at)` does not.)
---@param text string?
---@return boolean
function M.reads_rows(text)
  local words = {}
  visit(text or "", function(token, kind)
    if kind == "word" then words[token:lower()] = true end
  end)
  return words.select and words.from or false
end

return M
