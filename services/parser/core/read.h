// The parser's one entry: bytes and hints in, a Reading or a Refusal out. Pure: runs the same in the
// sandboxed worker of the service and inside `gouji check`'s worker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/report/aid.h"
#include "common/report/organs.h"
#include "common/report/reading.h"

namespace gouji::parser {

struct Attachment {
  std::string name;
  std::string url;
  std::string media_type;  // declared
  std::string_view bytes;  // owned by the caller, alive during the call
};

struct Input {
  std::string_view bytes;  // of the document; owned by the caller, alive during the call
  std::vector<Attachment> attachments;
  std::string media_type;  // declared; a hint
  std::string url;         // or file name; a hint
  std::string location_id;  // for the key of a report without organ or year
  std::vector<Hint> hints;
  std::vector<Aid> aids = {};  // what outside programs made of a part; none at first
};

// Input larger than this is refused as TOO_LARGE before anything reads it.
inline constexpr std::size_t kInputBytesMax = 32 * 1024 * 1024;

// Never throws, never fails otherwise: what cannot be read is a Refusal with a reason. A Need says
// which program has to look at a part first; asked again with an Aid for it, whether it holds an output
// or a failure, the same Need does not come again. Each part needs each program once at most.
ReadAnswer read_or_need(const Input& input, const OrganDirectory& organs);
inline constexpr int kNeedsMax = 64;

// What became of a program that could not do it: "OCR_NOT_INSTALLED", "OCR_TIMEOUT", ...
Aid failed(const Need& need, std::string code, std::string why);
Aid not_installed(const Need& need);
// Of a document that asks for more than kNeedsMax programs: a mistake of ours.
Reason programs_exhausted();

// The same for those who run no programs: each that is needed is not installed.
ReadOutcome read(const Input& input, const OrganDirectory& organs);

// Build version, forms digest and organs digest: names this reader in every event.
std::string extractor_version(std::string_view build_version, const OrganDirectory& organs);

}  // namespace gouji::parser
