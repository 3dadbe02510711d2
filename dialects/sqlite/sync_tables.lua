--- Dual-write between two tables (dialects/sqlite/sync.lua says by what rules).

local ddl = require("dialects.sqlite.ddl")
local common = require("dialects.sqlite.sync_parts")
local sqltext = require("forge.sqltext")
local types = require("dialects.sqlite.types")

local M = {}

local ident = ddl.ident
local bare, held, log_sql, may_name, new_row = common.bare, common.held, common.log_sql, common.may_name, common.new_row
local over_row, trigger = common.over_row, common.trigger

-- The key of both tables: the sync's own, or the rowid of tables that have nothing else.
local function table_keys(sync, t)
  if #sync.key == 0 then
    local rowid = ddl.rowid_name(t)
    if not rowid then error(("table '%s' has no key to copy it by"):format(t.name.name), 0) end
    return { rowid }, true
  end
  local list = {}
  for i, name in ipairs(sync.key) do list[i] = ident(name) end
  return list, false
end

local function equal_terms(keys, row)
  local parts = {}
  for i, name in ipairs(keys) do parts[i] = name .. " IS " .. row .. "." .. name end
  return table.concat(parts, " AND ")
end

-- Does the key tell the source's rows apart?
local function identifies(t, names)
  local lists = { { t.primary_key }, t.uniques or {}, t.indexes or {} }
  for i, list in ipairs(lists) do
    for _, key in ipairs(list) do
      local found = #key.parts == #names and (i < 3 or (key.unique and (key.where or "") == ""))
      for _, part in ipairs(key.parts) do
        local named = false
        for _, name in ipairs(names) do named = named or part.column == name end
        found = found and named
      end
      if found then return true end
    end
  end
  return #names == 0
end

-- The row as it stands by now, as a table of one row or none: a trigger of the application's that fired before may have changed it,
-- and told the copy already. Where a key does not tell rows apart there is but the statement's own.
local function seen_row(sync, t, keys)
  if not identifies(t, sync.key) then return new_row(t) end
  local list = {}
  for i, col in ipairs(t.columns) do list[i] = ident(col.name) end
  return ("(SELECT %s FROM %s WHERE %s) AS %s"):format(table.concat(list, ", "), ident(t.name.name), equal_terms(keys, "NEW"),
    ident(t.name.name))
end

-- A condition that no row bears the key of OLD (any more), or that one bears the key of NEW.
local function there(sync, t, keys, row)
  if not identifies(t, sync.key) then return "" end
  return (" AND %sEXISTS (SELECT 1 FROM %s WHERE %s)"):format(row == "OLD" and "NOT " or "", ident(t.name.name),
    equal_terms(keys, row))
end

-- Each column of the target with its expression over the source's row.
local function target_values(sync, target)
  local columns, values = {}, {}
  for i, column in ipairs(sync.columns) do
    columns[i] = ident(column.to)
    values[i] = target and held(target, column.to, column.expr) or column.expr
  end
  return columns, values
end

-- May a value be another one when it comes back? What only changes its declared type is not.
local function alters(t, target, column)
  local from, source = target and ddl.find(target.columns, column.to), ddl.find(t.columns, bare(column.expr))
  if not from or not source then return from ~= nil end
  local how = types.castable(from.type, source.type)
  return how ~= "free" and (how ~= "widening" or from.type.name == "native" or source.type.name == "native")
end

-- By column of the sync: a condition that nobody has written anew what its value follows, so that it stays as it is there, as the
-- way there and back may alter it ('007' becomes '7'). Under another key it is another row's value that stands there.
local function unwritten(sync, t, target, keys)
  local out, same_key = {}, {}
  for i, key in ipairs(keys) do same_key[i] = " AND OLD." .. key .. " IS NEW." .. key end
  for i, column in ipairs(sync.columns) do
    local terms = {}
    for _, col in ipairs(t.columns) do
      local name = ident(col.name)
      if may_name(column.expr, col.name) then terms[#terms + 1] = "OLD." .. name .. " COLLATE BINARY IS NEW." .. name end
    end
    if #terms > 0 and alters(t, target, column) and not sqltext.reads_rows(column.expr) then
      out[i] = table.concat(terms, " AND ") .. table.concat(same_key)
    end
  end
  return out
end

local function update_sql(name, columns, values, keys, row, unwritten_by)
  local in_key, names, list = {}, {}, {}
  for _, key in ipairs(keys) do in_key[key] = true end
  for i, column in ipairs(columns) do
    if not in_key[column] then
      local stays = unwritten_by[i]
      names[#names + 1] = column
      list[#list + 1] = stays and ("CASE WHEN %s THEN %s.%s ELSE %s END"):format(stays, name, column, values[i]) or values[i]
    end
  end
  if #names == 0 then return nil end
  return "  UPDATE OR IGNORE " .. name .. " SET (" .. table.concat(names, ", ") .. ") = (SELECT "
    .. table.concat(list, ", ") .. " FROM " .. row .. ") WHERE " .. equal_terms(keys, "NEW")
end

local function insert_sql(name, columns, values, keys, row, by_rowid)
  local names, list = table.concat(columns, ", "), table.concat(values, ", ")
  if by_rowid then names, list = keys[1] .. ", " .. names, "NEW." .. keys[1] .. ", " .. list end
  return "  INSERT OR IGNORE INTO " .. name .. " (" .. names .. ") SELECT " .. list .. " FROM " .. row
    .. " WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " WHERE " .. equal_terms(keys, "NEW") .. ")"
end

-- What the target refused shows as a row that is not as it should be.
local function refused_from(name, columns, values, keys, row, unwritten_by)
  local wanted, same = {}, {}
  for i, column in ipairs(columns) do
    wanted[i] = values[i] .. " AS v" .. i
    same[i] = "forgelua_t." .. column .. " IS s.v" .. i
    if unwritten_by[i] then same[i] = "(" .. unwritten_by[i] .. " OR " .. same[i] .. ")" end
  end
  local terms = {}
  for i, key in ipairs(keys) do terms[i] = "forgelua_t." .. key .. " IS NEW." .. key end
  return "WHERE NOT EXISTS (SELECT 1 FROM " .. name .. " AS forgelua_t, (SELECT " .. table.concat(wanted, ", ") .. " FROM "
    .. row .. ") AS s WHERE " .. table.concat(terms, " AND ") .. " AND " .. table.concat(same, " AND ") .. ")"
end

local function upsert(sync, t, target, keys, by_rowid, unwritten_by)
  local columns, values = target_values(sync, target)
  local name = ident(sync.target.name)
  local row = seen_row(sync, t, keys)
  local body = { update_sql(name, columns, values, keys, row, unwritten_by) }
  body[#body + 1] = insert_sql(name, columns, values, keys, row, by_rowid)
  body[#body + 1] = log_sql(sync, t, keys, "NEW", "", "NULL", refused_from(name, columns, values, keys, row, unwritten_by)
    .. there(sync, t, keys, "NEW"))
  return body
end

-- A value that a conversion turned into NULL: seen where the column of the same name had one.
local function log_lost_values(body, sync, t, keys)
  for _, column in ipairs(sync.columns) do
    if ddl.find(t.columns, column.to) and bare(column.expr) ~= column.to then
      local source = "NEW." .. ident(column.to)
      body[#body + 1] = log_sql(sync, t, keys, "NEW", column.to, "quote(" .. source .. ")", "WHERE " .. source
        .. " IS NOT NULL AND " .. over_row(t, column.expr, "NEW") .. " IS NULL")
    end
  end
end

--- The triggers that carry every change of a table into another one.
---@param target table|nil the other table, where it is known
function M.create(out, sync, t, target)
  local keys, by_rowid = table_keys(sync, t)
  -- Both directions between two tables share one marker: neither may answer the other.
  local a, b = sync.table.name, sync.target.name
  local marker = a < b and a .. "|" .. b or b .. "|" .. a
  local name = ident(sync.target.name)
  local inserted = upsert(sync, t, target, keys, by_rowid, {})
  local repeated = upsert(sync, t, target, keys, by_rowid, unwritten(sync, t, target, keys))
  for _, body in ipairs { inserted, repeated } do log_lost_values(body, sync, t, keys) end
  local moved = "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") .. " AND NOT ("
  local same_key = {}
  for i, key in ipairs(keys) do same_key[i] = "OLD." .. key .. " IS NEW." .. key end
  local gone = there(sync, t, keys, "OLD")
  local updated = { moved .. table.concat(same_key, " AND ") .. ")" .. gone }
  for _, statement in ipairs(repeated) do updated[#updated + 1] = statement end
  out:add(trigger(sync, "_ins", "INSERT", t, marker, inserted))
  out:add(trigger(sync, "_upd", "UPDATE", t, marker, updated))
  out:add(trigger(sync, "_del", "DELETE", t, marker,
    { "  DELETE FROM " .. name .. " WHERE " .. equal_terms(keys, "OLD") .. gone }))
end

return M
