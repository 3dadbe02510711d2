--- The constructor of steps: what a strategy gives to the engine, checked field by field.
---
--- Forms (how a step's operations are carried out; a dialect renders those it has):
---   concurrently   an index is built or dropped beside running writes, outside of a transaction
---   using_index    a unique index becomes a constraint
---   from_partitions an index or key of a partitioned table takes over those of its partitions
---   enum_values    values of an enum get other names, and what says them follows
---   rebuild        one table goes from its shape before to its shape after through a new table
---   alter          all operations of one table in one statement
---   attach         a table passes to or from one that it is a partition of, or inherits from: columns and members that they
---                  share change hands by themselves
---   detach_concurrently  the same, beside running statements
---   prepare_unique an index that stands becomes unique beside running writes
---   swap           renames (and what must go with them) that no other session may see half done

local M = {}

M.PHASES = { "expand", "migrate", "switch", "contract" }
M.FORMS = { "concurrently", "using_index", "from_partitions", "rebuild", "alter", "swap", "enum_values", "attach",
  "detach_concurrently", "prepare_unique" }

local FIELDS = {
  id = "string", title = "string", why = "string", phase = "string", ops = "table", work = "table",
  reverse_work = "table", form = "string", reverse_form = "string", transaction = "boolean", loses = "string",
  loses_forward = "string", checks_first = "table", checks_before = "table", checks_after = "table", checks_back = "table", app = "string",
  compatibility = "table", hazards = "table", strategy = "string", archive = "table",
}
local WORK = {
  kind = "string", table = "table", target = "table", set = "table", where = "string", key = "table",
  batch_rows = "number", pause_ms = "number", rows = "number", verify = "string", refresh = "table",
}
local REQUIRED = { "id", "title", "why", "phase" }
local DESTRUCTIVE = { drop_table = true, drop_column = true }

local function has(list, value)
  for _, known in ipairs(list) do
    if known == value then return true end
  end
  return false
end

local function fail(spec, field, what)
  error(("strategy '%s', step '%s': %s %s"):format(spec.strategy or "?", spec.id or "?", field, what), 0)
end

local function check_fields(spec, value, fields, prefix)
  if has_types and has_types(value, fields) then return end
  for name, field in pairs(value) do
    local want = fields[name]
    if not want then fail(spec, "field '" .. prefix .. tostring(name) .. "'", "is not a field of a step") end
    if type(field) ~= want then
      fail(spec, "field '" .. prefix .. name .. "'", "must be a " .. want .. ", not a " .. type(field))
    end
  end
end

local function check_work(spec, field)
  local work = spec[field]
  if not work then return end
  check_fields(spec, work, WORK, field .. ".")
  if work.kind ~= "backfill" and work.kind ~= "copy" then
    fail(spec, "field '" .. field .. ".kind'", "must be \"backfill\" or \"copy\"")
  end
  if work.kind == "copy" and not work.target then fail(spec, "field '" .. field .. ".target'", "is missing") end
  if #(work.set or {}) == 0 then fail(spec, "field '" .. field .. ".set'", "sets no column") end
  if (work.batch_rows or 0) < 1 then fail(spec, "field '" .. field .. ".batch_rows'", "must be at least 1") end
end

local function check_asserts(spec, field)
  for _, check in ipairs(spec[field] or {}) do
    for _, name in ipairs({ "title", "sql", "expect" }) do
      if type(check[name]) ~= "string" or check[name] == "" then
        fail(spec, "field '" .. field .. "'", "has a check without its '" .. name .. "'")
      end
    end
  end
end

local function check_ops(spec)
  for i, op in ipairs(spec.ops or {}) do
    if type(op) ~= "table" or not op.kind then fail(spec, "operation " .. i, "is not made by forge.ops") end
    -- A big bang stops the application for one sitting: its phases are not lived in.
    local computed = op.op == "drop_column" and op.before.generated  -- its values come back by themselves
    local passes = spec.form == "attach" and op.op == "drop_column"  -- the parent has them
    if DESTRUCTIVE[op.op] and not computed and not passes and spec.phase ~= "contract" and spec.strategy ~= "big_bang" then
      fail(spec, "operation " .. i .. " (" .. op.op .. ")", "destroys data outside of the contract phase")
    end
  end
  if spec.work and #(spec.ops or {}) > 0 then
    fail(spec, "field 'work'", "stands beside operations: rows are moved by a step of their own")
  end
end

--- A checked step.
---@param spec table fields of a Step (engine/plan/step.hpp, "From the strategy")
---@return table step
function M.new(spec)
  check_fields(spec, spec, FIELDS, "")
  for _, name in ipairs(REQUIRED) do
    if (spec[name] or "") == "" then fail(spec, "field '" .. name .. "'", "is missing") end
  end
  if not has(M.PHASES, spec.phase) then
    fail(spec, "field 'phase'", "must be expand, migrate, switch or contract, not '" .. spec.phase .. "'")
  end
  if (spec.form or "") ~= "" and not has(M.FORMS, spec.form) then
    fail(spec, "field 'form'", "names no form: '" .. spec.form .. "'")
  end
  spec.ops = spec.ops or {}
  check_ops(spec)
  check_work(spec, "work")
  check_work(spec, "reverse_work")
  check_asserts(spec, "checks_first")
  check_asserts(spec, "checks_before")
  check_asserts(spec, "checks_after")
  check_asserts(spec, "checks_back")
  return spec
end

return M
