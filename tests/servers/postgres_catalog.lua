-- Catalog predicates: each operation is not done before its statements and done after them, forward and back.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path

local h = require("postgres_harness")
local ops, it, equal, query, apply = h.ops, h.it, h.equal, h.query, h.apply
local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts

local function orders(columns, more)
  return with({ name = q("Odd Orders", "app"), columns = columns }, more)
end
local id = col("id", "bigint", { nullable = false })
local total = col("To'tal", ty("numeric", 12, 2))

-- Runs the operation, then its reverse, and asks before and after each.
local function both_ways(name, o, before, after, options)
  it(name, function()
    apply { ops.create_schema { name = q "app" }, ops.create_table { name = q "u", columns = { id }, primary_key = { primary = true, name = "u_pkey", parts = parts "id" } } }
    for _, first in ipairs(options and options.first or {}) do apply { first } end
    if before then apply { ops.create_table(before) } end
    local back = ops.reverse(o)
    local forward = h.step({ o }, { before = { before }, after = { after } })
    local backward = h.step({ back }, { before = { after }, after = { before }, direction = "backward" })
    local done, undone = h.d.catalog.done(o, h.d, forward), h.d.catalog.done(back, h.d, backward)
    equal(query(done), "0", "done before")
    equal(query(undone), "1", "undone before")
    h.run(h.script(h.d:render(forward)))
    equal(query(done), "1", "done after: " .. done)
    equal(query(undone), "0", "undone after: " .. undone)
    h.run(h.script(h.d:render(backward)))
    equal(query(done), "0", "done after the way back")
    equal(query(undone), "1", "undone after the way back")
  end)
end

local base = orders { id, total }
local name = base.name
both_ways("a schema", ops.create_schema { name = q "other" })
both_ways("a table", ops.create_table(base), nil, base)
both_ways("a table's name", ops.rename_table(ops.shell(base), { name = q("b", "app") }), base, with(base, { name = q("b", "app") }))
both_ways("a column", ops.add_column(name, col("new", "text")), base, orders { id, total, col("new", "text") })
both_ways("a column's name", ops.alter_column(name, total, with(total, { name = "x" })), base, orders { id, with(total, { name = "x" }) })
both_ways("a column's type", ops.alter_column(name, total, with(total, { type = ty "text" })), base, orders { id, with(total, { type = ty "text" }) })
both_ways("a column's precision", ops.alter_column(name, total, with(total, { type = ty("numeric", 14, 2) })), base, orders { id, with(total, { type = ty("numeric", 14, 2) }) })
both_ways("a comment", ops.alter_column(name, total, with(total, { comment = "it's" })), base, orders { id, with(total, { comment = "it's" }) })
both_ways("a collation", ops.add_column(name, col("n", "text", { collation = "C" })), base, orders { id, total, col("n", "text", { collation = "C" }) })
both_ways("table options", ops.alter_table(ops.shell(base), { name = name, options = { storage = { { "autovacuum_enabled", "false" }, { "fillfactor", "70" } } }, comment = "c" }), base, with(base, { options = { storage = { { "autovacuum_enabled", "false" }, { "fillfactor", "70" } } }, comment = "c" }))
both_ways("unlogged", ops.alter_table(ops.shell(base), { name = name, options = { unlogged = true } }), base, with(base, { options = { unlogged = true } }))
both_ways("nullability", ops.alter_column(name, total, with(total, { nullable = false })), base, orders { id, with(total, { nullable = false }) })
both_ways("a default", ops.alter_column(name, total, with(total, { default = { kind = "number", text = "1" } })), base, orders { id, with(total, { default = { kind = "number", text = "1" } }) })
both_ways("an identity", ops.alter_column(name, id, with(id, { identity = { always = true } })), base, orders { with(id, { identity = { always = true } }), total })
both_ways("a serial", ops.alter_column(name, id, with(id, { type = ty "bigserial" })), base, orders { with(id, { type = ty "bigserial" }), total })
for _, t in ipairs { ty("varchar", 3), ty "double", ty("char", 2), ty("time", 3), ty "timetz", ty("timestamptz", 2), ty("bit", 3), ty("varbit", 4), ty("numeric", 5),
                     ty("interval", 2), { name = "text", args = {}, array = 1 }, { name = "native", ref = "int4range", args = {} }, ty "datetime", ty "longtext", ty "float", ty "blob" } do
  both_ways("a column of type " .. t.name, ops.add_column(name, col("n", t)), base, orders { id, total, col("n", t) })
end
local key = { name = "k'", parts = parts "id" }
both_ways("a unique constraint", ops.add_key(name, key), base, with(base, { uniques = { key } }))
both_ways("an index", ops.create_index(name, { name = "I", parts = parts "id" }), base, with(base, { indexes = { { name = "I", parts = parts "id" } } }))
local rich = { name = "I", unique = true, parts = { { column = "id", desc = true }, { column = "To'tal", nulls = "first" }, { expr = "id + 1", desc = true, nulls = "last" } }, where = "id > 0", nulls_not_distinct = true }
both_ways("an index's shape", ops.alter_index(name, { name = "I", parts = parts "id" }, rich), with(base, { indexes = { { name = "I", parts = parts "id" } } }), with(base, { indexes = { rich } }))
both_ways("an index of another method", ops.create_index(name, { name = "I", method = "hash", parts = parts "id" }), base, with(base, { indexes = { { name = "I", method = "hash", parts = parts "id" } } }))
both_ways("a wider key", ops.alter_key(name, key, { name = "k'", parts = parts("id", "To'tal") }), with(base, { uniques = { key } }), with(base, { uniques = { { name = "k'", parts = parts("id", "To'tal") } } }))
local check = { name = "c", expr = "id > 0" }
both_ways("a check", ops.add_check(name, check), base, with(base, { checks = { check } }))
local nv = with(check, { not_valid = true })
both_ways("a check's validity", ops.alter_check(name, nv, check), with(base, { checks = { nv } }), with(base, { checks = { check } }))
local fk = { name = "f", columns = { "id" }, ref = q "u", ref_columns = { "id" } }
both_ways("a foreign key", ops.add_foreign_key(name, fk), base, with(base, { foreign_keys = { fk } }))
both_ways("a foreign key's action", ops.alter_foreign_key(name, fk, with(fk, { on_delete = "set null", match = "full" })), with(base, { foreign_keys = { fk } }), with(base, { foreign_keys = { with(fk, { on_delete = "set null", match = "full" }) } }))
both_ways("a deferrable foreign key", ops.alter_foreign_key(name, fk, with(fk, { deferrable = true })), with(base, { foreign_keys = { fk } }), with(base, { foreign_keys = { with(fk, { deferrable = true }) } }))
local ex = { name = "x", method = "btree", parts = { { column = "id", operator = "=" } } }
both_ways("an exclusion", ops.add_exclusion(name, ex), base, with(base, { exclusions = { ex } }))
both_ways("an enum", ops.create_enum { name = q("e", "app"), values = { "a" } })
both_ways("an enum's values", ops.alter_enum({ name = q "e", values = { "a" } }, { name = q "e", values = { "b", "a" } }), nil, nil, { first = { ops.create_enum { name = q "e", values = { "a" } } } })
both_ways("a sequence", ops.create_sequence { name = q "s" })
both_ways("a view", ops.create_view { name = q "v", query = "SELECT 1 AS a", columns = {}, uses = {} })
both_ways("a sync", ops.create_sync { name = q "s", kind = "fill", table = name, columns = {}, key = {}, pairs = { { new = "To'tal", up = "1" } } }, base, base)
both_ways("raw", ops.run_raw { name = q "r", up = "CREATE TABLE raw ()", down = "DROP TABLE raw", done_when = "SELECT to_regclass('raw') IS NOT NULL;" })

it("what the catalog does not show is not claimed", function()
  local one, two = with(total, { default = { kind = "number", text = "1" } }), with(total, { default = { kind = "number", text = "2" } })
  equal(h.d.catalog.done(ops.alter_column(name, one, two), h.d), nil)
  local v = { name = q "v", query = "SELECT 1", columns = {}, uses = {} }
  equal(h.d.catalog.done(ops.alter_view(v, with(v, { query = "SELECT 2" })), h.d), nil)
end)

it("a swap is done once everything has its name", function()
  local a, b = with(base, { name = q "o" }), with(base, { name = q "o__new" })
  apply { ops.create_table(a), ops.create_table(b) }
  local step = h.step({ ops.rename_table(ops.shell(a), { name = q "o__old" }), ops.rename_table(ops.shell(b), { name = q "o" }) },
    { form = "swap", before = { a, b }, after = { with(a, { name = q "o__old" }), with(b, { name = q "o" }) } })
  local list = {}
  for i, o in ipairs(step.ops) do list[i] = "(" .. h.d.catalog.done(o, h.d, step) .. ")" end
  equal(query("SELECT " .. table.concat(list, ", ")), "0|0")
  h.run(h.script(h.d:render(step)))
  equal(query("SELECT " .. table.concat(list, ", ")), "1|1")
end)

it("an index that is there but not valid is not done", function()
  apply { ops.create_table(with(base, { name = q "o" })) }
  h.run "INSERT INTO o VALUES (1, 1), (1, 2)"
  local index = { name = "i", unique = true, parts = parts "id" }
  h.try(h.render({ ops.create_index(q "o", index) }, { form = "concurrently" }))
  equal(query "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass", "f")
  equal(query(h.d.catalog.done(ops.create_index(q "o", index), h.d)), "0")
  h.run "DELETE FROM o"
  apply({ ops.create_index(q "o", index) }, { form = "concurrently" })
  equal(query(h.d.catalog.done(ops.create_index(q "o", index), h.d)), "1")
end)

h.report()
