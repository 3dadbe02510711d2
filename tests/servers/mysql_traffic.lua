-- Swaps under traffic on real servers: three sessions write while tables and columns change places, forth and back. No
-- statement of theirs may fail, and no write may be missing on either side.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path
local H = require("mysql_harness")
local ops, q, T, col = H.ops, H.q, H.type, H.column

local kSessions, kStatements = 3, 3000

-- Starts the sessions; gives a function that waits for them and says what went wrong.
local function traffic(server, statement)
  local paths = {}
  for session = 1, kSessions do
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    for i = 1, kStatements do
      file:write(statement(i, session), "\n")
      if i % 3 == 0 then file:write("DO SLEEP(0.002);\n") end
    end
    file:close()
    os.execute(("( %s -f %s < %s > %s.out 2>&1; echo done > %s.done ) &"):format(server.client, H.database, path, path, path))
    paths[session] = path
  end
  return function()
    local errors = {}
    for _, path in ipairs(paths) do
      while not io.open(path .. ".done") do os.execute("sleep 0.2") end
      local file = assert(io.open(path .. ".out"))
      errors[#errors + 1] = file:read("*a")
      file:close()
      for _, suffix in ipairs { "", ".out", ".done" } do os.remove(path .. suffix) end
    end
    local said = table.concat(errors)
    if said ~= "" then H.fail(server, "an application's statement failed", said:sub(1, 600)) else H.pass() end
  end
end

local function swap_there_and_back(server, step)
  for round = 1, 3 do
    server:run(server.d:render(step), "swap")
    if round < 3 then server:run(server.d:render(H.back(step)), "swap back") end
  end
end

local function rows(prefix, count)
  local list = {}
  for i = 1, count do list[i] = prefix:gsub("#", tostring(i)) end
  return table.concat(list, ",")
end

local function parent(name, kind, length)
  return H.table(name, { col("id", T"bigint", { nullable = false, identity = { always = false } }),
    col("name", T("varchar", length), { nullable = false }), col("n", T(kind), { nullable = false }) }, { primary_key = H.primary("id") })
end

local function table_statement(i, session)
  local key = (i * 7 + session * 1000) % 3000 + 1
  if i % 10 == 0 then return "INSERT INTO child(parent_id) VALUES (" .. key .. ");" end
  if i % 7 == 0 then return ("INSERT INTO parent(name, n) VALUES ('t%d_%d', 1);"):format(session, i) end
  return "UPDATE parent SET n = n + 1 WHERE id = " .. key .. ";"
end

local function tables(server)
  local d = server.d
  server:fresh()
  local old, new = parent("parent", "integer", 30), parent("parent__new", "bigint", 60)
  local fk = { name = "child_fk", columns = { "parent_id" }, ref = q"parent", ref_columns = { "id" } }
  local child = H.table("child", { col("id", T"bigint", { nullable = false, identity = { always = false } }), col("parent_id", T"bigint") },
    { primary_key = H.primary("id"), foreign_keys = { fk } })
  server:schema(old, child)
  server:run("INSERT INTO parent(name, n) VALUES " .. rows("('n#', 0)", 3000) .. ";", "rows")
  local wait = traffic(server, table_statement)
  local columns = { { to = "id", expr = "id" }, { to = "name", expr = "name" }, { to = "n", expr = "n" } }
  local function sync(target)
    return { name = q"parent__sync", kind = "table", table = q"parent", target = q(target), pairs = {}, columns = columns, key = { "id" } }
  end
  server:run(d:render(H.step({ old, child }, { ops.create_table(new) })), "copy's table")
  local all = { old, child, new }
  server:run(d:render(H.step(all, { ops.create_sync(sync "parent__new") })), "sync")
  server:run(d:render(H.step(all, {}, { id = "copy", work = { kind = "copy", table = q"parent", target = q"parent__new", set = columns,
    where = "", key = { "id" }, batch_rows = 100, pause_ms = 5 } })), "copy")
  swap_there_and_back(server, H.step(all, {
    ops.drop_sync(sync "parent__new"),
    ops.rename_table(ops.shell(old), H.with(ops.shell(old), { name = q"parent__old" })),
    ops.rename_table(ops.shell(new), H.with(ops.shell(new), { name = q"parent" })),
    ops.drop_foreign_key(q"child", H.with(fk, { ref = q"parent__old" })), ops.add_foreign_key(q"child", fk),
    ops.create_sync(sync "parent__old"),
  }, { form = "swap" }))
  wait()
  local inserted = 0
  for i = 1, kStatements do inserted = inserted + ((i % 7 == 0 and i % 10 ~= 0) and kSessions or 0) end
  server:ask("SELECT COUNT(*) FROM parent;", tostring(3000 + inserted), "every insert is there")
  server:ask("SELECT COUNT(*) FROM parent a LEFT JOIN parent__old b ON b.id = a.id WHERE NOT (a.n <=> b.n) OR NOT (a.name <=> b.name);",
    "0", "both tables are equal")
  server:ask("SELECT (SELECT COUNT(*) FROM parent) - (SELECT COUNT(*) FROM parent__old);", "0", "neither has more")
  server:ask("SELECT COUNT(*) FROM forgelua_sync_errors;", "0", "nothing was logged")
  server:ask("SELECT COUNT(*) FROM child c LEFT JOIN parent p ON p.id = c.parent_id WHERE p.id IS NULL;", "0", "no orphans")
end

local function column_statement(i, session)
  local key = (i * 7 + session * 1000) % 3000 + 1
  if i % 5 == 0 then return "INSERT INTO u(code) VALUES (" .. i .. ");" end
  if i % 3 == 0 then return "INSERT INTO u VALUES (NULL, " .. i .. ", 1);" end
  return "UPDATE u SET code = code + 1, n = n + 1 WHERE id = " .. key .. ";"
end

local function columns(server)
  local d, Q = server.d, q"u"
  server:fresh()
  local t = H.table("u", { col("id", T"bigint", { nullable = false, identity = { always = false } }), col("code", T"integer"),
    col("n", T"integer", { nullable = false, default = { kind = "number", text = "0" } }) }, { primary_key = H.primary("id") })
  server:schema(t)
  server:run("INSERT INTO u(code) VALUES " .. rows("(#)", 3000) .. ";", "rows")
  local wait = traffic(server, column_statement)
  local shadow = col("code__new", T"bigint", { invisible = true })
  local add = H.step({ t }, { ops.add_column(Q, shadow) })
  server:run(d:render(add), "shadow column")
  local now = add.tables.after.u
  local function sync(old, new, lead)
    return { name = q"u__sync", kind = "columns", table = Q, columns = {}, key = {},
             pairs = { { old = old, new = new, up = old, down = new, lead = lead } } }
  end
  local before, after = sync("code", "code__new", "old"), sync("code__old", "code", "new")
  server:run(d:render(H.step({ now }, { ops.create_sync(before) })), "sync")
  server:run(d:render(H.step({ now }, {}, { id = "fill", work = { kind = "backfill", table = Q, set = { { to = "code__new", expr = "code" } },
    where = "code__new IS NULL", key = { "id" }, batch_rows = 100, pause_ms = 5 } })), "backfill")
  swap_there_and_back(server, H.step({ now }, {
    ops.drop_sync(before), ops.alter_column(Q, t.columns[2], H.with(t.columns[2], { name = "code__old", invisible = true })),
    ops.alter_column(Q, shadow, H.with(shadow, { name = "code", invisible = false })), ops.create_sync(after),
  }, { form = "swap" }))
  wait()
  local inserted, counted = 0, 0
  for i = 1, kStatements do
    if i % 5 == 0 or i % 3 == 0 then inserted = inserted + kSessions end
    if i % 5 ~= 0 then counted = counted + kSessions end
  end
  server:ask("SELECT COUNT(*), SUM(n), SUM(NOT (code <=> code__old)) FROM u;", ("%d,%d,0"):format(3000 + inserted, counted),
    "every write is there, in its column, on both sides")
  server:ask("SELECT COUNT(*) FROM forgelua_sync_errors;", "0", "nothing was logged")
end

local list = H.servers()
for _, server in ipairs(list) do
  tables(server)
  columns(server)
end
H.finish(list)
