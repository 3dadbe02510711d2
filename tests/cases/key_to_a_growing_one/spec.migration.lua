-- The child is copied, as its column is filled anew; the parent's key grows in one sitting: the foreign key comes behind both.
migration "key_to_a_growing_one" {
  description = "A column becomes a foreign key to a key that grows, in development",
  environment = "development",
  before = schema {
    table "p" { column "id" :integer() :primary_key(), column "n" :varchar(20) },
    table "c" { column "id" :integer() :primary_key(), column "p_id" :integer() },
  },
  after = schema {
    table "p" { column "id" :bigint() :primary_key(), column "n" :varchar(20) },
    table "c" {
      column "id" :integer() :primary_key(),
      column "p_id" :bigint() :references("p.id") :on_delete "set null" :backfill "(SELECT p.id FROM p WHERE p.id = c.p_id)",
    },
  },
}
