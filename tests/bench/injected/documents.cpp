#include "tests/bench/injected/documents.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <stdexcept>

namespace gouji::injected {
namespace {

using simdjson::dom::element;

std::string values_text(const Values& values) {
  std::string text;
  for (const auto& [cell, value] : values) text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", cell, value);
  return "{" + text + "}";
}

std::string cells_text(const Document& document) {
  std::string text;
  for (const auto& [cell, value] : document.cells)
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", cell, value ? std::to_string(*value) : "null");
  return "{" + text + "}";
}

Values values_from(element object) {
  Values values;
  for (const auto field : simdjson::dom::object(object)) values[std::string(field.key)] = std::int64_t(field.value);
  return values;
}

std::string text_from(element object, std::string_view name) { return std::string(std::string_view(object[name])); }

Document document_from(element line) {
  Document document{text_from(line, "id"), static_cast<int>(std::int64_t(line["edition"])), {}};
  for (const auto field : simdjson::dom::object(line["cells"]))
    document.cells[std::string(field.key)] =
        field.value.is_null() ? std::nullopt : std::optional(std::int64_t(field.value));
  return document;
}

Expected one_expected_from(element line) {
  Expected expected{text_from(line, "id"), text_from(line, "mechanism"), text_from(line, "grid"),
                    values_from(line["repair"]), {}, {}};
  if (!element(line["minimal"]).is_null()) expected.is_minimal = bool(line["minimal"]);
  if (!element(line["optima"]).is_null()) expected.optima = std::int64_t(line["optima"]);
  return expected;
}

Answer answer_from(element line) {
  Answer answer{text_from(line, "id"), {}};
  for (const element each : simdjson::dom::array(line["causes"])) {
    AnsweredCause& cause = answer.causes.emplace_back(AnsweredCause{bool(each["unique"]), bool(each["exhaustive"]), {}});
    for (const element explanation : simdjson::dom::array(each["explanations"]))
      cause.explanations.push_back(values_from(explanation));
  }
  return answer;
}

template <typename Read>
auto each_line(std::string_view lines, Read read) {
  std::vector<decltype(read(std::declval<element>()))> all;
  simdjson::dom::parser parser;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const simdjson::padded_string line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.size() == 0) continue;
    try {
      all.push_back(read(element(parser.parse(line))));
    } catch (const simdjson::simdjson_error& error) {
      throw std::runtime_error(fmt::format("line {}: {}", number, error.what()));
    }
  }
  return all;
}

}  // namespace

std::string line_of(const Document& document) {
  return fmt::format("{{\"id\":\"{}\",\"edition\":{},\"cells\":{}}}\n", document.id, document.edition, cells_text(document));
}

std::string line_of(const Expected& expected) {
  return fmt::format("{{\"id\":\"{}\",\"mechanism\":\"{}\",\"grid\":\"{}\",\"repair\":{},\"minimal\":{},\"optima\":{}}}\n",
                     expected.id, expected.mechanism, expected.grid, values_text(expected.repair),
                     !expected.is_minimal ? "null" : *expected.is_minimal ? "true" : "false",
                     expected.optima ? std::to_string(*expected.optima) : "null");
}

std::string line_of(const Answer& answer) {
  std::string causes;
  for (const AnsweredCause& cause : answer.causes) {
    std::string explanations;
    for (const Values& values : cause.explanations) explanations += (explanations.empty() ? "" : ",") + values_text(values);
    causes += fmt::format("{}{{\"unique\":{},\"exhaustive\":{},\"explanations\":[{}]}}", causes.empty() ? "" : ",",
                          cause.unique, cause.exhaustive, explanations);
  }
  return fmt::format("{{\"id\":\"{}\",\"causes\":[{}]}}\n", answer.id, causes);
}

std::vector<Document> documents_from(std::string_view lines) { return each_line(lines, document_from); }
std::vector<Expected> expected_from(std::string_view lines) { return each_line(lines, one_expected_from); }
std::vector<Answer> answers_from(std::string_view lines) { return each_line(lines, answer_from); }

}  // namespace gouji::injected
