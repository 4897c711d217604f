#include <cstdio>

#include <fmt/format.h>

#include "services/crawler/service.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/log_access.h"
#include "services/parser/service.h"
#include "services/validator/service.h"

namespace gouji::command {
namespace {

std::vector<runtime::SettingSpec> specs_of(const std::string& service) {
  if (service == "crawler") return crawler::service_settings();
  const host::StageService stage = service == "parser" ? parser::service() : validator::service();
  return host::stage_settings(stage);
}

}  // namespace

int config(const ConfigRequest& request) {
  runtime::SettingSources sources;
  if (!request.file.empty()) sources.file = request.file;
  sources.environment = runtime::gouji_environment();
  const auto settings = runtime::load_settings(specs_of(request.service), sources);
  if (!settings) return fail("config", settings.error());
  if (request.action == "show")
    fmt::print("{}", settings->show());
  else
    fmt::print("设置无误 / settings are sound\n");
  return kOk;
}

}  // namespace gouji::command
