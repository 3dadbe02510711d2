migration "keys_of_copies" {
  description = "A table that is copied gains a foreign key, loses one, and has another one with another action",
  before = schema {
    table "p" { column "k" :integer() :primary_key() },
    table "q" { column "k" :integer() :primary_key() },
    table "t" {
      column "id" :integer() :primary_key(), column "gone" :integer() :references "p.k",
      column "changed" :integer() :references("p.k") :on_delete "cascade", column "new" :integer(), column "kept" :integer() :references "q.k",
    },
  },
  after = schema {
    table "p" { column "k" :integer() :primary_key() },
    table "q" { column "k" :integer() :primary_key() },
    table "t" {
      column "id" :bigint() :primary_key(), column "gone" :integer(),
      column "changed" :integer() :references("p.k") :on_delete "restrict", column "new" :integer() :references "q.k",
      column "kept" :integer() :references "q.k",
    },
  },
}
