#include "common/events/page_codec.h"

#include <algorithm>
#include <utility>

#include "common/events/convert.h"
#include "gouji/worker/v1/worker.pb.h"

namespace gouji::events {

namespace wk = ::gouji::worker::v1;

namespace {

constexpr int kClasses = static_cast<int>(std::size(kPageClasses));
constexpr int kDropReasons = static_cast<int>(DropReason::kTwice) + 1;
constexpr int kPurposes = static_cast<int>(PagePurpose::kAttachments) + 1;

Error too_much(std::string_view what) {
  return invalid_input(ErrorCode::kMalformed, "the worker's answer about a page holds " + std::string(what));
}

void add_pair(std::string_view name, std::string_view value, wk::Pair* out) {
  out->set_name(std::string(name));
  out->set_value(std::string(value));
}

void to_proto(const std::vector<PageAttachment>& attachments, google::protobuf::RepeatedPtrField<wk::PageAttachment>* out) {
  for (const PageAttachment& attachment : attachments) {
    wk::PageAttachment* item = out->Add();
    item->set_url(attachment.url);
    item->set_name(attachment.name);
  }
}

void to_proto(const ListReading& list, wk::ListReading* out) {
  for (const PageRow& row : list.rows) {
    wk::PageRow* item = out->add_rows();
    item->set_url(row.url);
    item->set_title(row.title);
    item->set_date(row.date);
    item->set_organ(row.organ);
    to_proto(row.attachments, item->mutable_attachments());
  }
  for (const DroppedRow& row : list.dropped) {
    wk::DroppedRow* item = out->add_dropped();
    item->set_why(static_cast<int>(row.why));
    item->set_url(row.url);
    item->set_title(row.title);
  }
  out->set_rows_seen(list.rows_seen);
  out->set_dates_unread(list.dates_unread);
  if (list.total) out->set_total(*list.total);
  if (list.page_rows) out->set_page_rows(*list.page_rows);
  out->set_cut(list.cut);
  out->set_next(list.next);
  for (const std::string& address : list.follow) out->add_follow(address);
  out->set_rows_digest(list.rows_digest);
  out->set_fingerprint(list.fingerprint);
}

void to_proto(const ArticleReading& article, wk::ArticleReading* out) {
  out->set_title(article.title);
  out->set_date(article.date);
  out->set_source(article.source);
  out->set_site_id(article.site_id);
  out->set_content(article.content);
  out->set_text_digest(article.text_digest);
  out->set_text_bytes(article.text_bytes);
  out->set_simhash(article.simhash);
  to_proto(article.attachments, out->mutable_attachments());
}

bool fits(std::string_view text) { return text.size() <= kPageTextMax; }

Result<std::vector<PageAttachment>> from_proto(const google::protobuf::RepeatedPtrField<wk::PageAttachment>& in) {
  if (static_cast<std::size_t>(in.size()) > kPageAttachmentsMax) return too_much("too many attachments");
  std::vector<PageAttachment> attachments;
  for (const wk::PageAttachment& item : in) {
    if (!fits(item.url()) || !fits(item.name())) return too_much("a text that is too long");
    attachments.push_back({item.url(), item.name()});
  }
  return attachments;
}

Result<PageRow> from_proto(const wk::PageRow& in) {
  if (!fits(in.url()) || !fits(in.title()) || !fits(in.date()) || !fits(in.organ())) return too_much("a text that is too long");
  GOUJI_ASSIGN(auto attachments, from_proto(in.attachments()));
  return PageRow{in.url(), in.title(), in.date(), in.organ(), std::move(attachments)};
}

Result<ListReading> from_proto(const wk::ListReading& in) {
  if (static_cast<std::size_t>(in.rows_size()) > kPageRowsMax || static_cast<std::size_t>(in.dropped_size()) > kPageDroppedMax ||
      static_cast<std::size_t>(in.follow_size()) > kPageFollowMax || in.rows_seen() < in.rows_size() || in.dates_unread() < 0 ||
      in.total() < 0 || in.page_rows() < 0)
    return too_much("more rows than a page may have, or a number that cannot be");
  ListReading list;
  for (const wk::PageRow& item : in.rows()) {
    GOUJI_ASSIGN(PageRow row, from_proto(item));
    list.rows.push_back(std::move(row));
  }
  for (const wk::DroppedRow& item : in.dropped()) {
    if (item.why() < 0 || item.why() >= kDropReasons || !fits(item.url()) || !fits(item.title())) return too_much("an unknown reason for a dropped row");
    list.dropped.push_back({static_cast<DropReason>(item.why()), item.url(), item.title()});
  }
  list.rows_seen = in.rows_seen();
  list.dates_unread = in.dates_unread();
  if (in.has_total()) list.total = in.total();
  if (in.has_page_rows()) list.page_rows = in.page_rows();
  list.cut = in.cut();
  list.next = in.next();
  list.follow.assign(in.follow().begin(), in.follow().end());
  list.rows_digest = in.rows_digest();
  list.fingerprint = in.fingerprint();
  if (!fits(list.next) || !fits(list.rows_digest) || !fits(list.fingerprint) || !std::all_of(list.follow.begin(), list.follow.end(), fits))
    return too_much("a text that is too long");
  return list;
}

Result<ArticleReading> from_proto(const wk::ArticleReading& in) {
  ArticleReading article;
  article.title = in.title();
  article.date = in.date();
  article.source = in.source();
  article.site_id = in.site_id();
  article.content = in.content();
  article.text_digest = in.text_digest();
  article.text_bytes = in.text_bytes();
  article.simhash = in.simhash();
  for (const std::string* text : {&article.title, &article.date, &article.source, &article.site_id, &article.content, &article.text_digest}) {
    if (!fits(*text)) return too_much("a text that is too long");
  }
  GOUJI_ASSIGN(article.attachments, from_proto(in.attachments()));
  return article;
}

ListCursor from_proto(const wk::Cursor& in) {
  return {in.list(), in.report_year(), in.page(), in.page_size(), in.offset(), in.depth(), in.address()};
}

}  // namespace

std::string encode(const PageRequest& request) {
  wk::PageRequest out;
  out.set_purpose(static_cast<int>(request.purpose));
  out.set_portal(request.portal);
  wk::Cursor& cursor = *out.mutable_cursor();
  cursor.set_list(request.cursor.list);
  cursor.set_report_year(request.cursor.report_year);
  cursor.set_page(request.cursor.page);
  cursor.set_page_size(request.cursor.page_size);
  cursor.set_offset(request.cursor.offset);
  cursor.set_depth(request.cursor.depth);
  cursor.set_address(request.cursor.address);
  for (const auto& [name, value] : request.vars) add_pair(name, value, out.add_vars());
  out.set_url(request.url);
  out.set_final_url(request.final_url);
  out.set_status(request.status);
  for (const HttpHeader& header : request.headers) add_pair(header.name, header.value, out.add_headers());
  out.set_media_type(request.media_type);
  out.set_body(request.body);
  return out.SerializeAsString();
}

Result<PageRequest> decode_page_request(std::string_view bytes) {
  GOUJI_ASSIGN(wk::PageRequest in, parse_message<wk::PageRequest>(bytes));
  if (in.purpose() < 0 || in.purpose() >= kPurposes) return invalid_input(ErrorCode::kMalformed, "not a request about a page");
  PageRequest request;
  request.purpose = static_cast<PagePurpose>(in.purpose());
  request.portal = in.portal();
  request.cursor = from_proto(in.cursor());
  for (const wk::Pair& pair : in.vars()) request.vars[pair.name()] = pair.value();
  request.url = in.url();
  request.final_url = in.final_url();
  request.status = in.status();
  for (const wk::Pair& pair : in.headers()) request.headers.push_back({pair.name(), pair.value()});
  request.media_type = in.media_type();
  request.body = std::move(*in.mutable_body());
  return request;
}

std::string encode(const PageAnswer& answer) {
  wk::PageAnswer out;
  out.set_page_class(static_cast<int>(answer.page_class));
  out.set_why(answer.why);
  out.set_hop(answer.hop);
  for (const auto& [name, value] : answer.vars) add_pair(name, value, out.add_vars());
  to_proto(answer.list, out.mutable_list());
  to_proto(answer.article, out.mutable_article());
  return out.SerializeAsString();
}

Result<PageAnswer> decode_page_answer(std::string_view bytes) {
  GOUJI_ASSIGN(const wk::PageAnswer in, parse_message<wk::PageAnswer>(bytes));
  if (in.page_class() < 0 || in.page_class() >= kClasses || static_cast<std::size_t>(in.vars_size()) > kPageVarsMax)
    return too_much("an unknown class or too many values");
  PageAnswer answer;
  answer.page_class = static_cast<PageClass>(in.page_class());
  answer.why = in.why().substr(0, kPageTextMax);
  answer.hop = in.hop();
  if (!fits(answer.hop)) return too_much("a text that is too long");
  for (const wk::Pair& pair : in.vars()) {
    if (!fits(pair.name()) || !fits(pair.value())) return too_much("a text that is too long");
    answer.vars[pair.name()] = pair.value();
  }
  GOUJI_ASSIGN(answer.list, from_proto(in.list()));
  GOUJI_ASSIGN(answer.article, from_proto(in.article()));
  return answer;
}

}  // namespace gouji::events
