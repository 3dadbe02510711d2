#ifdef FORGELUA_MONGODB

#include "engine/db/mongodb_bson.hpp"

#include <array>
#include <limits>

namespace forge {
namespace {

constexpr std::array<std::string_view, 12> kValues = {
    "$oid",       "$numberInt", "$numberLong", "$numberDouble",      "$numberDecimal", "$date",
    "$timestamp", "$binary",    "$minKey",     "$regularExpression", "$maxKey",        "$symbol"};

// Whether an object stands for one value; $binary with a text is an older form, and $date a text or a number.
bool is_value(const Json& object) {
  return object.size() == 1 && std::ranges::find(kValues, object.begin().key()) != kValues.end();
}

std::string base64(const std::string& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = (group << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kDigits[(group >> (18 - 6 * k)) & 63U] : '=';
  }
  return out;
}

// libbson knows no $uuid.
Json binary_of_uuid(std::string hex) {
  std::erase(hex, '-');
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::strtol(hex.substr(i, 2).c_str(), nullptr, 16));
  return {{"$binary", {{"base64", base64(bytes)}, {"subType", "04"}}}};
}

class Writer {
 public:
  Result<void> members(bson_t* out, const Json& container) {
    std::size_t place = 0;
    for (const auto& [key, value] : container.items()) {
      const std::string name = container.is_array() ? std::to_string(place++) : key;
      if (name.find('\0') != std::string::npos) return fail(ErrorCode::spec, "MongoDB: a name with a zero byte in it");
      FORGE_TRY(member(out, name, value));
    }
    return {};
  }

 private:
  Result<void> member(bson_t* out, const std::string& name, const Json& value) {
    const auto size = static_cast<int>(name.size());
    if (value.is_object() && value.size() == 1 && value.contains("$uuid") && value["$uuid"].is_string())
      return read_value(out, name, binary_of_uuid(value["$uuid"].get<std::string>()));
    if (value.is_object() && is_value(value)) return read_value(out, name, value);
    if (value.is_structured()) return nested(out, name, value);
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      return taken(libmongoc().bson_append_utf8(out, name.data(), size, text.data(), static_cast<int>(text.size())));
    }
    if (value.is_boolean()) return taken(libmongoc().bson_append_bool(out, name.data(), size, value.get<bool>()));
    if (value.is_number_float())
      return taken(libmongoc().bson_append_double(out, name.data(), size, value.get<double>()));
    if (!value.is_number()) return taken(libmongoc().bson_append_null(out, name.data(), size));
    const auto number = value.get<std::int64_t>();
    const bool narrow =
        number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
    return taken(narrow ? libmongoc().bson_append_int32(out, name.data(), size, static_cast<std::int32_t>(number))
                        : libmongoc().bson_append_int64(out, name.data(), size, number));
  }

  Result<void> nested(bson_t* out, const std::string& name, const Json& value) {
    Bson inner;
    FORGE_TRY(members(inner.get(), value));
    const auto size = static_cast<int>(name.size());
    return taken(value.is_array() ? libmongoc().bson_append_array(out, name.data(), size, inner.get())
                                  : libmongoc().bson_append_document(out, name.data(), size, inner.get()));
  }

  static Result<void> read_value(bson_t* out, const std::string& name, const Json& value) {
    const std::string text = Json{{"v", value}}.dump();
    bson_error_t error{};
    bson_t* read = libmongoc().bson_new_from_json(reinterpret_cast<const std::uint8_t*>(text.data()),
                                                  static_cast<ssize_t>(text.size()), &error);
    bson_iter_t at;
    const bool done = read != nullptr && libmongoc().bson_iter_init_find(&at, read, "v") &&
                      libmongoc().bson_append_iter(out, name.data(), static_cast<int>(name.size()), &at);
    libmongoc().bson_destroy(read);
    if (done) return {};
    return fail(ErrorCode::spec,
                fmt::format("MongoDB: {} is no value of extended JSON: {}", value.dump(), error.message));
  }

  static Result<void> taken(bool done) {
    if (done) return {};
    return fail(ErrorCode::spec, "MongoDB: the document is too large");
  }
};

}  // namespace

Result<Bson> bson_of(const Json& object) {
  Bson out;
  FORGE_TRY(Writer().members(out.get(), object));
  return out;
}

}  // namespace forge

#endif
