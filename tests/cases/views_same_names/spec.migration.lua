local function views(name)
  return
    view "all_names" ("SELECT " .. name .. " AS label FROM topics UNION ALL SELECT name FROM owners"),
    view "latest" ("SELECT t.id, (SELECT max(name) FROM owners WHERE owners.topic = t.id) AS m, t." .. name .. " AS label FROM topics AS t"),
    view "owned" ("SELECT id FROM topics WHERE " .. name .. " IN (SELECT name FROM owners)")
end

migration "views_same_names" {
  description = "A column is renamed under views that read the same name from another table",

  before = schema {
    table "topics" { column "id" :integer() :primary_key(), column "name" :varchar(20), column "date" :date(),
      check "young" "date >= DATE '1900-01-01'" },
    table "owners" { column "id" :integer() :primary_key(), column "topic" :integer(), column "name" :varchar(20) },
    views "name",
  },

  after = schema {
    table "topics" { column "id" :integer() :primary_key(), column "title" :varchar(20) :renamed_from "name",
      column "day" :date() :renamed_from "date", check "young" "day >= DATE '1900-01-01'" },
    table "owners" { column "id" :integer() :primary_key(), column "topic" :integer(), column "name" :varchar(20) },
    views "title",
  },

  hints = { topics = { rows = 40000 }, owners = { rows = 40000 } },
}
