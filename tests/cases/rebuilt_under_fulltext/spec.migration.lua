local function texts(name, more)
  local parts = { column "id" :integer() :primary_key(), column "title" :text() :not_null(), column "body" :text() }
  for _, part in ipairs(more) do parts[#parts + 1] = part end
  parts[#parts + 1] = index (name .. "_title") { "title" } :using "fulltext"
  parts[#parts + 1] = index (name .. "_body") { "body" } :using "fulltext"
  return parts
end

local function place(n)
  return { column "id" :integer() :primary_key(), column "at" :point() :not_null(), n, index "sp_at" { "at" } :using "spatial" }
end

migration "rebuilt_under_fulltext" {
  description = "What writes a table anew under FULLTEXT indexes, and under a SPATIAL one, can only copy it, or lets nobody write",
  before = schema {
    table "articles" (texts("articles", {})),
    table "notes" (texts("notes", { column "gone" :integer() })),
    table "rows_of" (texts("rows_of", { column "n" :integer() })),
    table "places" (place(column "n" :integer())),
  },
  after = schema {
    table "articles" (texts("articles", { column "short" :varchar(5) :not_null() :default "x" :backfill "SUBSTR(title, 1, 5)" })),
    table "notes" (texts("notes", {})),
    table "rows_of" (texts("rows_of", { column "n" :integer() :not_null() })) :strategy "direct",
    table "places" (place(column "n" :integer() :not_null())) :strategy "direct",
  },
}
