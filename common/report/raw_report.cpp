#include "common/report/raw_report.h"

#include "common/core/digest.h"

namespace gouji {

std::string payload_digest(const Content& body, const std::vector<Content>& attachments) {
  Sha256Stream digest;
  digest.add(body.sha256);
  for (const Content& attachment : attachments) digest.add(attachment.sha256);
  return to_hex(digest.finish());
}

}  // namespace gouji
