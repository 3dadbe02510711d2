local function all(n) local out = {} for i = 1, n do out[i] = column("c" .. i) :integer() end return out end
migration "line_with_a_loop" {
  before = schema {}, after = schema { table "t" (all(2)), table "u" { column "a" :integer(), check "a > 0" :strategy "x" } },
}
