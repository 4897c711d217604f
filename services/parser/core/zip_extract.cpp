#include "services/parser/core/zip_extract.h"

#include <optional>
#include <utility>

#include "services/parser/core/office/zip.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kFilesMax = 64;

// What file managers put beside the files.
bool is_beside(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  const std::string_view file = slash == name.npos ? name : name.substr(slash + 1);
  return file.empty() || file.starts_with('.') || name.starts_with("__MACOSX") || file == "Thumbs.db";
}

// Words of table 3, of every edition.
bool has_official_table(const Document& document) { return document.text.find("新收政府信息公开申请") != std::string::npos; }

Reason no_document() {
  return {"ZIP_WITHOUT_DOCUMENT", "压缩包中没有能直接读取的文件，请解压后提供 / no file in the ZIP can be read as it is; unpack it"};
}

Reason several() {
  return {"ZIP_OF_DOCUMENTS", "压缩包中有多份文件，请解压后分别提供 / several documents are in the ZIP; unpack it"};
}

// The document so far, and why others were not read.
struct Chosen {
  std::optional<Document> document;
  std::optional<Reason> unread;
  int reports = 0;

  void take(Document found, const ZipEntry& entry) {
    const bool is_report = has_official_table(found);
    reports += is_report ? 1 : 0;
    const bool is_better = !document || (is_report && !has_official_table(*document)) ||
                           (is_report == has_official_table(*document) && found.text.size() > document->text.size());
    if (!is_better) return;
    SourceRun whole;
    whole.text.end = static_cast<std::uint32_t>(found.text.size());
    whole.where.begin = static_cast<std::int64_t>(entry.data);
    whole.where.end = static_cast<std::int64_t>(entry.data + entry.packed_bytes);
    found.runs = {whole};
    document = std::move(found);
  }
};

}  // namespace

ExtractOutcome extract_zip(const Source& source) {
  auto zip = ZipArchive::open(source.bytes);
  if (!zip) return std::move(zip.error());
  Chosen chosen;
  std::size_t files = 0;
  for (const ZipEntry& entry : zip->entries()) {
    if (is_beside(entry.name)) continue;
    if (++files > kFilesMax) return several();
    const auto bytes = zip->unpack(entry);
    if (!bytes) return bytes.error();
    if (sniff(*bytes) == Format::kZip) continue;
    ExtractOutcome outcome = extract({*bytes, {}, {}, {}});
    if (auto* document = std::get_if<Document>(&outcome)) chosen.take(std::move(*document), entry);
    if (auto* reason = std::get_if<Reason>(&outcome); reason != nullptr && !chosen.unread) chosen.unread = std::move(*reason);
  }
  if (chosen.reports > 1) return several();
  if (chosen.document) return *std::move(chosen.document);
  return files == 1 && chosen.unread ? *std::move(chosen.unread) : no_document();
}

}  // namespace gouji::parser
