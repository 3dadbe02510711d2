// How long a very large spec takes. Hidden: run with `unit_tests "[.bench]"`.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "tests/unit/lua/spec_support.hpp"

using namespace forge;
using namespace forge::test;

namespace {

// A spec in which every table is written out: `count` tables of 20 columns.
std::string large_spec(int count) {
  std::string out = "migration \"large\" {\n  before = schema {\n";
  for (int i = 1; i <= count; ++i) {
    out +=
        "    table \"table_" + std::to_string(i) + "\" {\n      column \"id\" :bigint() :identity() :primary_key(),\n";
    for (int c = 2; c <= 20; ++c) {
      static const char* const kShapes[] = {":varchar(80) :not_null()", ":integer() :not_null() :default(0)", ":text()",
                                            ":numeric(12, 2)", ":timestamptz() :default(sql \"CURRENT_TIMESTAMP\")"};
      out += "      column \"column_" + std::to_string(c) + "\" " + kShapes[c % 5] + ",\n";
    }
    out += "      index \"table_" + std::to_string(i) + "_idx\" { \"column_2\", \"column_3\" },\n    },\n";
  }
  return out + "  },\n  changes = { add_column \"table_1\" { column \"extra\" :text() } },\n}\n";
}

}  // namespace

TEST_CASE("a spec of 10,000 tables of 20 columns is read in a moment", "[.bench]") {
  for (const int count : {100, 1000, 10000}) {
    const auto text = large_spec(count);
    const Scratch folder;
    folder.write("large.migration.lua", text);
    EvaluateOptions options;
    options.engine = "postgres";
    const auto cpu = std::clock();
    const auto start = std::chrono::steady_clock::now();
    const auto spec = evaluate_spec(folder.file("large.migration.lua"), options);
    const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (!spec) FAIL(render(spec.error()));
    const auto busy = 1000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("%6d tables: %.0f ms, %.0f ms of processor time (%.1f MB of text)\n", count, took, busy,
                static_cast<double>(text.size()) / 1e6);
    CHECK(spec->after.tables.size() == static_cast<std::size_t>(count));
  }
}
