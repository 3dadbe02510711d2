-- The application counts the changes of a row by a trigger of its own, which fires for the rows of a backfill as well.
local function trigger(column)
  return definition "trigger orders_upd on orders" {
    create = sql { sqlite = "CREATE TRIGGER orders_upd AFTER UPDATE ON orders FOR EACH ROW",
      "CREATE TRIGGER orders_upd BEFORE UPDATE ON orders FOR EACH ROW" },
    body = sql {
      sqlite = ("BEGIN UPDATE orders SET %s = OLD.%s + 1 WHERE id = NEW.id; END"):format(column, column),
      ("BEGIN SET NEW.%s = OLD.%s + 1; END"):format(column, column),
    },
  }
end

migration "time_of_change_renamed" {
  description = "The column that the application's trigger sets gets another name",

  before = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "total" :integer(), column "rev" :integer() :not_null() },
    trigger "rev",
  },

  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(), column "total" :integer(),
      column "revision" :integer() :not_null() :renamed_from "rev",
    },
    trigger "revision",
  },
  hints = { orders = { rows = 5e6 } },
}
