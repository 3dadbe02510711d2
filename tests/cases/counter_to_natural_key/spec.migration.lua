migration "counter_to_natural_key" {
  description = "A join table keeps no number of its own: what it joins is its key",

  before = schema {
    table "memberships" {
      column "id" :integer() :identity() :primary_key(),
      column "person" :integer() :not_null(),
      column "club" :integer() :not_null(),
      unique "memberships_pair" { "person", "club" },
    },
  },

  after = schema {
    table "memberships" {
      column "person" :integer() :not_null(),
      column "club" :integer() :not_null(),
      column "since" :timestamp(),
      primary_key { "person", "club" },
    },
  },
}
