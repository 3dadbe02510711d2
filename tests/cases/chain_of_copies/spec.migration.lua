local function shop(number, text)
  return
    table "customers" { column "id" :bigint() :primary_key(), text "name" :not_null() },
    table "orders" {
      column "id" :bigint() :primary_key(), number "total",
      column "customer_id" :bigint() :not_null() :references "customers.id" :on_delete "cascade",
    },
    table "items" {
      column "order_id" :bigint() :references "orders.id", column "line" :integer(), number "price",
      primary_key { "order_id", "line" },
    }
end

local function copied(...)
  local list = { ... }
  for i, one in ipairs(list) do list[i] = one :strategy "shadow_table" end
  return schema(list)
end

migration "chain_of_copies" {
  description = "Three tables that refer to each other in a chain are copied: on the way back each comes after what it refers to",
  before = schema { shop(function(name) return column(name) :integer() end, function(name) return column(name) :varchar(20) end) },
  after = copied(shop(function(name) return column(name) :bigint() end, function(name) return column(name) :varchar(40) end)),
}
