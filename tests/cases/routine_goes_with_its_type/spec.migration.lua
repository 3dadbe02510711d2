migration "routine_goes_with_its_type" {
  description = "A type goes, and the function that takes one goes with it",
  before = schema {
    enum "state" { "open", "closed" },
    table "orders" { column "id" :bigint() :primary_key() },
    definition "function is_open(state)" { replaces = true,
      create = "CREATE OR REPLACE FUNCTION is_open(state) RETURNS boolean LANGUAGE sql AS $$SELECT $1 = 'open'$$" },
  },
  after = schema { table "orders" { column "id" :bigint() :primary_key() } },
}
