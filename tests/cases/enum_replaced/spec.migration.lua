migration "enum_replaced" {
  description = "A value of an enum goes that a column of a large table uses: the column takes a second enum",

  before = schema {
    enum "state" { "new", "open", "done" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "state" :not_null() :default "new",
      index "tasks_state" { "state" },
    },
    view "open_tasks" "SELECT id, state FROM tasks WHERE state <> 'done'",
  },

  after = schema {
    enum "task_state" { "new", "done" },
    table "tasks" {
      column "id" :bigint() :primary_key(),
      column "state" :enum "task_state" :not_null() :default "new",
      index "tasks_state" { "state" },
    },
    view "open_tasks" "SELECT id, state FROM tasks WHERE state <> 'done'",
  },

  hints = { tasks = { rows = 480e6, hot = true } },
}
