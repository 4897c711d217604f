#include "services/crawler/core/page_gate.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/markup/selector.h"
#include "common/text/ascii.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

// A page of refusal is short. Visible text above this is content, whatever words are in it.
constexpr std::size_t kRefusalBytesMax = 1'800;
constexpr std::size_t kWordsBytesMax = 900;
constexpr std::size_t kLoginBytesMax = 300;  // "请登录" stands in the header of many pages
constexpr std::size_t kShellBytesMax = 48;
constexpr std::size_t kChallengeBytesMax = 30'000;
constexpr std::size_t kTitleBytesMax = 300;

struct Words {
  PageClass page_class;
  std::string_view expression;
};

// In the raw page: what scripts of challenges call their cookies.
constexpr std::string_view kChallengeMarks[] = {"__jsl_clearance", "__jsluid", "C3VK=", "wzws_", "acw_sc__v2", "/cdn-cgi/challenge-platform", "_waf_", "$_ts=", "yunsuo_session"};

// In the title or the first heading.
constexpr Words kTitleWords[] = {
    {PageClass::kSoft404, "(?i)(^|\\D)404(\\D|$)|not found|(页面|网页|文件|内容|信息|文章|资源)(已?被?删除|不存在|没有找到|未找到|找不到|丢失)|页面错误|找不到(页面|网页)"},
    {PageClass::kServerError, "(?i)(^|\\D)50[0-4](\\D|$)|internal server error|bad gateway|gateway time|service unavailable|server error|runtime error|服务器(内部)?错误|系统(错误|异常|维护|升级)|网站(维护|升级|建设)"},
    {PageClass::kThrottled, "(?i)too many requests|访问(过于)?频繁|访问受限|请求(过于)?频繁"},
    {PageClass::kChallenge, "(?i)安全(验证|检查|检测)|人机验证|访问验证|滑动验证|验证码|just a moment|请稍候"},
    {PageClass::kLogin, "用户登[录陆]|统一身份认证|系统登[录陆]|^登[录陆]$"},
    {PageClass::kBlocked, "(?i)(^|\\D)403(\\D|$)|forbidden|access denied|禁止访问|拒绝访问|访问被(拦截|拒绝|阻断)"},
};
// In the visible text of a page that has little of it.
constexpr Words kTextWords[] = {
    {PageClass::kThrottled, "(?i)too many requests|(访问|请求|操作|刷新|查询)(的)?(过于|太|过)?频繁|访问频率(过高|太快|超)|请(稍后|稍候)再(试|访问)|系统繁忙"},
    {PageClass::kBlocked, "(?i)forbidden|access denied|您的(请求|访问).{0,20}(拦截|阻断|拒绝|禁止)|拒绝访问|禁止访问|IP.{0,20}(限制|封禁|不在)"},
    {PageClass::kChallenge, "(?i)请(开启|启用|打开) ?java ?script|enable java ?script|安全验证|人机验证|滑动(滑块|验证)|完成验证|输入验证码"},
    {PageClass::kSoft404, "(?i)not found|(访问|请求|查找|浏览|查看)的.{0,12}(页面|网页|内容|信息|文章|文件|资源|栏目).{0,20}(不存在|删除|找不到|没有找到|未找到|下线|移除|更名)|(页面|网页|信息|文章|内容)(不存在|已被?删除|已下线|没有找到|未找到|找不到)|文章未发布|没有(该|此)(页面|信息|文章)"},
    {PageClass::kServerError, "(?i)internal server error|bad gateway|service unavailable|exception report|whitelabel error page|stack ?trace|java\\.lang\\.|server error in|服务器(内部)?错误|(系统|网站|服务)(正在|例行)?(维护|升级)|数据库连接|系统(出错|异常|错误)|程序(出错|异常)"},
    {PageClass::kLogin, "请(先|重新)?登[录陆]|登[录陆](已)?(超时|失效|过期)"},
};

struct CompiledWords {
  PageClass page_class;
  Pattern pattern;
};

template <std::size_t N>
std::vector<CompiledWords> compiled(const Words (&words)[N]) {
  std::vector<CompiledWords> all;
  for (const Words& one : words) all.push_back({one.page_class, Pattern::known(one.expression)});
  return all;
}

std::optional<PageClass> class_of_words(const std::vector<CompiledWords>& words, std::string_view text) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const CompiledWords& one) { return one.pattern.is_in(text); });
  return found == words.end() ? std::nullopt : std::optional(found->page_class);
}

const Selector& selector(std::string_view text) {
  static std::map<std::string_view, Selector> known;
  const auto found = known.find(text);
  return found != known.end() ? found->second : known.emplace(text, *Selector::parse(text)).first->second;
}

std::string first_text(const HtmlTree& tree, std::string_view css) {
  const auto found = selector(css).find(tree, kNoElement, 1);
  return found.empty() ? std::string() : tree.text(found.front(), kTitleBytesMax);
}

// "0; url=/x" of a <meta http-equiv=refresh>, when it is soon.
std::string refresh_target(const HtmlTree& tree) {
  for (const std::uint32_t meta : selector("meta[http-equiv]").find(tree, kNoElement, 20)) {
    if (!equals_ignoring_case(tree.attribute(meta, "http-equiv").value_or(""), "refresh")) continue;
    static const Pattern kRefresh = Pattern::known("(?i)^\\s*([0-9]+)(?:\\.[0-9]*)?\\s*[;,]\\s*url\\s*=\\s*['\"]?([^'\"]+)");
    const auto match = kRefresh.find(tree.attribute(meta, "content").value_or("").substr(0, 2'500));
    if (match && match->groups[0].size() == 1 && match->groups[0] <= "5") return tidied(match->groups[1], kPageTextMax);
  }
  return {};
}

// location = "/x" in a page that holds nothing else.
std::string script_target(std::string_view text) {
  static const Pattern kLocation =
      Pattern::known("(?:window|document|self|top|parent)?\\.?location(?:\\.href)?\\s*(?:=|\\.replace\\s*\\()\\s*(?:'([^'\"]{1,900})'|\"([^'\"]{1,900})\")");
  const auto match = kLocation.find(text.substr(0, kPageTextMax * 4));
  return match ? match->groups[0] + match->groups[1] : std::string();
}

bool has_pictures_or_frames(const HtmlTree& tree) {
  return !selector("img[src], iframe[src], frame[src], embed[src], object[data], a[href]").find(tree, kNoElement, 1).empty();
}

GateVerdict verdict(PageClass page_class, std::string why) { return {page_class, std::move(why), {}}; }

// What this portal is known to say.
GateVerdict own_rules(const GateRule& rule, std::string_view text, const std::string& visible, std::string_view title) {
  const bool is_short = static_cast<std::int64_t>(text.size()) <= rule.challenge_bytes_max;
  if (is_short && is_any_in(rule.challenge, text)) return verdict(PageClass::kChallenge, "gate.challenge of the portal file");
  if (is_any_in(rule.login, visible)) return verdict(PageClass::kLogin, "gate.login of the portal file");
  if (is_any_in(rule.soft404, visible)) return verdict(PageClass::kSoft404, "gate.soft404 of the portal file");
  if (is_any_in(rule.throttled, visible)) return verdict(PageClass::kThrottled, "gate.throttled of the portal file");
  if (!rule.home_title.empty() && title == rule.home_title) return verdict(PageClass::kHomePage, "its title is gate.home_title: " + rule.home_title);
  return {};
}

}  // namespace

BodyKind body_kind(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const auto first = bytes.find_first_not_of(std::string_view(" \t\r\n\0", 5));
  if (first == std::string_view::npos) return BodyKind::kEmpty;
  constexpr std::string_view kDocuments[] = {"%PDF-", "PK\x03\x04", "\xD0\xCF\x11\xE0", "{\\rtf", "Rar!", "7z\xBC\xAF"};
  for (const std::string_view magic : kDocuments) {
    if (bytes.substr(first).starts_with(magic)) return BodyKind::kDocument;
  }
  constexpr std::string_view kOther[] = {"\x89PNG", "\xFF\xD8\xFF", "GIF8", "\x1F\x8B", "II*", "MM\0*", "\x7F" "ELF", "MZ"};
  for (const std::string_view magic : kOther) {
    if (bytes.starts_with(magic)) return BodyKind::kOther;
  }
  return BodyKind::kText;
}

GateVerdict gate(const Portal& portal, PagePurpose purpose, std::string_view text, const HtmlTree& tree) {
  static const std::vector<CompiledWords> kOfTitle = compiled(kTitleWords), kOfText = compiled(kTextWords);
  const std::string visible = tree.text(kRefusalBytesMax + 1);
  const std::string title = first_text(tree, "title");
  GateVerdict own = own_rules(portal.gate, text, visible, title);
  if (own.page_class != PageClass::kOk) return own;
  if (visible.size() > kRefusalBytesMax) return {};
  for (const std::string_view mark : kChallengeMarks) {
    if (text.size() <= kChallengeBytesMax && text.find(mark) != std::string_view::npos && visible.size() <= 400) {
      return verdict(PageClass::kChallenge, "a script that sets \"" + std::string(mark) + "\"");
    }
  }
  if (purpose == PagePurpose::kVars) return {};
  const bool asks_for_password = !selector("input[type=password]").find(tree, kNoElement, 1).empty();
  for (const std::string& head : {title, first_text(tree, "h1, h2, h3")}) {
    const auto page_class = class_of_words(kOfTitle, head);
    if (page_class && (*page_class != PageClass::kLogin || asks_for_password)) return verdict(*page_class, "its title: " + head);
  }
  const auto by_text = visible.size() <= kWordsBytesMax ? class_of_words(kOfText, visible) : std::nullopt;
  const bool is_header_of_a_page = by_text == PageClass::kLogin && !asks_for_password && visible.size() > kLoginBytesMax;
  if (by_text && !is_header_of_a_page) return verdict(*by_text, "its text: " + tidied(visible, 120));
  if (asks_for_password && purpose == PagePurpose::kArticle) return verdict(PageClass::kLogin, "it asks for a password");
  GateVerdict hop = verdict(PageClass::kHop, "it leads on at once");
  hop.hop = refresh_target(tree);
  if (hop.hop.empty() && visible.size() <= kShellBytesMax * 4 && !has_pictures_or_frames(tree)) hop.hop = script_target(text);
  if (!hop.hop.empty()) return hop;
  const bool is_shell = visible.size() <= kShellBytesMax && !has_pictures_or_frames(tree);
  return is_shell && purpose == PagePurpose::kArticle ? verdict(PageClass::kEmptyShell, "hardly any text: " + tidied(visible, 60)) : GateVerdict{};
}

bool is_front_page(std::string_view asked, std::string_view answered) {
  const auto path_of = [](std::string_view address) {
    const auto scheme = address.find("://");
    const auto slash = scheme == std::string_view::npos ? address.find('/') : address.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view("/") : address.substr(slash);
  };
  constexpr std::array<std::string_view, 7> kFront = {"/", "/index.html", "/index.htm", "/index.shtml", "/index.jsp", "/index.php", "/index.aspx"};
  const auto is_front = [&](std::string_view address) { return std::find(kFront.begin(), kFront.end(), path_of(address)) != kFront.end(); };
  return is_front(answered) && !is_front(asked);
}

}  // namespace gouji::crawler
