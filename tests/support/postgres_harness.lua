--- Runs what the PostgreSQL dialect renders on a real server, through psql.
---
--- FORGELUA_TEST_PSQL is the psql command with its connection options ("psql -h /socket/dir -U postgres"). Without it
--- the tests say so and do nothing, except under CI, where they fail.

package.path = "./?.lua;./?/init.lua;stdlib/?.lua;stdlib/?/init.lua;tests/support/?.lua;" .. package.path

local dialect = require("forge.dialect")

local M = { d = require("dialects.postgres"), ops = require("forge.ops") }

local psql = os.getenv("FORGELUA_TEST_PSQL")
if not psql or psql == "" then
  if os.getenv("CI") then error("FORGELUA_TEST_PSQL is not set", 0) end
  print("skipped: FORGELUA_TEST_PSQL is not set")
  os.exit(0)
end

local script = os.tmpname()
local output = os.tmpname()
-- The temporary file's name is nobody else's, and so is the database's.
local database = "forgelua_dialect_" .. output:gsub("%W", ""):lower()

local function slurp(path)
  local file = assert(io.open(path, "r"))
  local text = file:read("*a")
  file:close()
  return text
end

local function psql_on(name, sql)
  local file = assert(io.open(script, "w"))
  file:write(sql, "\n")
  file:close()
  local command = ("%s -X -q -A -t -v ON_ERROR_STOP=1 -d %s -f %s > %s 2>&1"):format(psql, name, script, output)
  local status = os.execute(command)
  return status == 0 or status == true, slurp(output)
end

--- Runs SQL on the tests' database; gives success and whatever psql said.
function M.try(sql) return psql_on(database, sql) end

--- Starts SQL in a session of its own; the function that it gives waits for the end and says what psql said.
function M.background(sql)
  local own = os.tmpname()
  local file = assert(io.open(own, "w"))
  file:write(sql, "\n")
  file:close()
  local pipe = assert(io.popen(("%s -X -q -A -t -v ON_ERROR_STOP=1 -d %s -f %s 2>&1"):format(psql, database, own), "r"))
  return function()
    local said = pipe:read("*a")
    pipe:close()
    os.remove(own)
    return said
  end
end

function M.run(sql)
  local ok, text = psql_on(database, sql)
  if not ok then error(text .. "\n--- in:\n" .. sql, 2) end
  return text
end

--- The rows of a query, `a|b` each, as one string without the final newline.
function M.query(sql) return (M.run(sql):gsub("\n$", "")) end

function M.fresh()
  local ok, text = psql_on("postgres", ("CREATE DATABASE %s;"):format(database))
  if not ok then error(text, 2) end
end

--- An empty schema in the database at hand: much faster than another database.
function M.reset()
  M.run("SET client_min_messages = warning; DROP SCHEMA IF EXISTS app CASCADE;\n"
    .. "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;")
end

function M.finish()
  psql_on("postgres", ("DROP DATABASE IF EXISTS %s;"):format(database))
  os.remove(script)
  os.remove(output)
end

--- A step as the engine hands it to a dialect.
---@param operations table[]
---@param more? table form, before / after = arrays of tables, work, direction
function M.step(operations, more)
  more = more or {}
  local function keyed(list)
    local map = {}
    for _, t in ipairs(list or {}) do map[dialect.key(t.name)] = t end
    return map
  end
  return {
    id = more.id or "test", ops = operations, form = more.form, work = more.work,
    direction = more.direction or "forward",
    tables = { before = keyed(more.before or more.after), after = keyed(more.after or more.before) },
  }
end

--- The statements as a script, those that belong together in one transaction.
function M.script(statements)
  local out, open = {}, false
  for _, statement in ipairs(statements) do
    if statement.transactional ~= open then
      out[#out + 1] = statement.transactional and "BEGIN;" or "COMMIT;"
      open = statement.transactional
    end
    out[#out + 1] = statement.sql .. ";"
  end
  if open then out[#out + 1] = "COMMIT;" end
  return table.concat(out, "\n")
end

function M.render(operations, more) return M.script(M.d:render(M.step(operations, more))) end
function M.apply(operations, more) return M.run("SET client_min_messages = warning;\n" .. M.render(operations, more)) end

--- Short ways to write parts of the model.
function M.q(name, schema) return { name = name, schema = schema } end
function M.ty(name, ...) return { name = name, args = { ... } } end
function M.with(base, more)
  local copy = {}
  for key, value in pairs(base) do copy[key] = value end
  for key, value in pairs(more or {}) do copy[key] = value end
  return copy
end
function M.col(name, t, more)
  return M.with({ name = name, type = type(t) == "string" and M.ty(t) or t, nullable = true }, more)
end
function M.parts(...)
  local list = {}
  for i, name in ipairs({ ... }) do list[i] = { column = name } end
  return list
end

local failed, total = 0, 0

-- The table that most tests of emitters begin with.
function M.pk(t) return { name = t .. "_pkey", primary = true, parts = M.parts("id") } end
function M.sql(text) return { kind = "sql", text = text } end
function M.orders()
  return {
    name = M.q "orders",
    columns = { M.col("id", "bigint", { nullable = false }), M.col("total", "integer"), M.col("note", "text") },
    primary_key = M.pk "orders",
  }
end

--- Type, nullability, default and kind of a column, as the server has it.
function M.column_line(t, name)
  return M.query(([[SELECT format_type(atttypid, atttypmod) || '|' || attnotnull || '|' || coalesce(pg_get_expr(adbin, adrelid), '')
    || '|' || attidentity::text || attgenerated::text FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = '%s'::regclass AND attname = '%s']]):format(t, name))
end

function M.constraint_line(name)
  return M.query(("SELECT pg_get_constraintdef(oid) || '|' || convalidated FROM pg_constraint WHERE conname = '%s'"):format(name))
end

function M.it(name, body)
  total = total + 1
  M.reset()
  local ok, message = xpcall(body, function(m)
    return tostring(m) .. "\n" .. (debug.traceback("", 2):match("[^\n]*%.lua:%d+: in function <[^\n]*") or "")
  end)
  if not ok then
    failed = failed + 1
    print("FAIL " .. name .. "\n" .. message)
  else
    print("ok   " .. name)
  end
end

function M.equal(got, wanted, about)
  if got ~= wanted then
    error(("%s\n  expected: %s\n  got:      %s"):format(about or "not equal", tostring(wanted), tostring(got)), 2)
  end
end

function M.report()
  M.finish()
  print(("%d of %d passed"):format(total - failed, total))
  os.exit(failed == 0 and 0 or 1)
end

M.fresh()

return M
