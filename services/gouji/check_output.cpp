#include "services/gouji/check_output.h"

#include "services/gouji/report_html.h"
#include "services/gouji/report_sarif.h"
#include "services/gouji/report_slip.h"
#include "services/gouji/report_text.h"

namespace gouji::command {
namespace {

class Text final : public CheckOutput {
 public:
  Text(Language language, bool colour) : language_(language), colour_(colour) {}
  std::string document(const CheckedDocument& document) override { return check_text(document, language_, colour_) + "\n"; }

 private:
  Language language_;
  bool colour_;
};

class Json final : public CheckOutput {
 public:
  std::string document(const CheckedDocument& document) override { return check_json(document) + "\n"; }
};

class Html final : public CheckOutput {
 public:
  explicit Html(Language language) : language_(language) {}
  std::string begin() override { return html_begin(language_); }
  std::string document(const CheckedDocument& document) override { return html_section(document, language_); }
  std::string end() override { return html_end(language_); }

 private:
  Language language_;
};

class Slips final : public CheckOutput {
 public:
  explicit Slips(Language language) : language_(language) {}
  std::string document(const CheckedDocument& document) override { return correction_slips(document, language_); }

 private:
  Language language_;
};

class Sarif final : public CheckOutput {
 public:
  explicit Sarif(Language language) : log_(language) {}
  std::string document(const CheckedDocument& document) override {
    log_.add(document);
    return {};
  }
  std::string end() override { return log_.json() + "\n"; }

 private:
  SarifLog log_;
};

}  // namespace

std::unique_ptr<CheckOutput> check_output(CheckFormat format, Language language, bool colour) {
  switch (format) {
    case CheckFormat::kText: break;
    case CheckFormat::kJson: return std::make_unique<Json>();
    case CheckFormat::kSarif: return std::make_unique<Sarif>(language);
    case CheckFormat::kHtml: return std::make_unique<Html>(language);
    case CheckFormat::kSlip: return std::make_unique<Slips>(language);
  }
  return std::make_unique<Text>(language, colour);
}

}  // namespace gouji::command
