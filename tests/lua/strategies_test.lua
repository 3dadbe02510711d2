-- Every strategy on every engine: the steps fold from the old schema to exactly the new one, and back.
local t = require("forge.test")
local m = require("support.model")
local planner = require("forge.planner")
local render = require("support.render")
local cases = require("support.cases")
local risks = require("strategies.risks")

local describe, it, expect = t.describe, t.it, t.expect

local function planned(engine, case)
  local ctx = m.context(engine, case.context)
  if case.strategy then ctx.strategy = case.strategy end
  local group = m.group(case.make(ctx))
  local result = planner.plan({ group }, ctx).groups[1]
  return group, result, ctx
end

for _, engine in ipairs(m.ENGINES) do
  describe(engine, function()
    for _, case in ipairs(cases) do
      if not case.engines or case.engines[engine] then
        it(case.name .. (case.strategy and (" by " .. case.strategy) or ""), function()
          local group, result, ctx = planned(engine, case)
          if case.refused then
            expect(result.refused):contains(case.refused)
            return
          end
          if result.refused then t.fail("refused: " .. result.refused) end
          local problem = m.verify(group, result.steps)
          if problem then t.fail(problem .. "\n" .. render.outline(result.steps)) end
          for _, step in ipairs(result.steps) do
            expect(step.title, step.id):isnt("")
            expect(step.why, step.id):isnt("")
          end
          if case.expect then case.expect(result, expect, ctx, group) end
          render.all(ctx, group, result.steps)
          for _, row in ipairs(risks.rows(result.steps, ctx)) do
            for _, field in ipairs { "risk", "severity", "likelihood", "mitigation" } do
              expect(row[field], field .. " of a risk"):isnt("")
            end
          end
        end)
      end
    end
  end)
end

describe("risks", function()
  it("name the application's triggers that a backfill sets off, and none where a copy is filled", function()
    local function rows(kind)
      local step = { title = "Fill", number = 3, hazards = { "backfill" }, work = { kind = kind, table = { name = "t" }, batch_rows = 10 } }
      return risks.rows({ step }, { definitions = function()
        return { { kind = "trigger", called = "audit" }, { kind = "policy", called = "own" } }
      end })
    end
    local found = {}
    for _, row in ipairs(rows("backfill")) do found[#found + 1] = row.risk end
    expect(table.concat(found, "\n")):contains("the application's trigger audit may fire for each row")
    expect(#rows("backfill")):is(2)
    expect(#rows("copy")):is(1)
  end)

  it("name the triggers that miss what is written to the other column of a pair", function()
    local function found(engine, create, kind)
      local sync = { kind = kind or "columns", table = { name = "t" }, pairs = { { old = "a", new = "b" } } }
      local list = {}
      for _, row in ipairs(risks.rows({ { title = "Keep", number = 2, hazards = { "sync" }, ops = { { kind = "sync", after = sync } } } },
        { d = { name = engine }, definitions = function() return { { kind = "trigger", called = "slug", create = create } } end })) do
        list[#list + 1] = row.risk
      end
      return table.concat(list, "\n")
    end
    local before, of = "CREATE TRIGGER slug BEFORE UPDATE ON t FOR EACH ROW", "CREATE TRIGGER slug BEFORE UPDATE OF a ON t FOR EACH ROW"
    expect(found("postgres", of)):contains("the application's trigger slug fires on UPDATE OF columns that it names")
    expect(found("postgres", of, "fill")):lacks("slug")
    expect(found("postgres", before)):lacks("slug")
    expect(found("mysql", before)):contains("the application's trigger slug sees a row before a and b are made equal")
    expect(found("mariadb", before)):contains("slug")
    expect(found("mysql", "CREATE TRIGGER slug AFTER UPDATE ON t FOR EACH ROW")):lacks("slug")
    expect(found("sqlite", before)):lacks("slug")
  end)
end)

describe("texts", function()
  local sqltext = require("forge.sqltext")
  it("read a table apart from the one that is written", function()
    expect(sqltext.read_apart("(SELECT count(*) FROM a x WHERE x.g = a.g)", "a"))
      :is("(SELECT count(*) FROM (SELECT * FROM a LIMIT 9223372036854775807) x WHERE x.g = a.g)")
    expect(sqltext.read_apart("(SELECT max(a.g) FROM b JOIN a ON a.g = b.g)", "a"))
      :is("(SELECT max(a.g) FROM b JOIN (SELECT * FROM a LIMIT 9223372036854775807) AS a ON a.g = b.g)")
    expect(sqltext.read_apart("a + 1", "a")):is("a + 1")
  end)
  it("find what joins by one name", function()
    expect(sqltext.joins_using("SELECT k FROM o JOIN p USING (j, k)", { k = "kk" })):is("k")
    expect(sqltext.joins_using("SELECT k FROM o JOIN p ON o.k = p.k", { k = "kk" })):is(nil)
  end)
end)
