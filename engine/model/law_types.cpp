#include "engine/model/law_types.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace forge {
namespace {

enum class Family { other, number, text, boolean, uuid, moment, time, bytes };

struct Row {
  std::string_view name;
  Family family;
};

constexpr std::array kFamilies = {
    Row{"tinyint", Family::number},  Row{"smallint", Family::number},  Row{"mediumint", Family::number},
    Row{"integer", Family::number},  Row{"bigint", Family::number},    Row{"smallserial", Family::number},
    Row{"serial", Family::number},   Row{"bigserial", Family::number}, Row{"numeric", Family::number},
    Row{"decimal", Family::number},  Row{"real", Family::number},      Row{"double", Family::number},
    Row{"float", Family::number},    Row{"char", Family::text},        Row{"varchar", Family::text},
    Row{"text", Family::text},       Row{"boolean", Family::boolean},  Row{"uuid", Family::uuid},
    Row{"date", Family::moment},     Row{"timestamp", Family::moment}, Row{"timestamptz", Family::moment},
    Row{"datetime", Family::moment}, Row{"time", Family::time},        Row{"binary", Family::bytes},
    Row{"varbinary", Family::bytes}, Row{"blob", Family::bytes},
};

Family family_of(const Type& type) {
  if (type.more->array) return Family::other;
  const auto found = std::ranges::find(kFamilies, std::string_view(type.name), &Row::name);
  return found == kFamilies.end() ? Family::other : found->family;
}

bool differ(const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; }

// Whole numbers of one name are a law of their own, which says more.
bool whole(const Type& type) { return type.name.ends_with("int") || type.name == "integer" || type.name == "boolean"; }

bool same_kind(const Column& own, const Column& other, Family family) {
  if (family == Family::text) {
    return !differ(own.more->collation, other.more->collation) && !differ(own.more->charset, other.more->charset);
  }
  if (family == Family::bytes) return true;
  return own.type.name == other.type.name || (whole(own.type) && whole(other.type));
}

}  // namespace

bool may_refer(const Column& own, const Column& other, bool strict) {
  const Family a = family_of(own.type), b = family_of(other.type);
  if (a == Family::other || b == Family::other) return true;
  const bool flags = strict && whole(own.type) && whole(other.type);  // BOOLEAN is a small number there
  if (a != b) return flags;
  return !strict || same_kind(own, other, a);
}

}  // namespace forge
