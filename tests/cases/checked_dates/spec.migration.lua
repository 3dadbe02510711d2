migration "checked_dates" {
  description = "Columns change in tables whose checks speak of dates and of listed words",

  before = schema {
    table "stays" { column "id" :integer() :primary_key(), column "day" :date(), column "code" :varchar(8) :not_null(),
                    check "told" "day IS NULL OR code <> ''" },
    table "shirts" { column "id" :integer() :primary_key(), column "size" :enum { "s", "m" }, check "not_odd" "size <> 'z'" },
  },

  after = schema {
    table "stays" { column "id" :integer() :primary_key(), column "day" :date(), column "code" :varchar(20) :not_null(),
                    check "told" "day IS NULL OR code <> ''" },
    table "shirts" { column "id" :integer() :primary_key(), column "size" :enum { "s", "m", "l" }, check "not_odd" "size <> 'z'" },
  },
}
