-- Renders planned steps with a real dialect, both ways, as the engine does: an emitter that cannot cope raises an error.
local fold = require("forge.fold")
local ops = require("forge.ops")

local M = {}

-- One line per step, for the message of a failure.
function M.outline(steps)
  local lines = {}
  for i, step in ipairs(steps) do
    local words = {}
    for j, op in ipairs(step.ops) do
      local name = (op.after or op.before).name
      words[j] = op.op .. " " .. tostring(type(name) == "table" and name.name or name)
    end
    lines[i] = ("  %-8s %s [%s] %s%s"):format(step.phase, step.id, step.form or "", table.concat(words, ", "),
      step.work and " WORK" or "")
  end
  return table.concat(lines, "\n")
end

local function states(group, steps)
  local state, list = fold.state(group.before, group.views), {}
  for i, step in ipairs(steps) do
    local before = fold.branch(state)
    for _, op in ipairs(step.ops) do fold.apply(state, op) end
    list[i] = { before = before, after = fold.branch(state) }
  end
  return list
end

local function reversed(step)
  local out = fold.copy(step)
  out.ops = {}
  for i = #step.ops, 1, -1 do out.ops[#out.ops + 1] = ops.reverse(step.ops[i]) end
  out.form = step.reverse_form or step.form
  out.work, out.reverse_work = step.reverse_work, step.work
  return out
end

-- All statements, forward and backward.
function M.all(ctx, group, steps)
  local list = {}
  local shots = states(group, steps)
  for i, step in ipairs(steps) do
    local forward = fold.copy(step)
    forward.tables = { before = shots[i].before.tables, after = shots[i].after.tables }
    forward.direction = "forward"
    local backward = reversed(step)
    backward.tables = { before = shots[i].after.tables, after = shots[i].before.tables }
    backward.direction = "backward"
    list[i] = { forward = ctx.d:render(forward), backward = ctx.d:render(backward) }
  end
  return list
end

return M
