--- Reads SQL text as far as the model needs it: its tokens, which of them are names, and the clauses of a query that they stand in.
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

--- Goes through a text token by token.
---@param text string
---@param each fun(token: string, kind: string, after: integer) `kind`: "word", "quoted", "keyword", "skip" or "other"
function M.visit(text, each)
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

--- A name without its quotes.
---@param token string
---@param kind string as `visit` tells it
function M.bare_name(token, kind)
  if kind == "quoted" then
    local quote = token:sub(1, 1)
    return (token:sub(2, -2):gsub(quote .. quote, quote))
  end
  return token
end

-- Words that all or some engines refuse as a plain name; the engine's own list (engine/model/sql/text.cpp).
M.RESERVED = {}
for word in ([[
  all alter analyze and any array as asc between by case cast check collate column condition constraint create
  cross current_date current_time current_timestamp current_user database default delete desc describe distinct
  div drop else end except exists explain false fetch for foreign from full function grant group groups having
  if in index inner insert intersect interval into is join key keys kill lateral leading left like limit lock
  match natural not null of offset on only option or order outer over partition primary procedure range rank
  read references rename repeat replace returning revoke right row rows schema select session_user set show
  some system table then to trailing transaction trigger true union unique update usage use user using values
  variadic when where window with write
]]):gmatch("%S+") do M.RESERVED[word] = true end

--- A name as it must stand in SQL text.
---@param name string
---@param quote string what the engine puts around names
function M.quoted_where_needed(name, quote)
  local plain = name:find("^[a-z_\128-\255][a-z0-9_]*$") and not M.RESERVED[name]
  return plain and name or quote .. name:gsub(quote, quote .. quote) .. quote
end

--- Does an opening parenthesis follow? Then what stands before it is a function.
---@param after integer where the token's end is
function M.is_call(text, after) return text:find("^%s*%(", after) ~= nil end

local CLAUSE = { select = "select", from = "from", join = "from", where = "other", group = "other", on = "other",
                 order = "other", union = "other", having = "other" }

--- The tokens of a query that are no space, each with the clause that it stands in, at its own depth of parentheses.
---@return table[] { token, kind, after, clause, low } or { token, space = true }
function M.significant(text)
  local list, open, last = {}, { "other" }, nil
  M.visit(text, function(token, kind, after)
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

--- The token beside one, spaces left out, and where it stands.
---@param way integer 1 or -1
function M.neighbour(list, at, way)
  local i = at + way
  while list[i] and list[i].space do i = i + way end
  return list[i], i
end

--- The name that a token is, a plain word in small letters; false where it is none.
function M.identifier(item)
  return item and (item.kind == "quoted" and M.bare_name(item.token, "quoted") or item.kind == "word" and item.low)
end

return M
