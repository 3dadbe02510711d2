--- Which ALGORITHM and LOCK the server grants for an operation, by version. The weakest of several counts for one ALTER.
--- MySQL's manual, "Online DDL Operations", seen again on a 9.7 server; MariaDB's table is dialects/mariadb/algorithm.lua.

local answers = require("dialects.mysql.algorithm.answers")
local checked_types = require("dialects.mysql.checked_types")
local dialect = require("forge.dialect")
local facets = require("dialects.mysql.facets")
local generated = require("dialects.mysql.generated")
local indexes = require("dialects.mysql.algorithm.indexes")
local text = require("dialects.mysql.text")
local types = require("dialects.mysql.types")

local M = {}

local answer, same = answers.answer, facets.same
M.RANK, M.answer, M.worse = answers.RANK, answer, answers.worse
M.same, M.facets = same, facets.facets

local function lower(value) return (value or ""):lower() end

--- Does any key or index hold the column?
function M.indexed(t, name)
  if not t then return false end
  if t.primary_key and indexes.has_column(t.primary_key, name) then return true end
  for _, key in ipairs(t.uniques or {}) do if indexes.has_column(key, name) then return true end end
  for _, index in ipairs(t.indexes or {}) do if indexes.has_column(index, name) then return true end end
  for _, fk in ipairs(t.foreign_keys or {}) do
    for _, column in ipairs(fk.columns) do if column == name then return true end end
  end
  return false
end

local function has_method(t, method)
  for _, index in ipairs((t or {}).indexes or {}) do if lower(index.method) == method then return true end end
  return false
end
M.has_method = has_method

local function no_instant_columns(t)
  if not t then return false end
  return lower((t.options or {}).row_format) == "compressed"
end

--- Does an expression name the column?
function M.mentions(expr, name)
  local bare = name:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):lower()
  return (expr or ""):lower():find("%f[%w_]" .. bare .. "%f[^%w_]") ~= nil
end

-- Most bytes that a character of the column can take.
local WIDTH = { latin1 = 1, ascii = 1, binary = 1, ucs2 = 2, utf8 = 3, utf8mb3 = 3, utf8mb4 = 4, utf16 = 4, utf32 = 4 }

local function char_width(col, t)
  local name = lower(col.charset)
  if name == "" then name = lower(col.collation):match("^[^_]+") or "" end
  if name == "" then name = lower(((t or {}).options or {}).charset) end
  if name == "" then name = lower(((t or {}).options or {}).collation):match("^[^_]+") or "" end
  return WIDTH[name]
end

M.char_width = char_width

-- A varchar keeps its length in one byte up to 255 bytes and in two above it. An unknown charset may be any.
local function varchar_longer(o, t)
  local a, b = o.before.type, o.after.type
  if a.name ~= b.name or (a.name ~= "varchar" and a.name ~= "varbinary") then return false end
  local from, to = (a.args or {})[1] or 255, (b.args or {})[1] or 255
  if to < from then return false end
  local width = a.name == "varbinary" and 1 or char_width(o.before, t)
  if width then return (from * width > 255) == (to * width > 255) end
  return to * 4 <= 255 or from > 255
end
M.varchar_longer = varchar_longer

local function enum_appended(o)
  local a, b = o.before.type, o.after.type
  if a.name ~= b.name or (a.name ~= "enum" and a.name ~= "set") then return false end
  if not types.appends(a.values, b.values) then return false end
  if a.name == "enum" then return (#a.values > 255) == (#b.values > 255) end
  local function bytes(n) return n <= 8 and 1 or n <= 16 and 2 or n <= 24 and 3 or n <= 32 and 4 or 8 end
  return bytes(#a.values) == bytes(#b.values)
end
M.enum_appended = enum_appended

local function same_native(d, a, b) return text.type_sql(d, a) == text.type_sql(d, b) end
M.same_native = same_native

local function type_change(o, ctx)
  if same_native(ctx.d, o.before.type, o.after.type) then return answer("INSTANT") end
  if enum_appended(o) then return answer("INSTANT") end
  if varchar_longer(o, ctx.table) then return answer("INPLACE") end
  return answer("COPY", "SHARED")
end

--- Has the table a FULLTEXT index, or the hidden column that the last one leaves behind until the table is written anew?
---@param ctx table { table, step? }
function M.searched(ctx)
  local t = ctx.table
  if not t then return false end
  local gone = ctx.step and ctx.step.searched or {}
  return has_method(t, "fulltext") or t.searched == true or gone[dialect.key(t.name)] == true
end

local function add_column(o, ctx)
  local col, d = o.after, ctx.d
  if col.identity then return answer("REBUILD", "SHARED") end
  if col.generated then
    return col.generated.stored and answer("COPY", "SHARED") or answer("INSTANT")
  end
  if text.default_expression(d, col.default, col.type) then return answer("COPY", "SHARED") end
  if M.searched(ctx) then return answer("COPY", "SHARED") end
  local no_value = not col.nullable and not col.default and d.has_no_zero and d:has_no_zero(col.type)
  if no_value or no_instant_columns(ctx.table) or not d:since(8, 0, 12) then return answer("REBUILD") end
  return answer("INSTANT", "NONE", "uses one of the table's row versions")
end

local function drop_column(o, ctx)
  local col, d = o.before, ctx.d
  if col.generated and not col.generated.stored and not M.indexed(ctx.table, col.name) then return answer("INSTANT") end
  if M.searched(ctx) then return answer("COPY", "SHARED") end
  if no_instant_columns(ctx.table) or not d:since(8, 0, 29) or M.indexed(ctx.table, col.name) then
    return answer("REBUILD")
  end
  return answer("INSTANT", "NONE", "uses one of the table's row versions")
end

local function default_change(o)
  if o.after.default and text.computed_default(o.after.default, o.after.type) then return answer("INPLACE") end
  return answer("INSTANT")
end

-- A collation belongs to one character set, which its name begins with.
local function charset_from(owner)
  if (owner.charset or "") ~= "" then return owner.charset:lower() end
  return (owner.collation or ""):lower():match("^[^_]+") or ""
end

--- The character set that a column of the table has: its own or its collation's, else the table's; "" where neither says.
function M.charset_of(col, t)
  local own = charset_from(col)
  return own ~= "" and own or charset_from((t or {}).options or {})
end

local function collation(o, ctx)
  local a, b = M.charset_of(o.before, ctx.table), M.charset_of(o.after, ctx.table)
  local grows = a == b or ((a == "utf8mb3" or a == "utf8") and b == "utf8mb4")
  if M.indexed(ctx.table, o.before.name) or not grows then return answer("COPY", "SHARED") end
  return same(o.before.charset, o.after.charset) and answer("INPLACE") or answer("COPY", "SHARED")
end

-- A check that names the column is dropped and made again with it.
local function named_in_checks(o, ctx)
  for _, check in ipairs((ctx.table or {}).checks or {}) do
    if M.mentions(check.expr, o.before.name) then return true end
  end
  return false
end
M.named_in_checks = named_in_checks

-- So are generated columns and indexes on expressions.
local function computed_from(o, ctx)
  for _, col in ipairs((ctx.table or {}).columns or {}) do
    if col.generated and M.mentions(col.generated.expr, o.before.name) then return true end
  end
  for _, index in ipairs((ctx.table or {}).indexes or {}) do
    for _, part in ipairs(index.parts or {}) do
      if M.mentions(part.expr, o.before.name) then return true end
    end
  end
  return false
end

-- Other tables' keys may refer to a column that is keyed; they are not known here, and INPLACE is as brief.
local function rename(o, ctx)
  local keyed = M.indexed(ctx.table, o.before.name)
  if not keyed and (named_in_checks(o, ctx) or computed_from(o, ctx)) then return answer("COPY", "SHARED") end
  return (keyed or not ctx.d:since(8, 0, 28)) and answer("INPLACE") or answer("INSTANT")
end

local COLUMN = {
  name = rename,
  type = type_change,
  nullable = function() return answer("REBUILD") end,
  default = default_change,
  generated = function() return answer("COPY", "SHARED") end,
  identity = function() return answer("COPY", "SHARED") end,
  collation = collation,
  charset = function() return answer("COPY", "SHARED") end,
  comment = function() return answer("INSTANT") end,
  on_update = function() return answer("INSTANT") end,
  invisible = function() return answer("INSTANT") end,
}
M.COLUMN = COLUMN

--- Judges an alteration facet by facet with the rules of `rows`.
function M.judge_column(rows, o, ctx)
  local altered, worst = M.facets(o), answer("INSTANT")
  for _, facet in ipairs(facets.FACETS) do
    if altered[facet] then worst = M.worse(worst, rows[facet](o, ctx)) end
  end
  return worst
end

local function key_of_nullable(o, ctx)
  for _, part in ipairs((o.after or {}).parts or {}) do
    for _, col in ipairs((ctx.table or {}).columns or {}) do
      if col.name == part.column and col.nullable then return true end
    end
  end
  return false
end
M.key_of_nullable = key_of_nullable

local OPTION_RULES = {
  { "charset", function() return answer("COPY", "SHARED") end },
  { "collation", function() return answer("COPY", "SHARED") end },
  { "engine", function() return answer("COPY", "SHARED") end },
  { "partition_by", function() return answer("COPY", "SHARED") end },
  { "row_format", function() return answer("REBUILD") end },
}
M.OPTION_RULES = OPTION_RULES

--- Judges a change of options with the rules of `rules`.
function M.judge_options(rules, o)
  local a, b, worst = o.before.options or {}, o.after.options or {}, nil
  for _, rule in ipairs(rules) do
    if not same(a[rule[1]], b[rule[1]]) then worst = M.worse(worst, rule[2](o)) end
  end
  if not same(o.before.comment, o.after.comment) then worst = M.worse(worst, answer("INPLACE")) end
  return worst or answer("INSTANT")
end

local function only_enforced(o)
  return o.before and o.after and o.before.name == o.after.name and o.before.expr == o.after.expr
end
M.only_enforced = only_enforced

M.rules = {
  add_column = add_column,
  drop_column = drop_column,
  alter_column = function(o, ctx)
    local verdict = M.judge_column(COLUMN, o, ctx)
    if checked_types.stand_in_the_way(ctx.d, ctx.table, M.facets(o), M.mentions) then
      verdict = M.worse(verdict, answer("COPY", "SHARED"))
    end
    return indexes.leaves_cluster(o, ctx.table) and M.worse(verdict, answer("COPY", "SHARED")) or verdict
  end,
  add_primary_key = function() return answer("REBUILD") end,
  drop_primary_key = function() return answer("COPY", "SHARED") end,
  alter_primary_key = function() return answer("REBUILD") end,
  rename_primary_key = function() return answer("INSTANT") end,
  add_unique = function(o, ctx) return indexes.with_cluster(o, ctx, answer("INPLACE")) end,
  drop_unique = function(o, ctx) return indexes.with_cluster(o, ctx, answer("INPLACE")) end,
  alter_unique = function(o, ctx) return indexes.with_cluster(o, ctx, answer("INPLACE")) end,
  rename_unique = function() return answer("INPLACE") end,
  create_index = function(o, ctx) return indexes.with_cluster(o, ctx, indexes.create(o)) end,
  drop_index = function(o, ctx) return indexes.with_cluster(o, ctx, indexes.drop(o)) end,
  alter_index = indexes.alter,
  rename_index = function() return answer("INPLACE") end,
  add_foreign_key = function() return answer("INPLACE") end,
  drop_foreign_key = function() return answer("INPLACE") end,
  add_check = function(o)
    return o.after.not_enforced and answer("INPLACE") or answer("COPY", "SHARED")
  end,
  drop_check = function() return answer("INPLACE") end,
  alter_check = function(o)
    return o.after.not_enforced and answer("INPLACE") or answer("COPY", "SHARED")
  end,
  alter_table = function(o) return M.judge_options(OPTION_RULES, o) end,
}
M.rules.rename_column = M.rules.alter_column
M.rules.alter_foreign_key = M.rules.add_foreign_key
M.rules.rename_foreign_key = M.rules.add_foreign_key
M.rules.rename_check = M.rules.add_check

--- Is the operation one that an algorithm is chosen for?
function M.has_rule(d, o) return (d.algorithm or M).rules[o.op] ~= nil end

-- A rebuild in place makes no FULLTEXT index anew on MySQL, and one on MariaDB; a SPATIAL one lets nobody write meanwhile
-- (error 1846; 9.7.4, 10.11.19).
local function with_special_indexes(verdict, t)
  if verdict.algorithm ~= "REBUILD" then return verdict end
  if has_method(t, "fulltext") then return M.worse(verdict, answer("COPY", "SHARED")) end
  return has_method(t, "spatial") and M.worse(verdict, answer("REBUILD", "SHARED")) or verdict
end

--- The algorithm of one operation.
---@param o table Change
---@param ctx table { d, table = Table before it }
---@return table { algorithm, lock, note }
function M.of(o, ctx)
  -- MyISAM, MEMORY, Aria and the rest know no more than a copy, or do by name what only they call so.
  local engine = lower(((ctx.table or {}).options or {}).engine)
  if engine ~= "" and engine ~= "innodb" then return answer("COPY", "SHARED") end
  local rule = (ctx.d.algorithm or M).rules[o.op]
  if not rule then return answer("COPY", "SHARED") end
  if generated.follows(ctx.d, o) then return answer("INSTANT") end
  return with_special_indexes(rule(o, ctx), ctx.table)
end

--- The words for an ALTER TABLE: "ALGORITHM=INPLACE", "LOCK=NONE".
---@return string[]
function M.words(d, verdict)
  if verdict.algorithm == "INSTANT" then return { "ALGORITHM=INSTANT" } end  -- MySQL takes no LOCK beside it
  local name = verdict.algorithm == "REBUILD" and "INPLACE" or verdict.algorithm
  if name == "NOCOPY" and d.flavour == "mysql" then name = "INPLACE" end
  return { "ALGORITHM=" .. name, "LOCK=" .. verdict.lock }
end

return M
