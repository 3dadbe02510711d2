local function counts(name)
  return definition(("trigger %s_count on %s"):format(name, name)) {
    create = ("CREATE TRIGGER %s_count AFTER INSERT ON %s FOR EACH ROW"):format(name, name),
    body = "BEGIN UPDATE users SET posts = posts + 1 WHERE id = NEW.user_id; END",
  }
end

local function with(users, posts)
  return schema {
    users, posts,
    table "notes" { column "id" :bigint() :primary_key(), column "user_id" :bigint() :not_null() },
    counts "posts", counts "notes",
  }
end

migration "trigger_writes_to_copies" {
  description = "Triggers of a table that is copied and of one that is not write to another that is copied: to its rows, whichever they are",
  before = with(
    table "users" { column "id" :bigint() :primary_key(), column "posts" :integer() :not_null() },
    table "posts" {
      column "id" :bigint() :primary_key(), column "user_id" :bigint() :not_null(), column "stars" :integer() :not_null(),
    }),
  after = with(
    table "users" { column "id" :bigint() :primary_key(), column "posts" :bigint() :not_null() } :strategy "shadow_table",
    table "posts" {
      column "id" :bigint() :primary_key(), column "user_id" :bigint() :not_null(), column "stars" :bigint() :not_null(),
    } :strategy "shadow_table"),
}
