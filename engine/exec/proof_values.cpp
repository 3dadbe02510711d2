#include "engine/exec/proof_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

using Kind = ValueRange::Kind;

constexpr std::int64_t kMany = 1'000'000'000'000;
constexpr std::int64_t kDays = 18000, kYears = 100, kDaySeconds = 86400;

std::int64_t power_of_ten(std::int64_t digits) {
  std::int64_t out = 1;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(digits, 12); ++i) out *= 10;
  return out;
}

const std::map<std::string, std::int64_t>& integers() {
  static const std::map<std::string, std::int64_t> kMost{
      {"tinyint", 127},       {"smallint", 32767}, {"mediumint", 8388607}, {"integer", 2147483647},
      {"serial", 2147483647}, {"bigint", kMany},   {"bigserial", kMany},   {"money", 1000000},
      {"real", 1000000},      {"float", 1000000},  {"double", kMany},      {"interval", 1000000}};
  return kMost;
}

// Whether a native type of PostgreSQL is one of ranges, each of a value and the next one.
bool is_range(const std::string& word) {
  return word.size() > 5 && word.ends_with("range") && !word.ends_with("multirange");
}

Kind kind_of_word(const std::string& word) {
  static const std::map<std::string, Kind> kKinds{
      {"boolean", Kind::boolean},     {"numeric", Kind::decimal},  {"decimal", Kind::decimal},
      {"uuid", Kind::uuid},           {"date", Kind::date},        {"timestamp", Kind::instant},
      {"timestamptz", Kind::instant}, {"datetime", Kind::instant}, {"time", Kind::time},
      {"timetz", Kind::time},         {"json", Kind::json},        {"jsonb", Kind::json},
      {"binary", Kind::bytes},        {"varbinary", Kind::bytes},  {"blob", Kind::bytes},
      {"bytea", Kind::bytes},         {"tinyblob", Kind::bytes},   {"mediumblob", Kind::bytes},
      {"longblob", Kind::bytes},      {"bit", Kind::bits},         {"varbit", Kind::bits},
      {"inet", Kind::address},        {"cidr", Kind::address},     {"macaddr", Kind::other},
      {"year", Kind::other},          {"point", Kind::other},      {"geometry", Kind::other},
      {"tsvector", Kind::other},      {"hstore", Kind::other},     {"xml", Kind::other}};
  if (integers().contains(word)) return Kind::integer;
  if (is_range(word)) return Kind::other;
  const auto found = kKinds.find(word);
  return found == kKinds.end() ? Kind::text : found->second;
}

std::string date_text(std::int64_t days) {
  // Months of 28 days: every one of them is a day of the calendar.
  return fmt::format("{:04}-{:02}-{:02}", 1980 + days / 336, 1 + days / 28 % 12, 1 + days % 28);
}

std::string clock_text(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

std::string other_text(const std::string& word, std::int64_t n) {
  if (word.starts_with("int") && is_range(word)) return fmt::format("[{},{})", n, n + 1);
  if (word == "numrange") return fmt::format("[{},{})", n, n + 1);
  if (is_range(word)) return fmt::format("[{},{})", date_text(n % kDays), date_text(n % kDays + 1));
  if (word == "macaddr") return fmt::format("02:00:00:{:02x}:{:02x}:{:02x}", n >> 16 & 255, n >> 8 & 255, n & 255);
  if (word == "year") return std::to_string(1980 + n % kYears);
  if (word == "point" || word == "geometry") return fmt::format("{} {}", n, n % 90);
  if (word == "tsvector") return fmt::format("w{}", n);
  if (word == "hstore") return fmt::format("\"n\"=>\"{}\"", n);
  return fmt::format("<n>{}</n>", n);
}

// A fraction of at most two digits, so that sums can be told apart.
std::string decimal_text(const ValueRange& range, std::int64_t n) {
  const std::int64_t digits = std::min<std::int64_t>(range.scale, 2);
  if (range.most == 0) return fmt::format("0.{:0{}}", n % power_of_ten(range.scale), range.scale);
  const std::int64_t whole = (n - 1) % range.most + 1;
  if (digits == 0) return std::to_string(whole);
  return fmt::format("{}.{:0{}}", whole, n * 37 % power_of_ten(digits), digits);
}

std::string bytes_text(const ValueRange& range, std::int64_t n) {
  const auto width = range.most > 0 ? std::min<std::int64_t>(range.most, 32) : 8;
  std::string hex = fmt::format("{:0{}x}", n, 2 * width);
  return hex.substr(hex.size() - static_cast<std::size_t>(2 * width));
}

std::string bits_text(const ValueRange& range, std::int64_t n) {
  std::string out;
  for (std::int64_t i = std::max<std::int64_t>(range.most, 1); i-- > 0;) out += i < 62 && (n >> i & 1) != 0 ? '1' : '0';
  return out;
}

std::string plain_text(const ValueRange& range, std::int64_t n) {
  switch (range.kind) {
    case Kind::boolean:
      return n % 2 == 0 ? "0" : "1";
    case Kind::decimal:
      return decimal_text(range, n);
    case Kind::choice:
      return range.values[static_cast<std::size_t>(n - 1) % range.values.size()];
    case Kind::uuid:
      return fmt::format("00000000-0000-4000-8000-{:012x}", n);
    case Kind::date:
      return date_text(n % kDays);
    case Kind::instant:
      return date_text(7000 + n / kDaySeconds % 5000) + " " + clock_text(n % kDaySeconds);
    case Kind::time:
      return clock_text(n % kDaySeconds);
    case Kind::json:
      return fmt::format("{{\"n\": {}}}", n);
    case Kind::bytes:
      return bytes_text(range, n);
    case Kind::bits:
      return bits_text(range, n);
    case Kind::address:
      return fmt::format("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
    case Kind::other:
      return other_text(range.word, n);
    default:
      return std::to_string(n);
  }
}

// The word of a type that has none of the portable ones: a domain is what its statement says behind AS.
std::string base_word(const std::string& native, const Schema& schema) {
  std::string text = native;
  const auto domain = schema.definitions.find(QName{"", "domain " + native});
  if (domain != schema.definitions.end()) {
    const auto& create = domain->second.create;
    const auto at = create.find(" AS ");
    if (at != std::string::npos) text = create.substr(at + 4);
  }
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) break;
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word;
}

bool is_number(Kind kind) { return kind == Kind::integer || kind == Kind::decimal; }

}  // namespace

ValueRange range_of(const Type& type, const Schema& schema) {
  ValueRange out;
  out.word = type.name == "native" || type.name == "user" ? base_word(type.more->ref, schema) : type.name;
  out.array = type.more->array > 0;
  out.kind = kind_of_word(out.word);
  const std::int64_t first = type.args.empty() ? 0 : type.args.front();
  if (type.name == "enum" || type.name == "set") {
    out.values = type.more->values;
    const auto found = schema.enums.find(parse_qname(type.more->ref));
    if (out.values.empty() && found != schema.enums.end()) out.values = found->second.values;
    out.kind = out.values.empty() ? Kind::text : Kind::choice;
  } else if (out.kind == Kind::integer) {
    out.most = integers().at(out.word);
  } else if (out.kind == Kind::decimal) {
    out.scale = type.args.size() > 1 ? type.args[1] : 0;
    out.most = first > 0 ? power_of_ten(first - out.scale) - 1 : kMany;
  } else {
    const bool single = type.name == "char" || type.name == "binary" || type.name == "bit";
    out.most = first == 0 && single ? 1 : first;
  }
  return out;
}

ValueRange range_within(ValueRange first, const ValueRange& second) {
  if (first.kind == second.kind) {
    if (first.kind == Kind::choice) {
      std::erase_if(first.values, [&](const std::string& value) {
        return std::ranges::find(second.values, value) == second.values.end();
      });
    }
    first.most =
        first.most > 0 && second.most > 0 ? std::min(first.most, second.most) : std::max(first.most, second.most);
    first.scale = std::min(first.scale, second.scale);
  } else if (first.kind == Kind::text) {
    ValueRange out = second;
    out.as_text = true;
    out.array = first.array;
    if (first.most > 0 && is_number(out.kind)) out.most = std::min(out.most, power_of_ten(first.most) - 1);
    return out;
  } else if (is_number(first.kind) && second.kind == Kind::text && second.most > 0) {
    first.most = std::min(first.most, power_of_ten(second.most - (first.scale > 0 ? first.scale + 1 : 0)) - 1);
  } else if (is_number(first.kind) && is_number(second.kind)) {
    first.most = std::min(first.most, second.most);
    first.scale = std::min(first.scale, second.scale);
  } else if (is_number(first.kind) && second.kind == Kind::boolean) {
    first.kind = Kind::boolean;
  }
  return first;
}

std::int64_t size_of(const ValueRange& range) {
  switch (range.kind) {
    case Kind::integer:
      return range.most;
    case Kind::decimal:
      return range.most > 0 ? range.most : power_of_ten(range.scale) - 1;
    case Kind::boolean:
      return 2;
    case Kind::text:
      return range.most > 0 ? power_of_ten(range.most) - 1 : kMany;
    case Kind::choice:
      return std::max<std::int64_t>(1, static_cast<std::int64_t>(range.values.size()));
    case Kind::date:
      return kDays;
    case Kind::time:
      return kDaySeconds;
    case Kind::bits:
    case Kind::bytes: {
      const auto bits = range.kind == Kind::bits ? std::max<std::int64_t>(range.most, 1) : range.most * 8;
      return bits > 0 && bits < 40 ? (std::int64_t{1} << bits) - 1 : kMany;
    }
    case Kind::other:
      return range.word == "year" ? kYears : 1 << 24;
    case Kind::address:
      return 1 << 24;
    default:
      return 100'000'000;
  }
}

std::string value_of(const ValueRange& range, std::int64_t number) {
  const bool empty = range.kind == Kind::choice && range.values.empty();
  const auto size = std::max<std::int64_t>(size_of(range), 1);
  const auto text = empty ? std::string() : plain_text(range, (number - 1) % size + 1);
  return range.array ? "{" + text + "}" : text;
}

std::string literal_of(const ValueRange& range, const std::string& value, const Client& client) {
  if (range.as_text || range.array) return sql_literal(client, value);
  if (range.kind == Kind::boolean && client.postgres())
    return value == "0" ? "false" : value == "1" ? "true" : sql_literal(client, value);
  if (range.kind == Kind::bytes) return client.postgres() ? "'\\x" + value + "'" : "X'" + value + "'";
  if (range.kind == Kind::bits) return (client.postgres() ? "B'" : client.mysql() ? "b'" : "'") + value + "'";
  if (range.word == "point" && client.postgres()) return "point(" + value.substr(0, value.find(' ')) + ", 0)";
  if (client.mysql() && (range.word == "point" || range.word == "geometry"))
    return "ST_GeomFromText('POINT(" + value + ")')";
  const bool digits = !value.empty() && value.find_first_not_of("0123456789.") == std::string::npos;
  if (digits && (is_number(range.kind) || range.kind == Kind::boolean)) return value;
  return sql_literal(client, value);
}

std::vector<std::string> literals_in(const std::string& expression, bool numbers) {
  std::vector<std::string> out;
  for (const auto& token : sql_tokens(expression)) {
    const std::string text(token.text);
    if (token.kind == TokenKind::string && text.size() >= 2) out.push_back(text.substr(1, text.size() - 2));
    const bool digits = !text.empty() && text.size() < 12 && text.find_first_not_of("0123456789") == std::string::npos;
    if (!numbers || !digits) continue;
    const auto number = std::stoll(text);
    for (const auto near : {number, number + 1, number - 1}) out.push_back(std::to_string(near));
  }
  return out;
}

}  // namespace forge
