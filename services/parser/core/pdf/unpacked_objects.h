// A PDF whose objects are packed into object streams, rewritten so that each stands by itself. qpdf
// makes all objects of an object stream as soon as one is wanted; of objects by themselves it makes
// those that are wanted, and a reader of text wants few.
#pragma once

#include <optional>
#include <string>
#include <string_view>

class QPDF;

namespace gouji::parser {

// `file` with the unpacked objects and a table of all objects behind it; `pdf` has it open. Nothing
// where there are no object streams, or where anything about them is unusual: the file is encrypted,
// damaged or large.
std::optional<std::string> unpack_objects(QPDF& pdf, std::string_view file);

}  // namespace gouji::parser
