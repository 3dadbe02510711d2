local function log()
  return table "log" { column "id" :bigint() :not_null(), column "at" :date() :not_null(), column "note" :text(),
    primary_key { "id", "at" }, index "log_note" { "note" } } :partition_by "RANGE (at)"
end

local function part(year)
  return table("log_" .. year) {} :inherits { "log" }
    :partition_bound(("FOR VALUES FROM ('%d-01-01') TO ('%d-01-01')"):format(year, year + 1))
end

migration "partition_attach" {
  description = "A table becomes a partition, a new partition comes and an old one goes",

  before = schema {
    log(), part(2022), part(2023),
    table "log_2024" { column "id" :bigint() :not_null(), column "at" :date() :not_null(), column "note" :text(),
      primary_key { "id", "at" }, index "log_2024_note_idx" { "note" } },
  },

  after = schema { log(), part(2023), part(2024), part(2025) },

  hints = { log = { rows = 5e6 }, log_2024 = { rows = 5e6 } },
}
