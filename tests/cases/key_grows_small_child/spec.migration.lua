-- The small table would be changed in one sitting, but one of its columns refers to a key that grows in a copied table: both ends
-- change their types at one moment, so it is copied, too, and whole.
migration "key_grows" {
  hints = { teams = { rows = 2000000 }, members = { rows = 10, critical = false } },
  before = schema {
    table "teams" { column "id" :integer() :primary_key(), column "name" :varchar(40) },
    table "members" {
      column "id" :integer() :primary_key(),
      column "team_id" :integer() :references "teams.id",
      column "points" :integer(),
    },
  },
  after = schema {
    table "teams" { column "id" :bigint() :primary_key(), column "name" :varchar(40) },
    table "members" {
      column "id" :integer() :primary_key(),
      column "team_id" :bigint() :references "teams.id",
      column "points" :integer() :not_null(),
    },
  },
}
