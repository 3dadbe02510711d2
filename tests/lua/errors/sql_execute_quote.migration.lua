-- engine: postgres
migration "m" {
  before = schema { table "orders" { column "id" :bigint() :primary_key() } },
  changes = {
    execute { up = "UPDATE orders SET id = 'x", down = "SELECT 1", why = "tidy" },
  },
}
