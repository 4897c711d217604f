#include "services/parser/worker.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>

#include "common/core/check.h"
#include "common/events/worker_codec.h"
#include "services/parser/core/read.h"
#include "embedded/organs.h"
#include "gouji/version.h"

namespace gouji::parser {
namespace {

// No program is begun over a document later than this: one with many pictures must not hold up its batch.
constexpr std::chrono::seconds kProgramsBegin{30};

ReadAnswer poison(std::string code, std::string message) {
  return Refusal{RefusalClass::kPoison, {std::move(code), std::move(message)}};
}

ReadAnswer read_request(std::string_view bytes) {
  auto request = events::decode_read_request(bytes);
  if (!request) return poison("BAD_REQUEST", request.error().message);
  Input input;
  input.bytes = request->body;
  for (const events::AttachmentView& attachment : request->attachments)
    input.attachments.push_back({attachment.name, attachment.url, attachment.media_type, attachment.bytes});
  input.media_type = request->media_type;
  input.url = request->url;
  input.location_id = request->location_id;
  input.hints = request->hints;
  input.aids = std::move(request->aids);
  return read_or_need(input, embedded_organs());
}

// A worker that asks for the same again, or for a part that is not there, gets no second run.
Aid aid_for(const Need& need, const events::ReadRequest& request, std::span<const Aid> aids, const ProgramRunner& programs) {
  const bool is_again = std::any_of(aids.begin(), aids.end(), [&](const Aid& aid) {
    return aid.program == need.program && aid.part == need.part;
  });
  if (is_again || static_cast<std::size_t>(need.part) > request.attachments.size())
    return failed(need, "FAILED", "内部错误：重复的请求 / internal: asked for twice");
  if (!programs) return not_installed(need);
  return programs(need, need.part == 0 ? request.body : request.attachments[static_cast<std::size_t>(need.part) - 1].bytes);
}

}  // namespace

const OrganDirectory& embedded_organs() {
  static const OrganDirectory kOrgans = [] {
    auto organs = OrganDirectory::parse(embedded::organs());
    GOUJI_CHECK(organs.has_value());  // a test parses the same bytes
    return std::move(*organs);
  }();
  return kOrgans;
}

std::string this_extractor() { return extractor_version(gouji::version(), embedded_organs()); }

std::string answer_read(std::string_view request) {
  try {
    return events::encode(read_request(request));
  } catch (const std::bad_alloc&) {
    return events::encode(poison("OUT_OF_MEMORY", "读取所需内存超过上限 / reading it takes more memory than a worker may have"));
  } catch (const std::exception& error) {  // a library's
    return events::encode(poison("READER_FAILED", error.what()));
  }
}

DocumentReader reader_over(runtime::WorkerPool& pool, ProgramRunner programs) {
  return [&pool, programs = std::move(programs)](const events::ReadRequest& request) -> Result<ReadOutcome> {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Aid> aids;
    for (int i = 0; i <= kNeedsMax; ++i) {
      const events::RequestFrame frame = events::encode(request, aids);
      GOUJI_ASSIGN(const std::string bytes, pool.call(frame.head, frame.documents));
      GOUJI_ASSIGN(ReadAnswer answer, events::decode_read_answer(bytes));
      if (auto* reading = std::get_if<Reading>(&answer)) return ReadOutcome(std::move(*reading));
      if (auto* refusal = std::get_if<Refusal>(&answer)) return ReadOutcome(std::move(*refusal));
      const bool is_late = std::chrono::steady_clock::now() - start > kProgramsBegin;
      const Need& need = std::get<Need>(answer);
      aids.push_back(is_late ? failed(need, "TIMEOUT", "这份文件用外部程序的时间已到 / no more time for programs over this document")
                                     : aid_for(need, request, aids, programs));
    }
    return ReadOutcome(Refusal{RefusalClass::kPoison, programs_exhausted()});
  };
}

}  // namespace gouji::parser
