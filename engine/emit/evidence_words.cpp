#include "engine/emit/evidence_words.hpp"

#include <fmt/format.h>

#include "engine/emit/markdown.hpp"

namespace forge {

std::string rows_word(const Evidence& evidence) { return evidence.engine == "mongodb" ? "documents" : "rows"; }

std::string data_words(const Evidence& evidence) {
  const std::string place = evidence.engine == "mongodb" ? "collection" : "table";
  return fmt::format("{} {} {} in {} {}{}", number_text(static_cast<double>(evidence.rows)), evidence.data,
                     rows_word(evidence), evidence.tables, place, evidence.tables == 1 ? "" : "s");
}

}  // namespace forge
