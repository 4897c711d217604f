// Finds what makes a newer protobuf schema unable to live beside an older one.
#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <vector>

namespace gouji::contract {

// One line a breaking change from `before` to `after`; empty when old and new readers and writers
// understand each other, on the wire and as JSON.
std::vector<std::string> breaking_changes(const google::protobuf::FileDescriptorSet& before,
                                          const google::protobuf::FileDescriptorSet& after);

}  // namespace gouji::contract
