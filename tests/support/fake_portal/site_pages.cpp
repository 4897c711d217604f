// How each family shows its list and its articles (the shapes that real portals have), and what a
// fault makes of an answer.
#include <algorithm>
#include <cstdio>

#include "tests/support/fake_portal/site.h"

namespace gouji::testing_support {

namespace {

constexpr int kPerPage = 15;

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c == '\n') out += "\\n";
    else out.push_back(c);
  }
  return out + "\"";
}

std::string digits_of(const std::string& date) {
  std::string digits;
  for (const char c : date)
    if (c != '-') digits.push_back(c);
  return digits;
}

std::string inner_of(const std::string& page) {
  const auto begin = page.find("<body>") + 6;
  return page.substr(begin, page.rfind("</body>") - begin);
}

// Without half a character at its end.
std::string beginning_of(const std::string& text, std::size_t bytes) {
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string without_query(const std::string& path) { return path.substr(0, path.find('?')); }

int number_in(const std::map<std::string, std::string>& query, const std::string& name, int otherwise) {
  const auto found = query.find(name);
  return found == query.end() ? otherwise : std::atoi(found->second.c_str());
}

}  // namespace

std::string FakeSite::list_path() const {
  const std::string column = column_ == 0 ? "" : std::to_string(column_);
  switch (family_) {
    case Family::kTrsStatic: return "/zfxxgk/nb" + column + "/";
    case Family::kHanwebJpage: return "/col/col61490" + column + "/index.html";
    case Family::kJpaas: return "/zw/nb" + column + "/index.html";
    case Family::kXxgk: return "/col/col1229498488" + column + "/index.html";
    case Family::kGkmlpt: return "/gkmlpt/index";
    case Family::kUcap: return "/c100028" + column + "/index.shtml";
    case Family::kLonsun: return "/public/column/2000003131" + column + "?type=3&action=list&nav=3";
    case Family::kTruecms: return "/nb" + column + "/index.html";
    case Family::kGeneric: return "/xxgk/nb" + column + "/list.html";
    case Family::kIframe: return "/xxgk/nb" + column + "/index.html";
  }
  return "/";
}

std::string FakeSite::path_of(const SiteReport& report) const {
  const std::string id = std::to_string(report.id), day = digits_of(report.date);
  const std::string y = report.date.substr(0, 4), m = std::to_string(std::atoi(report.date.substr(5, 2).c_str())), d = std::to_string(std::atoi(report.date.substr(8, 2).c_str()));
  switch (family_) {
    case Family::kTrsStatic: return "/zfxxgk/nb/" + day.substr(0, 6) + "/t" + day + "_" + id + ".html";
    case Family::kHanwebJpage: return "/art/" + y + "/" + m + "/" + d + "/art_61490_" + id + ".html";
    case Family::kJpaas: return "/art/" + y + "/" + m + "/" + d + "/art_9558_" + id + ".html";
    case Family::kXxgk: return "/art/" + y + "/" + m + "/" + d + "/art_1229498488_" + id + ".html";
    case Family::kGkmlpt: return "/gkmlpt/content/9/910/post_" + id + ".html";
    case Family::kUcap: return "/xyq/c100028/" + day.substr(0, 6) + "/c04_" + id + ".shtml";
    case Family::kLonsun: return "/public/2000003131/" + id + ".html";
    case Family::kTruecms: return "/nb/content/" + id + ".html";
    case Family::kGeneric: return "/xxgk/nb/content/" + id + ".html";
    case Family::kIframe: return "/xxgk/nb/" + day + "/" + id + ".htm";
  }
  return "/";
}

std::string FakeSite::file_path_of(const SiteReport& report) const {
  if (report.kind == DocumentKind::kHtml || report.kind == DocumentKind::kGbkHtml) return "";
  const std::string page = path_of(report);
  return page.substr(0, page.rfind('/') + 1) + "P0" + digits_of(report.date) + std::to_string(report.id) + "." + name_of(report.kind);
}

const SiteReport* FakeSite::find_path(const std::string& path) const {
  const auto found = std::find_if(reports_.begin(), reports_.end(), [&](const SiteReport& report) { return path_of(report) == path || (!report.second_path.empty() && report.second_path == path); });
  return found == reports_.end() || !found->is_there ? nullptr : &*found;
}

const SiteReport* FakeSite::find_file(const std::string& path) const {
  const auto found = std::find_if(reports_.begin(), reports_.end(), [&](const SiteReport& report) { return file_path_of(report) == path; });
  return path.empty() || found == reports_.end() || !found->is_there ? nullptr : &*found;
}

std::string FakeSite::kind_of(const std::string& path) const {
  if (path == "/robots.txt") return "robots";
  const std::string bare = without_query(path);
  if (find_path(bare) != nullptr) return "article";
  return find_file(bare) != nullptr ? "file" : "list";
}

// Newest first, as lists are.
std::vector<const SiteReport*> FakeSite::rows(int page, int per_page, Fault fault) const {
  std::vector<const SiteReport*> listed;
  for (auto report = reports_.rbegin(); report != reports_.rend(); ++report)
    if (report->is_listed) listed.push_back(&*report);
  std::stable_sort(listed.begin(), listed.end(), [](const SiteReport* a, const SiteReport* b) { return a->date > b->date; });
  if (fault == Fault::kFirstPageAlways) page = 1;
  std::vector<const SiteReport*> shown;
  for (std::size_t i = static_cast<std::size_t>(std::max(page - 1, 0) * per_page); i < listed.size() && shown.size() < static_cast<std::size_t>(per_page); ++i) {
    shown.push_back(listed[i]);
    if (fault == Fault::kDuplicateRows) shown.push_back(listed[i]);
  }
  return shown;
}

int FakeSite::pages(int per_page) const {
  const auto listed = std::count_if(reports_.begin(), reports_.end(), [](const SiteReport& report) { return report.is_listed; });
  return std::max(1, (static_cast<int>(listed) + per_page - 1) / per_page);
}

std::string FakeSite::rows_html(int page, int per_page, Fault fault) const {
  std::string html;
  for (const SiteReport* report : rows(page, per_page, fault)) {
    std::string href = path_of(*report);
    if (family_ == Family::kTrsStatic) href = "." + href.substr(std::string("/zfxxgk/nb").size());
    // Titles are cut for the eye; the whole one stands in an attribute.
    const std::string shown = report->title.size() > 60 ? beginning_of(report->title, 57) + "…" : report->title;
    if (template_ % 2 == 0) html += "<li><a href=\"" + href + "\" title=\"" + report->title + "\">" + shown + "</a><span>" + report->date + "</span></li>\n";
    else html += "<div class=\"item\"><b>" + report->date + "</b><p><a target=_blank title='" + report->title + "' href='" + href + "'>" + shown + "</a></p></div>\n";
  }
  return html;
}

std::string FakeSite::rows_json(int page, int per_page, Fault fault) const {
  std::string json;
  for (const SiteReport* report : rows(page, per_page, fault)) {
    const std::string url = path_of(*report), id = std::to_string(report->id);
    if (!json.empty()) json += ",";
    if (family_ == Family::kGkmlpt) {
      json += "{\"id\":" + id + ",\"title\":" + json_text(report->title) + ",\"publisher\":" + json_text(report->organ) + ",\"created_at\":\"" + report->date + " 09:00:00\",\"url\":" +
              json_text(origin_ + url) + ",\"post_url\":" + json_text(origin_ + url) + ",\"attachment\":[]}";
    } else {
      json += "{\"title\":" + json_text(report->title) + ",\"url\":" + json_text(origin_.substr(origin_.find("//")) + url) + ",\"publishedTimeStr\":\"" + report->date +
              " 10:00:00\",\"manuscriptId\":\"" + id + "\"}";
    }
  }
  return json;
}

FakeSite::Page FakeSite::bootstrap_page() const {
  const std::string first = rows_html(1, kPerPage, Fault::kNone);
  std::string inner;
  switch (family_) {
    case Family::kHanwebJpage:
      inner = "<script type=\"text/xml\"><datastore><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=39&path=/&columnid=61490&unitid=247686&permissiontype=0\">]]></nextgroup></datastore></script>";
      break;
    case Family::kJpaas:
      inner = "<div url=\"/api-gateway/jpaas-publish-server/front/page/build/unit\" queryData=\"{'parseType':'bulidstatic','webId':'3','pageId':'9558','tplSetId':'7','tagId':'内容区域'}\"></div>";
      break;
    case Family::kGkmlpt:
      return {"<html><script>window._CONFIG = { SID: '755041', TREE: [{\"id\":1,\"name\":\"机构职能\"},{\"id\":721,\"name\":\"政府信息公开年报\",\"children\":[]}] };</script></html>", "text/html; charset=utf-8"};
    case Family::kUcap:
      return {"<html><head><meta name=\"channelid\" content=\"0123456789abcdef0123456789abcdef\"></head><body><div id=\"list\"></div></body></html>", "text/html; charset=utf-8"};
    case Family::kIframe:
      return {"<html><body><h1>年报</h1><iframe src=\"/xxgk/nb/list.html?page=1\" width=100%></iframe></body></html>", "text/html; charset=utf-8"};
    case Family::kTrsStatic: case Family::kXxgk: case Family::kLonsun: case Family::kTruecms: case Family::kGeneric:
      inner = "<ul class=\"list\">" + first + "</ul>";
      break;
  }
  return {"<html><head><meta name=\"SiteName\" content=\"临河市人民政府\"><meta name=\"ColumnName\" content=\"政府信息公开年报\"><title>年报</title></head><body>" + inner + "</body></html>",
          "text/html; charset=utf-8"};
}

FakeSite::Page FakeSite::trs_page(const std::string& path, Fault fault) const {
  const std::string list = list_path();
  int page = 1;
  const bool is_first = path == list || path == list + "index.html";
  if (!is_first) {
    if (!path.starts_with(list + "index_")) return {"", "", 404};
    page = std::atoi(path.c_str() + list.size() + 6) + 1;
  }
  if (page > pages(kPerPage)) return {"", "", 404};
  return {"<html><head><meta name=\"SiteName\" content=\"临河市人民政府\"><meta name=\"ColumnName\" content=\"年报\"></head><body><ul class=\"list" + std::to_string(template_) + "\">" +
              rows_html(page, kPerPage, fault) + "</ul><script>createPageHTML(" + std::to_string(pages(kPerPage)) + ", " + std::to_string(page - 1) + ", \"index\", \"html\");</script></body></html>",
          "text/html; charset=utf-8"};
}

// dataproxy.jsp: XML around HTML.
FakeSite::Page FakeSite::jpage(std::map<std::string, std::string>& query, Fault fault) const {
  std::string records;
  const std::string html = rows_html(number_in(query, "page", 1), std::clamp(number_in(query, "perpage", kPerPage), 1, 300), fault);
  for (std::size_t at = 0; at < html.size();) {
    const auto end = std::min(html.find('\n', at), html.size());
    records += "<record><![CDATA[" + html.substr(at, end - at) + "]]></record>";
    at = end + 1;
  }
  return {"<datastore><totalrecord>" + std::to_string(reports_.size()) + "</totalrecord><recordset>" + records + "</recordset></datastore>", "text/xml; charset=utf-8"};
}

// JSON around HTML.
FakeSite::Page FakeSite::jpaas(std::map<std::string, std::string>& query, Fault fault) const {
  int page = 1, size = kPerPage;
  std::sscanf(query["paramJson"].c_str(), "{\"pageNo\":%d,\"pageSize\":%d}", &page, &size);
  size = std::clamp(size, 1, 100);
  const std::string html = "<ul>" + rows_html(page, size, fault) + "</ul><div class=\"pagination\" rows=\"" + std::to_string(size) + "\" count=\"" + std::to_string(reports_.size()) + "\"></div>";
  return {"{\"success\":true,\"message\":\"\",\"data\":{\"html\":" + json_text(html) + "}}", "application/json;charset=UTF-8"};
}

FakeSite::Page FakeSite::xxgk(std::map<std::string, std::string>& query, Fault fault) const {
  std::string table;
  bool is_odd = true;
  for (const SiteReport* report : rows(number_in(query, "currpage", 1), kPerPage, fault)) {
    table += std::string("<tr class=\"tr_main_value_") + (is_odd ? "odd" : "even") + "\"><td><a href=\"" + path_of(*report) + "\" title=\"" + report->title + "\">" + report->title + "</a></td><td>" + report->date + "</td></tr>\n";
    is_odd = !is_odd;
  }
  return {"<table>" + table + "</table><div>共" + std::to_string(pages(kPerPage)) + "页</div>", "text/html; charset=utf-8"};
}

FakeSite::Page FakeSite::json_list(std::map<std::string, std::string>& query, Fault fault) const {
  const std::string total = std::to_string(reports_.size());
  const int page = std::max(1, number_in(query, "page", 1));
  if (family_ == Family::kGkmlpt) {
    if (page > pages(100)) return {"", "", 404};
    return {"{\"classify\":{\"id\":721,\"name\":\"政府信息公开年报\",\"post_count\":" + total + "},\"articles\":[" + rows_json(page, 100, fault) + "],\"total\":" + total + "}", "application/json"};
  }
  const int size = std::clamp(number_in(query, "_pageSize", 18), 1, 100);
  return {"{\"data\":{\"page\":" + std::to_string(page) + ",\"rows\":" + std::to_string(size) + ",\"total\":" + total + ",\"results\":[" + rows_json(page, size, fault) + "]}}", "application/json;charset=utf-8"};
}

// getMessage.do: JSONP around XML around HTML.
FakeSite::Page FakeSite::truecms(std::map<std::string, std::string>& query, Fault fault) const {
  const int first = std::max(1, number_in(query, "startrecord", 1)), size = std::clamp(number_in(query, "perpage", 20), 1, 50);
  return {query["callback"] + "({\"result\":" + json_text("<xml>" + rows_html((first - 1) / size + 1, size, fault) + "</xml>") + "})", "application/javascript; charset=utf-8"};
}

FakeSite::Page FakeSite::list_page(const PortalRequest& request, Fault fault) const {
  const auto question = std::min(request.path.find('?'), request.path.size());
  const std::string path = request.path.substr(0, question);
  auto query = query_of(question < request.path.size() ? std::string_view(request.path).substr(question + 1) : std::string_view());
  for (const auto& [name, value] : query_of(request.body)) query[name] = value;
  const bool is_column = path == without_query(list_path());
  const std::string total = std::to_string(pages(kPerPage));
  switch (family_) {
    case Family::kTrsStatic: return trs_page(path, fault);
    case Family::kHanwebJpage: if (path == "/module/web/jpage/dataproxy.jsp") return jpage(query, fault); break;
    case Family::kJpaas: if (path == "/api-gateway/jpaas-publish-server/front/page/build/unit") return jpaas(query, fault); break;
    case Family::kXxgk: if (path == "/module/xxgk/search.jsp" && request.method == "POST") return xxgk(query, fault); break;
    case Family::kGkmlpt: if (path.starts_with("/gkmlpt/api/all/")) return json_list(query, fault); break;
    case Family::kUcap: if (path.starts_with("/searchList/") || path.starts_with("/common/search/")) return json_list(query, fault); break;
    case Family::kTruecms: if (path == "/messageController/getMessage.do" && request.headers.contains("referer")) return truecms(query, fault); break;
    case Family::kLonsun:
      if (!is_column && path != "/site/label/8888") break;
      return {"<div class=\"xxgk_nav_con\"><ul>" + rows_html(number_in(query, "pageIndex", 1), kPerPage, fault) + "</ul></div><script>pageCount:" + total + " , 0</script>", "text/html; charset=utf-8"};
    case Family::kGeneric:
    case Family::kIframe: {
      if (path != "/xxgk/nb" + (column_ == 0 ? "" : std::to_string(column_)) + "/list.html") break;
      const int page = number_in(query, "page", 1);
      return {"<html><body><ul>" + rows_html(page, kPerPage, fault) + "</ul><p>共" + total + "页</p><a href=\"list.html?page=" + std::to_string(page + 1) + "\">下一页</a></body></html>", "text/html; charset=utf-8"};
    }
  }
  return is_column ? bootstrap_page() : Page{"", "", 404};
}

FakeSite::Page FakeSite::article(const SiteReport& report) const {
  static constexpr const char* kContainers[] = {"class=\"TRS_Editor\"", "id=\"zoom\"", "id=\"zoom\"", "id=\"zoom\"", "class=\"article-content\"", "id=\"UCAP-CONTENT\"", "class=\"xxgk_content\"", "id=\"Zoom\"", "id=\"content\"", "class=\"pages_content\""};
  const std::string file = file_path_of(report);
  const std::string body = file.empty() ? inner_of(gouji::testing::render_clean_html(figures_of(report)))
                                        : "<p>" + report.title + "，详见附件。</p><p><a href=\"" + file.substr(file.rfind('/') + 1) + "\">附件：" + report.title + "." + name_of(report.kind) + "</a></p>";
  const std::string charset = report.kind == DocumentKind::kGbkHtml ? "gb2312" : "utf-8";
  const std::string html = "<!DOCTYPE html>\n<html><head><meta charset=\"" + charset + "\"><title>" + report.title + "</title><meta name=\"SiteName\" content=\"临河市人民政府\"><meta name=\"ArticleTitle\" content=\"" +
                           report.title + "\"><meta name=\"PubDate\" content=\"" + report.date + " 09:30\"><meta name=\"ContentSource\" content=\"" + report.organ + "\"></head>\n<body>" +
                           "<div class=\"nav" + std::to_string(template_) + "\">首页 &gt; 政府信息公开 &gt; 年报</div><h1>" + report.title + "</h1><div " + kContainers[static_cast<std::size_t>(family_)] + ">\n" + body +
                           "\n</div><div class=\"foot\">主办：临河市人民政府</div></body></html>\n";
  return {report.kind == DocumentKind::kGbkHtml ? gouji::testing::gb18030_by_iconv(html) : html, "text/html" + std::string(report.kind == DocumentKind::kGbkHtml ? "" : "; charset=utf-8")};
}

namespace {

std::string shell(const char* cookie) {
  return std::string("<html><head><script>document.cookie=\"") + cookie + "\";location.reload();</script></head><body></body></html>";
}

// The answer of a fault that does not depend on what was asked for.
PortalAnswer broken(Fault fault, const PortalRequest& request) {
  switch (fault) {
    case Fault::k404: return answer(404, "<html><title>404</title>页面不存在</html>", {"Content-Type: text/html; charset=utf-8"});
    case Fault::kSoft404: return html("<html><title>页面不存在</title><body>抱歉，您访问的页面不存在或已被删除。</body></html>");
    case Fault::k403: return answer(403, "<html>禁止访问</html>", {"Content-Type: text/html; charset=utf-8"});
    case Fault::kShell412: return answer(412, shell("wzws_cid=1"), {"Content-Type: text/html"});
    case Fault::kShell521: return answer(521, shell("__jsl_clearance=1"), {"Content-Type: text/html", "Set-Cookie: __jsluid_s=abc; path=/"});
    case Fault::kCookieRedirect:
      return request.headers.contains("cookie") ? PortalAnswer{} : answer(302, "", {"Location: " + request.path, "Set-Cookie: CT6T=1; path=/"});
    case Fault::kRedirectLoop: return redirect_to(request.path.find("?loop") == std::string::npos ? request.path + "?loop" : request.path.substr(0, request.path.find("?loop")));
    case Fault::kRedirectElsewhere: return redirect_to("http://elsewhere.example/" + request.path);
    case Fault::k429: return answer(429, "");
    case Fault::k429Later: return answer(429, "", {"Retry-After: 120"});
    case Fault::k503: return answer(503, "");
    case Fault::kDrip: return {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n<html>", AfterBytes::kDrip};
    case Fault::kEndless: return {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", AfterBytes::kEndless};
    case Fault::kGzipBomb: return gzip_bomb(300'000'000);
    case Fault::kEmptyShell: return html("<html></html>");
    case Fault::kMetaRefresh: return html("<html><head><meta http-equiv=\"refresh\" content=\"0;url=http://127.0.0.9/\"></head></html>");
    case Fault::kLogin: return html("<html><title>统一身份认证</title><body><form action=/login><input type=password name=p></form>请登录</body></html>");
    case Fault::kHome: return html("<html><head><title>临河市人民政府门户网站</title></head><body><a href=/>首页</a> 欢迎访问</body></html>");
    case Fault::kHang: return {"", AfterBytes::kHold};
    default: return {};
  }
}

}  // namespace

PortalAnswer FakeSite::serve(const PortalRequest& request, Fault fault) {
  if (PortalAnswer wrong = broken(fault, request); !wrong.bytes.empty() || wrong.then != AfterBytes::kClose) return wrong;
  if (request.path == "/robots.txt") return gouji::testing_support::answer(200, robots_, {"Content-Type: text/plain"});
  const std::string path = without_query(request.path);
  Page page;
  if (const SiteReport* report = find_path(path)) {
    page = article(*report);
  } else if (const SiteReport* of_file = find_file(path)) {
    page = {fault == Fault::kHtmlForFile ? "<html><body>文件不存在</body></html>" : bytes_of(*of_file), "application/octet-stream"};
  } else {
    page = list_page(request, fault);
  }
  if (page.status != 200) return broken(Fault::k404, request);
  if (fault == Fault::kBom) page.body.insert(0, "\xef\xbb\xbf");
  if (fault == Fault::kInvalidUtf8) page.body.insert(page.body.size() / 2, "\xff\xfe\x80");
  if (fault == Fault::kWrongCharset) page.media_type = "text/html; charset=big5";
  std::vector<std::string> headers{"Content-Type: " + page.media_type};
  const std::string tag = "ETag: \"" + std::to_string(std::hash<std::string>{}(page.body)) + "\"";
  headers.push_back(tag);
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && tag == "ETag: " + known->second) return gouji::testing_support::answer(304, "", {tag});
  if (fault == Fault::kForcedGzip) {
    headers.emplace_back("Content-Encoding: gzip");
    page.body = gzip_of(page.body);
  }
  if (fault == Fault::kShort) headers.emplace_back("Connection: close");
  PortalAnswer made = gouji::testing_support::answer(200, page.body, headers);
  if (fault == Fault::kShort) made.bytes.resize(made.bytes.size() - page.body.size() / 3 - 1);
  if (fault == Fault::kReset) return {made.bytes.substr(0, made.bytes.size() / 2), AfterBytes::kReset};
  return made;
}

}  // namespace gouji::testing_support
