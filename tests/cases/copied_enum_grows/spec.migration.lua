migration "copied_enum_grows" {
  description = "A copied table takes values that the old one cannot hold, as soon as it leads",

  before = schema {
    enum "mood" { "sad", "ok" },
    table "people" { column "id" :integer() :primary_key(), column "m" :enum "mood" :not_null() :default "ok", column "note" :varchar(3) },
  },

  after = schema {
    enum "mood" { "sad", "ok", "joy" },
    table "people" { column "id" :bigint() :primary_key(), column "m" :enum "mood" :not_null() :default "joy", column "note" :varchar(30) }
      :strategy "shadow_table",
  },

  hints = { people = { rows = 40000 } },
}
