migration "spatial_renamed" {
  description = "A spatial index holds no column that may be NULL: one that is renamed is copied, one that is filled is indexed last",
  before = schema {
    table "shops" { column "id" :integer() :primary_key(), column "at" :point() :not_null(), index "shops_at" { "at" } :using "spatial" },
    table "homes" { column "id" :integer() :primary_key(), column "at" :point() },
  },
  after = schema {
    table "shops" { column "id" :integer() :primary_key(), column "place" :point() :not_null() :renamed_from "at",
                    index "shops_at" { "place" } :using "spatial" },
    table "homes" { column "id" :integer() :primary_key(), column "at" :point() :not_null() :backfill "COALESCE(at, POINT(0, 0))",
                    index "homes_at" { "at" } :using "spatial" },
  },
}
