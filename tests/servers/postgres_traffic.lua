-- A table is copied, kept equal and swapped while other sessions write to it; nothing may be lost and no write refused.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path

local h = require("postgres_harness")
local ops, it, equal, query, apply, run = h.ops, h.it, h.equal, h.query, h.apply, h.run
local q, ty, col, with, parts = h.q, h.ty, h.col, h.with, h.parts

local kWriters, kSeconds = 3, 5

-- Inserts, updates, key changes and deletes at random; each statement is a transaction of its own.
local function writer(seed, columns)
  return ([[
DO $$
DECLARE
  stop timestamptz := clock_timestamp() + interval '%d s';
  pick bigint;
BEGIN
  PERFORM setseed(%s);
  WHILE clock_timestamp() < stop LOOP
    pick := 1 + floor(random() * 6000);
    IF random() < 0.3 THEN INSERT INTO t (id, %s) VALUES (10000 + floor(random() * 1e9)::bigint, '00' || pick) ON CONFLICT DO NOTHING;
    ELSIF random() < 0.3 THEN DELETE FROM t WHERE id = pick;
    ELSIF random() < 0.2 THEN UPDATE t SET id = pick + 1000000 WHERE id = pick AND NOT EXISTS (SELECT FROM t WHERE id = pick + 1000000);
    ELSE UPDATE t SET %s = '0' || pick %% 97 WHERE id = pick;
    END IF;
    COMMIT;
    PERFORM pg_sleep(0.001);
  END LOOP;
END $$;]]):format(kSeconds, tostring(seed / 10), columns, columns)
end

-- Starts the writers, does `work` beside them, waits for their end; gives what they said.
local function beside_traffic(column, work)
  local waits = {}
  for seed = 1, kWriters do waits[seed] = h.background(writer(seed, column)) end
  run "SELECT pg_sleep(0.3)"
  work()
  local said = {}
  for seed = 1, kWriters do said[seed] = waits[seed]() end
  return table.concat(said)
end

it("a second table loses nothing", function()
  local a = { name = q "t", columns = { col("id", "bigint", { nullable = false }), col("v", "text") }, primary_key = { name = "t_pkey", primary = true, parts = parts "id" } }
  local b = { name = q "t__new", columns = { col("id", "bigint", { nullable = false }), col("v", "integer") }, primary_key = { name = "t_pkey_new", primary = true, parts = parts "id" } }
  local set = { { to = "id", expr = "id" }, { to = "v", expr = "CAST(v AS integer)" } }
  local back = { { to = "id", expr = "id" }, { to = "v", expr = "CAST(v AS text)" } }
  local sync = { name = q "t__sync", kind = "table", table = q "t", target = q "t__new", pairs = {}, key = { "id" }, columns = set }
  local reverse = { name = q "t__sync_2", kind = "table", table = q "t", target = q "t__old", pairs = {}, key = { "id" }, columns = back }
  apply({ ops.create_table(a), ops.create_table(b) })
  run "INSERT INTO t SELECT g, '00' || g FROM generate_series(1, 20000) g"
  local old, new = with(a, { name = q "t__old" }), with(b, { name = q "t" })
  local said = beside_traffic("v", function()
    apply({ ops.create_sync(sync) }, { before = { a, b } })
    apply({}, { work = { kind = "copy", table = q "t", target = q "t__new", set = set, key = { "id" }, batch_rows = 500, pause_ms = 10 }, after = { a, b } })
    equal(query "SELECT count(*) FROM t FULL JOIN t__new n USING (id) WHERE n.v IS DISTINCT FROM t.v::integer", "0", "equal while it is written to")
    apply({ ops.drop_sync(sync), ops.rename_table(ops.shell(a), { name = q "t__old" }), ops.rename_table(ops.shell(b), { name = q "t" }), ops.create_sync(reverse) },
      { form = "swap", before = { a, b }, after = { old, new } })
  end)
  -- The writers' statements say text where the column is a number now: they end at the swap, and not before.
  equal(said:gsub("[^\n]*is of type integer but expression is of type text[^\n]*", ""):find("ERROR") == nil, true, said)
  equal(query "SELECT count(*) FROM t FULL JOIN t__old o USING (id) WHERE t.v IS DISTINCT FROM o.v::integer", "0", said)
  equal(query "SELECT count(*) FROM forgelua_sync_errors", "0")
  equal(query "SELECT count(*) > 20000 FROM t WHERE id > 0", "t")
end)

it("a second column loses nothing, and no write is refused", function()
  local t = { name = q "t", columns = { col("id", "bigint", { nullable = false }), col("code", "text"), col("code__new", "integer") }, primary_key = { name = "t_pkey", primary = true, parts = parts "id" } }
  local sync = { name = q "t__sync", kind = "columns", table = q "t", columns = {}, key = {},
    pairs = { { old = "code", new = "code__new", up = "CAST(code AS integer)", down = "CAST(code__new AS text)", lead = "old" } } }
  apply({ ops.create_table(t) })
  run "INSERT INTO t SELECT g, '00' || g FROM generate_series(1, 20000) g"
  local said = beside_traffic("code", function()
    apply({ ops.create_sync(sync) }, { after = { t } })
    apply({}, { work = { kind = "backfill", table = q "t", set = { { to = "code__new", expr = "CAST(code AS integer)" } }, where = "code__new IS NULL", key = { "id" }, batch_rows = 500, pause_ms = 10 }, after = { t } })
  end)
  equal(said, "")
  equal(query "SELECT count(*) FROM t WHERE code__new IS DISTINCT FROM code::integer", "0")
  equal(query "SELECT count(*) FROM t WHERE id <= 20000 AND code = '00' || id AND id > 6000", "14000", "the old values stand as they were written")
end)

it("an index is built beside writes", function()
  apply { ops.create_table { name = q "t", columns = { col("id", "bigint", { nullable = false }), col("v", ty("varchar", 40)) }, primary_key = { name = "t_pkey", primary = true, parts = parts "id" } } }
  run "INSERT INTO t SELECT g, '00' || g FROM generate_series(1, 20000) g"
  local said = beside_traffic("v", function()
    apply({ ops.create_index(q "t", { name = "t_v", parts = parts "v" }) }, { form = "concurrently" })
  end)
  equal(said, "")
  equal(query "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass", "t")
end)

h.report()
