--- What fills a required column that comes back empty, or a value that it cannot hold: something that its own rules accept, as
--- far as that can be made up, and what the way back asks for before it begins where it may not be.

local archive = require("forge.archive")
local fold = require("forge.fold")
local sqltext = require("forge.sqltext")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local function member_of(t, name, wanted)
  for _, spec in ipairs(strategy.MEMBERS) do
    for _, object in ipairs(t[spec.field] or {}) do
      if wanted(spec.kind, object) and strategy.member_names(spec.kind, object, name) then return object end
    end
  end
end

local function is_unique(kind, object) return kind == "key" or (kind == "index" and object.unique) end
local function is_reference(kind) return kind == "foreign_key" end

--- Do rows of the table differ in the column?
function M.unique(t, column) return member_of(t, column.name, is_unique) ~= nil end

local function checks_on(t, column)
  local out = {}
  for _, check in ipairs(t.checks or {}) do
    if not check.not_enforced and sqltext.names(check.expr, column.name) then out[#out + 1] = check end
  end
  return out
end

local function numeric(ctx, column)
  local row = ctx.d.types.map[column.type.name]
  return row ~= nil and (row.family == "integer" or row.family == "number")
end

local function textual(ctx, column)
  local row = ctx.d.types.map[column.type.name]
  return row ~= nil and row.family == "text"
end

-- Values worth trying: the type's zero, and what the checks speak of: their literals, and for numbers the next one on either
-- side; of another column that they compare with likewise.
local function candidates(ctx, t, column, checks, stays)
  local out, seen, zero = {}, {}, strategy.zero(ctx, column)
  local function try(sql)
    if not seen[sql] and #out < 12 then
      seen[sql] = true
      out[#out + 1] = sql
    end
  end
  if zero then try(zero) end
  for _, sql in ipairs(numeric(ctx, column) and { "1", "-1" } or textual(ctx, column) and { "'x'", "'xxxxxxxx'" } or {}) do
    if not sql:find("xx") or ((column.type.args or {})[1] or 255) >= 8 then try(sql) end
  end
  for _, check in ipairs(checks) do
    if numeric(ctx, column) then
      for text in check.expr:gsub("'[^']*'", ""):gmatch("%f[%w_.]%d+%f[^%w_.]") do
        for _, sql in ipairs({ text, ("(%s + 1)"):format(text), ("(%s - 1)"):format(text) }) do try(sql) end
      end
    else
      for text in check.expr:gmatch("'[^']*'") do try(text) end
    end
    for _, other in ipairs(t.columns) do
      if other.name ~= column.name and sqltext.names(check.expr, other.name) and fold.same(other.type, column.type) and stays(other) then
        local name = ctx.d:ident(other.name)
        try(name)
        if numeric(ctx, column) then
          try(("(%s + 1)"):format(name))
          try(("(%s - 1)"):format(name))
        end
      end
    end
  end
  return out
end

-- Do the checks hold where the column has the value? nil where they read columns that the way back has not yet.
local function accepts(t, column, checks, value, stays)
  local parts = {}
  for i, check in ipairs(checks) do
    if sqltext.qualifies(check.expr, t.name.name) then return nil end
    for _, other in ipairs(t.columns) do
      if other.name ~= column.name and sqltext.names(check.expr, other.name) and not stays(other) then return nil end
    end
    parts[i] = "(" .. sqltext.substitute(check.expr, column.name, value) .. ")"
  end
  return table.concat(parts, " AND ")
end

-- The first candidate that the checks accept, row by row, and a question for the rows that none fits.
local function accepted(ctx, t, column, stays, only)
  local checks = checks_on(t, column)
  local zero = strategy.zero(ctx, column)
  if #checks == 0 or ctx.d.ask then return zero, zero end
  local cases, refused = {}, {}
  for _, value in ipairs(candidates(ctx, t, column, checks, stays)) do
    local holds = accepts(t, column, checks, value, stays)
    if not holds then return zero, zero end
    cases[#cases + 1] = ("WHEN %s THEN %s"):format(holds, value)
    refused[#refused + 1] = ("NOT (%s)"):format(holds)
  end
  if #cases == 0 then return nil end
  local names = {}
  for i, check in ipairs(checks) do names[i] = (check.name or "") ~= "" and check.name or "its check" end
  local question = strategy.must_be_none(("a value of %s.%s can be made up that %s accepts"):format(show(t.name), column.name,
    table.concat(names, " and ")), strategy.count_where(ctx, t.name, (only or "") .. table.concat(refused, " AND ")))
  return ("CASE %s END"):format(table.concat(cases, " ")), "a value that " .. table.concat(names, " and ") .. " accepts", question
end

--- Is the table there again on the way back, and empty?
local function comes_back_empty(b, q)
  if archive.keeps_rows(b.ctx, q) then return false end
  local unit = b.by_key[show(q)]
  if unit then return unit.before ~= nil and unit.after == nil end
  return b.ctx.table ~= nil and not b.ctx.table(q, "after")
end

-- The row's own key, which differs in every row, and a question for those that the column or its checks would not take.
local function row_key(ctx, t, column, stays)
  local key = strategy.key(t)
  if #key ~= 1 or key[1] == column.name then return nil end
  local from = strategy.column(t, key[1])
  local sql = strategy.convert(ctx, strategy.value(ctx, key[1]), from.type, column.type)
  if not sql or ctx.d.ask then return sql end
  local limit, refused, checks = (column.type.args or {})[1], {}, checks_on(t, column)
  if limit and textual(ctx, column) then refused[1] = ("LENGTH(%s) > %d"):format(sql, limit) end
  local holds = #checks > 0 and accepts(t, column, checks, sql, stays)
  if holds then refused[#refused + 1] = ("NOT (%s)"):format(holds) end
  if #refused == 0 then return sql end
  return sql, strategy.must_be_none(("every %s of %s can stand in %s"):format(key[1], show(t.name), column.name),
    strategy.count_where(ctx, t.name, table.concat(refused, " OR ")))
end

--- What fills a column that comes back empty.
---@param b table the builder
---@param t table the table as the old schema has it
---@param column table
---@param stays fun(column: table): boolean does another column of the table stand, as it is, through the plan?
---@return string? expr nil: nothing can be made up
---@return string? said the same for people
---@return table? question what the way back asks for first
function M.made_up(b, t, column, stays)
  local ctx = b.ctx
  local fk = not ctx.d.ask and member_of(t, column.name, is_reference)
  if fk and #fk.columns == 1 and not fold.same_q(fk.ref, t.name) then
    if comes_back_empty(b, fk.ref) then
      return nil, nil, strategy.must_be_none(
        ("%s has no rows, which would refer to %s: that comes back empty"):format(show(t.name), show(fk.ref)),
        ("SELECT COUNT(*) FROM %s"):format(ctx.d:qname(t.name)))
    end
    return ("(SELECT MIN(%s) FROM %s)"):format(ctx.d:ident(fk.ref_columns[1]), ctx.d:qname(fk.ref)),
      "the least key of " .. show(fk.ref)
  end
  if M.unique(t, column) then
    local by_key, question = row_key(ctx, t, column, stays)
    if by_key then return by_key, "the row's " .. strategy.key(t)[1], question end
  end
  return accepted(ctx, t, column, stays)
end

--- What stands in a required column for a value that it cannot hold; nil where nothing may: rows must differ in it, or it
--- refers to others.
---@return string? expr
---@return string? said
function M.instead(ctx, t, column)
  if M.unique(t, column) or member_of(t, column.name, is_reference) then return nil end
  return accepted(ctx, t, column, function() return true end, ctx.d:ident(column.name) .. " IS NULL AND ")
end

return M
