migration "enum_rebuild_generated" {
  description = "An enum loses a value while a generated column that reads it goes, and another one stays",

  before = schema {
    enum "state" { "new", "done" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "state" :default "new",
      column "marks" :enum "state" :array(),
      column "is_new" :integer() :generated("CASE WHEN state = 'new' THEN 1 ELSE 0 END", "stored"),
      column "is_done" :integer() :generated("CASE WHEN state = 'done' THEN 1 ELSE 0 END", "stored"),
      index "tasks_done" { "is_done" },
      index "tasks_open" { "id" } :where "state = 'new'",
    },
  },

  after = schema {
    enum "state" { "done", "late" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "state" :default "done",
      column "marks" :enum "state" :array(),
      column "is_done" :integer() :generated("CASE WHEN state = 'done' THEN 1 ELSE 0 END", "stored"),
      index "tasks_done" { "is_done" },
      index "tasks_open" { "id" } :where "state = 'late'",
    },
  },

  hints = { tasks = { rows = 300 } },
}
