--- The rows of the risk matrix. Each hazard that a strategy names on a step has a function that gives rows for it; a row's
--- mitigation is a query, a command or a number. An organisation replaces single functions:
---
---     local risks = require("forge.override").extend "builtin:strategies.risks"
---     risks.hazards.backfill = function(step, ctx) return { … } end
---     return risks
local naming = require("forge.policy.names")
local sqltext = require("forge.sqltext")
local triggers = require("strategies.applications_triggers")

local M = { hazards = {} }

local function first_check(step)
  local check = (step.checks_before or {})[1]
  return check and ("run `" .. check.sql .. "` first; it must give " .. check.expect .. ", else mend the rows and do not go on")
end

local function row(risk, severity, likelihood, mitigation)
  return { risk = risk, severity = severity, likelihood = likelihood, mitigation = mitigation }
end

local function number(value)
  local text = string.format("%.0f", value)
  while true do
    local made, count = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
    text = made
    if count == 0 then return text end
  end
end

local function rows_of(work)
  return work.rows and work.rows >= 0 and number(work.rows) .. " rows" or "all rows"
end

-- Long transactions keep a lock from being taken; how long a script waits for one, and what shows those in the way.
local WAIT = { postgres = "2 s (lock_timeout)", mysql = "5 s (lock_wait_timeout)", sqlite = "5 s (.timeout)" }
local OLD = {
  postgres = "SELECT pid, xact_start, left(query, 80) FROM pg_stat_activity WHERE xact_start < now() - interval '60 s'",
  mysql = "SELECT trx_mysql_thread_id, trx_started, trx_query FROM information_schema.innodb_trx "
    .. "WHERE trx_started < NOW() - INTERVAL 60 SECOND",
}
local STAYS = { mysql = "what the step did before stands" }
local SIZE = {
  postgres = "SELECT pg_total_relation_size(%s)",
  mysql = "SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
  sqlite = "the size of the database file is an upper limit",
}

-- The words for the engine of the plan; MariaDB's are MySQL's.
local function of(words, ctx)
  local name = ctx.d and ctx.d.name or "postgres"
  return words[name == "mariadb" and "mysql" or name]
end

local function lock_words(ctx)
  local old = of(OLD, ctx)
  local stays = of(STAYS, ctx) or "nothing of the step stays"
  return ("the script gives up after %s without the lock, and %s: run the step again; %s"):format(
    of(WAIT, ctx) or "its time limit", stays, old and ("before it `" .. old .. "` must show nothing")
      or "no other process may hold a write transaction open")
end

function M.hazards.dual_write(step)
  return { row(step.title .. ": an application that was not deployed writes one form only", "high", "medium",
    "before the backfill, check that every running version is the one that writes both (grep the deployment list); after it the "
    .. "phase's validation counts the documents that were left behind: it must give 0") }
end

function M.hazards.constraint(step)
  return { row(step.title .. ": rows that violate it stop the step", "medium", "medium",
    first_check(step) or "run the phase's part of validation.sql on a copy of production first; any query that fails stops "
      .. "the migration before it starts") }
end

function M.hazards.scan(step)
  return { row(step.title .. ": reads the whole table while others write", "low", "medium", ("start step %d outside of the busy hours; "
    .. "watch its progress, and cancel it when p95 goes over 500 ms: it can be run again"):format(step.number or 0)) }
end

function M.hazards.index_build(step, ctx)
  if step.form == "concurrently" then
    return { row(step.title .. ": a build that is cancelled leaves an invalid index", "medium", "low",
      "look with `SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid`; drop what it shows with DROP INDEX "
        .. "CONCURRENTLY and run the step again") }
  end
  return { row(step.title .. ": disk for the index, and a replica that replays its build in one piece", "medium", "low",
    ("keep free at least the size of the table's largest index; pause the step's start while replica lag is over 2 s (%s)")
      :format(ctx.d and ctx.d.name or "engine")) }
end

function M.hazards.index_drop(step)
  return { row(step.title .. ": a query that still used it gets slow", "medium", "low",
    "look at the index's use for a week first (pg_stat_user_indexes.idx_scan, sys.schema_unused_indexes); the step's "
      .. "rollback builds it again") }
end

function M.hazards.rule_dropped(step)
  return { row(step.title .. ": rows come in that the old schema refuses, and the way back stops on them", "medium", "medium",
    "before a rollback count such rows with the rule's own condition; mend or move them first") }
end

function M.hazards.backfill(step, ctx)
  local work = step.work or {}
  local list = { row(("%s: %s written in batches of %s"):format(step.title, rows_of(work), number(work.batch_rows or 0)),
    "medium", "medium",
    ("pause of %d ms between batches; halve the batch when p95 goes over 500 ms; after it run `%s`, which must give 0")
      :format(work.pause_ms or 0, work.verify or "the phase's validation")) }
  -- A copy is written, where they do not stand yet; what is filled in place is updated.
  for _, trigger in ipairs(work.kind == "backfill" and triggers.on(ctx, work.table) or {}) do
    local name = trigger.called
    list[#list + 1] = row(("%s: the application's trigger %s may fire for each row that is written"):format(step.title, name),
      "medium", "high", ("read what %s does on UPDATE: rows that it logs, or times that it sets, stay when the step is undone; where "
        .. "it must not fire, let it pass over rows in which only these columns change, before step %d"):format(name, step.number or 0))
  end
  return list
end

function M.hazards.replica_lag(step)
  return { row(step.title .. ": replicas fall behind", "medium", "medium",
    ("stop step %d at a lag of 10 s and go on below 2 s; read traffic that must be fresh goes to the primary meanwhile")
      :format(step.number or 0)) }
end

function M.hazards.other_source(step, ctx)
  local list, at = {}, ctx.d:qname(step.work.table)
  for _, entry in ipairs(step.work.set) do
    if sqltext.reads_rows(entry.expr) then
      local column = ctx.d:ident(entry.to)
      local stale = ("%s <> (%s) OR (%s IS NULL) <> ((%s) IS NULL)"):format(column, entry.expr, column, entry.expr)
      list[#list + 1] = row(("%s: rows that %s is computed from change between the backfill and the switch"):format(step.title,
        column), "high", "medium",
        ("before the switch look at what `SELECT * FROM %s WHERE %s` shows: what the application has not written itself is stale, "
          .. "and `UPDATE %s SET %s = (%s) WHERE %s` mends it")
          :format(at, stale, at, column, entry.expr, stale))
    end
  end
  return list
end

function M.hazards.own_values(step, ctx)
  local list, at = {}, ctx.d:qname(step.work.table)
  for _, entry in ipairs(step.work.set) do
    local column = ctx.d:ident(entry.to)
    if not sqltext.reads_rows(entry.expr) then
      list[#list + 1] = row(("%s: a value of %s that the application gives itself is taken as right"):format(step.title, column),
        "low", "medium", ("`SELECT COUNT(*) FROM %s WHERE %s <> (%s)` counts them; look at some before the switch")
          :format(at, column, entry.expr))
    end
  end
  return list
end

function M.hazards.trigger(step)
  return { row(step.title .. ": each write to the table costs more", "low", "high",
    "measure p95 of writes before and after on staging; go on only when it stays under 1.5 times the baseline") }
end

function M.hazards.sync(step, ctx)
  local list = { row(step.title .. ": a value that the other side cannot hold", "high", "low",
    "`SELECT COUNT(*) FROM forgelua_sync_errors` must give 0 before the next phase; each row names the key and the value") }
  for _, miss in ipairs(triggers.missed(step, ctx)) do list[#list + 1] = row(miss.risk, "medium", "low", miss.mitigation) end
  return list
end

-- A default stands on the column that leads, so it is the other application whose NULLs it takes the place of.
function M.hazards.default_for_null(step)
  local list = {}
  for _, o in ipairs(step.ops) do
    for _, pair in ipairs(o.kind == "sync" and o.after and o.after.pairs or {}) do
      list[#list + 1] = ("%s, %s"):format(pair.old or "", pair.new)
    end
  end
  return { row(("%s: a NULL that is written on purpose becomes the column's default (%s)"):format(step.title, table.concat(list, "; ")),
    "medium", "low", "until the switch the new application, after it the deployed one must not write NULL there; where one does, "
      .. "drop the default in a migration of its own first, and bring it back in one after this") }
end

-- The new column's default stands in a row before a trigger sees that the deployed application has given no value.
function M.hazards.default_for_unset(step)
  local list, became = {}, {}
  for _, o in ipairs(step.ops) do
    if o.kind == "column" and o.before and o.after then became[o.after.name] = o end
    for _, pair in ipairs(o.kind == "sync" and o.after and o.after.pairs or {}) do
      local old, new = became[pair.old], became[pair.new]
      list[#list + 1] = old and new and old.before.nullable and new.after.default and row(("%s: a row that the deployed application "
        .. "inserts without a value for %s holds the default of %s, and comes back with it"):format(step.title, old.before.name, pair.new),
        "medium", "medium", ("let it state a value from step %d to contract (one that is left out counts as none, and so does NULL where "
        .. "the column gets another name); or leave the default to a migration of its own after contract"):format(step.number or 0)) or nil
    end
  end
  return list
end

-- Foreign keys of SQLite are a part of their table's text, and enforced where a connection asks for it.
function M.hazards.keys_of_both(step)
  return { row(step.title .. ": where foreign_keys is on, a key of one of the two tables refuses what the other application writes",
    "high", "medium", "leave `PRAGMA foreign_keys` off in the applications' connections from here to contract; the swap and "
      .. "validation.sql ask for rows that point nowhere") }
end

function M.hazards.swap(step, ctx)
  return { row(step.title .. ": waits for the table's lock, and others wait behind it", "high", "low", lock_words(ctx)) }
end

function M.hazards.rename(step)
  return { row(step.title .. ": an application that says the other name fails", "high", "medium",
    "search the code for the old name (`grep -rn`); deploy with the step, and roll it back at an error rate over 1 %") }
end

function M.hazards.view_bridge(step)
  return { row(step.title .. ": a write through the view that the view cannot pass on", "medium", "low",
    "run one INSERT, UPDATE and DELETE through the new name in a transaction and roll it back") }
end

function M.hazards.view(step)
  return { row(step.title .. ": readers count on the old columns", "medium", "medium",
    "search for SELECT * over the view; deploy readers that name their columns first") }
end

function M.hazards.drop(step)
  local lost = step.loses_forward or ""
  return { row(step.title .. (lost ~= "" and ": " .. lost .. " gone for good" or ": something still uses it"),
    lost ~= "" and "high" or "medium", "low",
    "take a backup and try its restore; run it only after the bake period, when statement statistics show no use of the "
      .. "name for 7 days") }
end

function M.hazards.drop_view(step)
  return { row(step.title .. ": something still reads it", "medium", "low",
    "search statement statistics for the name over 7 days; the step's rollback creates it again") }
end

function M.hazards.archive(step)
  return { row(step.title .. ": disk for a second copy of the rows", "low", "low",
    "keep free at least the table's size; drop the archive when nobody has asked for it for 90 days") }
end

-- The size of the table that the step copies, as the engine tells it.
local function size_of(step, ctx)
  local words = of(SIZE, ctx)
  local q = (step.work or {}).table
  if not words:find("%s", 1, true) then return words end
  if not q then return "as the catalog tells its size" end
  local name = ctx.d and ctx.d.name == "postgres" and ctx.d:qname(q) or q.name
  return words:format("'" .. name:gsub("'", "''") .. "'")
end

function M.hazards.disk(step, ctx)
  return { row(step.title .. ": a second copy of the table fills the disk", "high", "low",
    "keep free at least 1.5 times the table with its indexes (" .. size_of(step, ctx) .. "), and that for every table that is copied") }
end

function M.hazards.added_column(step)
  return { row(step.title .. ": INSERT without a column list and prepared SELECT * break", "medium", "low",
    "search the code for `INSERT INTO … VALUES` without columns and for SELECT *; mend them before the step") }
end

function M.hazards.must_be_empty(step)
  local list = {}
  for i, check in ipairs(step.checks_first or {}) do
    list[i] = row(step.title .. ": a row that stands would have no value in a required column", "high", "medium",
      ("run `%s` first; it must give %s, and the scripts ask it before they change anything. Where it does not: state :default or "
        .. ":backfill for the column, and plan anew"):format(check.sql, check.expect))
  end
  return list
end

function M.hazards.parent_lock(step, ctx)
  return { row(step.title .. ": its foreign keys lock the referenced tables for an instant", "low", "low", lock_words(ctx)) }
end

function M.hazards.type(step)
  return { row(step.title .. ": clients that bind the old type", "low", "low",
    first_check(step) or "run the application's tests against the new type; drivers that check types must be named here") }
end

function M.hazards.enum_value(step)
  return { row(step.title .. ": rows still hold a value that goes", "high", "medium",
    "count the rows per value with `SELECT value, COUNT(*) … GROUP BY 1`; each value that goes must have none") }
end

function M.hazards.downtime(step)
  return { row(step.title .. ": the window ends before the work does", "high", "low",
    "rehearse on a copy of production's size; stop and roll back when two thirds of the window are used and the last "
      .. "step has not begun") }
end

function M.hazards.raw(step)
  return { row(step.title .. ": SQL that forgelua does not understand", "high", "medium",
    (step.loses or "") ~= "" and "it has no way back: take a backup and run it on a copy of production first"
      or "run it and its inverse on a copy of production, and compare the rows before and after") }
end

local function rank(severity) return severity == "high" and 1 or severity == "medium" and 2 or 3 end

-- Rows of one risk on several steps are one row.
local function add(out, seen, found, step)
  local key = found.risk .. "\n" .. found.mitigation
  if seen[key] then
    table.insert(seen[key].steps, step.number or 0)
    return
  end
  found.steps = { step.number or 0 }
  seen[key] = found
  out[#out + 1] = found
end

local function about_impact(step)
  local impact = step.impact or {}
  if impact.brief == false and (impact.blocks == "writes" or impact.blocks == "reads and writes") then
    return row(("%s: blocks %s for as long as it runs"):format(step.title, impact.blocks), "high", "high",
      ("run step %d outside of the busy hours; cancel it when it has not ended after %d s")
        :format(step.number or 0, math.max(60, math.ceil((step.seconds or 0) * 2))))
  end
end

local function about_loss(step)
  if (step.loses or "") == "" then return nil end
  return row(("%s: its way back loses %s"):format(step.title, step.loses), "medium", "low",
    ("past step %d roll back only with the owner's consent; keep the backup taken before it"):format(step.number or 0))
end

local GRADES = { high = true, medium = true, low = true }

-- What a hazard's function gave, or an error that says where that function is written.
local function judged(list, name, make)
  local function complain(what)
    local at = naming.where(make)
    error(("risks: hazards.%s%s %s"):format(name, at and " (" .. at .. ")" or "", what), 0)
  end
  if type(list) ~= "table" then complain("must give a list of rows, and gives " .. (list == nil and "nothing" or tostring(list))) end
  for key in pairs(list) do
    if type(key) ~= "number" then
      complain(("must give a list of rows, and gives a table with a field '%s': write { { risk = …, … } }"):format(tostring(key)))
    end
  end
  for i, found in ipairs(list) do
    if type(found) ~= "table" then complain(("gives %s as row %d"):format(tostring(found), i)) end
    for _, field in ipairs({ "risk", "mitigation" }) do
      if type(found[field]) ~= "string" or found[field] == "" then complain(("gives a row %d without '%s', a text"):format(i, field)) end
    end
    for _, field in ipairs({ "severity", "likelihood" }) do
      if not GRADES[found[field]] then
        complain(("gives a row %d whose '%s' is %s; high, medium and low are known"):format(i, field, tostring(found[field])))
      end
    end
  end
  return list
end

-- A strategy of one's own may name hazards of its own; what is nearly one of these is a slip.
local function check_hazards(hazards)
  local names = {}
  for name in pairs(M.hazards) do names[#names + 1] = name end
  for name, make in pairs(hazards) do
    if type(make) ~= "function" then
      error(("strategies/risks.lua: hazards.%s must be a function (step, ctx), and is a %s"):format(tostring(name), type(make)), 0)
    end
    local near = not M.hazards[name] and naming.suggest(tostring(name), names, 2) or ""
    if near ~= "" then error(("strategies/risks.lua: there is no hazard '%s'%s"):format(tostring(name), near), 0) end
  end
end

--- The rows for the ordered steps of a plan, the severest first.
---@param steps table[]
---@param ctx table
---@param hazards? table<string, function> those of the module that serves, which may build on this one
---@return table[] { risk, severity, likelihood, mitigation, steps }
function M.rows(steps, ctx, hazards)
  local out, seen = {}, {}
  hazards = hazards or M.hazards
  check_hazards(hazards)
  for _, step in ipairs(steps) do
    for _, name in ipairs(step.hazards or {}) do
      local make = hazards[name]
      if not make then
        error(("strategies/risks.lua: no rows for the hazard '%s' of step '%s'"):format(name, step.id or "?"), 0)
      end
      for _, found in ipairs(judged(make(step, ctx), name, make)) do add(out, seen, found, step) end
    end
    for _, found in ipairs { about_impact(step) or false, about_loss(step) or false } do
      if found then add(out, seen, found, step) end
    end
  end
  local order = {}
  for i, found in ipairs(out) do order[i] = { found, i } end
  table.sort(order, function(a, b)
    local ra, rb = rank(a[1].severity), rank(b[1].severity)
    if ra ~= rb then return ra < rb end
    return a[2] < b[2]
  end)
  local sorted = {}
  for i, pair in ipairs(order) do sorted[i] = pair[1] end
  return sorted
end

return M
