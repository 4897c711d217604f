#include "services/crawler/core/rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/core/digest.h"
#include "common/text/percent.h"
#include "services/crawler/core/fingerprint.h"
#include "services/crawler/core/request_template.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kTitleBytesMax = 1'024;
constexpr std::size_t kOrganBytesMax = 256;
constexpr std::size_t kAnswerBytesMax = 3 * 1024 * 1024;  // of all texts of all rows
constexpr std::size_t kShapesLooked = 9;

// Gathers rows in their order.
class Rows {
 public:
  Rows(const Portal& portal, const ListRule& list, const PageContent& content, const Url& base)
      : portal_(portal), list_(list), content_(content), base_(base) {}

  ListReading run() {
    const PageContent::Rows found = content_.rows(list_.rows, kPageRowsMax);
    out_.cut = found.is_cut;
    // The template is that of the rows that are wanted: a page has other links, which come and go.
    // What most of them look like: a list that grows, or a mark on its newest row, is no other template.
    std::map<std::string, std::size_t> shapes;
    std::size_t looked = 0;
    for (const auto& row : found.rows) {
      const std::size_t before = out_.rows.size();
      add(*row);
      if (out_.rows.size() > before && looked++ < kShapesLooked) shapes[row->shape()] += 1;
    }
    const auto usual = std::max_element(shapes.begin(), shapes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (usual != shapes.end()) out_.fingerprint = fingerprint(usual->first);
    out_.rows_digest = to_hex(digest_.finish());
    add_numbers();
    if (list_.follow_iframe) add_follow("iframe[src], frame[src]", "src");
    if (list_.follow) add_links(*list_.follow, "href");
    return std::move(out_);
  }

 private:
  void add(const RowView& view) {
    out_.rows_seen += 1;
    PageRow row;
    const std::string reference = reference_of(view);
    row.title = tidied(field_value(list_.rows.title, {view, reference, {}, {}}).value_or(""), kTitleBytesMax);
    const auto url = resolve(base_, reference);
    const auto known = url && !reference.empty() ? canonical(portal_, *url) : url;
    if (known && !reference.empty()) row.url = to_string(*known);
    digest_.add(row.url + '\n' + row.title + '\n');
    if (row.url.empty()) return drop(DropReason::kNoAddress, reference, row.title);
    if (!is_host_allowed(portal_, known->host)) return drop(DropReason::kOtherHost, row.url, row.title);
    if (row.title.empty()) return drop(DropReason::kNoTitle, row.url, row.title);
    const FieldScope scope{view, row.url, row.title, {}};
    row.date = day_of(view, scope);
    row.organ = tidied(field_value(list_.rows.organ, scope).value_or(""), kOrganBytesMax);
    digest_.add(row.date);
    if (!urls_.insert(row.url).second) return drop(DropReason::kTwice, row.url, row.title);
    if (!is_wanted(portal_, list_, row.url, row.title)) return drop(refusal(row), row.url, row.title);
    out_.dates_unread += row.date.empty() && !list_.rows.date.empty() ? 1 : 0;
    add_attachments(view, scope, row);
    bytes_ += row.url.size() + row.title.size() + row.date.size() + row.organ.size();
    for (const PageAttachment& attachment : row.attachments) bytes_ += attachment.url.size() + attachment.name.size();
    if (bytes_ > kAnswerBytesMax) {
      out_.cut = true;
      return;
    }
    out_.rows.push_back(std::move(row));
  }

  std::string reference_of(const RowView& view) const {
    std::string reference;
    if (list_.rows.url_template.empty()) {
      reference = field_value(list_.rows.url, {view, {}, {}, {}}).value_or("");
    } else {
      const auto made = filled(list_.rows.url_template, [&view](const std::string& name) {
        FieldRule rule;
        rule.pointer = "/" + name;
        auto value = view.get(rule);
        return value ? std::optional(percent_encoded(*value)) : std::nullopt;
      });
      reference = made.value_or("");
    }
    return reference.size() <= kUrlBytesMax && !reference.starts_with("#") ? reference : std::string();
  }

  // "2024-01-25" or nothing: a rule without a type gives any text, and only a day is one.
  std::string day_of(const RowView&, const FieldScope& scope) const {
    for (const FieldRule& rule : list_.rows.date) {
      const auto text = field_value(rule, scope);
      auto day = text ? day_in(*text) : std::nullopt;
      if (!day && text) day = compact_day_in(*text);
      if (day) return *day;
    }
    return {};
  }

  DropReason refusal(const PageRow& row) const {
    const AcceptRule& accept = list_.accept ? *list_.accept : portal_.accept;
    return accept.url.empty() || is_any_in(accept.url, row.url) ? DropReason::kTitleRefused : DropReason::kUrlRefused;
  }

  void drop(DropReason why, std::string_view url, const std::string& title) {
    if (out_.dropped.size() < kPageDroppedMax) out_.dropped.push_back({why, tidied(url, kUrlBytesMax), title});
  }

  void add_attachments(const RowView& view, const FieldScope& scope, PageRow& row) {
    for (const auto& inner : view.inner(list_.rows.attachments_at, list_.rows.attachments)) {
      if (row.attachments.size() >= kPageAttachmentsMax) return;
      FieldScope inside{*inner, scope.url, scope.title, {}};
      std::optional<std::string> reference;
      for (const FieldRule& rule : list_.rows.attachments) {
        FieldRule own = rule;
        own.select.reset();  // the element that the rule's selector found is the row itself
        if (!reference) reference = field_value(own, inside);
      }
      const auto url = reference ? resolve(base_, *reference) : Result<Url>(invalid_input(ErrorCode::kNotFound, ""));
      if (!url || !is_host_allowed(portal_, url->host, HostUse::kAttachment)) continue;
      const auto name = list_.rows.attachment_name.empty() ? std::optional(inner->text(kTitleBytesMax)) : field_value(list_.rows.attachment_name, inside);
      row.attachments.push_back({to_string(*url), tidied(name.value_or(""), kTitleBytesMax)});
    }
  }

  std::optional<std::int64_t> number_of(const std::optional<FieldRule>& rule) const {
    if (!rule) return std::nullopt;
    const auto whole = content_.whole();
    const auto text = field_value(*rule, {*whole, {}, {}, content_.text()});
    return text ? number_in(*text) : std::nullopt;
  }

  void add_numbers() {
    out_.total = number_of(list_.paging.total);
    out_.page_rows = number_of(list_.paging.page_rows);
    if (!list_.paging.next_link) return;
    const auto whole = content_.whole();
    const auto next = field_value(*list_.paging.next_link, {*whole, {}, {}, content_.text()});
    const auto url = next ? resolve(base_, *next) : Result<Url>(invalid_input(ErrorCode::kNotFound, ""));
    if (url && is_host_allowed(portal_, url->host) && *url != base_) out_.next = to_string(*url);
  }

  void add_follow(std::string_view css, std::string_view attribute) { add_links(*Selector::parse(css), attribute); }

  void add_links(const Selector& selector, std::string_view attribute) {
    for (const std::uint32_t element : selector.find(content_.tree(), kNoElement, kPageFollowMax)) {
      const auto url = resolve(base_, content_.tree().attribute(element, attribute).value_or(""));
      if (!url || *url == base_ || !is_host_allowed(portal_, url->host)) continue;
      const std::string address = to_string(*url);
      const bool is_known = std::find(out_.follow.begin(), out_.follow.end(), address) != out_.follow.end();
      if (!is_known && out_.follow.size() < kPageFollowMax) out_.follow.push_back(address);
    }
  }

  const Portal& portal_;
  const ListRule& list_;
  const PageContent& content_;
  const Url& base_;
  Sha256Stream digest_;
  std::set<std::string> urls_;
  std::size_t bytes_ = 0;
  ListReading out_;
};

}  // namespace

ListReading read_rows(const Portal& portal, const ListRule& list, const PageContent& content, const Url& base) {
  return Rows(portal, list, content, base).run();
}

}  // namespace gouji::crawler
