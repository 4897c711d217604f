// The prose around the tables, made by a small grammar of invented organs: title, fields of the
// portal, headings in several wordings, sentences with figures, captions of charts.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace gouji::testing {

// Names of organs that do not exist, of every kind that publishes reports.
std::string made_up_organ(std::mt19937& random);

enum class PartKind : std::uint8_t { kTitle, kHeading, kParagraph, kLine, kTable };

struct Part {
  PartKind kind = PartKind::kParagraph;
  std::string text;
  std::size_t table = 0;  // 0..2, of kTable
};

struct FrameOptions {
  bool has_title = true;
  bool has_captions = false;      // 图1 …, 表1 …, （单位：件）
  bool has_organ_in_prose = true;  // the subject of a sentence, or of the sentence about the report
  bool has_period = true;
};

FrameOptions random_frame(std::mt19937& random);

// The parts in reading order. Title or prose name the organ, title or period the year.
std::vector<Part> report_parts(const std::string& organ, int year, const FrameOptions& options, std::mt19937& random);

}  // namespace gouji::testing
