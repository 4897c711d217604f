#include "common/report/raw_report.h"

#include "common/core/digest.h"

namespace gouji {

std::string payload_digest(const Content& body, const std::vector<Content>& attachments) {
  // The digests have one length, so no separator is needed.
  Sha256Stream stream;
  stream.add(body.sha256);
  for (const Content& attachment : attachments) stream.add(attachment.sha256);
  return to_hex(stream.finish());
}

}  // namespace gouji
