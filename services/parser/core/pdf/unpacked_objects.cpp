#include "services/parser/core/pdf/unpacked_objects.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "services/parser/core/pdf/pdf_objects.h"
#include "services/parser/core/pdf/pdf_stream.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFXRefEntry.hh>

namespace gouji::parser {
namespace {

constexpr std::size_t kFileBytesMax = 16U << 20;  // with what is unpacked
constexpr int kObjectsMax = 100'000;
constexpr int kUsedInFile = 1;
constexpr int kInStream = 2;

// The numbers and places of an object stream's objects: "11 0 12 37 …" in front of `first`.
struct PackedObject {
  int id = 0;
  std::size_t begin = 0;
};

std::optional<std::vector<PackedObject>> directory_of(std::string_view text, std::size_t count, std::size_t first) {
  std::vector<PackedObject> objects;
  if (first > text.size() || count > first) return std::nullopt;
  const char* at = text.data();
  const char* const end = at + first;
  const auto number = [&](auto& value) {
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
    const auto [behind, error] = std::from_chars(at, end, value);
    at = behind;
    return error == std::errc();
  };
  for (std::size_t i = 0; i < count; ++i) {
    PackedObject object;
    if (!number(object.id) || !number(object.begin)) return std::nullopt;
    object.begin += first;
    const bool is_behind = objects.empty() || object.begin > objects.back().begin;
    if (!is_behind || object.begin >= text.size()) return std::nullopt;
    objects.push_back(object);
  }
  return objects;
}

// A part of the tree that names paragraphs and rows for reading aloud, which nothing here reads and
// which is most of the objects of a tagged file.
bool is_structure(std::string_view object) {
  return object.starts_with("<<") && (object.find("/Type /StructElem") != object.npos || object.find("/Type/StructElem") != object.npos);
}

class Unpacker {
 public:
  Unpacker(QPDF& pdf, std::string_view file) : pdf_(pdf), file_(file) {}

  std::optional<std::string> run() {
    const std::map<QPDFObjGen, QPDFXRefEntry> table = pdf_.getXRefTable();
    if (table.empty() || table.rbegin()->first.getObj() > kObjectsMax) return std::nullopt;
    places_.assign(static_cast<std::size_t>(table.rbegin()->first.getObj()) + 1, {});
    std::map<int, std::vector<int>> streams;  // ids by number of the stream and place in it
    for (const auto& [id, entry] : table) {
      if (id.getObj() <= 0) return std::nullopt;
      if (entry.getType() == kUsedInFile) place_of(id.getObj()) = {static_cast<std::size_t>(entry.getOffset()), id.getGen(), true};
      if (entry.getType() != kInStream) continue;
      std::vector<int>& ids = streams[entry.getObjStreamNumber()];
      const auto index = static_cast<std::size_t>(entry.getObjStreamIndex());
      if (index > table.size()) return std::nullopt;
      if (ids.size() <= index) ids.resize(index + 1, 0);
      ids[index] = id.getObj();
    }
    if (streams.empty()) return std::nullopt;
    text_.reserve(2 * file_.size());
    text_ = file_;
    for (const auto& [number, ids] : streams) {
      if (!unpack(number, ids)) return std::nullopt;
    }
    add_table();
    return std::move(text_);
  }

 private:
  struct Place {
    std::size_t offset = 0;
    int generation = 0;
    bool is_used = false;
  };

  Place& place_of(int id) { return places_[static_cast<std::size_t>(id)]; }

  bool unpack(int number, const std::vector<int>& ids) {
    QPDFObjectHandle stream = pdf_.getObject(number, 0);
    const double count = number_of(value_of(stream, "/N")).value_or(-1);
    const double first = number_of(value_of(stream, "/First")).value_or(-1);
    const std::optional<std::string> bytes = read_stream(stream, budget_);
    if (!bytes || text_.size() + 2 * bytes->size() > kFileBytesMax) return false;
    if (count < static_cast<double>(ids.size()) || count > kObjectsMax || first < 0 || first > static_cast<double>(bytes->size())) return false;
    const auto objects = directory_of(*bytes, static_cast<std::size_t>(count), static_cast<std::size_t>(first));
    if (!objects) return false;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == 0) continue;  // a later version of it is elsewhere
      const PackedObject& object = (*objects)[i];
      if (object.id != ids[i]) return false;
      const std::size_t end = i + 1 < objects->size() ? (*objects)[i + 1].begin : bytes->size();
      const std::string_view written = std::string_view(*bytes).substr(object.begin, end - object.begin);
      if (is_structure(written)) continue;
      text_ += '\n';
      place_of(object.id) = {text_.size(), 0, true};
      add_number(static_cast<std::size_t>(object.id), 1);
      text_ += " 0 obj\n";
      text_ += written;
      text_ += "\nendobj\n";
    }
    return true;
  }

  void add_table() {
    const std::size_t start = text_.size();
    text_ += "xref\n";
    for (std::size_t id = 0; id < places_.size();) {
      std::size_t end = id + 1;
      while (end < places_.size() && places_[end].is_used == places_[id].is_used) ++end;
      if (places_[id].is_used || id == 0) add_section(id, end);
      id = end;
    }
    auto out = std::back_inserter(text_);
    QPDFObjectHandle trailer = pdf_.getTrailer();
    fmt::format_to(out, "trailer\n<< /Size {}", places_.size());
    for (const char* key : {"/Root", "/Info"}) {
      QPDFObjectHandle value = value_of(trailer, key);
      if (value.isIndirect()) fmt::format_to(out, " {} {} {} R", key, value.getObjectID(), value.getGeneration());
    }
    fmt::format_to(out, " >>\nstartxref\n{}\n%%EOF\n", start);
  }

  void add_section(std::size_t begin, std::size_t end) {
    add_number(begin, 1);
    text_ += ' ';
    add_number(end - begin, 1);
    text_ += '\n';
    for (std::size_t id = begin; id < end; ++id) {
      const Place& place = places_[id];
      add_number(place.offset, 10);
      text_ += ' ';
      add_number(place.is_used ? static_cast<std::size_t>(place.generation) : 65'535, 5);
      text_ += place.is_used ? " n \n" : " f \n";
    }
  }

  void add_number(std::size_t number, std::size_t width) {
    std::array<char, 20> digits{};
    std::size_t count = 0;
    for (; number > 0 || count < width; number /= 10) digits[count++] = static_cast<char>('0' + number % 10);
    while (count > 0) text_ += digits[--count];
  }

  QPDF& pdf_;
  std::string_view file_;
  std::vector<Place> places_;
  StreamBudget budget_;
  std::string text_;
};

}  // namespace

std::optional<std::string> unpack_objects(QPDF& pdf, std::string_view file) {
  const bool is_usual = file.starts_with("%PDF-") && file.size() <= kFileBytesMax && file.find("/ObjStm") != std::string_view::npos;
  if (!is_usual || pdf.isEncrypted() || pdf.anyWarnings()) return std::nullopt;
  return Unpacker(pdf, file).run();
}

}  // namespace gouji::parser
