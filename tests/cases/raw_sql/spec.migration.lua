migration "raw_sql" {
  description = "A row is corrected by hand",

  before = schema {
    table "users" {
      column "id" :bigint() :primary_key(),
      column "name" :varchar(80) :not_null(),
      column "age" :integer(),
    },
  },

  changes = {
    execute { name = "fix_ada", up = "UPDATE users SET age = 37 WHERE id = 1", down = "UPDATE users SET age = 36 WHERE id = 1",
              why = "her birthday was entered wrongly", done_when = "SELECT count(*) FROM users WHERE id = 1 AND age = 37" },
    add_column "users" { column "seen" :boolean() },
  },
}
