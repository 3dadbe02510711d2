--- SQL that strategies write: names, conversions, and the queries that check data.

local dialect = require("forge.dialect")
local fold = require("forge.fold")

local M = {}

local key_of = dialect.key

--- Quoted names, joined by commas.
function M.idents(ctx, names)
  local out = {}
  for i, name in ipairs(names) do out[i] = ctx.d:ident(name) end
  return table.concat(out, ", ")
end

--- A literal or expression as SQL.
function M.expr_sql(ctx, expr)
  if expr.kind == "sql" or expr.kind == "number" then return expr.text end
  if expr.kind == "null" then return "NULL" end
  return ctx.d:default_sql(expr)
end

--- The literal that stands where a NOT NULL value must be invented; nil where the type has none.
function M.zero(ctx, column)
  if column.type.values and #column.type.values > 0 then return ctx.d:literal(column.type.values[1]) end
  local shared = column.type.name == "enum" and (column.type.array or 0) == 0 and ctx.d.first_value
  if shared then return shared(ctx.d, column.type) end
  local row = ctx.d.types.map[column.type.name]
  if (column.type.array or 0) > 0 then return nil end
  return row and row.zero
end

--- `expr` of one column's type turned into another's; nil where that needs an expression of the user's.
function M.convert(ctx, expr, from, to)
  if fold.same(from, to) then return expr end
  return ctx.d.types.convert(expr, from, to, ctx.d)
end

--- Can the conversion neither fail nor lose anything?
function M.total(ctx, from, to)
  if fold.same(from, to) then return true end
  local how = ctx.d.types.castable(from, to, ctx.d)
  return how == "free" or how == "widening"
end

--- What a stated `:backfill` is to compute for the rows that stand: the NULLs alone of a column that else stays what it is
--- and becomes NOT NULL, or every row anew.
---@param change table
---@return string? up nil where none is stated
---@return boolean? only_nulls
function M.stated_fill(change)
  local up = change.kind == "column" and change.after and (change.intent or {}).backfill_up
  if not up or up == "" then return nil end
  local before, after = change.before, change.after
  return up, before ~= nil and before.name == after.name and fold.same(before.type, after.type) and before.nullable
    and not after.nullable
end

-- Types whose values have no equality on some engine: rows of them are counted, not compared.
local NO_EQUALITY = { json = true, xml = true, point = true, geometry = true, native = true }

--- A condition that is true where two expressions give different values, NULL being a value.
function M.differs(a, b)
  return ("CASE WHEN (%s) = (%s) OR ((%s) IS NULL AND (%s) IS NULL) THEN 0 ELSE 1 END = 1"):format(a, b, a, b)
end

--- The same of values that a column holds: some engines compare a type's values only as text.
function M.differs_in(ctx, column, a, b)
  if M.comparable(column) or not ctx.d.comparable_value then return M.differs(a, b) end
  return M.differs(ctx.d:comparable_value(a, column.type), ctx.d:comparable_value(b, column.type))
end

function M.comparable(column) return not NO_EQUALITY[column.type.name] end

-- Conditions over rows. An engine of documents writes its own (`ask` of its dialect).
--- The column has no value.
function M.is_null(ctx, name)
  if ctx.d.ask then return ctx.d.ask.is_null(name) end
  return ctx.d:ident(name) .. " IS NULL"
end

--- One of the conditions holds.
function M.any(ctx, list)
  if ctx.d.ask then return ctx.d.ask.any(list) end
  return table.concat(list, " OR ")
end

--- The column has no value although the expression gives one.
function M.left_empty(ctx, name, expr)
  if ctx.d.ask then return ctx.d.ask.all { ctx.d.ask.is_null(name), ctx.d.ask.gives(expr) } end
  return ("(%s IS NULL AND (%s) IS NOT NULL)"):format(ctx.d:ident(name), expr)
end

--- What must hold before a column is added and filled: where documents may hold a field that no schema states, the way back
--- could not tell theirs from what was filled in. nil where a column is there or is not.
function M.check_unheld(ctx, q, names)
  if not ctx.d.ask then return nil end
  local list = {}
  for i, name in ipairs(names) do list[i] = ctx.d.ask.holding(q, name) end
  return list
end

--- The column as an expression.
function M.value(ctx, name) return ctx.d.value and ctx.d:value(name) or ctx.d:ident(name) end

local function count_where(ctx, q, where)
  if ctx.d.ask then return ctx.d.ask.count(q, where) end
  return "SELECT COUNT(*) FROM " .. ctx.d:qname(q) .. " WHERE " .. where
end
M.count_where = count_where

local function must_be_none(title, sql) return { title = title, sql = sql, expect = "0" } end
M.must_be_none = must_be_none

--- Rows that stand in the way of NOT NULL.
function M.check_nulls(ctx, q, name)
  return must_be_none(("no row of %s has NULL in %s"):format(key_of(q), name),
    count_where(ctx, q, M.is_null(ctx, name)))
end

local function part_sql(ctx, part)
  if part.column and part.column ~= "" then return ctx.d:ident(part.column) end
  return "(" .. part.expr .. ")"
end

--- Groups of rows that are equal under a new unique key or index.
---@param from string? what stands for the table in the query
function M.check_duplicates(ctx, q, parts, where, from)
  if ctx.d.ask then
    local names = {}
    for i, part in ipairs(parts) do names[i] = part.column end
    return must_be_none(("no two documents of %s agree in (%s)"):format(key_of(q), table.concat(names, ", ")),
      ctx.d.ask.duplicates(q, parts, (where or "") ~= "" and where or nil))
  end
  local exprs, present = {}, {}
  for i, part in ipairs(parts) do
    exprs[i] = part_sql(ctx, part)
    present[i] = exprs[i] .. " IS NOT NULL"
  end
  if where and where ~= "" then present[#present + 1] = "(" .. where .. ")" end
  local list = table.concat(exprs, ", ")
  return must_be_none(("no two rows of %s agree in (%s)"):format(key_of(q), list),
    ("SELECT COUNT(*) FROM (SELECT 1 AS one FROM %s WHERE %s GROUP BY %s HAVING COUNT(*) > 1) AS doubled"):format(
      from or ctx.d:qname(q), table.concat(present, " AND "), list))
end

--- Does a foreign key refer to a table that there is neither before nor after the plan, as SQLite lets it?
---@param ctx table
---@param q table the table
---@return boolean
function M.never_there(ctx, q)
  return ctx.table ~= nil and not ctx.table(q, "before") and not ctx.table(q, "after")
end

--- Rows whose reference leads nowhere.
---@param from string? what stands for the table in the query
---@param parents string? what stands for the table that it refers to
function M.check_orphans(ctx, q, fk, from, parents)
  if ctx.d.ask then
    return must_be_none(("no document of %s points at a missing one of %s"):format(key_of(q), key_of(fk.ref)), ctx.d.ask.orphans(q, fk))
  end
  local joined, present = {}, {}
  for i, name in ipairs(fk.columns) do
    joined[i] = "parent_row." .. ctx.d:ident(fk.ref_columns[i] or name) .. " = child_row." .. ctx.d:ident(name)
    present[i] = "child_row." .. ctx.d:ident(name) .. " IS NOT NULL"
  end
  return must_be_none(("no row of %s points at a missing row of %s"):format(key_of(q), key_of(fk.ref)),
    ("SELECT COUNT(*) FROM %s AS child_row WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS parent_row WHERE %s)"):format(
      from or ctx.d:qname(q), table.concat(present, " AND "), parents or ctx.d:qname(fk.ref), table.concat(joined, " AND ")))
end

--- Rows that violate a check.
---@param from string? what stands for the table in the query
function M.check_holds(ctx, q, check, from)
  if ctx.d.ask then
    return must_be_none(("every document of %s satisfies %s"):format(key_of(q), check.name),
      ctx.d.ask.count(q, '{"$nor":[' .. check.expr .. "]}"))
  end
  return must_be_none(("every row of %s satisfies %s"):format(key_of(q),
      check.name:match("^unnamed:%a[%a_]*:(.*)$") or check.name),
    ("SELECT COUNT(*) FROM %s WHERE NOT (%s)"):format(from or ctx.d:qname(q), check.expr))
end

--- Values that are too long for the new type; nil where its length does not shrink.
---@param stated string? the expression that somebody states for the new value
function M.check_length(ctx, q, before, after, stated)
  local limit = after.type.args and after.type.args[1]
  local from, to = ctx.d.types.map[before.type.name], ctx.d.types.map[after.type.name]
  if not limit or not from or not to or from.family ~= "text" or to.family ~= "text" then return nil end
  local old = before.type.args and before.type.args[1]
  if old and old <= limit then return nil end
  if ctx.d.ask then return nil end  -- the validator's own question finds them
  local title = stated and "no value that %s of %s is to get is longer than %d" or "no %s of %s is longer than %d"
  local value = stated and "(" .. stated .. ")" or ctx.d:ident(before.name)
  local longer = ("SUBSTR(%s, %d) <> ''"):format((after.type.array or 0) > 0 and "forgelua_e" or value, limit + 1)
  if (after.type.array or 0) > 0 then
    longer = ("EXISTS (SELECT 1 FROM unnest(%s) AS forgelua_e WHERE %s)"):format(value, longer)
  end
  return must_be_none(title:format(before.name, key_of(q), limit), count_where(ctx, q, longer))
end

--- Values that the engine's own conversion gives up on, where it answers NULL instead of an error; nil where the engine stops
--- by itself, where every value passes, or where somebody stated another expression.
---@param before table the column as it is
---@param after table the column as it will be
---@param expr string what makes the new value
function M.check_convertible(ctx, q, before, after, expr)
  local name = M.value(ctx, before.name)
  if not ctx.d.types.fails_with_null or M.total(ctx, before.type, after.type)
    or expr ~= M.convert(ctx, name, before.type, after.type) then return nil end
  return must_be_none(("every %s of %s can be held as %s"):format(before.name, key_of(q), ctx.d:type_sql(after.type)),
    count_where(ctx, q, ctx.d.ask and ctx.d.ask.all { ctx.d.ask.gives(name), ctx.d.ask.gives_nothing(expr) }
      or ("%s IS NOT NULL AND (%s) IS NULL"):format(name, expr)))
end

return M
