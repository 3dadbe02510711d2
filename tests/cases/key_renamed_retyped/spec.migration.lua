migration "key_renamed_retyped" {
  description = "A composite key that its own table refers to: one column gets another name, the other another type",
  hints = { node = { rows = 40000 } },
 before = schema { table "node" { column "org":integer():not_null(), column "no":integer():not_null(), column "up":integer(), primary_key {"org","no"}, foreign_key "node_up" {"org","up"}:references("node",{"org","no"}) } },
 after = schema { table "node" { column "tenant":integer():not_null():renamed_from "org", column "no":bigint():not_null(), column "up":bigint(), primary_key {"tenant","no"}, foreign_key "node_up" {"tenant","up"}:references("node",{"tenant","no"}) } } }
