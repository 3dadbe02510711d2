migration "json_filled" {
  description = "A json column becomes jsonb, required, with a value for those that have none",
  before = schema { table "docs" { column "id" :integer() :primary_key(), column "body" :json() } },
  after = schema { table "docs" { column "id" :integer() :primary_key(), column "body" :jsonb() :not_null() :default "{}" :backfill "coalesce(body, '{}')" } },
}
