// qpdf's object handle. The header of its JSON class has a vector of itself inside, which Clang
// refuses in C++20 (qpdf 11.3). Nothing here uses that class, so Clang gets its name only.
#pragma once

#if defined(__clang__) && !defined(JSON_HH)
#define JSON_HH
#include <functional>
#include <list>
#include <set>
class JSON;
#endif

#include <qpdf/QPDFObjectHandle.hh>
