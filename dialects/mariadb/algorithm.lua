--- MariaDB's ALGORITHM and LOCK, as a 10.11 server grants them. From 11.2 on most COPY may go on beside writes; that was not
--- tried on a server, so a COPY is taken to block them on every version.

local indexes = require("dialects.mysql.algorithm.indexes")
local mysql = require("dialects.mysql.algorithm")
local text = require("dialects.mysql.text")

local M = {}
for key, value in pairs(mysql) do M[key] = value end

local answer = mysql.answer
local same = mysql.same

local function copy() return answer("COPY", "SHARED") end
local function lower(value) return (value or ""):lower() end

local function has_generated(t)
  for _, col in ipairs((t or {}).columns or {}) do if col.generated then return true end end
  return false
end

local function indexes_virtual(t)
  for _, col in ipairs((t or {}).columns or {}) do
    if col.generated and not col.generated.stored and mysql.indexed(t, col.name) then return true end
  end
  return false
end

-- Tables whose columns are never added or dropped INSTANT. An index on a virtual column keeps writes waiting as well (error
-- 1846, "online rebuild with indexed virtual columns").
local function needs_rebuild(ctx)
  local t = ctx.table
  if mysql.searched(ctx) or indexes_virtual(t) then return answer("REBUILD", "SHARED") end
  return lower(((t or {}).options or {}).row_format) == "compressed" and answer("REBUILD") or nil
end

local function add_column(o, ctx)
  local col = o.after
  if col.identity then return answer("REBUILD", "SHARED") end
  if col.generated then return col.generated.stored and copy() or answer("INSTANT") end
  if text.computed_default(col.default, col.type) then return copy() end
  return needs_rebuild(ctx) or answer("INSTANT")
end

local function drop_column(o, ctx)
  local rebuilt = needs_rebuild(ctx)
  if rebuilt then return rebuilt end
  if not mysql.indexed(ctx.table, o.before.name) then return answer("INSTANT") end
  return answer("NOCOPY", mysql.has_method(ctx.table, "spatial") and "SHARED" or "NONE")
end

-- A varchar of at most 127 bytes grows to any length INSTANT, as its length fits either way of writing it.
local function short_longer(o, t)
  local a, b = o.before.type, o.after.type
  if a.name ~= b.name or (a.name ~= "varchar" and a.name ~= "varbinary") then return false end
  local from, to = (a.args or {})[1] or 255, (b.args or {})[1] or 255
  local width = a.name == "varbinary" and 1 or mysql.char_width(o.before, t) or 4
  return to >= from and from * width <= 127
end

local function rebuild(ctx) return has_generated(ctx.table) and copy() or answer("REBUILD") end
local function keeps_rows(ctx) return has_generated(ctx.table) and copy() or answer("NOCOPY") end

local function type_change(o, ctx)
  if mysql.same_native(ctx.d, o.before.type, o.after.type) then return answer("INSTANT") end
  if mysql.enum_appended(o) or mysql.varchar_longer(o, ctx.table) then return answer("INSTANT") end
  return short_longer(o, ctx.table) and answer("INSTANT") or copy()
end

local STAMP = { timestamp = true, timestamptz = true }

-- The rows' NULLs would be given the default, which only a copy can compute; that of a timestamp is the current time.
local function nullable(o, ctx)
  local default = o.after.default
  local computed = not o.after.nullable and ((default and default.kind == "sql") or STAMP[o.after.type.name])
  return computed and copy() or rebuild(ctx)
end

local function default_change(o, ctx)
  if o.after.default and text.computed_default(o.after.default, o.after.type) then return keeps_rows(ctx) end
  return answer("INSTANT")
end

local function charset(o, ctx)
  local a, b = mysql.charset_of(o.before, ctx.table), mysql.charset_of(o.after, ctx.table)
  local grows = (a == "utf8mb3" or a == "utf8") and b == "utf8mb4"
  return grows and not mysql.indexed(ctx.table, o.before.name) and answer("INSTANT") or copy()
end

local function collation(o, ctx)
  if mysql.charset_of(o.before, ctx.table) ~= mysql.charset_of(o.after, ctx.table) then return charset(o, ctx) end
  return mysql.indexed(ctx.table, o.before.name) and keeps_rows(ctx) or answer("INSTANT")
end

local COLUMN = {
  name = function() return answer("INSTANT") end,
  type = type_change,
  nullable = nullable,
  default = default_change,
  generated = copy,
  identity = function(o, ctx) return o.after.identity and copy() or rebuild(ctx) end,
  collation = collation,
  charset = charset,
  comment = function() return answer("INSTANT") end,
  on_update = function() return answer("INSTANT") end,
  invisible = function() return answer("INSTANT") end,
}

local function create_index(o)
  local method = lower(o.after.method)
  if method == "fulltext" or method == "spatial" then return answer("INPLACE", "SHARED") end
  return answer("NOCOPY")
end

local function nocopy(o, ctx) return indexes.with_cluster(o, ctx, answer("NOCOPY")) end

local function primary_key(_, ctx) return has_generated(ctx.table) and copy() or answer("REBUILD") end

local OPTION_RULES = {
  { "charset", copy }, { "collation", copy }, { "engine", copy }, { "partition_by", copy },
  { "row_format", function() return answer("REBUILD") end },
}

local function alter_table(o)
  local verdict = mysql.judge_options(OPTION_RULES, o)
  local only_comment = not same(o.before.comment, o.after.comment)
  for _, rule in ipairs(OPTION_RULES) do
    only_comment = only_comment and same((o.before.options or {})[rule[1]], (o.after.options or {})[rule[1]])
  end
  return only_comment and answer("INSTANT") or verdict
end

local rules = {}
for word, rule in pairs(mysql.rules) do rules[word] = rule end
M.rules = rules

rules.add_column = add_column
rules.drop_column = drop_column
rules.alter_column = function(o, ctx)
  local verdict = mysql.judge_column(COLUMN, o, ctx)
  return indexes.leaves_cluster(o, ctx.table) and mysql.worse(verdict, copy()) or verdict
end
rules.rename_column = rules.alter_column
rules.add_primary_key, rules.alter_primary_key = primary_key, primary_key
rules.add_unique, rules.drop_unique, rules.alter_unique = nocopy, nocopy, nocopy
rules.rename_unique = function(o, ctx) return ctx.d.features.rename_index and answer("INSTANT") or nocopy(o, ctx) end
rules.rename_index = rules.rename_unique
rules.create_index = function(o, ctx) return indexes.with_cluster(o, ctx, create_index(o)) end
rules.alter_index = function(o, ctx)
  return indexes.only_visibility(o) and answer("INSTANT") or indexes.with_cluster(o, ctx, create_index(o))
end
rules.drop_index = nocopy
rules.add_foreign_key = function() return answer("INSTANT") end
rules.drop_foreign_key = rules.add_foreign_key
rules.alter_foreign_key, rules.rename_foreign_key = rules.add_foreign_key, rules.add_foreign_key
rules.add_check, rules.alter_check, rules.rename_check = copy, copy, copy
-- A long text with such a check is JSON, which only a copy makes plain text of.
rules.drop_check = function(o) return lower(o.before.expr):find("json_valid", 1, true) and copy() or answer("INSTANT") end
rules.alter_table = alter_table

return M
