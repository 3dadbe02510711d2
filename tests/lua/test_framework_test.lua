-- The test framework itself: a failing case must fail, with a message that says why.
local t = require("forge.test")
local describe, it, expect = t.describe, t.it, t.expect

describe("expect", function()
  it("passes what holds", function()
    expect(1):is(1):isnt(2)
    expect({ a = { 1, 2 } }):equals({ a = { 1, 2 } }):differs({ a = { 1 } })
    expect("abc"):contains("b"):lacks("x"):matches("^a")
    expect({ "a", "b" }):contains("b"):has_length(2)
    expect(nil):is_nil():is_false()
    expect(function() error("went wrong here") end):fails_with("wrong")
  end)
  it("fails what does not, and says both values", function()
    expect(function() expect({ 1 }):equals({ 2 }) end):fails_with("expected {1} to equal {2}")
    expect(function() expect("abc"):contains("x") end):fails_with("to contain")
    expect(function() expect(function() return 1 end):fails_with("x") end):fails_with("but there was none")
    expect(function() expect(1, "the count"):is(2) end):fails_with("(the count)")
  end)
end)

describe("before_each", function()
  local count = 0
  t.before_each(function() count = count + 1 end)
  it("runs before the first case", function() expect(count):is(1) end)
  describe("inside", function()
    t.before_each(function() count = count + 10 end)
    it("runs with those around it, outermost first", function() expect(count):is(12) end)
  end)
end)

describe("the sandbox", function()
  it("has no way to the machine", function()
    -- Plain luajit gives nil for a global that is not there; the product's sandbox raises an error.
    for _, reach in ipairs({ function() return io end, function() return os end, function() return next end }) do
      local there, value = pcall(reach)
      expect(there and value or nil):is_nil()
    end
  end)
  it("walks keys in order", function()
    local keys = {}
    for key in pairs({ c = 1, a = 1, b = 1 }) do keys[#keys + 1] = key end
    expect(keys):equals({ "a", "b", "c" })
  end)
end)
