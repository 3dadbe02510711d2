migration "orders_in_parentheses" {
  description = "A renamed column is what a window and an aggregate order by, and the result has its old name",

  before = schema {
    table "points" { column "id" :integer() :primary_key(), column "nm" :varchar(9), column "x" :integer() },
    view "running" (sql {
      -- There x would be the result, which no window may be ordered by.
      mariadb = "SELECT id, sum(x) OVER (PARTITION BY nm) AS x FROM points",
      "SELECT id, sum(x) OVER (PARTITION BY nm ORDER BY x) AS x FROM points",
    }),
    view "sorted" "SELECT id, x + 1 AS x FROM points ORDER BY x",
    view "lists" (sql {
      postgres = "SELECT nm, string_agg(x::text, ',' ORDER BY x) AS x FROM points GROUP BY nm",
      sqlite = "SELECT nm, group_concat(x) AS x FROM points GROUP BY nm",
      "SELECT nm, group_concat(x ORDER BY x) AS x FROM points GROUP BY nm",
    }),
  },

  changes = { rename_column "points.x" "y" },
  hints = { points = { rows = 5e6 } },
}
