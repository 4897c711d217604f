#include "common/markup/selector.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "common/text/ascii.h"

namespace gouji {

namespace {

constexpr std::size_t kCompoundsMax = 8;
constexpr std::size_t kGroupsMax = 16;
constexpr std::size_t kTestsMax = 8;
constexpr std::int64_t kWorkMax = 20'000'000;
constexpr std::size_t kContainsBytes = 4'096;

bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t begin = at;
    while (at < words.size() && !is_white(words[at])) ++at;
    if (words.substr(begin, at - begin) == word) return true;
    while (at < words.size() && is_white(words[at])) ++at;
  }
  return false;
}

enum class TestKind : std::uint8_t { kId, kClass, kHas, kNot, kFirst, kLast, kNth, kContains, kPresent, kEquals, kBegins, kEnds, kPart, kWord };

}  // namespace

struct Selector::Group {
  struct Test {
    TestKind kind = TestKind::kPresent;
    std::string name, value;
    std::uint32_t number = 0;
    std::shared_ptr<const std::vector<Group>> inner;
  };
  struct Compound {
    char combinator = ' ';  // to the compound before: ' ' '>' '+' '~'
    std::string name;       // empty or "*": any
    std::vector<Test> tests;
  };
  std::vector<Compound> compounds;
};

class Selector::Parser {
 public:
  Parser(std::string_view text, bool is_inner) : text_(text), is_inner_(is_inner) {}

  Result<std::vector<Group>> run() {
    std::vector<Group> groups;
    do {
      GOUJI_ASSIGN(Group group, take_group());
      groups.push_back(std::move(group));
      if (groups.size() > kGroupsMax) return wrong("too many alternatives");
    } while (take(','));
    skip_white();
    if (at_ != text_.size()) return wrong("unexpected");
    return groups;
  }

 private:
  using Compound = Group::Compound;
  using Test = Group::Test;

  Error wrong(std::string_view what) const {
    return invalid_input(ErrorCode::kMalformed, "selector \"" + std::string(text_.substr(0, kSelectorBytesMax)) + "\": " + std::string(what) + " at byte " + std::to_string(at_ + 1));
  }
  void skip_white() {
    while (at_ < text_.size() && is_white(text_[at_])) ++at_;
  }
  bool take(char c) {
    skip_white();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Group> take_group() {
    Group group;
    skip_white();
    if (is_inner_ && at_ < text_.size() && text_[at_] == '>') return wrong("a combinator in front");
    while (true) {
      GOUJI_ASSIGN(Compound compound, take_compound());
      compound.combinator = combinator_;
      group.compounds.push_back(std::move(compound));
      if (group.compounds.size() > kCompoundsMax) return wrong("too many steps");
      const std::size_t before = at_;
      skip_white();
      if (at_ >= text_.size() || text_[at_] == ',') break;
      combinator_ = ' ';
      if (text_[at_] == '>' || text_[at_] == '+' || text_[at_] == '~') {
        combinator_ = text_[at_++];
      } else if (before == at_) {
        return wrong("unexpected");
      }
      skip_white();
    }
    combinator_ = ' ';
    return group;
  }

  Result<Compound> take_compound() {
    Compound compound;
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '*') ++at_;
    else compound.name = take_name();
    while (at_ < text_.size() && (text_[at_] == '#' || text_[at_] == '.' || text_[at_] == '[' || text_[at_] == ':')) {
      GOUJI_ASSIGN(Test test, take_test());
      compound.tests.push_back(std::move(test));
      if (compound.tests.size() > kTestsMax) return wrong("too many conditions");
    }
    if (at_ == begin) return wrong("expected an element, #id, .class, [attribute] or :condition");
    return compound;
  }

  Result<Test> take_test() {
    const char mark = text_[at_++];
    if (mark == '[') return take_attribute();
    Test test;
    test.name = take_name();
    if (test.name.empty()) return wrong("expected a name");
    if (mark == ':') return take_pseudo(std::move(test));
    test.kind = mark == '#' ? TestKind::kId : TestKind::kClass;
    return test;
  }

  Result<Test> take_attribute() {
    Test test;
    skip_white();
    test.name = take_name();
    if (test.name.empty()) return wrong("expected the name of an attribute");
    if (take(']')) return test;
    test.kind = TestKind::kEquals;
    const std::string_view marks = "^$*~";
    if (const auto kind = at_ < text_.size() ? marks.find(text_[at_]) : std::string_view::npos; kind != std::string_view::npos) {
      constexpr TestKind kKinds[] = {TestKind::kBegins, TestKind::kEnds, TestKind::kPart, TestKind::kWord};
      test.kind = kKinds[kind];
      ++at_;
    }
    if (!take('=')) return wrong("expected = or ]");
    GOUJI_ASSIGN(test.value, take_value(']'));
    if (!take(']')) return wrong("expected ]");
    return test;
  }

  // In quotes, or up to `end`.
  Result<std::string> take_value(char end) {
    skip_white();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const auto close = text_.find(text_[at_], at_ + 1);
      if (close == std::string_view::npos) return wrong("a quote without its end");
      std::string value(text_.substr(at_ + 1, close - at_ - 1));
      at_ = close + 1;
      return value;
    }
    const auto close = text_.find(end, at_);
    if (close == std::string_view::npos) return wrong(std::string("expected ") + end);
    std::string value(text_.substr(at_, close - at_));
    while (!value.empty() && is_white(value.back())) value.pop_back();
    at_ = close;
    return value;
  }

  Result<Test> take_pseudo(Test test) {
    if (test.name == "first-child" || test.name == "last-child") {
      test.kind = test.name == "first-child" ? TestKind::kFirst : TestKind::kLast;
      return test;
    }
    if (!take('(')) return wrong("expected first-child, last-child, nth-child(…), has(…), not(…) or contains(…)");
    if (test.name == "has" || test.name == "not") {
      if (is_inner_) return wrong(":has() and :not() are not nested");
      test.kind = test.name == "has" ? TestKind::kHas : TestKind::kNot;
      GOUJI_ASSIGN(const std::string inner, take_inner());
      GOUJI_ASSIGN(std::vector<Group> groups, Parser(inner, true).run());
      test.inner = std::make_shared<const std::vector<Group>>(std::move(groups));
    } else if (test.name == "contains") {
      test.kind = TestKind::kContains;
      GOUJI_ASSIGN(test.value, take_value(')'));
    } else if (test.name == "nth-child") {
      test.kind = TestKind::kNth;
      GOUJI_ASSIGN(const std::string number, take_value(')'));
      const auto read = std::from_chars(number.data(), number.data() + number.size(), test.number);
      if (read.ec != std::errc() || read.ptr != number.data() + number.size() || test.number == 0) return wrong("nth-child needs a number from 1 on");
    } else {
      return wrong("an unknown condition");
    }
    if (!take(')')) return wrong("expected )");
    return test;
  }

  // Up to the bracket that closes; brackets in quotes do not count.
  Result<std::string> take_inner() {
    char quote = 0;
    int depth = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        quote = c == quote ? '\0' : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '(') {
        depth += 1;
      } else if (c == ')' && depth-- == 0) {
        return std::string(text_.substr(begin, at_ - begin));
      }
    }
    return wrong("expected )");
  }

  const std::string_view text_;
  const bool is_inner_;
  std::size_t at_ = 0;
  char combinator_ = ' ';
};

class Selector::Matcher {
 public:
  explicit Matcher(const HtmlTree& tree) : tree_(tree), elements_(tree.elements()) {}

  bool is_spent() const { return work_ > kWorkMax; }
  bool matches_any(const std::vector<Group>& groups, std::uint32_t element, std::uint32_t scope) {
    return std::any_of(groups.begin(), groups.end(), [&](const Group& group) { return matches(group, group.compounds.size(), element, scope); });
  }

 private:
  // The compounds before `count`, the last of them at `element`. Nothing above `scope` is looked at.
  bool matches(const Group& group, std::size_t count, std::uint32_t element, std::uint32_t scope) {
    if (is_spent() || !holds(group.compounds[count - 1], element)) return false;
    if (count == 1) return true;
    const char combinator = group.compounds[count - 1].combinator;
    if (combinator == '>' || combinator == ' ') {
      for (std::uint32_t up = elements_[element].parent; up != kNoElement && up != scope; up = elements_[up].parent) {
        if (matches(group, count - 1, up, scope)) return true;
        if (combinator == '>') return false;
      }
      return false;
    }
    for (std::uint32_t before = previous(element); before != kNoElement; before = previous(before)) {
      if (matches(group, count - 1, before, scope)) return true;
      if (combinator == '+' || is_spent()) return false;
    }
    return false;
  }

  std::uint32_t previous(std::uint32_t element) {
    if (elements_[element].ordinal <= 1) return kNoElement;
    std::uint32_t before = element - 1;
    while (elements_[before].depth > elements_[element].depth) {
      before = elements_[before].parent;
      work_ += 1;
    }
    return before;
  }

  bool holds(const Group::Compound& compound, std::uint32_t element) {
    work_ += 1 + static_cast<std::int64_t>(compound.tests.size());
    if (!compound.name.empty() && !equals_ignoring_case(compound.name, elements_[element].name)) return false;
    return std::all_of(compound.tests.begin(), compound.tests.end(), [&](const Group::Test& test) { return passes(test, element); });
  }

  bool passes(const Group::Test& test, std::uint32_t element) {
    const HtmlElement& at = elements_[element];
    switch (test.kind) {
      case TestKind::kId: return at.id == test.name;
      case TestKind::kClass: return has_word(at.classes, test.name);
      case TestKind::kFirst: return at.ordinal == 1;
      case TestKind::kNth: return at.ordinal == test.number;
      case TestKind::kLast: return is_last(element);
      case TestKind::kHas: return has(test, element);
      case TestKind::kNot: return !matches_any(*test.inner, element, kNoElement);
      case TestKind::kContains:
        work_ += static_cast<std::int64_t>(at.end - at.content) / 16;
        return tree_.text(element, kContainsBytes).find(test.value) != std::string::npos;
      default: return passes_attribute(test, element);
    }
  }

  bool passes_attribute(const Group::Test& test, std::uint32_t element) {
    work_ += 1 + static_cast<std::int64_t>(elements_[element].tag.size()) / 16;
    const std::optional<std::string> value = tree_.attribute(element, test.name);
    if (!value) return false;
    switch (test.kind) {
      case TestKind::kEquals: return *value == test.value;
      case TestKind::kBegins: return !test.value.empty() && value->starts_with(test.value);
      case TestKind::kEnds: return !test.value.empty() && value->ends_with(test.value);
      case TestKind::kPart: return !test.value.empty() && value->find(test.value) != std::string::npos;
      case TestKind::kWord: return has_word(*value, test.value);
      default: return true;
    }
  }

  bool is_last(std::uint32_t element) const {
    const std::uint32_t next = elements_[element].last + 1;
    return next >= elements_.size() || elements_[next].parent != elements_[element].parent;
  }

  bool has(const Group::Test& test, std::uint32_t element) {
    for (std::uint32_t inside = element + 1; inside <= elements_[element].last && !is_spent(); ++inside) {
      if (matches_any(*test.inner, inside, element)) return true;
    }
    return false;
  }

  const HtmlTree& tree_;
  const std::vector<HtmlElement>& elements_;
  std::int64_t work_ = 0;
};

Result<Selector> Selector::parse(std::string_view text) {
  if (text.empty() || text.size() > kSelectorBytesMax) {
    return invalid_input(ErrorCode::kMalformed, "expected a selector of 1…" + std::to_string(kSelectorBytesMax) + " bytes");
  }
  GOUJI_ASSIGN(std::vector<Group> groups, Parser(text, false).run());
  Selector selector;
  selector.text_ = text;
  selector.groups_ = std::make_shared<const std::vector<Group>>(std::move(groups));
  return selector;
}

std::vector<std::uint32_t> Selector::find(const HtmlTree& tree, std::uint32_t scope, std::size_t limit) const {
  std::vector<std::uint32_t> found;
  if (tree.elements().empty()) return found;
  Matcher matcher(tree);
  const std::uint32_t first = scope == kNoElement ? 0 : scope + 1;
  const auto last = scope == kNoElement ? static_cast<std::uint32_t>(tree.elements().size() - 1) : tree.elements()[scope].last;
  for (std::uint32_t element = first; element <= last && found.size() < limit && !matcher.is_spent(); ++element) {
    if (matcher.matches_any(*groups_, element, scope)) found.push_back(element);
  }
  return found;
}

}  // namespace gouji
