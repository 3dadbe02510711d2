-- What hangs on a routine, an enum, a view or a column that cannot change under it goes first and comes back after.

local function everything(s)
  return schema {
    enum "state" (s.states),
    definition "domain email" { create = "CREATE DOMAIN email AS text" .. s.email },
    definition "function twice(integer)" { replaces = true, shape = "x integer -> " .. s.number,
      create = "CREATE OR REPLACE FUNCTION twice(x integer) RETURNS " .. s.number .. " LANGUAGE sql IMMUTABLE AS 'SELECT x * 2'" },
    definition "function is_open(state)" { replaces = true, shape = "s state -> boolean",
      create = "CREATE OR REPLACE FUNCTION is_open(s state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT s <> 'done'$$" },
    definition "function note()" { replaces = true, shape = "trigger",
      create = "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.noted := NEW.total; RETURN NEW; END$$" },
    table "orders" {
      column "id" :bigint() :primary_key(),
      column "total" :type(s.total),
      column "noted" :bigint(),
      column "n" :integer() :default(sql "twice(4)"),
      column "state" :enum "state" :not_null() :default "done",
      column "mail" :type "email" :default "a@b",
      check "orders_even" "twice(n) >= 0",
      index "orders_twice" { sql "twice(n)" },
    },
    definition "trigger note on orders" "CREATE TRIGGER note BEFORE INSERT OR UPDATE OF total ON orders FOR EACH ROW WHEN (NEW.total > 0) EXECUTE FUNCTION note()",
    view "doubled" "SELECT id, twice(n) AS d, total FROM orders",
    definition "grant SELECT to PUBLIC on doubled" { on = "doubled", create = "GRANT SELECT ON doubled TO PUBLIC", drop = "REVOKE SELECT ON doubled FROM PUBLIC" },
    materialized_view "sums" "SELECT sum(d) AS d, sum(total) AS total FROM doubled",
    definition "index sums_d on sums" { on = "sums", create = "CREATE INDEX sums_d ON sums USING btree (d)", drop = "DROP INDEX sums_d" },
    view "open" "SELECT id FROM orders WHERE is_open(state)",
  }
end

migration "dependents_remade" {
  description = "What hangs on a routine, an enum, a view or a column goes first and comes back after",
  before = everything { states = { "new", "done", "lost" }, email = "", number = "integer", total = "integer" },
  after = everything { states = { "new", "done" }, email = " DEFAULT 'x@y'::text NOT NULL", number = "bigint", total = "bigint" },
  hints = { orders = { rows = 300 } },
}
