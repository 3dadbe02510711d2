#include "engine/model/extended_json.hpp"

#include <cmath>
#include <cstdlib>
#include <ctime>

namespace forge {
namespace {

constexpr double kWhole = 9007199254740992.0;        // 2^53: doubles below it hold every whole number
constexpr std::int64_t kLastYear = 253402300799999;  // of the relaxed form of dates, in milliseconds

// A date of the years 1970 to 9999, by its milliseconds; others stay as numbers.
Json date(std::int64_t milliseconds) {
  if (milliseconds < 0 || milliseconds > kLastYear) return {{"$date", {{"$numberLong", std::to_string(milliseconds)}}}};
  const std::time_t seconds = milliseconds / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::string out = text;
  if (const auto rest = milliseconds % 1000; rest != 0) out += fmt::format(".{:03}", rest);
  return {{"$date", out + "Z"}};
}

Json number(double value) {
  if (std::floor(value) == value && std::fabs(value) < kWhole) return static_cast<std::int64_t>(value);
  return value;
}

// What an object of one member that begins with "$" stands for; null where it is an ordinary one.
std::optional<Json> scalar(const std::string& word, const Json& value) {
  if (word == "$date" && value.is_object() && value.size() == 1 && value.contains("$numberLong") &&
      value["$numberLong"].is_string()) {
    return date(std::strtoll(value["$numberLong"].get<std::string>().c_str(), nullptr, 10));
  }
  if (!value.is_string()) return std::nullopt;
  const auto text = value.get<std::string>();
  if (word == "$numberInt" || word == "$numberLong") return std::strtoll(text.c_str(), nullptr, 10);
  if (word != "$numberDouble") return std::nullopt;
  const double given = std::strtod(text.c_str(), nullptr);
  return std::isfinite(given) ? std::optional(number(given)) : std::nullopt;
}

}  // namespace

Json relaxed(const Json& value) {
  if (value.is_number_float()) return number(value.get<double>());
  if (value.is_array()) {
    Json out = Json::array();
    for (const auto& one : value) out.push_back(relaxed(one));
    return out;
  }
  if (!value.is_object()) return value;
  if (value.size() == 1) {
    if (auto made = scalar(value.begin().key(), value.front())) return std::move(*made);
  }
  Json out = Json::object();
  for (const auto& [key, one] : value.items()) out[key] = relaxed(one);
  return out;
}

std::string relaxed_text(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? text : relaxed(value).dump();
}

}  // namespace forge
