-- What the MySQL and MariaDB dialects write, to the letter. tests/servers/mysql_dialect.lua runs it on real servers.
-- luacheck: ignore 631
local t = require("forge.test")
local m = require("support.model")
local ops = require("forge.ops")
local fold = require("forge.fold")

local describe, it, expect = t.describe, t.it, t.expect
local mysql, mariadb = require("dialects.mysql"), require("dialects.mariadb")

local int, big = m.type("integer"), m.type("bigint")
local function orders(more)
  local spec = { primary_key = m.key("PRIMARY", { "id" }, { primary = true }) }
  for k, v in pairs(more or {}) do spec[k] = v end
  return m.table("orders", {
    m.column("id", big, { nullable = false, identity = { always = false } }), m.column("customer", int),
    m.column("note", m.type("varchar", 40)),
  }, spec)
end
local Q = m.q("orders")

-- The statements of a step over the given tables.
local function render(d, tables, list, more)
  local state = fold.state({}, {})
  for _, one in ipairs(tables) do state.tables[one.name.name] = one end
  local before = fold.branch(state)
  for _, o in ipairs(list) do fold.apply(state, o) end
  local step = { id = "s", ops = list, tables = { before = before.tables, after = state.tables }, direction = "forward" }
  for k, v in pairs(more or {}) do step[k] = v end
  local out = {}
  for i, statement in ipairs(d:render(step)) do out[i] = statement.sql end
  return out
end

local function one(d, o, t0) return table.concat(render(d, { t0 or orders() }, { o }), ";\n") end

describe("types", function()
  it("writes every portable word on both", function()
    for _, d in ipairs { mysql, mariadb } do
      for word in pairs(d.types.map) do
        if word ~= "enum" and word ~= "set" and word ~= "native" and word ~= "user" then
          expect(d:type_sql(m.type(word)), d.name .. " " .. word):isnt("")
        end
      end
    end
  end)
  it("knows where the two differ", function()
    expect(mysql:type_sql(m.type("uuid"))):is("char(36)")
    expect(mariadb:type_sql(m.type("uuid"))):is("uuid")
    expect(mariadb:at("10.6"):type_sql(m.type("uuid"))):is("char(36)")
    expect(mysql:type_sql { name = "integer", args = {}, unsigned = true }):is("int unsigned")
    expect(mysql:type_sql { name = "enum", args = {}, values = { "a", "it's" } }):is("enum('a','it''s')")
  end)
  it("judges conversions", function()
    expect(mysql.types.castable(int, big)):is("widening")
    expect(mysql.types.castable(big, int)):is("checked")
    expect(mysql.types.castable(m.type("varchar", 20), m.type("varchar", 60))):is("free")
    expect(mysql.types.castable(m.type("varchar", 20), m.type("varchar", 100))):is("widening")
    expect(mysql.types.castable(m.type("text"), int)):is("checked")
    expect(mysql.types.castable(m.type("point"), int)):is(nil)
  end)
  it("writes a conversion as a cast, which raises where a value does not fit", function()
    expect(mysql.types.convert("code", m.type("varchar", 20), int, mysql)):is("CAST(code AS SIGNED)")
    expect(mysql.types.convert("n", int, m.type("varchar", 20), mysql)):is("CAST(n AS CHAR)")
  end)
end)

describe("columns", function()
  it("states the algorithm that the server grants", function()
    local o = ops.add_column(Q, m.column("phone", m.type("varchar", 20)))
    expect(one(mysql, o)):is("ALTER TABLE `orders`\n  ADD COLUMN `phone` varchar(20) NULL,\n  ALGORITHM=INSTANT")
    expect(one(mysql:at("8.0.11"), o)):contains("ALGORITHM=INPLACE,\n  LOCK=NONE")
    expect(one(mariadb, o)):is("ALTER TABLE `orders`\n  ADD COLUMN `phone` varchar(20) NULL,\n  ALGORITHM=INSTANT")
  end)
  it("keeps a column's whole definition when it alters it", function()
    local before = m.column("at", m.type("timestamp", 3), { default = { kind = "sql", text = "now()" }, on_update = "now()", comment = "when" })
    local after = fold.copy(before)
    after.nullable = false
    local t0 = orders()
    t0.columns[#t0.columns + 1] = before
    expect(one(mysql, ops.alter_column(Q, before, after), t0)):is("ALTER TABLE `orders`\n  MODIFY COLUMN `at` timestamp(3) NOT NULL "
      .. "DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'when',\n  ALGORITHM=INPLACE,\n  LOCK=NONE")
  end)
  it("puts a shadow column beside the one that it replaces, out of sight", function()
    expect(one(mysql, ops.add_column(Q, m.column("customer__new", big, { invisible = true }))))
      :contains("ADD COLUMN `customer__new` bigint NULL INVISIBLE AFTER `customer`")
  end)
  it("brackets the defaults of long types on MySQL alone", function()
    local o = ops.add_column(Q, m.column("body", m.type("text"), { default = { kind = "string", text = "it's" } }))
    expect(one(mysql, o)):contains("DEFAULT ('it''s'),\n  ALGORITHM=COPY")
    expect(one(mariadb, o)):contains("DEFAULT 'it''s',\n  ALGORITHM=INSTANT")
  end)
  it("adds an AUTO_INCREMENT column together with its key", function()
    local bare = m.table("orders", { m.column("note", int) })
    local id = m.column("id", big, { nullable = false, identity = { always = false } })
    local sql = render(mysql, { bare }, { ops.add_column(Q, id), ops.add_key(Q, m.key("PRIMARY", { "id" }, { primary = true })) })
    expect(#sql):is(1)
    expect(sql[1]):contains("ADD COLUMN `id` bigint NOT NULL AUTO_INCREMENT,\n  ADD PRIMARY KEY (`id`)")
  end)
end)

describe("several operations of a table", function()
  it("stand in one ALTER TABLE, but INSTANT ones apart from index builds", function()
    local sql = render(mysql, { orders() }, {
      ops.add_column(Q, m.column("a", int)), ops.add_column(Q, m.column("b", int)), ops.create_index(Q, m.index("i", { "a" })),
    }, { form = "alter" })
    expect(#sql):is(2)
    expect(sql[1]):is("ALTER TABLE `orders`\n  ADD COLUMN `a` int NULL,\n  ADD COLUMN `b` int NULL,\n  ALGORITHM=INSTANT")
    expect(sql[2]):is("ALTER TABLE `orders`\n  ADD KEY `i` (`a`),\n  ALGORITHM=INPLACE,\n  LOCK=NONE")
  end)
end)

describe("foreign keys", function()
  local fk = m.fk("orders_fk", { "customer" }, "customers", { "id" })
  it("are added without a scan, with the index that they lean on, and then looked at", function()
    local sql = render(mysql, { orders() }, { ops.add_foreign_key(Q, fk) })
    expect(sql[1]):contains("foreign_key_checks = 0")
    expect(sql[2]):contains("ADD KEY `orders_fk` (`customer`),\n  ALGORITHM=INPLACE,\n  LOCK=NONE")
    expect(sql[5]):contains("SIGNAL SQLSTATE '45000'")
    expect(sql[7]):is("DROP PROCEDURE forgelua_check_foreign_key")
  end)
  it("take that index along when they go", function()
    expect(one(mysql, ops.drop_foreign_key(Q, fk), orders { foreign_keys = { fk } })):contains("DROP INDEX `orders_fk`")
  end)
  it("leave an index alone that the schema states", function()
    local t0 = orders { foreign_keys = { fk }, indexes = { m.index("by_customer", { "customer" }) } }
    local sql = one(mysql, ops.drop_foreign_key(Q, fk), t0)
    expect(sql:find("INDEX", 1, true) == nil):is(true)
  end)
end)

describe("locks", function()
  local function row(d, o, t0) return d.locks[o.op](o, { d = d, version = d.version, table = t0 or orders(), features = d.features }) end
  it("tells online from blocking", function()
    expect(row(mysql, ops.add_column(Q, m.column("x", int))).online):is(true)
    local check = row(mysql, ops.add_check(Q, m.check("c", "customer > 0")))
    expect(check.online):is(false)
    expect(check.blocks):is("writes")
    expect(check.algorithm):is("COPY")
  end)
  it("minds the byte that holds a varchar's length", function()
    local wide = fold.copy(orders().columns[3])
    wide.type = m.type("varchar", 80)
    local o = ops.alter_column(Q, orders().columns[3], wide)
    local t0 = orders()
    t0.options.charset = "utf8mb4"
    expect(row(mysql, o, t0).algorithm):is("COPY")
    t0.options.charset = "latin1"
    expect(row(mysql, o, t0).algorithm):is("INPLACE")
    expect(row(mariadb, o, t0).algorithm):is("INSTANT")
  end)
end)

describe("swaps", function()
  it("rename two tables in one statement, with the new direction's triggers made before it", function()
    local old, new = orders(), orders()
    new.name = m.q("orders__new")
    local retired = fold.copy(ops.shell(old))
    retired.name = m.q("orders__old")
    local sync = { name = m.q("orders__sync"), kind = "table", table = Q, target = m.q("orders__old"), pairs = {},
                   columns = { { to = "id", expr = "id" } }, key = { "id" } }
    local sql = render(mysql, { old, new }, {
      ops.rename_table(ops.shell(old), retired), ops.rename_table(ops.shell(new), ops.shell(old)), ops.create_sync(sync),
    }, { form = "swap" })
    local at
    for i, text in ipairs(sql) do if text:find("RENAME TABLE", 1, true) then at = i end end
    expect(sql[at]):is("RENAME TABLE `orders` TO `orders__old`, `orders__new` TO `orders`")
    expect(sql[at - 2]):contains("ON `orders__new` FOR EACH ROW")
  end)
  it("rename columns while nobody can write", function()
    local shadow = m.column("customer__new", big)
    local t0 = orders()
    t0.columns[#t0.columns + 1] = shadow
    local function named(column, name)
      local made = fold.copy(column)
      made.name = name
      return made
    end
    local sql = render(mariadb, { t0 }, {
      ops.alter_column(Q, t0.columns[2], named(t0.columns[2], "customer__old")), ops.alter_column(Q, shadow, named(shadow, "customer")),
    }, { form = "swap" })
    expect(table.concat(sql, ";\n")):is("LOCK TABLES `orders` WRITE;\nALTER TABLE `orders`\n  RENAME COLUMN `customer` TO `customer__old`,\n"
      .. "  RENAME COLUMN `customer__new` TO `customer`,\n  ALGORITHM=INSTANT;\nUNLOCK TABLES")
  end)
end)

describe("dual-write", function()
  it("makes a pair equal before a column is filled from it", function()
    local t0 = orders()
    t0.columns[#t0.columns + 1] = m.column("remark", m.type("text"))
    local fill = { name = m.q("orders__sync"), kind = "fill", table = Q, columns = {}, key = {},
                   pairs = { { old = "", new = "total", up = "note + 1", down = "", lead = "old" } } }
    local pair = { name = m.q("orders__sync_2"), kind = "columns", table = Q, columns = {}, key = {},
                   pairs = { { old = "note", new = "remark", up = "note", down = "remark", lead = "old" } } }
    for _, extra in ipairs({ { fills = { fill } }, { fills = { fill }, form = "swap" } }) do
      local sql = table.concat(render(mysql, { t0 }, { ops.create_sync(pair) }, extra), "\n")
      expect(sql):contains("`orders__sync_2_u` BEFORE UPDATE ON `orders` FOR EACH ROW PRECEDES `orders__sync_u`\n")
      expect(sql):contains("`orders__sync_2_i` BEFORE INSERT ON `orders` FOR EACH ROW PRECEDES `orders__sync_i`\n")
    end
    expect(table.concat(render(mysql, { t0 }, { ops.create_sync(fill) }, { fills = {} }), "\n")):contains("BEFORE INSERT ON `orders` FOR EACH ROW\n")
  end)
end)

describe("moving rows", function()
  it("walks the key in batches and keeps what an update would stamp", function()
    local t0 = orders()
    t0.columns[#t0.columns + 1] = m.column("seen", m.type("timestamp"), { on_update = "CURRENT_TIMESTAMP" })
    local work = { kind = "backfill", table = Q, set = { { to = "note", expr = "'x'" } }, where = "note IS NULL", key = { "id" },
                   batch_rows = 500, pause_ms = 100, rows = 1000 }
    local body
    for _, sql in ipairs(render(mysql, { t0 }, {}, { work = work })) do
      if sql:find("CREATE PROCEDURE", 1, true) then body = sql end
    end
    expect(body):contains("UPDATE `orders` SET `note` = 'x', `seen` = `seen` WHERE `id` >= forgelua_s1 AND `id` <= forgelua_e1 AND (note IS NULL)")
    expect(body):contains("LIMIT 499, 1")
    expect(body):contains("DO SLEEP(0.100)")
  end)
end)

describe("the catalog", function()
  it("is asked for what an operation leaves behind", function()
    local sql = mysql.catalog.done(ops.drop_column(Q, orders().columns[3]), mysql)
    expect(sql):contains("CASE WHEN NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS")
    expect(sql):contains("COLUMN_NAME = 'note'")
  end)
end)

describe("texts of another collation", function()
  local collations, held = require("dialects.mysql.collations"), require("dialects.mysql.held")
  local latin = m.table("words", { m.column("a", m.type("varchar", 9), { collation = "utf8mb4_bin" }), m.column("b", m.type("varchar", 9)) },
    { options = { charset = "latin1" } })
  local plain = m.table("words", { m.column("a", m.type("varchar", 9), { collation = "utf8mb4_general_ci" }), m.column("b", m.type("varchar", 9)) })

  it("have variables with the character set that their own collation belongs to", function()
    expect(held.variable_type(mysql, latin, latin.columns[1])):contains("CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    expect(held.variable_type(mysql, latin, latin.columns[2])):contains("CHARACTER SET latin1")
  end)

  it("are looked for by the collation of the table that is looked into, where it has a name", function()
    expect(collations.keyed_as(mysql, "x", plain, latin, "a")):equals("CONVERT(x USING utf8mb4) COLLATE utf8mb4_bin")
    expect(collations.keyed_as(mysql, "x", latin, latin, "a")):equals("x")
    local unnamed = m.table("words", { m.column("a", m.type("varchar", 9)) })
    expect(collations.keyed_as(mysql, "x", plain, unnamed, "a")):equals(nil)
  end)
end)
