#include <algorithm>

#include <fmt/format.h>

#include "common/events/convert.h"
#include "common/events/provenance_wire.h"

namespace gouji::events {
namespace {

// A column is left out where it would hold only zeros.
template <typename Field, typename Values, typename Get>
void add_column(Field* field, const Values& values, Get get) {
  if (std::all_of(values.begin(), values.end(), [&](const auto& value) { return get(value) == 0; })) return;
  field->Reserve(static_cast<int>(values.size()));
  for (const auto& value : values) field->Add(static_cast<typename Field::value_type>(get(value)));
}

void note_to_proto(const ReadingNote& note, pb::ReadingNote* out) {
  out->set_code(note.code);
  out->set_row(note.row);
  out->set_text(note.text);
  to_proto(note.where, out->mutable_where());
}

ReadingNote note_from_proto(const pb::ReadingNote& in) {
  return {in.code(), in.row(), in.text(), from_proto(in.where())};
}

void provenance_to_proto(const TableReading& table, pb::CellProvenance* out) {
  add_column(out->mutable_parts(), table.where, [](const Where& w) { return w.part; });
  add_column(out->mutable_pages(), table.where, [](const Where& w) { return w.page; });
  add_column(out->mutable_begins(), table.where, [](const Where& w) { return w.begin; });
  add_column(out->mutable_lengths(), table.where, [](const Where& w) { return w.end - w.begin; });
  if (out->pages_size() > 0)
    for (const Where& w : table.where)
      for (const std::int32_t side : {w.left, w.top, w.right, w.bottom}) out->add_boxes(side);
  for (const std::string& raw : table.raw) out->add_raw(raw);
  add_column(out->mutable_confidence(), table.confidence, [](std::uint16_t c) { return c; });
  add_column(out->mutable_witnesses(), table.witnesses, [](std::uint8_t w) { return w; });
}

Error bad_column(std::string_view column, int size, std::size_t wanted) {
  return invalid_input(ErrorCode::kMalformed,
                       fmt::format("provenance column {} has {} entries for {} cells", column, size, wanted));
}

void reading_to_proto(const TableReading& table, pb::ParsedTable* out) {
  table_to_proto(table, out->mutable_table());
  if (!table.where.empty()) provenance_to_proto(table, out->mutable_provenance());
  for (const AlternativeReading& other : table.alternatives) {
    auto* item = out->add_alternatives();
    item->set_cell(other.cell);
    item->set_value(other.value);
    item->set_reader(other.reader);
  }
  for (const ReadingNote& note : table.notes) note_to_proto(note, out->add_notes());
}

Result<LedgerTable> table_from(std::string_view bytes) {
  if (auto table = read_table(bytes)) return std::move(*table);
  GOUJI_ASSIGN(const pb::Table in, parse_message<pb::Table>(bytes));
  return from_proto(in);
}

Result<TableReading> reading_from_proto(const pb::ParsedTable& in, std::string_view cells) {
  GOUJI_ASSIGN(LedgerTable plain, cells.empty() ? from_proto(in.table()) : table_from(cells));
  TableReading table;
  table.table = plain.table;
  table.status = plain.status;
  table.edition = plain.edition;
  table.money_unit = plain.money_unit;
  table.cells = std::move(plain.cells);
  if (in.has_provenance()) {
    GOUJI_TRY(provenance_from_proto(in.provenance(), &table));
  }
  for (const auto& other : in.alternatives()) {
    if (other.cell() < 0 || static_cast<std::size_t>(other.cell()) >= table.cells.size())
      return invalid_input(ErrorCode::kMalformed, fmt::format("alternative reading of cell {}", other.cell()));
    table.alternatives.push_back({static_cast<std::uint16_t>(other.cell()), other.value(), other.reader()});
  }
  for (const auto& note : in.notes()) table.notes.push_back(note_from_proto(note));
  return table;
}

void claim_to_proto(const Claim& claim, pb::Claim* out) {
  out->set_text(claim.text);
  out->set_value(claim.value);
  out->set_unit(claim.unit);
  out->set_hedged(claim.hedged);
  out->set_subject(claim.subject);
  for (const auto& reading : claim.readings) {
    auto* item = out->add_readings();
    for (const std::string& cell : reading) item->add_cells(cell);
  }
  to_proto(claim.where, out->mutable_where());
}

Claim claim_from_proto(const pb::Claim& in) {
  Claim claim{in.text(), in.value(), in.unit(), in.hedged(), in.subject(), {}, from_proto(in.where())};
  for (const auto& reading : in.readings())
    claim.readings.emplace_back(reading.cells().begin(), reading.cells().end());
  return claim;
}

}  // namespace

Result<void> provenance_from_proto(const pb::CellProvenance& in, TableReading* table) {
  const std::size_t n = table->cells.size();
  const auto fits = [n](int size, std::size_t each = 1) { return size == 0 || static_cast<std::size_t>(size) == n * each; };
  if (!fits(in.parts_size())) return bad_column("parts", in.parts_size(), n);
  if (!fits(in.pages_size())) return bad_column("pages", in.pages_size(), n);
  if (!fits(in.begins_size())) return bad_column("begins", in.begins_size(), n);
  if (!fits(in.lengths_size())) return bad_column("lengths", in.lengths_size(), n);
  if (!fits(in.boxes_size(), 4)) return bad_column("boxes", in.boxes_size(), n);
  if (!fits(in.raw_size())) return bad_column("raw", in.raw_size(), n);
  if (!fits(in.confidence_size())) return bad_column("confidence", in.confidence_size(), n);
  if (!fits(in.witnesses_size())) return bad_column("witnesses", in.witnesses_size(), n);
  table->where.resize(n);
  table->raw.resize(n);
  table->confidence.resize(n);
  table->witnesses.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const int k = static_cast<int>(i);
    Where& where = table->where[i];
    if (in.parts_size() > 0) where.part = in.parts(k);
    if (in.pages_size() > 0) where.page = in.pages(k);
    if (in.begins_size() > 0) where.begin = in.begins(k);
    if (__builtin_add_overflow(where.begin, in.lengths_size() > 0 ? in.lengths(k) : 0, &where.end))
      return invalid_input(ErrorCode::kMalformed, fmt::format("place of cell {} ends beyond all bytes", i));
    if (in.boxes_size() > 0) {
      where.left = in.boxes(4 * k);
      where.top = in.boxes(4 * k + 1);
      where.right = in.boxes(4 * k + 2);
      where.bottom = in.boxes(4 * k + 3);
    }
    if (in.raw_size() > 0) table->raw[i] = in.raw(k);
    if (in.confidence_size() > 0) table->confidence[i] = static_cast<std::uint16_t>(std::clamp(in.confidence(k), 0, 1000));
    if (in.witnesses_size() > 0) table->witnesses[i] = static_cast<std::uint8_t>(std::clamp(in.witnesses(k), 0, 255));
  }
  return ok();
}

void to_proto(const Reading& reading, pb::ReportParsed* out) {
  to_proto(reading.key, out->mutable_key());
  if (reading.organ_name) out->set_organ_name(*reading.organ_name);
  if (reading.year) out->set_year(*reading.year);
  out->set_status(to_proto(kReadingStatuses, reading.status));
  if (reading.reason) {
    out->mutable_reason()->set_code(reading.reason->code);
    out->mutable_reason()->set_message(reading.reason->message);
  }
  out->set_pre_2019(reading.pre_2019);
  out->set_title(reading.title);
  out->set_media_type(reading.media_type);
  out->set_charset(reading.charset);
  out->set_content_digest(reading.content_digest);
  out->set_published_on(reading.published_on);
  for (const TableReading& table : reading.tables) reading_to_proto(table, out->add_tables());
  for (const Claim& claim : reading.claims) claim_to_proto(claim, out->add_claims());
  for (const Section& section : reading.sections) {
    auto* item = out->add_sections();
    item->set_number(section.number);
    item->set_heading(section.heading);
    item->set_text(section.text);
    to_proto(section.where, item->mutable_where());
  }
  for (const Vote& vote : reading.votes) {
    auto* item = out->add_votes();
    item->set_field(vote.field);
    item->set_value(vote.value);
    item->set_source(vote.source);
    item->set_weight(vote.weight);
    to_proto(vote.where, item->mutable_where());
  }
  for (const ReadingNote& note : reading.warnings) note_to_proto(note, out->add_warnings());
  for (const AttachmentRead& attachment : reading.attachments) {
    auto* item = out->add_attachments();
    item->set_name(attachment.name);
    item->set_url(attachment.url);
    item->set_sha256(attachment.sha256);
    item->set_is_used(attachment.is_used);
  }
  out->mutable_evidence()->set_extractor(reading.extractor);
}

Result<Reading> from_proto(const pb::ReportParsed& in) { return reading_of(in, {}); }

Result<Reading> reading_of(const pb::ReportParsed& in, std::span<const std::string_view> tables) {
  Reading reading;
  GOUJI_ASSIGN(reading.key, from_proto(in.key()));
  if (!in.organ_name().empty()) reading.organ_name = in.organ_name();
  if (in.year() != 0) reading.year = in.year();
  GOUJI_ASSIGN(reading.status, from_proto(kReadingStatuses, in.status()));
  if (in.has_reason()) reading.reason = Reason{in.reason().code(), in.reason().message()};
  reading.pre_2019 = in.pre_2019();
  reading.title = in.title();
  reading.media_type = in.media_type();
  reading.charset = in.charset();
  reading.content_digest = in.content_digest();
  reading.published_on = in.published_on();
  if (in.tables_size() != 3)
    return invalid_input(ErrorCode::kMalformed, fmt::format("{} tables where a report has three", in.tables_size()));
  reading.tables.reserve(3);
  reading.sections.reserve(static_cast<std::size_t>(in.sections_size()));
  reading.claims.reserve(static_cast<std::size_t>(in.claims_size()));
  reading.votes.reserve(static_cast<std::size_t>(in.votes_size()));
  for (int i = 0; i < 3; ++i) {
    GOUJI_ASSIGN(TableReading table, reading_from_proto(in.tables(i), static_cast<std::size_t>(i) < tables.size() ? tables[static_cast<std::size_t>(i)] : std::string_view()));
    if (table.table != kTables[i]) return invalid_input(ErrorCode::kMalformed, "tables out of order");
    reading.tables.push_back(std::move(table));
  }
  for (const auto& claim : in.claims()) reading.claims.push_back(claim_from_proto(claim));
  for (const auto& section : in.sections())
    reading.sections.push_back({section.number(), section.heading(), section.text(), from_proto(section.where())});
  for (const auto& vote : in.votes())
    reading.votes.push_back({vote.field(), vote.value(), vote.source(), vote.weight(), from_proto(vote.where())});
  for (const auto& note : in.warnings()) reading.warnings.push_back(note_from_proto(note));
  for (const auto& item : in.attachments()) reading.attachments.push_back({item.name(), item.url(), item.sha256(), item.is_used()});
  reading.extractor = in.evidence().extractor();
  return reading;
}

}  // namespace gouji::events
