// Deterministic ids. The same fields give the same id on every machine and in every run, which is
// what makes a repeated event recognisable.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace gouji {

// First 16 bytes of SHA-256 over the fields, each preceded by its length as 8 bytes big-endian;
// 32 lower-case hex digits. Used for location ids and anomaly ids.
std::string hash_id(std::initializer_list<std::string_view> fields);

// UUID version 5 (RFC 9562 section 5.5) in Gouji's one namespace, over the same length-prefixed
// fields; 36 characters, lower case. Used for ce_id.
std::string uuid5(std::initializer_list<std::string_view> fields);

// The location id of one address of a document: hash_id(source id, canonical URL or path).
std::string location_id(std::string_view source_id, std::string_view canonical_address);

}  // namespace gouji
