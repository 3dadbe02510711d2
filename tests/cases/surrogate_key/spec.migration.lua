migration "surrogate_key" {
  description = "A natural key gives way to one that is counted",

  before = schema {
    table "members" { column "u" :integer() :not_null(), column "g" :integer() :not_null(), primary_key { "u", "g" } },
  },

  after = schema {
    table "members" {
      column "id" :bigint() :identity() :primary_key(),
      column "u" :integer() :not_null(),
      column "g" :integer() :not_null(),
      unique "members_ug" { "u", "g" },
    },
  },

  hints = { members = { rows = 40000 } },
}
