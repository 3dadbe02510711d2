migration "fills_are_rounded" {
  description = "What is stored is not what was computed: numbers and moments are rounded, short texts padded",

  before = schema {
    table "copied" {
      column "id" :integer() :primary_key(), column "share" :numeric(20, 6), column "at" :timestamp(6), column "word" :varchar(20),
    },
    table "moved" {
      column "id" :integer() :primary_key(), column "at" :timestamptz(), column "word" :varchar(5), column "rate" :numeric(20, 10),
      column "seen" :timestamp(6), column "since" :timestamp(),
    },
    table "flags" { column "id" :integer() :primary_key(), column "shown" :boolean() :not_null() :default(true) },
    table "sales" { column "id" :integer() :primary_key(), column "net" :numeric(12, 2) },
  },

  after = schema {
    table "copied" {
      column "id" :integer() :primary_key(), column "share" :numeric(12, 2) :backfill "share / 3", column "at" :timestamp(6),
      column "word" :varchar(20), column "whole" :integer() :backfill "share / 3", column "second" :timestamp(0) :backfill "at",
      column "code" :char(8) :backfill "word",
    } :strategy "shadow_table",
    table "moved" {
      column "id" :integer() :primary_key(), column "at" :timestamp(0), column "word" :char(5), column "rate" :numeric(12, 1) :backfill "rate / 3",
      column "seen" :timestamp(0) :backfill "coalesce(seen, CURRENT_TIMESTAMP)", column "since" :timestamp(0),
    },
    table "flags" { column "id" :integer() :primary_key(), column "shown" :integer() :not_null() :default(0) } :strategy "direct",
    table "sales" {
      column "id" :integer() :primary_key(), column "net" :numeric(12, 2), column "gross" :numeric(12, 2) :backfill "net * 1.19",
    },
  },
}
