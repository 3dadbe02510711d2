migration "enum_rename_value" {
  description = "A value of an enum gets another name, and with it the default",

  before = schema {
    enum "state" { "new", "done" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "state" :not_null() :default "new",
      index "tasks_new" { "id" } :where "state = 'new'",
      check "tasks_known" "state <> 'new' OR id > 0",
    },
    view "waiting" "SELECT id FROM tasks WHERE state = 'new'",
  },

  after = schema {
    enum "state" { "open", "done" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "state" :not_null() :default "open",
      index "tasks_new" { "id" } :where "state = 'open'",
      check "tasks_known" "state <> 'open' OR id > 0",
    },
    view "waiting" "SELECT id FROM tasks WHERE state = 'open'",
  },

  hints = { tasks = { rows = 20000 } },
}
