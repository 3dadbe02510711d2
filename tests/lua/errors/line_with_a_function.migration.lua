local function id() return column "id" :bigint() :primary_key() end
migration "line_with_a_function" {
  before = schema {}, after = schema { table "t" { id(), column "a" :text() }, table "u" { id(), column "a" :text(), column "a" :text() } },
}
