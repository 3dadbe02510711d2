--- MariaDB's checks that are written at a column. They bear its name, go when the column is modified without them, and no
--- DROP CONSTRAINT finds them. A check named as a column is written there unless it says that it stands with the table.

local M = {}

local function column(t, name)
  for _, col in ipairs((t or {}).columns or {}) do if col.name == name then return col end end
  return nil
end

--- Is the check written at a column of the table?
---@return table|nil the column
function M.at(d, t, check)
  return d.flavour == "mariadb" and check and not check.of_table and column(t, check.name) or nil
end

--- The check at a column, as its definition ends.
---@param checks table[]
---@return string
function M.sql(d, checks, name, bracketed)
  for _, check in ipairs(d.flavour == "mariadb" and checks or {}) do
    if check.name == name and not check.of_table then return " CHECK " .. bracketed(check.expr) end
  end
  return ""
end

--- What the checks of a table are once an ALTER TABLE has run.
---@param ops table[] its operations
---@return table[]
function M.afterwards(t, ops)
  local out, gone = {}, {}
  for _, o in ipairs(ops) do
    if o.kind == "check" then
      if o.before then gone[o.before.name] = true end
      if o.after then out[#out + 1] = o.after end
    end
  end
  for _, check in ipairs((t or {}).checks or {}) do if not gone[check.name] then out[#out + 1] = check end end
  return out
end

--- Takes the check off, wherever it stands, so that the column's definition says what there is.
---@param ctx table of the ALTER TABLE
function M.release(d, add, ctx, name)
  if ctx.released[name] then return end
  ctx.released[name] = true
  add("DROP CONSTRAINT IF EXISTS " .. d:ident(name))
end

--- States the column anew with the checks that it is to have, unless another operation does.
function M.restate(d, add, ctx, col, bracketed)
  M.release(d, add, ctx, col.name)
  if ctx.stated[col.name] then return end
  ctx.stated[col.name] = true
  add("MODIFY COLUMN " .. d:column_sql(col) .. M.sql(d, ctx.checks, col.name, bracketed))
end

return M
