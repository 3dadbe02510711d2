migration "odd_names" {
  description = "Names with spaces, quotes and letters of other alphabets",

  before = schema {
    table "Ünï Tab" {
      column "id" :integer() :primary_key(),
      column "sp ace" :varchar(9),
      column "quo`te" :integer() :default(1),
      column 'dou"ble' :varchar(5),
      column "日本" :varchar(5) :default "é'",
      index "Ix ü" { "sp ace" },
    },
  },

  after = schema {
    table "Ünï Tab" {
      column "id" :integer() :primary_key(),
      column "room" :varchar(19) :not_null() :default "x y" :renamed_from "sp ace"
        :backfill(sql { mysql = "COALESCE(`sp ace`, 'né')", mariadb = "COALESCE(`sp ace`, 'né')", postgres = [[COALESCE("sp ace", 'né')]],
          sqlite = [[COALESCE("sp ace", 'né')]] }),
      column "quo`te2" :bigint() :default(2) :renamed_from "quo`te",
      column 'dou"bles' :varchar(25) :renamed_from 'dou"ble',
      column "日本" :varchar(25) :default "ö\"",
      index "Ix ü" { "room", desc "日本" },
    },
  },

  hints = { ["Ünï Tab"] = { rows = 40000 } },
}
