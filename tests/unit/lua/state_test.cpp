// The machine that user code runs in: what it may use, and that it ends in time whatever it does.
#include "engine/lua/state.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

using forge::ErrorCode;
using forge::Layer;
using forge::LuaState;
using forge::Result;

namespace {

constexpr int kTimeLimit = 300;  // milliseconds; attacks below would run for hours

std::unique_ptr<LuaState> make(forge::Limits limits = {std::size_t{64} << 20, kTimeLimit, 0}) {
  auto state = LuaState::create(limits);
  REQUIRE(state.has_value());
  return std::move(*state);
}

Result<std::string> run(LuaState& state, const std::string& text) {
  std::string out;
  auto done = state.protect([&](lua_State* L) -> Result<void> {
    FORGE_TRY(state.load(text, "attack.lua", Layer::project));
    lua_call(L, 0, 1);
    if (const char* result = lua_tostring(L, -1)) out = result;
    return {};
  });
  if (!done) return forge::fail(std::move(done).error());
  return out;
}

Result<std::string> run(const std::string& text) { return run(*make(), text); }

forge::Error error_of(const std::string& text) {
  auto result = run(text);
  INFO(text);
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

}  // namespace

TEST_CASE("code that never ends is stopped with a clear error", "[lua][sandbox]") {
  const char* attacks[] = {
      "while true do end",
      "for i = 1, math.huge do local x = i end",
      "while true do pcall(function() while true do end end) end",
      "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
      "local function f() return f() end f()",
      "string.find(('a'):rep(30000), ('a*'):rep(40) .. 'b')",
      "string.gsub(('a'):rep(30000), ('.-'):rep(40) .. 'b', '')",
      "for w in string.gmatch(('x'):rep(30000), ('x*'):rep(40) .. 'y') do end",
      "('a'):rep(30000):match(('(a-)'):rep(20) .. 'b')",
      "xpcall(function() while true do end end, function() while true do end end)",
      "table.sort(setmetatable({}, {}), function() while true do end end) while true do end",
  };
  for (const auto* attack : attacks) {
    const auto start = std::chrono::steady_clock::now();
    const auto error = error_of(attack);
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(error.code == ErrorCode::limit);
    CHECK(error.message == "the Lua code did not finish within 300 ms");
    CHECK(took < std::chrono::seconds(3));
  }
}

TEST_CASE("the place where endless code was stopped is shown", "[lua][sandbox]") {
  const auto error = error_of("local x = 1\nwhile true do\n  x = x + 1\nend");
  REQUIRE(error.place.has_value());
  CHECK(error.place->file == "attack.lua");
  CHECK(error.place->line >= 2);
  CHECK(error.place->line <= 3);
}

TEST_CASE("code that eats memory is stopped", "[lua][sandbox]") {
  const char* attacks[] = {
      "local t = {} while true do t[#t + 1] = {} end",
      "local s = 'x' while true do s = s .. s end",
      "local t = {} for i = 1, 1e9 do t[i] = ('y'):rep(1000) .. i end",
      "local t = {} for i = 1, 1e12 do t[i] = i end",
  };
  // Time enough for memory to run out first, on a busy machine too.
  constexpr forge::Limits kPatient{std::size_t{64} << 20, 100 * kTimeLimit, 0};
  for (const auto* attack : attacks) {
    INFO(attack);
    const auto result = run(*make(kPatient), attack);
    REQUIRE_FALSE(result.has_value());
    const auto& error = result.error();
    CHECK(error.code == ErrorCode::limit);
    CHECK(error.message == "the Lua code needs more than 64 MB of memory");
    REQUIRE(error.place.has_value());
    CHECK(error.place->line == 1);
  }
}

TEST_CASE("strings of absurd size are refused before they are made", "[lua][sandbox]") {
  CHECK(error_of("return ('x'):rep(1e9)").message == "string.rep would make a string of more than 64 MB");
  CHECK(error_of("return ('x'):rep(1e8, 'y')").message == "string.rep would make a string of more than 64 MB");
  auto state = make({std::size_t{512} << 20, 5000, 0});
  const auto gsub = run(*state, "return (('x'):rep(100000):gsub('x', ('y'):rep(1000)))");
  REQUIRE_FALSE(gsub.has_value());
  CHECK(gsub.error().message == "string.gsub would make a string of more than 64 MB");
}

TEST_CASE("what could reach the machine is not there", "[lua][sandbox]") {
  for (const auto* name :
       {"io", "os", "debug", "package", "ffi", "jit", "dofile", "loadfile", "load", "loadstring", "setfenv", "getfenv",
        "newproxy", "collectgarbage", "next", "gcinfo", "module", "_G", "rawset"}) {
    CHECK(error_of("return " + std::string(name)).message == "unknown word '" + std::string(name) + "'");
  }
  CHECK(run("return type(string.dump)").value() == "nil");
  CHECK(run("return type(('').dump)").value() == "nil");
  CHECK(run("return type(math.randomseed)").value() == "nil");
  CHECK(run("return tostring(getmetatable(''))").value() == "false");
  CHECK_FALSE(run("setmetatable('', {})").has_value());
}

TEST_CASE("a collector's finaliser is never called", "[lua][sandbox]") {
  CHECK(run("local t = setmetatable({}, { __gc = function() while true do end end }) t = nil "
            "for i = 1, 1e5 do local x = {} end return 'ended'")
            .value() == "ended");
}

TEST_CASE("bytecode is refused", "[lua][sandbox]") {
  const auto error = error_of("\x1bLJ\x02\x02");
  CHECK(error.message == "'attack.lua' is bytecode, and only Lua text is run");
}

TEST_CASE("the libraries cannot be changed by one module for another", "[lua][sandbox]") {
  CHECK(error_of("string.find = nil").message == "the library's function 'find' cannot be replaced");
  CHECK(error_of("table.insert = print").message == "the library's function 'insert' cannot be replaced");
  CHECK(error_of("answer = 42").message == "'answer' would be a global: write 'local answer = …'");
}

TEST_CASE("pairs goes in order, and addresses never show", "[lua][sandbox]") {
  CHECK(run("local out = {} for k in pairs { b = 1, a = 1, 10, 20, [true] = 1, c = 1 } do "
            "out[#out + 1] = tostring(k) end return table.concat(out, ' ')")
            .value() == "1 2 a b c true");
  CHECK(run("return tostring({}) .. string.format('%s', print) .. tostring(print)").value() == "tablefunctionfunction");
  CHECK(error_of("return string.format('%p', {})").message == "string.format cannot show addresses (%p)");
  // Of one entry, and of none, there is nothing to put in order.
  CHECK(run("local out = '' for k, v in pairs { x = false } do out = out .. k .. tostring(v) end "
            "for _ in pairs {} do out = out .. '!' end return out")
            .value() == "xfalse");
  CHECK(run("local t, count = { a = 1 }, 0 for k in pairs(t) do t[k], t.b, t.c, count = nil, 2, 3, count + 1 end "
            "return tostring(count)")
            .value() == "1");
  CHECK(error_of("for k in pairs { [{}] = 1 } do end").message == "pairs cannot put keys of type table in order");
}

TEST_CASE("errors of Lua's own get the place in the user's text", "[lua]") {
  const auto error = error_of("local t = {}\n\nreturn t.a.b");
  CHECK(error.message == "attempt to index field 'a' (a nil value)");
  REQUIRE(error.place.has_value());
  CHECK(error.place->file == "attack.lua");
  CHECK(error.place->line == 3);
  CHECK(error.place->source_line == "return t.a.b");
  const auto syntax = error_of("local x =\nreturn");
  CHECK(syntax.message == "unexpected symbol near 'return'");
  REQUIRE(syntax.place.has_value());
  CHECK(syntax.place->line == 2);
}

TEST_CASE("a long chunk name is not cut", "[lua]") {
  auto state = make();
  const std::string path = std::string(90, 'd') + "/spec.lua";
  auto done = state->protect([&](lua_State* L) -> Result<void> {
    FORGE_TRY(state->load("error('no')", path, Layer::project));
    lua_call(L, 0, 0);
    return {};
  });
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().message == "no");
  REQUIRE(done.error().place.has_value());
  CHECK(done.error().place->file == path);
}

TEST_CASE("a C++ exception inside a protected body becomes an error", "[lua]") {
  auto state = make();
  const auto done = state->protect([](lua_State*) -> Result<void> { throw std::runtime_error("out of paper"); });
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().message == "out of paper");
}

TEST_CASE("the patterns are Lua's own", "[lua][pattern]") {
  const std::pair<const char*, const char*> cases[] = {
      {"return ('hello world'):find('o w')", "5"},
      {"return select(2, ('hello world'):find('l+'))", "4"},
      {"return ('  trim me  '):match('^%s*(.-)%s*$')", "trim me"},
      {"return ('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key"},
      {"return (('a,b,,c'):gsub(',', ';', 2))", "a;b;,c"},
      {"return select(2, ('a,b,,c'):gsub(',', ';'))", "3"},
      {"return (('abc'):gsub('', '-'))", "-a-b-c-"},
      {"return (('hello'):gsub('l', { l = 'L' }))", "heLLo"},
      {"return (('hello'):gsub('(h)(e)', '%2%1'))", "ehllo"},
      {"return (('hello'):gsub('l+', '<%0>'))", "he<ll>o"},
      {"return (('$x $y'):gsub('%$(%w)', function(n) return n == 'x' and 'X' or nil end))", "X $y"},
      {"return ('f(a(b)c)d'):match('%b()')", "(a(b)c)"},
      {"return ('THE (quick) fox'):find('%f[%a]%a+%f[%A]')", "1"},
      {"return ('x=[[y]]'):match('%[%[(.-)%]%]')", "y"},
      {"return ('aa bb aa'):match('(%a+) %a+ %1')", "aa"},
      {"return ('abc'):match('()c')", "3"},
      {"return ('a-b'):match('[a%-]+')", "a-"},
      {"return ('a]b'):match('[]]')", "]"},
      {"return ('a^b'):match('[%^b]+')", "^b"},
      {"return ('0x1F'):match('^0[xX](%x+)$')", "1F"},
      {"return tostring(('abc'):match('^b'))", "nil"},
      {"return ('abc'):sub(-2):find('c', 1, true)", "2"},
      {"return ('a.b'):find('.', 2, true)", "2"},
      {"return tostring(('abc'):find('b', 10))", "nil"},
      {"return ('abab'):gsub('ab', 'x', 1)", "xab"},
      // What a match begins with is looked for at once, where it is one character and no other.
      {"return (('bab'):gsub('a*b', 'x'))", "xx"},
      {"return (('a.b.a'):gsub('a%.', 'x'))", "xb.a"},
      {"return (('^a^a'):gsub('^^a', 'x'))", "x^a"},
      {"return (('none'):gsub('x', 'y')) .. select(2, ('none'):gsub('x', 'y'))", "none0"},
      {"return tostring(('xab'):find('ab?$'))", "2"},
      {"return (function() local s = '' for v in ('k=1;k=2'):gmatch('k=(%w)') do s = s .. v end return s end)()", "12"},
      {"local n = 0 for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do n = n + v end return n", "3"},
      {"local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n", "4"},
      {"return ('aXb'):match('%u')", "X"},
      {"return ('colour color'):match('colou?r$')", "color"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    const auto result = run(text);
    REQUIRE(result.has_value());
    CHECK(*result == expected);
  }
  CHECK(error_of("return ('x'):find('[a')").message == "the pattern lacks a ']'");
  CHECK(error_of("return ('x'):find('%')").message == "the pattern ends with '%'");
  CHECK(error_of("return ('x'):find('(x')").message == "a capture of the pattern is not closed");
  CHECK(error_of("return ('x'):match('x)')").message == "the pattern closes a capture that it never opened");
  CHECK(error_of("return ('x'):find(('x'):rep(2000) .. '*')").message == "the pattern is longer than 1000 bytes");
}
