-- As time_of_change_renamed, on PostgreSQL: the function names the column, and the trigger stands for its time.
local function counted(column)
  return definition "function count_change()" { replaces = true, shape = "trigger",
    create = ("CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS "
      .. "$$BEGIN NEW.%s := OLD.%s + 1; RETURN NEW; END$$"):format(column, column) }
end
local trigger = definition "trigger counted on orders"
  "CREATE TRIGGER counted BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION count_change()"

migration "time_of_change_by_function" {
  description = "The column that the application's trigger sets gets another name",

  before = schema {
    table "orders" { column "id" :bigint() :primary_key(), column "total" :integer(), column "rev" :integer() :not_null() },
    counted "rev", trigger,
  },

  after = schema {
    table "orders" {
      column "id" :bigint() :primary_key(), column "total" :integer(),
      column "revision" :integer() :not_null() :renamed_from "rev",
    },
    counted "revision", trigger,
  },
  hints = { orders = { rows = 5e6 } },
}
