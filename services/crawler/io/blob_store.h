// The content-addressed store for bytes that do not fit an event: DIR/sha256/ab/cdef…, where
// abcdef… is the SHA-256 of the content in hex. Named in events as "cas://sha256/<hex>".
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::crawler {

class BlobStore {
 public:
  // Makes the folder (mode 0700). kFatal when that fails.
  static Result<BlobStore> open(std::string folder);
  // Stores the bytes and returns their reference. They are on disk, name and all, when it returns;
  // bytes that are there already are left alone. kUnavailable DISK_FULL or UNREADABLE.
  Result<std::string> put(std::string_view bytes);

 private:
  explicit BlobStore(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace gouji::crawler
