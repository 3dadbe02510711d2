local function wide()
  local out = {}
  for i = 1, 3 do out[#out + 1] = column("a" .. i) :integer() :default(i) out[#out + 1] = column("b" .. i) :integer() :default(i < 3 and i or "x") end
  return out
end
migration "line_with_a_loop_of_columns" { before = schema {}, after = schema { table "t" (wide()) } }
