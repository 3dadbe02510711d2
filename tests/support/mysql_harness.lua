--- Runs what the MySQL and MariaDB dialects render on real servers, through their own clients.
---
--- FORGELUA_TEST_MYSQL_CLIENT and FORGELUA_TEST_MARIADB_CLIENT are the clients' commands with their connection options. A server
--- without one is left out with a printed reason; under CI that is a failure.
package.path = "./?.lua;./?/init.lua;stdlib/?.lua;stdlib/?/init.lua;tests/support/?.lua;" .. package.path

local dialect = require("forge.dialect")
local state = require("dialects.mysql.state")

local M = { ops = require("forge.ops"), key = dialect.key, buffer = dialect.buffer, copy = state.copy }

local database = ("forgelua_dialect_%d_%d"):format(os.time() % 100000, math.random(1000, 9999))
M.database = database
local failures, passed = 0, 0

local servers = {
  { name = "mariadb", client = os.getenv("FORGELUA_TEST_MARIADB_CLIENT"), version = "10.11" },
  { name = "mysql", client = os.getenv("FORGELUA_TEST_MYSQL_CLIENT"), version = "9.7" },
}

local function read_all(command)
  local pipe = assert(io.popen(command .. " 2>&1; echo rc=$?"))
  local text = pipe:read("*a")
  pipe:close()
  local body, code = text:match("^(.*)rc=(%d+)%s*$")
  return code == "0", body
end

local Server = {}
Server.__index = Server

--- The servers that can be reached, each with its dialect.
function M.servers()
  local out = {}
  for _, row in ipairs(servers) do
    if row.client and row.client ~= "" then
      local d = require("dialects." .. row.name):at(row.version)
      out[#out + 1] = setmetatable({ name = row.name, client = row.client, d = d }, Server)
    elseif os.getenv("CI") then
      error("no client for " .. row.name .. " is set", 0)
    else
      print("skipped: no client for " .. row.name .. " is set")
    end
  end
  return out
end

function Server:fresh()
  local ok, text = read_all(("%s -e 'DROP DATABASE IF EXISTS %s; CREATE DATABASE %s CHARACTER SET utf8mb4'"):format(
    self.client, database, database))
  if not ok then error(text, 0) end
end

function Server:drop() read_all(("%s -e 'DROP DATABASE IF EXISTS %s'"):format(self.client, database)) end

--- Runs SQL; gives success and what the client said.
function Server:try(sql, options)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(sql)
  file:close()
  local ok, text = read_all(("%s -N %s %s < %s"):format(self.client, options or "", database, path))
  os.remove(path)
  return ok, text
end

--- Statements as a script for the client.
function M.script(list)
  local out = {}
  for _, one in ipairs(list) do
    if one.delimiter then
      out[#out + 1] = ("DELIMITER %s\n%s\n%s\nDELIMITER ;"):format(one.delimiter, one.sql, one.delimiter)
    else
      out[#out + 1] = one.sql .. ";"
    end
  end
  return table.concat(out, "\n") .. "\n"
end

function M.fail(server, what, ...)
  failures = failures + 1
  print(server.name, "FAILED", what, ...)
end
function M.pass() passed = passed + 1 end

function Server:run(list, what)
  local ok, text = self:try(type(list) == "string" and list or M.script(list))
  if ok then M.pass() else M.fail(self, what, text:sub(-600)) end
  return ok
end

function Server:refuses(sql)
  if self:try(sql) then M.fail(self, "was not refused", sql) else M.pass() end
end

--- The answer of a query: values by commas, rows by " | ".
function Server:answer(sql)
  local _, text = self:try(sql)
  return (text:gsub("%s+$", ""):gsub("\n", " | "):gsub("\t", ","))
end

function Server:ask(sql, want, what)
  local got = self:answer(sql)
  if got == want then return M.pass() end
  M.fail(self, what or sql, "got " .. got:sub(1, 400), "want " .. want)
end

--- The schema as the server says it, lines sorted, without counters.
function Server:dump()
  local _, names = self:try(("SELECT table_name FROM information_schema.tables WHERE table_schema = '%s' ORDER BY 1;"):format(database))
  local all = {}
  for name in names:gmatch("[^\n]+") do
    local _, text = self:try("SHOW CREATE TABLE `" .. name .. "`;", "--raw")
    local lines = {}
    for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line:gsub("AUTO_INCREMENT=%d+ ?", ""):gsub(",$", "") end
    table.sort(lines)
    all[#all + 1] = table.concat(lines, "\n")
  end
  local _, triggers = self:try("SELECT trigger_name FROM information_schema.triggers"
    .. (" WHERE trigger_schema = '%s' ORDER BY 1;"):format(database))
  return table.concat(all, "\n---\n") .. "\n" .. triggers
end

function Server:schema(...)
  local list = {}
  for _, t in ipairs { ... } do list[#list + 1] = { sql = self.d.emit.create_table_sql(self.d, t) } end
  return self:run(list, "schema")
end

--- A step over the given tables, with the tables as they are after it.
function M.step(tables, list, more)
  local step = { id = "s", ops = list, tables = { before = {}, after = {} }, direction = "forward" }
  for _, t in ipairs(tables) do step.tables.before[dialect.key(t.name)] = t end
  for field, value in pairs(more or {}) do step[field] = value end
  local probe, seen = { tables = step.tables, ops = list }, {}
  for _, t in ipairs(tables) do seen[#seen + 1] = t.name end
  for _, o in ipairs(list) do
    if o.kind ~= "sync" and o.kind ~= "view" then state.apply(probe, o) end
    if o.after and type(o.after.name) == "table" and o.kind ~= "sync" and o.kind ~= "view" then seen[#seen + 1] = o.after.name end
  end
  for _, name in ipairs(seen) do
    local now = state.table(probe, name)
    if now then step.tables.after[dialect.key(name)] = state.copy(now) end
  end
  return step
end

--- The step turned round.
function M.back(step)
  local list = {}
  for i = #step.ops, 1, -1 do list[#list + 1] = M.ops.reverse(step.ops[i]) end
  return { id = step.id, ops = list, tables = { before = step.tables.after, after = step.tables.before },
           direction = "backward", form = step.reverse_form or step.form }
end

function M.q(name) return { name = name } end
function M.type(name, ...) return { name = name, args = { ... } } end
function M.with(object, more)
  local out = {}
  for field, value in pairs(object) do out[field] = value end
  for field, value in pairs(more) do out[field] = value end
  return out
end
function M.without(object, field)
  local out = M.with(object, {})
  out[field] = nil
  return out
end
function M.column(name, kind, more) return M.with({ name = name, type = kind, nullable = true }, more or {}) end
function M.parts(...)
  local out = {}
  for i, name in ipairs { ... } do out[i] = { column = name } end
  return out
end
function M.primary(...) return { name = "PRIMARY", primary = true, parts = M.parts(...) } end
function M.table(name, columns, more)
  return M.with({ name = M.q(name), columns = columns, uniques = {}, indexes = {}, foreign_keys = {}, checks = {},
                  exclusions = {}, options = {} }, more or {})
end

function M.finish(list)
  for _, server in ipairs(list) do server:drop() end
  print(("%d checks, %d failed"):format(passed + failures, failures))
  os.exit(failures == 0 and 0 or 1)
end

return M
