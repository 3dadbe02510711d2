--- NOT NULL, in the steps that the engine can take without holding up writers.

local merging = require("forge.direct.merging")
local fold = require("forge.fold")
local ops = require("forge.ops")
local strategy = require("forge.strategy")

local M = {}

local show = strategy.display

local function by_check(b, unit, name, final, object)
  local ctx, q = b.ctx, unit.q
  local check = {
    name = strategy.derived_name(ctx, q.name .. "_" .. name, "_not_null"),
    expr = ctx.d:ident(name) .. " IS NOT NULL", not_valid = true,
  }
  b:step(object, "not-null-guard", {
    title = "Refuse new NULLs in " .. object,
    why = "a CHECK that is not validated takes its lock for an instant and tests new rows only",
    ops = { b:add_member(q, "check", check) },
    checks_before = { strategy.check_nulls(ctx, q, name) },
    compatibility = { old_app = true, new_app = true, note = "writes of NULL into " .. object .. " fail from here" },
    hazards = { "constraint" },
  })
  local valid = fold.copy(check)
  valid.not_valid = false
  b:step(object, "not-null-validate", {
    title = "Validate that no row has NULL in " .. object,
    why = "validation reads the table while reads and writes go on",
    ops = { b:alter_member(q, "check", check.name, valid) }, hazards = { "scan" },
  })
  b:step(object, "not-null", {
    title = "Make " .. object .. " NOT NULL",
    why = "the validated CHECK proves it, so the table is not read again; the CHECK has then served",
    ops = strategy.seq(b:alter_column(q, name, final), b:drop_member(q, "check", check.name)),
    compatibility = { old_app = true, new_app = true },
  })
end

--- Makes a column NOT NULL (and gives it the rest of its final form) in the engine's safe steps.
---@param b table
---@param unit table
---@param name string the column as it is called now
---@param final table its form afterwards
function M.enforce(b, unit, name, final)
  local ctx, q = b.ctx, unit.q
  local object = show(q) .. "." .. name
  local t = b:table(q)
  local now = strategy.column(t, name)
  if fold.same(now, final) then return end
  local probe = ops.alter_column(q, now, final)
  if now.nullable and not final.nullable and strategy.safe_form(ctx, probe, t) == "not_null_by_check" then
    return by_check(b, unit, name, final, object)
  end
  local tightens = (now.nullable and not final.nullable) or not fold.same(now.rules, final.rules)
    or not fold.same(now.type, final.type)
  if ctx.features.documents and tightens and not ctx.plain then
    return require("forge.direct.warn_first").steps(b, unit, object, "not-null", {
      title = (now.nullable and not final.nullable) and "Require " .. object or "Hold " .. object .. " to its rules",
      why = "every document has a value by now; from here the validator says so",
      ops = function() return strategy.seq(b:alter_column(q, name, final)) end,
      checks = now.nullable and not final.nullable and { strategy.check_nulls(ctx, q, name) } or nil,
      compatibility = { old_app = true, new_app = true, note = "documents without " .. object .. " are refused from here" },
      hazards = { "constraint" },
    })
  end
  merging.ddl(b, unit, object, "not-null", {
    title = (now.nullable and not final.nullable) and "Make " .. object .. " NOT NULL" or "Finish " .. object,
    why = "every row has a value by now; from here the schema says so",
    ops = strategy.seq(b:alter_column(q, name, final)),
    checks_before = now.nullable and not final.nullable and { strategy.check_nulls(ctx, q, name) } or nil,
    compatibility = { old_app = true, new_app = true }, hazards = { "constraint" },
  }, t)
end

return M
