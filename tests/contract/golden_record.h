// Records kept in files, as a version of the project wrote them: a line `key: …`, a line `name: value` a
// header, an empty line, and the value in hexadecimal, 64 bytes a line. What is not printable ASCII, and
// '%', stands as %xx in the lines above.
#pragma once

#include <string>
#include <vector>

#include "common/core/record.h"

namespace gouji::contract {

struct GoldenRecord {
  std::string name;   // of the file, without its ending
  std::string topic;
  Record record;
};

std::string text_of(const GoldenRecord& golden);
GoldenRecord golden_record_of(const std::string& name, const std::string& text);
// All of a folder, by name.
std::vector<GoldenRecord> golden_records(const std::string& folder);

}  // namespace gouji::contract
