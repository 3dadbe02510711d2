migration "key_gets_a_tenant" {
  description = "The key of accounts gets the tenant in front, and what refers to it follows",
  before = schema {
    table "acc" { column "id" :integer() :primary_key(), column "tenant" :integer() :not_null() },
    table "ent" { column "id" :integer() :primary_key(), column "tenant" :integer() :not_null(), column "acc_id" :integer() :not_null() :references "acc.id" },
  },
  after = schema {
    table "acc" { column "id" :integer() :not_null(), column "tenant" :integer() :not_null(), primary_key { "tenant", "id" } },
    table "ent" {
      column "id" :integer() :primary_key(), column "tenant" :integer() :not_null(), column "acc_id" :integer() :not_null(),
      foreign_key { "tenant", "acc_id" } :references("acc", { "tenant", "id" }),
    },
  },
}
