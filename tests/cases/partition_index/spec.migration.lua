local function log(more)
  local entries = { column "id" :bigint() :not_null(), column "at" :date() :not_null(), column "note" :text(), column "code" :integer() :not_null() }
  for _, entry in ipairs(more) do entries[#entries + 1] = entry end
  return table "log" (entries) :partition_by "RANGE (at)"
end

local function part(name, from, to, above)
  return table(name) {} :inherits { above or "log" } :partition_bound(("FOR VALUES FROM ('%s') TO ('%s')"):format(from, to))
end

local function parts()
  return part("log_2022", "2022-01-01", "2023-01-01"),
    part("log_2023", "2023-01-01", "2024-01-01") :partition_by "RANGE (at)",
    part("log_2023_a", "2023-01-01", "2023-07-01", "log_2023"), part("log_2023_b", "2023-07-01", "2024-01-01", "log_2023")
end

migration "partition_index" {
  description = "A partitioned table gets an index, a unique key and a primary key while it is written to, and a new partition",

  before = schema { log {}, parts() },

  after = schema {
    log { index "log_note" { "note" }, unique "log_code" { "code", "at" }, primary_key { "id", "at" } },
    part("log_2024", "2024-01-01", "2025-01-01"), parts(),
  },

  hints = { log = { rows = 5e6 }, log_2022 = { rows = 5e6 } },
}
