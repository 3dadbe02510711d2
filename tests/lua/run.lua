-- Runs Lua tests under plain luajit, in a sandbox like the product's own.
--
--     luajit tests/lua/run.lua [FILE …]        every tests/lua/*_test.lua and examples/*/*_test.lua, or the files named
--
-- FORGELUA_ROOTS names further checkouts, separated by colons, in which modules are looked for last.
--
-- Exit code 0: all passed; 1: a case failed or a file could not be read.
local root = (arg[0]:match("^(.*)/tests/lua/[^/]*$") or ".")

-- What the sandbox leaves out (see docs/architecture): everything that could reach the machine or an order.
local kOut = { io = true, os = true, debug = true, package = true, ffi = true, jit = true, dofile = true,
               loadfile = true, load = true, loadstring = true, setfenv = true, getfenv = true,
               newproxy = true, collectgarbage = true, next = true, gcinfo = true, module = true,
               arg = true, _G = true, require = true, pairs = true, rawset = true, xpcall = true }

local function sorted_pairs(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) < type(b) end
    if type(a) == "number" or type(a) == "string" then return a < b end
    return tostring(a) < tostring(b)
  end)
  local i = 0
  return function()
    i = i + 1
    if keys[i] ~= nil then return keys[i], value[keys[i]] end
  end
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

-- forge.x → stdlib/forge/x.lua; strategies.x, dialects.x → their folders; anything else beside the test file.
local function candidates(name, folder)
  local own = name:gsub("%.", "/")
  local list = {}
  local builtin = name:match("^builtin:(.*)$") or name:match("^org:(.*)$")
  if builtin then
    own = builtin:gsub("%.", "/")
  else
    list[#list + 1] = folder .. "/" .. own .. ".lua"
    list[#list + 1] = root .. "/tests/lua/" .. own .. ".lua"
  end
  local bases = { root .. "/stdlib/", root .. "/" }
  for more in (os.getenv("FORGELUA_ROOTS") or ""):gmatch("[^:]+") do bases[#bases + 1] = more .. "/" end
  for _, base in ipairs(bases) do
    list[#list + 1] = base .. own .. ".lua"
    list[#list + 1] = base .. own .. "/init.lua"
  end
  return list
end

local function sandbox(folder)
  local env, loaded = {}, {}
  for name, value in pairs(_G) do
    if not kOut[name] then env[name] = value end
  end
  env.pairs = sorted_pairs
  function env.require(name)
    if loaded[name] ~= nil then return loaded[name] end
    for _, path in ipairs(candidates(name, folder)) do
      local text = read(path)
      if text then
        local chunk = assert(loadstring(text, "@" .. path))
        loaded[name] = setfenv(chunk, env)(name) or true
        return loaded[name]
      end
    end
    error("no module '" .. name .. "'", 2)
  end
  return env
end

local function run_file(path)
  local env = sandbox(path:match("^(.*)/") or ".")
  local text = read(path)
  if not text then return nil, "cannot read " .. path end
  local chunk, problem = loadstring(text, "@" .. path)
  if not chunk then return nil, problem end
  local ok, message = xpcall(setfenv(chunk, env), debug.traceback)
  if not ok then return nil, message end
  return env.require("forge.test").run()
end

local function files()
  if #arg > 0 then return arg end
  local list = {}
  local out = io.popen("ls " .. root .. "/tests/lua/*_test.lua " .. root .. "/examples/*/*_test.lua 2>/dev/null")
  for line in out:lines() do list[#list + 1] = line end
  out:close()
  return list
end

local total, failed = 0, 0
for _, path in ipairs(files()) do
  local results, problem = run_file(path)
  if not results then
    failed = failed + 1
    print("FAIL " .. path .. "\n  " .. problem)
  else
    total = total + results.total
    failed = failed + results.failed
    for _, case in ipairs(results.cases) do
      if not case.ok then
        print("FAIL " .. path .. ": " .. case.suite .. " > " .. case.name .. "\n  " .. case.message)
      end
    end
  end
end
print(string.format("%d cases, %d failed", total, failed))
os.exit(failed == 0 and 0 or 1)
