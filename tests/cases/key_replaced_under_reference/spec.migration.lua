migration "key_replaced_under_reference" {
  description = "A primary key grows by a column; what refers to it goes on by a unique key of its own",

  before = schema {
    table "members" {
      column "id" :bigint() :primary_key(),
      column "club" :integer() :not_null(),
    },
    table "visits" { column "id" :integer() :primary_key(), column "member" :references "members.id" },
  },

  after = schema {
    table "members" {
      column "id" :bigint() :not_null(),
      column "club" :integer() :not_null(),
      primary_key { "id", "club" },
      unique { "id" },
    },
    table "visits" { column "id" :integer() :primary_key(), column "member" :references "members.id" },
  },

  strategy = "direct",
  hints = { members = { rows = 20000 }, visits = { rows = 20000 } },
}
