--- Texts that are compared although their columns follow different collations. Servers refuse that unless the comparison says which
--- rules hold (MySQL 1267, PostgreSQL 42P22); and 'a' in place of 'A' is another value, whatever a collation says.
---
--- A dialect that compares columns so has `collates_apart(d, source, col, target, column)`: do two columns of two tables differ in
--- collation, or in the character set it belongs to, by what they or their tables say? And `exact_text(d, x)`: the text as one that
--- equals only itself. `keyed_as` of a dialect is told below.

local lookup = require("forge.strategy.tables")

local M = {}

--- Does the expression over `source` read a text that compares by other rules than `column` of `target`?
---@param ctx table
---@param expr string
---@param source table Table
---@param column table Column
---@param target table Table
function M.mixed(ctx, expr, source, column, target)
  local d = ctx.d
  if not d.collates_apart then return false end
  for _, read in ipairs(source.columns) do
    if d:collates_apart(source, read, target, column) and lookup.member_names("check", { expr = expr }, read.name) then return true end
  end
  return false
end

--- Can no foreign key stand between the two columns, or on one that becomes the other? A dialect whose engine asks for one collation at
--- both ends (MySQL 3780, MariaDB 1832) says so by `ends_of_key_apart`, which takes what `collates_apart` takes.
function M.part_keys(ctx, t, col, other, column)
  local apart = ctx.d.ends_of_key_apart
  return apart ~= nil and apart(ctx.d, t, col, other, column)
end

--- Expressions as they are to be compared.
---@param mixed boolean what M.mixed gave
function M.exact(ctx, mixed, a, b)
  if not mixed then return a, b end
  return ctx.d:exact_text(a), ctx.d:exact_text(b)
end

--- A key's value from `source`, by which a row of `target` is looked for: an index serves one collation, that of its own column.
--- A dialect's `keyed_as(d, x, source, target, name)` gives nil where that collation has no name that could be written.
---@return string? sql
function M.keyed_as(ctx, x, source, target, name)
  if not ctx.d.keyed_as then return x end
  return ctx.d:keyed_as(x, source, target, name)
end

return M
