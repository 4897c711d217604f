#include "tests/support/fake_portal/site.h"

#include <algorithm>
#include <array>
#include <random>

#include "tests/support/render_office.h"
#include "tests/support/report_frame.h"

namespace gouji::testing_support {

namespace {

constexpr std::array<const char*, 10> kFamilyNames = {"trs-static", "hanweb-jpage", "hanweb-jpaas", "hanweb-xxgk", "gkmlpt",
                                                      "ucap",       "lonsun",       "truecms",      "generic",     "iframe"};
constexpr std::array<const char*, 5> kKindNames = {"html", "gbk", "docx", "xlsx", "rtf"};
constexpr std::array<const char*, 28> kFaultNames = {
    "none",       "404",   "soft404",     "403",        "412",           "521",          "cookie-redirect",   "redirect-loop", "redirect-elsewhere", "429",
    "429-later",  "503",   "reset",       "short",      "drip",          "endless",      "gzip-bomb",         "forced-gzip",   "wrong-charset",      "bom",
    "bad-utf8",   "html-for-file",        "first-page", "empty",         "duplicates",   "meta-refresh",      "login",         "home"};

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

// The ways in which organs name their report; the year stands in all of them.
std::string title_for(const std::string& organ, int year, std::uint32_t variant) {
  const std::string y = std::to_string(year);
  switch (variant % 5) {
    case 0: return organ + y + "年政府信息公开工作年度报告";
    case 1: return organ + y + "年度政府信息公开工作报告";
    case 2: return organ + y + "年政府信息公开年度报告";
    case 3: return y + "年" + organ + "政府信息公开工作年度报告";
    default: return organ + y + "年政府信息公开年度工作报告";
  }
}

PortalAnswer order_done(const std::string& text) { return answer(200, text + "\n", {"Content-Type: text/plain; charset=utf-8"}); }

int number_of(const std::map<std::string, std::string>& query, const std::string& name, int otherwise) {
  const auto found = query.find(name);
  return found == query.end() ? otherwise : std::atoi(found->second.c_str());
}

std::string text_of(const std::map<std::string, std::string>& query, const std::string& name, const std::string& otherwise) {
  const auto found = query.find(name);
  return found == query.end() ? otherwise : found->second;
}

}  // namespace

const char* name_of(Family family) { return kFamilyNames[static_cast<std::size_t>(family)]; }
const char* name_of(DocumentKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
const char* name_of(Fault fault) { return fault == Fault::kHang ? "hang" : kFaultNames[static_cast<std::size_t>(fault)]; }

Fault fault_of(std::string_view name) {
  for (std::size_t i = 0; i <= kFaultNames.size(); ++i) {
    if (name == name_of(static_cast<Fault>(i))) return static_cast<Fault>(i);
  }
  return Fault::kNone;
}

std::map<std::string, std::string> query_of(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    query[decoded(pair.substr(0, equals))] = equals < pair.size() ? decoded(pair.substr(equals + 1)) : "";
  }
  return query;
}

FakeSite::FakeSite(Family family, std::uint32_t seed, std::string origin) : family_(family), seed_(seed), origin_(std::move(origin)) {}

int FakeSite::publish(const std::string& organ, int year, const std::string& date, DocumentKind kind) {
  const std::lock_guard guard(mutex_);
  SiteReport report;
  report.id = static_cast<int>(reports_.size()) + 1;
  report.organ = organ;
  report.year = year;
  report.date = date;
  report.kind = kind;
  report.title = title_for(organ, year, seed_ + static_cast<std::uint32_t>(report.id));
  reports_.push_back(std::move(report));
  return static_cast<int>(reports_.size());
}

void FakeSite::amend(int id, bool has_error) {
  const std::lock_guard guard(mutex_);
  SiteReport& report = reports_.at(static_cast<std::size_t>(id - 1));
  report.revision += 1;
  report.has_error = has_error;
}

void FakeSite::republish(int id) {
  const std::lock_guard guard(mutex_);
  SiteReport& report = reports_.at(static_cast<std::size_t>(id - 1));
  report.second_path = "/zwgk/again/" + std::to_string(id) + ".html";
}

void FakeSite::withdraw(int id) {
  const std::lock_guard guard(mutex_);
  reports_.at(static_cast<std::size_t>(id - 1)).is_there = reports_.at(static_cast<std::size_t>(id - 1)).is_listed = false;
}

void FakeSite::unlist(int id) {
  const std::lock_guard guard(mutex_);
  reports_.at(static_cast<std::size_t>(id - 1)).is_listed = false;
}

void FakeSite::set_fault(Fault fault, const std::string& where, int times) {
  const std::lock_guard guard(mutex_);
  std::erase_if(faults_, [&](const FaultRule& rule) { return rule.where == where; });
  if (fault != Fault::kNone) faults_.push_back({fault, where, times});
}

void FakeSite::set_robots(std::string text) {
  const std::lock_guard guard(mutex_);
  robots_ = std::move(text);
}

void FakeSite::change_template() {
  const std::lock_guard guard(mutex_);
  template_ += 1;
}

void FakeSite::rename_columns() {
  const std::lock_guard guard(mutex_);
  column_ += 1;
}

std::vector<SiteReport> FakeSite::reports() const {
  const std::lock_guard guard(mutex_);
  return reports_;
}

gouji::testing::ReportFigures FakeSite::figures_of(const SiteReport& report) const {
  const auto seed = seed_ * 7'919U + static_cast<std::uint32_t>(report.id * 101 + report.revision);
  auto figures = gouji::testing::made_up_figures(2021, 2021, seed);
  figures.organ = report.organ;
  figures.year = report.year;
  if (report.has_error) figures.table3.front().back() = std::to_string(std::atoi(figures.table3.front().back().c_str()) + 2);
  return figures;
}

std::string FakeSite::bytes_of(const SiteReport& report) const {
  const auto figures = figures_of(report);
  switch (report.kind) {
    case DocumentKind::kDocx: return gouji::testing::render_docx(figures);
    case DocumentKind::kXlsx: return gouji::testing::render_xlsx(figures);
    case DocumentKind::kRtf: return gouji::testing::render_rtf(figures);
    case DocumentKind::kHtml:
    case DocumentKind::kGbkHtml: break;
  }
  return article(report).body;
}

Fault FakeSite::fault_for(const std::string& where) {
  for (FaultRule& rule : faults_) {
    if ((rule.where != where && rule.where != "all") || rule.times == 0) continue;
    if (rule.times > 0) rule.times -= 1;
    return rule.fault;
  }
  return Fault::kNone;
}

PortalAnswer FakeSite::answer(const PortalRequest& request) {
  if (request.path.starts_with("/_ctl/")) return control(request);
  const std::lock_guard guard(mutex_);
  return serve(request, fault_for(kind_of(request.path)));
}

PortalAnswer FakeSite::control(const PortalRequest& request) {
  const auto question = std::min(request.path.find('?'), request.path.size());
  const std::string order = request.path.substr(6, question - 6);
  auto query = query_of(question < request.path.size() ? std::string_view(request.path).substr(question + 1) : request.body);
  const int id = number_of(query, "id", 0);
  const bool is_known = id >= 1 && id <= static_cast<int>(reports().size());
  if (order == "publish") {
    const std::string kind = text_of(query, "kind", "html");
    const auto found = std::find(kKindNames.begin(), kKindNames.end(), kind);
    const auto chosen = found == kKindNames.end() ? DocumentKind::kHtml : static_cast<DocumentKind>(found - kKindNames.begin());
    return order_done(std::to_string(publish(text_of(query, "organ", "临河市水利局"), number_of(query, "year", 2023), text_of(query, "date", "2024-01-15"), chosen)));
  }
  if (order == "fault") {
    const Fault fault = fault_of(text_of(query, "fault", "none"));
    set_fault(fault, text_of(query, "where", "all"), number_of(query, "times", -1));
    return order_done(name_of(fault));
  }
  if (order == "robots") set_robots(request.body);
  else if (order == "template") change_template();
  else if (order == "columns") rename_columns();
  else if (order == "truth") {
    std::string lines;
    for (const SiteReport& report : reports())
      lines += std::to_string(report.id) + "\t" + path_of(report) + "\t" + report.title + "\t" + report.date + "\t" + name_of(report.kind) + "\t" +
               std::to_string(report.revision) + (report.is_there ? "" : "\twithdrawn") + "\n";
    return order_done(lines);
  } else if (!is_known) return gouji::testing_support::answer(404, "no such order or report\n");
  else if (order == "amend") amend(id, number_of(query, "wrong", 0) != 0);
  else if (order == "republish") republish(id);
  else if (order == "withdraw") withdraw(id);
  else if (order == "unlist") unlist(id);
  else return gouji::testing_support::answer(404, "no such order\n");
  return order_done("done");
}

}  // namespace gouji::testing_support
